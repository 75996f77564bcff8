/* tests/support/manual.h
 *
 * The table of commands in signaling/wire/PROTOCOL.md, read: which members each has, and which words they may be. So a
 * test of random commands knows a new one as soon as it is described. No I/O but the reading; aborts when the table is not there.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_MANUAL_H
#define ROSTRUM_TESTS_SUPPORT_MANUAL_H

#include <stddef.h>

#define MANUAL_NAME 32
#define MANUAL_MEMBERS 8
#define MANUAL_WORDS 16

struct manual_member {
	char name[MANUAL_NAME];
	char words[MANUAL_WORDS][MANUAL_NAME]; /* in brackets behind it */
	size_t n_words;
};

struct manual_command {
	char name[MANUAL_NAME];
	struct manual_member members[MANUAL_MEMBERS];
	size_t n;
};

struct manual {
	struct manual_command *list;
	size_t n;
};

struct manual *manual_new(void);
void manual_free(struct manual *manual);
/* The words a member may be: its own, or else those the paper gives one of this name elsewhere; NULL = none. */
const struct manual_member *manual_words(
	const struct manual *manual, const struct manual_member *member);
/* NULL when the paper does not describe it. */
const struct manual_command *manual_find(const struct manual *manual, const char *name);

#endif
