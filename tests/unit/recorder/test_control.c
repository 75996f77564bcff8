#include "recorder/control/control.h"
#include "recorder/control/tap.h"
#include "tests/support/examples.h"
#include "tests/support/no_disk.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A recorder whose disk has no room (so that no file is touched), and both its streams. */
struct rig {
	struct rs_rand rand;
	struct keeper *keeper;
	struct room room;
	struct control *control;
	struct tap *tap;
	struct archive_now when;
	char error[CONTROL_ERROR_LEN];
	int64_t space;
	unsigned asked;
};

static int64_t space_of(void *ctx, const char *path)
{
	struct rig *rig = ctx;
	rig->asked++;
	return rig->space;
}

static void rig_open(struct rig *rig)
{
	*rig = (struct rig){ .space = 1000,
		.when = { .now = RS_SEC(10), .wall_us = 1795305600000000 } };
	rs_rand_init_seed(&rig->rand, 1);
	const struct keeper_config config = { .root = "/nowhere",
		.software = "test",
		.meetings_max = 2,
		.tracks_max = 4,
		.free_min = 1001,
		.retry = RS_SEC(10),
		.disk = &no_disk,
		.free_space = space_of,
		.ctx = rig,
		.rand = &rig->rand };
	assert_int_equal(keeper_new(&config, &rig->keeper), 0);
	room_init(&rig->room, &(struct storage_rules){ .reserve = 500,
				      .amber = RS_SEC(7200),
				      .red = RS_SEC(1800),
				      .queue_max = 1600 });
	assert_int_equal(
		control_new("recorder-1", "a81kLq20", rig->keeper, &rig->room, &rig->control), 0);
	assert_int_equal(tap_new("/run/tap.sock", rig->keeper, &rig->rand, &rig->tap), 0);
}

static void rig_close(struct rig *rig)
{
	tap_free(rig->tap);
	control_free(rig->control);
	keeper_free(rig->keeper);
}

static int told(struct rig *rig, const char *json)
{
	struct rs_buf frame;
	rs_buf_init(&frame, 1 << 16);
	assert_int_equal(frame_write_message(&frame, json, strlen(json)), 0);
	const int err = control_recv(
		rig->control, rs_buf_data(&frame), rs_buf_len(&frame), rig->when, rig->error);
	rs_buf_done(&frame);
	return err;
}

/* The next message in the output must be this JSON. */
static void expect_said(struct rs_buf *output, const char *expected)
{
	struct frame_reader reader;
	frame_reader_init(&reader);
	assert_true(rs_buf_len(output) > 0);
	assert_int_equal(frame_reader_feed(&reader, rs_buf_data(output), rs_buf_len(output)), 0);
	struct frame frame;
	assert_int_equal(frame_reader_next(&reader, &frame), 1);
	json_t *got = json_loadb((const char *)frame.body, frame.len, 0, NULL);
	json_t *want = json_loads(expected, 0, NULL);
	assert_non_null(want);
	if (!json_equal(got, want))
		fail_msg("said %.*s", (int)frame.len, (const char *)frame.body);
	json_decref(got);
	json_decref(want);
	rs_buf_consume(output, FRAME_HEADER_LEN + frame.len);
	frame_reader_done(&reader);
}

#define MEETING                                                                                              \
	"{\"id\":\"demo\",\"title\":\"T\",\"record\":true,\"session\":\"demo-1\",\"tap\":\"/run/tap.sock\"," \
	"\"channels\":[{\"id\":\"fr\",\"language\":\"fr\",\"name\":\"F\"}]}"

static void connect(struct rig *rig)
{
	assert_int_equal(control_connected(rig->control), 0);
	expect_said(control_output(rig->control),
		"{\"type\":\"hello\",\"protocol\":\"rostrum.control.1\",\"kind\":\"recorder\",\"node\":\"recorder-1\","
		"\"instance\":\"a81kLq20\",\"revision\":0,\"state\":null,\"recordings\":[]}");
}

