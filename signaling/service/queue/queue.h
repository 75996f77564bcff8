/* signaling/service/queue/queue.h
 *
 * The commands of one meeting take turns: each is judged, appended, and followed once the store has it; what the outside world did goes between
 * them. At most one append is under way.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_QUEUE_QUEUE_H
#define ROSTRUM_SIGNALING_SERVICE_QUEUE_QUEUE_H

#include "signaling/service/service.h"

struct chamber;
struct meeting;
struct service;
struct store_done;

int chamber_new(struct service *service, struct meeting *meeting, const char *conference,
	const char *epoch, struct chamber **out_chamber) RS_MUST_USE;
struct chamber *chamber_free(struct chamber *chamber);
/* An append of this chamber is done. */
void chamber_done(struct service *service, struct chamber *chamber, const struct store_done *done,
	struct moment at);

#endif
