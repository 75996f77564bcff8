#include "sfu/bwe/rate.h"

#define LEAST_STEPS 4

void rate_init(struct rate *rate)
{
	*rate = (struct rate){ .started = false };
}

static uint32_t *octets_of(struct rate *rate, int64_t step)
{
	return &rate->octets[(uint64_t)step % RATE_STEPS];
}

static void move(struct rate *rate, int64_t step)
{
	if (step - rate->step >= RATE_STEPS) {
		for (unsigned i = 0; i < RATE_STEPS; i++)
			rate->octets[i] = 0;
		rate->sum = 0;
		rate->step = step;
		rate->first = step;
		return;
	}
	while (rate->step < step) {
		uint32_t *octets = octets_of(rate, ++rate->step);
		rate->sum -= *octets;
		*octets = 0;
	}
}

void rate_add(struct rate *rate, uint32_t octets, rs_time at)
{
	const int64_t step = at / RATE_STEP;

	if (!rate->started) {
		rate->started = true;
		rate->step = step;
		rate->first = step;
	}
	if (step > rate->step)
		move(rate, step);
	else if (step <= rate->step - RATE_STEPS)
		return;
	*octets_of(rate, step) += octets;
	rate->sum += octets;
}

uint32_t rate_bps(struct rate *rate, rs_time now)
{
	const int64_t step = now / RATE_STEP;

	if (!rate->started)
		return 0;
	if (step > rate->step)
		move(rate, step);
	int64_t steps = rate->step - rate->first + 1;
	steps = steps < LEAST_STEPS ? LEAST_STEPS : steps > RATE_STEPS ? RATE_STEPS : steps;
	const uint64_t bps = rate->sum * 8 * 1000000 / ((uint64_t)steps * (uint64_t)RATE_STEP);
	return bps < UINT32_MAX ? (uint32_t)bps : UINT32_MAX;
}
