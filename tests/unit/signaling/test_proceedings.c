/* The three machines of a meeting as one: what close and leaving take away, the gate, and properties under random commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "common/base/rand.h"
#include "signaling/meeting/visibility.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/view/view.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"
#include "tests/support/viewer.h"

static const struct rules rules = {
	.name = "unga",
	.may_ask = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_CHAIR) | ROLE_BIT(ROLE_ROOM),
	.self_inscription = true,
	.one_entry_per_delegation = true,
	.entries_max = 4,
	.holder_may_yield = true,
	.open_microphones_max = 4,
	.first_item_on_opening = true,
	.points = { .may_raise = ROLE_BIT(ROLE_DELEGATE),
		.appeals = true,
		.appeal_majority = "simple" },
	.explanations = { .may_explain = ROLE_BIT(ROLE_DELEGATE),
		.before = true,
		.after = true,
		.once = true,
		.speak_s = 600 },
	.motions = { .may_move = ROLE_BIT(ROLE_DELEGATE),
		.kinds = { { .name = "suspend-meeting",
				   .rank = 1,
				   .majority = "simple",
				   .effect = MOTION_SUSPENDS },
			{ .name = "adjourn-debate",
				.rank = 3,
				.in_favour = 1,
				.against = 2,
				.mover_s = 60,
				.speaker_s = 60,
				.majority = "simple",
				.effect = MOTION_ADJOURNS_DEBATE },
			{ .name = "close-debate",
				.rank = 4,
				.against = 1,
				.majority = "simple",
				.effect = MOTION_CLOSES_DEBATE },
			{ .name = "reconsider",
				.rank = 5,
				.majority = "simple",
				.effect = MOTION_REOPENS_DEBATE } },
		.n = 4 },
	.majorities = { { .name = "simple", .numerator = 1, .denominator = 2, .more_than = true } },
	.n_majorities = 1,
	.quorum = { [RULES_COMMITTEE] = { .to_open = { 1, 4, .may_override = true },
			    .to_decide = { 1, 2, .more_than = true } } },
	.excluded = { [VISIBILITY_CLOSED_MEMBERS] = 1u << CATEGORY_NGO },
	.quorum_places = 1u << PLACE_REMOTE | 1u << PLACE_IN_ROOM,
};

static const struct rules *find_rules(const void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "unga") == 0 ? &rules : NULL;
}

static struct proceedings *demo(void)
{
	struct conference *conference = NULL;
	struct proceedings *proceedings = NULL;
	struct faults *faults = NULL;
	const struct conference_reader reader = { .rules = find_rules };
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	assert_int_equal(faults_new(&faults), 0);
	assert_int_equal(conference_parse(&reader, text, len, faults, &conference), 0);
	faults_free(faults);
	assert_int_equal(proceedings_new(conference->meetings[0], &proceedings), 0);
	conference->meetings[0] = NULL;
	conference_free(conference);
	free(text);
	return proceedings;
}

/* Decided here and applied here; too large for many frames of the stack. */
static struct events events;

static void apply_all(struct proceedings *proceedings)
{
	for (size_t i = 0; i < events.n; i++)
		proceedings_apply(proceedings, &events.list[i]);
}

static enum verdict act(struct proceedings *proceedings, struct command command)
{
	const enum verdict verdict = proceedings_decide(proceedings, &command, 1000, &events);
	apply_all(proceedings);
	return verdict;
}

static void set_present(struct proceedings *proceedings, const char *id, bool present)
{
	const struct meeting *meeting = proceedings->meeting;
	const size_t i = (size_t)(meeting_find(meeting, id) - meeting->participants);
	events.n = 0;
	const struct presence presence = { .present = present,
		.line = LINE_JOINED,
		.cause = present ? CAUSE_JOINED : CAUSE_LOST_LINE };
	proceedings_decide_presence(proceedings, i, &presence, &events);
	proceedings_stamp(proceedings, 1000, &events);
	apply_all(proceedings);
}

static struct command by_chair(enum command_kind kind)
{
	return (struct command){
		.kind = kind, .by = "chair", .role = ROLE_CHAIR, .session = "demo-session"
	};
}

