#include "signaling/sdp/sdp.h"
#include "tests/support/examples.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "tests/unit/signaling/offers/"

static const struct peer_node node = {
	.fingerprint =
		"sha-256 12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:"
		"F0:12:34:56:78:9A:BC:DE:F0",
	.addresses = { "127.0.0.1:50000", "[::1]:50001" },
	.tcp = { "127.0.0.1:443" },
	.n_tcp = 1,
	.n_addresses = 2,
};

static const struct peer_plan page_plan = {
	.source = "KEN",
	.csrc = 1001,
	.send = { PEER_MICROPHONE, PEER_CAMERA, PEER_CONTENT },
	.n_send = 3,
	.recv = { { PEER_AUDIO, "floor", 0, PEER_MIX_RANK, 0 },
		{ PEER_AUDIO, "floor", 1, PEER_MIX_RANK, 0 },
		{ PEER_AUDIO, "floor", 2, PEER_MIX_RANK, 0 },
		{ PEER_VIDEO, "speaker", 0, PEER_MIX_RANK, 720 },
		{ PEER_VIDEO, "chair", 0, PEER_MIX_RANK, 360 },
		{ PEER_VIDEO, "content", 0, PEER_MIX_RANK, 0 },
		{ PEER_VIDEO, "", 0, PEER_MIX_RANK, 0 } },
	.n_recv = 7,
};
static const struct peer_plan whip_plan = {
	.source = "box", .csrc = 7, .send = { PEER_MICROPHONE, PEER_CAMERA }, .n_send = 2
};
static const struct peer_plan whep_plan = {
	.recv = { { PEER_AUDIO, "floor", 0, PEER_MIX_LOUDEST, 0 },
		{ PEER_VIDEO, "speaker", 0, PEER_MIX_RANK, 0 } },
	.n_recv = 2,
};

/* The smallest offer that is whole; tests change a line of it. */
static const char small_head[] = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
static const char small_transport[] =
	"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n"
	"a=fingerprint:sha-256 12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:"
	"DE:F0:12:34:56:78:9A:BC:DE:F0\r\n";
static const char small_audio[] = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\n"
				  "a=sendonly\r\na=rtpmap:111 opus/48000/2\r\n";
static const char bundle[] = "a=group:BUNDLE 0\r\n";

struct answered {
	struct peer_spec peer;
	struct rs_buf sdp;
	char why[PEER_WHY_LEN];
	int err;
};

static struct answered *answer_text(const char *text, size_t len, const struct peer_plan *plan)
{
	struct answered *answered = calloc(1, sizeof(*answered));
	struct rs_rand rand;
	assert_non_null(answered);
	rs_rand_init_seed(&rand, 1);
	rs_buf_init(&answered->sdp, 65536);
	(void)strcpy(answered->peer.id, "p1");
	answered->err = sdp_answer(NULL, text, len, plan, &node, &rand, &answered->peer,
		&answered->sdp, answered->why);
	if (answered->err == 0)
		assert_int_equal(rs_buf_append(&answered->sdp, "", 1), 0);
	return answered;
}

static struct answered *answer_file(const char *name, const struct peer_plan *plan)
{
	char path[128];
	size_t len;
	(void)snprintf(path, sizeof(path), FOLDER "%s.sdp", name);
	char *text = examples_read(path, &len);
	struct answered *answered = answer_text(text, len, plan);
	if (answered->err < 0)
		fail_msg("%s: %s", name, answered->why);
	free(text);
	return answered;
}

static const char *text_of(const struct answered *answered)
{
	return (const char *)rs_buf_data(&answered->sdp);
}

static void done(struct answered *answered)
{
	rs_buf_done(&answered->sdp);
	free(answered);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
		n++;
	return n;
}

