/* signaling/service/site/rehearsal.h
 *
 * Rehearsals in files of their own: made of a meeting, and cleared with all that is kept of them.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SITE_REHEARSAL_H
#define ROSTRUM_SIGNALING_SERVICE_SITE_REHEARSAL_H

#include "signaling/service/service.h"

struct conference;
struct service;
struct store_done;

/* Puts a rehearsal of one of its meetings in the place of a conference and its text. 0, or negative with `refusal` set. */
int rehearsal_make(struct service *service, const struct rehearsal_wish *wish, struct rs_buf *whole,
	struct conference **conference, struct service_refusal *refusal) RS_MUST_USE;
/* Go on with what is being cleared; the store has removed it, or not. */
void clear_tick(struct service *service, struct moment at);
void clear_done(struct service *service, const struct store_done *done, struct moment at);

#endif
