#include "signaling/sdp/sdp.h"
#include "tools/client/sdp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PRINT_12 "12:34:56:78:9A:BC:DE:F0:12:34:56:78"
#define PRINT PRINT_12 ":" PRINT_12 ":12:34:56:78:9A:BC:DE:F0"

/* As a whole, with what is to be passed over. */
static const char answer_text[] =
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE 0 1\r\n"
	"a=ice-ufrag:aB3d\r\na=ice-pwd:0123456789abcdef012345\r\n"
	"a=fingerprint:sha-384 00\r\na=fingerprint:SHA-256 12:34:56:78:9a:bc:de:f0:12:34:56:78:" PRINT_12
	":12:34:56:78:9A:BC:DE:F0\r\na=setup:passive\r\n"
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n"
	"a=candidate:1 1 udp 100 192.0.2.1 50000 typ host\r\n"
	"a=candidate:2 1 tcp 900 192.0.2.1 50000 typ host tcptype passive\r\n"
	"a=candidate:3 2 udp 800 192.0.2.1 50001 typ host\r\n"
	"a=candidate:4 1 UDP 700 2001:db8::1 50000 typ host\r\n"
	"a=candidate:5 1 udp 600 f0e1.local 50000 typ host\r\na=end-of-candidates\r\n"
	"a=rtpmap:111 opus/48000/2\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
	"a=extmap:99 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=ssrc:4000000000 cname:x\r\n"
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n"
	"a=rtpmap:97 rtx/90000\r\n"
	"a=extmap:4/sendonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
	"a=ssrc-group:FID 7 8\r\na=ssrc:7 cname:x\r\na=ssrc:8 cname:x\r\n"
	"m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=inactive\r\n";

static void an_answer_is_read(void **state)
{
	struct rtc_answer answer;
	assert_int_equal(rtc_answer_parse(answer_text, strlen(answer_text), &answer), 0);
	assert_string_equal(answer.ice.ufrag, "aB3d");
	assert_string_equal(answer.ice.pwd, "0123456789abcdef012345");
	assert_string_equal(answer.fingerprint, PRINT);
	assert_int_equal(answer.n_sections, 3);
	const struct rtc_agreed *audio = &answer.sections[0];
	assert_true(audio->live);
	assert_int_equal(audio->media, RTC_AUDIO);
	assert_string_equal(audio->mid, "0");
	assert_int_equal(audio->pt, 111);
	assert_int_equal(audio->ssrc, 4000000000U);
	assert_int_equal(audio->ext_level, 1);
	assert_int_equal(audio->ext_mid, 0); /* 99 is not of the one-byte form */
	const struct rtc_agreed *video = &answer.sections[1];
	assert_int_equal(video->media, RTC_VIDEO);
	assert_int_equal(video->pt, 96);
	assert_int_equal(video->rtx_pt, 97);
	assert_int_equal(video->ssrc, 7);
	assert_int_equal(video->rtx_ssrc, 8);
	assert_int_equal(video->ext_mid, 4);
	assert_int_equal(video->ext_twcc, 3);
	assert_false(answer.sections[2].live);
}

static void candidates_come_by_priority_and_only_what_can_be_used(void **state)
{
	struct rtc_answer answer;
	char text[RS_ADDR_TEXT_LEN];
	assert_int_equal(rtc_answer_parse(answer_text, strlen(answer_text), &answer), 0);
	assert_int_equal(answer.n_candidates, 2);
	rs_addr_format(&answer.candidates[0], text);
	assert_string_equal(text, "[2001:db8::1]:50000");
	rs_addr_format(&answer.candidates[1], text);
	assert_string_equal(text, "192.0.2.1:50000");
}

static void what_is_no_answer_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"no lines",
		"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", /* no transport */
		"a=mid:0\r\n",                                /* outside a section */
		"a=ice-ufrag:abc\r\n",                        /* too short */
		"a=fingerprint:sha-256 12:34\r\n",
		"m=audio 9 UDP/TLS/RTP/SAVPF opus\r\n",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ssrc:x\r\n",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ssrc-group:FID 1\r\n",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=candidate:1 1 udp x 192.0.2.1 1 typ host\r\n",
	};
	struct rtc_answer answer;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(rtc_answer_parse(bad[i], strlen(bad[i]), &answer), -EBADMSG);
}

