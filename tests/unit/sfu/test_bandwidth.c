/* The whole of sfu/bwe on lines of all kinds, in virtual time: a listener with one sound and one picture in three
 * forms, paced, probed and allocated as the router does it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sfu/bwe/allocation.h"
#include "sfu/bwe/estimator.h"
#include "sfu/bwe/pacer.h"
#include "tests/support/bwe_line.h"

#define BELOW_RTP 44 /* UDP, IP, SRTP tag */
#define PACING 105
#define QUEUE 512

/* One listener. */
struct call {
	struct bwe_line line;
	struct estimator estimator;
	struct pacer pacer;
	struct allocation_slot slot;
	uint32_t layers[3]; /* bit/s on the line */
	uint8_t n_layers;
	uint32_t audio_bps; /* of Opus */
	rs_time now;
	/* the pacer's queue */
	uint32_t queue[QUEUE];
	size_t head, n_queue;
	int keyframe_at; /* the rung sent */
	unsigned frames;
	/* by the second */
	uint32_t estimate_of[256];
	int rung_of[256];
	uint64_t video_of[256]; /* octets sent of pictures */
	bool say;
};

static struct call *call;

static int setup(void **state)
{
	call = calloc(1, sizeof(*call));
	bwe_line_init(&call->line, 1);
	estimator_init(&call->estimator, true, 0);
	estimator_rtt(&call->estimator, RS_MS(40));
	pacer_init(&call->pacer, ESTIMATOR_START_BPS, 0);
	allocation_slot_init(&call->slot);
	call->layers[0] = 150000;
	call->layers[1] = 500000;
	call->layers[2] = 2500000;
	call->n_layers = 3;
	call->audio_bps = 32000;
	call->keyframe_at = ALLOCATION_PAUSED;
	call->say = getenv("BANDWIDTH_SAY") != NULL;
	return 0;
}

static int teardown(void **state)
{
	free(call);
	return 0;
}

static void out(uint32_t octets, bool audio)
{
	struct bwe_line_packet packet = { .audio = audio, .octets = octets };

	if (audio) {
		estimator_sent_unnumbered(&call->estimator, octets, call->now);
	} else {
		packet.numbered = true;
		packet.number = estimator_sent(&call->estimator, octets, call->now);
	}
	pacer_spend(&call->pacer, octets, call->now);
	bwe_line_send(&call->line, &packet, call->now);
}

static void frame(void)
{
	const int rung = call->slot.rung;
	uint32_t octets;

	if (rung == ALLOCATION_PAUSED) {
		call->keyframe_at = rung;
		call->n_queue = 0;
		return;
	}
	octets = call->layers[rung] / 8 / 30;
	if (rung != call->keyframe_at || call->frames % 900 == 0)
		octets *= 6;
	if (rung != call->keyframe_at)
		call->n_queue = 0;
	call->keyframe_at = rung;
	call->frames++;
	for (uint32_t left = octets; left > 0 && call->n_queue < QUEUE;) {
		const uint32_t n = left < 1150 ? left : 1150;
		call->queue[(call->head + call->n_queue++) % QUEUE] = n + BELOW_RTP;
		left -= n;
	}
}

static void pace(void)
{
	const uint32_t bps = estimator_pace_bps(&call->estimator, call->now);

	pacer_set(&call->pacer, (uint32_t)((uint64_t)bps * PACING / 100), call->now);
	while (call->n_queue > 0 && pacer_may_send(&call->pacer, call->now)) {
		call->video_of[call->now / RS_SEC(1)] += call->queue[call->head];
		out(call->queue[call->head], false);
		call->head = (call->head + 1) % QUEUE;
		call->n_queue--;
	}
	for (uint32_t due; (due = estimator_probe_due(&call->estimator, call->now)) > 0;)
		out(due < 300 ? (due < 100 ? 100 : due) : 300, false);
}

static uint32_t audio_on_line(void)
{
	return call->audio_bps > 0 ? call->audio_bps + 50 * 8 * (20 + BELOW_RTP) : 0;
}

