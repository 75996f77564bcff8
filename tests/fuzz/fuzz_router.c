/* The router under a script of state, media, reports and time. Each step is an octet and what it needs;
 * aborts when a packet comes from a source whose gate is closed, does not parse, or goes to a peer that
 * is not ready, and when a deadline does not lie ahead. */
#include <stdlib.h>
#include <string.h>

#include "common/rtp/rtcp.h"
#include "tests/support/router_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PEERS 4

static const char *const names[PEERS] = { "A", "B", "C", "D" };

struct script {
	struct kit kit;
	struct rs_reader reader;
	rs_time now;
	uint32_t handles[PEERS]; /* 0 = gone */
	bool ready[PEERS];
	uint8_t open; /* bit masks */
	uint8_t visible;
	uint8_t desk;
	bool direct;
	uint16_t seq[PEERS][2];
};

static bool allowed(const struct script *script, const struct rtp_packet *rtp)
{
	if (script->direct)
		return true;
	if (rtp->n_csrcs != 1 || rtp->csrcs[0] < 1 || rtp->csrcs[0] > PEERS)
		return false;
	const unsigned bit = 1U << (rtp->csrcs[0] - 1);
	const bool audio = rtp->pt == KIT_SLOT_OPUS || rtp->pt == KIT_SLOT_RED;
	return ((audio ? script->open | script->desk : script->visible) & bit) != 0;
}

/* Somebody's own microphone. */
static bool is_own(unsigned which, const struct rtp_packet *rtp)
{
	const bool audio = rtp->pt == KIT_SLOT_OPUS || rtp->pt == KIT_SLOT_RED;

	return audio && rtp->n_csrcs == 1 && rtp->csrcs[0] == which + 1;
}

static void judge(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len)
{
	const struct script *script = ctx;
	struct rtp_packet rtp;
	struct rtcp_item item;
	size_t cursor = 0;
	int got;
	unsigned which = 0;

	while (script->handles[which] != peer)
		if (++which == PEERS)
			abort();
	if (!script->ready[which])
		abort();
	if (!rtcp) {
		if (rtp_parse(data, len, &rtp) < 0 || !allowed(script, &rtp) || is_own(which, &rtp))
			abort();
		return;
	}
	while ((got = rtcp_next(data, len, &cursor, &item)) == 1)
		;
	if (got < 0)
		abort();
}

static void set_meeting(struct script *script)
{
	struct kit_meeting meeting = { .event = 1, .channel = "fr" };
	size_t n_open = 0;
	size_t n_visible = 0;

	script->open = rs_read_u8(&script->reader) & 0x0f;
	script->visible = rs_read_u8(&script->reader) & 0x0f;
	const uint8_t rest = rs_read_u8(&script->reader);
	script->direct = (rest & 0x80) != 0;
	script->desk = (rest & 4) != 0 ? (uint8_t)(1U << (rest & 3)) : 0;
	meeting.direct = script->direct;
	meeting.record = (rest & 0x40) != 0;
	meeting.desk = (rest & 4) != 0 ? names[rest & 3] : NULL;
	meeting.next = names[rest >> 4 & 3];
	meeting.speaker = (rest & 0x20) != 0 ? names[rest >> 3 & 3] : NULL;
	for (size_t i = 0; i < PEERS; i++) {
		if ((script->open >> i & 1) != 0)
			meeting.open[n_open++] = names[i];
		if ((script->visible >> i & 1) != 0)
			meeting.visible[n_visible++] = names[i];
	}
	if (kit_meeting(&script->kit, &meeting, script->now) < 0)
		abort();
}

static void set_peer(struct script *script, unsigned which)
{
	static const char *const audio[] = { "floor", "channel-fr", "source-A", "" };
	static const char *const beside[] = { "floor", "desk-fr", "original-fr", "source-B" };
	static const char *const video[] = { "speaker", "source-B", "source-A", "" };
	const uint8_t how = rs_read_u8(&script->reader);
	const struct kit_peer peer = {
		.id = names[which],
		.csrc = which + 1,
		.simulcast = (how & 0x10) != 0,
		.silent = (how & 0x20) != 0,
		.audio = (how & 0x0c) == 0x0c ? beside[how & 3] : audio[how & 3],
		.video = video[how >> 2 & 3],
		.mix = (how & 0x40) != 0 ? ROUTER_LOUDEST : ROUTER_BY_RANK,
		.max_height = (how & 0x80) != 0 ? 200 : 0,
		.red = (how & 0x10) != 0,
	};

	script->ready[which] = true;
	if (kit_join(&script->kit, &peer, script->now, &script->handles[which]) < 0)
		abort();
}

