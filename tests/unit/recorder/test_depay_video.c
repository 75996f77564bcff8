/* VP9, H.264 and AV1 as real encoders made them, through RTP and back. */
#include "recorder/depay/depay.h"
#include "tests/support/clip.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const enum depay_codec codecs[CLIP_CODECS] = { DEPAY_VP9, DEPAY_H264, DEPAY_AV1 };

/* A clip on its way into a depay, and what is done to it there. */
struct rig {
	struct clip *clip;
	struct depay *depay;
	unsigned frame; /* being sent */
	size_t packet;  /* of that frame */
	unsigned lose_frame;
	size_t lose_packet; /* of that frame; SIZE_MAX = none */
	bool lost;          /* the packet before this one */
	bool no_marker;
	unsigned next; /* frame expected from the depay */
	unsigned frames;
	uint8_t config[DEPAY_CONFIG_MAX];
	size_t config_len;
};

static struct rig *rig_new(enum clip_codec codec)
{
	struct rig *rig = rs_zalloc(sizeof(*rig));
	assert_non_null(rig);
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	rig->clip = clip_load(root != NULL ? root : ".", codec);
	rig->lose_packet = SIZE_MAX;
	const struct depay_config config = { .codec = codecs[codec], .frame_max = CLIP_FRAME_MAX };
	assert_int_equal(depay_new(&config, &rig->depay), 0);
	return rig;
}

static void rig_free(struct rig *rig)
{
	depay_free(rig->depay);
	rs_release(rig->clip);
	rs_release(rig);
}

static void take_frames(struct rig *rig)
{
	struct depay_frame frame;
	while (depay_poll(rig->depay, &frame) == 1) {
		uint8_t stored[CLIP_FRAME_MAX];
		const size_t len = clip_stored(rig->clip, rig->next, stored);
		assert_int_equal(frame.len, len);
		assert_memory_equal(frame.data, stored, len);
		assert_int_equal(frame.rtp_ts, (int64_t)rig->next * 3600);
		assert_int_equal(frame.key, rig->next % CLIP_KEY_EVERY == 0);
		assert_int_equal(frame.width, frame.key ? CLIP_WIDTH : 0);
		assert_int_equal(frame.height, frame.key ? CLIP_HEIGHT : 0);
		if (frame.key) {
			memcpy(rig->config, frame.config, frame.config_len);
			rig->config_len = frame.config_len;
		}
		rig->next++;
		rig->frames++;
	}
}

static void to_depay(void *ctx, const uint8_t *payload, size_t len, bool marker)
{
	struct rig *rig = ctx;
	const size_t packet = rig->packet++;
	if (rig->frame == rig->lose_frame && packet == rig->lose_packet) {
		rig->lost = true;
		rig->next = CLIP_KEY_EVERY; /* nothing is shown up to the next key frame */
		return;
	}
	const struct depay_packet in = { .payload = payload,
		.len = len,
		.rtp_ts = (int64_t)rig->frame * 3600,
		.marker = marker && !rig->no_marker,
		.after_loss = rig->lost };
	rig->lost = false;
	assert_int_equal(depay_recv(rig->depay, &in), 0);
	take_frames(rig);
}

static void send_frames(struct rig *rig, unsigned from, unsigned to, size_t max)
{
	for (rig->frame = from; rig->frame < to; rig->frame++) {
		rig->packet = 0;
		clip_send(rig->clip, rig->frame, max, to_depay, rig);
	}
}

static void every_frame_comes_out_as_the_encoder_made_it(void **state)
{
	static const size_t sizes[] = { 64, 65, 100, 333, 1200 };
	for (unsigned codec = 0; codec < CLIP_CODECS; codec++) {
		for (size_t i = 0; i < RS_ARRAY_LEN(sizes); i++) {
			struct rig *rig = rig_new((enum clip_codec)codec);
			assert_true(depay_wants_key(rig->depay));
			send_frames(rig, 0, CLIP_FRAMES, sizes[i]);
			assert_int_equal(rig->frames, CLIP_FRAMES);
			assert_false(depay_wants_key(rig->depay));
			assert_int_equal(depay_stats(rig->depay)->dropped, 0);
			assert_int_equal(depay_stats(rig->depay)->malformed, 0);
			rig_free(rig);
		}
	}
}

