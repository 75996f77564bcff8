/* The service as REST knows it: commands with ids, lists, events by number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "tests/support/service_bench.h"

static const struct claims secretariat = {
	.badge = "secretariat", .meeting = "demo", .role = ROLE_SECRETARIAT
};
static const struct claims admin = { .role = ROLE_ADMIN };
static const struct claims viewer = { .badge = "viewer", .meeting = "demo", .role = ROLE_VIEWER };

static int setup(void **state)
{
	*state = bench_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

/* The status it was answered with, at once or later. */
static unsigned order(struct bench *bench, const struct claims *who, const char *meeting,
	const char *name, const char *json)
{
	static uint64_t last_request = 100;
	struct service_refusal refusal = { .status = 0 };
	const struct service_order order = { .request = ++last_request,
		.who = who,
		.meeting = meeting,
		.name = name,
		.json = json,
		.len = strlen(json) };
	bench->status = 0;
	if (service_order(bench->service, &order, bench->at, &refusal) < 0)
		return refusal.status;
	bench_turn(bench);
	assert_int_equal(bench->request, last_request);
	return bench->status;
}

static void a_command_is_done_and_answered_with_its_event(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(order(bench, &secretariat, "demo", "open-meeting", ""), 200);
	assert_true(bench_int(bench->answer, "event") > 0);
	assert_int_equal(order(bench, &admin, "demo", "take-up-item", "{\"item\":\"2\"}"), 403);
	assert_int_equal(
		order(bench, &secretariat, "demo", "take-up-item", "{\"item\":\"2\"}"), 200);
}

static void the_same_id_is_done_once_and_answered_twice(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(
		order(bench, &secretariat, "demo", "open-meeting", "{\"id\":\"o1\"}"), 200);
	const int64_t event = bench_int(bench->answer, "event");
	assert_int_equal(
		order(bench, &secretariat, "demo", "open-meeting", "{\"id\":\"o1\"}"), 200);
	assert_int_equal(bench_int(bench->answer, "event"), event);
	/* a refusal is repeated too, with the status of its reason */
	assert_int_equal(
		order(bench, &secretariat, "demo", "open-meeting", "{\"id\":\"o2\"}"), 409);
	assert_int_equal(
		order(bench, &secretariat, "demo", "open-meeting", "{\"id\":\"o2\"}"), 409);
	assert_string_equal(bench_text(bench->answer, "reason"), "already-so");
	assert_string_equal(bench_text(bench->answer, "type"), "/api/v1/problems/already-so");
	bench_restart(bench);
	assert_int_equal(
		order(bench, &secretariat, "demo", "open-meeting", "{\"id\":\"o1\"}"), 200);
	assert_int_equal(bench_int(bench->answer, "event"), event);
}

static void orders_that_cannot_be_are_refused_at_once(void **state)
{
	static const struct {
		const struct claims *who;
		const char *meeting, *name, *json;
		unsigned status;
	} cases[] = {
		{ &admin, "nowhere", "open-meeting", "", 404 },
		{ &admin, "demo", "dance", "", 404 },
		{ &secretariat, "demo", "offer", "{\"sdp\":\"v=0\",\"instance\":\"x\"}", 404 },
		{ &viewer, "demo", "open-meeting", "", 403 },
		{ &secretariat, "demo", "open-meeting", "[]", 400 },
		{ &secretariat, "demo", "open-meeting", "{", 400 },
		{ &secretariat, "demo", "open-meeting", "{\"id\":\"no id\"}", 400 },
		{ &secretariat, "demo", "open-meeting", "{\"id\":7}", 400 },
		{ &secretariat, "demo", "set-limit", "{}", 400 },
		{ &secretariat, "demo", "take-up-item", "{\"item\":\"nope\"}", 409 },
	};
	struct bench *bench = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(
			order(bench, cases[i].who, cases[i].meeting, cases[i].name, cases[i].json),
			cases[i].status);
}

