#include "sfu/rewrite/temporal.h"

void temporal_init(struct temporal *temporal)
{
	*temporal = (struct temporal){ .target = TEMPORAL_ALL, .current = TEMPORAL_ALL };
}

void temporal_aim(struct temporal *temporal, uint8_t target)
{
	temporal->target = target < TEMPORAL_ALL ? target : TEMPORAL_ALL;
}

static bool decide(struct temporal *temporal, const struct temporal_in *in)
{
	if (in->keyframe || temporal->current > temporal->target)
		temporal->current = temporal->target;
	if (in->sync && in->tid == temporal->current + 1 && in->tid <= temporal->target)
		temporal->current = in->tid;
	const bool taken = in->tid <= temporal->current;
	if (taken && in->switch_up)
		temporal->current = temporal->target;
	return taken;
}

bool temporal_take(struct temporal *temporal, const struct temporal_in *in)
{
	if (temporal->any && temporal->rtp_ts == in->rtp_ts && !in->keyframe)
		return temporal->taken;
	temporal->taken = decide(temporal, in);
	temporal->rtp_ts = in->rtp_ts;
	temporal->any = true;
	return temporal->taken;
}
