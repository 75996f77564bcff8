#include "signaling/sdp/sdp.h"

#include "signaling/sdp/sdp_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EXT_ID_MAX 14 /* one-byte form, RFC 8285 section 4.2; 15 is reserved there */

const char *const sdp_ext_uris[SDP_EXT_COUNT] = {
	[SDP_EXT_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",           /* RFC 9143 */
	[SDP_EXT_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", /* RFC 8852 */
	[SDP_EXT_REPAIRED_RID] = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
	[SDP_EXT_LEVEL] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level", /* RFC 6464 */
	[SDP_EXT_TWCC] =
		"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
	[SDP_EXT_ABS_CAPTURE] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
};

struct parser {
	struct sdp_lines lines;
	struct sdp_offer *offer;
	struct sdp_section *section; /* being read; NULL at session level */
	struct sdp_section session;  /* what sections inherit */
	struct sdp_view bundle;      /* mids of the BUNDLE group */
	bool has_bundle;
	bool bundle_only;      /* of the section being read */
	bool has_port;         /* of the section being read */
	uint32_t primary_ssrc; /* of the section's first FID group; 0 = none */
	uint32_t rtx_ssrc;
	struct sdp_view uris[EXT_ID_MAX + 1]; /* first URI met for an id */
	bool clash[EXT_ID_MAX + 1];           /* the id stands for two URIs */
	char attribute[24];                   /* "a=rtpmap": being read, for errors */
	struct sdp_error *error;
};

static int fail(struct parser *parser, int err, const char *why)
{
	(void)snprintf(parser->error->text, sizeof(parser->error->text), "line %zu: %s: %s",
		parser->lines.number, parser->attribute, why);
	return err;
}

/* Where an attribute of either level belongs. */
static struct sdp_section *target(struct parser *parser)
{
	return parser->section != NULL ? parser->section : &parser->session;
}

/* --- Payload types --- */

static struct sdp_codec *find_pt(struct parser *parser, struct sdp_view number)
{
	uint32_t pt;
	if (parser->section == NULL || rs_parse_u32(number.text, number.len, 127, &pt) < 0)
		return NULL;
	for (size_t i = 0; i < parser->section->n_codecs; i++) {
		if (parser->section->codecs[i].pt == pt)
			return &parser->section->codecs[i];
	}
	return NULL;
}

static enum sdp_codec_name codec_name(enum sdp_media media, struct sdp_view encoding)
{
	static const struct {
		enum sdp_media media;
		const char *encoding;
		enum sdp_codec_name name;
	} known[] = {
		{ SDP_AUDIO, "opus/48000/2", SDP_CODEC_OPUS }, /* RFC 7587 section 7 */
		{ SDP_AUDIO, "red/48000/2", SDP_CODEC_RED },   /* RFC 2198 section 5 */
		{ SDP_VIDEO, "VP8/90000", SDP_CODEC_VP8 },     /* RFC 7741 section 6 */
		{ SDP_VIDEO, "VP9/90000", SDP_CODEC_VP9 },     /* RFC 9628 section 6 */
		{ SDP_VIDEO, "H264/90000", SDP_CODEC_H264 },   /* RFC 6184 section 8 */
		{ SDP_VIDEO, "AV1/90000", SDP_CODEC_AV1 }, /* AV1 RTP payload format, section 7 */
		{ SDP_VIDEO, "rtx/90000", SDP_CODEC_RTX }, /* RFC 4588 section 8 */
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (known[i].media == media && sdp_view_is_nocase(encoding, known[i].encoding))
			return known[i].name;
	}
	return SDP_CODEC_OTHER;
}

/* Browsers and others describe payload types that the m-line does not list; those are passed over. */
static int read_rtpmap(struct parser *parser, struct sdp_view value)
{
	struct sdp_codec *codec = find_pt(parser, sdp_view_take(&value, ' '));
	if (codec != NULL)
		codec->name = codec_name(parser->section->media, sdp_view_take(&value, ' '));
	return 0;
}

/* RFC 2198 section 5: "111/111", the payload types of primary and redundant blocks. */
static void read_red(struct sdp_codec *codec, struct sdp_view types)
{
	uint32_t pt;
	const struct sdp_view primary = sdp_view_take(&types, '/');
	if (types.len == 0 || rs_parse_u32(primary.text, primary.len, 127, &pt) < 0)
		return;
	codec->has_apt = true;
	codec->apt = (uint8_t)pt;
}

static int read_fmtp(struct parser *parser, struct sdp_view value)
{
	struct sdp_codec *codec = find_pt(parser, sdp_view_take(&value, ' '));
	uint32_t apt;
	if (codec != NULL) {
		codec->fmtp_view = value.text;
		codec->fmtp_len = value.len;
		read_red(codec, value);
	}
	while (codec != NULL && value.len > 0) {
		struct sdp_view parameter = sdp_view_take(&value, ';');
		while (parameter.len > 0 && parameter.text[0] == ' ')
			(void)sdp_view_take(&parameter, ' '); /* spaces before a name */
		if (!sdp_view_is_nocase(sdp_view_take(&parameter, '='), "apt"))
			continue;
		if (rs_parse_u32(parameter.text, parameter.len, 127, &apt) < 0)
			return fail(parser, -EBADMSG, "apt is no payload type");
		codec->has_apt = true;
		codec->apt = (uint8_t)apt;
	}
	return 0;
}

static int read_rtcp_fb(struct parser *parser, struct sdp_view value)
{
	static const struct {
		const char *text;
		enum sdp_feedback bit;
	} known[] = {
		{ "nack", SDP_FEEDBACK_NACK },
		{ "nack pli", SDP_FEEDBACK_PLI },
		{ "ccm fir", SDP_FEEDBACK_FIR },
		{ "transport-cc", SDP_FEEDBACK_TWCC },
		{ "goog-remb", SDP_FEEDBACK_REMB },
	};
	const struct sdp_view pt = sdp_view_take(&value, ' ');
	for (size_t i = 0; i < RS_ARRAY_LEN(known) && parser->section != NULL; i++) {
		if (!sdp_view_is(value, known[i].text))
			continue;
		struct sdp_codec *codec = find_pt(parser, pt);
		if (codec != NULL)
			codec->feedback |= (uint8_t)known[i].bit;
		for (size_t k = 0; k < parser->section->n_codecs && sdp_view_is(pt, "*"); k++)
			parser->section->codecs[k].feedback |= (uint8_t)known[i].bit;
	}
	return 0;
}

/* --- Header extensions, RFC 8285 section 5 --- */

static int direction_parse(struct sdp_view text, enum sdp_direction *out_direction)
{
	static const char *const names[] = { "sendrecv", "sendonly", "recvonly", "inactive" };
	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		if (sdp_view_is(text, names[i])) {
			*out_direction = (enum sdp_direction)i;
			return 0;
		}
	}
	return -EBADMSG;
}

static void note_uri(struct parser *parser, uint32_t id, struct sdp_view uri)
{
	const struct sdp_view *first = &parser->uris[id];
	if (first->len == 0)
		parser->uris[id] = uri;
	else if (first->len != uri.len || memcmp(first->text, uri.text, uri.len) != 0)
		parser->clash[id] = true;
}

static int read_extmap(struct parser *parser, struct sdp_view value)
{
	struct sdp_view left = sdp_view_take(&value, ' ');
	const struct sdp_view number = sdp_view_take(&left, '/');
	const struct sdp_view uri = sdp_view_take(&value, ' ');
	enum sdp_direction direction = SDP_SENDRECV;
	uint32_t id;
	if (rs_parse_u32(number.text, number.len, UINT16_MAX, &id) < 0 || id == 0)
		return fail(parser, -EBADMSG, "an id is expected");
	if (left.len > 0 && direction_parse(left, &direction) < 0)
		return fail(parser, -EBADMSG, "the direction is not known");
	if (uri.len == 0)
		return fail(parser, -EBADMSG, "a URI is expected");
	if (id > EXT_ID_MAX)
		return 0;
	note_uri(parser, id, uri);
	for (size_t i = 0; i < SDP_EXT_COUNT; i++) {
		if (sdp_view_is(uri, sdp_ext_uris[i]))
			target(parser)->ext[i] =
				(struct sdp_ext){ .id = (uint8_t)id, .direction = direction };
	}
	return 0;
}

/* --- Streams --- */

static int add_ssrc(struct parser *parser, uint32_t ssrc)
{
	struct sdp_section *section = parser->section;
	for (size_t i = 0; i < section->n_ssrcs; i++) {
		if (section->ssrcs[i] == ssrc)
			return 0;
	}
	if (section->n_ssrcs == PEER_SSRCS_MAX)
		return fail(parser, -E2BIG, "too many in one section");
	section->ssrcs[section->n_ssrcs++] = ssrc;
	return 0;
}

static int read_ssrc(struct parser *parser, struct sdp_view value)
{
	const struct sdp_view number = sdp_view_take(&value, ' ');
	uint32_t ssrc;
	if (parser->section == NULL || rs_parse_u32(number.text, number.len, UINT32_MAX, &ssrc) < 0)
		return fail(parser, -EBADMSG, "a number in a section is expected");
	return add_ssrc(parser, ssrc);
}

static int read_ssrc_group(struct parser *parser, struct sdp_view value)
{
	uint32_t ssrcs[2];
	if (!sdp_view_is(sdp_view_take(&value, ' '), "FID") || parser->section == NULL)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		const struct sdp_view number = sdp_view_take(&value, ' ');
		if (rs_parse_u32(number.text, number.len, UINT32_MAX, &ssrcs[i]) < 0)
			return fail(parser, -EBADMSG, "two numbers are expected");
	}
	if (parser->primary_ssrc == 0) {
		parser->primary_ssrc = ssrcs[0];
		parser->rtx_ssrc = ssrcs[1];
	}
	return 0;
}

