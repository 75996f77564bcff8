/* Where the proceedings stand as a recording begins, so that its record needs nothing from before. */
#include "signaling/floor/motions.h"
#include "signaling/proceedings/proceedings_priv.h"

#include <stdio.h>

/* A decision of the same command may have taken the floor, or a microphone. */
static bool is_taken(const struct events *events, size_t before, const char *participant)
{
	for (size_t i = 0; i < before; i++) {
		const struct event *event = &events->list[i];
		if ((event->kind == EVENT_FLOOR_TAKEN || event->kind == EVENT_MICROPHONE_CLOSED) &&
			strcmp(event->participant, participant) == 0)
			return true;
	}
	return false;
}

static void add_name(struct event *event, const char *name)
{
	const size_t len = strlen(event->names);
	(void)snprintf(event->names + len, sizeof(event->names) - len, "%s%s", len > 0 ? " " : "",
		name); /* microphones are few: it fits */
}

static void set_holder(struct event *event, const struct proceedings *proceedings)
{
	const struct floor *floor = proceedings->floor;
	const struct motion *motion = motions_top(floor);
	(void)rs_set_text(event->participant, floor->now.holder);
	event->entry = floor->now.entry;
	event->list = floor->now.called.list;
	(void)rs_set_text(event->group, floor->now.called.group);
	(void)rs_set_text(event->language, proceedings->interpretation->language);
	event->on = floor->point.stage == FLOOR_POINT_HEARD;
	if (motion != NULL)
		(void)rs_set_text(
			event->motion, floor->rules.motions.kinds[motion->kind].name); /* a name */
}

void proceedings_name_standing(const struct proceedings *proceedings, struct events *events)
{
	const struct meeting *meeting = proceedings->meeting;
	const struct floor *floor = proceedings->floor;
	for (size_t i = 0; i < events->n; i++) {
		struct event *event = &events->list[i];
		if (event->kind != EVENT_RECORDING_STARTED)
			continue;
		if (meeting->item < meeting->n_items)
			(void)rs_set_text(event->item, meeting->items[meeting->item].id);
		if (floor->now.holder[0] != '\0' && !is_taken(events, i, floor->now.holder))
			set_holder(event, proceedings);
		for (size_t m = 0; m < floor->n_presiding; m++)
			if (!is_taken(events, i, floor->presiding[m]))
				add_name(event, floor->presiding[m]);
	}
}
