/* Handover: asked, agreed, switched in one event; declined, not answered, called off, overtaken by a lost line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/booths_kit.h"

static enum interpretation_stage stage(const struct booths *booths)
{
	return booths->machine->channels[FR].handover.stage;
}

static struct booths *french_booth_at_work(void)
{
	struct booths *booths = booths_new(&booths_rules);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	return booths;
}

static void assert_switched(const struct booths *booths)
{
	const struct event *last = &booths->events.list[booths->events.n - 1];
	assert_int_equal(last->kind, EVENT_DESK_LIVE);
	assert_int_equal(last->cause, CAUSE_HANDOVER);
	assert_string_equal(booths_owner(booths, FR), "fr-2");
	assert_int_equal(stage(booths), HANDOVER_NONE);
	assert_null(interpretation_live_in(booths->machine, "fr-1"));
}

static void assert_ended(const struct booths *booths, enum event_cause cause)
{
	assert_int_equal(booths->events.list[0].kind, EVENT_HANDOVER_ENDED);
	assert_string_equal(booths->events.list[0].participant, "fr-2");
	assert_int_equal(booths->events.list[0].cause, cause);
	assert_int_equal(stage(booths), HANDOVER_NONE);
}

static void the_live_desk_asks_its_partner(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_string_equal(booths->events.list[0].participant, "fr-2");
	assert_int_equal(stage(booths), HANDOVER_REQUESTED);
	assert_int_equal(booths_accept(booths, "fr-1"), VERDICT_NO_HANDOVER);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	assert_int_equal(stage(booths), HANDOVER_ARMED);
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	booths_pass(booths, INTERPRETATION_ARM_MS);
	assert_int_equal(booths->events.n, 1);
	assert_switched(booths);
	booths_free(booths);
}

static void the_partner_asks_and_the_live_desk_agrees(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_request(booths, "fr-2", "fr", 0), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_NO_HANDOVER);
	assert_int_equal(booths_accept(booths, "fr-1"), VERDICT_OK);
	booths_pass(booths, INTERPRETATION_ARM_MS);
	assert_switched(booths);
	booths_free(booths);
}

static void it_happens_at_the_time_that_was_said(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	const int64_t at_ms = booths->wall_ms + 60000;
	assert_int_equal(booths_request(booths, "fr-1", "", at_ms), VERDICT_OK);
	assert_int_equal(booths->events.list[0].due_ms, at_ms);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	assert_int_equal(interpretation_due(booths->machine), at_ms);
	booths_pass(booths, 59999);
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	booths_pass(booths, 1);
	assert_switched(booths);
	booths_free(booths);
}

static void either_side_hastens_what_is_agreed(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	const int64_t at_ms = booths->wall_ms + 60000;
	assert_int_equal(booths_request(booths, "fr-1", "", at_ms), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_switched(booths);
	booths_free(booths);

	booths = french_booth_at_work();
	assert_int_equal(booths_request(booths, "fr-2", "fr", at_ms), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-1"), VERDICT_OK);
	/* The microphone off: the channel goes to who is ready, without a moment of nobody. */
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_OK);
	assert_int_equal(booths->events.n, 1);
	assert_switched(booths);
	booths_free(booths);
}

static void who_was_asked_may_simply_go_live(void **state)
{
	struct rules_interpretation rules = booths_rules;
	rules.handover_asks = true;
	struct booths *booths = booths_new(&rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-2", "fr"), VERDICT_OK);
	assert_switched(booths);
	/* But who asked waits for the answer. */
	assert_int_equal(booths_request(booths, "fr-1", "fr", 0), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_PARTNER_LIVE);
	booths_free(booths);
}

static void it_is_declined(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_decline(booths, "fr-2"), VERDICT_NO_HANDOVER);
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_decline(booths, "fr-1"), VERDICT_NO_HANDOVER);
	assert_int_equal(booths_decline(booths, "fr-2"), VERDICT_OK);
	assert_ended(booths, CAUSE_DECLINED);
	booths_free(booths);
}

