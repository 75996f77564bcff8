/* recorder/webcast/rendition.h
 *
 * One rendition of a webcast: its media playlist (RFC 8216), the segments in it and those that are kept a while longer.
 *
 * A segment's number is that of its time: wall-clock time of the session's beginning and session time, each in segments. So numbers
 * only ever grow, over restarts and over sessions of the same meeting, no name is used twice, and all
 * renditions say the same. Where numbers jump (the program was away for longer than a player waits), the playlist
 * begins anew with the first one after it; times go on, so there is no discontinuity.
 *
 * Sans-I/O but for the shelf; not thread safe. Allocates only for the playlist's text.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_RENDITION_H
#define ROSTRUM_RECORDER_WEBCAST_RENDITION_H

#include "common/base/buf.h"
#include "common/base/text.h"
#include "recorder/webcast/shelf.h"

/* "a-" and a name. */
#define RENDITION_FOLDER_LEN (RS_NAME_MAX + 3)
#define RENDITION_FILE_LEN 32
#define RENDITION_PLAYLIST "index.m3u8"

struct rendition_config {
	char folder[RENDITION_FOLDER_LEN];
	const char *ending;  /* of segments: "m4s", "vtt"; static */
	uint32_t segment_ms; /* each lasts as long, but for the last one of all */
	uint32_t window;     /* segments a playlist names */
	int64_t base;        /* number of the segment of session time 0 */
	int64_t started_ms;  /* wall clock of session time 0 */
};

struct rendition {
	struct rendition_config config;
	int64_t first; /* numbers of the playlist, `n` of them */
	uint32_t n;
	int64_t oldest;                /* of the segments that are on the shelf */
	int64_t last_ms;               /* how long the last one lasts */
	char init[RENDITION_FILE_LEN]; /* what segments are read with; "" = nothing */
	char stale
		[RENDITION_FILE_LEN]; /* what they were read with, as long as the playlist says so */
	bool ended;
};

void rendition_init(struct rendition *rendition, const struct rendition_config *config);
/* What an earlier run left: segments of these numbers (as from a directory, in any order), and its init. They are gone on
 * with if they are of this session. */
void rendition_resume(
	struct rendition *rendition, int64_t oldest, int64_t first, uint32_t n, const char *init);
/* The number that comes next; -1 = there is nothing to go on with. */
int64_t rendition_next(const struct rendition *rendition);
/* What the segments from now on are read with; what is in the playlist is taken out with the next segment if it was read with something
 * else, and then dropped. 0 or the shelf's error. */
int rendition_begin(struct rendition *rendition, const struct shelf *shelf, const void *data,
	size_t len) RS_MUST_USE;
/* A segment; `number` counts from session time 0. One that is there already is passed over. 0; -ENOMEM; or the shelf's error: it is
 * as if it had not come. */
int rendition_add(struct rendition *rendition, const struct shelf *shelf, int64_t number,
	int64_t duration_ms, const void *data, size_t len) RS_MUST_USE;
/* No more segments come: the playlist says so. 0; -ENOMEM; or the shelf's error. */
int rendition_end(struct rendition *rendition, const struct shelf *shelf) RS_MUST_USE;
/* "897652801.m4s" */
void rendition_file(
	const struct rendition *rendition, int64_t number, char out[RENDITION_FILE_LEN]);

#endif
