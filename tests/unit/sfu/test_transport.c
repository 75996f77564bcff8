#include "sfu/transport/transport.h"

#include "tests/support/oom.h"
#include "tests/support/simlink.h"
#include "tools/client/rtc_client.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WALL_S 1795305600
#define HELLO_OF_A_BROWSER 1250 /* padding that takes the ClientHello above one datagram */

static const struct ice_credentials our = { "aB3d", "0123456789abcdef012345" };
static const struct ice_credentials their = { "xYz1", "abcdefghijklmnopqrstuvwx" };
static const struct ice_credentials our_new = { "nEw1", "543210fedcba9876543210" };
static const struct ice_credentials their_new = { "nEw2", "abcdefghijklmnopqrstuvwx" };

static struct dtls_identity *identity;

/* The SFU's end, a client, and the line between them. */
struct world {
	struct transport *transport;
	struct rtc_client *client;
	struct simlink *up;   /* client to SFU */
	struct simlink *down; /* SFU to client */
	rs_time now;
	unsigned seen[TRANSPORT_FAILED + 1]; /* outputs of each kind */
	int error;                           /* of TRANSPORT_FAILED */
	size_t largest_dtls;                 /* octets of a datagram the SFU sent */
	unsigned dtls_up;                    /* DTLS datagrams that came from the client */
	rs_time connected_at;
	unsigned drop_dtls_down; /* that many DTLS datagrams of ours are lost */
};

struct world_config {
	struct rtc_client_config client;
	struct simlink_config link;
	const char *hash;       /* of the client's fingerprint, NULL = sha-256 */
	bool wrong_fingerprint; /* signaling told another */
};

static struct rs_addr address(uint8_t host, uint16_t port)
{
	const uint8_t ip[4] = { 192, 0, 2, host };
	return rs_addr_v4(ip, port);
}

static struct world_config config_usual(void)
{
	return (struct world_config){
		.client = {
			.own = their,
			.server = our,
			.address = address(1, 4000),
			.server_address = address(200, 50000),
			.server_fingerprint = dtls_identity_fingerprint(identity),
			.seed = 1,
		},
		.link = { .delay = RS_MS(20), .seed = 1 },
	};
}

static struct transport_config transport_usual(void)
{
	struct transport_config config;
	transport_config_default(&config);
	config.ice.local = our;
	config.ice.remote = their;
	config.dtls.identity = identity;
	return config;
}

static void world_init(struct world *world, const struct world_config *config)
{
	*world = (struct world){ .now = RS_SEC(1000) };
	struct simlink_config link = config->link;
	assert_int_equal(simlink_new(&link, &world->up), 0);
	link.seed += 1000;
	assert_int_equal(simlink_new(&link, &world->down), 0);
	assert_int_equal(rtc_client_new(&config->client, world->now, &world->client), 0);

	struct transport_config ours = transport_usual();
	const char *hash = config->hash != NULL ? config->hash : "sha-256";
	char text[RTC_CLIENT_FINGERPRINT_LEN];
	rtc_client_fingerprint(world->client, hash, text);
	assert_int_equal(dtls_fingerprint_parse(hash, text, &ours.dtls.fingerprint), 0);
	if (config->wrong_fingerprint)
		ours.dtls.fingerprint.digest[31] ^= 1;
	assert_int_equal(transport_new(&ours, world->now, &world->transport), 0);
}

static void world_done(struct world *world)
{
	transport_free(world->transport);
	rtc_client_free(world->client);
	simlink_free(world->up);
	simlink_free(world->down);
}

static void transport_drain(struct world *world)
{
	struct transport_output output;
	while (transport_poll(world->transport, &output) == 1) {
		world->seen[output.kind]++;
		if (output.kind == TRANSPORT_FAILED)
			world->error = output.error;
		if (output.kind == TRANSPORT_CONNECTED)
			world->connected_at = world->now;
		if (output.kind != TRANSPORT_DATAGRAM)
			continue;
		if (output.data_view[0] >= 20) {
			if (output.len > world->largest_dtls)
				world->largest_dtls = output.len;
			if (world->drop_dtls_down > 0) {
				world->drop_dtls_down--;
				continue;
			}
		}
		const struct rs_addr from = address(200, 50000);
		simlink_send(world->down, &from, &output.path.remote, output.data_view, output.len,
			world->now);
	}
}

