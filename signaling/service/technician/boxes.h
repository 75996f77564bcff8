/* signaling/service/technician/boxes.h
 *
 * Meeting rooms' boxes as they say they are: kept while it is fresh, weighed each second, told to technicians with the survey. Who
 * looks at one has it say so more often. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_BOXES_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_BOXES_H

#include "signaling/service/service.h"
#include "signaling/technician/box.h"
#include "signaling/wire/message/message.h"

/* A box says how it is so often: while somebody looks at it, and otherwise. */
#define BOX_EVERY_LOOKED_MS 1000U
#define BOX_EVERY_MS 5000U

struct box_said;
struct chamber;
struct person;
struct service;
struct session;

void boxes_init(struct box_said *said);
void boxes_done(struct box_said *said);
/* The command tell-box, and look-at-box; judged, done and answered. */
void boxes_told(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);
void boxes_look(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at);
/* A box came (back). */
void boxes_joined(struct service *service, const struct session *session);
/* A second passed: what is too old is forgotten. */
void boxes_second(struct box_said *said, rs_time now);
/* Appends ,"box":{...} for technicians (`comma` "" or ","): with `whole` what there is, else what is news; nothing otherwise. */
int boxes_put(
	const struct box_said *said, const char *comma, bool whole, struct rs_buf *out) RS_MUST_USE;

#endif
