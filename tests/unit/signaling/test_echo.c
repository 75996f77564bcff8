/* Tests of lines before a call: who may test and how many at a time, that nobody else can hear or see one, and that what was found
 * stays. */
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

#define GOOD                                                                                     \
	"{\"camera\":{\"state\":\"works\",\"height\":720,\"luma\":120},"                         \
	"\"microphone\":{\"state\":\"works\",\"name\":\"Headset\",\"level\":-22,\"noise\":-61}," \
	"\"speakers\":\"heard\",\"paths\":{\"udp\":\"open\"},\"line\":{\"up\":2000,\"down\":4000}}"
#define POOR                                                                               \
	"{\"camera\":{},\"microphone\":{\"state\":\"works\",\"level\":-22,\"noise\":-61}," \
	"\"paths\":{\"udp\":\"closed\",\"tcp\":\"open\"},\"line\":{\"up\":2000,\"down\":4000}}"

struct hall {
	struct bench *bench;
	struct bench_line *sfu;
	struct service_refusal refusal;
};

static int set_up(void **state, size_t tests)
{
	static struct hall hall;
	struct service_limits limits = service_limits_default;
	limits.line_tests = tests;
	hall = (struct hall){ .bench = bench_new(&limits) };
	hall.sfu = bench_sfu(hall.bench, "i1", "null");
	*state = &hall;
	return 0;
}

static int setup(void **state)
{
	return set_up(state, 2);
}

static int teardown(void **state)
{
	struct hall *hall = *state;
	bench_free(hall->bench);
	return 0;
}

static struct claims claims_of(const char *badge, enum role role)
{
	struct claims who = { .role = role };
	(void)rs_set_text(who.badge, badge);
	(void)rs_set_text(who.meeting, "demo");
	return who;
}

/* The error of beginning a test of the line. */
static int test_line(struct hall *hall, const char *badge, const char *name, enum role role,
	struct service_peer *out_peer)
{
	const struct claims who = claims_of(badge, role);
	struct rs_buf sdp;
	rs_buf_init(&sdp, 65536);
	const struct service_peer_wish wish = {
		.who = &who,
		.meeting = "demo",
		.use = SERVICE_PEER_ECHO,
		.name = name,
		.receive = "",
		.offer = "v=0",
		.len = 3,
	};
	const int err = service_peer_create(
		hall->bench->service, &wish, hall->bench->at, out_peer, &sdp, &hall->refusal);
	rs_buf_done(&sdp);
	bench_turn(hall->bench);
	return err;
}

static int begin(struct hall *hall, const char *badge)
{
	struct service_peer peer;
	return test_line(hall, badge, badge, ROLE_DELEGATE, &peer);
}

/* The status with which a report was answered, at once or once it was written. */
static unsigned report(struct hall *hall, const char *badge, const char *json)
{
	static uint64_t request = 1000;
	const struct claims who = claims_of(badge, ROLE_DELEGATE);
	const struct service_order order = { .request = ++request,
		.who = &who,
		.meeting = "demo",
		.json = json,
		.len = strlen(json) };
	if (service_precall_put(hall->bench->service, &order, hall->bench->at, &hall->refusal) < 0)
		return hall->refusal.status;
	bench_turn(hall->bench);
	assert_int_equal(hall->bench->request, request);
	return hall->bench->status;
}

static json_t *tests_of(struct hall *hall, const char *meeting)
{
	struct rs_buf out;
	rs_buf_init(&out, 65536);
	assert_int_equal(service_precalls(hall->bench->service, meeting, &out), 0);
	json_t *json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	assert_non_null(json);
	return json;
}

static const char *verdict_in(const json_t *tests, size_t i)
{
	return bench_text(json_array_get(json_object_get(tests, "tests"), i), "verdict");
}

static void a_test_is_a_meeting_of_its_own_of_one_who_sees_only_itself(void **state)
{
	struct hall *hall = *state;
	struct service_peer peer;
	assert_int_equal(test_line(hall, "KEN", "KEN", ROLE_DELEGATE, &peer), 0);
	assert_string_equal(peer.meeting, "demo");
	const json_t *meeting = bench_last(hall->sfu, "meeting");
	const json_t *spec = bench_last(hall->sfu, "peer");
	assert_string_equal(bench_text(meeting, "meeting.id"), peer.id);
	assert_string_equal(bench_text(meeting, "meeting.mode"), "direct");
	assert_true(json_is_false(bench_at(meeting, "meeting.record")));
	assert_string_equal(bench_text(spec, "peer.meeting"), peer.id);
	assert_int_equal(service_peer_remove(hall->bench->service, peer.id, hall->bench->at), 0);
	bench_turn(hall->bench);
	assert_string_equal(bench_text(bench_last(hall->sfu, "meeting-gone"), "meeting"), peer.id);
	assert_string_equal(bench_text(bench_last(hall->sfu, "peer-gone"), "peer"), peer.id);
}

static void one_tests_as_oneself_and_only_who_may_speak(void **state)
{
	struct hall *hall = *state;
	struct service_peer peer;
	assert_int_equal(test_line(hall, "KEN", "FRA", ROLE_DELEGATE, &peer), -EACCES);
	assert_int_equal(test_line(hall, "viewer", "viewer", ROLE_VIEWER, &peer), -EACCES);
	assert_int_equal(test_line(hall, "fr-1", "fr-1", ROLE_INTERPRETER, &peer), 0);
}

