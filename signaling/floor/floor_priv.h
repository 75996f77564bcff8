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

/* replies.c: the list of rights of reply. */
size_t floor_reply_find(const struct floor_list *list, uint32_t entry);
/* Speaking time of the delegation's next reply, ms. */
uint32_t floor_reply_allotted(const struct floor *floor, const char *delegation);
enum verdict floor_decide_reply(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
void floor_reply_added(struct floor *floor, const struct event *event);
void floor_reply_removed(struct floor *floor, uint32_t entry);
/* An entry of the list was called. */
void floor_reply_given(struct floor *floor, uint32_t entry);

/* points.c: the commands and events of points of order. */
enum verdict floor_decide_point(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
void floor_apply_point(struct floor *floor, const struct event *event);

#endif