static void client_drain(struct world *world)
{
	struct rtc_client_datagram datagram;
	while (rtc_client_poll(world->client, &datagram) == 1)
		simlink_send(world->up, &datagram.from, &datagram.to, datagram.data_view,
			datagram.len, world->now);
}

static rs_time world_deadline(const struct world *world)
{
	return rs_time_min(rs_time_min(simlink_deadline(world->up), simlink_deadline(world->down)),
		rs_time_min(
			transport_deadline(world->transport), rtc_client_deadline(world->client)));
}

/* One turn at the next thing that happens. */
static void world_step(struct world *world)
{
	struct simlink_datagram datagram;
	while (simlink_recv(world->up, world->now, &datagram) == 1) {
		const struct ice_path from = { .local = 0, .remote = datagram.from };
		world->dtls_up += datagram.data[0] >= 20;
		/* What the network does to a datagram is no failure of the test. */
		(void)!transport_recv(
			world->transport, datagram.data, datagram.len, &from, world->now);
		transport_drain(world);
	}
	while (simlink_recv(world->down, world->now, &datagram) == 1)
		rtc_client_recv(world->client, datagram.data, datagram.len, world->now);
	transport_tick(world->transport, world->now);
	rtc_client_tick(world->client, world->now);
	transport_drain(world);
	client_drain(world);
	assert_true(transport_deadline(world->transport) > world->now);
}

static void world_run(struct world *world, rs_time duration)
{
	const rs_time end = world->now + duration;
	for (;;) {
		world_step(world);
		const rs_time next = world_deadline(world);
		if (next > end)
			break;
		world->now = rs_time_max(next, world->now);
	}
	world->now = end;
}

static bool world_connected(const struct world *world)
{
	return world->seen[TRANSPORT_CONNECTED] == 1 && rtc_client_is_connected(world->client) &&
	       transport_is_open(world->transport);
}

struct packet {
	size_t len;
	_Alignas(8) uint8_t data[128];
};

static struct packet packet_of(bool rtcp, uint16_t seq)
{
	struct packet packet = { .len = rtcp ? 8 : 60 };
	packet.data[0] = 0x80;
	packet.data[1] = rtcp ? 201 : 111;
	packet.data[2] = rtcp ? 0 : (uint8_t)(seq >> 8);
	packet.data[3] = rtcp ? 1 : (uint8_t)seq;
	packet.data[rtcp ? 7 : 11] = 7;
	return packet;
}

/* A packet of the client arrives by `from`. */
static int media_up(struct world *world, const struct packet *sealed, struct rs_addr from)
{
	struct packet packet = *sealed;
	const struct ice_path path = { .local = 0, .remote = from };
	return transport_open(world->transport, packet.data, &packet.len, &path, world->now);
}

static void assert_media_flows(struct world *world, uint16_t seq)
{
	for (unsigned rtcp = 0; rtcp < 2; rtcp++) {
		const struct packet plain = packet_of(rtcp != 0, seq);
		struct packet packet = plain;
		assert_int_equal(rtc_client_seal(world->client, rtcp != 0, packet.data, &packet.len,
					 sizeof(packet.data)),
			0);
		const struct ice_path *from = transport_selected(world->transport);
		assert_non_null(from);
		assert_int_equal(transport_open(world->transport, packet.data, &packet.len, from,
					 world->now),
			rtcp != 0 ? TRANSPORT_RTCP : TRANSPORT_RTP);
		assert_int_equal(packet.len, plain.len);
		assert_memory_equal(packet.data, plain.data, plain.len);

		packet = plain;
		const size_t cap = sizeof(packet.data);
		assert_int_equal(rtcp != 0 ? transport_seal_rtcp(world->transport, packet.data,
						     &packet.len, cap)
					   : transport_seal_rtp(world->transport, plain.data,
						     plain.len, packet.data, cap, &packet.len),
			0);
		assert_int_equal(
			rtc_client_open(world->client, rtcp != 0, packet.data, &packet.len), 0);
		assert_memory_equal(packet.data, plain.data, plain.len);
	}
}

static void a_browser_connects_and_media_flows_both_ways(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	const rs_time start = world.now;
	world_run(&world, RS_SEC(2));
	assert_true(world_connected(&world));
	/* One round for ICE, two for DTLS, at 40 ms. */
	assert_true(world.connected_at - start <= RS_MS(110));
	assert_int_equal(world.seen[TRANSPORT_SELECTED], 1);
	assert_true(world.largest_dtls <= DTLS_MTU);
	assert_media_flows(&world, 1);
	const struct rs_addr mapped = rtc_client_mapped(world.client);
	const struct rs_addr expected = address(1, 4000);
	assert_true(rs_addr_equal(&mapped, &expected));
	world_done(&world);
}

