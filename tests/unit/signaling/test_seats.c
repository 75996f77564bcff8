/* Keys of seats in the meeting room: what is done by one is done by whoever sits there, once, and nothing else is. The words of
 * procedure of it are tests/scenarios/d5-seats.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

#define CROWD 120

static struct bench_line *chair, *sfu, *room;

static void sit(json_t *badges, const char *badge, const char *seat)
{
	size_t i;
	json_t *at;
	json_array_foreach(badges, i, at)
	{
		if (strcmp(json_string_value(json_object_get(at, "id")), badge) == 0)
			json_object_set_new(at, "seat", json_string(seat));
	}
}

/* The demo as a plenary with seats, and a crowd in the last rows. */
static int setup(void **state)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	json_t *meeting = json_array_get(json_object_get(conference, "meetings"), 0);
	json_t *badges = json_object_get(meeting, "badges");
	json_object_set_new(conference, "rooms",
		json_pack("[{s:s, s:s}]", "id", "hall", "name", "Conference room 2"));
	json_object_set_new(meeting, "room", json_string("hall"));
	json_object_set_new(meeting, "body", json_string("plenary"));
	sit(badges, "chair", "P1");
	sit(badges, "KEN", "A12");
	sit(badges, "FRA", "A13");
	for (int i = 0; i < CROWD; i++) {
		char id[16];
		char seat[16];
		(void)snprintf(id, sizeof(id), "N%d", i);
		(void)snprintf(seat, sizeof(seat), "Z%d", i);
		json_array_append_new(json_object_get(conference, "delegations"),
			json_pack("{s:s, s:s, s:s}", "id", id, "country", id, "category", "ngo"));
		json_array_append_new(
			badges, json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", id, "role", "delegate",
					"name", id, "delegation", id, "seat", seat));
	}
	char *changed = json_dumps(conference, 0);
	struct bench *bench = bench_new_of(NULL, changed);
	free(changed);
	free(text);
	json_decref(conference);
	*state = bench;
	sfu = bench_sfu(bench, "i1", "null");
	chair = bench_join(bench, "demo", "chair", "chair");
	room = bench_join(bench, "demo", "room", "room");
	bench_peer(bench, sfu, bench_offer(bench, room), "connected");
	assert_string_equal(bench_try(bench, chair, "open-meeting", "\"override\":true"), "ok");
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static const char *press(struct bench *bench, const char *command, const char *seat)
{
	char members[64];
	(void)snprintf(members, sizeof(members), "\"seat\":\"%s\"", seat);
	return bench_try(bench, room, command, members);
}

static const json_t *gate(void)
{
	for (size_t i = json_array_size(sfu->heard); i > 0; i--) {
		const json_t *message = json_array_get(sfu->heard, i - 1);
		if (strcmp(bench_text(message, "type"), "meeting") == 0 &&
			strcmp(bench_text(message, "meeting.id"), "demo") == 0)
			return json_object_get(message, "meeting");
	}
	return NULL;
}

static struct bench_line *join_as_companion(struct bench *bench, const char *badge)
{
	struct bench_line *line = bench_page(bench);
	bench_say(bench, line,
		"{\"type\":\"hello\",\"token\":\"demo/%s/delegate\",\"companion\":true}", badge);
	return line;
}

static void the_floor_given_to_a_seat_opens_the_rooms_microphone(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "ok");
	const json_t *joined = bench_last_event(chair, "participant-joined");
	assert_string_equal(bench_text(joined, "data.participant"), "KEN");
	assert_string_equal(bench_text(joined, "by_seat"), "A12");
	assert_string_equal(bench_text(chair->view, "participants.KEN.line"), "joined");
	assert_null(bench_at(gate(), "open.0"));
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	assert_string_equal(bench_text(gate(), "open.0"), "room");
	assert_string_equal(bench_text(gate(), "speaker"), "room");
	assert_string_equal(bench_text(chair->view, "open.0"), "KEN");
	assert_string_equal(press(bench, "take-floor", "A12"), "ok");
	assert_null(bench_at(gate(), "open.0"));
	assert_string_equal(bench_text(bench_last_event(chair, "floor-taken"), "by_seat"), "A12");
}

