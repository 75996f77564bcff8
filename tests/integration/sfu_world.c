#include "tests/integration/sfu_world.h"

#include "sfu/demux/demux.h"
#include "tools/client/rtc_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 30000
#define PACKET_EVERY RS_MS(20)
#define OPUS_PT 111
#define VP8_PT 96
#define SLOT_SSRC 7001U

/* ---- the program ---- */

static void spawn(struct sfu_world *world, unsigned workers)
{
	char count[32];
	char control[128];
	char tap[128];
	char plain[256];
	/* A loopback address of this run's own, where the port is free. */
	const unsigned own = (unsigned)getpid();
	(void)snprintf(plain, sizeof(plain),
		"plain=[{\"meeting\":\"aside\",\"feed\":\"floor\",\"codec\":\"opus\",\"pt\":111,"
		"\"local\":\"127.%u.%u.%u:5004\",\"remote\":\"127.0.0.1:9\"}]",
		1 + (own >> 16 & 63), own >> 8 & 255, own & 255);
	(void)snprintf(
		control, sizeof(control), "control.socket=%s/control.sock", world->directory);
	(void)snprintf(tap, sizeof(tap), "tap.socket=%s/tap.sock", world->directory);
	(void)snprintf(count, sizeof(count), "media.workers=%u", workers);
	world->pid = fork();
	assert_true(world->pid >= 0);
	if (world->pid == 0) {
		(void)execl(world->program, world->program, "--set", control, "--set", tap, "--set",
			"media.addresses=127.0.0.1,::1", "--set", "log.level=warning", "--set",
			count, "--set", plain, "--set", "limits.peers=2000", (char *)NULL);
		_exit(127);
	}
}

static int listen_at(const char *directory)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/control.sock", directory);
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static size_t learn_addresses(const json_t *list, struct rs_addr out[4])
{
	const size_t n = json_array_size(list);
	assert_in_range(n, 1, 4);
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		assert_int_equal(rs_addr_parse(text, strlen(text), &out[i]), 0);
	}
	return n;
}

/* What the SFU says of itself. */
static void learn(struct sfu_world *world, const json_t *hello)
{
	(void)snprintf(world->fingerprint, sizeof(world->fingerprint), "%s",
		json_string_value(json_object_get(hello, "fingerprint")) + strlen("sha-256 "));
	const json_t *workers = json_object_get(hello, "workers");
	world->n_workers = json_array_size(workers);
	assert_in_range(world->n_workers, 1, SFU_WORLD_WORKERS);
	for (size_t i = 0; i < world->n_workers; i++) {
		const json_t *worker = json_array_get(workers, i);
		world->n_addresses =
			learn_addresses(json_object_get(worker, "addresses"), world->addresses[i]);
		world->n_tcp = learn_addresses(json_object_get(worker, "tcp"), world->tcp[i]);
	}
}

void sfu_world_start(struct sfu_world *world, const char *program, unsigned workers)
{
	*world = (struct sfu_world){ .program = program, .control_fd = -1 };
	(void)snprintf(world->directory, sizeof(world->directory), "/tmp/rostrum-sfu-XXXXXX");
	assert_non_null(mkdtemp(world->directory));
	world->listen_fd = listen_at(world->directory);
	frame_reader_init(&world->control_in);
	spawn(world, workers);
	json_t *hello = sfu_world_hear(world, "hello");
	learn(world, hello);
	json_decref(hello);
}

int sfu_world_stop(struct sfu_world *world)
{
	int status = 0;
	assert_int_equal(kill(world->pid, SIGTERM), 0);
	for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
		if (waitpid(world->pid, &status, WNOHANG) == world->pid) {
			world->pid = 0;
			sfu_world_run(world, 20);
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		}
		sfu_world_run(world, 10);
	}
	return -1;
}

