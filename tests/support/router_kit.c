#include "tests/support/router_kit.h"

#include <stdlib.h>
#include <string.h>

#include "common/rtp/red.h"
#include "common/rtp/vp8.h"

static void catch_packet(
	void *ctx, uint32_t peer, enum router_packet_kind kind, const uint8_t *data, size_t len)
{
	struct kit *kit = ctx;

	if (len > ROUTER_PACKET_MAX)
		abort();
	if (kit->deliver != NULL) {
		kit->deliver(kit->ctx, peer, kind == ROUTER_RTCP, data, len);
		return;
	}
	if (kit->n_caught == KIT_CAUGHT_MAX)
		abort();
	struct kit_packet *packet = &kit->caught[kit->n_caught++];
	packet->peer = peer;
	packet->rtcp = kind == ROUTER_RTCP;
	packet->len = len;
	memcpy(packet->data, data, len);
}

static void catch_tap(void *ctx, const struct router_tap *tap)
{
	struct kit *kit = ctx;

	if (kit->n_taps == KIT_TAPS_MAX || tap->len > ROUTER_PACKET_MAX)
		abort();
	struct kit_tap *caught = &kit->taps[kit->n_taps++];
	caught->tap = *tap;
	caught->len = tap->len;
	memset(caught->name, 0, sizeof(caught->name));
	if (tap->name != NULL)
		memcpy(caught->name, tap->name, strlen(tap->name));
	if (tap->len > 0)
		memcpy(caught->data, tap->data, tap->len);
}

static bool catch_relay(
	void *ctx, unsigned to, const void *message, size_t len, const void *more, size_t more_len)
{
	const struct kit *kit = ctx;

	if (to == kit->worker || len + more_len > ROUTER_RELAY_MAX)
		abort();
	return kit->relay(kit->worker, to, message, len, more, more_len);
}

int kit_init(struct kit *kit)
{
	kit->n_caught = 0;
	kit->n_taps = 0;
	kit->deliver = NULL;
	rs_rand_init_seed(&kit->rand, 1);
	const struct router_config config = {
		.meetings = 4,
		.peers = 16,
		.packets = kit->packets > 0 ? kit->packets : 2048,
		.wall_offset = 1795305600000000,
		.rand = &kit->rand,
		.emit = catch_packet,
		.tap = catch_tap,
		.workers = kit->workers,
		.worker = kit->worker,
		.relay = kit->relay != NULL ? catch_relay : NULL,
		.ctx = kit,
	};
	return router_new(&config, &kit->router);
}

void kit_done(struct kit *kit)
{
	kit->router = router_free(kit->router);
}

void kit_forget(struct kit *kit)
{
	kit->n_caught = 0;
	kit->n_taps = 0;
}

uint32_t kit_slot_ssrc(const struct kit_peer *peer, unsigned mid, bool rtx)
{
	return peer->csrc * 1000 + mid * 10 + (rtx ? 1 : 0);
}

static size_t sends_of(const struct kit_peer *peer, struct router_send sends[2])
{
	static const char *const rids[] = { "q", "h", "f" };
	const char *source = peer->source != NULL ? peer->source : peer->id;

	if (peer->silent)
		return 0;
	sends[0] = (struct router_send){
		.mid = "0",
		.source = source,
		.media = ROUTER_MICROPHONE,
		.csrc = peer->csrc,
		.codec = ROUTER_OPUS,
		.pt = KIT_OPUS,
		.red_pt = peer->red ? KIT_RED : 0,
		.ext = { .mid = KIT_EXT_MID,
			.level = KIT_EXT_LEVEL,
			.twcc = KIT_EXT_TWCC,
			.abs_capture = KIT_EXT_ABS_CAPTURE },
	};
	sends[1] = (struct router_send){
		.mid = "1",
		.source = source,
		.media = ROUTER_CAMERA,
		.csrc = peer->csrc,
		.codec = peer->camera != ROUTER_OPUS ? peer->camera : ROUTER_VP8,
		.pt = KIT_VP8,
		.rtx_pt = KIT_RTX,
		.n_rids = peer->simulcast ? 3 : 0,
		.ext = { .mid = KIT_EXT_MID,
			.rid = KIT_EXT_RID,
			.repaired_rid = KIT_EXT_REPAIRED_RID,
			.twcc = KIT_EXT_TWCC,
			.abs_capture = KIT_EXT_ABS_CAPTURE },
	};
	for (size_t i = 0; i < sends[1].n_rids; i++)
		sends[1].rids[i] = rids[i];
	return 2;
}

