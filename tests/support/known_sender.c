/* The sender of known content and the line. */
#include "tests/support/known_content_priv.h"

#include "common/base/bytes.h"
#include "common/rtp/ntp.h"
#include "common/rtp/rtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SOUND_PERIOD RS_MS(20)
#define PICTURE_PERIOD RS_MS(66)
#define LINE_DELAY RS_MS(30)
/* Of coded pictures, and of what goes into a packet: small, since there is half an hour of them, and most take several. */
#define WIDTH 96
#define HEIGHT 64
#define FPS 15
#define KBIT 80
#define PAYLOAD_MAX 400
/* The sender's wall clock is 3 s ahead and gains 50 ppm, its sound card gains another 100 ppm. */
#define WALL_AHEAD RS_SEC(3)
#define WALL_GAIN 20000
#define CARD_GAIN 10000

static void add_track(struct known_world *world, struct known_source *source, bool sound)
{
	const struct track_config config = { .rules = &world->rules,
		.disk = &world->disk,
		.directory = "/demo",
		.name = "KEN",
		.title = "KEN",
		.language = "und",
		.media = sound ? ARCHIVE_MICROPHONE : ARCHIVE_CAMERA,
		.first_segment = 1,
		.epoch_wall_us = KNOWN_EPOCH,
		.sender = &world->clock,
		.rand = &world->rand,
		.note = known_note,
		.ctx = &world->memory };
	source->sound = sound;
	source->seq = 65000;
	source->report_at = RS_MS(800);
	source->key_asked = INT64_MIN / 2;
	source->key_wish_at = RS_TIME_NEVER;
	source->expected = rs_calloc(KNOWN_FRAMES_MAX, sizeof(*source->expected));
	assert_non_null(source->expected);
	assert_int_equal(track_new(&config, &source->track), 0);
	assert_int_equal(
		track_begin(source->track, sound ? "opus" : "VP8", sound ? 48000 : 90000, 0), 0);
}

struct known_world *known_world_new(uint32_t segment_ms)
{
	struct known_world *world = rs_zalloc(sizeof(*world));
	assert_non_null(world);
	world->disk = known_disk(&world->memory);
	world->rules = (struct track_rules){ .pictures_held = &world->pictures_held,
		.cluster_ms = 1000,
		.cluster_max = 4096,
		.reorder_wait = RS_MS(500),
		.reorder_window = 512,
		.fill_ms = 10000,
		.segment_ms = segment_ms,
		.app = "test" };
	rs_rand_init_seed(&world->rand, 6);
	add_track(world, &world->sound, true);
	add_track(world, &world->picture, false);
	return world;
}

void known_world_code(struct known_world *world)
{
	world->rules.cluster_max = 1 << 18;
	world->microphone = marked_microphone_new(0, 0);
	world->camera = marked_camera_new(WIDTH, HEIGHT, FPS, KBIT);
	world->sound.digests = rs_calloc(KNOWN_FRAMES_MAX, sizeof(uint32_t));
	world->picture.digests = rs_calloc(KNOWN_FRAMES_MAX, sizeof(uint32_t));
	assert_non_null(world->sound.digests);
	assert_non_null(world->picture.digests);
}

void known_finish(struct known_source *source, rs_time now)
{
	assert_int_equal(track_finish(source->track, now), 0);
	source->track = track_free(source->track);
}

void known_world_free(struct known_world *world)
{
	track_free(world->sound.track);
	track_free(world->picture.track);
	known_sfu_free(world->sfu);
	marked_microphone_free(world->microphone);
	marked_camera_free(world->camera);
	rs_release(world->sound.digests);
	rs_release(world->picture.digests);
	rs_release(world->sound.expected);
	rs_release(world->picture.expected);
	known_memory_done(&world->memory);
	rs_release(world);
}

static int64_t sender_wall(rs_time t)
{
	return KNOWN_EPOCH + WALL_AHEAD + t + t / WALL_GAIN;
}

