/* What a room kept while its line was lost, on its way through signaling: who is asked when, what the recorder is told of the gate of
 * that time, and what the podium is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/control/frame.h"
#include "common/control/late.h"
#include "signaling/service/late.h"
#include "signaling/wire/node/late.h"
#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

#define PART_LEN 1000

static struct bench_line *chair, *sfu, *room, *recorder, *technician;
static struct service_refusal refusal;
static char peer[RS_NAME_MAX + 1];

/* The demo, with a delegate who sits in the room, and more rooms than can deliver. */
static char *conference_text(void)
{
	size_t len;
	size_t i;
	json_t *badge;
	char *text = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	json_t *meeting = json_array_get(json_object_get(conference, "meetings"), 0);
	json_t *badges = json_object_get(meeting, "badges");
	json_object_set_new(conference, "rooms",
		json_pack("[{s:s, s:s}]", "id", "hall", "name", "Conference room 2"));
	json_object_set_new(meeting, "room", json_string("hall"));
	json_object_set_new(meeting, "body", json_string("plenary"));
	json_array_foreach(badges, i, badge)
	{
		if (strcmp(json_string_value(json_object_get(badge, "id")), "KEN") == 0)
			json_object_set_new(badge, "seat", json_string("A12"));
	}
	for (int n = 0; n < LATE_ROOMS_MAX; n++) {
		char id[16];
		(void)snprintf(id, sizeof(id), "room-%d", n);
		json_array_append_new(
			badges, json_pack("{s:s, s:s, s:s}", "id", id, "role", "room", "name", id));
	}
	free(text);
	text = json_dumps(conference, 0);
	json_decref(conference);
	return text;
}

static void join_all(struct bench *bench)
{
	sfu = bench_sfu(bench, "i1", "null");
	recorder = bench_recorder(bench, "[]");
	technician = bench_join(bench, "demo", "technician", "technician");
	room = bench_join(bench, "demo", "room", "room");
	(void)rs_set_text(peer, bench_offer(bench, room));
	bench_peer(bench, sfu, peer, "connected");
}

