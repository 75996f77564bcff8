#include "common/base/bytes.h"
#include "recorder/fmp4/fmp4.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_MAX ((size_t)1 << 20)

static const uint8_t sps[] = { 0x67, 0x42, 0xC0, 0x1F, 0x8C, 0x8D, 0x40 };
static const uint8_t pps[] = { 0x68, 0xCE, 0x3C, 0x80 };
static const struct fmp4_track sound = { .codec = FMP4_OPUS, .language = "fra", .channels = 2 };
static const struct fmp4_track picture = { .codec = FMP4_AVC,
	.language = "und",
	.width = 1280,
	.height = 720,
	.sps = sps,
	.sps_len = sizeof(sps),
	.pps = pps,
	.pps_len = sizeof(pps) };

/* What lies in a box before the boxes in it; SIZE_MAX = no boxes do. */
static size_t own_len(const char *type)
{
	static const struct {
		const char *type;
		size_t len;
	} known[] = { { "moov", 0 }, { "trak", 0 }, { "edts", 0 }, { "mdia", 0 }, { "minf", 0 },
		{ "dinf", 0 }, { "dref", 8 }, { "stbl", 0 }, { "stsd", 8 }, { "Opus", 28 },
		{ "avc1", 78 }, { "mvex", 0 }, { "moof", 0 }, { "traf", 0 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++)
		if (strcmp(known[i].type, type) == 0)
			return known[i].len;
	return SIZE_MAX;
}

static const uint8_t *view(struct rs_reader *r, size_t len)
{
	const uint8_t *data = rs_read_view(r, len);
	if (data == NULL)
		abort();
	return data;
}

/* All boxes of a stretch as text, "moov(mvhd trak(...))": each has to end where its parent says. */
static void name_boxes(const uint8_t *data, size_t len, char *out, size_t cap)
{
	struct {
		size_t end;
	} open[16];
	size_t depth = 0;
	size_t at = 0;
	out[0] = '\0';
	while (at < len) {
		char type[5] = { 0 };
		struct rs_reader r;
		rs_reader_init(&r, data + at, len - at);
		const uint32_t size = rs_read_u32(&r);
		memcpy(type, view(&r, 4), 4);
		assert_true(size >= 8 && size <= (depth > 0 ? open[depth - 1].end : len) - at);
		if (out[0] != '\0' && out[strlen(out) - 1] != '(')
			strcat(out, " ");
		strcat(out, type);
		if (own_len(type) != SIZE_MAX) {
			strcat(out, "(");
			assert_true(depth < RS_ARRAY_LEN(open));
			open[depth++].end = at + size;
			at += 8 + own_len(type);
		} else {
			at += size;
		}
		while (depth > 0 && at == open[depth - 1].end) {
			strcat(out, ")");
			depth--;
		}
		assert_true(strlen(out) + 16 < cap);
	}
	assert_int_equal(depth, 0);
}

/* The content of the first box of that type, whatever it lies in; its types occur nowhere else in these files. */
static struct rs_reader inside(const struct rs_buf *file, const char *type)
{
	struct rs_reader r;
	const uint8_t *data = rs_buf_data(file);
	const uint8_t *at = memmem(data, rs_buf_len(file), type, 4);
	if (at == NULL)
		abort();
	rs_reader_init(&r, at + 4, rs_buf_len(file) - (size_t)(at + 4 - data));
	return r;
}

static void sound_begins_with_an_opus_entry_and_its_edit_list(void **state)
{
	char boxes[512];
	struct rs_buf file;
	rs_buf_init(&file, FILE_MAX);
	assert_int_equal(fmp4_write_init(&sound, &file), 0);
	name_boxes(rs_buf_data(&file), rs_buf_len(&file), boxes, sizeof(boxes));
	assert_string_equal(boxes,
		"ftyp moov(mvhd trak(tkhd edts(elst) mdia(mdhd hdlr minf(smhd dinf(dref(url )) "
		"stbl(stsd(Opus(dOps)) stts stsc stsz stco sgpd)))) mvex(trex))");
	struct rs_reader r = inside(&file, "dOps");
	assert_int_equal(rs_read_u8(&r), 0);      /* version */
	assert_int_equal(rs_read_u8(&r), 2);      /* channels */
	assert_int_equal(rs_read_u16(&r), 312);   /* pre-skip */
	assert_int_equal(rs_read_u32(&r), 48000); /* rate of what was coded */
	assert_int_equal(rs_read_u16(&r), 0);     /* gain */
	assert_int_equal(rs_read_u8(&r), 0);      /* mapping family */
	r = inside(&file, "mdhd");
	rs_read_skip(&r, 12);
	assert_int_equal(rs_read_u32(&r), 48000);
	rs_read_skip(&r, 4);
	assert_int_equal(rs_read_u16(&r), 6 << 10 | 18 << 5 | 1); /* f r a */
	rs_buf_done(&file);
}

static void a_picture_begins_with_its_parameter_sets(void **state)
{
	char boxes[512];
	struct rs_buf file;
	rs_buf_init(&file, FILE_MAX);
	assert_int_equal(fmp4_write_init(&picture, &file), 0);
	name_boxes(rs_buf_data(&file), rs_buf_len(&file), boxes, sizeof(boxes));
	assert_string_equal(boxes,
		"ftyp moov(mvhd trak(tkhd mdia(mdhd hdlr minf(vmhd dinf(dref(url )) "
		"stbl(stsd(avc1(avcC)) stts stsc stsz stco)))) mvex(trex))");
	static const uint8_t config[] = { 1, 0x42, 0xC0, 0x1F, 0xFF, 0xE1, 0, 7, 0x67, 0x42, 0xC0,
		0x1F, 0x8C, 0x8D, 0x40, 1, 0, 4, 0x68, 0xCE, 0x3C, 0x80 };
	struct rs_reader r = inside(&file, "avcC");
	assert_memory_equal(view(&r, sizeof(config)), config, sizeof(config));
	rs_buf_done(&file);
}

static void write_sound(struct rs_buf *file)
{
	static const struct fmp4_sample samples[] = { { 960, 3, false }, { 120, 2, false } };
	const struct fmp4_fragment fragment = { .codec = FMP4_OPUS,
		.sequence = 897652801,
		.time = UINT64_C(0x123456789A),
		.samples = samples,
		.n = 2,
		.data = (const uint8_t *)"abcde",
		.len = 5 };
	assert_int_equal(fmp4_write_fragment(&fragment, file), 0);
}

static void a_fragment_says_when_it_is_and_where_its_samples_lie(void **state)
{
	char boxes[256];
	struct rs_buf file;
	rs_buf_init(&file, FILE_MAX);
	write_sound(&file);
	name_boxes(rs_buf_data(&file), rs_buf_len(&file), boxes, sizeof(boxes));
	assert_string_equal(boxes, "styp moof(mfhd traf(tfhd tfdt trun sbgp)) mdat");
	struct rs_reader r = inside(&file, "mfhd");
	rs_read_skip(&r, 4);
	assert_int_equal(rs_read_u32(&r), 897652801);
	r = inside(&file, "tfdt");
	assert_int_equal(rs_read_u32(&r), 0x01000000); /* version 1 */
	assert_int_equal(rs_read_u64(&r), UINT64_C(0x123456789A));
	r = inside(&file, "trun");
	assert_int_equal(rs_read_u32(&r), 0x301);
	assert_int_equal(rs_read_u32(&r), 2);
	const uint32_t offset = rs_read_u32(&r);
	assert_int_equal(rs_read_u32(&r), 960);
	assert_int_equal(rs_read_u32(&r), 3);
	assert_int_equal(rs_read_u32(&r), 120);
	assert_int_equal(rs_read_u32(&r), 2);
	const uint8_t *moof = memmem(rs_buf_data(&file), rs_buf_len(&file), "moof", 4);
	assert_memory_equal(moof - 4 + offset, "abcde", 5);
	assert_ptr_equal(moof - 4 + offset + 5, rs_buf_data(&file) + rs_buf_len(&file));
	rs_buf_done(&file);
}

static void pictures_say_which_of_them_may_be_begun_with(void **state)
{
	static const struct fmp4_sample samples[] = { { 3600, 4, true }, { 3600, 1, false } };
	const struct fmp4_fragment fragment = { .codec = FMP4_AVC,
		.sequence = 1,
		.samples = samples,
		.n = 2,
		.data = (const uint8_t *)"abcde",
		.len = 5 };
	struct rs_buf file;
	rs_buf_init(&file, FILE_MAX);
	assert_int_equal(fmp4_write_fragment(&fragment, &file), 0);
	struct rs_reader r = inside(&file, "trun");
	assert_int_equal(rs_read_u32(&r), 0x701);
	rs_read_skip(&r, 8 + 8);
	assert_int_equal(rs_read_u32(&r), 0x02000000);
	rs_read_skip(&r, 8);
	assert_int_equal(rs_read_u32(&r), 0x01010000);
	rs_buf_done(&file);
}

static void what_no_file_could_say_is_refused(void **state)
{
	static const struct fmp4_sample sample = { 960, 3, true };
	struct fmp4_fragment fragment = { .codec = FMP4_OPUS,
		.samples = &sample,
		.n = 1,
		.data = (const uint8_t *)"abc",
		.len = 3 };
	struct rs_buf file;
	rs_buf_init(&file, 64);
	struct fmp4_track track = sound;
	track.language = "fr";
	assert_int_equal(fmp4_write_init(&track, &file), -EINVAL);
	track.language = "FRA";
	assert_int_equal(fmp4_write_init(&track, &file), -EINVAL);
	track = sound;
	track.channels = 3;
	assert_int_equal(fmp4_write_init(&track, &file), -EINVAL);
	track = picture;
	track.sps_len = 3;
	assert_int_equal(fmp4_write_init(&track, &file), -EINVAL);
	track.sps_len = FMP4_PARAMETERS_MAX + 1;
	assert_int_equal(fmp4_write_init(&track, &file), -EINVAL);
	track = picture;
	track.height = 0;
	assert_int_equal(fmp4_write_init(&track, &file), -EINVAL);
	assert_int_equal(fmp4_write_init(&picture, &file), -E2BIG);
	assert_int_equal(fmp4_write_fragment(&fragment, &file), -E2BIG);
	fragment.len = 2;
	assert_int_equal(fmp4_write_fragment(&fragment, &file), -EINVAL);
	fragment.n = 0;
	fragment.len = 0;
	assert_int_equal(fmp4_write_fragment(&fragment, &file), -EINVAL);
	assert_int_equal(rs_buf_len(&file), 0);
	rs_buf_done(&file);
}

static void codecs_are_named_as_playlists_name_them(void **state)
{
	char name[FMP4_CODEC_LEN];
	fmp4_codec_name(&sound, name);
	assert_string_equal(name, "opus");
	fmp4_codec_name(&picture, name);
	assert_string_equal(name, "avc1.42c01f");
}

static int write_both(void *ctx)
{
	struct rs_buf file;
	rs_buf_init(&file, FILE_MAX);
	static const struct fmp4_sample sample = { 960, 3, true };
	const struct fmp4_fragment fragment = { .codec = FMP4_OPUS,
		.samples = &sample,
		.n = 1,
		.data = (const uint8_t *)"abc",
		.len = 3 };
	int err = fmp4_write_init(&picture, &file);
	if (err == 0)
		err = fmp4_write_fragment(&fragment, &file);
	rs_buf_done(&file);
	return err;
}

static void out_of_memory_is_said(void **state)
{
	check_oom(write_both, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_begins_with_an_opus_entry_and_its_edit_list),
		cmocka_unit_test(a_picture_begins_with_its_parameter_sets),
		cmocka_unit_test(a_fragment_says_when_it_is_and_where_its_samples_lie),
		cmocka_unit_test(pictures_say_which_of_them_may_be_begun_with),
		cmocka_unit_test(what_no_file_could_say_is_refused),
		cmocka_unit_test(codecs_are_named_as_playlists_name_them),
		cmocka_unit_test(out_of_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
