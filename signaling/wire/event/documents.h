/* signaling/wire/event/documents.h
 *
 * What events about documents of agenda items carry.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_DOCUMENTS_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_DOCUMENTS_H

#include "common/control/object.h"
#include "signaling/meeting/documents.h"

#include <jansson.h>

/* Of document-added and document-withdrawn; others have nothing of it. */
void documents_write_data(json_t **data, const struct event *event);
void documents_read_data(const struct object *data, struct event *event);

/* Member `sha256`, in hex. */
void documents_put_digest(json_t **object, const uint8_t digest[EVENT_HASH_LEN]);

#endif
