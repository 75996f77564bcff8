#include "recorder/programme/strands.h"

#include "recorder/archive/track/track.h"
#include "recorder/programme/window.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The segments of one track, read one after the other; one that was delivered is read by itself, since it lies beside what came live. */
struct strand {
	size_t segment; /* of the script; n_segments = at the end */
	struct window window;
	struct reel *reel;
	struct reel_block block; /* the next, if there is one */
	int64_t time_ms;         /* its session time */
};

struct strands {
	const char *directory;
	const struct script *script;
	struct strand **list;
	size_t n;
	struct strand *given; /* goes on with the next call; NULL = none */
	uint64_t unreadable;
};

static void close_reel(struct strand *strand)
{
	strand->reel = reel_free(strand->reel);
	window_shut(&strand->window);
}

/* 0, -ENOMEM, or any other error: the file cannot be used. */
static int open_reel(const char *path, struct strand *strand)
{
	int err = window_open(path, &strand->window);
	if (err < 0)
		return err;
	const struct reel_port port = window_port(&strand->window);
	err = reel_new(&port, STRANDS_BLOCK_MAX, &strand->reel);
	if (err < 0)
		close_reel(strand);
	return err;
}

static int open_segment(const struct strands *strands, struct strand *strand)
{
	const struct script_segment *segment = &strands->script->segments[strand->segment];
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	names_segment(segment->name, segment->media, segment->number, file);
	const bool webm = mux_is_webm(track_codec(segment->codec));
	int err = names_file_path(strands->directory, file, names_extension(webm), path);
	if (err == 0)
		err = open_reel(path, strand);
	return err;
}

static bool same_track(const struct script_segment *a, const struct script_segment *b)
{
	return a->media == b->media && !a->delivered && !b->delivered &&
	       strcmp(a->name, b->name) == 0;
}

static void next_segment(const struct script *script, struct strand *strand)
{
	const size_t before = strand->segment;
	do
		strand->segment++;
	while (strand->segment < script->n_segments &&
		!same_track(&script->segments[before], &script->segments[strand->segment]));
}

/* The next frame of this track, from the next segment if need be. 0 or -ENOMEM. */
static int advance(struct strands *strands, struct strand *strand)
{
	const struct script *script = strands->script;
	while (strand->segment < script->n_segments) {
		int got = strand->reel == NULL ? open_segment(strands, strand) : 0;
		if (got == 0)
			got = reel_next(strand->reel, &strand->block);
		if (got == 1) {
			strand->time_ms =
				script->segments[strand->segment].t0_ms + strand->block.time_ms;
			return 0;
		}
		if (got == -ENOMEM)
			return got;
		strands->unreadable += got < 0 ? 1 : 0;
		close_reel(strand);
		next_segment(script, strand);
	}
	return 0;
}

static bool is_first_of_track(const struct script *script, size_t segment)
{
	for (size_t i = 0; i < segment; i++)
		if (same_track(&script->segments[i], &script->segments[segment]))
			return false;
	return true;
}

static int add_strand(struct strands *strands, size_t segment)
{
	struct strand *strand = strands->n < STRANDS_MAX ? rs_zalloc(sizeof(*strand)) : NULL;
	if (strand == NULL)
		return strands->n < STRANDS_MAX ? -ENOMEM : -E2BIG;
	strand->segment = segment;
	strand->window.fd = -1;
	strands->list[strands->n++] = strand;
	return 0;
}

int strands_new(const char *directory, const struct script *script,
	bool (*wants)(const struct script_segment *segment), struct strands **out_strands)
{
	struct strands *strands = rs_zalloc(sizeof(*strands));
	if (strands == NULL)
		return -ENOMEM;
	*strands = (struct strands){ .directory = directory, .script = script };
	strands->list = rs_calloc(script->n_segments + 1, sizeof(struct strand *));
	int err = strands->list != NULL ? 0 : -ENOMEM;
	for (size_t i = 0; i < script->n_segments && err == 0; i++)
		if (wants(&script->segments[i]) && is_first_of_track(script, i))
			err = add_strand(strands, i);
	if (err < 0) {
		strands_free(strands);
		return err;
	}
	*out_strands = strands;
	return 0;
}

struct strands *strands_free(struct strands *strands)
{
	if (strands == NULL)
		return NULL;
	for (size_t i = 0; i < strands->n; i++) {
		close_reel(strands->list[i]);
		rs_release(strands->list[i]);
	}
	rs_release(strands->list);
	return rs_release(strands);
}

/* When the track goes on: a segment that is not open yet begins with its time 0. */
static int64_t time_of(const struct strands *strands, const struct strand *strand)
{
	if (strand->segment == strands->script->n_segments)
		return INT64_MAX;
	return strand->reel != NULL ? strand->time_ms
				    : strands->script->segments[strand->segment].t0_ms;
}

static struct strand *earliest(const struct strands *strands)
{
	struct strand *first = NULL;
	for (size_t i = 0; i < strands->n; i++)
		if (time_of(strands, strands->list[i]) != INT64_MAX &&
			(first == NULL ||
				time_of(strands, strands->list[i]) < time_of(strands, first)))
			first = strands->list[i];
	return first;
}

int strands_next(struct strands *strands, struct strands_frame *out_frame)
{
	struct strand *strand = strands->given;
	int err = strand != NULL ? advance(strands, strand) : 0;
	strands->given = NULL;
	while (err == 0 && (strand = earliest(strands)) != NULL) {
		if (strand->reel == NULL) { /* only now, so that few files are open at a time */
			err = advance(strands, strand);
			continue;
		}
		strands->given = strand;
		*out_frame = (struct strands_frame){ .segment = strand->segment,
			.head = reel_head(strand->reel),
			.block = &strand->block,
			.time_ms = strand->time_ms };
		return 1;
	}
	return err;
}

uint64_t strands_unreadable(const struct strands *strands)
{
	return strands->unreadable;
}

/* A disk that failed may keep the head of a file, and lose the rest. */
static bool is_whole(const struct strand *strand)
{
	const struct reel_head *head = reel_head(strand->reel);
	struct stat st;
	return head->finished && fstat(strand->window.fd, &st) == 0 &&
	       (uint64_t)st.st_size >= head->end;
}

int64_t strands_length(const char *path)
{
	struct strand *strand = rs_zalloc(sizeof(*strand));
	int64_t length_ms = -1;
	if (strand != NULL && open_reel(path, strand) == 0) {
		length_ms = is_whole(strand) ? reel_head(strand->reel)->duration_ms : -1;
		close_reel(strand);
	}
	rs_release(strand);
	return length_ms;
}
