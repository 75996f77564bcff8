/* signaling/wire/message/lists.h
 *
 * Lists of speakers as pages speak of them: inscription, swaps, lots, time limits, the clock. For the tables of message.c and floor.c.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_LISTS_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_LISTS_H

#include "common/control/object.h"
#include "signaling/wire/message/message.h"

/* Members of commands; what is wrong fails the object. */
void lists_parse_item(const struct object *object, struct wire_message *message);
void lists_parse_ask(const struct object *object, struct wire_message *message);
void lists_parse_inscribe(const struct object *object, struct wire_message *message);
void lists_parse_withdraw(const struct object *object, struct wire_message *message);
void lists_parse_entry(const struct object *object, struct wire_message *message);
void lists_parse_requeue(const struct object *object, struct wire_message *message);
void lists_parse_offer_swap(const struct object *object, struct wire_message *message);
void lists_parse_draw(const struct object *object, struct wire_message *message);
void lists_parse_limit(const struct object *object, struct wire_message *message);
void lists_parse_budget(const struct object *object, struct wire_message *message);
/* The page's part of a clock question. */
void lists_parse_sync(const struct object *object, struct wire_message *message);

#endif
