/* What each slot of a receiver gets of its line: gathers what the layers take, asks sfu/bwe/allocation, and tells the slots. */
#include "sfu/router/router_priv.h"

#define EVERY RS_MS(100)
/* Headers and everything below RTP on top of what a track's meter counts, percent. */
#define ON_THE_LINE 106
/* A layer that flows and was not measured yet: the lowest; each next takes four times as much. */
#define UNMEASURED_BPS 100000
/* Kept for sound when there may be some, and how fast its greatest rate is forgotten, percent of it a second. */
#define AUDIO_LEAST_BPS 40000
#define AUDIO_FORGET 4
/* Silenced sounds come back when there is room for all, and this much more, percent. */
#define SOUND_ROOM 120
/* A packet of redundant audio takes as much again. */
#define RED_ROOM 2
/* Sound is repaired while this part of what it takes is to spare. */
#define SPARE 3

enum purpose {
	PURPOSE_CONTENT,
	PURPOSE_SPEAKER,
	PURPOSE_CHAIR,
	PURPOSE_GRID,
	PURPOSES,
};

/* ---- sound ---- */

static bool is_heard(const struct slot *slot)
{
	return !slot->spec.video && slot->publish != NULL;
}

static unsigned hears(const struct peer *peer)
{
	unsigned n = 0;

	for (size_t i = 0; i < peer->n_slots; i++)
		n += is_heard(peer->slots[i]);
	return n;
}

/* What sound takes, and may take again after a silence. */
static uint32_t audio_bps(struct egress *egress, rs_time now)
{
	const uint32_t bps = estimator_audio_bps(&egress->estimator, now);
	const uint32_t faded =
		egress->audio_peak_bps - egress->audio_peak_bps / (100 / AUDIO_FORGET * 10);

	egress->audio_peak_bps = bps > faded ? bps : faded;
	if (egress->audio_peak_bps < AUDIO_LEAST_BPS && hears(egress->peer) > 0)
		return AUDIO_LEAST_BPS;
	return egress->audio_peak_bps;
}

static void set_red(struct peer *peer, uint32_t spare_bps)
{
	struct egress *egress = peer->egress;
	const bool fits = spare_bps > egress->audio_peak_bps * (RED_ROOM - 1);

	egress->no_spare = estimator_is_narrow(&egress->estimator) &&
			   spare_bps < egress->audio_peak_bps / SPARE;

	for (size_t i = 0; i < peer->n_slots; i++) {
		struct slot *slot = peer->slots[i];
		const uint8_t allowed = fits ? RED_MOST : 0;
		if (slot->spec.video || slot->red.allowed == allowed)
			continue;
		slot->red.allowed = allowed;
		red_adapt(slot);
	}
}

static void silence(struct slot *slot, bool silenced)
{
	if (slot->silenced == silenced)
		return;
	slot->silenced = silenced;
	rewrite_break(&slot->rewrite);
}

/* What is heard beside something: another rank, the original underneath, a partner. */
static bool is_beside(const struct peer *peer, size_t i)
{
	const struct slot *slot = peer->slots[i];

	if (slot->spec.rank > 0 || slot->feed.kind == FEED_ORIGINAL)
		return true;
	while (slot->feed.kind == FEED_DESK && i-- > 0)
		if (is_heard(peer->slots[i]))
			return true;
	return false;
}

/* All that is heard may be beside something that is silent: then the first of it stays. NULL: something else does. */
static const struct slot *last_resort(const struct peer *peer)
{
	const struct slot *first = NULL;

	for (size_t i = 0; i < peer->n_slots; i++) {
		if (!is_heard(peer->slots[i]))
			continue;
		if (!is_beside(peer, i))
			return NULL;
		if (first == NULL)
			first = peer->slots[i];
	}
	return first;
}

/* On a line that carries one sound, two of them are none. The first of each feed stays. */
static void set_ranks(struct peer *peer, uint32_t bps, rs_time now)
{
	struct egress *egress = peer->egress;
	const uint32_t sound = estimator_audio_bps(&egress->estimator, now);
	const uint64_t all =
		egress->sole_audio ? (uint64_t)sound * hears(peer) * SOUND_ROOM / 100 : sound;

	if (sound == 0)
		return;
	/* A line that was never too narrow is only not known yet. */
	egress->sole_audio = estimator_is_narrow(&egress->estimator) && bps < all;
	const struct slot *stays = last_resort(peer);
	for (size_t i = 0; i < peer->n_slots; i++)
		if (!peer->slots[i]->spec.video)
			silence(peer->slots[i], egress->sole_audio && is_beside(peer, i) &&
							peer->slots[i] != stays);
}

/* ---- pictures ---- */

static enum purpose purpose_of(const struct slot *slot)
{
	switch (slot->feed.kind) {
	case FEED_CONTENT:
		return PURPOSE_CONTENT;
	case FEED_FLOOR:
	case FEED_CHANNEL:
	case FEED_SPEAKER:
		return PURPOSE_SPEAKER;
	case FEED_CHAIR:
		return PURPOSE_CHAIR;
	case FEED_NONE:
	case FEED_DESK:
	case FEED_ORIGINAL:
	case FEED_SOURCE:
	case FEED_OWN:
		break;
	}
	return PURPOSE_GRID;
}

