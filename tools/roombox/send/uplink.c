#include "tools/roombox/send/uplink.h"

#include "sfu/bwe/allocation.h"
#include "sfu/bwe/pacer.h"

#include <errno.h>
#include <string.h>

/* What waits of each size: a key frame of the largest may be so long. */
#define PARTS 256U
/* It leaves at so much of the estimate, per cent: a picture is done before the next one. */
#define PACING 105
#define SHARED_EVERY RS_MS(100)
/* Headers and all that lies below, on what an encoder makes, per cent. */
#define ON_THE_LINE 112
/* The same on sound: packets of 20 ms with 84 octets of headers, extensions, tag and all below. */
#define SOUND_HEADERS_BPS 33600U
/* Beyond what sound takes, per cent, when it is said what could be used. */
#define SOUND_ROOM 120
/* A size shrinks to this part of its rate before it is left out. */
#define SHRINKS 2
/* A part of a rate that it need not grow by. */
#define LITTLE 16
/* No picture is encoded while what goes before it takes longer than this to leave. */
#define WAITS_MOST RS_MS(100)
/* A part that waits longer will not be seen in time: after a line that has almost nothing left. */
#define OLD RS_SEC(3)
#define PADDING_LEAST 40U
#define PADDING_MOST 255U

struct part {
	struct rtc_payload payload;
	rs_time since;
	uint8_t data[LADDER_PAYLOAD_MAX];
};

struct queue {
	struct part parts[PARTS];
	size_t head;
	size_t n;
	uint32_t octets;
	uint32_t bps; /* of the size; 0 = left out */
	bool broken;  /* parts were thrown away */
};

struct uplink {
	struct uplink_config config;
	struct estimator estimator;
	struct pacer pacer;
	struct allocation_slot slot;
	rs_time share_at;
	uint32_t shared_bps; /* the estimate, then */
	rs_time now;         /* of the last tick */
	struct queue queues[LADDER_LAYERS];
};

/* --- Birth and death --- */

int uplink_new(const struct uplink_config *config, rs_time now, struct uplink **out_uplink)
{
	struct uplink *uplink = rs_zalloc(sizeof(*uplink));
	if (uplink == NULL)
		return -ENOMEM;
	uplink->config = *config;
	uplink_begin(uplink, now);
	*out_uplink = uplink;
	return 0;
}

struct uplink *uplink_free(struct uplink *uplink)
{
	return rs_release(uplink);
}

static void throw_away(struct queue *queue)
{
	queue->broken = queue->broken || queue->n > 0;
	queue->n = 0;
	queue->octets = 0;
}

void uplink_begin(struct uplink *uplink, rs_time now)
{
	estimator_init(&uplink->estimator, true, now);
	pacer_init(&uplink->pacer, estimator_bps(&uplink->estimator), now);
	allocation_slot_init(&uplink->slot);
	uplink->share_at = now;
	uplink->shared_bps = 0;
	uplink->now = now;
	for (size_t i = 0; i < LADDER_LAYERS; i++) {
		throw_away(&uplink->queues[i]);
		uplink->queues[i].broken = false; /* nobody has seen any of it */
		uplink->queues[i].bps = 0;
	}
}

struct estimator *uplink_estimator(struct uplink *uplink)
{
	return &uplink->estimator;
}

/* --- Who gets how much --- */

static uint32_t on_the_line(uint32_t bps)
{
	return (uint32_t)((uint64_t)bps * ON_THE_LINE / 100);
}

static uint32_t sound_bps(struct uplink *uplink, rs_time now)
{
	const uint32_t least = uplink->config.sound_bps + SOUND_HEADERS_BPS;
	const uint32_t measured = estimator_audio_bps(&uplink->estimator, now);
	return measured > least ? measured : least;
}

/* What it takes to have so many sizes, the largest of them at its least; and at the end everything there is. */
static void price(struct uplink *uplink)
{
	struct allocation_slot *slot = &uplink->slot;
	const uint32_t *bitrates = uplink->config.bitrates_bps;
	uint32_t below = 0;
	slot->n_rungs = 0;
	for (uint8_t i = 0; i < LADDER_LAYERS; i++) {
		slot->rungs[slot->n_rungs++] = (struct allocation_rung){ .layer = i,
			.bps = on_the_line(below + bitrates[i] / SHRINKS) };
		below += bitrates[i];
	}
	slot->rungs[slot->n_rungs++] =
		(struct allocation_rung){ .layer = LADDER_LAYERS - 1, .bps = on_the_line(below) };
}

/* A little more is not worth telling an encoder of. */
static void set_layer(struct uplink *uplink, size_t layer, uint32_t bps)
{
	struct queue *queue = &uplink->queues[layer];
	if (bps == 0)
		throw_away(queue);
	if (bps < queue->bps || bps == uplink->config.bitrates_bps[layer] ||
		bps > queue->bps + queue->bps / LITTLE)
		queue->bps = bps;
}

static uint32_t within(uint32_t bps, uint32_t least, uint32_t most)
{
	return bps < least ? least : bps > most ? most : bps;
}

