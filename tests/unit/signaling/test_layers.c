/* Layers of a camera that nobody wants: who is told, and that nobody goes on resting when nobody can say so any more; and whose
 * cameras are kept warm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

struct hall {
	struct bench *bench;
	struct bench_line *sfu, *chair, *ken, *room;
	char peer[64];
};

static int setup(void **state)
{
	static struct hall hall;
	struct bench *bench = bench_new(NULL);
	hall = (struct hall){ .bench = bench, .sfu = bench_sfu(bench, "i1", "null") };
	hall.chair = bench_join(bench, "demo", "chair", "chair");
	hall.ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, hall.chair, "open-meeting", ""), "ok");
	(void)snprintf(hall.peer, sizeof(hall.peer), "%s", bench_offer(bench, hall.ken));
	*state = &hall;
	return 0;
}

static int teardown(void **state)
{
	struct hall *hall = *state;
	bench_free(hall->bench);
	return 0;
}

static int wanted(struct hall *hall, const char *peer, const char *mid, int layers)
{
	return bench_report(hall->bench, hall->sfu,
		"{\"type\":\"layers\",\"peer\":\"%s\",\"mid\":\"%s\",\"wanted\":%d,\"of\":3}", peer,
		mid, layers);
}

/* "p7-KEN camera 1/3", the last this line was told; "" = nothing ever. */
static const char *told(const struct bench_line *line)
{
	static char text[128];
	const json_t *message = bench_last(line, "layers");
	text[0] = '\0';
	if (message != NULL)
		(void)snprintf(text, sizeof(text), "%s %s %d/%d", bench_text(message, "peer"),
			bench_text(message, "media"), (int)bench_int(message, "wanted"),
			(int)bench_int(message, "of"));
	return text;
}

static const char *of(const char *peer, int layers)
{
	static char text[128];
	(void)snprintf(text, sizeof(text), "%s camera %d/3", peer, layers);
	return text;
}

static void the_page_that_sends_is_told_and_nobody_else(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(wanted(hall, hall->peer, "1", 1), 0);
	assert_string_equal(told(hall->ken), of(hall->peer, 1));
	assert_string_equal(told(hall->chair), "");
	assert_int_equal(wanted(hall, hall->peer, "1", 3), 0);
	assert_string_equal(told(hall->ken), of(hall->peer, 3));
	assert_int_equal(bench_count(hall->ken, "layers"), 2);
}

static void what_fits_no_section_is_passed_over(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(wanted(hall, "nobody", "1", 1), 0);
	assert_int_equal(wanted(hall, hall->peer, "0", 1), 0); /* a microphone has no layers */
	assert_int_equal(wanted(hall, hall->peer, "77", 1), 0);
	assert_string_equal(told(hall->ken), "");
	assert_int_equal(wanted(hall, hall->peer, "1", 0), -EBADMSG);
	assert_int_equal(wanted(hall, hall->peer, "1", 9), -EBADMSG);
}

static void who_comes_back_is_told_what_rests(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(wanted(hall, hall->peer, "1", 1), 0);
	bench_leave(hall->bench, hall->ken, 1006);
	struct bench_line *again = bench_resume(hall->bench, hall->ken, "demo", "KEN", "delegate");
	assert_string_equal(told(again), of(hall->peer, 1));
	assert_int_equal(wanted(hall, hall->peer, "1", 3), 0);
	bench_leave(hall->bench, again, 1006);
	again = bench_resume(hall->bench, again, "demo", "KEN", "delegate");
	assert_string_equal(told(again), ""); /* all are wanted until something is said */
}

static void another_connection_begins_with_everything(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(wanted(hall, hall->peer, "1", 1), 0);
	const char *second = bench_offer(hall->bench, hall->ken);
	assert_string_not_equal(second, hall->peer);
	assert_int_equal(wanted(hall, hall->peer, "1", 2), 0); /* of the one that is gone */
	assert_string_equal(told(hall->ken), of(hall->peer, 1));
	assert_int_equal(wanted(hall, second, "1", 2), 0);
	assert_string_equal(told(hall->ken), of(second, 2));
}