/* A wish counts before the kind of picture. */
static unsigned priority_of(const struct slot *slot)
{
	const uint32_t wish = slot->spec.priority < 255 ? slot->spec.priority : 255;

	return (255 - wish) * PURPOSES + purpose_of(slot);
}

static void add_rung(struct allocation_slot *out, const struct track *track, uint8_t layer,
	uint8_t temporal, rs_time now)
{
	const uint64_t measured = layer_bps(track, temporal, now);
	const uint64_t bps = measured > 0 ? measured * ON_THE_LINE / 100
					  : (uint64_t)UNMEASURED_BPS << (2 * layer);

	if (out->n_rungs == ALLOCATION_RUNGS)
		return;
	if (out->n_rungs > 0 && bps <= out->rungs[out->n_rungs - 1].bps) {
		if (out->rungs[out->n_rungs - 1].layer == layer)
			return; /* another temporal layer of it costs nothing */
		out->n_rungs--; /* a larger picture for less */
	}
	out->rungs[out->n_rungs++] = (struct allocation_rung){
		.layer = layer,
		.temporal = temporal,
		.bps = bps < UINT32_MAX ? (uint32_t)bps : UINT32_MAX,
	};
}

/* Every layer that flows and is wished for; of the lowest also with fewer pictures a second. */
static void gather(const struct slot *slot, struct allocation_slot *out, rs_time now)
{
	static const struct layer_limit none = { .layer = LAYER_ANY, .temporal = TEMPORAL_ALL };
	const struct publish *publish = slot->publish;
	bool lowest = true;

	out->n_rungs = 0;
	out->priority = priority_of(slot);
	if (publish == NULL || !publish->open)
		return;
	const struct layer_choice best =
		layer_choose(publish, slot->spec.max_height, slot->spec.paused, &none);
	if (best.paused)
		return;
	for (uint8_t i = 0; i <= best.layer; i++) {
		const struct track *track = &publish->tracks[i];
		if (!track->flowing)
			continue;
		for (uint8_t t = 0; lowest && t < layer_temporals(track); t++)
			add_rung(out, track, i, t, now);
		add_rung(out, track, i, TEMPORAL_ALL, now);
		lowest = false;
	}
}

static struct layer_limit limit_of(const struct allocation_slot *slot)
{
	if (slot->n_rungs == 0 || slot->rung == (int)slot->n_rungs - 1)
		return (struct layer_limit){ .layer = LAYER_ANY, .temporal = TEMPORAL_ALL };
	if (slot->rung == ALLOCATION_PAUSED)
		return (struct layer_limit){ .paused = true };
	return (struct layer_limit){
		.layer = slot->rungs[slot->rung].layer,
		.temporal = slot->rungs[slot->rung].temporal,
	};
}

static void apply(struct router *router, struct slot *slot, const struct allocation_slot *decided,
	rs_time now)
{
	const struct layer_limit limit = limit_of(decided);
	const struct layer_limit *has = &slot->limit;

	if (limit.layer != has->layer || limit.temporal != has->temporal ||
		limit.paused != has->paused)
		slot_limit(router, slot, &limit, now);
}

/* A slot that holds is found again by what it holds, though the ladder has other rungs now. */
static void keep_rung(struct allocation_slot *slot, const struct layer_limit *limit)
{
	if (limit->paused || limit->layer == LAYER_ANY)
		return;
	for (size_t i = 0; i < slot->n_rungs; i++)
		if (slot->rungs[i].layer < limit->layer ||
			(slot->rungs[i].layer == limit->layer &&
				slot->rungs[i].temporal <= limit->temporal))
			slot->rung = (int)i;
}

void allocate(struct router *router, struct peer *peer, rs_time now)
{
	struct egress *egress = peer->egress;
	const uint32_t bps = estimator_bps(&egress->estimator);
	const uint32_t audio = audio_bps(egress, now);
	const uint32_t left = bps > audio ? bps - audio : 0;

	egress->allocate_at = now + EVERY;
	for (size_t i = 0; i < peer->n_slots; i++) {
		egress->slots[i].n_rungs = 0;
		if (!peer->slots[i]->spec.video)
			continue;
		gather(peer->slots[i], &egress->slots[i], now);
		keep_rung(&egress->slots[i], &peer->slots[i]->limit);
	}
	if (estimator_acquitted(&egress->estimator))
		allocation_forgive(egress->slots, peer->n_slots);
	const uint64_t best = allocation_decide(egress->slots, peer->n_slots, left, now);
	const uint64_t wanted = best + (uint64_t)audio * SOUND_ROOM / 100;
	estimator_want(&egress->estimator,
		(uint32_t)(wanted < ESTIMATOR_MOST_BPS ? wanted : ESTIMATOR_MOST_BPS));
	for (size_t i = 0; i < peer->n_slots; i++)
		if (peer->slots[i]->spec.video)
			apply(router, peer->slots[i], &egress->slots[i], now);
	set_red(peer, left);
	set_ranks(peer, bps, now);
}
