#include "common/base/rand.h"
#include "tests/support/oom.h"
#include "tools/roombox/hear/jitter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#define BLOCK 480
#define FLIGHT 64

static const struct jitter_config usual = { .least = RS_MS(20), .most = RS_MS(400) };

/* A sender, a line and a player, each with a clock of its own; the line's is the true one. */
struct world {
	struct jitter *jitter;
	struct rs_rand rand;
	double sender_ppm;
	double player_ppm;
	rs_time delay;
	uint32_t jitter_us; /* uniform from 0 */
	uint32_t loss_permille;
	uint32_t burst;                    /* packets lost together */
	rs_time stall_at;                  /* the line stands still from there … */
	rs_time stall;                     /* … for so long */
	rs_time paused_from, paused_until; /* nothing is sent between: no numbers are used */
	/* of the sender */
	uint32_t sent;
	uint16_t seq;
	uint32_t losing;
	struct {
		bool used;
		rs_time arrival;
		uint16_t seq;
		uint32_t ts;
	} flight[FLIGHT];
	/* of the player */
	uint64_t blocks;
	double ahead; /* samples taken and not heard */
	uint64_t played;
	uint64_t silent;
	uint32_t last_number; /* that a packet carried */
	unsigned disorder;
};

static struct world *world_new(uint64_t seed)
{
	struct world *world = rs_zalloc(sizeof(*world));
	assert_non_null(world);
	rs_rand_init_seed(&world->rand, seed);
	assert_int_equal(jitter_new(&usual, &world->jitter), 0);
	world->delay = RS_MS(30);
	world->seq = 65500; /* wraps soon */
	return world;
}

static void world_free(struct world *world)
{
	jitter_free(world->jitter);
	rs_release(world);
}

static rs_time arrival_of(struct world *world, rs_time sent)
{
	const rs_time at =
		sent + world->delay +
		(world->jitter_us > 0 ? rs_rand_below(&world->rand, world->jitter_us) : 0);
	if (world->stall > 0 && at >= world->stall_at && at < world->stall_at + world->stall)
		return world->stall_at + world->stall;
	return at;
}

static void send(struct world *world, rs_time now)
{
	const rs_time at = (rs_time)(20000.0 * world->sent / (1 + world->sender_ppm * 1e-6));
	if (at > now)
		return;
	const uint32_t ts = world->sent++ * JITTER_FRAME + 4294900000U;
	if (now >= world->paused_from && now < world->paused_until)
		return;
	const uint16_t seq = world->seq++;
	if (world->losing == 0 && rs_rand_below(&world->rand, 1000) < world->loss_permille)
		world->losing = world->burst > 0 ? world->burst : 1;
	if (world->losing > 0) {
		world->losing--;
		return;
	}
	for (size_t i = 0; i < FLIGHT; i++) {
		if (world->flight[i].used)
			continue;
		world->flight[i].used = true;
		world->flight[i].arrival = arrival_of(world, at);
		world->flight[i].seq = seq;
		world->flight[i].ts = ts;
		return;
	}
	fail_msg("too many packets on the line");
}

static void arrive(struct world *world, rs_time now)
{
	for (size_t i = 0; i < FLIGHT; i++) {
		if (!world->flight[i].used || world->flight[i].arrival > now)
			continue;
		uint8_t data[4];
		const uint32_t number = (world->flight[i].ts - 4294900000U) / JITTER_FRAME;
		memcpy(data, &number, sizeof(data));
		const struct jitter_packet packet = { world->flight[i].seq, world->flight[i].ts,
			JITTER_FRAME, data, sizeof(data) };
		(void)jitter_put(world->jitter, &packet, world->flight[i].arrival);
		world->flight[i].used = false;
	}
}

static void take(struct world *world, rs_time now)
{
	struct jitter_out out = { .duration = BLOCK };
	uint32_t number;
	switch (jitter_take(world->jitter, (size_t)world->ahead, now, &out)) {
	case JITTER_PACKET:
		memcpy(&number, out.data_view, sizeof(number));
		world->disorder += world->played > 0 && number <= world->last_number;
		world->last_number = number;
		world->played++;
		break;
	case JITTER_RECOVER:
		break;
	case JITTER_SILENCE:
		world->silent++;
		break;
	case JITTER_CONCEAL:
		out.duration = JITTER_FRAME;
		break;
	}
	world->ahead += out.duration;
}

/* On to `until` of the true clock; the player's blocks are as long as its own clock says. */
static void run(struct world *world, rs_time until)
{
	for (;;) {
		const rs_time player = RS_MS(10) * (rs_time)world->blocks;
		const rs_time now = (rs_time)((double)player / (1 + world->player_ppm * 1e-6));
		if (now >= until)
			return;
		send(world, now);
		arrive(world, now);
		/* The player reads its own clock, and nothing else. */
		const double rate = jitter_rate(world->jitter, (size_t)world->ahead, BLOCK, now);
		while (world->ahead < BLOCK * rate)
			take(world, now);
		world->ahead -= BLOCK * rate;
		world->blocks++;
	}
}

