/* signaling/service/state/out.h
 *
 * What goes out: a ring of messages, taken one by one by service_poll().
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_OUT_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_OUT_H

#include "signaling/service/service.h"

struct service;

/* Takes `message`. */
void out_push(struct service *service, enum service_out_kind kind, uint64_t to, uint16_t code,
	struct message *message);
/* Sends what is in the buffer and empties it; `err` is that of its writing. */
void out_text(struct service *service, enum service_out_kind kind, uint64_t to, uint16_t code,
	int err, struct rs_buf *text);
void out_done(struct service *service);

#endif
