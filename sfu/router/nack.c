/* Missing packets of a publisher: asked for again until they come or are too late to matter. */
#include <string.h>

#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"

/* Reordered packets get this long before they are asked for. */
#define PATIENCE RS_MS(5)
/* The next packet of such a stream may bring what is missing. */
#define PATIENCE_RED RS_MS(30)
#define RETRY_LEAST RS_MS(20)
#define RTT_UNKNOWN RS_MS(60)
#define TRIES_MAX 20
/* Listeners play out later than this seldom. */
#define GIVE_UP_AUDIO RS_MS(500)
#define GIVE_UP_VIDEO RS_MS(1500)
/* A wider gap is a pause or a fault, not loss that retransmission mends: pictures begin anew. */
#define GAP_MAX 100
/* Numbers in one NACK. */
#define ASK_MAX 64

static bool is_audio(const struct track *track)
{
	return track->publish->spec.media == ROUTER_MICROPHONE;
}

rs_time track_rtt(const struct track *track)
{
	const rs_time rtt = track->publish->peer->rtt;

	return rtt > 0 ? rtt : RTT_UNKNOWN;
}

static void forget(struct track *track, size_t i)
{
	track->n_missing--;
	memmove(&track->missing[i], &track->missing[i + 1],
		(track->n_missing - i) * sizeof(track->missing[0]));
}

static void give_up(struct router *router, struct track *track, size_t i)
{
	watch_lost(track->publish->peer->watch, track, track->missing[i].seq, 1);
	forget(track, i);
	router->counters.rx_lost++;
	track->publish->peer->stats.rx_lost++;
}

static void add(struct router *router, struct track *track, int64_t seq, rs_time now)
{
	if (track->n_missing == MISSING_MAX)
		give_up(router, track, 0);
	track->missing[track->n_missing++] = (struct missing){
		.seq = seq, .next = now + (track->red ? PATIENCE_RED : PATIENCE), .asked = now
	};
}

/* The time from asking to the answer is a round trip. Asked twice, it is still the first that was answered, mostly: the
 * second goes out after half of one. */
static void note_rtt(struct track *track, const struct missing *missing, rs_time now)
{
	struct peer *peer = track->publish->peer;
	const rs_time sample = now - missing->first;

	if (missing->tries <= 2)
		peer_measured_rtt(peer, sample, now);
}

bool nack_wants(const struct track *track, int64_t seq)
{
	if (seq > track->highest)
		return true;
	for (size_t i = 0; i < track->n_missing; i++)
		if (track->missing[i].seq == seq)
			return true;
	return false;
}

bool nack_seen(
	struct router *router, struct track *track, int64_t seq, enum arrival arrival, rs_time now)
{
	if (seq > track->highest) {
		const int64_t gap = seq - track->highest - 1;
		if (gap > GAP_MAX) {
			router->counters.rx_lost += (uint64_t)gap;
			track->publish->peer->stats.rx_lost += (uint64_t)gap;
			watch_lost(track->publish->peer->watch, track, track->highest + 1, gap);
			if (track->publish->open)
				keyframe_ask(router, track, KEYFRAME_TO_MEND, now);
		} else
			for (int64_t i = track->highest + 1; i < seq; i++)
				add(router, track, i, now);
		track->highest = seq;
		return true;
	}
	for (size_t i = 0; i < track->n_missing; i++) {
		if (track->missing[i].seq != seq)
			continue;
		if (arrival != ARRIVAL_RED && track->missing[i].tries > 0)
			note_rtt(track, &track->missing[i], now);
		if (arrival != ARRIVAL_ORIGINAL || track->missing[i].tries > 0)
			router->counters.rx_repaired++;
		forget(track, i);
		return true;
	}
	return false;
}

static void send_nack(struct router *router, struct track *track, const uint16_t *seqs, size_t n)
{
	struct peer *peer = track->publish->peer;
	struct rs_writer writer;
	uint8_t data[ROUTER_PACKET_MAX];

	emit_begin(&writer, peer, data, sizeof(data));
	rtcp_write_nack(&writer, peer->own_ssrc, track->ssrc, seqs, n);
	emit_rtcp(router, peer, &writer);
	router->counters.nacks_sent += n;
}

void nack_tick(struct router *router, struct track *track, rs_time now)
{
	const rs_time too_late = is_audio(track) ? GIVE_UP_AUDIO : GIVE_UP_VIDEO;
	/* Requests are lost as well as answers. Browsers answer none twice within a round trip, so that asking more
	 * often costs no more than the request. */
	const rs_time retry = rs_time_max(RETRY_LEAST, track_rtt(track) / 2);
	/* What nobody gets is not worth the publisher's line. */
	const bool ask = track->publish->open;
	uint16_t seqs[ASK_MAX];
	size_t n = 0;
	bool lost = false;

	for (size_t i = 0; i < track->n_missing && n < ASK_MAX;) {
		struct missing *missing = &track->missing[i];
		if (missing->tries >= TRIES_MAX || now - missing->next > too_late ||
			(missing->tries > 0 && now - missing->asked > too_late)) {
			give_up(router, track, i);
			lost = true;
			continue;
		}
		if (missing->next <= now && ask) {
			if (missing->tries++ == 0)
				missing->first = now;
			missing->asked = now;
			missing->next = now + retry;
			seqs[n++] = (uint16_t)missing->seq;
		}
		i++;
	}
	if (n > 0)
		send_nack(router, track, seqs, n);
	if (lost && track->publish->open)
		keyframe_ask(router, track, KEYFRAME_TO_MEND, now);
}
