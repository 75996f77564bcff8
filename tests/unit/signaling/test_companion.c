/* Delegates in the meeting room: their page asks and votes, the room's microphone is their voice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

static struct bench_line *chair;
static struct bench_line *sfu;

static int setup(void **state)
{
	struct bench *bench = bench_new(NULL);
	*state = bench;
	sfu = bench_sfu(bench, "i1", "null");
	chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static struct bench_line *join_as_companion(struct bench *bench, const char *badge)
{
	struct bench_line *line = bench_page(bench);
	bench_say(bench, line, "{\"type\":\"hello\",\"token\":\"demo/%s/%s\",\"companion\":true}",
		badge, strcmp(badge, "room") == 0 ? "room" : "delegate");
	return line;
}

/* The room's box, its media flowing. */
static struct bench_line *room_opens(struct bench *bench)
{
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	bench_peer(bench, sfu, bench_offer(bench, room), "connected");
	return room;
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

static void give(struct bench *bench, const char *badge)
{
	char member[64];
	(void)snprintf(member, sizeof(member), "\"participant\":\"%s\"", badge);
	assert_string_equal(bench_try(bench, chair, "give-floor", member), "ok");
}

static void a_companion_is_in_the_room_and_sends_nothing(void **state)
{
	struct bench *bench = *state;
	struct bench_line *ken = join_as_companion(bench, "KEN");
	assert_string_equal(bench_text(chair->view, "participants.KEN.place"), "in-room");
	assert_string_equal(
		bench_text(bench_last_event(chair, "participant-joined"), "data.place"), "in-room");
	assert_string_equal(bench_text(ken->view, "participants.KEN.place"), "in-room");
	assert_string_equal(bench_text(ken->view, "participants.chair.place"), "");
	assert_string_not_equal(bench_offer(bench, ken), "");
	assert_int_equal(json_array_size(bench_at(bench_last(sfu, "peer"), "peer.send")), 0);
	assert_int_equal(json_array_size(bench_at(bench_last(sfu, "peer"), "peer.recv")), 9);
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_text(chair->view, "list.0.participant"), "KEN");
}

static void the_rooms_microphone_is_the_voice_of_who_has_the_floor_there(void **state)
{
	struct bench *bench = *state;
	(void)room_opens(bench);
	(void)join_as_companion(bench, "KEN");
	(void)bench_join(bench, "demo", "FRA", "delegate");
	assert_null(bench_at(gate(), "open.0"));

	give(bench, "KEN");
	assert_int_equal(json_array_size(bench_at(gate(), "open")), 1);
	assert_string_equal(bench_text(gate(), "open.0"), "room");
	assert_string_equal(bench_text(gate(), "speaker"), "room");
	assert_string_equal(bench_text(gate(), "visible.0"), "room");
	/* Pages and the record name the person. */
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_string_equal(bench_text(chair->view, "open.0"), "KEN");
	const json_t *given = bench_last_event(chair, "floor-given");
	assert_string_equal(bench_text(given, "data.participant"), "KEN");
	assert_string_equal(bench_text(given, "data.voice"), "room");

	give(bench, "FRA");
	assert_int_equal(json_array_size(bench_at(gate(), "open")), 1);
	assert_string_equal(bench_text(gate(), "open.0"), "FRA");
	assert_null(bench_at(bench_last_event(chair, "floor-given"), "data.voice"));
}

static void a_point_of_order_from_the_room_is_heard_through_it(void **state)
{
	struct bench *bench = *state;
	(void)room_opens(bench);
	struct bench_line *ken = join_as_companion(bench, "KEN");
	(void)bench_join(bench, "demo", "FRA", "delegate");
	give(bench, "FRA");
	assert_string_equal(bench_try(bench, ken, "raise-point", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "hear-point", "\"entry\":1"), "ok");
	assert_string_equal(bench_text(gate(), "open.0"), "room");
	assert_string_equal(
		bench_text(bench_last_event(chair, "point-heard"), "data.voice"), "room");
}

