#include "common/evidence/excerpt_priv.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int excerpt_fail(char why[EXCERPT_WHY_LEN], const char *what, int err)
{
	(void)snprintf(
		why, EXCERPT_WHY_LEN, "%.180s: %.60s", what, strerror(-err)); /* may be cut */
	return err;
}

int excerpt_refuse(char why[EXCERPT_WHY_LEN], const char *what, const char *text, int err)
{
	(void)snprintf(why, EXCERPT_WHY_LEN, "%.120s%s%.120s", what, what[0] != '\0' ? " " : "",
		text); /* may be cut */
	return err;
}

static bool add_track(struct plan *plan, enum names_place folder, const char *name,
	const char *media, bool needed)
{
	struct plan_track *track = &plan->tracks[plan->n_tracks++];
	track->media = media;
	track->needed = needed;
	return rs_name_valid(name, strlen(name)) &&
	       rs_format(track->stem, sizeof(track->stem), "%s/%s",
		       strchr(names_place(folder), '/') + 1, name) == 0;
}

static int plan_track_wish(
	const struct excerpt_wish *wish, struct plan *plan, char why[EXCERPT_WHY_LEN])
{
	plan->from_ms = wish->from_ms;
	plan->to_ms = wish->to_ms;
	if (!add_track(plan, NAMES_TRACKS, wish->track, "avc", false) ||
		!add_track(plan, NAMES_CHANNELS, wish->track, "a", false))
		return excerpt_refuse(why, wish->track, "is no name of a track", -EINVAL);
	return 0;
}

/* --- a speech --- */

static int load_record(const char *directory, struct plan *plan, char why[EXCERPT_WHY_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	json_error_t error;
	int err = names_path(directory, NAMES_INDEX, path);
	if (err == 0)
		err = lines_open(&plan->record, path);
	if (err == -ENOENT)
		return excerpt_refuse(why, names_place(NAMES_INDEX),
			"is not there: the record of this session has not been made", err);
	if (err < 0)
		return excerpt_fail(why, names_place(NAMES_INDEX), err);
	plan->index = json_loadb(
		(const char *)plan->record.data, plan->record.len, JSON_REJECT_DUPLICATES, &error);
	const char *format = json_string_value(json_object_get(plan->index, "format"));
	if (format == NULL || strcmp(format, NAMES_INDEX_FORMAT) != 0)
		return excerpt_refuse(why, names_place(NAMES_INDEX), "is no record", -EBADMSG);
	return 0;
}

static const json_t *find_speech(const json_t *index, uint32_t number)
{
	size_t i;
	const json_t *speech;
	json_array_foreach(json_object_get(index, "speeches"), i, speech)
	{
		const json_t *n = json_object_get(speech, "n");
		if (json_is_integer(n) && json_integer_value(n) == number)
			return speech;
	}
	return NULL;
}

static bool get_ms(const json_t *speech, const char *key, int64_t *out_ms)
{
	const json_t *value = json_object_get(speech, key);
	*out_ms = json_integer_value(value);
	return json_is_integer(value) && *out_ms >= 0;
}

static int plan_speech(const char *directory, const struct excerpt_wish *wish, struct plan *plan,
	char why[EXCERPT_WHY_LEN])
{
	char name[32];
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(directory, NAMES_SIGNED, path);
	if (err == 0)
		err = load_record(directory, plan, why);
	if (err < 0)
		return err;
	if (access(path, F_OK) < 0)
		return excerpt_refuse(why, "the session",
			"is not sealed and signed: whose speech it is could not be proven",
			-ENOENT);
	(void)snprintf(name, sizeof(name), "speech %u", (unsigned)wish->speech); /* fits */
	plan->speech = find_speech(plan->index, wish->speech);
	if (plan->speech == NULL)
		return excerpt_refuse(why, name, "is not in the record", -ENOENT);
	const char *who = json_string_value(json_object_get(plan->speech, "participant"));
	if (who == NULL || !get_ms(plan->speech, "from_ms", &plan->from_ms) ||
		!get_ms(plan->speech, "to_ms", &plan->to_ms) || plan->to_ms < plan->from_ms ||
		!add_track(plan, NAMES_TRACKS, who, "av", false))
		return excerpt_refuse(
			why, name, "has no speaker or no time in the record", -EBADMSG);
	/* What was said by a room's microphones is on the room's track. */
	const char *room = json_string_value(json_object_get(plan->speech, "room"));
	if (room != NULL && !add_track(plan, NAMES_TRACKS, room, "av", false))
		return excerpt_refuse(why, name, "names no room in the record", -EBADMSG);
	if (!add_track(plan, NAMES_CHANNELS, wish->language != NULL ? wish->language : NAMES_FLOOR,
		    "a", wish->language != NULL))
		return excerpt_refuse(why, wish->language, "is no name of a channel", -EINVAL);
	return 0;
}

int plan_make(const char *directory, const struct excerpt_wish *wish, struct plan *out_plan,
	char why[EXCERPT_WHY_LEN])
{
	*out_plan = (struct plan){ .n_tracks = 0 };
	return wish->speech != 0 ? plan_speech(directory, wish, out_plan, why)
				 : plan_track_wish(wish, out_plan, why);
}

void plan_done(struct plan *plan)
{
	json_decref(plan->index);
	lines_done(&plan->record);
	*plan = (struct plan){ .n_tracks = 0 };
}

struct plan_track *plan_track(struct plan *plan, const char *segment)
{
	for (size_t i = 0; i < plan->n_tracks; i++) {
		struct plan_track *track = &plan->tracks[i];
		const size_t len = strlen(track->stem);
		const char letter = segment[strlen(segment) - 1];
		if (strncmp(segment, track->stem, len) == 0 && segment[len] == '.' &&
			strchr(track->media, letter) != NULL)
			return track;
	}
	return NULL;
}
