/* tests/fuzz/fuzz_recorder_streams.c
 *
 * What signaling or an SFU may send to a recorder: the first octet chooses the stream, the rest are
 * its octets, fed in pieces whose length the second octet gives. There is no room on the disk, so
 * that no file is touched. Whatever comes, the machines live on and say only whole frames.
 */
#include "recorder/control/control.h"
#include "recorder/control/tap.h"
#include "tests/support/log_nothing.h"
#include "tests/support/no_disk.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t no_space(void *ctx, const char *path)
{
	return 0;
}

static void check_output(struct rs_buf *output)
{
	struct frame_reader reader;
	struct frame frame;
	frame_reader_init(&reader);
	if (frame_reader_feed(&reader, rs_buf_data(output), rs_buf_len(output)) < 0)
		abort();
	size_t seen = 0;
	while (frame_reader_next(&reader, &frame) == 1)
		seen += FRAME_HEADER_LEN + frame.len;
	if (seen != rs_buf_len(output))
		abort();
	frame_reader_done(&reader);
	rs_buf_consume(output, rs_buf_len(output));
}

struct recorder {
	struct keeper *keeper;
	struct room room;
	struct control *control;
	struct tap *tap;
};

static void feed(
	struct recorder *recorder, bool is_tap, const uint8_t *data, size_t len, size_t piece)
{
	char error[CONTROL_ERROR_LEN];
	struct archive_now when = { .now = RS_SEC(1), .wall_us = 1795305600000000 };
	int err = 0;
	for (size_t at = 0; at < len && err == 0; at += piece) {
		const size_t n = len - at < piece ? len - at : piece;
		err = is_tap ? tap_recv(recorder->tap, data + at, n, when, error)
			     : control_recv(recorder->control, data + at, n, when, error);
		when.now += RS_SEC(1);
		keeper_tick(recorder->keeper, when);
		keeper_flush(recorder->keeper, when);
		if (keeper_deadline(recorder->keeper) <= when.now)
			abort();
		if (tap_sync(recorder->tap, when) < 0 || control_sync(recorder->control) < 0)
			break;
		check_output(control_output(recorder->control));
		check_output(tap_output(recorder->tap));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 1);
	log_nothing();
	const struct keeper_config config = { .root = "/nowhere",
		.software = "fuzz",
		.meetings_max = 4,
		.tracks_max = 4,
		.free_min = 1,
		.retry = RS_SEC(10),
		.disk = &no_disk,
		.free_space = no_space,
		.rand = &rand };
	struct recorder recorder = { 0 };
	room_init(&recorder.room, &(struct storage_rules){ .queue_max = 1000 });
	if (size > 2 && keeper_new(&config, &recorder.keeper) == 0 &&
		control_new("r", "i", recorder.keeper, &recorder.room, &recorder.control) == 0 &&
		tap_new("/tap", recorder.keeper, &rand, &recorder.tap) == 0 &&
		control_connected(recorder.control) == 0) {
		tap_connected(recorder.tap);
		feed(&recorder, (data[0] & 1) != 0, data + 2, size - 2, 1 + (size_t)data[1]);
	}
	tap_free(recorder.tap);
	control_free(recorder.control);
	keeper_free(recorder.keeper);
	return 0;
}