static void a_recording_without_room_is_reported_and_tried_again(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(
		told(&rig, "{\"type\":\"state\",\"revision\":7,\"meetings\":[" MEETING "]}"), 0);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control),
		"{\"type\":\"recording\",\"meeting\":\"demo\",\"state\":\"failed\","
		"\"reason\":\"no space left on device\",\"directory\":\"\"}");
	expect_said(control_output(rig.control), "{\"type\":\"applied\",\"revision\":7}");
	assert_int_equal(rs_buf_len(control_output(rig.control)), 0);

	assert_int_equal(keeper_deadline(rig.keeper), RS_SEC(20));
	rig.when.now = RS_SEC(20) - 1;
	keeper_tick(rig.keeper, rig.when);
	assert_int_equal(rig.asked, 1);
	rig.when.now = RS_SEC(20);
	keeper_tick(rig.keeper, rig.when);
	assert_int_equal(rig.asked, 2);
	assert_int_equal(keeper_deadline(rig.keeper), RS_SEC(30));
	assert_int_equal(control_sync(rig.control), 0);
	assert_int_equal(
		rs_buf_len(control_output(rig.control)), 0); /* the same alarm is not repeated */
	rig_close(&rig);
}

static void measured(struct rig *rig, uint64_t written, uint64_t left, size_t backlog)
{
	const struct storage_sample sample = {
		.free = left, .total = 1000000, .written = written, .backlog = backlog
	};
	room_measure(&rig->room, rig->keeper, &sample, rig->when);
	assert_int_equal(control_sync(rig->control), 0);
}

/* As an hour of it would be, in little. */
static void the_room_on_the_disk_is_told_before_anything_fails(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	measured(&rig, 0, 100500, 0);
	expect_said(control_output(rig.control),
		"{\"type\":\"disk\",\"level\":\"green\",\"why\":\"\",\"free\":100500,\"rate\":0}");
	expect_said(control_output(rig.control),
		"{\"type\":\"stats\",\"peers\":[],\"sources\":[],\"counters\":{},\"gauges\":"
		"{\"archive_free_octets\":100500,\"archive_octets_per_second\":0,\"archive_backlog_octets\":0,"
		"\"archive_alarm\":0,\"archive_pictures_left_out\":0}}");
	assert_int_equal(rs_buf_len(control_output(rig.control)), 0);
	/* Nothing but the figures is news within ten seconds. */
	rig.when.now += RS_SEC(1);
	measured(&rig, 20, 100480, 0);
	assert_int_equal(rs_buf_len(control_output(rig.control)), 0);
	/* 100,000 octets at 20 a second are 83 minutes: less than two hours. */
	rig.when.now += RS_SEC(9);
	measured(&rig, 200, 100300, 0);
	expect_said(control_output(rig.control),
		"{\"type\":\"disk\",\"level\":\"amber\",\"why\":\"\",\"free\":100300,\"rate\":20,\"left_s\":4990}");
	rs_buf_consume(control_output(rig.control), rs_buf_len(control_output(rig.control)));
	/* A slow disk is told at once, and a second copy beside it. */
	room_set_copy(&rig.room, &(struct room_copy){ .state = ROOM_COPY_AWAY,
					 .behind_s = 180,
					 .since_ms = 5,
					 .reason = "is not there" });
	rig.when.now += RS_MS(10);
	measured(&rig, 200, 100300, 500);
	expect_said(control_output(rig.control),
		"{\"type\":\"disk\",\"level\":\"red\",\"why\":\"slow\",\"free\":100300,\"rate\":19,\"left_s\":5252,\"copy\":"
		"{\"state\":\"unavailable\",\"behind_s\":180,\"since_ms\":5,\"reason\":\"is not there\"}}");
	rig_close(&rig);
}

static void saying_it_twice_changes_nothing(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			told(&rig, "{\"type\":\"meeting\",\"revision\":8,\"meeting\":" MEETING "}"),
			0);
	assert_int_equal(rig.asked, 1);
	assert_non_null(keeper_at(rig.keeper, 0));
	assert_null(keeper_at(rig.keeper, 1));
	rig_close(&rig);
}

static void what_is_not_in_the_state_is_stopped(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(
		told(&rig, "{\"type\":\"meeting\",\"revision\":1,\"meeting\":" MEETING "}"), 0);
	assert_int_equal(told(&rig, "{\"type\":\"state\",\"revision\":2,\"meetings\":[]}"), 0);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control),
		"{\"type\":\"recording\",\"meeting\":\"demo\",\"state\":\"stopped\","
		"\"reason\":\"meeting is not recorded any more\",\"directory\":\"\"}");
	assert_null(keeper_at(rig.keeper, 0));
	rig_close(&rig);
}

