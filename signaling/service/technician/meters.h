/* signaling/service/technician/meters.h
 *
 * Levels of microphones as technicians' meters show them: on from the media server as they come, several times a second, to the
 * pages that survey the meeting.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_METERS_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_METERS_H

struct chamber;
struct node_message;
struct service;
struct session;

/* The media server says levels: told to the pages that survey the meeting. */
void meters_take(struct service *service, const struct node_message *message);
/* All levels that are known, to one page. */
void meters_tell(struct service *service, const struct session *session);
/* Somebody looks from now on, or nobody any more: the media server is told, and what it said is forgotten. */
void meters_switch(struct service *service, struct chamber *chamber);

#endif
