/* tools/roombox/outage/writing.h
 *
 * An outage on its way to the disk (kept.h). What the disk does not take is tried again each WRITING_AGAIN, with all that has come
 * meanwhile, up to WRITING_WAITS octets; one that has ended by then is still written down, and goes on if another begins before. Where
 * room gets short, on the disk or here, pictures are left out and sound is not: the last `reserve` octets are for sound alone. All of it
 * is told in the log, once each time. For one thread; file I/O as kept.h.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_OUTAGE_WRITING_H
#define ROSTRUM_TOOLS_ROOMBOX_OUTAGE_WRITING_H

#include "tools/roombox/outage/edges.h"
#include "tools/roombox/outage/kept.h"

#define WRITING_WAITS ((size_t)16 << 20)
#define WRITING_AGAIN RS_SEC(1)

struct writing {
	struct kept *kept;
	const char *source; /* for the log */
	uint64_t reserve;   /* octets */
	uint64_t left_out;  /* octets that were given, and are not written */
	bool failing;       /* the disk refuses: what comes waits */
	bool sound_alone;   /* there is no room for pictures */
	/* what is not written yet */
	bool begins, ends; /* in this order */
	rs_time from, to;
	struct rs_buf waiting; /* between them */
	bool full;             /* told so */
	rs_time at;            /* not before */
};

/* `kept` and `source` are borrowed. */
void writing_init(struct writing *writing, struct kept *kept, const char *source, uint64_t reserve);
/* What waits is lost. */
void writing_done(struct writing *writing);
/* What happened, and whole records of it. */
void writing_give(
	struct writing *writing, const struct edges *edges, const uint8_t *records, size_t len);
/* Writes what waits, where the disk has `free` octets; the end of an outage is told by true, once it is written down. */
bool writing_turn(struct writing *writing, uint64_t free, rs_time now);

#endif
