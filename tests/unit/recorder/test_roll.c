/* A recorder that goes on in new files, on virtual time. */
#include "tests/support/known_content.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int64_t skew_us(
	const struct known_found *sound, const struct known_found *picture, size_t second)
{
	while (!sound->has_off[second] || !picture->has_off[second])
		second++; /* while a picture stood still */
	return sound->off_us[second] - picture->off_us[second];
}

static void sixty_five_minutes_roll_twice_and_keep_every_frame_in_step(void **state)
{
	const int minutes = 65;
	struct known_world *world = known_world_new(30 * 60 * 1000);
	world->jitter = RS_MS(15);
	world->doubled_permille = 10;
	world->loss_permille = 50;
	world->given_up_permille = 20;
	known_run(world, RS_SEC(minutes * 60));
	known_finish(&world->sound, RS_SEC(minutes * 60 + 2));
	known_finish(&world->picture, RS_SEC(minutes * 60 + 2));
	assert_int_equal(world->memory.opened, 2 * 2 * 3);
	assert_int_equal(world->memory.stalls, 0);
	assert_true(world->sound.lost > 100 && world->picture.freezes > 50);

	struct known_found *sound = known_read_back(&world->memory, &world->sound, 3);
	struct known_found *picture = known_read_back(&world->memory, &world->picture, 3);
	assert_int_equal(sound->synthetic, world->sound.lost); /* one packet of silence for each */
	for (unsigned i = 0; i < 2; i++) {
		const int64_t sound_ms = sound->first_ms[i + 1] - sound->first_ms[i];
		const int64_t picture_ms = picture->first_ms[i + 1] - picture->first_ms[i];
		assert_in_range(sound_ms, 1800000, 1800000 + 100);
		assert_in_range(picture_ms, 1800000, 1800000 + 3000);
	}
	int64_t worst = 0;
	for (size_t second = 0; second < (size_t)minutes * 60 - 5; second++) {
		const int64_t skew = skew_us(sound, picture, second);
		if (skew > worst || skew < -worst)
			worst = skew < 0 ? -skew : skew;
	}
	print_message(
		"# skew in us: start %lld, middle %lld, end %lld, worst of all seconds %lld\n",
		(long long)skew_us(sound, picture, 0),
		(long long)skew_us(sound, picture, (size_t)minutes * 30),
		(long long)skew_us(sound, picture, (size_t)minutes * 60 - 6), (long long)worst);
	assert_in_range(worst, 0, 20000);
	rs_release(sound);
	rs_release(picture);
	known_world_free(world);
}

static void without_a_key_frame_the_file_goes_on(void **state)
{
	struct known_world *world = known_world_new(10000);
	world->picture.deaf = true;
	known_run(world, RS_SEC(35));
	assert_true(track_wants_key(world->picture.track));
	known_finish(&world->sound, RS_SEC(37));
	known_finish(&world->picture, RS_SEC(37));
	assert_false(known_has_file(&world->memory, "002.v.webm"));
	rs_release(known_read_back(&world->memory, &world->picture, 1));
	rs_release(known_read_back(&world->memory, &world->sound, 4));
	known_world_free(world);
}

static void a_key_frame_is_asked_for_when_the_file_is_full_and_not_before(void **state)
{
	struct known_world *world = known_world_new(10000);
	known_run(world, RS_SEC(9));
	assert_false(track_wants_key(world->picture.track));
	assert_in_range(world->picture.key_asked, 0, RS_SEC(1)); /* for the first file */
	known_run(world, RS_SEC(12));
	assert_in_range(world->picture.key_asked, RS_SEC(10), RS_MS(10200));
	assert_false(track_wants_key(world->picture.track));
	assert_true(known_has_file(&world->memory, "002.v.webm"));
	known_world_free(world);
}

static void a_sound_card_that_stood_still_is_noticed_and_put_right(void **state)
{
	struct known_world *world = known_world_new(1800000);
	world->sound.stall_from = 60 * 50;
	world->sound.stall = RS_SEC(6);
	known_run(world, RS_SEC(120));
	known_finish(&world->sound, RS_SEC(122));
	known_finish(&world->picture, RS_SEC(122));
	assert_int_equal(world->memory.stalls, 1);
	struct known_found *sound = known_read_back(&world->memory, &world->sound, 1);
	struct known_found *picture = known_read_back(&world->memory, &world->picture, 1);
	assert_in_range(sound->synthetic, 290, 310); /* the six seconds */
	for (size_t second = 0; second < 115; second++) {
		const int64_t skew = skew_us(sound, picture, second);
		/* Until the next report only the sender could know. */
		if (second < 60 || second > 66 + 5)
			assert_true(skew > -20000 && skew < 20000);
	}
	rs_release(sound);
	rs_release(picture);
	known_world_free(world);
}

