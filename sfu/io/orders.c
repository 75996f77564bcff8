#include "sfu/io/orders.h"

#include <errno.h>
#include <stdatomic.h>

#define CACHE_LINE 64

/* In a cache line of its own. */
struct reader {
	atomic_uint_least64_t done;
	uint8_t apart[CACHE_LINE - sizeof(uint64_t)];
};

struct orders {
	struct order *ring;
	size_t most;
	struct reader *readers;
	unsigned n_readers;
	uint64_t freed; /* texts before it are released; the writer's */
	atomic_uint_least64_t put;
};

int orders_new(size_t most, unsigned readers, struct orders **out_orders)
{
	if (most == 0 || readers == 0)
		return -EINVAL;
	struct orders *orders = rs_zalloc(sizeof(*orders));
	if (orders == NULL)
		return -ENOMEM;
	orders->most = most;
	orders->n_readers = readers;
	orders->ring = rs_calloc(most, sizeof(*orders->ring));
	orders->readers = rs_calloc(readers, sizeof(*orders->readers));
	if (orders->ring == NULL || orders->readers == NULL) {
		orders_free(orders);
		return -ENOMEM;
	}
	*out_orders = orders;
	return 0;
}

struct orders *orders_free(struct orders *orders)
{
	if (orders != NULL) {
		for (size_t i = 0; orders->ring != NULL && i < orders->most; i++)
			rs_release(orders->ring[i].text);
		rs_release(orders->ring);
		rs_release(orders->readers);
	}
	return rs_release(orders);
}

uint64_t orders_done(struct orders *orders)
{
	uint64_t least = UINT64_MAX;
	for (unsigned i = 0; i < orders->n_readers; i++) {
		const uint64_t done =
			atomic_load_explicit(&orders->readers[i].done, memory_order_acquire);
		least = done < least ? done : least;
	}
	return least;
}

static uint64_t put_so_far(struct orders *orders)
{
	return atomic_load_explicit(&orders->put, memory_order_relaxed); /* the writer's own */
}

size_t orders_room(struct orders *orders)
{
	return orders->most - (size_t)(put_so_far(orders) - orders_done(orders));
}

bool orders_are_done(struct orders *orders)
{
	return orders_done(orders) == put_so_far(orders);
}

int orders_put(struct orders *orders, const struct order *order)
{
	const uint64_t done = orders_done(orders);
	const uint64_t put = put_so_far(orders);
	for (; orders->freed < done; orders->freed++) {
		struct order *old = &orders->ring[orders->freed % orders->most];
		old->text = rs_release(old->text);
	}
	if (put - done >= orders->most) {
		rs_release(order->text);
		return -E2BIG;
	}
	orders->ring[put % orders->most] = *order;
	atomic_store_explicit(&orders->put, put + 1, memory_order_release);
	return 0;
}

const struct order *orders_next(struct orders *orders, unsigned reader)
{
	const uint64_t done =
		atomic_load_explicit(&orders->readers[reader].done, memory_order_relaxed);
	if (done == atomic_load_explicit(&orders->put, memory_order_acquire))
		return NULL;
	return &orders->ring[done % orders->most];
}

void orders_pop(struct orders *orders, unsigned reader)
{
	struct reader *one = &orders->readers[reader];
	const uint64_t done = atomic_load_explicit(&one->done, memory_order_relaxed);
	atomic_store_explicit(&one->done, done + 1, memory_order_release);
}
