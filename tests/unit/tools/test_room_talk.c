/* A room box's line to the meeting, without a socket: views and patches, keys and replies, a line that breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "tests/support/oom.h"
#include "tools/roombox/meeting/orders.h"
#include "tools/roombox/meeting/seating.h"
#include "tools/roombox/meeting/talk.h"

#define VIEW                                                                                                                                       \
	"{\"participants\":{"                                                                                                                      \
	"\"KEN\":{\"name\":\"Ms. Odhiambo\",\"role\":\"delegate\",\"country\":\"Kenya\",\"seat\":\"A12\",\"present\":true,\"place\":\"in-room\"}," \
	"\"FRA\":{\"name\":\"M. Moreau\",\"role\":\"delegate\",\"country\":\"France\",\"seat\":\"A13\",\"present\":false},"                        \
	"\"BRA\":{\"name\":\"Ms. Carvalho\",\"role\":\"delegate\",\"country\":\"Brazil\",\"present\":true},"                                       \
	"\"chair\":{\"name\":\"The Chair\",\"role\":\"chair\",\"seat\":\"P1\",\"present\":true,\"place\":\"in-room\"}},"                           \
	"\"list\":[],\"open\":[],\"floor\":{}}"

struct bench {
	struct rs_rand rand;
	struct talk *talk;
	rs_time now;
	char said[TALK_SEND_MAX + 1];
};

static void tell(struct bench *bench, const char *text)
{
	assert_int_equal(talk_recv(bench->talk, text, strlen(text), bench->now), 0);
}

/* The next text, or "". */
static const char *said(struct bench *bench)
{
	const bool has_text = talk_has_text(bench->talk);
	const size_t len = talk_poll(bench->talk, bench->said);
	assert_int_equal(has_text, len > 0); /* or the box would ask its socket again and again */
	bench->said[len] = '\0';
	return bench->said;
}

static void welcome(struct bench *bench, const char *view)
{
	char text[4096];
	(void)snprintf(text, sizeof(text),
		"{\"type\":\"welcome\",\"epoch\":\"e1\",\"event\":7,\"resumed\":false,\"place\":5,\"view\":%s}",
		view);
	tell(bench, text);
}

static void event(struct bench *bench, int number, const char *patch)
{
	char text[2048];
	(void)snprintf(text, sizeof(text),
		"{\"type\":\"event\",\"event\":%d,\"name\":\"x\",\"patch\":%s}", number, patch);
	tell(bench, text);
}

/* "A12 Kenya requested" of each seat that changed, " " between; the rest of the news by their kind. */
static const char *news(struct bench *bench)
{
	static const char *const states[] = { "idle", "requested", "called", "open" };
	static char out[1024];
	struct meeting_news one;
	out[0] = '\0';
	while (talk_news(bench->talk, &one) == 1) {
		const size_t at = strlen(out);
		char *end = out + at;
		const size_t left = sizeof(out) - at;
		if (one.kind == MEETING_SEAT)
			(void)snprintf(end, left, "%s %s %s; ", one.seat.seat,
				one.seat.badge[0] != '\0' ? one.seat.name : "nobody",
				states[one.seat.state]);
		else if (one.kind == MEETING_REFUSED)
			(void)snprintf(end, left, "%s refused %s; ", one.seat.seat, one.reason);
		else if (one.kind == MEETING_TEXT)
			(void)snprintf(end, left, "%s reads %s; ", one.seat.seat, one.text);
		else if (one.kind == MEETING_FIGURES)
			(void)snprintf(end, left, "every %d ms; ", (int)(one.every / 1000));
		else if (one.kind == MEETING_SIGNAL)
			(void)snprintf(end, left, "signal%s%s; ", one.tone ? " tone" : "",
				one.bars ? " bars" : "");
		else if (one.kind == MEETING_RESTART)
			(void)snprintf(end, left, "restart; ");
		else if (one.kind == MEETING_LAYERS)
			(void)snprintf(end, left, "%s wants %zu; ", one.peer, one.wanted);
		else
			(void)snprintf(end, left, one.connected ? "line; " : "no line; ");
	}
	return out;
}