static void allocate(void)
{
	const uint32_t bps = estimator_bps(&call->estimator);
	const uint32_t audio = audio_on_line();

	call->slot.n_rungs = call->n_layers;
	for (uint8_t i = 0; i < call->n_layers; i++)
		call->slot.rungs[i] =
			(struct allocation_rung){ .layer = i, .bps = call->layers[i] };
	if (estimator_acquitted(&call->estimator))
		allocation_forgive(&call->slot, 1);
	const uint64_t best =
		allocation_decide(&call->slot, 1, bps > audio ? bps - audio : 0, call->now);
	estimator_want(&call->estimator, (uint32_t)best + audio);
}

static void say(void)
{
	printf("# %6d ms rate %5u est %7u rung %2d reason %d queue %4d ms cause %d own %.2f\n",
		(int)(call->now / 1000), (unsigned)(call->line.rate_bps / 1000),
		estimator_bps(&call->estimator), call->slot.rung, (int)call->slot.reason,
		(int)(estimator_queue(&call->estimator) / 1000), (int)call->estimator.cause,
		estimator_own_loss(&call->estimator));
}

static void hear(void *ctx, const uint8_t *rtcp, size_t len, rs_time now)
{
	struct estimator *estimator = ctx;
	struct rtcp_item item;
	struct rtcp_feedback feedback;
	struct twcc_feedback twcc;
	size_t cursor = 0;

	assert_int_equal(rtcp_next(rtcp, len, &cursor, &item), 1);
	assert_int_equal(rtcp_feedback_parse(&item, &feedback), 0);
	assert_int_equal(twcc_parse(&feedback, &twcc), 0);
	estimator_feedback(estimator, &twcc, now);
}

static void run(rs_time time)
{
	for (const rs_time end = call->now + time; call->now < end; call->now += RS_MS(1)) {
		const unsigned at = (unsigned)(call->now / RS_MS(1));
		if (bwe_line_step(&call->line, hear, &call->estimator, call->now) > 0 ||
			at % 100 == 0)
			allocate();
		estimator_tick(&call->estimator, call->now);
		if (at % 20 == 0 && call->audio_bps > 0)
			out(call->audio_bps / 8 / 50 + 20 + BELOW_RTP, true);
		if (at % 33 == 7)
			frame();
		if (at % 2 == 0)
			pace();
		if (at % 1000 != 999)
			continue;
		call->estimate_of[at / 1000] = estimator_bps(&call->estimator);
		call->rung_of[at / 1000] = call->slot.rung;
		if (call->say)
			say();
	}
}

/* Least and greatest estimate at the end of seconds `from` to the last one. */
static uint32_t least(unsigned from)
{
	uint32_t bps = UINT32_MAX;

	for (unsigned i = from; i < (unsigned)(call->now / RS_SEC(1)); i++)
		bps = call->estimate_of[i] < bps ? call->estimate_of[i] : bps;
	return bps;
}

static uint32_t greatest(unsigned from)
{
	uint32_t bps = 0;

	for (unsigned i = from; i < (unsigned)(call->now / RS_SEC(1)); i++)
		bps = call->estimate_of[i] > bps ? call->estimate_of[i] : bps;
	return bps;
}

static void sum_up(const char *what)
{
	if (call->say)
		printf("# %s: concealed %u permille, queueing p95 %d ms p99 %d, lost audio %d of %d\n",
			what, bwe_line_concealed(&call->line, call->now),
			(int)(bwe_line_queueing(&call->line, 95) / 1000),
			(int)(bwe_line_queueing(&call->line, 99) / 1000),
			(int)call->line.audio_lost, (int)call->line.audio_sent);
}

static void a_link_that_narrows_twice_and_opens_keeps_sound_and_gets_its_picture_back(void **state)
{
	call->line.delay = RS_MS(10);
	estimator_rtt(&call->estimator, RS_MS(20));
	run(RS_SEC(20));
	const uint64_t before = call->video_of[19];
	assert_int_equal(call->slot.rung, 1);
	call->line.rate_bps = 300000;
	run(RS_SEC(21));
	sum_up("2M to 300k");
	assert_true(bwe_line_concealed(&call->line, call->now) <= 20);
	assert_int_equal(call->slot.rung, 0);
	call->line.rate_bps = 80000;
	run(RS_SEC(20));
	sum_up("300k to 80k");
	assert_int_equal(call->slot.rung, ALLOCATION_PAUSED);
	call->line.rate_bps = 2000000;
	run(RS_SEC(20));
	sum_up("80k to 2M");
	assert_true(call->video_of[75] >= before * 8 / 10);
	assert_true(bwe_line_queueing(&call->line, 95) <= RS_MS(150));
	/* On 80 kbit/s one packet of the smallest picture takes 67 ms, so that the first word of the narrow line is 150 ms old
	 * when it comes; what was sent meanwhile fills the queue. */
	assert_true(bwe_line_concealed(&call->line, call->now) <= 45);
}

