#include "tools/client/sdp.h"

#include "common/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define URI_MID "urn:ietf:params:rtp-hdrext:sdes:mid"
#define URI_RID "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
#define URI_REPAIRED "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
#define URI_LEVEL "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define URI_TWCC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
/* Ids in the offer. */
#define EXT_LEVEL 1U
#define EXT_TWCC 3U
#define EXT_MID 4U
#define EXT_RID 10U
#define EXT_REPAIRED 11U
/* The largest of the one-byte form, RFC 8285 section 4.2. */
#define EXT_ID_MAX 14

const char *rtc_rid(size_t layer)
{
	static const char *const rids[RTC_LAYERS_MAX] = { "q", "h", "f" };
	return rids[layer];
}

/* --- Offer --- */

struct writer {
	struct rs_buf *out;
	int err; /* the first failure sticks */
};

#define put(writer, ...)                                                           \
	do {                                                                       \
		if ((writer)->err == 0)                                            \
			(writer)->err = rs_buf_printf((writer)->out, __VA_ARGS__); \
	} while (0)

static void put_feedback(struct writer *writer, unsigned pt, bool video, bool twcc)
{
	if (video)
		put(writer,
			"a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\na=rtcp-fb:%u ccm fir\r\n",
			pt, pt, pt);
	if (twcc)
		put(writer, "a=rtcp-fb:%u transport-cc\r\n", pt);
}

static void put_audio(struct writer *writer, bool red, bool twcc)
{
	put(writer, "a=rtpmap:%u opus/48000/2\r\na=fmtp:%u minptime=10;useinbandfec=1\r\n",
		RTC_PT_OPUS, RTC_PT_OPUS);
	if (red)
		put(writer, "a=rtpmap:%u red/48000/2\r\na=fmtp:%u %u/%u\r\n", RTC_PT_RED,
			RTC_PT_RED, RTC_PT_OPUS, RTC_PT_OPUS);
	put(writer, "a=extmap:%u " URI_LEVEL "\r\n", EXT_LEVEL);
	put_feedback(writer, RTC_PT_OPUS, false, twcc);
}

static void put_video(struct writer *writer, const struct rtc_section *section, bool twcc)
{
	put(writer, "a=rtpmap:%u VP8/90000\r\n", RTC_PT_VP8);
	put_feedback(writer, RTC_PT_VP8, true, twcc);
	put(writer, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", RTC_PT_RTX, RTC_PT_RTX,
		RTC_PT_VP8);
	if (section->n_layers < 2)
		return;
	put(writer, "a=extmap:%u " URI_RID "\r\na=extmap:%u " URI_REPAIRED "\r\n", EXT_RID,
		EXT_REPAIRED);
	for (size_t i = 0; i < section->n_layers; i++)
		put(writer, "a=rid:%s send\r\n", rtc_rid(i));
	put(writer, "a=simulcast:send");
	for (size_t i = 0; i < section->n_layers; i++)
		put(writer, "%c%s", i == 0 ? ' ' : ';', rtc_rid(i));
	put(writer, "\r\n");
}

static void put_ssrcs(struct writer *writer, const struct rtc_section *section, const char *cname)
{
	if (section->rtx_ssrc != 0)
		put(writer, "a=ssrc-group:FID %" PRIu32 " %" PRIu32 "\r\n", section->ssrc,
			section->rtx_ssrc);
	put(writer, "a=ssrc:%" PRIu32 " cname:%s\r\n", section->ssrc, cname);
	if (section->rtx_ssrc != 0)
		put(writer, "a=ssrc:%" PRIu32 " cname:%s\r\n", section->rtx_ssrc, cname);
}

static void put_section(struct writer *writer, const struct rtc_offer *offer, size_t i)
{
	const struct rtc_section *section = &offer->sections[i];
	const bool audio = section->media == RTC_AUDIO;
	if (audio && section->red)
		put(writer, "m=audio 9 UDP/TLS/RTP/SAVPF %u %u\r\n", RTC_PT_OPUS, RTC_PT_RED);
	else if (audio)
		put(writer, "m=audio 9 UDP/TLS/RTP/SAVPF %u\r\n", RTC_PT_OPUS);
	else
		put(writer, "m=video 9 UDP/TLS/RTP/SAVPF %u %u\r\n", RTC_PT_VP8, RTC_PT_RTX);
	put(writer, "c=IN IP4 0.0.0.0\r\na=mid:%zu\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", i,
		section->direction == RTC_SEND ? "sendonly" : "recvonly");
	put(writer,
		"a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\na=setup:actpass\r\n",
		offer->ufrag, offer->pwd, offer->fingerprint);
	put(writer, "a=extmap:%u " URI_MID "\r\n", EXT_MID);
	if (offer->twcc)
		put(writer, "a=extmap:%u " URI_TWCC "\r\n", EXT_TWCC);
	if (audio)
		put_audio(writer, section->red, offer->twcc);
	else
		put_video(writer, section, offer->twcc);
	if (section->direction == RTC_SEND && section->ssrc != 0)
		put_ssrcs(writer, section, offer->cname);
}

