/* Two hundred changes of floor on virtual time, between microphones of any phase, jitter and clock: how far the
 * listener's stream runs ahead of the time it was spoken at. What is ahead lies in the listener's buffer as delay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"
#include "tests/support/router_kit.h"

#define SWITCHES 200
#define QUARTERS 4
#define SPEAKERS 4
#define UNDER_WAY 16
#define PACKET RS_MS(20)
#define DTX_PACKET RS_MS(400)
#define STEP 500

static const struct kit_peer speakers[SPEAKERS] = {
	{ .id = "KEN", .csrc = 1001 },
	{ .id = "FRA", .csrc = 1002 },
	{ .id = "PER", .csrc = 1003 },
	{ .id = "FJI", .csrc = 1004 },
};
static const struct kit_peer viewer = { .id = "viewer", .csrc = 1009, .silent = true };

struct under_way {
	bool used;
	uint16_t seq;
	uint32_t rtp_ts;
	rs_time sent;
	rs_time arrives;
};

/* Sends every 20 ms of its own clock, or, while closed and if it may, every 400 ms. */
struct microphone {
	uint32_t peer;
	rs_time next;
	uint32_t rtp_ts;
	uint16_t seq;
	int64_t slow_ppm;
	rs_time last_arrival;
	struct under_way packets[UNDER_WAY];
};

struct line {
	rs_time jitter; /* us on top of the least delay, and thrice that for one packet in 50; order is kept */
	bool dtx;
	rs_time turn_least;
	rs_time turn_most;
	int64_t slow_ppm; /* two clocks are off by this, one slow and one fast */
};

struct hall {
	struct kit kit;
	struct line line;
	struct rs_rand rand;
	struct microphone microphones[SPEAKERS];
	unsigned open;
	unsigned switches;
	rs_time sent; /* of the packet that arrives */
	/* What the listener got. */
	bool any;
	int64_t first_ts;
	int64_t last_ts;
	rs_time first_sent;
	int64_t least_ahead; /* us */
	int64_t most_ahead;
	int64_t sum_ahead[QUARTERS];
	int64_t n[QUARTERS];
};
static struct hall hall;

static void hear(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len)
{
	const unsigned quarter = hall.switches * QUARTERS / (SWITCHES + 1);
	struct rtp_packet rtp;

	if (rtcp || rtp_parse(data, len, &rtp) < 0 || rtp.ssrc != kit_slot_ssrc(&viewer, 3, false))
		return;
	if (!hall.any) {
		hall.any = true;
		hall.first_ts = hall.last_ts = rtp.rtp_ts;
		hall.first_sent = hall.sent;
	}
	hall.last_ts = rtp_ts_unwrap(hall.last_ts, rtp.rtp_ts);
	const int64_t ahead = rtp_ticks_to_us(hall.last_ts - hall.first_ts, 48000) -
			      (hall.sent - hall.first_sent);
	hall.least_ahead = rs_time_min(hall.least_ahead, ahead);
	hall.most_ahead = rs_time_max(hall.most_ahead, ahead);
	hall.sum_ahead[quarter] += ahead;
	hall.n[quarter]++;
}

static rs_time delay(void)
{
	rs_time delay = RS_MS(20);

	if (hall.line.jitter > 0)
		delay += rs_rand_below(&hall.rand, (uint32_t)hall.line.jitter);
	if (rs_rand_below(&hall.rand, 50) == 0)
		delay += 2 * hall.line.jitter;
	return delay;
}

static void send_packet(struct microphone *microphone, bool open)
{
	const rs_time step = !open && hall.line.dtx ? DTX_PACKET : PACKET;
	struct under_way *packet = microphone->packets;

	while (packet->used)
		if (++packet == microphone->packets + UNDER_WAY)
			abort();
	microphone->last_arrival =
		rs_time_max(microphone->last_arrival, microphone->next + delay());
	*packet = (struct under_way){
		.used = true,
		.seq = microphone->seq++,
		.rtp_ts = microphone->rtp_ts,
		.sent = microphone->next,
		.arrives = microphone->last_arrival,
	};
	microphone->rtp_ts += (uint32_t)rtp_ticks_from_us(step, 48000);
	microphone->next += step + step * microphone->slow_ppm / 1000000;
}

/* Its next packet comes at the next multiple of 20 ms after the last, not of 400. */
static void leave_dtx(struct microphone *microphone, rs_time now)
{
	while (hall.line.dtx && microphone->next - PACKET > now) {
		microphone->next -= PACKET;
		microphone->rtp_ts -= (uint32_t)rtp_ticks_from_us(PACKET, 48000);
	}
}

