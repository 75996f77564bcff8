#include "tools/roombox/meeting/orders.h"

#include "common/base/text.h"

#include <inttypes.h>

void orders_init(struct orders *orders, struct rs_rand *rand)
{
	*orders = (struct orders){ 0 };
	rs_rand_text(rand, orders->prefix, ORDERS_PREFIX_LEN);
}

struct order *orders_add(struct orders *orders, const char *command, rs_time now)
{
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++) {
		struct order *order = &orders->each[i];
		if (order->number != 0)
			continue;
		*order = (struct order){ .number = ++orders->last, .command = command, .at = now };
		return order;
	}
	return NULL;
}

static int write_id(const struct orders *orders, uint64_t number, char out[ORDERS_ID_MAX])
{
	return rs_format(out, ORDERS_ID_MAX, "%s-%" PRIu64, orders->prefix, number);
}

int orders_id(struct orders *orders, char out[ORDERS_ID_MAX])
{
	return write_id(orders, ++orders->last, out);
}

struct order *orders_find(struct orders *orders, const char *id)
{
	char expected[ORDERS_ID_MAX];
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++) {
		struct order *order = &orders->each[i];
		if (order->number != 0 && write_id(orders, order->number, expected) == 0 &&
			strcmp(expected, id) == 0)
			return order;
	}
	return NULL;
}

void orders_end(struct order *order)
{
	order->number = 0;
}

void orders_unsend(struct orders *orders)
{
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++)
		orders->each[i].sent = false;
}

static bool is_unsent(const struct order *order)
{
	return order->number != 0 && !order->sent;
}

bool orders_are_unsent(const struct orders *orders)
{
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++) {
		if (is_unsent(&orders->each[i]))
			return true;
	}
	return false;
}

struct order *orders_next(struct orders *orders)
{
	struct order *next = NULL;
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++) {
		struct order *order = &orders->each[i];
		if (is_unsent(order) && (next == NULL || order->number < next->number))
			next = order;
	}
	return next;
}

struct order *orders_late(struct orders *orders, rs_time now)
{
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++) {
		struct order *order = &orders->each[i];
		if (order->number != 0 && now - order->at >= ORDERS_PATIENCE)
			return order;
	}
	return NULL;
}

rs_time orders_deadline(const struct orders *orders)
{
	rs_time deadline = RS_TIME_NEVER;
	for (size_t i = 0; i < MEETING_PRESSES_MAX; i++) {
		if (orders->each[i].number != 0)
			deadline = rs_time_min(deadline, orders->each[i].at + ORDERS_PATIENCE);
	}
	return deadline;
}

json_t *orders_message(const struct orders *orders, const struct order *order)
{
	char id[ORDERS_ID_MAX];
	if (write_id(orders, order->number, id) < 0)
		return NULL;
	json_t *message =
		order->answer != NULL
			? json_pack("{s:s, s:s, s:I, s:s, s:s*, s:s*}", "type", order->command,
				  "id", id, "number", (json_int_t)order->asked, "answer",
				  order->answer, "why", order->why, "for_seat",
				  order->seat[0] != '\0' ? order->seat : NULL)
			: json_pack("{s:s, s:s, s:s}", "type", order->command, "id", id, "seat",
				  order->seat);
	if (message != NULL && order->entry != 0)
		(void)json_object_set_new(message, "entry", /* or refused, and said so */
			json_integer(order->entry));
	/* Of whoever asked for the floor at once it says who was first. */
	if (message != NULL && order->at_ms > 0 && strcmp(order->command, "ask-for-floor") == 0)
		(void)json_object_set_new(message, "at", /* or it counts when it comes */
			json_integer(order->at_ms));
	return message;
}
