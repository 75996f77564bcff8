/* The routers of three workers under one script, what they hand each other under way until the script lets it
 * arrive, or without room. Each step is an octet and what it needs; aborts when a packet comes from a source
 * whose gate is closed, leaves elsewhere than at its receiver's home, skips a transport-wide number, or has
 * the SSRC and number of another one (RFC 7714 section 8: the nonce would come again). */
#include <stdlib.h>
#include <string.h>

#include "common/rtp/rtcp.h"
#include "common/rtp/twcc.h"
#include "tests/support/router_crew.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PEERS 4
#define STREAMS 4
#define REMEMBERED 1024

static const char *const names[PEERS] = { "A", "B", "C", "D" };

struct sent {
	uint32_t session;
	uint16_t seq;
	uint32_t hash;
};

struct peer {
	uint32_t handle; /* 0 = gone */
	unsigned home;
	bool ready;
	uint32_t session; /* differs whenever its keys would */
	bool numbered;
	uint16_t number;
	uint16_t seq[2];
	uint16_t heard[2]; /* last number of its first audio slot and of its video slot */
	struct sent sent[STREAMS][REMEMBERED];
};

static struct {
	struct rs_reader reader;
	rs_time now;
	uint32_t sessions; /* begun in the life of the process */
	struct peer peers[PEERS];
	uint8_t open; /* bit masks */
	uint8_t visible;
	uint8_t desk;
	bool direct;
} script;

/* ---- what leaves ---- */

static bool allowed(const struct rtp_packet *rtp, bool audio)
{
	if (script.direct || rtp->payload_len == 0)
		return true;
	if (rtp->n_csrcs != 1 || rtp->csrcs[0] < 1 || rtp->csrcs[0] > PEERS)
		return false;
	const unsigned bit = 1U << (rtp->csrcs[0] - 1);
	return ((audio ? script.open | script.desk : script.visible) & bit) != 0;
}

static struct sent *memory(unsigned which, const struct rtp_packet *rtp)
{
	const struct kit_peer peer = { .csrc = which + 1 };
	const uint32_t ssrcs[STREAMS] = { kit_slot_ssrc(&peer, 3, false),
		kit_slot_ssrc(&peer, 4, false), kit_slot_ssrc(&peer, 6, false),
		kit_slot_ssrc(&peer, 6, true) };

	for (size_t i = 0; i < STREAMS; i++)
		if (ssrcs[i] == rtp->ssrc)
			return &script.peers[which].sent[i][rtp->seq % REMEMBERED];
	abort();
}

static void judge_nonce(
	unsigned which, const struct rtp_packet *rtp, const uint8_t *data, size_t len)
{
	const uint32_t session = script.peers[which].session;
	struct sent *sent = memory(which, rtp);
	uint32_t hash = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ data[i]) * 16777619U;
	if (sent->session == session && sent->seq == rtp->seq && sent->hash != hash)
		abort();
	if (rtp->ssrc % 10 == 0 && rtp->ssrc / 10 % 10 != 4)
		script.peers[which].heard[rtp->ssrc / 10 % 10 == 6] = rtp->seq;
	*sent = (struct sent){ .session = session, .seq = rtp->seq, .hash = hash };
}

static void judge_number(struct peer *peer, const struct rtp_packet *rtp, bool audio)
{
	struct rtp_ext ext;

	if (!rtp_ext_find(rtp, KIT_SLOT_EXT_TWCC, &ext))
		return;
	const uint16_t number = (uint16_t)(ext.data_view[0] << 8 | ext.data_view[1]);
	if (audio || ext.len != 2 || (peer->numbered && number != (uint16_t)(peer->number + 1)))
		abort();
	peer->numbered = true;
	peer->number = number;
}

static void judge(void *ctx, uint32_t handle, bool rtcp, const uint8_t *data, size_t len)
{
	const struct kit *kit = ctx;
	const unsigned which = ROUTER_PEER_INDEX(handle);
	struct rtp_packet rtp;
	struct rtcp_item item;
	size_t cursor = 0;
	int got;

	if (which >= PEERS || !script.peers[which].ready || script.peers[which].home != kit->worker)
		abort();
	if (!rtcp) {
		if (rtp_parse(data, len, &rtp) < 0)
			abort();
		const bool audio = rtp.pt == KIT_SLOT_OPUS || rtp.pt == KIT_SLOT_RED;
		if (!allowed(&rtp, audio))
			abort();
		judge_nonce(which, &rtp, data, len);
		judge_number(&script.peers[which], &rtp, audio);
		return;
	}
	while ((got = rtcp_next(data, len, &cursor, &item)) == 1)
		;
	if (got < 0)
		abort();
}

/* ---- state ---- */

