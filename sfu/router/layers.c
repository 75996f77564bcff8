#include "sfu/router/layers.h"

#include "common/rtp/ntp.h"
#include "sfu/router/router_priv.h"

#define VIDEO_HZ 90000
#define WINDOW RS_MS(500)

void layer_meter_add(struct layer_meter *meter, uint8_t temporal, size_t octets, rs_time now)
{
	if (now >= meter->window_end) {
		const bool next = now < meter->window_end + WINDOW;
		for (unsigned i = 0; i < TEMPORAL_LAYERS; i++) {
			meter->last[i] = next ? meter->octets[i] : 0;
			meter->octets[i] = 0;
		}
		meter->window_end = now + WINDOW;
	}
	meter->octets[temporal] += (uint32_t)octets;
	if (temporal > meter->highest)
		meter->highest = temporal;
}

uint64_t layer_bps(const struct track *track, uint8_t temporal, rs_time now)
{
	const struct layer_meter *meter = &track->meter;
	uint64_t octets = 0;

	/* The window that runs, and the one before it. */
	const rs_time begun = meter->window_end - WINDOW;
	if (now >= meter->window_end + WINDOW || meter->window_end == 0)
		return 0;
	for (unsigned i = 0; i < TEMPORAL_LAYERS && i <= temporal; i++)
		octets += meter->octets[i] + meter->last[i];
	return octets * 8 * 1000000 / (uint64_t)(now - begun + WINDOW);
}

uint8_t layer_temporals(const struct track *track)
{
	return track->meter.highest;
}

uint32_t layer_height(const struct publish *publish, unsigned layer)
{
	if (publish->tracks[layer].height != 0)
		return publish->tracks[layer].height;
	for (unsigned i = 0; i < publish->n_tracks; i++) {
		const uint32_t height = publish->tracks[i].height;
		if (height != 0)
			return i < layer ? height << (layer - i) : height >> (i - layer);
	}
	return 0;
}

/* A third more than wished is fine: better somewhat too sharp than blurred. */
static bool fits(uint32_t height, uint32_t max_height)
{
	return max_height == 0 || height == 0 || (uint64_t)height * 3 <= (uint64_t)max_height * 4;
}

static struct layer_choice paused(enum router_layer_why why)
{
	return (struct layer_choice){ .temporal = TEMPORAL_ALL, .paused = true, .why = why };
}

struct layer_choice layer_choose(const struct publish *publish, uint32_t max_height,
	bool wish_paused, const struct layer_limit *limit)
{
	struct layer_choice choice = { .temporal = TEMPORAL_ALL, .why = ROUTER_LAYER_BEST };
	bool any = false;

	if (wish_paused || limit->paused)
		return paused(
			wish_paused ? ROUTER_LAYER_PAUSED_BY_WISH : ROUTER_LAYER_PAUSED_BY_LINE);
	for (uint8_t i = 0; i < publish->n_tracks; i++) {
		const bool wished = fits(layer_height(publish, i), max_height);
		if (!publish->tracks[i].flowing)
			continue;
		if (any && (!wished || i > limit->layer)) {
			choice.why = wished ? ROUTER_LAYER_BY_LINE : ROUTER_LAYER_BY_WISH;
			break;
		}
		choice.layer = i;
		any = true;
	}
	if (choice.layer == limit->layer && limit->temporal < TEMPORAL_ALL) {
		choice.temporal = limit->temporal;
		choice.why = ROUTER_LAYER_BY_LINE;
	}
	return choice;
}

unsigned layers_wished(const struct publish *publish, uint32_t max_height, bool wish_paused)
{
	unsigned n = 1;

	if (wish_paused)
		return 0;
	while (n < publish->n_tracks && fits(layer_height(publish, n), max_height))
		n++;
	return n;
}

bool layer_same_ts(
	const struct track *from, const struct track *to, uint32_t rtp_ts, uint32_t *out_ts)
{
	if (from == to || from->publish != to->publish || !from->has_sr || !to->has_sr)
		return false;
	const int64_t us = ntp_diff_us(from->sr_ntp, to->sr_ntp);
	*out_ts = to->sr_rtp + (rtp_ts - from->sr_rtp) + (uint32_t)rtp_ticks_from_us(us, VIDEO_HZ);
	return true;
}

void slot_limit(
	struct router *router, struct slot *slot, const struct layer_limit *limit, rs_time now)
{
	slot->limit = *limit;
	if (slot->publish != NULL)
		slot_layer(router, slot, now);
}

int slot_layer_now(const struct router *router, const struct slot *slot)
{
	uint32_t ts_offset;

	const uint32_t stream = rewrite_stream(&slot->rewrite, &ts_offset);
	const struct track *track = stream != 0 ? track_of_stream(router, stream) : NULL;
	return track != NULL && track->publish == slot->publish ? (int)track->layer : -1;
}