static void a_meeting_gone_or_switched_off_is_stopped(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(
		told(&rig, "{\"type\":\"meeting\",\"revision\":1,\"meeting\":" MEETING "}"), 0);
	assert_int_equal(
		told(&rig, "{\"type\":\"meeting-gone\",\"revision\":2,\"meeting\":\"demo\"}"), 0);
	assert_int_equal(
		told(&rig, "{\"type\":\"meeting-gone\",\"revision\":3,\"meeting\":\"other\"}"), 0);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control),
		"{\"type\":\"recording\",\"meeting\":\"demo\",\"state\":\"stopped\","
		"\"reason\":\"meeting was closed\",\"directory\":\"\"}");
	expect_said(control_output(rig.control), "{\"type\":\"applied\",\"revision\":3}");
	assert_int_equal(
		told(&rig,
			"{\"type\":\"meeting\",\"revision\":4,\"meeting\":{\"id\":\"demo\",\"record\":false}}"),
		0);
	rig_close(&rig);
}

static void meetings_over_the_limit_are_refused_and_the_rest_goes_on(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	for (int i = 1; i <= 3; i++) {
		char json[256];
		assert_int_equal(
			rs_format(json, sizeof(json),
				"{\"type\":\"meeting\",\"revision\":%d,\"meeting\":{\"id\":\"m%d\",\"record\":true,"
				"\"session\":\"m%d-1\",\"tap\":\"/run/tap.sock\"}}",
				i, i, i),
			0);
		assert_int_equal(told(&rig, json), 0);
		assert_int_equal(control_stats(rig.control)->refused, i == 3 ? 1 : 0);
	}
	rig_close(&rig);
}

static void malformed_messages_end_the_connection_and_say_why(void **state)
{
	static const struct {
		const char *json;
		const char *why;
	} table[] = {
		{ "[]", "control message" },
		{ "{}", "type" },
		{ "{\"type\":\"state\",\"meetings\":[]}", "revision" },
		{ "{\"type\":\"meeting\",\"revision\":1}", "meeting" },
		{ "{\"type\":\"meeting\",\"revision\":1,\"meeting\":{\"id\":\"../x\",\"record\":true}}",
			"id" },
		{ "{\"type\":\"meeting\",\"revision\":1,\"meeting\":{\"id\":\"x\",\"record\":true,\"session\":\"../x\",\"tap\":\"/t\"}}",
			"session" },
		{ "{\"type\":\"meeting\",\"revision\":1,\"meeting\":{\"id\":\"x\",\"record\":true,\"session\":\"x\",\"tap\":7}}",
			"tap" },
		{ "{\"type\":\"event\",\"revision\":9,\"meeting\":\"demo\",\"event\":0,\"hash\":\"\",\"payload\":\"{}\"}",
			"event" },
	};
	struct rig rig;
	rig_open(&rig);
	for (size_t i = 0; i < RS_ARRAY_LEN(table); i++) {
		connect(&rig);
		assert_int_equal(told(&rig, table[i].json), -EBADMSG);
		if (strstr(rig.error, table[i].why) == NULL)
			fail_msg("%s: %s", table[i].json, rig.error);
	}
	connect(&rig);
	const uint8_t nonsense[] = { 0, 0, 0, 0, 1 };
	assert_int_equal(control_recv(rig.control, nonsense, sizeof(nonsense), rig.when, rig.error),
		-EBADMSG);
	rig_close(&rig);
}

static void unknown_messages_are_counted_and_ignored(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(told(&rig, "{\"type\":\"weather\",\"fine\":true}"), 0);
	assert_int_equal(control_stats(rig.control)->unknown, 1);
	assert_int_equal(
		told(&rig,
			"{\"type\":\"event\",\"revision\":9,\"meeting\":\"demo\",\"event\":1,\"hash\":\"00\",\"payload\":\"{}\"}"),
		0);
	rig_close(&rig);
}

static int tapped(struct rig *rig, const char *json)
{
	struct rs_buf frame;
	rs_buf_init(&frame, 1 << 16);
	assert_int_equal(frame_write_message(&frame, json, strlen(json)), 0);
	const int err =
		tap_recv(rig->tap, rs_buf_data(&frame), rs_buf_len(&frame), rig->when, rig->error);
	rs_buf_done(&frame);
	return err;
}

