/* signaling/service/matters/documents.h
 *
 * Documents as the rest of the service speaks of them; the driver's side is signaling/service/documents.h.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_DOCUMENTS_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_DOCUMENTS_H

#include "signaling/meeting/event.h"

struct chamber;
struct job;
struct service;

/* A document is gone, or was not added (by `but`, which is judged right now; NULL: by nobody): its file may go too, if nothing else has it. */
void documents_forget(
	struct service *service, const uint8_t digest[EVENT_HASH_LEN], const struct job *but);
/* The last document of the chamber was added by this request. */
void documents_answer(struct service *service, const struct chamber *chamber, uint64_t request);

#endif
