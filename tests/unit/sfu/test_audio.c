/* What a microphone's packets say: levels, DTX, speech, band; and who is heard in an open discussion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sfu/router/audio.h"
#include "sfu/router/quality.h"
#include "tests/support/router_kit.h"

#define FRAME RS_MS(20)
#define ROOM 75 /* dBov below: a quiet room */
#define TALK 25
#define SILK_WB 0x48
#define HYBRID_SWB 0x68
#define HYBRID_FB 0x78

/* ---- one microphone ---- */

struct microphone {
	struct audio audio;
	rs_time now;
	uint8_t toc;
};

/* `frames` packets of 20 ms at -`level` dBov. */
static void hear(struct microphone *mic, unsigned frames, int level)
{
	uint8_t payload[40] = { mic->toc };

	for (; frames > 0; frames--) {
		mic->now += FRAME;
		(void)audio_add(&mic->audio, payload, sizeof(payload), level, mic->now);
	}
}

static int level_of(const struct microphone *mic)
{
	return loudness_at(&mic->audio.loudness, mic->now) / 16 - 127;
}

static void wait_for(struct microphone *mic, rs_time time)
{
	mic->now += time;
	speech_tick(&mic->audio.speech, mic->now);
}

static void levels_follow_the_sound(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	assert_int_equal(level_of(&mic), -127);
	hear(&mic, 30, TALK);
	assert_in_range(-level_of(&mic), TALK, TALK + 3);
	hear(&mic, 8, ROOM);
	assert_in_range(-level_of(&mic), 50, ROOM);
}

static void without_packets_a_level_decays_but_jitter_is_no_silence(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	hear(&mic, 50, TALK);
	const int before = level_of(&mic);
	mic.now += RS_MS(190);
	assert_int_equal(level_of(&mic), before);
	mic.now += RS_MS(300);
	assert_true(level_of(&mic) < before - 50);
	mic.now += RS_SEC(3600);
	assert_int_equal(level_of(&mic), -127);
}

static void a_knock_is_no_speech_and_a_word_is(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	hear(&mic, 50, ROOM);
	hear(&mic, 5, 10);
	hear(&mic, 50, ROOM);
	assert_false(mic.audio.speech.speaking);
	hear(&mic, 7, TALK);
	assert_false(mic.audio.speech.speaking);
	hear(&mic, 1, TALK);
	assert_true(mic.audio.speech.speaking);
}

static void a_pause_for_breath_is_no_end(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	for (int word = 0; word < 20; word++) {
		hear(&mic, 25, TALK);
		assert_true(mic.audio.speech.speaking);
		hear(&mic, 40, ROOM);
		assert_true(mic.audio.speech.speaking);
	}
	hear(&mic, 15, ROOM);
	assert_false(mic.audio.speech.speaking);
}

static void in_dtx_the_end_comes_without_packets(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	hear(&mic, 50, TALK);
	wait_for(&mic, RS_MS(180));
	assert_true(mic.audio.speech.speaking);
	/* Every 400 ms one packet of comfort noise. */
	for (int i = 0; i < 4; i++) {
		wait_for(&mic, RS_MS(380));
		hear(&mic, 1, 127);
	}
	assert_false(mic.audio.speech.speaking);
	/* The ticks in between change nothing of the count. */
	hear(&mic, 50, TALK);
	for (int i = 0; i < 100; i++)
		wait_for(&mic, RS_MS(10));
	assert_true(mic.audio.speech.speaking);
	for (int i = 0; i < 20; i++)
		wait_for(&mic, RS_MS(10));
	assert_false(mic.audio.speech.speaking);
}

static void a_fan_is_learnt_and_a_voice_above_it_is_heard(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	hear(&mic, 500, 50);
	assert_false(mic.audio.speech.speaking);
	hear(&mic, 10, 35);
	assert_true(mic.audio.speech.speaking);
}

static void who_talks_for_a_minute_without_a_pause_is_still_heard(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	for (int i = 0; i < 60; i++) {
		hear(&mic, 50, TALK);
		assert_true(mic.audio.speech.speaking);
	}
}

