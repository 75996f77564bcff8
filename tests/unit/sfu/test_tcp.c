#include "sfu/tcp/tcp.h"

#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CAMERA 2001U
#define RTX 2002U
#define SLIDE 2003U

/* ---- in ---- */

static void feed(struct tcp_reader *reader, const uint8_t *data, size_t len)
{
	size_t cap = 0;
	uint8_t *room = tcp_reader_room(reader, &cap);
	assert_true(len <= cap);
	memcpy(room, data, len);
	tcp_reader_fill(reader, len);
}

static void datagrams_come_whole_however_the_octets_arrive(void **state)
{
	static const uint8_t wire[] = { 0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'd' };
	for (size_t cut = 0; cut <= sizeof(wire); cut++) {
		struct tcp_reader reader = { 0 };
		uint8_t out[TCP_PACKET_MAX];
		char got[16] = "";
		int len = 0;
		feed(&reader, wire, cut);
		while ((len = tcp_reader_next(&reader, out)) > 0)
			strncat(got, (const char *)out, (size_t)len);
		feed(&reader, wire + cut, sizeof(wire) - cut);
		while ((len = tcp_reader_next(&reader, out)) > 0)
			strncat(got, (const char *)out, (size_t)len);
		assert_int_equal(len, 0);
		assert_string_equal(got, "abcd");
	}
}

static void the_largest_datagram_is_taken_and_one_octet_more_is_not(void **state)
{
	static uint8_t wire[TCP_HEADER_LEN + TCP_PACKET_MAX] = { TCP_PACKET_MAX >> 8,
		TCP_PACKET_MAX & 255 };
	struct tcp_reader reader = { 0 };
	uint8_t out[TCP_PACKET_MAX];
	for (int i = 0; i < 5; i++) { /* more than the buffer holds */
		feed(&reader, wire, sizeof(wire));
		assert_int_equal(tcp_reader_next(&reader, out), TCP_PACKET_MAX);
	}
	static const uint8_t larger[] = { (TCP_PACKET_MAX + 1) >> 8, (TCP_PACKET_MAX + 1) & 255 };
	feed(&reader, larger, sizeof(larger));
	assert_int_equal(tcp_reader_next(&reader, out), -EBADMSG);
}

static void there_is_always_room_for_what_is_missing(void **state)
{
	struct tcp_reader reader = { 0 };
	uint8_t out[TCP_PACKET_MAX];
	uint8_t octets[64] = { 0 };
	size_t taken = 0;
	size_t fed = 0;
	for (unsigned i = 0; i < 2000; i++) {
		size_t cap = 0;
		uint8_t *room = tcp_reader_room(&reader, &cap);
		assert_true(cap > 0);
		/* Frames of 37 octets, byte by byte, in pieces of 11. */
		for (size_t at = 0; at < 11; at++, fed++)
			octets[at] = fed % 39 == 1 ? 37 : 0;
		memcpy(room, octets, 11);
		tcp_reader_fill(&reader, 11);
		for (int len = 0; (len = tcp_reader_next(&reader, out)) != 0; taken++)
			assert_int_equal(len, 37);
	}
	assert_int_equal(taken, fed / 39);
}

/* ---- out ---- */

static struct tcp_queue *make(size_t urgent_octets, size_t video_octets)
{
	struct tcp_queue_config config;
	struct tcp_queue *queue = NULL;
	tcp_queue_config_default(&config);
	if (urgent_octets > 0)
		config.urgent_octets = urgent_octets;
	if (video_octets > 0)
		config.video_octets = video_octets;
	assert_int_equal(tcp_queue_new(&config, &queue), 0);
	return queue;
}

/* A datagram that is `mark` throughout. */
static int push(struct tcp_queue *queue, enum tcp_class class, uint32_t ssrc, uint32_t ts,
	char mark, size_t len, rs_time now)
{
	uint8_t data[TCP_PACKET_MAX];
	memset(data, mark, sizeof(data));
	const struct tcp_packet what = { .class = class, .ssrc = ssrc, .rtp_ts = ts };
	return tcp_queue_push(queue, &what, data, len, now);
}

/* The line takes so many octets; the marks of the datagrams it then has whole are added to `got`. */
struct line {
	struct tcp_reader reader;
	char got[600]; /* ends with zeros */
};

static void take(struct tcp_queue *queue, struct line *line, size_t octets, rs_time now)
{
	struct tcp_span spans[TCP_SPANS_MAX];
	uint8_t out[TCP_PACKET_MAX];
	const size_t n = tcp_queue_spans(queue, now, spans);
	size_t sent = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at < spans[i].len && sent < octets; at++, sent++) {
			feed(&line->reader, spans[i].data_view + at, 1);
			const int len = tcp_reader_next(&line->reader, out);
			if (len > 0)
				line->got[strlen(line->got)] = (char)out[0];
			assert_true(len >= 0);
		}
	}
	tcp_queue_sent(queue, sent);
}

static void take_all(struct tcp_queue *queue, struct line *line, rs_time now)
{
	while (tcp_queue_len(queue) > 0)
		take(queue, line, 100000, now);
}

