/* Loss on either leg: redundant audio made and taken apart, answers to NACKs, what publishers are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/rtp/red.h"
#include "common/rtp/rtcp.h"
#include "sfu/router/loss.h"
#include "tests/support/router_kit.h"

static struct kit kit;

static const struct kit_peer ken = { .id = "KEN", .csrc = 1001, .red = true };
static const struct kit_peer viewer = { .id = "viewer", .csrc = 1003, .silent = true, .red = true };
static const struct kit_peer plain_speaker = { .id = "CHL", .csrc = 1005 };
static const struct kit_peer plain = { .id = "plain", .csrc = 1004, .silent = true };

#define SPEAKER_SSRC 7

static int setup(void **state)
{
	return kit_init(&kit);
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

/* A report of a receiver on its first audio slot: `lost` of `expected` since the last. */
static void report(
	const struct kit_peer *peer, uint32_t handle, uint32_t expected, uint32_t lost, rs_time now)
{
	static uint32_t highest[8], total[8];
	const unsigned i = peer->csrc % 8;

	highest[i] += expected;
	total[i] += lost;
	const struct rtcp_report block = {
		.ssrc = kit_slot_ssrc(peer, 3, false),
		.fraction_lost = (uint8_t)(expected > 0 ? lost * 255 / expected : 0),
		.lost = (int32_t)total[i],
		.highest_seq = highest[i],
	};
	kit_report(&kit, handle, &block, now);
}

static void ask(
	const struct kit_peer *peer, uint32_t handle, unsigned mid, uint16_t seq, rs_time now)
{
	uint8_t data[64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, kit_slot_ssrc(peer, mid, false), &seq, 1);
	assert_int_equal(router_recv_rtcp(kit.router, handle, data, writer.len, now), 0);
}

/* The packets `first` to `last` of the speaker, 20 ms apart. */
static void speak(uint32_t handle, unsigned first, unsigned last)
{
	for (unsigned i = first; i <= last; i++)
		kit_speak(&kit, handle, SPEAKER_SSRC, (uint16_t)i, 30, RS_MS(20) * (rs_time)i);
}

static struct rtp_packet heard(const struct kit_peer *peer, uint32_t handle, size_t i)
{
	return kit_parsed(kit_rtp(&kit, handle, kit_slot_ssrc(peer, 3, false), i));
}

static struct red red_of(const struct rtp_packet *packet)
{
	struct red red;

	assert_int_equal(packet->pt, KIT_SLOT_RED);
	assert_int_equal(red_parse(packet->payload_view, packet->payload_len, &red), 0);
	return red;
}

static void who_loses_packets_gets_those_before_along(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer),
		       p = kit_must_join(&kit, &plain);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	report(&viewer, v, 100, 0, 0);
	report(&viewer, v, 100, 30, 0);
	report(&plain, p, 100, 0, 0);
	report(&plain, p, 100, 30, 0);
	speak(k, 1, 5);
	const struct rtp_packet last = heard(&viewer, v, 4);
	const struct red red = red_of(&last);
	assert_int_equal(red.n_redundant, 3);
	assert_int_equal(red.primary.pt, KIT_SLOT_OPUS);
	for (unsigned i = 0; i < 3; i++) { /* oldest first, each as it was sent plain */
		const struct rtp_packet before = heard(&plain, p, 1 + i);
		assert_int_equal(before.pt, KIT_SLOT_OPUS);
		assert_int_equal(red.redundant[i].pt, KIT_SLOT_OPUS);
		assert_int_equal(red.redundant[i].offset, 960 * (3 - i));
		assert_int_equal(red.redundant[i].len, before.payload_len);
		assert_memory_equal(
			red.redundant[i].data_view, before.payload_view, before.payload_len);
	}
	const struct rtp_packet same = heard(&plain, p, 4);
	assert_int_equal(red.primary.len, same.payload_len);
	assert_memory_equal(red.primary.data_view, same.payload_view, same.payload_len);
	assert_int_equal(last.seq, (uint16_t)(heard(&viewer, v, 0).seq + 4));
}