static void opening_takes_up_the_first_item_and_begins_the_recording(void **state)
{
	struct proceedings *proceedings = demo();
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_OK);
	assert_int_equal(events.n, 3);
	assert_int_equal(events.list[2].kind, EVENT_RECORDING_STARTED);
	assert_int_equal(events.list[2].number, 3);
	assert_int_equal(proceedings->meeting->item, 0);
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_ALREADY_SO);
	assert_int_equal(act(proceedings, by_chair(COMMAND_CLOSE_MEETING)), VERDICT_OK);
	assert_int_equal(act(proceedings, by_chair(COMMAND_CLOSE_MEETING)), VERDICT_NOT_IN_SESSION);
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_OK);
	assert_int_equal(proceedings->meeting->sitting, 2);
	assert_int_equal(events.n, 2); /* the item is where the last sitting left it */
	proceedings_free(proceedings);
}

static void agenda_items_are_taken_up_by_the_presiding_alone(void **state)
{
	struct proceedings *proceedings = demo();
	struct command take = by_chair(COMMAND_TAKE_UP_ITEM);
	(void)rs_set_text(take.item, "2");
	assert_int_equal(act(proceedings, take), VERDICT_NOT_IN_SESSION);
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_OK);
	assert_int_equal(act(proceedings, take), VERDICT_OK);
	assert_int_equal(act(proceedings, take), VERDICT_ALREADY_SO);
	(void)rs_set_text(take.item, "3");
	assert_int_equal(act(proceedings, take), VERDICT_NO_SUCH_ITEM);
	take.role = ROLE_DELEGATE;
	assert_int_equal(act(proceedings, take), VERDICT_NOT_PERMITTED);
	proceedings_free(proceedings);
}

static void nobody_interrupts_the_voting(void **state)
{
	struct proceedings *proceedings = demo();
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_OK);
	set_present(proceedings, "FRA", true);
	set_present(proceedings, "KEN", true);
	struct command give = by_chair(COMMAND_GIVE_FLOOR);
	(void)rs_set_text(give.participant, "FRA");
	assert_int_equal(act(proceedings, give), VERDICT_OK);

	struct command chair = by_chair(COMMAND_PROPOSE_DECISION);
	chair.mode = DECISION_RECORDED;
	(void)rs_set_text(chair.title, "Draft resolution");
	(void)rs_set_text(chair.majority, "simple");
	assert_int_equal(act(proceedings, chair), VERDICT_OK);
	chair.decision = proceedings->voting->now.number;
	chair.kind = COMMAND_OPEN_VOTING;
	assert_int_equal(act(proceedings, chair), VERDICT_OK);
	assert_int_equal(events.n, 2);
	assert_int_equal(events.list[0].kind, EVENT_FLOOR_TAKEN);
	assert_string_equal(proceedings->floor->now.holder, "");

	assert_int_equal(act(proceedings, give), VERDICT_VOTING_IN_PROGRESS);
	struct command item = by_chair(COMMAND_TAKE_UP_ITEM);
	(void)rs_set_text(item.item, "2");
	assert_int_equal(act(proceedings, item), VERDICT_VOTING_IN_PROGRESS);
	/* But on a point of order about its conduct. */
	const struct command point = {
		.kind = COMMAND_RAISE_POINT, .by = "KEN", .role = ROLE_DELEGATE
	};
	assert_int_equal(act(proceedings, point), VERDICT_OK);
	struct command hear = by_chair(COMMAND_HEAR_POINT);
	hear.entry = events.list[0].entry;
	assert_int_equal(act(proceedings, hear), VERDICT_OK);
	assert_string_equal(proceedings->floor->now.holder, "KEN");
	/* Closing the meeting ends it undecided. */
	assert_int_equal(act(proceedings, by_chair(COMMAND_CLOSE_MEETING)), VERDICT_OK);
	assert_int_equal(proceedings->voting->now.stage, VOTING_NONE);
	proceedings_free(proceedings);
}

