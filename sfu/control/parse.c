#include "common/base/text.h"
#include "sfu/control/control_priv.h"

#include <stdio.h>
#include <string.h>

/* A word of the protocol and what it stands for. */
struct word {
	const char *text;
	int value;
};

static int word_of(const struct object *object, const char *key, const char *text,
	const struct word *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i].text, text) == 0)
			return words[i].value;
	}
	char why[OBJECT_ERROR_LEN];
	(void)snprintf(why, sizeof(why), "%s%s%s%s%s is expected", words[0].text,
		n > 1 ? " or " : "", n > 1 ? words[1].text : "", n > 2 ? " or " : "",
		n > 2 ? words[2].text : "");
	object_fail(object, key, why);
	return words[0].value;
}

static const struct word media_words[] = {
	{ "microphone", ROUTER_MICROPHONE },
	{ "camera", ROUTER_CAMERA },
	{ "content", ROUTER_CONTENT },
};

static const struct word codec_words[] = {
	{ "opus", ROUTER_OPUS },
	{ "vp8", ROUTER_VP8 },
	{ "vp9", ROUTER_VP9 },
	{ "h264", ROUTER_H264 },
	{ "av1", ROUTER_AV1 },
};

static const struct word kind_words[] = {
	{ "audio", false },
	{ "video", true },
};

static const struct word mode_words[] = {
	{ "floor", ROUTER_FLOOR },
	{ "direct", ROUTER_DIRECT },
};

static const struct word mix_words[] = {
	{ "rank", ROUTER_BY_RANK },
	{ "loudest", ROUTER_LOUDEST },
	{ "others", ROUTER_OTHERS },
};

const char *control_codec_name(enum router_codec codec)
{
	return codec_words[codec].text;
}

const char *control_media_name(enum router_media media)
{
	return media_words[media].text;
}

#define WORD(object, key, words) \
	word_of((object), (key), object_text((object), (key)), (words), RS_ARRAY_LEN(words))

/* Text of min to max octets. */
static const char *text_within(const struct object *object, const char *key, size_t min, size_t max)
{
	const char *text = object_text(object, key);
	if (strlen(text) < min || strlen(text) > max)
		object_fail(object, key, "text of another length is expected");
	return text;
}

/* A name, or NULL when absent or null. */
static const char *name_or_null(const struct object *object, const char *key)
{
	return object_has(object, key) ? object_name(object, key) : NULL;
}

static size_t names(const struct object *object, const char *key, const char **out, size_t max)
{
	const size_t n = object_array(object, key, max);
	for (size_t i = 0; i < n; i++) {
		out[i] = object_text_at(object, key, i);
		if (!rs_name_valid(out[i], strlen(out[i])))
			object_fail(object, key, "names of 1 to 64 of [A-Za-z0-9_-] are expected");
	}
	return n;
}

static struct router_channel channel(const struct object *object)
{
	return (struct router_channel){
		.id = object_name(object, "id"),
		.desk = name_or_null(object, "desk"),
		.next = name_or_null(object, "next"),
	};
}

static bool is_desk_before(const struct router_meeting *meeting, size_t channel, const char *desk)
{
	for (size_t i = 0; i < channel; i++) {
		const char *other = meeting->channels[i].desk;
		if (other != NULL && strcmp(other, desk) == 0)
			return true;
	}
	return false;
}

static bool is_open(const struct router_meeting *meeting, const char *source)
{
	for (size_t i = 0; i < meeting->n_open; i++)
		if (strcmp(meeting->open[i], source) == 0)
			return true;
	return false;
}

/* A microphone is heard in one place. A desk that is heard elsewhere already stays there, and this channel passes the floor: to refuse the
 * whole meeting would leave open what the message closes. */
static void judge_desk(struct control_scratch *scratch, size_t channel)
{
	struct router_channel *at = &scratch->channels[channel];

	if (at->desk == NULL || (!is_desk_before(&scratch->meeting, channel, at->desk) &&
					!is_open(&scratch->meeting, at->desk)))
		return;
	at->desk = NULL;
	scratch->desks_refused++;
}

