/* rostrum-sfu among hostile peers and strangers. In each case KEN speaks to FRA meanwhile: not one packet
 * of theirs may be lost, and the program's memory stays bounded.
 * usage: sfu_hostile PROGRAM WORKERS */
#include "common/base/rand.h"
#include "common/rtp/rtcp.h"
#include "tests/integration/sfu_world.h"
#include "tests/support/client_hello.h"
#include "tools/client/rtc_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A flood is sent in bursts that a machine under test can read, or it would be the kernel that drops. */
#define BURST 50
#define BURST_MS 2
#define MEMORY_MAX_KB 16384
#define PATIENCE_MS 30000

static const char *program;
static unsigned workers;

struct scene {
	struct sfu_world world;
	struct sfu_peer *ken;
	struct sfu_peer *fra;
	struct sfu_peer *eve; /* has every right of a participant */
	struct rs_rand rand;
	long memory_kb;
	uint64_t sent;
	uint64_t received;
};

/* ---- what must not change ---- */

static long memory_kb(const struct scene *scene)
{
	char path[64];
	char line[128];
	long kb = 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)scene->world.pid);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		(void)sscanf(line, "VmRSS: %ld", &kb);
	(void)fclose(file);
	assert_true(kb > 0);
	return kb;
}

static int setup(void **state)
{
	static struct scene scene;
	struct sfu_world *world = &scene.world;
	scene = (struct scene){ 0 };
	rs_rand_init_seed(&scene.rand, 7);
	sfu_world_start(world, program, workers);
	world->cameras = true;
	sfu_world_floor(world, 1, "\"KEN\",\"EVE\"");
	scene.ken = sfu_world_peer(world, "KEN", 0);
	scene.fra = sfu_world_peer(world, "FRA", 0);
	scene.eve = sfu_world_peer(world, "EVE", 0);
	scene.ken->speaking = true;
	scene.ken->filming = true;
	sfu_world_run(world, 300);
	scene.ken->speaking = false;
	sfu_world_settle(world);
	scene.ken->speaking = true;
	scene.memory_kb = memory_kb(&scene);
	scene.sent = scene.ken->sent;
	scene.received = scene.fra->received;
	*state = &scene;
	return 0;
}

/* The attack is over: was anything lost? */
static void unharmed(struct scene *scene)
{
	sfu_world_speak(&scene->world, scene->ken, 10);
	scene->ken->speaking = false;
	sfu_world_settle(&scene->world);
	assert_true(scene->ken->sent > scene->sent + 10);
	assert_int_equal(scene->fra->received - scene->received, scene->ken->sent - scene->sent);
	assert_int_equal(scene->fra->out_of_sequence, 0);
	assert_false(scene->ken->alerted);
	assert_false(scene->fra->alerted);
	assert_in_range(memory_kb(scene), 1, scene->memory_kb + MEMORY_MAX_KB);
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	sfu_world_end(&scene->world);
	return 0;
}

static int64_t counter(struct scene *scene, const char *name)
{
	json_t *counters = sfu_world_counters(&scene->world);
	const json_t *value = json_object_get(counters, name);
	assert_non_null(value);
	const int64_t n = json_integer_value(value);
	json_decref(counters);
	return n;
}

/* The worker the next peer goes to. */
static size_t next_worker(const struct sfu_world *world)
{
	return world->n_peers % world->n_workers;
}

/* ---- strangers ---- */

