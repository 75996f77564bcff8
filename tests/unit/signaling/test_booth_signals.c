/* Booths and the rest of the meeting, as the service serves them: the wait for them, calls, what must stay unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/examples.h"
#include "tests/support/service_bench.h"

struct room {
	struct bench *bench;
	struct bench_line *sfu, *chair, *ken, *fra, *fr;
};

static struct room meeting_in_session(void **state)
{
	struct room room = { .bench = *state };
	room.sfu = bench_sfu(room.bench, "i1", "null");
	room.chair = bench_join(room.bench, "demo", "chair", "chair");
	room.ken = bench_join(room.bench, "demo", "KEN", "delegate");
	room.fra = bench_join(room.bench, "demo", "FRA", "delegate");
	room.fr = bench_join(room.bench, "demo", "fr-1", "interpreter");
	assert_string_equal(bench_try(room.bench, room.chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(room.bench, room.fr, "go-live", "\"channel\":\"fr\""), "ok");
	return room;
}

static void speaking(const struct room *room, const char *source, bool is)
{
	assert_int_equal(bench_report(room->bench, room->sfu,
				 "{\"type\":\"speaking\",\"meeting\":\"demo\",\"source\":\"%s\","
				 "\"speaking\":%s}",
				 source, is ? "true" : "false"),
		0);
}

static const char *give(const struct room *room, const char *whom)
{
	char members[64];
	(void)snprintf(members, sizeof(members), "\"participant\":\"%s\"", whom);
	return bench_try(room->bench, room->chair, "give-floor", members);
}

static const char *holder(const struct room *room)
{
	const char *text = bench_text(room->chair->view, "floor.holder");
	return text != NULL ? text : "";
}

/* Rules that have the clock begin with the first word. */
static void the_clock_begins_with_the_first_word(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(give(&room, "KEN"), "ok");
	assert_null(bench_at(room.chair->view, "floor.since"));
	assert_non_null(bench_at(room.chair->view, "floor.awaits"));
	bench_pass(room.bench, RS_SEC(2));
	speaking(&room, "FRA", true);
	assert_null(bench_at(room.chair->view, "floor.since"));
	speaking(&room, "KEN", true);
	assert_non_null(bench_at(room.chair->view, "floor.since"));
	assert_null(bench_at(room.chair->view, "floor.awaits"));
	assert_string_equal(
		bench_text(bench_last_event(room.chair, "clock-started"), "data.cause"), "voice");
	/* Who says nothing is not waited for for long. */
	assert_string_equal(give(&room, "FRA"), "ok");
	speaking(&room, "FRA", false);
	assert_string_equal(give(&room, "KEN"), "ok");
	speaking(&room, "KEN", false);
	assert_string_equal(give(&room, "FRA"), "ok");
	bench_pass(room.bench, RS_MS(4900));
	assert_null(bench_at(room.chair->view, "floor.since"));
	bench_pass(room.bench, RS_MS(200));
	assert_non_null(bench_at(room.chair->view, "floor.since"));
}

static void the_next_speaker_waits_until_the_booth_has_finished(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(give(&room, "KEN"), "ok");
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	/* Kenya's microphone is closed; France's is not open yet. */
	assert_string_equal(holder(&room), "");
	assert_string_equal(bench_text(room.chair->view, "floor.held.for"), "FRA");
	assert_string_equal(bench_text(room.chair->view, "floor.held.booths.0"), "fr");
	bench_pass(room.bench, RS_SEC(2));
	speaking(&room, "fr-1", false);
	bench_pass(room.bench, RS_MS(1400));
	assert_string_equal(holder(&room), "");
	bench_pass(room.bench, RS_MS(200));
	assert_string_equal(holder(&room), "FRA");
	assert_null(bench_at(room.chair->view, "floor.held.for"));
}

static void the_wait_is_bounded(void **state)
{
	struct room room = meeting_in_session(state);
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	bench_pass(room.bench, RS_MS(7900));
	assert_string_equal(holder(&room), "");
	bench_pass(room.bench, RS_MS(200));
	assert_string_equal(holder(&room), "FRA");
}

static void whoever_presides_goes_on_by_pressing_again(void **state)
{
	struct room room = meeting_in_session(state);
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	assert_string_equal(holder(&room), "");
	assert_string_equal(give(&room, "FRA"), "ok");
	assert_string_equal(holder(&room), "FRA");
}

