/* How long it takes to make the programme of a session anew, as after a kill, from what the archive holds: three hours in
 * the floor and six languages, in segments of half an hour, with a camera. Beside it stands how fast the disk takes as many
 * octets from this program alone.
 * usage: remake DIRECTORY [HOURS] [KBIT]  (of the picture; 250 makes 0.7 GB and from it 7 x 0.45 GB; they are removed) */
#include "recorder/programme/remake.h"

#include "tests/support/session_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static struct session_frame sound_of(void *ctx, unsigned n, int64_t time_ms)
{
	return (struct session_frame){ .key = true, .data = ctx, .len = SOUND_LEN };
}

static size_t picture_len; /* octets */

static struct session_frame picture_of(void *ctx, unsigned n, int64_t time_ms)
{
	return (struct session_frame){
		.key = n % (KEY_EVERY_MS / PICTURE_MS) == 0, .data = ctx, .len = picture_len
	};
}

static void write_archive(const char *directory, int64_t end_ms)
{
	static uint8_t data[1 << 17] = { 0x78 };
	struct session_files files;
	session_files_begin(&files, directory, tracks + 1, LANGUAGES);
	session_files_show(&files, tracks[CAMERA], 0);
	uint32_t number = 1;
	for (int64_t from = 0; from < end_ms; from += ROLL_MS, number++)
		for (size_t i = 0; i < TRACKS; i++) {
			const bool picture = i == CAMERA;
			const struct session_segment segment = { .name = tracks[i],
				.media = picture ? ARCHIVE_CAMERA : ARCHIVE_CHANNEL,
				.codec = picture ? DEPAY_VP8 : DEPAY_OPUS,
				.number = number,
				.from_ms = from,
				.to_ms = from + ROLL_MS < end_ms ? from + ROLL_MS : end_ms,
				.step_ms = picture ? PICTURE_MS : 20,
				.width = picture ? 640 : 0,
				.height = picture ? 360 : 0,
				.frame = picture ? picture_of : sound_of,
				.ctx = data };
			session_files_segment(&files, &segment);
		}
	session_files_end(&files, end_ms);
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

int main(int argc, char **argv)
{
	if (argc < 2)
		die("usage: remake DIRECTORY [HOURS] [KBIT]");
	const double hours = argc > 2 ? strtod(argv[2], NULL) : 3;
	const long kbit = argc > 3 ? strtol(argv[3], NULL, 10) : 250;
	const int64_t end_ms = (int64_t)(hours * 3600000);
	if (end_ms <= 0 || kbit <= 0 || kbit > 10000)
		die("hours or kbit/s are wrong");
	picture_len = (size_t)(kbit * 125 * PICTURE_MS / 1000);
	write_archive(argv[1], end_ms);

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
