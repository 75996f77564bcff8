/* tools/roombox/meeting/orders.h
 *
 * Commands that a box has given and that were not answered yet: each has an id of its own, under which it is sent again on another line,
 * until its reply comes or ORDERS_PATIENCE is over. A value; not thread safe; no allocation but of the JSON that is handed out.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_ORDERS_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_ORDERS_H

#include "common/base/rand.h"
#include "tools/roombox/meeting/meeting.h"

#include <jansson.h>

#define ORDERS_PATIENCE RS_SEC(10)
#define ORDERS_PREFIX_LEN 8
#define ORDERS_ID_MAX (ORDERS_PREFIX_LEN + 24)

struct order {
	uint64_t number;               /* in its id; 0 = the place is free */
	char seat[SEATS_NAME_MAX + 1]; /* of the key, or the answer; empty: the room's own */
	const char *command;           /* a constant */
	uint32_t entry;                /* 0 = none */
	int64_t at_ms;                 /* when the key was pressed, wall clock; 0 = it is none */
	const char *answer; /* a constant: to the question `asked`; NULL = it is a key's */
	const char *why;    /* a constant; NULL = not said */
	uint64_t asked;
	bool restarts; /* once it is answered */
	rs_time at;    /* when it was given */
	bool sent;     /* on this line */
};

struct orders {
	char prefix[ORDERS_PREFIX_LEN + 1]; /* of ids, so that none is used twice by this badge */
	uint64_t last;
	struct order each[MEETING_PRESSES_MAX];
};

void orders_init(struct orders *orders, struct rs_rand *rand);
/* An id for what is not waited for. 0 or -ENOSPC. */
int orders_id(struct orders *orders, char out[ORDERS_ID_MAX]) RS_MUST_USE;
/* One more, with a number and nothing else than command and time; NULL when MEETING_PRESSES_MAX are under way. */
struct order *orders_add(struct orders *orders, const char *command, rs_time now);
/* Of this id; NULL when none is. orders_end() frees its place. */
struct order *orders_find(struct orders *orders, const char *id);
void orders_end(struct order *order);
/* The line is gone: all are to be sent again. */
void orders_unsend(struct orders *orders);
/* Whether there is one that was not sent on this line; and which was given first, NULL = none. */
bool orders_are_unsent(const struct orders *orders);
struct order *orders_next(struct orders *orders);
/* One whose time is over; NULL = none. */
struct order *orders_late(struct orders *orders, rs_time now);
/* When orders_late() may have one; RS_TIME_NEVER = never. */
rs_time orders_deadline(const struct orders *orders);
/* As it is sent (signaling/wire/PROTOCOL.md), for the caller to free; NULL without memory. */
json_t *orders_message(const struct orders *orders, const struct order *order);

#endif
