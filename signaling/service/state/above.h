/* signaling/service/state/above.h
 *
 * What parts of the service ask of parts above them. All other calls go down: a file includes headers of its own room and of rooms below.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_ABOVE_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_ABOVE_H

#include "signaling/proceedings/proceedings.h"
#include "signaling/service/service.h"

struct chamber;
struct service;
struct session;

/* Do whatever can be done now: outside events first, then commands. */
void chamber_pump(struct service *service, struct chamber *chamber, struct moment at);

/* Told why, closed with this code, and forgotten. */
void session_refuse(struct service *service, struct session *session, uint16_t code,
	const char *reason, const char *text, struct moment at);
/* Commands on a page's own media make no event and are nothing for HTTP. */
bool session_is_media(enum command_kind kind);

#endif
