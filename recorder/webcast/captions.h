/* recorder/webcast/captions.h
 *
 * Captions of a webcast as segments of WebVTT (RFC 8216 section 3.5): for each language the lines that are to be seen in a
 * segment's time. A captioner is seconds behind the speaker, and segments are not changed once they are out: a line whose time
 * is over already is seen from the next segment on, for as long as it would have been. A
 * correction takes effect where its line is not yet out.
 *
 * Sans-I/O; not thread safe. Bounded: CAPTIONS_LANGUAGES, CAPTIONS_WAITING lines in each; the oldest goes where there are more.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_CAPTIONS_H
#define ROSTRUM_RECORDER_WEBCAST_CAPTIONS_H

#include "common/base/buf.h"
#include "recorder/webcast/bulletin.h"

#define CAPTIONS_LANGUAGES 16
#define CAPTIONS_WAITING 32
/* A line can be read in that time. */
#define CAPTIONS_LEAST_MS 1500
/* What is over for longer is not seen any more: a webcast switched on late does not tell what was said before. */
#define CAPTIONS_LATE_MS 30000

struct captions_line {
	uint32_t line;
	int64_t from_ms; /* when it is to be seen, session time */
	int64_t to_ms;
	bool out; /* it is in a segment already */
	char text[BULLETIN_TEXT_MAX + 1];
};

struct captions_language {
	char language[sizeof(((struct bulletin_caption *)NULL)->language)];
	struct captions_line lines[CAPTIONS_WAITING];
	size_t n;
};

struct captions {
	struct captions_language languages[CAPTIONS_LANGUAGES];
	size_t n;
	uint64_t refused; /* lines of languages there is no room for */
};

/* A line. `next_ms`: where the segment that is made next begins. */
void captions_add(
	struct captions *captions, const struct bulletin_caption *caption, int64_t next_ms);
/* Append the segment of a language, by its place, from `from_ms` to `to_ms`; lines that are over go. 0, -E2BIG or -ENOMEM. */
int captions_write(struct captions *captions, size_t language, int64_t from_ms, int64_t to_ms,
	struct rs_buf *out) RS_MUST_USE;

#endif
