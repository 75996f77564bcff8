#include "common/base/buf.h"
#include "recorder/mux/content.h"
#include "recorder/mux/ebml.h"
#include "recorder/mux/mux.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* A file in memory, and how it was written. */
struct disk {
	struct rs_buf file;
	unsigned writes;
	unsigned patches; /* writes before the end */
	int error;
};

static int disk_write(void *ctx, uint64_t offset, const void *data, size_t len)
{
	struct disk *disk = ctx;
	if (disk->error < 0)
		return disk->error;
	disk->writes++;
	if (offset == rs_buf_len(&disk->file))
		return rs_buf_append(&disk->file, data, len);
	disk->patches++;
	assert_true(offset + len <= rs_buf_len(&disk->file));
	memcpy(rs_buf_data(&disk->file) + offset, data, len);
	return 0;
}

static const struct mux_config opus_config = { .codec = MUX_OPUS,
	.track_uid = 7,
	.title = "KEN microphone",
	.language = "und",
	.app = "rostrum-recorder",
	.wall_ms = 1795305600123,
	.channels = 1,
	.cluster_ms = 1000,
	.cluster_max = 4096 };

static const struct mux_config vp8_config = { .codec = MUX_VP8,
	.track_uid = 8,
	.title = "KEN camera",
	.language = "und",
	.app = "rostrum-recorder",
	.wall_ms = 1795305600123,
	.width = 640,
	.height = 360,
	.cluster_ms = 1000,
	.cluster_max = 4096 };

static struct mux *make(const struct mux_config *config, struct disk *disk)
{
	*disk = (struct disk){ 0 };
	rs_buf_init(&disk->file, 1 << 20);
	const struct mux_port port = { .write = disk_write, .ctx = disk };
	struct mux *mux = NULL;
	assert_int_equal(mux_new(config, &port, &mux), 0);
	return mux;
}

static void finish(struct mux *mux, struct disk *disk)
{
	assert_null(mux_free(mux));
	rs_buf_done(&disk->file);
}

static int block(struct mux *mux, int64_t time_ms, bool key, size_t len)
{
	static uint8_t data[8192];
	memset(data, (int)(time_ms & 0xFF), sizeof(data));
	const struct mux_block b = {
		.time_ms = time_ms, .duration_us = 20000, .key = key, .data = data, .len = len
	};
	return mux_write_block(mux, &b);
}

/* One element of the file: id and data, found at *pos, which moves behind it. */
struct element {
	uint32_t id;
	size_t at; /* of the id */
	size_t data_at;
	uint64_t size;
	bool unknown;
};

static bool next_element(const struct disk *disk, size_t *pos, size_t end, struct element *out)
{
	if (*pos >= end)
		return false;
	const uint8_t *p = rs_buf_data(&disk->file);
	out->at = *pos;
	const size_t id_len = (size_t)__builtin_clz(p[*pos]) - 24 + 1;
	out->id = 0;
	for (size_t i = 0; i < id_len; i++)
		out->id = out->id << 8 | p[(*pos)++];
	const size_t size_len = (size_t)__builtin_clz(p[*pos]) - 24 + 1;
	out->size = p[*pos] & ((1U << (8 - size_len)) - 1);
	(*pos)++;
	for (size_t i = 1; i < size_len; i++)
		out->size = out->size << 8 | p[(*pos)++];
	out->unknown = out->size == (UINT64_C(1) << (7 * size_len)) - 1;
	out->data_at = *pos;
	if (out->unknown)
		out->size = end - *pos;
	assert_true(out->data_at + out->size <= end);
	*pos += out->size;
	return true;
}

/* The first child of that id between `from` and `to`. */
static struct element child(const struct disk *disk, size_t from, size_t to, uint32_t id)
{
	struct element e;
	while (next_element(disk, &from, to, &e))
		if (e.id == id)
			return e;
	fail_msg("no element %x", id);
	return e;
}

static struct element inside(const struct disk *disk, struct element parent, uint32_t id)
{
	return child(disk, parent.data_at, parent.data_at + parent.size, id);
}

static uint64_t uint_of(const struct disk *disk, struct element e)
{
	uint64_t value = 0;
	for (size_t i = 0; i < e.size; i++)
		value = value << 8 | rs_buf_data(&disk->file)[e.data_at + i];
	return value;
}

