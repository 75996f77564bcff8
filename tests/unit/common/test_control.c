#include "common/base/bytes.h"
#include "common/control/frame.h"
#include "common/control/object.h"
#include "tests/support/examples.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char message[] = "{\"type\":\"applied\",\"revision\":7}";
#define MESSAGE_LEN (sizeof(message) - 1)

/* An RTP packet of version 2, payload type 111, with four octets of payload. */
static const uint8_t rtp[] = { 0x80, 0x6F, 0x00, 0x01, 0x00, 0x00, 0x03, 0xC0, 0x12, 0x34, 0x56,
	0x78, 0xDE, 0xAD, 0xBE, 0xEF };

static void feed(struct frame_reader *reader, const void *data, size_t len)
{
	assert_int_equal(frame_reader_feed(reader, data, len), 0);
}

static void frames_come_out_as_they_went_in_octet_by_octet(void **state)
{
	struct rs_buf out;
	struct frame_reader reader;
	struct frame frame;
	size_t messages = 0;
	size_t packets = 0;
	rs_buf_init(&out, 4096);
	frame_reader_init(&reader);
	const struct frame_packet packet = {
		.track = 7, .arrival_wall_us = -2, .rtp = rtp, .rtp_len = sizeof(rtp)
	};
	assert_int_equal(frame_write_message(&out, message, MESSAGE_LEN), 0);
	assert_int_equal(frame_write_packet(&out, &packet), 0);

	for (size_t i = 0; i < rs_buf_len(&out); i++) {
		feed(&reader, rs_buf_data(&out) + i, 1);
		if (frame_reader_next(&reader, &frame) == 0)
			continue;
		if (frame.kind == FRAME_MESSAGE) {
			assert_int_equal(frame.len, MESSAGE_LEN);
			assert_memory_equal(frame.body, message, MESSAGE_LEN);
			messages++;
			continue;
		}
		struct frame_packet got;
		assert_int_equal(frame_packet_parse(frame.body, frame.len, &got), 0);
		assert_int_equal(got.track, 7);
		assert_true(got.arrival_wall_us == -2);
		assert_int_equal(got.rtp_len, sizeof(rtp));
		assert_memory_equal(got.rtp, rtp, sizeof(rtp));
		packets++;
	}
	assert_int_equal(messages, 1);
	assert_int_equal(packets, 1);
	frame_reader_done(&reader);
	rs_buf_done(&out);
}

static void frames_fed_at_once_come_out_one_by_one(void **state)
{
	struct rs_buf out;
	struct frame_reader reader;
	struct frame frame;
	rs_buf_init(&out, 4096);
	frame_reader_init(&reader);
	for (int i = 0; i < 3; i++)
		assert_int_equal(frame_write_message(&out, message, MESSAGE_LEN), 0);
	feed(&reader, rs_buf_data(&out), rs_buf_len(&out));
	for (int i = 0; i < 3; i++)
		assert_int_equal(frame_reader_next(&reader, &frame), 1);
	assert_int_equal(frame_reader_next(&reader, &frame), 0);
	frame_reader_done(&reader);
	rs_buf_done(&out);
}

/* Feeds a frame's header and gives what the reader says to it. */
static int judge_header(uint32_t len, uint8_t kind)
{
	uint8_t header[FRAME_HEADER_LEN];
	struct rs_writer writer;
	struct frame_reader reader;
	struct frame frame;
	rs_writer_init(&writer, header, sizeof(header));
	rs_write_u32(&writer, len);
	rs_write_u8(&writer, kind);
	frame_reader_init(&reader);
	feed(&reader, header, sizeof(header));
	const int result = frame_reader_next(&reader, &frame);
	frame_reader_done(&reader);
	return result;
}

static void lengths_and_kinds_are_judged_at_the_limit_and_one_beyond(void **state)
{
	assert_int_equal(judge_header(0, FRAME_MESSAGE), -EBADMSG);
	assert_int_equal(judge_header(FRAME_MESSAGE_MAX, FRAME_MESSAGE), 0);
	assert_int_equal(judge_header(FRAME_MESSAGE_MAX + 1, FRAME_MESSAGE), -EBADMSG);
	assert_int_equal(judge_header(FRAME_PACKET_MAX, FRAME_PACKET), 0);
	assert_int_equal(judge_header(FRAME_PACKET_MAX + 1, FRAME_PACKET), -EBADMSG);
	assert_int_equal(judge_header(UINT32_MAX, FRAME_MESSAGE), -EBADMSG);
	assert_int_equal(judge_header(8, 0), -EBADMSG);
	assert_int_equal(judge_header(FRAME_LATE_MAX, FRAME_LATE), 0);
	assert_int_equal(judge_header(FRAME_LATE_MAX + 1, FRAME_LATE), -EBADMSG);
	assert_int_equal(judge_header(8, 4), -EBADMSG);
	assert_int_equal(judge_header(1, FRAME_MESSAGE), 1);
}