static void check_half_an_hour(double sender_ppm, double player_ppm)
{
	struct world *world = world_new(1);
	world->sender_ppm = sender_ppm;
	world->player_ppm = player_ppm;
	world->jitter_us = 8000;
	run(world, RS_SEC(1));
	const uint64_t silent = world->silent;
	run(world, RS_SEC(60));
	rs_time least = RS_TIME_NEVER;
	rs_time most = 0;
	for (unsigned i = 61; i <= 1800; i++) {
		run(world, RS_SEC(i));
		least = rs_time_min(least, jitter_stats(world->jitter)->delay);
		most = rs_time_max(most, jitter_stats(world->jitter)->delay);
	}
	const struct jitter_stats *stats = jitter_stats(world->jitter);
	assert_int_equal(stats->concealed, 0);
	assert_int_equal(stats->lost, 0);
	assert_int_equal(stats->late, 0);
	assert_int_equal(stats->resyncs, 0);
	assert_int_equal(stats->pauses, 0);
	assert_int_equal(world->silent, silent);
	assert_int_equal(world->disorder, 0);
	assert_true(world->played > 1799 * 50);
	/* It neither creeps nor swings. */
	print_message("measured: %+.0f ppm: delay from %.1f to %.1f ms\n", sender_ppm - player_ppm,
		(double)least / 1000, (double)most / 1000);
	assert_true(most - least < RS_MS(6));
	assert_true(most < RS_MS(40));
	world_free(world);
}

static void clocks_that_differ_cost_nothing_in_half_an_hour(void **state)
{
	check_half_an_hour(200, 0);
	check_half_an_hour(-200, 0);
	check_half_an_hour(100, -100);
	check_half_an_hour(-200, 200);
}

static void a_lost_packet_is_taken_from_the_one_behind_it(void **state)
{
	struct world *world = world_new(2);
	world->loss_permille = 50;
	run(world, RS_SEC(15));
	/* From now on it waits for the packet behind. */
	const struct jitter_stats before = *jitter_stats(world->jitter);
	run(world, RS_SEC(135));
	const struct jitter_stats *stats = jitter_stats(world->jitter);
	assert_in_range(stats->lost - before.lost, 200, 400);
	/* Two in a row happen; of those the first is made up. */
	assert_true(stats->recovered - before.recovered > (stats->lost - before.lost) * 9 / 10);
	assert_int_equal(stats->recovered + stats->concealed, stats->lost);
	assert_int_equal(stats->late, 0);
	assert_int_equal(stats->pauses, 0);
	assert_int_equal(world->disorder, 0);
	world_free(world);
}

static void of_a_burst_the_last_is_recovered_and_the_rest_made_up(void **state)
{
	struct world *world = world_new(3);
	world->loss_permille = 5;
	world->burst = 3;
	run(world, RS_SEC(120));
	const struct jitter_stats *stats = jitter_stats(world->jitter);
	assert_true(stats->lost > 30);
	assert_int_equal(stats->lost % 3, 0);
	assert_int_equal(stats->recovered + stats->concealed, stats->lost);
	assert_true(stats->delay < RS_MS(100));
	world_free(world);
}

static void packets_out_of_order_are_played_in_order(void **state)
{
	struct world *world = world_new(4);
	world->jitter_us = 60000; /* three packets overtake each other */
	run(world, RS_SEC(10));
	const struct jitter_stats before = *jitter_stats(world->jitter);
	run(world, RS_SEC(130));
	const struct jitter_stats *stats = jitter_stats(world->jitter);
	assert_int_equal(world->disorder, 0);
	/* The buffer waits for all but a few stragglers. */
	assert_true(stats->lost - before.lost < 120 * 50 / 40);
	assert_true(stats->target > RS_MS(60) && stats->target < RS_MS(75));
	world_free(world);
}

static void the_delay_follows_the_jitter_both_ways(void **state)
{
	struct world *world = world_new(5);
	run(world, RS_SEC(20));
	assert_int_equal(jitter_stats(world->jitter)->target, usual.least);
	world->jitter_us = 100000;
	run(world, RS_SEC(60));
	assert_true(jitter_stats(world->jitter)->target > RS_MS(95));
	world->jitter_us = 0;
	run(world, RS_SEC(120));
	assert_int_equal(jitter_stats(world->jitter)->target, usual.least);
	assert_true(jitter_stats(world->jitter)->delay < RS_MS(30));
	world_free(world);
}

static void a_line_that_stood_still_costs_a_moment(void **state)
{
	struct world *world = world_new(6);
	world->stall_at = RS_SEC(10);
	world->stall = RS_MS(300);
	run(world, RS_SEC(30));
	const struct jitter_stats *stats = jitter_stats(world->jitter);
	assert_in_range(stats->concealed + stats->pauses, 1, 6);
	assert_int_equal(world->disorder, 0);
	assert_true(world->played > 30 * 50 - 30);
	run(world, RS_SEC(120));
	assert_true(jitter_stats(world->jitter)->delay < RS_MS(60));
	world_free(world);
}

