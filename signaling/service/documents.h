/* signaling/service/documents.h
 *
 * Documents of agenda items, for the driver: it keeps the files by their SHA-256, the service says which there are and who gets them.
 * A file is whole and durable before its document is added, and goes once the service says so (SERVICE_FORGET_DOCUMENT), or at the
 * start, if nobody has it. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_DOCUMENTS_H
#define ROSTRUM_SIGNALING_SERVICE_DOCUMENTS_H

#include "signaling/meeting/documents.h"
#include "signaling/service/service.h"

/* Add a document whose file is there. 0: SERVICE_ANSWER for `request` follows, 201 {"event", "document", "sha256"} or a problem, and
 * SERVICE_FORGET_DOCUMENT if it was refused. Negative: refused at once (403, 404, 429); the file is the caller's. */
int service_document_add(struct service *service, uint64_t request, const struct claims *who,
	const char *meeting, const struct document *document, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;
/* The document, if this bearer may have it. Negative with `refusal` set: 403 (added in a part of the meeting that was closed to them),
 * 404. */
int service_document(const struct service *service, const struct claims *who, const char *meeting,
	uint32_t number, struct document *out_document,
	struct service_refusal *refusal) RS_MUST_USE;
/* {"documents": {item: {number: ...}}}, as in the view. 0, -ENOENT, -E2BIG, -ENOMEM. */
int service_documents(
	const struct service *service, const char *meeting, struct rs_buf *out) RS_MUST_USE;
/* Octets that documents may still be added in this meeting; 0 also without such a meeting, or when there are too many. */
uint64_t service_documents_room(const struct service *service, const char *meeting);
/* Does a document, or one that is being added, have this file? */
bool service_document_kept(const struct service *service, const uint8_t digest[EVENT_HASH_LEN]);

#endif