/* RFC 8853 section 5.1: "send q;h;f recv ...", a layer with alternatives "q,q2", a paused one "~q". */
static int read_simulcast(struct parser *parser, struct sdp_view value)
{
	if (parser->section == NULL)
		return fail(parser, -EBADMSG, "a section is expected");
	while (value.len > 0) {
		const bool send = sdp_view_is(sdp_view_take(&value, ' '), "send");
		struct sdp_view layers = sdp_view_take(&value, ' ');
		while (send && layers.len > 0 && parser->section->n_rids < SDP_LAYERS_MAX) {
			struct sdp_view layer = sdp_view_take(&layers, ';');
			struct sdp_view rid = sdp_view_take(&layer, ',');
			if (rid.len > 0 && rid.text[0] == '~')
				(void)sdp_view_take(&rid, '~'); /* the mark of a paused one */
			if (!sdp_view_copy(rid, parser->section->rids[parser->section->n_rids],
				    PEER_RID_MAX + 1))
				return fail(
					parser, -EBADMSG, "a rid of 1 to 16 octets is expected");
			parser->section->n_rids++;
		}
	}
	return 0;
}

/* --- Transport --- */

static int read_ufrag(struct parser *parser, struct sdp_view value)
{
	char *ufrag = target(parser)->ufrag;
	if (!sdp_view_copy(value, ufrag, PEER_ICE_MAX + 1) || !sdp_ufrag_valid(ufrag))
		return fail(parser, -EBADMSG, "4 to 256 ice-chars are expected");
	return 0;
}

