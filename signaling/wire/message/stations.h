/* signaling/wire/message/stations.h
 *
 * What is asked and said of stations: whose history, and what a page says of its own line (PROTOCOL.md section 3.9). Parsing judges form only.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_STATIONS_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_STATIONS_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* history {participants}. */
void stations_parse_history(const struct object *object, struct wire_message *message);
/* tell-line {path, limit, rtt, jitter, concealed, decoded, dropped, available, hum}, all optional. */
void stations_parse_line(const struct object *object, struct wire_message *message);

#endif
