/* The transport as a whole: octets are a script of datagrams, honest and not, and clock steps. A real
 * client takes part, so that the script also reaches what lies behind a handshake.
 *
 * A step is an opcode and its operands; opcodes are taken modulo their number. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "sfu/transport/transport.h"
#include "tools/client/rtc_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 400
#define OUTPUTS_PER_STEP_MAX 200

static const struct ice_credentials credentials[2][2] = {
	{ { "aB3d", "0123456789abcdef012345" }, { "xYz1", "abcdefghijklmnopqrstuvwx" } },
	{ { "nEw1", "543210fedcba9876543210" }, { "nEw2", "abcdefghijklmnopqrstuvwx" } },
};

enum opcode {
	OP_TICK,     /* u16 ms */
	OP_EXCHANGE, /* client and transport talk; u8: lose every n-th datagram */
	OP_RAW,      /* u8 path, u8 length, octets: to transport_recv() */
	OP_MEDIA,    /* u8 path, u8 length, octets: to transport_open() */
	OP_SEALED,   /* u8 path, u8 flags, u16 seq: a packet the client sealed, perhaps damaged */
	OP_RESTART,  /* u8: which credentials for us, and for the client */
	OP_MOVE,     /* u8: the client's address */
	OP_SEAL,     /* u8 length: seal a packet */
	OP_CLOSE,    /* u8: who */
	OP_COUNT,
};

struct play {
	struct transport *transport;
	struct rtc_client *client;
	rs_time now;
	unsigned lose_every;
	unsigned datagrams;
	unsigned paths;
	bool connected;
	bool failed;
};

static struct rs_addr address(uint8_t host)
{
	const uint8_t ip[4] = { 192, 0, 2, host };
	return rs_addr_v4(ip, 4000);
}

static bool lost(struct play *play)
{
	play->datagrams++;
	return play->lose_every != 0 && play->datagrams % play->lose_every == 0;
}

static void drain(struct play *play)
{
	struct transport_output output;
	unsigned outputs = 0;
	while (transport_poll(play->transport, &output) == 1) {
		if (++outputs > OUTPUTS_PER_STEP_MAX)
			abort();
		switch (output.kind) {
		case TRANSPORT_DATAGRAM:
			if (output.len == 0 || output.len > DTLS_MTU)
				abort();
			if (!lost(play))
				rtc_client_recv(
					play->client, output.data_view, output.len, play->now);
			break;
		case TRANSPORT_PATH_ADDED:
			if (++play->paths > ICE_PATHS_MAX)
				abort();
			break;
		case TRANSPORT_PATH_REMOVED:
			if (play->paths-- == 0)
				abort();
			break;
		case TRANSPORT_CONNECTED:
			if (play->connected || play->failed)
				abort();
			play->connected = true;
			break;
		case TRANSPORT_FAILED:
			if (play->failed || output.error >= 0)
				abort();
			play->failed = true;
			break;
		case TRANSPORT_SELECTED:
		case TRANSPORT_RESTARTED:
		case TRANSPORT_DISCONNECTED:
		case TRANSPORT_CLOSED:
			break;
		}
	}
	if (transport_is_open(play->transport) &&
		(!play->connected || play->failed || transport_selected(play->transport) == NULL))
		abort();
}

static void tick(struct play *play)
{
	transport_tick(play->transport, play->now);
	drain(play);
	if (transport_deadline(play->transport) <= play->now)
		abort();
	rtc_client_tick(play->client, play->now);
}

static void exchange(struct play *play)
{
	struct rtc_client_datagram datagram;
	tick(play);
	for (unsigned round = 0; round < 8; round++)
		while (rtc_client_poll(play->client, &datagram) == 1) {
			const struct ice_path from = { .local = 0, .remote = datagram.from };
			if (lost(play))
				continue;
			/* Any verdict is right; the invariants are judged by drain(). */
			(void)!transport_recv(play->transport, datagram.data_view, datagram.len,
				&from, play->now);
			drain(play);
		}
}

static void media(struct play *play, const struct ice_path *from, uint8_t *data, size_t len)
{
	const size_t before = len;
	const int kind = transport_open(play->transport, data, &len, from, play->now);
	if (kind >= 0 && (!play->connected || len >= before || len < 8))
		abort();
}

static void raw(struct play *play, struct rs_reader *script, bool is_media)
{
	_Alignas(8) uint8_t data[256];
	const struct ice_path from = { .local = 0, .remote = address(rs_read_u8(script)) };
	const size_t len = rs_read_u8(script);
	const uint8_t *view = rs_read_view(script, len);
	if (view == NULL)
		return;
	memcpy(data, view, len);
	if (is_media)
		media(play, &from, data, len);
	else
		(void)!transport_recv(play->transport, data, len, &from, play->now);
	drain(play);
}

