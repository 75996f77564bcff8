/* Which section, layer and role an SSRC has: by MID, then RID or repaired RID, then what the offer
 * signalled, then a payload type that only one section has. The newest packet that says so wins. */
#include <errno.h>
#include <string.h>

#include "sfu/router/router_priv.h"

/* An SSRC silent this long may be forgotten for a new one. */
#define IDLE RS_SEC(2)

static bool says(const struct rtp_packet *rtp, uint8_t id, const char *text)
{
	const size_t len = strlen(text);
	struct rtp_ext ext;

	return rtp_ext_find(rtp, id, &ext) && ext.len == len &&
	       memcmp(ext.data_view, text, len) == 0;
}

static bool takes_pt(const struct publish *publish, uint8_t pt)
{
	return pt == publish->spec.pt ||
	       (publish->spec.rtx_pt != 0 && pt == publish->spec.rtx_pt) ||
	       (publish->spec.red_pt != 0 && pt == publish->spec.red_pt);
}

static bool is_rtx(const struct publish *publish, uint8_t pt)
{
	return publish->spec.rtx_pt != 0 && pt == publish->spec.rtx_pt;
}

static struct publish *by_mid(const struct peer *peer, const struct rtp_packet *rtp)
{
	for (size_t i = 0; i < peer->n_publishes; i++) {
		struct publish *publish = peer->publishes[i];
		if (says(rtp, publish->spec.ext.mid, publish->mid.s))
			return publish;
	}
	return NULL;
}

static struct publish *by_signalled(const struct peer *peer, uint32_t ssrc)
{
	for (size_t i = 0; i < peer->n_publishes; i++) {
		const struct router_send *spec = &peer->publishes[i]->spec;
		if ((spec->ssrc != 0 && spec->ssrc == ssrc) ||
			(spec->rtx_ssrc != 0 && spec->rtx_ssrc == ssrc))
			return peer->publishes[i];
	}
	return NULL;
}

static struct publish *by_pt(const struct peer *peer, uint8_t pt)
{
	struct publish *found = NULL;

	for (size_t i = 0; i < peer->n_publishes; i++) {
		if (!takes_pt(peer->publishes[i], pt))
			continue;
		if (found != NULL)
			return NULL;
		found = peer->publishes[i];
	}
	return found;
}

/* -1 when the packet does not say and there is more than one. */
static int layer_of(const struct publish *publish, const struct rtp_packet *rtp, bool rtx)
{
	const uint8_t id = rtx ? publish->spec.ext.repaired_rid : publish->spec.ext.rid;

	if (publish->spec.n_rids == 0)
		return 0;
	for (unsigned i = 0; i < publish->n_tracks; i++)
		if (says(rtp, id, publish->rids[i].s))
			return (int)i;
	return -1;
}

/* A free place, or that of the SSRC longest silent. NULL when all are in use. */
static struct ssrc *place_for(struct peer *peer, rs_time now)
{
	struct ssrc *oldest = &peer->ssrcs[0];

	for (size_t i = 0; i < SSRCS_MAX; i++) {
		struct ssrc *entry = &peer->ssrcs[i];
		if (entry->ssrc == 0)
			return entry;
		if (entry->used < oldest->used)
			oldest = entry;
	}
	return now - oldest->used >= IDLE ? oldest : NULL;
}

static int learn(struct router *router, struct peer *peer, const struct rtp_packet *rtp,
	rs_time now, struct ssrc **out_entry)
{
	struct publish *publish = by_mid(peer, rtp);

	if (publish == NULL)
		publish = by_signalled(peer, rtp->ssrc);
	if (publish == NULL)
		publish = by_pt(peer, rtp->pt);
	if (publish == NULL || !takes_pt(publish, rtp->pt) || rtp->ssrc == 0) {
		router->counters.rx_unknown_ssrc++;
		return -EPROTO;
	}
	const bool rtx = is_rtx(publish, rtp->pt);
	const int layer = layer_of(publish, rtp, rtx);
	if (layer < 0) {
		router->counters.rx_unknown_ssrc++;
		return -EPROTO;
	}
	struct ssrc *entry = place_for(peer, now);
	if (entry == NULL) {
		router->counters.rx_ssrcs_refused++;
		return -E2BIG;
	}
	*entry = (struct ssrc){
		.ssrc = rtp->ssrc, .publish = publish, .layer = (unsigned)layer, .rtx = rtx
	};
	*out_entry = entry;
	return 0;
}

static struct ssrc *find(struct peer *peer, uint32_t ssrc)
{
	for (size_t i = 0; i < SSRCS_MAX; i++)
		if (peer->ssrcs[i].ssrc == ssrc && ssrc != 0)
			return &peer->ssrcs[i];
	return NULL;
}

int demux(struct router *router, struct peer *peer, const struct rtp_packet *rtp, rs_time now,
	struct track **out_track, bool *out_rtx)
{
	struct ssrc *entry = find(peer, rtp->ssrc);

	if (entry != NULL && (!takes_pt(entry->publish, rtp->pt) ||
				     entry->rtx != is_rtx(entry->publish, rtp->pt))) {
		router->counters.rx_unknown_ssrc++;
		return -EPROTO;
	}
	if (entry == NULL) {
		const int err = learn(router, peer, rtp, now, &entry);
		if (err < 0)
			return err;
	}
	entry->used = now;
	*out_track = &entry->publish->tracks[entry->layer];
	*out_rtx = entry->rtx;
	return 0;
}

struct track *peer_track_by_ssrc(struct peer *peer, uint32_t ssrc)
{
	const struct ssrc *entry = find(peer, ssrc);

	if (entry == NULL || entry->rtx)
		return NULL;
	struct track *track = &entry->publish->tracks[entry->layer];
	return track->ssrc == ssrc ? track : NULL; /* the track may have gone on to another */
}
