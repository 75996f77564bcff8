#include "sfu/plain/plain.h"

#include "tests/support/oom.h"
#include "tests/support/router_kit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS RS_MS(1)

static const struct config_key keys[] = {
	{ "plain", CONFIG_TABLE, "[]", 0, PLAIN_MAX, "streams", plain_keys, PLAIN_KEYS },
};

/* What plain_read() says of a table; the number of entries is left in *out_n. */
static int read_table(
	const char *json, struct plain_spec out[PLAIN_MAX], size_t *out_n, char error[])
{
	struct config *config = NULL;
	static char text[16384];
	assert_int_equal(config_new(keys, RS_ARRAY_LEN(keys), &config), 0);
	(void)snprintf(text, sizeof(text), "plain=%s", json);
	int err = config_set(config, text, error);
	if (err == 0)
		err = plain_read(config, "plain", out, out_n, error);
	config_free(config);
	return err;
}

#define ENDS "\"local\": \"192.0.2.1:5004\", \"remote\": \"198.51.100.7:6000\""
#define SOUND "\"meeting\": \"m\", \"codec\": \"opus\", \"pt\": 111, "
#define SOURCE SOUND "\"source\": \"ENC\", \"media\": \"microphone\", \"csrc\": 7, "
#define FEED SOUND "\"feed\": \"floor\", "
/* 28 octets. */
#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw=="
#define GCM "\"srtp.profile\": \"aead-aes-128-gcm\", \"srtp.key\": \"" KEY "\", "

static struct plain_spec spec_of(const char *json)
{
	struct plain_spec specs[PLAIN_MAX];
	size_t n = 0;
	char error[CONFIG_ERROR_LEN] = "";
	const int err = read_table(json, specs, &n, error);
	assert_string_equal(error, "");
	assert_int_equal(err, 0);
	assert_true(n > 0);
	return specs[n - 1];
}

/* ---- configuration ---- */

static void an_empty_table_is_no_stream(void **state)
{
	struct plain_spec specs[PLAIN_MAX];
	size_t n = 9;
	char error[CONFIG_ERROR_LEN] = "";
	assert_int_equal(read_table("[]", specs, &n, error), 0);
	assert_int_equal(n, 0);
}

static void entries_are_read_in_order(void **state)
{
	struct plain_spec specs[PLAIN_MAX];
	size_t n = 0;
	char error[CONFIG_ERROR_LEN] = "";
	assert_int_equal(
		read_table("[{" SOURCE ENDS "}, {" FEED GCM "\"rtcp_mux\": true, " ENDS "}]", specs,
			&n, error),
		0);
	assert_int_equal(n, 2);
	assert_int_equal(specs[0].way, PLAIN_IN);
	assert_string_equal(specs[0].meeting, "m");
	assert_string_equal(specs[0].name, "ENC");
	assert_int_equal(specs[0].media, ROUTER_MICROPHONE);
	assert_int_equal(specs[0].csrc, 7);
	assert_int_equal(specs[0].pt, 111);
	assert_int_equal(specs[0].local.port, 5004);
	assert_int_equal(specs[0].remote.port, 6000);
	assert_false(specs[0].rtcp_mux);
	assert_int_equal(specs[0].key_len, 0);
	assert_int_equal(specs[1].index, 1);
	assert_int_equal(specs[1].way, PLAIN_OUT);
	assert_string_equal(specs[1].name, "floor");
	assert_true(specs[1].rtcp_mux);
	assert_int_equal(specs[1].profile, CRYPT_AEAD_AES_128_GCM);
	assert_int_equal(specs[1].key_len, 28);
	assert_int_equal(specs[1].key[27], 27);
}