static void silent_booths_hold_nobody_up(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(give(&room, "KEN"), "ok");
	assert_string_equal(holder(&room), "KEN");
	speaking(&room, "fr-1", true);
	bench_pass(room.bench, RS_SEC(1));
	speaking(&room, "fr-1", false);
	bench_pass(room.bench, RS_SEC(2));
	assert_string_equal(give(&room, "FRA"), "ok");
	assert_string_equal(holder(&room), "FRA");
}

/* A desk that nobody hears is not waited for. */
static void a_desk_that_stands_by_is_not_waited_for(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(
		bench_try(room.bench, room.fr, "set-floor-language", "\"language\":\"fr\""), "ok");
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	assert_string_equal(holder(&room), "FRA");
}

static void who_went_away_while_the_booths_were_awaited_gets_no_floor(void **state)
{
	struct room room = meeting_in_session(state);
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	bench_leave(room.bench, room.fra, 1000);
	bench_pass(room.bench, RS_SEC(20));
	assert_string_equal(holder(&room), "");
	assert_non_null(bench_last_event(room.chair, "booths-not-awaited"));
	assert_null(bench_at(room.chair->view, "floor.held.for"));
}

static void a_vote_waits_too(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(
		bench_try(room.bench, room.chair, "propose-decision",
			"\"title\":\"L.7\",\"mode\":\"recorded\",\"majority\":\"simple\""),
		"ok");
	speaking(&room, "fr-1", true);
	assert_string_equal(
		bench_try(room.bench, room.chair, "open-voting", "\"decision\":1"), "ok");
	assert_string_equal(bench_text(room.chair->view, "decision.state"), "proposed");
	speaking(&room, "fr-1", false);
	bench_pass(room.bench, RS_SEC(2));
	assert_string_equal(bench_text(room.chair->view, "decision.state"), "open");
}

static void nothing_tells_who_asked_to_speak_slower(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(give(&room, "KEN"), "ok");
	assert_string_equal(bench_try(room.bench, room.fr, "speak-slower", ""), "ok");
	const json_t *event = bench_last_event(room.chair, "speak-slower");
	assert_non_null(event);
	char *text = json_dumps(event, 0);
	assert_null(strstr(text, "fr-1"));
	free(text);
	assert_int_equal(bench_int(room.ken->view, "floor.slower.count"), 1);
	/* One interpreter does not count twice. */
	assert_string_equal(bench_try(room.bench, room.fr, "speak-slower", ""), "already-so");
	bench_pass(room.bench, RS_SEC(31));
	assert_string_equal(bench_try(room.bench, room.fr, "speak-slower", ""), "ok");
	assert_int_equal(bench_int(room.ken->view, "floor.slower.count"), 1);
}

static void each_speaker_may_be_asked_to_speak_slower(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(give(&room, "KEN"), "ok");
	assert_string_equal(bench_try(room.bench, room.fr, "speak-slower", ""), "ok");
	bench_pass(room.bench, RS_SEC(3));
	assert_string_equal(give(&room, "FRA"), "ok");
	bench_pass(room.bench, RS_SEC(3));
	assert_string_equal(bench_try(room.bench, room.fr, "speak-slower", ""), "ok");
	assert_int_equal(bench_int(room.fra->view, "floor.slower.count"), 1);
}

static void another_item_ends_the_wait(void **state)
{
	struct room room = meeting_in_session(state);
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	assert_string_equal(bench_text(room.chair->view, "floor.held.for"), "FRA");
	assert_string_equal(
		bench_try(room.bench, room.chair, "take-up-item", "\"item\":\"2\""), "ok");
	assert_null(bench_at(room.chair->view, "floor.held.for"));
	bench_pass(room.bench, RS_SEC(20));
	assert_string_equal(holder(&room), "");
}

/* Given again while the first time is still being written down. */
static void what_waits_happens_once(void **state)
{
	struct room room = meeting_in_session(state);
	speaking(&room, "fr-1", true);
	assert_string_equal(give(&room, "FRA"), "ok");
	fake_store_hold(room.bench->fake, true);
	bench_pass(room.bench, RS_SEC(12));
	fake_store_hold(room.bench->fake, false);
	bench_pass(room.bench, RS_SEC(1));
	assert_string_equal(holder(&room), "FRA");
	size_t given = 0;
	size_t i;
	const json_t *message;
	json_array_foreach(room.chair->heard, i, message) given +=
		strcmp(bench_text(message, "name"), "floor-given") == 0;
	assert_int_equal(given, 1);
}

