/* Webhooks: told in order, again when that failed, from where they were after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "common/base/hash.h"
#include "signaling/wire/beside/hook.h"
#include "tests/support/service_bench.h"

#define SPEC(events, more)                                                                                \
	"{\"url\":\"https://minutes.example.org/in\",\"secret\":\"sixteen octets..\",\"events\":[" events \
	"]" more "}"

static const struct claims secretariat = {
	.badge = "secretariat", .meeting = "demo", .role = ROLE_SECRETARIAT
};

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

static uint64_t last_request = 100;

static unsigned put(struct bench *bench, const char *id, const char *json)
{
	struct service_refusal refusal = { .status = 0 };
	const struct service_order order = { .request = ++last_request,
		.who = &secretariat,
		.meeting = "demo",
		.name = id,
		.json = json,
		.len = strlen(json) };
	bench->status = 0;
	if (service_hook_put(bench->service, &order, bench->at, &refusal) < 0)
		return refusal.status;
	bench_turn(bench);
	assert_true(bench->status == 0 || bench->request == last_request);
	return bench->status;
}

static void command(struct bench *bench, const char *name, const char *json)
{
	struct service_refusal refusal = { .status = 0 };
	const struct service_order order = { .request = ++last_request,
		.who = &secretariat,
		.meeting = "demo",
		.name = name,
		.json = json,
		.len = strlen(json) };
	assert_int_equal(service_order(bench->service, &order, bench->at, &refusal), 0);
	bench_turn(bench);
	assert_int_equal(bench->status, 200);
}

static void done(struct bench *bench, unsigned status, const char *why)
{
	service_hook_done(bench->service, bench->hook, status, why, bench->at);
	bench_turn(bench);
}

static json_t *look(struct bench *bench, const char *id)
{
	struct rs_buf out;
	rs_buf_init(&out, 8192);
	assert_int_equal(service_hook(bench->service, "demo", id, &out), 0);
	json_t *json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	return json;
}

static void assert_look(struct bench *bench, const char *id, const char *path, const char *value)
{
	json_t *json = look(bench, id);
	assert_string_equal(bench_text(json, path), value);
	json_decref(json);
}

static void events_are_told_one_after_the_other_in_order(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "all", SPEC("\"all\"", ",\"after\":0")), 200);
	command(bench, "open-meeting", "");
	command(bench, "take-up-item", "{\"item\":\"2\"}");
	command(bench, "set-limit", "{\"seconds\":120}");
	int64_t expected = 1;
	while (bench->n_told >= (size_t)expected) {
		assert_string_equal(bench_text(bench->told, "meeting"), "demo");
		assert_int_equal(bench_int(bench->told, "event"), expected);
		assert_int_equal(bench->n_told, expected); /* the next waits for this one */
		done(bench, 204, NULL);
		expected++;
	}
	assert_true(expected > 3);
	json_t *json = look(bench, "all");
	assert_int_equal(bench_int(json, "delivered"), expected - 1);
	assert_null(json_object_get(json, "secret"));
	json_decref(json);
}

static void only_classes_that_were_asked_for_are_told(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "floor", SPEC("\"floor\"", "")), 200);
	command(bench, "open-meeting", "");
	assert_int_equal(bench->n_told, 1); /* of the opening, what concerns the list */
	assert_string_equal(bench_text(bench->told, "name"), "lots-announced");
	done(bench, 204, NULL);
	command(bench, "set-limit", "{\"seconds\":120}");
	assert_int_equal(bench->n_told, 2);
	assert_string_equal(bench_text(bench->told, "name"), "limit-set");
	assert_string_equal(bench_text(bench->told, "class"), "floor");
}

static void visibility(struct bench *bench, const char *to)
{
	char json[40];
	(void)snprintf(json, sizeof(json), "{\"visibility\":\"%s\"}", to);
	command(bench, "set-visibility", json);
}

/* Takes all that is told; how many events of this name there were among them. */
static size_t take_all(struct bench *bench, const char *name)
{
	size_t n = 0;
	for (size_t seen = bench->n_told - 1; bench->n_told > seen;) {
		seen = bench->n_told;
		n += strcmp(bench_text(bench->told, "name"), name) == 0 ? 1 : 0;
		done(bench, 200, NULL);
	}
	return n;
}