static int setup(void **state)
{
	char *text = conference_text();
	struct bench *bench = bench_new_of(NULL, text);
	free(text);
	*state = bench;
	chair = bench_join(bench, "demo", "chair", "chair");
	join_all(bench);
	assert_string_equal(bench_try(bench, chair, "open-meeting", "\"override\":true"), "ok");
	refusal = (struct service_refusal){ 0 };
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static struct claims who = { .role = ROLE_ROOM, .badge = "room", .meeting = "demo" };

/* Part `part` of `parts` of an outage of the last ten seconds. */
static struct service_late part_of(const struct bench *bench, uint32_t part, uint32_t parts)
{
	static const uint8_t data[LATE_PART_MAX + 1];
	static uint64_t request;
	return (struct service_late){ .request = ++request,
		.who = &who,
		.meeting = "demo",
		.outage = "20261122T101112Z-9f2k",
		.part = part,
		.parts = parts,
		.from_us = (bench->at.wall_ms - 10000) * 1000,
		.to_us = bench->at.wall_ms * 1000,
		.shift_us = -7,
		.data = data,
		.len = PART_LEN };
}

/* What it is refused with at once; 0 = it is on its way. */
static uint16_t put(struct bench *bench, const struct service_late *late)
{
	refusal = (struct service_refusal){ 0 };
	const int err = service_late_put(bench->service, late, bench->at, &refusal);
	bench_turn(bench);
	assert_int_equal(err < 0, refusal.status != 0);
	return refusal.status;
}

static int64_t last_ticket(void)
{
	return bench_int(bench_last(recorder, "late"), "ticket");
}

static void answer(struct bench *bench, const char *state, const char *reason)
{
	assert_int_equal(
		bench_report(bench, recorder,
			"{\"type\":\"late\",\"meeting\":\"demo\",\"ticket\":%lld,\"state\":\"%s\","
			"\"reason\":\"%s\",\"kept\":5,\"had\":4,\"shut\":3,\"before\":2}",
			(long long)last_ticket(), state, reason),
		0);
}

/* The newest outage people are told of. */
static const json_t *told(const struct bench_line *line)
{
	for (size_t i = json_array_size(line->heard); i > 0; i--) {
		const json_t *outages =
			bench_at(json_array_get(line->heard, i - 1), "patch.outages");
		if (outages != NULL)
			return json_array_get(outages, json_array_size(outages) - 1);
	}
	return NULL;
}

static void a_part_goes_to_the_recorder_and_its_answer_back(void **state)
{
	struct bench *bench = *state;
	const struct service_late late = part_of(bench, 1, 2);
	const size_t before = bench->n_frames;
	assert_int_equal(put(bench, &late), 0);
	const json_t *message = bench_last(recorder, "late");
	assert_string_equal(bench_text(message, "meeting"), "demo");
	assert_string_equal(bench_text(message, "source"), "room");
	assert_string_equal(bench_text(message, "outage"), late.outage);
	assert_int_equal(strncmp(bench_text(message, "session"), "demo-", 5), 0);
	assert_int_equal(bench_int(message, "part"), 1);
	assert_int_equal(bench_int(message, "parts"), 2);
	assert_int_equal(bench_int(message, "from_us"), late.from_us);
	assert_int_equal(bench_int(message, "shift_us"), -7);
	assert_int_equal(bench->n_frames, before + 1);
	assert_int_equal(bench->frame_len, FRAME_HEADER_LEN + 8 + PART_LEN);
	bench->request = 0;
	answer(bench, "kept", "");
	assert_int_equal(bench->request, late.request);
	assert_int_equal(bench->status, 200);
	assert_int_equal(bench_int(bench->answer, "kept"), 5);
	assert_int_equal(bench_int(bench->answer, "had"), 4);
	assert_int_equal(bench_int(bench->answer, "shut"), 3);
	assert_int_equal(bench_int(bench->answer, "before"), 2);
	assert_string_equal(bench_text(told(technician), "state"), "delivering");
	assert_int_equal(bench_int(told(technician), "percent"), 50);
	assert_string_equal(bench_text(told(chair), "state"), "delivering");
	assert_null(told(room));
	/* An answer to nothing changes nothing. */
	bench->request = 0;
	answer(bench, "kept", "");
	assert_int_equal(bench->request, 0);
	const struct service_late last = part_of(bench, 2, 2);
	assert_int_equal(put(bench, &last), 0);
	answer(bench, "kept", "");
	assert_string_equal(bench_text(told(technician), "state"), "delivered");
	assert_int_equal(bench_int(told(technician), "percent"), 100);
}

/* What signaling says does not depend on which part comes when: whether it is there already is the recorder's to know. */
static void parts_may_come_again_and_out_of_order(void **state)
{
	static const uint32_t order[] = { 3, 1, 1, 2, 3 };
	struct bench *bench = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(order); i++) {
		const struct service_late late = part_of(bench, order[i], 3);
		assert_int_equal(put(bench, &late), 0);
		assert_int_equal(bench_int(bench_last(recorder, "late"), "part"), order[i]);
		answer(bench, "kept", "");
		assert_int_equal(bench->status, 200);
	}
}

static void what_is_no_part_is_refused(void **state)
{
	struct bench *bench = *state;
	const struct service_late good = part_of(bench, 1, 1);
	struct service_late wrong[7];
	for (size_t i = 0; i < RS_ARRAY_LEN(wrong); i++)
		wrong[i] = good;
	wrong[0].part = 0;
	wrong[1].part = 2;
	wrong[2].to_us = good.from_us - 1;
	wrong[3].from_us = -1;
	wrong[4].len = 0;
	wrong[5].len = LATE_PART_MAX + 1;
	wrong[6].meeting = "none";
	for (size_t i = 0; i < RS_ARRAY_LEN(wrong); i++)
		assert_int_equal(put(bench, &wrong[i]), i < 6 ? 400 : 404);
	assert_null(bench_last(recorder, "late"));
	struct service_late longest = good;
	longest.len = LATE_PART_MAX;
	assert_int_equal(put(bench, &longest), 0);
}