static void the_more_is_lost_the_more_goes_along_and_by_and_by_less_again(void **state)
{
	static const struct {
		uint32_t lost; /* of 100, as the next report says */
		size_t blocks;
	} course[] = { { 0, 0 }, { 1, 1 }, { 6, 2 }, { 20, 3 }, { 20, 3 }, { 0, 3 }, { 0, 3 },
		{ 0, 2 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 0 } };
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	unsigned seq = 1;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	report(&viewer, v, 100, 0, 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(course); i++) {
		report(&viewer, v, 100, course[i].lost, 0);
		kit_forget(&kit);
		speak(k, seq, seq + 3);
		seq += 4;
		const struct rtp_packet last = heard(&viewer, v, 3);
		if (course[i].blocks > 0)
			assert_int_equal(red_of(&last).n_redundant, course[i].blocks);
		else
			assert_int_equal(last.pt, KIT_SLOT_OPUS);
	}
}

/* The redundancy of the last packet after 300 of which those are asked for that `pattern`, 20 bits, has set. */
static size_t blocks_after(const char *pattern)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	uint16_t first = 0;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	for (unsigned i = 0; i < 300; i++) {
		kit_forget(&kit);
		speak(k, 100 + i, 100 + i);
		if (i == 0)
			first = heard(&viewer, v, 0).seq;
		if (i >= 5 && pattern[(i - 5) % 20] == '1')
			ask(&viewer, v, 3, (uint16_t)(first + i - 5), RS_MS(20) * (100 + i));
	}
	kit_forget(&kit);
	speak(k, 400, 400);
	const struct rtp_packet last = heard(&viewer, v, 0);
	return red_of(&last).n_redundant;
}

static void where_losses_come_one_by_one_three_go_along(void **state)
{
	assert_int_equal(blocks_after("10000010000100000001"), 3);
}

static void where_losses_come_in_runs_more_go_along(void **state)
{
	assert_int_equal(blocks_after("00000011110000000000"), 5);
}

static void packets_of_long_ago_do_not_go_along(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	struct kit_media media = { .ssrc = SPEAKER_SSRC, .seq = 10, .rtp_ts = 10 * 960 };

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(k, 8, 10);
	/* Comfort noise every 400 ms: 19200 ticks do not fit into a block's 14 bits. */
	media.seq = 11;
	media.rtp_ts += 19200;
	assert_int_equal(kit_send(&kit, k, &media, RS_MS(600)), 0);
	assert_int_equal(heard(&viewer, v, 3).pt, KIT_SLOT_OPUS);
	media.seq = 12;
	media.rtp_ts += 960;
	assert_int_equal(kit_send(&kit, k, &media, RS_MS(620)), 0);
	const struct rtp_packet last = heard(&viewer, v, 4);
	assert_int_equal(red_of(&last).n_redundant, 1);
}

static void what_is_sent_again_is_the_same_to_the_octet(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(k, 1, 3); /* nobody knows yet whether anything is lost: one goes along */
	const struct kit_packet sent = *kit_rtp(&kit, v, slot, 2);
	assert_int_equal(kit_parsed(&sent).pt, KIT_SLOT_RED);
	report(&viewer, v, 100, 0, RS_MS(60));
	speak(k, 4, 40);
	assert_int_equal(heard(&viewer, v, 39).pt, KIT_SLOT_OPUS);
	kit_forget(&kit);

	ask(&viewer, v, 3, kit_parsed(&sent).seq, RS_MS(820));
	const struct kit_packet *again = kit_rtp(&kit, v, slot, 0);
	assert_non_null(again);
	assert_int_equal(again->len, sent.len);
	assert_memory_equal(again->data, sent.data, sent.len);

	/* The packet it carried is gone: it cannot be made again, so it is not sent. */
	kit_forget(&kit);
	const uint16_t seq = kit_parsed(&sent).seq;
	speak(k, 41, 66);
	kit_forget(&kit);
	ask(&viewer, v, 3, seq, RS_MS(1340));
	assert_int_equal(kit_count_rtp(&kit, v, slot), 0);
}

