/* signaling/wire/message/captions.h
 *
 * What captioners and readers say (PROTOCOL.md sections 2 and 3.7). Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_CAPTIONS_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_CAPTIONS_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* caption {language, line?, text}. */
void captions_parse_line(const struct object *object, struct wire_message *message);
/* caption-live {language, text}; an empty text: nothing is being typed any more. */
void captions_parse_live(const struct object *object, struct wire_message *message);
/* captions {language}; null or none: no captions. */
void captions_parse_wish(const struct object *object, struct wire_message *message);

#endif
