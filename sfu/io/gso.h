/* sfu/io/gso.h
 *
 * Which datagrams may leave as one message that the kernel cuts up again (UDP generic segmentation
 * offload, Linux 4.18): all to one destination and of one length, but for the last, which may be
 * shorter. It costs the system little more than one datagram.
 */
#ifndef ROSTRUM_SFU_IO_GSO_H
#define ROSTRUM_SFU_IO_GSO_H

#include "common/base/addr.h"

/* UDP_MAX_SEGMENTS of older kernels, and the largest payload of IPv4 less room for the IPv6 header. */
#define GSO_DATAGRAMS_MAX 64
#define GSO_LEN_MAX 65000

/* One message in the making. */
struct gso_run {
	struct rs_addr to;
	size_t size; /* octets of each datagram but the last */
	size_t len;  /* octets together */
	size_t n;    /* datagrams */
};

/* A message begins with its first datagram. */
struct gso_run gso_begin(const struct rs_addr *to, size_t len);
/* Whether a datagram of `len` octets may follow; order to a destination is kept by whoever calls. */
bool gso_takes(const struct gso_run *run, const struct rs_addr *to, size_t len);
void gso_add(struct gso_run *run, size_t len);

#endif