/* Whatever a receiver has just told, and whenever it tells more. */
static void a_link_that_narrows_at_any_moment_keeps_sound(void **state)
{
	for (unsigned shift = 0; shift < 100; shift += 10) {
		setup(NULL);
		estimator_rtt(&call->estimator, RS_MS(40));
		run(RS_SEC(20) + RS_MS(shift));
		call->line.rate_bps = 300000;
		run(RS_SEC(20));
		sum_up("2M to 300k");
		assert_true(bwe_line_concealed(&call->line, call->now) <= 30);
		call->line.rate_bps = 80000;
		run(RS_SEC(10));
		sum_up("300k to 80k");
		assert_true(bwe_line_concealed(&call->line, call->now) <= 85);
		teardown(NULL);
	}
}

/* Share of the time in which no picture may go, in permille. */
static unsigned held(rs_time time)
{
	unsigned n = 0;

	for (rs_time at = 0; at < time; at += RS_MS(1)) {
		run(RS_MS(1));
		n += estimator_pace_bps(&call->estimator, call->now) == 0;
	}
	return (unsigned)(n * 1000 / (time / RS_MS(1)));
}

static void feedback_that_comes_unevenly_holds_nothing_up(void **state)
{
	call->line.back_jitter = RS_MS(60);
	run(RS_SEC(10));
	assert_true(held(RS_SEC(30)) <= 5);
	call->line.rate_bps = 300000;
	run(RS_SEC(20));
	assert_true(held(RS_SEC(30)) <= 15);
	assert_int_equal(call->slot.rung, 0);
}

static void random_loss_does_not_make_the_rate_collapse(void **state)
{
	for (unsigned loss = 100; loss <= 300; loss += 100) {
		call->line.loss_permille = loss;
		run(RS_SEC(20));
		sum_up("loss");
		assert_true(least((unsigned)(call->now / RS_SEC(1)) - 12) > 650000);
		assert_int_equal(call->slot.rung, 1);
	}
}

/* Longest time without a picture from now on. */
static rs_time longest_pause(rs_time time)
{
	rs_time longest = 0;
	rs_time pause = 0;

	for (rs_time at = 0; at < time; at += RS_MS(1)) {
		run(RS_MS(1));
		pause = call->slot.rung == ALLOCATION_PAUSED ? pause + RS_MS(1) : 0;
		longest = rs_time_max(longest, pause);
	}
	return longest;
}

/* A camera without layers is all or nothing: what the line's loss is for is found out without standing still for long. */
static void a_picture_in_one_layer_outlives_the_onset_of_random_loss(void **state)
{
	unsigned stood = 0;

	for (uint32_t seed = 1; seed <= 100; seed++) {
		setup(NULL);
		bwe_line_init(&call->line, seed);
		call->line.rate_bps = 20000000;
		call->line.delay = RS_MS(30);
		estimator_rtt(&call->estimator, RS_MS(60));
		call->n_layers = 1;
		call->layers[0] = 600000;
		run(RS_SEC(10));
		assert_int_equal(call->slot.rung, 0);
		call->line.loss_permille = 200;
		const rs_time pause = longest_pause(RS_SEC(20));
		stood += pause > 0;
		if (pause > RS_MS(700))
			printf("# seed %u: %d ms without a picture\n", seed, (int)(pause / 1000));
		assert_true(pause <= RS_MS(2500));
		teardown(NULL);
	}
	assert_true(stood <= 5);
}

static void random_loss_from_the_start_is_learnt(void **state)
{
	call->line.loss_permille = 200;
	run(RS_SEC(20));
	assert_true(least(10) > 650000);
	assert_true(estimator_own_loss(&call->estimator) > 0.1);
}

static void loss_by_a_policer_without_a_queue_is_given_way_to(void **state)
{
	call->line.rate_bps = 400000;
	call->line.queue_max = RS_MS(5);
	run(RS_SEC(40));
	sum_up("policer");
	assert_true(greatest(10) < 600000);
	assert_true(least(10) > 150000);
	assert_true(estimator_own_loss(&call->estimator) < 0.1);
}

