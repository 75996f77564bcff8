/* An entry of the configuration: read, judged, and said to the router. */
#include "common/base/text.h"
#include "sfu/plain/plain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct config_key plain_keys[PLAIN_KEYS] = {
	{ "meeting", CONFIG_TEXT, NULL, 0, 0, "id of the meeting" },
	{ "source", CONFIG_TEXT, "", 0, 0, "in: the source that comes from there" },
	{ "media", CONFIG_TEXT, "", 0, 0, "in: microphone, camera or content" },
	{ "csrc", CONFIG_INT, "0", 0, UINT32_MAX, "in: number the source is known by to pages" },
	{ "feed", CONFIG_TEXT, "", 0, 0,
		"out: floor, speaker, chair, content, channel-ID, desk-ID, original-ID or source-ID" },
	{ "ssrc", CONFIG_INT, "0", 0, UINT32_MAX, "out: SSRC of the stream; 0 = any" },
	{ "codec", CONFIG_TEXT, NULL, 0, 0, "opus, vp8, vp9, h264 or av1" },
	{ "pt", CONFIG_INT, NULL, 0, 127, "RTP payload type" },
	{ "local", CONFIG_TEXT, NULL, 0, 0, "IP:port of RTP here; RTCP has the next port" },
	{ "remote", CONFIG_TEXT, NULL, 0, 0,
		"IP:port of RTP there, the only one taken from and sent to" },
	{ "rtcp_mux", CONFIG_BOOL, "false", 0, 0, "RTCP at the port of RTP" },
	{ "srtp.profile", CONFIG_TEXT, "", 0, 0,
		"aead-aes-128-gcm, aead-aes-256-gcm or aes128-cm-sha1-80; empty = RTP" },
	{ "srtp.key", CONFIG_TEXT, "", 0, 0, "master key and master salt in base64" },
};

/* One row being judged; the first fault is kept. */
struct judge {
	const struct config *row;
	const char *table;
	size_t index;
	char *error; /* PLAIN_ERROR_LEN octets */
	bool failed;
};

static void fail(struct judge *judge, const char *key, const char *why)
{
	if (!judge->failed)
		(void)snprintf(judge->error, PLAIN_ERROR_LEN, "%.40s[%zu]: key \"%s\": %s",
			judge->table, judge->index, key, why);
	judge->failed = true;
}

static bool is_given(const struct judge *judge, const char *key)
{
	return config_text(judge->row, key)[0] != '\0';
}

/* Its place among `words`; 0 after a failure. */
static int word(struct judge *judge, const char *key, const char *const *words, size_t n,
	const char *expected)
{
	const char *text = config_text(judge->row, key);
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return (int)i;
	fail(judge, key, expected);
	return 0;
}

static void copy_name(struct judge *judge, const char *key, char *out, size_t cap)
{
	const char *text = config_text(judge->row, key);
	if (!rs_name_valid(text, strlen(text)) || !rs_copy_text(out, cap, text, strlen(text)))
		fail(judge, key, "1 to 64 of [A-Za-z0-9_-] are expected");
}

static void feed(struct judge *judge, char out[ROUTER_FEED_MAX + 1])
{
	const char *text = config_text(judge->row, "feed");

	if (!router_is_feed(text) || !rs_copy_text(out, ROUTER_FEED_MAX + 1, text, strlen(text)))
		fail(judge, "feed",
			"floor, speaker, chair, content, channel-ID, desk-ID, original-ID or source-ID is expected");
}

/* RTCP takes the next port, so that the last one is none. */
static struct rs_addr address(struct judge *judge, const char *key)
{
	const char *text = config_text(judge->row, key);
	struct rs_addr addr = { 0 };
	if (rs_addr_parse(text, strlen(text), &addr) < 0 || addr.port == 0 ||
		addr.port == UINT16_MAX || rs_addr_is_any(&addr))
		fail(judge, key, "one IP address and a port from 1 to 65534 are expected");
	return addr;
}

static void addresses(struct judge *judge, struct plain_spec *out)
{
	out->local = address(judge, "local");
	out->remote = address(judge, "remote");
	if (!judge->failed && out->local.family != out->remote.family)
		fail(judge, "remote", "is not of the address family of \"local\"");
}

static void payload(struct judge *judge, struct plain_spec *out)
{
	static const char *const words[] = {
		[ROUTER_OPUS] = "opus",
		[ROUTER_VP8] = "vp8",
		[ROUTER_VP9] = "vp9",
		[ROUTER_H264] = "h264",
		[ROUTER_AV1] = "av1",
	};
	out->codec = (enum router_codec)word(judge, "codec", words, RS_ARRAY_LEN(words),
		"opus, vp8, vp9, h264 or av1 is expected");
	out->pt = (uint8_t)config_int(judge->row, "pt");
	if (out->pt >= 64 && out->pt < 96)
		fail(judge, "pt", "64 to 95 look like RTCP (RFC 5761 section 4)");
}