static void what_comes_along_anyway_is_not_sent_again(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	report(&viewer, v, 100, 0, 0);
	report(&viewer, v, 100, 4, 0);
	speak(k, 1, 3);
	ask(&viewer, v, 3, heard(&viewer, v, 1).seq, RS_MS(70));
	assert_int_equal(router_counters(kit.router)->tx_resent, 0);
}

static void a_loss_told_by_nack_is_answered_and_brings_protection_at_once(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	report(&viewer, v, 100, 0, 0);
	speak(k, 1, 3);
	const uint16_t seq = heard(&viewer, v, 1).seq;
	assert_int_equal(heard(&viewer, v, 2).pt, KIT_SLOT_OPUS);
	ask(&viewer, v, 3, seq, RS_MS(70));
	assert_int_equal(heard(&viewer, v, 3).seq, seq);
	speak(k, 4, 4);
	assert_int_equal(heard(&viewer, v, 4).pt, KIT_SLOT_RED);
}

/* ---- minutes on a bad line ---- */

#define CALL_PACKETS 15000 /* five minutes */
/* A packet is played when as many after it have come: a buffer of 60 ms. */
#define BUFFERED 3

/* Which packets of the speaker a listener has, and since when, counted in packets sent. */
struct hearing {
	struct rs_rand rand;
	bool came[CALL_PACKETS + 1];
	unsigned played_without;
	unsigned carried; /* octets of sound, redundancy included */
};

static struct hearing hearing;

static void hear(const struct rtp_packet *packet, unsigned at)
{
	struct red red = { .n_redundant = 0, .primary.len = packet->payload_len };

	if (packet->pt == KIT_SLOT_RED)
		red = red_of(packet);
	hearing.carried += (unsigned)packet->payload_len;
	hearing.came[at] = true;
	for (size_t i = 0; i < red.n_redundant; i++)
		if (red.redundant[i].offset / 960 < at)
			hearing.came[at - red.redundant[i].offset / 960] = true;
}

/* Share of packets that are not there when they are to be played, in 1/10000, on a line that loses `permille` in runs of
 * `run` on average. A NACK tells of each 60 ms later, a report of all every 5 s. */
static unsigned missing_on(unsigned permille, unsigned run)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 3, false);
	uint16_t first = 0;
	unsigned lost = 0;
	bool in_run = false;

	hearing = (struct hearing){ .played_without = 0 };
	rs_rand_init_seed(&hearing.rand, permille + run);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	report(&viewer, v, 0, 0, 0);
	for (unsigned i = 0; i < CALL_PACKETS; i++) {
		const rs_time now = RS_MS(20) * (rs_time)i;
		kit_forget(&kit);
		speak(k, i, i);
		router_tick(kit.router, now);
		const struct kit_packet *packet = kit_rtp(&kit, v, slot, 0);
		const struct rtp_packet rtp = kit_parsed(packet);
		if (i == 0)
			first = rtp.seq;
		/* Gilbert-Elliott: all is lost within a run. */
		in_run = in_run ? rs_rand_below(&hearing.rand, run) != 0
				: rs_rand_below(&hearing.rand, 1000 * run) <
					  permille * 1000 / (1000 - permille);
		if (in_run)
			lost++;
		else
			hear(&rtp, i);
		if (i >= 3 && !hearing.came[i - 3])
			ask(&viewer, v, 3, (uint16_t)(first + i - 3), now);
		if (i % 250 == 249) {
			report(&viewer, v, 250, lost, now);
			lost = 0;
		}
		if (i >= BUFFERED)
			hearing.played_without += !hearing.came[i - BUFFERED];
	}
	return hearing.played_without * 10000U / CALL_PACKETS;
}

static void sound_is_there_in_time_at_10_percent_loss(void **state)
{
	assert_in_range(missing_on(100, 1), 0, 20);
}

