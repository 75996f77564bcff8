/* What everybody may know of a meeting: of one that is webcast what it is about and who speaks, of one that sits without the public
 * that it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

struct hall {
	struct bench *bench;
	struct bench_line *chair, *secretariat, *ken;
	json_t *told; /* what was told last */
};

static int setup(void **state)
{
	static struct hall hall;
	size_t len;
	char *conference = examples_read("tests/unit/signaling/conferences/private.json", &len);
	struct bench *bench = bench_new_of(NULL, conference);
	free(conference);
	(void)bench_sfu(bench, "i1", "null");
	(void)bench_recorder(bench, "[]");
	hall = (struct hall){ .bench = bench,
		.chair = bench_join(bench, "demo", "chair", "chair"),
		.secretariat = bench_join(bench, "demo", "secretariat", "secretariat"),
		.ken = bench_join(bench, "demo", "KEN", "delegate") };
	*state = &hall;
	return 0;
}

static int teardown(void **state)
{
	struct hall *hall = *state;
	json_decref(hall->told);
	bench_free(hall->bench);
	return 0;
}

static const json_t *tell(struct hall *hall)
{
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	assert_int_equal(service_webcast(hall->bench->service, "demo", &out), 0);
	json_decref(hall->told);
	hall->told = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	assert_non_null(hall->told);
	return hall->told;
}

static void say(struct hall *hall, struct bench_line *who, const char *command, const char *members)
{
	assert_string_equal(bench_try(hall->bench, who, command, members), "ok");
}

static size_t listed(struct hall *hall)
{
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	assert_int_equal(service_webcasts(hall->bench->service, &out), 0);
	json_t *list = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	const size_t n = json_array_size(json_object_get(list, "webcasts"));
	json_decref(list);
	rs_buf_done(&out);
	return n;
}

static void a_meeting_that_is_not_webcast_is_known_by_its_title(void **state)
{
	struct hall *hall = *state;
	say(hall, hall->chair, "open-meeting", "");
	say(hall, hall->chair, "give-floor", "\"participant\": \"KEN\"");
	const json_t *told = tell(hall);
	assert_true(json_is_false(bench_at(told, "on")));
	assert_string_equal(bench_text(told, "title"), "Consultations");
	assert_string_equal(bench_text(told, "state"), "in-session");
	assert_null(bench_at(told, "item"));
	assert_null(bench_at(told, "speaker"));
	assert_false(service_is_webcast(hall->bench->service, "demo"));
	assert_int_equal(listed(hall), 0);
}

static void everybody_may_know_of_a_webcast_which_delegation_speaks_on_what(void **state)
{
	struct hall *hall = *state;
	say(hall, hall->secretariat, "webcast", "\"on\": true");
	assert_string_equal(bench_text(tell(hall), "state"), "scheduled");
	say(hall, hall->chair, "open-meeting", "");
	say(hall, hall->chair, "give-floor", "\"participant\": \"KEN\"");
	const json_t *told = tell(hall);
	assert_true(json_is_true(bench_at(told, "on")));
	assert_string_equal(bench_text(told, "item.title"), "Exchange of views");
	assert_string_equal(bench_text(told, "speaker.delegation.id"), "KEN");
	assert_string_equal(bench_text(told, "speaker.delegation.name"), "Kenya");
	assert_string_equal(bench_text(told, "speaker.role"), "delegate");
	/* Not by whom: that is the record's. */
	char *text = json_dumps(told, 0);
	assert_null(strstr(text, "Odhiambo"));
	free(text);
	assert_true(service_is_webcast(hall->bench->service, "demo"));
	assert_int_equal(listed(hall), 1);
	say(hall, hall->chair, "adjourn-meeting", "\"until\": 9007199254740000");
	told = tell(hall);
	assert_string_equal(bench_text(told, "state"), "adjourned");
	assert_int_equal(bench_int(told, "until"), 9007199254740000);
	assert_null(bench_at(told, "speaker"));
	/* What was public may still be seen to its end. */
	assert_true(service_is_webcast(hall->bench->service, "demo"));
}

static void of_what_is_not_public_nothing_is_told_from_the_very_event_on(void **state)
{
	struct hall *hall = *state;
	say(hall, hall->secretariat, "webcast", "\"on\": true");
	say(hall, hall->chair, "open-meeting", "");
	say(hall, hall->chair, "set-visibility", "\"visibility\": \"private\"");
	assert_false(service_is_webcast(hall->bench->service, "demo"));
	const json_t *told = tell(hall);
	assert_int_equal(json_object_size(told), 3);
	assert_string_equal(bench_text(told, "webcast"), "demo");
	assert_string_equal(bench_text(told, "visibility"), "private");
	assert_true(json_is_false(bench_at(told, "on")));
	assert_int_equal(listed(hall), 0);
	say(hall, hall->chair, "set-visibility", "\"visibility\": \"public\"");
	assert_false(service_is_webcast(hall->bench->service, "demo"));
	assert_string_equal(bench_text(tell(hall), "title"), "Consultations");
}

static void of_no_meeting_nothing_is_told(void **state)
{
	struct hall *hall = *state;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	assert_int_equal(service_webcast(hall->bench->service, "none", &out), -ENOENT);
	assert_int_equal(rs_buf_len(&out), 0);
	assert_false(service_is_webcast(hall->bench->service, "none"));
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_meeting_that_is_not_webcast_is_known_by_its_title),
		CASE(everybody_may_know_of_a_webcast_which_delegation_speaks_on_what),
		CASE(of_what_is_not_public_nothing_is_told_from_the_very_event_on),
		CASE(of_no_meeting_nothing_is_told),
	};
	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
