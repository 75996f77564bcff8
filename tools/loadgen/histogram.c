#include "tools/loadgen/histogram.h"

/* The first two doublings' worth of values have buckets of 1 us; then each doubling has HISTOGRAM_STEPS. */
static unsigned bucket_of(uint64_t us)
{
	unsigned shift = 0;
	while (us >> shift >= 2 * HISTOGRAM_STEPS)
		shift++;
	const uint64_t at = (uint64_t)shift * HISTOGRAM_STEPS + (us >> shift);
	const uint64_t last = HISTOGRAM_STEPS * HISTOGRAM_DOUBLINGS - 1;
	return (unsigned)(at < last ? at : last);
}

/* The largest value that falls into it. */
static int64_t bucket_end(unsigned bucket)
{
	if (bucket < 2 * HISTOGRAM_STEPS)
		return bucket;
	const unsigned shift = bucket / HISTOGRAM_STEPS - 1;
	const uint64_t step = bucket % HISTOGRAM_STEPS + HISTOGRAM_STEPS;
	return (int64_t)(((step + 1) << shift) - 1);
}

void histogram_add(struct histogram *histogram, int64_t us)
{
	const int64_t value = us > 0 ? us : 0;
	histogram->n++;
	histogram->buckets[bucket_of((uint64_t)value)]++;
	if (histogram->max < value)
		histogram->max = value;
}

int64_t histogram_percentile(const struct histogram *histogram, double percent)
{
	const double wanted = (double)histogram->n * percent / 100;
	uint64_t below = 0;
	for (unsigned i = 0; i < HISTOGRAM_STEPS * HISTOGRAM_DOUBLINGS && histogram->n > 0; i++) {
		below += histogram->buckets[i];
		if ((double)below >= wanted && below > 0) {
			const int64_t end = bucket_end(i);
			return end < histogram->max ? end : histogram->max;
		}
	}
	return histogram->max;
}
