/* recorder/control/storage.h
 *
 * What the disk of the archives can still take: how long the free space lasts at the rate at which it goes, and whether pictures
 * are left out so that sound and events go on. An embedded value, fed with what is measured; no I/O, no allocation.
 *
 * Pictures are left out while too much waits for the disk, or while no more is free than the reserve: that is for sound and events
 * alone. Both bounds are passed again some way back before pictures go on. Before either is reached the level says so.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_STORAGE_H
#define ROSTRUM_RECORDER_CONTROL_STORAGE_H

#include "common/base/mem.h"
#include "common/base/time.h"

#define STORAGE_SAMPLES 60
#define STORAGE_EVERY RS_SEC(5)
/* Of the file system, whatever the reserve says: the part it may take. */
#define STORAGE_RESERVE_PART 20

enum storage_level {
	STORAGE_GREEN,
	STORAGE_AMBER,
	STORAGE_RED,
};

/* What keeps it from taking all. */
enum storage_why {
	STORAGE_FINE,
	STORAGE_SLOW,        /* too much waits */
	STORAGE_NEARLY_FULL, /* no more is free than the reserve */
	STORAGE_FULL,        /* nothing goes any more: all that comes waits */
};

struct storage_rules {
	uint64_t reserve; /* octets; a twentieth of the file system at most */
	rs_time amber;    /* less than this is left until pictures are left out */
	rs_time red;      /* the same; at most `amber` */
	size_t queue_max; /* octets that may wait for the disk */
};

struct storage_sample {
	uint64_t free;    /* octets, of the file system */
	uint64_t total;   /* likewise; 0 = not known, as `free` is */
	uint64_t written; /* octets ever written */
	size_t backlog;   /* octets that wait */
	bool full;        /* the last of them found no room */
};

struct storage_state {
	bool known; /* what is free was measured */
	uint64_t free;
	uint64_t rate; /* octets a second by which it becomes less; 0 = none, or not known yet */
	rs_time left; /* until pictures are left out, or, when they are, until nothing goes; RS_TIME_NEVER = not known */
	size_t backlog;
	enum storage_level level;
	enum storage_why why;
};

struct storage_point {
	rs_time at;
	uint64_t free;
	uint64_t written;
};

struct storage {
	struct storage_rules rules;
	struct storage_state state;
	rs_time full_at;                              /* when it was full last */
	struct storage_point points[STORAGE_SAMPLES]; /* the last minutes, the oldest at `first` */
	size_t first;
	size_t n;
};

void storage_init(struct storage *storage, const struct storage_rules *rules);
/* What is measured `now`; as often as one likes. True when `why` changed. */
bool storage_add(struct storage *storage, const struct storage_sample *sample, rs_time now);
/* "green", "amber", "red"; and as the papers have it: "", "slow", "nearly-full", "full". */
const char *storage_level_name(enum storage_level level);
const char *storage_why_name(enum storage_why why);

#endif