void sfu_world_end(struct sfu_world *world)
{
	if (world->pid > 0) {
		(void)kill(world->pid, SIGKILL);
		(void)waitpid(world->pid, NULL, 0);
	}
	for (size_t i = 0; i < world->n_peers; i++) {
		rtc_client_free(world->peers[i].client);
		(void)close(world->peers[i].fd);
	}
	for (size_t i = 0; i < world->n_heard; i++)
		json_decref(world->heard[i]);
	frame_reader_done(&world->control_in);
	(void)close(world->listen_fd);
	(void)close(world->control_fd);
	static const char *const files[] = { "control.sock", "tap.sock" };
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++) {
		char path[128];
		(void)snprintf(path, sizeof(path), "%s/%s", world->directory, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(world->directory);
}

/* ---- signaling's end ---- */

static void hang_up(struct sfu_world *world)
{
	(void)close(world->control_fd);
	world->control_fd = -1;
	frame_reader_done(&world->control_in);
	frame_reader_init(&world->control_in);
}

static void take_control(struct sfu_world *world)
{
	if (world->control_fd >= 0)
		hang_up(world);
	world->control_fd = accept(world->listen_fd, NULL, NULL);
	assert_true(world->control_fd >= 0);
}

static void read_control(struct sfu_world *world)
{
	uint8_t chunk[8192];
	const ssize_t n = recv(world->control_fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (n <= 0) {
		hang_up(world);
		return;
	}
	assert_int_equal(frame_reader_feed(&world->control_in, chunk, (size_t)n), 0);
	struct frame frame;
	int got = 0;
	while ((got = frame_reader_next(&world->control_in, &frame)) == 1) {
		assert_true(world->n_heard < SFU_WORLD_HEARD);
		json_t *message = json_loadb((const char *)frame.body, frame.len, 0, NULL);
		assert_non_null(message);
		world->heard[world->n_heard++] = message;
	}
	assert_int_equal(got, 0);
}

static bool is_of(const json_t *message, const char *type)
{
	return type != NULL &&
	       strcmp(json_string_value(json_object_get(message, "type")), type) == 0;
}

/* Takes the next message of a type and drops what was heard before it, but for those of another type. */
static json_t *take(struct sfu_world *world, const char *type, const char *spared)
{
	json_t *found = NULL;
	size_t kept = 0;
	for (size_t i = 0; i < world->n_heard; i++) {
		json_t *message = world->heard[i];
		if (found != NULL || is_of(message, spared))
			world->heard[kept++] = message;
		else if (is_of(message, type))
			found = message;
		else
			json_decref(message);
	}
	world->n_heard = kept;
	return found;
}

static json_t *hear(struct sfu_world *world, const char *type, const char *spared)
{
	for (int waited = 0; waited <= PATIENCE_MS; waited += 5) {
		json_t *message = take(world, type, spared);
		if (message != NULL)
			return message;
		sfu_world_run(world, 5);
	}
	fail_msg("no %s was said", type);
	return NULL;
}

json_t *sfu_world_hear(struct sfu_world *world, const char *type)
{
	return hear(world, type, NULL);
}

json_t *sfu_world_counters(struct sfu_world *world)
{
	/* What was heard may all have been made before, and so may the next that is under way. */
	json_t *old = NULL;
	while ((old = take(world, "stats", NULL)) != NULL)
		json_decref(old);
	json_decref(sfu_world_hear(world, "stats"));
	json_t *stats = sfu_world_hear(world, "stats");
	json_t *counters = json_incref(json_object_get(stats, "counters"));
	json_decref(stats);
	return counters;
}

void sfu_world_say(struct sfu_world *world, const char *format, ...)
{
	char text[8192];
	va_list args;
	va_start(args, format);
	const int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert_in_range(n, 1, sizeof(text) - 1);
	json_t *message = json_loads(text, 0, NULL);
	assert_non_null(message);
	(void)json_object_set_new(message, "revision", json_integer(++world->revision));
	char *json = json_dumps(message, JSON_COMPACT);
	json_decref(message);

	struct rs_buf out;
	rs_buf_init(&out, FRAME_MESSAGE_MAX);
	assert_int_equal(frame_write_message(&out, json, strlen(json)), 0);
	assert_int_equal(send(world->control_fd, rs_buf_data(&out), rs_buf_len(&out), MSG_NOSIGNAL),
		(ssize_t)rs_buf_len(&out));
	rs_buf_done(&out);
	free(json);
}

void sfu_world_apply(struct sfu_world *world)
{
	json_t *applied = NULL;
	do {
		json_decref(applied);
		/* What an order causes may be told before all workers have followed. */
		applied = hear(world, "applied", "gate");
	} while (json_integer_value(json_object_get(applied, "revision")) < world->revision);
	json_decref(applied);
}

/* A turn in which a worker obeys reads what was sent before; what it hands to another worker goes out in a later one. */
void sfu_world_settle(struct sfu_world *world)
{
	for (int i = 0; i < 3; i++) {
		sfu_world_say(world,
			"{\"type\": \"meeting\", \"meeting\": {\"id\": \"settling\", \"event\": %d,"
			" \"mode\": \"floor\", \"open\": [], \"visible\": [], \"record\": false}}",
			i + 1);
		sfu_world_apply(world);
	}
	sfu_world_say(world, "{\"type\": \"meeting-gone\", \"meeting\": \"settling\"}");
	sfu_world_apply(world);
	sfu_world_run(world, 20);
}

void sfu_world_hang_up(struct sfu_world *world)
{
	hang_up(world);
	for (int waited = 0; waited < PATIENCE_MS && world->control_fd < 0; waited += 5)
		sfu_world_run(world, 5);
	assert_true(world->control_fd >= 0);
}

void sfu_world_floor(struct sfu_world *world, int event, const char *open)
{
	sfu_world_say(world,
		"{\"type\": \"meeting\", \"meeting\": {\"id\": \"demo\", \"event\": %d, \"mode\": \"floor\","
		" \"open\": [%s], \"visible\": [%s], \"record\": true}}",
		event, open, open);
	sfu_world_apply(world);
}

/* ---- peers ---- */

static socklen_t to_system(const struct rs_addr *addr, struct sockaddr_storage *out)
{
	*out = (struct sockaddr_storage){ 0 };
	if (addr->family == RS_ADDR_V4) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)out;
		v4->sin_family = AF_INET;
		v4->sin_port = htons(addr->port);
		memcpy(&v4->sin_addr, addr->ip, 4);
		return sizeof(*v4);
	}
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(addr->port);
	memcpy(&v6->sin6_addr, addr->ip, 16);
	return sizeof(*v6);
}

