#include "signaling/sdp/sdp.h"

#include "signaling/sdp/sdp_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Characters of ours; about 48 and 143 bits (RFC 8839 section 5.4 asks for 24 and 128). */
#define UFRAG_LEN 8
#define PWD_LEN 24

/* One answer being made. */
struct answer {
	const struct sdp_offer *offer;
	const struct peer_plan *plan;
	struct rs_rand *rand;
	struct peer_spec *peer;
	bool used_send[PEER_SEND_MAX]; /* of the plan */
	bool used_recv[PEER_RECV_MAX];
	struct sdp_match matches[SDP_SECTIONS_MAX];
	char *why;
};

static int fail(struct answer *answer, const struct sdp_section *section, const char *what)
{
	(void)snprintf(answer->why, PEER_WHY_LEN, "section %.16s: %s",
		section->mid[0] != '\0' ? section->mid : section->name, what);
	return -EBADMSG;
}

/* A section that media may flow in at all. */
static bool is_usable(const struct sdp_section *section)
{
	return section->live && section->media != SDP_OTHER;
}

static int check_section(struct answer *answer, const struct sdp_section *section)
{
	if (!section->bundled)
		return fail(answer, section, "not in the BUNDLE group");
	if (!section->rtcp_mux)
		return fail(answer, section, "a=rtcp-mux is missing");
	if (strcmp(section->protocol, "UDP/TLS/RTP/SAVPF") != 0)
		return fail(answer, section, "UDP/TLS/RTP/SAVPF is expected");
	if (section->ufrag[0] == '\0' || section->pwd[0] == '\0')
		return fail(answer, section, "a=ice-ufrag and a=ice-pwd are missing");
	if (section->fingerprint[0] == '\0')
		return fail(answer, section, "a=fingerprint:sha-256 is missing");
	if (!section->may_be_client)
		return fail(answer, section, "a=setup:actpass is missing");
	return 0;
}

/* --- Header extensions --- */

/* The id, if the extension may go the way from the one who offered (`sends`) or to it. */
static uint8_t ext_id(const struct sdp_section *section, enum sdp_ext_name name, bool sends)
{
	const struct sdp_ext *ext = &section->ext[name];
	const enum sdp_direction wanted = sends ? SDP_SENDONLY : SDP_RECVONLY;
	return ext->direction == SDP_SENDRECV || ext->direction == wanted ? ext->id : 0;
}

/* Feedback needs its line and the extension, or it says nothing. */
static bool has_twcc(const struct sdp_section *section, const struct sdp_codec *codec)
{
	return (codec->feedback & SDP_FEEDBACK_TWCC) != 0;
}

static struct peer_ext send_ext(const struct sdp_section *section, const struct sdp_codec *codec)
{
	const bool layered = section->n_rids > 0;
	const bool audio = section->media == SDP_AUDIO;
	return (struct peer_ext){
		.mid = ext_id(section, SDP_EXT_MID, true),
		.level = audio ? ext_id(section, SDP_EXT_LEVEL, true) : 0,
		.twcc = has_twcc(section, codec) ? ext_id(section, SDP_EXT_TWCC, true) : 0,
		.rid = layered ? ext_id(section, SDP_EXT_RID, true) : 0,
		.repaired_rid = layered ? ext_id(section, SDP_EXT_REPAIRED_RID, true) : 0,
		.abs_capture = ext_id(section, SDP_EXT_ABS_CAPTURE, true),
	};
}

/* --- Matching --- */

static enum peer_kind kind_of(enum peer_media media)
{
	return media == PEER_MICROPHONE ? PEER_AUDIO : PEER_VIDEO;
}

/* The next entry of the plan for a section the peer would send, or -1. */
static int next_send(const struct answer *answer, enum peer_kind kind)
{
	for (size_t i = 0; i < answer->plan->n_send; i++) {
		if (!answer->used_send[i] && kind_of(answer->plan->send[i]) == kind)
			return (int)i;
	}
	return -1;
}

