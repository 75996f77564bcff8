/* Payloads of the codecs that are forwarded as they are: VP9, H.264, AV1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/rtp/av1.h"
#include "common/rtp/h264.h"
#include "common/rtp/vp9.h"

static const uint8_t vp9_key[] = {
	0xaa,                   /* I, L, B, V */
	0x92, 0x34,             /* M, PictureID 0x1234 */
	0x10,                   /* TID 0, U */
	0x77,                   /* TL0PICIDX */
	0x38,                   /* N_S 1, Y, G */
	0x01, 0x40, 0x00, 0xb4, /* 320x180 */
	0x02, 0x80, 0x01, 0x68, /* 640x360 */
	0x02,                   /* N_G */
	0x14, 0x02,             /* TID 0, U, one P_DIFF */
	0x30,                   /* TID 1, U, none */
	0x99,                   /* payload */
};

static const uint8_t vp9_flexible[] = {
	0xfc, /* I, P, L, F, B, E */
	0x45, /* PictureID 0x45, 7 bits */
	0x46, /* TID 2, SID 3 */
	0x03,
	0x04, /* two P_DIFFs */
	0x99,
};

static void a_vp9_key_frame_tells_its_size(void **state)
{
	struct vp9_descriptor vp9;

	assert_int_equal(vp9_parse(vp9_key, sizeof(vp9_key), &vp9), 0);
	assert_int_equal(vp9.len, sizeof(vp9_key) - 1);
	assert_true(vp9_is_keyframe(&vp9));
	assert_int_equal(vp9.picture_id_bits, 15);
	assert_int_equal(vp9.picture_id, 0x1234);
	assert_true(vp9.has_layers && vp9.has_tl0 && vp9.switch_up);
	assert_int_equal(vp9.tl0_pic_idx, 0x77);
	assert_int_equal(vp9.width, 640);
	assert_int_equal(vp9.height, 360);
}

static void flexible_vp9_has_references_and_no_tl0picidx(void **state)
{
	struct vp9_descriptor vp9;

	assert_int_equal(vp9_parse(vp9_flexible, sizeof(vp9_flexible), &vp9), 0);
	assert_int_equal(vp9.len, sizeof(vp9_flexible) - 1);
	assert_false(vp9_is_keyframe(&vp9));
	assert_int_equal(vp9.picture_id_bits, 7);
	assert_int_equal(vp9.picture_id, 0x45);
	assert_int_equal(vp9.tid, 2);
	assert_int_equal(vp9.sid, 3);
	assert_false(vp9.has_tl0 || vp9.switch_up || vp9.inter_layer);
	assert_true(vp9.start && vp9.end);
}

static void a_fourth_reference_is_malformed(void **state)
{
	const uint8_t data[] = { 0x50, 0x03, 0x05, 0x07, 0x08, 0x99 };
	struct vp9_descriptor vp9;

	assert_int_equal(vp9_parse(data, sizeof(data), &vp9), -EBADMSG);
}

static void an_upper_spatial_layer_is_no_start(void **state)
{
	const uint8_t data[] = { 0x28, 0x03, 0x01 }; /* L, B; SID 1, D; TL0PICIDX */
	struct vp9_descriptor vp9;

	assert_int_equal(vp9_parse(data, sizeof(data), &vp9), 0);
	assert_true(vp9.inter_layer);
	assert_false(vp9_is_keyframe(&vp9));
}

static void patched_vp9_differs_in_its_numbers_only(void **state)
{
	uint8_t data[sizeof(vp9_key)];
	struct vp9_descriptor vp9;

	memcpy(data, vp9_key, sizeof(data));
	assert_int_equal(vp9_parse(data, sizeof(data), &vp9), 0);
	vp9_patch(data, &vp9, 0x7abc, 0x11);
	assert_int_equal(vp9_parse(data, sizeof(data), &vp9), 0);
	assert_int_equal(vp9.picture_id, 0x7abc);
	assert_int_equal(vp9.tl0_pic_idx, 0x11);
	vp9_patch(data, &vp9, 0x1234, 0x77);
	assert_memory_equal(data, vp9_key, sizeof(data));
}