static void recording_is_the_secretariats(void **state)
{
	struct proceedings *proceedings = demo();
	struct command stop = by_chair(COMMAND_STOP_RECORDING);
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_OK);
	assert_int_equal(act(proceedings, stop), VERDICT_NOT_PERMITTED);
	stop.role = ROLE_SECRETARIAT;
	assert_int_equal(act(proceedings, stop), VERDICT_OK);
	assert_int_equal(act(proceedings, stop), VERDICT_ALREADY_SO);
	struct command record = by_chair(COMMAND_TAKE_UP_RECORDING);
	record.role = ROLE_SECRETARIAT;
	(void)rs_set_text(record.session, "demo-second");
	assert_int_equal(act(proceedings, record), VERDICT_OK);
	assert_string_equal(proceedings->meeting->session, "demo-second");
	/* It begins with itself: the opening is in the first archive. */
	assert_int_equal(proceedings->meeting->session_event, proceedings->meeting->event);
	assert_int_equal(act(proceedings, record), VERDICT_ALREADY_SO);
	proceedings_free(proceedings);
}

static void closing_silences_everyone_before_it_says_closed(void **state)
{
	static const enum event_kind kinds[] = { EVENT_FLOOR_TAKEN, EVENT_MICROPHONE_CLOSED,
		EVENT_MEETING_CLOSED, EVENT_RECORDING_STOPPED };
	struct proceedings *proceedings = demo();
	struct gate gate;
	struct command give = by_chair(COMMAND_GIVE_FLOOR);
	set_present(proceedings, "KEN", true);
	(void)rs_set_text(give.participant, "KEN");
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MEETING)), VERDICT_OK);
	assert_int_equal(act(proceedings, give), VERDICT_OK);
	assert_int_equal(act(proceedings, by_chair(COMMAND_OPEN_MICROPHONE)), VERDICT_OK);
	proceedings_gate(proceedings, &gate);
	assert_int_equal(gate.n_open, 2);
	assert_string_equal(gate.open[0], "KEN");
	assert_int_equal(gate.n_visible, 2);
	assert_string_equal(gate.speaker, "KEN");
	assert_int_equal(act(proceedings, by_chair(COMMAND_CLOSE_MEETING)), VERDICT_OK);
	assert_int_equal(events.n, RS_ARRAY_LEN(kinds));
	for (size_t i = 0; i < events.n; i++)
		assert_int_equal(events.list[i].kind, kinds[i]);
	proceedings_gate(proceedings, &gate);
	assert_int_equal(gate.n_open + gate.n_visible, 0);
	proceedings_free(proceedings);
}

/* --- properties --- */

