/* Redundant audio of publishers: taken apart, so that everyone gets plain packets, and with those that were lost. */
#include <errno.h>

#include "common/rtp/seq.h"
#include "sfu/router/router_priv.h"

/* What was said before the gate opened is not for the listeners, even if it comes along late. */
static bool said_before(const struct track *track, uint32_t rtp_ts)
{
	return track->publish->open &&
	       clockmap_time(&track->clock, rtp_ts) < track->publish->opened;
}

/* Blocks carry no number. That of the n-th block before the primary is n less: senders leave out none but the
 * oldest. What is kept on either side must not contradict that. */
static bool fits(const struct track *track, int64_t seq, uint32_t rtp_ts, rs_time now)
{
	const struct packet *before = store_find(&track->store, track->stream, seq - 1, now);
	const struct packet *after = store_find(&track->store, track->stream, seq + 1, now);

	return (before == NULL || rtp_ts_before(before->rtp_ts, rtp_ts)) &&
	       (after == NULL || rtp_ts_before(rtp_ts, after->rtp_ts));
}

static void recover(struct router *router, struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, const struct red_block *block, unsigned back, rs_time now)
{
	const int64_t seq = rtp_seq_unwrap(track->highest, rtp->seq) - (int64_t)back;
	struct rtp_packet lost = *rtp;

	lost.seq = (uint16_t)seq;
	lost.rtp_ts = rtp->rtp_ts - block->offset;
	lost.marker = false;
	lost.payload_view = block->data_view;
	lost.payload_len = block->len;
	lost.ext_profile = 0; /* they speak of the primary */
	lost.ext_len = 0;
	if (block->pt != track->publish->spec.pt || block->len == 0 || track->stream == 0 ||
		track->ssrc != rtp->ssrc || !nack_wants(track, seq) ||
		!fits(track, seq, lost.rtp_ts, now) || said_before(track, lost.rtp_ts))
		return;
	/* What is wrong with it is counted there. */
	const int err = track_recv(router, track, &lost, data, ARRIVAL_RED, now);
	if (err == 0)
		router->counters.rx_red_repaired++;
}

int red_recv(struct router *router, struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, rs_time now)
{
	struct red red;
	struct rtp_packet primary = *rtp;

	if (red_parse(rtp->payload_view, rtp->payload_len, &red) < 0 ||
		red.primary.pt != track->publish->spec.pt) {
		router->counters.rx_malformed++;
		return -EBADMSG;
	}
	for (size_t i = 0; i < red.n_redundant; i++)
		recover(router, track, rtp, data, &red.redundant[i],
			(unsigned)(red.n_redundant - i), now);
	primary.payload_view = red.primary.data_view;
	primary.payload_len = red.primary.len;
	return track_recv(router, track, &primary, data, ARRIVAL_ORIGINAL, now);
}