static void every_part_of_a_vp9_descriptor_is_refused(void **state)
{
	struct vp9_descriptor vp9;

	for (size_t len = 0; len < sizeof(vp9_key) - 1; len++)
		assert_int_equal(vp9_parse(vp9_key, len, &vp9), -EBADMSG);
	for (size_t len = 0; len < sizeof(vp9_flexible) - 1; len++)
		assert_int_equal(vp9_parse(vp9_flexible, len, &vp9), -EBADMSG);
}

static const uint8_t stap_a[] = {
	0x78,                   /* STAP-A */
	0x00, 0x02, 0x67, 0x42, /* SPS */
	0x00, 0x01, 0x68,       /* PPS */
	0x00, 0x02, 0x65, 0x88, /* IDR slice */
};

static void h264_starts_are_found_in_every_packetization(void **state)
{
	static const struct {
		uint8_t data[4];
		size_t len;
		bool parameters;
		bool idr;
	} cases[] = {
		{ { 0x67, 0x42 }, 2, true, false },        /* SPS by itself */
		{ { 0x65, 0x88 }, 2, false, true },        /* IDR by itself */
		{ { 0x41, 0x9a }, 2, false, false },       /* another slice */
		{ { 0x7c, 0x85, 0x88 }, 3, false, true },  /* FU-A: IDR begins */
		{ { 0x7c, 0x05, 0x88 }, 3, false, false }, /* FU-A: IDR goes on */
		{ { 0x5c, 0x81, 0x9a }, 3, false, false }, /* FU-A: another slice begins */
	};
	struct h264_content content;

	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		assert_int_equal(h264_parse(cases[i].data, cases[i].len, &content), 0);
		assert_int_equal(content.parameters, cases[i].parameters);
		assert_int_equal(content.idr, cases[i].idr);
	}
	assert_int_equal(h264_parse(stap_a, sizeof(stap_a), &content), 0);
	assert_true(content.parameters && content.idr);
}

static void h264_cut_short_is_malformed(void **state)
{
	struct h264_content content;

	assert_int_equal(h264_parse(stap_a, 0, &content), -EBADMSG);
	for (size_t len = 2; len < sizeof(stap_a); len++)
		if (len != 5 && len != 8) /* between two units */
			assert_int_equal(h264_parse(stap_a, len, &content), -EBADMSG);
	assert_int_equal(h264_parse((const uint8_t[]){ 0x7c }, 1, &content), -EBADMSG);
}

static void av1_starts_with_a_sequence(void **state)
{
	static const struct {
		uint8_t data[4];
		bool keyframe;
	} cases[] = {
		{ { 0x18, 0x0a, 0x01, 0x00 }, true },  /* W 1, N, sequence header */
		{ { 0x10, 0x0a, 0x01, 0x00 }, true },  /* no N, but a sequence header */
		{ { 0x00, 0x02, 0x0a, 0x00 }, true },  /* W 0: size first */
		{ { 0x20, 0x81, 0x01, 0x0a }, true },  /* W 2, size of two octets */
		{ { 0x10, 0x32, 0x01, 0x00 }, false }, /* a frame */
		{ { 0x98, 0x0a, 0x01, 0x00 }, false }, /* goes on from the packet before */
	};
	bool keyframe;

	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		assert_int_equal(av1_parse(cases[i].data, sizeof(cases[i].data), &keyframe), 0);
		assert_int_equal(keyframe, cases[i].keyframe);
	}
}

static void av1_cut_short_is_malformed(void **state)
{
	static const uint8_t data[] = { 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x0a };
	bool keyframe;

	for (size_t len = 0; len <= sizeof(data); len++) /* the size has more than 8 octets */
		assert_int_equal(av1_parse(data, len, &keyframe), -EBADMSG);
	assert_int_equal(av1_parse((const uint8_t[]){ 0x10 }, 1, &keyframe), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vp9_key_frame_tells_its_size),
		cmocka_unit_test(flexible_vp9_has_references_and_no_tl0picidx),
		cmocka_unit_test(a_fourth_reference_is_malformed),
		cmocka_unit_test(an_upper_spatial_layer_is_no_start),
		cmocka_unit_test(patched_vp9_differs_in_its_numbers_only),
		cmocka_unit_test(every_part_of_a_vp9_descriptor_is_refused),
		cmocka_unit_test(h264_starts_are_found_in_every_packetization),
		cmocka_unit_test(h264_cut_short_is_malformed),
		cmocka_unit_test(av1_starts_with_a_sequence),
		cmocka_unit_test(av1_cut_short_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
