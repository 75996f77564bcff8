/* Every sequence of key presses of two desks, and whatever happens beside them, to some depth; then long ones at random with all desks. In
 * no state is a channel two desks', a desk in two channels, a channel silent while somebody is live in it, or a desk to hear itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rand.h"
#include "tests/support/booths_kit.h"

#define DEPTH 4
#define LONG_STEPS 60
#define LONG_RUNS 300

/* One press of a key, or what happens by itself. */
struct press {
	const char *by; /* NULL: nobody's */
	enum {
		LIVE,
		IDLE,
		COUGH,
		QUIET,
		SOURCE,
		OUTPUT,
		ASK,
		ACCEPT,
		DECLINE,
		CANCEL,
		LOST,
		BACK,
		LEFT,
		SPOKEN,
		PASS
	} what;
	const char *text;
	int64_t ms;
};

static const struct press presses[] = {
	{ "fr-1", LIVE, "fr", 0 },
	{ "fr-2", LIVE, "fr", 0 },
	{ "fr-1", IDLE, NULL, 0 },
	{ "fr-2", IDLE, NULL, 0 },
	{ "fr-1", ASK, "fr", 0 },
	{ "fr-2", ASK, "fr", 0 },
	{ "fr-1", ACCEPT, NULL, 0 },
	{ "fr-2", ACCEPT, NULL, 0 },
	{ "fr-1", LIVE, "en", 0 },
	{ "fr-1", SOURCE, "en", 0 },
	{ "fr-2", SOURCE, "fr", 0 },
	{ "fr-1", LOST, NULL, 0 },
	{ "fr-2", LOST, NULL, 0 },
	{ "fr-1", BACK, NULL, 0 },
	{ NULL, SPOKEN, "fr", 0 },
	{ NULL, PASS, NULL, INTERPRETATION_ARM_MS },
	/* tried exhaustively up to here; the rest joins in at random, to keep the number of sequences low */
	{ "fr-1", SOURCE, "floor", 0 },
	{ "fr-2", SOURCE, "en", 0 },
	{ "fr-1", COUGH, NULL, 0 },
	{ "fr-2", COUGH, NULL, 0 },
	{ "fr-1", QUIET, NULL, 0 },
	{ "fr-1", DECLINE, NULL, 0 },
	{ "fr-2", DECLINE, NULL, 0 },
	{ "fr-1", CANCEL, NULL, 0 },
	{ "fr-2", CANCEL, NULL, 0 },
	{ "fr-1", OUTPUT, "en", 0 },
	{ "fr-1", ASK, "fr", 5000 },
	{ "fr-2", ASK, "fr", 5000 },
	{ "fr-1", LEFT, NULL, 0 },
	{ NULL, SPOKEN, "", 0 },
	{ NULL, SPOKEN, "en", 0 },
	{ NULL, PASS, NULL, 6000 },
	{ NULL, PASS, NULL, 31000 },
	{ "en-1", LIVE, "en", 0 },
	{ "en-1", IDLE, NULL, 0 },
	{ "en-1", SOURCE, "fr", 0 },
	{ "en-1", SOURCE, "es", 0 },
	{ "en-1", ASK, "en", 0 },
	{ "en-1", ACCEPT, NULL, 0 },
	{ "en-1", LOST, NULL, 0 },
	{ "en-1", BACK, NULL, 0 },
	{ "es-1", LIVE, "es", 0 },
	{ "es-1", LIVE, "en", 0 },
	{ "es-1", IDLE, NULL, 0 },
	{ "es-1", SOURCE, "fr", 0 },
	{ "es-1", SOURCE, "floor", 0 },
	{ "es-1", ASK, "en", 0 },
	{ "swe-1", LIVE, "en", 0 },
	{ "swe-1", IDLE, NULL, 0 },
	{ "swe-1", SOURCE, "es", 0 },
};
/* Two desks of a booth and the time. */
#define CORE 15

/* ---- what holds in every state ---- */

/* Who owns a channel is its only desk; a desk is live where its channel says. */
static void assert_owners(const struct interpretation *machine)
{
	for (size_t i = 0; i < machine->n_channels; i++) {
		const int desk = machine->channels[i].desk;
		if (desk == INTERPRETATION_NONE) {
			assert_int_equal(machine->channels[i].handover.stage, HANDOVER_NONE);
			continue;
		}
		assert_int_equal(machine->desks[desk].channel, i);
		assert_true((machine->desks[desk].outputs >> i & 1) != 0);
	}
	for (size_t i = 0; i < machine->n_desks; i++) {
		const struct interpretation_desk *desk = &machine->desks[i];
		if (desk->channel == INTERPRETATION_NONE) {
			assert_false(desk->cough);
			assert_int_equal(desk->since_ms, 0);
		} else {
			assert_int_equal(machine->channels[desk->channel].desk, i);
			assert_int_equal(desk->output, desk->channel);
		}
	}
}