static void a_tap_takes_no_more_than_was_asked_for(void **state)
{
	struct rig rig;
	rig_open(&rig);
	tap_connected(rig.tap);
	assert_int_equal(tap_sync(rig.tap, rig.when), 0);
	assert_int_equal(rs_buf_len(tap_output(rig.tap)),
		0); /* nothing is recorded: nothing is subscribed */
	assert_int_equal(
		tapped(&rig,
			"{\"type\":\"track\",\"track\":7,\"meeting\":\"demo\",\"name\":\"KEN\","
			"\"media\":\"microphone\",\"codec\":\"opus\",\"clock\":48000,\"channels\":2}"),
		0);
	assert_int_equal(
		tapped(&rig,
			"{\"type\":\"mark\",\"meeting\":\"demo\",\"event\":12,\"source\":\"KEN\","
			"\"open\":true,\"wall_us\":1795305600123456}"),
		0);
	assert_int_equal(
		tapped(&rig,
			"{\"type\":\"clock\",\"track\":7,\"ntp\":\"16831234567890123456\",\"rtp\":123456}"),
		0);
	assert_int_equal(tapped(&rig, "{\"type\":\"sent\",\"track\":7,\"packets\":3}"), 0);
	assert_int_equal(tapped(&rig, "{\"type\":\"gap\",\"meeting\":\"demo\",\"packets\":3}"), 0);
	assert_int_equal(tap_stats(rig.tap)->gaps, 3);

	const uint8_t rtp[12] = { 0x80, 111 };
	struct rs_buf frame;
	rs_buf_init(&frame, 4096);
	const struct frame_packet packet = { .track = 7, .rtp = rtp, .rtp_len = sizeof(rtp) };
	assert_int_equal(frame_write_packet(&frame, &packet), 0);
	assert_int_equal(
		tap_recv(rig.tap, rs_buf_data(&frame), rs_buf_len(&frame), rig.when, rig.error), 0);
	rs_buf_done(&frame);
	assert_int_equal(tap_stats(rig.tap)->unknown, 1);
	tap_disconnected(rig.tap, rig.when);
	rig_close(&rig);
}

static void malformed_taps_are_refused(void **state)
{
	static const char *const bad[] = {
		"{\"type\":\"track\",\"track\":7}",
		"{\"type\":\"clock\",\"track\":7,\"ntp\":\"noon\",\"rtp\":1}",
		"{\"type\":\"clock\",\"track\":-1,\"ntp\":\"1\",\"rtp\":1}",
		"{\"type\":\"mark\",\"meeting\":\"demo\",\"event\":1,\"source\":\"a b\",\"open\":true,\"wall_us\":1}",
		"{\"type\":\"sent\",\"track\":7,\"packets\":-1}",
		"{\"type\":\"sent\",\"packets\":1}",
		"\"track\"",
	};
	struct rig rig;
	rig_open(&rig);
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		tap_connected(rig.tap);
		assert_int_equal(tapped(&rig, bad[i]), -EBADMSG);
		assert_true(strlen(rig.error) > 0);
	}
	rig_close(&rig);
}

static void what_a_record_says_by_name_is_kept_for_the_session(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(
		told(&rig,
			"{\"type\":\"meeting\",\"revision\":1,\"meeting\":{\"id\":\"demo\",\"record\":true,"
			"\"session\":\"demo-1\",\"about\":{\"agenda\":[{\"id\":\"1\"}],\"participants\":5,\"session\":[]}}}"),
		0);
	assert_string_equal(keeper_at(rig.keeper, 0)->about, "{\"agenda\":[{\"id\":\"1\"}]}");
	/* It is written down as the session begins: what is told later changes nothing. */
	assert_int_equal(
		told(&rig,
			"{\"type\":\"meeting\",\"revision\":2,\"meeting\":{\"id\":\"demo\",\"record\":true,"
			"\"session\":\"demo-1\"}}"),
		0);
	assert_string_equal(keeper_at(rig.keeper, 0)->about, "{\"agenda\":[{\"id\":\"1\"}]}");
	rig_close(&rig);
	(void)state;
}

/* A message `late` and the part behind it; what control_recv() says. */
static int put_late(struct rig *rig, const char *json, uint64_t ticket)
{
	static const uint8_t part[] = { 0 };
	const struct frame_late late = { .ticket = ticket, .part = part, .len = sizeof(part) };
	struct rs_buf frame;
	rs_buf_init(&frame, 1 << 16);
	assert_int_equal(frame_write_message(&frame, json, strlen(json)), 0);
	assert_int_equal(frame_write_late(&frame, &late), 0);
	const int err = control_recv(
		rig->control, rs_buf_data(&frame), rs_buf_len(&frame), rig->when, rig->error);
	rs_buf_done(&frame);
	return err;
}

