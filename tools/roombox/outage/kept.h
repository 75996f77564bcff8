/* tools/roombox/outage/kept.h
 *
 * The folders of outage.h on disk: made, written to, read back after a kill, emptied part by part. Blocking file I/O, for one thread.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_OUTAGE_KEPT_H
#define ROSTRUM_TOOLS_ROOMBOX_OUTAGE_KEPT_H

#include "common/base/text.h"
#include "common/base/time.h"
#include "common/control/late.h"

#define KEPT_PATH_MAX 512
#define KEPT_BOOT_LEN 40

/* When an outage was, by which clock. */
struct kept_head {
	char boot[KEPT_BOOT_LEN]; /* the clock is the monotonic one of this boot */
	rs_time clock_us;         /* and of the same moment: */
	int64_t wall_us;
	rs_time from_us;
	rs_time to_us; /* 0 = it lasts */
};

struct kept {
	char directory[KEPT_PATH_MAX];
	char boot[KEPT_BOOT_LEN];
	uint64_t max;
	uint64_t octets; /* in all folders */
	/* the one that is written */
	char writing[RS_NAME_MAX + 1]; /* "" = none */
	struct kept_head head;
	int fd; /* of its last part; -1 = none */
	uint32_t part;
	size_t part_len;
	bool dirty;
};

/* 0 or -EIO. */
int kept_open(struct kept *kept, const char *directory, uint64_t max) RS_MUST_USE;
void kept_close(struct kept *kept);
/* An outage of this boot lasts: it is the one that is written. */
bool kept_lasts(const struct kept *kept);
/* `name` is that of its folder. 0; -EIO and errno: then there is no outage that is written, and another name is tried. */
int kept_begin(struct kept *kept, const char *name, rs_time from) RS_MUST_USE;
/* Whole records. 0; -ENOSPC (`max`), -EIO and errno: the first *out_written octets are written, the others can be tried again. */
int kept_write(struct kept *kept, const uint8_t *data, size_t len, size_t *out_written) RS_MUST_USE;
/* What was written is to be there after a loss of power. */
void kept_sync(struct kept *kept);
void kept_end(struct kept *kept, rs_time to);

/* The next part to be delivered: of the oldest outage that is over. 1; 0 = there is none. */
struct kept_part {
	char outage[RS_NAME_MAX + 1];
	struct kept_head head;
	uint32_t number;
	uint32_t parts; /* the last one's number */
	size_t len;     /* of whole records; 0 = it was cut off before its first */
	uint8_t data[LATE_PART_MAX];
};
int kept_next(struct kept *kept, struct kept_part *out_part);
/* The recorder has it; or it never will have any of this outage. */
void kept_done(struct kept *kept, const struct kept_part *part);
void kept_refused(struct kept *kept, const struct kept_part *part);

#endif