static void sound_is_there_in_time_at_20_percent_loss(void **state)
{
	assert_in_range(missing_on(200, 1), 0, 70);
}

static void sound_is_there_in_time_at_30_percent_loss(void **state)
{
	assert_in_range(missing_on(300, 1), 0, 150);
	/* Four packets in each, not more. */
	assert_in_range(hearing.carried / CALL_PACKETS, 100, 4 * 45);
}

static void without_loss_nothing_is_added(void **state)
{
	assert_int_equal(missing_on(0, 1), 0);
	/* But for what was sent before the first report. */
	assert_in_range(hearing.carried, CALL_PACKETS * 40, CALL_PACKETS * 41);
}

/* ---- towards the SFU ---- */

/* A packet of the speaker with the `back` before it, as Chromium sends it. */
static void speak_redundantly(uint32_t handle, unsigned seq, unsigned back)
{
	const struct kit_media media = { .ssrc = SPEAKER_SSRC,
		.seq = (uint16_t)seq,
		.rtp_ts = seq * 960U,
		.level = 30,
		.red = back };

	assert_int_equal(kit_send(&kit, handle, &media, RS_MS(20) * (rs_time)seq), 0);
}

static void what_a_publisher_loses_comes_with_its_next_packet(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), p = kit_must_join(&kit, &plain);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak_redundantly(k, 100, 1);
	speak_redundantly(k, 101, 1);
	/* 102 is lost. */
	speak_redundantly(k, 103, 1);
	/* 104 and 105 are lost. */
	speak_redundantly(k, 106, 1);
	const uint16_t first = heard(&plain, p, 0).seq;
	for (size_t i = 0; i < 6; i++) {
		static const uint16_t number[] = { 0, 1, 2, 3, 5, 6 };
		const struct rtp_packet packet = heard(&plain, p, i);
		assert_int_equal(packet.pt, KIT_SLOT_OPUS);
		assert_int_equal(packet.seq, (uint16_t)(first + number[i]));
		assert_int_equal(packet.rtp_ts, heard(&plain, p, 0).rtp_ts + 960U * number[i]);
		/* Opus, and the number the speaker gave it. */
		assert_int_equal(packet.payload_view[0], 0x78);
		assert_int_equal(packet.payload_view[2], 100 + number[i]);
		assert_int_equal(packet.payload_len, 40);
	}
	assert_int_equal(kit_count_rtp(&kit, p, kit_slot_ssrc(&plain, 3, false)), 6);
	assert_int_equal(router_counters(kit.router)->rx_red_repaired, 2);
	/* The one that is still missing is asked for, once redundancy had its chance. */
	router_tick(kit.router, RS_MS(20 * 106 + 10));
	assert_int_equal(router_counters(kit.router)->nacks_sent, 0);
	router_tick(kit.router, RS_MS(20 * 106 + 30));
	assert_int_equal(router_counters(kit.router)->nacks_sent, 1);
}

static void redundancy_that_contradicts_what_is_known_is_not_believed(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), p = kit_must_join(&kit, &plain);
	struct rtp_packet one;
	uint8_t data[ROUTER_PACKET_MAX];
	uint8_t packet[ROUTER_PACKET_MAX];
	struct rs_writer writer;
	const uint8_t opus[] = { 0x78, 0, 1 };

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(k, 1, 2);
	/* The block would be number 3, but is older than number 2. */
	const struct red red = { .n_redundant = 1,
		.redundant = { { .pt = KIT_OPUS, .offset = 1920, .data_view = opus, .len = 3 } },
		.primary = { .pt = KIT_OPUS, .data_view = opus, .len = 3 } };
	const struct kit_media media = { .ssrc = SPEAKER_SSRC, .seq = 4, .rtp_ts = 4 * 960 };
	const size_t len = kit_write(&media, data);
	assert_int_equal(rtp_parse(data, len, &one), 0);
	rs_writer_init(&writer, packet, sizeof(packet));
	rs_write_bytes(&writer, data, one.header_len);
	red_write(&writer, &red);
	rtp_set_pt(packet, KIT_RED);
	assert_int_equal(router_recv_rtp(kit.router, k, packet, writer.len, RS_MS(80)), 0);
	assert_int_equal(kit_count_rtp(&kit, p, kit_slot_ssrc(&plain, 3, false)), 3);
	assert_int_equal(router_counters(kit.router)->rx_red_repaired, 0);
}

