#include "recorder/archive/session/late_recall.h"

#include "common/base/text.h"
#include "common/evidence/files.h"
#include "recorder/mux/reel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LEDGER_ENDING ".idx.jsonl"
/* A block that a recorder writes is never larger. */
#define BLOCK_MAX ((size_t)4 << 20)
/* No picture stands for so long while its line is there; an outage is longer. */
#define APART_MS 500
#define HALF_MS_US 500

/* One ledger under examination. */
struct recall {
	struct streams *live;
	struct streams *late;
	struct stream stream; /* what the lines of one SSRC add up to; ssrc 0 = none yet */
	bool delivered;
	bool begun;
	int64_t last_ms; /* of the last line */
};

static void keep_stream(struct recall *recall)
{
	if (recall->stream.ssrc != 0)
		streams_recall(recall->delivered ? recall->late : recall->live, &recall->stream);
	recall->stream = (struct stream){ 0 };
}

static void take_line(struct recall *recall, const struct ledger_line *line)
{
	recall->begun = true;
	recall->last_ms = line->t1_ms;
	recall->delivered = line->delivered;
	if (line->ssrc == 0 || line->seq1 < line->seq0)
		return;
	/* The first packet of a cluster is its anchor: a later line knows the stream's clock best. */
	if (line->ssrc != recall->stream.ssrc || line->seq0 < recall->stream.seq_last) {
		keep_stream(recall);
		recall->stream = (struct stream){ .ssrc = line->ssrc,
			.seq_first = line->seq0,
			.time_first_us = line->t0_ms * 1000 };
	}
	recall->stream.seq_last = line->seq1;
	recall->stream.rtp_last = (uint32_t)line->rtp0;
	recall->stream.time_last_us = line->t0_ms * 1000;
}

static int64_t read_file(void *ctx, uint64_t offset, void *data, size_t len)
{
	const int *fd = ctx;
	return files_read_at(*fd, data, len, offset);
}

/* Blocks that follow one another closely are a stretch of which nothing is missing. */
struct stretch {
	struct streams *late;
	int64_t from_ms, to_ms;
	bool begun;
};

static void end_stretch(struct stretch *stretch)
{
	if (stretch->begun) /* times in a file are rounded */
		streams_cover(stretch->late, stretch->from_ms * 1000 - HALF_MS_US - 1,
			stretch->to_ms * 1000);
	stretch->begun = false;
}

static void take_block(struct stretch *stretch, int64_t time_ms)
{
	if (stretch->begun && time_ms - stretch->to_ms > APART_MS)
		end_stretch(stretch);
	if (!stretch->begun)
		stretch->from_ms = time_ms;
	stretch->begun = true;
	stretch->to_ms = time_ms;
}

/* What lies behind the last line of a file that was cut off is there as well, also of what came live: a line may have been lost, and a
 * recorder killed, within the same second. Of an encrypted one nothing does: an open cluster is not on the disk. */
static void add_torn(const struct recall *recall, const char *path, int64_t first_ms)
{
	const int64_t after_ms = recall->begun ? recall->last_ms : INT64_MIN;
	struct stretch stretch = { .late = recall->late };
	struct reel *reel = NULL;
	struct reel_block block;
	int fd = names_is_sealed(path) ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	const struct reel_port port = { .read = read_file, .ctx = &fd };
	if (fd < 0)
		return;
	if (reel_new(&port, BLOCK_MAX, &reel) == 0) {
		while (reel_next(reel, &block) == 1) {
			if (first_ms + block.time_ms > after_ms)
				take_block(&stretch, first_ms + block.time_ms);
		}
	}
	end_stretch(&stretch);
	reel_free(reel);
	(void)close(fd); /* read only */
}

static int read_ledger(const struct session *session, const char *file, struct recall *recall)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines lines;
	struct line line;
	struct ledger ledger;
	ledger_init(&ledger);
	int err = names_file_path(session->directory, file, LEDGER_ENDING, path);
	if (err == 0)
		err = lines_open(&lines, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why;
		if (ledger_read(&ledger, &line, &entry, &why) == 0)
			take_line(recall, &entry);
	}
	lines_done(&lines);
	const json_t *torn = json_object_get(session->cut, file);
	if (torn != NULL && names_media_path(session->directory, file, path) == 0)
		add_torn(recall, path, json_integer_value(torn));
	keep_stream(recall);
	return 0;
}

int late_recall(const struct session *session, const char *name, enum archive_media media,
	struct streams *live, struct streams *late)
{
	uint32_t end;
	int err = session_next_segment(session, name, media, &end);
	for (uint32_t number = 1; err == 0 && number < end; number++) {
		struct recall recall = { .live = live, .late = late };
		char file[NAMES_FILE_LEN];
		names_segment(name, media, number, file);
		err = read_ledger(session, file, &recall);
	}
	return err;
}
