/* signaling/wire/view/captions.h
 *
 * Captions as pages show them (PROTOCOL.md section 3.7): the part of the view, and what is being typed.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_CAPTIONS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_CAPTIONS_H

#include "signaling/captions/captions.h"
#include "signaling/wire/json/doc.h"

struct captions;

/* The last lines of each language that has any. */
json_t *captions_part(const struct captions *captions);
/* The same of the event's language alone, as a patch. */
json_t *captions_change(const struct captions *captions, const struct event *event);
/* Append {"type": "caption-live", "language", "text"}. 0, -E2BIG or -ENOMEM. */
int captions_live_write(const char *language, const char *text, struct rs_buf *out) RS_MUST_USE;

#endif
