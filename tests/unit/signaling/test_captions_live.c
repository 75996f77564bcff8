/* Captions as the service serves them: lines to everybody and to the log, what is being typed to those who read it, the pace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/service_bench.h"

#define EN "\"language\":\"en\",\"text\":"

struct room {
	struct bench *bench;
	struct bench_line *chair, *ken, *writer;
};

static struct room meeting_in_session(void **state)
{
	struct room room = { .bench = *state };
	room.chair = bench_join(room.bench, "demo", "chair", "chair");
	room.ken = bench_join(room.bench, "demo", "KEN", "delegate");
	room.writer = bench_join(room.bench, "demo", "caption-1", "captioner");
	assert_string_equal(bench_try(room.bench, room.chair, "open-meeting", ""), "ok");
	return room;
}

static const char *write_line(const struct room *room, const char *members)
{
	return bench_try(room->bench, room->writer, "caption", members);
}

static const char *type(const struct room *room, const char *members)
{
	return bench_try(room->bench, room->writer, "caption-live", members);
}

static const char *live_at(const struct bench_line *line)
{
	return bench_text(bench_last(line, "caption-live"), "text");
}

static void a_line_goes_to_everybody_and_a_correction_replaces_it(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(write_line(&room, EN "\"Kenia thanks the Chair.\""), "ok");
	assert_string_equal(write_line(&room, EN "\"Kenya thanks the Chair.\",\"line\":1"), "ok");
	assert_string_equal(
		bench_text(room.ken->view, "captions.en.0.text"), "Kenya thanks the Chair.");
	assert_null(bench_at(room.ken->view, "captions.en.1"));
	/* Both are in the log. */
	size_t told = 0;
	const json_t *heard;
	size_t at;
	json_array_foreach(room.ken->heard, at, heard)
	{
		if (strcmp(bench_text(heard, "name"), "caption") == 0)
			told++;
	}
	assert_int_equal(told, 2);
	const struct bench_line *late = bench_join(room.bench, "demo", "FRA", "delegate");
	assert_string_equal(
		bench_text(late->view, "captions.en.0.text"), "Kenya thanks the Chair.");
	assert_int_equal(bench_int(late->view, "captions.en.0.line"), 1);
}

static void lines_survive_a_restart(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(write_line(&room, EN "\"one\""), "ok");
	bench_restart(room.bench);
	room.writer = bench_join(room.bench, "demo", "caption-1", "captioner");
	assert_string_equal(bench_text(room.writer->view, "captions.en.0.text"), "one");
	assert_string_equal(write_line(&room, EN "\"two\""), "ok");
	assert_int_equal(bench_int(bench_last_event(room.writer, "caption"), "data.line"), 2);
}

static void what_is_typed_goes_to_those_who_read_it_and_into_no_log(void **state)
{
	struct room room = meeting_in_session(state);
	const struct bench_line *fra = bench_join(room.bench, "demo", "FRA", "delegate");
	assert_string_equal(
		bench_try(room.bench, room.ken, "captions", "\"language\":\"en\""), "ok");
	const uint64_t event = room.ken->event;
	assert_string_equal(type(&room, EN "\"Thank\""), "ok");
	assert_string_equal(live_at(room.ken), "Thank");
	assert_null(bench_last(fra, "caption-live"));
	assert_int_equal(room.ken->event, event);

	assert_string_equal(bench_try(room.bench, room.ken, "captions", ""), "ok");
	bench_pass(room.bench, RS_SEC(1));
	assert_string_equal(type(&room, EN "\"Thank you\""), "ok");
	assert_string_equal(live_at(room.ken), "Thank");
	assert_string_equal(bench_try(room.bench, room.ken, "captions", "\"language\":\"xx\""),
		"no-such-channel");
}

static void fast_typing_is_told_in_steps_and_its_last_state_always(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(
		bench_try(room.bench, room.ken, "captions", "\"language\":\"en\""), "ok");
	bench_pass(room.bench, RS_SEC(1));
	for (int i = 1; i <= 20; i++) {
		char members[64];
		(void)snprintf(members, sizeof(members), EN "\"%.*s\"", i, "aaaaaaaaaaaaaaaaaaaa");
		assert_string_equal(type(&room, members), "ok");
		bench_pass(room.bench, RS_MS(50));
	}
	bench_pass(room.bench, RS_MS(400));
	assert_string_equal(live_at(room.ken), "aaaaaaaaaaaaaaaaaaaa");
	assert_in_range(bench_count(room.ken, "caption-live"), 3, 4);
	/* What nobody goes on with is taken away. */
	bench_pass(room.bench, RS_SEC(31));
	assert_string_equal(live_at(room.ken), "");
}

