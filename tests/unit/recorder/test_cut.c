/* A part of a programme as a file of its own: begins and ends where it is asked to, packets as they are. */
#include "common/evidence/files.h"
#include "recorder/mux/mux.h"
#include "recorder/mux/reel.h"
#include "recorder/programme/cut.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define PACKETS 500 /* of 20 ms */

static int write_to(void *ctx, uint64_t offset, const void *data, size_t len)
{
	return files_write_at(*(const int *)ctx, data, len, offset);
}

static int64_t read_from(void *ctx, uint64_t offset, void *data, size_t len)
{
	return files_read_at(*(const int *)ctx, data, len, offset);
}

/* Ten seconds: each packet has its number; a picture each 100 ms, a key frame each 2 s from 1 s on. */
static int make_programme(bool pictures)
{
	int fd = memfd_create("programme", 0);
	struct mux *mux = NULL;
	struct mux_summary summary;
	struct mux_cluster cluster;
	struct mux_config config = { .codec = MUX_OPUS,
		.track_uid = 1,
		.title = "floor",
		.language = "und",
		.app = "test",
		.channels = 2,
		.picture_later = true,
		.cluster_ms = 1000,
		.cluster_max = 65536 };
	const struct mux_port port = { .write = write_to, .ctx = &fd };
	assert_int_equal(mux_new(&config, &port, &mux), 0);
	for (uint32_t i = 0; i < PACKETS; i++) {
		/* CELT, 20 ms, mono. */
		const uint8_t packet[] = { 0xf8, (uint8_t)(i >> 8), (uint8_t)i };
		const uint8_t frame[] = { (uint8_t)((i % 100 != 50)), 0, 0, 0x9d, 0x01, 0x2a, 64, 0,
			36, 0, (uint8_t)i };
		assert_int_equal(
			mux_write_block(mux, &(struct mux_block){ .time_ms = (int64_t)i * 20,
						     .duration_us = 20000,
						     .key = true,
						     .data = packet,
						     .len = sizeof(packet) }),
			0);
		(void)mux_poll_cluster(mux, &cluster);
		if (!pictures || i < 50 || i % 5 != 0)
			continue;
		if (i == 50) {
			config.codec = MUX_VP8;
			config.track_uid = 2;
			config.width = 64;
			config.height = 36;
			assert_int_equal(mux_add_picture(mux, &config), 0);
		}
		assert_int_equal(mux_write_block(mux, &(struct mux_block){ .picture = true,
							      .time_ms = (int64_t)i * 20,
							      .key = i % 100 == 50,
							      .data = frame,
							      .len = sizeof(frame) }),
			0);
		(void)mux_poll_cluster(mux, &cluster);
	}
	assert_int_equal(mux_finish(mux, &summary), 0);
	mux_free(mux);
	return fd;
}

static struct cut cut_of(int from, enum cut_form form, int64_t from_ms, int64_t to_ms)
{
	return (struct cut){ .from = from,
		.to = memfd_create("cut", 0),
		.form = form,
		.from_ms = from_ms,
		.to_ms = to_ms,
		.title = "First sitting: Kenya",
		.language = "en",
		.app = "test" };
}

static void webm_begins_with_the_packet_that_is_asked_for(void **state)
{
	int from = make_programme(true);
	struct cut cut = cut_of(from, CUT_WEBM, 4000, 8000);
	struct cut_result result;
	struct reel *reel = NULL;
	struct reel_block block;
	assert_int_equal(cut_make(&cut, &result), 0);
	assert_int_equal(result.duration_ms, 4000);
	assert_int_equal(result.packets, 200);
	const struct reel_port port = { .read = read_from, .ctx = &cut.to };
	assert_int_equal(reel_new(&port, 65536, &reel), 0);
	assert_true(reel_head(reel)->finished);
	assert_int_equal(reel_head(reel)->duration_ms, 4000);
	uint32_t sounds = 0;
	uint32_t pictures = 0;
	while (reel_next(reel, &block) == 1) {
		if (block.track == 1) {
			const uint32_t number = 200 + sounds;
			assert_int_equal(block.data[1] << 8 | block.data[2], number);
			assert_int_equal(block.time_ms, (int64_t)sounds * 20);
			sounds++;
			continue;
		}
		/* The first key frame from there on: at 5 s. */
		assert_int_equal(block.key, block.time_ms == 1000 || block.time_ms == 3000);
		assert_true(pictures > 0 || block.time_ms == 1000);
		pictures++;
	}
	assert_int_equal(sounds, 200);
	assert_int_equal(pictures, 30);
	assert_int_equal(result.pictures, 30);
	reel_free(reel);
	(void)close(cut.to);
	(void)close(from);
}