/* When a frame is captured. The sound card's 20 ms are a little shorter than ours. */
rs_time known_captured(const struct known_source *source, uint32_t number)
{
	if (!source->sound)
		return PICTURE_PERIOD * (rs_time)number;
	const double ppm = 1.0 + 1.0 / WALL_GAIN + 1.0 / CARD_GAIN;
	const bool stood = source->stall_from > 0 && number >= source->stall_from;
	return (rs_time)((double)SOUND_PERIOD * number / ppm) + (stood ? source->stall : 0);
}

/* RTP timestamps of both begin shortly before they wrap. */
static uint32_t rtp_at(const struct known_source *source, rs_time t)
{
	if (source->stall_from > 0 && t >= known_captured(source, source->stall_from))
		t -= source->stall;
	const int64_t clock = t + t / WALL_GAIN;
	const int64_t ticks = source->sound ? rtp_ticks_from_us(clock + t / CARD_GAIN, 48000)
					    : rtp_ticks_from_us(clock, 90000);
	return (uint32_t)(UINT32_MAX - 100000 + ticks);
}

static uint32_t timestamp(const struct known_source *source, uint32_t number)
{
	if (source->sound) /* samples, counted */
		return UINT32_MAX - 100000 + 960 * number;
	return rtp_at(source, known_captured(source, number));
}

static struct known_flying *free_place(struct known_source *source)
{
	size_t i = 0;
	while (source->flight[i].used) {
		i++;
		assert_true(i < KNOWN_FLIGHT_MAX);
	}
	return &source->flight[i];
}

void known_fly(struct known_world *world, struct known_source *source, const uint8_t *data,
	size_t len, rs_time now)
{
	const bool guarded =
		now <= RS_SEC(1) || (world->lossless_from > 0 && now >= world->lossless_from);
	if (!guarded && rs_rand_u32(&world->rand) % 1000 < world->loss_permille)
		return;
	struct known_flying *flying = free_place(source);
	flying->arrival = now + LINE_DELAY;
	if (!guarded)
		flying->arrival += (rs_time)(rs_rand_u32(&world->rand) % (world->jitter + 1));
	flying->used = true;
	flying->len = len;
	memcpy(flying->data, data, len);
}

/* One packet onto the line: most take 30 ms and their jitter, some come by retransmission, few never. */
static bool launch(struct known_world *world, struct known_source *source, bool marker, rs_time now,
	const uint8_t *payload, size_t len)
{
	const struct rtp_header header = { .marker = marker,
		.pt = source->sound ? KNOWN_SOUND_PT : KNOWN_PICTURE_PT,
		.seq = source->seq++,
		.rtp_ts = timestamp(source, source->number),
		.ssrc = source->sound ? KNOWN_SOUND_SSRC : KNOWN_PICTURE_SSRC };
	if (world->sfu != NULL) {
		uint8_t data[KNOWN_PACKET_MAX];
		struct rs_writer out;
		rs_writer_init(&out, data, sizeof(data));
		rtp_write_header(&out, &header);
		rs_write_bytes(&out, payload, len);
		assert_false(out.failed);
		known_sfu_keep(world->sfu, source, header.seq, data, out.len);
		known_fly(world, source, data, out.len, now);
		source->packets++;
		return true; /* whatever is lost is repaired */
	}
	rs_time delay = LINE_DELAY;
	if (now > RS_SEC(1)) /* what comes before the first packet that arrives belongs to nobody */
		delay += (rs_time)(rs_rand_u32(&world->rand) % (world->jitter + 1));
	if (now > RS_SEC(1) && rs_rand_u32(&world->rand) % 1000 < world->loss_permille) {
		if (rs_rand_u32(&world->rand) % 1000 < world->given_up_permille) {
			source->lost++;
			return false;
		}
		delay += RS_MS(120);
	}
	struct known_flying *flying = free_place(source);
	struct rs_writer w;
	rs_writer_init(&w, flying->data, sizeof(flying->data));
	rtp_write_header(&w, &header);
	rs_write_bytes(&w, payload, len);
	assert_false(w.failed);
	flying->len = w.len;
	flying->arrival = now + delay;
	flying->used = true;
	source->packets++;
	if (now > RS_SEC(1) && rs_rand_u32(&world->rand) % 1000 < world->doubled_permille) {
		struct known_flying *again = free_place(source);
		*again = *flying;
		again->arrival += RS_MS(1);
		source->doubled++;
	}
	return true;
}

