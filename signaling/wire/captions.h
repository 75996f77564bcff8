/* signaling/wire/captions.h
 *
 * Captions as text (PROTOCOL.md section 3.7): what captioners and readers say, the event, the part of the view, what is being
 * typed. Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CAPTIONS_H
#define ROSTRUM_SIGNALING_WIRE_CAPTIONS_H

#include "signaling/captions/captions.h"
#include "signaling/wire/doc.h"
#include "signaling/wire/message.h"

/* caption {language, line?, text}. */
void captions_parse_line(const struct object *object, struct wire_message *message);
/* caption-live {language, text}; an empty text: nothing is being typed any more. */
void captions_parse_live(const struct object *object, struct wire_message *message);
/* captions {language}; null or none: no captions. */
void captions_parse_wish(const struct object *object, struct wire_message *message);

/* Members of the event `caption`. */
void captions_write_data(json_t **data, const struct event *event);
void captions_read_data(const struct object *data, struct event *event);

/* The last lines of each language that has any. */
json_t *captions_part(const struct captions *captions);
/* The same of the event's language alone, as a patch. */
json_t *captions_change(const struct captions *captions, const struct event *event);

/* Append {"type": "caption-live", "language", "text"}. 0, -E2BIG or -ENOMEM. */
int captions_live_write(const char *language, const char *text, struct rs_buf *out) RS_MUST_USE;

#endif