static void it_is_called_off(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_cancel(booths, "fr-1"), VERDICT_NO_HANDOVER);
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_cancel(booths, "fr-2"), VERDICT_NO_HANDOVER);
	assert_int_equal(booths_cancel(booths, "fr-1"), VERDICT_OK);
	assert_ended(booths, CAUSE_CANCELLED);
	/* Once both agreed, by either. */
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	assert_int_equal(booths_cancel(booths, "fr-2"), VERDICT_OK);
	assert_ended(booths, CAUSE_CANCELLED);
	booths_pass(booths, 60000);
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	booths_free(booths);
}

static void without_an_answer_it_ends(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	booths_pass(booths, 29999);
	assert_int_equal(stage(booths), HANDOVER_REQUESTED);
	booths_pass(booths, 1);
	assert_ended(booths, CAUSE_TIMEOUT);
	assert_int_equal(interpretation_due(booths->machine), INT64_MAX);
	booths_free(booths);
}

static void the_live_desk_goes_idle_before_the_answer(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_request(booths, "fr-2", "fr", 0), VERDICT_OK);
	assert_int_equal(booths_idle(booths, "fr-1"), VERDICT_OK);
	assert_ended(booths, CAUSE_IDLE);
	assert_int_equal(booths->events.list[1].kind, EVENT_DESK_IDLE);
	booths_free(booths);
}

static void a_lost_line_switches_what_is_agreed_and_ends_what_is_not(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_request(booths, "fr-1", "", booths->wall_ms + 60000), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	assert_int_equal(booths->events.n, 1);
	assert_switched(booths);
	booths_free(booths);

	booths = french_booth_at_work();
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	booths_lost(booths, "fr-1", CAUSE_LOST_LINE);
	assert_ended(booths, CAUSE_LOST_LINE);
	assert_int_equal(booths->events.list[1].kind, EVENT_DESK_IDLE);
	booths_free(booths);

	booths = french_booth_at_work();
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	booths_lost(booths, "fr-2", CAUSE_LOST_LINE);
	assert_ended(booths, CAUSE_LOST_LINE);
	assert_string_equal(booths_owner(booths, FR), "fr-1");
	booths_free(booths);
}

static void nobody_takes_over_without_sound(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	booths->silent = "fr-2";
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_NO_SOUND);
	assert_int_equal(booths_request(booths, "fr-2", "fr", 0), VERDICT_NO_SOUND);
	booths->silent = NULL;
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	booths->silent = "fr-2";
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_NO_SOUND);
	booths_free(booths);
}

static void requests_that_make_no_sense_are_refused(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_NOT_LIVE);
	assert_int_equal(booths_request(booths, "fr-1", "tlh", 0), VERDICT_NO_SUCH_CHANNEL);
	assert_int_equal(booths_live(booths, "fr-1", "en"), VERDICT_OK);
	/* The only partner does not work into English. */
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_CHANNEL_NOT_YOURS);
	assert_int_equal(booths_request(booths, "fr-2", "en", 0), VERDICT_CHANNEL_NOT_YOURS);
	/* A desk of another booth does, and may ask. */
	assert_int_equal(booths_request(booths, "en-1", "en", 0), VERDICT_OK);
	assert_int_equal(booths_request(booths, "en-2", "en", 0), VERDICT_HANDOVER_PENDING);
	assert_int_equal(booths_live(booths, "es-1", "es"), VERDICT_OK);
	assert_int_equal(booths_cancel(booths, "en-1"), VERDICT_OK);
	assert_int_equal(booths_request(booths, "es-1", "en", 0), VERDICT_LIVE_ELSEWHERE);
	assert_int_equal(
		booths_give(booths,
			&(struct interpretation_command){ .kind = INTERPRETATION_REQUEST_HANDOVER,
				.by = "fr-1",
				.channel = "",
				.participant = "KEN" }),
		VERDICT_NO_SUCH_PARTICIPANT);
	booths_free(booths);
}

