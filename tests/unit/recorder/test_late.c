/* What a room kept while its line was lost, in the archive: every packet once, in its time, whatever comes twice and whenever the
 * recorder is killed. */
#include "recorder/archive/session/late.h"

#include "common/base/bytes.h"
#include "common/control/late.h"
#include "common/evidence/files.h"
#include "common/rtp/rtp.h"
#include "recorder/archive/verify/verify.h"
#include "recorder/mux/reel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define EPOCH INT64_C(1795305600000000)
#define FRAME_US 20000
#define SSRC 0x11111111U
#define NEXT_SSRC 0x22222222U
#define FILES 160
#define TOKENS 256
#define PACKETS 600
/* The box's clock is a monotonic one. */
#define SHIFT (EPOCH - 5000000)

/* A disk that does at once what it is told, until it is cut off: what it is told then never happened. */
struct rig {
	char root[64];
	char directory[128];
	int fds[FILES];
	uint32_t n_files;
	int64_t writes_left; /* -1 = it is not cut off */
	uint64_t tokens[TOKENS];
	size_t n_tokens;
	struct disk disk;
	struct rs_rand rand;
	struct archive *archive;
	size_t track; /* of what comes live */
	struct archive_now when;
	struct late_count count;
	/* What is read back. */
	unsigned times[PACKETS];
	int64_t at_ms[PACKETS];
};

static int disk_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct rig *rig = ctx;
	assert_true(rig->n_files < FILES);
	if (rig->writes_left != 0)
		rig->fds[rig->n_files] = open(path,
			O_WRONLY | O_CREAT | O_CLOEXEC | (how == DISK_CREATE ? O_EXCL : 0), 0600);
	else
		rig->fds[rig->n_files] = -1;
	assert_true(rig->fds[rig->n_files] >= 0 || rig->writes_left == 0);
	*out_file = rig->n_files++;
	return 0;
}

static int disk_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct rig *rig = ctx;
	if (rig->writes_left == 0)
		return 0;
	if (rig->writes_left > 0)
		rig->writes_left--;
	assert_int_equal(files_write_at(rig->fds[file], data, len, offset), 0);
	return 0;
}

static int disk_sync(void *ctx, uint32_t file, uint64_t token)
{
	struct rig *rig = ctx;
	assert_true(rig->n_tokens < TOKENS);
	if (token != 0 && rig->writes_left != 0)
		rig->tokens[rig->n_tokens++] = token;
	return 0;
}

static void disk_close(void *ctx, uint32_t file)
{
	struct rig *rig = ctx;
	if (rig->fds[file] >= 0)
		(void)close(rig->fds[file]); /* nothing is held back */
	rig->fds[file] = -1;
}

static void settle(struct rig *rig)
{
	for (size_t i = 0; i < rig->n_tokens; i++)
		archive_disk_synced(rig->archive, rig->tokens[i]);
	rig->n_tokens = 0;
}

