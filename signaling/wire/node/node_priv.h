/* signaling/wire/node/node_priv.h
 *
 * What the writers of the control protocol share.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_NODE_PRIV_H
#define ROSTRUM_SIGNALING_WIRE_NODE_NODE_PRIV_H

#include "signaling/wire/node/peer.h"

#include <jansson.h>

/* The `peer` object of a peer; NULL when out of memory. */
json_t *node_peer_json(const struct peer_spec *peer);

#endif