static void audio_overtakes_video_but_splits_no_datagram(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	struct line line = { 0 };
	assert_int_equal(push(queue, TCP_VIDEO_KEY, CAMERA, 1, 'k', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 1, 'v', 1000, 0), 0);
	take(queue, &line, 300, 0);
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'a', 100, 0), 0);
	assert_int_equal(push(queue, TCP_CONTROL, 0, 0, 'c', 50, 0), 0);
	take(queue, &line, 1002 - 300 + 102 + 20, 0); /* into the control packet */
	assert_string_equal(line.got, "ka");
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'b', 100, 0), 0);
	take_all(queue, &line, 0);
	assert_string_equal(line.got, "kacbv");
	tcp_queue_free(queue);
}

static void every_cut_of_the_line_gives_the_same_datagrams(void **state)
{
	for (size_t piece = 1; piece < 260; piece++) {
		struct tcp_queue *queue = make(0, 0);
		struct line line = { 0 };
		assert_int_equal(push(queue, TCP_VIDEO_KEY, CAMERA, 1, 'k', 120, 0), 0);
		assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'a', 60, 0), 0);
		assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 1, 'v', 70, 0), 0);
		while (tcp_queue_len(queue) > 0)
			take(queue, &line, piece, 0);
		assert_string_equal(line.got, "akv");
		tcp_queue_free(queue);
	}
}

static void stale_audio_goes_packet_by_packet_and_control_stays(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	struct line line = { 0 };
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'a', 100, 0), 0);
	assert_int_equal(push(queue, TCP_CONTROL, 0, 0, 'c', 100, RS_MS(1)), 0);
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'b', 100, RS_MS(20)), 0);
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'd', 100, RS_MS(40)), 0);
	take(queue, &line, 1000, RS_MS(520)); /* 'b' is half a second old: one too many */
	assert_string_equal(line.got, "cd");
	assert_int_equal(tcp_queue_stats(queue)->audio_stale, 2);
	tcp_queue_free(queue);
}

static void stale_video_goes_by_frames_and_what_is_begun_is_finished(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	struct line line = { 0 };
	assert_int_equal(push(queue, TCP_VIDEO_KEY, CAMERA, 1, 'k', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 1, 'l', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 2, 'm', 1000, RS_MS(40)), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 2, 'n', 1000, RS_MS(40)), 0);
	take(queue, &line, 500, RS_MS(50));
	take(queue, &line, 500, RS_MS(539));
	assert_int_equal(tcp_queue_stats(queue)->video_dropped, 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 3, 'o', 1000, RS_MS(540)), -E2BIG);
	assert_int_equal(tcp_queue_stats(queue)->video_dropped, 2);
	take_all(queue, &line, RS_MS(600));
	assert_string_equal(line.got, "kl");
	tcp_queue_free(queue);
}

static void a_cut_stream_waits_for_a_key_frame_and_asks_once_the_line_is_free(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	struct line line = { 0 };
	uint32_t ssrc = 0;
	assert_int_equal(push(queue, TCP_VIDEO_KEY, CAMERA, 1, 'k', 1000, 0), 0);
	take(queue, &line, 10, 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 2, 'm', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO_KEY, SLIDE, 2, 's', 500, RS_MS(600)), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 3, 'n', 1000, RS_MS(600)), -E2BIG);
	assert_int_equal(tcp_queue_key_wanted(queue, &ssrc), 0);
	take_all(queue, &line, RS_MS(700));
	assert_int_equal(tcp_queue_key_wanted(queue, &ssrc), 1);
	assert_int_equal(ssrc, CAMERA);
	assert_int_equal(tcp_queue_key_wanted(queue, &ssrc), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 4, 'n', 1000, RS_MS(710)), -E2BIG);
	assert_int_equal(push(queue, TCP_VIDEO_KEY, CAMERA, 5, 'K', 1000, RS_MS(720)), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 5, 'L', 1000, RS_MS(720)), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 6, 'M', 1000, RS_MS(760)), 0);
	take_all(queue, &line, RS_MS(770));
	assert_string_equal(line.got, "ksKLM");
	assert_int_equal(tcp_queue_stats(queue)->video_waiting, 2);
	tcp_queue_free(queue);
}

static void a_fresh_key_frame_behind_stale_frames_is_spared(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	struct line line = { 0 };
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 1, 'a', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_RESENT, RTX, 9, 'r', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO_KEY, CAMERA, 2, 'k', 1000, RS_MS(300)), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 3, 'v', 1000, RS_MS(340)), 0);
	take(queue, &line, 5000, RS_MS(510));
	assert_string_equal(line.got, "kv");
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 4, 'w', 1000, RS_MS(511)), 0);
	tcp_queue_free(queue);
}

static void a_stream_whose_key_frames_are_not_known_goes_on_in_time(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 1, 'a', 1000, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 2, 'b', 1000, RS_MS(500)), -E2BIG);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 3, 'c', 1000, RS_MS(4499)), -E2BIG);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 4, 'd', 1000, RS_MS(4500)), 0);
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 4, 'e', 1000, RS_MS(4500)), 0);
	tcp_queue_free(queue);
}