static void open_archive(struct rig *rig)
{
	const struct archive_config config = { .root = rig->root,
		.meeting = "demo",
		.session = "demo-1",
		.title = "Test",
		.software = "test",
		.tracks_max = LATE_TRACKS_MAX + 4,
		.rules = { .cluster_ms = 1000,
			.cluster_max = 65536,
			.reorder_wait = RS_MS(150),
			.reorder_window = 64,
			.fill_ms = 2000,
			.segment_ms = 1800000,
			.app = "test" },
		.owner = 1,
		.rand = &rig->rand };
	rig->n_files = 0;
	rig->n_tokens = 0;
	rig->writes_left = -1;
	assert_int_equal(archive_open(&config, &rig->disk, rig->when, &rig->archive), 0);
	settle(rig);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	assert_non_null(rig);
	*rig = (struct rig){ .root = "/dev/shm/rostrum-late-XXXXXX",
		.when = { .now = RS_SEC(10), .wall_us = EPOCH },
		.disk = { .open = disk_open,
			.write = disk_write,
			.sync = disk_sync,
			.close = disk_close,
			.ctx = rig } };
	assert_non_null(mkdtemp(rig->root));
	(void)snprintf(rig->directory, sizeof(rig->directory), "%s/demo-1", rig->root);
	rs_rand_init_seed(&rig->rand, 1);
	open_archive(rig);
	*state = rig;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	archive_free(rig->archive);
	(void)nftw(rig->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
	return 0;
}

static void clear(struct rig *rig)
{
	void *state = rig;
	tear_down(&state);
}

/* kill -9, and another process. */
static void kill_and_restart(struct rig *rig)
{
	rig->writes_left = 0;
	rig->archive = archive_free(rig->archive);
	rig->when.now += RS_SEC(1);
	rig->when.wall_us += RS_SEC(1);
	open_archive(rig);
}

/* Packet `i` is said 20 ms after the one before and says its number. */
static size_t packet(uint32_t ssrc, int i, uint8_t out[64])
{
	const struct rtp_header header = {
		.pt = 111, .seq = (uint16_t)(65400 + i), .rtp_ts = (uint32_t)i * 960, .ssrc = ssrc
	};
	struct rs_writer writer;
	rs_writer_init(&writer, out, 64);
	rtp_write_header(&writer, &header);
	rs_write_u8(&writer, 0xf8);
	rs_write_u16(&writer, (uint16_t)i);
	rs_write_u16(&writer, 0x6b6b);
	assert_false(writer.failed);
	return writer.len;
}

static void begin_live(struct rig *rig)
{
	assert_int_equal(archive_begin(rig->archive, "room", "microphone", "opus", 48000, rig->when,
				 &rig->track),
		0);
}

/* Packets `from` to `to` - 1 as they are said. */
static void live(struct rig *rig, uint32_t ssrc, int from, int to)
{
	uint8_t data[64];
	for (int i = from; i < to; i++) {
		rig->when.wall_us = EPOCH + (int64_t)i * FRAME_US;
		rig->when.now += FRAME_US;
		const size_t len = packet(ssrc, i, data);
		assert_int_equal(archive_recv(rig->archive, rig->track, data, len,
					 rig->when.wall_us, rig->when),
			0);
	}
}

/* The line is lost; what was held is given out. */
static void silence(struct rig *rig, rs_time time)
{
	rig->when.now += time;
	rig->when.wall_us += time;
	assert_int_equal(archive_tick(rig->archive, rig->when), 0);
}

static struct late_part part_of(uint32_t number, uint32_t parts)
{
	return (struct late_part){ .source = "room",
		.outage = "o1",
		.number = number,
		.parts = parts,
		.from_us = EPOCH,
		.to_us = EPOCH + RS_SEC(5),
		.shift_us = SHIFT,
		.open = { { 0, INT64_MAX / 2 } },
		.n_open = 1 };
}

static int put_part(struct rig *rig, const struct late_part *form, uint32_t ssrc, int from, int to)
{
	struct late_part part = *form;
	struct rs_buf out;
	uint8_t data[64];
	uint64_t token = 0;
	rs_buf_init(&out, LATE_PART_MAX);
	for (int i = from; i < to; i++) {
		const struct late_record record = { .said_us =
							    EPOCH - SHIFT + (int64_t)i * FRAME_US,
			.packet_view = data,
			.len = packet(ssrc, i, data) };
		assert_int_equal(late_write(&out, &record), 0);
	}
	part.data = rs_buf_data(&out);
	part.len = rs_buf_len(&out);
	rig->count = (struct late_count){ 0 };
	rig->when.now += RS_MS(100);
	rig->when.wall_us += RS_MS(100);
	const int err = archive_late(rig->archive, &part, rig->when, &rig->count, &token);
	if (err == 0 && rig->writes_left != 0) {
		assert_true(archive_late_durable(rig->archive) < token);
		settle(rig);
		assert_true(archive_late_durable(rig->archive) >= token);
	}
	rs_buf_done(&out);
	return err;
}

static void put(struct rig *rig, uint32_t number, uint32_t parts, int from, int to)
{
	const struct late_part part = part_of(number, parts);
	assert_int_equal(put_part(rig, &part, SSRC, from, to), 0);
}

/* ---- reading back ---- */

static void problem(void *ctx, const char *file, const char *text)
{
	fail_msg("%s: %s", file, text);
}

static void note(void *ctx, const char *file, const char *text)
{
}

static int64_t read_file(void *ctx, uint64_t offset, void *data, size_t len)
{
	return files_read_at(*(const int *)ctx, data, len, offset);
}

/* Session time at which a file begins. */
static int64_t begins_at(const struct rig *rig, const char *file)
{
	char path[192];
	char wanted[96];
	char line[4096];
	int64_t t0_ms = -1;
	(void)snprintf(path, sizeof(path), "%s/data/events.jsonl", rig->directory);
	(void)snprintf(wanted, sizeof(wanted), "\"file\":\"tracks/%.*s\"",
		(int)(strlen(file) - strlen(".webm")), file);
	FILE *events = fopen(path, "r");
	assert_non_null(events);
	while (fgets(line, sizeof(line), events) != NULL) {
		const char *t0 = strstr(line, "\"t0_ms\":");
		if (strstr(line, "segment-opened") != NULL && strstr(line, wanted) != NULL)
			t0_ms = strtoll(t0 + strlen("\"t0_ms\":"), NULL, 10);
	}
	(void)fclose(events);
	return t0_ms;
}

static void read_media(struct rig *rig, const char *file)
{
	char path[512];
	struct reel *reel = NULL;
	struct reel_block block;
	(void)snprintf(path, sizeof(path), "%s/data/tracks/%s", rig->directory, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	const struct reel_port port = { .read = read_file, .ctx = &fd };
	const int64_t t0_ms = begins_at(rig, file);
	if (reel_new(&port, 65536, &reel) == 0) {
		assert_true(t0_ms >= 0);
		while (reel_next(reel, &block) == 1) {
			const bool ours = block.len == 5 && block.data[3] == 'k';
			const int i = ours ? block.data[1] << 8 | block.data[2] : 0;
			if (!ours)
				continue; /* silence that was filled in */
			rig->times[i]++;
			rig->at_ms[i] = t0_ms + block.time_ms;
		}
	}
	reel_free(reel);
	(void)close(fd);
}

static void read_back(struct rig *rig)
{
	char path[192];
	const struct dirent *entry;
	memset(rig->times, 0, sizeof(rig->times));
	(void)snprintf(path, sizeof(path), "%s/data/tracks", rig->directory);
	DIR *folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		if (strstr(entry->d_name, ".webm") != NULL)
			read_media(rig, entry->d_name);
	}
	(void)closedir(folder);
}

/* Closed, verified, and packets `from` to `to` - 1 are there once, in their time. */
static void check_once(struct rig *rig, int from, int to)
{
	struct archive_report report;
	const struct archive_sink sink = { .problem = problem, .note = note };
	assert_int_equal(archive_close(rig->archive, "test", rig->when), 0);
	rig->archive = archive_free(rig->archive);
	assert_int_equal(
		archive_verify(rig->directory, &(struct archive_knowledge){ 0 }, &sink, &report),
		0);
	assert_int_equal(report.problems, 0);
	read_back(rig);
	for (int i = from; i < to; i++) {
		if (rig->times[i] != 1)
			fail_msg("packet %d is there %u times", i, rig->times[i]);
		assert_in_range(
			rig->at_ms[i] - rig->at_ms[from] - (i - from) * FRAME_US / 1000 + 1, 0, 2);
	}
}

/* ---- cases ---- */

static void an_outage_is_filled_and_overlaps_are_left_out(void **state)
{
	struct rig *rig = *state;
	begin_live(rig);
	live(rig, SSRC, 0, 100);
	silence(rig, RS_SEC(3));
	begin_live(rig);
	live(rig, NEXT_SSRC, 250, 300);
	put(rig, 1, 2, 60, 200);
	assert_int_equal(rig->count.had, 40);
	assert_int_equal(rig->count.kept, 100);
	put(rig, 2, 2, 200, 250);
	assert_int_equal(rig->count.kept, 50);
	live(rig, NEXT_SSRC, 300, 350);
	check_once(rig, 0, 350);
}

static void what_comes_twice_is_there_once(void **state)
{
	struct rig *rig = *state;
	begin_live(rig);
	live(rig, SSRC, 0, 100);
	silence(rig, RS_SEC(3));
	put(rig, 1, 2, 100, 180);
	put(rig, 1, 2, 100, 180);
	assert_int_equal(rig->count.had, 80);
	assert_int_equal(rig->count.kept, 0);
	put(rig, 2, 2, 170, 250);
	assert_int_equal(rig->count.had, 10);
	assert_int_equal(rig->count.kept, 70);
	/* Also behind the end. */
	put(rig, 2, 2, 170, 250);
	assert_int_equal(rig->count.had, 80);
	check_once(rig, 0, 250);
}

static void parts_that_come_out_of_order_are_all_there(void **state)
{
	struct rig *rig = *state;
	begin_live(rig);
	live(rig, SSRC, 0, 100);
	silence(rig, RS_SEC(3));
	put(rig, 2, 3, 150, 200);
	put(rig, 1, 3, 100, 150);
	assert_int_equal(rig->count.kept, 50);
	put(rig, 3, 3, 200, 250);
	put(rig, 1, 3, 100, 150);
	assert_int_equal(rig->count.had, 50);
	check_once(rig, 0, 250);
}

static void what_the_box_restarted_with_is_placed_by_the_time(void **state)
{
	struct rig *rig = *state;
	const struct late_part part = part_of(1, 1);
	begin_live(rig);
	live(rig, SSRC, 0, 100);
	silence(rig, RS_SEC(3));
	begin_live(rig);
	live(rig, NEXT_SSRC, 250, 300);
	assert_int_equal(put_part(rig, &part, 0x33333333U, 90, 260), 0);
	assert_int_equal(rig->count.had, 10 + 10);
	check_once(rig, 0, 300);
}

static void what_was_said_while_the_gate_was_shut_is_left_out(void **state)
{
	struct rig *rig = *state;
	struct late_part part = part_of(1, 1);
	begin_live(rig);
	live(rig, SSRC, 0, 100);
	silence(rig, RS_SEC(3));
	part.n_open = 2;
	part.open[0] = (struct late_span){ EPOCH, EPOCH + 119 * FRAME_US };
	part.open[1] = (struct late_span){ EPOCH + 180 * FRAME_US, EPOCH + 199 * FRAME_US };
	assert_int_equal(put_part(rig, &part, SSRC, 100, 250), 0);
	assert_int_equal(rig->count.kept, 40);
	assert_int_equal(rig->count.shut, 110);
	check_once(rig, 0, 120);
	for (int i = 120; i < 250; i++)
		assert_int_equal(rig->times[i], i >= 180 && i < 200);
}

static void what_was_said_before_the_session_is_left_out(void **state)
{
	struct rig *rig = *state;
	struct late_part part = part_of(1, 1);
	part.shift_us = SHIFT - 100 * FRAME_US;
	assert_int_equal(put_part(rig, &part, SSRC, 50, 150), 0);
	assert_int_equal(rig->count.before, 50);
	assert_int_equal(rig->count.kept, 50);
	/* All of it: it is for another session. */
	assert_int_equal(put_part(rig, &part, 0x44444444U, 0, 100), -ENOENT);
	assert_int_equal(archive_error(rig->archive), 0);
	check_once(rig, 100, 150);
	assert_int_equal(rig->times[99], 0);
}

static void of_what_is_damaged_nothing_is_taken(void **state)
{
	struct rig *rig = *state;
	struct rs_buf out;
	uint8_t data[64];
	uint64_t token;
	rs_buf_init(&out, LATE_PART_MAX);
	for (int i = 0; i < 3; i++) {
		const struct late_record record = { .said_us = EPOCH - SHIFT + i * FRAME_US,
			.packet_view = data,
			.len = packet(SSRC, i, data) };
		assert_int_equal(late_write(&out, &record), 0);
	}
	struct late_part part = part_of(1, 1);
	part.data = rs_buf_data(&out);
	for (size_t i = 0; i < rs_buf_len(&out); i++) {
		rs_buf_data(&out)[i] ^= 0x10;
		part.len = rs_buf_len(&out);
		assert_int_equal(archive_late(rig->archive, &part, rig->when, &rig->count, &token),
			-EBADMSG);
		rs_buf_data(&out)[i] ^= 0x10;
	}
	const size_t one = late_size(packet(SSRC, 0, data));
	for (part.len = 1; part.len < rs_buf_len(&out); part.len++) {
		if (part.len % one != 0)
			assert_int_equal(
				archive_late(rig->archive, &part, rig->when, &rig->count, &token),
				-EBADMSG);
	}
	rs_buf_done(&out);
	assert_int_equal(archive_error(rig->archive), 0);
	read_back(rig);
	assert_int_equal(rig->times[0] + rig->times[1] + rig->times[2], 0);
}

static void of_more_tracks_than_there_may_be_the_last_is_refused_and_the_archive_lives(void **state)
{
	struct rig *rig = *state;
	struct late_part part = part_of(1, 1);
	for (int i = 0; i <= LATE_TRACKS_MAX; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "room-%d", i);
		part.source = name;
		assert_int_equal(
			put_part(rig, &part, SSRC, 100, 101), i < LATE_TRACKS_MAX ? 0 : -E2BIG);
	}
	assert_int_equal(archive_error(rig->archive), 0);
}