/* Who is live is heard, unless the floor is spoken in that very language; and then the floor is. */
static void assert_no_silence(const struct interpretation *machine)
{
	for (size_t i = 0; i < machine->n_channels; i++) {
		size_t chain[MEETING_CHANNELS_MAX];
		const bool spoken = strcmp(machine->channels[i].id, machine->language) == 0;
		const bool live = machine->channels[i].desk != INTERPRETATION_NONE;
		assert_int_equal(interpretation_carries(machine, i), live && !spoken);
		const size_t depth = interpretation_chain(machine, i, chain);
		assert_int_equal(depth > 0, live && !spoken);
		if (depth > 0)
			assert_int_equal(chain[depth - 1], i);
		/* The chain begins at the floor: no channel stands in it twice. */
		for (size_t j = 0; j < depth; j++)
			for (size_t k = 0; k < j; k++)
				assert_int_not_equal(chain[j], chain[k]);
	}
}

/* Whatever language comes to be spoken, no live desk hears its own channel. */
static void assert_no_circle(struct interpretation *machine)
{
	static const char *const spoken[] = { "", "en", "fr", "es" };
	char now[EVENT_LANGUAGE_MAX + 1];
	(void)rs_set_text(now, machine->language);
	for (size_t s = 0; s < RS_ARRAY_LEN(spoken); s++) {
		(void)rs_set_text(machine->language, spoken[s]);
		for (size_t i = 0; i < machine->n_channels; i++) {
			int at = (int)i;
			size_t steps = 0;
			while (at != INTERPRETATION_NONE &&
				interpretation_carries(machine, (size_t)at)) {
				at = interpretation_hears(
					machine, &machine->desks[machine->channels[at].desk]);
				assert_int_not_equal(at, (int)i);
				assert_true(steps++ <= machine->n_channels);
			}
		}
	}
	(void)rs_set_text(machine->language, now);
}

/* Both sides of a handover are there for it, and take part in one alone. */
static void assert_handovers(const struct interpretation *machine)
{
	for (size_t i = 0; i < machine->n_channels; i++) {
		const struct interpretation_handover *handover = &machine->channels[i].handover;
		if (handover->stage == HANDOVER_NONE)
			continue;
		assert_int_not_equal(handover->to, machine->channels[i].desk);
		assert_int_equal(machine->desks[handover->to].channel, INTERPRETATION_NONE);
		assert_true(
			handover->by == handover->to || handover->by == machine->channels[i].desk);
		for (size_t j = 0; j < i; j++) {
			if (machine->channels[j].handover.stage != HANDOVER_NONE)
				assert_int_not_equal(
					machine->channels[j].handover.to, handover->to);
		}
	}
}

static void assert_sound(struct interpretation *machine)
{
	assert_owners(machine);
	assert_no_silence(machine);
	assert_no_circle(machine);
	assert_handovers(machine);
}

/* ---- states that are kept, and tried from ---- */

struct state {
	struct interpretation_channel channels[8];
	struct interpretation_desk desks[8];
	char language[EVENT_LANGUAGE_MAX + 1];
	int64_t wall_ms;
};

static void keep(const struct booths *booths, struct state *state)
{
	const struct interpretation *machine = booths->machine;
	assert_true(machine->n_channels <= RS_ARRAY_LEN(state->channels));
	assert_true(machine->n_desks <= RS_ARRAY_LEN(state->desks));
	memcpy(state->channels, machine->channels, machine->n_channels * sizeof(*state->channels));
	memcpy(state->desks, machine->desks, machine->n_desks * sizeof(*state->desks));
	memcpy(state->language, machine->language, sizeof(state->language));
	state->wall_ms = booths->wall_ms;
}

static void put_back(struct booths *booths, const struct state *state)
{
	struct interpretation *machine = booths->machine;
	memcpy(machine->channels, state->channels, machine->n_channels * sizeof(*state->channels));
	memcpy(machine->desks, state->desks, machine->n_desks * sizeof(*state->desks));
	memcpy(machine->language, state->language, sizeof(state->language));
	booths->wall_ms = state->wall_ms;
}