static void without_levels_comfort_noise_is_told_from_speech(void **state)
{
	struct microphone mic = { .now = RS_SEC(1) };
	const uint8_t closed[3] = { HYBRID_FB, 0xff, 0xfe };
	uint8_t talk[40] = { HYBRID_FB };

	for (int i = 0; i < 100; i++)
		(void)audio_add(&mic.audio, closed, sizeof(closed), -1, mic.now += FRAME);
	assert_false(mic.audio.speech.speaking);
	assert_int_equal(level_of(&mic), -127);
	for (int i = 0; i < 20; i++)
		(void)audio_add(&mic.audio, talk, sizeof(talk), -1, mic.now += FRAME);
	assert_true(mic.audio.speech.speaking);
	assert_in_range(-level_of(&mic), 40, 50);
}

static void a_microphone_is_fit_when_it_reaches_fifteen_kilohertz(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };

	hear(&mic, 99, TALK);
	assert_int_equal(mic.audio.band.fit, ROUTER_FIT_UNKNOWN);
	hear(&mic, 1, TALK);
	assert_int_equal(mic.audio.band.fit, ROUTER_FIT);
	assert_int_equal(mic.audio.band.bandwidth, OPUS_FULLBAND);
	mic.toc = HYBRID_SWB;
	hear(&mic, 100, TALK);
	assert_int_equal(mic.audio.band.fit, ROUTER_FIT_LIMITED);
	mic.toc = SILK_WB;
	hear(&mic, 99, TALK);
	assert_int_equal(mic.audio.band.fit, ROUTER_FIT_LIMITED);
	hear(&mic, 1, TALK);
	assert_int_equal(mic.audio.band.fit, ROUTER_FIT_NOT);
}

static void a_verdict_does_not_flutter_and_silence_says_nothing(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };
	const uint8_t dtx[1] = { SILK_WB };

	hear(&mic, 150, TALK);
	for (int i = 0; i < 20; i++) {
		mic.toc = SILK_WB;
		hear(&mic, 90, TALK);
		mic.toc = HYBRID_FB;
		hear(&mic, 1, TALK);
		assert_int_equal(mic.audio.band.fit, ROUTER_FIT);
	}
	mic.toc = SILK_WB;
	hear(&mic, 500, ROOM);
	for (int i = 0; i < 500; i++)
		(void)audio_add(&mic.audio, dtx, sizeof(dtx), TALK, mic.now += FRAME);
	assert_int_equal(mic.audio.band.fit, ROUTER_FIT);
	assert_int_equal(mic.audio.band.bandwidth, OPUS_FULLBAND);
}

static void malformed_packets_change_nothing(void **state)
{
	struct microphone mic = { .now = RS_SEC(1), .toc = HYBRID_FB };
	const uint8_t bad[2] = { 0x7b, 0 };

	hear(&mic, 20, TALK);
	const struct audio before = mic.audio;
	(void)audio_add(&mic.audio, bad, sizeof(bad), 0, mic.now + FRAME);
	(void)audio_add(&mic.audio, bad, 0, 0, mic.now + FRAME);
	assert_memory_equal(&mic.audio, &before, sizeof(before));
}

/* ---- a discussion ---- */

#define PEOPLE 5

static struct kit kit;
static const struct kit_peer people[PEOPLE] = {
	{ .id = "KEN", .csrc = 1001 },
	{ .id = "FRA", .csrc = 1002 },
	{ .id = "BRA", .csrc = 1003 },
	{ .id = "JPN", .csrc = 1004 },
	{ .id = "chair", .csrc = 1005 },
};
static const struct kit_peer viewer = { .id = "viewer", .csrc = 1009, .silent = true };

static struct {
	uint32_t peer[PEOPLE];
	uint32_t viewer;
	unsigned frame;
} hall;

static int setup(void **state)
{
	const int err = kit_init(&kit);

	hall.frame = 0;
	for (size_t i = 0; err == 0 && i < PEOPLE; i++)
		hall.peer[i] = kit_must_join(&kit, &people[i]);
	if (err == 0)
		hall.viewer = kit_must_join(&kit, &viewer);
	return err;
}

static int teardown(void **state)
{
	kit_done(&kit);
	return 0;
}

/* `frames` of 20 ms in which those of the mask talk at -`level` and the others are quiet. */
static void talk_late(unsigned mask, uint8_t level, rs_time late)
{
	const rs_time now = ++hall.frame * FRAME + late;

	kit_forget(&kit);
	for (unsigned i = 0; i < PEOPLE; i++)
		kit_speak(&kit, hall.peer[i], 70 + i, (uint16_t)hall.frame,
			(mask >> i & 1) != 0 ? level : ROOM, now);
	router_tick(kit.router, now);
}

