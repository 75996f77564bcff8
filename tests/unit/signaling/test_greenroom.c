/* The green room: who of the list is in it, whether each is ready, and who is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

struct hall {
	struct bench *bench;
	struct bench_line *sfu, *chair, *technician, *ken, *fra, *bra;
};

static int setup(void **state)
{
	static struct hall hall;
	struct bench *bench = bench_new(NULL);
	hall = (struct hall){ .bench = bench, .sfu = bench_sfu(bench, "i1", "null") };
	hall.chair = bench_join(bench, "demo", "chair", "chair");
	hall.technician = bench_join(bench, "demo", "technician", "technician");
	hall.ken = bench_join(bench, "demo", "KEN", "delegate");
	hall.fra = bench_join(bench, "demo", "FRA", "delegate");
	hall.bra = bench_join(bench, "demo", "BRA", "delegate");
	(void)bench_join(bench, "demo", "JPN", "delegate");
	assert_string_equal(bench_try(bench, hall.chair, "open-meeting", ""), "ok");
	*state = &hall;
	return 0;
}

static int teardown(void **state)
{
	struct hall *hall = *state;
	bench_free(hall->bench);
	return 0;
}

static void inscribe(struct hall *hall, const char *badge)
{
	char members[96];
	(void)snprintf(members, sizeof(members), "\"participant\": \"%s\"", badge);
	assert_string_equal(bench_try(hall->bench, hall->chair, "inscribe", members), "ok");
}

/* A second: so many packets of KEN's microphone, at this level, and of its camera. */
static void second(struct hall *hall, int microphone, int level, int camera)
{
	bench_pass(hall->bench, RS_SEC(1));
	bench_report(hall->bench, hall->sfu,
		"{\"type\":\"stats\",\"peers\":[],\"sources\":["
		"{\"meeting\":\"demo\",\"source\":\"KEN\",\"media\":\"microphone\",\"packets\":%d,"
		"\"gated\":0,\"level_dbov\":%d},"
		"{\"meeting\":\"demo\",\"source\":\"KEN\",\"media\":\"camera\",\"packets\":%d,"
		"\"gated\":0}],\"counters\":{}}",
		microphone, level, camera);
}

/* What this page was told last of a badge: "mcl" of what is ready, "-" for what is not; "" = nothing. */
static const char *told(const struct bench_line *line, const char *badge)
{
	static char text[4];
	char path[64];
	const json_t *ready = NULL;
	size_t i;
	json_t *message;
	(void)snprintf(path, sizeof(path), "patch.ready.%s", badge);
	json_array_foreach(line->heard, i, message)
	{
		const json_t *one = bench_at(message, path);
		ready = one != NULL ? one : ready;
	}
	text[0] = '\0';
	if (!json_is_object(ready))
		return text;
	text[0] = json_is_true(json_object_get(ready, "microphone")) ? 'm' : '-';
	text[1] = json_is_true(json_object_get(ready, "camera")) ? 'c' : '-';
	text[2] = json_is_true(json_object_get(ready, "line")) ? 'l' : '-';
	text[3] = '\0';
	return text;
}

static void those_who_lead_and_technicians_are_told_nobody_else(void **state)
{
	struct hall *hall = *state;
	inscribe(hall, "KEN");
	second(hall, 50, -30, 100);
	assert_string_equal(told(hall->chair, "KEN"), "mc-");
	assert_string_equal(told(hall->technician, "KEN"), "mc-");
	assert_string_equal(told(hall->ken, "KEN"), "");
	assert_string_equal(told(hall->fra, "KEN"), "");
	/* Who comes later is told as well. */
	const struct bench_line *secretary =
		bench_join(hall->bench, "demo", "secretariat", "secretariat");
	assert_string_equal(told(secretary, "KEN"), "mc-");
}

static void a_lamp_says_what_is_missing(void **state)
{
	struct hall *hall = *state;
	inscribe(hall, "KEN");
	const char *peer = bench_offer(hall->bench, hall->ken);
	bench_peer(hall->bench, hall->sfu, peer, "connected");
	second(hall, 50, -90, 0);
	assert_string_equal(told(hall->chair, "KEN"), "--l");
	second(hall, 100, -69, 30);
	assert_string_equal(told(hall->chair, "KEN"), "mcl");
	/* A pause for breath is none; ten seconds of silence are. */
	for (int i = 1; i <= 10; i++) {
		second(hall, 100 + i, -90, 30 + i);
		assert_string_equal(told(hall->chair, "KEN"), "mcl");
	}
	second(hall, 200, -90, 60);
	assert_string_equal(told(hall->chair, "KEN"), "-cl");
	/* The camera stops. */
	for (int i = 1; i <= 3; i++)
		second(hall, 200 + i, -30, 60);
	assert_string_equal(told(hall->chair, "KEN"), "m-l");
	bench_peer(hall->bench, hall->sfu, peer, "disconnected");
	second(hall, 300, -30, 60);
	assert_string_equal(told(hall->chair, "KEN"), "m--");
}

static void the_first_three_who_are_here_are_in_it(void **state)
{
	struct hall *hall = *state;
	inscribe(hall, "CAN"); /* not here */
	inscribe(hall, "FRA");
	inscribe(hall, "BRA");
	inscribe(hall, "JPN");
	inscribe(hall, "KEN");
	second(hall, 50, -30, 100);
	assert_string_equal(told(hall->chair, "CAN"), "");
	assert_string_equal(told(hall->chair, "FRA"), "---");
	assert_string_equal(told(hall->chair, "JPN"), "---");
	assert_string_equal(told(hall->chair, "KEN"), "");
	/* One is called, and the next one comes in. */
	assert_string_equal(
		bench_try(hall->bench, hall->chair, "give-floor", "\"entry\": 2"), "ok");
	second(hall, 100, -30, 200);
	assert_string_equal(told(hall->chair, "FRA"), "");
	assert_string_equal(told(hall->chair, "KEN"), "mc-");
	/* Who leaves makes room as well. */
	bench_leave(hall->bench, hall->bra, 1000);
	second(hall, 150, -30, 300);
	assert_string_equal(told(hall->chair, "BRA"), "");
}

static void nothing_new_is_not_said_again(void **state)
{
	struct hall *hall = *state;
	inscribe(hall, "FRA");
	second(hall, 50, -30, 100);
	const size_t before = bench_count(hall->technician, "measured");
	for (int i = 2; i < 6; i++)
		second(hall, 50, -127, 100);
	/* KEN's level is told to everybody once as it goes, and nothing else. */
	assert_in_range(bench_count(hall->technician, "measured"), before, before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(those_who_lead_and_technicians_are_told_nobody_else),
		CASE(a_lamp_says_what_is_missing),
		CASE(the_first_three_who_are_here_are_in_it),
		CASE(nothing_new_is_not_said_again),
	};
	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