static void jitter_is_no_queue(void **state)
{
	call->line.jitter = RS_MS(30);
	run(RS_SEC(40));
	sum_up("jitter");
	assert_true(least(10) > 650000);
}

static void other_traffic_leaves_a_share(void **state)
{
	call->line.other_bps = 1000000;
	run(RS_SEC(40));
	sum_up("cross");
	assert_int_equal(call->slot.rung, 1);
	assert_true(bwe_line_queueing(&call->line, 95) <= RS_MS(150));
}

static void what_is_not_used_is_neither_grown_into_nor_lost(void **state)
{
	call->line.rate_bps = 20000000;
	call->layers[2] = 700000;
	run(RS_SEC(10));
	assert_int_equal(call->slot.rung, 2);
	const uint32_t bps = call->estimate_of[9];
	run(RS_SEC(60));
	assert_true(least(10) >= bps);
	assert_true(greatest(10) < 1200000);
}

static void a_line_of_64_kbit_keeps_its_sound(void **state)
{
	call->line.rate_bps = 64000;
	call->audio_bps = 24000;
	run(RS_SEC(60));
	sum_up("64k");
	assert_int_equal(call->slot.rung, ALLOCATION_PAUSED);
	assert_true(bwe_line_queueing(&call->line, 95) <= RS_MS(150));
}

/* A probe is what a line carries for a moment: nobody knows that it would go on. */
static void probes_of_a_narrow_line_are_not_grown_into(void **state)
{
	call->line.rate_bps = 80000;
	call->layers[0] = 45000;
	run(RS_SEC(15));
	call->line.n_queueing = 0;
	run(RS_SEC(90));
	sum_up("80k, probed");
	assert_true(greatest(15) < 85000);
	for (unsigned i = 15; i < 105; i++)
		assert_int_equal(call->rung_of[i], ALLOCATION_PAUSED);
	assert_true(bwe_line_queueing(&call->line, 99) <= RS_MS(100));
	call->line.rate_bps = 2000000;
	run(RS_SEC(10));
	assert_true(call->slot.rung >= 1);
}

static void lost_feedback_does_no_harm(void **state)
{
	call->line.feedback_loss_permille = 300;
	run(RS_SEC(30));
	assert_true(least(10) > 650000);
}

static void an_outage_stops_the_picture_and_it_comes_back(void **state)
{
	run(RS_SEC(10));
	call->line.loss_permille = 1000;
	run(RS_SEC(5));
	assert_true(call->video_of[14] < 5000);
	call->line.loss_permille = 0;
	run(RS_SEC(15));
	assert_int_equal(call->slot.rung, 1);
}

static void another_path_begins_anew_and_numbers_go_on(void **state)
{
	run(RS_SEC(10));
	const int64_t next = call->estimator.history.next;
	estimator_moved(&call->estimator, call->now);
	assert_int_equal(estimator_bps(&call->estimator), ESTIMATOR_START_BPS);
	assert_int_equal(call->estimator.history.next, next);
	run(RS_SEC(5));
	assert_int_equal(call->slot.rung, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_link_that_narrows_twice_and_opens_keeps_sound_and_gets_its_picture_back),
		cmocka_unit_test(a_link_that_narrows_at_any_moment_keeps_sound),
		CASE(feedback_that_comes_unevenly_holds_nothing_up),
		CASE(random_loss_does_not_make_the_rate_collapse),
		cmocka_unit_test(a_picture_in_one_layer_outlives_the_onset_of_random_loss),
		CASE(random_loss_from_the_start_is_learnt),
		CASE(loss_by_a_policer_without_a_queue_is_given_way_to),
		CASE(jitter_is_no_queue),
		CASE(other_traffic_leaves_a_share),
		CASE(what_is_not_used_is_neither_grown_into_nor_lost),
		CASE(a_line_of_64_kbit_keeps_its_sound),
		CASE(probes_of_a_narrow_line_are_not_grown_into),
		CASE(lost_feedback_does_no_harm),
		CASE(an_outage_stops_the_picture_and_it_comes_back),
		CASE(another_path_begins_anew_and_numbers_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
