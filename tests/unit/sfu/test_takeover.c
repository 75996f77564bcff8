/* A channel changes hands time and again on virtual time: from interpreter to interpreter, and from interpreter to floor and
 * back. Judged is what leaves for the listener: nothing of who was before after the first packet of who is now, every number
 * once, time that neither stands still nor runs back, and no longer without sound than a packet beyond the usual one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"
#include "tests/support/router_crew.h"

/* Each has the packets of its microphones come at other times. */
#define SEEDS 8
#define CHANGES 20
#define UNDER_WAY 32
#define SENT_MAX 4096
#define PACKET RS_MS(20)
#define PACKET_TICKS 960
#define DELAY RS_MS(20)
#define DTX_PACKET RS_MS(400)
#define LATE RS_MS(60)
#define STEP 500
/* `next` is told so long before. */
#define ARMED RS_MS(200)

/* Who speaks: the floor, and two desks, each at a worker of its own or all at one. */
enum { FLOOR, ONE, TWO, VOICES };
static const char *const names[VOICES] = { "KEN", "fr-1", "fr-2" };

struct under_way {
	bool used;
	uint16_t seq;
	uint32_t rtp_ts;
	rs_time arrives;
};

struct microphone {
	uint32_t peer;
	unsigned home;
	rs_time next;
	uint32_t rtp_ts;
	uint16_t seq;
	rs_time last_arrival;
	struct under_way packets[UNDER_WAY];
};

struct line {
	rs_time jitter;  /* on top of the least delay; order is kept */
	bool some_late;  /* one packet in 20 comes 60 ms late, after others */
	bool dtx;        /* an idle desk sends every 400 ms, until it is next */
	bool armed;      /* who is next is told before */
	bool over_floor; /* the desk alternates with the floor, not with another */
	bool workers;    /* each at its own worker */
	rs_time skew;    /* a worker follows so long after the one before */
};

/* What left for the listener, by its number. */
struct sent {
	rs_time at; /* 0 = nothing */
	unsigned voice;
	int64_t ts;
};

static struct hall {
	struct line line;
	struct rs_rand rand;
	struct microphone microphones[VOICES];
	struct kit_meeting meeting;
	unsigned carries; /* who is heard in the channel */
	unsigned next;
	unsigned followed; /* workers that follow the last change */
	rs_time changed;
	rs_time now;
	struct sent sent[SENT_MAX];
	int64_t first, last; /* numbers, unwrapped */
	int64_t ts;
	unsigned twice;
	unsigned wrong; /* packets of who was before, after the first of who is now */
	unsigned newest;
	/* What it came to. */
	int64_t most_ts_gap; /* us between the beginnings of two packets at a change */
	rs_time most_gap;    /* us between their sending */
	unsigned holes;
	unsigned changes;
} hall;

static const struct kit_peer listener = {
	.id = "listener", .csrc = 1009, .silent = true, .audio = "channel-fr", .place = 4
};

static void hear(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len)
{
	struct rtp_packet rtp;

	if (rtcp || rtp_parse(data, len, &rtp) < 0 ||
		rtp.ssrc != kit_slot_ssrc(&listener, 3, false))
		return;
	const bool any = hall.first != 0;
	hall.last = any ? hall.last : rtp.seq;
	hall.ts = any ? hall.ts : rtp.rtp_ts;
	hall.first = any ? hall.first : rtp.seq;
	const int64_t seq = rtp_seq_unwrap(hall.last, rtp.seq);
	struct sent *sent = &hall.sent[seq - hall.first];
	hall.twice += sent->at != 0;
	*sent = (struct sent){ .at = hall.now,
		.voice = rtp.csrcs[0] - 1001,
		.ts = rtp_ts_unwrap(hall.ts, rtp.rtp_ts) };
	if (seq > hall.last || !any) {
		hall.last = seq;
		hall.ts = sent->ts;
		hall.newest = sent->voice;
	}
	hall.wrong += sent->voice != hall.newest;
}

/* ---- what is sent ---- */

static bool idles(unsigned voice)
{
	return hall.line.dtx && voice != FLOOR && voice != hall.carries &&
	       !(hall.line.armed && voice == hall.next);
}

static void send_packet(unsigned voice)
{
	struct microphone *microphone = &hall.microphones[voice];
	const rs_time step = idles(voice) ? DTX_PACKET : PACKET;
	const bool late = hall.line.some_late && rs_rand_below(&hall.rand, 20) == 0;
	struct under_way *packet = microphone->packets;
	rs_time arrives = microphone->next + DELAY;

	if (hall.line.jitter > 0)
		arrives += rs_rand_below(&hall.rand, (uint32_t)hall.line.jitter);
	arrives = rs_time_max(arrives, microphone->last_arrival);
	microphone->last_arrival = arrives;
	while (packet->used)
		if (++packet == microphone->packets + UNDER_WAY)
			abort();
	*packet = (struct under_way){
		.used = true,
		.seq = microphone->seq++,
		.rtp_ts = microphone->rtp_ts,
		.arrives = late ? arrives + LATE : arrives,
	};
	microphone->rtp_ts += (uint32_t)rtp_ticks_from_us(step, 48000);
	microphone->next += step;
}