static void sealed(struct play *play, struct rs_reader *script)
{
	const struct ice_path from = { .local = 0, .remote = address(rs_read_u8(script)) };
	const uint8_t flags = rs_read_u8(script);
	const uint16_t seq = rs_read_u16(script);
	const bool rtcp = (flags & 1) != 0;
	_Alignas(8)
		uint8_t data[128] = { 0x80, rtcp ? 201 : 111, (uint8_t)(seq >> 8), (uint8_t)seq };
	size_t len = rtcp ? 8 : 40;
	data[rtcp ? 7 : 11] = flags >> 4; /* SSRC */
	if (rtc_client_seal(play->client, rtcp, data, &len, sizeof(data)) < 0)
		return;
	if ((flags & 2) != 0)
		data[seq % len] ^= 1;
	if ((flags & 4) != 0)
		len -= 1;
	media(play, &from, data, len);
}

static void seal(struct play *play, size_t len)
{
	_Alignas(8) uint8_t data[300] = { 0x80, 111 };
	const int err = transport_seal_rtp(play->transport, data, len, data, sizeof(data), &len);
	if ((err == 0) != (play->connected && len >= 12))
		abort();
}

static void step(struct play *play, struct rs_reader *script)
{
	switch ((enum opcode)(rs_read_u8(script) % OP_COUNT)) {
	case OP_TICK:
		play->now += RS_MS(rs_read_u16(script));
		tick(play);
		break;
	case OP_EXCHANGE:
		play->lose_every = rs_read_u8(script);
		play->now += RS_MS(20);
		exchange(play);
		break;
	case OP_RAW:
		raw(play, script, false);
		break;
	case OP_MEDIA:
		raw(play, script, true);
		break;
	case OP_SEALED:
		sealed(play, script);
		break;
	case OP_RESTART: {
		const uint8_t which = rs_read_u8(script);
		const struct ice_credentials *ours = credentials[which & 1];
		const struct ice_credentials *its = credentials[which >> 1 & 1];
		if (transport_restart(play->transport, &ours[0], &ours[1]) < 0)
			abort();
		rtc_client_restart(play->client, &its[1], &its[0], play->now);
		break;
	}
	case OP_MOVE: {
		const struct rs_addr moved = address(rs_read_u8(script));
		rtc_client_move(play->client, &moved);
		break;
	}
	case OP_SEAL:
		seal(play, rs_read_u8(script));
		break;
	case OP_CLOSE:
		if ((rs_read_u8(script) & 1) != 0)
			transport_close(play->transport);
		else
			rtc_client_close(play->client);
		drain(play);
		break;
	case OP_COUNT:
		break;
	}
}

static struct dtls_identity *identity_once(void)
{
	static struct dtls_identity *identity;
	if (identity == NULL && (crypt_start() < 0 || dtls_identity_new(1795305600, &identity) < 0))
		abort();
	return identity;
}

static const struct rtc_client *client_once(struct rtc_client_config config)
{
	static struct rtc_client *client;
	if (client == NULL && rtc_client_new(&config, 0, &client) < 0)
		abort();
	return client;
}

/* The client's certificate is made once: of a run's time it took the most. */
static void play_begin(struct play *play)
{
	struct rtc_client_config theirs = {
		.own = credentials[0][1],
		.server = credentials[0][0],
		.address = address(1),
		.server_address = address(200),
	};
	theirs.like = client_once(theirs);
	struct transport_config ours;
	transport_config_default(&ours);
	ours.ice.local = credentials[0][0];
	ours.ice.remote = credentials[0][1];
	ours.dtls.identity = identity_once();
	ours.max_recv_streams = 4;
	char text[RTC_CLIENT_FINGERPRINT_LEN];
	if (rtc_client_new(&theirs, play->now, &play->client) < 0)
		abort();
	rtc_client_fingerprint(play->client, "sha-256", text);
	if (dtls_fingerprint_parse("sha-256", text, &ours.dtls.fingerprint) < 0 ||
		transport_new(&ours, play->now, &play->transport) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play play = { .now = RS_SEC(1) };
	struct rs_reader script;
	rs_reader_init(&script, data, size);
	play_begin(&play);
	for (unsigned i = 0; i < STEPS_MAX && rs_reader_left(&script) > 0; i++)
		step(&play, &script);
	transport_free(play.transport);
	rtc_client_free(play.client);
	return 0;
}