void control_parse_meeting(const struct object *object, struct control_scratch *scratch)
{
	scratch->meeting = (struct router_meeting){
		.id = object_name(object, "id"),
		.event = (uint64_t)object_int(object, "event", 0, INT64_MAX),
		.mode = (enum router_mode)WORD(object, "mode", mode_words),
		.open = scratch->open,
		.n_open = names(object, "open", scratch->open, ROUTER_OPEN_MAX),
		.visible = scratch->visible,
		.n_visible = names(object, "visible", scratch->visible, CONTROL_VISIBLE_MAX),
		.warm = scratch->warm,
		.n_warm = object_has(object, "warm")
				  ? names(object, "warm", scratch->warm, CONTROL_VISIBLE_MAX)
				  : 0,
		.channels = scratch->channels,
		.n_channels = object_array(object, "channels", ROUTER_CHANNELS_MAX),
		.loudest = (uint32_t)object_int_or(object, "loudest", 0, ROUTER_OPEN_MAX, 0),
		.speaker = name_or_null(object, "speaker"),
		.chair = name_or_null(object, "chair"),
		.content = name_or_null(object, "content"),
		.record = object_bool_or(object, "record", false),
		.off_air = !object_bool_or(object, "webcast", true),
		.meters = object_bool_or(object, "meters", false),
	};
	scratch->desks_refused = 0;
	for (size_t i = 0; i < scratch->meeting.n_channels; i++) {
		const struct object at = object_at(object, "channels", i);
		scratch->channels[i] = channel(&at);
	}
	for (size_t i = 0; i < scratch->meeting.n_channels && !object->error->failed; i++)
		judge_desk(scratch, i);
}

static uint8_t ext_id(const struct object *object, const char *key)
{
	return (uint8_t)object_int_or(object, key, 0, UINT8_MAX, 0);
}

static struct router_ext ext(const struct object *section)
{
	if (!object_has(section, "ext"))
		return (struct router_ext){ .mid = 0 };
	const struct object object = object_child(section, "ext");
	return (struct router_ext){
		.mid = ext_id(&object, "mid"),
		.rid = ext_id(&object, "rid"),
		.repaired_rid = ext_id(&object, "repaired_rid"),
		.level = ext_id(&object, "level"),
		.twcc = ext_id(&object, "twcc"),
		.abs_capture = ext_id(&object, "abs_capture"),
	};
}

static uint32_t ssrc_at(const struct object *object, size_t n, size_t i)
{
	return i < n ? (uint32_t)object_int_at(object, "ssrcs", i, 1, UINT32_MAX) : 0;
}

static struct router_send section_sent(const struct object *object)
{
	struct router_send send = {
		.mid = text_within(object, "mid", 1, ROUTER_MID_MAX),
		.source = object_name(object, "source"),
		.media = (enum router_media)WORD(object, "media", media_words),
		.csrc = (uint32_t)object_int(object, "csrc", 0, UINT32_MAX),
		.codec = (enum router_codec)WORD(object, "codec", codec_words),
		.pt = (uint8_t)object_int(object, "pt", 0, 127),
		.rtx_pt = (uint8_t)object_int_or(object, "rtx_pt", 0, 127, 0),
		.red_pt = (uint8_t)object_int_or(object, "red_pt", 0, 127, 0),
		.n_rids = object_array(object, "rids", ROUTER_LAYERS_MAX),
		.ext = ext(object),
	};
	for (size_t i = 0; i < send.n_rids; i++) {
		send.rids[i] = object_text_at(object, "rids", i);
		if (strlen(send.rids[i]) < 1 || strlen(send.rids[i]) > ROUTER_RID_MAX)
			object_fail(object, "rids", "text of 1 to 16 octets is expected");
	}
	/* With simulcast the pairs are not told apart by SSRC: the RID extension names them. */
	const size_t n = object_array(object, "ssrcs", (size_t)2 * ROUTER_LAYERS_MAX);
	if (send.n_rids == 0) {
		send.ssrc = ssrc_at(object, n, 0);
		send.rtx_ssrc = ssrc_at(object, n, 1);
	}
	return send;
}