static int socket_to(const struct rs_addr *server, int type)
{
	struct sockaddr_storage addr;
	const socklen_t len = to_system(server, &addr);
	const int fd = socket(addr.ss_family, type | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&addr, len), 0);
	return fd;
}

void sfu_peer_send(struct sfu_peer *peer, const uint8_t *data, size_t len)
{
	uint8_t framed[TCP_HEADER_LEN + TCP_PACKET_MAX] = { (uint8_t)(len >> 8), (uint8_t)len };
	if (!peer->tcp) {
		(void)send(peer->fd, data, len, 0); /* may be refused when the program is gone */
		return;
	}
	memcpy(framed + TCP_HEADER_LEN, data, len);
	(void)send(peer->fd, framed, TCP_HEADER_LEN + len, MSG_NOSIGNAL); /* as above */
}

static void on_packet(struct sfu_peer *peer, const uint8_t *data, size_t len)
{
	const uint16_t seq = (uint16_t)(data[2] << 8 | data[3]);
	if ((data[1] & 0x7f) != OPUS_PT) {
		peer->pictures++;
		return;
	}
	if (peer->received > 0 && seq != (uint16_t)(peer->last_seq + 1))
		peer->out_of_sequence++;
	peer->last_seq = seq;
	peer->last_ssrc = (uint32_t)data[8] << 24 | (uint32_t)data[9] << 16 |
			  (uint32_t)data[10] << 8 | data[11];
	peer->last_csrc = (data[0] & 0x0f) > 0 && len >= 16
				  ? (uint32_t)data[12] << 24 | (uint32_t)data[13] << 16 |
					    (uint32_t)data[14] << 8 | data[15]
				  : 0;
	peer->received++;
}