static int read_pwd(struct parser *parser, struct sdp_view value)
{
	char *pwd = target(parser)->pwd;
	if (!sdp_view_copy(value, pwd, PEER_ICE_MAX + 1) || !sdp_pwd_valid(pwd))
		return fail(parser, -EBADMSG, "22 to 256 ice-chars are expected");
	return 0;
}

/* SHA-256 is the only digest that WebRTC must have (RFC 8827 section 6.5); others beside it are passed over. */
static int read_fingerprint(struct parser *parser, struct sdp_view value)
{
	enum { DIGEST_TEXT_LEN = 32 * 3 - 1 };
	const struct sdp_view hash = sdp_view_take(&value, ' ');
	if (!sdp_view_is_nocase(hash, "sha-256"))
		return 0;
	bool good = value.len == DIGEST_TEXT_LEN;
	for (size_t i = 0; i < value.len && good; i++) {
		uint8_t octet[1];
		if (i % 3 == 2)
			good = value.text[i] == ':';
		else if (i % 3 == 0)
			good = rs_hex_decode(value.text + i, 2, octet, 1) == 0;
	}
	if (!good)
		return fail(parser, -EBADMSG, "32 octets in hex with colons are expected");
	return rs_format(target(parser)->fingerprint, PEER_FINGERPRINT_MAX + 1, "sha-256 %.*s",
		(int)value.len, value.text);
}