static struct router_recv section_received(const struct object *object)
{
	struct router_recv recv = {
		.mid = text_within(object, "mid", 1, ROUTER_MID_MAX),
		.video = WORD(object, "kind", kind_words),
		.ssrc = (uint32_t)object_int(object, "ssrc", 1, UINT32_MAX),
		.rtx_ssrc = (uint32_t)object_int_or(object, "rtx_ssrc", 0, UINT32_MAX, 0),
		.codec = (enum router_codec)WORD(object, "codec", codec_words),
		.pt = (uint8_t)object_int(object, "pt", 0, 127),
		.rtx_pt = (uint8_t)object_int_or(object, "rtx_pt", 0, 127, 0),
		.red_pt = (uint8_t)object_int_or(object, "red_pt", 0, 127, 0),
		.nack = object_bool_or(object, "nack", false),
		.ext = ext(object),
		.feed = object_text_or(object, "feed", ""),
		.rank = (uint32_t)object_int_or(object, "rank", 0, ROUTER_OPEN_MAX, 0),
		.mix = ROUTER_BY_RANK,
		.max_height = (uint32_t)object_int_or(object, "max_height", 0, UINT16_MAX, 0),
		.priority = (uint32_t)object_int_or(object, "priority", 0, UINT8_MAX, 0),
		.paused = object_bool_or(object, "paused", false),
		.n_also = object_array(object, "also", ROUTER_ALSO_MAX),
	};
	for (size_t i = 0; i < recv.n_also; i++) {
		const struct object at = object_at(object, "also", i);
		recv.also[i] = (struct router_payload){
			.codec = (enum router_codec)WORD(&at, "codec", codec_words),
			.pt = (uint8_t)object_int(&at, "pt", 0, 127),
			.rtx_pt = (uint8_t)object_int_or(&at, "rtx_pt", 0, 127, 0),
		};
	}
	if (strlen(recv.feed) > ROUTER_FEED_MAX)
		object_fail(object, "feed", "a feed name is expected");
	if (object_has(object, "mix"))
		recv.mix = (enum router_mix)WORD(object, "mix", mix_words);
	return recv;
}

static void credentials(const struct object *object, const char *ufrag_key, const char *pwd_key,
	struct ice_credentials *out)
{
	const char *ufrag = text_within(object, ufrag_key, ICE_UFRAG_MIN, ICE_UFRAG_MAX);
	const char *pwd = text_within(object, pwd_key, ICE_PWD_MIN, ICE_PWD_MAX);
	(void)rs_copy_text(out->ufrag, sizeof(out->ufrag), ufrag, strlen(ufrag));
	(void)rs_copy_text(out->pwd, sizeof(out->pwd), pwd, strlen(pwd));
}

static void dtls(const struct object *object, struct control_peer *out)
{
	/* The far end offers, so it is the active side (RFC 8842 section 5.3). */
	if (strcmp(object_text(object, "setup"), "passive") != 0)
		object_fail(object, "setup", "passive is expected");
	const char *text = object_text(object, "fingerprint");
	const char *space = strchr(text, ' ');
	char hash[16] = "";
	if (space != NULL)
		(void)rs_copy_text(hash, sizeof(hash), text, (size_t)(space - text));
	if (space == NULL || dtls_fingerprint_parse(hash, space + 1, &out->fingerprint) < 0)
		object_fail(object, "fingerprint",
			"a SHA-2 hash name, a space and pairs of hex digits are expected");
}

void control_parse_peer(const struct object *object, struct control_scratch *scratch)
{
	struct control_peer *peer = &scratch->peer;
	*peer = (struct control_peer){ .worker = (uint32_t)object_int_or(
					       object, "worker", 0, 1023, 0) };
	const struct object ice = object_child(object, "ice");
	credentials(&ice, "ufrag", "pwd", &peer->local);
	credentials(&ice, "remote_ufrag", "remote_pwd", &peer->remote);
	const struct object security = object_child(object, "dtls");
	dtls(&security, peer);
	peer->router = (struct router_peer){
		.id = object_name(object, "id"),
		.meeting = object_name(object, "meeting"),
		.sends = scratch->sends,
		.n_sends = object_array(object, "send", ROUTER_SENDS_MAX),
		.recvs = scratch->recvs,
		.n_recvs = object_array(object, "recv", ROUTER_RECVS_MAX),
		.home = peer->worker,
		.watch = object_bool_or(object, "watch", false),
		.public = object_bool_or(object, "webcast", false),
	};
	for (size_t i = 0; i < peer->router.n_sends; i++) {
		const struct object at = object_at(object, "send", i);
		scratch->sends[i] = section_sent(&at);
	}
	for (size_t i = 0; i < peer->router.n_recvs; i++) {
		const struct object at = object_at(object, "recv", i);
		scratch->recvs[i] = section_received(&at);
	}
}
