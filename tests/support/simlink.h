/* tests/support/simlink.h
 *
 * One direction of a virtual network on virtual time: delay, jitter (which reorders), loss and
 * duplication, seeded. Tests jump from simlink_deadline() to simlink_deadline().
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SIMLINK_H
#define ROSTRUM_TESTS_SUPPORT_SIMLINK_H

#include "common/base/addr.h"
#include "common/base/time.h"

#define SIMLINK_MTU 1500

struct simlink_config {
	rs_time delay;            /* us one way */
	rs_time jitter;           /* us, uniformly 0..jitter more; no order is kept */
	uint32_t loss_permille;   /* of datagrams */
	uint32_t double_permille; /* delivered twice */
	uint64_t rate_bps;        /* 0 = no limit */
	size_t queue_max;         /* datagrams under way; more are lost; 0 = 256 */
	uint64_t seed;
};

struct simlink_datagram {
	struct rs_addr from;
	struct rs_addr to;
	size_t len;
	_Alignas(8) uint8_t data[SIMLINK_MTU];
};

struct simlink;

/* 0 or -ENOMEM. */
int simlink_new(const struct simlink_config *config, struct simlink **out_link) RS_MUST_USE;
struct simlink *simlink_free(struct simlink *link);
/* Loss may change in the middle of a call. */
void simlink_set_loss(struct simlink *link, uint32_t loss_permille);
/* Longer than SIMLINK_MTU: lost. */
void simlink_send(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now);
/* When the next datagram arrives. */
rs_time simlink_deadline(const struct simlink *link);
/* Takes one that has arrived by `now`: 1 or 0. */
int simlink_recv(struct simlink *link, rs_time now, struct simlink_datagram *out_datagram);

#endif
