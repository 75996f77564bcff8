/* signaling/wire/view/lists.h
 *
 * Lists of speakers as the view shows them. For view.c alone.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_LISTS_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_LISTS_H

#include "signaling/floor/floor.h"

#include <jansson.h>

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