static void video_begins_at_a_key_frame(void **state)
{
	for (unsigned codec = 0; codec < CLIP_CODECS; codec++) {
		struct rig *rig = rig_new((enum clip_codec)codec);
		rig->next = CLIP_KEY_EVERY;
		send_frames(rig, 3, CLIP_FRAMES, 200);
		assert_int_equal(rig->frames, CLIP_FRAMES - CLIP_KEY_EVERY);
		assert_int_equal(depay_stats(rig->depay)->freezes, 0);
		rig_free(rig);
	}
}

/* Whichever packet it is: the frames before it come out, and then those from the next key frame on. */
static void after_any_packet_lost_the_picture_goes_on_at_a_key_frame(void **state)
{
	for (unsigned codec = 0; codec < CLIP_CODECS; codec++) {
		for (unsigned frame = 1; frame < CLIP_KEY_EVERY; frame += 2) {
			for (size_t packet = 0; packet < 3; packet++) {
				struct rig *rig = rig_new((enum clip_codec)codec);
				rig->lose_frame = frame;
				rig->lose_packet = packet;
				send_frames(rig, 0, CLIP_FRAMES, 64);
				const bool lost = rig->frames < CLIP_FRAMES;
				assert_int_equal(rig->frames,
					lost ? frame + CLIP_FRAMES - CLIP_KEY_EVERY : CLIP_FRAMES);
				assert_int_equal(depay_stats(rig->depay)->freezes, lost ? 1 : 0);
				rig_free(rig);
			}
		}
	}
}

/* RFC 6184 section 5.1: a decoder must not rely on the marker. The last frame is not known to be over. */
static void frames_without_a_marker_end_where_the_next_begins(void **state)
{
	for (unsigned codec = CLIP_H264; codec < CLIP_CODECS; codec++) {
		struct rig *rig = rig_new((enum clip_codec)codec);
		rig->no_marker = true;
		send_frames(rig, 0, CLIP_FRAMES, 100);
		assert_int_equal(rig->frames, CLIP_FRAMES - 1);
		assert_int_equal(depay_stats(rig->depay)->freezes, 0);
		rig_free(rig);
	}
}

static void h264_has_its_parameter_sets_for_the_file(void **state)
{
	struct rig *rig = rig_new(CLIP_H264);
	send_frames(rig, 0, 1, 1200);
	assert_true(rig->config_len > 11);
	assert_int_equal(rig->config[0], 1);
	assert_int_equal(rig->config[1], 100);  /* High */
	assert_int_equal(rig->config[4], 0xFF); /* lengths of four octets */
	assert_int_equal(rig->config[5], 0xE1); /* one SPS */
	assert_int_equal(rig->config[8] & 0x1f, 7);
	const uint8_t *tail = rig->config + rig->config_len - 4;
	const uint8_t high[] = { 0xFC | 1, 0xF8, 0xF8, 0 }; /* 4:2:0, 8 bits */
	assert_memory_equal(tail, high, sizeof(high));
	rig_free(rig);
}

static void av1_has_its_sequence_header_for_the_file(void **state)
{
	struct rig *rig = rig_new(CLIP_AV1);
	send_frames(rig, 0, 1, 1200);
	uint8_t stored[CLIP_FRAME_MAX];
	(void)clip_stored(rig->clip, 0, stored);
	assert_int_equal(rig->config[0], 0x81);
	assert_int_equal(rig->config[1] >> 5, 0);      /* Main */
	assert_int_equal(rig->config[2] & 0x0c, 0x0c); /* 4:2:0 */
	assert_int_equal(rig->config[3], 0);
	assert_int_equal(rig->config_len, 4 + 2 + (size_t)stored[1]);
	assert_memory_equal(rig->config + 4, stored, rig->config_len - 4);
	rig_free(rig);
}

