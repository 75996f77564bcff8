/* The verdict on a speaker's sound: what is wrong, when it turns, and when it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signaling/interpretation/interpretability.h"

static const struct sound_second good = {
	.flows = true, .speaking = true, .level_dbov = -22, .fit = SOUND_FIT
};

static struct interpretability speaker(void)
{
	struct interpretability sound;
	interpretability_init(&sound);
	return sound;
}

static void hear(
	struct interpretability *sound, const struct sound_second *second, unsigned seconds)
{
	while (seconds-- > 0)
		(void)interpretability_add(sound, second);
}

static void two_seconds_of_voice_make_a_verdict(void **state)
{
	(void)state;
	struct interpretability sound = speaker();
	assert_int_equal(sound.verdict, SOUND_UNKNOWN);
	assert_false(interpretability_add(&sound, &good));
	assert_int_equal(sound.verdict, SOUND_UNKNOWN);
	assert_true(interpretability_add(&sound, &good));
	assert_int_equal(sound.verdict, SOUND_GREEN);
	assert_false(interpretability_add(&sound, &good));
}

static void silence_and_absence_say_nothing(void **state)
{
	(void)state;
	struct interpretability sound = speaker();
	struct sound_second silent = { .flows = true, .level_dbov = -90, .loss_permille = 900 };
	hear(&sound, &silent, 60);
	silent.flows = false;
	silent.speaking = true;
	hear(&sound, &silent, 60);
	assert_int_equal(sound.verdict, SOUND_UNKNOWN);
	hear(&sound, &good, 2);
	hear(&sound, &silent, 60);
	assert_int_equal(sound.verdict, SOUND_GREEN);
}

/* Each fault alone, at its two bounds. */
static void each_fault_has_its_bounds(void **state)
{
	(void)state;
	static const struct {
		struct sound_second second;
		enum sound_verdict verdict;
		unsigned faults;
	} cases[] = {
		{ { .level_dbov = -22, .fit = SOUND_FIT_LIMITED }, SOUND_AMBER, SOUND_BAND },
		{ { .level_dbov = -22, .fit = SOUND_FIT_NOT }, SOUND_RED, SOUND_BAND },
		{ { .level_dbov = -41, .fit = SOUND_FIT }, SOUND_GREEN, 0 },
		{ { .level_dbov = -42, .fit = SOUND_FIT }, SOUND_AMBER, SOUND_QUIET },
		{ { .level_dbov = -50, .fit = SOUND_FIT }, SOUND_RED, SOUND_QUIET },
		{ { .level_dbov = -3, .fit = SOUND_FIT, .clipping_permille = 9 }, SOUND_GREEN, 0 },
		{ { .level_dbov = -3, .fit = SOUND_FIT, .clipping_permille = 10 }, SOUND_AMBER,
			SOUND_CLIPPING },
		{ { .level_dbov = -3, .fit = SOUND_FIT, .clipping_permille = 100 }, SOUND_RED,
			SOUND_CLIPPING },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .loss_permille = 10 }, SOUND_AMBER,
			SOUND_LOSS },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .loss_permille = 50 }, SOUND_RED,
			SOUND_LOSS },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .jitter_ms = 30 }, SOUND_AMBER,
			SOUND_JITTER },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .jitter_ms = 80 }, SOUND_RED,
			SOUND_JITTER },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .words_a_minute = 139 }, SOUND_GREEN, 0 },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .words_a_minute = 140 }, SOUND_AMBER,
			SOUND_SPEED },
		{ { .level_dbov = -22, .fit = SOUND_FIT, .words_a_minute = 170 }, SOUND_RED,
			SOUND_SPEED },
		{ { .level_dbov = -22, .fit = SOUND_FIT_LIMITED, .loss_permille = 60 }, SOUND_RED,
			SOUND_BAND | SOUND_LOSS },
		{ { .level_dbov = -22, .fit = SOUND_FIT_UNKNOWN }, SOUND_GREEN, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct interpretability sound = speaker();
		struct sound_second second = cases[i].second;
		second.flows = true;
		second.speaking = true;
		hear(&sound, &second, 2);
		assert_int_equal(sound.verdict, cases[i].verdict);
		assert_int_equal(sound.faults, cases[i].faults);
	}
}

