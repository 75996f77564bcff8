/* Which of the offered payload types are taken. */
#include "signaling/sdp/sdp_priv.h"

const enum sdp_codec_name sdp_video_codecs[SDP_VIDEO_CODECS] = {
	SDP_CODEC_VP8,
	SDP_CODEC_VP9,
	SDP_CODEC_H264,
	SDP_CODEC_AV1,
};

const char *sdp_codec_word(enum sdp_codec_name name)
{
	static const char *const words[] = {
		[SDP_CODEC_OPUS] = "opus",
		[SDP_CODEC_VP8] = "vp8",
		[SDP_CODEC_VP9] = "vp9",
		[SDP_CODEC_H264] = "h264",
		[SDP_CODEC_AV1] = "av1",
	};
	return words[name];
}

/* The value of a format parameter; empty when it is not there. */
static struct sdp_view parameter_of(const struct sdp_codec *codec, const char *name)
{
	struct sdp_view rest = { codec->fmtp_view, codec->fmtp_len };
	while (rest.len > 0) {
		struct sdp_view value = sdp_view_take(&rest, ';');
		while (value.len > 0 && value.text[0] == ' ')
			(void)sdp_view_take(&value, ' '); /* spaces before a name */
		if (sdp_view_is_nocase(sdp_view_take(&value, '='), name))
			return value;
	}
	return (struct sdp_view){ .len = 0 };
}

static bool is_absent_or(struct sdp_view value, const char *text)
{
	return value.len == 0 || sdp_view_is(value, text);
}

/* RFC 6184 section 8.1: a profile's first two octets in hex; 42 with constraint set 1 is the constrained baseline profile,
 * which every decoder has. Mode 1 may also carry what mode 0 does. */
static int h264_rank(const struct sdp_codec *codec)
{
	const struct sdp_view profile = parameter_of(codec, "profile-level-id");
	const bool mode_1 = sdp_view_is(parameter_of(codec, "packetization-mode"), "1");
	const bool baseline = profile.len == 6 && profile.text[0] == '4' && profile.text[1] == '2';
	const bool constrained =
		baseline && (profile.text[2] == 'e' || profile.text[2] == 'E' ||
				    profile.text[2] == 'c' || profile.text[2] == 'C');
	return 1 + (mode_1 ? 4 : 0) + (baseline ? 1 : 0) + (constrained ? 1 : 0);
}

/* 0 = of no use; else the higher the better. */
static int rank_of(const struct sdp_codec *codec)
{
	switch (codec->name) {
	case SDP_CODEC_VP9: /* others have more bits a sample than browsers send */
		return is_absent_or(parameter_of(codec, "profile-id"), "0");
	case SDP_CODEC_AV1:
		return is_absent_or(parameter_of(codec, "profile"), "0");
	case SDP_CODEC_H264:
		return h264_rank(codec);
	case SDP_CODEC_VP8:
		return 1;
	case SDP_CODEC_OTHER:
	case SDP_CODEC_OPUS:
	case SDP_CODEC_RTX:
	case SDP_CODEC_RED:
		return 0;
	}
	return 0;
}

const struct sdp_codec *sdp_section_codec(
	const struct sdp_section *section, enum sdp_codec_name name)
{
	for (size_t i = 0; i < section->n_codecs; i++) {
		if (section->codecs[i].name == name)
			return &section->codecs[i];
	}
	return NULL;
}

const struct sdp_codec *sdp_section_video(
	const struct sdp_section *section, enum sdp_codec_name name)
{
	const struct sdp_codec *best = NULL;
	for (size_t i = 0; i < section->n_codecs; i++) {
		const struct sdp_codec *codec = &section->codecs[i];
		if (codec->name == name && rank_of(codec) > (best != NULL ? rank_of(best) : 0))
			best = codec;
	}
	return best;
}

const struct sdp_codec *sdp_section_pt(const struct sdp_section *section, uint8_t pt)
{
	for (size_t i = 0; i < section->n_codecs; i++) {
		if (section->codecs[i].pt == pt)
			return &section->codecs[i];
	}
	return NULL;
}

static const struct sdp_codec *codec_about(
	const struct sdp_section *section, enum sdp_codec_name name, uint8_t pt)
{
	for (size_t i = 0; i < section->n_codecs; i++) {
		const struct sdp_codec *codec = &section->codecs[i];
		if (codec->name == name && codec->has_apt && codec->apt == pt)
			return codec;
	}
	return NULL;
}

const struct sdp_codec *sdp_section_rtx(const struct sdp_section *section, uint8_t pt)
{
	return codec_about(section, SDP_CODEC_RTX, pt);
}

const struct sdp_codec *sdp_section_red(const struct sdp_section *section, uint8_t pt)
{
	return codec_about(section, SDP_CODEC_RED, pt);
}