static int stranger(const struct rs_addr *server)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(server->port) };
	memcpy(&addr.sin_addr, server->ip, 4);
	assert_int_equal(connect(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* Octets that came back to a stranger. */
static size_t heard_by(int fd)
{
	uint8_t data[2048];
	size_t sum = 0;
	ssize_t n = 0;
	while ((n = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0)
		sum += (size_t)n;
	return sum;
}

static void forged_client_hellos_race_a_handshake_and_lose(void **state)
{
	struct scene *scene = *state;
	struct sfu_world *world = &scene->world;
	const int fd = stranger(&world->addresses[next_worker(world)][0]);
	for (int i = 0; i < 500; i++) {
		(void)send(fd, client_hello_chromium_1, sizeof(client_hello_chromium_1), 0);
		(void)send(fd, client_hello_chromium_2, sizeof(client_hello_chromium_2), 0);
		(void)send(fd, client_hello_firefox_1, sizeof(client_hello_firefox_1), 0);
		if (i % 10 == 0)
			sfu_world_run(world, 1);
		if (i == 250) /* its handshake runs while they come */
			assert_true(
				rtc_client_is_connected(sfu_world_peer(world, "USA", 0)->client));
	}
	sfu_world_run(world, 50);
	assert_int_equal(heard_by(fd), 0);
	assert_true(counter(scene, "dtls_stray") >= 1400);
	unharmed(scene);
	(void)close(fd);
}

static void checks_said_again_from_elsewhere_move_no_path(void **state)
{
	struct scene *scene = *state;
	const int to_fra = stranger(&scene->fra->server);
	const int to_ken = stranger(&scene->ken->server);
	for (int i = 0; i < 100; i++) {
		sfu_world_run(&scene->world, 10);
		for (int n = 0; n < 10; n++) {
			(void)send(to_fra, scene->fra->check, scene->fra->check_len, 0);
			(void)send(to_ken, scene->ken->check, scene->ken->check_len, 0);
		}
	}
	assert_int_equal(heard_by(to_fra) + heard_by(to_ken), 0);
	assert_true(counter(scene, "stun_refused") >= 1900);
	unharmed(scene);
	(void)close(to_fra);
	(void)close(to_ken);
}

static void guesses_of_a_password_get_no_octet_back(void **state)
{
	struct scene *scene = *state;
	const int fd = stranger(&scene->fra->server);
	uint8_t check[512];
	for (int i = 0; i < 4000; i++) {
		memcpy(check, scene->fra->check, scene->fra->check_len);
		rs_rand_bytes(&scene->rand, check + 8, 12);
		(void)send(fd, check, scene->fra->check_len, 0);
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	sfu_world_run(&scene->world, 50);
	assert_int_equal(heard_by(fd), 0);
	unharmed(scene);
	(void)close(fd);
}

/* A datagram that claims to come from the peer's own address. */
static void spoof(int raw, const struct sfu_peer *peer, const uint8_t *data, size_t len)
{
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	assert_int_equal(getsockname(peer->fd, (struct sockaddr *)&from, &from_len), 0);
	uint8_t packet[1600];
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(peer->server.port) };
	memcpy(&to.sin_addr, peer->server.ip, 4);
	ip.saddr = from.sin_addr.s_addr;
	ip.daddr = to.sin_addr.s_addr;
	const struct udphdr udp = {
		.source = from.sin_port,
		.dest = to.sin_port,
		.len = htons((uint16_t)(sizeof(udp) + len)), /* checksum 0: not computed */
	};
	assert_true(sizeof(ip) + sizeof(udp) + len <= sizeof(packet));
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), &udp, sizeof(udp));
	memcpy(packet + sizeof(ip) + sizeof(udp), data, len);
	(void)sendto(
		raw, packet, sizeof(ip) + sizeof(udp) + len, 0, (struct sockaddr *)&to, sizeof(to));
}

static void a_spoofed_source_address_harms_nobody(void **state)
{
	struct scene *scene = *state;
	const int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (raw < 0)
		skip(); /* needs the right to forge packets */
	uint8_t data[1200];
	for (int i = 0; i < 3000; i++) {
		struct sfu_peer *victim = i % 2 == 0 ? scene->ken : scene->fra;
		const size_t len = 20 + rs_rand_u32(&scene->rand) % 1000;
		static const uint8_t kinds[][2] = { { 0x80, 111 }, { 0x80, 201 }, { 22, 254 },
			{ 0, 1 }, { 21, 254 }, { 20, 254 }, { 23, 254 } };
		rs_rand_bytes(&scene->rand, data, sizeof(data));
		memcpy(data, kinds[(size_t)i % RS_ARRAY_LEN(kinds)], 2);
		spoof(raw, victim, data, len);
		if (i % 100 == 0) {
			spoof(raw, victim, client_hello_chromium_1,
				sizeof(client_hello_chromium_1));
			spoof(raw, victim, client_hello_chromium_2,
				sizeof(client_hello_chromium_2));
			/* A fatal alert in the clear, RFC 5246 section 7.2. */
			static const uint8_t alert[] = { 21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2,
				2, 40 };
			spoof(raw, victim, alert, sizeof(alert));
		}
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	unharmed(scene);
	(void)close(raw);
}

/* ---- a participant gone bad ---- */

static void eve_sends(struct scene *scene, bool rtcp, uint8_t *packet, size_t len, size_t cap)
{
	assert_int_equal(rtc_client_seal(scene->eve->client, rtcp, packet, &len, cap), 0);
	sfu_peer_send(scene->eve, packet, len);
}

static size_t rtp_header(uint8_t *packet, uint8_t pt, uint16_t seq, uint32_t ts, uint32_t ssrc)
{
	const uint32_t words[] = { htonl(ts), htonl(ssrc) };
	const uint8_t start[] = { 0x80, pt, (uint8_t)(seq >> 8), (uint8_t)seq };
	memcpy(packet, start, sizeof(start));
	memcpy(packet + 4, words, sizeof(words));
	return 12;
}

static void a_flood_of_ssrcs_is_bounded(void **state)
{
	struct scene *scene = *state;
	const struct sfu_peer *eve = scene->eve;
	/* Authentic as far as the client's own SRTP has room for streams, then forged. */
	for (uint32_t i = 0; i < 6000; i++) {
		_Alignas(8) uint8_t packet[256] = { 0 };
		size_t len = rtp_header(packet, 111, (uint16_t)i, i * 960, 0x10000 + i) + 60;
		size_t sealed = len;
		if (rtc_client_seal(eve->client, false, packet, &sealed, sizeof(packet)) == 0)
			len = sealed;
		sfu_peer_send(scene->eve, packet, len);
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	unharmed(scene);
}

static void a_flood_of_nacks_is_answered_within_a_budget(void **state)
{
	struct scene *scene = *state;
	sfu_world_run(&scene->world, 500);
	const uint64_t before = scene->eve->octets;
	const int64_t resent = counter(scene, "router_tx_resent");
	const rs_time begin = rs_clock_monotonic();
	for (int i = 0; i < 5000; i++) {
		_Alignas(8) uint8_t packet[128] = { 0 };
		/* RFC 4585 section 6.2.1: the last 17 packets of either slot. */
		const uint16_t pid = (uint16_t)(scene->eve->last_seq - 17);
		const uint32_t slot = i % 2 == 0 ? 7001 : 7002;
		const uint32_t words[] = { htonl(0x81cd0003), htonl(scene->eve->ssrc), htonl(slot),
			htonl((uint32_t)pid << 16 | 0xffff) };
		memcpy(packet, words, sizeof(words));
		eve_sends(scene, true, packet, sizeof(words), sizeof(packet));
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	const int64_t ms = (rs_clock_monotonic() - begin) / 1000;
	/* KEN sends 100 packets a second; nothing is resent more often than a receiver could ask in earnest. */
	const int64_t answers = counter(scene, "router_tx_resent") - resent;
	print_message("# measured: 85000 packets asked for, %lld resent in %lld ms\n",
		(long long)answers, (long long)ms);
	assert_true(answers < 5000);
	assert_true(scene->eve->octets - before < 2000000);
	unharmed(scene);
}

static void a_flood_of_plis_reaches_the_camera_as_a_few(void **state)
{
	struct scene *scene = *state;
	const uint64_t before = scene->ken->plis;
	const rs_time begin = rs_clock_monotonic();
	for (int i = 0; i < 5000; i++) {
		_Alignas(8) uint8_t packet[128] = { 0 };
		struct rs_writer writer;
		rs_writer_init(&writer, packet, sizeof(packet));
		rtcp_write_pli(&writer, scene->eve->ssrc, 7002);
		eve_sends(scene, true, packet, writer.len, sizeof(packet));
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	const rs_time took = rs_clock_monotonic() - begin;
	const uint64_t asked = scene->ken->plis - before;
	print_message("# measured: 5000 PLIs sent in %lld ms, the camera got %llu\n",
		(long long)took / 1000, (unsigned long long)asked);
	assert_in_range(asked, 0, 2 + (uint64_t)(took / RS_MS(250)));
	assert_true(scene->fra->pictures > 0);
	unharmed(scene);
}

static void numbers_that_wrap_and_leap_stay_the_sender_s_own_trouble(void **state)
{
	struct scene *scene = *state;
	_Alignas(8) uint8_t packet[256];
	uint16_t seq = 0;
	for (int i = 0; i < 3000; i++) {
		memset(packet, 0x55, sizeof(packet));
		seq = (uint16_t)(seq + (i % 7 == 0 ? 32000 : 1));
		size_t len =
			rtp_header(packet, 111, seq, rs_rand_u32(&scene->rand), scene->eve->ssrc);
		if (i % 2 == 1) {
			len = rtp_header(
				packet, 96, seq, rs_rand_u32(&scene->rand), scene->eve->ssrc + 100);
			const uint16_t picture = (uint16_t)rs_rand_u32(&scene->rand);
			const uint8_t payload[] = { 0x90, 0xf0, (uint8_t)(picture >> 8),
				(uint8_t)picture, (uint8_t)i, (uint8_t)(i << 5), 0x10, 2, 0, 0x9d,
				1, 0x2a, 16, 0, 16, 0 };
			memcpy(packet + len, payload, sizeof(payload));
			len += sizeof(payload);
		}
		len += 60;
		size_t sealed = len;
		/* Our own SRTP may refuse a leap it takes for the past. */
		if (rtc_client_seal(scene->eve->client, false, packet, &sealed, sizeof(packet)) ==
			0)
			sfu_peer_send(scene->eve, packet, sealed);
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	unharmed(scene);
}

/* The sender's numbers go on at `seq`, as if all between were lost; its pace begins anew. */
static void speak_on_at(struct scene *scene, uint16_t seq)
{
	scene->ken->speaking = false;
	sfu_world_settle(&scene->world);
	scene->ken->seq = seq;
	scene->ken->next_packet = 0;
	scene->ken->speaking = true;
	sfu_world_speak(&scene->world, scene->ken, 80);
	scene->ken->speaking = false;
	sfu_world_settle(&scene->world);
}

static void the_wrap_of_a_good_sender_is_heard_by_nobody(void **state)
{
	struct scene *scene = *state;
	/* Up to the wraps its numbers jump as if packets were lost; SRTP can follow. */
	speak_on_at(scene, 32700); /* PictureID wraps at 32768 */
	const uint64_t pictures = scene->fra->pictures;
	const uint64_t lost = scene->ken->sent - scene->fra->received;
	const int64_t ahead = counter(scene, "router_tx_dropped_switch");
	scene->fra->out_of_sequence = 0; /* two jumps were real losses */
	speak_on_at(scene, 65500);
	/* A machine that stood still reads what came meanwhile at once: what would run ahead of the clock after a jump is left out. */
	const uint64_t left_out = (uint64_t)(counter(scene, "router_tx_dropped_switch") - ahead);
	const uint64_t missing = scene->ken->sent - scene->fra->received;
	assert_in_range(missing, lost, lost + left_out);
	assert_true(scene->fra->pictures + left_out >= pictures + 78);
	assert_true(scene->fra->out_of_sequence <= 1);
	scene->fra->out_of_sequence = 0;
	scene->received -= missing;
	scene->ken->speaking = true;
	unharmed(scene);
}

static void malformed_extensions_of_every_sort_are_survived(void **state)
{
	struct scene *scene = *state;
	static const uint8_t profiles[][2] = { { 0xbe, 0xde }, { 0x10, 0x00 }, { 0x10, 0x0f },
		{ 0x00, 0x00 }, { 0xff, 0xff } };
	for (unsigned i = 0; i < 6000; i++) {
		_Alignas(8) uint8_t packet[256];
		const uint8_t pt = i % 3 == 0 ? 96 : 111;
		const uint32_t ssrc = scene->eve->ssrc + (i % 3 == 0 ? 100 : 0);
		size_t len = rtp_header(packet, pt, (uint16_t)(1 + i / 3), i * 960, ssrc);
		packet[0] |= 0x10;
		if (i % 5 == 0)
			packet[0] |= (uint8_t)(0x20 |
					       rs_rand_u32(&scene->rand) % 16); /* padding, CSRCs */
		memcpy(packet + len, profiles[i % RS_ARRAY_LEN(profiles)], 2);
		packet[len + 2] = i % 11 == 0 ? 0xff : 0;
		packet[len + 3] = (uint8_t)(rs_rand_u32(&scene->rand) % 20);
		rs_rand_bytes(&scene->rand, packet + len + 4, 150);
		len += 4 + rs_rand_u32(&scene->rand) % 120;
		size_t sealed = len;
		/* What libsrtp itself finds malformed goes out as it is. */
		if (rtc_client_seal(scene->eve->client, false, packet, &sealed, sizeof(packet)) ==
			0)
			len = sealed;
		sfu_peer_send(scene->eve, packet, len);
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	unharmed(scene);
}

static void malformed_reports_of_every_sort_are_survived(void **state)
{
	struct scene *scene = *state;
	for (unsigned i = 0; i < 6000; i++) {
		_Alignas(8) uint8_t packet[256];
		const size_t len = 8 + 4 * (rs_rand_u32(&scene->rand) % 40);
		rs_rand_bytes(&scene->rand, packet, sizeof(packet));
		packet[0] = (uint8_t)(0x80 | (packet[0] & 0x3f));
		packet[1] = (uint8_t)(200 + i % 8);
		const uint32_t ssrc = htonl(scene->eve->ssrc);
		memcpy(packet + 4, &ssrc, sizeof(ssrc));
		if (i % 2 == 0) {
			packet[2] = 0;
			packet[3] = (uint8_t)(len / 4 - 1);
		}
		eve_sends(scene, true, packet, len, sizeof(packet));
		if (i % BURST == 0)
			sfu_world_run(&scene->world, BURST_MS);
	}
	unharmed(scene);
}

/* ---- TCP ---- */

static int tcp_to(const struct rs_addr *server)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(fd >= 0);
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(server->port) };
	memcpy(&addr.sin_addr, server->ip, 4);
	(void)connect(fd, (const struct sockaddr *)&addr, sizeof(addr)); /* goes on by itself */
	return fd;
}

static void idle_tcp_connections_keep_nobody_out(void **state)
{
	struct scene *scene = *state;
	struct sfu_world *world = &scene->world;
	const struct rs_addr *server = &world->tcp[next_worker(world)][0];
	static int fds[300];
	for (size_t i = 0; i < RS_ARRAY_LEN(fds); i++) {
		fds[i] = tcp_to(server);
		sfu_world_run(world, 1);
		/* A slow-loris: the start of a frame, an octet at a time. */
		(void)send(fds[i], "\0", 1, MSG_NOSIGNAL);
	}
	assert_true(counter(scene, "tcp_refused") >= 200);
	/* From another address, though all of these are still there. */
	struct sfu_peer *late = sfu_world_peer(world, "USA", SFU_WORLD_TCP + 1);
	sfu_world_speak(world, scene->ken, 10);
	assert_true(late->received > 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(fds); i++)
		(void)close(fds[i]);
	sfu_world_run(world, 100);
	unharmed(scene);
}

/* Waits for the other end to close. */
static bool is_ended(struct scene *scene, int fd)
{
	uint8_t octet = 0;
	for (int waited = 0; waited < PATIENCE_MS; waited += 5) {
		const ssize_t n = recv(fd, &octet, 1, 0);
		if (n >= 0 || errno != EAGAIN)
			return n == 0 || errno == ECONNRESET;
		sfu_world_run(&scene->world, 5);
	}
	return false;
}

static void what_is_no_stun_ends_a_tcp_connection(void **state)
{
	struct scene *scene = *state;
	static const uint8_t frames[][16] = {
		{ 0, 12, 0x80, 111 },  /* RTP */
		{ 0, 13, 22, 254 },    /* DTLS */
		{ 'G', 'E', 'T', ' ' } /* a length of 18245 */
	};
	for (int i = 0; i < 60; i++) {
		const int fd = tcp_to(&scene->world.tcp[0][0]);
		sfu_world_run(&scene->world, 2);
		(void)send(fd, frames[i % 3], sizeof(frames[0]), MSG_NOSIGNAL);
		assert_true(is_ended(scene, fd));
		(void)close(fd);
	}
	assert_int_equal(counter(scene, "tcp_bad"), 60);
	unharmed(scene);
}

static void a_tcp_listener_that_does_not_read_costs_a_bounded_queue(void **state)
{
	struct scene *scene = *state;
	struct sfu_world *world = &scene->world;
	struct sfu_peer *deaf = sfu_world_peer(world, "USA", SFU_WORLD_TCP);
	/* It goes on checking, and never reads: the world would read for it. */
	const int fd = deaf->fd;
	const int small = 2048;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	int quiet[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, quiet), 0);
	deaf->fd = quiet[0];
	for (int i = 0; i < 40; i++) {
		sfu_world_run(world, 100);
		static const uint8_t nothing[2] = { 0 };
		(void)send(fd, nothing, sizeof(nothing), MSG_NOSIGNAL);
	}
	assert_true(counter(scene, "tcp_tx_audio_stale") > 10);
	assert_true(counter(scene, "tcp_tx_video_dropped") > 10);
	unharmed(scene);
	deaf->fd = fd;
	(void)close(quiet[0]);
	(void)close(quiet[1]);
}

int main(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(forged_client_hellos_race_a_handshake_and_lose),
		CASE(checks_said_again_from_elsewhere_move_no_path),
		CASE(guesses_of_a_password_get_no_octet_back),
		CASE(a_spoofed_source_address_harms_nobody),
		CASE(a_flood_of_ssrcs_is_bounded),
		CASE(a_flood_of_nacks_is_answered_within_a_budget),
		CASE(a_flood_of_plis_reaches_the_camera_as_a_few),
		CASE(numbers_that_wrap_and_leap_stay_the_sender_s_own_trouble),
		CASE(the_wrap_of_a_good_sender_is_heard_by_nobody),
		CASE(malformed_extensions_of_every_sort_are_survived),
		CASE(malformed_reports_of_every_sort_are_survived),
		CASE(idle_tcp_connections_keep_nobody_out),
		CASE(what_is_no_stun_ends_a_tcp_connection),
		CASE(a_tcp_listener_that_does_not_read_costs_a_bounded_queue),
	};
	if (argc != 3 || crypt_start() < 0)
		return 2;
	program = argv[1];
	workers = (unsigned)strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
