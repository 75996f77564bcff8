#include "tests/support/simlink.h"

#include "common/base/rand.h"

#include <errno.h>
#include <string.h>

#define QUEUE_MAX 256

struct slot {
	bool used;
	rs_time due;
	uint64_t order; /* sent as the n-th: ties keep their order */
	struct simlink_datagram datagram;
};

struct simlink {
	struct simlink_config config;
	struct rs_rand rand;
	struct slot *slots;
	uint64_t sent;
	rs_time busy_until; /* the wire's, with rate_bps */
};

int simlink_new(const struct simlink_config *config, struct simlink **out_link)
{
	struct simlink *link = rs_zalloc(sizeof(*link));
	if (link == NULL)
		return -ENOMEM;
	link->config = *config;
	if (link->config.queue_max == 0)
		link->config.queue_max = QUEUE_MAX;
	rs_rand_init_seed(&link->rand, config->seed);
	link->slots = rs_calloc(link->config.queue_max, sizeof(*link->slots));
	if (link->slots == NULL) {
		simlink_free(link);
		return -ENOMEM;
	}
	*out_link = link;
	return 0;
}

struct simlink *simlink_free(struct simlink *link)
{
	if (link != NULL)
		rs_release(link->slots);
	return rs_release(link);
}

void simlink_set_loss(struct simlink *link, uint32_t loss_permille)
{
	link->config.loss_permille = loss_permille;
}

static rs_time arrival(struct simlink *link, size_t len, rs_time now)
{
	rs_time due = now + link->config.delay;
	if (link->config.jitter > 0)
		due += rs_rand_below(&link->rand, (uint32_t)link->config.jitter + 1);
	if (link->config.rate_bps > 0) {
		link->busy_until = rs_time_max(link->busy_until, now) +
				   (rs_time)((uint64_t)len * 8 * 1000000 / link->config.rate_bps);
		due += link->busy_until - now;
	}
	return due;
}

static void enqueue(struct simlink *link, const struct simlink_datagram *datagram, rs_time now)
{
	for (size_t i = 0; i < link->config.queue_max; i++) {
		struct slot *slot = &link->slots[i];
		if (slot->used)
			continue;
		slot->used = true;
		slot->order = link->sent++;
		slot->due = arrival(link, datagram->len, now);
		slot->datagram = *datagram;
		return;
	}
}

void simlink_send(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now)
{
	if (len > SIMLINK_MTU || rs_rand_below(&link->rand, 1000) < link->config.loss_permille)
		return;
	struct simlink_datagram datagram = { .from = *from, .to = *to, .len = len };
	memcpy(datagram.data, data, len);
	enqueue(link, &datagram, now);
	if (rs_rand_below(&link->rand, 1000) < link->config.double_permille)
		enqueue(link, &datagram, now);
}

static struct slot *next_slot(const struct simlink *link)
{
	struct slot *next = NULL;
	for (size_t i = 0; i < link->config.queue_max; i++) {
		struct slot *slot = &link->slots[i];
		if (slot->used && (next == NULL || slot->due < next->due ||
					  (slot->due == next->due && slot->order < next->order)))
			next = slot;
	}
	return next;
}

rs_time simlink_deadline(const struct simlink *link)
{
	const struct slot *next = next_slot(link);
	return next != NULL ? next->due : RS_TIME_NEVER;
}

int simlink_recv(struct simlink *link, rs_time now, struct simlink_datagram *out_datagram)
{
	struct slot *next = next_slot(link);
	if (next == NULL || next->due > now)
		return 0;
	*out_datagram = next->datagram;
	next->used = false;
	return 1;
}