static struct router_recv audio_slot(const struct kit_peer *peer, unsigned mid, uint32_t rank)
{
	return (struct router_recv){
		.mid = mid == 3 ? "3" : "4",
		.ssrc = kit_slot_ssrc(peer, mid, false),
		.codec = ROUTER_OPUS,
		.pt = KIT_SLOT_OPUS,
		.red_pt = peer->red ? KIT_SLOT_RED : 0,
		.nack = true,
		.ext = { .mid = 9, .level = 2, .abs_capture = KIT_EXT_SLOT_ABS_CAPTURE },
		.feed = peer->audio != NULL ? peer->audio : "floor",
		.rank = rank,
		.mix = peer->mix,
	};
}

static const struct router_payload also[] = {
	{ ROUTER_VP9, KIT_SLOT_ALSO(ROUTER_VP9), KIT_SLOT_ALSO_RTX(ROUTER_VP9) },
	{ ROUTER_H264, KIT_SLOT_ALSO(ROUTER_H264), KIT_SLOT_ALSO_RTX(ROUTER_H264) },
	{ ROUTER_AV1, KIT_SLOT_ALSO(ROUTER_AV1), KIT_SLOT_ALSO_RTX(ROUTER_AV1) },
};

int kit_join(struct kit *kit, const struct kit_peer *peer, rs_time now, uint32_t *out_handle)
{
	struct router_send sends[2];
	struct router_recv recvs[3] = {
		audio_slot(peer, 3, 0),
		audio_slot(peer, 4, 1),
		{
			.mid = "6",
			.video = true,
			.ssrc = kit_slot_ssrc(peer, 6, false),
			.rtx_ssrc = kit_slot_ssrc(peer, 6, true),
			.codec = ROUTER_VP8,
			.pt = KIT_SLOT_VP8,
			.rtx_pt = KIT_SLOT_RTX,
			.nack = true,
			.ext = { .mid = 9, .twcc = peer->twcc ? KIT_SLOT_EXT_TWCC : 0 },
			.feed = peer->video != NULL ? peer->video : "speaker",
			.max_height = peer->max_height,
			.paused = peer->paused,
			.n_also = peer->all_codecs ? RS_ARRAY_LEN(also) : 0,
		},
	};
	memcpy(recvs[2].also, also, sizeof(also));
	const struct router_peer spec = {
		.id = peer->id,
		.meeting = "m",
		.sends = sends,
		.n_sends = sends_of(peer, sends),
		.recvs = recvs,
		.n_recvs = RS_ARRAY_LEN(recvs),
		.watch = peer->watch,
		.public = peer->public,
		.home = peer->home,
		.place = peer->place,
	};

	const int err = router_peer_set(kit->router, &spec, now, out_handle);
	if (err == 0 && peer->home == kit->worker)
		router_peer_ready(kit->router, *out_handle, true, now);
	return err;
}

static size_t count(const char *const *names)
{
	size_t n = 0;

	while (names[n] != NULL)
		n++;
	return n;
}

int kit_meeting(struct kit *kit, const struct kit_meeting *meeting, rs_time now)
{
	struct router_channel channels[1 + RS_ARRAY_LEN(meeting->more)] = {
		{ .id = meeting->channel, .desk = meeting->desk, .next = meeting->next },
	};
	size_t n_channels = meeting->channel != NULL ? 1 : 0;

	for (size_t i = 0; i < RS_ARRAY_LEN(meeting->more) && meeting->more[i].id != NULL; i++)
		channels[n_channels++] = meeting->more[i];
	const struct router_meeting spec = {
		.id = "m",
		.event = meeting->event,
		.mode = meeting->direct ? ROUTER_DIRECT : ROUTER_FLOOR,
		.open = meeting->open,
		.n_open = count(meeting->open),
		.visible = meeting->visible,
		.n_visible = count(meeting->visible),
		.warm = meeting->warm,
		.n_warm = count(meeting->warm),
		.channels = channels,
		.n_channels = n_channels,
		.loudest = meeting->loudest,
		.speaker = meeting->speaker,
		.record = meeting->record,
		.off_air = meeting->off_air,
		.meters = meeting->meters,
	};

	return router_meeting_set(kit->router, &spec, now);
}