static void a_page_gets_its_fixed_layout_in_both_browsers(void **state)
{
	static const struct {
		const char *name;
		uint8_t opus, vp8, rtx;
	} pages[] = { { "chromium-page", 111, 96, 97 }, { "firefox-page", 109, 120, 124 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(pages); i++) {
		struct answered *a = answer_file(pages[i].name, &page_plan);
		assert_int_equal(a->peer.n_send, 3);
		assert_int_equal(a->peer.n_recv, 7);
		assert_int_equal(a->peer.send[0].media, PEER_MICROPHONE);
		assert_int_equal(a->peer.send[0].pt, pages[i].opus);
		assert_int_equal(a->peer.send[0].n_ssrcs, 1);
		assert_true(a->peer.send[0].ext.twcc != 0 && a->peer.send[0].ext.level != 0);
		assert_int_equal(a->peer.send[1].media, PEER_CAMERA);
		assert_int_equal(a->peer.send[1].pt, pages[i].vp8);
		assert_int_equal(a->peer.send[1].rtx_pt, pages[i].rtx);
		assert_int_equal(a->peer.send[1].n_rids, 3);
		assert_string_equal(a->peer.send[1].rids[0], "q");
		assert_string_equal(a->peer.send[1].rids[2], "f");
		assert_int_equal(a->peer.send[1].n_ssrcs, 0);
		assert_true(a->peer.send[1].ext.rid != 0 && a->peer.send[1].ext.repaired_rid != 0);
		assert_int_equal(a->peer.send[2].media, PEER_CONTENT);
		assert_int_equal(a->peer.send[2].n_ssrcs, 2);
		assert_int_equal(a->peer.send[2].n_rids, 0);
		assert_string_equal(a->peer.recv[2].mid, "5");
		assert_int_equal(a->peer.recv[2].rank, 2);
		assert_true(a->peer.recv[2].nack);
		assert_int_equal(a->peer.recv[2].ext.twcc, 0);
		assert_string_equal(a->peer.recv[3].feed, "speaker");
		assert_int_equal(a->peer.recv[3].max_height, 720);
		assert_true(a->peer.recv[3].rtx_ssrc != 0);
		assert_true(a->peer.recv[3].ext.twcc != 0);
		assert_string_equal(a->peer.recv[6].feed, "");
		done(a);
	}
}

static void the_answer_has_the_form_that_works_in_both_browsers(void **state)
{
	struct answered *a = answer_file("firefox-page", &page_plan);
	const char *text = text_of(a);
	const char *first = strstr(text, "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n");
	assert_memory_equal(text, "v=0\r\n", 5);
	assert_non_null(strstr(text, "a=group:BUNDLE 0 1 2 3 4 5 6 7 8 9\r\n"));
	assert_non_null(first);
	/* ICE and the fingerprint stand at session level, before any section, and nowhere else; the DTLS role in each section,
	 * where GStreamer looks for it. */
	assert_true(strstr(text, "a=ice-lite\r\n") < first);
	assert_true(strstr(text, "a=fingerprint:sha-256 12:34") < first);
	assert_int_equal(count(text, "a=fingerprint"), 1);
	assert_int_equal(count(text, "a=setup:passive\r\n"), 10);
	assert_int_equal(count(text, "a=candidate:"), 3);
	assert_non_null(strstr(first,
		"a=candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host\r\n"
		"a=candidate:2 1 udp 2130706175 ::1 50001 typ host\r\n"
		"a=candidate:3 1 tcp 1520435199 127.0.0.1 443 typ host tcptype passive\r\n"
		"a=end-of-candidates\r\n"));
	assert_int_equal(count(text, "m=audio 9 "), 4);
	/* One codec is sent; a slot takes whatever codec a source may have. */
	assert_int_equal(count(text, "m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\n"), 2);
	assert_int_equal(count(text, "m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 99 100\r\n"), 4);
	assert_int_equal(count(text, "a=recvonly\r\n"), 3);
	assert_int_equal(count(text, "a=sendonly\r\n"), 7);
	assert_int_equal(count(text, "a=rtcp-fb:109 nack\r\n"), 4);
	assert_int_equal(count(text, "a=rtcp-fb:109 transport-cc\r\n"), 1);
	assert_int_equal(count(text, "a=fmtp:109 minptime=10;useinbandfec=1\r\n"), 4);
	assert_int_equal(count(text, "a=rtcp-fb:120 transport-cc\r\n"), 6);
	assert_int_equal(count(text, "a=simulcast:recv q;h;f\r\n"), 1);
	assert_non_null(strstr(text, "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\n"));
	/* Firefox gives these a direction; it comes back reversed. */
	assert_int_equal(
		count(text, "/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"), 1);
	assert_int_equal(count(text, "a=ssrc-group:FID "), 4);
	assert_int_equal(count(text, " cname:rostrum\r\n"), 11);
	/* The floor's sound and the speaker's picture are played in time with each other. */
	assert_int_equal(count(text, "a=msid:floor "), 2);
	assert_int_equal(count(text, "a=msid:- "), 5);
	assert_non_null(strstr(text, "a=msid:floor slot-3\r\n"));
	assert_non_null(strstr(text, "a=msid:floor slot-6\r\n"));
	assert_int_equal(count(text, "usedtx"), 0);
	assert_int_equal(count(text, "stereo"), 0);
	done(a);
}

static void redundant_audio_is_taken_both_ways_where_it_is_offered(void **state)
{
	struct answered *a = answer_file("chromium-page", &page_plan);
	assert_int_equal(a->peer.send[0].red_pt, 63);
	assert_int_equal(a->peer.send[1].red_pt, 0);
	assert_int_equal(a->peer.recv[2].red_pt, 63);
	assert_int_equal(a->peer.recv[3].red_pt, 0);
	/* Chromium sends what comes first. */
	assert_int_equal(count(text_of(a), "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"), 4);
	assert_int_equal(count(text_of(a), "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"), 4);
	done(a);

	a = answer_file("firefox-page", &page_plan);
	assert_int_equal(a->peer.send[0].red_pt, 0);
	assert_int_equal(a->peer.recv[2].red_pt, 0);
	assert_int_equal(count(text_of(a), " red/"), 0);
	done(a);
}

static void redundancy_of_another_codec_is_not_taken(void **state)
{
	static const char *const forms[] = { "a=fmtp:63 0/0\r\n", "a=fmtp:63 111\r\n",
		"a=fmtp:63 opus/opus\r\n", "" };
	for (size_t i = 0; i < RS_ARRAY_LEN(forms); i++) {
		char text[2048];
		(void)snprintf(text, sizeof(text), "%s%s%s%s%s%s", small_head, bundle,
			"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=rtcp-mux\r\n",
			small_transport,
			"a=sendonly\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n",
			forms[i]);
		struct answered *a = answer_text(text, strlen(text), &whip_plan);
		assert_int_equal(a->err, 0);
		assert_int_equal(a->peer.send[0].red_pt, 0);
		done(a);
	}
}

static void every_captured_publisher_is_taken(void **state)
{
	static const char *const names[] = { "chromium-whip", "firefox-whip", "aiortc-whip",
		"gstreamer-whip" };
	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		struct answered *a = answer_file(names[i], &whip_plan);
		assert_int_equal(a->peer.n_send, 2);
		assert_int_equal(a->peer.n_recv, 0);
		assert_string_equal(a->peer.send[0].source, "box");
		assert_int_equal(a->peer.send[1].csrc, 7);
		assert_string_equal(a->peer.send[1].codec, "vp8");
		assert_int_equal(count(text_of(a), "a=recvonly\r\n"), 2);
		done(a);
	}
}