static void our_order_of_srtp_profiles_decides(void **state)
{
	static const struct {
		const char *offered;
		size_t sealed_len; /* of a 60 octet packet */
	} cases[] = {
		{ NULL, 76 }, /* as Chromium: AES-CM first */
		{ "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", 76 },
		{ "SRTP_AES128_CM_SHA1_80", 70 },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct world world;
		struct world_config config = config_usual();
		config.client.srtp_profiles = cases[i].offered;
		world_init(&world, &config);
		world_run(&world, RS_SEC(2));
		assert_true(world_connected(&world));
		struct packet packet = packet_of(false, 1);
		assert_int_equal(transport_seal_rtp(world.transport, packet.data, packet.len,
					 packet.data, 128, &packet.len),
			0);
		assert_int_equal(packet.len, cases[i].sealed_len);
		assert_media_flows(&world, 2);
		world_done(&world);
	}
}

static void a_client_without_srtp_fails(void **state)
{
	struct world world;
	struct world_config config = config_usual();
	config.client.srtp_profiles = "SRTP_AES128_CM_SHA1_32"; /* not one of ours */
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	assert_int_equal(world.seen[TRANSPORT_CONNECTED], 0);
	assert_int_equal(world.seen[TRANSPORT_FAILED], 1);
	assert_int_equal(world.error, -EOPNOTSUPP);
	world_done(&world);
}

static void a_client_hello_in_two_datagrams_is_put_together(void **state)
{
	struct world world;
	struct world_config config = config_usual();
	config.client.hello_padding = HELLO_OF_A_BROWSER;
	world_init(&world, &config);
	world_run(&world, RS_MS(60)); /* until the hello is there */
	assert_true(world.dtls_up >= 2);
	world_run(&world, RS_SEC(2));
	assert_true(world_connected(&world));
	world_done(&world);
}

static void handshakes_come_through_a_bad_line(void **state)
{
	unsigned connected = 0;
	rs_time worst = 0;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct world world;
		struct world_config config = config_usual();
		config.client.hello_padding = HELLO_OF_A_BROWSER;
		config.client.seed = seed;
		config.link = (struct simlink_config){
			.delay = RS_MS(30),
			.jitter = RS_MS(40), /* reorders */
			.loss_permille = 200,
			.double_permille = 100,
			.seed = seed,
		};
		world_init(&world, &config);
		const rs_time start = world.now;
		world_run(&world, RS_SEC(20));
		connected += world_connected(&world);
		worst = rs_time_max(worst, world.connected_at - start);
		simlink_set_loss(world.up, 0);
		if (world_connected(&world))
			assert_media_flows(&world, 1);
		world_done(&world);
	}
	assert_int_equal(connected, 40);
	assert_true(worst < RS_SEC(8));
}

static void either_half_of_the_hello_may_be_lost_at_first(void **state)
{
	for (uint64_t seed = 100; seed < 110; seed++) {
		struct world world;
		struct world_config config = config_usual();
		config.client.hello_padding = HELLO_OF_A_BROWSER;
		config.link.loss_permille = 500;
		config.link.seed = seed;
		world_init(&world, &config);
		world_run(&world, RS_MS(300));
		simlink_set_loss(world.up, 0);
		simlink_set_loss(world.down, 0);
		world_run(&world, RS_SEC(4));
		assert_true(world_connected(&world));
		world_done(&world);
	}
}

static void our_lost_flights_are_repeated_before_a_second_is_over(void **state)
{
	/* The n-th datagram of DTLS that we send is lost: the flight with the certificate, then the
	 * last one, once and twice. */
	for (unsigned lost = 1; lost <= 3; lost++) {
		struct world world;
		const struct world_config config = config_usual();
		world_init(&world, &config);
		world.drop_dtls_down = lost;
		const rs_time start = world.now;
		world_run(&world, RS_SEC(4));
		assert_true(world_connected(&world));
		assert_true(world.connected_at - start < RS_SEC(1));
		world_done(&world);
	}
}

