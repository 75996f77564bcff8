/* signaling/wire/node/late.h
 *
 * What a room kept while its line was lost: how the recorder is told of a part and answers (common/control/PROTOCOL.md section 5),
 * and how the podium is told of outages (PROTOCOL.md 3, `measured`).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_LATE_H
#define ROSTRUM_SIGNALING_WIRE_NODE_LATE_H

#include "common/control/object.h"
#include "signaling/wire/node/node.h"

#define LATE_OUTAGES_MAX 8
#define LATE_SPANS_MAX 64

/* When a source was open, wall clock. */
struct late_span {
	int64_t from_us, to_us;
};

/* What is said with a part. */
struct late_part {
	uint64_t ticket;
	const char *meeting, *session, *source, *outage;
	uint32_t part, parts;
	int64_t from_us, to_us, shift_us;
	const struct late_span *open;
	size_t n_open;
};

enum late_state {
	LATE_LOST,       /* the line is */
	LATE_BACK,       /* it is there again, nothing was delivered yet */
	LATE_DELIVERING, /* parts come */
	LATE_DELIVERED,
	LATE_REFUSED,
};

/* An outage as people are told it. */
struct late_outage {
	char source[RS_NAME_MAX + 1];
	char outage[RS_NAME_MAX + 1]; /* "" = the box has not told yet */
	char reason[RS_NAME_MAX + 1]; /* of the refusal */
	char session[EVENT_SESSION_MAX +
		     1];        /* that was recorded when it changed last; "" = none was */
	int64_t from_ms, to_ms; /* wall clock; to_ms 0 = it lasts */
	int64_t at_ms;          /* since when its state is that */
	uint32_t part, parts;   /* delivered, of all */
	enum late_state state;
};

/* The recorder's answer to a part. */
struct late_answer {
	uint64_t ticket;
	const char *state; /* "kept", "refused", "later" */
	const char *reason;
	int64_t kept, had, shut, before;
};

/* Judge a message `late` of a recorder: a fault sticks in the object's error. */
void late_judge(const struct object *object);
/* Of a judged message. */
struct late_answer late_answer_read(const struct node_message *message);
/* What stands before a part. As node_write_event(). */
int wire_late_write(int64_t revision, const struct late_part *part, struct rs_buf *out) RS_MUST_USE;
/* The body of the answer to whoever delivered it. As node_write_event(). */
int late_answer_write(const struct late_answer *answer, struct rs_buf *out) RS_MUST_USE;
/* {"type": "measured", "patch": {"outages": [...]}}. As node_write_event(). */
int late_outages_write(const struct late_outage *outages, size_t n, struct rs_buf *out) RS_MUST_USE;

#endif
