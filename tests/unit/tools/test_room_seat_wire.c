#include "tools/roombox/seats/seat_description.h"
#include "tools/roombox/seats/seat_texts.h"
#include "tools/roombox/seats/seat_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct seat_row row = {
	.seat = "A12",
	.badge = "KEN",
	.name = "\"Kenya\"",
	.state = SEAT_CALLED,
	.lamp = SEAT_LAMP_NEXT,
	.microphone = true,
};
#define ROW                                                                                    \
	"{\"seat\":\"A12\",\"name\":\"\\\"Kenya\\\"\",\"badge\":\"KEN\",\"state\":\"called\"," \
	"\"lamp\":\"next\",\"microphone\":true}"

#define check_text(call, expected)                                                 \
	do {                                                                       \
		struct rs_buf buf;                                                 \
		rs_buf_init(&buf, 65536);                                          \
		struct rs_buf *const out = &buf;                                   \
		assert_int_equal((call), 0);                                       \
		assert_int_equal(rs_buf_len(out), strlen(expected));               \
		assert_memory_equal(rs_buf_data(out), expected, strlen(expected)); \
		rs_buf_done(out);                                                  \
	} while (0)

static void rows_and_messages_are_written(void **state)
{
	check_text(seat_row_write(&row, out), ROW);
	check_text(seat_rows_write("demo", false, &row, 1, false, out),
		"{\"format\":\"rostrum-seats/1\",\"meeting\":\"demo\",\"line\":\"lost\",\"seats\":[" ROW
		"]}");
	check_text(seat_rows_write("demo", true, NULL, 0, true, out),
		"{\"type\":\"seats\",\"format\":\"rostrum-seats/1\",\"meeting\":\"demo\","
		"\"line\":\"connected\",\"seats\":[]}");
	check_text(seat_message_row(&row, out), "{\"type\":\"seat\",\"seat\":" ROW "}");
	check_text(seat_message_line(true, out), "{\"type\":\"line\",\"line\":\"connected\"}");
	check_text(seat_message_refused("A12", "list-closed", out),
		"{\"type\":\"refused\",\"seat\":\"A12\",\"reason\":\"list-closed\"}");
	check_text(seat_problem_write(SEAT_PROBLEM_NO_LINE, out),
		"{\"type\":\"/problems#no-line\",\"status\":503,\"title\":\"The box has no line to "
		"the meeting just now.\",\"reason\":\"no-line\"}");
}

static void a_row_is_no_longer_than_is_said(void **state)
{
	struct seat_row longest = { .state = SEAT_REQUESTED, .lamp = SEAT_LAMP_REQUEST };
	struct rs_buf out;
	memset(longest.seat, '\x01', SEATS_NAME_MAX);
	memset(longest.badge, 'B', RS_NAME_MAX);
	memset(longest.name, '\x01', SEATS_PERSON_MAX);
	rs_buf_init(&out, SEAT_WIRE_ROW_MAX);
	assert_int_equal(seat_row_write(&longest, &out), 0);
	rs_buf_done(&out);
}

static void keys_are_read_or_refused(void **state)
{
	struct seat_key key;
	assert_int_equal(seat_key_read("{\"press\":\"A12\"}", 15, &key), 0);
	assert_string_equal(key.seat, "A12");
	assert_false(key.release);
	static const char released[] = " {\"release\": \"Ä 1/2\"} ";
	assert_int_equal(seat_key_read(released, strlen(released), &key), 0);
	assert_string_equal(key.seat, "Ä 1/2");
	assert_true(key.release);
	static const char *const bad[] = { "", "{}", "[]", "\"press\"", "{\"press\":12}",
		"{\"press\":\"\"}", "{\"press\":\"seventeen octets!\"}", "{\"press\":null}",
		"{\"press\":\"A\",\"release\":\"A\"}", "{\"press\":\"A\",\"more\":1}",
		"{\"press\":\"A\",\"press\":\"B\"}", "{\"press\":\"A\"", "{\"press\":\"A\"}x",
		"{\"press\":\"\\u0000\"}" };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(seat_key_read(bad[i], strlen(bad[i]), &key), -EBADMSG);
}