static void redundancy_from_before_the_gate_opened_is_not_let_through(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), p = kit_must_join(&kit, &plain);
	const uint32_t slot = kit_slot_ssrc(&plain, 3, false);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1 }, 0);
	speak_redundantly(k, 100, 1);
	/* 101 is lost; then the gate opens. */
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2, .open = { "KEN" } },
		RS_MS(20) * 101 + RS_MS(10));
	speak_redundantly(k, 102, 1);
	assert_int_equal(kit_count_rtp(&kit, p, slot), 1);
	assert_int_equal(heard(&plain, p, 0).payload_view[2], 102);
	/* 103 is lost while it is open. */
	speak_redundantly(k, 104, 1);
	assert_int_equal(kit_count_rtp(&kit, p, slot), 3);
}

static void a_speaker_is_told_what_its_listeners_lose(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer),
		       p = kit_must_join(&kit, &plain);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	speak(k, 1, 60);
	router_tick(kit.router, RS_SEC(2));
	assert_int_equal(kit_told(&kit, k).fraction_lost, 0);

	/* Redundancy made here leaves its receiver 0.01 of 0.1 and less: no reason to protect more. */
	report(&viewer, v, 100, 0, RS_SEC(2));
	report(&viewer, v, 100, 10, RS_SEC(2));
	speak(k, 61, 110);
	router_tick(kit.router, RS_SEC(3));
	assert_int_equal(kit_told(&kit, k).fraction_lost, 0);

	/* Who has none of it is protected by the speaker alone. */
	report(&plain, p, 100, 0, RS_SEC(3));
	report(&plain, p, 100, 10, RS_SEC(3));
	speak(k, 111, 160);
	router_tick(kit.router, RS_SEC(4));
	assert_in_range(kit_told(&kit, k).fraction_lost, 20, 26);
	/* The count is of its own line. */
	assert_int_equal(kit_told(&kit, k).lost, 0);

	/* Hopeless lines do not take more from the others. */
	report(&plain, p, 100, 90, RS_SEC(4));
	speak(k, 161, 210);
	router_tick(kit.router, RS_SEC(5));
	assert_int_equal(
		kit_told(&kit, k).fraction_lost, 255 * 200 / 1000 - 1); /* in 65536ths before */
}

static void one_bad_line_among_many_does_not_speak_for_all(void **state)
{
	struct loss_tally tally = { .receivers = 0 };

	assert_int_equal(loss_tally_told(&tally), 0);
	for (unsigned i = 0; i < 60; i++)
		loss_tally_add(&tally, 0);
	loss_tally_add(&tally, LOSS_PERMILLE(100));
	assert_int_equal(loss_tally_told(&tally), 0);
	loss_tally_add(&tally, LOSS_ALL);
	assert_in_range(loss_tally_told(&tally), LOSS_PERMILLE(80), LOSS_PERMILLE(100));
	assert_int_equal(loss_after(LOSS_ALL / 10, 0), LOSS_ALL / 10);
	assert_in_range(loss_after(LOSS_ALL / 10, 1), LOSS_PERMILLE(9), LOSS_PERMILLE(10));
	assert_int_equal(loss_after(LOSS_ALL, 3), LOSS_ALL);
}

/* ---- the SFU's own requests ---- */