static void one_part_of_a_room_is_under_way_at_a_time_and_so_many_of_all(void **state)
{
	struct bench *bench = *state;
	struct claims others[LATE_FLIGHTS_MAX + 1];
	struct service_late late = part_of(bench, 1, 2);
	assert_int_equal(put(bench, &late), 0);
	assert_int_equal(put(bench, &late), 429);
	for (int i = 1; i <= LATE_FLIGHTS_MAX; i++) {
		others[i] = who;
		(void)snprintf(others[i].badge, sizeof(others[i].badge), "room-%d", i);
		late.who = &others[i];
		assert_int_equal(put(bench, &late), i < LATE_FLIGHTS_MAX ? 0 : 429);
	}
	bench_pass(bench, RS_SEC(30));
	assert_int_equal(put(bench, &late), 0);
}

static void of_more_rooms_than_are_known_the_last_is_told_so(void **state)
{
	struct bench *bench = *state;
	struct claims other = who;
	struct service_late late = part_of(bench, 1, 1);
	late.who = &other;
	/* `room` and those from 0 to 62 are LATE_ROOMS_MAX. */
	(void)snprintf(other.badge, sizeof(other.badge), "room-%d", LATE_ROOMS_MAX - 2);
	assert_int_equal(put(bench, &late), 0);
	(void)snprintf(other.badge, sizeof(other.badge), "room-%d", LATE_ROOMS_MAX - 1);
	assert_int_equal(put(bench, &late), 429);
}

static void a_recorder_that_does_not_answer_is_given_up(void **state)
{
	struct bench *bench = *state;
	const struct service_late late = part_of(bench, 1, 1);
	assert_int_equal(put(bench, &late), 0);
	bench->request = 0;
	bench_pass(bench, RS_SEC(19));
	assert_int_equal(bench->request, 0);
	bench_pass(bench, RS_SEC(2));
	assert_int_equal(bench->request, late.request);
	assert_int_equal(bench->status, 503);
	/* What it says too late is heard by nobody. */
	bench->request = 0;
	answer(bench, "kept", "");
	assert_int_equal(bench->request, 0);
}

static void what_the_recorder_cannot_take_now_is_not_refused_for_good(void **state)
{
	struct bench *bench = *state;
	const struct service_late late = part_of(bench, 1, 1);
	assert_int_equal(put(bench, &late), 0);
	answer(bench, "later", "disk");
	assert_int_equal(bench->status, 503);
	assert_int_equal(put(bench, &late), 0);
	answer(bench, "refused", "other-session");
	assert_int_equal(bench->status, 409);
	assert_string_equal(bench_text(bench->answer, "reason"), "other-session");
	assert_string_equal(bench_text(told(technician), "state"), "refused");
}

static void a_recorder_that_goes_and_comes_back_is_waited_for(void **state)
{
	struct bench *bench = *state;
	const struct service_late late = part_of(bench, 1, 2);
	assert_int_equal(put(bench, &late), 0);
	bench_node_gone(bench, recorder);
	assert_int_equal(bench->request, late.request);
	assert_int_equal(bench->status, 503);
	/* The session goes on; a box that is told "never" would put all of it aside. */
	assert_int_equal(put(bench, &late), 503);
	recorder = bench_recorder(bench, "[]");
	assert_int_equal(put(bench, &late), 0);
	assert_int_equal(bench_int(bench_last(recorder, "late"), "part"), 1);
}

static void without_a_session_it_is_refused_for_good_and_told(void **state)
{
	struct bench *bench = *state;
	const struct service_late late = part_of(bench, 1, 2);
	bench_peer(bench, sfu, peer, "disconnected");
	assert_string_equal(bench_text(told(technician), "state"), "lost");
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	bench_peer(bench, sfu, peer, "connected");
	assert_int_equal(put(bench, &late), 409);
	assert_string_equal(refusal.reason, "not-recorded");
	assert_string_equal(bench_text(told(technician), "state"), "refused");
	assert_string_equal(bench_text(told(technician), "source"), "room");
}

