#include "recorder/webcast/bulletin.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STARTED_MS INT64_C(1795305600123)

static const char session[] =
	"{\"format\": \"rostrum-archive/1\", \"meeting\": \"demo\", \"session\": \"demo-1\", \"title\": \"Working group\","
	" \"started_us\": 1795305600123456, \"channels\": [{\"id\": \"fr\", \"language\": \"fr\", \"name\": \"F\"},"
	" {\"id\": \"not a name\"}]}";

static struct bulletin make(void)
{
	struct bulletin bulletin;
	assert_int_equal(bulletin_init(&bulletin, session, strlen(session)), 0);
	return bulletin;
}

/* An event of the meeting so long after the session's beginning. */
static void happens(struct bulletin *bulletin, int64_t at_ms, const char *name, const char *data)
{
	char line[2048];
	(void)snprintf(line, sizeof(line),
		"{\"seq\":1,\"utc\":\"\",\"type\":\"meeting\",\"event\":4,\"hash\":\"\",\"payload\":{\"event\":4,\"time\":%" PRId64
		",\"name\":\"%s\",\"by\":null,\"data\":%s},\"prev\":\"\",\"sum\":\"\"}",
		STARTED_MS + at_ms, name, data);
	bulletin_line(bulletin, line, strlen(line));
}

static void says(struct bulletin *bulletin, const char *utc, const char *type, const char *payload)
{
	char line[512];
	(void)snprintf(line, sizeof(line), "{\"utc\":\"%s\",\"type\":\"%s\",\"payload\":%s}", utc,
		type, payload);
	bulletin_line(bulletin, line, strlen(line));
}

static void a_session_says_what_it_is(void **state)
{
	struct bulletin bulletin = make();
	assert_string_equal(bulletin.meeting, "demo");
	assert_string_equal(bulletin.session, "demo-1");
	assert_string_equal(bulletin.title, "Working group");
	assert_int_equal(bulletin.started_ms, STARTED_MS);
	assert_int_equal(bulletin.n_channels, 1);
	assert_true(bulletin.is_public);
	assert_int_equal(bulletin_init(&bulletin, "[]", 2), -EBADMSG);
	assert_int_equal(bulletin_init(&bulletin, session, strlen(session) - 1), -EBADMSG);
}

static void it_is_off_until_it_is_switched_on(void **state)
{
	struct bulletin bulletin = make();
	assert_false(bulletin_is_on(&bulletin));
	happens(&bulletin, 5000, "webcast", "{\"on\":true}");
	assert_true(bulletin_is_on(&bulletin));
	assert_int_equal(bulletin.from_ms, 5000);
	assert_int_equal(bulletin_end(&bulletin), BULLETIN_NEVER);
	happens(&bulletin, 9000, "webcast", "{\"on\":true}"); /* so it is */
	assert_int_equal(bulletin.from_ms, 5000);
	happens(&bulletin, 12000, "webcast", "{\"on\":false}");
	assert_false(bulletin_is_on(&bulletin));
	assert_int_equal(bulletin_end(&bulletin), 12000);
	happens(&bulletin, 20000, "webcast", "{\"on\":true}");
	assert_int_equal(bulletin.switched, 2);
	assert_int_equal(bulletin.from_ms, 20000);
}

static void a_session_may_begin_with_it(void **state)
{
	struct bulletin bulletin = make();
	happens(&bulletin, -4, "recording-started", "{\"session\":\"demo-0\",\"webcast\":true}");
	assert_false(bulletin_is_on(&bulletin)); /* of another */
	happens(&bulletin, -3, "recording-started", "{\"session\":\"demo-1\",\"webcast\":true}");
	assert_true(bulletin_is_on(&bulletin));
	assert_int_equal(bulletin.from_ms, 0);
	happens(&bulletin, 900, "recording-started", "{\"session\":\"demo-1\"}");
	assert_false(bulletin_is_on(&bulletin));
}

