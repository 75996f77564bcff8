/* tools/roombox/outage/deliver.h
 *
 * Bringing what was kept to signaling by HTTP (libcurl), a request at a time, for a thread that may wait; and when to try again. The
 * latter is a machine without I/O: struct deliver.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_OUTAGE_DELIVER_H
#define ROSTRUM_TOOLS_ROOMBOX_OUTAGE_DELIVER_H

#include "common/base/time.h"
#include "tools/roombox/outage/kept.h"

/* What is to become of a part after an answer. */
enum deliver_next {
	DELIVER_DONE,    /* the recorder has it */
	DELIVER_AGAIN,   /* at deliver->at */
	DELIVER_REFUSED, /* it will never be taken */
};

struct deliver {
	uint32_t bps; /* at most so many bits a second, over some parts */
	rs_time at;   /* not before */
	unsigned failures;
};

/* An HTTP status (0 = none) came at `now` for `len` octets that were sent at `sent`. Pure. */
enum deliver_next deliver_judge(
	struct deliver *deliver, long status, size_t len, rs_time sent, rs_time now);

struct deliver_line;
struct deliver_to {
	const char *base; /* of signaling; all borrowed */
	const char *meeting;
	const char *token;
	/* Called now and then while a request is under way: true gives it up. */
	bool (*stop)(void *ctx);
	void *ctx;
};
/* 0, -ENOMEM, -EIO (libcurl). */
int deliver_line_new(const struct deliver_to *to, struct deliver_line **out_line) RS_MUST_USE;
struct deliver_line *deliver_line_free(struct deliver_line *line);
/* How far signaling's wall clock is from our monotonic one, of the quickest of some answers. 0 or -EIO. */
int deliver_clock(struct deliver_line *line, int64_t *out_shift_us) RS_MUST_USE;
/* Delivers a part; its HTTP status, 0 = no answer. `shift_us` is that of the part's own times. `reason`: up to 160 octets of the answer. */
long deliver_put(struct deliver_line *line, const struct kept_part *part, int64_t shift_us,
	char reason[161]);

#endif