static void a_pause_is_silence_and_no_loss(void **state)
{
	struct world *world = world_new(7);
	world->paused_from = RS_SEC(5);
	world->paused_until = RS_SEC(9);
	run(world, RS_SEC(7));
	const struct jitter_stats *stats = jitter_stats(world->jitter);
	assert_int_equal(stats->pauses, 1);
	const uint64_t played = world->played;
	run(world, RS_SEC(20));
	assert_true(world->played > played + 10 * 50);
	assert_int_equal(stats->pauses, 1);
	assert_int_equal(stats->lost, 0);
	assert_int_equal(stats->concealed, 0);
	assert_true(stats->delay < RS_MS(40));
	world_free(world);
}

static int put(struct jitter *jitter, unsigned seq, unsigned ts, rs_time now)
{
	const uint8_t data[] = { 1 };
	const struct jitter_packet packet = { (uint16_t)seq, ts, JITTER_FRAME, data, 1 };
	return jitter_put(jitter, &packet, now);
}

static void repeats_and_what_is_too_late_are_counted(void **state)
{
	struct jitter *jitter = NULL;
	struct jitter_out out;
	assert_int_equal(jitter_new(&usual, &jitter), 0);
	assert_int_equal(put(jitter, 10, 0, 0), 0);
	assert_int_equal(put(jitter, 10, 0, 0), -EALREADY);
	assert_int_equal(jitter_take(jitter, 0, RS_MS(19), &out), JITTER_SILENCE);
	assert_int_equal(jitter_take(jitter, 0, RS_MS(20), &out), JITTER_PACKET);
	assert_int_equal(put(jitter, 9, 0, RS_MS(20)), -EALREADY);
	assert_int_equal(jitter_stats(jitter)->repeats, 1);
	assert_int_equal(jitter_stats(jitter)->late, 1);
	/* Another stream: its numbers have nothing to do with those before. */
	assert_int_equal(put(jitter, 40000, 7, RS_MS(40)), 0);
	assert_int_equal(jitter_take(jitter, 0, RS_MS(61), &out), JITTER_PACKET);
	jitter_free(jitter);
}

static void what_is_no_packet_is_refused(void **state)
{
	static const uint8_t data[JITTER_PACKET_MAX + 1];
	struct jitter *jitter = NULL;
	assert_int_equal(jitter_new(&usual, &jitter), 0);
	struct jitter_packet packet = { 1, 1, JITTER_FRAME, data, JITTER_PACKET_MAX };
	assert_int_equal(jitter_put(jitter, &packet, 0), 0);
	packet.seq++;
	packet.len++;
	assert_int_equal(jitter_put(jitter, &packet, 0), -EBADMSG);
	packet.len = 0;
	assert_int_equal(jitter_put(jitter, &packet, 0), -EBADMSG);
	packet.len = 1;
	packet.duration = 0;
	assert_int_equal(jitter_put(jitter, &packet, 0), -EBADMSG);
	jitter_free(jitter);
}

static void more_than_the_buffer_holds_costs_the_oldest(void **state)
{
	struct jitter *jitter = NULL;
	struct jitter_out out;
	assert_int_equal(jitter_new(&usual, &jitter), 0);
	for (unsigned i = 0; i < 3 * JITTER_PACKETS; i++)
		assert_int_equal(put(jitter, i, i * JITTER_FRAME, 0), 0);
	assert_int_equal(jitter_take(jitter, 0, RS_SEC(60), &out), JITTER_SILENCE);
	assert_int_equal(put(jitter, 3 * JITTER_PACKETS - 1, 0, RS_SEC(60)), -EALREADY);
	jitter_free(jitter);
}

static void limits_out_of_order_are_refused(void **state)
{
	struct jitter *jitter = NULL;
	const struct jitter_config bad[] = { { 0, RS_MS(100) }, { RS_MS(50), RS_MS(40) },
		{ RS_MS(50), RS_SEC(1) } };
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(jitter_new(&bad[i], &jitter), -EINVAL);
}

static int make(void *ctx)
{
	struct jitter *jitter = NULL;
	const int err = jitter_new(ctx, &jitter);
	jitter_free(jitter);
	return err;
}

static void memory_may_run_out(void **state)
{
	struct jitter_config config = usual;
	check_oom(make, &config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_that_differ_cost_nothing_in_half_an_hour),
		cmocka_unit_test(a_lost_packet_is_taken_from_the_one_behind_it),
		cmocka_unit_test(of_a_burst_the_last_is_recovered_and_the_rest_made_up),
		cmocka_unit_test(packets_out_of_order_are_played_in_order),
		cmocka_unit_test(the_delay_follows_the_jitter_both_ways),
		cmocka_unit_test(a_line_that_stood_still_costs_a_moment),
		cmocka_unit_test(a_pause_is_silence_and_no_loss),
		cmocka_unit_test(repeats_and_what_is_too_late_are_counted),
		cmocka_unit_test(what_is_no_packet_is_refused),
		cmocka_unit_test(more_than_the_buffer_holds_costs_the_oldest),
		cmocka_unit_test(limits_out_of_order_are_refused),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
