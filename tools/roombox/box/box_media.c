#include "tools/roombox/box/box_priv.h"

#include "common/log/log.h"

#define BLOCK_TIME RS_MS(10)
/* After a machine has slept, what it missed is left out. */
#define BEHIND_MOST RS_MS(500)
#define VIDEO_HZ_PER_MS 90

/* Of pictures the largest. */
static bool is_kept(const struct box *box, size_t section, size_t layer)
{
	return box->keep != NULL && (section == CALL_MICROPHONE || layer == LADDER_LAYERS - 1);
}

size_t box_send(struct box *box, size_t section, size_t layer, const struct rtc_payload *payload,
	const struct rtc_payload *kept)
{
	const enum late_media media = section == CALL_MICROPHONE ? LATE_SOUND : LATE_PICTURE;
	if (box->call.stage != CALL_LIVE) {
		if (is_kept(box, section, layer))
			keep_missed(box->keep, media, kept, kept->at);
		return 0;
	}
	const int len = rtc_peer_send(box->call.peer, section, layer, payload,
		rtc_io_room(box->io, box->socket), RTC_IO_DATAGRAM_MAX);
	const struct rs_addr to = rtc_peer_remote(box->call.peer);
	if (len > 0 && is_kept(box, section, layer))
		keep_sent(box->keep, media, rtc_io_room(box->io, box->socket), (size_t)len, kept,
			kept->at);
	if (len <= 0)
		return 0; /* the answer refused the section */
	rtc_io_commit(box->io, (size_t)len, &to);
	return (size_t)len;
}

/* --- Sound --- */

/* How many of the frames before go along with a packet. A line that is not measured has room for one. */
static unsigned frames_along(struct box *box)
{
	if (box->call.stage != CALL_LIVE || !rtc_peer_takes_red(box->call.peer, CALL_MICROPHONE))
		return 0;
	const unsigned wanted =
		redundant_expect(&box->redundant, rtc_peer_lost(box->call.peer, CALL_MICROPHONE));
	if (box->uplink == NULL)
		return wanted > 0 ? 1 : 0;
	return uplink_spares_frames(box->uplink, wanted);
}

/* What is kept of it for an outage goes by itself. */
static void send_sound(struct box *box, const struct rtc_payload *frame)
{
	uint8_t data[REDUNDANT_PAYLOAD_MAX];
	struct rtc_payload together = *frame;
	together.len =
		redundant_write(&box->redundant, frames_along(box), frame, RTC_PT_OPUS, data);
	together.data_view = data;
	together.red = together.len > 0;
	redundant_keep(&box->redundant, frame);
	const size_t sent =
		box_send(box, CALL_MICROPHONE, 0, together.red ? &together : frame, frame);
	box->sound_untold += sent > 0 ? sent + RTC_PEER_BELOW : 0;
}

static void capture(struct box *box, rs_time at)
{
	const size_t half = box->blocks % 2;
	uint8_t packet[MICROPHONE_PACKET_MAX];
	uint8_t level;
	room_capture(box->config->room, box->frame + half * PLAYOUT_BLOCK);
	test_signal_sound(&box->signal, box->frame + half * PLAYOUT_BLOCK, PLAYOUT_BLOCK, at);
	if (half == 0)
		return;
	if (box->call.stage == CALL_LIVE)
		microphone_expect(box->microphone, rtc_peer_lost(box->call.peer, CALL_MICROPHONE));
	const size_t len = microphone_encode(box->microphone, box->frame, packet, &level);
	const struct rtc_payload payload = {
		.rtp_ts = (uint32_t)(box->blocks / 2 * MICROPHONE_FRAME),
		.level = level,
		.at = at - BLOCK_TIME,
		.data_view = packet,
		.len = len,
	};
	send_sound(box, &payload);
}

static void play(struct box *box, rs_time at)
{
	int16_t sound[ROOM_SLOTS_MAX][PLAYOUT_BLOCK];
	const int16_t *slots[ROOM_SLOTS_MAX] = { NULL };
	for (size_t i = 0; i < ROOM_SLOTS_MAX; i++) {
		if (box->call.slots[i] != NULL && playout_pull(box->call.slots[i], at, sound[i]))
			slots[i] = sound[i];
	}
	room_play(box->config->room, slots);
}

void box_sound_turn(struct box *box, rs_time now)
{
	const rs_time due = box->start + (rs_time)box->blocks * BLOCK_TIME;
	if (now - due > BEHIND_MOST) {
		/* Even, so that frames stay whole. */
		const uint64_t missed = (uint64_t)((now - due) / BLOCK_TIME) & ~UINT64_C(1);
		box->skipped += missed;
		box->blocks += missed;
	}
	for (;;) {
		const rs_time at = box->start + (rs_time)box->blocks * BLOCK_TIME;
		if (at > now)
			return;
		capture(box, at);
		play(box, at);
		box->blocks++;
	}
}

