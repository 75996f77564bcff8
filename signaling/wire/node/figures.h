/* signaling/wire/node/figures.h
 *
 * What nodes measure of themselves (common/control/PROTOCOL.md section 2.2), kept as it was last said, and handed on
 * as JSON and as Prometheus' text format 0.0.4. Names are the nodes'; how many there are is bounded.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_FIGURES_H
#define ROSTRUM_SIGNALING_WIRE_NODE_FIGURES_H

#include "signaling/wire/node/node.h"

/* Names of one kind handed on of a node; more are left out. */
#define FIGURES_MAX 256

struct figures;

/* Takes the figures out of a STATS message. 0 or -ENOMEM. */
int figures_new(const struct node_message *message, struct figures **out_figures) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct figures *figures_free(struct figures *figures);

/* One figure by name; `preset` when it was not said, and for NULL. The worst is that since the last message. */
int64_t figures_counter(const struct figures *figures, const char *name, int64_t preset);
int64_t figures_gauge(const struct figures *figures, const char *name, int64_t preset);
int64_t figures_worst(const struct figures *figures, const char *name, int64_t preset);

/* Append the members counters, gauges, worst and histograms of a JSON object; empty ones for NULL. 0, -E2BIG or -ENOMEM. */
int figures_write(const struct figures *figures, struct rs_buf *out) RS_MUST_USE;

/* A node's figures under its name. */
struct figures_of {
	const char *node; /* of [A-Za-z0-9_-] */
	const struct figures *figures;
};

/* Append the metrics of all nodes, those of one name together, told apart by the label `node`: counters as
 * rostrum_sfu_NAME_total, gauges as rostrum_sfu_NAME, the worst as rostrum_sfu_NAME_worst, histograms as rostrum_sfu_NAME.
 * What counts microseconds (NAME_us) becomes seconds. 0, -E2BIG or -ENOMEM. */
int figures_metrics(const struct figures_of *nodes, size_t n, struct rs_buf *out) RS_MUST_USE;

#endif