#define LATE(meeting, session)                                                                        \
	"{\"type\":\"late\",\"revision\":8,\"ticket\":7,\"meeting\":\"" meeting                       \
	"\",\"session\":\"" session                                                                   \
	"\",\"source\":\"room\",\"outage\":\"o-1\",\"part\":1,\"parts\":1,\"from_us\":5,\"to_us\":6," \
	"\"shift_us\":0,\"open\":[]}"
#define ANSWER(meeting, state, reason)                                                   \
	"{\"type\":\"late\",\"meeting\":\"" meeting "\",\"ticket\":7,\"state\":\"" state \
	"\",\"reason\":\"" reason "\",\"kept\":0,\"had\":0,\"shut\":0,\"before\":0}"

/* "Never" would make the box put all of it aside. */
static void what_is_late_waits_for_an_archive_that_is_to_be_there(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(
		told(&rig, "{\"type\":\"state\",\"revision\":7,\"meetings\":[" MEETING "]}"), 0);
	assert_int_equal(control_sync(rig.control), 0);
	rs_buf_consume(control_output(rig.control), rs_buf_len(control_output(rig.control)));
	assert_int_equal(put_late(&rig, LATE("demo", "demo-1"), 7), 0);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control), ANSWER("demo", "later", "disk"));
	expect_said(control_output(rig.control), "{\"type\":\"applied\",\"revision\":8}");
	assert_int_equal(put_late(&rig, LATE("demo", "demo-0"), 7), 0);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control), ANSWER("demo", "refused", "not-recorded"));
	assert_int_equal(put_late(&rig, LATE("other", "other-1"), 7), 0);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control), ANSWER("other", "refused", "not-recorded"));
	rig_close(&rig);
}

static void a_late_part_comes_right_behind_its_message(void **state)
{
	struct rig rig;
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(put_late(&rig, LATE("demo", "demo-1"), 8), -EBADMSG);
	rig_close(&rig);
	rig_open(&rig);
	connect(&rig);
	assert_int_equal(put_late(&rig, LATE("demo", "../demo-1"), 7), -EBADMSG);
	rig_close(&rig);
}

struct paper {
	struct rig *rig;
	size_t n;
};

/* What the paper shows signaling say of a part is taken. */
static void take_example(void *ctx, const char *kind, size_t line, const char *text)
{
	struct paper *paper = ctx;
	if (strcmp(kind, "recorder") != 0 || strstr(text, "\"late\"") == NULL)
		return;
	paper->n++;
	if (told(paper->rig, text) < 0)
		fail_msg("line %zu: %s", line, paper->rig->error);
	assert_int_equal(put_late(paper->rig, text, 7), 0);
}

static void the_example_of_a_late_part_is_taken(void **state)
{
	struct rig rig;
	struct paper paper = { .rig = &rig };
	rig_open(&rig);
	connect(&rig);
	(void)examples_each("common/control/PROTOCOL.md", take_example, &paper);
	assert_int_equal(paper.n, 1);
	assert_int_equal(control_sync(rig.control), 0);
	expect_said(control_output(rig.control), ANSWER("demo", "refused", "not-recorded"));
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_late_waits_for_an_archive_that_is_to_be_there),
		cmocka_unit_test(a_late_part_comes_right_behind_its_message),
		cmocka_unit_test(the_example_of_a_late_part_is_taken),
		cmocka_unit_test(what_a_record_says_by_name_is_kept_for_the_session),
		cmocka_unit_test(a_recording_without_room_is_reported_and_tried_again),
		cmocka_unit_test(the_room_on_the_disk_is_told_before_anything_fails),
		cmocka_unit_test(saying_it_twice_changes_nothing),
		cmocka_unit_test(what_is_not_in_the_state_is_stopped),
		cmocka_unit_test(a_meeting_gone_or_switched_off_is_stopped),
		cmocka_unit_test(meetings_over_the_limit_are_refused_and_the_rest_goes_on),
		cmocka_unit_test(malformed_messages_end_the_connection_and_say_why),
		cmocka_unit_test(unknown_messages_are_counted_and_ignored),
		cmocka_unit_test(a_tap_takes_no_more_than_was_asked_for),
		cmocka_unit_test(malformed_taps_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