/* Stretches as the recorder was told them, in ms from `base_ms`: "a-b c-". */
static const char *open_of(int64_t base_ms)
{
	static char text[1024];
	size_t i;
	size_t len = 0;
	json_t *span;
	text[0] = '\0';
	json_array_foreach(bench_at(bench_last(recorder, "late"), "open"), i, span)
	{
		const int64_t from = json_integer_value(json_array_get(span, 0)) / 1000 - base_ms;
		const int64_t to = json_integer_value(json_array_get(span, 1)) / 1000 - base_ms;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			to > (INT64_C(1) << 40) ? "%s%lld-" : "%s%lld-%lld", i > 0 ? " " : "",
			(long long)from, (long long)to);
	}
	return text;
}

static void speak(struct bench *bench, bool on)
{
	if (on)
		assert_string_equal(
			bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	else
		assert_string_equal(bench_try(bench, chair, "take-floor", ""), "ok");
}

/* Whatever the gate does when a part comes: what counts is where it stood when it was said. */
static void the_recorder_is_told_when_the_room_was_open(void **state)
{
	struct bench *bench = *state;
	const int64_t base_ms = bench->at.wall_ms;
	const struct service_late late = part_of(bench, 1, 1);
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "");
	answer(bench, "kept", "");
	bench_pass(bench, RS_SEC(1));
	(void)bench_try(bench, room, "ask-for-floor", "\"seat\":\"A12\"");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	bench_pass(bench, RS_SEC(4));
	speak(bench, false);
	bench_pass(bench, RS_SEC(5));
	speak(bench, true);
	bench_pass(bench, RS_SEC(5));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "1000-5000 10000-");
	answer(bench, "kept", "");
	/* Another room was not. */
	struct claims other = who;
	(void)rs_set_text(other.badge, "room-1");
	struct service_late of_other = part_of(bench, 1, 1);
	of_other.who = &other;
	assert_int_equal(put(bench, &of_other), 0);
	assert_string_equal(open_of(base_ms), "");
	answer(bench, "kept", "");
	/* It stands in the log of events: a restart forgets none of it. */
	speak(bench, false);
	bench_restart(bench);
	join_all(bench);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "1000-5000 10000-15000");
}

/* What a seat's person goes on saying while the room's line is lost: as long as the floor is theirs. */
static void who_keeps_the_floor_without_a_line_is_let_through(void **state)
{
	struct bench *bench = *state;
	const int64_t base_ms = bench->at.wall_ms;
	const struct service_late late = part_of(bench, 1, 1);
	bench_pass(bench, RS_SEC(1));
	(void)bench_try(bench, room, "ask-for-floor", "\"seat\":\"A12\"");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	bench_pass(bench, RS_SEC(4));
	/* The media server misses it first, then nobody has heard of the room for so long that it and its people have left. */
	bench_peer(bench, sfu, peer, "disconnected");
	bench_pass(bench, RS_SEC(5));
	bench_leave(bench, room, 1006);
	bench_pass(bench, RS_SEC(60));
	assert_string_equal(bench_text(bench_last(chair, "event"), "name"), "participant-left");
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "1000-");
	answer(bench, "kept", "");
	/* The floor is taken, then another's: that ends it. */
	speak(bench, false);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "1000-70000");
	answer(bench, "kept", "");
	bench_restart(bench);
	join_all(bench);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "1000-70000");
}

/* They left the room's microphone for one of their own: what is lost then is not the room's. */
static void who_went_on_from_afar_is_not_let_through_by_the_room(void **state)
{
	struct bench *bench = *state;
	const int64_t base_ms = bench->at.wall_ms;
	const struct service_late late = part_of(bench, 1, 1);
	char own[RS_NAME_MAX + 1];
	bench_pass(bench, RS_SEC(1));
	(void)bench_try(bench, room, "ask-for-floor", "\"seat\":\"A12\"");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	bench_pass(bench, RS_SEC(2));
	struct bench_line *page = bench_join(bench, "demo", "KEN", "delegate");
	(void)rs_set_text(own, bench_offer(bench, page));
	bench_peer(bench, sfu, own, "connected");
	bench_pass(bench, RS_SEC(2));
	bench_peer(bench, sfu, own, "disconnected");
	bench_leave(bench, page, 1006);
	bench_pass(bench, RS_SEC(5));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "1000-3000");
}