static int events(struct bench *bench, uint64_t request, const char *meeting, uint64_t after,
	size_t limit, const char *name, struct service_refusal *refusal)
{
	const struct service_page page = {
		.who = &admin, .meeting = meeting, .after = after, .limit = limit, .name = name
	};
	return service_events(bench->service, request, &page, refusal);
}

static int watch(struct bench *bench, const struct claims *who, const char *meeting,
	const char *place, uint64_t *out_stream, struct service_refusal *refusal)
{
	const struct service_watch watch = { .who = who, .meeting = meeting, .place = place };
	return service_stream_open(bench->service, &watch, bench->at, out_stream, refusal);
}

static json_t *written(int err, struct rs_buf *out)
{
	assert_int_equal(err, 0);
	json_t *json = json_loadb((const char *)rs_buf_data(out), rs_buf_len(out), 0, NULL);
	assert_non_null(json);
	rs_buf_done(out);
	rs_buf_init(out, (size_t)1 << 20);
	return json;
}

static void lists_show_what_a_token_may_see(void **state)
{
	struct bench *bench = *state;
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	json_t *mine = written(service_meetings(bench->service, &viewer, &out), &out);
	assert_int_equal(json_array_size(bench_at(mine, "meetings")), 1);
	assert_string_equal(bench_text(mine, "meetings.0.id"), "demo");
	assert_string_equal(bench_text(mine, "meetings.0.state"), "scheduled");
	json_t *all = written(service_meetings(bench->service, &admin, &out), &out);
	assert_int_equal(json_array_size(bench_at(all, "meetings")), 2);
	json_t *conferences = written(service_conferences(bench->service, &out), &out);
	assert_int_equal(json_array_size(bench_at(conferences, "conferences.0.meetings")), 2);
	assert_int_equal(service_conference(bench->service, "nowhere", &out), -ENOENT);
	json_t *part =
		written(service_part(bench->service, "demo", SERVICE_PART_SPEAKERS, &out), &out);
	assert_true(json_is_array(bench_at(part, "list")));
	assert_null(bench_at(part, "participants"));
	assert_int_equal(
		service_part(bench->service, "nowhere", SERVICE_PART_DECISION, &out), -ENOENT);
	json_decref(mine);
	json_decref(all);
	json_decref(conferences);
	json_decref(part);
	rs_buf_done(&out);
}

static void participants_come_by_the_page(void **state)
{
	struct bench *bench = *state;
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	size_t seen = 0;
	int64_t total = 0;
	for (size_t offset = 0, pages = 0; pages < 100; pages++) {
		json_t *page = written(
			service_participants(bench->service, "demo", offset, 5, &out), &out);
		seen += json_array_size(bench_at(page, "participants"));
		total = bench_int(page, "total");
		const bool more = bench_at(page, "next") != NULL;
		offset = (size_t)bench_int(page, "next");
		json_decref(page);
		if (!more)
			break;
	}
	assert_int_equal(seen, total);
	assert_true(total > 5);
	json_t *beyond =
		written(service_participants(bench->service, "demo", 100000, 5, &out), &out);
	assert_int_equal(json_array_size(bench_at(beyond, "participants")), 0);
	assert_null(bench_at(beyond, "next"));
	json_decref(beyond);
	rs_buf_done(&out);
}

static void events_come_by_number(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	(void)order(bench, &secretariat, "demo", "open-meeting", "");
	(void)order(bench, &secretariat, "demo", "take-up-item", "{\"item\":\"2\"}");
	assert_int_equal(events(bench, 7, "demo", 0, 1, "", &refusal), 0);
	bench_pass(bench, RS_MS(1));
	assert_int_equal(bench->request, 7);
	assert_int_equal(bench->status, 200);
	assert_int_equal(json_array_size(bench_at(bench->answer, "events")), 1);
	assert_int_equal(bench_int(bench->answer, "events.0.event"), 1);
	assert_int_equal(bench_int(bench->answer, "next"), 1);
	const int64_t last = bench_int(bench->answer, "last");
	assert_int_equal(events(bench, 8, "demo", 1, 64, "", &refusal), 0);
	bench_pass(bench, RS_MS(1));
	assert_int_equal(json_array_size(bench_at(bench->answer, "events")), last - 1);
	assert_null(bench_at(bench->answer, "next"));
	assert_true(events(bench, 9, "nowhere", 1, 64, "", &refusal) < 0);
	assert_int_equal(refusal.status, 404);
}