static void a_fault_names_entry_and_key(void **state)
{
	static const struct {
		const char *row;
		const char *why;
	} bad[] = {
		{ SOURCE "\"local\": \"192.0.2.1:5004\"", "key \"remote\" is required" },
		{ SOURCE "\"feed\": \"floor\", " ENDS,
			"key \"source\": either it or \"feed\" is expected" },
		{ SOUND ENDS, "key \"source\": either it or \"feed\" is expected" },
		{ SOUND "\"source\": \"a b\", \"media\": \"microphone\", \"csrc\": 7, " ENDS,
			"key \"source\": 1 to 64 of [A-Za-z0-9_-] are expected" },
		{ SOUND "\"source\": \"a\", \"csrc\": 7, " ENDS,
			"key \"media\": microphone, camera or content is expected" },
		{ SOUND "\"source\": \"a\", \"media\": \"camera\", \"csrc\": 7, " ENDS,
			"key \"codec\": is not one of such media" },
		{ SOUND "\"source\": \"a\", \"media\": \"microphone\", " ENDS,
			"key \"csrc\": a number from 1 is expected of a source" },
		{ SOUND "\"feed\": \"hall\", " ENDS, "key \"feed\": floor, speaker" },
		{ SOUND "\"feed\": \"channel-\", " ENDS, "key \"feed\": floor, speaker" },
		{ "\"meeting\": \"\", \"codec\": \"opus\", \"pt\": 0, \"feed\": \"floor\", " ENDS,
			"key \"meeting\": 1 to 64 of" },
		{ "\"meeting\": \"m\", \"codec\": \"L24\", \"pt\": 0, \"feed\": \"floor\", " ENDS,
			"key \"codec\": opus, vp8, vp9, h264 or av1 is expected" },
		{ "\"meeting\": \"m\", \"codec\": \"opus\", \"pt\": 72, \"feed\": \"floor\", " ENDS,
			"key \"pt\": 64 to 95 look like RTCP" },
		{ FEED "\"local\": \"0.0.0.0:5004\", \"remote\": \"198.51.100.7:6000\"",
			"key \"local\": one IP address and a port" },
		{ FEED "\"local\": \"192.0.2.1:5004\", \"remote\": \"host:6000\"",
			"key \"remote\": one IP address and a port" },
		{ FEED "\"local\": \"192.0.2.1:5004\", \"remote\": \"198.51.100.7:65535\"",
			"key \"remote\": one IP address and a port" },
		{ FEED "\"local\": \"192.0.2.1:5004\", \"remote\": \"[2001:db8::1]:6000\"",
			"key \"remote\": is not of the address family" },
		{ FEED "\"srtp.key\": \"" KEY "\", " ENDS,
			"key \"srtp.profile\": is needed with \"srtp.key\"" },
		{ FEED "\"srtp.profile\": \"rot13\", \"srtp.key\": \"" KEY "\", " ENDS,
			"key \"srtp.profile\": aead-aes-128-gcm" },
		{ FEED "\"srtp.profile\": \"aes128-cm-sha1-80\", \"srtp.key\": \"" KEY "\", " ENDS,
			"key \"srtp.key\": master key and salt" },
		{ FEED "\"srtp.profile\": \"aead-aes-128-gcm\", \"srtp.key\": \"?\", " ENDS,
			"key \"srtp.key\": master key and salt" },
		{ FEED GCM "\"ssrc\": 5, " ENDS, "key \"ssrc\": with SRTP it must be 0" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct plain_spec specs[PLAIN_MAX];
		char error[CONFIG_ERROR_LEN] = "";
		char json[1024];
		size_t n = 0;
		(void)snprintf(json, sizeof(json), "[{" SOURCE ENDS "}, {%s}]", bad[i].row);
		assert_int_equal(read_table(json, specs, &n, error), -EINVAL);
		assert_non_null(strstr(error, "plain[1]: "));
		if (strstr(error, bad[i].why) == NULL)
			fail_msg("\"%s\" instead of \"%s\"", error, bad[i].why);
	}
}

static void there_are_as_many_as_the_limit_says(void **state)
{
	static char json[16384];
	struct plain_spec specs[PLAIN_MAX];
	char error[CONFIG_ERROR_LEN] = "";
	size_t n = 0;
	size_t len = 0;
	for (size_t i = 0; i < PLAIN_MAX; i++)
		len += (size_t)snprintf(
			json + len, sizeof(json) - len, "%c{" SOURCE ENDS "}", i == 0 ? '[' : ',');
	(void)snprintf(json + len, sizeof(json) - len, "]");
	assert_int_equal(read_table(json, specs, &n, error), 0);
	assert_int_equal(n, PLAIN_MAX);
	assert_int_equal(specs[PLAIN_MAX - 1].index, PLAIN_MAX - 1);
	(void)snprintf(json + len, sizeof(json) - len, ",{" SOURCE ENDS "}]");
	assert_int_equal(read_table(json, specs, &n, error), -EINVAL);
	assert_non_null(strstr(error, "key \"plain\": a list of objects, 32 at most,"));
}

/* ---- an end ---- */

static struct rs_addr addr(const char *text)
{
	struct rs_addr addr = { 0 };
	assert_int_equal(rs_addr_parse(text, strlen(text), &addr), 0);
	return addr;
}

static int birth(void *ctx)
{
	struct plain *plain = NULL;
	const int err = plain_new(ctx, &plain);
	plain_free(plain);
	return err;
}

static void a_birth_needs_memory(void **state)
{
	struct plain_spec spec = spec_of("[{" SOURCE GCM ENDS "}]");
	check_oom(birth, &spec);
}

static struct plain *end_of(const char *json)
{
	const struct plain_spec spec = spec_of(json);
	struct plain *plain = NULL;
	assert_int_equal(plain_new(&spec, &plain), 0);
	return plain;
}

/* An Opus packet without header extensions, as encoders send it. */
static size_t sound(uint8_t data[ROUTER_PACKET_MAX], uint32_t ssrc, uint16_t seq)
{
	const struct rtp_header header = {
		.pt = 111, .seq = seq, .rtp_ts = seq * 960U, .ssrc = ssrc
	};
	struct rs_writer writer;
	rs_writer_init(&writer, data, ROUTER_PACKET_MAX);
	rtp_write_header(&writer, &header);
	rs_write_u8(&writer, 0x78);
	rs_write_zero(&writer, 39);
	assert_false(writer.failed);
	return writer.len;
}

static size_t report(uint8_t data[ROUTER_PACKET_MAX], uint32_t ssrc)
{
	struct rs_writer writer;
	rs_writer_init(&writer, data, ROUTER_PACKET_MAX);
	rtcp_write_rr(&writer, ssrc, NULL, 0);
	return writer.len;
}

static int open_from(struct plain *plain, enum plain_port port, const char *from, bool rtcp)
{
	uint8_t data[ROUTER_PACKET_MAX];
	const struct rs_addr sender = addr(from);
	size_t len = rtcp ? report(data, 5) : sound(data, 5, 1);
	return plain_open(plain, port, &sender, data, &len);
}

static void only_the_named_address_is_heard(void **state)
{
	struct plain *plain = end_of("[{" SOURCE ENDS "}]");
	assert_int_equal(open_from(plain, PLAIN_RTP, "198.51.100.7:6000", false), ROUTER_RTP);
	assert_int_equal(open_from(plain, PLAIN_RTCP, "198.51.100.7:6001", true), ROUTER_RTCP);
	assert_int_equal(open_from(plain, PLAIN_RTP, "198.51.100.7:6001", false), -ENOENT);
	assert_int_equal(open_from(plain, PLAIN_RTP, "198.51.100.8:6000", false), -ENOENT);
	assert_int_equal(open_from(plain, PLAIN_RTCP, "198.51.100.7:6000", true), -ENOENT);
	assert_int_equal(open_from(plain, PLAIN_RTP, "198.51.100.7:6000", true), -EBADMSG);
	assert_int_equal(open_from(plain, PLAIN_RTCP, "198.51.100.7:6001", false), -EBADMSG);
	const struct plain_stats *stats = plain_stats(plain);
	assert_int_equal(stats->rx_packets, 2);
	assert_int_equal(stats->rx_strangers, 3);
	assert_int_equal(stats->rx_malformed, 2);
	plain_free(plain);
}

static void ports_are_two_or_one(void **state)
{
	struct plain *apart = end_of("[{" FEED ENDS "}]");
	struct plain *mux = end_of("[{" FEED "\"rtcp_mux\": true, " ENDS "}]");
	struct rs_addr at;
	assert_true(plain_local(apart, PLAIN_RTCP, &at));
	assert_int_equal(at.port, 5005);
	assert_int_equal(plain_way_out(apart, ROUTER_RTCP, &at), PLAIN_RTCP);
	assert_int_equal(at.port, 6001);
	assert_int_equal(plain_way_out(apart, ROUTER_RTP, &at), PLAIN_RTP);
	assert_int_equal(at.port, 6000);

	assert_false(plain_local(mux, PLAIN_RTCP, &at));
	assert_true(plain_local(mux, PLAIN_RTP, &at));
	assert_int_equal(at.port, 5004);
	assert_int_equal(plain_way_out(mux, ROUTER_RTCP, &at), PLAIN_RTP);
	assert_int_equal(at.port, 6000);
	assert_int_equal(open_from(mux, PLAIN_RTP, "198.51.100.7:6000", true), ROUTER_RTCP);
	plain_free(apart);
	plain_free(mux);
}

static void without_protection_packets_go_as_they_are(void **state)
{
	struct plain *plain = end_of("[{" FEED ENDS "}]");
	uint8_t data[ROUTER_PACKET_MAX];
	uint8_t room[ROUTER_PACKET_MAX];
	const size_t len = sound(data, 9, 1);
	size_t sent = 0;
	assert_int_equal(plain_seal(plain, ROUTER_RTP, data, len, room, sizeof(room), &sent), 0);
	assert_int_equal(sent, len);
	assert_memory_equal(room, data, len);
	assert_int_equal(plain_seal(plain, ROUTER_RTP, data, len, room, len - 1, &sent), -ENOSPC);
	assert_int_equal(plain_stats(plain)->tx_packets, 1);
	assert_int_equal(plain_stats(plain)->tx_failed, 1);
	plain_free(plain);
}

/* Two ends that name each other. */
static void srtp_is_sealed_and_opened_with_the_key_of_the_entry(void **state)
{
	static const char *const profiles[] = { "aead-aes-128-gcm\", \"srtp.key\": \"" KEY,
		"aes128-cm-sha1-80\", \"srtp.key\": \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd" };
	for (size_t i = 0; i < RS_ARRAY_LEN(profiles); i++) {
		char json[1024];
		(void)snprintf(json, sizeof(json), "[{" FEED "\"srtp.profile\": \"%s\", " ENDS "}]",
			profiles[i]);
		struct plain *one = end_of(json);
		(void)snprintf(json, sizeof(json),
			"[{" SOURCE "\"srtp.profile\": \"%s\", \"local\": \"198.51.100.7:6000\","
			" \"remote\": \"192.0.2.1:5004\"}]",
			profiles[i]);
		struct plain *other = end_of(json);
		const struct rs_addr rtp = addr("192.0.2.1:5004");
		const struct rs_addr rtcp = addr("192.0.2.1:5005");
		uint8_t data[ROUTER_PACKET_MAX];
		uint8_t room[ROUTER_PACKET_MAX];
		size_t sealed = 0;

		size_t len = sound(data, 9, 1);
		assert_int_equal(
			plain_seal(one, ROUTER_RTP, data, len, room, sizeof(room), &sealed), 0);
		assert_true(sealed > len);
		assert_memory_not_equal(room + 12, data + 12, len - 12);
		assert_int_equal(plain_open(other, PLAIN_RTP, &rtp, room, &sealed), ROUTER_RTP);
		assert_int_equal(sealed, len);
		assert_memory_equal(room, data, len);

		len = report(data, 9);
		assert_int_equal(
			plain_seal(one, ROUTER_RTCP, data, len, room, sizeof(room), &sealed), 0);
		assert_int_equal(plain_open(other, PLAIN_RTCP, &rtcp, room, &sealed), ROUTER_RTCP);
		assert_int_equal(sealed, len);
		assert_memory_equal(room, data, len);

		len = sound(data, 9, 2); /* not protected at all */
		assert_int_equal(plain_open(other, PLAIN_RTP, &rtp, data, &len), -EACCES);
		assert_int_equal(plain_stats(other)->rx_unauthentic, 1);
		plain_free(one);
		plain_free(other);
	}
}

/* ---- with a router ---- */

static struct kit kit;

static int set_up(void **state)
{
	kit = (struct kit){ .packets = 0 };
	return kit_init(&kit);
}

static int tear_down(void **state)
{
	kit_done(&kit);
	return 0;
}

static uint32_t join(const char *json)
{
	const struct plain_spec spec = spec_of(json);
	struct plain_peer peer;
	uint32_t handle = 0;
	plain_describe(&spec, &kit.rand, &peer);
	assert_int_equal(router_peer_set(kit.router, &peer.router, 0, &handle), 0);
	assert_int_equal(ROUTER_PEER_INDEX(handle), spec.index);
	router_peer_ready(kit.router, handle, true, 0);
	return handle;
}

/* 20 ms of an encoder: in by its end, as the loop does it. */
static void encoder_says(struct plain *plain, uint32_t handle, uint16_t seq, rs_time now)
{
	const struct rs_addr from = addr("198.51.100.7:6000");
	uint8_t data[ROUTER_PACKET_MAX];
	size_t len = sound(data, 77, seq);
	assert_int_equal(plain_open(plain, PLAIN_RTP, &from, data, &len), ROUTER_RTP);
	assert_int_equal(router_recv_rtp(kit.router, handle, data, len, now), 0);
	router_tick(kit.router, now);
}

static const struct kit_peer listener = { .id = "L", .csrc = 1001, .silent = true };
static const struct kit_peer speakers[] = {
	{ .id = "KEN", .csrc = 1002 },
	{ .id = "FRA", .csrc = 1003 },
};

static void a_source_is_heard_with_the_floor_alone(void **state)
{
	struct plain *plain = end_of("[{" SOURCE ENDS "}]");
	const uint32_t encoder = join("[{" SOURCE ENDS "}]");
	const uint32_t ear = kit_must_join(&kit, &listener);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	for (uint16_t seq = 0; seq < 10; seq++)
		encoder_says(plain, encoder, seq, seq * 20 * MS);
	assert_int_equal(kit_count_rtp(&kit, ear, 0), 0);
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 2, .open = { "ENC" } }, 200 * MS);
	for (uint16_t seq = 10; seq < 20; seq++)
		encoder_says(plain, encoder, seq, seq * 20 * MS);
	assert_int_equal(kit_count_rtp(&kit, ear, kit_slot_ssrc(&listener, 3, false)), 10);
	const struct rtp_packet heard = kit_parsed(kit_rtp(&kit, ear, 0, 0));
	assert_int_equal(heard.n_csrcs, 1);
	assert_int_equal(heard.csrcs[0], 7);
	plain_free(plain);
}