static int setup(void **state)
{
	static struct bench bench;
	bench = (struct bench){ .now = RS_SEC(100) };
	rs_rand_init_seed(&bench.rand, 1);
	assert_int_equal(talk_new("t.o.k", &bench.rand, bench.now, &bench.talk), 0);
	*state = &bench;
	return 0;
}

static int setup_welcome(void **state)
{
	(void)setup(state);
	struct bench *bench = *state;
	talk_opened(bench->talk, bench->now);
	assert_string_equal(
		said(bench), "{\"type\":\"hello\",\"token\":\"t.o.k\",\"changes\":true}");
	welcome(bench, VIEW);
	assert_string_equal(
		news(bench), "line; A12 Kenya idle; A13 France idle; P1 The Chair idle; ");
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	talk_free(bench->talk);
	return 0;
}

static void seats_are_told_as_they_change_and_only_then(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(news(bench), "");
	event(bench, 8,
		"{\"list\":[{\"entry\":3,\"participant\":\"BRA\"},{\"entry\":4,\"participant\":\"KEN\"}]}");
	assert_string_equal(news(bench), "A12 Kenya requested; ");
	event(bench, 9, "{\"list\":[{\"entry\":4,\"participant\":\"KEN\"}],\"open\":[\"BRA\"]}");
	assert_string_equal(news(bench), "A12 Kenya called; ");
	event(bench, 10,
		"{\"list\":[],\"open\":[\"KEN\",\"chair\"],\"floor\":{\"holder\":\"KEN\"}}");
	assert_string_equal(news(bench), "A12 Kenya open; P1 The Chair open; ");
	/* Two changes that are not taken between are one. */
	event(bench, 11, "{\"open\":[],\"floor\":{\"holder\":null}}");
	event(bench, 12, "{\"open\":[\"KEN\"]}");
	assert_string_equal(news(bench), "P1 The Chair idle; ");
	event(bench, 13, "{\"participants\":{\"KEN\":{\"place\":null}}}");
	assert_string_equal(news(bench), "A12 Kenya idle; ");
	event(bench, 14, "{\"participants\":{\"KEN\":null}}");
	assert_string_equal(news(bench), "A12 nobody idle; ");
}

/* PROTOCOL.md section 3.6. */
static void of_lists_only_what_is_otherwise_need_be_told(void **state)
{
	struct bench *bench = *state;
	event(bench, 8,
		"{\"list\":{\"entries\":{\"3\":{\"entry\":3,\"participant\":\"BRA\"},\"4\":{\"entry\":4,\"participant\":\"KEN\"}}}}");
	assert_string_equal(news(bench), "A12 Kenya requested; ");
	event(bench, 9,
		"{\"list\":{\"entries\":{\"9\":{\"entry\":9,\"participant\":\"FRA\"}},\"order\":[9,3,4]}}");
	assert_string_equal(news(bench), "A13 France called; ");
	event(bench, 10, "{\"list\":{\"entries\":{\"9\":null,\"3\":null}}}");
	assert_string_equal(news(bench), "A12 Kenya called; A13 France idle; ");
	event(bench, 11, "{\"list\":{\"entries\":{\"4\":{\"requested\":true}}}}");
	assert_string_equal(news(bench), "A12 Kenya requested; ");
	event(bench, 12, "{\"list\":{\"entries\":{\"4\":{\"requested\":null}}}}");
	assert_string_equal(news(bench), "A12 Kenya called; ");
	/* Who had no seat gets one: nothing else of them is otherwise. */
	event(bench, 13, "{\"participants\":{\"BRA\":{\"seat\":\"B1\"}}}");
	assert_string_equal(news(bench), "B1 Brazil idle; ");
	event(bench, 14, "{\"participants\":{\"BRA\":{\"seat\":null}}}");
	assert_string_equal(news(bench), "B1 nobody idle; ");
}

