/* tests/support/simlink.h
 *
 * One direction of a network line as a machine: rate with its queue, delay, jitter (which reorders),
 * loss (independent or in bursts) and duplication, seeded. Tests on virtual time jump from
 * simlink_deadline() to simlink_deadline(); tests/support/line drives two of them by the real clock.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SIMLINK_H
#define ROSTRUM_TESTS_SUPPORT_SIMLINK_H

#include "common/base/addr.h"
#include "common/base/time.h"

#define SIMLINK_MTU 1500

struct simlink_config {
	rs_time delay;          /* us one way */
	rs_time jitter;         /* us, uniformly 0..jitter more; no order is kept */
	uint32_t loss_permille; /* of datagrams */
	uint32_t
		loss_run; /* mean length of a run of losses (Gilbert-Elliott); 0, 1 = independent */
	uint32_t double_permille; /* delivered twice */
	uint64_t rate_bps;        /* 0 = no limit */
	rs_time queue_delay; /* us; what would wait longer for the wire is dropped; 0 = no limit */
	size_t queue_max;    /* datagrams under way; more are dropped; 0 = 256 */
	uint64_t seed;
};

struct simlink_datagram {
	struct rs_addr from;
	struct rs_addr to;
	size_t len;
	_Alignas(8) uint8_t data[SIMLINK_MTU];
};

/* Waits for the wire above this many ms count as this many. */
#define SIMLINK_WAIT_MAX 2000

/* All only grow. */
struct simlink_stats {
	uint64_t sent;                        /* offered, duplicates apart */
	uint64_t lost;                        /* by loss_permille */
	uint64_t dropped;                     /* the queue was full, or the datagram too long */
	uint32_t waits[SIMLINK_WAIT_MAX + 1]; /* datagrams by ms they waited for the wire */
};

struct simlink;

/* 0 or -ENOMEM. */
int simlink_new(const struct simlink_config *config, struct simlink **out_link) RS_MUST_USE;
struct simlink *simlink_free(struct simlink *link);
/* Loss may change in the middle of a call. */
void simlink_set_loss(struct simlink *link, uint32_t loss_permille);
/* All but queue_max and seed may; what is under way keeps its time of arrival. */
void simlink_set(struct simlink *link, const struct simlink_config *config);
/* Longer than SIMLINK_MTU: dropped. */
void simlink_send(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now);
/* As simlink_send, but spared by loss and duplication: of a flow that is not the one under test. */
void simlink_send_spared(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now);
/* When the next datagram arrives. */
rs_time simlink_deadline(const struct simlink *link);
/* Takes one that has arrived by `now`: 1 or 0. */
int simlink_recv(struct simlink *link, rs_time now, struct simlink_datagram *out_datagram);
const struct simlink_stats *simlink_stats(const struct simlink *link);

#endif