static void a_last_flight_that_is_lost_is_repeated_on_demand(void **state)
{
	for (unsigned lost = 1; lost <= 4; lost++) {
		struct world world;
		const struct world_config config = config_usual();
		world_init(&world, &config);
		while (world.seen[TRANSPORT_SELECTED] == 0 || world.largest_dtls == 0) {
			world_step(&world);
			world.now = world_deadline(&world);
		}
		world.drop_dtls_down = lost; /* the flight after the certificate's */
		world_run(&world, RS_SEC(6));
		assert_true(world_connected(&world));
		world_done(&world);
	}
}

static void a_certificate_signaling_did_not_announce_is_refused(void **state)
{
	struct world world;
	struct world_config config = config_usual();
	config.wrong_fingerprint = true;
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	assert_int_equal(world.seen[TRANSPORT_CONNECTED], 0);
	assert_int_equal(world.seen[TRANSPORT_FAILED], 1);
	assert_int_equal(world.error, -EACCES);
	assert_true(rtc_client_has_failed(world.client)); /* it was told by an alert */
	struct packet packet = packet_of(false, 1);
	assert_int_equal(transport_seal_rtp(world.transport, packet.data, packet.len, packet.data,
				 128, &packet.len),
		-EPROTO);
	world_done(&world);
}

static void fingerprints_may_be_of_longer_hashes(void **state)
{
	static const char *const hashes[] = { "sha-384", "sha-512" };
	for (size_t i = 0; i < RS_ARRAY_LEN(hashes); i++) {
		struct world world;
		struct world_config config = config_usual();
		config.hash = hashes[i];
		world_init(&world, &config);
		world_run(&world, RS_SEC(2));
		assert_true(world_connected(&world));
		world_done(&world);
	}
}

/* Whatever DTLS the client sends is copied to the transport from an address that proved nothing. */
static void a_client_hello_from_an_unproven_address_is_not_looked_at(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	const struct ice_path thief = { .local = 0, .remote = address(66, 666) };
	const struct ice_path other_socket = { .local = 1, .remote = address(1, 4000) };
	uint8_t hello[200] = { 22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 187, 1 };
	assert_int_equal(
		transport_recv(world.transport, hello, sizeof(hello), &thief, world.now), -EACCES);
	world_run(&world, RS_MS(45)); /* ICE is through, DTLS under way */
	assert_int_equal(
		transport_recv(world.transport, hello, sizeof(hello), &thief, world.now), -EACCES);
	assert_int_equal(
		transport_recv(world.transport, hello, sizeof(hello), &other_socket, world.now),
		-EACCES);
	world_run(&world, RS_SEC(2));
	assert_true(world_connected(&world));
	struct transport_stats stats;
	transport_stats(world.transport, &stats);
	assert_int_equal(stats.stray_dtls, 3);
	world_done(&world);
}

static void media_is_taken_once_from_proven_paths_only(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	struct packet packet = packet_of(false, 9);
	assert_int_equal(media_up(&world, &packet, address(1, 4000)), -EPROTO); /* no keys yet */
	world_run(&world, RS_SEC(2));
	assert_int_equal(rtc_client_seal(world.client, false, packet.data, &packet.len, 128), 0);
	assert_int_equal(media_up(&world, &packet, address(66, 666)), -EACCES);
	assert_int_equal(media_up(&world, &packet, address(1, 4000)), TRANSPORT_RTP);
	assert_int_equal(media_up(&world, &packet, address(1, 4000)), -EALREADY);
	packet.data[20] ^= 1;
	packet.data[3]++;
	assert_int_equal(media_up(&world, &packet, address(1, 4000)), -EACCES);
	packet.data[0] = 0x40;
	assert_int_equal(media_up(&world, &packet, address(1, 4000)), -EBADMSG);
	struct transport_stats stats;
	transport_stats(world.transport, &stats);
	assert_int_equal(stats.stray_media, 2);
	assert_int_equal(stats.opened, 1);
	assert_int_equal(stats.open_replayed, 1);
	assert_int_equal(stats.open_failed, 1);
	world_done(&world);
}

static void a_peer_that_falls_silent_is_disconnected_and_may_come_back(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	assert_true(world_connected(&world));
	rtc_client_silence(world.client, true);
	world_run(&world, RS_SEC(27));
	assert_int_equal(world.seen[TRANSPORT_DISCONNECTED], 0);
	world_run(&world, RS_SEC(5));
	assert_int_equal(world.seen[TRANSPORT_DISCONNECTED], 1);
	assert_false(transport_is_open(world.transport));
	assert_null(transport_selected(world.transport));

	rtc_client_silence(world.client, false);
	world_run(&world, RS_SEC(2));
	assert_true(transport_is_open(world.transport));
	assert_media_flows(&world, 1); /* with the keys it had */
	world_done(&world);
}

