/* A meeting flagged as a rehearsal: it says so wherever it is told of, and nothing of it is recorded unless somebody asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

static struct bench *bench;

static int setup(void **state)
{
	bench = bench_new(NULL);
	(void)bench_sfu(bench, "i1", "null");
	(void)bench_recorder(bench, "[]");
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	bench_free(bench);
	return 0;
}

static json_t *told_of(
	int (*tell)(const struct service *, const char *, struct rs_buf *), const char *meeting)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(tell(bench->service, meeting, &out), 0);
	json_t *json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	assert_non_null(json);
	return json;
}

static void a_rehearsal_says_so_to_pages_and_to_everybody(void **state)
{
	const struct bench_line *page = bench_join(bench, "rehearsal", "KEN", "delegate");
	assert_true(json_is_true(bench_at(page->view, "meeting.rehearsal")));
	json_t *told = told_of(service_webcast, "rehearsal");
	assert_true(json_is_true(bench_at(told, "rehearsal")));
	json_decref(told);
}

static void a_meeting_is_none(void **state)
{
	const struct bench_line *page = bench_join(bench, "demo", "KEN", "delegate");
	assert_true(json_is_false(bench_at(page->view, "meeting.rehearsal")));
	json_t *told = told_of(service_webcast, "demo");
	assert_null(bench_at(told, "rehearsal"));
	json_decref(told);
}

static void nothing_of_a_rehearsal_is_recorded_unless_the_secretariat_asks(void **state)
{
	struct bench_line *page = bench_join(bench, "rehearsal", "secretariat", "secretariat");
	assert_string_equal(bench_text(page->view, "meeting.state"), "in-session");
	assert_string_equal(bench_text(page->view, "recording.state"), "off");
	assert_string_equal(bench_try(bench, page, "take-up-recording", ""), "ok");
	assert_string_not_equal(bench_text(page->view, "recording.state"), "off");
}

/* A rehearsal of a meeting of the demo's file. What it is refused with; 0: see bench->status. */
static int rehearse(const char *meeting, const char *name, struct service_refusal *refusal)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	const struct rehearsal_wish wish = { meeting, name };
	const struct service_files files = { .json = text, .len = len, .rehearsal = &wish };
	bench->status = 0;
	const int err = service_import(bench->service, 7, &files, bench->at, refusal);
	bench_turn(bench);
	free(text);
	return err;
}

static void make(void)
{
	struct service_refusal refusal;
	assert_int_equal(rehearse("", "", &refusal), 0);
	assert_int_equal(bench->status, 201);
}

static int clear(const char *meeting, struct service_refusal *refusal)
{
	bench->status = 0;
	const int err = service_clear(bench->service, 8, meeting, bench->at, refusal);
	bench_turn(bench);
	return err;
}

static void a_rehearsal_is_made_of_a_meeting_as_it_stands(void **state)
{
	struct service_refusal refusal;
	make();
	assert_string_equal(bench_text(bench->answer, "conference"), "demo-conference");
	assert_string_equal(bench_text(bench->answer, "meetings.0"), "demo-rehearsal");
	make(); /* the same again changes nothing */
	const struct bench_line *page = bench_join(bench, "demo-rehearsal", "KEN", "delegate");
	assert_true(json_is_true(bench_at(page->view, "meeting.rehearsal")));
	assert_string_equal(bench_text(page->view, "meeting.mode"), "floor");
	assert_string_equal(bench_text(page->view, "meeting.state"), "in-session");
	assert_string_equal(bench_text(page->view, "recording.state"), "off");
	assert_string_equal(bench_text(page->view, "agenda.items.1.id"), "2");
	assert_int_equal(rehearse("demo", "", &refusal), 0);
	assert_int_equal(bench->status, 201);
	assert_int_equal(rehearse("demo", "dry run", &refusal), -EINVAL);
	assert_int_equal(rehearse("elsewhere", "", &refusal), -ENOENT);
	assert_int_equal(refusal.status, 404);
	assert_int_equal(rehearse("demo", "demo", &refusal), -EEXIST);
}

static void it_is_the_conferences_also_after_a_restart(void **state)
{
	struct rs_buf out;
	make();
	for (int times = 0; times < 2; times++) {
		rs_buf_init(&out, 4096);
		assert_int_equal(service_conferences(bench->service, &out), 0);
		assert_int_equal(rs_buf_append(&out, "", 1), 0);
		assert_string_equal((const char *)rs_buf_data(&out),
			"{\"conferences\":[{\"conference\":\"demo-conference\","
			"\"meetings\":[\"demo\",\"rehearsal\",\"demo-rehearsal\"]}]}");
		rs_buf_done(&out);
		bench_restart(bench);
	}
}

