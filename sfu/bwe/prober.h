/* sfu/bwe/prober.h
 *
 * Finds out whether a line carries more than is sent: a cluster of a few packets at a higher rate, and a look
 * at how fast they arrive. Without it an estimate never grows past what the picture needs today, nor from nought
 * after a pause. A cluster is short enough not to fill the queue of a narrow line before sound.
 *
 * An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_BWE_PROBER_H
#define ROSTRUM_SFU_BWE_PROBER_H

#include "common/base/mem.h"
#include "common/base/time.h"
#include "sfu/bwe/history.h"

enum prober_phase {
	PROBER_IDLE,
	PROBER_SENDING,
	PROBER_WAITING, /* for feedback on the cluster */
};

struct prober {
	enum prober_phase phase;
	rs_time next;     /* no cluster begins before */
	rs_time interval; /* between clusters that find nothing */
	uint8_t cluster;  /* number of the present one, 1 to 255 */
	uint32_t target_bps;
	uint32_t goal;     /* octets */
	uint32_t octets;   /* sent */
	unsigned packets;  /* sent */
	rs_time began;     /* first packet */
	rs_time last_sent; /* of the cluster; then the time it was complete */
	/* what came back */
	unsigned heard; /* packets told of, arrived or not */
	unsigned arrived;
	rs_time first_arrival;
	rs_time last_arrival;
	uint32_t first_octets; /* of the packet that arrived first, which began the clock */
	uint32_t octets_arrived;
};

void prober_init(struct prober *prober);
/* Another estimate holds now: after a cut nothing is probed for a while. */
void prober_backoff(struct prober *prober, rs_time now);
/* A cluster begins now if it is time: the estimate is `bps`, and `wanted_bps` could be used. `swing` is what the line's delay
 * varies by: a cluster that lasts no longer would be measured by chance. */
void prober_begin(
	struct prober *prober, uint32_t bps, uint32_t wanted_bps, rs_time swing, rs_time now);
/* Octets to send now to keep up with the cluster; 0 = none, or no cluster. */
uint32_t prober_due(const struct prober *prober, rs_time now);
/* A numbered packet goes out: the cluster it belongs to, or 0. */
uint8_t prober_sent(struct prober *prober, uint32_t octets, rs_time now);
void prober_heard(struct prober *prober, const struct history_packet *packet);
/* The result of a cluster: 1 and *out_bps; 0 = none yet. A line that carried the cluster is probed further at once.
 * `own_loss` is the share of packets the line loses by itself. */
int prober_result(struct prober *prober, double own_loss, rs_time now, uint32_t *out_bps);

#endif