static void an_encoder_gets_receiver_reports(void **state)
{
	struct plain *plain = end_of("[{" SOURCE ENDS "}]");
	const uint32_t encoder = join("[{" SOURCE ENDS "}]");
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .direct = true }, 0);
	for (uint16_t seq = 0; seq < 100; seq++)
		encoder_says(plain, encoder, seq, seq * 20 * MS);
	assert_int_equal(kit_told(&kit, encoder).ssrc, 77);
	plain_free(plain);
}

static void speak(unsigned who, const uint32_t handles[2], uint16_t seq, rs_time now)
{
	kit_speak(&kit, handles[who], 500 + who, seq, 90, now);
	router_tick(kit.router, now);
}

static void a_feed_is_one_stream_over_a_change_of_the_floor(void **state)
{
	const uint32_t out = join("[{" FEED "\"ssrc\": 4711, " ENDS "}]");
	const uint32_t handles[] = { kit_must_join(&kit, &speakers[0]),
		kit_must_join(&kit, &speakers[1]) };
	kit_must_meeting(&kit, &(struct kit_meeting){ .event = 1, .open = { "KEN" } }, 0);
	for (unsigned i = 0; i < 150; i++) {
		const rs_time now = i * 20 * MS;
		if (i == 75)
			kit_must_meeting(
				&kit, &(struct kit_meeting){ .event = 2, .open = { "FRA" } }, now);
		speak(0, handles, (uint16_t)i, now);
		speak(1, handles, (uint16_t)(40000 + i), now);
	}
	const size_t n = kit_count_rtp(&kit, out, 0);
	assert_int_equal(kit_count_rtp(&kit, out, 4711), n);
	assert_int_equal(n, 150);
	struct rtp_packet before = kit_parsed(kit_rtp(&kit, out, 4711, 0));
	for (size_t i = 1; i < n; i++) {
		const struct rtp_packet packet = kit_parsed(kit_rtp(&kit, out, 4711, i));
		assert_int_equal(packet.pt, 111);
		assert_int_equal(packet.seq, (uint16_t)(before.seq + 1));
		assert_in_range(packet.rtp_ts - before.rtp_ts, 1, 2 * 960);
		assert_int_equal(packet.csrcs[0], i < 75 ? 1002 : 1003);
		before = packet;
	}
	assert_in_range(kit_count_rtcp(&kit, out, RTCP_SR, 0), 2, 4);
}