static void when_the_media_server_is_lost_all_are_wanted(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(wanted(hall, hall->peer, "1", 1), 0);
	bench_node_gone(hall->bench, hall->sfu);
	assert_string_equal(told(hall->ken), of(hall->peer, 3));
	assert_int_equal(bench_count(hall->ken, "layers"), 2);
}

static void a_rooms_box_is_told_beside_its_line(void **state)
{
	struct hall *hall = *state;
	struct bench_line *room = bench_join(hall->bench, "demo", "room", "room");
	struct claims who = { .role = ROLE_ROOM };
	(void)rs_set_text(who.badge, "room");
	(void)rs_set_text(who.meeting, "demo");
	const struct service_peer_wish wish = { .who = &who,
		.meeting = "demo",
		.use = SERVICE_PEER_PUBLISH,
		.name = "room",
		.receive = "floor",
		.offer = "v=0",
		.len = 3 };
	struct service_refusal refusal;
	struct service_peer peer;
	struct rs_buf sdp;
	rs_buf_init(&sdp, 4096);
	assert_int_equal(service_peer_create(hall->bench->service, &wish, hall->bench->at, &peer,
				 &sdp, &refusal),
		0);
	rs_buf_done(&sdp);
	bench_turn(hall->bench);
	assert_int_equal(wanted(hall, peer.id, "1", 1), 0);
	assert_string_equal(told(room), of(peer.id, 1));
	bench_leave(hall->bench, room, 1006);
	room = bench_resume(hall->bench, room, "demo", "room", "room");
	assert_string_equal(told(room), of(peer.id, 1));
}

/* ---- who is warm ---- */

static const char *warm(const struct hall *hall)
{
	static char text[256];
	const json_t *list = bench_at(bench_last(hall->sfu, "meeting"), "meeting.warm");
	size_t i;
	json_t *name;
	text[0] = '\0';
	json_array_foreach(list, i, name)
	{
		const size_t at = strlen(text);
		(void)snprintf(text + at, sizeof(text) - at, "%s%s", i > 0 ? " " : "",
			json_string_value(name));
	}
	return text;
}

static void inscribe(struct hall *hall, const char *badge)
{
	char members[96];
	(void)snprintf(members, sizeof(members), "\"participant\": \"%s\"", badge);
	assert_string_equal(bench_try(hall->bench, hall->chair, "inscribe", members), "ok");
}

static void the_next_three_who_are_here_are_warm(void **state)
{
	static const char *const here[] = { "FRA", "BRA", "CAN", "JPN" };
	struct hall *hall = *state;
	assert_string_equal(warm(hall), "");
	inscribe(hall, "EGY"); /* who is not here */
	for (size_t i = 0; i < RS_ARRAY_LEN(here); i++) {
		(void)bench_join(hall->bench, "demo", here[i], "delegate");
		inscribe(hall, here[i]);
	}
	assert_string_equal(warm(hall), "FRA BRA CAN");
	assert_string_equal(
		bench_try(hall->bench, hall->chair, "give-floor", "\"participant\": \"FRA\""),
		"ok");
	assert_string_equal(warm(hall), "BRA CAN JPN");
}

static void who_raised_a_point_of_order_is_warm(void **state)
{
	struct hall *hall = *state;
	struct bench_line *fra = bench_join(hall->bench, "demo", "FRA", "delegate");
	assert_string_equal(bench_try(hall->bench, fra, "raise-point", ""), "ok");
	assert_string_equal(warm(hall), "FRA");
	assert_string_equal(bench_try(hall->bench, fra, "withdraw-point", ""), "ok");
	assert_string_equal(warm(hall), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(the_page_that_sends_is_told_and_nobody_else),
		CASE(what_fits_no_section_is_passed_over),
		CASE(who_comes_back_is_told_what_rests),
		CASE(another_connection_begins_with_everything),
		CASE(when_the_media_server_is_lost_all_are_wanted),
		CASE(a_rooms_box_is_told_beside_its_line),
		CASE(the_next_three_who_are_here_are_warm),
		CASE(who_raised_a_point_of_order_is_warm),
	};
	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
