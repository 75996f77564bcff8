/* What a technician asks of one place: who is told, what it answers, when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "signaling/technician/errands.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"
#include "tests/support/technician_stage.h"

/* The demo, where Japan sits in the room. */
static int setup(void **state)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	size_t i;
	json_t *badge;
	json_array_foreach(
		json_object_get(
			json_array_get(json_object_get(conference, "meetings"), 0), "badges"),
		i, badge)
	{
		if (strcmp(bench_text(badge, "id"), "JPN") == 0)
			json_object_set_new(badge, "seat", json_string("A1"));
	}
	char *changed = json_dumps(conference, 0);
	*state = technician_stage_new(bench_new_of(NULL, changed));
	free(changed);
	free(text);
	json_decref(conference);
	return 0;
}

static int teardown(void **state)
{
	technician_stage_free(*state);
	return 0;
}

/* ---- the machine ---- */

static void each_kind_stands_once_and_ends_by_itself(void **state)
{
	struct errands errands;
	(void)state;
	errands_init(&errands);
	assert_true(errands_deadline(&errands) == INT64_MAX);
	assert_int_equal(errands_ask(&errands, ERRAND_TELL, "Louder, please.", 0, 1000), 0);
	assert_int_equal(errands_ask(&errands, ERRAND_LOOP, "", 0, 1000), 0);
	assert_int_equal(errands_ask(&errands, ERRAND_TELL, "Thank you.", 0, 2000), 0);
	assert_string_equal(errands.text, "Thank you.");
	assert_int_equal(errands.entries[ERRAND_TELL].number, 3);
	assert_true(errands_deadline(&errands) == 1000 + ERRAND_LOOP_MS);
	assert_int_equal(errands_tick(&errands, 1000 + ERRAND_LOOP_MS - 1), 0);
	assert_int_equal(errands_tick(&errands, 1000 + ERRAND_LOOP_MS), 1u << ERRAND_LOOP);
	assert_false(errands_is_on(&errands, ERRAND_LOOP));
	assert_false(errands_end(&errands, ERRAND_LOOP));
	assert_int_equal(errands_tick(&errands, 2000 + ERRAND_KEPT_MS), 1u << ERRAND_TELL);
	assert_null(errands.text);
	errands_done(&errands);
}

static void an_answer_is_to_a_number_that_stands(void **state)
{
	struct errands errands;
	(void)state;
	errands_init(&errands);
	assert_int_equal(errands_ask(&errands, ERRAND_CABLE, "", 0, 1000), 0);
	assert_int_equal(errands_ask(&errands, ERRAND_SIGNAL, "", TEST_SIGNAL_TONE, 1000), 0);
	errands.is_news = false;
	assert_int_equal(errands_answer(&errands, 2, true, "", 1500), -ENOENT);
	assert_int_equal(errands_answer(&errands, 9, true, "", 1500), -ENOENT);
	assert_false(errands.is_news);
	assert_int_equal(errands_answer(&errands, 1, false, "", 1500), 0);
	assert_true(errands.is_news);
	assert_int_equal(errands.entries[ERRAND_CABLE].state, ERRAND_CANNOT);
	assert_int_equal(errands_answer(&errands, 1, true, "", 1600), 0);
	assert_int_equal(errands.entries[ERRAND_CABLE].state, ERRAND_DONE);
	errands.is_news = false;
	assert_int_equal(errands_answer(&errands, 1, true, "", 1700), 0);
	assert_false(errands.is_news);
	errands_done(&errands);
}

static int with_little_memory(void *ctx)
{
	struct errands errands;
	(void)ctx;
	errands_init(&errands);
	const int err = errands_ask(&errands, ERRAND_TELL, "Louder, please.", 0, 1000);
	assert_int_equal(errands_is_on(&errands, ERRAND_TELL), err == 0);
	errands_done(&errands);
	return err;
}

static void without_memory_nothing_is_asked(void **state)
{
	(void)state;
	check_oom(with_little_memory, NULL);
}

/* ---- in a meeting ---- */

static const char *do_of(const struct bench_line *page)
{
	const json_t *told = bench_last(page, "technician");
	return told != NULL ? bench_text(told, "do") : "";
}

static const json_t *asked_of(const struct technician_stage *stage, const char *path)
{
	return bench_at(technician_stage_patch(stage, "people"), path);
}