static void sizes_take_the_least_octets(void **state)
{
	static const struct {
		uint64_t size;
		uint8_t bytes[9];
		size_t len;
	} table[] = {
		{ 0, { 0x80 }, 1 },
		{ 126, { 0xFE }, 1 },
		{ 127, { 0x40, 0x7F }, 2 }, /* 0xFF would mean unknown */
		{ 16382, { 0x7F, 0xFE }, 2 },
		{ 16383, { 0x20, 0x3F, 0xFF }, 3 },
		{ EBML_SIZE_MAX, { 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }, 8 },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(table); i++) {
		uint8_t out[9];
		struct rs_writer w;
		rs_writer_init(&w, out, sizeof(out));
		ebml_write_size(&w, table[i].size);
		assert_int_equal(w.len, table[i].len);
		assert_memory_equal(out, table[i].bytes, w.len);
	}
	struct rs_writer w;
	uint8_t out[9];
	rs_writer_init(&w, out, sizeof(out));
	ebml_write_size(&w, EBML_SIZE_MAX + 1);
	assert_true(w.failed);
}

static void nothing_is_written_before_the_first_block(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	assert_int_equal(disk.writes, 0);
	assert_int_equal(block(mux, 0, true, 100), 0);
	assert_int_equal(disk.writes, 2); /* head; cluster with its first block */
	assert_int_equal(block(mux, 20, true, 100), 0);
	assert_int_equal(disk.writes, 3); /* each further block is one write */
	assert_int_equal(disk.patches, 0);
	finish(mux, &disk);
}

static void an_open_cluster_has_no_size_and_a_void_for_its_crc(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	assert_int_equal(block(mux, 0, true, 3), 0);
	size_t pos = 0;
	struct element ebml;
	struct element segment;
	const size_t end = rs_buf_len(&disk.file);
	assert_true(next_element(&disk, &pos, end, &ebml));
	assert_true(next_element(&disk, &pos, end, &segment));
	assert_true(segment.unknown);
	const struct element cluster = inside(&disk, segment, 0x1F43B675);
	assert_true(cluster.unknown);
	static const uint8_t expected[] = {
		0x1F, 0x43, 0xB6, 0x75,                         /* Cluster */
		0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, /* unknown size */
		0xEC, 0x84, 0x00, 0x00, 0x00, 0x00,             /* Void */
		0xE7, 0x81, 0x00,                               /* Timestamp 0 */
		0xA3, 0x87, 0x81, 0x00, 0x00, 0x80, 0, 0, 0,    /* SimpleBlock, key */
	};
	assert_int_equal(end - cluster.at, sizeof(expected));
	assert_memory_equal(rs_buf_data(&disk.file) + cluster.at, expected, sizeof(expected));
	finish(mux, &disk);
}

static void closing_a_cluster_is_one_patch_with_size_and_crc(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	assert_int_equal(block(mux, 0, true, 50), 0);
	assert_int_equal(block(mux, 20, true, 60), 0);
	assert_int_equal(mux_close_cluster(mux), 0);
	assert_int_equal(disk.patches, 1);

	struct mux_cluster closed;
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(mux_poll_cluster(mux, &closed), 0);
	assert_int_equal(closed.number, 0);
	assert_int_equal(closed.blocks, 2);
	assert_int_equal(closed.last_ms, 20);
	assert_int_equal(closed.offset + closed.len, rs_buf_len(&disk.file));

	const uint8_t *bytes = rs_buf_data(&disk.file) + closed.offset;
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(bytes, closed.len, digest);
	assert_memory_equal(digest, closed.sha256, sizeof(digest));

	size_t pos = closed.offset;
	struct element cluster;
	assert_true(next_element(&disk, &pos, rs_buf_len(&disk.file), &cluster));
	assert_false(cluster.unknown);
	assert_int_equal(cluster.size, closed.len - 12);
	const uint32_t crc = (uint32_t)crc32(0, bytes + 18, (uInt)(closed.len - 18));
	assert_int_equal(bytes[12], 0xBF);
	assert_int_equal(bytes[13], 0x84);
	assert_int_equal(bytes[14], crc & 0xFF);
	assert_int_equal(bytes[17], crc >> 24);
	finish(mux, &disk);
}