static int next_recv(const struct answer *answer, enum peer_kind kind)
{
	for (size_t i = 0; i < answer->plan->n_recv; i++) {
		if (!answer->used_recv[i] && answer->plan->recv[i].kind == kind)
			return (int)i;
	}
	return -1;
}

static void add_send(
	struct answer *answer, size_t section_at, size_t plan_at, const struct sdp_codec *codec)
{
	const struct sdp_section *section = &answer->offer->sections[section_at];
	const struct sdp_codec *rtx = sdp_section_rtx(section, codec->pt);
	const struct sdp_codec *red = sdp_section_red(section, codec->pt);
	struct peer_send *send = &answer->peer->send[answer->peer->n_send++];
	const enum peer_media media = answer->plan->send[plan_at];
	*send = (struct peer_send){
		.kind = kind_of(media),
		.media = media,
		.csrc = answer->plan->csrc,
		.pt = codec->pt,
		.rtx_pt = rtx != NULL ? rtx->pt : 0,
		.red_pt = red != NULL ? red->pt : 0,
		.n_rids = section->n_rids,
		.ext = send_ext(section, codec),
	};
	/* All of these fit: they were copied into arrays of the same size before. */
	(void)strcpy(send->mid, section->mid);
	(void)strcpy(send->source, answer->plan->source);
	(void)strcpy(send->codec, sdp_codec_word(codec->name));
	memcpy(send->rids, section->rids, sizeof(section->rids));
	/* With layers, MID and RID tell: SSRCs beside them are unreliable in Firefox. */
	if (section->n_rids == 0) {
		send->n_ssrcs = section->n_ssrcs;
		memcpy(send->ssrcs, section->ssrcs, sizeof(send->ssrcs));
	}
	answer->used_send[plan_at] = true;
	answer->matches[section_at].send = send;
}

/* An SSRC that no slot of this peer has. Never 0, which stands for none. */
static uint32_t new_ssrc(struct answer *answer)
{
	for (;;) {
		const uint32_t ssrc = rs_rand_u32(answer->rand);
		bool taken = ssrc == 0;
		for (size_t i = 0; i < answer->peer->n_recv && !taken; i++)
			taken = answer->peer->recv[i].ssrc == ssrc ||
				answer->peer->recv[i].rtx_ssrc == ssrc;
		if (!taken)
			return ssrc;
	}
}

/* Whatever a source sends, the slot shall take it without another offer. */
static void add_also(struct peer_recv *recv, const struct sdp_section *section)
{
	for (size_t i = 0; i < SDP_VIDEO_CODECS && recv->n_also < PEER_ALSO_MAX; i++) {
		const struct sdp_codec *codec = sdp_section_video(section, sdp_video_codecs[i]);
		if (codec == NULL || codec->pt == recv->pt)
			continue;
		const struct sdp_codec *rtx = sdp_section_rtx(section, codec->pt);
		struct peer_payload *payload = &recv->also[recv->n_also++];
		payload->pt = codec->pt;
		payload->rtx_pt = rtx != NULL ? rtx->pt : 0;
		(void)strcpy(payload->codec, sdp_codec_word(codec->name)); /* fits */
	}
}

