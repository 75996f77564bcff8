/* signaling/io/target.h
 *
 * Whom this server may be made to talk to: a webhook's address comes from outside, and what listens on our own machine or network must not
 * be reached by it. Pure.
 */
#ifndef ROSTRUM_SIGNALING_IO_TARGET_H
#define ROSTRUM_SIGNALING_IO_TARGET_H

#include "common/base/addr.h"

/* Is this an address of the public internet? Not so: loopback, private, shared, link-local, unique-local, multicast, documentation, reserved
 * ones (the registries of RFC 6890), and IPv6 addresses that carry an IPv4 one inside. */
bool target_is_public(const struct rs_addr *addr);

#endif