static void paths_lead_to_their_routes(void **state)
{
	static const struct {
		const char *path;
		enum seat_route_kind kind;
		const char *seat;
	} good[] = {
		{ "/seats", SEAT_ROUTE_SEATS, "" },
		{ "/seats/A12", SEAT_ROUTE_SEAT, "A12" },
		{ "/seats/A12/press", SEAT_ROUTE_PRESS, "A12" },
		{ "/seats/row 1/2/release", SEAT_ROUTE_RELEASE, "row 1/2" },
		{ "/seats/press", SEAT_ROUTE_SEAT, "press" },
		{ "/seats/sixteen octets!!/press", SEAT_ROUTE_PRESS, "sixteen octets!!" },
		{ "/events", SEAT_ROUTE_EVENTS, "" },
		{ "/openapi.json", SEAT_ROUTE_DESCRIPTION, "" },
		{ "/problems", SEAT_ROUTE_PROBLEMS, "" },
	};
	enum seat_route_kind kind;
	char seat[SEATS_NAME_MAX + 1];
	for (size_t i = 0; i < RS_ARRAY_LEN(good); i++) {
		assert_int_equal(seat_route_find(good[i].path, &kind, seat), 0);
		assert_int_equal(kind, good[i].kind);
		assert_string_equal(seat, good[i].seat);
	}
	static const char *const bad[] = { "", "/", "/seats/", "/seat", "/events/",
		"/seats/seventeen octets!", "/openapi.json/x" };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(seat_route_find(bad[i], &kind, seat), -ENOENT);
}

/* --- the description and the program --- */

static json_t *description(void)
{
	json_t *json = json_loadb(seat_api_description, seat_api_description_len, 0, NULL);
	assert_non_null(json);
	return json;
}

static void every_route_is_described_and_every_description_is_a_route(void **state)
{
	json_t *json = description();
	json_t *paths = json_object_get(json, "paths");
	size_t described = 0;
	const char *path;
	json_t *methods;
	json_object_foreach(paths, path, methods) described += json_object_size(methods);
	assert_int_equal(described, SEAT_ROUTES);
	for (size_t i = 0; i < SEAT_ROUTES; i++) {
		const struct seat_route *route = &seat_routes[i];
		char method[8] = "";
		char address[64];
		for (size_t c = 0; route->method[c] != '\0'; c++)
			method[c] = (char)(route->method[c] | 0x20);
		(void)snprintf(address, sizeof(address), "%s%s%s", route->before,
			route->behind != NULL ? "{seat}" : "",
			route->behind != NULL ? route->behind : "");
		methods = json_object_get(paths, address);
		assert_non_null(json_object_get(methods, method));
	}
	json_decref(json);
}

static void every_problem_can_be_told_as_described(void **state)
{
	struct rs_buf out;
	rs_buf_init(&out, 65536);
	assert_int_equal(seat_problems_write(&out), 0);
	json_t *all = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	json_t *list = json_object_get(all, "problems");
	assert_int_equal(json_array_size(list), SEAT_PROBLEMS);
	for (size_t i = 0; i < SEAT_PROBLEMS; i++) {
		json_t *one = json_array_get(list, i);
		char type[64];
		(void)snprintf(type, sizeof(type), "/problems#%s",
			json_string_value(json_object_get(one, "reason")));
		assert_string_equal(json_string_value(json_object_get(one, "type")), type);
		assert_int_equal(json_integer_value(json_object_get(one, "status")),
			seat_problem_status((enum seat_problem)i));
	}
	json_decref(all);
	rs_buf_done(&out);
}

static void lines_for_seats_stand_until_they_are_over(void **state)
{
	(void)state;
	static struct seat_texts texts;
	struct seat_text text;
	struct rs_buf out;
	seat_texts_set(&texts, "A12", "Move closer.");
	seat_texts_set(&texts, "A13", "Thank you.");
	seat_texts_set(&texts, "A12", "");
	/* who followed all along, and who comes now */
	assert_true(seat_texts_next(&texts, 1, 0, &text));
	assert_string_equal(text.seat, "A13");
	assert_true(seat_texts_next(&texts, text.version, 0, &text));
	assert_string_equal(text.seat, "A12");
	assert_false(seat_texts_next(&texts, text.version, 0, &text));
	assert_true(seat_texts_next(&texts, 0, texts.version, &text));
	assert_string_equal(text.seat, "A13");
	assert_false(seat_texts_next(&texts, text.version, texts.version, &text));
	/* of too many the oldest goes */
	for (unsigned i = 0; i < SEAT_TEXTS_MAX; i++) {
		char seat[8];
		(void)snprintf(seat, sizeof(seat), "B%u", i);
		seat_texts_set(&texts, seat, "x");
	}
	assert_true(seat_texts_next(&texts, 0, 0, &text));
	assert_string_equal(text.seat, "B0");

	rs_buf_init(&out, 4096);
	assert_int_equal(seat_message_text("A12", "Closer.", &out), 0);
	assert_int_equal(seat_message_text("", "", &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out),
		"{\"type\":\"message\",\"seat\":\"A12\",\"text\":\"Closer.\"}"
		"{\"type\":\"message\",\"seat\":null,\"text\":null}");
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_messages_are_written),
		cmocka_unit_test(a_row_is_no_longer_than_is_said),
		cmocka_unit_test(keys_are_read_or_refused),
		cmocka_unit_test(paths_lead_to_their_routes),
		cmocka_unit_test(every_route_is_described_and_every_description_is_a_route),
		cmocka_unit_test(every_problem_can_be_told_as_described),
		cmocka_unit_test(lines_for_seats_stand_until_they_are_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