static void the_clock_is_told_as_often_as_it_is_asked_for(void **state)
{
	struct bench *bench = *state;
	const int64_t wall_ms = 1795305600000;
	unsigned asked = 0;
	talk_wall(bench->talk, wall_ms * 1000 - bench->now);
	assert_string_equal(said(bench), "");
	const rs_time began = bench->now;
	while (talk_deadline(bench->talk) - began < RS_SEC(60)) {
		bench->now = talk_deadline(bench->talk);
		assert_false(talk_tick(bench->talk, bench->now));
		assert_string_equal(said(bench), "{\"type\":\"sync\"}");
		assert_string_equal(said(bench), "");
		asked++;
	}
	assert_int_equal(asked, 9); /* eight in two seconds, then each half minute */
	bench->now = began + RS_SEC(60);
	tell(bench, "{\"type\":\"sync\",\"n\":3735928559,\"time\":1795305600123,\"rtt\":84}");
	assert_string_equal(
		said(bench), "{\"type\":\"sync\",\"n\":3735928559,\"at\":1795305660000}");
	assert_string_equal(said(bench), "");
	/* A line that is gone is not asked; and what was asked on it is not answered on the next. */
	tell(bench, "{\"type\":\"sync\",\"n\":5,\"time\":1}");
	talk_closed(bench->talk, 1006, bench->now);
	talk_opened(bench->talk, bench->now);
	assert_non_null(strstr(said(bench), "\"resume\""));
	tell(bench, "{\"type\":\"welcome\",\"epoch\":\"e1\",\"event\":7,\"resumed\":true}");
	assert_string_equal(said(bench), "");
	assert_int_equal(talk_deadline(bench->talk), bench->now + RS_MS(250));
}

static void a_wish_for_the_floor_says_when_the_key_was_pressed(void **state)
{
	struct bench *bench = *state;
	talk_wall(bench->talk, INT64_C(1795305600000000) - bench->now);
	bench->now += RS_MS(7);
	talk_press(bench->talk, "A12", bench->now);
	bench->now += RS_SEC(1);
	talk_press(bench->talk, "P1", bench->now);
	assert_non_null(strstr(said(bench), "\"at\":1795305600007"));
	assert_non_null(strstr(said(bench), "\"open-microphone\""));
	assert_null(strstr(bench->said, "\"at\""));
}

static void whoever_waits_on_any_list_has_asked(void **state)
{
	struct bench *bench = *state;
	event(bench, 8,
		"{\"replies\":[{\"entry\":3,\"participant\":\"KEN\"}],\"list\":[{\"entry\":1,\"participant\":\"BRA\"}]}");
	assert_string_equal(news(bench), "A12 Kenya requested; ");
	event(bench, 9, "{\"list\":[]}");
	assert_string_equal(news(bench), "A12 Kenya called; ");
	event(bench, 10,
		"{\"replies\":[],\"points\":{\"waiting\":[{\"entry\":5,\"participant\":\"FRA\"}]}}");
	assert_string_equal(news(bench), "A12 Kenya idle; A13 France called; ");
	event(bench, 11,
		"{\"points\":{\"waiting\":[]},\"motions\":{\"waiting\":[],\"pending\":[{\"entry\":6,\"speakers\":[{\"entry\":7,\"participant\":\"KEN\",\"called\":false}]}]}}");
	assert_string_equal(news(bench), "A12 Kenya requested; A13 France idle; ");
	event(bench, 12,
		"{\"motions\":{\"pending\":[]},\"explanations\":{\"before\":[],\"after\":[{\"entry\":8,\"participant\":\"FRA\"}]}}");
	assert_string_equal(news(bench), "A12 Kenya idle; A13 France requested; ");
	event(bench, 13,
		"{\"explanations\":{\"after\":[]},\"floor\":{\"held\":{\"for\":\"FRA\",\"until\":9}}}");
	assert_string_equal(news(bench), "A13 France called; ");
	event(bench, 14, "{\"floor\":{\"held\":null}}");
	assert_string_equal(news(bench), "A13 France idle; ");
}

