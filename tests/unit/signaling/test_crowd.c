/* Many come in at once: the meeting goes on meanwhile, and each of them sees the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/fake_store.h"
#include "tests/support/service_bench.h"

#define CROWD 50

/* A chair and a crowd, each for a country of its own. */
static char *conference(void)
{
	struct rs_buf text;
	rs_buf_init(&text, 1 << 20);
	int err = rs_buf_printf(&text,
		"{\"id\":\"c\",\"title\":\"Plenary\",\"rules\":\"unga\","
		"\"languages\":[{\"id\":\"en\",\"name\":\"English\"}],\"delegations\":[");
	for (unsigned i = 0; i < CROWD && err == 0; i++)
		err = rs_buf_printf(&text, "%s{\"id\":\"D%02u\",\"country\":\"Country %u\"}",
			i > 0 ? "," : "", i, i);
	if (err == 0)
		err = rs_buf_printf(&text,
			"],\"meetings\":[{\"id\":\"m\",\"title\":\"Plenary\",\"mode\":\"floor\","
			"\"record\":false,\"items\":[{\"id\":\"1\",\"title\":\"Debate\"}],"
			"\"badges\":[{\"id\":\"chair\",\"role\":\"chair\",\"name\":\"Chair\"}");
	for (unsigned i = 0; i < CROWD && err == 0; i++)
		err = rs_buf_printf(&text,
			",{\"id\":\"D%02u\",\"role\":\"delegate\",\"name\":\"Delegate %u\","
			"\"delegation\":\"D%02u\"}",
			i, i, i);
	if (err == 0)
		err = rs_buf_append(&text, "]}]}", 5);
	assert_int_equal(err, 0);
	return (char *)text.data;
}

static int setup(void **state)
{
	char *text = conference();
	*state = bench_new_of(NULL, text);
	rs_release(text);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

/* All of them while the store writes one event. */
static void come_in(struct bench *bench, struct bench_line *pages[CROWD])
{
	char badge[8];

	fake_store_hold(bench->fake, true);
	for (unsigned i = 0; i < CROWD; i++) {
		(void)snprintf(badge, sizeof(badge), "D%02u", i);
		pages[i] = bench_join(bench, "m", badge, "delegate");
	}
}

static void a_gavel_does_not_wait_for_all_who_come_in(void **state)
{
	struct bench *bench = *state;
	struct bench_line *pages[CROWD];
	struct bench_line *chair = bench_join(bench, "m", "chair", "chair");

	come_in(bench, pages);
	bench_say(bench, chair, "{\"type\":\"open-meeting\",\"id\":\"c1\"}");
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	const json_t *opened = bench_last_event(chair, "meeting-opened");
	assert_non_null(opened);
	assert_true(bench_int(opened, "event") < CROWD / 2);
	assert_true(fake_store_count(bench->fake, "m") > CROWD);
}

static void whoever_speaks_as_they_come_in_is_there_first(void **state)
{
	struct bench *bench = *state;
	struct bench_line *pages[CROWD];
	struct bench_line *chair = bench_join(bench, "m", "chair", "chair");

	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	come_in(bench, pages);
	bench_say(bench, pages[CROWD - 1], "{\"type\":\"ask-for-floor\",\"id\":\"c1\"}");
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	assert_true(json_is_true(bench_at(bench_last(pages[CROWD - 1], "reply"), "ok")));
	int64_t joined = 0;
	int64_t asked = 0;
	for (size_t i = 0; i < json_array_size(chair->heard); i++) {
		const json_t *message = json_array_get(chair->heard, i);
		if (strcmp(bench_text(message, "data.participant"), "D49") != 0)
			continue;
		if (strcmp(bench_text(message, "name"), "participant-joined") == 0)
			joined = bench_int(message, "event");
		else if (strcmp(bench_text(message, "name"), "entry-added") == 0)
			asked = bench_int(message, "event");
	}
	assert_true(joined > 0 && asked > joined);
}

/* The view is written once for many; those who got an older one are told of what happened since. */
static void each_of_a_crowd_sees_the_same(void **state)
{
	struct bench *bench = *state;
	struct bench_line *pages[CROWD];
	struct bench_line *chair = bench_join(bench, "m", "chair", "chair");
	unsigned older = 0;

	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	for (unsigned i = 0; i < CROWD; i++) {
		char badge[8];
		const int64_t event = (int64_t)fake_store_count(bench->fake, "m");
		(void)snprintf(badge, sizeof(badge), "D%02u", i);
		pages[i] = bench_join(bench, "m", badge, "delegate");
		older += bench_int(json_array_get(pages[i]->heard, 0), "event") < event;
	}
	assert_true(older > CROWD / 2);
	for (unsigned i = 0; i < CROWD; i++)
		assert_true(json_equal(pages[i]->view, chair->view));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_gavel_does_not_wait_for_all_who_come_in),
		CASE(whoever_speaks_as_they_come_in_is_there_first),
		CASE(each_of_a_crowd_sees_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
