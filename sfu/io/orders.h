/* sfu/io/orders.h
 *
 * What one thread tells all others, each in the same order: a bounded list with one writer and several
 * readers, each with a place of its own. An order is there for all readers at the same instant: who acts
 * on one may count on every other finding it before it finds anything that follows from it. Nothing locks.
 */
#ifndef ROSTRUM_SFU_IO_ORDERS_H
#define ROSTRUM_SFU_IO_ORDERS_H

#include "sfu/router/router.h"

struct orders;

enum order_kind {
	ORDER_MEETING_SET,    /* id, text: the unit's document */
	ORDER_MEETING_REMOVE, /* id */
	ORDER_PEER_SET,       /* id, text: the unit's document, place */
	ORDER_PEER_REMOVE,    /* id */
	ORDER_STATS,          /* say your figures */
	ORDER_LEVELS,         /* say all levels, not only those that moved */
};

struct order {
	enum order_kind kind;
	char id[ROUTER_NAME_MAX + 1];
	char *text;     /* owned by the list; of rs_strdup() and the like */
	uint32_t place; /* router_peer.place */
};

/* 0, -EINVAL (none wanted) or -ENOMEM. */
int orders_new(size_t most, unsigned readers, struct orders **out_orders) RS_MUST_USE;
/* No thread may use it any more. NULL is fine. Returns NULL. */
struct orders *orders_free(struct orders *orders);

/* ---- by the writer ---- */

/* Takes `order->text`, also on failure. 0 or -E2BIG: as many wait for a reader. */
int orders_put(struct orders *orders, const struct order *order) RS_MUST_USE;
/* How many more can be put. */
size_t orders_room(struct orders *orders);
/* Every reader is done with every order. */
bool orders_are_done(struct orders *orders);
/* How many orders every reader is done with. */
uint64_t orders_done(struct orders *orders);

/* ---- by a reader ---- */

/* The next for this reader, valid until orders_pop(); NULL = none. */
const struct order *orders_next(struct orders *orders, unsigned reader);
/* It is done, and everything it asks for with it. */
void orders_pop(struct orders *orders, unsigned reader);

#endif