static void give_floor(unsigned who, rs_time now)
{
	hall.open = who;
	kit_must_meeting(&hall.kit,
		&(struct kit_meeting){ .event = hall.switches + 1, .open = { speakers[who].id } },
		now);
	leave_dtx(&hall.microphones[who], now);
}

static void arrive(unsigned who, struct under_way *packet, rs_time now)
{
	const struct kit_media media = {
		.ssrc = 7 + who, .seq = packet->seq, .rtp_ts = packet->rtp_ts, .level = 20
	};

	packet->used = false;
	hall.sent = packet->sent;
	if (kit_send(&hall.kit, hall.microphones[who].peer, &media, now) < 0)
		abort();
}

static void pass_time(rs_time now)
{
	for (unsigned i = 0; i < SPEAKERS; i++) {
		struct microphone *microphone = &hall.microphones[i];
		while (microphone->next <= now)
			send_packet(microphone, i == hall.open);
		for (unsigned j = 0; j < UNDER_WAY; j++)
			if (microphone->packets[j].used && microphone->packets[j].arrives <= now)
				arrive(i, &microphone->packets[j], now);
	}
	router_tick(hall.kit.router, now);
}

static void sit(const struct line *line, uint64_t seed)
{
	static const int64_t signs[SPEAKERS] = { -1, 0, 1, 0 };
	const uint32_t spread = (uint32_t)(line->turn_most - line->turn_least) + 1;

	hall.line = *line;
	assert_int_equal(kit_init(&hall.kit), 0);
	hall.kit.deliver = hear;
	rs_rand_init_seed(&hall.rand, seed);
	for (unsigned i = 0; i < SPEAKERS; i++)
		hall.microphones[i] = (struct microphone){
			.peer = kit_must_join(&hall.kit, &speakers[i]),
			.next = rs_rand_below(&hall.rand, (uint32_t)PACKET),
			.rtp_ts = rs_rand_u32(&hall.rand),
			.seq = (uint16_t)rs_rand_u32(&hall.rand),
			.slow_ppm = signs[i] * line->slow_ppm,
		};
	(void)kit_must_join(&hall.kit, &viewer);
	give_floor(0, 0);
	rs_time change = RS_SEC(2);
	for (rs_time now = 0;; now += STEP) {
		if (now >= change) {
			if (++hall.switches > SWITCHES)
				return;
			change = now + line->turn_least + rs_rand_below(&hall.rand, spread);
			give_floor((hall.open + 1 + rs_rand_below(&hall.rand, SPEAKERS - 1)) %
					   SPEAKERS,
				now);
		}
		pass_time(now);
	}
}

/* Delay after 150 switches as before 50, and at no time more than jitter and one packet ahead. */
static void expect_no_creep(const struct line *line, uint64_t drops_most)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		hall = (struct hall){ 0 };
		sit(line, seed);
		const int64_t first = hall.sum_ahead[0] / hall.n[0];
		const int64_t last = hall.sum_ahead[QUARTERS - 1] / hall.n[QUARTERS - 1];
		assert_in_range(last - first + RS_MS(10), 0, RS_MS(20));
		assert_in_range(
			hall.most_ahead - hall.least_ahead, 0, 3 * line->jitter + RS_MS(25));
		assert_in_range(router_counters(hall.kit.router)->tx_dropped_switch, 0, drops_most);
		kit_done(&hall.kit);
	}
}

static void quick_switches_add_no_delay(void **state)
{
	expect_no_creep(
		&(struct line){
			.jitter = RS_MS(10), .turn_least = RS_MS(200), .turn_most = RS_MS(400) },
		60);
}

static void switches_between_jittery_lines_add_no_delay(void **state)
{
	expect_no_creep(
		&(struct line){
			.jitter = RS_MS(40), .turn_least = RS_MS(200), .turn_most = RS_MS(1000) },
		250);
}

static void microphones_that_come_out_of_dtx_add_no_delay(void **state)
{
	expect_no_creep(&(struct line){ .jitter = RS_MS(40),
				.dtx = true,
				.turn_least = RS_MS(2000),
				.turn_most = RS_MS(4000) },
		30);
}

static void clocks_that_run_apart_add_no_delay(void **state)
{
	expect_no_creep(&(struct line){ .jitter = RS_MS(20),
				.dtx = true,
				.turn_least = RS_MS(4000),
				.turn_most = RS_MS(8000),
				.slow_ppm = 100 },
		30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_switches_add_no_delay),
		cmocka_unit_test(switches_between_jittery_lines_add_no_delay),
		cmocka_unit_test(microphones_that_come_out_of_dtx_add_no_delay),
		cmocka_unit_test(clocks_that_run_apart_add_no_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
