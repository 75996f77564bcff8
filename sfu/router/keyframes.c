#include "sfu/router/keyframes.h"

#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"

/* A key frame that came this short a time ago serves those who asked just after it only by the next one; no sooner. */
#define INTERVAL_LEAST RS_MS(300)
/* Key frames that only mend take a quarter of what the stream sends at most, but nobody waits longer than this for the next. */
#define BUDGET_PARTS 4
#define INTERVAL_MOST RS_MS(500)
/* A stream that sends less has nothing to lose by a key frame. */
#define BUDGET_FLOOR_BPS 300000U
/* Between repetitions: a round trip and what an encoder needs; then slower, for it may have nothing to show. */
#define ENCODING RS_MS(100)
#define REPEAT_MOST RS_MS(500)
#define REPEAT_LATER RS_SEC(2)
#define REPEATS_FAST 4
/* Requests not answered before another kind is tried as well: old encoders know no other. */
#define BEFORE_FIR 2
/* What a receiver may ask for by itself: on the worst of lines a picture is beyond repair about once a second. */
#define CREDIT_EACH RS_MS(500)
#define CREDIT_MOST (8 * CREDIT_EACH)

static rs_time repeat_after(const struct track *track)
{
	if (track->keyframes.asked_times >= REPEATS_FAST)
		return REPEAT_LATER;
	return rs_time_min(REPEAT_MOST, track_rtt(track) + ENCODING);
}

/* As long as the stream needs to send four times what its last key frame took. */
static rs_time cost(const struct track *track, rs_time now)
{
	const uint64_t sends = layer_bps(track, TEMPORAL_ALL, now);
	const uint64_t bps = sends > BUDGET_FLOOR_BPS ? sends : BUDGET_FLOOR_BPS;
	const uint64_t bits = (uint64_t)track->keyframes.octets * 8;

	return rs_time_min(INTERVAL_MOST, (rs_time)(bits * 1000000 * BUDGET_PARTS / bps));
}

static void send_request(struct router *router, struct track *track, rs_time now)
{
	struct peer *peer = track->publish->peer;
	struct keyframes *keyframes = &track->keyframes;
	struct rs_writer writer;
	uint8_t data[64];

	if (!relay_keyframe(router, track)) {
		emit_begin(&writer, peer, data, sizeof(data));
		rtcp_write_pli(&writer, peer->own_ssrc, track->ssrc);
		if (keyframes->asked_times >= BEFORE_FIR)
			rtcp_write_fir(&writer, peer->own_ssrc, track->ssrc, keyframes->fir);
		emit_rtcp(router, peer, &writer);
		router->counters.plis_sent++;
	}
	keyframes->asked_times++;
	keyframes->asked = now;
	keyframes->next = now + repeat_after(track);
}

void keyframe_ask(struct router *router, struct track *track, enum keyframe_need need, rs_time now)
{
	struct keyframes *keyframes = &track->keyframes;
	rs_time first = keyframes->asked + INTERVAL_LEAST;

	if (track->publish->spec.media == ROUTER_MICROPHONE)
		return;
	router->counters.keyframes_asked++;
	if (need == KEYFRAME_TO_MEND)
		first = rs_time_max(first, keyframes->came + cost(track, now));
	if (!keyframes->wanted) {
		keyframes->wanted = true;
		keyframes->asked_times = 0;
		keyframes->fir++;
		keyframes->next = first;
	} else if (keyframes->asked_times == 0) {
		keyframes->next = rs_time_min(keyframes->next, first);
	}
	keyframe_tick(router, track, now);
}

bool keyframe_credit_take(struct keyframe_credit *credit, rs_time now)
{
	credit->used_until = rs_time_max(credit->used_until, now - CREDIT_MOST) + CREDIT_EACH;
	if (credit->used_until <= now)
		return true;
	credit->used_until -= CREDIT_EACH;
	return false;
}

void keyframe_came(struct track *track, rs_time now)
{
	track->keyframes.wanted = false;
	track->keyframes.came = now;
	track->keyframes.next = RS_TIME_NEVER;
}

void keyframe_measure(struct track *track, const struct packet *packet)
{
	struct keyframes *keyframes = &track->keyframes;

	if (packet->keyframe && packet->rtp_ts != keyframes->rtp_ts) {
		keyframes->rtp_ts = packet->rtp_ts;
		keyframes->octets = 0;
	}
	if (packet->rtp_ts == keyframes->rtp_ts)
		keyframes->octets += (uint32_t)packet->len;
}

void keyframe_tick(struct router *router, struct track *track, rs_time now)
{
	/* Nobody may see the picture, nothing was ever sent, or it rests: asking again makes no sense until that changes. */
	if (!track->keyframes.wanted || (track->stream == 0 && !track->publish->relay.remote) ||
		!track->publish->open || demand_rests(track->publish, track->layer))
		return;
	if (track->keyframes.next <= now)
		send_request(router, track, now);
}
