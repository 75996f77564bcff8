/* signaling/service/people/greenroom.h
 *
 * The green room: the first three of the list who take part remotely and are here. Their pages show it by the view alone; what is told,
 * to those who lead the meeting and to technicians, is whether each is ready: the microphone was heard of late, the camera sends, the
 * line is good. Measured, not decided: no events, and nothing is kept. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_PEOPLE_GREENROOM_H
#define ROSTRUM_SIGNALING_SERVICE_PEOPLE_GREENROOM_H

#include "common/base/buf.h"
#include "common/base/time.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"

#include <stddef.h>

struct chamber;
struct moment;
struct service;
struct session;

/* A microphone was heard if there was more than silence within this time. */
#define GREENROOM_HEARD RS_SEC(10)
/* dBov: what a quiet room has at a microphone that is switched on. */
#define GREENROOM_HEARD_DBOV (-70)
/* Pictures come while one came within this time; measures come every second. */
#define GREENROOM_SEEN RS_MS(2500)

enum greenroom_ready {
	GREENROOM_MICROPHONE = 1,
	GREENROOM_CAMERA = 2,
	GREENROOM_LINE = 4,
};

/* A media server has measured: what is not as it was told is told. */
void greenroom_second(struct service *service, struct chamber *chamber, struct moment at);
/* A page that is to know has joined. */
void greenroom_joined(struct service *service, const struct session *session);

#endif
