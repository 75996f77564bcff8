#include "sfu/router/watch.h"

#include "common/rtp/ntp.h"
#include "sfu/router/router_priv.h"

/* ---- on and off ---- */

void watch_set(struct router *router, struct peer *peer, bool on)
{
	if (on == (peer->watch != NULL))
		return;
	if (!on) {
		peer->watch = rs_release(peer->watch);
		router->n_watched--;
		return;
	}
	if (router->n_watched < ROUTER_WATCHED_MAX)
		peer->watch = rs_zalloc(sizeof(*peer->watch));
	if (peer->watch == NULL) {
		router->counters.watch_refused++;
		return;
	}
	peer->watch->now = &router->now;
	router->n_watched++;
}

/* ---- records ---- */

static void add(struct watch *watch, const struct router_record *record)
{
	if (watch->n == WATCH_RECORDS) {
		watch->first = (watch->first + 1) % WATCH_RECORDS;
		watch->n--;
		watch->missed++;
	}
	struct router_record *to = &watch->records[(watch->first + watch->n++) % WATCH_RECORDS];
	*to = *record;
	to->at = *watch->now;
}

static enum router_record_kind kind_of(bool video, bool rtx, bool red, bool empty)
{
	if (empty)
		return ROUTER_RECORD_PADDING;
	if (rtx)
		return ROUTER_RECORD_RTX;
	return video ? ROUTER_RECORD_VIDEO : red ? ROUTER_RECORD_RED : ROUTER_RECORD_AUDIO;
}

void watch_rtp_in(struct watch *watch, const struct track *track, const struct rtp_packet *rtp)
{
	if (watch == NULL)
		return;
	const struct router_send *spec = &track->publish->spec;
	add(watch, &(struct router_record){
			   .kind = kind_of(spec->media != ROUTER_MICROPHONE,
				   spec->rtx_pt != 0 && rtp->pt == spec->rtx_pt,
				   spec->red_pt != 0 && rtp->pt == spec->red_pt,
				   rtp->payload_len == 0),
			   .ssrc = rtp->ssrc,
			   .seq = rtp->seq,
			   .size = (uint16_t)(rtp->header_len + rtp->payload_len),
		   });
}

static const struct slot *slot_of(const struct peer *peer, uint32_t ssrc)
{
	for (size_t i = 0; i < peer->n_slots; i++) {
		const struct router_recv *spec = &peer->slots[i]->spec;
		if (spec->ssrc == ssrc || (spec->rtx_ssrc != 0 && spec->rtx_ssrc == ssrc))
			return peer->slots[i];
	}
	return NULL;
}

void watch_rtp_out(struct watch *watch, const struct peer *peer, const uint8_t *data, size_t len)
{
	struct rtp_packet rtp;

	if (watch == NULL || rtp_parse(data, len, &rtp) < 0)
		return;
	const struct slot *slot = slot_of(peer, rtp.ssrc);
	add(watch, &(struct router_record){
			   .kind = kind_of(slot == NULL || slot->spec.video,
				   slot != NULL && rtp.ssrc == slot->spec.rtx_ssrc,
				   slot != NULL && slot->spec.red_pt != 0 &&
					   rtp.pt == slot->spec.red_pt,
				   slot == NULL || rtp.payload_len == 0),
			   .out = true,
			   .ssrc = rtp.ssrc,
			   .seq = rtp.seq,
			   .size = (uint16_t)len,
		   });
}

static void feedback(struct watch *watch, const struct rtcp_item *item, bool out)
{
	struct rtcp_feedback said;
	struct router_record record = { .out = out };
	uint16_t bits;

	if (rtcp_feedback_parse(item, &said) < 0)
		return;
	record.ssrc = said.media_ssrc;
	if (item->type == RTCP_PSFB &&
		(item->count == RTCP_FMT_PLI || item->count == RTCP_FMT_FIR)) {
		record.kind = ROUTER_RECORD_PLI;
		add(watch, &record);
	}
	if (item->type != RTCP_RTPFB || item->count != RTCP_FMT_NACK)
		return;
	record.kind = ROUTER_RECORD_NACK;
	for (size_t i = 0; rtcp_nack_parse(&said, i, &record.seq, &bits) == 0; i++) {
		record.size = (uint16_t)(1 + __builtin_popcount(bits));
		add(watch, &record);
	}
}

