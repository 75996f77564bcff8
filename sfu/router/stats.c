/* Figures of peers and sources, for reports. */
#include <errno.h>

#include "common/rtp/ntp.h"
#include "sfu/router/router_priv.h"

const struct router_counters *router_counters(const struct router *router)
{
	return &router->counters;
}

static enum router_line_cause cause_of(const struct estimator *estimator)
{
	switch (estimator->cause) {
	case ESTIMATOR_STARTED:
		return ROUTER_LINE_STARTED;
	case ESTIMATOR_GREW:
		return ROUTER_LINE_GREW;
	case ESTIMATOR_PROBED:
		return ROUTER_LINE_PROBED;
	case ESTIMATOR_QUEUE:
		return ROUTER_LINE_QUEUE;
	case ESTIMATOR_LOSS:
		return ROUTER_LINE_LOSS;
	case ESTIMATOR_SILENT:
		return ROUTER_LINE_SILENT;
	}
	return ROUTER_LINE_STARTED;
}

static void line_stats(const struct estimator *estimator, struct router_peer_stats *stats)
{
	stats->estimate_bps = estimator_bps(estimator);
	stats->line_queue_ms = (uint32_t)(estimator_queue(estimator) / 1000);
	stats->own_loss_permille = (uint32_t)(estimator_own_loss(estimator) * 1000);
	stats->line_cause = cause_of(estimator);
}

int router_peer_stats(const struct router *router, uint32_t handle, rs_time now,
	struct router_peer_stats *out_stats)
{
	const struct peer *peer = peer_of(router, handle);

	if (peer == NULL)
		return -ENOENT;
	*out_stats = peer->stats;
	out_stats->rtt_ms = (uint32_t)((peer_rtt(peer, now) + 999) / 1000);
	if (peer->egress != NULL)
		line_stats(&peer->egress->estimator, out_stats);
	return 0;
}

static unsigned top_khz(const struct band *band)
{
	static const uint8_t khz[] = {
		[OPUS_NARROWBAND] = 4,
		[OPUS_MEDIUMBAND] = 6,
		[OPUS_WIDEBAND] = 8,
		[OPUS_SUPERWIDEBAND] = 12,
		[OPUS_FULLBAND] = 20,
	};

	return band->known ? khz[band->bandwidth] : 0;
}

static void microphone_stats(
	const struct publish *publish, rs_time now, struct router_source_stats *stats)
{
	const struct audio *audio = &publish->audio;

	if (publish->spec.media != ROUTER_MICROPHONE)
		return;
	stats->level_dbov = loudness_at(&audio->loudness, now) / 16 - 127;
	stats->speaking = audio->speech.speaking;
	stats->audio_khz = top_khz(&audio->band);
	stats->channels = audio->band.channels;
	stats->fit = audio->band.fit;
	stats->clipping_permille = quality_clipping(&publish->quality, now);
	stats->loss_permille = quality_loss(&publish->quality, now);
	const struct track *track = &publish->tracks[0];
	if (quality_is_recent(track->last, now))
		stats->jitter_ms =
			(uint32_t)(rtp_ticks_to_us(track->jitter_x16 >> 4, track->clock.hz) / 1000);
}

/* The cursor counts sections: peer index * ROUTER_SENDS_MAX + section. */
int router_source_next(const struct router *router, size_t *cursor, rs_time now,
	struct router_source_stats *out_stats)
{
	for (; *cursor < router->config.peers * ROUTER_SENDS_MAX; (*cursor)++) {
		const struct peer *peer = router->peers[*cursor / ROUTER_SENDS_MAX];
		const size_t index = *cursor % ROUTER_SENDS_MAX;
		if (peer == NULL || index >= peer->n_publishes || !peer->publishes[index]->winner ||
			peer->publishes[index]->relay.remote)
			continue;
		const struct publish *publish = peer->publishes[index];
		*out_stats = (struct router_source_stats){
			.meeting = peer->meeting->id.s,
			.source = publish->source.s,
			.media = publish->spec.media,
			.flowing = publish->flowing,
			.open = publish->open,
			.packets = publish->packets,
			.gated = publish->gated,
		};
		microphone_stats(publish, now, out_stats);
		(*cursor)++;
		return 1;
	}
	return 0;
}