static const char *ask(struct technician_stage *stage, const char *name, const char *members)
{
	return bench_try(stage->bench, stage->technician, name, members);
}

/* KEN's page answers what it was asked. */
static const char *answer(struct technician_stage *stage, const char *members)
{
	return bench_try(stage->bench, stage->ken, "answer-technician", members);
}

static void what_is_asked_is_told_to_the_one_asked_alone(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *fra = technician_stage_join(stage, "FRA", "delegate");
	const char *cable = "\"participant\":\"KEN\"";
	assert_string_equal(bench_try(stage->bench, fra, "ask-for-cable", cable), "not-permitted");
	assert_int_equal(
		bench_report(stage->bench, stage->sfu, "{\"type\":\"stats\"}"), 0); /* a second */
	assert_true(technician_stage_survey(stage, true));
	assert_string_equal(ask(stage, "ask-for-cable", cable), "ok");
	assert_string_equal(do_of(stage->ken), "use-cable");
	assert_int_equal(bench_count(fra, "technician"), 0);
	assert_string_equal(bench_text(asked_of(stage, "KEN.asked.0"), "state"), "waiting");
	assert_string_equal(bench_try(stage->bench, fra, "answer-technician",
				    "\"number\":1,\"answer\":\"done\""),
		"no-such-request");
	assert_string_equal(answer(stage, "\"number\":1,\"answer\":\"cannot\""), "ok");
	assert_string_equal(bench_text(asked_of(stage, "KEN.asked.0"), "state"), "cannot");
	assert_null(bench_at(asked_of(stage, "KEN.asked.0"), "why"));
	assert_string_equal(
		answer(stage, "\"number\":1,\"answer\":\"cannot\",\"why\":\"no-person\""), "ok");
	assert_string_equal(bench_text(asked_of(stage, "KEN.asked.0"), "why"), "no-person");
	assert_string_equal(
		answer(stage, "\"number\":1,\"answer\":\"cannot\",\"why\":\"of many words\""),
		"malformed");
	assert_string_equal(
		ask(stage, "ask-for-cable", "\"participant\":\"BRA\""), "not-connected");
	assert_string_equal(
		ask(stage, "ask-for-cable", "\"participant\":\"ZZZ\""), "no-such-participant");
}

static void a_page_that_comes_back_is_asked_again_and_not_what_it_answered(void **state)
{
	struct technician_stage *stage = *state;
	const char *tell = "\"participant\":\"KEN\",\"text\":\"Louder, please.\"";
	assert_string_equal(ask(stage, "tell-seat", tell), "ok");
	bench_leave(stage->bench, stage->ken, 1006);
	stage->ken = technician_stage_join(stage, "KEN", "delegate");
	assert_string_equal(
		bench_text(bench_last(stage->ken, "technician"), "text"), "Louder, please.");
	assert_string_equal(answer(stage, "\"number\":1,\"answer\":\"done\""), "ok");
	bench_leave(stage->bench, stage->ken, 1006);
	stage->ken = technician_stage_join(stage, "KEN", "delegate");
	assert_int_equal(bench_count(stage->ken, "technician"), 0);
}

static void open_the_meeting(struct bench *bench, struct bench_line *chair)
{
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
}

/* The tone is over for the one who makes it, before anybody can be given the floor. */
static void no_test_signal_is_left_when_the_meeting_is_called_to_order(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *chair = technician_stage_join(stage, "chair", "chair");
	const char *tone = "\"participant\":\"KEN\",\"signal\":\"tone\"";
	assert_string_equal(ask(stage, "test-signal", tone), "ok");
	assert_string_equal(bench_text(bench_last(stage->ken, "technician"), "signal"), "tone");
	open_the_meeting(stage->bench, chair);
	assert_string_equal(bench_text(bench_last(stage->ken, "technician"), "signal"), "off");
	assert_string_equal(ask(stage, "test-signal", tone), "meeting-sits");
	assert_string_equal(bench_try(stage->bench, chair, "suspend-meeting", ""), "ok");
	assert_string_equal(ask(stage, "test-signal", tone), "ok");
	assert_string_equal(bench_try(stage->bench, chair, "resume-meeting", ""), "ok");
	assert_string_equal(bench_text(bench_last(stage->ken, "technician"), "signal"), "off");
}

