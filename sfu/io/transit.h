/* sfu/io/transit.h
 *
 * How long packets are in the server: from the kernel taking them off the wire to the last send of the
 * turn that forwards them, so that a busy loop's backlog counts. One thread; fed once a batch and twice a turn,
 * and every packet of a batch counts as long as its first: an upper bound that costs next to nothing.
 * What a pacer or another thread holds back later is not in it.
 */
#ifndef ROSTRUM_SFU_IO_TRANSIT_H
#define ROSTRUM_SFU_IO_TRANSIT_H

#include "common/base/mem.h"
#include "common/base/time.h"

/* Upper bounds of the buckets in microseconds; one more counts all above. */
#define TRANSIT_BUCKETS 12
extern const uint32_t transit_bounds[TRANSIT_BUCKETS];
/* Batches remembered in a turn; what comes beyond joins the last. */
#define TRANSIT_BATCHES 32

struct transit {
	uint64_t counts[TRANSIT_BUCKETS + 1];
	uint64_t sum_us;
	uint64_t packets;
	rs_time worst;      /* since transit_worst() */
	rs_time turn_worst; /* likewise: longest turn of the loop, wake to sleep */
	struct {
		int64_t stamp_us;
		unsigned packets;
	} batches[TRANSIT_BATCHES];
	unsigned n_batches;
};

/* A batch of `packets` was read; the kernel had the first at `stamp_us` (wall clock; 0 = not known). */
void transit_batch(struct transit *transit, int64_t stamp_us, unsigned packets);
/* Everything of the turn that began at `began` (monotonic) was handed to the system. */
void transit_turn(struct transit *transit, int64_t now_us, rs_time began, rs_time now);
/* Worst of packet and turn since it was last asked. */
void transit_worst(struct transit *transit, rs_time *out_packet, rs_time *out_turn);

#endif
