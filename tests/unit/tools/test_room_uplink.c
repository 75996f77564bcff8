/* A room's line that narrows and opens again, on virtual time: sound stays, sizes of the picture go and come back. */
#include "common/rtp/twcc.h"
#include "tests/support/bwe_line.h"
#include "tests/support/oom.h"
#include "tools/roombox/send/uplink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define SOUND_BPS 64000
#define SOUND_EVERY RS_MS(20)
#define PICTURE_EVERY RS_MS(33)
#define HEADERS 84U /* of a packet, with all below */
#define PART 1100U
/* A key frame is as long as so many pictures. */
#define KEY 12U

static const struct uplink_config preset = { .sound_bps = SOUND_BPS,
	.bitrates_bps = { 150000, 400000, 1200000 } };

struct world {
	struct uplink *uplink;
	struct bwe_line line;
	rs_time now;
	rs_time sound_at, picture_at;
	bool key[LADDER_LAYERS];             /* asked for */
	bool was_there[LADDER_LAYERS];       /* at the last picture */
	uint64_t pictures[LADDER_LAYERS];    /* encoded */
	uint64_t keys[LADDER_LAYERS];        /* of those */
	uint64_t sent_octets[LADDER_LAYERS]; /* that left */
	bool floods; /* everything leaves at once, as if nothing were measured */
};

/* In one stage of a line. */
struct stage {
	uint64_t sound_sent, sound_lost;
	uint64_t pictures[LADDER_LAYERS];
	rs_time concealed; /* in the stage, us */
};

static void world_init(struct world *world, uint64_t bps)
{
	memset(world, 0, sizeof(*world));
	world->now = RS_SEC(1);
	bwe_line_init(&world->line, 7);
	world->line.rate_bps = bps;
	assert_int_equal(uplink_new(&preset, world->now, &world->uplink), 0);
	world->sound_at = world->picture_at = world->now;
}

static void world_done(struct world *world)
{
	uplink_free(world->uplink);
}

static void hear(void *ctx, const uint8_t *rtcp, size_t len, rs_time now)
{
	struct world *world = ctx;
	struct rtcp_item item;
	struct rtcp_feedback feedback;
	struct twcc_feedback twcc;
	size_t cursor = 0;
	assert_int_equal(rtcp_next(rtcp, len, &cursor, &item), 1);
	assert_int_equal(rtcp_feedback_parse(&item, &feedback), 0);
	assert_int_equal(twcc_parse(&feedback, &twcc), 0);
	estimator_feedback(uplink_estimator(world->uplink), &twcc, now);
}

static void send_sound(struct world *world)
{
	const struct bwe_line_packet packet = { .audio = true,
		.octets = SOUND_BPS / 8 / 50 + HEADERS };
	if (world->now < world->sound_at)
		return;
	world->sound_at += SOUND_EVERY;
	bwe_line_send(&world->line, &packet, world->now);
	estimator_sent_unnumbered(uplink_estimator(world->uplink), packet.octets, world->now);
	uplink_spent(world->uplink, packet.octets, world->now);
}

static void send_numbered(struct world *world, uint32_t octets)
{
	const struct bwe_line_packet packet = { .numbered = true,
		.octets = octets,
		.number = estimator_sent(uplink_estimator(world->uplink), octets, world->now) };
	bwe_line_send(&world->line, &packet, world->now);
	uplink_spent(world->uplink, octets, world->now);
}

static void put(struct world *world, size_t layer, size_t octets)
{
	static const uint8_t data[LADDER_PAYLOAD_MAX] = { 0 };
	for (size_t left = octets; left > 0;) {
		const struct rtc_payload payload = { .data_view = data,
			.len = left < PART ? left : PART };
		if (world->floods)
			send_numbered(world, (uint32_t)payload.len + HEADERS);
		else
			uplink_put(world->uplink, layer, &payload);
		left -= payload.len;
	}
}

/* Who sees a size that comes back asks for a key frame. */
static void encode(struct world *world, size_t layer)
{
	const uint32_t bps =
		world->floods ? preset.bitrates_bps[layer] : uplink_layer_bps(world->uplink, layer);
	const bool there = bps > 0;
	world->key[layer] = world->key[layer] || (there && !world->was_there[layer]);
	world->was_there[layer] = there;
	if (!there || (!world->floods && !uplink_admits(world->uplink, layer, world->now)))
		return;
	const bool key = uplink_keyframe_wanted(world->uplink, layer) || world->key[layer];
	world->key[layer] = false;
	world->pictures[layer]++;
	world->keys[layer] += key;
	put(world, layer, (size_t)(bps / 8 / 30) * (key ? KEY : 1));
}

