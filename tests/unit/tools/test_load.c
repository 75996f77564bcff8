/* What rostrum-load is made of, without its sockets. */
#include "common/rtp/opus.h"
#include "common/rtp/vp8.h"
#include "tools/loadgen/histogram.h"
#include "tools/loadgen/media.h"
#include "tools/loadgen/member.h"
#include "tools/loadgen/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- Histogram --- */

static void percentiles_are_read_to_the_buckets_width(void **state)
{
	static struct histogram histogram;
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
	for (int64_t i = 1; i <= 100000; i++)
		histogram_add(&histogram, i);
	assert_int_equal(histogram.n, 100000);
	assert_in_range(histogram_percentile(&histogram, 50), 50000, 50800);
	assert_in_range(histogram_percentile(&histogram, 99), 99000, 100000);
	assert_int_equal(histogram_percentile(&histogram, 100), 100000);
	assert_in_range(histogram_percentile(&histogram, 0.05), 50, 51);
}

static void what_is_out_of_range_counts_at_its_end(void **state)
{
	static struct histogram histogram;
	histogram_add(&histogram, -5);
	assert_int_equal(histogram_percentile(&histogram, 100), 0);
	histogram_add(&histogram, INT64_MAX / 2);
	assert_int_equal(histogram.n, 2);
	assert_int_equal(histogram.max, INT64_MAX / 2);
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
}

/* --- Media --- */

#define START RS_SEC(1000)

static struct media media_of(const struct media_config *config)
{
	struct media media;
	media_init(&media, config, START);
	return media;
}

static void sound_comes_fifty_times_a_second(void **state)
{
	const struct media_config config = { .audio_len = 80, .fps = 25, .n_layers = 1 };
	struct media media = media_of(&config);
	struct media_packet packet;
	unsigned n = 0;
	for (rs_time now = START; now < START + RS_SEC(1); now += RS_MS(1)) {
		while (media_next(&media, now, &packet)) {
			assert_int_equal(packet.media, RTC_AUDIO);
			assert_int_equal(packet.len, 80);
			assert_int_equal(packet.rtp_ts, n * 960);
			assert_int_equal(packet.at, START + n * RS_MS(20));
			n++;
		}
	}
	assert_int_equal(n, 50);
	uint32_t samples = 0;
	assert_int_equal(opus_duration(packet.payload, packet.len, &samples), 0);
	assert_int_equal(samples, 960);
}

static void who_slept_for_long_leaves_out_what_is_old(void **state)
{
	const struct media_config config = { .audio_len = 80, .fps = 25, .n_layers = 1 };
	struct media media = media_of(&config);
	struct media_packet packet;
	assert_true(media_next(&media, START + RS_SEC(60), &packet));
	assert_int_equal(packet.at, START + RS_SEC(60));
	assert_false(media_next(&media, START + RS_SEC(60), &packet));
}

struct seen {
	uint64_t octets;
	unsigned frames;
	unsigned keyframes;
	unsigned most_at_once; /* packets in one millisecond */
};

/* Plays `duration` and checks each packet of one layer against the one before. */
static struct seen watch(struct media *media, size_t layer, rs_time duration)
{
	struct seen seen = { 0 };
	struct media_packet packet;
	struct vp8_descriptor before = { .picture_id = 0 };
	bool marked = true;
	for (rs_time now = START; now < START + duration; now += RS_MS(1)) {
		unsigned at_once = 0;
		while (media_next(media, now, &packet)) {
			struct vp8_descriptor descriptor;
			if (packet.media != RTC_VIDEO || packet.layer != layer)
				continue;
			at_once++;
			assert_int_equal(vp8_parse(packet.payload, packet.len, &descriptor), 0);
			assert_true(packet.len <= MEDIA_PAYLOAD_MAX);
			assert_int_equal(vp8_starts_frame(&descriptor), marked);
			assert_int_equal(descriptor.picture_id,
				(before.picture_id + (marked ? 1 : 0)) & 0x7FFF);
			if (marked && vp8_is_keyframe(packet.payload, packet.len, &descriptor)) {
				uint16_t width = 0;
				uint16_t height = 0;
				assert_int_equal(vp8_keyframe_size(packet.payload, packet.len,
							 &descriptor, &width, &height),
					0);
				assert_int_equal(width, 320 << layer);
				assert_int_equal(height, 180 << layer);
				seen.keyframes++;
			}
			seen.octets += packet.len;
			seen.frames += packet.marker;
			marked = packet.marker;
			before = descriptor;
		}
		if (at_once > seen.most_at_once)
			seen.most_at_once = at_once;
	}
	return seen;
}

