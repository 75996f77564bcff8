#include "sfu/io/transit.h"

const uint32_t transit_bounds[TRANSIT_BUCKETS] = { 50, 100, 200, 500, 1000, 2000, 5000, 10000,
	20000, 50000, 100000, 200000 };

/* The wall clock was set in between. */
#define NONSENSE RS_SEC(10)

void transit_batch(struct transit *transit, int64_t stamp_us, unsigned packets)
{
	if (stamp_us == 0 || packets == 0)
		return;
	if (transit->n_batches == TRANSIT_BATCHES) {
		transit->batches[TRANSIT_BATCHES - 1].packets += packets;
		return;
	}
	transit->batches[transit->n_batches].stamp_us = stamp_us;
	transit->batches[transit->n_batches++].packets = packets;
}

static void count(struct transit *transit, rs_time took, unsigned packets)
{
	size_t at = 0;

	while (at < TRANSIT_BUCKETS && took > transit_bounds[at])
		at++;
	transit->counts[at] += packets;
	transit->packets += packets;
	transit->sum_us += (uint64_t)took * packets;
	transit->worst = rs_time_max(transit->worst, took);
}

void transit_turn(struct transit *transit, int64_t now_us, rs_time began, rs_time now)
{
	for (unsigned i = 0; i < transit->n_batches; i++) {
		const rs_time took = now_us - transit->batches[i].stamp_us;
		if (took >= 0 && took < NONSENSE)
			count(transit, took, transit->batches[i].packets);
	}
	transit->n_batches = 0;
	transit->turn_worst = rs_time_max(transit->turn_worst, now - began);
}

void transit_worst(struct transit *transit, rs_time *out_packet, rs_time *out_turn)
{
	*out_packet = transit->worst;
	*out_turn = transit->turn_worst;
	transit->worst = 0;
	transit->turn_worst = 0;
}
