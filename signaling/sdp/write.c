#include "signaling/sdp/sdp_priv.h"

#include "common/base/addr.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define CNAME "rostrum"
/* Priority of a host candidate, RFC 8445 section 5.1.2.1: type preference, local preference, component 1. */
#define HOST_PREFERENCE 126u
#define LOCAL_PREFERENCE_MAX 65535u
/* RFC 6544 section 4.2: TCP ranks below every UDP candidate; of a passive host candidate the direction
 * preference is 4, in the upper 3 of 16 bits. */
#define TCP_PREFERENCE 90u
#define TCP_PASSIVE_PREFERENCE (4u << 13)
#define OTHER_PREFERENCE_MAX 8191u

/* Everything is appended through this one: the first failure sticks. */
struct writer {
	struct rs_buf *out;
	int err;
};

#define put(writer, ...)                                                           \
	do {                                                                       \
		if ((writer)->err == 0)                                            \
			(writer)->err = rs_buf_printf((writer)->out, __VA_ARGS__); \
	} while (0)

/* One line; an address of another form is not for this answer. */
static void put_candidate(
	struct writer *writer, const char *text, size_t foundation, uint32_t priority, bool tcp)
{
	struct rs_addr addr;
	char ip[RS_ADDR_TEXT_LEN];
	if (rs_addr_parse(text, strlen(text), &addr) < 0)
		return;
	rs_addr_format_ip(&addr, ip);
	put(writer, "a=candidate:%zu 1 %s %" PRIu32 " %s %u typ host%s\r\n", foundation,
		tcp ? "tcp" : "udp", priority, ip, (unsigned)addr.port,
		tcp ? " tcptype passive" : "");
}

static void put_candidates(struct writer *writer, const struct peer_node *node)
{
	for (size_t i = 0; i < node->n_addresses; i++)
		put_candidate(writer, node->addresses[i], i + 1,
			HOST_PREFERENCE << 24 | (LOCAL_PREFERENCE_MAX - (uint32_t)i) << 8 | 255u,
			false);
	for (size_t i = 0; i < node->n_tcp; i++)
		put_candidate(writer, node->tcp[i], node->n_addresses + i + 1,
			TCP_PREFERENCE << 24 |
				(TCP_PASSIVE_PREFERENCE + OTHER_PREFERENCE_MAX - (uint32_t)i) << 8 |
				255u,
			true);
	put(writer, "a=end-of-candidates\r\n");
}

int sdp_write_candidates(const struct peer_node *node, struct rs_buf *out)
{
	struct writer writer = { .out = out };
	put_candidates(&writer, node);
	return writer.err;
}