static void add_ext(struct rtp_header *header, uint8_t id, const void *data, size_t len)
{
	header->exts[header->n_exts++] =
		(struct rtp_ext){ .id = id, .len = (uint8_t)len, .data_view = data };
}

#define OPUS_LEN 40

/* One frame of 20 ms. */
static void write_opus(struct rs_writer *writer, uint16_t seq)
{
	rs_write_u8(writer, 0x78);
	rs_write_u16(writer, seq);
	rs_write_zero(writer, OPUS_LEN - 3);
}

static void write_red(struct rs_writer *writer, const struct kit_media *media)
{
	uint8_t bodies[KIT_RED_MAX + 1][OPUS_LEN];
	struct red red = { .n_redundant = media->red };

	for (unsigned back = 0; back <= media->red; back++) {
		struct rs_writer body;
		rs_writer_init(&body, bodies[back], OPUS_LEN);
		write_opus(&body, (uint16_t)(media->seq - back));
		*(back > 0 ? &red.redundant[media->red - back] : &red.primary) =
			(struct red_block){ .pt = KIT_OPUS,
				.offset = (uint16_t)(960 * back),
				.data_view = bodies[back],
				.len = OPUS_LEN };
	}
	red_write(writer, &red);
}

static void write_payload(struct rs_writer *writer, const struct kit_media *media)
{
	if (media->rtx)
		rs_write_u16(writer, media->rtx_of);
	if (!media->video && media->red > 0) {
		write_red(writer, media);
		return;
	}
	if (!media->video) {
		write_opus(writer, media->seq);
		return;
	}
	if (media->payload != NULL) {
		rs_write_bytes(writer, media->payload, media->payload_len);
		return;
	}
	const struct vp8_descriptor vp8 = {
		.start = true,
		.picture_id_bits = 15,
		.picture_id = media->picture,
		.has_tl0 = true,
		.tl0_pic_idx = (uint8_t)media->picture,
		.has_tid = true,
		.tid = media->tid,
		.layer_sync = media->sync,
	};
	vp8_write(writer, &vp8);
	rs_write_u8(writer, media->keyframe ? 0x10 : 0x11);
	rs_write_u16(writer, 0);
	if (media->keyframe) {
		rs_write_u24(writer, 0x9d012a);
		rs_write_u8(writer, 0x40);
		rs_write_u8(writer, 0x01);
		rs_write_u8(writer, (uint8_t)media->height);
		rs_write_u8(writer, (uint8_t)(media->height >> 8));
	}
	rs_write_zero(writer, 100);
}

size_t kit_write(const struct kit_media *media, uint8_t data[ROUTER_PACKET_MAX])
{
	uint8_t captured[8];
	struct rs_writer ntp;
	const uint8_t twcc[2] = { (uint8_t)(media->twcc >> 8), (uint8_t)media->twcc };
	struct rtp_header header = {
		.padding = media->padding > 0,
		.pt = media->rtx       ? KIT_RTX
		      : media->video   ? KIT_VP8
		      : media->red > 0 ? KIT_RED
				       : KIT_OPUS,
		.seq = media->seq,
		.rtp_ts = media->rtp_ts,
		.ssrc = media->ssrc,
	};
	struct rs_writer writer;

	if (!media->no_mid)
		add_ext(&header, KIT_EXT_MID, media->video ? "1" : "0", 1);
	if (media->rid != NULL)
		add_ext(&header, media->rtx ? KIT_EXT_REPAIRED_RID : KIT_EXT_RID, media->rid,
			strlen(media->rid));
	if (!media->video)
		add_ext(&header, KIT_EXT_LEVEL, &media->level, 1);
	if (media->twcc != 0)
		add_ext(&header, KIT_EXT_TWCC, twcc, sizeof(twcc));
	rs_writer_init(&ntp, captured, sizeof(captured));
	rs_write_u64(&ntp, media->captured);
	if (media->captured != 0)
		add_ext(&header, KIT_EXT_ABS_CAPTURE, captured, sizeof(captured));
	rs_writer_init(&writer, data, ROUTER_PACKET_MAX);
	rtp_write_header(&writer, &header);
	if (media->padding > 0) {
		rs_write_zero(&writer, media->padding - 1U);
		rs_write_u8(&writer, media->padding);
	} else {
		write_payload(&writer, media);
	}
	if (writer.failed)
		abort();
	return writer.len;
}