/* Counts the PLIs (RFC 4585 section 6.3.1) of a compound. */
static void on_reports(struct sfu_peer *peer, const uint8_t *data, size_t len)
{
	for (size_t at = 0; at + 4 <= len; at += 4 + 4 * (size_t)(data[at + 2] << 8 | data[at + 3]))
		peer->plis += data[at + 1] == 206 && (data[at] & 0x1f) == 1;
}

static void on_datagram(struct sfu_peer *peer, uint8_t *data, size_t len, rs_time now)
{
	peer->octets += len;
	switch (demux_classify(data, len)) {
	case DEMUX_RTP:
		if (rtc_client_open(peer->client, false, data, &len) == 0)
			on_packet(peer, data, len);
		break;
	case DEMUX_RTCP:
		assert_int_equal(rtc_client_open(peer->client, true, data, &len), 0);
		on_reports(peer, data, len);
		break;
	case DEMUX_DTLS:
		peer->alerted |= data[0] == 21; /* alert, RFC 5246 appendix A.1 */
		rtc_client_recv(peer->client, data, len, now);
		break;
	case DEMUX_STUN:
	case DEMUX_UNKNOWN:
		rtc_client_recv(peer->client, data, len, now);
		break;
	}
}

/* A key frame of 16 by 16, whole in one packet (RFC 7741 section 4.2, RFC 6386 section 9.1), with a
 * PictureID of 15 bits. */
static void film(struct sfu_peer *peer)
{
	const uint16_t picture = (uint16_t)(peer->seq & 0x7fff);
	const uint32_t words[] = { htonl((uint32_t)peer->seq * 1800), htonl(peer->ssrc + 100) };
	_Alignas(8) uint8_t packet[1100] = { 0x80, 0x80 | VP8_PT, (uint8_t)(peer->seq >> 8),
		(uint8_t)peer->seq };
	memcpy(packet + 4, words, sizeof(words));
	const uint8_t payload[] = { 0x90, 0x80, (uint8_t)(0x80 | picture >> 8), (uint8_t)picture,
		0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 16, 0, 16, 0 };
	memcpy(packet + 12, payload, sizeof(payload));
	size_t len = 1000;
	assert_int_equal(rtc_client_seal(peer->client, false, packet, &len, sizeof(packet)), 0);
	sfu_peer_send(peer, packet, len);
}

static void speak(struct sfu_peer *peer, rs_time now)
{
	if (!peer->speaking || now < peer->next_packet)
		return;
	const rs_time due = peer->next_packet > 0 ? peer->next_packet : now;
	peer->longest_gap = rs_time_max(peer->longest_gap, now - due + PACKET_EVERY);
	peer->next_packet = rs_time_max(due + PACKET_EVERY, now);
	_Alignas(8) uint8_t packet[128] = { 0x80, OPUS_PT };
	const uint32_t timestamp = (uint32_t)peer->seq * 960;
	const uint32_t words[] = { htonl(timestamp), htonl(peer->ssrc) };
	packet[2] = (uint8_t)(peer->seq >> 8);
	packet[3] = (uint8_t)peer->seq;
	memcpy(packet + 4, words, sizeof(words));
	packet[12] = 0x78; /* one 20 ms frame, RFC 6716 section 3.1 */
	memset(packet + 13, 0x55, 47);
	if (peer->filming)
		film(peer);
	peer->seq++;
	size_t len = 60;
	assert_int_equal(rtc_client_seal(peer->client, false, packet, &len, sizeof(packet)), 0);
	sfu_peer_send(peer, packet, len);
	peer->sent++;
}