static void put_session(struct writer *writer, const struct sdp_offer *offer,
	const struct sdp_match *matches, const struct peer_spec *peer, const struct peer_node *node)
{
	put(writer,
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE");
	for (size_t i = 0; i < offer->n_sections; i++) {
		if (!matches[i].refused)
			put(writer, " %s", offer->sections[i].mid);
	}
	/* At session level they cover every section; Firefox does not survive a bundled one without fingerprint. */
	put(writer, "\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:%s\r\n", peer->ufrag,
		peer->pwd, node->fingerprint);
}

static void put_refused(struct writer *writer, const struct sdp_section *section)
{
	put(writer, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\n", section->name, section->protocol,
		section->format);
	if (section->mid[0] != '\0')
		put(writer, "a=mid:%s\r\n", section->mid);
	put(writer, "a=inactive\r\n");
}

static void put_ext(struct writer *writer, const struct sdp_section *section, uint8_t id)
{
	/* A direction in the offer is answered with its reverse, RFC 8285 section 6. */
	static const char *const reverse[] = { "", "/recvonly", "/sendonly", "/inactive" };
	for (size_t i = 0; i < SDP_EXT_COUNT && id != 0; i++) {
		if (section->ext[i].id == id)
			put(writer, "a=extmap:%u%s %s\r\n", (unsigned)id,
				reverse[section->ext[i].direction], sdp_ext_uris[i]);
	}
}

static void put_exts(
	struct writer *writer, const struct sdp_section *section, const struct peer_ext *ext)
{
	put_ext(writer, section, ext->mid);
	put_ext(writer, section, ext->level);
	put_ext(writer, section, ext->twcc);
	put_ext(writer, section, ext->rid);
	put_ext(writer, section, ext->repaired_rid);
	put_ext(writer, section, ext->abs_capture);
}

static void put_opus(struct writer *writer, unsigned pt, unsigned red_pt, bool twcc)
{
	if (red_pt != 0)
		put(writer, "a=rtpmap:%u red/48000/2\r\na=fmtp:%u %u/%u\r\n", red_pt, red_pt, pt,
			pt);
	put(writer, "a=rtpmap:%u opus/48000/2\r\na=fmtp:%u minptime=10;useinbandfec=1\r\n", pt, pt);
	put(writer, "a=rtcp-fb:%u nack\r\n", pt);
	if (twcc)
		put(writer, "a=rtcp-fb:%u transport-cc\r\n", pt);
}

/* Parameters that both sides have to have in common are said again as they were offered. */
static void put_fmtp(struct writer *writer, const struct sdp_codec *codec)
{
	if ((codec->name == SDP_CODEC_H264 || codec->name == SDP_CODEC_AV1) && codec->fmtp_len > 0)
		put(writer, "a=fmtp:%u %.*s\r\n", (unsigned)codec->pt, (int)codec->fmtp_len,
			codec->fmtp_view);
}

static void put_video(
	struct writer *writer, const struct sdp_codec *codec, unsigned rtx_pt, bool twcc)
{
	static const char *const encodings[] = {
		[SDP_CODEC_VP8] = "VP8",
		[SDP_CODEC_VP9] = "VP9",
		[SDP_CODEC_H264] = "H264",
		[SDP_CODEC_AV1] = "AV1",
	};
	const unsigned pt = codec->pt;
	put(writer, "a=rtpmap:%u %s/90000\r\n", pt, encodings[codec->name]);
	put_fmtp(writer, codec);
	if (rtx_pt != 0)
		put(writer, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", rtx_pt, rtx_pt, pt);
	if ((codec->feedback & SDP_FEEDBACK_NACK) != 0)
		put(writer, "a=rtcp-fb:%u nack\r\n", pt);
	if ((codec->feedback & SDP_FEEDBACK_PLI) != 0)
		put(writer, "a=rtcp-fb:%u nack pli\r\n", pt);
	if ((codec->feedback & SDP_FEEDBACK_FIR) != 0)
		put(writer, "a=rtcp-fb:%u ccm fir\r\n", pt);
	if (twcc)
		put(writer, "a=rtcp-fb:%u transport-cc\r\n", pt);
}

static void put_layers(struct writer *writer, const struct peer_send *send)
{
	for (size_t i = 0; i < send->n_rids; i++)
		put(writer, "a=rid:%s recv\r\n", send->rids[i]);
	for (size_t i = 0; i < send->n_rids; i++)
		put(writer, "%s%s", i == 0 ? "a=simulcast:recv " : ";", send->rids[i]);
	if (send->n_rids > 0)
		put(writer, "\r\n");
}

/* The first of its kind: content lives on its own. */
static bool is_first(const struct peer_spec *peer, const struct peer_recv *recv)
{
	for (size_t i = 0; i < peer->n_recv; i++) {
		const struct peer_recv *other = &peer->recv[i];
		if (other->kind == recv->kind && strcmp(other->feed, "content") != 0)
			return other == recv;
	}
	return false;
}

/* A browser plays what is of one MediaStream in time with each other (RFC 8830): the first sound, which is the floor's or
 * a channel's, and the first picture, the speaker's. One sound and one picture a stream is all it can do, so the
 * other slots are of none. */
static void put_msid(
	struct writer *writer, const struct peer_spec *peer, const struct peer_recv *recv)
{
	put(writer, "a=msid:%s slot-%s\r\n", is_first(peer, recv) ? "floor" : "-", recv->mid);
}

static void put_ssrcs(struct writer *writer, const struct peer_recv *recv)
{
	if (recv->rtx_ssrc != 0)
		put(writer, "a=ssrc-group:FID %" PRIu32 " %" PRIu32 "\r\n", recv->ssrc,
			recv->rtx_ssrc);
	put(writer, "a=ssrc:%" PRIu32 " cname:" CNAME "\r\n", recv->ssrc);
	if (recv->rtx_ssrc != 0)
		put(writer, "a=ssrc:%" PRIu32 " cname:" CNAME "\r\n", recv->rtx_ssrc);
}

static unsigned rtx_pt_of(const struct sdp_match *match)
{
	if (match->send != NULL)
		return match->send->rtx_pt;
	return match->recv != NULL ? match->recv->rtx_pt : 0;
}

static unsigned red_pt_of(const struct sdp_match *match)
{
	if (match->send != NULL)
		return match->send->red_pt;
	return match->recv != NULL ? match->recv->red_pt : 0;
}

static bool has_twcc(const struct sdp_match *match)
{
	if (match->send != NULL)
		return match->send->ext.twcc != 0;
	return match->recv != NULL && match->recv->ext.twcc != 0;
}

/* Calls with each payload type that is taken, the first codec's first. */
typedef void put_payload_fn(
	struct writer *writer, const struct sdp_codec *codec, unsigned rtx_pt, bool twcc);

static void each_payload(struct writer *writer, const struct sdp_section *section,
	const struct sdp_match *match, put_payload_fn *put_payload)
{
	const bool twcc = has_twcc(match);
	put_payload(writer, match->codec, rtx_pt_of(match), twcc);
	for (size_t i = 0; match->recv != NULL && i < match->recv->n_also; i++) {
		const struct peer_payload *also = &match->recv->also[i];
		put_payload(writer, sdp_section_pt(section, also->pt), also->rtx_pt, twcc);
	}
}

static void put_format(
	struct writer *writer, const struct sdp_codec *codec, unsigned rtx_pt, bool twcc)
{
	put(writer, " %u", (unsigned)codec->pt);
	if (rtx_pt != 0)
		put(writer, " %u", rtx_pt);
}

static const char *direction_of(const struct sdp_match *match)
{
	if (match->send != NULL)
		return "recvonly";
	return match->recv != NULL ? "sendonly" : "inactive";
}

/* The m-line and what every section that is taken has. */
static void put_head(
	struct writer *writer, const struct sdp_section *section, const struct sdp_match *match)
{
	const unsigned red_pt = red_pt_of(match);
	put(writer, "m=%s 9 %s", section->name, section->protocol);
	if (red_pt != 0) /* preferred: a browser sends it only when it comes first */
		put(writer, " %u", red_pt);
	each_payload(writer, section, match, put_format);
	/* GStreamer 1.22 looks for a=setup in each section, and nowhere else. */
	put(writer, "\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\na=%s\r\na=rtcp-mux\r\na=setup:passive\r\n",
		section->mid, direction_of(match));
	if (section->rtcp_rsize)
		put(writer, "a=rtcp-rsize\r\n");
}

/* A receiver that cannot say when packets arrived may say what its line carries. */
static void put_remb(
	struct writer *writer, const struct sdp_codec *codec, unsigned rtx_pt, bool twcc)
{
	if (!twcc && (codec->feedback & SDP_FEEDBACK_REMB) != 0)
		put(writer, "a=rtcp-fb:%u goog-remb\r\n", (unsigned)codec->pt);
}

static void put_taken(struct writer *writer, const struct sdp_section *section,
	const struct sdp_match *match, const struct peer_spec *peer)
{
	if (section->media == SDP_AUDIO)
		put_opus(writer, match->codec->pt, red_pt_of(match), has_twcc(match));
	else
		each_payload(writer, section, match, put_video);
	if (match->send != NULL) {
		put_exts(writer, section, &match->send->ext);
		put_layers(writer, match->send);
	} else if (match->recv != NULL) {
		each_payload(writer, section, match, put_remb);
		put_exts(writer, section, &match->recv->ext);
		put_msid(writer, peer, match->recv);
		put_ssrcs(writer, match->recv);
	}
}

int sdp_write_answer(const struct sdp_offer *offer, const struct sdp_match *matches,
	const struct peer_spec *peer, const struct peer_node *node, struct rs_buf *out)
{
	struct writer writer = { .out = out };
	bool candidates_due = true; /* they stand in the first section that is taken */
	put_session(&writer, offer, matches, peer, node);
	for (size_t i = 0; i < offer->n_sections; i++) {
		const struct sdp_section *section = &offer->sections[i];
		const struct sdp_match *match = &matches[i];
		if (match->refused) {
			put_refused(&writer, section);
			continue;
		}
		put_head(&writer, section, match);
		if (candidates_due)
			put_candidates(&writer, node);
		candidates_due = false;
		put_taken(&writer, section, match, peer);
	}
	return writer.err;
}