int rtc_offer_write(const struct rtc_offer *offer, struct rs_buf *out)
{
	struct writer writer = { .out = out };
	if (offer->n_sections == 0 || offer->n_sections > RTC_SECTIONS_MAX)
		return -EINVAL;
	put(&writer, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
	for (size_t i = 0; i < offer->n_sections; i++)
		put(&writer, " %zu", i);
	put(&writer, "\r\n");
	for (size_t i = 0; i < offer->n_sections; i++) {
		if (offer->sections[i].n_layers > RTC_LAYERS_MAX)
			return -EINVAL;
		put_section(&writer, offer, i);
	}
	return writer.err;
}

/* --- Answer --- */

struct view {
	const char *text;
	size_t len;
};

struct reader {
	struct rtc_answer *answer;
	struct rtc_agreed *section; /* NULL at session level */
	uint32_t priorities[RTC_CANDIDATES_MAX];
};

/* What stands before the next `mark`, taken off the front of `rest` with the mark. */
static struct view take(struct view *rest, char mark)
{
	const char *end = rest->len > 0 ? memchr(rest->text, mark, rest->len) : NULL;
	const size_t len = end != NULL ? (size_t)(end - rest->text) : rest->len;
	const struct view taken = { rest->text, len };
	rest->text += end != NULL ? len + 1 : len;
	rest->len -= end != NULL ? len + 1 : len;
	return taken;
}

static bool is(struct view view, const char *text)
{
	return view.len == strlen(text) && memcmp(view.text, text, view.len) == 0;
}

static bool number(struct view view, uint32_t max, uint32_t *out)
{
	return rs_parse_u32(view.text, view.len, max, out) == 0;
}

static int read_media(struct reader *reader, struct view value)
{
	struct rtc_answer *answer = reader->answer;
	if (answer->n_sections == RTC_SECTIONS_MAX)
		return -E2BIG;
	struct rtc_agreed *section = &answer->sections[answer->n_sections++];
	const struct view media = take(&value, ' ');
	const struct view port = take(&value, ' ');
	(void)take(&value, ' '); /* the protocol: whoever answers otherwise does not connect */
	const struct view format = take(&value, ' ');
	uint32_t pt;
	reader->section = section;
	section->media = is(media, "audio") ? RTC_AUDIO : RTC_VIDEO;
	section->live = !is(port, "0");
	if (section->live && !number(format, 127, &pt))
		return -EBADMSG;
	section->pt = section->live ? (uint8_t)pt : 0;
	return 0;
}

static int copy_first(struct view value, char *out, size_t cap, size_t least)
{
	if (out[0] != '\0')
		return 0;
	return value.len >= least && rs_copy_text(out, cap, value.text, value.len) ? 0 : -EBADMSG;
}

static int read_ufrag(struct reader *reader, struct view value)
{
	char *ufrag = reader->answer->ice.ufrag;
	return copy_first(value, ufrag, sizeof(reader->answer->ice.ufrag), ICE_UFRAG_MIN);
}

static int read_pwd(struct reader *reader, struct view value)
{
	char *pwd = reader->answer->ice.pwd;
	return copy_first(value, pwd, sizeof(reader->answer->ice.pwd), ICE_PWD_MIN);
}

static int read_fingerprint(struct reader *reader, struct view value)
{
	char *out = reader->answer->fingerprint;
	struct view hash = take(&value, ' ');
	if (hash.len != 7 || strncasecmp(hash.text, "sha-256", 7) != 0)
		return 0;
	const int err = copy_first(value, out, RTC_FINGERPRINT_MAX + 1, RTC_FINGERPRINT_MAX);
	for (size_t i = 0; err == 0 && out[i] != '\0'; i++)
		out[i] = (char)toupper((unsigned char)out[i]);
	return err;
}

/* RFC 8839 section 5.1: foundation, component, transport, priority, address, port, more. */
static int read_candidate(struct reader *reader, struct view value)
{
	struct rtc_answer *answer = reader->answer;
	(void)take(&value, ' '); /* foundations group checks, of which there are few */
	const struct view component = take(&value, ' ');
	const struct view transport = take(&value, ' ');
	const struct view priority_text = take(&value, ' ');
	const struct view ip = take(&value, ' ');
	const struct view port_text = take(&value, ' ');
	uint32_t priority;
	uint32_t port;
	struct rs_addr addr;
	if (!number(priority_text, UINT32_MAX, &priority) || !number(port_text, UINT16_MAX, &port))
		return -EBADMSG;
	if (!is(component, "1") || transport.len != 3 ||
		strncasecmp(transport.text, "udp", 3) != 0 ||
		rs_addr_parse_ip(ip.text, ip.len, (uint16_t)port, &addr) < 0 ||
		answer->n_candidates == RTC_CANDIDATES_MAX)
		return 0;
	size_t at = answer->n_candidates++;
	for (; at > 0 && reader->priorities[at - 1] < priority; at--) {
		reader->priorities[at] = reader->priorities[at - 1];
		answer->candidates[at] = answer->candidates[at - 1];
	}
	reader->priorities[at] = priority;
	answer->candidates[at] = addr;
	return 0;
}

static int read_mid(struct reader *reader, struct view value)
{
	struct rtc_agreed *section = reader->section;
	if (section == NULL)
		return -EBADMSG;
	return copy_first(value, section->mid, sizeof(section->mid), 1);
}

static int read_rtpmap(struct reader *reader, struct view value)
{
	const struct view pt_text = take(&value, ' ');
	uint32_t pt;
	if (reader->section == NULL || !number(pt_text, 127, &pt))
		return -EBADMSG;
	if (value.len >= 4 && strncasecmp(value.text, "rtx/", 4) == 0)
		reader->section->rtx_pt = (uint8_t)pt;
	if (value.len >= 4 && strncasecmp(value.text, "red/", 4) == 0)
		reader->section->red_pt = (uint8_t)pt;
	/* It need not come first. */
	if (value.len >= 5 && strncasecmp(value.text, "opus/", 5) == 0)
		reader->section->pt = (uint8_t)pt;
	return 0;
}

static int read_extmap(struct reader *reader, struct view value)
{
	struct view left = take(&value, ' ');
	const struct view id_text = take(&left, '/');
	const struct view uri = take(&value, ' ');
	struct rtc_agreed *section = reader->section;
	uint32_t id;
	if (!number(id_text, UINT16_MAX, &id))
		return -EBADMSG;
	if (section == NULL || id == 0 || id > EXT_ID_MAX)
		return 0;
	const struct {
		const char *uri;
		uint8_t *id;
	} known[] = {
		{ URI_MID, &section->ext_mid },
		{ URI_LEVEL, &section->ext_level },
		{ URI_TWCC, &section->ext_twcc },
		{ URI_RID, &section->ext_rid },
		{ URI_REPAIRED, &section->ext_repaired },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (is(uri, known[i].uri))
			*known[i].id = (uint8_t)id;
	}
	return 0;
}

static int read_ssrc(struct reader *reader, struct view value)
{
	const struct view text = take(&value, ' ');
	uint32_t ssrc;
	if (reader->section == NULL || !number(text, UINT32_MAX, &ssrc))
		return -EBADMSG;
	if (reader->section->ssrc == 0)
		reader->section->ssrc = ssrc;
	return 0;
}

static int read_ssrc_group(struct reader *reader, struct view value)
{
	const struct view kind = take(&value, ' ');
	const struct view first = take(&value, ' ');
	const struct view second = take(&value, ' ');
	uint32_t ssrc;
	uint32_t rtx_ssrc;
	if (!is(kind, "FID"))
		return 0;
	if (reader->section == NULL || !number(first, UINT32_MAX, &ssrc) ||
		!number(second, UINT32_MAX, &rtx_ssrc))
		return -EBADMSG;
	reader->section->ssrc = ssrc;
	reader->section->rtx_ssrc = rtx_ssrc;
	return 0;
}

static int read_attribute(struct reader *reader, struct view line)
{
	static const struct {
		const char *name;
		int (*read)(struct reader *reader, struct view value);
	} known[] = {
		{ "ice-ufrag", read_ufrag },
		{ "ice-pwd", read_pwd },
		{ "fingerprint", read_fingerprint },
		{ "candidate", read_candidate },
		{ "mid", read_mid },
		{ "rtpmap", read_rtpmap },
		{ "extmap", read_extmap },
		{ "ssrc", read_ssrc },
		{ "ssrc-group", read_ssrc_group },
	};
	const struct view name = take(&line, ':');
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (is(name, known[i].name))
			return known[i].read(reader, line);
	}
	return 0;
}

static int read_line(struct reader *reader, struct view line)
{
	if (line.len > 0 && line.text[line.len - 1] == '\r')
		line.len--;
	if (line.len < 2 || line.text[1] != '=')
		return line.len == 0 ? 0 : -EBADMSG;
	const struct view value = { line.text + 2, line.len - 2 };
	if (line.text[0] == 'm')
		return read_media(reader, value);
	return line.text[0] == 'a' ? read_attribute(reader, value) : 0;
}

int rtc_answer_parse(const char *text, size_t len, struct rtc_answer *out_answer)
{
	struct rtc_answer answer = { .n_sections = 0 };
	struct reader reader = { .answer = &answer };
	struct view rest = { text, len };
	if (len > RTC_SDP_MAX)
		return -E2BIG;
	while (rest.len > 0) {
		const int err = read_line(&reader, take(&rest, '\n'));
		if (err < 0)
			return err;
	}
	if (answer.n_sections == 0 || answer.ice.ufrag[0] == '\0' || answer.ice.pwd[0] == '\0' ||
		answer.fingerprint[0] == '\0')
		return -EBADMSG;
	*out_answer = answer;
	return 0;
}