static void sections_are_limited(void **state)
{
	struct rs_buf text;
	struct rtc_answer answer;
	rs_buf_init(&text, RTC_SDP_MAX * 2);
	assert_int_equal(rs_buf_printf(&text, "a=ice-ufrag:aB3d\na=ice-pwd:0123456789abcdef012345\n"
					      "a=fingerprint:sha-256 " PRINT "\n"),
		0);
	for (size_t i = 0; i < RTC_SECTIONS_MAX; i++)
		assert_int_equal(rs_buf_printf(&text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\n"), 0);
	const char *data = (const char *)rs_buf_data(&text);
	assert_int_equal(rtc_answer_parse(data, rs_buf_len(&text), &answer), 0);
	assert_int_equal(rs_buf_printf(&text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\n"), 0);
	data = (const char *)rs_buf_data(&text);
	assert_int_equal(rtc_answer_parse(data, rs_buf_len(&text), &answer), -E2BIG);
	while (rs_buf_len(&text) <= RTC_SDP_MAX)
		assert_int_equal(rs_buf_printf(&text, "a=x\n"), 0);
	data = (const char *)rs_buf_data(&text);
	assert_int_equal(rtc_answer_parse(data, rs_buf_len(&text), &answer), -E2BIG);
	rs_buf_done(&text);
}

/* --- Together with signaling --- */

static struct rtc_offer offer_of(enum rtc_direction direction, size_t n_layers)
{
	return (struct rtc_offer){
		.ufrag = "abcd",
		.pwd = "abcdefghijklmnopqrstuv",
		.fingerprint = PRINT,
		.cname = "test",
		.twcc = true,
		.n_sections = 2,
		.sections = { { RTC_AUDIO, direction, 1, 11 },
			{ RTC_VIDEO, direction, n_layers, n_layers < 2 ? 12 : 0 } },
	};
}

static void meet(const struct rtc_offer *offer, const struct peer_plan *plan,
	struct peer_spec *out_peer, struct rtc_answer *out_answer)
{
	static const struct peer_node node = { .fingerprint = "sha-256 " PRINT,
		.addresses = { "127.0.0.1:50000", "[::1]:50001" },
		.n_addresses = 2 };
	struct rs_buf text;
	struct rs_buf sdp;
	struct rs_rand rand;
	char why[PEER_WHY_LEN] = "";
	rs_buf_init(&text, RTC_SDP_MAX);
	rs_buf_init(&sdp, RTC_SDP_MAX);
	rs_rand_init_seed(&rand, 1);
	*out_peer = (struct peer_spec){ .id = "p1" };
	assert_int_equal(rtc_offer_write(offer, &text), 0);
	assert_int_equal(sdp_answer(NULL, (const char *)rs_buf_data(&text), rs_buf_len(&text), plan,
				 &node, &rand, out_peer, &sdp, why),
		0);
	assert_int_equal(
		rtc_answer_parse((const char *)rs_buf_data(&sdp), rs_buf_len(&sdp), out_answer), 0);
	assert_string_equal(out_answer->ice.ufrag, out_peer->ufrag);
	assert_string_equal(out_answer->ice.pwd, out_peer->pwd);
	assert_string_equal(out_answer->fingerprint, PRINT);
	assert_int_equal(out_answer->n_candidates, 2);
	assert_int_equal(out_answer->n_sections, offer->n_sections);
	rs_buf_done(&text);
	rs_buf_done(&sdp);
}

static void signaling_takes_a_publisher(void **state)
{
	static const struct peer_plan plan = {
		.source = "box", .csrc = 7, .send = { PEER_MICROPHONE, PEER_CAMERA }, .n_send = 2
	};
	const struct rtc_offer offer = offer_of(RTC_SEND, 1);
	struct peer_spec peer;
	struct rtc_answer answer;
	meet(&offer, &plan, &peer, &answer);
	assert_int_equal(peer.n_send, 2);
	assert_int_equal(peer.send[0].ssrcs[0], 11);
	assert_int_equal(peer.send[1].ssrcs[0], 12);
	assert_true(answer.sections[0].live && answer.sections[1].live);
	assert_int_not_equal(answer.sections[0].ext_level, 0);
	assert_int_equal(answer.sections[0].ext_twcc, peer.send[0].ext.twcc);
	assert_int_not_equal(answer.sections[1].ext_twcc, 0);
}

static void signaling_takes_redundant_sound_and_opus_stays_opus(void **state)
{
	static const struct peer_plan plan = {
		.source = "box", .csrc = 7, .send = { PEER_MICROPHONE, PEER_CAMERA }, .n_send = 2
	};
	struct rtc_offer offer = offer_of(RTC_SEND, 1);
	struct peer_spec peer;
	struct rtc_answer answer;
	meet(&offer, &plan, &peer, &answer);
	assert_int_equal(answer.sections[0].red_pt, 0);
	offer.sections[0].red = true;
	meet(&offer, &plan, &peer, &answer);
	assert_int_equal(answer.sections[0].pt, RTC_PT_OPUS);
	assert_int_equal(answer.sections[0].red_pt, RTC_PT_RED);
	assert_int_equal(peer.send[0].pt, RTC_PT_OPUS);
	assert_int_equal(peer.send[0].red_pt, RTC_PT_RED);
}

static void signaling_takes_simulcast(void **state)
{
	static const struct peer_plan plan = {
		.source = "box", .csrc = 7, .send = { PEER_MICROPHONE, PEER_CAMERA }, .n_send = 2
	};
	const struct rtc_offer offer = offer_of(RTC_SEND, 3);
	struct peer_spec peer;
	struct rtc_answer answer;
	meet(&offer, &plan, &peer, &answer);
	assert_int_equal(peer.send[1].n_rids, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(peer.send[1].rids[i], rtc_rid(i));
	assert_int_not_equal(answer.sections[1].ext_rid, 0);
	assert_int_not_equal(answer.sections[1].ext_mid, 0);
}

static void signaling_takes_a_player(void **state)
{
	static const struct peer_plan plan = {
		.recv = { { PEER_AUDIO, "floor", 0, PEER_MIX_LOUDEST, 0 },
			{ PEER_VIDEO, "speaker", 0, PEER_MIX_RANK, 0 } },
		.n_recv = 2
	};
	const struct rtc_offer offer = offer_of(RTC_RECEIVE, 1);
	struct peer_spec peer;
	struct rtc_answer answer;
	meet(&offer, &plan, &peer, &answer);
	assert_int_equal(peer.n_recv, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(answer.sections[i].ssrc, peer.recv[i].ssrc);
		assert_int_equal(answer.sections[i].rtx_ssrc, peer.recv[i].rtx_ssrc);
		assert_int_equal(answer.sections[i].pt, peer.recv[i].pt);
	}
	assert_int_not_equal(answer.sections[1].rtx_pt, 0);
}

static void an_offer_that_makes_no_sense_is_not_written(void **state)
{
	struct rs_buf out;
	rs_buf_init(&out, RTC_SDP_MAX);
	struct rtc_offer offer = offer_of(RTC_SEND, RTC_LAYERS_MAX + 1);
	assert_int_equal(rtc_offer_write(&offer, &out), -EINVAL);
	offer.n_sections = 0;
	assert_int_equal(rtc_offer_write(&offer, &out), -EINVAL);
	offer.n_sections = RTC_SECTIONS_MAX + 1;
	assert_int_equal(rtc_offer_write(&offer, &out), -EINVAL);
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(candidates_come_by_priority_and_only_what_can_be_used),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(sections_are_limited),
		cmocka_unit_test(signaling_takes_a_publisher),
		cmocka_unit_test(signaling_takes_redundant_sound_and_opus_stays_opus),
		cmocka_unit_test(signaling_takes_simulcast),
		cmocka_unit_test(signaling_takes_a_player),
		cmocka_unit_test(an_offer_that_makes_no_sense_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