static void so_many_test_at_a_time_and_the_next_is_told_when(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(begin(hall, "KEN"), 0);
	bench_pass(hall->bench, RS_SEC(10));
	assert_int_equal(service_echo_wait(hall->bench->service, hall->bench->at), 0);
	assert_int_equal(begin(hall, "FRA"), 0);
	assert_int_equal(begin(hall, "BRA"), -EAGAIN);
	assert_int_equal(hall->refusal.status, 429);
	assert_in_range(service_echo_wait(hall->bench->service, hall->bench->at), 30, 45);
	/* Another way to the media server is the same test. */
	assert_int_equal(begin(hall, "KEN"), 0);
	/* Who is done makes room at once. */
	assert_int_equal(report(hall, "FRA", GOOD), 200);
	assert_int_equal(begin(hall, "BRA"), 0);
}

static void a_test_that_nobody_ends_ends_by_itself(void **state)
{
	struct hall *hall = *state;
	struct service_peer peer;
	assert_int_equal(test_line(hall, "KEN", "KEN", ROLE_DELEGATE, &peer), 0);
	bench_peer(hall->bench, hall->sfu, peer.id, "connected");
	bench_pass(hall->bench, RS_SEC(60));
	assert_int_equal(service_peer_find(hall->bench->service, peer.id, &peer), -ENOENT);
	assert_string_equal(bench_text(bench_last(hall->sfu, "meeting-gone"), "meeting"), peer.id);
	assert_int_equal(begin(hall, "FRA"), 0);
	assert_int_equal(begin(hall, "BRA"), 0);
}

static void what_was_found_stays_over_a_restart_and_the_newest_wins(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(report(hall, "KEN", GOOD), 200);
	assert_string_equal(bench_text(hall->bench->answer, "verdict"), "good");
	bench_pass(hall->bench, RS_SEC(5));
	assert_int_equal(report(hall, "KEN", POOR), 200);
	assert_string_equal(bench_text(hall->bench->answer, "verdict"), "poor");
	const int64_t time = bench_int(hall->bench->answer, "time");
	bench_restart(hall->bench);
	json_t *tests = tests_of(hall, "demo");
	assert_int_equal(json_array_size(json_object_get(tests, "tests")), 1);
	assert_string_equal(verdict_in(tests, 0), "poor");
	assert_int_equal(
		bench_int(json_array_get(json_object_get(tests, "tests"), 0), "time"), time);
	json_decref(tests);
	/* The same person is in the conference's other meeting. */
	tests = tests_of(hall, "rehearsal");
	assert_string_equal(verdict_in(tests, 0), "poor");
	json_decref(tests);
}

static void what_is_no_report_is_refused_and_changes_nothing(void **state)
{
	struct hall *hall = *state;
	assert_int_equal(report(hall, "KEN", "{}"), 400);
	assert_int_equal(report(hall, "KEN", "[]"), 400);
	assert_int_equal(
		report(hall, "KEN", "{\"camera\":{\"luma\":256},\"microphone\":{},\"paths\":{}}"),
		400);
	assert_int_equal(report(hall, "NOBODY", GOOD), 403);
	json_t *tests = tests_of(hall, "demo");
	assert_int_equal(json_array_size(json_object_get(tests, "tests")), 0);
	json_decref(tests);
}

static void a_store_that_is_down_is_told(void **state)
{
	struct hall *hall = *state;
	fake_store_fail(hall->bench->fake, STORE_DOWN);
	assert_int_equal(report(hall, "KEN", GOOD), 503);
	fake_store_fail(hall->bench->fake, STORE_OK);
	assert_int_equal(report(hall, "KEN", GOOD), 200);
}

static void technicians_are_told_as_it_comes_and_nobody_else(void **state)
{
	struct hall *hall = *state;
	struct bench_line *desk = bench_join(hall->bench, "demo", "technician", "technician");
	const struct bench_line *page = bench_join(hall->bench, "demo", "FRA", "delegate");
	assert_int_equal(report(hall, "BRA", GOOD), 200);
	assert_string_equal(bench_try(hall->bench, desk, "survey", "\"on\": true"), "ok");
	const json_t *told = bench_last(desk, "survey");
	assert_string_equal(bench_text(told, "patch.tests.BRA.verdict"), "good");
	assert_int_equal(report(hall, "KEN", POOR), 200);
	bench_report(hall->bench, hall->sfu,
		"{\"type\":\"stats\",\"peers\":[],\"sources\":[],\"counters\":{}}");
	told = bench_last(desk, "survey");
	assert_string_equal(bench_text(told, "patch.tests.KEN.verdict"), "poor");
	assert_null(bench_at(told, "patch.tests.BRA"));
	bench_report(hall->bench, hall->sfu,
		"{\"type\":\"stats\",\"peers\":[],\"sources\":[],\"counters\":{}}");
	assert_null(bench_at(bench_last(desk, "survey"), "patch.tests"));
	assert_int_equal(bench_count(page, "survey"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_test_is_a_meeting_of_its_own_of_one_who_sees_only_itself),
		CASE(one_tests_as_oneself_and_only_who_may_speak),
		CASE(so_many_test_at_a_time_and_the_next_is_told_when),
		CASE(a_test_that_nobody_ends_ends_by_itself),
		CASE(what_was_found_stays_over_a_restart_and_the_newest_wins),
		CASE(what_is_no_report_is_refused_and_changes_nothing),
		CASE(a_store_that_is_down_is_told),
		CASE(technicians_are_told_as_it_comes_and_nobody_else),
	};
	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