static char *view_of(const struct proceedings *proceedings)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(view_write(proceedings, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	char *text = strdup((const char *)rs_buf_data(&out));
	rs_buf_done(&out);
	return text;
}

static void merge(json_t **page, const struct rs_buf *text)
{
	json_t *patch = json_loadb((const char *)rs_buf_data(text), rs_buf_len(text), 0, NULL);
	json_t *merged = viewer_merge(*page, patch);
	json_decref(patch);
	json_decref(*page);
	*page = merged;
}

/* What a page shows, and one that takes changes. */
static void apply_seen(struct proceedings *proceedings, const struct event *event, json_t *pages[2])
{
	struct view_before *before = NULL;
	struct rs_buf whole;
	struct rs_buf change;
	rs_buf_init(&whole, (size_t)1 << 20);
	rs_buf_init(&change, (size_t)1 << 20);
	assert_int_equal(view_before_new(proceedings, event, &before), 0);
	proceedings_apply(proceedings, event);
	assert_int_equal(view_write_patch(before, proceedings, event, &whole, &change), 0);
	merge(&pages[0], &whole);
	merge(&pages[1], &change);
	view_before_free(before);
	rs_buf_done(&whole);
	rs_buf_done(&change);
}

/* An event through its payload and back, as a restart reads it. */
static struct event replayed(const struct event *event)
{
	struct rs_buf out;
	struct event back;
	char error[WIRE_ERROR_LEN] = "";
	rs_buf_init(&out, 16384);
	assert_int_equal(wire_event_write(event, &out), 0);
	if (wire_event_parse((const char *)rs_buf_data(&out), rs_buf_len(&out), &back, error) < 0)
		fail_msg("%s", error);
	assert_memory_equal(&back, event, sizeof(back));
	rs_buf_done(&out);
	return back;
}

static struct command random_command(struct rs_rand *rand, const struct proceedings *proceedings)
{
	static const char *const items[] = { "1", "2", "9" };
	static const char *const channels[] = { "en", "fr", "es", "xx" };
	const struct meeting *meeting = proceedings->meeting;
	const struct participant *who =
		&meeting->participants[rs_rand_below(rand, (uint32_t)meeting->n_participants)];
	/* The chair does most of what can be done. */
	if (rs_rand_below(rand, 3) == 0)
		who = meeting_chair(meeting);
	struct command command = {
		.kind = (enum command_kind)rs_rand_below(rand, COMMAND_STOP_RECORDING + 1),
		.role = who->role,
		.entry = rs_rand_below(rand, 2) == 0
				 ? 0
				 : rs_rand_below(rand, proceedings->floor->last_entry + 2),
		.position = 1 + rs_rand_below(rand, 6),
		.session = "demo-session",
		.decision = proceedings->voting->last,
		.mode = (enum decision_mode)rs_rand_below(rand, DECISION_MODE_COUNT),
		.vote = (enum vote)(VOTE_YES + rs_rand_below(rand, VOTE_COUNT - VOTE_YES)),
		.yes = rs_rand_below(rand, 3),
		.no = rs_rand_below(rand, 3),
		.title = "Draft resolution",
		.majority = "simple",
		.visibility = (enum visibility)rs_rand_below(rand, VISIBILITY_COUNT),
		.on = rs_rand_below(rand, 2) == 0,
		.overrides = rs_rand_below(rand, 2) == 0,
		.until_ms = rs_rand_below(rand, 2),
	};
	command.list =
		rs_rand_below(rand, 2) == 0 ? LIST_EXPLANATIONS_BEFORE : LIST_EXPLANATIONS_AFTER;
	(void)rs_set_text(command.delegation, who->delegation);
	command.side = (enum motion_side)rs_rand_below(rand, SIDE_COUNT);
	(void)rs_set_text(command.motion, rules.motions.kinds[rs_rand_below(rand, 4)].name);
	(void)rs_set_text(command.by, who->id);
	(void)rs_set_text(command.item, items[rs_rand_below(rand, 3)]);
	(void)rs_set_text(command.channel, channels[rs_rand_below(rand, 4)]);
	(void)rs_set_text(command.participant,
		meeting->participants[rs_rand_below(rand, (uint32_t)meeting->n_participants)].id);
	return command;
}

static void decide_something(struct rs_rand *rand, const struct proceedings *proceedings)
{
	const struct meeting *meeting = proceedings->meeting;
	const uint32_t dice = rs_rand_below(rand, 20);
	const size_t i = rs_rand_below(rand, (uint32_t)meeting->n_participants);
	if (dice >= 6) {
		const struct command command = random_command(rand, proceedings);
		/* Closing is rare, or nothing else would be seen. */
		if ((command.kind == COMMAND_CLOSE_MEETING ||
			    command.kind == COMMAND_ADJOURN_MEETING) &&
			dice > 7)
			return;
		(void)proceedings_decide(proceedings, &command, 1000, &events);
		return;
	}
	if (dice == 0)
		meeting_decide_media(meeting, rs_rand_below(rand, 3) == 0 ? "" : "i1", &events);
	else if (dice == 1)
		meeting_decide_recorder(
			meeting, rs_rand_below(rand, 2) == 0 ? NULL : "disk full", &events);
	else
		proceedings_decide_presence(proceedings, i,
			&(const struct presence){ .present = rs_rand_below(rand, 4) != 0,
				.line = rs_rand_below(rand, 2) == 0 ? LINE_JOINED : LINE_CONNECTED,
				.place = (enum place)rs_rand_below(rand, PLACE_COUNT),
				.cause = CAUSE_LEFT },
			&events);
	proceedings_stamp(proceedings, 1000, &events);
}

static void assert_invariants(const struct proceedings *proceedings)
{
	const struct floor *floor = proceedings->floor;
	const struct floor_list *list = floor_current_list(floor);
	struct gate gate;
	proceedings_gate(proceedings, &gate);
	assert_true(gate.n_open <= floor->rules.open_microphones_max);
	/* The own microphone of somebody in the room is never let through, nor any microphone twice. */
	for (size_t i = 0; i < gate.n_open; i++) {
		const struct participant *source = meeting_find(proceedings->meeting, gate.open[i]);
		assert_true(source->place == PLACE_REMOTE || source->role == ROLE_ROOM);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(gate.open[i], gate.open[j]);
	}
	assert_true(list->n <= floor->rules.entries_max);
	if (proceedings->meeting->phase != MEETING_IN_SESSION)
		assert_true(gate.n_open <= (proceedings->meeting->phase == MEETING_TEST));
	if (proceedings->meeting->phase != MEETING_IN_SESSION &&
		proceedings->meeting->phase != MEETING_SUSPENDED)
		assert_string_equal(floor->now.holder, "");
	/* Who is not admitted has neither floor nor microphone. */
	const struct participant *holder = meeting_find(proceedings->meeting, floor->now.holder);
	assert_true(holder == NULL || meeting_admits(proceedings->meeting, holder));
	/* A record is of one class: that of the meeting while it is made. */
	if (proceedings->meeting->session[0] != '\0')
		assert_int_equal(proceedings->meeting->class, proceedings->meeting->visibility);
	/* Nothing but a meeting that sits in public is webcast. */
	assert_true(!proceedings->meeting->webcast ||
		    proceedings->meeting->visibility == VISIBILITY_PUBLIC);
	/* Only in the test before the meeting, and only of who is there, a microphone is tried. */
	if (proceedings->meeting->checking[0] != '\0') {
		assert_int_equal(proceedings->meeting->phase, MEETING_TEST);
		assert_true(meeting_find(proceedings->meeting, proceedings->meeting->checking)
				    ->present);
		assert_string_equal(proceedings->meeting->session, "");
	}
	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(
				list->entries[i].participant, list->entries[j].participant);
			assert_int_not_equal(list->entries[i].id, list->entries[j].id);
		}
	for (size_t i = 0; i < proceedings->interpretation->n_channels; i++)
		for (size_t j = 0; j < i; j++) {
			const int desk = proceedings->interpretation->channels[i].desk;
			if (desk != INTERPRETATION_NONE)
				assert_int_not_equal(
					desk, proceedings->interpretation->channels[j].desk);
		}
}

