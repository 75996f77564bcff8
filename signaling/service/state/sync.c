#include "signaling/service/state/sync.h"

/* Part of the round trip by which its two ways may differ, to either side of the middle, and what clocks read in whole ms are wrong by. */
#define ASYMMETRY 16
#define READING RS_MS(1)
/* Answers hardly slower than the fastest tell how much it may be wrong. */
#define NEARLY RS_MS(5)

/* What clocks may drift apart within the answers that are kept, eight minutes: NTP slews by 500 parts in a million at most. */
#define DRIFT RS_MS(250)

static size_t count(const struct sync *sync)
{
	return sync->n < SYNC_SAMPLES_MAX ? sync->n : SYNC_SAMPLES_MAX;
}

void sync_ask(struct sync *sync, uint32_t nonce, rs_time now)
{
	sync->asked = nonce;
	sync->asked_at = now;
}

/* An answer is wrong by half of what it took at most, whichever way was the slower. Two that differ by more are of a clock that was set. */
static bool was_set(const struct sync *sync, const struct sync_sample *now)
{
	for (size_t i = 0; i < count(sync); i++) {
		const struct sync_sample *one = &sync->samples[i];
		const rs_time apart = one->offset > now->offset ? one->offset - now->offset
								: now->offset - one->offset;
		if (apart > (one->rtt + now->rtt) / 2 + 2 * READING + DRIFT)
			return true;
	}
	return false;
}

void sync_answer(struct sync *sync, uint32_t nonce, int64_t at_ms, rs_time now)
{
	if (sync->asked == 0 || nonce != sync->asked)
		return;
	const rs_time rtt = now - sync->asked_at;
	const struct sync_sample sample = {
		.rtt = rtt,
		.offset = RS_MS(at_ms) - (sync->asked_at + rtt / 2),
	};
	sync->asked = 0;
	if (was_set(sync, &sample))
		sync->n = 0;
	sync->samples[sync->n++ % SYNC_SAMPLES_MAX] = sample;
}

static const struct sync_sample *fastest(const struct sync *sync)
{
	const struct sync_sample *best = NULL;
	for (size_t i = 0; i < count(sync); i++) {
		if (best == NULL || sync->samples[i].rtt < best->rtt)
			best = &sync->samples[i];
	}
	return best;
}

rs_time sync_rtt(const struct sync *sync)
{
	const struct sync_sample *best = fastest(sync);
	return best != NULL ? best->rtt : -1;
}

bool sync_offset(const struct sync *sync, rs_time now, int64_t wall_ms, int64_t *out_ms)
{
	const struct sync_sample *best = fastest(sync);
	if (best == NULL)
		return false;
	*out_ms = (best->offset - (RS_MS(wall_ms) - now)) / RS_MS(1);
	return true;
}

static rs_time uncertainty(const struct sync *sync, const struct sync_sample *best)
{
	rs_time low = best->offset;
	rs_time high = best->offset;
	for (size_t i = 0; i < count(sync); i++) {
		const struct sync_sample *sample = &sync->samples[i];
		if (sample->rtt > best->rtt + best->rtt / 4 + NEARLY)
			continue;
		low = rs_time_min(low, sample->offset);
		high = rs_time_max(high, sample->offset);
	}
	return (high - low) / 2 + best->rtt / ASYMMETRY + READING;
}

/* How much longer than the fastest the line was seen to take. */
static rs_time jitter(const struct sync *sync, const struct sync_sample *best)
{
	rs_time worst = best->rtt;
	for (size_t i = 0; i < count(sync); i++)
		worst = rs_time_max(worst, sync->samples[i].rtt);
	return worst - best->rtt;
}

struct sync_press sync_press(const struct sync *sync, int64_t at_ms, rs_time line, rs_time now)
{
	const struct sync_sample *best = fastest(sync);
	if (best == NULL)
		return (struct sync_press){ .ago = 0 };
	const rs_time unsure = rs_time_min(uncertainty(sync, best), line);
	const rs_time usual = rs_time_min(best->rtt / 2, line);
	const rs_time slowest = rs_time_min(usual + jitter(sync, best) + 2 * unsure, line + unsure);
	const rs_time ago = now - (RS_MS(at_ms) - best->offset);
	const bool believed = ago >= -unsure && ago <= slowest;
	return (struct sync_press){
		.ago = believed ? rs_time_max(ago, 0) : usual,
		.uncertainty = unsure,
		.believed = believed,
	};
}