/* The next datagram of a stream; 0 = none is whole. */
static ssize_t next_framed(struct sfu_peer *peer, uint8_t out[TCP_PACKET_MAX])
{
	for (;;) {
		const int len = tcp_reader_next(&peer->in, out);
		assert_true(len >= 0);
		if (len > 0)
			return len;
		size_t cap = 0;
		uint8_t *room = tcp_reader_room(&peer->in, &cap);
		const ssize_t n = recv(peer->fd, room, cap, MSG_DONTWAIT);
		if (n <= 0)
			return 0;
		tcp_reader_fill(&peer->in, (size_t)n);
	}
}

static void serve(struct sfu_peer *peer, rs_time now)
{
	_Alignas(8) uint8_t data[2048];
	ssize_t n = 0;
	while (peer->tcp ? (n = next_framed(peer, data)) > 0
			 : (n = recv(peer->fd, data, sizeof(data), MSG_DONTWAIT)) > 0)
		on_datagram(peer, data, (size_t)n, now);
	rtc_client_tick(peer->client, now);
	struct rtc_client_datagram out;
	while (rtc_client_poll(peer->client, &out) == 1) {
		sfu_peer_send(peer, out.data_view, out.len);
		if (out.data_view[0] <= 3 && out.len <= sizeof(peer->check)) {
			memcpy(peer->check, out.data_view, out.len);
			peer->check_len = out.len;
		}
	}
	speak(peer, now);
}

void sfu_world_run(struct sfu_world *world, int ms)
{
	const rs_time end = rs_clock_monotonic() + RS_MS(ms);
	rs_time now = rs_clock_monotonic();
	do {
		struct pollfd fds[2 + SFU_WORLD_PEERS] = {
			{ .fd = world->listen_fd, .events = POLLIN },
			{ .fd = world->control_fd, .events = POLLIN },
		};
		for (size_t i = 0; i < world->n_peers; i++)
			fds[2 + i] = (struct pollfd){ .fd = world->peers[i].fd, .events = POLLIN };
		(void)poll(fds, 2 + world->n_peers, 2);
		if (fds[0].revents != 0)
			take_control(world);
		else if (world->control_fd >= 0 && fds[1].revents != 0)
			read_control(world);
		now = rs_clock_monotonic();
		for (size_t i = 0; i < world->n_peers; i++)
			serve(&world->peers[i], now);
	} while (now < end);
}

void sfu_world_speak(struct sfu_world *world, const struct sfu_peer *peer, uint64_t packets)
{
	const uint64_t wanted = peer->sent + packets;
	for (int waited = 0; waited < PATIENCE_MS && peer->sent < wanted; waited += 5)
		sfu_world_run(world, 5);
	sfu_world_settle(world);
	assert_true(peer->sent >= wanted);
}

static struct rtc_client *make_client(
	struct sfu_world *world, size_t i, const struct rs_addr *server)
{
	struct rtc_client_config config = {
		.server_address = *server,
		.server_fingerprint = world->fingerprint,
		.hello_padding = 1200,
		.seed = i + 1,
	};
	(void)snprintf(config.own.ufrag, sizeof(config.own.ufrag), "client%zu", i);
	(void)snprintf(config.own.pwd, sizeof(config.own.pwd), "client-password-of-peer-%zu", i);
	(void)snprintf(config.server.ufrag, sizeof(config.server.ufrag), "server%zu", i);
	(void)snprintf(
		config.server.pwd, sizeof(config.server.pwd), "server-password-of-peer-%zu", i);
	struct rtc_client *client = NULL;
	assert_int_equal(rtc_client_new(&config, rs_clock_monotonic(), &client), 0);
	return client;
}

