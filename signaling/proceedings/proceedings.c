#include "signaling/proceedings/proceedings.h"

#include "signaling/proceedings/plan.h"
#include "signaling/proceedings/proceedings_priv.h"
#include "signaling/proceedings/questions.h"

#include <errno.h>

static int build_floor(struct proceedings *proceedings, const struct meeting *meeting)
{
	const char *ids[MEETING_ITEMS_MAX];
	for (size_t i = 0; i < meeting->n_items; i++)
		ids[i] = meeting->items[i].id;
	return floor_new(&meeting->rules, ids, meeting->n_items, &proceedings->floor);
}

int proceedings_new(struct meeting *meeting, struct proceedings **out_proceedings)
{
	struct proceedings *proceedings = rs_zalloc(sizeof(*proceedings));
	if (proceedings == NULL)
		return -ENOMEM;
	int err = build_floor(proceedings, meeting);
	if (err == 0)
		err = questions_new(meeting, proceedings);
	if (err == 0)
		err = interpretation_new(meeting, &proceedings->interpretation);
	if (err == 0)
		err = captions_new(meeting, &proceedings->captions);
	if (err == 0)
		err = documents_new(&proceedings->documents);
	if (err < 0) {
		proceedings_free(proceedings);
		return err;
	}
	proceedings->meeting = meeting;
	planner_init(&proceedings->pace.planner, &meeting->rules.plan);
	*out_proceedings = proceedings;
	return 0;
}

struct proceedings *proceedings_free(struct proceedings *proceedings)
{
	if (proceedings == NULL)
		return NULL;
	meeting_free(proceedings->meeting);
	floor_free(proceedings->floor);
	for (size_t i = 0; i < QUESTIONS_MAX; i++)
		voting_free(proceedings->votings[i]);
	interpretation_free(proceedings->interpretation);
	captions_free(proceedings->captions);
	documents_free(proceedings->documents);
	return rs_release(proceedings);
}

void proceedings_apply(struct proceedings *proceedings, const struct event *event)
{
	pace_apply(proceedings, event);
	meeting_apply(proceedings->meeting, event);
	floor_apply(proceedings->floor, event);
	questions_apply(proceedings, event);
	interpretation_apply(proceedings->interpretation, event);
	signals_apply(&proceedings->signals, &proceedings->meeting->rules.interpretation, event);
	captions_apply(proceedings->captions, event);
	documents_apply(proceedings->documents, proceedings->meeting->visibility, event);
}

void proceedings_stamp(
	const struct proceedings *proceedings, int64_t wall_ms, struct events *events)
{
	proceedings_decide_language(proceedings, events);
	for (size_t i = 0; i < events->n; i++) {
		events->list[i].number = proceedings->meeting->event + 1 + i;
		events->list[i].wall_ms = wall_ms;
	}
}

static bool is_source_in(const char *const *list, size_t n, const char *source)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], source) == 0)
			return true;
	}
	return false;
}

static void add_source(const char **list, size_t *n, const char *source)
{
	if (!is_source_in(list, *n, source))
		list[(*n)++] = source;
}

const char *proceedings_voice(const struct proceedings *proceedings, const char *badge)
{
	const struct meeting *meeting = proceedings->meeting;
	const struct participant *participant = meeting_find(meeting, badge);
	if (participant == NULL)
		return NULL;
	const struct participant *voice = meeting_voice(meeting, participant);
	return voice != NULL ? voice->id : NULL;
}

/* Before the meeting: whose microphone is tried, and nobody else. */
static void open_checked(const struct proceedings *proceedings, struct gate *gate)
{
	const char *source = proceedings_voice(proceedings, proceedings->meeting->checking);
	if (source == NULL)
		return;
	add_source(gate->open, &gate->n_open, source);
	add_source(gate->visible, &gate->n_visible, source);
	gate->speaker = gate->content = source;
}

/* The first `most` of those who wait, as far as they are here and not seen already. Returns how many people that were; several may
 * have one camera. */
static size_t add_waiting(const struct proceedings *proceedings, const struct floor_entry *entries,
	size_t n, size_t most, struct gate *gate)
{
	size_t added = 0;
	for (size_t i = 0; i < n && added < most; i++) {
		const struct participant *who =
			meeting_find(proceedings->meeting, entries[i].participant);
		const struct participant *voice = who != NULL && who->present
							  ? meeting_voice(proceedings->meeting, who)
							  : NULL;
		if (voice == NULL || is_source_in(gate->visible, gate->n_visible, voice->id))
			continue;
		add_source(gate->warm, &gate->n_warm, voice->id);
		added++;
	}
	return added;
}

static void warm_next(const struct proceedings *proceedings, struct gate *gate)
{
	const struct floor *floor = proceedings->floor;
	const struct floor_list *speakers = floor_list(floor, LIST_SPEAKERS);
	const struct floor_list *replies = floor_list(floor, LIST_REPLIES);
	const size_t n = add_waiting(proceedings, speakers->entries, speakers->n, GATE_WARM, gate);
	(void)add_waiting(proceedings, replies->entries, replies->n, GATE_WARM - n, gate);
	(void)add_waiting(proceedings, floor->points, floor->n_points, GATE_WARM, gate);
}

void proceedings_gate(const struct proceedings *proceedings, struct gate *out_gate)
{
	const struct floor *floor = proceedings->floor;
	const struct participant *chair = meeting_chair(proceedings->meeting);

	*out_gate = (struct gate){ .chair = NULL };
	if (chair != NULL)
		out_gate->chair = proceedings_voice(proceedings, chair->id);
	if (proceedings->meeting->phase == MEETING_TEST)
		open_checked(proceedings, out_gate);
	if (proceedings->meeting->phase != MEETING_IN_SESSION)
		return;
	const char *holder;
	for (size_t i = 0;
		i < RS_ARRAY_LEN(out_gate->open) && (holder = floor_open(floor, i)) != NULL; i++) {
		const char *source = proceedings_voice(proceedings, holder);
		if (source == NULL)
			continue;
		add_source(out_gate->open, &out_gate->n_open, source);
		add_source(out_gate->visible, &out_gate->n_visible, source);
	}
	if (out_gate->chair != NULL)
		add_source(out_gate->visible, &out_gate->n_visible, out_gate->chair);
	warm_next(proceedings, out_gate);
	/* Whoever speaks first by right is shown, with what they show. */
	out_gate->speaker = out_gate->n_open > 0 ? out_gate->open[0] : NULL;
	out_gate->content = out_gate->speaker;
}

bool proceedings_is_heard(
	const struct proceedings *proceedings, const struct gate *gate, const char *badge)
{
	for (size_t i = 0; i < gate->n_open; i++) {
		if (strcmp(gate->open[i], badge) == 0)
			return true;
	}
	return interpretation_live_in(proceedings->interpretation, badge) != NULL;
}
