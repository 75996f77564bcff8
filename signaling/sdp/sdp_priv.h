/* signaling/sdp/sdp_priv.h
 *
 * What the files of this folder share.
 */
#ifndef ROSTRUM_SIGNALING_SDP_SDP_PRIV_H
#define ROSTRUM_SIGNALING_SDP_SDP_PRIV_H

#include "signaling/sdp/sdp.h"

/* A piece of the text being read; not NUL-terminated. */
struct sdp_view {
	const char *text;
	size_t len;
};

/* Walks over the lines of a text. */
struct sdp_lines {
	const char *text;
	size_t len;
	size_t at;
	size_t number; /* of the line taken last, from 1 */
};

/* One line "type=value". */
struct sdp_line {
	char type;
	struct sdp_view value;
};

/* 1 and *out_line; 0 at the end; -EBADMSG (no "type=value", a NUL), -E2BIG (too many lines). Empty lines at the end are no error. */
int sdp_lines_next(struct sdp_lines *lines, struct sdp_line *out_line);
bool sdp_view_is(struct sdp_view view, const char *text);
/* Case does not matter. */
bool sdp_view_is_nocase(struct sdp_view view, const char *text);
/* Takes what stands before `separator` (or the rest) off the front of `view`. */
struct sdp_view sdp_view_take(struct sdp_view *view, char separator);
/* Copies; false when it does not fit or is empty. */
bool sdp_view_copy(struct sdp_view view, char *out, size_t cap);

/* RFC 8839 section 5.4: ice-char only, at least 4 and 22 of them. */
bool sdp_ufrag_valid(const char *text);
bool sdp_pwd_valid(const char *text);
/* "a=candidate" lines for all addresses, and "a=end-of-candidates". 0, -E2BIG, -ENOMEM. */
int sdp_write_candidates(const struct peer_node *node, struct rs_buf *out);

/* Header extensions by name. */
extern const char *const sdp_ext_uris[SDP_EXT_COUNT];

/* The first codec of this name, or NULL. */
const struct sdp_codec *sdp_section_codec(
	const struct sdp_section *section, enum sdp_codec_name name);
/* Codecs of video that are taken, in our order of preference: by what receivers have. */
#define SDP_VIDEO_CODECS 4
extern const enum sdp_codec_name sdp_video_codecs[SDP_VIDEO_CODECS];
/* The form of this codec of video that most can send and decode, or NULL: no profile or mode of it is of use. */
const struct sdp_codec *sdp_section_video(
	const struct sdp_section *section, enum sdp_codec_name name);
/* Payload type `pt` of the section, or NULL. */
const struct sdp_codec *sdp_section_pt(const struct sdp_section *section, uint8_t pt);
/* As in common/control/PROTOCOL.md; not of SDP_CODEC_OTHER, RTX and RED. */
const char *sdp_codec_word(enum sdp_codec_name name);
/* The RTX that repairs payload type `pt`, or NULL. */
const struct sdp_codec *sdp_section_rtx(const struct sdp_section *section, uint8_t pt);
/* The RED of audio that carries payload type `pt`, or NULL. */
const struct sdp_codec *sdp_section_red(const struct sdp_section *section, uint8_t pt);

/* What becomes of one offered section. */
struct sdp_match {
	const struct peer_send *send;  /* the peer sends it, or NULL */
	const struct peer_recv *recv;  /* the peer receives it, or NULL */
	const struct sdp_codec *codec; /* the first that is taken */
	bool refused;                  /* answered with port 0 */
};

/* Write the answer. 0, -E2BIG, -ENOMEM. */
int sdp_write_answer(const struct sdp_offer *offer, const struct sdp_match *matches,
	const struct peer_spec *peer, const struct peer_node *node, struct rs_buf *out);

#endif
