/* signaling/service/show/hooks.h
 *
 * Webhooks: each is told the events of its meeting one after the other, again after a while when that failed, and is given up
 * after long. How far it is, is noted in the store, so that it goes on from there after a restart.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SHOW_HOOKS_H
#define ROSTRUM_SIGNALING_SERVICE_SHOW_HOOKS_H

#include "signaling/service/service.h"

struct chamber;
struct service;
struct store_done;
struct store_note;

/* Tell this meeting's webhooks what they have not heard yet. */
void hooks_pump(struct service *service, const struct chamber *chamber, struct moment at);
/* A read or a note of the store is done: was it a webhook's? */
bool hooks_read_done(struct service *service, const struct store_done *done, struct moment at);
bool hooks_note_done(struct service *service, const struct store_done *done, struct moment at);
/* The meeting is gone, and so are its webhooks. */
void hooks_forget(struct service *service, const char *meeting, struct moment at);
/* As noted before a restart. 0; -EBADMSG with `why`; -ENOMEM. Notes of others are passed over. */
int hooks_load(struct service *service, const struct store_note *note,
	char why[HOOK_ERROR_LEN]) RS_MUST_USE;
void hooks_count(const struct service *service, size_t *out_all, size_t *out_disabled);
void hooks_free(struct service *service);

#endif