static int read_setup(struct parser *parser, struct sdp_view value)
{
	if (sdp_view_is(value, "actpass") || sdp_view_is(value, "active")) {
		target(parser)->may_be_client = true;
		return 0;
	}
	return fail(parser, -EBADMSG, "actpass is expected: the media server is the DTLS server");
}

static int read_mid(struct parser *parser, struct sdp_view value)
{
	if (parser->section == NULL ||
		!sdp_view_copy(value, parser->section->mid, PEER_MID_MAX + 1))
		return fail(parser, -EBADMSG, "1 to 16 octets in a section are expected");
	for (size_t i = 0; i + 1 < parser->offer->n_sections; i++) {
		if (sdp_view_is(value, parser->offer->sections[i].mid))
			return fail(parser, -EBADMSG, "two sections have the same");
	}
	return 0;
}

static int read_group(struct parser *parser, struct sdp_view value)
{
	if (!sdp_view_is(sdp_view_take(&value, ' '), "BUNDLE"))
		return 0;
	if (parser->section != NULL || parser->has_bundle)
		return fail(parser, -EBADMSG, "one BUNDLE for the session is expected");
	parser->has_bundle = true;
	parser->bundle = value;
	return 0;
}

static int read_bundle_only(struct parser *parser, struct sdp_view value)
{
	parser->bundle_only = true;
	return 0;
}

static int read_rtcp_mux(struct parser *parser, struct sdp_view value)
{
	target(parser)->rtcp_mux = true;
	return 0;
}

static int read_rtcp_rsize(struct parser *parser, struct sdp_view value)
{
	target(parser)->rtcp_rsize = true;
	return 0;
}

/* --- Lines --- */

static int read_attribute(struct parser *parser, struct sdp_view value)
{
	static const struct {
		const char *name;
		int (*read)(struct parser *parser, struct sdp_view value);
	} known[] = {
		{ "bundle-only", read_bundle_only },
		{ "extmap", read_extmap },
		{ "fingerprint", read_fingerprint },
		{ "fmtp", read_fmtp },
		{ "group", read_group },
		{ "ice-pwd", read_pwd },
		{ "ice-ufrag", read_ufrag },
		{ "mid", read_mid },
		{ "rtcp-fb", read_rtcp_fb },
		{ "rtcp-mux", read_rtcp_mux },
		{ "rtcp-mux-only", read_rtcp_mux },
		{ "rtcp-rsize", read_rtcp_rsize },
		{ "rtpmap", read_rtpmap },
		{ "setup", read_setup },
		{ "simulcast", read_simulcast },
		{ "ssrc", read_ssrc },
		{ "ssrc-group", read_ssrc_group },
	};
	const struct sdp_view name = sdp_view_take(&value, ':');
	if (direction_parse(name, &target(parser)->direction) == 0)
		return 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (!sdp_view_is(name, known[i].name))
			continue;
		(void)snprintf(parser->attribute, sizeof(parser->attribute), "a=%s", known[i].name);
		return known[i].read(parser, value);
	}
	return 0;
}

/* Port 0 refuses a section, unless it is there for the bundle only. */
static void end_section(struct parser *parser)
{
	struct sdp_section *section = parser->section;
	if (section == NULL)
		return;
	section->live = parser->has_port || parser->bundle_only;
	if (parser->primary_ssrc == 0)
		return;
	section->ssrcs[0] = parser->primary_ssrc;
	section->ssrcs[1] = parser->rtx_ssrc;
	section->n_ssrcs = 2;
}

static int read_formats(struct parser *parser, struct sdp_view value)
{
	struct sdp_section *section = parser->section;
	while (value.len > 0) {
		const struct sdp_view format = sdp_view_take(&value, ' ');
		uint32_t pt;
		if (rs_parse_u32(format.text, format.len, 127, &pt) < 0)
			return fail(parser, -EBADMSG, "payload types are expected");
		if (section->n_codecs == SDP_CODECS_MAX)
			return fail(parser, -E2BIG, "too many payload types");
		section->codecs[section->n_codecs++] = (struct sdp_codec){ .pt = (uint8_t)pt };
	}
	return 0;
}