static void what_does_not_fit_is_not_written_in_part(void **state)
{
	static uint8_t large[FRAME_PACKET_MAX];
	struct rs_buf out;
	rs_buf_init(&out, FRAME_HEADER_LEN + MESSAGE_LEN);
	struct frame_packet packet = { .rtp = large,
		.rtp_len = FRAME_PACKET_MAX - FRAME_PACKET_HEADER_LEN };
	assert_int_equal(frame_write_packet(&out, &packet), -E2BIG);
	assert_int_equal(frame_write_message(&out, message, 0), -E2BIG);
	assert_int_equal(frame_write_message(&out, message, FRAME_MESSAGE_MAX), -E2BIG);
	assert_int_equal(rs_buf_len(&out), 0);
	assert_int_equal(frame_write_message(&out, message, MESSAGE_LEN), 0);
	assert_int_equal(frame_write_message(&out, message, MESSAGE_LEN), -E2BIG);
	assert_int_equal(rs_buf_len(&out), FRAME_HEADER_LEN + MESSAGE_LEN);
	rs_buf_done(&out);
}

static void a_packet_frame_without_a_whole_rtp_header_is_malformed(void **state)
{
	struct frame_packet packet;
	uint8_t body[FRAME_PACKET_HEADER_LEN + 12] = { 0 };
	assert_int_equal(frame_packet_parse(body, sizeof(body), &packet), 0);
	for (size_t len = 0; len < sizeof(body); len++)
		assert_int_equal(frame_packet_parse(body, len, &packet), -EBADMSG);
}

static struct object root_of(json_t **out_json, const char *text, struct object_error *error)
{
	*out_json = json_loads(text, JSON_DECODE_ANY, NULL);
	assert_non_null(*out_json);
	return object_root(*out_json, "peer", error);
}

static void members_are_read_by_type(void **state)
{
	struct object_error error;
	json_t *json;
	const struct object root = root_of(&json,
		"{\"id\":\"KEN\",\"pt\":111,\"on\":true,\"none\":null,\"sub\":{\"a\":1},"
		"\"list\":[{\"b\":2}],\"names\":[\"x\",\"y\"],\"numbers\":[5]}",
		&error);
	assert_string_equal(object_name(&root, "id"), "KEN");
	assert_int_equal(object_int(&root, "pt", 0, 127), 111);
	assert_true(object_bool(&root, "on"));
	assert_true(object_has(&root, "pt"));
	assert_false(object_has(&root, "none"));
	assert_string_equal(object_text_or(&root, "none", "-"), "-");
	assert_int_equal(object_int_or(&root, "absent", 0, 9, 4), 4);
	assert_true(object_bool_or(&root, "absent", true));
	const struct object sub = object_child(&root, "sub");
	assert_int_equal(object_int(&sub, "a", 0, 9), 1);
	assert_int_equal(object_array(&root, "list", 1), 1);
	const struct object first = object_at(&root, "list", 0);
	assert_int_equal(object_int(&first, "b", 0, 9), 2);
	assert_int_equal(object_array(&root, "names", 2), 2);
	assert_string_equal(object_text_at(&root, "names", 1), "y");
	assert_int_equal(object_int_at(&root, "numbers", 0, 0, 9), 5);
	assert_int_equal(object_array(&root, "absent", 2), 0);
	assert_false(error.failed);
	json_decref(json);
}

static void an_error_names_the_member_and_the_first_one_stays(void **state)
{
	struct object_error error;
	json_t *json;
	const struct object root =
		root_of(&json, "{\"send\":[{\"pt\":1},{\"pt\":128}],\"id\":7}", &error);
	assert_int_equal(object_array(&root, "send", 8), 2);
	const struct object second = object_at(&root, "send", 1);
	assert_int_equal(object_int(&second, "pt", 0, 127), 0);
	assert_true(error.failed);
	assert_string_equal(error.text, "peer.send[1].pt: a number from 0 to 127 is expected");
	assert_string_equal(object_text(&root, "id"), "");
	assert_string_equal(error.text, "peer.send[1].pt: a number from 0 to 127 is expected");
	json_decref(json);
}