static void a_key_becomes_the_command_that_fits(void **state)
{
	struct bench *bench = *state;
	talk_press(bench->talk, "A12", bench->now);
	const char *ask = said(bench);
	json_t *json = json_loads(ask, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json, "type")), "ask-for-floor");
	assert_string_equal(json_string_value(json_object_get(json, "seat")), "A12");
	const char *id = json_string_value(json_object_get(json, "id"));
	char reply[128];
	(void)snprintf(reply, sizeof(reply),
		"{\"type\":\"reply\",\"id\":\"%s\",\"ok\":false,\"reason\":\"list-closed\",\"text\":\"\"}",
		id);
	json_decref(json);
	assert_string_equal(said(bench), "");
	tell(bench, reply);
	assert_string_equal(news(bench), "A12 refused list-closed; ");
	tell(bench, reply); /* nobody's any more */
	assert_string_equal(news(bench), "");

	talk_press(bench->talk, "P1", bench->now);
	assert_non_null(strstr(said(bench), "\"open-microphone\""));
	event(bench, 8,
		"{\"open\":[\"chair\"],\"list\":[{\"entry\":4,\"participant\":\"KEN\"}],\"points\":{\"waiting\":[{\"entry\":9,\"participant\":\"FRA\"}]}}");
	talk_release(bench->talk, "P1", bench->now);
	assert_non_null(strstr(said(bench), "\"close-microphone\""));
	talk_release(bench->talk, "A12", bench->now);
	assert_non_null(strstr(said(bench), "\"entry\":4"));
	assert_non_null(strstr(bench->said, "\"withdraw\""));
	talk_release(bench->talk, "A13", bench->now);
	assert_non_null(strstr(said(bench), "\"entry\":9"));
	assert_non_null(strstr(bench->said, "\"withdraw-point\""));
	event(bench, 9,
		"{\"open\":[\"KEN\"],\"floor\":{\"holder\":\"KEN\"},\"list\":[],\"points\":{\"waiting\":[]}}");
	talk_release(bench->talk, "A12", bench->now);
	assert_non_null(strstr(said(bench), "\"take-floor\""));
	talk_release(bench->talk, "A13", bench->now); /* asks for nothing */
	assert_string_equal(said(bench), "");
	(void)news(bench);
	talk_press(bench->talk, "Z9", bench->now);
	assert_string_equal(news(bench), "Z9 refused no-such-seat; ");
}

static void too_many_keys_at_once_are_refused(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < MEETING_PRESSES_MAX; i++)
		talk_press(bench->talk, "A12", bench->now);
	assert_string_equal(news(bench), "");
	talk_press(bench->talk, "A13", bench->now);
	assert_string_equal(news(bench), "A13 refused too-many; ");
}

static void a_line_that_breaks_is_taken_up_where_it_was(void **state)
{
	struct bench *bench = *state;
	char first[TALK_SEND_MAX + 1];
	event(bench, 8, "{}");
	talk_press(bench->talk, "A12", bench->now);
	(void)rs_set_text(first, said(bench));
	talk_closed(bench->talk, 1006, bench->now);
	assert_string_equal(news(bench), "no line; ");
	talk_press(bench->talk, "A13", bench->now);
	assert_string_equal(news(bench), "A13 refused no-line; ");
	assert_false(talk_wants_line(bench->talk, bench->now));
	bench->now += RS_MS(200);
	assert_true(talk_wants_line(bench->talk, bench->now));
	talk_opened(bench->talk, bench->now);
	assert_non_null(
		strstr(said(bench), "\"resume\":{\"epoch\":\"e1\",\"event\":8,\"place\":5}"));
	assert_string_equal(said(bench), "");
	tell(bench,
		"{\"type\":\"welcome\",\"epoch\":\"e1\",\"event\":9,\"resumed\":true,\"place\":5}");
	event(bench, 9, "{\"open\":[\"KEN\"]}");
	assert_string_equal(news(bench), "line; A12 Kenya open; ");
	/* What was not answered is sent again, with its own id. */
	assert_string_equal(said(bench), first);
	assert_string_equal(said(bench), "");
}

static void after_a_new_view_only_what_is_otherwise_is_told(void **state)
{
	struct bench *bench = *state;
	talk_closed(bench->talk, 1001, bench->now);
	talk_opened(bench->talk, bench->now);
	(void)said(bench);
	welcome(bench,
		"{\"participants\":{\"KEN\":{\"name\":\"x\",\"country\":\"Kenya\",\"seat\":\"A12\",\"present\":true,\"place\":\"in-room\"}},\"open\":[\"KEN\"]}");
	assert_string_equal(
		news(bench), "no line; line; A12 Kenya open; A13 nobody idle; P1 nobody idle; ");
}

