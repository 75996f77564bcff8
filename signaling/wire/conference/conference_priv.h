/* signaling/wire/conference/conference_priv.h
 *
 * What the readers of a conference file share.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_CONFERENCE_PRIV_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_CONFERENCE_PRIV_H

#include "common/control/object.h"
#include "signaling/wire/conference/conference.h"

/* What all meetings of a file share while it is read. */
struct source {
	const struct object *root;
	bool stored; /* see struct conference_reader */
	const struct rules *rules;
	struct delegation *delegations; /* in the order of the file */
	size_t n_delegations;
	struct booth *booths;
	size_t n_booths;
};

/* Copy text that may not be empty and must fit. */
void conference_copy_text(
	const struct object *object, const char *key, const char *text, char *out, size_t cap);
#define READ_TEXT(object, key, array) \
	conference_copy_text((object), (key), object_text((object), (key)), (array), sizeof(array))

/* Nothing but these members, unless the file was taken before. */
#define ONLY(source, object, ...)                                        \
	do {                                                             \
		static const char *const keys[] = { __VA_ARGS__ };       \
		if (!(source)->stored)                                   \
			object_only((object), keys, RS_ARRAY_LEN(keys)); \
	} while (0)

/* --- people.c: delegations, badges, rooms, booths --- */

/* Delegations and booths, freed by source_done(); looks at languages and rooms. 0 (faults of the file are in its error) or -ENOMEM. */
int source_read(struct source *source) RS_MUST_USE;
void source_done(struct source *source);
/* The room of this meeting, by the id in its file. */
void conference_read_room(
	const struct source *source, const struct object *object, struct meeting *meeting);
void conference_read_badges(
	const struct source *source, const struct object *object, struct meeting *meeting);

#endif