static void step(struct world *world)
{
	size_t layer;
	struct rtc_payload payload;
	uint8_t padding;
	world->now += RS_MS(1);
	(void)bwe_line_step(&world->line, hear, world, world->now);
	send_sound(world);
	uplink_tick(world->uplink, world->now);
	while (uplink_poll(world->uplink, world->now, &layer, &payload) == 1) {
		world->sent_octets[layer] += payload.len;
		send_numbered(world, (uint32_t)payload.len + HEADERS);
	}
	while ((padding = uplink_padding(world->uplink, world->now)) > 0 && !world->floods)
		send_numbered(world, padding + HEADERS);
	if (world->now < world->picture_at)
		return;
	world->picture_at += PICTURE_EVERY;
	for (size_t i = LADDER_LAYERS; i > 0; i--)
		encode(world, i - 1);
}

static void run(struct world *world, rs_time duration)
{
	for (const rs_time until = world->now + duration; world->now < until;)
		step(world);
}

static struct stage stage(struct world *world, uint64_t bps, rs_time duration)
{
	struct stage was = { .sound_sent = world->line.audio_sent,
		.sound_lost = world->line.audio_lost };
	const rs_time from = world->now;
	memcpy(was.pictures, world->pictures, sizeof(was.pictures));
	world->line.rate_bps = bps;
	run(world, duration);
	was.sound_sent = world->line.audio_sent - was.sound_sent;
	was.sound_lost = world->line.audio_lost - was.sound_lost;
	for (size_t i = 0; i < LADDER_LAYERS; i++)
		was.pictures[i] = world->pictures[i] - was.pictures[i];
	for (rs_time at = from; at < world->now; at += SOUND_EVERY)
		was.concealed += world->line.concealed_in[at / SOUND_EVERY];
	print_message("# %llu bit/s: sound lost %llu of %llu, concealed %lld ms; pictures %llu "
		      "%llu %llu; estimate %u\n",
		(unsigned long long)bps, (unsigned long long)was.sound_lost,
		(unsigned long long)was.sound_sent, (long long)was.concealed / 1000,
		(unsigned long long)was.pictures[0], (unsigned long long)was.pictures[1],
		(unsigned long long)was.pictures[2], uplink_bps(world->uplink));
	return was;
}

static unsigned sizes(const struct world *world)
{
	unsigned n = 0;
	for (size_t i = 0; i < LADDER_LAYERS; i++)
		n += uplink_layer_bps(world->uplink, i) > 0;
	return n;
}

static void a_line_that_narrows_costs_sizes_of_the_picture_and_no_sound(void **state)
{
	static struct world world;
	world_init(&world, 5000000);
	struct stage was = stage(&world, 5000000, RS_SEC(10));
	assert_int_equal(sizes(&world), 3);
	assert_int_equal(uplink_layer_bps(world.uplink, 2), preset.bitrates_bps[2]);
	assert_int_equal(was.sound_lost, 0);

	was = stage(&world, 800000, RS_SEC(30));
	assert_int_equal(sizes(&world), 2);
	assert_int_equal(was.sound_lost, 0);
	assert_true(was.concealed < RS_MS(300)); /* what was under way as it narrowed */
	assert_true(was.pictures[2] < was.pictures[1] / 10);

	was = stage(&world, 300000, RS_SEC(30));
	assert_int_equal(sizes(&world), 1);
	assert_int_equal(was.sound_lost, 0);
	assert_true(was.concealed < RS_MS(400));
	assert_true(was.pictures[0] > 30 * 15);
	assert_true(was.pictures[1] < was.pictures[0] / 10);

	was = stage(&world, 5000000, RS_SEC(20));
	assert_int_equal(sizes(&world), 3);
	assert_int_equal(uplink_layer_bps(world.uplink, 2), preset.bitrates_bps[2]);
	assert_int_equal(was.sound_lost, 0);
	assert_true(was.pictures[2] > 20 * 30 / 2);
	world_done(&world);
}

/* That the line of this test does lose sound where nobody measures it. */
static void the_same_line_loses_sound_where_nobody_measures_it(void **state)
{
	static struct world world;
	world_init(&world, 5000000);
	world.floods = true;
	(void)stage(&world, 5000000, RS_SEC(10));
	const struct stage was = stage(&world, 300000, RS_SEC(30));
	assert_true(was.sound_lost > was.sound_sent / 10);
	world_done(&world);
}