static void a_press_is_not_sent_minutes_later(void **state)
{
	struct bench *bench = *state;
	talk_press(bench->talk, "A12", bench->now);
	(void)said(bench);
	talk_closed(bench->talk, 1006, bench->now);
	(void)news(bench);
	bench->now += ORDERS_PATIENCE;
	assert_false(talk_tick(bench->talk, bench->now));
	assert_string_equal(news(bench), "A12 refused not-answered; ");
	talk_opened(bench->talk, bench->now);
	(void)said(bench);
	tell(bench, "{\"type\":\"welcome\",\"epoch\":\"e1\",\"event\":7,\"resumed\":true}");
	assert_string_equal(said(bench), "");
}

static void events_that_are_missing_are_asked_for_anew(void **state)
{
	struct bench *bench = *state;
	static const char late[] = "{\"type\":\"event\",\"event\":9,\"patch\":{}}";
	assert_int_equal(talk_recv(bench->talk, late, sizeof(late) - 1, bench->now), -EBADMSG);
	talk_closed(bench->talk, 0, bench->now);
	talk_opened(bench->talk, bench->now);
	assert_null(strstr(said(bench), "resume"));
}

static void the_line_is_asked_for_ever_more_slowly(void **state)
{
	struct bench *bench = *state;
	rs_time longest = 0;
	assert_true(talk_wants_line(bench->talk, bench->now));
	for (int i = 0; i < 20; i++) {
		talk_closed(bench->talk, 0, bench->now);
		const rs_time wait = talk_deadline(bench->talk) - bench->now;
		assert_true(wait > 0 && wait <= TALK_WAIT_MOST);
		longest = wait > longest ? wait : longest;
		bench->now = talk_deadline(bench->talk);
		assert_true(talk_wants_line(bench->talk, bench->now));
	}
	assert_true(longest >= TALK_WAIT_MOST / 2);
	talk_closed(bench->talk, 4009, bench->now);
	assert_int_equal(talk_deadline(bench->talk) - bench->now, TALK_WAIT_ELSEWHERE);
}

static void nobody_who_welcomes_is_given_up(void **state)
{
	struct bench *bench = *state;
	talk_opened(bench->talk, bench->now);
	(void)said(bench);
	assert_false(talk_tick(bench->talk, bench->now + TALK_WELCOME - 1));
	assert_true(talk_tick(bench->talk, bench->now + TALK_WELCOME));
}

static void how_the_box_is_is_said_when_it_is_known_and_there_is_a_line(void **state)
{
	struct bench *bench = *state;
	const struct report report = { .version = "0.1.0", .cpu = 12 };
	assert_string_equal(said(bench), "");
	talk_report(bench->talk, &report);
	assert_non_null(strstr(said(bench), "\"type\":\"tell-box\""));
	assert_string_equal(said(bench), "");
	tell(bench, "{\"type\":\"technician\",\"do\":\"figures\",\"every\":1000}");
	tell(bench, "{\"type\":\"technician\",\"do\":\"figures\",\"every\":1}");
	tell(bench, "{\"type\":\"technician\",\"do\":\"figures\",\"every\":3600000}");
	assert_string_equal(news(bench), "every 1000 ms; every 1000 ms; every 5000 ms; ");
	/* a key goes first; and what is known of a line that broke is old by the next */
	talk_report(bench->talk, &report);
	talk_press(bench->talk, "A12", bench->now);
	assert_non_null(strstr(said(bench), "ask-for-floor"));
	assert_non_null(strstr(said(bench), "tell-box"));
	talk_report(bench->talk, &report);
	talk_closed(bench->talk, 0, bench->now);
	talk_report(bench->talk, &report);
	talk_opened(bench->talk, bench->now);
	(void)said(bench);
	welcome(bench, VIEW);
	assert_non_null(strstr(said(bench), "ask-for-floor"));
	assert_string_equal(said(bench), "");
}

#define SIGNAL(which)                                                                      \
	"{\"type\":\"technician\",\"do\":\"test-signal\",\"number\":5,\"signal\":\"" which \
	"\",\"until\":9}"