static void of_a_private_part_its_beginning_and_end_alone_are_told(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "m", SPEC("\"all\"", "")), 200);
	command(bench, "open-meeting", "");
	(void)take_all(bench, "");
	visibility(bench, "private");
	assert_int_equal(take_all(bench, "visibility-changed"), 1);
	const size_t told = bench->n_told;
	command(bench, "set-limit", "{\"seconds\":60}");
	assert_int_equal(bench->n_told, told);
	bench_restart(bench);
	command(bench, "set-limit", "{\"seconds\":61}");
	assert_int_equal(bench->n_told, told);
	visibility(bench, "closed-members");
	assert_string_equal(bench_text(bench->told, "name"), "visibility-changed");
	assert_int_equal(take_all(bench, "limit-set"), 0);
	command(bench, "set-limit", "{\"seconds\":62}");
	visibility(bench, "public");
	assert_string_equal(bench_text(bench->told, "data.visibility"), "public");
	assert_int_equal(take_all(bench, "limit-set"), 0);
	command(bench, "set-limit", "{\"seconds\":63}");
	assert_int_equal(bench_int(bench->told, "data.allotted"), 63000);
}

static void one_that_may_hear_of_it_is_told_all(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "m", SPEC("\"floor\"", ",\"private\":true")), 200);
	command(bench, "open-meeting", "");
	(void)take_all(bench, "");
	visibility(bench, "private");
	bench_restart(bench);
	command(bench, "set-limit", "{\"seconds\":60}");
	assert_string_equal(bench_text(bench->told, "name"), "limit-set");
	json_t *json = look(bench, "m");
	assert_true(json_is_true(json_object_get(json, "private")));
	json_decref(json);
}

static void one_that_begins_in_the_past_is_told_no_private_part_of_it(void **state)
{
	struct bench *bench = *state;
	char spec[200];
	command(bench, "open-meeting", "");
	visibility(bench, "private");
	assert_int_equal(
		put(bench, "p", SPEC("\"meeting\"", ",\"private\":true,\"after\":0")), 200);
	int64_t inside = 0;
	for (size_t seen = 0; bench->n_told > seen;) {
		seen = bench->n_told;
		inside = bench_int(bench->told, "event");
		done(bench, 200, NULL);
	}
	command(bench, "set-limit", "{\"seconds\":60}");
	visibility(bench, "public");
	command(bench, "set-limit", "{\"seconds\":61}");
	for (int64_t after = 0; after <= inside; after += inside) {
		(void)snprintf(
			spec, sizeof(spec), SPEC("\"floor\"", ",\"after\":%lld"), (long long)after);
		const size_t before = bench->n_told;
		assert_int_equal(put(bench, after == 0 ? "a" : "b", spec), 200);
		assert_true(bench->n_told > before);
		while (bench_int(bench->told, "event") <= inside)
			done(bench, 200, NULL);
		assert_int_equal(bench_int(bench->told, "data.allotted"), 61000);
		done(bench, 200, NULL);
	}
	/* and one that begins now hears of now */
	assert_int_equal(put(bench, "c", SPEC("\"floor\"", "")), 200);
	command(bench, "set-limit", "{\"seconds\":62}");
	assert_int_equal(bench_int(bench->told, "data.allotted"), 62000);
}

static void a_failure_is_tried_again_later_and_later(void **state)
{
	static const rs_time waits[] = { RS_SEC(1), RS_SEC(2), RS_SEC(4), RS_SEC(8) };
	struct bench *bench = *state;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	command(bench, "open-meeting", "");
	assert_int_equal(bench->n_told, 1);
	for (size_t i = 0; i < RS_ARRAY_LEN(waits); i++) {
		done(bench, i % 2 == 0 ? 500 : 0, "connection refused");
		const size_t before = bench->n_told;
		bench_pass(bench, waits[i] - RS_MS(50));
		assert_int_equal(bench->n_told, before);
		bench_pass(bench, RS_MS(100));
		assert_int_equal(bench->n_told, before + 1);
	}
	assert_look(bench, "m", "failure", "connection refused");
	done(bench, 200, NULL);
	json_t *json = look(bench, "m");
	assert_int_equal(bench_int(json, "failures"), 0);
	assert_null(json_object_get(json, "failure"));
	json_decref(json);
}

static void after_many_failures_it_is_given_up_until_put_again(void **state)
{
	struct bench *bench = *state;
	size_t tries = 1;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	command(bench, "open-meeting", "");
	for (; tries < 100; tries++) {
		const size_t before = bench->n_told;
		done(bench, 503, NULL);
		bench_pass(bench, RS_SEC(301));
		if (bench->n_told == before)
			break;
	}
	assert_int_equal(tries, 16);
	assert_look(bench, "m", "state", "disabled");
	assert_look(bench, "m", "reason", "failed 16 times in a row, last: answered 503");
	bench_restart(bench);
	assert_look(bench, "m", "state", "disabled");
	/* it goes on where it was */
	const size_t before = bench->n_told;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	assert_int_equal(bench->n_told, before + 1);
	assert_string_equal(bench_text(bench->told, "name"), "meeting-opened");
	assert_look(bench, "m", "state", "active");
}