static void set_meeting(void)
{
	struct kit_meeting meeting = { .event = 1, .channel = "fr" };
	size_t n_open = 0;
	size_t n_visible = 0;

	script.open = rs_read_u8(&script.reader) & 0x0f;
	script.visible = rs_read_u8(&script.reader) & 0x0f;
	const uint8_t rest = rs_read_u8(&script.reader);
	script.direct = (rest & 0x80) != 0;
	script.desk = (rest & 4) != 0 ? (uint8_t)(1U << (rest & 3)) : 0;
	meeting.direct = script.direct;
	meeting.record = (rest & 0x40) != 0;
	meeting.desk = (rest & 4) != 0 ? names[rest & 3] : NULL;
	meeting.next = names[rest >> 4 & 3];
	meeting.speaker = (rest & 0x20) != 0 ? names[rest >> 3 & 3] : NULL;
	for (size_t i = 0; i < PEERS; i++) {
		if ((script.open >> i & 1) != 0)
			meeting.open[n_open++] = names[i];
		if ((script.visible >> i & 1) != 0)
			meeting.visible[n_visible++] = names[i];
	}
	for (size_t i = 0; i < CREW_WORKERS; i++)
		if (kit_meeting(&crew.kits[i], &meeting, script.now) < 0)
			abort();
}

static void new_session(struct peer *peer, uint32_t handle)
{
	peer->session = handle != 0 ? ++script.sessions : 0;
	peer->handle = handle;
	peer->numbered = false;
}

static void set_peer(unsigned which)
{
	static const char *const audio[] = { "floor", "channel-fr", "source-A", "" };
	static const char *const beside[] = { "floor", "desk-fr", "original-fr", "source-B" };
	static const char *const video[] = { "speaker", "source-B", "source-A", "" };
	static const enum router_codec cameras[] = { ROUTER_VP8, ROUTER_VP9, ROUTER_H264,
		ROUTER_AV1 };
	const uint8_t how = rs_read_u8(&script.reader);
	const uint8_t more = rs_read_u8(&script.reader);
	const unsigned home = (more & 3U) % CREW_WORKERS;
	struct peer *peer = &script.peers[which];
	const struct kit_peer spec = {
		.id = names[which],
		.csrc = which + 1,
		.simulcast = (how & 0x10) != 0,
		.silent = (how & 0x20) != 0,
		.audio = (how & 0x0c) == 0x0c ? beside[how & 3] : audio[how & 3],
		.video = video[how >> 2 & 3],
		.mix = (how & 0x40) != 0 ? ROUTER_LOUDEST : ROUTER_BY_RANK,
		.max_height = (how & 0x80) != 0 ? 200 : 0,
		.red = (more & 4) != 0,
		.twcc = (more & 8) != 0,
		.camera = cameras[more >> 4 & 3],
		.all_codecs = (more & 0x40) != 0,
		.watch = (more & 0x80) != 0,
		.home = home,
		.place = which + 1,
	};
	uint32_t handles[CREW_WORKERS];

	if (peer->home != home)
		new_session(peer, 0);
	peer->home = home;
	peer->ready = true;
	for (size_t i = 0; i < CREW_WORKERS; i++)
		if (kit_join(&crew.kits[i], &spec, script.now, &handles[i]) < 0)
			abort();
	if (handles[home] != peer->handle)
		new_session(peer, handles[home]);
}

static void remove_peer(unsigned which)
{
	for (size_t i = 0; i < CREW_WORKERS; i++)
		router_peer_remove(crew.kits[i].router, names[which], script.now);
	new_session(&script.peers[which], 0);
}

static void remove_meeting(void)
{
	for (size_t i = 0; i < CREW_WORKERS; i++)
		router_meeting_remove(crew.kits[i].router, "m", script.now);
	script.open = script.visible = script.desk = 0;
	script.direct = false;
}

static void change(unsigned which, unsigned n)
{
	struct peer *peer = &script.peers[which];
	struct router *home = crew.kits[peer->home].router;

	if (n == 0) {
		remove_peer(which);
	} else if (n == 1) {
		peer->ready = !peer->ready;
		router_peer_ready(home, peer->handle, peer->ready, script.now);
	} else if (n == 2) {
		remove_meeting();
	} else if (n == 3) {
		if (router_tap_start(crew.kits[0].router, "m", script.now) < 0)
			abort();
	} else if (n == 4) {
		router_tap_stop(crew.kits[0].router, "m");
	} else {
		crew.full = !crew.full;
	}
}

/* ---- what arrives ---- */