static void every_captured_player_is_served(void **state)
{
	static const char *const names[] = { "chromium-whep", "firefox-whep", "aiortc-whep",
		"gstreamer-whep" };
	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		struct answered *a = answer_file(names[i], &whep_plan);
		assert_int_equal(a->peer.n_send, 0);
		assert_int_equal(a->peer.n_recv, 2);
		assert_int_equal(a->peer.recv[0].mix, PEER_MIX_LOUDEST);
		assert_string_equal(a->peer.recv[1].feed, "speaker");
		assert_int_equal(count(text_of(a), "a=sendonly\r\n"), 2);
		done(a);
	}
}

/* Sound has no transport-wide numbers; who gives no such feedback on pictures may say what its line carries. */
static void a_receivers_line_is_told_by_the_feedback_it_offered(void **state)
{
	static const struct {
		const char *name;
		size_t twccs; /* one for each codec */
		size_t rembs;
	} offers[] = { { "chromium-whep", 4, 0 }, { "firefox-whep", 3, 0 },
		{ "aiortc-whep", 0, 2 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(offers); i++) {
		struct answered *a = answer_file(offers[i].name, &whep_plan);
		assert_int_equal(a->peer.recv[0].ext.twcc, 0);
		assert_int_equal(a->peer.recv[1].ext.twcc != 0, offers[i].twccs != 0);
		assert_int_equal(count(text_of(a), " transport-cc\r\n"), offers[i].twccs);
		assert_int_equal(count(text_of(a), " goog-remb\r\n"), offers[i].rembs);
		done(a);
	}
}

static void an_id_that_stands_for_two_uris_is_taken_for_neither(void **state)
{
	struct answered *a = answer_file("aiortc-whip", &whip_plan);
	assert_int_equal(a->peer.send[0].ext.mid, 1);
	assert_int_equal(a->peer.send[0].ext.level, 0);
	assert_int_equal(count(text_of(a), "a=extmap:2"), 0);
	/* The tagged section's credentials are the transport's. */
	assert_string_equal(a->peer.remote_ufrag, "XY2y");
	done(a);
}

static struct answered *answer_parts(const char *group, const char *transport, const char *sections,
	const struct peer_plan *plan)
{
	char text[4096];
	const int len =
		snprintf(text, sizeof(text), "%s%s%s%s", small_head, group, transport, sections);
	assert_in_range(len, 1, sizeof(text) - 1);
	return answer_text(text, (size_t)len, plan);
}

static void the_session_s_transport_covers_its_sections(void **state)
{
	struct answered *a = answer_parts(bundle, small_transport, small_audio, &whip_plan);
	assert_int_equal(a->err, 0);
	assert_int_equal(a->peer.n_send, 1);
	assert_string_equal(a->peer.remote_ufrag, "abcd");
	assert_int_equal(a->peer.send[0].ext.mid, 0);
	assert_string_equal(a->peer.send[0].codec, "opus");
	done(a);
}

static void a_section_the_plan_has_nothing_for_is_inactive(void **state)
{
	const struct peer_plan listen = { .recv = { { .kind = PEER_AUDIO, .feed = "floor" } },
		.n_recv = 1 };
	struct answered *a = answer_file("chromium-whep", &listen);
	assert_int_equal(a->peer.n_recv, 1);
	assert_int_equal(count(text_of(a), "a=inactive\r\n"), 1);
	assert_int_equal(count(text_of(a), "a=group:BUNDLE 0 1\r\n"), 1);
	done(a);
}

static void capture_times_are_taken_where_they_are_offered(void **state)
{
	static const char uri[] =
		"urn:x-a\r\na=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time\r\n";
	char sections[1024];
	(void)snprintf(sections, sizeof(sections),
		"%sa=extmap:9 %sm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=rtcp-mux\r\n"
		"a=recvonly\r\na=rtpmap:111 opus/48000/2\r\na=extmap:9 %s",
		small_audio, uri, uri);
	struct peer_plan plan = page_plan;
	struct answered *a =
		answer_parts("a=group:BUNDLE 0 1\r\n", small_transport, sections, &plan);
	assert_int_equal(a->err, 0);
	assert_int_equal(a->peer.send[0].ext.abs_capture, 5);
	assert_int_equal(a->peer.recv[0].ext.abs_capture, 5);
	assert_int_equal(count(text_of(a), "a=extmap:5 http"), 2);
	assert_int_equal(count(text_of(a), "a=extmap:9"), 0);
	done(a);
}

static void a_slot_takes_every_codec_in_its_common_form(void **state)
{
	struct answered *a = answer_file("chromium-page", &page_plan);
	const struct peer_recv *slot = &a->peer.recv[3];

	assert_string_equal(slot->codec, "vp8");
	assert_int_equal(slot->n_also, 3);
	assert_string_equal(slot->also[0].codec, "vp9"); /* profile 0 of three */
	assert_int_equal(slot->also[0].pt, 98);
	assert_int_equal(slot->also[0].rtx_pt, 99);
	assert_string_equal(slot->also[1].codec, "h264"); /* constrained baseline, mode 1 */
	assert_int_equal(slot->also[1].pt, 108);
	assert_string_equal(slot->also[2].codec, "av1");
	assert_int_equal(slot->also[2].pt, 45);
	assert_int_equal(a->peer.recv[0].n_also, 0); /* of sound */
	assert_int_equal(
		count(text_of(a), "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;"
				  "profile-level-id=42e01f\r\n"),
		4);
	assert_int_equal(count(text_of(a), "a=rtpmap:98 VP9/90000\r\n"), 4);
	assert_int_equal(count(text_of(a), "dependency-descriptor"), 0);
	done(a);
}

static void an_encoder_is_answered_with_the_codec_it_has(void **state)
{
	static const struct {
		const char *encoding;
		const char *fmtp;
		const char *codec; /* NULL = refused */
	} cases[] = {
		{ "H264/90000", "packetization-mode=1;profile-level-id=640028", "h264" },
		{ "h264/90000", "profile-level-id=42c01f", "h264" },
		{ "VP9/90000", "profile-id=0", "vp9" },
		{ "VP9/90000", "profile-id=2", NULL },
		{ "AV1/90000", "level-idx=8; profile=0", "av1" },
		{ "AV1/90000", "profile=1", NULL },
		{ "H265/90000", "level-id=93", NULL },
	};
	char sections[1024];

	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		(void)snprintf(sections, sizeof(sections),
			"%sm=video 9 UDP/TLS/RTP/SAVPF 99\r\na=mid:1\r\na=rtcp-mux\r\na=sendonly\r\n"
			"a=rtpmap:99 %s\r\na=fmtp:99 %s\r\n",
			small_audio, cases[i].encoding, cases[i].fmtp);
		struct answered *a = answer_parts(
			"a=group:BUNDLE 0 1\r\n", small_transport, sections, &whip_plan);
		assert_int_equal(a->err, 0);
		assert_int_equal(a->peer.n_send, cases[i].codec != NULL ? 2 : 1);
		if (cases[i].codec != NULL)
			assert_string_equal(a->peer.send[1].codec, cases[i].codec);
		else
			assert_non_null(strstr(text_of(a), "m=video 0 "));
		done(a);
	}
	(void)snprintf(sections, sizeof(sections),
		"%sm=video 9 UDP/TLS/RTP/SAVPF 99 98\r\na=mid:1\r\na=rtcp-mux\r\na=sendonly\r\n"
		"a=rtpmap:99 H264/90000\r\na=fmtp:99 packetization-mode=1\r\n"
		"a=rtpmap:98 VP8/90000\r\n",
		small_audio);
	struct answered *a =
		answer_parts("a=group:BUNDLE 0 1\r\n", small_transport, sections, &whip_plan);
	assert_string_equal(a->peer.send[1].codec, "vp8"); /* which everybody can decode */
	done(a);
}

