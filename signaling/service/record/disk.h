/* signaling/service/record/disk.h
 *
 * The recorder's disk, told to those who lead the meeting and to technicians: measured, not decided, so no number and not kept.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_DISK_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_DISK_H

struct node_message;
struct service;
struct session;

/* The recorder spoke of its disk; the recorder is gone; somebody came, who is told if it is for them. */
void disk_take(struct service *service, const struct node_message *message);
void disk_gone(struct service *service);
void disk_joined(struct service *service, const struct session *session);

#endif