/* Nobody who waits is overtaken but by the chair's moving: ids without moves stay in order. */
static void assert_order_is_kept(const struct proceedings *proceedings, bool moved)
{
	const struct floor_list *list = floor_current_list(proceedings->floor);
	for (size_t i = 1; i < list->n && !moved; i++)
		assert_true(list->entries[i - 1].id < list->entries[i].id);
}

static bool changes_order(const struct event *event)
{
	return event->kind == EVENT_ENTRY_MOVED || event->kind == EVENT_ENTRY_REQUEUED ||
	       event->kind == EVENT_ENTRIES_SWAPPED || event->kind == EVENT_LOTS_DRAWN ||
	       (event->kind == EVENT_ENTRY_ADDED && event->fixed);
}

static void random_meetings_keep_their_properties(void **state)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct rs_rand rand;
		struct proceedings *live = demo();
		struct proceedings *replay = demo();
		bool moved = false;
		rs_rand_init_seed(&rand, seed);
		char *before = view_of(live);
		json_t *pages[2] = { json_loads(before, 0, NULL), json_loads(before, 0, NULL) };
		for (int step = 0; step < 250; step++) {
			events.n = 0;
			decide_something(&rand, live);
			/* Deciding changes nothing. */
			char *after = view_of(live);
			assert_string_equal(before, after);
			free(after);
			for (size_t i = 0; i < events.n; i++) {
				const struct event event = replayed(&events.list[i]);
				moved = moved || changes_order(&event);
				assert_int_equal(event.number, live->meeting->event + 1);
				apply_seen(live, &events.list[i], pages);
				proceedings_apply(replay, &event);
			}
			assert_invariants(live);
			assert_order_is_kept(live, moved);
			free(before);
			before = view_of(live);
		}
		/* The state is a replay of the events, and so is what a page shows. */
		char *again = view_of(replay);
		assert_string_equal(before, again);
		json_t *fresh = json_loads(again, 0, NULL);
		for (size_t i = 0; i < RS_ARRAY_LEN(pages); i++) {
			assert_true(json_equal(fresh, pages[i]));
			json_decref(pages[i]);
		}
		json_decref(fresh);
		free(again);
		free(before);
		proceedings_free(live);
		proceedings_free(replay);
	}
}

