/* tests/support/phrase.h
 *
 * Sentences of a scenario and what they mean, as data: "{who} gives the floor to {whom}" is a pattern; what stands for each
 * name in braces is bound, and put in its place in the meaning. The names of people, lists and durations are checked as
 * they are bound, so that a sentence matches only if it makes sense. No I/O; aborts when memory runs out.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_PHRASE_H
#define ROSTRUM_TESTS_SUPPORT_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#define PHRASE_TEXT 256
#define PHRASE_BOUND 6

/* What a name in braces stands for, as it was written. */
struct phrase_bound {
	char name[24];
	char text[PHRASE_TEXT];
};

struct phrase_match {
	struct phrase_bound bound[PHRASE_BOUND];
	size_t n;
};

/* Does this text make sense for that name? */
typedef bool phrase_sense_fn(const void *ctx, const char *name, const char *text);

/* True when the whole sentence is the pattern with something in place of each name. */
bool phrase_match(const char *pattern, const char *sentence, phrase_sense_fn *sense,
	const void *ctx, struct phrase_match *out_match);
/* NULL when nothing of this name was bound. */
const char *phrase_bound(const struct phrase_match *match, const char *name);

/* "15 minutes", "90 seconds", "1 hour", "no limit" (0) in seconds; -1 when it is no duration. */
long phrase_seconds(const char *text);

#endif
