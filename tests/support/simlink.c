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
	uint64_t order;
	rs_time busy_until; /* the wire's, with rate_bps */
	bool losing;        /* in a run of losses */
	struct simlink_stats stats;
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

void simlink_set(struct simlink *link, const struct simlink_config *config)
{
	const size_t queue_max = link->config.queue_max;
	link->config = *config;
	link->config.queue_max = queue_max;
}

/* How long a datagram waits until the wire takes it. */
static rs_time wait(const struct simlink *link, rs_time now)
{
	return link->config.rate_bps > 0 ? rs_time_max(link->busy_until - now, 0) : 0;
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

static struct slot *free_slot(struct simlink *link)
{
	for (size_t i = 0; i < link->config.queue_max; i++) {
		if (!link->slots[i].used)
			return &link->slots[i];
	}
	return NULL;
}

static void enqueue(struct simlink *link, const struct simlink_datagram *datagram, rs_time now)
{
	const rs_time waits = wait(link, now);
	struct slot *slot = free_slot(link);
	if (slot == NULL || (link->config.queue_delay > 0 && waits > link->config.queue_delay)) {
		link->stats.dropped++;
		return;
	}
	link->stats.waits[rs_time_min(waits / 1000, SIMLINK_WAIT_MAX)]++;
	slot->used = true;
	slot->order = link->order++;
	slot->due = arrival(link, datagram->len, now);
	slot->datagram = *datagram;
}

/* A chain of two states, in one of which all is lost (Gilbert): left with 1 / run, and entered so often that the share of
 * losses is what was asked. */
static bool loses(struct simlink *link)
{
	const uint32_t loss = link->config.loss_permille;
	const uint32_t run = link->config.loss_run;
	if (run <= 1 || loss >= 1000)
		return rs_rand_below(&link->rand, 1000) < loss;
	if (link->losing)
		link->losing = rs_rand_below(&link->rand, run) != 0;
	else
		link->losing = rs_rand_below(&link->rand, (1000 - loss) * run) < loss;
	return link->losing;
}

static void send(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now, bool spared)
{
	link->stats.sent++;
	if (len > SIMLINK_MTU) {
		link->stats.dropped++;
		return;
	}
	if (!spared && loses(link)) {
		link->stats.lost++;
		return;
	}
	struct simlink_datagram datagram = { .from = *from, .to = *to, .len = len };
	memcpy(datagram.data, data, len);
	enqueue(link, &datagram, now);
	if (!spared && rs_rand_below(&link->rand, 1000) < link->config.double_permille)
		enqueue(link, &datagram, now);
}

void simlink_send(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now)
{
	send(link, from, to, data, len, now, false);
}

void simlink_send_spared(struct simlink *link, const struct rs_addr *from, const struct rs_addr *to,
	const uint8_t *data, size_t len, rs_time now)
{
	send(link, from, to, data, len, now, true);
}

const struct simlink_stats *simlink_stats(const struct simlink *link)
{
	return &link->stats;
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
