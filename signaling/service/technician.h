/* signaling/service/technician.h
 *
 * What technicians watch: the stations of a meeting, the nodes, the recording. Fed once a second with what media servers measure;
 * told to pages that asked for it, and given as a list of what is wrong now. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_H

#include "signaling/service/chamber.h"
#include "signaling/wire/message/message.h"

struct node;
struct peer;

/* technician.c */
/* A media server measured this peer `at`. */
void technician_peer(struct peer *peer, const struct node_peer_stats *stats, struct moment at);
/* A node said its figures, and all that its message says of peers and sources was taken: a second of the meetings it carries. */
void technician_second(struct service *service, struct node *node, struct moment at);
/* A node came or went: what meetings lack, without waiting for a second that may not come. */
void technician_nodes(struct service *service, struct moment at);

/* The command tell-line: what a page says of its own line, told with the next second; answered, and not remembered. */
void technician_line(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);

/* survey.c */
/* The command survey, and history. */
void survey_wish(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void survey_history(struct service *service, const struct session *session,
	const struct wire_message *message, struct moment at);
/* A page looks. */
bool survey_is_on(const struct chamber *chamber);
/* A page went: perhaps nobody looks any more. */
void survey_left(struct service *service, struct chamber *chamber, const struct session *session);
/* What changed since it was told last, to the pages that survey the meeting. */
void survey_tell(struct service *service, struct chamber *chamber);
/* Troubles of this severity now: of everybody, of the meetings and the nodes. */
uint64_t survey_count(const struct service *service, enum severity severity);
/* The chamber goes: what its stations remember. */
void survey_free(struct chamber *chamber);

/* meters.c */
/* The media server says levels: told to the pages that survey the meeting. */
void meters_take(struct service *service, const struct node_message *message);
/* All levels that are known, to one page. */
void meters_tell(struct service *service, const struct session *session);
/* Somebody looks from now on, or nobody any more: the media server is told, and what it said is forgotten. */
void meters_switch(struct service *service, struct chamber *chamber);

#endif