/* What lies behind a voice of -22 dBov, heard while nobody speaks. */
static struct interpretability after_noise(int level_dbov, unsigned seconds)
{
	struct interpretability sound = speaker();
	const struct sound_second behind = { .flows = true, .level_dbov = level_dbov };
	hear(&sound, &behind, seconds);
	hear(&sound, &good, 2);
	return sound;
}

static void a_voice_has_to_stand_above_what_lies_behind_it(void **state)
{
	(void)state;
	static const struct {
		int level_dbov;
		enum sound_verdict verdict;
		unsigned faults;
	} cases[] = {
		{ -127, SOUND_GREEN, 0 },
		{ -43, SOUND_GREEN, 0 },
		{ -42, SOUND_AMBER, SOUND_NOISE },
		{ -33, SOUND_AMBER, SOUND_NOISE },
		{ -32, SOUND_RED, SOUND_NOISE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct interpretability sound = after_noise(cases[i].level_dbov, 10);
		assert_int_equal(sound.verdict, cases[i].verdict);
		assert_int_equal(sound.faults, cases[i].faults);
	}
}

/* Noise of -35 dBov under a voice of -22: is it the mains? */
static void a_hum_is_named_where_it_makes_the_noise(void **state)
{
	(void)state;
	static const struct {
		int noise_dbov, hum_dbov;
		unsigned faults;
	} cases[] = {
		{ -35, -35, SOUND_HUM }, { -35, -38, SOUND_HUM },
		{ -35, -39, SOUND_NOISE }, /* a fan, and a little of the mains */
		{ -50, -50, 0 },           /* nobody is disturbed by it */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct interpretability sound = after_noise(cases[i].noise_dbov, 10);
		struct sound_second second = good;
		second.hums = true;
		second.hum_dbov = cases[i].hum_dbov;
		hear(&sound, &second, 1);
		assert_int_equal(sound.faults, cases[i].faults);
	}
}

/* The page says later than the noise is heard that it is a hum, and no longer once the cable is changed. */
static void a_hum_turns_from_noise_at_once_and_goes_with_it(void **state)
{
	(void)state;
	struct sound_second second = good;
	struct interpretability sound = after_noise(-32, 10);
	assert_int_equal(sound.faults, SOUND_NOISE);
	second.hums = true;
	second.hum_dbov = -32;
	assert_true(interpretability_add(&sound, &second));
	assert_int_equal(sound.faults, SOUND_HUM);
	assert_int_equal(sound.verdict, SOUND_RED);
	const struct sound_second quiet = { .flows = true, .level_dbov = -70 };
	hear(&sound, &quiet, 1);
	hear(&sound, &good, 5);
	assert_int_equal(sound.faults, 0);
	assert_int_equal(sound.verdict, SOUND_GREEN);
}

static void one_loud_second_is_no_noise_and_a_quiet_one_tells_of_it(void **state)
{
	(void)state;
	const struct sound_second fan = { .flows = true, .level_dbov = -35 };
	const struct sound_second quiet = { .flows = true, .level_dbov = -70 };
	struct interpretability sound = after_noise(-70, 10);
	hear(&sound, &fan, 1);
	hear(&sound, &good, 2);
	assert_int_equal(sound.verdict, SOUND_GREEN);
	/* It goes on: that is the room. */
	hear(&sound, &fan, 20);
	hear(&sound, &good, 2);
	assert_int_equal(sound.faults, SOUND_NOISE);
	/* Switched off, it is gone with the next pause. */
	hear(&sound, &quiet, 1);
	hear(&sound, &good, 5);
	assert_int_equal(sound.verdict, SOUND_GREEN);
}

static void who_never_pauses_has_no_noise(void **state)
{
	(void)state;
	struct interpretability sound = speaker();
	hear(&sound, &good, 60);
	assert_int_equal(sound.verdict, SOUND_GREEN);
}

static void it_turns_worse_after_two_seconds_and_better_after_five(void **state)
{
	(void)state;
	struct interpretability sound = speaker();
	struct sound_second lossy = good;
	lossy.loss_permille = 80;
	hear(&sound, &good, 10);
	assert_false(interpretability_add(&sound, &lossy));
	assert_int_equal(sound.verdict, SOUND_GREEN);
	assert_true(interpretability_add(&sound, &lossy));
	assert_int_equal(sound.verdict, SOUND_RED);
	assert_int_equal(sound.faults, SOUND_LOSS);
	hear(&sound, &good, 4);
	assert_int_equal(sound.verdict, SOUND_RED);
	assert_true(interpretability_add(&sound, &good));
	assert_int_equal(sound.verdict, SOUND_GREEN);
	assert_int_equal(sound.faults, 0);
}

/* A line that loses every other second is not green in between, nor does it blink. */
static void a_fault_that_comes_and_goes_does_not_blink(void **state)
{
	(void)state;
	struct interpretability sound = speaker();
	struct sound_second lossy = good;
	lossy.loss_permille = 80;
	hear(&sound, &lossy, 2);
	unsigned turns = 0;
	for (unsigned i = 0; i < 60; i++)
		turns += interpretability_add(&sound, i % 2 == 0 ? &good : &lossy) ? 1 : 0;
	assert_int_equal(turns, 0);
	assert_int_equal(sound.verdict, SOUND_RED);
	/* Alternately bad and less bad is less bad, for good. */
	struct sound_second amber = good;
	amber.loss_permille = 20;
	for (unsigned i = 0; i < 20; i++)
		(void)interpretability_add(&sound, i % 2 == 0 ? &good : &amber);
	assert_int_equal(sound.verdict, SOUND_AMBER);
}

static void one_low_word_is_no_low_voice(void **state)
{
	(void)state;
	struct interpretability sound = speaker();
	struct sound_second low = good;
	low.level_dbov = -60;
	hear(&sound, &good, 5);
	hear(&sound, &low, 1);
	hear(&sound, &good, 1);
	assert_int_equal(sound.verdict, SOUND_GREEN);
	hear(&sound, &low, 20);
	assert_int_equal(sound.verdict, SOUND_RED);
	assert_int_equal(sound.faults, SOUND_QUIET);
}

static void names_are_those_of_the_protocol(void **state)
{
	(void)state;
	assert_string_equal(sound_verdict_name(SOUND_UNKNOWN), "unknown");
	assert_string_equal(sound_verdict_name(SOUND_AMBER), "amber");
	assert_string_equal(sound_fault_name(0), "band");
	assert_string_equal(sound_fault_name(SOUND_FAULTS - 1), "hum");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_seconds_of_voice_make_a_verdict),
		cmocka_unit_test(silence_and_absence_say_nothing),
		cmocka_unit_test(each_fault_has_its_bounds),
		cmocka_unit_test(a_voice_has_to_stand_above_what_lies_behind_it),
		cmocka_unit_test(a_hum_is_named_where_it_makes_the_noise),
		cmocka_unit_test(a_hum_turns_from_noise_at_once_and_goes_with_it),
		cmocka_unit_test(one_loud_second_is_no_noise_and_a_quiet_one_tells_of_it),
		cmocka_unit_test(who_never_pauses_has_no_noise),
		cmocka_unit_test(it_turns_worse_after_two_seconds_and_better_after_five),
		cmocka_unit_test(a_fault_that_comes_and_goes_does_not_blink),
		cmocka_unit_test(one_low_word_is_no_low_voice),
		cmocka_unit_test(names_are_those_of_the_protocol),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
