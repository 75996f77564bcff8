/* tools/loadgen/load.h
 *
 * The whole load: all members over one loop, through joining, settling, measuring and leaving.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_LOAD_H
#define ROSTRUM_TOOLS_LOADGEN_LOAD_H

#include "tools/loadgen/histogram.h"
#include "tools/loadgen/member.h"
#include "tools/loadgen/options.h"
#include "tools/loadgen/process.h"

/* What came of it. Counts are of the measurement alone. */
struct load_result {
	size_t publishers;
	size_t players;
	size_t publishers_live; /* at the end of the measurement */
	size_t players_live;
	unsigned refused_status; /* HTTP status of a refusal; 0 = none, or no answer at all */
	double seconds;
	struct member_counts counts;
	rs_time longest_gap;      /* of any player */
	rs_time longest_gap_half; /* half of the players had no longer one */
	unsigned joins;           /* of all members, coming back included */
	struct histogram latency;
	struct histogram join;
	int64_t own_cpu_us;
	bool watched; /* the rest holds */
	int64_t server_cpu_us;
	int64_t server_memory_kib;        /* at the end */
	int64_t server_memory_growth_kib; /* from before the players joined to the end */
};

/* Runs it all; takes as long as the options say, or ends early when *stop becomes true. 0; -ENOMEM or -EIO
 * with the reason said on stderr. What the server refused is in the result. */
int load_run(const struct load_options *options, const volatile bool *stop,
	struct load_result *out_result) RS_MUST_USE;

#endif