static void a_sitting_that_ends_or_is_suspended_ends_it(void **state)
{
	struct bench *bench = *state;
	const int64_t base_ms = bench->at.wall_ms;
	const struct service_late late = part_of(bench, 1, 1);
	(void)bench_try(bench, room, "ask-for-floor", "\"seat\":\"A12\"");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	bench_pass(bench, RS_SEC(1));
	bench_peer(bench, sfu, peer, "disconnected");
	bench_pass(bench, RS_SEC(2));
	assert_string_equal(bench_try(bench, chair, "suspend-meeting", ""), "ok");
	bench_pass(bench, RS_SEC(2));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "0-3000");
	answer(bench, "kept", "");
	assert_string_equal(bench_try(bench, chair, "resume-meeting", ""), "ok");
	bench_pass(bench, RS_SEC(1));
	/* The floor goes to somebody else. */
	assert_string_equal(bench_try(bench, chair, "take-floor", ""), "ok");
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(put(bench, &late), 0);
	assert_string_equal(open_of(base_ms), "0-3000 5000-6000");
}

static void of_more_stretches_than_are_told_the_oldest_goes(void **state)
{
	struct bench *bench = *state;
	const int64_t base_ms = bench->at.wall_ms;
	const struct service_late late = part_of(bench, 1, 1);
	(void)bench_try(bench, room, "ask-for-floor", "\"seat\":\"A12\"");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	for (int i = 0; i <= LATE_SPANS_MAX; i++) {
		if (i > 0)
			speak(bench, true);
		bench_pass(bench, RS_SEC(1));
		speak(bench, false);
		bench_pass(bench, RS_SEC(1));
	}
	assert_int_equal(put(bench, &late), 0);
	const json_t *open = bench_at(bench_last(recorder, "late"), "open");
	assert_int_equal(json_array_size(open), LATE_SPANS_MAX);
	assert_int_equal(strncmp(open_of(base_ms), "2000-3000 4000-5000 ", 20), 0);
}

static void people_are_told_of_a_line_that_is_lost_and_back(void **state)
{
	struct bench *bench = *state;
	bench_peer(bench, sfu, peer, "disconnected");
	assert_string_equal(bench_text(told(chair), "state"), "lost");
	assert_true(json_is_null(bench_at(told(chair), "to_ms")));
	const struct bench_line *later = bench_join(bench, "demo", "secretariat", "secretariat");
	assert_string_equal(bench_text(told(later), "state"), "lost");
	bench_pass(bench, RS_SEC(5));
	bench_peer(bench, sfu, peer, "connected");
	assert_string_equal(bench_text(told(chair), "state"), "back");
	assert_int_equal(bench_int(told(chair), "to_ms") - bench_int(told(chair), "from_ms"), 5000);
	/* It delivers nothing: there was nothing. */
	bench_pass(bench, RS_SEC(61));
	assert_null(told(chair));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		CASE(a_part_goes_to_the_recorder_and_its_answer_back),
		CASE(parts_may_come_again_and_out_of_order),
		CASE(what_is_no_part_is_refused),
		CASE(one_part_of_a_room_is_under_way_at_a_time_and_so_many_of_all),
		CASE(of_more_rooms_than_are_known_the_last_is_told_so),
		CASE(a_recorder_that_does_not_answer_is_given_up),
		CASE(what_the_recorder_cannot_take_now_is_not_refused_for_good),
		CASE(a_recorder_that_goes_and_comes_back_is_waited_for),
		CASE(without_a_session_it_is_refused_for_good_and_told),
		CASE(the_recorder_is_told_when_the_room_was_open),
		CASE(who_keeps_the_floor_without_a_line_is_let_through),
		CASE(who_went_on_from_afar_is_not_let_through_by_the_room),
		CASE(a_sitting_that_ends_or_is_suspended_ends_it),
		CASE(of_more_stretches_than_are_told_the_oldest_goes),
		CASE(people_are_told_of_a_line_that_is_lost_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
