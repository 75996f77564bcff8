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

/* floor.c: events as the machines of this folder make them. */
/* Of somebody, and why. */
struct event *floor_add_person(struct events *events, enum event_kind kind, const char *by,
	const char *participant, enum event_cause cause);
/* Of a numbered act (a point, a motion, who speaks on one), and whose it is. */
struct event *floor_add_act(struct events *events, enum event_kind kind, const char *by,
	uint32_t entry, const char *participant);

/* lists.c: entries lie in one pool; who comes moves those behind. */
/* False: the list, or the pool, is full. */
bool floor_list_has_room(const struct floor *floor, const struct floor_list *list);
/* Put a copy at place `at` (0 = first, beyond the end = last). Nothing happens when there is no room. */
void floor_list_insert(
	struct floor *floor, struct floor_list *list, size_t at, const struct floor_entry *entry);
/* `at` below list->n. */
void floor_list_remove(struct floor *floor, struct floor_list *list, size_t at);
void floor_list_empty(struct floor *floor, struct floor_list *list);
/* Where an entry waits. */
struct floor_place {
	size_t item;
	size_t list; /* enum list_kind, or FLOOR_ASIDE */
	size_t at;
};
/* False: nowhere. */
bool floor_find_place(const struct floor *floor, uint32_t entry, struct floor_place *out_place);
const struct floor_entry *floor_entry_at(
	const struct floor *floor, const struct floor_place *place);

/* inscription.c: entries come, go and move; lists close and open. */
/* Never NULL. */
const struct floor_wish *floor_wish_of(const struct floor_command *command);
/* An event about the entry in that place. */
struct event *floor_add_entry(struct events *events, enum event_kind kind, const char *by,
	const struct floor *floor, const struct floor_place *place);
/* Where the badge itself waits in the list of speakers of the command's item; false: nowhere. */
bool floor_own_place(const struct floor *floor, const struct floor_command *command,
	struct floor_place *out_place);
enum verdict floor_decide_ask(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
enum verdict floor_decide_inscribe(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
enum verdict floor_decide_withdraw(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
enum verdict floor_decide_move(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
enum verdict floor_decide_skip(const struct floor *floor, const struct floor_command *command,
	floor_person_fn *person, const void *ctx, struct events *out_events);
enum verdict floor_decide_requeue(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
enum verdict floor_decide_closure(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
void floor_apply_inscription(struct floor *floor, const struct event *event);
void floor_apply_closure(struct floor *floor, const struct event *event);
/* The sitting ends: presses have no order any more. If the meeting is closed lists are emptied, but those of items not taken up yet, where
 * the profile knows inscription in advance. */
void floor_settle_lists(struct floor *floor, bool closes);

/* swaps.c */
enum verdict floor_decide_swap(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
void floor_apply_swap(struct floor *floor, const struct event *event);
/* Offers of this entry and to it have ended. */
void floor_forget_offers(struct floor *floor, uint32_t entry);

/* lots.c */
enum verdict floor_decide_lots(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
void floor_apply_lots(struct floor *floor, const struct event *event);

/* limits.c */
/* What an entry of the current item may speak; VERDICT_NO_TIME_LEFT: its category has used its budget. */
enum verdict floor_decide_allotted(
	const struct floor *floor, const struct floor_entry *entry, uint32_t *out_allotted_ms);
enum verdict floor_decide_limit(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
enum verdict floor_decide_budget(
	const struct floor *floor, const struct floor_command *command, struct events *out_events);
void floor_apply_limit(struct floor *floor, const struct event *event);
/* The time spoken so far counts against the budget of the speaker's category, once. */
void floor_charge(struct floor *floor, struct floor_statement *statement, int64_t wall_ms);
int64_t floor_clock_used_ms(const struct floor_clock *clock, int64_t wall_ms);

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