static void a_request_is_repeated_before_its_answer_could_have_come(void **state)
{
	const uint32_t k = kit_must_join(&kit, &plain_speaker);

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "CHL" } }, 0);
	kit_speak(&kit, k, SPEAKER_SSRC, 1, 30, 0);
	kit_speak(&kit, k, SPEAKER_SSRC, 3, 30, RS_MS(40));
	for (rs_time now = RS_MS(40); now < RS_MS(140); now += RS_MS(10))
		router_tick(kit.router, now);
	/* Nobody knows the way yet: 60 ms are assumed, half of which is 30. */
	assert_in_range(router_counters(kit.router)->nacks_sent, 3, 4);
	for (rs_time now = RS_MS(140); now < RS_SEC(2); now += RS_MS(10))
		router_tick(kit.router, now);
	assert_in_range(router_counters(kit.router)->nacks_sent, 15, 20);
	assert_int_equal(router_counters(kit.router)->rx_lost, 1);
}

static void after_a_long_gap_pictures_begin_anew(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken);

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_must_join(&kit, &viewer);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 8, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	kit_forget(&kit);
	kit_show(&kit, k, &(struct kit_media){ .ssrc = 8, .seq = 300, .picture = 60 }, RS_SEC(2));
	assert_int_equal(kit_count_rtcp(&kit, k, RTCP_PSFB, RTCP_FMT_PLI), 1);
	router_tick(kit.router, RS_SEC(2) + RS_MS(20));
	assert_int_equal(router_counters(kit.router)->nacks_sent, 0);
	assert_int_equal(router_counters(kit.router)->rx_lost, 298);
}

/* ---- answers to NACKs ---- */

static void where_much_is_lost_an_answer_is_sent_more_than_once(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);
	uint16_t picture = 1;

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 8, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	const uint16_t first = kit_parsed(kit_rtp(&kit, v, slot, 0)).seq;
	ask(&viewer, v, 6, first, RS_MS(10));
	for (rs_time now = RS_MS(20); now < RS_MS(100); now += RS_MS(10))
		router_tick(kit.router, now);
	assert_int_equal(kit_count_rtp(&kit, v, slot + 1), 1); /* one loss is no trend */

	for (unsigned i = 0; i < 60; i++) { /* every third is lost */
		picture++;
		kit_show(&kit, k,
			&(struct kit_media){ .ssrc = 8, .seq = picture, .picture = picture },
			RS_MS(100 + i * 10));
		if (i % 3 == 0)
			ask(&viewer, v, 6, (uint16_t)(first + picture - 1), RS_MS(100 + i * 10));
	}
	for (rs_time now = RS_MS(700); now < RS_MS(800); now += RS_MS(10))
		router_tick(kit.router, now);
	kit_forget(&kit);
	ask(&viewer, v, 6, (uint16_t)(first + picture - 1), RS_MS(800));
	assert_int_equal(kit_count_rtp(&kit, v, slot + 1), 1);
	router_tick(kit.router, RS_MS(810));
	assert_int_equal(kit_count_rtp(&kit, v, slot + 1), 2);
	for (rs_time now = RS_MS(820); now < RS_MS(900); now += RS_MS(10))
		router_tick(kit.router, now);
	assert_int_equal(kit_count_rtp(&kit, v, slot + 1), 3);
	assert_int_not_equal(kit_parsed(kit_rtp(&kit, v, slot + 1, 0)).seq,
		kit_parsed(kit_rtp(&kit, v, slot + 1, 1)).seq);
}

static void no_more_is_resent_than_was_sent(void **state)
{
	const uint32_t k = kit_must_join(&kit, &ken), v = kit_must_join(&kit, &viewer);
	const uint32_t slot = kit_slot_ssrc(&viewer, 6, false);

	kit_must_meeting(&kit,
		&(struct kit_meeting){ .event = 1, .visible = { "KEN" }, .speaker = "KEN" }, 0);
	kit_show(&kit, k,
		&(struct kit_media){
			.ssrc = 8, .seq = 1, .picture = 1, .keyframe = true, .height = 180 },
		0);
	const uint16_t first = kit_parsed(kit_rtp(&kit, v, slot, 0)).seq;
	for (uint16_t i = 2; i <= 700; i++)
		kit_show(&kit, k, &(struct kit_media){ .ssrc = 8, .seq = i, .picture = i },
			RS_MS(i));
	const size_t len = kit_rtp(&kit, v, slot, 1)->len;
	kit_forget(&kit);
	/* All of them are asked for again and again, as on no line they could be lost. */
	for (rs_time now = RS_MS(700); now < RS_MS(1900); now += RS_MS(12)) {
		for (uint16_t i = 0; i < 700; i++)
			ask(&viewer, v, 6, (uint16_t)(first + i), now);
		router_tick(kit.router, now);
		kit_forget(&kit);
	}
	assert_in_range(router_counters(kit.router)->tx_resent, 65536 / len - 1, 65536 / len + 100);
	assert_true(router_counters(kit.router)->tx_nack_refused > 0);
}

