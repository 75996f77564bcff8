#include "signaling/proceedings/plan.h"

#include "signaling/interpretation/schedule.h"

/* Who speaks on which list, and in what capacity, takes time alike. */
static size_t group_of(
	const struct proceedings *proceedings, enum list_kind list, const char *participant)
{
	const struct participant *who = meeting_find(proceedings->meeting, participant);
	const enum category category = who != NULL ? who->category : CATEGORY_MEMBER;
	return (list == LIST_REPLIES ? CATEGORY_COUNT : 0) + (size_t)category;
}

/* ---- the pace ---- */

static void begin(struct proceedings *proceedings, const struct event *event)
{
	struct pace *pace = &proceedings->pace;
	const struct floor_entry *entry = floor_find_entry(proceedings->floor, event->entry);
	if (entry == NULL)
		return; /* not from a list: an answer, or who presides */
	if (pace->ended_ms != 0)
		planner_waited(&pace->planner, event->wall_ms - pace->ended_ms);
	pace->group = group_of(proceedings, entry->list, event->participant);
	pace->allotted_ms = event->allotted_ms;
	pace->began_ms = event->wall_ms;
	(void)rs_set_text(pace->speaker, event->participant);
}

static void end(struct pace *pace, const struct event *event)
{
	if (pace->speaker[0] == '\0')
		return;
	planner_spoke(
		&pace->planner, pace->group, pace->allotted_ms, event->wall_ms - pace->began_ms);
	pace->speaker[0] = '\0';
	pace->ended_ms = event->wall_ms;
}

/* A suspension belongs neither to the statement nor to the gap it falls into. */
static void go_on(struct pace *pace, const struct event *event)
{
	if (pace->suspended_ms == 0)
		return;
	const int64_t stood_ms = event->wall_ms - pace->suspended_ms;
	pace->began_ms += stood_ms;
	if (pace->ended_ms != 0)
		pace->ended_ms += stood_ms;
	pace->suspended_ms = 0;
}

static void given(struct proceedings *proceedings, const struct event *event)
{
	struct pace *pace = &proceedings->pace;
	if (event->cause == CAUSE_SUBSTITUTE) {
		if (pace->speaker[0] != '\0')
			(void)rs_set_text(pace->speaker, event->participant);
		return;
	}
	end(pace, event);
	begin(proceedings, event);
}

void pace_apply(struct proceedings *proceedings, const struct event *event)
{
	struct pace *pace = &proceedings->pace;
	if (event->kind == EVENT_FLOOR_GIVEN) {
		given(proceedings, event);
	} else if (event->kind == EVENT_FLOOR_TAKEN) {
		if (strcmp(pace->speaker, event->participant) == 0)
			end(pace, event);
	} else if (event->kind == EVENT_MEETING_SUSPENDED) {
		pace->suspended_ms = event->wall_ms;
	} else if (event->kind == EVENT_MEETING_RESUMED) {
		go_on(pace, event);
	} else if (event->kind == EVENT_MEETING_CLOSED) {
		go_on(pace, event);
		end(pace, event);
		pace->ended_ms = 0;
	} else if (event->kind == EVENT_ENTRY_ADDED && event->list == LIST_SPEAKERS) {
		planner_asked(&pace->planner, event->wall_ms);
	}
}

/* ---- the plan ---- */

static void add_list(const struct proceedings *proceedings, enum list_kind kind,
	const struct plan_question *question, struct plan *plan)
{
	const struct floor *floor = proceedings->floor;
	const struct floor_list *list = floor_list(floor, kind);
	for (size_t i = 0; i < list->n && plan->n < PLAN_TURNS_MAX; i++) {
		const struct floor_entry *entry = &list->entries[i];
		const uint32_t now_ms = floor_allotted_ms(floor, entry);
		/* Whoever has less than the list's limit, by category or budget, keeps that. */
		const bool tried =
			question->has_limit && kind == LIST_SPEAKERS &&
			(now_ms == list->allotted_ms || question->limit_s * 1000 < now_ms);
		plan->participants[plan->n] = entry->participant;
		plan->turns[plan->n++] = (struct planner_turn){
			.entry = entry->id,
			.group = group_of(proceedings, kind, entry->participant),
			.allotted_ms = tried ? question->limit_s * 1000 : now_ms,
		};
	}
}