/* The microphone is opened: its next packet comes at the next multiple of 20 ms. */
static void leave_dtx(unsigned voice)
{
	struct microphone *microphone = &hall.microphones[voice];

	while (!idles(voice) && microphone->next - PACKET > hall.now) {
		microphone->next -= PACKET;
		microphone->rtp_ts -= PACKET_TICKS;
	}
}

static void arrive(unsigned voice, struct under_way *packet)
{
	const struct microphone *microphone = &hall.microphones[voice];
	const struct kit_media media = {
		.ssrc = 7 + voice, .seq = packet->seq, .rtp_ts = packet->rtp_ts, .level = 20
	};

	packet->used = false;
	const int err = kit_send(&crew.kits[microphone->home], microphone->peer, &media, hall.now);
	/* What is late of the time before a gate opened is not missed any more. */
	if (err < 0 && !(hall.line.some_late && err == -EALREADY))
		abort();
	crew_arrive(hall.now);
}

/* ---- changes ---- */

/* Each worker follows in its turn. */
static void follow(void)
{
	while (hall.followed < CREW_WORKERS &&
		hall.now >= hall.changed + hall.line.skew * hall.followed) {
		kit_must_meeting(&crew.kits[hall.followed++], &hall.meeting, hall.now);
		crew_arrive(hall.now);
	}
}

static void tell(unsigned carries, unsigned next)
{
	hall.carries = carries;
	hall.next = next;
	hall.meeting = (struct kit_meeting){
		.event = ++hall.meeting.event,
		.open = { names[FLOOR] },
		.channel = "fr",
		.desk = carries != FLOOR ? names[carries] : NULL,
		.next = hall.line.armed && next != FLOOR ? names[next] : NULL,
	};
	hall.changed = hall.now;
	hall.followed = 0;
	follow();
	leave_dtx(carries);
	leave_dtx(next);
}

static unsigned other(unsigned voice)
{
	if (hall.line.over_floor)
		return voice == ONE ? FLOOR : ONE;
	return voice == ONE ? TWO : ONE;
}

static void pass_time(void)
{
	follow();
	for (unsigned i = 0; i < VOICES; i++) {
		struct microphone *microphone = &hall.microphones[i];
		while (microphone->next <= hall.now)
			send_packet(i);
		for (unsigned j = 0; j < UNDER_WAY; j++)
			if (microphone->packets[j].used &&
				microphone->packets[j].arrives <= hall.now)
				arrive(i, &microphone->packets[j]);
	}
	if (hall.now % RS_MS(10) == 0)
		crew_tick(hall.now);
}

static void run_until(rs_time end)
{
	for (; hall.now < end; hall.now += STEP)
		pass_time();
}

static void join(void)
{
	for (unsigned i = 0; i < VOICES; i++) {
		const unsigned home = hall.line.workers ? i : 0;
		const struct kit_peer peer = { .id = names[i],
			.csrc = 1001 + i,
			.home = home,
			.place = i + 1,
			.audio = "",
			.video = "" };
		hall.microphones[i] = (struct microphone){
			.peer = crew_join(&peer),
			.home = home,
			.next = RS_SEC(1) + rs_rand_below(&hall.rand, (uint32_t)PACKET),
			.rtp_ts = rs_rand_u32(&hall.rand),
			.seq = (uint16_t)rs_rand_u32(&hall.rand),
		};
	}
	(void)crew_join(&listener);
	for (unsigned i = 0; i < CREW_WORKERS; i++)
		crew.kits[i].deliver = hear;
}

/* ---- what is judged ---- */

static void judge_change(const struct sent *before, const struct sent *after)
{
	const int64_t ts_gap = rtp_ticks_to_us(after->ts - before->ts, 48000);

	hall.changes++;
	hall.most_ts_gap = rs_time_max(hall.most_ts_gap, ts_gap);
	hall.most_gap = rs_time_max(hall.most_gap, after->at - before->at);
}

static void judge(void)
{
	const struct sent *before = NULL;

	for (int64_t i = 0; i <= hall.last - hall.first; i++) {
		const struct sent *sent = &hall.sent[i];
		if (sent->at == 0) {
			hall.holes++;
			continue;
		}
		/* No packet begins before the one before it has ended. */
		if (before != NULL && sent->ts - before->ts < PACKET_TICKS)
			fail_msg("overlap at %.3f s", (double)sent->at / 1e6);
		if (before != NULL && sent->voice != before->voice)
			judge_change(before, sent);
		before = sent;
	}
}