static void talk(unsigned frames, unsigned mask, uint8_t level)
{
	for (; frames > 0; frames--)
		talk_late(mask, level, 0);
}

/* Who is in the viewer's slot of this rank, by the packets of the last frame: index, or -1. */
static int heard(unsigned rank)
{
	const struct kit_packet *packet =
		kit_rtp(&kit, hall.viewer, kit_slot_ssrc(&viewer, 3 + rank, false), 0);

	return packet != NULL ? (int)kit_parsed(packet).csrcs[0] - 1001 : -1;
}

static bool is_heard(int who)
{
	return heard(0) == who || heard(1) == who;
}

static void discuss(void)
{
	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .direct = true, .loudest = 2 }, 0);
}

static void in_a_discussion_who_speaks_is_heard(void **state)
{
	discuss();
	talk(10, 0, 0);
	talk(40, 1 << 2, TALK);
	assert_true(is_heard(2));
	talk(40, 1 << 3, TALK);
	assert_true(is_heard(3));
	/* Who spoke before has kept the other place: nobody else wanted it. */
	assert_true(is_heard(2));
	talk(100, 1 << 0 | 1 << 1, TALK);
	assert_true(is_heard(0) && is_heard(1));
}

static void who_speaks_is_not_cut_off_by_who_is_as_loud(void **state)
{
	discuss();
	talk(100, 1 << 2 | 1 << 3, TALK);
	assert_true(is_heard(2) && is_heard(3));
	talk(100, 1 << 1 | 1 << 2 | 1 << 3, TALK);
	assert_true(is_heard(2) && is_heard(3));
}

static void much_louder_for_a_while_wins(void **state)
{
	discuss();
	talk(100, 1 << 2 | 1 << 3, 35);
	assert_true(is_heard(2) && is_heard(3));
	for (int i = 0; i < 60; i++) {
		const rs_time now = ++hall.frame * FRAME;
		kit_forget(&kit);
		for (unsigned who = 0; who < PEOPLE; who++)
			kit_speak(&kit, hall.peer[who], 70 + who, (uint16_t)hall.frame,
				who == 1   ? 15
				: who == 2 ? 30
				: who == 3 ? 35
					   : ROOM,
				now);
		router_tick(kit.router, now);
	}
	assert_true(is_heard(1) && is_heard(2));
}

static void the_chair_is_heard_by_right_without_a_word(void **state)
{
	const struct kit_meeting spec = {
		.event = 2, .direct = true, .loudest = 2, .open = { "chair" }
	};

	discuss();
	talk(100, 1 << 2 | 1 << 3, TALK);
	assert_false(is_heard(4));
	kit_must_meeting(&kit, &spec, hall.frame * FRAME);
	talk(1, 1 << 2 | 1 << 3, TALK);
	assert_true(is_heard(4));
	talk(300, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3, 10);
	assert_true(is_heard(4));
	assert_int_equal(is_heard(0) + is_heard(1) + is_heard(2) + is_heard(3), 1);
}

static void a_silent_microphone_in_dtx_keeps_its_place_until_somebody_wants_it(void **state)
{
	discuss();
	talk(100, 1 << 2 | 1 << 3, TALK);
	/* KEN alone sends; the others are in DTX for 3 s. */
	for (int i = 0; i < 150; i++) {
		const rs_time now = ++hall.frame * FRAME;
		kit_forget(&kit);
		kit_speak(&kit, hall.peer[0], 70, (uint16_t)hall.frame, ROOM, now);
		router_tick(kit.router, now);
	}
	talk(1, 0, 0);
	assert_true(is_heard(2) && is_heard(3));
}

static bool next_speaking(struct router_event *event)
{
	while (router_poll(kit.router, event) == 1)
		if (event->kind == ROUTER_EVENT_SPEAKING)
			return true;
	return false;
}