static int read_media(struct parser *parser, struct sdp_view value)
{
	end_section(parser);
	if (parser->offer->n_sections == SDP_SECTIONS_MAX)
		return fail(parser, -E2BIG, "too many sections");
	struct sdp_section *section = &parser->offer->sections[parser->offer->n_sections++];
	*section = parser->session;
	parser->section = section;
	parser->bundle_only = false;
	parser->primary_ssrc = 0;

	const struct sdp_view media = sdp_view_take(&value, ' ');
	const struct sdp_view port = sdp_view_take(&value, ' ');
	const struct sdp_view protocol = sdp_view_take(&value, ' ');
	struct sdp_view rest = value;
	uint32_t number;
	if (rs_parse_u32(port.text, port.len, UINT16_MAX, &number) < 0 ||
		!sdp_view_copy(media, section->name, sizeof(section->name)) ||
		!sdp_view_copy(protocol, section->protocol, sizeof(section->protocol)) ||
		!sdp_view_copy(sdp_view_take(&rest, ' '), section->format, sizeof(section->format)))
		return fail(parser, -EBADMSG, "media, port, protocol and formats are expected");
	parser->has_port = number != 0;
	section->media = sdp_view_is(media, "audio")   ? SDP_AUDIO
			 : sdp_view_is(media, "video") ? SDP_VIDEO
						       : SDP_OTHER;
	return section->media != SDP_OTHER ? read_formats(parser, value) : 0;
}

static int read_line(struct parser *parser, const struct sdp_line *line)
{
	if (parser->lines.number == 1 && (line->type != 'v' || !sdp_view_is(line->value, "0")))
		return fail(parser, -EBADMSG, "v=0 is expected");
	if (line->type == 'm')
		return read_media(parser, line->value);
	return line->type == 'a' ? read_attribute(parser, line->value) : 0;
}

/* --- The whole --- */

static void mark_bundle(struct parser *parser)
{
	while (parser->bundle.len > 0) {
		const struct sdp_view mid = sdp_view_take(&parser->bundle, ' ');
		for (size_t i = 0; i < parser->offer->n_sections; i++) {
			struct sdp_section *section = &parser->offer->sections[i];
			if (section->mid[0] != '\0' && sdp_view_is(mid, section->mid))
				section->bundled = true;
		}
	}
}

static void drop_clashes(struct parser *parser)
{
	for (size_t i = 0; i < parser->offer->n_sections; i++) {
		struct sdp_ext *ext = parser->offer->sections[i].ext;
		for (size_t k = 0; k < SDP_EXT_COUNT; k++) {
			if (parser->clash[ext[k].id])
				ext[k].id = 0;
		}
	}
}

static int read_all(struct parser *parser)
{
	struct sdp_line line;
	int more;
	(void)strcpy(parser->attribute, "v="); /* fits */
	while ((more = sdp_lines_next(&parser->lines, &line)) == 1) {
		if (line.type != 'a')
			(void)snprintf(
				parser->attribute, sizeof(parser->attribute), "%c=", line.type);
		const int err = read_line(parser, &line);
		if (err < 0)
			return err;
	}
	if (more < 0) {
		(void)strcpy(parser->attribute, "text"); /* fits */
		return fail(
			parser, more, more == -E2BIG ? "too many lines" : "type=value is expected");
	}
	end_section(parser);
	if (parser->offer->n_sections == 0) {
		(void)strcpy(parser->attribute, "m="); /* fits */
		return fail(parser, -EBADMSG, "a section is expected");
	}
	return 0;
}

int sdp_offer_parse(
	const char *text, size_t len, struct sdp_offer *out_offer, struct sdp_error *error)
{
	*out_offer = (struct sdp_offer){ .n_sections = 0 };
	struct parser parser = {
		.lines = { .text = text, .len = len },
		.offer = out_offer,
		.error = error,
	};
	if (len > SDP_TEXT_MAX) {
		(void)snprintf(
			error->text, sizeof(error->text), "longer than %d octets", SDP_TEXT_MAX);
		return -E2BIG;
	}
	out_offer->sections = rs_calloc(SDP_SECTIONS_MAX, sizeof(*out_offer->sections));
	if (out_offer->sections == NULL)
		return -ENOMEM;
	const int err = read_all(&parser);
	if (err < 0)
		return err;
	mark_bundle(&parser);
	drop_clashes(&parser);
	return 0;
}

void sdp_offer_done(struct sdp_offer *offer)
{
	offer->sections = rs_release(offer->sections);
	offer->n_sections = 0;
}
