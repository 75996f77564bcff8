/* signaling/archive/captions.h
 *
 * WebVTT (W3C) as far as the archive's captions need it for being searched: when each cue is shown, and its words. The file comes
 * from a disk that others write to. Pure, no allocation.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_CAPTIONS_H
#define ROSTRUM_SIGNALING_ARCHIVE_CAPTIONS_H

#include "common/base/mem.h"

/* Octets of a file that is read, cues of one, octets of a cue's text; what is beyond is left out. */
#define CAPTIONS_OCTETS_MAX ((size_t)8 << 20)
#define CAPTIONS_CUES_MAX 65536
#define CAPTIONS_TEXT_MAX 1024

struct captions_cue {
	int64_t from_ms, to_ms;
	char text[CAPTIONS_TEXT_MAX +
		  1]; /* lines joined by spaces, tags taken out, entities resolved, UTF-8 */
};

/* A place in a text that is walked through. */
struct captions {
	const char *at, *end;
	size_t n; /* cues given so far */
};

/* Start at the head of the file. 0, or -EBADMSG: this is no WebVTT. `text` is borrowed. */
int captions_begin(struct captions *captions, const char *text, size_t len) RS_MUST_USE;
/* The next cue that has words and whose times can be read. False at the end. */
bool captions_next(struct captions *captions, struct captions_cue *out_cue);

#endif