static void key_and_page_are_one_person_that_counts_once(void **state)
{
	struct bench *bench = *state;
	const int64_t before = bench_int(chair->view, "quorum.present");
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "ok");
	assert_int_equal(bench_int(chair->view, "quorum.present"), before + 1);
	struct bench_line *ken = join_as_companion(bench, "KEN");
	assert_int_equal(bench_int(chair->view, "quorum.present"), before + 1);
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "already-on-list");
	assert_string_equal(press(bench, "withdraw", "A12"), "ok");
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	assert_null(bench_at(bench_last_event(chair, "entry-added"), "by_seat"));
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "already-on-list");
	/* The laptop is closed, and its owner sits there still. */
	bench_leave(bench, ken, 1000);
	bench_pass(bench, RS_SEC(60));
	assert_int_equal(bench_int(chair->view, "quorum.present"), before + 1);
	assert_string_equal(bench_text(chair->view, "participants.KEN.place"), "in-room");
}

static void whoever_came_with_a_page_and_pressed_the_key_stays_when_it_is_closed(void **state)
{
	struct bench *bench = *state;
	struct bench_line *ken = join_as_companion(bench, "KEN");
	struct bench_line *fra = join_as_companion(bench, "FRA");
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "ok");
	bench_leave(bench, ken, 1000);
	bench_leave(bench, fra, 1000);
	bench_pass(bench, RS_SEC(60));
	assert_true(json_is_true(bench_at(chair->view, "participants.KEN.present")));
	assert_false(json_is_true(bench_at(chair->view, "participants.FRA.present")));
}

static void a_page_from_afar_that_lost_its_line_keeps_nobody_from_their_seat(void **state)
{
	struct bench *bench = *state;
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	const int64_t before = bench_int(chair->view, "quorum.present");
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "away-from-seat");
	bench_leave(bench, ken, 1006);
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "ok");
	assert_string_equal(bench_text(chair->view, "participants.KEN.place"), "in-room");
	assert_int_equal(bench_int(chair->view, "quorum.present"), before);
	bench_pass(bench, RS_SEC(60));
	assert_true(json_is_true(bench_at(chair->view, "participants.KEN.present")));
	/* Whose page comes back takes part from afar, as any who join. */
	(void)bench_join(bench, "demo", "KEN", "delegate");
	assert_null(bench_at(chair->view, "participants.KEN.place"));
	assert_string_equal(press(bench, "withdraw", "A12"), "away-from-seat");
}

static void by_the_presiding_officers_key_their_microphone_opens_and_nothing_of_others_is_done(
	void **state)
{
	struct bench *bench = *state;
	(void)bench_join(bench, "demo", "FRA", "delegate");
	(void)bench_join(bench, "demo", "secretariat", "secretariat");
	bench_say(bench, bench_page(bench),
		"{\"type\":\"hello\",\"token\":\"demo/chair/chair\",\"companion\":true}");
	assert_string_equal(press(bench, "open-microphone", "P1"), "ok");
	assert_string_equal(bench_text(gate(), "open.0"), "room");
	assert_string_equal(press(bench, "open-microphone", "P1"), "already-so");
	assert_string_equal(press(bench, "close-microphone", "P1"), "ok");
	assert_string_equal(press(bench, "open-microphone", "A12"), "not-permitted");
	assert_string_equal(press(bench, "ask-for-floor", "A12"), "ok");
	assert_string_equal(
		bench_try(bench, room, "withdraw", "\"seat\":\"P1\",\"entry\":1"), "not-permitted");
	assert_string_equal(
		bench_try(bench, room, "withdraw", "\"seat\":\"A12\",\"entry\":1"), "ok");
}