static void without_a_number_an_ssrc_is_chosen(void **state)
{
	const struct plain_spec spec = spec_of("[{" FEED GCM ENDS "}]");
	struct plain_peer one;
	struct plain_peer other;
	plain_describe(&spec, &kit.rand, &one);
	plain_describe(&spec, &kit.rand, &other);
	assert_int_not_equal(one.recv.ssrc, 0);
	assert_int_not_equal(one.recv.ssrc, other.recv.ssrc);
}

int main(void)
{
	if (crypt_start() < 0)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_is_no_stream),
		cmocka_unit_test(entries_are_read_in_order),
		cmocka_unit_test(a_fault_names_entry_and_key),
		cmocka_unit_test(there_are_as_many_as_the_limit_says),
		cmocka_unit_test(a_birth_needs_memory),
		cmocka_unit_test(only_the_named_address_is_heard),
		cmocka_unit_test(ports_are_two_or_one),
		cmocka_unit_test(without_protection_packets_go_as_they_are),
		cmocka_unit_test(srtp_is_sealed_and_opened_with_the_key_of_the_entry),
		cmocka_unit_test_setup_teardown(
			a_source_is_heard_with_the_floor_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_encoder_gets_receiver_reports, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_feed_is_one_stream_over_a_change_of_the_floor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			without_a_number_an_ssrc_is_chosen, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