static void a_receiver_that_is_gone_is_told_nothing_more(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	command(bench, "open-meeting", "");
	done(bench, 410, NULL);
	assert_look(bench, "m", "state", "disabled");
	bench_pass(bench, RS_SEC(600));
	assert_int_equal(bench->n_told, 1);
}

static void a_restart_goes_on_after_the_last_that_was_taken(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "m", SPEC("\"floor\"", "")), 200);
	command(bench, "open-meeting", "");
	done(bench, 200, NULL);
	command(bench, "set-limit", "{\"seconds\":60}");
	const int64_t first = bench_int(bench->told, "event");
	done(bench, 200, NULL);
	command(bench, "set-limit", "{\"seconds\":61}");
	const int64_t second = bench_int(bench->told, "event");
	assert_true(second > first);
	bench_restart(bench); /* it was under way: told again */
	bench_pass(bench, RS_MS(10));
	assert_int_equal(bench_int(bench->told, "event"), second);
	done(bench, 200, NULL);
	bench_restart(bench);
	bench_pass(bench, RS_MS(10));
	assert_int_equal(bench_int(bench->told, "event"), second);
	const size_t told = bench->n_told;
	bench_pass(bench, RS_SEC(5));
	assert_int_equal(bench->n_told, told);
}

static void events_that_are_no_longer_kept_are_read_from_the_store(void **state)
{
	struct service_limits limits = service_limits_default;
	limits.kept_events = 4;
	struct bench *bench = bench_new(&limits);
	command(bench, "open-meeting", "");
	for (int i = 0; i < 40; i++) {
		char json[40];
		(void)snprintf(json, sizeof(json), "{\"seconds\":%d}", 100 + i);
		command(bench, "set-limit", json);
	}
	assert_int_equal(put(bench, "f", SPEC("\"floor\"", ",\"after\":0")), 200);
	bench_pass(bench, RS_MS(10));
	assert_string_equal(bench_text(bench->told, "name"), "lots-announced");
	done(bench, 200, NULL);
	bench_pass(bench, RS_MS(10));
	int64_t allotted = 100;
	int64_t last = 0;
	for (size_t seen = 1; bench->n_told > seen; allotted++) {
		seen = bench->n_told;
		assert_int_equal(bench_int(bench->told, "data.allotted"), allotted * 1000);
		assert_true(bench_int(bench->told, "event") > last);
		last = bench_int(bench->told, "event");
		done(bench, 200, NULL);
		bench_pass(bench, RS_MS(10));
	}
	assert_int_equal(allotted, 140);
	bench_free(bench);
}

static void a_request_is_signed_over_time_number_and_body(void **state)
{
	struct bench *bench = *state;
	struct service_hook hook;
	uint8_t mac[RS_SHA256_LEN];
	char hex[2 * RS_SHA256_LEN + 1];
	char text[2048];
	char expected[SERVICE_HOOK_HEADER_LEN];
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	command(bench, "open-meeting", "");
	assert_int_equal(service_hook_request(bench->service, bench->hook, bench->at, &hook), 0);
	char *body = json_dumps(bench->told, JSON_COMPACT);
	(void)snprintf(text, sizeof(text), "%lld.%lld.%s", (long long)(bench->at.wall_ms / 1000),
		(long long)bench_int(bench->told, "event"), body);
	rs_hmac_sha256("sixteen octets..", 16, text, strlen(text), mac);
	rs_hex_encode(mac, sizeof(mac), hex);
	(void)snprintf(expected, sizeof(expected), "Rostrum-Signature: t=%lld,v1=%s",
		(long long)(bench->at.wall_ms / 1000), hex);
	assert_string_equal(hook.headers[2], expected);
	assert_string_equal(hook.url, "https://minutes.example.org/in");
	assert_string_equal(hook.headers[0], "Rostrum-Webhook: m");
	free(body);
	assert_int_equal(service_hook_request(bench->service, bench->hook + 1000, bench->at, &hook),
		-ENOENT);
}

static void what_comes_from_an_earlier_life_is_ignored(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	command(bench, "open-meeting", "");
	const uint64_t old = bench->hook;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\",\"vote\"", "")), 200);
	assert_true(bench->hook != old);
	assert_int_equal(bench->n_told, 2);
	service_hook_done(bench->service, old, 200, NULL, bench->at);
	bench_turn(bench);
	json_t *json = look(bench, "m");
	assert_true(bench_int(json, "delivered") < bench_int(bench->told, "event"));
	json_decref(json);
}

