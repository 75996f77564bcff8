#include "sfu/bwe/pacer.h"

/* What may go at once after a rest, and at least one full packet. */
#define DEPTH RS_MS(25)
#define DEPTH_LEAST_BITS ((int64_t)1500 * 8 * 1000000)
/* Overdrawn by sound at most so much: video does not wait longer for it. */
#define DEBT RS_MS(100)

static int64_t depth_of(const struct pacer *pacer)
{
	const int64_t depth = (int64_t)pacer->bps * DEPTH;

	return depth > DEPTH_LEAST_BITS ? depth : DEPTH_LEAST_BITS;
}

static void fill(struct pacer *pacer, rs_time now)
{
	const rs_time elapsed = rs_time_min(now - pacer->updated, RS_SEC(1));
	const int64_t most = depth_of(pacer);

	pacer->updated = now;
	if (elapsed <= 0)
		return;
	pacer->level += (int64_t)pacer->bps * elapsed;
	if (pacer->level > most)
		pacer->level = most;
}

void pacer_init(struct pacer *pacer, uint32_t bps, rs_time now)
{
	*pacer = (struct pacer){ .bps = bps, .updated = now };
	pacer->level = depth_of(pacer);
}

void pacer_set(struct pacer *pacer, uint32_t bps, rs_time now)
{
	if (bps == pacer->bps)
		return;
	fill(pacer, now);
	pacer->bps = bps;
	const int64_t most = depth_of(pacer);
	if (pacer->level > most)
		pacer->level = most;
}

void pacer_spend(struct pacer *pacer, uint32_t octets, rs_time now)
{
	const int64_t least = -(int64_t)pacer->bps * DEBT - DEPTH_LEAST_BITS;

	fill(pacer, now);
	pacer->level -= (int64_t)octets * 8 * 1000000;
	if (pacer->level < least)
		pacer->level = least;
}

bool pacer_may_send(struct pacer *pacer, rs_time now)
{
	if (pacer->bps == 0)
		return false;
	fill(pacer, now);
	return pacer->level >= 0;
}

rs_time pacer_deadline(const struct pacer *pacer)
{
	if (pacer->bps == 0)
		return RS_TIME_NEVER;
	if (pacer->level >= 0)
		return pacer->updated;
	return pacer->updated + (-pacer->level + pacer->bps - 1) / pacer->bps;
}