/* The text of the error that `read` provokes on `text`. */
static void expect_error(const char *text, void (*read)(const struct object *), const char *why)
{
	struct object_error error;
	json_t *json;
	const struct object root = root_of(&json, text, &error);
	read(&root);
	assert_true(error.failed);
	assert_string_equal(error.text, why);
	json_decref(json);
}

static void read_text(const struct object *root)
{
	(void)object_text(root, "m"); /* the error is what is looked at, here and below */
}
static void read_name(const struct object *root)
{
	(void)object_name(root, "m");
}
static void read_bool(const struct object *root)
{
	(void)object_bool(root, "m");
}
static void read_child(const struct object *root)
{
	const struct object child = object_child(root, "m");
	assert_null(child.json);
	assert_int_equal(object_int(&child, "n", 3, 4), 3);
}
static void read_array(const struct object *root)
{
	(void)object_array(root, "m", 1);
}
static void read_element(const struct object *root)
{
	(void)object_at(root, "m", 0);
}

static void each_kind_of_error_is_told_in_words(void **state)
{
	expect_error("{}", read_text, "peer.m: text is expected");
	expect_error("{\"m\":1}", read_text, "peer.m: text is expected");
	expect_error("{\"m\":\"a b\"}", read_name,
		"peer.m: a name of 1 to 64 of [A-Za-z0-9_-] is expected");
	expect_error("{\"m\":1}", read_bool, "peer.m: true or false is expected");
	expect_error("{\"m\":[]}", read_child, "peer.m: an object is expected");
	expect_error("{\"m\":{}}", read_array, "peer.m: an array is expected");
	expect_error("{\"m\":[1,2]}", read_array, "peer.m: the array is longer than allowed");
	expect_error("{\"m\":[1]}", read_element, "peer.m[0]: an object is expected");
	expect_error("[]", read_text, "peer: an object is expected");
}

static void text_with_a_nul_inside_is_refused(void **state)
{
	struct object_error error;
	json_t *json = json_pack("{s:o}", "m", json_stringn("a\0b", 3));
	const struct object root = object_root(json, "peer", &error);
	assert_string_equal(object_text(&root, "m"), "");
	assert_true(error.failed);
	json_decref(json);
}

static void every_error_is_told_when_all_are_wanted(void **state)
{
	struct object_error error;
	json_t *errors = json_array();
	json_t *json = json_loads("{\"id\":7,\"list\":[{\"pt\":200}]}", 0, NULL);
	const struct object root = object_root_noted(json, "peer", &error, errors, NULL);
	(void)object_name(&root, "id");
	const struct object child = object_child(&root, "missing");
	(void)object_int(&child, "of", 0, 9); /* told with what it is missing from */
	const struct object first = object_at(&root, "list", 0);
	(void)object_int(&first, "pt", 0, 127);
	assert_true(error.failed);
	assert_string_equal(error.text, "peer.id: text is expected");
	assert_int_equal(json_array_size(errors), 3);
	assert_string_equal(json_string_value(json_array_get(errors, 1)),
		"peer.missing: an object is expected");
	assert_string_equal(json_string_value(json_array_get(errors, 2)),
		"peer.list[0].pt: a number from 0 to 127 is expected");
	json_decref(json);
	json_decref(errors);
}

static void a_long_key_is_cut_between_letters_so_that_its_error_is_told(void **state)
{
	(void)state;
	struct object_error error;
	json_t *errors = json_array();
	json_t *schema = object_schema_new();
	json_t *json = json_object();
	char key[202] =
		"a"; /* and a hundred letters of two octets: the 60th octet is the first half of one */
	for (size_t i = 1; i + 2 < sizeof(key); i += 2)
		memcpy(key + i, "\xC3\xA9", 3);
	json_object_set_new(json, key, json_true());
	const struct object root = object_root_noted(json, "rules", &error, errors, schema);
	object_refuse_unknown(&root);
	assert_true(error.failed);
	assert_int_equal(json_array_size(errors), 1);
	json_decref(json);
	json_decref(schema);
	json_decref(errors);
}