/* ---- how much is lost ---- */

static void loss_is_known_at_once_and_forgotten_slowly(void **state)
{
	struct loss loss = { .reports = 0 };
	struct rtcp_report told = { .fraction_lost = 0, .highest_seq = 1000, .lost = 5 };

	loss_reported(&loss, &told); /* what was before the first report counts as it says itself */
	assert_int_equal(loss_share(&loss), 0);
	told.highest_seq += 200;
	told.lost += 20;
	loss_reported(&loss, &told);
	assert_int_equal(loss_share(&loss), LOSS_ALL / 10);
	told.highest_seq += 200;
	loss_reported(&loss, &told);
	assert_int_equal(loss_share(&loss), LOSS_ALL / 20);
	/* The same report again, and one of another stream, say nothing. */
	loss_reported(&loss, &told);
	told.highest_seq = 5;
	loss_reported(&loss, &told);
	assert_int_equal(loss_share(&loss), LOSS_ALL / 20);
	/* Packets that come late can make the count smaller. */
	told.highest_seq += 200;
	told.lost -= 3;
	loss_reported(&loss, &told);
	assert_int_equal(loss_share(&loss), LOSS_ALL / 40);
}

static void nacks_tell_loss_before_repair(void **state)
{
	struct loss loss = { .reports = 0 };

	for (unsigned i = 0; i < 1000; i++) {
		loss_sent(&loss);
		if (i % 5 == 0)
			loss_asked(&loss, false);
	}
	assert_in_range(loss_share(&loss), LOSS_PERMILLE(190), LOSS_PERMILLE(210));
	for (unsigned i = 0; i < 2000; i++)
		loss_sent(&loss);
	assert_int_equal(loss_share(&loss), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(who_loses_packets_gets_those_before_along),
		CASE(the_more_is_lost_the_more_goes_along_and_by_and_by_less_again),
		CASE(where_losses_come_one_by_one_three_go_along),
		CASE(where_losses_come_in_runs_more_go_along),
		CASE(packets_of_long_ago_do_not_go_along),
		CASE(sound_is_there_in_time_at_10_percent_loss),
		CASE(sound_is_there_in_time_at_20_percent_loss),
		CASE(sound_is_there_in_time_at_30_percent_loss),
		CASE(without_loss_nothing_is_added),
		CASE(what_is_sent_again_is_the_same_to_the_octet),
		CASE(what_comes_along_anyway_is_not_sent_again),
		CASE(a_loss_told_by_nack_is_answered_and_brings_protection_at_once),
		CASE(what_a_publisher_loses_comes_with_its_next_packet),
		CASE(redundancy_that_contradicts_what_is_known_is_not_believed),
		CASE(redundancy_from_before_the_gate_opened_is_not_let_through),
		CASE(a_speaker_is_told_what_its_listeners_lose),
		cmocka_unit_test(one_bad_line_among_many_does_not_speak_for_all),
		CASE(a_request_is_repeated_before_its_answer_could_have_come),
		CASE(after_a_long_gap_pictures_begin_anew),
		CASE(where_much_is_lost_an_answer_is_sent_more_than_once),
		CASE(no_more_is_resent_than_was_sent),
		cmocka_unit_test(loss_is_known_at_once_and_forgotten_slowly),
		cmocka_unit_test(nacks_tell_loss_before_repair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