static void protection(struct judge *judge, struct plain_spec *out)
{
	static const char *const words[] = {
		[CRYPT_AEAD_AES_128_GCM] = "aead-aes-128-gcm",
		[CRYPT_AEAD_AES_256_GCM] = "aead-aes-256-gcm",
		[CRYPT_AES128_CM_SHA1_80] = "aes128-cm-sha1-80",
	};
	if (!is_given(judge, "srtp.profile")) {
		if (is_given(judge, "srtp.key"))
			fail(judge, "srtp.profile", "is needed with \"srtp.key\"");
		return;
	}
	out->profile = (enum crypt_profile)word(judge, "srtp.profile", words, RS_ARRAY_LEN(words),
		"aead-aes-128-gcm, aead-aes-256-gcm or aes128-cm-sha1-80 is expected");
	const char *text = config_text(judge->row, "srtp.key");
	const int len = rs_base64_decode(text, strlen(text), out->key, sizeof(out->key));
	if (len < 0 || (size_t)len != crypt_key_len(out->profile))
		fail(judge, "srtp.key",
			"master key and salt of the profile (28, 44 or 30 octets) in base64 are expected");
	else
		out->key_len = (size_t)len;
}

static void source(struct judge *judge, struct plain_spec *out)
{
	static const char *const words[] = {
		[ROUTER_MICROPHONE] = "microphone",
		[ROUTER_CAMERA] = "camera",
		[ROUTER_CONTENT] = "content",
	};
	out->way = PLAIN_IN;
	copy_name(judge, "source", out->name, ROUTER_NAME_MAX + 1);
	out->media = (enum router_media)word(judge, "media", words, RS_ARRAY_LEN(words),
		"microphone, camera or content is expected");
	if ((out->media == ROUTER_MICROPHONE) != (out->codec == ROUTER_OPUS))
		fail(judge, "codec", "is not one of such media");
	out->csrc = (uint32_t)config_int(judge->row, "csrc");
	if (out->csrc == 0)
		fail(judge, "csrc", "a number from 1 is expected of a source");
}

static void sink(struct judge *judge, struct plain_spec *out)
{
	out->way = PLAIN_OUT;
	feed(judge, out->name);
	out->ssrc = (uint32_t)config_int(judge->row, "ssrc");
	/* The key outlives the process, whose numbers begin anew. */
	if (out->ssrc != 0 && out->key_len > 0)
		fail(judge, "ssrc",
			"with SRTP it must be 0: after a restart the same one would use up keystream twice");
}

static void read_row(struct judge *judge, struct plain_spec *out)
{
	*out = (struct plain_spec){ .index = (unsigned)judge->index };
	copy_name(judge, "meeting", out->meeting, sizeof(out->meeting));
	payload(judge, out);
	addresses(judge, out);
	protection(judge, out);
	out->rtcp_mux = config_bool(judge->row, "rtcp_mux");
	if (is_given(judge, "source") == is_given(judge, "feed"))
		fail(judge, "source", "either it or \"feed\" is expected");
	else if (is_given(judge, "source"))
		source(judge, out);
	else
		sink(judge, out);
}

int plain_read(const struct config *config, const char *key, struct plain_spec out[PLAIN_MAX],
	size_t *out_n, char error[PLAIN_ERROR_LEN])
{
	const size_t n = config_rows(config, key);
	for (size_t i = 0; i < n; i++) {
		struct config *row = NULL;
		if (config_row(config, key, i, &row) < 0) {
			(void)snprintf(error, PLAIN_ERROR_LEN, "out of memory");
			return -ENOMEM;
		}
		struct judge judge = { .row = row, .table = key, .index = i, .error = error };
		read_row(&judge, &out[i]);
		config_free(row);
		if (judge.failed)
			return -EINVAL;
	}
	*out_n = n;
	return 0;
}

/* ---- for the router ---- */

static uint32_t ssrc_of(const struct plain_spec *spec, struct rs_rand *rand)
{
	uint32_t ssrc = spec->ssrc;
	while (ssrc == 0)
		ssrc = rs_rand_u32(rand);
	return ssrc;
}

void plain_describe(
	const struct plain_spec *spec, struct rs_rand *rand, struct plain_peer *out_peer)
{
	*out_peer = (struct plain_peer){ .id = "" };
	(void)snprintf(out_peer->id, sizeof(out_peer->id), PLAIN_ID_PREFIX "%u", spec->index);
	out_peer->router = (struct router_peer){
		.id = out_peer->id,
		.meeting = spec->meeting,
		.place = spec->index + 1,
	};
	if (spec->way == PLAIN_IN) {
		out_peer->send = (struct router_send){
			.mid = "0",
			.source = spec->name,
			.media = spec->media,
			.csrc = spec->csrc,
			.codec = spec->codec,
			.pt = spec->pt,
		};
		out_peer->router.sends = &out_peer->send;
		out_peer->router.n_sends = 1;
		return;
	}
	out_peer->recv = (struct router_recv){
		.mid = "0",
		.video = spec->codec != ROUTER_OPUS,
		.ssrc = ssrc_of(spec, rand),
		.codec = spec->codec,
		.pt = spec->pt,
		.feed = spec->name,
		.mix = ROUTER_LOUDEST, /* one stream of a floor that may have several */
	};
	out_peer->router.recvs = &out_peer->recv;
	out_peer->router.n_recvs = 1;
}
