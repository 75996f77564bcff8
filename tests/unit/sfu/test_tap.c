/* The tap: what a recorder asks for, and what it is told, as the paper has it. */
#include "common/control/frame.h"
#include "sfu/control/tap.h"

#include <jansson.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The next message, and no more than that. */
static void expect_said(struct rs_buf *out, const char *wanted)
{
	struct frame_reader reader;
	struct frame frame;
	frame_reader_init(&reader);
	assert_int_equal(frame_reader_feed(&reader, rs_buf_data(out), rs_buf_len(out)), 0);
	assert_int_equal(frame_reader_next(&reader, &frame), 1);
	json_t *message = json_loadb((const char *)frame.body, frame.len, 0, NULL);
	assert_int_equal(FRAME_HEADER_LEN + frame.len, rs_buf_len(out));
	json_t *expected = json_loads(wanted, 0, NULL);
	assert_non_null(expected);
	assert_true(json_equal(message, expected));
	json_decref(message);
	json_decref(expected);
	frame_reader_done(&reader);
	rs_buf_consume(out, rs_buf_len(out));
}

static void a_recorder_is_understood_or_told_what_is_wrong(void **state)
{
	static const char subscribe[] = "{\"type\": \"subscribe\", \"meeting\": \"demo\"}";
	static const char unnamed[] = "{\"type\": \"unsubscribe\"}";
	static const char unknown[] = "{\"type\": \"rewind\"}";
	static const char keyframe[] = "{\"type\": \"keyframe\", \"track\": 8}";
	struct tap_request request;
	char error[TAP_ERROR_LEN];
	assert_int_equal(tap_request_parse(subscribe, strlen(subscribe), &request, error), 0);
	assert_int_equal(request.kind, TAP_SUBSCRIBE);
	assert_string_equal(request.meeting, "demo");
	assert_int_equal(tap_request_parse(unnamed, strlen(unnamed), &request, error), -EBADMSG);
	assert_non_null(strstr(error, "message.meeting"));
	assert_int_equal(tap_request_parse(unknown, strlen(unknown), &request, error), 0);
	assert_int_equal(request.kind, TAP_UNKNOWN);
	assert_int_equal(tap_request_parse("x", 1, &request, error), -EBADMSG);
	assert_int_equal(tap_request_parse(keyframe, strlen(keyframe), &request, error), 0);
	assert_int_equal(request.kind, TAP_KEYFRAME);
	assert_int_equal(request.track, 8);
}

static void the_tap_is_written_as_the_paper_has_it(void **state)
{
	struct rs_buf out;
	struct router_tap tap = { .kind = ROUTER_TAP_TRACK,
		.meeting = "demo",
		.track = 7,
		.name = "KEN",
		.media = ROUTER_MICROPHONE,
		.codec = ROUTER_OPUS };
	(void)state;
	rs_buf_init(&out, 4096);
	assert_int_equal(tap_write(&out, &tap, 0), 0);
	expect_said(&out,
		"{\"type\": \"track\", \"track\": 7, \"meeting\": \"demo\", \"name\": \"KEN\","
		" \"media\": \"microphone\", \"codec\": \"opus\", \"clock\": 48000, \"channels\": 2}");
	tap.kind = ROUTER_TAP_CLOCK;
	tap.ntp = 16831234567890123456U;
	tap.rtp = 123456;
	assert_int_equal(tap_write(&out, &tap, 0), 0);
	expect_said(&out, "{\"type\": \"clock\", \"track\": 7, \"ntp\": \"16831234567890123456\","
			  " \"rtp\": 123456}");
	tap.kind = ROUTER_TAP_SENT;
	tap.packets = 150;
	assert_int_equal(tap_write(&out, &tap, 0), 0);
	expect_said(&out, "{\"type\": \"sent\", \"track\": 7, \"packets\": 150}");
	tap.kind = ROUTER_TAP_MARK;
	tap.event = 12;
	tap.open = true;
	tap.at = 123456;
	assert_int_equal(tap_write(&out, &tap, 1795305600000000), 0);
	expect_said(&out, "{\"type\": \"mark\", \"meeting\": \"demo\", \"event\": 12,"
			  " \"source\": \"KEN\", \"open\": true, \"wall_us\": 1795305600123456}");
	tap.kind = ROUTER_TAP_SHOW;
	tap.at = 131002;
	assert_int_equal(tap_write(&out, &tap, 1795305600000000), 0);
	expect_said(&out, "{\"type\": \"show\", \"meeting\": \"demo\", \"source\": \"KEN\","
			  " \"wall_us\": 1795305600131002}");
	assert_int_equal(tap_write_gap(&out, "demo", 5), 0);
	expect_said(&out, "{\"type\": \"gap\", \"meeting\": \"demo\", \"packets\": 5}");
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recorder_is_understood_or_told_what_is_wrong),
		cmocka_unit_test(the_tap_is_written_as_the_paper_has_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
