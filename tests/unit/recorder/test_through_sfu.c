/* Known content, coded by real coders, through the SFU's router and tap into files, on virtual time: all of it, and in step. */
#include "tests/support/known_content.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SKEW_MOST_US 20000

static int64_t skew_us(
	const struct known_found *sound, const struct known_found *picture, size_t second)
{
	while (!sound->has_off[second] || !picture->has_off[second])
		second++;
	return sound->off_us[second] - picture->off_us[second];
}

/* The sender's sound card is 100 ppm off its wall clock, and that 50 ppm off ours. One packet in twenty
 * is lost, and so is one in twenty of those that repair it. */
static void thirty_minutes_with_five_percent_of_loss_are_kept_whole_and_in_step(void **state)
{
	const rs_time end = RS_SEC(31 * 60);
	struct known_world *world = known_world_new(3600 * 1000);
	world->jitter = RS_MS(15);
	world->loss_permille = 50;
	world->lossless_from = end - RS_SEC(1);
	known_world_code(world);
	known_sfu_join(world);
	known_run(world, end);
	known_finish(&world->sound, end + RS_SEC(2));
	known_finish(&world->picture, end + RS_SEC(2));
	assert_int_equal(known_sfu_missing(world->sfu), 0);
	assert_true(known_sfu_rtx(world->sfu) > 1000);
	assert_int_equal(world->memory.stalls, 0);

	/* Fails unless every frame that was sent is there, once and in order, and says its number when decoded. */
	struct known_found *sound = known_read_back(&world->memory, &world->sound, 1);
	struct known_found *picture = known_read_back(&world->memory, &world->picture, 1);
	assert_int_equal(sound->frames, world->sound.number);
	assert_int_equal(picture->frames, world->picture.number);
	assert_int_equal(sound->synthetic, 0);
	assert_in_range(sound->heard, 31 * 60, 31 * 60 + 1);
	int64_t worst = 0;
	for (size_t second = 0; second < 30 * 60; second++) {
		const int64_t skew = skew_us(sound, picture, second);
		if (skew > worst || skew < -worst)
			worst = skew < 0 ? -skew : skew;
	}
	print_message(
		"# %zu frames of sound, %u chirps, %zu pictures, %llu packets sent again; skew in us: "
		"start %lld, after 30 minutes %lld, worst of all seconds %lld\n",
		sound->frames, sound->heard, picture->frames,
		(unsigned long long)known_sfu_resent(world->sfu),
		(long long)skew_us(sound, picture, 0),
		(long long)skew_us(sound, picture, 30 * 60 - 1), (long long)worst);
	assert_in_range(worst, 0, SKEW_MOST_US);
	rs_release(sound);
	rs_release(picture);
	known_world_free(world);
}

/* The next file begins with a key frame that the recorder asks the router for, and that the publisher. */
static void files_that_follow_one_another_are_kept_whole_as_well(void **state)
{
	const rs_time end = RS_SEC(65);
	struct known_world *world = known_world_new(20000);
	world->jitter = RS_MS(15);
	world->loss_permille = 50;
	world->lossless_from = end - RS_SEC(1);
	known_world_code(world);
	known_sfu_join(world);
	known_run(world, end);
	known_finish(&world->sound, end + RS_SEC(2));
	known_finish(&world->picture, end + RS_SEC(2));
	assert_int_equal(known_sfu_missing(world->sfu), 0);
	rs_release(known_read_back(&world->memory, &world->sound, 4));
	rs_release(known_read_back(&world->memory, &world->picture, 4));
	known_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			thirty_minutes_with_five_percent_of_loss_are_kept_whole_and_in_step),
		cmocka_unit_test(files_that_follow_one_another_are_kept_whole_as_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