static void pictures_keep_to_their_bit_rate_and_are_paced(void **state)
{
	const struct media_config config = {
		.video_bps = 1500000, .fps = 25, .n_layers = 1, .keyframe_interval = RS_SEC(10)
	};
	struct media media = media_of(&config);
	const struct seen seen = watch(&media, 0, RS_SEC(30));
	assert_in_range(seen.frames, 749, 751);
	assert_int_equal(seen.keyframes, 3);
	/* Key frames and descriptors come on top. */
	assert_in_range(seen.octets * 8 / 30, 1500000, 1600000);
	/* 5 ms at 2.5 times the bit rate. */
	assert_in_range(seen.most_at_once, 2, 4);
}

static void a_key_frame_comes_when_asked(void **state)
{
	const struct media_config config = { .video_bps = 300000, .fps = 25, .n_layers = 1 };
	struct media media = media_of(&config);
	assert_int_equal(watch(&media, 0, RS_SEC(2)).keyframes, 1);
	media_keyframe(&media, 0);
	struct media_packet packet;
	struct vp8_descriptor descriptor;
	rs_time now = START + RS_SEC(2);
	while (!media_next(&media, now, &packet))
		now += RS_MS(1);
	assert_int_equal(vp8_parse(packet.payload, packet.len, &descriptor), 0);
	assert_true(vp8_is_keyframe(packet.payload, packet.len, &descriptor));
}

static void layers_have_a_quarter_of_the_one_above(void **state)
{
	const struct media_config config = { .video_bps = 1600000, .fps = 25, .n_layers = 3 };
	for (size_t i = 0; i < 3; i++) {
		struct media media = media_of(&config);
		const uint64_t bps = watch(&media, i, RS_SEC(20)).octets * 8 / 20;
		const uint64_t wanted = 1600000U >> 2 * (2 - i);
		assert_in_range(bps, wanted, wanted * 23 / 20);
	}
}

static void the_stamp_is_read_back(void **state)
{
	uint8_t payload[40] = { 0 };
	rs_time sent = 0;
	assert_false(media_stamp_read(payload, sizeof(payload), &sent));
	assert_false(media_stamp_read(payload, MEDIA_STAMP_LEN - 1, &sent));
	media_stamp(payload, sizeof(payload), RS_SEC(123456));
	assert_true(media_stamp_read(payload, sizeof(payload), &sent));
	assert_int_equal(sent, RS_SEC(123456));
	assert_int_equal(payload[sizeof(payload) - MEDIA_STAMP_LEN - 1], 0);
}

/* --- Joining --- */

static struct member_setup setup_of(bool rejoin)
{
	static struct histogram latency;
	static struct histogram join;
	return (struct member_setup){
		.media = { .audio_len = 80, .fps = 25, .n_layers = 1 },
		.rejoin = rejoin,
		.open_every = 1,
		.latency = &latency,
		.join = &join,
	};
}

/* Asks at `now` and is refused at once; how long it waits, or -1 when it gave up. */
static rs_time refuse(struct member *member, rs_time now)
{
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	assert_int_equal(member_ask(member, now, &offer), 0);
	assert_int_equal(member->stage, MEMBER_ASKING);
	assert_int_equal(member_deadline(member), RS_TIME_NEVER);
	assert_true(rs_buf_len(&offer) > 0);
	rs_buf_done(&offer);
	member_answered(member, 503, "", "", 0, true, now);
	assert_null(member->peer);
	return member->stage == MEMBER_WAITING ? member_deadline(member) - now : -1;
}

static void a_refused_member_asks_again_ever_later(void **state)
{
	static const rs_time waits[] = { RS_MS(100), RS_MS(200), RS_MS(400), RS_MS(800), RS_SEC(1),
		RS_SEC(1) };
	struct member_setup setup = setup_of(true);
	struct member member = { .setup = &setup };
	for (size_t i = 0; i < RS_ARRAY_LEN(waits); i++)
		assert_int_equal(refuse(&member, START), waits[i]);
	assert_int_equal(member.refused_status, 503);
}

static void who_need_not_come_back_gives_up_after_three(void **state)
{
	struct member_setup setup = setup_of(false);
	struct member member = { .setup = &setup };
	assert_int_equal(refuse(&member, START), RS_MS(100));
	assert_int_equal(refuse(&member, START), RS_MS(200));
	assert_int_equal(refuse(&member, START), -1);
	assert_int_equal(member.stage, MEMBER_OVER);
	assert_int_equal(member_deadline(&member), RS_TIME_NEVER);
}