static void it_ends_where_the_public_has_to_leave(void **state)
{
	struct bulletin bulletin = make();
	happens(&bulletin, 1000, "webcast", "{\"on\":true}");
	happens(&bulletin, 2000, "visibility-changed", "{\"visibility\":\"public\"}");
	assert_true(bulletin_is_on(&bulletin));
	happens(&bulletin, 3000, "visibility-changed", "{\"visibility\":\"private\"}");
	assert_false(bulletin_is_on(&bulletin));
	assert_int_equal(bulletin_end(&bulletin), 3000);
}

static void what_is_not_public_is_never_on(void **state)
{
	static const char closed[] =
		"{\"format\": \"rostrum-archive/1\", \"meeting\": \"demo\", \"session\": \"demo-1\", \"started_us\": 1, \"class\": \"private\"}";
	struct bulletin bulletin;
	assert_int_equal(bulletin_init(&bulletin, closed, strlen(closed)), 0);
	happens(&bulletin, 1000, "webcast", "{\"on\":true}");
	assert_false(bulletin_is_on(&bulletin));
}

static void it_ends_with_the_recording(void **state)
{
	struct bulletin bulletin = make();
	happens(&bulletin, 1000, "webcast", "{\"on\":true}");
	says(&bulletin, "2026-11-22T00:00:10.623Z", "recording-stopped", "{\"reason\":\"\"}");
	assert_false(bulletin_is_on(&bulletin));
	assert_int_equal(bulletin_end(&bulletin), 10500);
	says(&bulletin, "2026-11-22T00:01:00.000Z", "recording-resumed", "{}");
	assert_true(bulletin_is_on(&bulletin));
}

static void a_recorder_that_stops_ends_no_meeting(void **state)
{
	struct bulletin bulletin = make();
	happens(&bulletin, 1000, "webcast", "{\"on\":true}");
	assert_int_equal(bulletin.parts, 1);
	says(&bulletin, "2026-11-22T00:00:10.623Z", "recording-stopped",
		"{\"reason\":\"" ARCHIVE_RECORDER_STOPS "\"}");
	assert_true(bulletin_is_on(&bulletin));
	says(&bulletin, "2026-11-22T00:01:00.000Z", "recording-resumed", "{}");
	assert_true(bulletin_is_on(&bulletin));
	assert_int_equal(bulletin.parts, 2);
}

static void who_is_shown_is_taken_in_time(void **state)
{
	struct bulletin bulletin = make();
	struct bulletin_show show;
	says(&bulletin, "", "show", "{\"source\":\"KEN\",\"t_ms\":1000}");
	says(&bulletin, "", "show", "{\"source\":\"\",\"t_ms\":2000}");
	assert_int_equal(bulletin_take_show(&bulletin, 999, &show), 0);
	assert_int_equal(bulletin_take_show(&bulletin, 1500, &show), 1);
	assert_true(show.somebody && show.at_ms == 1000);
	assert_int_equal(bulletin_take_show(&bulletin, 1500, &show), 0);
	assert_int_equal(bulletin_take_show(&bulletin, 2000, &show), 1);
	assert_false(show.somebody);
	for (int i = 0; i < BULLETIN_SHOWS + 1; i++) {
		char payload[64];
		(void)snprintf(payload, sizeof(payload), "{\"source\":\"KEN\",\"t_ms\":%d}", i);
		says(&bulletin, "", "show", payload);
	}
	assert_int_equal(bulletin.n_shows, BULLETIN_SHOWS);
	assert_int_equal(bulletin_take_show(&bulletin, INT64_MAX, &show), 1);
	assert_int_equal(show.at_ms, 1); /* the oldest went */
}