static void sit(const struct line *line, uint64_t seed)
{
	hall = (struct hall){ .line = *line, .now = RS_SEC(1), .carries = FLOOR, .next = FLOOR };
	rs_rand_init_seed(&hall.rand, seed);
	join();
	tell(ONE, FLOOR);
	run_until(RS_SEC(4));
	for (unsigned i = 0; i < CHANGES; i++) {
		const unsigned next = other(hall.carries);
		run_until(hall.now + RS_MS(700) + rs_rand_below(&hall.rand, RS_MS(900)));
		tell(hall.carries, next);
		run_until(hall.now + ARMED);
		tell(next, next);
	}
	run_until(hall.now + RS_SEC(1));
	judge();
}

/* A change at any phase of two clocks: the next packet comes within one packet's time of the usual, later by no more than `line_adds`
 * of which the media server knows nothing. Where jitter made the listener's stream run ahead of the clock, a packet is dropped at a
 * change (REWRITE_AHEAD_MAX). */
static void expect(const struct line *line, rs_time line_adds)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		assert_int_equal(crew_setup(NULL), 0);
		sit(line, seed);
		assert_in_range(hall.changes, CHANGES, CHANGES + 1);
		assert_int_equal(hall.wrong, 0);
		assert_int_equal(hall.twice, 0);
		assert_in_range(hall.most_ts_gap, 0, 2 * PACKET + line_adds);
		assert_in_range(
			hall.most_gap, 0, 2 * PACKET + line_adds + (line->jitter > 0 ? PACKET : 0));
		if (!line->some_late)
			assert_int_equal(hall.holes, 0);
		assert_int_equal(crew_teardown(NULL), 0);
	}
}

static void one_desk_follows_another_within_a_packet(void **state)
{
	expect(&(struct line){ .armed = true }, 0);
	expect(&(struct line){ .armed = false }, 0);
}

static void across_workers_as_well(void **state)
{
	const rs_time skew = RS_MS(1);

	expect(&(struct line){ .armed = true, .workers = true }, 0);
	expect(&(struct line){ .workers = true, .skew = skew }, (CREW_WORKERS - 1) * skew);
	expect(&(struct line){ .armed = true, .workers = true, .skew = skew },
		(CREW_WORKERS - 1) * skew);
}

static void jitter_adds_no_more_than_itself(void **state)
{
	const rs_time jitter = RS_MS(30);

	expect(&(struct line){ .armed = true, .jitter = jitter }, jitter);
	expect(&(struct line){ .armed = true, .jitter = jitter, .workers = true }, jitter);
	expect(&(struct line){ .jitter = jitter }, jitter);
	expect(&(struct line){ .jitter = jitter, .workers = true }, jitter);
}

/* What comes late of who was before is dropped: its number stays a hole, which nobody hears. */
static void what_comes_late_of_the_one_before_is_not_heard(void **state)
{
	expect(&(struct line){ .armed = true, .some_late = true }, LATE);
	expect(&(struct line){ .armed = true, .some_late = true, .workers = true }, LATE);
	expect(&(struct line){ .some_late = true, .workers = true }, LATE);
}

/* Who learns of it only with the change opens the microphone then, and the first packet is under way yet. */
static void who_comes_out_of_silence_is_heard_as_soon(void **state)
{
	expect(&(struct line){ .armed = true, .dtx = true }, 0);
	expect(&(struct line){ .armed = true, .dtx = true, .workers = true }, 0);
	expect(&(struct line){ .dtx = true }, DELAY);
	expect(&(struct line){ .dtx = true, .workers = true }, DELAY);
}

static void a_desk_gives_way_to_the_floor_and_comes_back(void **state)
{
	expect(&(struct line){ .over_floor = true }, 0);
	expect(&(struct line){ .over_floor = true, .armed = true }, 0);
	expect(&(struct line){ .over_floor = true, .dtx = true, .armed = true, .workers = true },
		0);
	expect(&(struct line){ .over_floor = true, .jitter = RS_MS(30) }, RS_MS(30));
	expect(&(struct line){ .over_floor = true, .armed = true, .jitter = RS_MS(30) }, RS_MS(30));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_desk_follows_another_within_a_packet),
		cmocka_unit_test(across_workers_as_well),
		cmocka_unit_test(jitter_adds_no_more_than_itself),
		cmocka_unit_test(what_comes_late_of_the_one_before_is_not_heard),
		cmocka_unit_test(who_comes_out_of_silence_is_heard_as_soon),
		cmocka_unit_test(a_desk_gives_way_to_the_floor_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