static void an_answer_that_does_not_parse_is_a_refusal(void **state)
{
	struct member_setup setup = setup_of(true);
	struct member member = { .setup = &setup };
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	assert_int_equal(member_ask(&member, START, &offer), 0);
	rs_buf_done(&offer);
	member_answered(&member, 201, "http://x/1", "hello", 5, true, START);
	assert_int_equal(member.stage, MEMBER_WAITING);
	assert_string_equal(member.session, "http://x/1");                    /* to be given back */
	member_answered(&member, 201, "http://x/2", "hello", 5, true, START); /* not asked for */
	assert_string_equal(member.session, "http://x/1");
}

static void a_member_that_never_connects_asks_again(void **state)
{
	static const char answer[] =
		"a=ice-ufrag:aB3d\na=ice-pwd:0123456789abcdef012345\n"
		"a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
		"00:00:00:00:00:00:00:00:00:00:00:00\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n"
		"a=candidate:1 1 udp 1 192.0.2.1 1 typ host\n";
	struct member_setup setup = setup_of(false);
	struct member member = { .setup = &setup };
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	assert_int_equal(member_ask(&member, START, &offer), 0);
	rs_buf_done(&offer);
	member_answered(&member, 201, "http://x/1", answer, strlen(answer), true, START);
	assert_int_equal(member.stage, MEMBER_CONNECTING);
	rs_time now = START;
	while (member.stage == MEMBER_CONNECTING && now < START + RS_SEC(60)) {
		struct rtc_client_datagram datagram;
		now = member_deadline(&member);
		member_tick(&member, now, 0);
		while (member.peer != NULL && rtc_peer_poll(member.peer, &datagram) == 1)
			assert_int_equal(datagram.data_view[0], 0); /* checks, and nothing else */
	}
	assert_int_equal(member.stage, MEMBER_WAITING);
	assert_int_equal(now, START + RS_SEC(10));
	assert_int_equal(member.joins, 0);
}

/* --- Options --- */

static int parse(const char *line, struct load_options *options)
{
	static char text[256];
	char *argv[16];
	int argc = 0;
	(void)strcpy(text, line); /* the tests' lines fit */
	for (char *word = strtok(text, " "); word != NULL && argc < 16; word = strtok(NULL, " "))
		argv[argc++] = word;
	return load_options_parse(argc, argv, options);
}

static void options_are_read(void **state)
{
	struct load_options options;
	assert_int_equal(parse("--token t --publishers 8 --players 25 --video 1500000 --json "
			       "--no-reports --rejoin --feed floor",
				 &options),
		0);
	assert_string_equal(options.token, "t");
	assert_int_equal(options.publishers, 8);
	assert_int_equal(options.players, 25);
	assert_int_equal(options.video_bps, 1500000);
	assert_true(options.json && options.rejoin && !options.reports);
	assert_string_equal(options.feed, "floor");
	assert_string_equal(options.meeting, "rehearsal");
	assert_int_equal(options.audio_len, 80);
}

static void options_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = {
		"--token t --players",
		"--token t --players many",
		"--token t --players 20001",
		"--token t --publishers 0 --players 1",
		"--token t --publishers 0 --players 0 --feed floor",
		"--token t --publishers 1000 --players 20000",
		"--token t --audio 0",
		"--token t --audio 12",
		"--token t --fps 0",
		"--token t --layers 4",
		"--token t words",
		"--players 1",
	};
	struct load_options options;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(parse(bad[i], &options), -EINVAL);
}

static void the_token_may_come_from_the_environment(void **state)
{
	struct load_options options;
	assert_int_equal(setenv("ROSTRUM_TOKEN", "secret", 1), 0);
	assert_int_equal(parse("--players 1", &options), 0);
	assert_string_equal(options.token, "secret");
	assert_int_equal(unsetenv("ROSTRUM_TOKEN"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_are_read_to_the_buckets_width),
		cmocka_unit_test(what_is_out_of_range_counts_at_its_end),
		cmocka_unit_test(sound_comes_fifty_times_a_second),
		cmocka_unit_test(who_slept_for_long_leaves_out_what_is_old),
		cmocka_unit_test(pictures_keep_to_their_bit_rate_and_are_paced),
		cmocka_unit_test(a_key_frame_comes_when_asked),
		cmocka_unit_test(layers_have_a_quarter_of_the_one_above),
		cmocka_unit_test(the_stamp_is_read_back),
		cmocka_unit_test(a_refused_member_asks_again_ever_later),
		cmocka_unit_test(who_need_not_come_back_gives_up_after_three),
		cmocka_unit_test(an_answer_that_does_not_parse_is_a_refusal),
		cmocka_unit_test(a_member_that_never_connects_asks_again),
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		cmocka_unit_test(the_token_may_come_from_the_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