static uint64_t read_le(const uint8_t *at, size_t n)
{
	uint64_t value = 0;
	for (size_t i = n; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

static void ogg_has_each_packet_once_and_ends_to_the_sample(void **state)
{
	static uint8_t data[65536];
	int from = make_programme(true);
	struct cut cut = cut_of(from, CUT_OPUS, 4005, 8003);
	struct cut_result result;
	assert_int_equal(cut_make(&cut, &result), 0);
	assert_int_equal(result.duration_ms, 3998);
	const size_t len = (size_t)files_read_at(cut.to, data, sizeof(data), 0);
	/* RFC 7845 section 5.1. */
	assert_memory_equal(data, "OggS", 4);
	assert_int_equal(data[5], 0x02);
	assert_memory_equal(data + 28, "OpusHead", 8);
	const uint64_t pre_skip = read_le(data + 28 + 10, 2);
	/* What is decoded first is 80 ms and a part of a packet before what is heard: from 3920 ms on. */
	assert_int_equal(pre_skip, 312 + 85 * 48);
	uint32_t number = 196;
	uint64_t granule = 0;
	uint32_t sequence = 0;
	for (size_t at = 0; at < len;) {
		const uint8_t *page = data + at;
		assert_memory_equal(page, "OggS", 4);
		assert_int_equal(read_le(page + 18, 4), sequence++);
		const size_t laces = page[26];
		const uint8_t *body = page + 27 + laces;
		size_t body_len = 0;
		for (size_t i = 0; i < laces; i++) {
			if (sequence > 2) {
				assert_int_equal(page[27 + i], 3);
				assert_int_equal(
					body[body_len + 1] << 8 | body[body_len + 2], number);
				number++;
			}
			body_len += page[27 + i];
		}
		granule = read_le(page + 6, 8);
		at += 27 + laces + body_len;
		assert_int_equal((page[5] & 0x04) != 0, at == len);
	}
	assert_int_equal(number, 401); /* the packet of 8000 ms ends 17 ms too late */
	assert_int_equal(granule, pre_skip + (uint64_t)3998 * 48);
	(void)close(cut.to);
	(void)close(from);
}

static void a_programme_without_a_picture_is_sound_alone(void **state)
{
	int from = make_programme(false);
	struct cut cut = cut_of(from, CUT_WEBM, 0, INT64_MAX);
	struct cut_result result;
	assert_int_equal(cut_make(&cut, &result), 0);
	assert_int_equal(result.packets, PACKETS);
	assert_int_equal(result.pictures, 0);
	(void)close(cut.to);
	(void)close(from);
}

static void where_nothing_lies_there_is_no_file(void **state)
{
	int from = make_programme(true);
	struct cut cut = cut_of(from, CUT_OPUS, 60000, 61000);
	struct cut_result result;
	assert_int_equal(cut_make(&cut, &result), -ENOENT);
	cut.form = CUT_WEBM;
	assert_int_equal(cut_make(&cut, &result), -ENOENT);
	assert_int_equal(files_write_at(from, "no programme", 12, 0), 0);
	assert_int_equal(cut_make(&cut, &result), -EBADMSG);
	(void)close(cut.to);
	(void)close(from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(webm_begins_with_the_packet_that_is_asked_for),
		cmocka_unit_test(ogg_has_each_packet_once_and_ends_to_the_sample),
		cmocka_unit_test(a_programme_without_a_picture_is_sound_alone),
		cmocka_unit_test(where_nothing_lies_there_is_no_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