static void send(unsigned which)
{
	static const char *const rids[] = { NULL, "q", "h", "f" };
	const uint8_t how = rs_read_u8(&script.reader);
	const uint8_t more = rs_read_u8(&script.reader);
	const bool video = (how & 1) != 0;
	struct peer *peer = &script.peers[which];
	uint16_t *seq = &peer->seq[video];
	const size_t own = video && (more & 0x20) != 0 ? rs_read_u8(&script.reader) & 0x3f : 0;

	*seq = (uint16_t)(*seq + (int8_t)(more & 0x1f) - 8);
	const struct kit_media media = {
		.ssrc = which * 16 + (how & 7) + 1,
		.seq = *seq,
		.rtp_ts = (uint32_t)(script.now * (video ? 90 : 48) / 1000),
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
		.tid = how >> 7,
		.payload = own > 0 ? rs_read_view(&script.reader, own) : NULL,
		.payload_len = own,
	};
	if (kit_send(&crew.kits[peer->home], peer->handle, &media, script.now) > 0)
		abort();
}

static void send_rtcp(unsigned which, const uint8_t *data, size_t len)
{
	const struct peer *peer = &script.peers[which];

	if (data != NULL && router_recv_rtcp(crew.kits[peer->home].router, peer->handle, data, len,
				    script.now) > 0)
		abort();
}

/* A receiver's NACK and PLI for one of its slots. */
static void complain(unsigned which)
{
	const struct kit_peer peer = { .csrc = which + 1 };
	const uint8_t how = rs_read_u8(&script.reader);
	const unsigned back = rs_read_u16(&script.reader) % 32;
	const uint16_t newest = (uint16_t)(script.peers[which].heard[how & 1] - back);
	const uint16_t seqs[] = { newest, (uint16_t)(newest + how) };
	const uint32_t ssrc = kit_slot_ssrc(&peer, (how & 1) != 0 ? 6 : 3, false);
	uint8_t data[64];
	struct rs_writer writer;

	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, ssrc, seqs, RS_ARRAY_LEN(seqs));
	if ((how & 2) != 0)
		rtcp_write_pli(&writer, 1, ssrc);
	send_rtcp(which, data, writer.len);
}

/* On the last packets that left, each eighth of them lost or not. */
static void acknowledge(unsigned which)
{
	const uint8_t n = rs_read_u8(&script.reader) & 0x7f;
	const uint8_t lost = rs_read_u8(&script.reader);
	static struct twcc_feedback feedback;
	uint8_t data[1200];
	struct rs_writer writer;

	feedback = (struct twcc_feedback){
		.sender_ssrc = 1,
		.base_seq = (uint16_t)(script.peers[which].number - n),
		.reference = (uint32_t)(script.now / TWCC_REFERENCE_US),
		.n_packets = n + 1U,
	};
	for (size_t i = 0; i <= n; i++)
		feedback.arrivals[i] =
			(struct twcc_arrival){ .received = (lost >> (i % 8) & 1) == 0,
				.delta = lost % 40 };
	rs_writer_init(&writer, data, sizeof(data));
	twcc_write(&writer, &feedback);
	send_rtcp(which, data, writer.len);
}

static void pass_time(unsigned n)
{
	script.now += RS_MS(5) * (rs_time)(1U << n);
	for (size_t i = 0; i < CREW_WORKERS; i++) {
		struct router_event event;
		router_tick(crew.kits[i].router, script.now);
		if (router_deadline(crew.kits[i].router) <= script.now)
			abort();
		while (router_poll(crew.kits[i].router, &event) == 1)
			;
	}
}

/* Bits 0-1: which peer; 2-4: what; 5-7: how much. */
static void step(void)
{
	const uint8_t octet = rs_read_u8(&script.reader);
	const unsigned which = octet & 3;
	const unsigned n = octet >> 5;

	switch (octet >> 2 & 7) {
	case 0:
		set_meeting();
		break;
	case 1:
		set_peer(which);
		break;
	case 2:
		change(which, n);
		break;
	case 3:
		pass_time(n);
		break;
	case 4:
		crew_arrive(script.now);
		break;
	case 5:
		if (n < 4)
			complain(which);
		else
			acknowledge(which);
		break;
	default:
		send(which);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 8192)
		return 0;
	for (size_t i = 0; i < PEERS; i++) {
		struct peer *peer = &script.peers[i];
		new_session(peer, 0);
		peer->home = 0;
		peer->ready = false;
		peer->seq[0] = peer->seq[1] = 0;
	}
	script.open = script.visible = script.desk = 0;
	script.direct = false;
	script.now = RS_SEC(1);
	rs_reader_init(&script.reader, data, size);
	for (size_t i = 0; i < CREW_WORKERS; i++)
		crew.kits[i].packets = 64;
	if (crew_setup(NULL) < 0)
		abort();
	for (size_t i = 0; i < CREW_WORKERS; i++) {
		crew.kits[i].deliver = judge;
		crew.kits[i].ctx = &crew.kits[i];
	}
	while (rs_reader_left(&script.reader) > 0) {
		step();
		if (crew.n > CREW_UNDER_WAY_MAX / 4)
			crew_arrive(script.now);
		for (size_t i = 0; i < CREW_WORKERS; i++)
			kit_forget(&crew.kits[i]);
	}
	(void)crew_teardown(NULL); /* cannot fail */
	return 0;
}