/* --- Pictures --- */

static void send_frame(struct box *box, size_t layer, const struct ladder_frame *frame)
{
	uint8_t data[LADDER_PAYLOAD_MAX];
	for (size_t i = 0; i < frame->n_payloads; i++) {
		const struct rtc_payload payload = {
			.marker = i + 1 == frame->n_payloads,
			.rtp_ts = (uint32_t)(box->picture_at * VIDEO_HZ_PER_MS / 1000),
			.at = box->start + box->picture_at,
			.data_view = data,
			.len = ladder_payload(frame, i, data),
		};
		if (box->doubts)
			keep_doubted(box->keep, LATE_PICTURE, &payload, payload.at);
		else if (box->call.stage == CALL_LIVE)
			uplink_put(box->uplink, layer, &payload);
		else
			(void)box_send(
				box, CALL_CAMERA, layer, &payload, &payload); /* it is kept */
	}
}

/* What the line has no room for is not encoded. */
static void fit(struct box *box, size_t layer)
{
	if (rtc_peer_keyframe_wanted(box->call.peer, CALL_CAMERA, layer) ||
		uplink_keyframe_wanted(box->uplink, layer))
		ladder_keyframe(box->ladder, layer);
	ladder_set_bitrate(box->ladder, layer, uplink_layer_bps(box->uplink, layer));
}

static void encode(struct box *box, size_t layer, rs_time now)
{
	struct ladder_frame frame;
	const bool live = box->call.stage == CALL_LIVE && !box->doubts;
	if (live && !uplink_admits(box->uplink, layer, now))
		return;
	if (live)
		fit(box, layer);
	else
		ladder_set_bitrate(box->ladder, layer, box->config->ladder.bitrates_bps[layer]);
	const int made = ladder_encode(box->ladder, layer, &box->picture, box->picture_at, &frame);
	if (made == 1)
		send_frame(box, layer, &frame);
	else if (made < 0 && box->pictures_failed++ == 0)
		log_error(
			LOG_MEDIA, box->config->source, "picture cannot be encoded error=%d", made);
}

/* Bars instead of the camera, which goes on meanwhile; each change begins with a key frame. */
static enum room_picture picture_of(struct box *box, rs_time at, rs_time now)
{
	struct camera *bars = test_signal_bars(&box->signal, now);
	const bool cut = box->bars_shown != (bars != NULL);
	struct picture camera;
	const enum room_picture shown =
		room_picture(box->config->room, at, bars != NULL ? &camera : &box->picture);
	if (bars == NULL) {
		box->bars_shown = box->bars_shown && shown == ROOM_PICTURE_NONE;
		return cut && shown != ROOM_PICTURE_NONE ? ROOM_PICTURE_CUT : shown;
	}
	if (!camera_read(bars, at, &box->picture))
		return ROOM_PICTURE_NONE;
	box->bars_shown = true;
	return cut ? ROOM_PICTURE_CUT : ROOM_PICTURE_NEXT;
}

/* The next picture, if there is one by now. */
static void look(struct box *box, rs_time now)
{
	const rs_time every = RS_SEC(1) / box->config->ladder.fps;
	const rs_time at = now - box->start;
	if (at < box->picture_at + every)
		return;
	switch (picture_of(box, at, now)) {
	case ROOM_PICTURE_NONE:
		return;
	case ROOM_PICTURE_CUT:
		for (size_t i = 0; i < LADDER_LAYERS; i++)
			ladder_keyframe(box->ladder, i);
		break;
	case ROOM_PICTURE_NEXT:
		break;
	}
	box->picture_at = at / every * every;
	box->layers_left = box->doubts ? LADDER_LAYERS : box->layers;
}

void box_picture_want(struct box *box, size_t layers)
{
	const size_t wanted = layers > 0 && layers < LADDER_LAYERS ? layers : LADDER_LAYERS;
	for (size_t i = box->layers; box->ladder != NULL && i < wanted; i++)
		ladder_keyframe(box->ladder, i);
	box->layers = wanted;
}

void box_picture_turn(struct box *box, rs_time now)
{
	box_keep_doubt(box, now);
	const bool live = box->call.stage == CALL_LIVE;
	if (box->config->room->n_cameras == 0 ||
		(!live && (box->keep == NULL || !keep_is_on(box->keep)))) {
		box->layers_left = 0; /* nobody waits for the other sizes any more */
		return;
	}
	if (box->layers_left == 0)
		look(box, now);
	if (box->layers_left > 0)
		encode(box, --box->layers_left, now);
	if (!live || box->doubts)
		box->layers_left = 0; /* the largest alone is kept */
}