static void send(struct script *script, unsigned which)
{
	static const char *const rids[] = { NULL, "q", "h", "f" };
	const uint8_t how = rs_read_u8(&script->reader);
	const uint8_t more = rs_read_u8(&script->reader);
	const bool video = (how & 1) != 0;
	uint16_t *seq = &script->seq[which][video];

	*seq = (uint16_t)(*seq + (int8_t)(more & 0x1f) - 8);
	const struct kit_media media = {
		.ssrc = which * 16 + (how & 7) + 1,
		.seq = *seq,
		.rtp_ts = (uint32_t)(script->now * (video ? 90 : 48) / 1000),
		.level = more & 0x7f,
		.red = video ? 0 : how >> 6 & 3,
		.video = video,
		.keyframe = (how & 8) != 0,
		.picture = *seq,
		.height = (how & 4) != 0 ? 180 : 360,
		.rid = rids[how >> 4 & 3],
		.padding = (more & 0xc0) == 0xc0 ? 20 : 0,
		.rtx = video && (how & 0x40) != 0,
		.rtx_of = (uint16_t)(*seq - 1),
		.twcc = *seq,
	};
	const int err = kit_send(&script->kit, script->handles[which], &media, script->now);
	if (err > 0)
		abort();
}

static void send_raw(struct script *script, unsigned which, bool rtcp)
{
	const size_t len = rs_read_u8(&script->reader);
	const uint8_t *data = rs_read_view(&script->reader, len);

	if (data == NULL)
		return;
	const int err = rtcp ? router_recv_rtcp(script->kit.router, script->handles[which], data,
				       len, script->now)
			     : router_recv_rtp(script->kit.router, script->handles[which], data,
				       len, script->now);
	if (err > 0)
		abort();
}

/* A receiver's NACK and PLI for one of its slots. */
static void complain(struct script *script, unsigned which)
{
	const struct kit_peer peer = { .csrc = which + 1 };
	const uint8_t how = rs_read_u8(&script->reader);
	const uint16_t seqs[] = { (uint16_t)(rs_read_u8(&script->reader) << 6) };
	const uint32_t ssrc = kit_slot_ssrc(&peer, (how & 1) != 0 ? 6 : 3, false);
	uint8_t data[64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, ssrc, seqs, 1);
	rtcp_write_pli(&writer, 1, ssrc);
	if (router_recv_rtcp(
		    script->kit.router, script->handles[which], data, writer.len, script->now) > 0)
		abort();
}

static void pass_time(struct script *script, unsigned n)
{
	struct router_event event;

	script->now += RS_MS(5) * (rs_time)(1U << n);
	router_tick(script->kit.router, script->now);
	if (router_deadline(script->kit.router) <= script->now)
		abort();
	while (router_poll(script->kit.router, &event) == 1)
		;
	kit_forget(&script->kit);
}

/* Bits 0-1: which peer; 2-4: what; 5-7: how much. */
static void step(struct script *script)
{
	const uint8_t octet = rs_read_u8(&script->reader);
	const unsigned which = octet & 3;
	const unsigned n = octet >> 5;

	switch (octet >> 2 & 7) {
	case 0:
		set_meeting(script);
		break;
	case 1:
		set_peer(script, which);
		break;
	case 2:
		if (n == 0) {
			router_peer_remove(script->kit.router, names[which], script->now);
			script->handles[which] = 0;
		} else if (n == 1) {
			script->ready[which] = !script->ready[which];
			router_peer_ready(script->kit.router, script->handles[which],
				script->ready[which], script->now);
		} else if (n == 2) {
			router_meeting_remove(script->kit.router, "m", script->now);
			script->open = script->visible = script->desk = 0;
			script->direct = false;
		} else if (n == 3) {
			if (router_tap_start(script->kit.router, "m", script->now) < 0)
				abort();
		} else {
			router_tap_stop(script->kit.router, "m");
		}
		break;
	case 3:
		pass_time(script, n);
		break;
	case 4:
		send_raw(script, which, (n & 1) != 0);
		break;
	case 5:
		complain(script, which);
		break;
	default:
		send(script, which);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct script script;

	if (size > 8192)
		return 0;
	memset(script.handles, 0, sizeof(script.handles));
	memset(script.ready, 0, sizeof(script.ready));
	memset(script.seq, 0, sizeof(script.seq));
	script.open = script.visible = script.desk = 0;
	script.direct = false;
	script.now = RS_SEC(1);
	rs_reader_init(&script.reader, data, size);
	script.kit.packets = 64;
	if (kit_init(&script.kit) < 0)
		abort();
	script.kit.deliver = judge;
	script.kit.ctx = &script;
	while (rs_reader_left(&script.reader) > 0) {
		step(&script);
		kit_forget(&script.kit);
	}
	kit_done(&script.kit);
	return 0;
}
