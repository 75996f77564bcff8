/* signaling/wire/message/booths.h
 *
 * What booths, their listeners and those who call for help say (PROTOCOL.md section 2). Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_BOOTHS_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_BOOTHS_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* go-live, select-output {channel}. */
void booths_parse_channel(const struct object *object, struct wire_message *message);
/* listen {channel, original?, understands?}. */
void booths_parse_listen(const struct object *object, struct wire_message *message);
/* request-handover {channel?, participant?, at?}. */
void booths_parse_handover(const struct object *object, struct wire_message *message);
/* select-source {source}. */
void booths_parse_source(const struct object *object, struct wire_message *message);
/* set-floor-language {language?}. */
void booths_parse_language(const struct object *object, struct wire_message *message);
/* cannot-interpret {reason}. */
void booths_parse_impediment(const struct object *object, struct wire_message *message);
/* clear-impediment {booth}. */
void booths_parse_booth(const struct object *object, struct wire_message *message);
/* call {to}. */
void booths_parse_call(const struct object *object, struct wire_message *message);
/* answer-call {call}. */
void booths_parse_answer(const struct object *object, struct wire_message *message);

#endif