#define VIDEO_SLOT                                                                                        \
	", {\"mid\": \"6\", \"kind\": \"video\", \"ssrc\": 7002, \"rtx_ssrc\": 7003, \"codec\": \"vp8\"," \
	" \"pt\": 96, \"rtx_pt\": 97, \"nack\": true, \"feed\": \"source-KEN\", \"rank\": 0}"

struct sfu_peer *sfu_world_peer(struct sfu_world *world, const char *source, size_t at)
{
	const size_t i = world->n_peers;
	struct sfu_peer *peer = &world->peers[i];
	*peer = (struct sfu_peer){ .ssrc = (uint32_t)(1000 + i), .seq = 100 };
	(void)snprintf(peer->id, sizeof(peer->id), "peer-%zu", i);
	const size_t worker = i % world->n_workers;
	peer->tcp = at >= SFU_WORLD_TCP;
	const struct rs_addr *server =
		peer->tcp ? &world->tcp[worker][at - SFU_WORLD_TCP] : &world->addresses[worker][at];
	peer->server = *server;
	peer->fd = socket_to(server, peer->tcp ? SOCK_STREAM : SOCK_DGRAM);
	peer->client = make_client(world, i, server);

	char fingerprint[RTC_CLIENT_FINGERPRINT_LEN];
	char camera[256] = "";
	if (world->cameras)
		(void)snprintf(camera, sizeof(camera),
			", {\"mid\": \"1\", \"kind\": \"video\", \"source\": \"%s\","
			" \"media\": \"camera\", \"csrc\": %u, \"codec\": \"vp8\", \"pt\": 96,"
			" \"rtx_pt\": 97, \"ssrcs\": [%u]}",
			source, 5000 + (unsigned)i, peer->ssrc + 100);
	rtc_client_fingerprint(peer->client, "sha-256", fingerprint);
	if (world->forging)
		fingerprint[0] = fingerprint[0] == '0' ? '1' : '0';
	sfu_world_say(world,
		"{\"type\": \"peer\", \"peer\": {\"id\": \"%s\", \"meeting\": \"demo\", \"worker\": %zu,"
		" \"ice\": {\"ufrag\": \"server%zu\", \"pwd\": \"server-password-of-peer-%zu\","
		" \"remote_ufrag\": \"client%zu\", \"remote_pwd\": \"client-password-of-peer-%zu\"},"
		" \"dtls\": {\"setup\": \"passive\", \"fingerprint\": \"sha-256 %s\"},"
		" \"send\": [{\"mid\": \"0\", \"kind\": \"audio\", \"source\": \"%s\","
		" \"media\": \"microphone\", \"csrc\": %u, \"codec\": \"opus\", \"pt\": 111,"
		" \"ssrcs\": [%u]}%s],"
		" \"recv\": [{\"mid\": \"3\", \"kind\": \"audio\", \"ssrc\": %u, \"codec\": \"opus\","
		" \"pt\": 111, \"nack\": true, \"feed\": \"floor\", \"rank\": 0}%s]}}",
		peer->id, worker, i, i, i, i, fingerprint, source, 5000 + (unsigned)i, peer->ssrc,
		camera, SLOT_SSRC, world->cameras ? VIDEO_SLOT : "");
	sfu_world_apply(world);
	world->n_peers++;
	if (world->forging)
		return peer;
	for (int waited = 0; waited < PATIENCE_MS && !rtc_client_is_connected(peer->client);
		waited += 5)
		sfu_world_run(world, 5);
	assert_true(rtc_client_is_connected(peer->client));
	return peer;
}

void sfu_world_stray(struct sfu_world *world, const uint8_t *data, size_t len)
{
	const int fd = socket_to(&world->addresses[0][0], SOCK_DGRAM);
	assert_int_equal(send(fd, data, len, 0), (ssize_t)len);
	(void)close(fd);
}