static void send_sound(struct known_world *world, rs_time now)
{
	struct known_source *source = &world->sound;
	uint8_t numbered[5];
	const uint8_t *payload = numbered;
	size_t len = sizeof(numbered);
	if (world->microphone != NULL) {
		marked_microphone_take(world->microphone, &payload, &len);
		source->digests[source->number] = known_digest(payload, len);
	} else {
		struct rs_writer w;
		rs_writer_init(&w, numbered, sizeof(numbered));
		rs_write_u8(&w, 0xF8); /* one frame of 20 ms, RFC 6716 section 3.1 */
		rs_write_u32(&w, source->number);
	}
	if (launch(world, source, false, now, payload, len))
		source->expected[source->n_expected++] = source->number;
	source->number++;
}

/* A key frame of three packets, or another of one or two (RFC 7741 section 4.2). */
static bool launch_number(struct known_world *world, bool key, rs_time now)
{
	struct known_source *source = &world->picture;
	static const uint8_t key_head[10] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68,
		0x01 };
	static const uint8_t head[10] = { 0x11 };
	const unsigned packets = key ? 3 : 1 + source->number % 2;
	bool whole = true;
	for (unsigned i = 0; i < packets; i++) {
		uint8_t payload[24];
		struct rs_writer w;
		rs_writer_init(&w, payload, sizeof(payload));
		rs_write_u8(&w, i == 0 ? 0x10 : 0x00);
		if (i == 0)
			rs_write_bytes(&w, key ? key_head : head, sizeof(head));
		rs_write_u32(&w, source->number);
		whole &= launch(world, source, i + 1 == packets, now, payload, w.len);
	}
	return whole;
}

/* A packet of a coded picture on its way to the line. */
struct onward {
	struct known_world *world;
	rs_time now;
	bool whole;
};

static void launch_payload(void *ctx, const uint8_t *payload, size_t len, bool marker)
{
	struct onward *onward = ctx;
	onward->whole &=
		launch(onward->world, &onward->world->picture, marker, onward->now, payload, len);
}

static bool launch_coded(struct known_world *world, bool key, rs_time now)
{
	struct known_source *source = &world->picture;
	struct onward onward = { .world = world, .now = now, .whole = true };
	const uint8_t *data;
	size_t len;
	marked_camera_take(world->camera, (uint16_t)source->number, key, &data, &len);
	source->digests[source->number] = known_digest(data, len);
	marked_camera_send(world->camera, PAYLOAD_MAX, launch_payload, &onward);
	return onward.whole;
}

static void send_picture(struct known_world *world, rs_time now)
{
	struct known_source *source = &world->picture;
	const bool key = source->number == 0 || (!source->deaf && now >= source->key_wish_at);
	const bool whole = world->camera != NULL ? launch_coded(world, key, now)
						 : launch_number(world, key, now);
	if (key)
		source->key_wish_at = RS_TIME_NEVER;
	const bool was_broken = source->broken;
	source->broken = !whole || world->pictures_held || (was_broken && !key);
	source->freezes += source->broken && !was_broken ? 1 : 0;
	if (was_broken && !source->broken)
		source->frozen_ms += PICTURE_PERIOD / 1000 *
				     (source->number - source->expected[source->n_expected - 1]);
	if (!source->broken)
		source->expected[source->n_expected++] = source->number;
	source->number++;
}

