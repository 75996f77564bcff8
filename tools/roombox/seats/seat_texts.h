/* tools/roombox/seats/seat_texts.h
 *
 * Technicians' lines for displays at seats, as they stand: one a seat, SEAT_TEXTS_MAX of the newest. Each change has a number, so that
 * whoever shows them can be told what is new, and whoever comes later what stands. A plain value; whoever shares it locks.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_TEXTS_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_TEXTS_H

#include "tools/roombox/seats/seat_wire.h"

#define SEAT_TEXTS_MAX 32U

struct seat_text {
	uint64_t version;                  /* of its change; 0 = the place is free */
	char seat[SEATS_NAME_MAX + 1];     /* empty: the room itself */
	char text[SEAT_WIRE_TEXT_MAX + 1]; /* empty: it is over */
};

struct seat_texts {
	uint64_t version; /* of the newest */
	struct seat_text list[SEAT_TEXTS_MAX];
};

/* The seat's line is this now (cut to what fits), or over where it is empty. Of more seats than fit, the oldest is forgotten. */
void seat_texts_set(struct seat_texts *texts, const char *seat, const char *text);
/* The oldest of what changed after `seen`; of what changed up to `since` only lines that stand. False: there is none. */
bool seat_texts_next(
	const struct seat_texts *texts, uint64_t seen, uint64_t since, struct seat_text *out_text);

#endif