static void a_test_signal_ends_with_the_line_and_when_the_meeting_hears_the_room(void **state)
{
	struct bench *bench = *state;
	tell(bench, SIGNAL("tone"));
	tell(bench, SIGNAL("both"));
	tell(bench,
		"{\"type\":\"technician\",\"do\":\"test-signal\",\"signal\":\"off\",\"until\":null}");
	tell(bench, SIGNAL("bars"));
	assert_string_equal(news(bench), "signal tone; signal tone bars; signal; signal bars; ");
	assert_string_equal(said(bench), ""); /* there is nothing to answer */
	event(bench, 8, "{\"meeting\":{\"state\":\"test\"},\"open\":[\"KEN\"]}");
	assert_null(strstr(news(bench), "signal"));
	event(bench, 9, "{\"meeting\":{\"state\":\"in-session\"}}");
	assert_string_equal(news(bench), "signal; ");
	/* one that comes late is none */
	tell(bench, SIGNAL("tone"));
	assert_string_equal(news(bench), "signal tone; signal; ");
	event(bench, 10, "{\"open\":[\"BRA\"]}"); /* who takes part from afar */
	(void)news(bench);
	tell(bench, SIGNAL("tone"));
	assert_string_equal(news(bench), "signal tone; ");
	talk_closed(bench->talk, 0, bench->now);
	assert_string_equal(news(bench), "no line; signal; ");
}

static void a_technicians_lines_are_passed_on_and_a_restart_is_answered_first(void **state)
{
	struct bench *bench = *state;
	tell(bench,
		"{\"type\":\"technician\",\"do\":\"tell\",\"seat\":\"A12\",\"text\":\"Move closer.\",\"until\":9}");
	tell(bench, "{\"type\":\"technician\",\"do\":\"tell\",\"seat\":\"A12\",\"until\":null}");
	assert_string_equal(news(bench), "A12 reads Move closer.; A12 reads ; ");
	tell(bench, "{\"type\":\"technician\",\"do\":\"use-cable\",\"number\":3,\"until\":9}");
	assert_non_null(
		strstr(said(bench), "\"number\":3,\"answer\":\"cannot\",\"why\":\"no-person\""));
	tell(bench, "{\"type\":\"technician\",\"do\":\"restart\",\"number\":4,\"until\":9}");
	json_t *json = json_loads(said(bench), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json, "answer")), "done");
	assert_string_equal(news(bench), "");
	char reply[128];
	(void)snprintf(reply, sizeof(reply), "{\"type\":\"reply\",\"id\":\"%s\",\"ok\":true}",
		json_string_value(json_object_get(json, "id")));
	json_decref(json);
	tell(bench, reply);
	assert_string_equal(news(bench), "restart; ");
}

static void a_line_that_was_shown_or_could_not_be_is_answered_by_its_number(void **state)
{
	struct bench *bench = *state;
	struct meeting_news one;
	struct line_answer line = { .seat = "A12" };
	tell(bench,
		"{\"type\":\"technician\",\"do\":\"tell\",\"seat\":\"A12\",\"number\":6,\"text\":\"Louder.\",\"until\":9}");
	while (talk_news(bench->talk, &one) == 1)
		line.number = one.number;
	assert_int_equal(line.number, 6);
	talk_answer(bench->talk, &line, bench->now);
	(void)said(bench);
	assert_non_null(strstr(bench->said,
		"\"number\":6,\"answer\":\"cannot\",\"why\":\"no-display\",\"for_seat\":\"A12\""));
	/* to the room itself; and one that is late bothers no key */
	line = (struct line_answer){ .number = 7, .shown = true };
	talk_answer(bench->talk, &line, bench->now);
	assert_non_null(strstr(said(bench), "\"number\":7,\"answer\":\"done\"}"));
	bench->now += ORDERS_PATIENCE;
	assert_false(talk_tick(bench->talk, bench->now));
	assert_string_equal(news(bench), "");
	/* without a line it is forgotten: it is asked again with the next */
	talk_closed(bench->talk, 0, bench->now);
	talk_answer(bench->talk, &line, bench->now);
	talk_opened(bench->talk, bench->now);
	(void)said(bench);
	welcome(bench, VIEW);
	assert_string_equal(said(bench), "");
	tell(bench, "{\"type\":\"technician\",\"do\":\"tell\",\"number\":7,\"until\":null}");
	while (talk_news(bench->talk, &one) == 1)
		assert_int_equal(one.number, 0); /* over: nothing is to be answered */
}

