/* tools/loadgen/histogram.h
 *
 * Counts durations so that percentiles can be read off: buckets of at most 1.6 % width, 1 us to an
 * hour and more. An embedded value of fixed size, zeroed at birth.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_HISTOGRAM_H
#define ROSTRUM_TOOLS_LOADGEN_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 64 /* buckets a doubling */
#define HISTOGRAM_DOUBLINGS 28

struct histogram {
	uint64_t n;
	int64_t max;
	uint64_t buckets[HISTOGRAM_STEPS * HISTOGRAM_DOUBLINGS];
};

/* What is below 0 counts as 0, what is above the range as its end. */
void histogram_add(struct histogram *histogram, int64_t us);
/* The least duration that at least `percent` of all do not exceed (to the bucket's width); 0 when empty. */
int64_t histogram_percentile(const struct histogram *histogram, double percent);

#endif