static void speaking_is_told_of_open_microphones_alone(void **state)
{
	struct router_event event;

	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	talk(100, 1 << 0 | 1 << 1, TALK);
	assert_true(next_speaking(&event));
	assert_string_equal(event.source, "KEN");
	assert_string_equal(event.meeting, "m");
	assert_true(event.speaking);
	assert_false(next_speaking(&event));
	/* The gate closes on who speaks. */
	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 2, .open = { "FRA" } }, hall.frame * FRAME);
	talk(6, 1 << 0 | 1 << 1, TALK);
	bool ken = false;
	bool fra = false;
	while (next_speaking(&event)) {
		ken = ken || (strcmp(event.source, "KEN") == 0 && !event.speaking);
		fra = fra || (strcmp(event.source, "FRA") == 0 && event.speaking);
	}
	assert_true(ken && fra);
	router_peer_remove(kit.router, "FRA", hall.frame * FRAME);
	assert_true(next_speaking(&event));
	assert_string_equal(event.source, "FRA");
	assert_false(event.speaking);
}

static void microphones_are_judged_closed_or_open(void **state)
{
	struct router_source_stats stats;
	size_t cursor = 0;

	talk(150, 1 << 0, TALK);
	assert_int_equal(router_source_next(kit.router, &cursor, hall.frame * FRAME, &stats), 1);
	assert_string_equal(stats.source, "KEN");
	assert_true(stats.speaking);
	assert_in_range(-stats.level_dbov, TALK, TALK + 3);
	assert_int_equal(stats.audio_khz, 20);
	assert_int_equal(stats.channels, 1);
	assert_int_equal(stats.fit, ROUTER_FIT);
	assert_int_equal(stats.gated, 150);
}

/* ---- meters ---- */

/* Levels of a walk that is due; false: none was due. */
static bool meters(int levels[PEOPLE], int peaks[PEOPLE], size_t *out_told)
{
	const rs_time now = hall.frame * FRAME;
	struct router_level level;
	size_t cursor = 0;

	*out_told = 0;
	if (!router_levels_due(kit.router, now))
		return false;
	while (router_level_next(kit.router, &cursor, now, &level) == 1) {
		assert_string_equal(level.meeting, "m");
		for (unsigned who = 0; who < PEOPLE; who++) {
			if (strcmp(level.source, people[who].id) != 0)
				continue;
			levels[who] = level.level_dbov;
			peaks[who] = level.peak_dbov;
		}
		(*out_told)++;
	}
	return true;
}

static void levels_are_told_while_somebody_looks(void **state)
{
	int levels[PEOPLE] = { 0 };
	int peaks[PEOPLE] = { 0 };
	size_t told;

	talk(50, 1 << 0, TALK);
	assert_false(meters(levels, peaks, &told));
	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .meters = true }, hall.frame * FRAME);
	assert_true(meters(levels, peaks, &told));
	assert_int_equal(told, PEOPLE);
	assert_in_range(-levels[0], TALK, TALK + 3);
	assert_int_equal(peaks[0], -TALK);
	assert_int_equal(levels[1], ROUTER_LEVEL_LEAST);
	assert_false(meters(levels, peaks, &told));
	/* Whoever goes on as before is no news, nor is a room's own noise. */
	talk(8, 1 << 0, TALK);
	assert_true(meters(levels, peaks, &told));
	talk(8, 1 << 0, TALK + 1);
	assert_true(meters(levels, peaks, &told));
	assert_int_equal(told, 0);
	/* One loud packet is seen in the peak, and is gone with the next. */
	talk(7, 1 << 0, TALK);
	talk(1, 1 << 0, 3);
	assert_true(meters(levels, peaks, &told));
	assert_int_equal(told, 1);
	assert_int_equal(peaks[0], -3);
	assert_true(levels[0] < -10);
	talk(8, 1 << 0, TALK);
	assert_true(meters(levels, peaks, &told));
	assert_int_equal(peaks[0], -TALK);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1 }, hall.frame * FRAME);
	talk(8, 1 << 0, 40);
	assert_false(meters(levels, peaks, &told));
}

/* What was told to who looked before is nothing to whoever looks now. */
static void who_looks_again_is_told_all_levels(void **state)
{
	const struct kit_meeting looked = { .event = 1, .meters = true };
	int levels[PEOPLE] = { 0 };
	int peaks[PEOPLE] = { 0 };
	size_t told;

	kit_must_meeting(&kit, &looked, 0);
	talk(50, 1 << 0, TALK);
	assert_true(meters(levels, peaks, &told));
	talk(8, 1 << 0, TALK);
	kit_must_meeting(&kit, &looked, hall.frame * FRAME);
	assert_true(meters(levels, peaks, &told));
	assert_int_equal(told, 0);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1 }, hall.frame * FRAME);
	talk(8, 1 << 0, TALK);
	kit_must_meeting(&kit, &looked, hall.frame * FRAME);
	assert_true(meters(levels, peaks, &told));
	assert_int_equal(told, PEOPLE);
}