static struct known_flying *first_arrival(struct known_source *source, rs_time until)
{
	struct known_flying *first = NULL;
	for (size_t i = 0; i < KNOWN_FLIGHT_MAX; i++) {
		struct known_flying *flying = &source->flight[i];
		if (flying->used && flying->arrival <= until &&
			(first == NULL || flying->arrival < first->arrival))
			first = flying;
	}
	return first;
}

/* As the tap does it: asked at most once a second, after a packet. */
static void ask_key(struct known_source *source, rs_time now)
{
	if (!track_wants_key(source->track) || now - source->key_asked < RS_SEC(1))
		return;
	source->key_asked = now;
	source->key_wish_at = now + RS_MS(50);
}

static bool report_due(struct known_source *source, rs_time until, rs_time *out_sent)
{
	*out_sent = until - LINE_DELAY;
	if (*out_sent < source->report_at)
		return false;
	source->report_at += RS_SEC(5);
	return true;
}

/* Through the SFU, packets of both sources in the order of their arrival. */
static void deliver_both(struct known_world *world, rs_time until)
{
	struct known_source *sources[] = { &world->sound, &world->picture };
	for (;;) {
		struct known_flying *sound = first_arrival(sources[0], until);
		struct known_flying *flying = first_arrival(sources[1], until);
		if (flying == NULL || (sound != NULL && sound->arrival <= flying->arrival))
			flying = sound;
		if (flying == NULL)
			break;
		known_sfu_recv(world->sfu, flying->data, flying->len, flying->arrival);
		flying->used = false; /* not before: what is sent again takes a free place */
	}
	for (unsigned i = 0; i < 2; i++) {
		rs_time sent;
		if (report_due(sources[i], until, &sent))
			known_sfu_report(world->sfu, sources[i],
				ntp_from_wall_us(sender_wall(sent)), rtp_at(sources[i], sent),
				until);
	}
	known_sfu_tick(world->sfu, until);
	for (unsigned i = 0; i < 2; i++)
		if (track_deadline(sources[i]->track) <= until)
			assert_int_equal(track_tick(sources[i]->track, until), 0);
}

static void deliver(struct known_source *source, rs_time until)
{
	struct known_flying *flying;
	while ((flying = first_arrival(source, until)) != NULL) {
		const rs_time now = flying->arrival;
		if (track_deadline(source->track) <= now)
			assert_int_equal(track_tick(source->track, now), 0);
		assert_int_equal(track_recv_rtp(source->track, flying->data, flying->len,
					 KNOWN_EPOCH + now, now),
			0);
		flying->used = false;
		ask_key(source, now);
	}
	rs_time sent;
	if (report_due(source, until, &sent))
		track_report(
			source->track, ntp_from_wall_us(sender_wall(sent)), rtp_at(source, sent));
	if (track_deadline(source->track) <= until)
		assert_int_equal(track_tick(source->track, until), 0);
}

static void deliver_all(struct known_world *world, rs_time until)
{
	if (world->sfu != NULL) {
		deliver_both(world, until);
		return;
	}
	deliver(&world->sound, until);
	deliver(&world->picture, until);
}

/* Both sources send from where they stand up to `until`. */
void known_run(struct known_world *world, rs_time until)
{
	for (rs_time now = known_captured(&world->sound, world->sound.number); now < until;
		now = known_captured(&world->sound, world->sound.number)) {
		send_sound(world, now);
		while (known_captured(&world->picture, world->picture.number) <= now)
			send_picture(world, known_captured(&world->picture, world->picture.number));
		deliver_all(world, now);
	}
	/* What the router asks for takes its time as well. */
	for (unsigned ms = 10; ms <= 1000; ms += world->sfu != NULL ? 10 : 990)
		deliver_all(world, until + RS_MS(ms));
}