static void captions_come_with_session_time(void **state)
{
	struct bulletin bulletin = make();
	struct bulletin_caption caption;
	char data[1200];
	happens(&bulletin, 0, "webcast", "{\"on\":true}");
	(void)snprintf(data, sizeof(data),
		"{\"language\":\"fr\",\"line\":7,\"text\":\"Bonjour\",\"from_ms\":%" PRId64
		",\"to_ms\":%" PRId64 "}",
		STARTED_MS + 1000, STARTED_MS + 3000);
	happens(&bulletin, 3000, "caption", data);
	/* No name, no text, backwards, far from now. */
	happens(&bulletin, 1, "caption", "{\"language\":\"../fr\",\"line\":7,\"text\":\"B\"}");
	happens(&bulletin, 1, "caption", "{\"language\":\"fr\",\"line\":7,\"text\":\"\"}");
	happens(&bulletin, 1, "caption",
		"{\"language\":\"fr\",\"line\":7,\"text\":\"B\",\"from_ms\":9,\"to_ms\":3}");
	happens(&bulletin, 1, "caption",
		"{\"language\":\"fr\",\"line\":7,\"text\":\"B\",\"from_ms\":9,\"to_ms\":9795305600123}");
	assert_int_equal(bulletin_take_caption(&bulletin, &caption), 1);
	assert_string_equal(caption.language, "fr");
	assert_string_equal(caption.text, "Bonjour");
	assert_int_equal(caption.line, 7);
	assert_int_equal(caption.from_ms, 1000);
	assert_int_equal(caption.to_ms, 3000);
	assert_int_equal(bulletin_take_caption(&bulletin, &caption), 0);
	for (int i = 0; i < BULLETIN_CAPTIONS + 1; i++)
		happens(&bulletin, 3000, "caption", data);
	assert_int_equal(bulletin.n_captions, BULLETIN_CAPTIONS);
}

static void writes(struct bulletin *bulletin, const char *text, int64_t from_ms, int64_t to_ms)
{
	char data[256];
	(void)snprintf(data, sizeof(data),
		"{\"language\":\"fr\",\"line\":7,\"text\":\"%s\",\"from_ms\":%" PRId64
		",\"to_ms\":%" PRId64 "}",
		text, STARTED_MS + from_ms, STARTED_MS + to_ms);
	happens(bulletin, to_ms + 2000, "caption", data);
}

/* Lines are written seconds after the words: those of before the switch come when it is on, and wait since then. */
static void no_words_are_read_that_were_said_off_the_air(void **state)
{
	struct bulletin bulletin = make();
	struct bulletin_caption caption;
	writes(&bulletin, "long before", 1000, 3000);
	happens(&bulletin, 10000, "webcast", "{\"on\":true}");
	writes(&bulletin, "just before", 8000, 9500);
	writes(&bulletin, "begun before", 9500, 11000);
	writes(&bulletin, "on the air", 10000, 12000);
	assert_int_equal(bulletin_take_caption(&bulletin, &caption), 1);
	assert_string_equal(caption.text, "on the air");
	assert_int_equal(bulletin_take_caption(&bulletin, &caption), 0);
	writes(&bulletin, "the last", 18000, 20000);
	happens(&bulletin, 20000, "webcast", "{\"on\":false}");
	writes(&bulletin, "ended behind", 19000, 21000);
	writes(&bulletin, "behind", 20500, 22000);
	assert_int_equal(bulletin_take_caption(&bulletin, &caption), 1);
	assert_string_equal(caption.text, "the last");
	assert_int_equal(bulletin_take_caption(&bulletin, &caption), 0);
}

static void whatever_else_is_there_is_passed_over(void **state)
{
	static char line[70000];
	struct bulletin bulletin = make();
	memset(line, ' ', sizeof(line));
	bulletin_line(&bulletin, line, sizeof(line));
	bulletin_line(&bulletin, "", 0);
	bulletin_line(&bulletin, "{", 1);
	bulletin_line(&bulletin, "[1]", 3);
	says(&bulletin, "", "recording-stopped", "null");
	assert_int_equal(bulletin_end(&bulletin), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_says_what_it_is),
		cmocka_unit_test(it_is_off_until_it_is_switched_on),
		cmocka_unit_test(a_session_may_begin_with_it),
		cmocka_unit_test(it_ends_where_the_public_has_to_leave),
		cmocka_unit_test(what_is_not_public_is_never_on),
		cmocka_unit_test(it_ends_with_the_recording),
		cmocka_unit_test(a_recorder_that_stops_ends_no_meeting),
		cmocka_unit_test(who_is_shown_is_taken_in_time),
		cmocka_unit_test(captions_come_with_session_time),
		cmocka_unit_test(no_words_are_read_that_were_said_off_the_air),
		cmocka_unit_test(whatever_else_is_there_is_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