static void an_archive_that_was_closed_takes_nothing(void **state)
{
	struct rig *rig = *state;
	const struct late_part part = part_of(1, 1);
	assert_int_equal(archive_close(rig->archive, "test", rig->when), 0);
	assert_int_equal(put_part(rig, &part, SSRC, 0, 10), -EPROTO);
}

/* The recorder is killed after each write in turn while a part comes, and gets it again: also in the first second, and also where
 * what comes live is cut off at the same moment. */
static void killed_at_any_write_it_has_each_packet_once(void **state)
{
	bool through = false;
	for (int64_t n = 0; !through; n++) {
		void *inner = NULL;
		(void)set_up(&inner);
		struct rig *rig = inner;
		begin_live(rig);
		live(rig, SSRC, 0, 100);
		silence(rig, RS_SEC(3));
		put(rig, 1, 3, 80, 130);
		begin_live(rig);
		live(rig, NEXT_SSRC, 250, 280);
		rig->writes_left = n;
		put(rig, 2, 3, 130, 210);
		through = rig->writes_left > 0;
		kill_and_restart(rig);
		begin_live(rig);
		live(rig, 0x55555555U, 330, 400);
		put(rig, 2, 3, 130, 210);
		put(rig, 3, 3, 210, 250);
		check_once(rig, 0, 250);
		rig->archive = NULL;
		clear(rig);
	}
}

