/* signaling/floor/floor_priv.h
 *
 * What deciding and applying share.
 */
#ifndef ROSTRUM_SIGNALING_FLOOR_FLOOR_PRIV_H
#define ROSTRUM_SIGNALING_FLOOR_FLOOR_PRIV_H

#include "signaling/floor/floor.h"

/* Index of the entry in the list, or list->n. */
size_t floor_list_find(const struct floor_list *list, uint32_t entry);
/* Index among the presiding microphones, or n_presiding. */
size_t floor_presiding_find(const struct floor *floor, const char *participant);

/* lists.c: entries lie in one pool; who comes moves those behind. */
/* False: the list, or the pool, is full. */
bool floor_list_has_room(const struct floor *floor, const struct floor_list *list);
/* Put a copy at place `at` (0 = first, beyond the end = last). Nothing happens when there is no room. */
void floor_list_insert(
	struct floor *floor, struct floor_list *list, size_t at, const struct floor_entry *entry);
/* `at` below list->n. */
void floor_list_remove(struct floor *floor, struct floor_list *list, size_t at);
void floor_list_empty(struct floor *floor, struct floor_list *list);
/* Where an entry waits; false: nowhere. */
struct floor_place {
	size_t item;
	enum list_kind kind;
	size_t at;
};
bool floor_find_place(const struct floor *floor, uint32_t entry, struct floor_place *out_place);

/* replies.c: the list of rights of reply. */
/* Speaking time of the delegation's next reply, ms. */
uint32_t floor_reply_allotted(const struct floor *floor, const char *delegation);
enum verdict floor_decide_reply(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
/* A reply of this delegation was called. */
void floor_reply_given(struct floor *floor, size_t item, const char *delegation);

/* Whoever speaks is interrupted: the statement goes to *out_kept, and the event's participant has the floor. */
void floor_interrupt(
	struct floor *floor, const struct event *event, struct floor_statement *out_kept);
/* floor->now is a statement that was interrupted: its clock goes on if it ran. */
void floor_return(struct floor *floor, int64_t wall_ms);

/* points.c: the commands and events of points of order. */
enum verdict floor_decide_point(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
void floor_apply_point(struct floor *floor, const struct event *event);

#endif
