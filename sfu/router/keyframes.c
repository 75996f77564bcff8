/* One authority per source stream asks for key frames: whoever needs one says so here, the publisher
 * hears it once, and again until the key frame has come. A storm of requests would cost picture quality. */
#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"

/* A key frame that came this short a time ago serves those who asked just after it only by the next one; no sooner. */
#define INTERVAL_LEAST RS_MS(300)
/* Between repetitions: long enough for an encoder to answer over a slow line. */
#define REPEAT_FIRST RS_MS(500)
#define REPEAT_LATER RS_SEC(2)
#define REPEATS_FAST 4

static void send_pli(struct router *router, struct track *track, rs_time now)
{
	struct peer *peer = track->publish->peer;
	struct keyframes *keyframes = &track->keyframes;
	struct rs_writer writer;
	uint8_t data[64];

	if (!relay_keyframe(router, track)) {
		emit_begin(&writer, peer, data, sizeof(data));
		rtcp_write_pli(&writer, peer->own_ssrc, track->ssrc);
		emit_rtcp(router, peer, &writer);
		router->counters.plis_sent++;
	}
	keyframes->asked_times++;
	keyframes->asked = now;
	keyframes->next =
		now + (keyframes->asked_times < REPEATS_FAST ? REPEAT_FIRST : REPEAT_LATER);
}

void keyframe_ask(struct router *router, struct track *track, rs_time now)
{
	struct keyframes *keyframes = &track->keyframes;

	if (track->publish->spec.media == ROUTER_MICROPHONE)
		return;
	router->counters.keyframes_asked++;
	if (!keyframes->wanted) {
		keyframes->wanted = true;
		keyframes->asked_times = 0;
		keyframes->next = keyframes->asked + INTERVAL_LEAST;
	}
	keyframe_tick(router, track, now);
}

void keyframe_came(struct track *track, rs_time now)
{
	track->keyframes.wanted = false;
	track->keyframes.came = now;
	track->keyframes.next = RS_TIME_NEVER;
}

void keyframe_tick(struct router *router, struct track *track, rs_time now)
{
	/* Nobody may see the picture, or nothing was ever sent: asking again makes no sense until that changes. */
	if (!track->keyframes.wanted || (track->stream == 0 && !track->publish->relay.remote) ||
		!track->publish->open)
		return;
	if (track->keyframes.next <= now)
		send_pli(router, track, now);
}
