/* Language channels and desks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/interpretation/interpretation.h"

static struct interpretation *booths(void)
{
	static const char *const channels[] = { "en", "fr" };
	struct interpretation *interpretation = NULL;
	assert_int_equal(interpretation_new(channels, 2, &interpretation), 0);
	return interpretation;
}

static enum verdict act(struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *events)
{
	events->n = 0;
	const enum verdict verdict = interpretation_decide(interpretation, command, events);
	for (size_t i = 0; i < events->n; i++)
		interpretation_apply(interpretation, &events->list[i]);
	return verdict;
}

static enum verdict go_live(struct interpretation *interpretation, const char *by,
	const char *channel, struct events *events)
{
	const struct interpretation_command command = { .kind = INTERPRETATION_GO_LIVE,
		.by = by,
		.channel = channel,
		.accredited = strncmp(by, "guest", 5) != 0 };
	return act(interpretation, &command, events);
}

static void a_desk_goes_live_and_idle(void **state)
{
	struct interpretation *interpretation = booths();
	static struct events events;
	const struct interpretation_command idle = { .kind = INTERPRETATION_GO_IDLE, .by = "fr-1" };

	assert_int_equal(act(interpretation, &idle, &events), VERDICT_ALREADY_SO);
	assert_int_equal(go_live(interpretation, "fr-1", "fr", &events), VERDICT_OK);
	assert_int_equal(events.list[0].cause, CAUSE_SELF);
	assert_string_equal(interpretation->channels[1].desk, "fr-1");
	assert_int_equal(go_live(interpretation, "fr-1", "fr", &events), VERDICT_ALREADY_SO);
	assert_int_equal(act(interpretation, &idle, &events), VERDICT_OK);
	assert_string_equal(interpretation->channels[1].desk, "");
	interpretation_free(interpretation);
}

static void going_live_takes_the_channel_from_the_partner_in_one_event(void **state)
{
	struct interpretation *interpretation = booths();
	static struct events events;
	assert_int_equal(go_live(interpretation, "fr-1", "fr", &events), VERDICT_OK);
	assert_int_equal(go_live(interpretation, "fr-2", "fr", &events), VERDICT_OK);
	assert_int_equal(events.n, 1);
	assert_int_equal(events.list[0].cause, CAUSE_PARTNER);
	assert_null(interpretation_find_desk(interpretation, "fr-1"));
	interpretation_free(interpretation);
}

static void a_desk_is_live_in_one_channel_at_a_time(void **state)
{
	struct interpretation *interpretation = booths();
	static struct events events;
	assert_int_equal(go_live(interpretation, "fr-1", "fr", &events), VERDICT_OK);
	assert_int_equal(go_live(interpretation, "fr-1", "en", &events), VERDICT_OK);
	assert_int_equal(events.n, 2);
	assert_string_equal(interpretation->channels[0].desk, "fr-1");
	assert_string_equal(interpretation->channels[1].desk, "");
	interpretation_free(interpretation);
}

static void foreign_and_unknown_channels_are_refused(void **state)
{
	struct interpretation *interpretation = booths();
	static struct events events;
	assert_int_equal(
		go_live(interpretation, "guest", "fr", &events), VERDICT_CHANNEL_NOT_YOURS);
	assert_int_equal(go_live(interpretation, "fr-1", "tlh", &events), VERDICT_NO_SUCH_CHANNEL);
	interpretation_free(interpretation);
}

static void a_lost_interpreter_leaves_an_idle_desk(void **state)
{
	struct interpretation *interpretation = booths();
	static struct events events;
	assert_int_equal(go_live(interpretation, "fr-1", "fr", &events), VERDICT_OK);
	events.n = 0;
	interpretation_decide_lost(interpretation, "fr-2", CAUSE_LOST_LINE, &events);
	assert_int_equal(events.n, 0);
	interpretation_decide_lost(interpretation, "fr-1", CAUSE_LOST_LINE, &events);
	assert_int_equal(events.n, 1);
	assert_int_equal(events.list[0].cause, CAUSE_LOST_LINE);
	interpretation_free(interpretation);
}

static void closing_the_meeting_empties_the_booths(void **state)
{
	struct interpretation *interpretation = booths();
	static struct events events;
	assert_int_equal(go_live(interpretation, "fr-1", "fr", &events), VERDICT_OK);
	interpretation_apply(interpretation, &(struct event){ .kind = EVENT_MEETING_CLOSED });
	assert_null(interpretation_find_desk(interpretation, "fr-1"));
	interpretation_free(interpretation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_desk_goes_live_and_idle),
		cmocka_unit_test(going_live_takes_the_channel_from_the_partner_in_one_event),
		cmocka_unit_test(a_desk_is_live_in_one_channel_at_a_time),
		cmocka_unit_test(foreign_and_unknown_channels_are_refused),
		cmocka_unit_test(a_lost_interpreter_leaves_an_idle_desk),
		cmocka_unit_test(closing_the_meeting_empties_the_booths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
