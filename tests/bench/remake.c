/* How long it takes to make the programme of a session anew, as after a kill, from what the archive holds: three hours in
 * the floor and six languages, in segments of half an hour, with a camera. Beside it stands how fast the disk takes as many
 * octets from this program alone.
 * usage: remake DIRECTORY [HOURS] [KBIT]  (of the picture; 250 makes 0.7 GB and from it 7 x 0.45 GB; they are removed) */
#include "recorder/programme/remake.h"
#include "common/base/time.h"
#include "recorder/mux/mux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STARTED_MS INT64_C(1795305600000)
#define ROLL_MS (30 * 60 * 1000)
#define SOUND_LEN 80 /* octets of Opus: 32 kbit/s */
#define PICTURE_MS 40
#define KEY_EVERY_MS 10000
#define PIECE ((size_t)1 << 18)

static const char *const tracks[] = { NAMES_FLOOR, "ar", "en", "es", "fr", "ru", "zh", "KEN" };
#define LANGUAGES 6
#define TRACKS RS_ARRAY_LEN(tracks)
#define CAMERA (TRACKS - 1)

static void die(const char *what)
{
	(void)fprintf(stderr, "remake: %s\n", what);
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec now;
	(void)clock_gettime(clock, &now); /* these clocks are always there */
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int write_at(void *ctx, uint64_t offset, const void *data, size_t len)
{
	FILE *file = ctx;
	if ((uint64_t)ftell(file) != offset && fseek(file, (long)offset, SEEK_SET) < 0)
		die("seek");
	return fwrite(data, 1, len, file) == len ? 0 : -EIO;
}

static FILE *create(const char *directory, const char *name, const char *ending)
{
	char path[ARCHIVE_PATH_LEN];
	FILE *file = names_file_path(directory, name, ending, path) == 0 ? fopen(path, "w") : NULL;
	if (file == NULL)
		die("a file cannot be made");
	return file;
}

/* One segment of a track, from session time `from_ms` on. */
static void write_segment(const char *directory, size_t track, uint32_t number, int64_t from_ms,
	int64_t to_ms, size_t octets)
{
	static uint8_t data[1 << 17] = { 0x78 };
	const bool picture = track == CAMERA;
	char name[NAMES_FILE_LEN];
	struct mux *mux;
	struct mux_summary summary;
	names_segment(tracks[track], picture ? ARCHIVE_CAMERA : ARCHIVE_CHANNEL, number, name);
	FILE *file = create(directory, name, names_extension(true));
	const struct mux_config config = { .codec = picture ? MUX_VP8 : MUX_OPUS,
		.track_uid = track + 1,
		.title = tracks[track],
		.language = "und",
		.app = "bench",
		.wall_ms = STARTED_MS + from_ms,
		.channels = 1,
		.width = picture ? 640 : 0,
		.height = picture ? 360 : 0,
		.cluster_ms = 1000,
		.cluster_max = (size_t)2 << 20 };
	const struct mux_port port = { .write = write_at, .ctx = file };
	if (mux_new(&config, &port, &mux) < 0)
		die("no memory");
	const int64_t step = picture ? PICTURE_MS : 20;
	for (int64_t t = 0; t < to_ms - from_ms; t += step) {
		const struct mux_block block = { .time_ms = t,
			.duration_us = (uint32_t)step * 1000,
			.key = !picture || t % KEY_EVERY_MS == 0,
			.data = data,
			.len = picture ? octets : SOUND_LEN };
		struct mux_cluster cluster;
		if (mux_write_block(mux, &block) < 0)
			die("a block was refused");
		(void)mux_poll_cluster(mux, &cluster); /* nobody needs its digest */
	}
	if (mux_finish(mux, &summary) < 0 || fclose(file) != 0)
		die("the disk failed");
	mux_free(mux);
}

RS_PRINTF(4, 5)
static void write_line(FILE *file, int64_t at_ms, const char *type, const char *format, ...)
{
	char utc[RS_TIME_TEXT_LEN];
	va_list args;
	rs_wall_format(STARTED_MS + at_ms, utc);
	(void)fprintf(file, "{\"utc\":\"%.19s.%03dZ\",\"type\":\"%s\",\"payload\":{", utc,
		(int)(at_ms % 1000), type);
	va_start(args, format);
	(void)vfprintf(file, format, args);
	va_end(args);
	(void)fprintf(file, "}}\n"); /* what failed is seen when it is closed */
}

static void write_session(const char *directory)
{
	FILE *file = create(directory, "session.json", "");
	(void)fprintf(file,
		"{\"title\":\"bench\",\"software\":\"bench\",\"started_us\":%lld,\"channels\":[",
		(long long)STARTED_MS * 1000);
	for (size_t i = 1; i <= LANGUAGES; i++)
		(void)fprintf(file, "%s{\"id\":\"%s\",\"language\":\"%s\",\"name\":\"%s\"}",
			i > 1 ? "," : "", tracks[i], tracks[i], tracks[i]);
	(void)fprintf(file, "]}\n");
	if (fclose(file) != 0)
		die("the disk failed");
}

static void write_archive(const char *directory, int64_t end_ms, size_t octets)
{
	write_session(directory);
	FILE *events = create(directory, "events.jsonl", "");
	write_line(events, 0, "show", "\"source\":\"%s\",\"t_ms\":0", tracks[CAMERA]);
	uint32_t number = 1;
	for (int64_t from = 0; from < end_ms; from += ROLL_MS, number++) {
		const int64_t to = from + ROLL_MS < end_ms ? from + ROLL_MS : end_ms;
		for (size_t i = 0; i < TRACKS; i++) {
			char name[NAMES_FILE_LEN];
			const enum archive_media media =
				i == CAMERA ? ARCHIVE_CAMERA : ARCHIVE_CHANNEL;
			names_segment(tracks[i], media, number, name);
			write_segment(directory, i, number, from, to, octets);
			write_line(events, from, "segment-opened",
				"\"file\":\"%s\",\"track\":\"%s\",\"media\":\"%s\",\"codec\":\"%s\",\"t0_ms\":%lld",
				name, tracks[i], names_media(media), i == CAMERA ? "VP8" : "opus",
				(long long)from);
		}
	}
	write_line(events, end_ms, "recording-stopped", "\"reason\":\"bench\"");
	if (fclose(events) != 0)
		die("the disk failed");
}

/* Seconds that the disk takes for so many octets, durably. */
static double write_plain(const char *directory, uint64_t octets)
{
	static const uint8_t piece[PIECE];
	char path[ARCHIVE_PATH_LEN];
	if (names_file_path(directory, "plain", "", path) < 0)
		die("the name is too long");
	const double began = seconds(CLOCK_MONOTONIC);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		die("a file cannot be made");
	for (uint64_t done = 0; done < octets; done += PIECE)
		if (write(fd, piece, PIECE) != (ssize_t)PIECE)
			die("the disk failed");
	if (fsync(fd) < 0 || close(fd) < 0)
		die("the disk failed");
	const double took = seconds(CLOCK_MONOTONIC) - began;
	(void)unlink(path); /* it is in a directory of its own */
	return took;
}

static uint64_t clear(const char *directory, const char *name, const char *ending)
{
	char path[ARCHIVE_PATH_LEN];
	struct stat st;
	if (names_file_path(directory, name, ending, path) < 0 || stat(path, &st) < 0)
		die("a file is missing");
	(void)unlink(path); /* as above */
	return (uint64_t)st.st_size;
}

static uint64_t clear_programme(const char *directory)
{
	uint64_t octets = 0;
	for (size_t i = 0; i <= LANGUAGES; i++) {
		char name[NAMES_FILE_LEN];
		names_programme(tracks[i], name);
		octets += clear(directory, name, "");
	}
	return octets;
}

static uint64_t clear_archive(const char *directory, int64_t end_ms)
{
	uint64_t octets = 0;
	uint32_t number = 1;
	for (int64_t from = 0; from < end_ms; from += ROLL_MS, number++)
		for (size_t i = 0; i < TRACKS; i++) {
			char name[NAMES_FILE_LEN];
			names_segment(tracks[i], i == CAMERA ? ARCHIVE_CAMERA : ARCHIVE_CHANNEL,
				number, name);
			octets += clear(directory, name, names_extension(true));
		}
	(void)clear(directory, "session.json", "");
	(void)clear(directory, "events.jsonl", "");
	return octets;
}

static void make_folders(const char *directory)
{
	static const enum names_place places[] = { NAMES_DATA, NAMES_CHANNELS, NAMES_TRACKS };
	char path[ARCHIVE_PATH_LEN];
	(void)mkdir(directory, 0750); /* it may be there, as those below */
	for (size_t i = 0; i < RS_ARRAY_LEN(places); i++)
		if (names_path(directory, places[i], path) == 0)
			(void)mkdir(path, 0750);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		die("usage: remake DIRECTORY [HOURS] [KBIT]");
	const double hours = argc > 2 ? strtod(argv[2], NULL) : 3;
	const long kbit = argc > 3 ? strtol(argv[3], NULL, 10) : 250;
	const int64_t end_ms = (int64_t)(hours * 3600000);
	if (end_ms <= 0 || kbit <= 0 || kbit > 10000)
		die("hours or kbit/s are wrong");
	make_folders(argv[1]);
	write_archive(argv[1], end_ms, (size_t)(kbit * 125 * PICTURE_MS / 1000));

	struct remake_result result;
	const struct remake how = { .ctx = NULL };
	const double wall = seconds(CLOCK_MONOTONIC);
	const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	if (programme_remake(argv[1], &how, &result) < 0)
		die("the programme was not made");
	const double took = seconds(CLOCK_MONOTONIC) - wall;
	const double used = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	if (result.unreadable > 0 || !programme_is_current(argv[1]))
		die("the programme is not whole");
	const uint64_t made = clear_programme(argv[1]);
	const double plain = write_plain(argv[1], made);
	(void)printf(
		"%zu files, %.2f GB from %.2f GB, %.1f h: made in %.1f s, %.1f s of them CPU; as many octets alone: %.1f s\n",
		result.files, (double)made / 1e9, (double)clear_archive(argv[1], end_ms) / 1e9,
		hours, took, used, plain);
	return 0;
}
