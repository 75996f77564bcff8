#include "signaling/proceedings/proceedings.h"

#include <errno.h>

static int build_floor(struct proceedings *proceedings, const struct meeting *meeting)
{
	const char *ids[MEETING_ITEMS_MAX];
	for (size_t i = 0; i < meeting->n_items; i++)
		ids[i] = meeting->items[i].id;
	return floor_new(&meeting->rules, ids, meeting->n_items, &proceedings->floor);
}

static int build_interpretation(struct proceedings *proceedings, const struct meeting *meeting)
{
	const char *ids[MEETING_CHANNELS_MAX];
	for (size_t i = 0; i < meeting->n_channels; i++)
		ids[i] = meeting->channels[i].id;
	return interpretation_new(ids, meeting->n_channels, &proceedings->interpretation);
}

int proceedings_new(struct meeting *meeting, struct proceedings **out_proceedings)
{
	struct proceedings *proceedings = rs_zalloc(sizeof(*proceedings));
	if (proceedings == NULL)
		return -ENOMEM;
	int err = build_floor(proceedings, meeting);
	if (err == 0)
		err = voting_new(meeting, &proceedings->voting);
	if (err == 0)
		err = build_interpretation(proceedings, meeting);
	if (err < 0) {
		proceedings_free(proceedings);
		return err;
	}
	proceedings->meeting = meeting;
	*out_proceedings = proceedings;
	return 0;
}

struct proceedings *proceedings_free(struct proceedings *proceedings)
{
	if (proceedings == NULL)
		return NULL;
	meeting_free(proceedings->meeting);
	floor_free(proceedings->floor);
	voting_free(proceedings->voting);
	interpretation_free(proceedings->interpretation);
	return rs_release(proceedings);
}

void proceedings_apply(struct proceedings *proceedings, const struct event *event)
{
	meeting_apply(proceedings->meeting, event);
	floor_apply(proceedings->floor, event);
	voting_apply(proceedings->voting, event);
	interpretation_apply(proceedings->interpretation, event);
}

void proceedings_stamp(
	const struct proceedings *proceedings, int64_t wall_ms, struct events *events)
{
	for (size_t i = 0; i < events->n; i++) {
		events->list[i].number = proceedings->meeting->event + 1 + i;
		events->list[i].wall_ms = wall_ms;
	}
}

static void add_visible(struct gate *gate, const char *source)
{
	for (size_t i = 0; i < gate->n_visible; i++) {
		if (strcmp(gate->visible[i], source) == 0)
			return;
	}
	gate->visible[gate->n_visible++] = source;
}

void proceedings_gate(const struct proceedings *proceedings, struct gate *out_gate)
{
	const struct floor *floor = proceedings->floor;
	const struct participant *chair = meeting_chair(proceedings->meeting);

	*out_gate = (struct gate){ .chair = chair != NULL ? chair->id : NULL };
	if (proceedings->meeting->phase != MEETING_IN_SESSION)
		return;
	const char *open;
	while (out_gate->n_open < RS_ARRAY_LEN(out_gate->open) &&
		(open = floor_open(floor, out_gate->n_open)) != NULL) {
		out_gate->open[out_gate->n_open++] = open;
		add_visible(out_gate, open);
	}
	if (chair != NULL)
		add_visible(out_gate, chair->id);
	/* Whoever speaks first by right is shown, with what they show. */
	out_gate->speaker = out_gate->n_open > 0 ? out_gate->open[0] : NULL;
	out_gate->content = out_gate->speaker;
}