static void two_in_the_room_share_its_microphone(void **state)
{
	struct bench *bench = *state;
	(void)room_opens(bench);
	(void)join_as_companion(bench, "KEN");
	struct bench_line *presiding = bench_page(bench);
	bench_say(bench, presiding,
		"{\"type\":\"hello\",\"token\":\"demo/chair/chair\",\"companion\":true}");
	chair = presiding;
	assert_string_equal(bench_try(bench, presiding, "open-microphone", ""), "ok");
	give(bench, "KEN");
	assert_int_equal(json_array_size(bench_at(gate(), "open")), 1);
	assert_string_equal(bench_text(gate(), "open.0"), "room");
	assert_string_equal(bench_text(gate(), "chair"), "room");
	assert_int_equal(json_array_size(bench_at(presiding->view, "open")), 2);
}

static void a_room_without_a_box_is_heard_nowhere(void **state)
{
	struct bench *bench = *state;
	(void)join_as_companion(bench, "KEN");
	give(bench, "KEN");
	assert_string_equal(bench_text(gate(), "open.0"), "room"); /* as soon as it sends */
	bench_pass(bench, RS_SEC(5));
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_false(json_is_true(bench_at(chair->view, "floor.suspended")));
}

static void joining_remotely_frees_the_seat(void **state)
{
	struct bench *bench = *state;
	(void)room_opens(bench);
	const struct bench_line *there = join_as_companion(bench, "KEN");
	struct bench_line *here = bench_join(bench, "demo", "KEN", "delegate");
	assert_int_equal(there->closed, 4009);
	assert_null(bench_at(here->view, "participants.KEN.place"));
	give(bench, "KEN");
	assert_string_equal(bench_text(gate(), "open.0"), "KEN");
	/* And back to the seat, with the floor. */
	(void)join_as_companion(bench, "KEN");
	assert_int_equal(here->closed, 4009);
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_string_equal(bench_text(gate(), "open.0"), "room");
}

static void a_page_that_goes_costs_the_speaker_in_the_room_nothing(void **state)
{
	struct bench *bench = *state;
	(void)room_opens(bench);
	struct bench_line *ken = join_as_companion(bench, "KEN");
	give(bench, "KEN");
	bench_leave(bench, ken, 1006);
	bench_pass(bench, RS_SEC(60));
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_false(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_string_equal(bench_text(gate(), "open.0"), "room");
	/* Afterwards it is gone as any other. */
	assert_string_equal(bench_try(bench, chair, "take-floor", ""), "ok");
	bench_pass(bench, RS_SEC(21));
	assert_false(json_is_true(bench_at(chair->view, "participants.KEN.present")));
}

static void the_rooms_lost_line_holds_the_place_of_who_speaks_there(void **state)
{
	struct bench *bench = *state;
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	const char *peer = bench_offer(bench, room);
	bench_peer(bench, sfu, peer, "connected");
	(void)join_as_companion(bench, "KEN");
	give(bench, "KEN");
	bench_peer(bench, sfu, peer, "disconnected");
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_true(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_null(bench_at(gate(), "open.0"));
	bench_peer(bench, sfu, peer, "connected");
	assert_string_equal(bench_try(bench, chair, "resume-floor", ""), "ok");
	assert_string_equal(bench_text(gate(), "open.0"), "room");
}

static void who_is_in_the_room_is_known_after_a_restart(void **state)
{
	struct bench *bench = *state;
	(void)join_as_companion(bench, "KEN");
	bench_restart(bench);
	const struct bench_line *viewer = bench_join(bench, "demo", "viewer", "viewer");
	assert_string_equal(bench_text(viewer->view, "participants.KEN.place"), "in-room");
}

static void a_room_is_no_companion(void **state)
{
	struct bench *bench = *state;
	struct bench_line *room = join_as_companion(bench, "room");
	assert_null(bench_at(room->view, "participants.room.place"));
	(void)bench_offer(bench, room);
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.send.0.source"), "room");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		CASE(a_companion_is_in_the_room_and_sends_nothing),
		CASE(the_rooms_microphone_is_the_voice_of_who_has_the_floor_there),
		CASE(a_point_of_order_from_the_room_is_heard_through_it),
		CASE(two_in_the_room_share_its_microphone),
		CASE(a_room_without_a_box_is_heard_nowhere),
		CASE(joining_remotely_frees_the_seat),
		CASE(a_page_that_goes_costs_the_speaker_in_the_room_nothing),
		CASE(the_rooms_lost_line_holds_the_place_of_who_speaks_there),
		CASE(who_is_in_the_room_is_known_after_a_restart),
		CASE(a_room_is_no_companion),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