/* However often it is said, and whoever goes first. */
static void nothing_is_due_once_nobody_looks_at_any_meeting(void **state)
{
	const struct kit_meeting looked = { .event = 1, .meters = true };
	const struct router_meeting another = { .id = "another", .meters = true };

	kit_must_meeting(&kit, &looked, 0);
	kit_must_meeting(&kit, &looked, 0);
	assert_int_equal(router_meeting_set(kit.router, &another, 0), 0);
	assert_true(router_levels_due(kit.router, RS_SEC(1)));
	router_meeting_remove(kit.router, "m", RS_SEC(1));
	assert_true(router_levels_due(kit.router, RS_SEC(2)));
	router_meeting_remove(kit.router, "another", RS_SEC(2));
	assert_false(router_levels_due(kit.router, RS_SEC(3)));
	kit_must_meeting(&kit, &looked, RS_SEC(3));
	assert_true(router_levels_due(kit.router, RS_SEC(4)));
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1 }, RS_SEC(4));
	assert_false(router_levels_due(kit.router, RS_SEC(5)));
}

/* ---- what an interpreter would have to work from ---- */

struct sender {
	struct quality quality;
	struct quality_packet packet;
};

static void send_one(struct sender *sender, bool voice, int level, rs_time now)
{
	sender->packet.came++;
	sender->packet.voice = voice;
	sender->packet.level = level;
	quality_add(&sender->quality, &sender->packet, now);
}

/* `n` packets at 50 a second; every `lost`th is missing (0 = none). */
static rs_time hear_packets(
	struct sender *sender, unsigned n, unsigned lost, int level, rs_time now)
{
	for (unsigned i = 0; i < n; i++, now += FRAME) {
		sender->packet.expected++;
		if (lost == 0 || i % lost != 1)
			send_one(sender, true, level, now);
	}
	return now;
}

static void loss_is_counted_before_repair_and_forgotten(void **state)
{
	struct sender sender = { .packet = { .stream = 1 } };
	const struct quality *quality = &sender.quality;

	rs_time now = hear_packets(&sender, 150, 10, 20, RS_SEC(5));
	assert_in_range(quality_loss(quality, now), 80, 110);
	now = hear_packets(&sender, 150, 0, 20, now);
	assert_int_equal(quality_loss(quality, now), 0);
	/* While nothing comes nothing is said; after DTX the time without packets is no loss. */
	assert_int_equal(quality_loss(quality, now + RS_SEC(10)), 0);
	now = hear_packets(&sender, 5, 0, 20, now + RS_SEC(10));
	assert_int_equal(quality_loss(quality, now), 0);
	/* Out of order is not lost. */
	sender.packet.expected += 2;
	send_one(&sender, true, 20, now);
	assert_int_not_equal(quality_loss(quality, now), 0);
	send_one(&sender, true, 20, now);
	assert_int_equal(quality_loss(quality, now), 0);
	/* Nor is what another stream never had. */
	sender.packet = (struct quality_packet){ .stream = 2 };
	now = hear_packets(&sender, 2, 0, 20, now);
	assert_int_equal(quality_loss(quality, now), 0);
}

static void voice_at_full_level_is_clipping(void **state)
{
	struct sender sender = { .packet = { .stream = 1 } };

	assert_int_equal(quality_clipping(&sender.quality, RS_SEC(1)), 0);
	rs_time now = hear_packets(&sender, 25, 0, QUALITY_FULL_LEVEL, RS_SEC(1));
	assert_int_equal(quality_clipping(&sender.quality, now), 1000);
	now = hear_packets(&sender, 25, 0, QUALITY_FULL_LEVEL + 1, now);
	assert_in_range(quality_clipping(&sender.quality, now - FRAME), 500, 520);
	/* What is not told is not held against it, and silence dilutes nothing. */
	sender = (struct sender){ .packet = { .stream = 1 } };
	now = hear_packets(&sender, 25, 0, -1, now);
	assert_int_equal(quality_clipping(&sender.quality, now), 0);
	now = hear_packets(&sender, 25, 0, 0, now);
	for (unsigned i = 0; i < 20; i++)
		send_one(&sender, false, 0, now);
	assert_in_range(quality_clipping(&sender.quality, now), 490, 510);
}