static void an_impediment_and_a_call_are_seen_and_dealt_with(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(
		bench_try(room.bench, room.fr, "cannot-interpret", "\"reason\":\"sound\""), "ok");
	assert_string_equal(bench_text(room.chair->view, "booths.fr.impediment.reason"), "sound");
	assert_string_equal(bench_text(room.chair->view, "booths.fr.impediment.by"), "fr-1");
	const struct bench_line *late =
		bench_join(room.bench, "demo", "secretariat", "secretariat");
	assert_string_equal(bench_text(late->view, "booths.fr.impediment.reason"), "sound");
	assert_string_equal(bench_try(room.bench, room.ken, "clear-impediment", "\"booth\":\"fr\""),
		"not-permitted");
	assert_string_equal(
		bench_try(room.bench, room.chair, "clear-impediment", "\"booth\":\"es\""),
		"no-such-booth");
	assert_string_equal(
		bench_try(room.bench, room.chair, "clear-impediment", "\"booth\":\"fr\""), "ok");
	assert_null(bench_at(room.chair->view, "booths.fr.impediment.reason"));

	assert_string_equal(bench_try(room.bench, room.fr, "call", "\"to\":\"chair\""), "ok");
	assert_string_equal(bench_text(room.chair->view, "calls.1.by"), "fr-1");
	assert_string_equal(bench_try(room.bench, room.chair, "answer-call", "\"call\":1"), "ok");
	assert_null(bench_at(room.chair->view, "calls.1.by"));
}

/* Of the booth, and of all booths; the chat of the meeting may be closed meanwhile. */
static void booths_write_to_one_another(void **state)
{
	struct room room = meeting_in_session(state);
	struct bench_line *fr2 = bench_join(room.bench, "demo", "fr-2", "interpreter");
	struct bench_line *es = bench_join(room.bench, "demo", "es-1", "interpreter");
	struct bench_line *secretariat =
		bench_join(room.bench, "demo", "secretariat", "secretariat");
	assert_string_equal(bench_try(room.bench, secretariat, "close-chat", ""), "ok");
	assert_string_equal(
		bench_try(room.bench, room.fr, "say", "\"to\":\"booth\",\"text\":\"figures?\""),
		"ok");
	assert_int_equal(bench_count(fr2, "chat"), 1);
	assert_int_equal(bench_count(es, "chat"), 0);
	assert_string_equal(
		bench_try(room.bench, es, "say", "\"to\":\"booths\",\"text\":\"slow\""), "ok");
	assert_int_equal(bench_count(fr2, "chat"), 2);
	assert_int_equal(bench_count(room.fr, "chat"), 2);
	assert_int_equal(bench_count(secretariat, "chat"), 0);
	assert_int_equal(bench_count(room.chair, "chat"), 0);
	assert_string_equal(
		bench_try(room.bench, room.ken, "say", "\"to\":\"booths\",\"text\":\"x\""),
		"not-permitted");
}

/* The demo under rules that have the booths waited for. */
static int setup(void **state)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	assert_int_equal(json_object_set_new(conference, "rules", json_string("hrc")), 0);
	char *changed = json_dumps(conference, 0);
	*state = bench_new_of(NULL, changed);
	free(changed);
	free(text);
	json_decref(conference);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_clock_begins_with_the_first_word),
		CASE(the_next_speaker_waits_until_the_booth_has_finished),
		CASE(the_wait_is_bounded),
		CASE(whoever_presides_goes_on_by_pressing_again),
		CASE(silent_booths_hold_nobody_up),
		CASE(a_desk_that_stands_by_is_not_waited_for),
		CASE(who_went_away_while_the_booths_were_awaited_gets_no_floor),
		CASE(a_vote_waits_too),
		CASE(nothing_tells_who_asked_to_speak_slower),
		CASE(each_speaker_may_be_asked_to_speak_slower),
		CASE(another_item_ends_the_wait),
		CASE(what_waits_happens_once),
		CASE(an_impediment_and_a_call_are_seen_and_dealt_with),
		CASE(booths_write_to_one_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