static int one_packet(struct depay *depay, const uint8_t *payload, size_t len, int64_t rtp_ts)
{
	const struct depay_packet packet = {
		.payload = payload, .len = len, .rtp_ts = rtp_ts, .marker = true
	};
	return depay_recv(depay, &packet);
}

static void malformed_packets_wait_for_a_key_frame(void **state)
{
	static const struct {
		enum clip_codec codec;
		size_t len;
		uint8_t payload[8];
	} bad[] = {
		{ CLIP_VP9, 1, { 0x80 } },                       /* PictureID is cut off */
		{ CLIP_VP9, 2, { 0x88, 0x01 } },                 /* nothing behind the descriptor */
		{ CLIP_VP9, 4, { 0x88, 0x01, 0x00, 1 } },        /* no frame marker */
		{ CLIP_H264, 2, { 0x7c, 0x85 } },                /* an empty fragment */
		{ CLIP_H264, 2, { 0x79, 0x00 } },                /* STAP-B */
		{ CLIP_H264, 5, { 0x78, 0x00, 0x09, 0x67, 1 } }, /* a unit longer than the packet */
		{ CLIP_H264, 4,
			{ 0x67, 0x64, 0x00, 0x0a } }, /* SPS cut off, but no picture either */
		{ CLIP_AV1, 1, { 0x08 } },
		{ CLIP_AV1, 3, { 0x08, 0x05, 0x0a } },       /* element longer than the packet */
		{ CLIP_AV1, 4, { 0x18, 0x8a, 0x01, 0x00 } }, /* forbidden bit */
		{ CLIP_AV1, 4,
			{ 0x18, 0x0a, 0x07, 0x00 } },  /* size of the OBU contradicts the element */
		{ CLIP_AV1, 3, { 0x18, 0x08, 0x00 } }, /* sequence header cut off */
		{ CLIP_AV1, 4, { 0x08, 0x00, 0x08, 0x00 } }, /* empty element */
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct rig *rig = rig_new(bad[i].codec);
		struct depay_frame frame;
		send_frames(rig, 0, 2, 1200);
		const int err = one_packet(rig->depay, bad[i].payload, bad[i].len, 7200);
		const bool whole = bad[i].codec == CLIP_H264 && bad[i].payload[0] == 0x67;
		assert_int_equal(err, whole ? 0 : -EBADMSG);
		assert_int_equal(depay_poll(rig->depay, &frame), whole ? 1 : 0);
		assert_int_equal(depay_wants_key(rig->depay), !whole);
		assert_int_equal(depay_stats(rig->depay)->malformed, whole ? 0 : 1);
		rig_free(rig);
	}
}

/* Two spatial layers of one picture: one frame of the file, with an index behind it. */
static void spatial_layers_of_vp9_are_one_frame(void **state)
{
	struct rig *rig = rig_new(CLIP_VP9);
	struct depay_frame frame;
	const size_t first = rig->clip->frames[0].len;
	uint8_t payload[CLIP_FRAME_MAX];
	/* L, B, E; V in the first: two sizes, no groups */
	const uint8_t head[] = { 0x2e, 0x00, 0x00, 0x30, 0, 64, 0, 48, 0, 128, 0, 96 };
	memcpy(payload, head, sizeof(head));
	memcpy(payload + sizeof(head), rig->clip->frames[0].data, first);
	struct depay_packet packet = { .payload = payload, .len = sizeof(head) + first };
	assert_int_equal(depay_recv(rig->depay, &packet), 0);
	assert_int_equal(depay_poll(rig->depay, &frame), 0);
	const uint8_t upper[] = { 0x2c, 0x03, 0x00, 0xAA, 0xBB, 0xCC };
	packet = (struct depay_packet){ .payload = upper, .len = sizeof(upper), .marker = true };
	assert_int_equal(depay_recv(rig->depay, &packet), 0);
	assert_int_equal(depay_poll(rig->depay, &frame), 1);
	assert_true(frame.key);
	assert_int_equal(frame.width, 128);
	assert_int_equal(frame.height, 96);
	assert_int_equal(frame.len, first + 3 + 10);
	const uint8_t *index = frame.data + first + 3;
	assert_int_equal(index[0], 0xC0 | 3 << 3 | 1);
	assert_int_equal(index[1] | index[2] << 8, first);
	assert_int_equal(index[5], 3);
	assert_int_equal(index[9], index[0]);
	rig_free(rig);
}