static void a_line_that_carries_sound_alone_has_no_picture_until_it_carries_more(void **state)
{
	static struct world world;
	world_init(&world, 5000000);
	(void)stage(&world, 5000000, RS_SEC(5));
	(void)stage(&world, 140000, RS_SEC(20));
	const struct stage was = stage(&world, 140000, RS_SEC(20));
	assert_int_equal(sizes(&world), 0);
	assert_int_equal(was.sound_lost, 0);
	assert_int_equal(was.pictures[0], 0);
	(void)stage(&world, 600000, RS_SEC(20));
	assert_true(sizes(&world) >= 1);
	world_done(&world);
}

static void sizes_do_not_flutter(void **state)
{
	static struct world world;
	world_init(&world, 1500000);
	(void)stage(&world, 1500000, RS_SEC(20));
	unsigned changes = 0;
	unsigned before = sizes(&world);
	for (unsigned i = 0; i < 600; i++) {
		run(&world, RS_MS(100));
		changes += sizes(&world) != before;
		before = sizes(&world);
	}
	print_message("# %u changes a minute\n", changes);
	assert_true(changes <= 6);
	world_done(&world);
}

/* How long sound was made up while every size made ten key frames. */
static rs_time behind_key_frames(bool floods)
{
	static struct world world;
	rs_time concealed = 0;
	world_init(&world, 3500000);
	world.floods = floods;
	(void)stage(&world, 3500000, RS_SEC(10));
	for (unsigned i = 0; i < 10; i++) {
		for (size_t k = 0; k < LADDER_LAYERS; k++)
			world.key[k] = true;
		const struct stage was = stage(&world, 3500000, RS_SEC(2));
		assert_int_equal(was.sound_lost, 0);
		concealed += was.concealed;
	}
	world_done(&world);
	return concealed;
}

static void a_key_frame_does_not_stand_before_sound(void **state)
{
	assert_true(behind_key_frames(false) < RS_MS(40));
	assert_true(behind_key_frames(true) > RS_MS(400));
}

static void what_is_thrown_away_is_mended_by_a_key_frame(void **state)
{
	static struct world world;
	size_t layer;
	struct rtc_payload payload;
	world_init(&world, 5000000);
	(void)stage(&world, 5000000, RS_SEC(5));
	while (uplink_poll(world.uplink, world.now, &layer, &payload) == 1)
		uplink_spent(world.uplink, (uint32_t)payload.len, world.now);
	assert_false(uplink_keyframe_wanted(world.uplink, 2));
	put(&world, 2, 256 * PART);
	assert_false(uplink_keyframe_wanted(world.uplink, 2));
	assert_false(uplink_admits(world.uplink, 2, world.now));
	assert_true(uplink_admits(world.uplink, 1, world.now)); /* it goes before */
	put(&world, 2, PART);                                   /* there is no room */
	assert_true(uplink_admits(world.uplink, 2, world.now));
	put(&world, 2, PART); /* the rest of that picture */
	assert_int_equal(uplink_poll(world.uplink, world.now, &layer, &payload), 0);
	assert_true(uplink_keyframe_wanted(world.uplink, 2));
	assert_false(uplink_keyframe_wanted(world.uplink, 2));
	world_done(&world);
}

static void a_new_connection_knows_nothing(void **state)
{
	static struct world world;
	world_init(&world, 5000000);
	(void)stage(&world, 5000000, RS_SEC(5));
	assert_int_equal(sizes(&world), 3);
	uplink_begin(world.uplink, world.now);
	assert_int_equal(sizes(&world), 0);
	assert_int_equal(uplink_bps(world.uplink), ESTIMATOR_START_BPS);
	uplink_tick(world.uplink, world.now);
	assert_int_equal(sizes(&world), 1);
	world_done(&world);
}

static int make_and_free(void *ctx)
{
	struct uplink *uplink = NULL;
	const int err = uplink_new(&preset, 0, &uplink);
	uplink_free(uplink);
	return err;
}

static void memory_may_run_out(void **state)
{
	check_oom(make_and_free, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_narrows_costs_sizes_of_the_picture_and_no_sound),
		cmocka_unit_test(the_same_line_loses_sound_where_nobody_measures_it),
		cmocka_unit_test(
			a_line_that_carries_sound_alone_has_no_picture_until_it_carries_more),
		cmocka_unit_test(sizes_do_not_flutter),
		cmocka_unit_test(a_key_frame_does_not_stand_before_sound),
		cmocka_unit_test(what_is_thrown_away_is_mended_by_a_key_frame),
		cmocka_unit_test(a_new_connection_knows_nothing),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
