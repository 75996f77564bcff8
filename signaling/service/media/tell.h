/* signaling/service/media/tell.h
 *
 * What a media server is told of a meeting.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_TELL_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_TELL_H

struct chamber;
struct service;

/* Tell the media server of the chamber how the meeting stands. */
void media_tell_meeting(struct service *service, struct chamber *chamber);
/* Another media server takes over: the present one, if it is still there, is to forget the meeting. */
void media_leave(struct service *service, struct chamber *chamber);

#endif