/* The picture is of another size from here on. */
static void other_parameter_sets_give_another_config(void **state)
{
	static const uint8_t sps[] = { 0x67, 0x42, 0x00, 0x0a, 0xf8, 0x41, 0xa2 };
	static const uint8_t pps[] = { 0x68, 0xce, 0x38, 0x80 };
	static const uint8_t idr[] = { 0x65, 0x88, 0x84 };
	struct rig *rig = rig_new(CLIP_H264);
	send_frames(rig, 0, 1, 1200);
	uint8_t payload[32] = { 0x78 };
	size_t len = 1;
	const struct {
		const uint8_t *data;
		size_t len;
	} units[] = { { sps, sizeof(sps) }, { pps, sizeof(pps) }, { idr, sizeof(idr) } };
	for (size_t i = 0; i < RS_ARRAY_LEN(units); i++) {
		payload[len++] = 0;
		payload[len++] = (uint8_t)units[i].len;
		memcpy(payload + len, units[i].data, units[i].len);
		len += units[i].len;
	}
	struct depay_frame frame;
	assert_int_equal(one_packet(rig->depay, payload, len, 3600), 0);
	assert_int_equal(depay_poll(rig->depay, &frame), 1);
	assert_true(frame.key);
	assert_int_equal(frame.config[1], 0x42);
	assert_int_equal(frame.config_len, 6 + 2 + sizeof(sps) + 1 + 2 + sizeof(pps));
	assert_int_equal(frame.width, 128);
	assert_int_equal(frame.height, 96);
	/* An IDR picture without them, from an encoder that always sends them, lost them on the way. */
	assert_int_equal(one_packet(rig->depay, idr, sizeof(idr), 7200), 0);
	assert_int_equal(depay_poll(rig->depay, &frame), 1);
	assert_false(frame.key);
	rig_free(rig);
}

static void out_of_memory_is_an_error_and_no_leak(void **state)
{
	for (unsigned codec = 0; codec < CLIP_CODECS; codec++) {
		struct rig *rig = rig_new((enum clip_codec)codec);
		const int64_t before = rs_mem_alive();
		int err = -ENOMEM;
		for (int64_t n = 0; err == -ENOMEM; n++) {
			const struct depay_config config = { .codec = codecs[codec],
				.frame_max = CLIP_FRAME_MAX };
			static const uint8_t payload[] = { 0x08, 0x9b };
			RS_CLEANUP(depay_freep) struct depay *depay = NULL;
			rs_mem_fail_after(n);
			err = depay_new(&config, &depay);
			if (err == 0)
				err = one_packet(depay, payload, sizeof(payload), 0);
			rs_mem_fail_after(-1);
		}
		assert_true(err == 0 || err == -EBADMSG);
		assert_int_equal(rs_mem_alive(), before);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_comes_out_as_the_encoder_made_it),
		cmocka_unit_test(video_begins_at_a_key_frame),
		cmocka_unit_test(after_any_packet_lost_the_picture_goes_on_at_a_key_frame),
		cmocka_unit_test(frames_without_a_marker_end_where_the_next_begins),
		cmocka_unit_test(h264_has_its_parameter_sets_for_the_file),
		cmocka_unit_test(av1_has_its_sequence_header_for_the_file),
		cmocka_unit_test(malformed_packets_wait_for_a_key_frame),
		cmocka_unit_test(spatial_layers_of_vp9_are_one_frame),
		cmocka_unit_test(other_parameter_sets_give_another_config),
		cmocka_unit_test(out_of_memory_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
