/* signaling/wire/view/documents.h
 *
 * Documents of agenda items as a part of the view.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_DOCUMENTS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_DOCUMENTS_H

#include "signaling/meeting/documents.h"

#include <jansson.h>

/* {item: {number: {"symbol", "title", "language", "type", "octets", "sha256"}}} of those that are told while the meeting sits so. */
json_t *documents_part(const struct documents *documents, enum visibility visibility);
/* What of it `event`, which was applied, changed: a document that came, null for one that went; all of them when the meeting sits otherwise
 * now. */
json_t *documents_change(
	const struct documents *documents, enum visibility visibility, const struct event *event);

#endif
