#include "sfu/router/capture.h"

#include "common/rtp/abs_capture.h"
#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"
#include "sfu/router/router_priv.h"

/* The fastest sign of the last one to two windows is taken for undelayed. */
#define WINDOW RS_SEC(30)
/* A clock that moved this much was set, not late. */
#define STEP RS_SEC(10)
/* One packet in so many carries the time: a receiver reckons on from the last, and a new one in a slot
 * has it within a third of a second of sound. */
#define STAMP_EVERY 16

/* ---- a peer's clock ---- */

static void begin(struct peer_clock *clock, int64_t offset, bool report, rs_time now)
{
	*clock = (struct peer_clock){
		.known = true,
		.reported = report,
		.offset = { offset, offset },
		.window_end = now + WINDOW,
	};
}

int64_t peer_clock_offset(const struct peer_clock *clock)
{
	return rs_time_min(clock->offset[0], clock->offset[1]);
}

void peer_clock_add(struct peer_clock *clock, uint64_t ntp, bool report, rs_time now)
{
	const int64_t offset = now - ntp_to_wall_us(ntp);
	const int64_t least = peer_clock_offset(clock);

	/* Capture times are late by the encoder, too, and may be another system's. */
	if (clock->reported && !report)
		return;
	if (!clock->known || clock->reported != report || offset > least + STEP ||
		offset < least - STEP) {
		begin(clock, offset, report, now);
		return;
	}
	if (now >= clock->window_end) {
		clock->offset[1] = clock->offset[0];
		clock->offset[0] = offset;
		clock->window_end = now + WINDOW;
	}
	clock->offset[0] = rs_time_min(clock->offset[0], offset);
}

/* ---- capture times ---- */

static uint64_t ntp_plus(uint64_t ntp, int64_t us)
{
	return us == 0 ? ntp : ntp_from_wall_us(ntp_to_wall_us(ntp) + us);
}

static void note(
	struct track *track, const struct packet *packet, const struct rtp_ext *ext, rs_time now)
{
	struct abs_capture said;

	if (abs_capture_parse(ext->data_view, ext->len, &said) < 0)
		return;
	track->capture = (struct capture){
		.known = true,
		.ntp = said.ntp,
		.offset_us = said.offset_us,
		.rtp_ts = packet->rtp_ts,
	};
	peer_clock_add(
		&track->publish->peer->clock, ntp_plus(said.ntp, -said.offset_us), false, now);
}

/* The packet's capture time: as it was said, as reckoned on from what was said, by the sender report, or by its arrival. */
static struct abs_capture captured(
	const struct router *router, const struct track *track, const struct packet *packet)
{
	const struct peer_clock *clock = &track->publish->peer->clock;
	const struct capture *last = &track->capture;
	struct abs_capture capture = { .has_offset = true };

	if (!clock->known || (!last->known && !track->has_sr)) {
		capture.ntp = router_ntp(router, packet->time);
		return capture;
	}
	const uint32_t rtp_ts = last->known ? last->rtp_ts : track->sr_rtp;
	const int64_t ticks = rtp_ts_diff(rtp_ts, packet->rtp_ts);
	/* Its clock minus ours: ours is the monotonic one, moved. */
	capture.offset_us = -peer_clock_offset(clock) - router->config.wall_offset;
	if (last->known)
		capture.offset_us += last->offset_us;
	capture.ntp = ntp_plus(
		last->known ? last->ntp : track->sr_ntp, rtp_ticks_to_us(ticks, track->clock.hz));
	return capture;
}

void capture_stamp(struct router *router, struct track *track, struct packet *packet,
	const struct rtp_ext *ext, rs_time now)
{
	struct rs_writer writer;

	packet->abs_capture_len = 0;
	if (ext != NULL)
		note(track, packet, ext, now);
	if (ext == NULL && !packet->keyframe && packet->seq % STAMP_EVERY != 0)
		return;
	const struct abs_capture capture = captured(router, track, packet);
	rs_writer_init(&writer, packet->abs_capture, sizeof(packet->abs_capture));
	abs_capture_write(&writer, &capture);
	packet->abs_capture_len = (uint8_t)writer.len;
}

bool capture_rtp_at(const struct track *track, rs_time now, uint32_t *out_rtp_ts)
{
	const struct peer_clock *clock = &track->publish->peer->clock;
	const struct capture *last = &track->capture;

	if (!clock->known || (!track->has_sr && !last->known))
		return false;
	const int64_t there = now - peer_clock_offset(clock);
	const int64_t at = track->has_sr ? ntp_to_wall_us(track->sr_ntp)
					 : ntp_to_wall_us(last->ntp) - last->offset_us;
	const uint32_t rtp_ts = track->has_sr ? track->sr_rtp : last->rtp_ts;
	*out_rtp_ts = rtp_ts + (uint32_t)rtp_ticks_from_us(there - at, track->clock.hz);
	return true;
}