static void what_is_no_message_breaks_the_line_and_what_is_unknown_does_not(void **state)
{
	struct bench *bench = *state;
	static const char *const bad[] = { "", "[]", "{}", "{\"type\":1}", "{\"type\":\"welcome\"}",
		"{\"type\":\"technician\"}" };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(
			talk_recv(bench->talk, bad[i], strlen(bad[i]), bench->now), -EBADMSG);
	tell(bench, "{\"type\":\"measured\",\"patch\":{\"levels\":{}}}");
	tell(bench, "{\"type\":\"what comes later\"}");
	event(bench, 8,
		"{\"list\":7,\"open\":{\"KEN\":1},\"participants\":[1],\"floor\":\"x\",\"points\":[]}");
	event(bench, 9,
		"{\"list\":[1,{\"entry\":\"x\"}],\"open\":[1,null],\"floor\":{\"held\":3}}");
	assert_string_equal(news(bench), "");
}

static void what_is_said_of_layers_is_passed_on_the_last_of_it_alone(void **state)
{
	struct bench *bench = *state;
	tell(bench,
		"{\"type\":\"layers\",\"peer\":\"w1-room\",\"media\":\"camera\",\"wanted\":1,\"of\":3}");
	assert_string_equal(news(bench), "w1-room wants 1; ");
	tell(bench,
		"{\"type\":\"layers\",\"peer\":\"w1-room\",\"media\":\"camera\",\"wanted\":2,\"of\":3}");
	tell(bench,
		"{\"type\":\"layers\",\"peer\":\"w2-room\",\"media\":\"camera\",\"wanted\":3,\"of\":3}");
	tell(bench,
		"{\"type\":\"layers\",\"peer\":\"w2-room\",\"media\":\"content\",\"wanted\":1,\"of\":3}");
	assert_string_equal(news(bench), "w2-room wants 3; ");
	/* What was said before a line broke is said again, if it is still so. */
	tell(bench,
		"{\"type\":\"layers\",\"peer\":\"w2-room\",\"media\":\"camera\",\"wanted\":1,\"of\":3}");
	talk_closed(bench->talk, 0, bench->now);
	assert_string_equal(news(bench), "no line; ");
	assert_int_equal(talk_recv(bench->talk, "{\"type\":\"layers\"}", 17, bench->now), -EBADMSG);
}

static int born(void *ctx)
{
	struct rs_rand rand;
	struct talk *talk = NULL;
	(void)ctx; /* it needs nothing */
	rs_rand_init_seed(&rand, 1);
	const int err = talk_new("t", &rand, 0, &talk);
	talk_free(talk);
	return err;
}

static void birth_survives_want_of_memory(void **state)
{
	(void)state;
	check_oom(born, NULL);
}

#define WELCOMED(name) cmocka_unit_test_setup_teardown(name, setup_welcome, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WELCOMED(seats_are_told_as_they_change_and_only_then),
		WELCOMED(of_lists_only_what_is_otherwise_need_be_told),
		WELCOMED(the_clock_is_told_as_often_as_it_is_asked_for),
		WELCOMED(a_wish_for_the_floor_says_when_the_key_was_pressed),
		WELCOMED(whoever_waits_on_any_list_has_asked),
		WELCOMED(a_key_becomes_the_command_that_fits),
		WELCOMED(too_many_keys_at_once_are_refused),
		WELCOMED(a_line_that_breaks_is_taken_up_where_it_was),
		WELCOMED(after_a_new_view_only_what_is_otherwise_is_told),
		WELCOMED(a_press_is_not_sent_minutes_later),
		WELCOMED(events_that_are_missing_are_asked_for_anew),
		cmocka_unit_test_setup_teardown(
			the_line_is_asked_for_ever_more_slowly, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_who_welcomes_is_given_up, setup, teardown),
		WELCOMED(how_the_box_is_is_said_when_it_is_known_and_there_is_a_line),
		WELCOMED(a_test_signal_ends_with_the_line_and_when_the_meeting_hears_the_room),
		WELCOMED(a_technicians_lines_are_passed_on_and_a_restart_is_answered_first),
		WELCOMED(a_line_that_was_shown_or_could_not_be_is_answered_by_its_number),
		WELCOMED(what_is_said_of_layers_is_passed_on_the_last_of_it_alone),
		WELCOMED(what_is_no_message_breaks_the_line_and_what_is_unknown_does_not),
		cmocka_unit_test(birth_survives_want_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
