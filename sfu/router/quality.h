/* sfu/router/quality.h
 *
 * Whether an interpreter could work from a microphone, as far as its packets tell: how much of the voice is at full level, and how much
 * is lost on the way, both of the last one to two seconds. An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_ROUTER_QUALITY_H
#define ROSTRUM_SFU_ROUTER_QUALITY_H

#include "common/base/mem.h"
#include "common/base/time.h"

/* A packet no quieter than this, -dBov (RFC 6464), is at full level: its loudest samples were cut off. */
#define QUALITY_FULL_LEVEL 3

/* All of a stream up to now. */
struct quality_count {
	uint64_t voice; /* packets that carry voice, */
	uint64_t full;  /* and those of them at full level */
	uint64_t came;
	uint64_t expected;
};

struct quality {
	uint32_t stream; /* 0 = nothing came yet */
	rs_time until;   /* when the present second ends */
	struct quality_count count;
	struct quality_count before;      /* as the present second began, */
	struct quality_count before_last; /* and the one before it */
};

/* A packet came as the publisher first sent it (no repair): one of `came` of the `expected` of its stream, as its reports count them.
 * `stream` is not 0; another one begins anew. `level` is its -dBov, or negative when it is not told. */
struct quality_packet {
	uint32_t stream;
	uint64_t came;
	uint64_t expected;
	bool voice;
	int level;
};
void quality_add(struct quality *quality, const struct quality_packet *packet, rs_time now);
/* Thousandths; 0 where there is nothing to judge by, as while nothing comes: an outage counts once it is over. */
uint32_t quality_clipping(const struct quality *quality, rs_time now);
uint32_t quality_loss(const struct quality *quality, rs_time now);
/* Whether a packet came within the time that these are of, since the last one of `last`. */
bool quality_is_recent(rs_time last, rs_time now);
#endif