static void a_receiver_that_only_reports_stays_connected(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	rtc_client_silence(world.client, true);
	for (unsigned i = 0; i < 12; i++) {
		world_run(&world, RS_SEC(10));
		struct packet report = packet_of(true, 0);
		assert_int_equal(
			rtc_client_seal(world.client, true, report.data, &report.len, 128), 0);
		assert_int_equal(media_up(&world, &report, address(1, 4000)), TRANSPORT_RTCP);
	}
	assert_int_equal(world.seen[TRANSPORT_DISCONNECTED], 0);
	world_done(&world);
}

static void a_nat_that_forgets_moves_the_path_at_the_next_check(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	const struct rs_addr moved = address(1, 4777);
	rtc_client_move(world.client, &moved);

	/* Media alone proves nothing about the new address. */
	struct packet packet = packet_of(false, 5);
	assert_int_equal(rtc_client_seal(world.client, false, packet.data, &packet.len, 128), 0);
	assert_int_equal(media_up(&world, &packet, moved), -EACCES);
	assert_int_equal(transport_selected(world.transport)->remote.port, 4000);
	world_run(&world, RS_SEC(2));
	assert_int_equal(transport_selected(world.transport)->remote.port, 4777);
	assert_int_equal(world.seen[TRANSPORT_SELECTED], 2);
	assert_int_equal(media_up(&world, &packet, moved), TRANSPORT_RTP);
	assert_media_flows(&world, 6);
	assert_int_equal(world.seen[TRANSPORT_CONNECTED], 1);
	world_done(&world);
}

static void an_ice_restart_keeps_keys_and_streams(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	assert_media_flows(&world, 1);
	assert_int_equal(transport_restart(world.transport, &our_new, &their_new), 0);
	assert_string_equal(transport_ufrag(world.transport), our_new.ufrag);
	assert_string_equal(transport_old_ufrag(world.transport), our.ufrag);
	world_run(&world, RS_SEC(3)); /* the answer is still on its way: old checks count */
	assert_media_flows(&world, 2);
	assert_int_equal(world.seen[TRANSPORT_RESTARTED], 0);

	const struct rs_addr moved = address(9, 5000);
	rtc_client_move(world.client, &moved);
	rtc_client_restart(world.client, &their_new, &our_new, world.now);
	world_run(&world, RS_SEC(1));
	assert_int_equal(world.seen[TRANSPORT_RESTARTED], 1);
	assert_null(transport_old_ufrag(world.transport));
	assert_int_equal(transport_selected(world.transport)->remote.port, 5000);
	assert_media_flows(&world, 3);
	assert_int_equal(world.seen[TRANSPORT_CONNECTED], 1);
	world_done(&world);
}

static void a_good_bye_is_heard_on_either_side(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	rtc_client_close(world.client);
	world_run(&world, RS_SEC(1));
	assert_int_equal(world.seen[TRANSPORT_CLOSED], 1);
	world_done(&world);

	world_init(&world, &config);
	world_run(&world, RS_SEC(2));
	transport_close(world.transport);
	world_run(&world, RS_SEC(1));
	assert_true(rtc_client_has_failed(world.client));
	world_done(&world);
}

static void a_client_that_never_says_hello_times_out(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	const struct ice_path from = { .local = 0, .remote = address(1, 4000) };
	struct rtc_client_datagram datagram;
	const rs_time start = world.now;
	for (unsigned i = 0; i <= 30; i++, world.now += RS_SEC(1)) {
		assert_int_equal(world.seen[TRANSPORT_FAILED], 0);
		rtc_client_tick(world.client, world.now); /* its checks, and nothing else */
		while (rtc_client_poll(world.client, &datagram) == 1)
			assert_int_equal(transport_recv(world.transport, datagram.data_view,
						 datagram.len, &from, world.now),
				0);
		assert_true(transport_deadline(world.transport) <= start + RS_SEC(30));
		transport_tick(world.transport, world.now);
		transport_drain(&world);
	}
	assert_int_equal(world.seen[TRANSPORT_FAILED], 1);
	assert_int_equal(world.error, -ETIMEDOUT);
	world_done(&world);
}

