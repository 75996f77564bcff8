#include "tests/support/session_files.h"

#include "common/base/time.h"
#include "recorder/archive/track/track.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#define STARTED_MS INT64_C(1795305600000)

static void must(bool condition)
{
	if (!condition)
		abort();
}

static int write_at(void *ctx, uint64_t offset, const void *data, size_t len)
{
	FILE *file = ctx;
	must((uint64_t)ftell(file) == offset || fseek(file, (long)offset, SEEK_SET) == 0);
	return fwrite(data, 1, len, file) == len ? 0 : -EIO;
}

static FILE *create(const char *directory, const char *name, const char *ending)
{
	char path[ARCHIVE_PATH_LEN];
	must(names_file_path(directory, name, ending, path) == 0);
	FILE *file = fopen(path, "w");
	must(file != NULL);
	return file;
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

static void make_folders(const char *directory)
{
	static const enum names_place places[] = { NAMES_DATA, NAMES_CHANNELS, NAMES_TRACKS };
	char path[ARCHIVE_PATH_LEN];
	(void)mkdir(directory, 0750); /* it may be there, as those below */
	for (size_t i = 0; i < RS_ARRAY_LEN(places); i++)
		if (names_path(directory, places[i], path) == 0)
			(void)mkdir(path, 0750);
}

void session_files_begin(struct session_files *files, const char *directory,
	const char *const *languages, size_t n_languages)
{
	make_folders(directory);
	FILE *file = create(directory, "session.json", "");
	(void)fprintf(file,
		"{\"title\":\"test\",\"software\":\"test\",\"started_us\":%lld,\"channels\":[",
		(long long)STARTED_MS * 1000);
	for (size_t i = 0; i < n_languages; i++)
		(void)fprintf(file, "%s{\"id\":\"%s\",\"language\":\"%s\",\"name\":\"%s\"}",
			i > 0 ? "," : "", languages[i], languages[i], languages[i]);
	(void)fprintf(file, "]}\n");
	must(fclose(file) == 0);
	*files = (struct session_files){ .directory = directory,
		.events = create(directory, "events.jsonl", "") };
}

static struct mux *begin(const struct session_segment *segment, FILE *file)
{
	static const uint8_t parameters[] = { 1 }; /* nobody looks at them: they are in band */
	const enum mux_codec codec = track_codec(segment->codec);
	const bool sound = codec == MUX_OPUS;
	struct mux *mux;
	const struct mux_config config = { .codec = codec,
		.track_uid = 1,
		.title = segment->name,
		.language = "und",
		.app = "test",
		.wall_ms = STARTED_MS + segment->from_ms,
		.channels = sound ? 1 : 0,
		.width = segment->width,
		.height = segment->height,
		.config = parameters,
		.config_len = sound || mux_is_webm(codec) ? 0 : sizeof(parameters),
		.cluster_ms = 1000,
		.cluster_max = (size_t)2 << 20 };
	const struct mux_port port = { .write = write_at, .ctx = file };
	must(mux_new(&config, &port, &mux) == 0);
	return mux;
}

static void write_frames(const struct session_segment *segment, struct mux *mux)
{
	unsigned n = 0;
	for (int64_t t = segment->from_ms; t < segment->to_ms; t += segment->step_ms) {
		const struct session_frame frame = segment->frame(segment->ctx, n++, t);
		struct mux_cluster unused;
		const struct mux_block block = { .time_ms = t - segment->from_ms,
			.duration_us = (uint32_t)segment->step_ms * 1000,
			.key = frame.key,
			.data = frame.data,
			.len = frame.len };
		must(mux_write_block(mux, &block) == 0);
		(void)mux_poll_cluster(mux, &unused); /* there is no ledger */
	}
}

void session_files_segment(const struct session_files *files, const struct session_segment *segment)
{
	char name[NAMES_FILE_LEN];
	struct mux_summary unused;
	names_segment(segment->name, segment->media, segment->number, name);
	FILE *file = create(
		files->directory, name, names_extension(mux_is_webm(track_codec(segment->codec))));
	struct mux *mux = begin(segment, file);
	write_frames(segment, mux);
	must(mux_finish(mux, &unused) == 0 && fclose(file) == 0);
	mux_free(mux);
	write_line(files->events, segment->from_ms, "segment-opened",
		"\"file\":\"%s\",\"track\":\"%s\",\"media\":\"%s\",\"codec\":\"%s\",\"t0_ms\":%lld,\"delivered\":%s",
		name, segment->name, names_media(segment->media), depay_codec_name(segment->codec),
		(long long)segment->from_ms, segment->delivered ? "true" : "false");
}

void session_files_show(const struct session_files *files, const char *source, int64_t t_ms)
{
	write_line(files->events, t_ms, "show", "\"source\":\"%s\",\"t_ms\":%lld", source,
		(long long)t_ms);
}

void session_files_end(struct session_files *files, int64_t end_ms)
{
	write_line(files->events, end_ms, "recording-stopped", "\"reason\":\"test\"");
	must(fclose(files->events) == 0);
	files->events = NULL;
}