static void what_stands_behind_a_slow_key_frame_is_judged_by_its_own_age(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	struct line line = { 0 };
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			push(queue, i == 0 ? TCP_VIDEO_KEY : TCP_VIDEO, CAMERA, 1, 'k', 1000, 0),
			0);
	for (int ms = 0; ms < 900; ms += 100) /* 80 kbit/s would take ten seconds */
		take(queue, &line, 1000, RS_MS(ms));
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 2, 'v', 1000, RS_MS(900)), 0);
	take_all(queue, &line, RS_MS(1300));
	assert_int_equal(strlen(line.got), 101);
	tcp_queue_free(queue);
}

static void a_full_queue_gives_up_frames_not_room_for_audio(void **state)
{
	struct tcp_queue *queue = make(0, 10000);
	struct line line = { 0 };
	for (int i = 0; i < 9; i++)
		assert_int_equal(push(queue, i == 0 ? TCP_VIDEO_KEY : TCP_VIDEO, CAMERA,
					 (uint32_t)i / 3, (char)('1' + i), 1000, 0),
			0);
	take(queue, &line, 1, 0); /* the first frame is begun */
	assert_int_equal(push(queue, TCP_VIDEO, CAMERA, 4, 'x', 1000, 0), -E2BIG);
	assert_int_equal(tcp_queue_stats(queue)->video_dropped, 6);
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'a', 100, 0), 0);
	take_all(queue, &line, 0);
	assert_string_equal(line.got, "1a23");
	tcp_queue_free(queue);
}

static void audio_is_refused_at_its_limit(void **state)
{
	struct tcp_queue *queue = make(1604, 0);
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'a', 800, 0), 0);
	assert_int_equal(push(queue, TCP_AUDIO, 0, 0, 'b', 801, 0), -E2BIG);
	assert_int_equal(push(queue, TCP_CONTROL, 0, 0, 'b', 800, 0), 0);
	assert_int_equal(push(queue, TCP_CONTROL, 0, 0, 'c', 1, 0), -E2BIG);
	assert_int_equal(tcp_queue_stats(queue)->refused, 2);
	assert_int_equal(tcp_queue_len(queue), 1604);
	tcp_queue_free(queue);
}

static void one_video_stream_too_many_is_refused(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	for (uint32_t i = 0; i < TCP_STREAMS_MAX; i++)
		assert_int_equal(push(queue, TCP_VIDEO_KEY, i, 1, 'k', 10, 0), 0);
	assert_int_equal(push(queue, TCP_VIDEO_KEY, TCP_STREAMS_MAX, 1, 'k', 10, 0), -E2BIG);
	assert_int_equal(push(queue, TCP_VIDEO, 0, 1, 'k', 10, 0), 0);
	tcp_queue_free(queue);
}

static void what_cannot_be_framed_is_refused(void **state)
{
	struct tcp_queue *queue = make(0, 0);
	uint8_t data[TCP_PACKET_MAX + 1] = { 0 };
	const struct tcp_packet what = { .class = TCP_AUDIO };
	assert_int_equal(tcp_queue_push(queue, &what, data, 0, 0), -EINVAL);
	assert_int_equal(tcp_queue_push(queue, &what, data, sizeof(data), 0), -EINVAL);
	tcp_queue_free(queue);
	struct tcp_queue_config config;
	tcp_queue_config_default(&config);
	config.urgent_octets = TCP_PACKET_MAX;
	assert_int_equal(tcp_queue_new(&config, &queue), -EINVAL);
}

static int born(void *unused)
{
	struct tcp_queue_config config;
	struct tcp_queue *queue = NULL;
	tcp_queue_config_default(&config);
	const int err = tcp_queue_new(&config, &queue);
	tcp_queue_free(queue);
	return err;
}

static void birth_survives_every_failed_allocation(void **state)
{
	check_oom(born, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_come_whole_however_the_octets_arrive),
		cmocka_unit_test(the_largest_datagram_is_taken_and_one_octet_more_is_not),
		cmocka_unit_test(there_is_always_room_for_what_is_missing),
		cmocka_unit_test(audio_overtakes_video_but_splits_no_datagram),
		cmocka_unit_test(every_cut_of_the_line_gives_the_same_datagrams),
		cmocka_unit_test(stale_audio_goes_packet_by_packet_and_control_stays),
		cmocka_unit_test(stale_video_goes_by_frames_and_what_is_begun_is_finished),
		cmocka_unit_test(a_cut_stream_waits_for_a_key_frame_and_asks_once_the_line_is_free),
		cmocka_unit_test(a_fresh_key_frame_behind_stale_frames_is_spared),
		cmocka_unit_test(a_stream_whose_key_frames_are_not_known_goes_on_in_time),
		cmocka_unit_test(what_stands_behind_a_slow_key_frame_is_judged_by_its_own_age),
		cmocka_unit_test(a_full_queue_gives_up_frames_not_room_for_audio),
		cmocka_unit_test(audio_is_refused_at_its_limit),
		cmocka_unit_test(one_video_stream_too_many_is_refused),
		cmocka_unit_test(what_cannot_be_framed_is_refused),
		cmocka_unit_test(birth_survives_every_failed_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