static void add_recv(
	struct answer *answer, size_t section_at, size_t plan_at, const struct sdp_codec *codec)
{
	const struct sdp_section *section = &answer->offer->sections[section_at];
	const struct peer_slot *slot = &answer->plan->recv[plan_at];
	const struct sdp_codec *rtx = sdp_section_rtx(section, codec->pt);
	const struct sdp_codec *red = sdp_section_red(section, codec->pt);
	const bool audio = slot->kind == PEER_AUDIO;
	const uint32_t ssrc = new_ssrc(answer);
	struct peer_recv *recv = &answer->peer->recv[answer->peer->n_recv++];
	*recv = (struct peer_recv){
		.kind = slot->kind,
		.rank = slot->rank,
		.mix = slot->mix,
		.max_height = slot->max_height,
		.ssrc = ssrc,
		.pt = codec->pt,
		.rtx_pt = rtx != NULL ? rtx->pt : 0,
		.red_pt = red != NULL ? red->pt : 0,
		/* Chromium repairs Opus when the answer says nack, though it does not offer it. */
		.nack = audio || (codec->feedback & SDP_FEEDBACK_NACK) != 0,
		.ext = { .mid = ext_id(section, SDP_EXT_MID, false),
			.level = audio ? ext_id(section, SDP_EXT_LEVEL, false) : 0,
			/* Not of sound: what is resent of it is the very packet, so it has no numbers. */
			.twcc = !audio && has_twcc(section, codec)
					? ext_id(section, SDP_EXT_TWCC, false)
					: 0,
			.abs_capture = ext_id(section, SDP_EXT_ABS_CAPTURE, false) },
	};
	if (rtx != NULL)
		recv->rtx_ssrc = new_ssrc(answer);
	/* As in add_send(). */
	(void)strcpy(recv->mid, section->mid);
	(void)strcpy(recv->feed, slot->feed);
	(void)strcpy(recv->codec, sdp_codec_word(codec->name));
	if (!audio)
		add_also(recv, section);
	answer->used_recv[plan_at] = true;
	answer->matches[section_at].recv = recv;
}

/* A section the plan has something for, but without a codec of ours: video can be done without, sound cannot. */
static int refuse_codec(struct answer *answer, size_t section_at)
{
	const struct sdp_section *section = &answer->offer->sections[section_at];
	if (section->media == SDP_AUDIO)
		return fail(answer, section, "opus/48000/2 is expected among the codecs");
	answer->matches[section_at].refused = true;
	return 0;
}

static const struct sdp_codec *first_codec(const struct sdp_section *section)
{
	const struct sdp_codec *codec = NULL;
	if (section->media == SDP_AUDIO)
		return sdp_section_codec(section, SDP_CODEC_OPUS);
	for (size_t i = 0; i < SDP_VIDEO_CODECS && codec == NULL; i++)
		codec = sdp_section_video(section, sdp_video_codecs[i]);
	return codec;
}

static int match_section(struct answer *answer, size_t section_at)
{
	const struct sdp_section *section = &answer->offer->sections[section_at];
	const enum peer_kind kind = section->media == SDP_AUDIO ? PEER_AUDIO : PEER_VIDEO;
	const bool sends = section->direction == SDP_SENDONLY || section->direction == SDP_SENDRECV;
	const bool receives =
		section->direction == SDP_RECVONLY || section->direction == SDP_SENDRECV;
	const int send_at = sends ? next_send(answer, kind) : -1;
	const int recv_at = receives ? next_recv(answer, kind) : -1;
	const struct sdp_codec *codec = first_codec(section);

	if (codec == NULL && (send_at >= 0 || recv_at >= 0))
		return refuse_codec(answer, section_at);
	answer->matches[section_at].codec = codec;
	if (codec == NULL)
		answer->matches[section_at].refused = true;
	else if (send_at >= 0)
		add_send(answer, section_at, (size_t)send_at, codec);
	else if (recv_at >= 0)
		add_recv(answer, section_at, (size_t)recv_at, codec);
	return 0;
}

static int match_all(struct answer *answer)
{
	for (size_t i = 0; i < answer->offer->n_sections; i++) {
		const struct sdp_section *section = &answer->offer->sections[i];
		answer->matches[i].refused = !is_usable(section);
		if (!is_usable(section))
			continue;
		int err = check_section(answer, section);
		if (err == 0)
			err = match_section(answer, i);
		if (err < 0)
			return err;
	}
	if (answer->peer->n_send > 0 || answer->peer->n_recv > 0)
		return 0;
	(void)snprintf(answer->why, PEER_WHY_LEN, "no section of the offer can be used here");
	return -EBADMSG;
}

