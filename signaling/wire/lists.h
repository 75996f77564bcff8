/* signaling/wire/lists.h
 *
 * Lists of speakers as JSON: what commands, events and the view say of inscription, swaps, lots and time limits. For the
 * tables of message.c (and message_floor.c beside it), event.c and view.c alone.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_LISTS_H
#define ROSTRUM_SIGNALING_WIRE_LISTS_H

#include "common/control/object.h"
#include "signaling/wire/message.h"
#include "signaling/wire/view.h"

/* lists_message.c: members of commands; what is wrong fails the object. */
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

/* lists_event.c: the members of an event that lists have beside the common ones. */
void event_list_write(json_t **data, const struct event *event, uint64_t members);
void event_list_read(const struct object *data, struct event *event, uint64_t members);

/* lists_view.c */
/* Entries in their order. */
json_t *lists_entries(const struct floor_entry *entries, size_t n);
/* The parts `list`, `skipped` and `replies` of the item that is taken up. */
void lists_put(json_t **object, const struct floor *floor);
/* How the list of the item that is taken up stands. With `patch`, null stands for what is not. */
json_t *lists_inscription(const struct floor *floor, bool patch);
/* Lists of the other items, as far as there is anything to say of them; with `patch`, null for the rest of them, and only
 * `item` if it is not empty. */
json_t *lists_advance(const struct floor *floor, const char *item, bool patch);

#endif