static void the_live_desk_names_who_is_to_take_over(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "fr-1", "en"), VERDICT_OK);
	assert_int_equal(
		booths_give(booths,
			&(struct interpretation_command){ .kind = INTERPRETATION_REQUEST_HANDOVER,
				.by = "fr-1",
				.channel = "",
				.participant = "en-2" }),
		VERDICT_OK);
	assert_int_equal(booths_accept(booths, "en-2"), VERDICT_OK);
	booths_pass(booths, INTERPRETATION_ARM_MS);
	assert_string_equal(booths_owner(booths, EN), "en-2");
	booths_free(booths);
}

static void who_goes_live_elsewhere_takes_nothing_over(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "en-1", "en"), VERDICT_OK);
	assert_int_equal(booths_request(booths, "fr-1", "en", 0), VERDICT_OK);
	assert_int_equal(booths_live(booths, "fr-1", "fr"), VERDICT_OK);
	assert_int_equal(booths->events.list[0].kind, EVENT_HANDOVER_ENDED);
	assert_int_equal(booths->events.list[0].cause, CAUSE_CANCELLED);
	assert_int_equal(booths->machine->channels[EN].handover.stage, HANDOVER_NONE);
	booths_free(booths);
}

static void a_third_desk_that_goes_live_ends_it(void **state)
{
	struct booths *booths = booths_new(&booths_rules);
	(void)state;
	assert_int_equal(booths_live(booths, "en-1", "en"), VERDICT_OK);
	assert_int_equal(booths_request(booths, "en-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_live(booths, "swe-1", "en"), VERDICT_OK);
	assert_int_equal(booths->machine->channels[EN].handover.stage, HANDOVER_NONE);
	assert_int_equal(booths_accept(booths, "en-2"), VERDICT_NO_HANDOVER);
	booths_free(booths);
}

static void the_pivot_is_not_lost_by_a_handover_and_nobody_hears_themselves(void **state)
{
	struct booths *booths = french_booth_at_work();
	(void)state;
	assert_int_equal(booths_source(booths, "es-1", "fr"), VERDICT_OK);
	assert_int_equal(booths_live(booths, "es-1", "es"), VERDICT_OK);
	assert_int_equal(booths_source(booths, "fr-2", "es"), VERDICT_OK);
	assert_int_equal(booths_request(booths, "fr-1", "", 0), VERDICT_OK);
	assert_int_equal(booths_accept(booths, "fr-2"), VERDICT_OK);
	booths_pass(booths, INTERPRETATION_ARM_MS);
	assert_int_equal(booths->events.n, 2);
	assert_int_equal(booths->events.list[0].cause, CAUSE_CYCLE);
	assert_switched(booths);
	assert_int_equal(booths_desk(booths, "es-1")->source, FR);
	booths_free(booths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_live_desk_asks_its_partner),
		cmocka_unit_test(the_partner_asks_and_the_live_desk_agrees),
		cmocka_unit_test(it_happens_at_the_time_that_was_said),
		cmocka_unit_test(either_side_hastens_what_is_agreed),
		cmocka_unit_test(who_was_asked_may_simply_go_live),
		cmocka_unit_test(it_is_declined),
		cmocka_unit_test(it_is_called_off),
		cmocka_unit_test(without_an_answer_it_ends),
		cmocka_unit_test(the_live_desk_goes_idle_before_the_answer),
		cmocka_unit_test(a_lost_line_switches_what_is_agreed_and_ends_what_is_not),
		cmocka_unit_test(nobody_takes_over_without_sound),
		cmocka_unit_test(requests_that_make_no_sense_are_refused),
		cmocka_unit_test(the_live_desk_names_who_is_to_take_over),
		cmocka_unit_test(who_goes_live_elsewhere_takes_nothing_over),
		cmocka_unit_test(a_third_desk_that_goes_live_ends_it),
		cmocka_unit_test(the_pivot_is_not_lost_by_a_handover_and_nobody_hears_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