/* Twice while the same part comes: what the first left is still counted with. */
static void killed_twice_in_the_same_part_it_has_each_packet_once(void **state)
{
	for (int64_t first = 0; first < 60; first += 7) {
		for (int64_t second = 0; second < 60; second += 3) {
			void *inner = NULL;
			(void)set_up(&inner);
			struct rig *rig = inner;
			begin_live(rig);
			live(rig, SSRC, 0, 100);
			silence(rig, RS_SEC(3));
			rig->writes_left = first;
			put(rig, 1, 1, 100, 200);
			kill_and_restart(rig);
			rig->writes_left = second;
			put(rig, 1, 1, 100, 200);
			kill_and_restart(rig);
			put(rig, 1, 1, 100, 200);
			check_once(rig, 0, 200);
			rig->archive = NULL;
			clear(rig);
		}
	}
}

/* The line is pulled, and within the second the recorder is killed: what it had live stands in no ledger. */
static void killed_right_after_the_line_was_lost_it_has_each_packet_once(void **state)
{
	struct rig *rig = *state;
	begin_live(rig);
	live(rig, SSRC, 0, 130);
	kill_and_restart(rig);
	put(rig, 1, 1, 60, 200);
	check_once(rig, 0, 200);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_outage_is_filled_and_overlaps_are_left_out),
		CASE(what_comes_twice_is_there_once),
		CASE(parts_that_come_out_of_order_are_all_there),
		CASE(what_the_box_restarted_with_is_placed_by_the_time),
		CASE(what_was_said_while_the_gate_was_shut_is_left_out),
		CASE(what_was_said_before_the_session_is_left_out),
		CASE(of_what_is_damaged_nothing_is_taken),
		CASE(of_more_tracks_than_there_may_be_the_last_is_refused_and_the_archive_lives),
		CASE(an_archive_that_was_closed_takes_nothing),
		cmocka_unit_test(killed_at_any_write_it_has_each_packet_once),
		cmocka_unit_test(killed_twice_in_the_same_part_it_has_each_packet_once),
		CASE(killed_right_after_the_line_was_lost_it_has_each_packet_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