static void clearing_removes_all_that_is_kept_of_it(void **state)
{
	struct service_refusal refusal;
	make();
	const size_t before = fake_store_messages(bench->fake);
	struct bench_line *chair = bench_join(bench, "demo-rehearsal", "chair", "chair");
	struct bench_line *page = bench_join(bench, "demo-rehearsal", "KEN", "delegate");
	struct bench_line *other = bench_join(bench, "demo", "FRA", "delegate");
	(void)bench_offer(bench, page);
	assert_string_equal(bench_try(bench, chair, "inscribe", "\"participant\":\"KEN\""), "ok");
	assert_string_equal(
		bench_try(bench, chair, "say", "\"to\":\"all\",\"text\":\"Testing.\""), "ok");
	assert_int_equal(fake_store_messages(bench->fake), before + 1);
	assert_int_equal(clear("demo-rehearsal", &refusal), 0);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench->status, 200);
	assert_true(bench_int(bench->answer, "events") > 3);
	assert_int_equal(fake_store_count(bench->fake, "demo-rehearsal"), 0);
	assert_int_equal(fake_store_messages(bench->fake), before);
	assert_int_equal(page->closed, 4004);
	assert_int_equal(chair->closed, 4004);
	assert_int_equal(other->closed, 0);
	assert_string_equal(bench_text(bench_last(page, "error"), "reason"), "meeting-cleared");
	assert_int_equal(clear("demo-rehearsal", &refusal), -ENOENT);
	bench_restart(bench);
	make(); /* the name is free, and its history begins anew */
	chair = bench_join(bench, "demo-rehearsal", "chair", "chair");
	assert_int_equal(json_array_size(bench_at(chair->view, "list")), 0);
}

static void a_meeting_is_not_cleared(void **state)
{
	struct service_refusal refusal;
	assert_int_equal(clear("demo", &refusal), -EPROTO);
	assert_int_equal(refusal.status, 409);
	assert_string_equal(refusal.reason, "not-a-rehearsal");
	assert_int_equal(clear("rehearsal", &refusal), -EPROTO);
	assert_string_equal(refusal.reason, "not-alone");
	assert_non_null(strstr(refusal.text, "demo-conference"));
	assert_int_equal(clear("nowhere", &refusal), -ENOENT);
	const struct bench_line *page = bench_join(bench, "rehearsal", "KEN", "delegate");
	assert_string_equal(bench_text(page->view, "meeting.state"), "in-session");
}

static void what_a_test_of_a_line_found_outlives_the_rehearsal(void **state)
{
	static const char *const found =
		"{\"camera\":{},\"microphone\":{\"state\":\"works\",\"name\":\"Headset\",\"level\":-22,\"noise\":-61},"
		"\"speakers\":\"heard\",\"paths\":{\"udp\":\"open\"},\"line\":{\"up\":2000,\"down\":4000}}";
	struct service_refusal refusal;
	struct claims who = { .role = ROLE_DELEGATE };
	make();
	(void)rs_set_text(who.badge, "KEN");
	(void)rs_set_text(who.meeting, "demo-rehearsal");
	const struct service_order order = { .request = 9,
		.who = &who,
		.meeting = "demo-rehearsal",
		.json = found,
		.len = strlen(found) };
	assert_int_equal(service_precall_put(bench->service, &order, bench->at, &refusal), 0);
	bench_turn(bench);
	assert_int_equal(bench->status, 200);
	assert_int_equal(clear("demo-rehearsal", &refusal), 0);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench->status, 200);
	bench_restart(bench);
	json_t *told = told_of(service_precalls, "demo");
	assert_string_equal(bench_text(told, "tests.0.participant"), "KEN");
	json_decref(told);
}

static void what_the_recorder_has_not_got_is_waited_for(void **state)
{
	struct service_refusal refusal;
	make();
	struct bench_line *page = bench_join(bench, "demo-rehearsal", "secretariat", "secretariat");
	assert_string_equal(bench_try(bench, page, "take-up-recording", ""), "ok");
	/* The recorder of this meeting goes away while it records. */
	bench_restart(bench);
	assert_int_equal(clear("demo-rehearsal", &refusal), 0);
	bench_pass(bench, RS_SEC(5));
	assert_int_equal(bench->status, 0);
	(void)bench_recorder(bench, "[]");
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench->status, 200);
}

static void it_stays_while_the_store_is_down(void **state)
{
	struct service_refusal refusal;
	make();
	(void)bench_join(bench, "demo-rehearsal", "KEN", "delegate");
	struct bench_line *chair = bench_join(bench, "demo-rehearsal", "chair", "chair");
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	fake_store_fail(bench->fake, STORE_DOWN);
	assert_int_equal(clear("demo-rehearsal", &refusal), 0);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench->status, 503);
	fake_store_fail(bench->fake, STORE_OK);
	assert_int_equal(chair->closed, 0);
	assert_int_equal(clear("demo-rehearsal", &refusal), 0);
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench->status, 200);
}

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_rehearsal_says_so_to_pages_and_to_everybody),
		CASE(a_meeting_is_none),
		CASE(nothing_of_a_rehearsal_is_recorded_unless_the_secretariat_asks),
		CASE(a_rehearsal_is_made_of_a_meeting_as_it_stands),
		CASE(it_is_the_conferences_also_after_a_restart),
		CASE(clearing_removes_all_that_is_kept_of_it),
		CASE(a_meeting_is_not_cleared),
		CASE(what_a_test_of_a_line_found_outlives_the_rehearsal),
		CASE(what_the_recorder_has_not_got_is_waited_for),
		CASE(it_stays_while_the_store_is_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