static void bad_ones_are_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "{}", SPEC("", ""), SPEC("\"music\"", ""),
		SPEC("1", ""), SPEC("\"floor\"", ",\"after\":-1"),
		"{\"url\":\"http://x\",\"secret\":\"short\",\"events\":[\"all\"]}",
		"{\"url\":\"http://x y\",\"secret\":\"sixteen octets..\",\"events\":[\"all\"]}",
		"{\"url\":\"http://x\\r\\nA: b\",\"secret\":\"sixteen octets..\",\"events\":[\"all\"]}",
		"{\"url\":7,\"secret\":\"sixteen octets..\",\"events\":[\"all\"]}" };
	struct bench *bench = *state;
	struct service_refusal refusal;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(put(bench, "m", bad[i]), 400);
	assert_true(service_hook_delete(bench->service, 1, "demo", "m", bench->at, &refusal) < 0);
	assert_int_equal(refusal.status, 404);
	assert_string_equal(refusal.reason, "no-such-webhook");
}

static void a_meeting_has_eight_at_most(void **state)
{
	struct bench *bench = *state;
	char id[8];
	for (int i = 0; i < 8; i++) {
		(void)snprintf(id, sizeof(id), "h%d", i);
		assert_int_equal(put(bench, id, SPEC("\"vote\"", "")), 200);
	}
	assert_int_equal(put(bench, "h8", SPEC("\"vote\"", "")), 429);
	assert_int_equal(put(bench, "h7", SPEC("\"floor\"", "")), 200);
}

static void a_deleted_one_is_gone_for_good(void **state)
{
	struct bench *bench = *state;
	struct service_refusal refusal;
	struct rs_buf out;
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 200);
	assert_int_equal(
		service_hook_delete(bench->service, 77, "demo", "m", bench->at, &refusal), 0);
	bench_turn(bench);
	assert_int_equal(bench->request, 77);
	assert_int_equal(bench->status, 200);
	command(bench, "open-meeting", "");
	assert_int_equal(bench->n_told, 0);
	bench_restart(bench);
	rs_buf_init(&out, 100);
	assert_int_equal(service_hook(bench->service, "demo", "m", &out), -ENOENT);
	rs_buf_done(&out);
}

static void a_store_that_is_down_is_told_and_tried_again(void **state)
{
	struct bench *bench = *state;
	fake_store_fail(bench->fake, STORE_DOWN);
	assert_int_equal(put(bench, "m", SPEC("\"meeting\"", "")), 503);
	fake_store_fail(bench->fake, STORE_OK);
	bench_pass(bench, RS_SEC(2));
	bench_restart(bench);
	assert_look(bench, "m", "state", "active");
}

static void classes_follow_from_names(void **state)
{
	assert_int_equal(hook_class_of("floor-given"), HOOK_FLOOR);
	assert_int_equal(hook_class_of("point-raised"), HOOK_FLOOR);
	assert_int_equal(hook_class_of("vote-cast"), HOOK_VOTE);
	assert_int_equal(hook_class_of("decision-proclaimed"), HOOK_VOTE);
	assert_int_equal(hook_class_of("meeting-opened"), HOOK_MEETING);
	assert_int_equal(hook_class_of("participant-joined"), HOOK_OTHER);
	assert_int_equal(hook_class_of(""), HOOK_OTHER);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(events_are_told_one_after_the_other_in_order),
		CASE(only_classes_that_were_asked_for_are_told),
		CASE(of_a_private_part_its_beginning_and_end_alone_are_told),
		CASE(one_that_may_hear_of_it_is_told_all),
		CASE(one_that_begins_in_the_past_is_told_no_private_part_of_it),
		CASE(a_failure_is_tried_again_later_and_later),
		CASE(after_many_failures_it_is_given_up_until_put_again),
		CASE(a_receiver_that_is_gone_is_told_nothing_more),
		CASE(a_restart_goes_on_after_the_last_that_was_taken),
		cmocka_unit_test(events_that_are_no_longer_kept_are_read_from_the_store),
		CASE(a_request_is_signed_over_time_number_and_body),
		CASE(what_comes_from_an_earlier_life_is_ignored),
		CASE(bad_ones_are_refused),
		CASE(a_meeting_has_eight_at_most),
		CASE(a_deleted_one_is_gone_for_good),
		CASE(a_store_that_is_down_is_told_and_tried_again),
		cmocka_unit_test(classes_follow_from_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