void watch_rtcp(struct watch *watch, const uint8_t *data, size_t len, bool out)
{
	struct rtcp_item item;
	struct rtcp_sr sr;
	size_t cursor = 0;

	while (watch != NULL && rtcp_next(data, len, &cursor, &item) == 1) {
		if (item.type == RTCP_RTPFB || item.type == RTCP_PSFB)
			feedback(watch, &item, out);
		else if (item.type == RTCP_SR && rtcp_sr_parse(&item, &sr) == 0)
			add(watch, &(struct router_record){ .kind = ROUTER_RECORD_REPORT,
					   .out = out,
					   .ssrc = sr.ssrc });
	}
}

void watch_lost(struct watch *watch, const struct track *track, int64_t seq, int64_t n)
{
	if (watch == NULL)
		return;
	add(watch, &(struct router_record){
			   .kind = ROUTER_RECORD_LOST,
			   .ssrc = track->ssrc,
			   .seq = (uint16_t)seq,
			   .size = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX),
		   });
}

/* ---- what is told ---- */

bool router_watched(const struct router *router, uint32_t handle)
{
	const struct peer *peer = peer_of(router, handle);

	return peer != NULL && peer->watch != NULL;
}

size_t router_watch_take(struct router *router, uint32_t handle, struct router_record *out_records,
	size_t max, uint64_t *out_missed)
{
	struct peer *peer = peer_of(router, handle);
	size_t n = 0;

	*out_missed = 0;
	if (peer == NULL || peer->watch == NULL)
		return 0;
	struct watch *watch = peer->watch;
	for (; n < max && watch->n > 0; n++, watch->n--) {
		out_records[n] = watch->records[watch->first];
		watch->first = (watch->first + 1) % WATCH_RECORDS;
	}
	*out_missed = watch->missed;
	return n;
}

/* Since it was last asked for. */
static uint64_t rate(struct watch_rate *before, uint64_t octets, rs_time now)
{
	const rs_time since = now - before->at;
	/* The count of 32 bits may have wrapped. */
	const uint64_t sent = (uint32_t)(octets - before->octets);

	*before = (struct watch_rate){ .octets = octets, .at = now };
	return since > 0 ? sent * 8 * 1000000 / (uint64_t)since : 0;
}

int router_slot_next(struct router *router, uint32_t handle, size_t *cursor, rs_time now,
	struct router_slot_stats *out_stats)
{
	const struct peer *peer = peer_of(router, handle);

	if (peer == NULL || peer->watch == NULL || *cursor >= peer->n_slots)
		return 0;
	const size_t at = (*cursor)++;
	const struct slot *slot = peer->slots[at];
	const struct publish *from = slot->publish;
	const int layer = slot->spec.video ? slot_layer_now(router, slot) : -1;
	*out_stats = (struct router_slot_stats){
		.mid = slot->mid.s,
		.video = slot->spec.video,
		.source = from != NULL ? from->source.s : "",
		.ssrc = slot->spec.ssrc,
		.packets = slot->packets,
		.bitrate_bps = rate(&peer->watch->slots[at], slot->octets, now),
		.loss_permille = loss_share(&slot->loss) * 1000 / LOSS_ALL,
		.layer = layer,
		.aim = slot->aim.layer,
		.temporal = slot->aim.temporal,
		.height = from != NULL && layer >= 0 ? from->tracks[layer].height : 0,
		.why = slot->aim.why,
	};
	return 1;
}

int router_track_next(struct router *router, uint32_t handle, size_t *cursor, rs_time now,
	struct router_track_stats *out_stats)
{
	const struct peer *peer = peer_of(router, handle);

	for (; peer != NULL && *cursor < peer->n_publishes * ROUTER_LAYERS_MAX; (*cursor)++) {
		const struct publish *publish = peer->publishes[*cursor / ROUTER_LAYERS_MAX];
		const unsigned layer = (unsigned)(*cursor % ROUTER_LAYERS_MAX);
		if (layer >= publish->n_tracks || publish->tracks[layer].stream == 0)
			continue;
		const struct track *track = &publish->tracks[layer];
		(*cursor)++;
		*out_stats = (struct router_track_stats){
			.mid = publish->mid.s,
			.source = publish->source.s,
			.media = publish->spec.media,
			.layer = layer,
			.ssrc = track->ssrc,
			.flowing = track->flowing,
			.open = publish->open,
			.height = track->height,
			.packets = track->received,
			.jitter_us = rtp_ticks_to_us(track->jitter_x16 >> 4, track->clock.hz),
			.bitrate_bps = publish->spec.media != ROUTER_MICROPHONE
					       ? layer_bps(track, TEMPORAL_ALL, now)
					       : 0,
			.keyframes_wanted = track->keyframes.wanted,
			.rests = demand_rests(publish, layer),
		};
		return 1;
	}
	return 0;
}
