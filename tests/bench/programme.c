/* How soon a programme is ready when the gavel falls, and what writing it costs: a session of three hours
 * with six languages beside the floor is played as fast as the disk takes it, through the recorder's own
 * writer; then it is closed, and the time is taken until the disk has all of it.
 * usage: programme DIRECTORY [HOURS] [KBIT]  (of the picture; 250 makes files of 7 x 0.42 GB; they are removed) */
#include "recorder/programme/programme.h"
#include "common/base/time.h"
#include "recorder/io/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LANGUAGES 6
#define QUEUE ((size_t)64 << 20)
#define SOUND_LEN 80 /* octets of Opus: 32 kbit/s */
#define PICTURES_A_SECOND 25
#define KEY_EVERY_MS 10000
#define TOKEN 7

static const char *const languages[LANGUAGES] = { "ar", "en", "es", "fr", "ru", "zh" };

static void wake(void *ctx)
{
	/* The bench asks. */
}

static double seconds(clockid_t clock)
{
	struct timespec now;
	(void)clock_gettime(clock, &now); /* these clocks are always there */
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
	(void)fprintf(stderr, "programme: %s\n", what);
	exit(1);
}

/* What an untroubled recorder does by not reading its taps. */
static void wait_below(struct writer *writer, size_t octets)
{
	while (writer_state(writer).backlog > octets)
		(void)usleep(200); /* cut short is fine */
}

static void feed(struct programme *programme, const char *name, enum archive_media media,
	const struct depay_frame *frame, int64_t time_ms)
{
	programme_frame(
		programme, &(struct programme_frame){ .name = name,
				   .media = media,
				   .codec = media == ARCHIVE_CAMERA ? DEPAY_VP8 : DEPAY_OPUS,
				   .frame = frame,
				   .time_ms = time_ms });
}

static void play(struct programme *programme, struct writer *writer, int64_t end_ms, size_t octets)
{
	static uint8_t sound[SOUND_LEN] = { 0x78 };
	static uint8_t picture[1 << 16];
	const struct depay_frame packet = {
		.data = sound, .len = sizeof(sound), .ticks = 960, .key = true, .channels = 1
	};
	programme_show(programme, "KEN", 0);
	for (int64_t t = 0; t < end_ms; t += 20) {
		feed(programme, NAMES_FLOOR, ARCHIVE_CHANNEL, &packet, t);
		for (size_t i = 0; i < LANGUAGES; i++)
			feed(programme, languages[i], ARCHIVE_CHANNEL, &packet, t);
		const bool key = t % KEY_EVERY_MS == 0;
		const struct depay_frame frame = { .data = picture,
			.len = octets,
			.key = key,
			.width = key ? 640 : 0,
			.height = key ? 360 : 0 };
		if (t % (1000 / PICTURES_A_SECOND) == 0)
			feed(programme, "KEN", ARCHIVE_CAMERA, &frame, t);
		if (t % 1000 == 0)
			wait_below(writer, QUEUE / 4);
	}
}

static void wait_token(struct writer *writer)
{
	struct writer_result result;
	for (;;) {
		while (writer_poll(writer, &result) == 1) {
			if (result.err < 0)
				die("the disk failed");
			if (result.token == TOKEN)
				return;
		}
		(void)usleep(200); /* as above */
	}
}

static struct programme *birth(const char *directory, struct writer *writer)
{
	struct archive_channel channels[LANGUAGES] = { 0 };
	struct programme *programme = NULL;
	for (size_t i = 0; i < LANGUAGES; i++) {
		(void)rs_copy_string(channels[i].id, sizeof(channels[i].id), languages[i]);
		(void)rs_copy_string(
			channels[i].language, sizeof(channels[i].language), languages[i]);
		(void)rs_copy_string(channels[i].name, sizeof(channels[i].name), languages[i]);
	}
	const struct programme_config config = { .disk = writer_disk(writer),
		.owner = 1,
		.directory = directory,
		.ending = "",
		.app = "bench",
		.channels = channels,
		.n_channels = LANGUAGES,
		.started_us = INT64_C(1795305600123000),
		.cluster_ms = 1000,
		.cluster_max = (size_t)2 << 20 };
	if (programme_new(&config, &programme) < 0)
		die("no memory, or no directory");
	return programme;
}

/* Removes the files and says how many octets they had. */
static uint64_t clear(const char *directory)
{
	uint64_t octets = 0;
	for (size_t i = 0; i <= LANGUAGES; i++) {
		char file[NAMES_FILE_LEN];
		char path[ARCHIVE_PATH_LEN];
		struct stat st;
		names_programme(i < LANGUAGES ? languages[i] : NAMES_FLOOR, file);
		if (names_file_path(directory, file, "", path) < 0 || stat(path, &st) < 0)
			die("a file is missing");
		octets += (uint64_t)st.st_size;
		(void)unlink(path); /* it is in a directory of its own */
	}
	return octets;
}

static void make_folders(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	(void)mkdir(directory, 0750); /* it may be there, as the next two */
	if (names_path(directory, NAMES_DATA, path) == 0)
		(void)mkdir(path, 0750);
	if (names_path(directory, NAMES_CHANNELS, path) == 0)
		(void)mkdir(path, 0750);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		die("usage: programme DIRECTORY [HOURS] [KBIT]");
	const double hours = argc > 2 ? strtod(argv[2], NULL) : 3;
	const long kbit = argc > 3 ? strtol(argv[3], NULL, 10) : 250;
	const int64_t end_ms = (int64_t)(hours * 3600000);
	if (end_ms <= 0 || kbit <= 0 || kbit > 10000)
		die("hours or kbit/s are wrong");
	const struct writer_config config = { .queue_max = QUEUE, .files_max = 16, .wake = wake };
	struct writer *writer = NULL;
	make_folders(argv[1]);
	if (writer_new(&config, &writer) < 0)
		die("no writer");
	struct programme *programme = birth(argv[1], writer);

	const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	play(programme, writer, end_ms, (size_t)kbit * 125 / PICTURES_A_SECOND);
	const double played = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wait_below(writer, 0);
	const double gavel = seconds(CLOCK_MONOTONIC);
	if (programme_close(programme, end_ms, TOKEN) < 0)
		die("not closed");
	wait_token(writer);
	const double ready = seconds(CLOCK_MONOTONIC) - gavel;
	programme_free(programme);
	(void)writer_free(writer, NULL);

	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage); /* cannot fail */
	const uint64_t octets = clear(argv[1]);
	(void)printf(
		"%d files, %.2f GB, %.1f h: ready %.3f s after the gavel; writing took %.2f %% of a core; %ld MiB of memory\n",
		LANGUAGES + 1, (double)octets / 1e9, hours, ready,
		100 * played * 1000 / (double)end_ms, usage.ru_maxrss / 1024);
	return ready <= 5 ? 0 : 1;
}