static struct interpretation_command command_of(const struct press *press, int64_t wall_ms)
{
	static const enum interpretation_command_kind kinds[] = {
		[LIVE] = INTERPRETATION_GO_LIVE,
		[IDLE] = INTERPRETATION_GO_IDLE,
		[COUGH] = INTERPRETATION_COUGH,
		[QUIET] = INTERPRETATION_COUGH,
		[SOURCE] = INTERPRETATION_SELECT_SOURCE,
		[OUTPUT] = INTERPRETATION_SELECT_OUTPUT,
		[ASK] = INTERPRETATION_REQUEST_HANDOVER,
		[ACCEPT] = INTERPRETATION_ACCEPT_HANDOVER,
		[DECLINE] = INTERPRETATION_DECLINE_HANDOVER,
		[CANCEL] = INTERPRETATION_CANCEL_HANDOVER,
		[SPOKEN] = INTERPRETATION_SET_LANGUAGE,
	};
	return (struct interpretation_command){
		.kind = kinds[press->what],
		.by = press->by != NULL ? press->by : "KEN",
		.channel = press->text,
		.language = press->text,
		.on = press->what == COUGH,
		.at_ms = press->ms != 0 ? wall_ms + press->ms : 0,
	};
}

/* Each event alone leaves a sound state behind, since pages see each of them. */
static void apply_each(struct booths *booths)
{
	for (size_t i = 0; i < booths->events.n; i++) {
		booths->events.list[i].wall_ms = booths->wall_ms;
		interpretation_apply(booths->machine, &booths->events.list[i]);
		assert_owners(booths->machine);
		assert_no_silence(booths->machine);
		assert_no_circle(booths->machine);
	}
}

static void pass(struct booths *booths, int64_t ms)
{
	const int64_t until_ms = booths->wall_ms + ms;
	while (interpretation_due(booths->machine) <= until_ms) {
		if (interpretation_due(booths->machine) > booths->wall_ms)
			booths->wall_ms = interpretation_due(booths->machine);
		booths->events.n = 0;
		interpretation_decide_time(booths->machine, booths->wall_ms, &booths->events);
		apply_each(booths);
	}
	booths->wall_ms = until_ms;
}

static void press_key(struct booths *booths, const struct press *press)
{
	static struct state before, after;
	booths->wall_ms++;
	booths->events.n = 0;
	if (press->what == PASS) {
		pass(booths, press->ms);
		return;
	}
	keep(booths, &before);
	if (press->what == LOST || press->what == LEFT) {
		interpretation_decide_lost(booths->machine, press->by,
			press->what == LOST ? CAUSE_LOST_LINE : CAUSE_LEFT, &booths->events);
	} else if (press->what == BACK) {
		interpretation_decide_back(
			booths->machine, press->by, 5000, booths->wall_ms, &booths->events);
	} else {
		struct interpretation_command command = command_of(press, booths->wall_ms);
		command.wall_ms = booths->wall_ms;
		const enum verdict verdict =
			interpretation_decide(booths->machine, &command, &booths->events);
		assert_int_equal(verdict == VERDICT_OK, booths->events.n > 0);
	}
	keep(booths, &after);
	assert_memory_equal(&before, &after, sizeof(before)); /* decided, not done */
	apply_each(booths);
}

static size_t tried;

/* Depth first, without recursion: a sequence is a number to the base of the keys. */
static void all_sequences(const struct rules_interpretation *rules)
{
	static struct state states[DEPTH + 1];
	size_t at[DEPTH] = { 0 };
	struct booths *booths = booths_new(rules);
	size_t depth = 0;
	keep(booths, &states[0]);
	for (;;) {
		if (at[depth] == CORE) {
			if (depth == 0)
				break;
			at[depth--] = 0;
			at[depth]++;
			continue;
		}
		put_back(booths, &states[depth]);
		press_key(booths, &presses[at[depth]]);
		assert_sound(booths->machine);
		tried++;
		if (depth + 1 < DEPTH)
			keep(booths, &states[++depth]);
		else
			at[depth]++;
	}
	booths_free(booths);
}

static void no_sequence_of_two_desks_keys_breaks_the_channel(void **state)
{
	(void)state;
	struct rules_interpretation rules = booths_rules;
	all_sequences(&rules);
	rules.handover_asks = true;
	rules.interlock = RULES_INTERLOCK_BUSY;
	all_sequences(&rules);
	print_message("# %zu sequences\n", tried);
}

static void no_long_sequence_of_all_desks_does(void **state)
{
	struct rs_rand rand;
	(void)state;
	rs_rand_init_seed(&rand, 53);
	for (size_t run = 0; run < LONG_RUNS; run++) {
		struct rules_interpretation rules = booths_rules;
		rules.handover_asks = rs_rand_below(&rand, 2) == 0;
		rules.auto_relay = rs_rand_below(&rand, 4) > 0;
		rules.interlock = (enum rules_interlock)rs_rand_below(&rand, 3);
		struct booths *booths = booths_new(&rules);
		for (size_t step = 0; step < LONG_STEPS; step++) {
			press_key(booths, &presses[rs_rand_below(&rand, RS_ARRAY_LEN(presses))]);
			assert_sound(booths->machine);
		}
		booths_free(booths);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_sequence_of_two_desks_keys_breaks_the_channel),
		cmocka_unit_test(no_long_sequence_of_all_desks_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
