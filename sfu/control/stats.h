/* sfu/control/stats.h
 *
 * What one `stats` message says (common/control/PROTOCOL.md section 2), put together line by line. Each
 * thread makes its own part; parts are joined before they are said. One thread at a time.
 */
#ifndef ROSTRUM_SFU_CONTROL_STATS_H
#define ROSTRUM_SFU_CONTROL_STATS_H

#include "sfu/router/router.h"

struct control_stats;

/* 0 or -ENOMEM. A line for which there is no memory later is left out. */
int control_stats_new(struct control_stats **out_stats) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct control_stats *control_stats_free(struct control_stats *stats);

/* A line each of a peer, as it stands `now`, and of a source. */
void control_stats_peer(struct control_stats *stats, const char *peer,
	const struct router_peer_stats *figures, rs_time now);
void control_stats_source(struct control_stats *stats, const struct router_source_stats *figures);
/* Counters of one name add up. */
void control_stats_counter(struct control_stats *stats, const char *name, uint64_t value);

/* What is so now; gauges of one name add up. */
void control_stats_gauge(struct control_stats *stats, const char *name, uint64_t value);
/* The worst since the last message; of one name the largest counts. */
void control_stats_worst(struct control_stats *stats, const char *name, uint64_t value);
/* `n` buckets by upper bound and one above all; counts and sum only grow. Those of one name have the same bounds
 * and add up. */
void control_stats_histogram(struct control_stats *stats, const char *name, const uint32_t *bounds,
	const uint64_t *counts, size_t n, uint64_t sum);

/* A peer somebody looks at: begin, then any number of its slots, streams and records. Nothing is allocated for
 * records but their text. */
void control_stats_watched(struct control_stats *stats, const char *peer, uint64_t missed);
void control_stats_slot(struct control_stats *stats, const struct router_slot_stats *figures);
void control_stats_track(struct control_stats *stats, const struct router_track_stats *figures);
/* `wall_offset` is added to their times. */
void control_stats_records(struct control_stats *stats, const struct router_record *records,
	size_t n, int64_t wall_offset);

/* Says everything of `part`, too, and frees it. */
void control_stats_join(struct control_stats *stats, struct control_stats *takes_part);

#endif