/* The section whose transport carries all: the first that is not refused (RFC 9143 section 7.3.1). */
static const struct sdp_section *tagged_section(const struct answer *answer)
{
	size_t i = 0;
	while (answer->matches[i].refused)
		i++; /* match_all() found one that is not */
	return &answer->offer->sections[i];
}

/* --- ICE restart --- */

static bool same_send(const struct peer_send *a, const struct peer_send *b)
{
	return strcmp(a->mid, b->mid) == 0 && a->kind == b->kind && a->pt == b->pt &&
	       a->rtx_pt == b->rtx_pt && a->red_pt == b->red_pt && a->n_rids == b->n_rids;
}

static bool same_recv(const struct peer_recv *a, const struct peer_recv *b)
{
	return strcmp(a->mid, b->mid) == 0 && a->kind == b->kind && a->pt == b->pt &&
	       a->rtx_pt == b->rtx_pt && a->red_pt == b->red_pt && a->n_also == b->n_also &&
	       memcmp(a->also, b->also, sizeof(a->also)) == 0;
}

static bool same_layout(const struct peer_spec *a, const struct peer_spec *b)
{
	if (a->n_send != b->n_send || a->n_recv != b->n_recv)
		return false;
	for (size_t i = 0; i < a->n_send; i++) {
		if (!same_send(&a->send[i], &b->send[i]))
			return false;
	}
	for (size_t i = 0; i < a->n_recv; i++) {
		if (!same_recv(&a->recv[i], &b->recv[i]))
			return false;
	}
	return true;
}

/* What was agreed before stays, to the SSRC; the new offer may differ in nothing but ICE. */
static int keep_agreed(struct answer *answer, const struct peer_spec *before)
{
	struct peer_spec *peer = answer->peer;
	const char *fingerprint = tagged_section(answer)->fingerprint;
	if (!same_layout(peer, before) || strcmp(fingerprint, before->fingerprint) != 0) {
		(void)snprintf(answer->why, PEER_WHY_LEN,
			"an ICE restart may change neither layout nor fingerprint");
		return -EBADMSG;
	}
	memcpy(peer->send, before->send, sizeof(peer->send));
	memcpy(peer->recv, before->recv, sizeof(peer->recv));
	return 0;
}

/* --- The whole --- */

static int make_peer(struct answer *answer)
{
	struct peer_spec *peer = answer->peer;
	struct peer_spec *before = NULL;
	if (peer->ufrag[0] != '\0') {
		before = rs_memdup(peer, sizeof(*peer));
		if (before == NULL)
			return -ENOMEM;
	}
	peer->n_send = 0;
	peer->n_recv = 0;
	int err = match_all(answer);
	if (err == 0 && before != NULL)
		err = keep_agreed(answer, before);
	rs_release(before);
	if (err < 0)
		return err;

	const struct sdp_section *tagged = tagged_section(answer);
	(void)strcpy(peer->remote_ufrag, tagged->ufrag); /* same sizes */
	(void)strcpy(peer->remote_pwd, tagged->pwd);
	(void)strcpy(peer->fingerprint, tagged->fingerprint);
	rs_rand_text(answer->rand, peer->ufrag, UFRAG_LEN);
	rs_rand_text(answer->rand, peer->pwd, PWD_LEN);
	return 0;
}

int sdp_answer(void *ctx, const char *offer_text, size_t len, const struct peer_plan *plan,
	const struct peer_node *node, struct rs_rand *rand, struct peer_spec *peer,
	struct rs_buf *out_sdp, char why[PEER_WHY_LEN])
{
	struct sdp_offer offer;
	struct sdp_error error = { .text = "out of memory" };
	struct answer answer = {
		.offer = &offer, .plan = plan, .rand = rand, .peer = peer, .why = why
	};
	int err = sdp_offer_parse(offer_text, len, &offer, &error);
	if (err < 0) {
		memcpy(why, error.text, sizeof(error.text));
	} else {
		err = make_peer(&answer);
		if (err == 0)
			err = sdp_write_answer(&offer, answer.matches, peer, node, out_sdp);
	}
	sdp_offer_done(&offer);
	return err;
}