static void a_line_that_is_finished_is_typed_no_more_and_began_with_its_first_key(void **state)
{
	struct room room = meeting_in_session(state);
	assert_string_equal(
		bench_try(room.bench, room.ken, "captions", "\"language\":\"en\""), "ok");
	assert_string_equal(type(&room, EN "\"Th\""), "ok");
	const int64_t begun = room.bench->at.wall_ms;
	bench_pass(room.bench, RS_SEC(3));
	assert_string_equal(type(&room, EN "\"Thank yo\""), "ok");
	bench_pass(room.bench, RS_MS(100));
	assert_string_equal(type(&room, EN "\"Thank you\""), "ok"); /* to be told later */
	const size_t before = bench_count(room.ken, "caption-live");
	assert_string_equal(write_line(&room, EN "\"Thank you.\""), "ok");
	bench_pass(room.bench, RS_SEC(1));
	assert_int_equal(bench_count(room.ken, "caption-live"), before);
	const json_t *line = bench_last_event(room.ken, "caption");
	assert_int_equal(bench_int(line, "data.from_ms"), begun);
	assert_int_equal(bench_int(line, "data.to_ms"), begun + 3100);
}

static void captions_are_captioners_in_a_meeting_that_sits(void **state)
{
	struct room room = { .bench = *state };
	room.writer = bench_join(room.bench, "demo", "caption-1", "captioner");
	assert_string_equal(write_line(&room, EN "\"x\""), "not-in-session");
	assert_string_equal(type(&room, EN "\"x\""), "not-in-session");
	room = meeting_in_session(state);
	assert_string_equal(
		bench_try(room.bench, room.chair, "caption", EN "\"x\""), "not-permitted");
	assert_string_equal(
		bench_try(room.bench, room.chair, "caption-live", EN "\"x\""), "not-permitted");
	assert_string_equal(type(&room, "\"language\":\"es\",\"text\":\"x\""), "channel-not-yours");
	assert_string_equal(type(&room, EN "\"a\\nb\""), "malformed");
	assert_string_equal(type(&room, EN "\"\""), "ok");
	assert_string_equal(write_line(&room, EN "\" \""), "malformed");
	assert_string_equal(write_line(&room, EN "\"x\",\"line\":9"), "no-such-line");
}

static void say_second(const struct room *room, struct bench_line *sfu, int packets)
{
	assert_int_equal(
		bench_report(room->bench, sfu,
			"{\"type\":\"stats\",\"peers\":[],\"sources\":[{\"meeting\":\"demo\","
			"\"source\":\"KEN\",\"media\":\"microphone\",\"packets\":%d,\"gated\":0,"
			"\"level_dbov\":-23,\"audio_khz\":20,\"fit\":\"yes\",\"speaking\":true}],"
			"\"counters\":{}}",
			packets),
		0);
}

/* What pages were told last of Kenya's sound. */
static const char *sound(const struct room *room, const char *path)
{
	const char *told = "";
	const json_t *heard;
	size_t at;
	json_array_foreach(room->chair->heard, at, heard)
	{
		if (bench_at(heard, "patch.sounds.KEN") != NULL)
			told = bench_text(heard, path);
	}
	return told;
}

/* Three lines of ten words in ten seconds. */
static void a_statement_read_out_fast_is_a_fault_of_its_speaker(void **state)
{
	struct room room = meeting_in_session(state);
	struct bench_line *sfu = bench_sfu(room.bench, "i1", "null");
	int packets = 0;
	assert_string_equal(
		bench_try(room.bench, room.chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	assert_string_equal(
		bench_try(room.bench, room.chair, "set-floor-language", "\"language\":\"en\""),
		"ok");
	for (int i = 0; i < 5; i++) {
		assert_string_equal(type(&room, EN "\"o\""), "ok");
		bench_pass(room.bench, RS_MS(3300));
		assert_string_equal(write_line(&room, EN
					    "\"one two three four five six seven eight nine ten\""),
			"ok");
		say_second(&room, sfu, packets += 50);
	}
	say_second(&room, sfu, packets += 50);
	assert_string_equal(sound(&room, "patch.sounds.KEN.faults.0"), "speed");
	assert_string_equal(sound(&room, "patch.sounds.KEN.verdict"), "red");
	bench_pass(room.bench, RS_SEC(13));
	for (int i = 0; i < 6; i++)
		say_second(&room, sfu, packets += 50);
	assert_string_equal(sound(&room, "patch.sounds.KEN.verdict"), "green");
}

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

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_goes_to_everybody_and_a_correction_replaces_it),
		CASE(lines_survive_a_restart),
		CASE(what_is_typed_goes_to_those_who_read_it_and_into_no_log),
		CASE(fast_typing_is_told_in_steps_and_its_last_state_always),
		CASE(a_line_that_is_finished_is_typed_no_more_and_began_with_its_first_key),
		CASE(captions_are_captioners_in_a_meeting_that_sits),
		CASE(a_statement_read_out_fast_is_a_fault_of_its_speaker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