static const char *feed_of(const struct bench_line *page)
{
	const json_t *told = bench_last(page, "listening");
	return told != NULL ? bench_text(told, "slots.4.feed") : "";
}

static void one_hears_oneself_until_the_floor_is_given(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *chair = technician_stage_join(stage, "chair", "chair");
	const char *loop = "\"participant\":\"KEN\",\"on\":true";
	assert_string_equal(ask(stage, "loop-back", loop), "not-connected");
	technician_stage_connect(stage);
	open_the_meeting(stage->bench, chair);
	assert_string_equal(ask(stage, "loop-back", loop), "ok");
	assert_string_equal(feed_of(stage->ken), "own");
	assert_int_equal(bench_count(chair, "listening"), 0);
	assert_string_equal(
		bench_try(stage->bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	assert_string_equal(feed_of(stage->ken), "");
	assert_true(json_is_null(bench_at(bench_last(stage->ken, "technician"), "until")));
	assert_string_equal(ask(stage, "loop-back", loop), "microphone-open");
	assert_string_equal(bench_try(stage->bench, chair, "take-floor", ""), "ok");
	assert_string_equal(ask(stage, "loop-back", loop), "ok");
	assert_string_equal(feed_of(stage->ken), "own");
	bench_pass(stage->bench, RS_MS(ERRAND_LOOP_MS));
	assert_string_equal(feed_of(stage->ken), "");
}

static void a_box_alone_restarts_and_hears_what_is_told_to_its_seats(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *room = technician_stage_join(stage, "room", "room");
	assert_string_equal(
		ask(stage, "restart-box", "\"participant\":\"KEN\""), "no-such-participant");
	assert_string_equal(ask(stage, "restart-box", "\"participant\":\"room\""), "ok");
	assert_string_equal(do_of(room), "restart");
	assert_string_equal(bench_try(stage->bench, room, "answer-technician",
				    "\"number\":1,\"answer\":\"done\""),
		"ok");
	assert_string_equal(
		ask(stage, "tell-seat", "\"seat\":\"A1\",\"text\":\"Please sit down.\""), "ok");
	assert_int_equal(bench_count(stage->ken, "technician"), 0);
	const json_t *told = bench_last(room, "technician");
	assert_string_equal(bench_text(told, "seat"), "A1");
	assert_string_equal(bench_text(told, "text"), "Please sit down.");
	assert_string_equal(
		ask(stage, "tell-seat", "\"seat\":\"Z9\",\"text\":\"No.\""), "no-such-participant");
}

/* A box answers, of a line for the seat A1. */
static const char *box_answers(
	struct technician_stage *stage, struct bench_line *box, int number, const char *members)
{
	char text[128];
	(void)snprintf(text, sizeof(text), "\"for_seat\":\"A1\",\"number\":%d,%s", number, members);
	return bench_try(stage->bench, box, "answer-technician", text);
}

#define SIT "\"seat\":\"A1\",\"text\":\"Please sit down.\""
#define SHOWN "\"answer\":\"done\""
#define NO_DISPLAY "\"answer\":\"cannot\",\"why\":\"no-display\""

static void where_no_page_is_the_box_answers_for_the_seat(void **state)
{
	struct technician_stage *stage = *state;
	assert_int_equal(
		bench_report(stage->bench, stage->sfu, "{\"type\":\"stats\"}"), 0); /* a second */
	assert_true(technician_stage_survey(stage, true));
	assert_string_equal(ask(stage, "tell-seat", SIT), "not-connected"); /* who would tell it? */
	struct bench_line *room = technician_stage_join(stage, "room", "room");
	assert_string_equal(ask(stage, "tell-seat", SIT), "ok");
	assert_int_equal(json_integer_value(bench_at(bench_last(room, "technician"), "number")), 1);
	assert_string_equal(box_answers(stage, room, 2, NO_DISPLAY), "no-such-request");
	assert_string_equal(box_answers(stage, stage->ken, 1, SHOWN), "no-such-request");
	assert_string_equal(box_answers(stage, room, 1, NO_DISPLAY), "ok");
	assert_string_equal(bench_text(asked_of(stage, "JPN.asked.0"), "state"), "cannot");
	assert_string_equal(bench_text(asked_of(stage, "JPN.asked.0"), "why"), "no-display");
	/* one display is enough, whatever the other rooms have */
	assert_string_equal(box_answers(stage, room, 1, SHOWN), "ok");
	assert_string_equal(bench_text(asked_of(stage, "JPN.asked.0"), "state"), "done");
	assert_string_equal(box_answers(stage, room, 1, NO_DISPLAY), "ok");
	assert_string_equal(bench_text(asked_of(stage, "JPN.asked.0"), "state"), "done");
}

static void whoever_sits_there_with_a_page_answers_alone(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *room = technician_stage_join(stage, "room", "room");
	assert_string_equal(ask(stage, "tell-seat", SIT), "ok");
	assert_string_equal(box_answers(stage, room, 1, NO_DISPLAY), "ok");
	/* nothing could show it yet */
	struct bench_line *japan = technician_stage_join(stage, "JPN", "delegate");
	assert_string_equal(
		bench_text(bench_last(japan, "technician"), "text"), "Please sit down.");
	assert_string_equal(box_answers(stage, room, 1, SHOWN), "no-such-request");
	assert_string_equal(ask(stage, "tell-seat", SIT), "ok");
	assert_null(bench_at(bench_last(room, "technician"), "number"));
	assert_string_equal(bench_try(stage->bench, japan, "answer-technician",
				    "\"number\":2,\"answer\":\"done\""),
		"ok");
}

/* It begins anew, and so does the display. */
static void a_box_that_comes_back_is_told_the_rooms_line_again(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *room = technician_stage_join(stage, "room", "room");
	assert_string_equal(
		ask(stage, "tell-seat", "\"participant\":\"room\",\"text\":\"Mind the fan.\""),
		"ok");
	assert_string_equal(
		bench_try(stage->bench, room, "answer-technician", "\"number\":1," SHOWN), "ok");
	bench_leave(stage->bench, room, 1006);
	room = technician_stage_join(stage, "room", "room");
	assert_string_equal(bench_text(bench_last(room, "technician"), "text"), "Mind the fan.");
	assert_string_equal(
		bench_try(stage->bench, room, "answer-technician", "\"number\":1," SHOWN), "ok");
}

static void a_box_that_comes_back_is_told_the_lines_of_seats_again(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *room = technician_stage_join(stage, "room", "room");
	assert_string_equal(ask(stage, "tell-seat", SIT), "ok");
	assert_string_equal(box_answers(stage, room, 1, NO_DISPLAY), "ok");
	bench_leave(stage->bench, room, 1006);
	room = technician_stage_join(stage, "room", "room");
	const json_t *told = bench_last(room, "technician");
	assert_non_null(told);
	assert_string_equal(bench_text(told, "seat"), "A1");
	assert_string_equal(bench_text(told, "text"), "Please sit down.");
	assert_int_equal(json_integer_value(bench_at(told, "number")), 1);
	assert_string_equal(box_answers(stage, room, 1, SHOWN), "ok");
	/* whoever has a page by now answers */
	(void)technician_stage_join(stage, "JPN", "delegate");
	bench_leave(stage->bench, room, 1006);
	room = technician_stage_join(stage, "room", "room");
	told = bench_last(room, "technician");
	assert_string_equal(bench_text(told, "seat"), "A1");
	assert_null(bench_at(told, "number"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_stands_once_and_ends_by_itself),
		cmocka_unit_test(an_answer_is_to_a_number_that_stands),
		cmocka_unit_test(without_memory_nothing_is_asked),
		cmocka_unit_test_setup_teardown(
			what_is_asked_is_told_to_the_one_asked_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_page_that_comes_back_is_asked_again_and_not_what_it_answered, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			no_test_signal_is_left_when_the_meeting_is_called_to_order, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			one_hears_oneself_until_the_floor_is_given, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_box_alone_restarts_and_hears_what_is_told_to_its_seats, setup, teardown),
		cmocka_unit_test_setup_teardown(
			where_no_page_is_the_box_answers_for_the_seat, setup, teardown),
		cmocka_unit_test_setup_teardown(
			whoever_sits_there_with_a_page_answers_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_box_that_comes_back_is_told_the_rooms_line_again, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_box_that_comes_back_is_told_the_lines_of_seats_again, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