static void sound_that_ended_is_finished_when_its_time_is_over(void **state)
{
	struct known_world *world = known_world_new(30000);
	world->jitter = RS_MS(15);
	known_run(world, RS_SEC(5));
	struct track *sound = world->sound.track;
	const struct known_file *file = known_file_named(&world->memory, "001.a.webm");
	rs_time now = 0;
	for (int i = 0; i < 3 && track_deadline(sound) != RS_TIME_NEVER; i++) {
		now = track_deadline(sound);
		assert_false(file->closed);
		assert_int_equal(track_tick(sound, now), 0);
		assert_true(track_deadline(sound) > now);
	}
	assert_true(file->closed);
	assert_in_range(now, RS_SEC(30), RS_SEC(31));
	assert_int_equal(track_deadline(sound), RS_TIME_NEVER);
	assert_false(known_file_named(&world->memory, "001.v.webm")->closed);

	/* An hour later both speak again: sound in its next file, the picture where it can. */
	world->sound.number += 3600 * 50;
	world->sound.seq = (uint16_t)(world->sound.seq + 3600 * 50);
	world->picture.number += 3600 * 1000 / 66;
	const rs_time again = known_captured(&world->sound, world->sound.number);
	known_run(world, again + RS_SEC(5));
	known_finish(&world->sound, again + RS_SEC(7));
	known_finish(&world->picture, again + RS_SEC(7));
	struct known_found *found = rs_zalloc(sizeof(*found));
	assert_non_null(found);
	found->source = &world->sound;
	known_read_file(found, file);
	known_read_file(found, known_file_named(&world->memory, "002.a.webm"));
	assert_int_equal(found->frames, world->sound.n_expected);
	assert_int_equal(found->synthetic, 0);
	assert_in_range(
		found->first_ms[1] - found->first_ms[0], again / 1000 - 500, again / 1000 + 500);
	rs_release(found);
	rs_release(known_read_back(&world->memory, &world->picture, 2));
	known_world_free(world);
}

static void packets_of_a_picture_without_a_file_are_told_at_its_end(void **state)
{
	struct known_world *world = known_world_new(30000);
	world->picture.number = 1; /* the key frame of all was before */
	world->picture.deaf = true;
	known_run(world, RS_SEC(5));
	assert_int_equal(world->memory.unwritten, 0);
	known_finish(&world->picture, RS_SEC(7));
	known_finish(&world->sound, RS_SEC(7));
	assert_false(known_has_file(&world->memory, "001.v.webm"));
	assert_int_equal(world->memory.unwritten, world->picture.packets);
	known_world_free(world);
}

static int64_t number_of(const struct known_file *file, const char *member)
{
	return json_integer_value(json_object_get(file->end, member));
}

/* The disk cannot take all for a minute, and again for the last ten seconds; a file would be full meanwhile. */
static void pictures_are_left_out_up_to_a_key_frame_and_sound_is_not(void **state)
{
	struct known_world *world = known_world_new(30000);
	struct known_source *picture = &world->picture;
	known_run(world, RS_SEC(10));
	uint64_t before = picture->packets;
	const size_t octets = rs_buf_len(&known_file_named(&world->memory, "001.v.webm")->data);
	world->pictures_held = true;
	known_run(world, RS_SEC(70));
	assert_int_equal(rs_buf_len(&known_file_named(&world->memory, "001.v.webm")->data), octets);
	assert_true(picture->key_asked < RS_SEC(10));
	uint64_t held = picture->packets - before;
	world->pictures_held = false;
	assert_true(track_wants_key(picture->track));
	known_run(world, RS_SEC(90));
	assert_in_range(picture->key_asked, RS_SEC(70), RS_SEC(72));
	assert_false(track_wants_key(picture->track));
	before = picture->packets;
	world->pictures_held = true;
	known_run(world, RS_SEC(100));
	held += picture->packets - before;
	known_finish(&world->sound, RS_SEC(102));
	known_finish(picture, RS_SEC(102));

	rs_release(known_read_back(&world->memory, &world->sound, 4));
	rs_release(known_read_back(&world->memory, picture, 2));
	const struct known_file *first = known_file_named(&world->memory, "001.v.webm");
	const struct known_file *second = known_file_named(&world->memory, "002.v.webm");
	/* Those on the way before the key frame that was asked for came after the hold. */
	assert_in_range(number_of(first, "dropped") + number_of(second, "dropped"), held, held + 6);
	assert_in_range(number_of(second, "frozen_ms"), 60000, 60500);
	known_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_are_left_out_up_to_a_key_frame_and_sound_is_not),
		cmocka_unit_test(sixty_five_minutes_roll_twice_and_keep_every_frame_in_step),
		cmocka_unit_test(without_a_key_frame_the_file_goes_on),
		cmocka_unit_test(a_key_frame_is_asked_for_when_the_file_is_full_and_not_before),
		cmocka_unit_test(a_sound_card_that_stood_still_is_noticed_and_put_right),
		cmocka_unit_test(sound_that_ended_is_finished_when_its_time_is_over),
		cmocka_unit_test(packets_of_a_picture_without_a_file_are_told_at_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
