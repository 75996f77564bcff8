/* tools/roombox/outage/outage.h
 *
 * What is kept of outages (keep.h), on disk, and its delivery: a thread of its own writes it down as it comes and brings it to signaling,
 * part by part, once there is a line. A folder for each outage:
 *
 *   head           when it was, by which clock: "boot-id clock-us wall-us from-us to-us"; to-us 0 = it lasts
 *   000001.part    records of common/control/late.h, LATE_PART_MAX octets at most; removed when the recorder has them
 *
 * A process that is killed goes on where it was: a record that is not whole is left out, parts that are there are delivered, and an
 * outage of this boot that has not ended is gone on with. What the recorder will never take is kept under `refused-`, and told in the log.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_OUTAGE_OUTAGE_H
#define ROSTRUM_TOOLS_ROOMBOX_OUTAGE_OUTAGE_H

#include "common/base/time.h"
#include "tools/roombox/outage/keep.h"

struct outage;

struct outage_config {
	const char *directory; /* made if it is not there; borrowed, as the other texts */
	uint64_t octets_max;   /* of all that is kept; more is left out, and told */
	uint64_t reserve;      /* of these, and of the disk, for sound alone: writing.h */
	uint32_t bps;          /* of delivery, so that what is said now has room */
	const char *base;      /* of signaling */
	const char *meeting;
	const char *source; /* for the log */
	const char *token;
};

/* Reads what is there, starts the thread. 0; -EIO (the directory cannot be made or read: told in the log), -ENOMEM. */
int outage_new(const struct outage_config *config, struct outage **out_outage) RS_MUST_USE;
/* Writes down what it has, ends the thread; may wait for a request under way to be given up. NULL is fine. Returns NULL. */
struct outage *outage_free(struct outage *outage);
/* An outage was begun before this start and has not ended: keep_resume(). */
bool outage_lasts(const struct outage *outage);
/* What keep_poll() told, and the octets of keep_out(): all are taken, or left out where the thread is far behind. With the end, what
 * keep_left_out() says; all that was left out is told in the log then. */
void outage_begin(struct outage *outage, rs_time from);
void outage_end(struct outage *outage, rs_time to, uint64_t left_out);
void outage_take(struct outage *outage, struct rs_buf *records);
/* The room for what is kept, as it was a second ago. Waits for nobody. */
struct outage_room {
	uint64_t used, most; /* octets */
	uint64_t free;       /* of the disk */
	uint64_t left_out;   /* since the start, of what was to be kept */
	bool failing;        /* the disk does not take what is to be kept; it is tried again */
	bool sound_alone;    /* pictures are left out, so that there is room for sound */
};
struct outage_room outage_room(const struct outage *outage);
/* Whether there is a line: delivery waits for it. */
void outage_line(struct outage *outage, bool there);

#endif
