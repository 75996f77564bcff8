/* signaling/wire/documents.h
 *
 * Documents of agenda items on the wire: what their events carry, and their part of the view. Of this folder.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_DOCUMENTS_H
#define ROSTRUM_SIGNALING_WIRE_DOCUMENTS_H

#include "common/control/object.h"
#include "signaling/meeting/documents.h"

#include <jansson.h>

/* Of document-added and document-withdrawn; others have nothing of it. */
void documents_write_data(json_t **data, const struct event *event);
void documents_read_data(const struct object *data, struct event *event);

/* {item: {number: {"symbol", "title", "language", "type", "octets", "sha256"}}} of those that are told while the meeting sits so. */
json_t *documents_part(const struct documents *documents, enum visibility visibility);
/* What of it `event`, which was applied, changed: a document that came, null for one that went; all of them when the meeting sits otherwise
 * now. */
json_t *documents_change(
	const struct documents *documents, enum visibility visibility, const struct event *event);

#endif