static void what_is_no_command_of_seats_is_refused(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(press(bench, "close-list", "P1"), "not-permitted");
	assert_string_equal(
		bench_try(bench, room, "cast", "\"seat\":\"A12\",\"decision\":1,\"vote\":\"yes\""),
		"not-permitted");
	assert_string_equal(bench_try(bench, room, "raise-motion",
				    "\"seat\":\"A12\",\"motion\":\"adjourn-meeting\""),
		"not-permitted");
	assert_string_equal(bench_try(bench, room, "listen", "\"seat\":\"A12\",\"channel\":\"fr\""),
		"not-permitted");
	assert_string_equal(press(bench, "ask-for-floor", ""), "malformed");
	assert_string_equal(press(bench, "ask-for-floor", "A seat of 17 octet"), "malformed");
	assert_null(bench_at(chair->view, "list.0"));
}

static void who_may_not_hear_the_meeting_does_nothing_in_it_by_a_key(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(press(bench, "ask-for-floor", "Z1"), "ok");
	assert_true(json_is_true(bench_at(chair->view, "participants.N1.present")));
	assert_string_equal(
		bench_try(bench, chair, "set-visibility", "\"visibility\":\"closed-members\""),
		"ok");
	bench_pass(bench, RS_SEC(60));
	assert_false(json_is_true(bench_at(chair->view, "participants.N1.present")));
	assert_string_equal(press(bench, "withdraw", "Z1"), "not-admitted");
	assert_string_equal(
		bench_try(bench, chair, "set-visibility", "\"visibility\":\"public\""), "ok");
	assert_true(json_is_true(bench_at(chair->view, "participants.N1.present")));
}

static void a_hundred_keys_pressed_at_once_are_all_taken(void **state)
{
	struct bench *bench = *state;
	bench_pass(bench, RS_SEC(2));
	for (int i = 0; i < CROWD; i++)
		bench_say(bench, room,
			"{\"type\":\"ask-for-floor\",\"id\":\"k%d\",\"seat\":\"Z%d\"}", i, i);
	assert_int_equal(json_array_size(bench_at(chair->view, "list")), CROWD);
	/* Said again, as after a line that broke, it is not done again. */
	bench_say(bench, room, "{\"type\":\"ask-for-floor\",\"id\":\"k0\",\"seat\":\"Z0\"}");
	assert_true(json_is_true(bench_at(bench_last(room, "reply"), "ok")));
	assert_string_equal(bench_text(bench_last(room, "reply"), "id"), "k0");
	assert_int_equal(json_array_size(bench_at(chair->view, "list")), CROWD);
}

static void over_http_a_key_needs_a_room_that_is_there(void **state)
{
	struct bench *bench = *state;
	const struct claims who = { .role = ROLE_ROOM, .badge = "room", .meeting = "demo" };
	static const char json[] = "{\"seat\":\"A12\"}";
	struct service_refusal refusal = { .status = 0 };
	struct service_order order = { .request = 1,
		.who = &who,
		.meeting = "demo",
		.name = "ask-for-floor",
		.json = json,
		.len = sizeof(json) - 1 };
	bench_leave(bench, room, 1000);
	bench_pass(bench, RS_SEC(60));
	assert_int_equal(service_order(bench->service, &order, bench->at, &refusal), 0);
	bench_turn(bench);
	assert_int_equal(bench->status, 409);
	assert_string_equal(bench_text(bench->answer, "reason"), "not-connected");
	(void)bench_join(bench, "demo", "room", "room");
	order.request++;
	assert_int_equal(service_order(bench->service, &order, bench->at, &refusal), 0);
	bench_turn(bench);
	assert_int_equal(bench->status, 200);
	assert_string_equal(bench_text(chair->view, "list.0.participant"), "KEN");
}

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_floor_given_to_a_seat_opens_the_rooms_microphone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			key_and_page_are_one_person_that_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			whoever_came_with_a_page_and_pressed_the_key_stays_when_it_is_closed, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			by_the_presiding_officers_key_their_microphone_opens_and_nothing_of_others_is_done,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_page_from_afar_that_lost_its_line_keeps_nobody_from_their_seat, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_command_of_seats_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
			who_may_not_hear_the_meeting_does_nothing_in_it_by_a_key, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_hundred_keys_pressed_at_once_are_all_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(
			over_http_a_key_needs_a_room_that_is_there, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
