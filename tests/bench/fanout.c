/* What a forwarded packet costs inside rostrum-sfu, step by step: router alone, with SRTP, with the
 * system's send, for 50 to 1,000 listeners of one speaker. A burst every 20 ms in the life of the
 * program is played at once here, with the caches emptied in between, as other work would; or at its
 * pace, which leaves the rest to what else the machine does.
 * usage: fanout [--video] [--paced] [--packets N] */
#include "common/rtp/rtp.h"
#include "common/rtp/vp8.h"
#include "sfu/io/udp.h"
#include "sfu/router/router.h"
#include "sfu/srtp/srtp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS_MAX 1000
#define AUDIO_LEN 80   /* octets of Opus: 32 kbit/s */
#define VIDEO_LEN 1100 /* octets of VP8 */
#define VIDEO_FRAME 5  /* packets in a picture: 1.3 Mbit/s at 30 a second */
#define SPEAKER_SSRC 7U
#define COLD_OCTETS ((size_t)8 << 20)

enum step {
	STEP_ROUTE, /* choose, rewrite, write */
	STEP_SEAL,  /* ... and encrypt */
	STEP_SEND,  /* ... and send */
	STEPS,
};

struct listener {
	struct crypt *crypt;
	struct rs_addr addr;
	int fd;
};

struct bench {
	enum step step;
	bool video;
	bool paced;
	struct router *router;
	struct rs_rand rand;
	uv_loop_t loop;
	struct udp *udp;
	struct listener *by_index[UINT16_MAX + 1];
	struct listener listeners[LISTENERS_MAX];
	size_t n_listeners;
	uint32_t speaker;
	uint16_t seq;
	uint64_t emitted;
	uint8_t cold[COLD_OCTETS];
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "fanout: %s failed\n", what);
	exit(1);
}

static void emit(
	void *ctx, uint32_t peer, enum router_packet_kind kind, const uint8_t *data, size_t len)
{
	struct bench *bench = ctx;
	struct listener *listener = bench->by_index[ROUTER_PEER_INDEX(peer)];
	if (kind != ROUTER_RTP || listener == NULL)
		return;
	bench->emitted++;
	if (bench->step == STEP_ROUTE)
		return;
	uint8_t *room = udp_room(bench->udp);
	must(crypt_seal_rtp(listener->crypt, data, len, room, UDP_ROOM, &len) == 0, "seal");
	if (bench->step == STEP_SEND)
		udp_commit(bench->udp, len, &listener->addr);
}

/* ---- the meeting ---- */

static void meeting_make(struct bench *bench)
{
	const struct router_config config = {
		.peers = LISTENERS_MAX + 1,
		.rand = &bench->rand,
		.emit = emit,
		.ctx = bench,
	};
	must(router_new(&config, &bench->router) == 0, "router_new");
	const struct router_meeting meeting = { .id = "m", .mode = ROUTER_DIRECT };
	must(router_meeting_set(bench->router, &meeting, 0) == 0, "router_meeting_set");
	const struct router_send send = {
		.mid = "0",
		.source = "speaker",
		.media = bench->video ? ROUTER_CAMERA : ROUTER_MICROPHONE,
		.csrc = 1,
		.codec = bench->video ? ROUTER_VP8 : ROUTER_OPUS,
		.pt = bench->video ? 96 : 111,
		.ssrc = SPEAKER_SSRC,
	};
	const struct router_peer speaker = {
		.id = "speaker", .meeting = "m", .sends = &send, .n_sends = 1
	};
	must(router_peer_set(bench->router, &speaker, 0, &bench->speaker) == 0, "speaker");
	router_peer_ready(bench->router, bench->speaker, true, 0);
}

static void listener_open(struct listener *listener)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	listener->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(listener->fd >= 0 && bind(listener->fd, (const struct sockaddr *)&addr, len) == 0 &&
			getsockname(listener->fd, (struct sockaddr *)&addr, &len) == 0,
		"socket (raise the limit of open files)");
	listener->addr = rs_addr_v4((const uint8_t[]){ 127, 0, 0, 1 }, ntohs(addr.sin_port));
}

static void listener_make(struct bench *bench)
{
	struct listener *listener = &bench->listeners[bench->n_listeners++];
	uint8_t key[28];
	rs_rand_bytes(&bench->rand, key, sizeof(key));
	const struct crypt_config config = {
		.profile = CRYPT_AEAD_AES_128_GCM,
		.direction = CRYPT_SEAL,
		.key_view = key,
		.key_len = sizeof(key),
		.max_streams = 65,
	};
	must(crypt_new(&config, &listener->crypt) == 0, "crypt_new");
	listener_open(listener);
	char id[16];
	(void)snprintf(id, sizeof(id), "p%zu", bench->n_listeners);
	const struct router_recv recv = {
		.mid = "1",
		.video = bench->video,
		.ssrc = (uint32_t)(1000 + bench->n_listeners),
		.codec = bench->video ? ROUTER_VP8 : ROUTER_OPUS,
		.pt = bench->video ? 96 : 111,
		.nack = true,
		.ext = { .mid = 4 },
		.feed = "source-speaker",
	};
	const struct router_peer peer = { .id = id, .meeting = "m", .recvs = &recv, .n_recvs = 1 };
	uint32_t handle = 0;
	must(router_peer_set(bench->router, &peer, 0, &handle) == 0, "listener");
	router_peer_ready(bench->router, handle, true, 0);
	bench->by_index[ROUTER_PEER_INDEX(handle)] = listener;
}