static void what_nobody_asked_for_is_named_with_what_was_meant(void **state)
{
	struct object_error error;
	json_t *errors = json_array();
	json_t *schema = object_schema_new();
	json_t *json = json_loads(
		"{\"time\":{\"warn_s\":1,\"gracs_s\":2},\"list\":[{\"b\":1},{\"entirely\":2}],"
		"\"other\":{\"deep\":1}}",
		0, NULL);
	const struct object root = object_root_noted(json, "rules", &error, errors, schema);
	const struct object time = object_child(&root, "time");
	(void)object_int(&time, "warn_s", 0, 9);
	(void)object_int_or(&time, "grace_s", 0, 9, 0);
	assert_int_equal(object_array(&root, "list", 2), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct object at = object_at(&root, "list", i);
		(void)object_int_or(&at, "b", 0, 9, 0);
	}
	assert_false(error.failed);
	object_refuse_unknown(&root);
	assert_int_equal(json_array_size(errors), 3);
	assert_string_equal(
		json_string_value(json_array_get(errors, 0)), "rules.other: no such key");
	assert_string_equal(json_string_value(json_array_get(errors, 1)),
		"rules.time.gracs_s: no such key, grace_s is one");
	assert_string_equal(json_string_value(json_array_get(errors, 2)),
		"rules.list[1].entirely: no such key");
	json_decref(json);
	json_decref(schema);
	json_decref(errors);
}

static void a_schema_says_what_was_asked_for(void **state)
{
	static const char expected[] =
		"{\"additionalProperties\":false,\"properties\":{\"list\":{\"items\":{\"type\":\"string\"},"
		"\"maxItems\":4,\"type\":\"array\"},\"time\":{\"additionalProperties\":false,\"properties\":"
		"{\"cut\":{\"type\":\"boolean\"},\"warn_s\":{\"maximum\":9,\"minimum\":0,\"type\":\"integer\"}},"
		"\"required\":[\"warn_s\"],\"type\":\"object\"}},\"required\":[\"time\"],\"type\":\"object\"}";
	struct object_error error;
	json_t *schema = object_schema_new();
	json_t *json = json_loads("{\"time\":{\"warn_s\":1},\"list\":[\"a\"]}", 0, NULL);
	const struct object root = object_root_noted(json, "rules", &error, NULL, schema);
	const struct object time = object_child(&root, "time");
	(void)object_int(&time, "warn_s", 0, 9);
	(void)object_int(&time, "warn_s", 0, 9); /* asked twice, noted once */
	(void)object_bool_or(&time, "cut", false);
	assert_int_equal(object_array(&root, "list", 4), 1);
	assert_string_equal(object_text_at(&root, "list", 0), "a");
	char *text = json_dumps(schema, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, expected);
	free(text);
	json_decref(json);
	json_decref(schema);
}

/* Every example of the paper is one object with a type that fits into a frame. */
static void run_example(void *ctx, const char *kind, size_t line, const char *text)
{
	struct object_error error;
	struct rs_buf out;
	json_error_t why;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (json == NULL)
		fail_msg("line %zu: %s", line + (size_t)why.line - 1, why.text);
	const struct object root = object_root(json, kind, &error);
	assert_true(object_text(&root, "type")[0] != '\0');
	if (error.failed)
		fail_msg("line %zu: %s", line, error.text);
	rs_buf_init(&out, 65536);
	assert_int_equal(frame_write_message(&out, text, strlen(text)), 0);
	rs_buf_done(&out);
	json_decref(json);
}

static void the_examples_of_the_paper_are_messages(void **state)
{
	assert_true(examples_each("common/control/PROTOCOL.md", run_example, NULL) >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_out_as_they_went_in_octet_by_octet),
		cmocka_unit_test(frames_fed_at_once_come_out_one_by_one),
		cmocka_unit_test(lengths_and_kinds_are_judged_at_the_limit_and_one_beyond),
		cmocka_unit_test(what_does_not_fit_is_not_written_in_part),
		cmocka_unit_test(a_packet_frame_without_a_whole_rtp_header_is_malformed),
		cmocka_unit_test(members_are_read_by_type),
		cmocka_unit_test(an_error_names_the_member_and_the_first_one_stays),
		cmocka_unit_test(each_kind_of_error_is_told_in_words),
		cmocka_unit_test(text_with_a_nul_inside_is_refused),
		cmocka_unit_test(every_error_is_told_when_all_are_wanted),
		cmocka_unit_test(a_long_key_is_cut_between_letters_so_that_its_error_is_told),
		cmocka_unit_test(what_nobody_asked_for_is_named_with_what_was_meant),
		cmocka_unit_test(a_schema_says_what_was_asked_for),
		cmocka_unit_test(the_examples_of_the_paper_are_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