static struct planner_speaker speaker_of(const struct proceedings *proceedings, int64_t wall_ms)
{
	const struct pace *pace = &proceedings->pace;
	const struct rules_time *time = &proceedings->meeting->rules.time;
	const struct planner_speaker nobody = { .speaks = false };
	if (pace->speaker[0] == '\0')
		return nobody;
	const int64_t now_ms = pace->suspended_ms != 0 ? pace->suspended_ms : wall_ms;
	struct planner_speaker speaker = {
		.speaks = true,
		.group = pace->group,
		.allotted_ms = pace->allotted_ms,
		.took_ms = now_ms > pace->began_ms ? now_ms - pace->began_ms : 0,
	};
	if (time->cut && pace->allotted_ms != 0)
		speaker.most_ms = pace->allotted_ms + time->grace_s * INT64_C(1000);
	return speaker;
}

enum plan_fit plan_fit(const struct plan *plan, const struct planner_turn *turn)
{
	if (plan->until_ms == 0)
		return PLAN_UNKNOWN;
	if (turn->end_ms - turn->end_margin_ms > plan->until_ms)
		return PLAN_LATE;
	return turn->end_ms + turn->end_margin_ms > plan->until_ms ? PLAN_PERHAPS : PLAN_FITS;
}

/* To the minute: it moves on while nobody is at the microphone. */
#define HOURS_STEP_MS INT64_C(60000)

/* As it was arranged, or sooner, when the first booth has used up its hours. */
static void interpreters_leave(
	const struct proceedings *proceedings, int64_t wall_ms, struct plan *plan)
{
	const struct interpretation *interpretation = proceedings->interpretation;
	size_t booth;
	const int64_t hours = schedule_ends_ms(interpretation, wall_ms, &booth);
	plan->until_ms = meeting_interpretation_ends(proceedings->meeting);
	plan->booth = NULL;
	if (hours == INT64_MAX || (plan->until_ms != 0 && hours >= plan->until_ms))
		return;
	plan->until_ms = hours / HOURS_STEP_MS * HOURS_STEP_MS;
	plan->booth = interpretation->booths[booth].id;
}

void proceedings_plan(const struct proceedings *proceedings, int64_t wall_ms,
	const struct plan_question *question, struct plan *out_plan)
{
	const struct floor *floor = proceedings->floor;
	const struct floor_list *list = floor_list(floor, LIST_SPEAKERS);
	const uint32_t limit_ms =
		question->has_limit ? question->limit_s * 1000 : list->allotted_ms;
	const struct planner_question asked = {
		.wall_ms = wall_ms,
		.now = speaker_of(proceedings, wall_ms),
		.points = floor->n_points + (floor->point.stage != FLOOR_POINT_NONE ? 1 : 0),
		.point_ms = floor->rules.points.speak_s * 1000,
		.pause_ms = question->pause_s * INT64_C(1000),
		.open = !question->closes && !list->closed && floor->rules.self_inscription,
		.newcomers_ms = limit_ms,
	};
	out_plan->n = 0;
	out_plan->late = 0;
	interpreters_leave(proceedings, wall_ms, out_plan);
	if (question->until_ms != 0) {
		out_plan->until_ms = question->until_ms;
		out_plan->booth = NULL;
	}
	add_list(proceedings, LIST_SPEAKERS, question, out_plan);
	add_list(proceedings, LIST_REPLIES, question, out_plan);
	planner_forecast(&proceedings->pace.planner, &asked, out_plan->turns, out_plan->n,
		&out_plan->forecast);
	for (size_t i = 0; i < out_plan->n; i++)
		out_plan->late += plan_fit(out_plan, &out_plan->turns[i]) == PLAN_LATE;
}