static void a_microphone_that_interprets_badly_shows_in_its_figures(void **state)
{
	struct router_source_stats stats;
	size_t cursor = 0;

	talk(150, 1 << 0, 1);
	assert_int_equal(router_source_next(kit.router, &cursor, hall.frame * FRAME, &stats), 1);
	assert_int_equal(stats.clipping_permille, 1000);
	assert_int_equal(stats.loss_permille, 0);
	assert_int_equal(stats.jitter_ms, 0);
}

static struct router_source_stats figures_at(rs_time now)
{
	struct router_source_stats stats;
	size_t cursor = 0;

	assert_int_equal(router_source_next(kit.router, &cursor, now, &stats), 1);
	return stats;
}

/* A line that was gone for three seconds, and for ten. */
static void what_an_outage_lost_counts_however_long_it_was(void **state)
{
	for (unsigned outage = 150; outage <= 500; outage += 350) {
		talk(150, 1 << 0, TALK);
		hall.frame += outage;
		talk(5, 1 << 0, TALK);
		assert_in_range(figures_at(hall.frame * FRAME).loss_permille, 900, 999);
		talk(150, 1 << 0, TALK);
		assert_int_equal(figures_at(hall.frame * FRAME).loss_permille, 0);
	}
}

/* Every other packet comes 10 ms late, then none. */
static void jitter_is_forgotten_with_the_stream(void **state)
{
	for (unsigned i = 0; i < 100; i++)
		talk_late(1 << 0, TALK, i % 2 == 0 ? 0 : RS_MS(10));
	assert_in_range(figures_at(hall.frame * FRAME).jitter_ms, 8, 11);
	assert_int_equal(figures_at((hall.frame + 1) * FRAME + RS_SEC(2)).jitter_ms, 0);
}

static void who_interprets_is_told_to_speak_as_well(void **state)
{
	struct router_event event;

	kit_must_meeting(
		&kit, &(struct kit_meeting){ .event = 1, .channel = "fr", .desk = "KEN" }, 0);
	talk(20, 1 << 0, TALK);
	assert_true(next_speaking(&event));
	assert_string_equal(event.source, "KEN");
	assert_true(event.speaking);
	talk(60, 1 << 0, 100);
	assert_true(next_speaking(&event));
	assert_false(event.speaking);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_follow_the_sound),
		cmocka_unit_test(without_packets_a_level_decays_but_jitter_is_no_silence),
		cmocka_unit_test(a_knock_is_no_speech_and_a_word_is),
		cmocka_unit_test(a_pause_for_breath_is_no_end),
		cmocka_unit_test(in_dtx_the_end_comes_without_packets),
		cmocka_unit_test(a_fan_is_learnt_and_a_voice_above_it_is_heard),
		cmocka_unit_test(who_talks_for_a_minute_without_a_pause_is_still_heard),
		cmocka_unit_test(without_levels_comfort_noise_is_told_from_speech),
		cmocka_unit_test(a_microphone_is_fit_when_it_reaches_fifteen_kilohertz),
		cmocka_unit_test(a_verdict_does_not_flutter_and_silence_says_nothing),
		cmocka_unit_test(malformed_packets_change_nothing),
		CASE(in_a_discussion_who_speaks_is_heard),
		CASE(who_speaks_is_not_cut_off_by_who_is_as_loud),
		CASE(much_louder_for_a_while_wins),
		CASE(the_chair_is_heard_by_right_without_a_word),
		CASE(a_silent_microphone_in_dtx_keeps_its_place_until_somebody_wants_it),
		CASE(speaking_is_told_of_open_microphones_alone),
		CASE(microphones_are_judged_closed_or_open),
		CASE(levels_are_told_while_somebody_looks),
		CASE(who_looks_again_is_told_all_levels),
		CASE(nothing_is_due_once_nobody_looks_at_any_meeting),
		cmocka_unit_test(loss_is_counted_before_repair_and_forgotten),
		cmocka_unit_test(voice_at_full_level_is_clipping),
		CASE(a_microphone_that_interprets_badly_shows_in_its_figures),
		CASE(what_an_outage_lost_counts_however_long_it_was),
		CASE(jitter_is_forgotten_with_the_stream),
		CASE(who_interprets_is_told_to_speak_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
