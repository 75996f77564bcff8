/* signaling/captions/captions.h
 *
 * What human captioners write of a meeting: finished lines by language, numbered from 1 in each, and corrections of them. A
 * machine of decide and apply: decide changes nothing and gives a verdict and an event; apply cannot fail. What is being typed is no
 * part of it. One thread; allocates only in captions_new(). Bounded: of each language the times of the last CAPTIONS_KEPT lines,
 * and the text of the last CAPTIONS_SHOWN.
 */
#ifndef ROSTRUM_SIGNALING_CAPTIONS_CAPTIONS_H
#define ROSTRUM_SIGNALING_CAPTIONS_CAPTIONS_H

#include "signaling/meeting/meeting.h"
#include "signaling/rules/verdict.h"

/* Lines of a language that can still be corrected. */
#define CAPTIONS_KEPT 64
/* Lines that whoever comes is shown. */
#define CAPTIONS_SHOWN 3
/* So many lines and corrections of one language within so long: faster than anybody writes, and each is an event for every page. */
#define CAPTIONS_BURST 8
#define CAPTIONS_BURST_MS 8000

struct caption_line {
	uint32_t line;
	char text[EVENT_CAPTION_MAX + 1];
};

/* When a line was written, wall clock. */
struct caption_time {
	int64_t from_ms, to_ms;
};

struct captions_language {
	uint32_t last;                            /* number of the last line; 0 = none yet */
	struct caption_time times[CAPTIONS_KEPT]; /* of line n at n % CAPTIONS_KEPT */
	struct caption_line shown[CAPTIONS_SHOWN];
	int64_t events_ms[CAPTIONS_BURST]; /* of the last lines and corrections, a ring */
	uint32_t events;                   /* so many there were; it may wrap */
};

struct captions {
	const struct meeting *meeting;
	struct captions_language
		*languages; /* as many as the meeting has channels, in their order */
};

struct captions_command {
	const char *by;       /* badge */
	const char *language; /* a channel's */
	uint32_t line;        /* to be corrected; 0 = a new one */
	const char *text;
	int64_t from_ms; /* when it was begun, wall clock; 0 = not known */
	int64_t wall_ms;
};

/* For `meeting`, which must outlive it. 0 or -ENOMEM. */
int captions_new(const struct meeting *meeting, struct captions **out_captions) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct captions *captions_free(struct captions *captions);

/* 1 to CAPTION_CHARACTERS_MAX characters of UTF-8 on one line, no control characters, not blanks alone. */
bool caption_text_is_good(const char *text, size_t len);

/* Whether this badge may write this language at all: VERDICT_OK; VERDICT_NO_SUCH_CHANNEL, VERDICT_CHANNEL_NOT_YOURS. */
enum verdict captions_may(const struct captions *captions, const char *by, const char *language);
/* As captions_may(); VERDICT_NO_SUCH_LINE (not written yet, or too long ago), VERDICT_TOO_MANY (CAPTIONS_BURST). A correction has
 * the times of the line it corrects. */
enum verdict captions_decide(const struct captions *captions,
	const struct captions_command *command, struct events *out_events);
void captions_apply(struct captions *captions, const struct event *event);

/* NULL when the meeting has no such language. */
const struct captions_language *captions_find(
	const struct captions *captions, const char *language);
/* The i-th of the lines that are shown, the oldest first; NULL beyond the last. */
const struct caption_line *captions_shown(const struct captions_language *language, size_t i);

#endif
