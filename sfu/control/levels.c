#include "sfu/control/levels.h"

#include "sfu/control/control_priv.h"

#include <errno.h>

struct control_levels {
	json_t *meetings; /* message by id */
};

int control_levels_new(struct control_levels **out_levels)
{
	struct control_levels *levels = rs_zalloc(sizeof(*levels));
	if (levels == NULL)
		return -ENOMEM;
	levels->meetings = json_object();
	if (levels->meetings == NULL) {
		control_levels_free(levels);
		return -ENOMEM;
	}
	*out_levels = levels;
	return 0;
}

struct control_levels *control_levels_free(struct control_levels *levels)
{
	if (levels != NULL)
		json_decref(levels->meetings);
	return rs_release(levels);
}

static json_t *message_of(struct control_levels *levels, const char *meeting)
{
	json_t *message = json_object_get(levels->meetings, meeting);
	if (message != NULL)
		return message;
	message = json_pack("{s:s, s:s, s:[], s:[], s:[]}", "type", "levels", "meeting", meeting,
		"sources", "levels", "peaks");
	(void)json_object_set_new(levels->meetings, meeting, message);
	return message;
}

void control_levels_add(struct control_levels *levels, const struct router_level *level)
{
	json_t *message = message_of(levels, level->meeting);
	(void)json_array_append_new(
		json_object_get(message, "sources"), json_string(level->source));
	(void)json_array_append_new(
		json_object_get(message, "levels"), json_integer(level->level_dbov));
	(void)json_array_append_new(
		json_object_get(message, "peaks"), json_integer(level->peak_dbov));
}

bool control_levels_empty(const struct control_levels *levels)
{
	return json_object_size(levels->meetings) == 0;
}

json_t *control_levels_take(struct control_levels *levels)
{
	json_t *meetings = rs_steal(&levels->meetings);
	control_levels_free(levels);
	return meetings;
}