static void share(struct uplink *uplink, rs_time now)
{
	const uint32_t bps = estimator_bps(&uplink->estimator);
	const uint32_t sound = sound_bps(uplink, now);
	const uint32_t left = bps > sound ? bps - sound : 0;
	uplink->share_at = now + SHARED_EVERY;
	uplink->shared_bps = bps;
	price(uplink);
	if (estimator_acquitted(&uplink->estimator))
		allocation_forgive(&uplink->slot, 1);
	const uint64_t best = allocation_decide(&uplink->slot, 1, left, now);
	estimator_want(&uplink->estimator, (uint32_t)(best + (uint64_t)sound * SOUND_ROOM / 100));
	const int rung = uplink->slot.rung;
	uint32_t spare = (uint32_t)((uint64_t)left * 100 / ON_THE_LINE);
	for (size_t i = 0; i < LADDER_LAYERS; i++) {
		const uint32_t most = uplink->config.bitrates_bps[i];
		const bool there = rung != ALLOCATION_PAUSED && i <= uplink->slot.rungs[rung].layer;
		const uint32_t takes = there ? within(spare, most / SHRINKS, most) : 0;
		set_layer(uplink, i, takes);
		spare -= takes < spare ? takes : spare;
	}
}

void uplink_tick(struct uplink *uplink, rs_time now)
{
	uplink->now = now;
	estimator_tick(&uplink->estimator, now);
	if (now >= uplink->share_at || estimator_bps(&uplink->estimator) < uplink->shared_bps)
		share(uplink, now);
	const uint64_t pace = estimator_pace_bps(&uplink->estimator, now);
	pacer_set(&uplink->pacer, (uint32_t)(pace * PACING / 100), now);
}

void uplink_spent(struct uplink *uplink, uint32_t octets, rs_time now)
{
	pacer_spend(&uplink->pacer, octets, now);
}

uint32_t uplink_layer_bps(const struct uplink *uplink, size_t layer)
{
	return uplink->queues[layer].bps;
}

/* --- What waits --- */

bool uplink_admits(const struct uplink *uplink, size_t layer, rs_time now)
{
	uint64_t octets = 0;
	const uint32_t bps = uplink->pacer.bps;
	if (uplink->queues[layer].bps == 0 || bps == 0)
		return false;
	for (size_t i = 0; i <= layer; i++)
		octets += uplink->queues[i].octets;
	return (rs_time)(octets * 8 * 1000000 / bps) < WAITS_MOST;
}

void uplink_put(struct uplink *uplink, size_t layer, const struct rtc_payload *payload)
{
	struct queue *queue = &uplink->queues[layer];
	if (queue->n == PARTS || payload->len > LADDER_PAYLOAD_MAX) {
		throw_away(queue);
		return;
	}
	/* What is left of a picture that was thrown away is of no use. */
	if (queue->broken)
		return;
	struct part *part = &queue->parts[(queue->head + queue->n++) % PARTS];
	part->payload = *payload;
	part->since = uplink->now;
	memcpy(part->data, payload->data_view, payload->len);
	part->payload.data_view = part->data;
	queue->octets += (uint32_t)payload->len;
}

int uplink_poll(
	struct uplink *uplink, rs_time now, size_t *out_layer, struct rtc_payload *out_payload)
{
	for (size_t i = 0; i < LADDER_LAYERS; i++) {
		struct queue *queue = &uplink->queues[i];
		if (queue->n > 0 && now - queue->parts[queue->head % PARTS].since > OLD)
			throw_away(queue);
		if (queue->n == 0)
			continue;
		if (!pacer_may_send(&uplink->pacer, now))
			return 0;
		const struct part *part = &queue->parts[queue->head++ % PARTS];
		queue->n--;
		queue->octets -= (uint32_t)part->payload.len;
		*out_layer = i;
		*out_payload = part->payload;
		return 1;
	}
	return 0;
}

bool uplink_keyframe_wanted(struct uplink *uplink, size_t layer)
{
	const bool wanted = uplink->queues[layer].broken;
	uplink->queues[layer].broken = false;
	return wanted;
}

uint8_t uplink_padding(const struct uplink *uplink, rs_time now)
{
	const uint32_t due = estimator_probe_due(&uplink->estimator, now);
	if (due == 0)
		return 0;
	return (uint8_t)within(due, PADDING_LEAST, PADDING_MOST);
}

unsigned uplink_spares_frames(const struct uplink *uplink, unsigned wanted)
{
	const uint64_t bps = estimator_bps(&uplink->estimator);
	const uint64_t once = (uint64_t)uplink->config.sound_bps + SOUND_HEADERS_BPS;
	while (wanted > 0 &&
		(once + (uint64_t)uplink->config.sound_bps * wanted) * SOUND_ROOM / 100 > bps)
		wanted--;
	return wanted;
}

/* --- What it is like --- */

bool uplink_is_silent(const struct uplink *uplink)
{
	return uplink->estimator.silent;
}

uint32_t uplink_bps(const struct uplink *uplink)
{
	return estimator_bps(&uplink->estimator);
}