static int build(void *ctx)
{
	struct meeting *meeting = NULL;
	struct proceedings *proceedings = NULL;
	(void)ctx;
	int err = meeting_new(1, 2, 3, &meeting);
	if (err < 0)
		return err;
	meeting->rules = rules;
	for (size_t i = 0; i < 3; i++)
		(void)snprintf(meeting->participants[i].id, sizeof(meeting->participants[i].id),
			"p%zu", i);
	(void)rs_set_text(meeting->items[0].id, "1");
	(void)rs_set_text(meeting->channels[0].id, "en");
	(void)rs_set_text(meeting->channels[1].id, "fr");
	err = meeting_ready(meeting);
	if (err == 0)
		err = proceedings_new(meeting, &proceedings);
	if (err < 0)
		meeting_free(meeting);
	proceedings_free(proceedings);
	return err;
}

static void a_birth_without_memory_leaks_nothing(void **state)
{
	check_oom(build, NULL);
}

/* What an event changes, from before it to its patch. */
static int tell(void *ctx)
{
	const struct event event = { .kind = EVENT_ITEM_TAKEN_UP, .number = 1, .item = "1" };
	struct view_before *before = NULL;
	struct rs_buf whole;
	struct rs_buf change;
	rs_buf_init(&whole, 65536);
	rs_buf_init(&change, 65536);
	int err = view_before_new(ctx, &event, &before);
	if (err == 0)
		err = view_write_patch(before, ctx, &event, &whole, &change);
	view_before_free(before);
	rs_buf_done(&whole);
	rs_buf_done(&change);
	return err;
}

static void an_event_told_without_memory_leaks_nothing(void **state)
{
	struct proceedings *proceedings = demo();
	check_oom(tell, proceedings);
	proceedings_free(proceedings);
}

static void participants_are_found_and_ids_are_unique(void **state)
{
	struct meeting *meeting = NULL;
	assert_int_equal(meeting_new(0, 0, MEETING_PARTICIPANTS_MAX + 1, &meeting), -E2BIG);
	assert_int_equal(meeting_new(0, 0, MEETING_PARTICIPANTS_MAX, &meeting), 0);
	for (size_t i = 0; i < MEETING_PARTICIPANTS_MAX; i++)
		(void)snprintf(meeting->participants[i].id, sizeof(meeting->participants[i].id),
			"p%zu", i * 7919 % MEETING_PARTICIPANTS_MAX);
	assert_int_equal(meeting_ready(meeting), 0);
	for (size_t i = 0; i < MEETING_PARTICIPANTS_MAX; i++)
		assert_ptr_equal(meeting_find(meeting, meeting->participants[i].id),
			&meeting->participants[i]);
	assert_null(meeting_find(meeting, "p"));
	(void)rs_set_text(meeting->participants[9].id, meeting->participants[8].id);
	assert_int_equal(meeting_ready(meeting), -EEXIST);
	meeting_free(meeting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening_takes_up_the_first_item_and_begins_the_recording),
		cmocka_unit_test(agenda_items_are_taken_up_by_the_presiding_alone),
		cmocka_unit_test(nobody_interrupts_the_voting),
		cmocka_unit_test(recording_is_the_secretariats),
		cmocka_unit_test(closing_silences_everyone_before_it_says_closed),
		cmocka_unit_test(random_meetings_keep_their_properties),
		cmocka_unit_test(a_birth_without_memory_leaks_nothing),
		cmocka_unit_test(an_event_told_without_memory_leaks_nothing),
		cmocka_unit_test(participants_are_found_and_ids_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