static void video_without_a_codec_of_ours_is_refused_and_sound_goes_on(void **state)
{
	char sections[1024];
	(void)snprintf(sections, sizeof(sections),
		"%sm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:1\r\na=rtcp-mux\r\na=sendonly\r\n"
		"a=rtpmap:102 H265/90000\r\n",
		small_audio);
	struct answered *a =
		answer_parts("a=group:BUNDLE 0 1\r\n", small_transport, sections, &whip_plan);
	assert_int_equal(a->err, 0);
	assert_non_null(strstr(text_of(a), "a=group:BUNDLE 0\r\n"));
	assert_non_null(strstr(text_of(a), "m=video 0 UDP/TLS/RTP/SAVPF 102\r\n"));
	done(a);
}

static void port_zero_is_live_with_bundle_only_and_refused_without(void **state)
{
	char sections[1024];
	(void)snprintf(sections, sizeof(sections),
		"%sm=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtcp-mux\r\na=sendonly\r\n"
		"a=rtpmap:96 VP8/90000\r\n%s",
		small_audio, "a=bundle-only\r\n");
	struct answered *a =
		answer_parts("a=group:BUNDLE 0 1\r\n", small_transport, sections, &whip_plan);
	assert_int_equal(a->peer.n_send, 2);
	done(a);
	sections[strlen(sections) - strlen("a=bundle-only\r\n")] = '\0';
	a = answer_parts("a=group:BUNDLE 0 1\r\n", small_transport, sections, &whip_plan);
	assert_int_equal(a->peer.n_send, 1);
	assert_non_null(strstr(text_of(a), "m=video 0 "));
	done(a);
}