static void readings_have_a_limit(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	uint64_t request = 1000;
	fake_store_hold(bench->fake, true);
	while (events(bench, ++request, "demo", 0, 1, "", &refusal) == 0)
		assert_true(request < 2000);
	assert_int_equal(refusal.status, 429);
	fake_store_hold(bench->fake, false);
	bench_pass(bench, RS_MS(1));
	assert_int_equal(events(bench, ++request, "demo", 0, 1, "", &refusal), 0);
	bench_pass(bench, RS_MS(1));
	assert_int_equal(bench->request, request);
}

static uint64_t open_stream(struct bench *bench, const char *place)
{
	struct service_refusal refusal;
	uint64_t stream = 0;
	bench->n_streamed = 0;
	assert_int_equal(watch(bench, &admin, "demo", place, &stream, &refusal), 0);
	bench_turn(bench);
	return stream;
}

static void a_display_gets_the_view_and_then_each_event(void **state)
{
	struct bench *bench = *state;
	const uint64_t stream = open_stream(bench, "");
	assert_int_equal(bench->n_streamed, 2); /* retry, view */
	assert_non_null(strstr(bench->streamed, "\nevent: view\ndata: {"));
	(void)order(bench, &secretariat, "demo", "set-limit", "{\"seconds\":60}");
	(void)order(bench, &secretariat, "demo", "open-meeting", "");
	(void)order(bench, &secretariat, "demo", "set-limit", "{\"seconds\":61}");
	assert_int_equal(bench->stream, stream);
	assert_non_null(strstr(bench->streamed, "\nevent: event\ndata: {"));
	assert_non_null(strstr(bench->streamed, "\"limit-set\""));
	const char *end = strstr(bench->streamed, "\n\n");
	assert_true(end != NULL && end[2] == '\0');
	service_stream_closed(bench->service, stream);
	service_stream_closed(bench->service, stream);
	const size_t told = bench->n_streamed;
	(void)order(bench, &secretariat, "demo", "set-limit", "{\"seconds\":62}");
	assert_int_equal(bench->n_streamed, told);
}

static void a_display_that_comes_back_gets_what_it_missed(void **state)
{
	struct bench *bench = *state;
	char place[128];
	(void)order(bench, &secretariat, "demo", "open-meeting", "");
	const uint64_t stream = open_stream(bench, "");
	(void)sscanf(bench->streamed, "id: %127s", place);
	service_stream_closed(bench->service, stream);
	for (int i = 0; i < 3; i++)
		(void)order(bench, &secretariat, "demo", "set-limit",
			i % 2 == 0 ? "{\"seconds\":60}" : "{\"seconds\":70}");
	(void)open_stream(bench, place);
	assert_int_equal(bench->n_streamed, 4); /* retry, three events */
	assert_non_null(strstr(bench->streamed, "\nevent: event\n"));
	bench_pass(bench, RS_SEC(1)); /* the view of before is too old now */
	/* another history, a number that never was, nonsense: the whole view */
	static const char *const others[] = { "elsewhe.1", "x", ".", "1", "" };
	for (size_t i = 0; i < RS_ARRAY_LEN(others); i++) {
		(void)open_stream(bench, others[i]);
		assert_int_equal(bench->n_streamed, 2);
		assert_non_null(strstr(bench->streamed, "\nevent: view\n"));
	}
	place[strlen(place) - 1] = '\0';
	(void)strcat(place, "999");
	(void)open_stream(bench, place);
	assert_non_null(strstr(bench->streamed, "\nevent: view\n"));
}

