/* signaling/wire/event/captions.h
 *
 * The event `caption`, and the text of a line wherever it is read (PROTOCOL.md section 3.7).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_CAPTIONS_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_CAPTIONS_H

#include "signaling/meeting/event.h"
#include "signaling/wire/json/doc.h"

/* Members of the event `caption`. */
void captions_write_data(json_t **data, const struct event *event);
void captions_read_data(const struct object *data, struct event *event);

/* Member `text`: one line; what is none fails the object. */
void captions_read_text(
	const struct object *object, bool may_be_empty, char out[EVENT_CAPTION_MAX + 1]);

#endif