static void media_of_the_wrong_sort_is_malformed(void **state)
{
	struct world world;
	const struct world_config config = config_usual();
	world_init(&world, &config);
	const struct ice_path from = { .local = 0, .remote = address(1, 4000) };
	struct packet packet = packet_of(false, 1);
	assert_int_equal(
		transport_recv(world.transport, packet.data, packet.len, &from, 0), -EBADMSG);
	packet.data[0] = 0;
	assert_int_equal(
		transport_open(world.transport, packet.data, &packet.len, &from, 0), -EBADMSG);
	world_done(&world);
}

static int birth_and_recv(void *ctx)
{
	struct transport_config config = transport_usual();
	struct transport *transport = NULL;
	const struct ice_path from = { .local = 0, .remote = address(1, 4000) };
	const int err = transport_new(&config, 0, &transport);
	if (err < 0)
		return err;
	const uint8_t noise[20] = { 0, 1 };
	assert_int_equal(transport_recv(transport, noise, sizeof(noise), &from, 0), -EBADMSG);
	transport_free(transport);
	return 0;
}

static void lack_of_memory_fails_the_birth(void **state)
{
	check_oom(birth_and_recv, NULL);
	struct transport_config config = transport_usual();
	struct transport *transport = NULL;
	config.max_recv_streams = 0;
	assert_int_equal(transport_new(&config, 0, &transport), -EINVAL);
	config = transport_usual();
	config.max_send_streams = CRYPT_STREAMS_MAX + 1;
	assert_int_equal(transport_new(&config, 0, &transport), -EINVAL);
}

static void lack_of_memory_at_the_keys_fails_this_peer_only(void **state)
{
	/* The keys need six blocks of ours. The one before them, for the last flight, is a favour: without it
	 * the handshake's memory is kept. */
	for (int64_t n = 1; n < 7; n++) {
		struct world world;
		const struct world_config config = config_usual();
		world_init(&world, &config);
		while (!rtc_client_is_connected(world.client) &&
			world.seen[TRANSPORT_FAILED] == 0) {
			if (world.dtls_up > 0)
				rs_mem_fail_after(n);
			world_step(&world);
			rs_mem_fail_after(-1);
			world.now = world_deadline(&world);
		}
		assert_int_equal(world.seen[TRANSPORT_FAILED], 1);
		assert_int_equal(world.error, -ENOMEM);
		assert_false(transport_is_open(world.transport));
		world_done(&world);
	}
}

static int start(void **state)
{
	const int err = crypt_start();
	return err < 0 ? err : dtls_identity_new(WALL_S, &identity);
}

static int end(void **state)
{
	identity = dtls_identity_free(identity);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browser_connects_and_media_flows_both_ways),
		cmocka_unit_test(our_order_of_srtp_profiles_decides),
		cmocka_unit_test(a_client_without_srtp_fails),
		cmocka_unit_test(a_client_hello_in_two_datagrams_is_put_together),
		cmocka_unit_test(handshakes_come_through_a_bad_line),
		cmocka_unit_test(either_half_of_the_hello_may_be_lost_at_first),
		cmocka_unit_test(our_lost_flights_are_repeated_before_a_second_is_over),
		cmocka_unit_test(a_last_flight_that_is_lost_is_repeated_on_demand),
		cmocka_unit_test(a_certificate_signaling_did_not_announce_is_refused),
		cmocka_unit_test(fingerprints_may_be_of_longer_hashes),
		cmocka_unit_test(a_client_hello_from_an_unproven_address_is_not_looked_at),
		cmocka_unit_test(media_is_taken_once_from_proven_paths_only),
		cmocka_unit_test(a_peer_that_falls_silent_is_disconnected_and_may_come_back),
		cmocka_unit_test(a_receiver_that_only_reports_stays_connected),
		cmocka_unit_test(a_nat_that_forgets_moves_the_path_at_the_next_check),
		cmocka_unit_test(an_ice_restart_keeps_keys_and_streams),
		cmocka_unit_test(a_good_bye_is_heard_on_either_side),
		cmocka_unit_test(a_client_that_never_says_hello_times_out),
		cmocka_unit_test(media_of_the_wrong_sort_is_malformed),
		cmocka_unit_test(lack_of_memory_fails_the_birth),
		cmocka_unit_test(lack_of_memory_at_the_keys_fails_this_peer_only),
	};
	return cmocka_run_group_tests(tests, start, end);
}