static void displays_that_come_together_share_a_view_and_hear_of_the_events_since(void **state)
{
	struct bench *bench = *state;
	(void)open_stream(bench, "");
	(void)order(bench, &secretariat, "demo", "open-meeting", "");
	(void)order(bench, &secretariat, "demo", "set-limit", "{\"seconds\":60}");
	(void)open_stream(bench, "");
	assert_non_null(strstr(bench->streamed, "\nevent: event\ndata: {"));
	assert_non_null(strstr(bench->streamed, "\"limit-set\""));
	bench_pass(bench, RS_SEC(1));
	(void)open_stream(bench, "");
	assert_int_equal(bench->n_streamed, 2);
	assert_non_null(strstr(bench->streamed, "\"state\":\"in-session\""));
}

static void the_view_that_is_asked_for_is_that_of_the_last_event(void **state)
{
	struct bench *bench = *state;
	struct rs_buf out;
	(void)open_stream(bench, "");
	(void)order(bench, &secretariat, "demo", "open-meeting", "");
	for (int i = 0; i < 2; i++) {
		rs_buf_init(&out, (size_t)1 << 20);
		json_t *view = written(service_view(bench->service, "demo", bench->at, &out), &out);
		const json_t *meeting = json_object_get(view, "meeting");
		assert_string_equal(bench_text(meeting, "state"), "in-session");
		json_decref(view);
	}
	rs_buf_init(&out, 64);
	assert_int_equal(service_view(bench->service, "nowhere", bench->at, &out), -ENOENT);
	rs_buf_done(&out);
}

static void displays_have_a_limit(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	uint64_t stream = 0;
	size_t n = 0;
	while (watch(bench, &admin, "demo", "", &stream, &refusal) == 0)
		assert_true(++n < 1000);
	assert_int_equal(n, 256);
	assert_int_equal(refusal.status, 429);
	bench_turn(bench);
	service_stream_closed(bench->service, stream);
	assert_int_equal(watch(bench, &admin, "demo", "", &stream, &refusal), 0);
	assert_true(watch(bench, &admin, "nowhere", "", &stream, &refusal) < 0);
	assert_int_equal(refusal.status, 404);
}

static void a_mark_moves_with_events_alone(void **state)
{
	struct bench *bench = *state;
	struct service_mark before;
	struct service_mark after;
	assert_int_equal(service_mark(bench->service, "demo", &before), 0);
	bench_pass(bench, RS_SEC(5));
	assert_int_equal(service_mark(bench->service, "demo", &after), 0);
	assert_int_equal(before.event, after.event);
	(void)order(bench, &secretariat, "demo", "open-meeting", "");
	assert_int_equal(service_mark(bench->service, "demo", &after), 0);
	assert_true(after.event > before.event);
	assert_string_equal(after.epoch, before.epoch);
	assert_int_equal(service_mark(bench->service, "nowhere", &after), -ENOENT);
}

static void every_reason_has_a_status_and_a_text(void **state)
{
	struct service_refusal reason;
	size_t n = 0;
	for (; service_reason(n, &reason); n++) {
		assert_in_range(reason.status, 400, 599);
		assert_true(reason.reason[0] != '\0' && reason.text[0] != '\0');
	}
	assert_true(n > 20);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_command_is_done_and_answered_with_its_event),
		CASE(the_same_id_is_done_once_and_answered_twice),
		CASE(orders_that_cannot_be_are_refused_at_once),
		CASE(lists_show_what_a_token_may_see),
		CASE(participants_come_by_the_page),
		CASE(events_come_by_number),
		CASE(readings_have_a_limit),
		CASE(a_display_gets_the_view_and_then_each_event),
		CASE(a_display_that_comes_back_gets_what_it_missed),
		CASE(displays_that_come_together_share_a_view_and_hear_of_the_events_since),
		CASE(the_view_that_is_asked_for_is_that_of_the_last_event),
		CASE(displays_have_a_limit),
		CASE(a_mark_moves_with_events_alone),
		cmocka_unit_test(every_reason_has_a_status_and_a_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
