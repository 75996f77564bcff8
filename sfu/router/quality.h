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

struct quality_count {
	uint32_t voice; /* packets that carry voice, */
	uint32_t full;  /* and those of them at full level */
	uint32_t came;
	uint32_t expected;
};

struct quality {
	rs_time until;  /* when the present second ends */
	int64_t before; /* highest number before it */
	int64_t highest;
	struct quality_count present, last;
};

/* A packet as it came first (no repair); `level` is its -dBov, or negative when it is not told. Numbers may come in any order; a
 * leap back is another stream, of which nothing is missed before its first. */
void quality_add(struct quality *quality, int64_t seq, bool voice, int level, rs_time now);
/* Thousandths; 0 where there is nothing to judge by. */
uint32_t quality_clipping(const struct quality *quality, rs_time now);
uint32_t quality_loss(const struct quality *quality, rs_time now);
#endif
