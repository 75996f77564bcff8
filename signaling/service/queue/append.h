/* signaling/service/queue/append.h
 *
 * An append: what a chamber's events and the reply to them look like in the store.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_QUEUE_APPEND_H
#define ROSTRUM_SIGNALING_SERVICE_QUEUE_APPEND_H

#include "common/base/mem.h"

struct chamber;
struct service;

/* Make the payloads of the chamber's events, and the reply that is stored with them. 0, -E2BIG or -ENOMEM. */
int append_write(struct chamber *chamber) RS_MUST_USE;
/* Hand them to the store; again when the outcome is unknown. As store_append(). */
int append_hand_over(struct service *service, struct chamber *chamber) RS_MUST_USE;

#endif