static void a_data_channel_is_refused_and_leaves_the_bundle(void **state)
{
	char sections[1024];
	(void)snprintf(sections, sizeof(sections),
		"%sm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"
		"a=sctp-port:5000\r\n",
		small_audio);
	struct answered *a =
		answer_parts("a=group:BUNDLE 0 1\r\n", small_transport, sections, &whip_plan);
	assert_int_equal(a->err, 0);
	assert_non_null(strstr(text_of(a), "a=group:BUNDLE 0\r\n"));
	assert_non_null(strstr(text_of(a), "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
	done(a);
}

static void sendrecv_sends_where_the_plan_lets_it_and_else_receives(void **state)
{
	static const char both[] = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\n"
				   "a=rtpmap:111 opus/48000/2\r\n";
	struct answered *a = answer_parts(bundle, small_transport, both, &whip_plan);
	assert_int_equal(a->peer.n_send, 1);
	done(a);
	a = answer_parts(bundle, small_transport, both, &whep_plan);
	assert_int_equal(a->peer.n_recv, 1);
	done(a);
}

static void a_bad_offer_is_refused_with_place_and_reason(void **state)
{
	static const struct {
		const char *group, *transport, *sections, *why;
	} bad[] = {
		{ "", small_transport, small_audio, "section 0: not in the BUNDLE group" },
		{ bundle, "", small_audio, "section 0: a=ice-ufrag and a=ice-pwd are missing" },
		{ bundle, small_transport, "", "line 9: m=: a section is expected" },
		{ bundle, small_transport, "m=audio 9\r\n",
			"line 10: m=: media, port, protocol and formats are expected" },
		{ bundle, small_transport, "m=audio 9 UDP/TLS/RTP/SAVPF 128\r\n",
			"line 10: m=: payload types are expected" },
		{ bundle, small_transport, "m=audio 9 RTP/AVP 111\r\na=mid:0\r\na=rtcp-mux\r\n",
			"section 0: UDP/TLS/RTP/SAVPF is expected" },
		{ bundle, small_transport, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
			"section 0: a=rtcp-mux is missing" },
		{ bundle, small_transport,
			"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=mid:0\r\na=rtcp-mux\r\na=sendonly\r\n",
			"section 0: opus/48000/2 is expected among the codecs" },
		{ bundle, "a=ice-ufrag:abc\r\n", small_audio,
			"line 6: a=ice-ufrag: 4 to 256 ice-chars are expected" },
		{ bundle, "a=ice-pwd:too short\r\n", small_audio,
			"line 6: a=ice-pwd: 22 to 256 ice-chars are expected" },
		{ bundle, "a=setup:passive\r\n", small_audio,
			"line 6: a=setup: actpass is expected: the media server is the DTLS server" },
		{ bundle, "a=fingerprint:sha-256 12:34\r\n", small_audio,
			"line 6: a=fingerprint: 32 octets in hex with colons are expected" },
		{ bundle, "a=group:BUNDLE 1\r\n", small_audio,
			"line 6: a=group: one BUNDLE for the session is expected" },
		{ bundle, "a=extmap:0 urn:x\r\n", small_audio,
			"line 6: a=extmap: an id is expected" },
		{ bundle, "a=extmap:1/up urn:x\r\n", small_audio,
			"line 6: a=extmap: the direction is not known" },
		{ bundle, "a=extmap:1\r\n", small_audio, "line 6: a=extmap: a URI is expected" },
		{ bundle, "nonsense\r\n", small_audio, "line 6: text: type=value is expected" },
		{ bundle, small_transport,
			"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=mid:0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "
			"8\r\na=mid:0\r\n",
			"line 13: a=mid: two sections have the same" },
		{ bundle, small_transport,
			"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n",
			"no section of the offer can be used here" },
		{ bundle, small_transport,
			"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ssrc:x cname:y\r\n",
			"line 12: a=ssrc: a number in a section is expected" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct answered *a =
			answer_parts(bad[i].group, bad[i].transport, bad[i].sections, &whip_plan);
		assert_int_equal(a->err, -EBADMSG);
		assert_string_equal(a->why, bad[i].why);
		assert_int_equal(rs_buf_len(&a->sdp), 0);
		done(a);
	}
}

static void limits_hold_at_the_limit_and_one_beyond(void **state)
{
	char *text = malloc(SDP_TEXT_MAX + 1);
	struct sdp_offer offer;
	struct sdp_error error;
	memset(text, '\n', SDP_TEXT_MAX + 1);
	size_t len = (size_t)snprintf(text, SDP_TEXT_MAX, "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 0");
	text[len] = '\n';
	assert_int_equal(sdp_offer_parse(text, SDP_TEXT_MAX, &offer, &error), 0);
	sdp_offer_done(&offer);
	assert_int_equal(sdp_offer_parse(text, SDP_TEXT_MAX + 1, &offer, &error), -E2BIG);
	sdp_offer_done(&offer);

	for (size_t n = SDP_SECTIONS_MAX; n <= SDP_SECTIONS_MAX + 1; n++) {
		len = (size_t)sprintf(text, "v=0\n");
		for (size_t i = 0; i < n; i++)
			len += (size_t)sprintf(text + len, "m=video 9 UDP/TLS/RTP/SAVPF 0\n");
		assert_int_equal(sdp_offer_parse(text, len, &offer, &error),
			n == SDP_SECTIONS_MAX ? 0 : -E2BIG);
		sdp_offer_done(&offer);
	}
	for (size_t n = SDP_CODECS_MAX; n <= SDP_CODECS_MAX + 1; n++) {
		len = (size_t)sprintf(text, "v=0\nm=video 9 UDP/TLS/RTP/SAVPF");
		for (size_t i = 0; i < n; i++)
			len += (size_t)sprintf(text + len, " %zu", i);
		assert_int_equal(sdp_offer_parse(text, len, &offer, &error),
			n == SDP_CODECS_MAX ? 0 : -E2BIG);
		sdp_offer_done(&offer);
	}
	len = (size_t)sprintf(text, "v=0\nm=video 9 UDP/TLS/RTP/SAVPF 0\n");
	for (size_t n = 0; n <= PEER_SSRCS_MAX; n++) {
		len += (size_t)sprintf(text + len, "a=ssrc:%zu cname:x\n", n + 1);
		assert_int_equal(sdp_offer_parse(text, len, &offer, &error),
			n < PEER_SSRCS_MAX ? 0 : -E2BIG);
		sdp_offer_done(&offer);
	}
	for (size_t n = SDP_LINES_MAX; n <= SDP_LINES_MAX + 1; n++) {
		len = (size_t)sprintf(text, "v=0\nm=video 9 UDP/TLS/RTP/SAVPF 0\n");
		for (size_t i = 2; i < n; i++)
			len += (size_t)sprintf(text + len, "a=x\n");
		assert_int_equal(sdp_offer_parse(text, len, &offer, &error),
			n == SDP_LINES_MAX ? 0 : -E2BIG);
		sdp_offer_done(&offer);
	}
	free(text);
}

static void cutting_an_offer_short_never_does_harm(void **state)
{
	size_t len;
	char *text = examples_read(FOLDER "firefox-whip.sdp", &len);
	for (size_t cut = 0; cut < len; cut++) {
		char *exact = malloc(cut + 1);
		memcpy(exact, text, cut);
		done(answer_text(exact, cut, &whip_plan));
		free(exact);
	}
	free(text);
}

static void a_restart_keeps_everything_but_ice(void **state)
{
	size_t len;
	struct rs_rand rand;
	struct answered *a = answer_file("chromium-page", &page_plan);
	struct peer_spec *before = malloc(sizeof(*before));
	char *text = examples_read(FOLDER "chromium-page.sdp", &len);
	char *ufrag;
	*before = a->peer;
	rs_rand_init_seed(&rand, 99);
	while ((ufrag = strstr(text, "ufrag:+0WZ")) != NULL)
		memcpy(ufrag, "ufrag:next", 10);
	rs_buf_consume(&a->sdp, rs_buf_len(&a->sdp));
	assert_int_equal(
		sdp_answer(NULL, text, len, &page_plan, &node, &rand, &a->peer, &a->sdp, a->why),
		0);
	assert_string_equal(a->peer.remote_ufrag, "next");
	assert_string_not_equal(a->peer.ufrag, before->ufrag);
	assert_memory_equal(a->peer.recv, before->recv, sizeof(before->recv));
	assert_memory_equal(a->peer.send, before->send, sizeof(before->send));
	free(text);

	char expected[64];
	assert_int_equal(rs_buf_append(&a->sdp, "", 1), 0);
	(void)snprintf(
		expected, sizeof(expected), "a=ssrc:%" PRIu32 " cname", before->recv[3].ssrc);
	assert_non_null(strstr(text_of(a), expected));
	(void)snprintf(expected, sizeof(expected), "a=ice-ufrag:%.16s\r\n", a->peer.ufrag);
	assert_non_null(strstr(text_of(a), expected));

	text = examples_read(FOLDER "chromium-whip.sdp", &len);
	assert_int_equal(
		sdp_answer(NULL, text, len, &page_plan, &node, &rand, &a->peer, &a->sdp, a->why),
		-EBADMSG);
	assert_string_equal(a->why, "an ICE restart may change neither layout nor fingerprint");
	free(text);
	free(before);
	done(a);
}

static void fragments_tell_a_restart_from_a_trickle(void **state)
{
	static const char trickle[] = "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n";
	static const char restart[] = "a=ice-ufrag:wxyz\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
				      "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
	struct sdp_fragment fragment;
	struct sdp_error error;
	assert_int_equal(sdp_fragment_parse(trickle, sizeof(trickle) - 1, &fragment, &error), 0);
	assert_string_equal(fragment.ufrag, "");
	assert_int_equal(sdp_fragment_parse(restart, sizeof(restart) - 1, &fragment, &error), 0);
	assert_string_equal(fragment.ufrag, "wxyz");
	assert_string_equal(fragment.pwd, "abcdefghijklmnopqrstuv");
	assert_int_equal(sdp_fragment_parse(restart, 18, &fragment, &error), -EBADMSG);
	assert_string_equal(error.text, "line 1: a=ice-ufrag and a=ice-pwd belong together");
	assert_int_equal(sdp_fragment_parse("x", 1, &fragment, &error), -EBADMSG);
	assert_int_equal(sdp_fragment_parse("", 0, &fragment, &error), -EBADMSG);
}

static void our_fragment_can_be_read_back(void **state)
{
	const struct sdp_fragment ours = { .ufrag = "ours", .pwd = "abcdefghijklmnopqrstuv" };
	struct sdp_fragment read;
	struct sdp_error error;
	struct rs_buf out;
	rs_buf_init(&out, 4096);
	assert_int_equal(sdp_fragment_write(&ours, &node, "0", &out), 0);
	assert_int_equal(sdp_fragment_parse(
				 (const char *)rs_buf_data(&out), rs_buf_len(&out), &read, &error),
		0);
	assert_string_equal(read.ufrag, ours.ufrag);
	assert_string_equal(read.pwd, ours.pwd);
	rs_buf_done(&out);
}

static void memory_that_runs_out_is_an_error_and_no_leak(void **state)
{
	size_t len;
	char *text = examples_read(FOLDER "aiortc-whip.sdp", &len);
	const int64_t alive = rs_mem_alive();
	for (int64_t n = 0;; n++) {
		rs_mem_fail_after(n);
		struct answered *a = answer_text(text, len, &whip_plan);
		const int err = a->err;
		const bool failed = rs_mem_failed();
		rs_mem_fail_after(-1);
		done(a);
		assert_true(rs_mem_alive() == alive);
		if (!failed) {
			assert_int_equal(err, 0);
			break;
		}
		assert_int_equal(err, -ENOMEM);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receivers_line_is_told_by_the_feedback_it_offered),
		cmocka_unit_test(a_page_gets_its_fixed_layout_in_both_browsers),
		cmocka_unit_test(the_answer_has_the_form_that_works_in_both_browsers),
		cmocka_unit_test(redundant_audio_is_taken_both_ways_where_it_is_offered),
		cmocka_unit_test(redundancy_of_another_codec_is_not_taken),
		cmocka_unit_test(every_captured_publisher_is_taken),
		cmocka_unit_test(every_captured_player_is_served),
		cmocka_unit_test(an_id_that_stands_for_two_uris_is_taken_for_neither),
		cmocka_unit_test(the_session_s_transport_covers_its_sections),
		cmocka_unit_test(a_section_the_plan_has_nothing_for_is_inactive),
		cmocka_unit_test(capture_times_are_taken_where_they_are_offered),
		cmocka_unit_test(a_slot_takes_every_codec_in_its_common_form),
		cmocka_unit_test(an_encoder_is_answered_with_the_codec_it_has),
		cmocka_unit_test(video_without_a_codec_of_ours_is_refused_and_sound_goes_on),
		cmocka_unit_test(port_zero_is_live_with_bundle_only_and_refused_without),
		cmocka_unit_test(a_data_channel_is_refused_and_leaves_the_bundle),
		cmocka_unit_test(sendrecv_sends_where_the_plan_lets_it_and_else_receives),
		cmocka_unit_test(a_bad_offer_is_refused_with_place_and_reason),
		cmocka_unit_test(limits_hold_at_the_limit_and_one_beyond),
		cmocka_unit_test(cutting_an_offer_short_never_does_harm),
		cmocka_unit_test(a_restart_keeps_everything_but_ice),
		cmocka_unit_test(fragments_tell_a_restart_from_a_trickle),
		cmocka_unit_test(our_fragment_can_be_read_back),
		cmocka_unit_test(memory_that_runs_out_is_an_error_and_no_leak),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