int kit_send(struct kit *kit, uint32_t peer, const struct kit_media *media, rs_time now)
{
	uint8_t data[ROUTER_PACKET_MAX];
	const size_t len = kit_write(media, data);

	return router_recv_rtp(kit->router, peer, data, len, now);
}

const struct kit_packet *kit_rtp(const struct kit *kit, uint32_t peer, uint32_t ssrc, size_t i)
{
	for (size_t at = 0; at < kit->n_caught; at++) {
		const struct kit_packet *packet = &kit->caught[at];
		struct rtp_packet rtp;
		if (packet->rtcp || packet->peer != peer)
			continue;
		if (rtp_parse(packet->data, packet->len, &rtp) < 0)
			abort();
		if ((ssrc == 0 || rtp.ssrc == ssrc) && i-- == 0)
			return packet;
	}
	return NULL;
}

size_t kit_count_rtp(const struct kit *kit, uint32_t peer, uint32_t ssrc)
{
	size_t n = 0;

	while (kit_rtp(kit, peer, ssrc, n) != NULL)
		n++;
	return n;
}

void kit_report(struct kit *kit, uint32_t handle, const struct rtcp_report *report, rs_time now)
{
	uint8_t data[64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_rr(&writer, 1, report, 1);
	if (router_recv_rtcp(kit->router, handle, data, writer.len, now) < 0)
		abort();
}

struct rtcp_report kit_told(const struct kit *kit, uint32_t peer)
{
	struct rtcp_report told = { .ssrc = 0 };

	for (size_t at = 0; at < kit->n_caught; at++) {
		const struct kit_packet *packet = &kit->caught[at];
		struct rtcp_report report;
		struct rtcp_item item;
		size_t cursor = 0;
		if (!packet->rtcp || packet->peer != peer)
			continue;
		while (rtcp_next(packet->data, packet->len, &cursor, &item) == 1)
			if (item.type == RTCP_RR && rtcp_report_parse(&item, 0, &report) == 0)
				told = report;
	}
	return told;
}

size_t kit_count_rtcp(const struct kit *kit, uint32_t peer, uint8_t type, uint8_t wanted)
{
	size_t n = 0;

	for (size_t at = 0; at < kit->n_caught; at++) {
		const struct kit_packet *packet = &kit->caught[at];
		struct rtcp_item item;
		size_t cursor = 0;
		if (!packet->rtcp || packet->peer != peer)
			continue;
		while (rtcp_next(packet->data, packet->len, &cursor, &item) == 1)
			n += item.type == type && item.count == wanted;
	}
	return n;
}

uint32_t kit_must_join(struct kit *kit, const struct kit_peer *peer)
{
	uint32_t handle;

	if (kit_join(kit, peer, 0, &handle) < 0)
		abort();
	return handle;
}

void kit_must_meeting(struct kit *kit, const struct kit_meeting *meeting, rs_time now)
{
	if (kit_meeting(kit, meeting, now) < 0)
		abort();
}

void kit_speak(
	struct kit *kit, uint32_t peer, uint32_t ssrc, uint16_t seq, uint8_t level, rs_time now)
{
	const struct kit_media media = {
		.ssrc = ssrc, .seq = seq, .rtp_ts = seq * 960U, .level = level
	};

	if (kit_send(kit, peer, &media, now) < 0)
		abort();
}

void kit_show(struct kit *kit, uint32_t peer, const struct kit_media *media, rs_time now)
{
	struct kit_media packet = *media;

	packet.video = true;
	packet.rtp_ts = packet.picture * 3000U;
	if (kit_send(kit, peer, &packet, now) < 0)
		abort();
}

struct rtp_packet kit_parsed(const struct kit_packet *packet)
{
	struct rtp_packet rtp;

	if (packet == NULL || rtp_parse(packet->data, packet->len, &rtp) < 0)
		abort();
	return rtp;
}