/* ---- a run ---- */

/* Of sound each packet, of pictures each VIDEO_FRAME packets are a burst; the first begins with a key frame. */
static void burst(struct bench *bench, rs_time now)
{
	const unsigned n = bench->video ? VIDEO_FRAME : 1;
	for (unsigned i = 0; i < n; i++) {
		uint8_t data[ROUTER_PACKET_MAX];
		struct rs_writer writer;
		const struct rtp_header header = {
			.marker = i == n - 1,
			.pt = bench->video ? 96 : 111,
			.seq = bench->seq++,
			.rtp_ts = (uint32_t)(bench->video ? now * 9 / 100 : now * 48 / 1000),
			.ssrc = SPEAKER_SSRC,
		};
		rs_writer_init(&writer, data, sizeof(data));
		rtp_write_header(&writer, &header);
		if (bench->video) { /* RFC 7741 section 4.2: X, S; I; a 15-bit picture id */
			rs_write_u8(&writer, i == 0 ? 0x90 : 0x80);
			rs_write_u8(&writer, 0x80);
			rs_write_u16(&writer, (uint16_t)(0x8000U | (now / 20000 & 0x7fff)));
			rs_write_bytes(&writer, (const uint8_t[]){ 0x10, 0, 0, 0x9d, 1, 0x2a }, 6);
		}
		rs_write_zero(&writer, bench->video ? VIDEO_LEN : AUDIO_LEN);
		must(router_recv_rtp(bench->router, bench->speaker, data, writer.len, now) == 0,
			"router_recv_rtp");
	}
	udp_flush(bench->udp);
}

static int64_t cpu_ns(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void drain(const struct bench *bench)
{
	uint8_t data[2048];
	for (size_t i = 0; bench->step == STEP_SEND && i < bench->n_listeners; i++)
		while (recv(bench->listeners[i].fd, data, sizeof(data), MSG_DONTWAIT) > 0)
			continue;
}

static void between(struct bench *bench)
{
	const struct timespec pace = { .tv_nsec = 20000000 };
	if (bench->paced) {
		(void)nanosleep(&pace, NULL); /* woken early is a burst early */
		return;
	}
	for (size_t i = 0; i < COLD_OCTETS; i += 64)
		bench->cold[i]++;
}

static double ns_a_packet(struct bench *bench, enum step step, uint64_t packets)
{
	static rs_time now = RS_SEC(1);
	int64_t spent = 0;
	bench->step = step;
	bench->emitted = 0;
	while (bench->emitted < packets) {
		between(bench);
		const int64_t from = cpu_ns();
		burst(bench, now);
		spent += cpu_ns() - from;
		drain(bench);
		now += RS_MS(20);
	}
	return (double)spent / (double)bench->emitted;
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 50, 200, 1000 };
	static struct bench bench;
	uint64_t packets = 200000;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--video") == 0)
			bench.video = true;
		else if (strcmp(argv[i], "--paced") == 0)
			bench.paced = true;
		else if (strcmp(argv[i], "--packets") == 0 && i + 1 < argc)
			packets = strtoull(argv[++i], NULL, 10);
	}
	rs_rand_init_seed(&bench.rand, 1);
	const struct rs_addr local = rs_addr_v4((const uint8_t[]){ 127, 0, 0, 1 }, 0);
	must(crypt_start() == 0, "crypt_start");
	must(uv_loop_init(&bench.loop) == 0 &&
			udp_new(&bench.loop, &local, 4 << 20, &bench.udp) == 0,
		"udp_new");
	meeting_make(&bench);
	(void)printf("%9s %10s %10s %10s  ns a packet, %s\n", "listeners", "route", "+seal",
		"+send", bench.video ? "VP8" : "Opus");
	for (size_t i = 0; i < RS_ARRAY_LEN(sizes); i++) {
		while (bench.n_listeners < sizes[i])
			listener_make(&bench);
		double ns[STEPS];
		(void)ns_a_packet(&bench, STEP_SEND, packets / 20); /* warms up */
		for (int step = 0; step < STEPS; step++)
			ns[step] = ns_a_packet(&bench, (enum step)step, packets);
		(void)printf("%9zu %10.0f %10.0f %10.0f\n", sizes[i], ns[0], ns[1], ns[2]);
	}
	for (size_t i = 0; i < bench.n_listeners; i++) {
		crypt_free(bench.listeners[i].crypt);
		(void)close(bench.listeners[i].fd);
	}
	router_free(bench.router);
	(void)udp_close(bench.udp);
	(void)uv_run(&bench.loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&bench.loop);
	return 0;
}
