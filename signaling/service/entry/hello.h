/* signaling/service/entry/hello.h
 *
 * How a page comes in: who it is, whether it is admitted, which of a badge's places it takes, and what it is told first.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ENTRY_HELLO_H
#define ROSTRUM_SIGNALING_SERVICE_ENTRY_HELLO_H

#include "signaling/service/service.h"

struct service;
struct session;
struct wire_message;

/* The first message of a page: it comes in and is welcomed, or is refused and gone. */
void session_hello(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at);

#endif