/* What nobody asks for costs nothing, and the file is the same. */
static void clusters_have_no_digests_where_nobody_asks_for_them(void **state)
{
	static const uint8_t none[RS_SHA256_LEN];
	struct disk disks[2];
	struct mux_cluster closed[2];
	for (unsigned i = 0; i < 2; i++) {
		struct mux_config config = opus_config;
		config.undigested = i == 1;
		struct mux *mux = make(&config, &disks[i]);
		assert_int_equal(block(mux, 0, true, 100), 0);
		assert_int_equal(mux_close_cluster(mux), 0);
		assert_int_equal(mux_poll_cluster(mux, &closed[i]), 1);
		mux_free(mux);
	}
	assert_memory_not_equal(closed[0].sha256, none, sizeof(none));
	assert_memory_equal(closed[1].sha256, none, sizeof(none));
	assert_int_equal(closed[0].len, closed[1].len);
	assert_int_equal(rs_buf_len(&disks[0].file), rs_buf_len(&disks[1].file));
	assert_memory_equal(rs_buf_data(&disks[0].file), rs_buf_data(&disks[1].file),
		rs_buf_len(&disks[0].file));
	for (unsigned i = 0; i < 2; i++)
		rs_buf_done(&disks[i].file);
}

static void a_cluster_spans_at_most_its_time(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	struct mux_cluster closed;
	for (int64_t t = 0; t < 1000; t += 20) {
		assert_int_equal(block(mux, t, true, 10), 0);
		assert_int_equal(mux_poll_cluster(mux, &closed), 0);
	}
	assert_int_equal(block(mux, 1000, true, 10), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(closed.blocks, 50);
	int64_t first;
	assert_true(mux_cluster_open(mux, &first));
	assert_int_equal(first, 1000);
	finish(mux, &disk);
}

static void a_cluster_holds_at_most_its_octets(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	struct mux_cluster closed;
	assert_int_equal(block(mux, 0, true, 4096), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 0);
	assert_int_equal(block(mux, 20, true, 4096), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(block(mux, 40, true, 4097), -E2BIG);
	assert_int_equal(block(mux, 40, true, 1), 0); /* refused, not broken */
	finish(mux, &disk);
}

static void video_begins_with_a_key_frame_and_each_begins_a_cluster(void **state)
{
	struct disk disk;
	struct mux *mux = make(&vp8_config, &disk);
	struct mux_cluster closed;
	assert_int_equal(block(mux, 0, false, 10), -EPROTO);
	assert_int_equal(disk.writes, 0);
	assert_int_equal(block(mux, 0, true, 10), 0);
	assert_int_equal(block(mux, 40, false, 10), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 0);
	assert_int_equal(block(mux, 80, true, 10), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(closed.blocks, 2);
	finish(mux, &disk);
}

static void time_never_runs_backwards(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	struct mux_cluster closed;
	assert_int_equal(block(mux, -5, true, 10), 0);
	assert_int_equal(block(mux, 500, true, 10), 0);
	assert_int_equal(block(mux, 300, true, 10), 0);
	assert_int_equal(mux_close_cluster(mux), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(closed.first_ms, 0);
	assert_int_equal(closed.last_ms, 500);
	finish(mux, &disk);
}

static void a_long_gap_is_kept_as_a_gap(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	struct mux_cluster closed;
	assert_int_equal(block(mux, 0, true, 10), 0);
	assert_int_equal(block(mux, 1200000, true, 10), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(mux_close_cluster(mux), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(closed.first_ms, 1200000);
	finish(mux, &disk);
}

static int picture_block(struct mux *mux, int64_t time_ms, bool key)
{
	static const uint8_t data[100] = { 1 };
	const struct mux_block b = {
		.picture = true, .time_ms = time_ms, .key = key, .data = data, .len = sizeof(data)
	};
	return mux_write_block(mux, &b);
}

static struct mux_config with_picture(void)
{
	struct mux_config config = opus_config;
	config.picture_later = true;
	return config;
}

/* Tracks of the file: how many, and the number and kind of the last. */
static unsigned tracks_of(const struct disk *disk, uint64_t *out_number, uint64_t *out_kind)
{
	const size_t end = rs_buf_len(&disk->file);
	const struct element tracks = inside(disk, child(disk, 0, end, 0x18538067), 0x1654AE6B);
	size_t pos = tracks.data_at;
	struct element e;
	unsigned n = 0;
	while (next_element(disk, &pos, tracks.data_at + tracks.size, &e)) {
		assert_true(e.id == 0xAE || e.id == 0xEC); /* TrackEntry, Void */
		if (e.id != 0xAE)
			continue;
		n++;
		*out_number = uint_of(disk, inside(disk, e, 0xD7));
		*out_kind = uint_of(disk, inside(disk, e, 0x83));
	}
	return n;
}

static void a_sound_may_get_a_picture_later(void **state)
{
	const struct mux_config config = with_picture();
	struct disk disk;
	struct mux *mux = make(&config, &disk);
	uint64_t number = 0;
	uint64_t kind = 0;
	assert_int_equal(block(mux, 0, true, 10), 0);
	assert_int_equal(picture_block(mux, 10, true), -EPROTO); /* no track yet */
	assert_int_equal(tracks_of(&disk, &number, &kind), 1);
	assert_int_equal(mux_add_picture(mux, &vp8_config), 0);
	assert_int_equal(mux_add_picture(mux, &vp8_config), -EEXIST);
	assert_int_equal(tracks_of(&disk, &number, &kind), 2);
	assert_true(number == 2 && kind == 1);
	assert_int_equal(picture_block(mux, 10, false), -EPROTO); /* begins with a key frame */
	assert_int_equal(block(mux, 20, true, 10), 0);
	assert_int_equal(picture_block(mux, 25, true), 0);
	assert_int_equal(block(mux, 40, true, 10), 0);
	assert_int_equal(picture_block(mux, 58, false), 0);

	struct mux_cluster cluster;
	assert_int_equal(mux_poll_cluster(mux, &cluster), 1);
	assert_true(cluster.blocks == 2 && cluster.last_ms == 20); /* the key frame began another */
	struct mux_summary summary;
	assert_int_equal(mux_finish(mux, &summary), 0);
	assert_int_equal(mux_poll_cluster(mux, &cluster), 1);
	assert_true(cluster.blocks == 3 && cluster.first_ms == 25);
	assert_int_equal(
		summary.duration_ms, 60); /* the sound ends at 60, the picture begins at 58 */
	finish(mux, &disk);

	mux = make(&opus_config, &disk);
	assert_int_equal(mux_add_picture(mux, &vp8_config), -EINVAL); /* no place was kept */
	finish(mux, &disk);
}

/* Cues of sound where no picture moves, of key frames where one does. */
static void one_jumps_to_key_frames_while_a_picture_moves(void **state)
{
	static const struct {
		int64_t time_ms;
		uint64_t track;
	} wanted[] = { { 0, 1 }, { 1000, 1 }, { 2000, 1 }, { 2010, 2 }, { 4010, 2 }, { 7010, 1 },
		{ 8010, 1 }, { 9010, 1 } };
	const struct mux_config config = with_picture();
	struct disk disk;
	struct mux *mux = make(&config, &disk);
	for (int64_t t = 0; t < 10000; t += 20) {
		assert_int_equal(block(mux, t, true, 10), 0);
		if (t == 2000)
			assert_int_equal(mux_add_picture(mux, &vp8_config), 0);
		if (t >= 2000 && t < 5000)
			assert_int_equal(picture_block(mux, t + 10, t % 2000 == 0), 0);
	}
	struct mux_summary summary;
	assert_int_equal(mux_finish(mux, &summary), 0);
	const struct element cues =
		inside(&disk, child(&disk, 0, rs_buf_len(&disk.file), 0x18538067), 0x1C53BB6B);
	size_t pos = cues.data_at;
	struct element point;
	size_t n = 0;
	while (next_element(&disk, &pos, cues.data_at + cues.size, &point)) {
		assert_true(n < RS_ARRAY_LEN(wanted));
		assert_int_equal(uint_of(&disk, inside(&disk, inside(&disk, point, 0xB7), 0xF7)),
			wanted[n].track);
		n++;
	}
	assert_int_equal(n, RS_ARRAY_LEN(wanted));
	finish(mux, &disk);
}

static void check_finished(const struct disk *disk, const struct mux_summary *summary)
{
	const size_t end = rs_buf_len(&disk->file);
	assert_int_equal(summary->size, end);
	size_t pos = 0;
	struct element ebml;
	struct element segment;
	assert_true(next_element(disk, &pos, end, &ebml));
	assert_int_equal(ebml.id, 0x1A45DFA3);
	assert_true(next_element(disk, &pos, end, &segment));
	assert_false(segment.unknown);
	assert_int_equal(pos, end); /* the Segment's size is the rest of the file */

	/* Every Seek leads to an element of its id. */
	const struct element head = inside(disk, segment, 0x114D9B74);
	size_t at = head.data_at;
	struct element seek;
	unsigned seeks = 0;
	while (next_element(disk, &at, head.data_at + head.size, &seek)) {
		const uint64_t id = uint_of(disk, inside(disk, seek, 0x53AB));
		size_t target = segment.data_at + uint_of(disk, inside(disk, seek, 0x53AC));
		struct element found;
		assert_true(next_element(disk, &target, end, &found));
		assert_int_equal(found.id, id);
		seeks++;
	}
	assert_int_equal(seeks, 3);

	/* Every cue leads to a cluster of its time. */
	const struct element cues = inside(disk, segment, 0x1C53BB6B);
	assert_int_equal(summary->tail_len, end - cues.at);
	at = cues.data_at;
	struct element point;
	while (next_element(disk, &at, cues.data_at + cues.size, &point)) {
		const struct element where = inside(disk, point, 0xB7);
		size_t target = segment.data_at + uint_of(disk, inside(disk, where, 0xF1));
		struct element cluster;
		assert_true(next_element(disk, &target, end, &cluster));
		assert_int_equal(cluster.id, 0x1F43B675);
		assert_int_equal(uint_of(disk, inside(disk, point, 0xB3)),
			uint_of(disk, inside(disk, cluster, 0xE7)));
	}

	const struct element info = inside(disk, segment, 0x1549A966);
	const uint64_t bits = uint_of(disk, inside(disk, info, 0x4489));
	double duration;
	memcpy(&duration, &bits, sizeof(duration));
	assert_int_equal((int64_t)duration, summary->duration_ms);

	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(rs_buf_data(&disk->file), summary->head_len, digest);
	assert_memory_equal(digest, summary->head_sha256, sizeof(digest));
	rs_sha256(rs_buf_data(&disk->file) + cues.at, summary->tail_len, digest);
	assert_memory_equal(digest, summary->tail_sha256, sizeof(digest));
}

static void a_finished_file_leads_everywhere(void **state)
{
	struct disk disk;
	struct mux *mux = make(&vp8_config, &disk);
	struct mux_cluster closed;
	for (int64_t t = 0; t < 5000; t += 40) {
		assert_int_equal(block(mux, t, t % 1600 == 0, 30), 0);
		(void)mux_poll_cluster(mux, &closed);
	}
	struct mux_summary summary;
	assert_int_equal(mux_finish(mux, &summary), 0);
	assert_int_equal(mux_poll_cluster(mux, &closed), 1);
	assert_int_equal(summary.duration_ms, 4960 + 20);
	check_finished(&disk, &summary);
	assert_int_equal(mux_finish(mux, &summary), -EPROTO);
	assert_int_equal(block(mux, 6000, true, 1), -EPROTO);
	finish(mux, &disk);
}

static void the_opus_head_and_date_are_as_the_standards_say(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	assert_int_equal(block(mux, 0, true, 3), 0);
	size_t pos = 0;
	struct element e;
	struct element segment;
	assert_true(next_element(&disk, &pos, rs_buf_len(&disk.file), &e));
	assert_true(next_element(&disk, &pos, rs_buf_len(&disk.file), &segment));
	const struct element tracks = inside(&disk, segment, 0x1654AE6B);
	const struct element entry = inside(&disk, tracks, 0xAE);
	const struct element private = inside(&disk, entry, 0x63A2);
	static const uint8_t head[19] = {
		'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1, /* version, channels */
		0x38, 0x01,                                   /* pre-skip 312 */
		0x80, 0xBB, 0x00, 0x00,                       /* 48000 Hz */
		0x00, 0x00, 0x00,                             /* gain, mapping family */
	};
	assert_int_equal(private.size, sizeof(head));
	assert_memory_equal(rs_buf_data(&disk.file) + private.data_at, head, sizeof(head));
	assert_int_equal(uint_of(&disk, inside(&disk, entry, 0x56AA)), 6500000);
	assert_int_equal(uint_of(&disk, inside(&disk, entry, 0x56BB)), 80000000);
	const struct element info = inside(&disk, segment, 0x1549A966);
	assert_int_equal(uint_of(&disk, inside(&disk, info, 0x4461)),
		(1795305600123 - 978307200000) * 1000000);
	finish(mux, &disk);
}

static void a_failed_write_breaks_the_file_for_good(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	assert_int_equal(block(mux, 0, true, 3), 0);
	disk.error = -EIO;
	assert_int_equal(block(mux, 20, true, 3), -EIO);
	disk.error = 0;
	struct mux_summary summary;
	assert_int_equal(block(mux, 40, true, 3), -EPROTO);
	assert_int_equal(mux_finish(mux, &summary), -EPROTO);
	finish(mux, &disk);
}

static void a_bad_configuration_is_refused(void **state)
{
	const struct mux_port port = { .write = disk_write };
	struct mux *mux = NULL;
	struct mux_config config = opus_config;
	config.channels = 3;
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	config = opus_config;
	config.track_uid = 0;
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	config = opus_config;
	config.cluster_ms = 30001;
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	config = opus_config;
	config.language = "en";
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	config = vp8_config;
	config.width = 0;
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	static const uint8_t record[MUX_CONFIG_MAX + 1] = { 1 };
	config = vp8_config;
	config.config = record;
	config.config_len = 1; /* VP8 has none */
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	config.codec = MUX_H264;
	config.config_len = 0;
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	config.config_len = MUX_CONFIG_MAX + 1;
	assert_int_equal(mux_new(&config, &port, &mux), -EINVAL);
	assert_null(mux);
}

/* Clusters are read back as they were written, and nothing else is taken for one. */
static void a_cluster_is_read_back_and_any_changed_bit_is_found(void **state)
{
	struct disk disk;
	struct mux *mux = make(&opus_config, &disk);
	struct mux_cluster cluster;
	struct mux_content content;
	const char *why = NULL;
	for (int i = 0; i < 5; i++)
		assert_int_equal(block(mux, 5000 + 20 * i, true, 30), 0);
	assert_int_equal(mux_close_cluster(mux), 0);
	assert_int_equal(mux_poll_cluster(mux, &cluster), 1);
	uint8_t *data = rs_buf_data(&disk.file) + cluster.offset;
	const size_t len = (size_t)cluster.len;
	assert_int_equal(mux_content_read(data, len, &content, &why), 0);
	assert_int_equal(content.blocks, cluster.blocks);
	assert_int_equal(content.first_ms, cluster.first_ms);
	assert_int_equal(content.last_ms, cluster.last_ms);
	for (size_t n = 0; n < len; n++) {
		assert_int_equal(mux_content_read(data, n, &content, &why), -EBADMSG);
		assert_non_null(why);
	}
	for (size_t bit = 0; bit < 8 * len; bit++) {
		if (bit / 8 == 4)
			continue; /* the width of the size */
		data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_equal(mux_content_read(data, len, &content, &why), -EBADMSG);
		data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	finish(mux, &disk);
}

static void each_video_codec_has_its_name_and_its_config(void **state)
{
	static const uint8_t record[MUX_CONFIG_MAX] = { 1, 2, 3 };
	static const struct {
		enum mux_codec codec;
		size_t config_len;
		const char *doctype;
		const char *id;
	} all[] = {
		{ MUX_VP8, 0, "webm", "V_VP8" },
		{ MUX_VP9, 0, "webm", "V_VP9" },
		{ MUX_H264, 40, "matroska", "V_MPEG4/ISO/AVC" },
		{ MUX_AV1, MUX_CONFIG_MAX, "matroska", "V_AV1" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(all); i++) {
		struct disk disk;
		struct mux_config config = vp8_config;
		config.codec = all[i].codec;
		config.config = record;
		config.config_len = all[i].config_len;
		struct mux *mux = make(&config, &disk);
		assert_int_equal(mux_is_webm(config.codec), strcmp(all[i].doctype, "webm") == 0);
		assert_int_equal(block(mux, 0, false, 100), -EPROTO); /* no key frame */
		assert_int_equal(block(mux, 0, true, 100), 0);
		struct mux_summary summary;
		assert_int_equal(mux_finish(mux, &summary), 0);
		const size_t end = rs_buf_len(&disk.file);
		const uint8_t *data = rs_buf_data(&disk.file);
		const struct element ebml = child(&disk, 0, end, 0x1A45DFA3);
		const struct element type =
			child(&disk, ebml.data_at, ebml.data_at + ebml.size, 0x4282);
		assert_int_equal(type.size, strlen(all[i].doctype));
		assert_memory_equal(data + type.data_at, all[i].doctype, type.size);
		const struct element segment = child(&disk, 0, end, 0x18538067);
		const struct element tracks = child(&disk, segment.data_at, end, 0x1654AE6B);
		const struct element entry =
			child(&disk, tracks.data_at, tracks.data_at + tracks.size, 0xAE);
		const size_t entry_end = entry.data_at + entry.size;
		const struct element id = child(&disk, entry.data_at, entry_end, 0x86);
		assert_int_equal(id.size, strlen(all[i].id));
		assert_memory_equal(data + id.data_at, all[i].id, id.size);
		if (all[i].config_len > 0) {
			const struct element private =
				child(&disk, entry.data_at, entry_end, 0x63A2);
			assert_int_equal(private.size, all[i].config_len);
			assert_memory_equal(data + private.data_at, record, private.size);
		}
		finish(mux, &disk);
	}
}

static void out_of_memory_is_an_error_and_no_leak(void **state)
{
	const int64_t before = rs_mem_alive();
	int err = -ENOMEM;
	for (int64_t n = 0; err == -ENOMEM; n++) {
		struct disk disk = { 0 };
		rs_buf_init(&disk.file, 1 << 20);
		const struct mux_port port = { .write = disk_write, .ctx = &disk };
		RS_CLEANUP(mux_freep) struct mux *mux = NULL;
		rs_mem_fail_after(n);
		err = mux_new(&opus_config, &port, &mux);
		if (err == 0)
			err = block(mux, 0, true, 300);
		struct mux_summary summary;
		if (err == 0)
			err = mux_finish(mux, &summary);
		const bool failed = rs_mem_failed();
		rs_mem_fail_after(-1);
		rs_buf_done(&disk.file);
		assert_true(err == 0 || err == -ENOMEM);
		if (err == 0 && failed)
			err = -ENOMEM; /* a cue table that could not grow is no error: go on sweeping */
	}
	assert_int_equal(rs_mem_alive(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_take_the_least_octets),
		cmocka_unit_test(nothing_is_written_before_the_first_block),
		cmocka_unit_test(an_open_cluster_has_no_size_and_a_void_for_its_crc),
		cmocka_unit_test(closing_a_cluster_is_one_patch_with_size_and_crc),
		cmocka_unit_test(clusters_have_no_digests_where_nobody_asks_for_them),
		cmocka_unit_test(a_cluster_spans_at_most_its_time),
		cmocka_unit_test(a_cluster_holds_at_most_its_octets),
		cmocka_unit_test(video_begins_with_a_key_frame_and_each_begins_a_cluster),
		cmocka_unit_test(time_never_runs_backwards),
		cmocka_unit_test(a_long_gap_is_kept_as_a_gap),
		cmocka_unit_test(a_sound_may_get_a_picture_later),
		cmocka_unit_test(one_jumps_to_key_frames_while_a_picture_moves),
		cmocka_unit_test(a_finished_file_leads_everywhere),
		cmocka_unit_test(the_opus_head_and_date_are_as_the_standards_say),
		cmocka_unit_test(a_failed_write_breaks_the_file_for_good),
		cmocka_unit_test(a_bad_configuration_is_refused),
		cmocka_unit_test(a_cluster_is_read_back_and_any_changed_bit_is_found),
		cmocka_unit_test(each_video_codec_has_its_name_and_its_config),
		cmocka_unit_test(out_of_memory_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
