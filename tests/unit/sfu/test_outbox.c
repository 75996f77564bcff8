/* What a turn puts out waits for its end: nothing of it is lost and its order is kept, however much it is and whoever goes
 * away meanwhile. The worker, its sockets and its clients are real. */
#include "sfu/io/worker_priv.h"
#include "tools/client/rtc_client.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/time.h"
#include "sfu/io/sockaddr.h"

#define WALL_S 1795305600
#define CLIENTS 4 /* one socket would not hold all that the outbox does */
#define HEAD 12
#define SSRC 0x01020304U
#define PATIENCE_MS 20000

struct client {
	struct rtc_client *rtc;
	struct ice_credentials own;
	char id[8];
	int fd;
	struct rs_addr address;
	uint32_t handle;
	unsigned sent; /* packets put out for it */
	unsigned came; /* all of them in order */
	unsigned before_bye;
	bool bye;
};

struct fixture {
	uv_loop_t loop;
	struct dtls_identity *identity;
	struct worker *worker;
	struct rs_addr server;
	struct client clients[CLIENTS];
};

static const struct ice_credentials ours[CLIENTS] = {
	{ "aaaa", "0123456789abcdef012345" },
	{ "bbbb", "0123456789abcdef012345" },
	{ "cccc", "0123456789abcdef012345" },
	{ "dddd", "0123456789abcdef012345" },
};

/* ---- a client ---- */

static void client_send_all(struct client *client, const struct rs_addr *server)
{
	struct rtc_client_datagram datagram;
	struct sockaddr_storage to;
	const socklen_t to_len = sockaddr_of(server, &to);
	while (rtc_client_poll(client->rtc, &datagram) == 1)
		(void)!sendto(client->fd, datagram.data_view, datagram.len, 0,
			(const struct sockaddr *)&to, to_len); /* it is said again */
}

/* Every packet has the number of those before it. */
static void client_media(struct client *client, uint8_t *data, size_t len)
{
	const bool rtcp = data[1] >= 192 && data[1] <= 223;
	if (rtcp) {
		assert_int_equal(rtc_client_open(client->rtc, true, data, &len), 0);
		return;
	}
	assert_int_equal(rtc_client_open(client->rtc, false, data, &len), 0);
	assert_int_equal((data[2] << 8 | data[3]), client->came & 0xffff);
	for (size_t i = HEAD; i < len; i++)
		assert_int_equal(data[i], client->came & 0xff);
	client->came++;
}

static void client_read(struct client *client, rs_time now)
{
	uint8_t data[2048];
	ssize_t n;
	while ((n = recv(client->fd, data, sizeof(data), MSG_DONTWAIT)) > 0) {
		if (data[0] >= 128) {
			client_media(client, data, (size_t)n);
			continue;
		}
		/* An alert is the server's good-bye. */
		if (data[0] == 21 && !client->bye) {
			client->bye = true;
			client->before_bye = client->came;
		}
		rtc_client_recv(client->rtc, data, (size_t)n, now);
	}
}

static void client_open(struct fixture *fixture, size_t i)
{
	struct client *client = &fixture->clients[i];
	static const uint8_t here[4] = { 127, 0, 0, 1 };
	struct sockaddr_storage bound;

	const struct rs_addr any = rs_addr_v4(here, 0);
	socklen_t len = sockaddr_of(&any, &bound);
	client->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(client->fd >= 0);
	assert_int_equal(bind(client->fd, (const struct sockaddr *)&bound, len), 0);
	len = sizeof(bound);
	assert_int_equal(getsockname(client->fd, (struct sockaddr *)&bound, &len), 0);
	client->address = sockaddr_read(&bound);
	(void)snprintf(client->id, sizeof(client->id), "p%zu", i);
	client->own = (struct ice_credentials){ "", "abcdefghijklmnopqrstuvwx" };
	(void)snprintf(client->own.ufrag, sizeof(client->own.ufrag), "own%zu", i);
	const struct rtc_client_config config = {
		.own = client->own,
		.server = ours[i],
		.address = client->address,
		.server_address = fixture->server,
		.server_fingerprint = dtls_identity_fingerprint(fixture->identity),
		.seed = i + 1,
	};
	assert_int_equal(rtc_client_new(&config, rs_clock_monotonic(), &client->rtc), 0);
}

static void client_close(struct client *client)
{
	client->rtc = rtc_client_free(client->rtc);
	(void)close(client->fd);
}

/* ---- the worker ---- */

static struct control_peer wanted_of(const struct client *client, const struct ice_credentials *our)
{
	struct control_peer wanted = {
		.router = { .id = client->id, .meeting = "m" },
		.local = *our,
		.remote = client->own,
	};
	char text[RTC_CLIENT_FINGERPRINT_LEN];
	rtc_client_fingerprint(client->rtc, "sha-256", text);
	assert_int_equal(dtls_fingerprint_parse("sha-256", text, &wanted.fingerprint), 0);
	return wanted;
}

static void turn(struct fixture *fixture)
{
	const rs_time now = rs_clock_monotonic();
	(void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
	worker_input(fixture->worker, now);
	worker_tick(fixture->worker, now);
	worker_output(fixture->worker);
	for (size_t i = 0; i < CLIENTS; i++) {
		client_read(&fixture->clients[i], now);
		rtc_client_tick(fixture->clients[i].rtc, now);
		client_send_all(&fixture->clients[i], &fixture->server);
	}
}

static bool all_are_connected(const struct fixture *fixture)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		const struct peer_out *out =
			peers_out(fixture->worker->peers, fixture->clients[i].handle);
		if (out == NULL || !out->open || !rtc_client_is_connected(fixture->clients[i].rtc))
			return false;
	}
	return true;
}

static int setup(void **state)
{
	struct fixture *fixture = rs_zalloc(sizeof(*fixture));
	static const uint8_t here[4] = { 127, 0, 0, 1 };
	const struct rs_addr local = rs_addr_v4(here, 0);
	char error[WORKER_ERROR_LEN];
	*state = fixture;
	assert_int_equal(uv_loop_init(&fixture->loop), 0);
	assert_int_equal(dtls_identity_new(WALL_S, &fixture->identity), 0);
	const struct worker_config config = {
		.loop = &fixture->loop,
		.addresses = &local,
		.n_addresses = 1,
		.identity = fixture->identity,
		.meetings = 1,
		.peers = CLIENTS,
		.socket_buffer = 1 << 18,
		.count = 1,
	};
	assert_int_equal(worker_new(&config, error, &fixture->worker), 0);
	fixture->server = *worker_address(fixture->worker, 0);
	const struct router_meeting meeting = { .id = "m", .event = 1 };
	const rs_time now = rs_clock_monotonic();
	assert_int_equal(router_meeting_set(fixture->worker->router, &meeting, now), 0);
	for (size_t i = 0; i < CLIENTS; i++) {
		client_open(fixture, i);
		const struct control_peer wanted = wanted_of(&fixture->clients[i], &ours[i]);
		assert_int_equal(
			worker_peer_set(fixture->worker, &wanted, now, &fixture->clients[i].handle),
			0);
	}
	for (int ms = 0; ms < PATIENCE_MS && !all_are_connected(fixture); ms++) {
		turn(fixture);
		(void)poll(NULL, 0, 1);
	}
	assert_true(all_are_connected(fixture));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	for (size_t i = 0; i < CLIENTS; i++)
		client_close(&fixture->clients[i]);
	fixture->worker = worker_free(fixture->worker);
	(void)uv_run(&fixture->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&fixture->loop), 0);
	dtls_identity_free(fixture->identity);
	rs_release(fixture);
	return rs_mem_alive() == 0 ? 0 : -1;
}

/* ---- what the router would do ---- */

static void put_rtp(struct fixture *fixture, struct client *client, size_t len)
{
	uint8_t data[ROUTER_PACKET_MAX] = { 0x80, 111, (uint8_t)(client->sent >> 8),
		(uint8_t)client->sent };
	for (unsigned i = 0; i < 4; i++)
		data[8 + i] = (uint8_t)(SSRC >> (24 - 8 * i));
	memset(data + HEAD, (int)(client->sent & 0xff), len - HEAD);
	client->sent++;
	worker_emit(fixture->worker, client->handle, ROUTER_RTP, data, len);
}

static void put_rtcp(struct fixture *fixture, const struct client *client)
{
	static const uint8_t empty_rr[8] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	worker_emit(fixture->worker, client->handle, ROUTER_RTCP, empty_rr, sizeof(empty_rr));
}

static uint64_t count(const struct fixture *fixture, enum worker_count what)
{
	return fixture->worker->counts[what];
}

static void expect_all(struct fixture *fixture)
{
	bool all = false;
	for (int ms = 0; ms < PATIENCE_MS && !all; ms++) {
		all = true;
		for (size_t i = 0; i < CLIENTS; i++) {
			client_read(&fixture->clients[i], rs_clock_monotonic());
			all = all && fixture->clients[i].came == fixture->clients[i].sent;
		}
		if (!all)
			(void)poll(NULL, 0, 1);
	}
	for (size_t i = 0; i < CLIENTS; i++)
		assert_int_equal(fixture->clients[i].came, fixture->clients[i].sent);
	assert_int_equal(count(fixture, COUNT_TX_SEAL_FAILED), 0);
}

/* It comes last. */
static void expect_bye(struct client *client)
{
	for (int ms = 0; ms < PATIENCE_MS && !client->bye; ms++) {
		client_read(client, rs_clock_monotonic());
		(void)poll(NULL, 0, 1);
	}
	assert_true(client->bye);
	assert_int_equal(client->before_bye, client->sent);
}

/* ---- tests ---- */

static void as_many_as_it_holds_wait_and_one_more_sends_them(void **state)
{
	struct fixture *fixture = *state;
	const struct outbox *outbox = &fixture->worker->outbox;

	assert_int_equal(outbox->n, 0);
	for (unsigned i = 0; i < OUTBOX_PACKETS; i++)
		put_rtp(fixture, &fixture->clients[i % CLIENTS], HEAD + 1 + i % 50);
	assert_int_equal(outbox->n, OUTBOX_PACKETS);
	for (size_t i = 0; i < CLIENTS; i++)
		client_read(&fixture->clients[i], rs_clock_monotonic());
	assert_int_equal(fixture->clients[0].came, 0);
	put_rtp(fixture, &fixture->clients[0], HEAD + 1);
	assert_int_equal(outbox->n, 1);
	assert_int_equal(outbox->used, HEAD + 1);
	worker_output(fixture->worker);
	assert_int_equal(outbox->n, 0);
	assert_int_equal(outbox->used, 0);
	expect_all(fixture);
	assert_int_equal(count(fixture, COUNT_TX_NO_PATH), 0);
}

static void its_octets_are_filled_to_the_last_and_not_beyond(void **state)
{
	struct fixture *fixture = *state;
	const struct outbox *outbox = &fixture->worker->outbox;
	const size_t len = 1024;
	const unsigned most = sizeof(outbox->octets) / len;

	assert_int_equal(most * len, sizeof(outbox->octets));
	for (unsigned i = 0; i < most; i++)
		put_rtp(fixture, &fixture->clients[i % CLIENTS], len);
	assert_int_equal(outbox->n, most);
	assert_int_equal(outbox->used, sizeof(outbox->octets));
	put_rtp(fixture, &fixture->clients[1], HEAD + 1);
	assert_int_equal(outbox->n, 1);
	for (unsigned i = 0; i < most; i++)
		put_rtp(fixture, &fixture->clients[2], 1100); /* does not come out even */
	worker_output(fixture->worker);
	expect_all(fixture);
	assert_int_equal(count(fixture, COUNT_TX_NO_PATH), 0);
}

static void reports_lie_between_and_what_is_too_long_is_not_taken(void **state)
{
	struct fixture *fixture = *state;
	static const uint8_t long_one[ROUTER_PACKET_MAX + 1] = { 0x80 };

	for (unsigned i = 0; i < 40; i++) {
		struct client *client = &fixture->clients[i % CLIENTS];
		put_rtp(fixture, client, i % 2 == 0 ? HEAD + 1 : ROUTER_PACKET_MAX);
		put_rtcp(fixture, client);
		worker_emit(
			fixture->worker, client->handle, ROUTER_RTP, long_one, sizeof(long_one));
	}
	worker_output(fixture->worker);
	expect_all(fixture);
	assert_int_equal(count(fixture, COUNT_TX_NO_PATH), 40);
}

/* It was put out while it was here. */
static void who_goes_away_gets_what_waits_before_the_good_bye(void **state)
{
	struct fixture *fixture = *state;
	struct client *gone = &fixture->clients[0];

	for (unsigned i = 0; i < 40; i++)
		put_rtp(fixture, &fixture->clients[i % CLIENTS], HEAD + 100);
	worker_peer_remove(fixture->worker, gone->id, rs_clock_monotonic());
	assert_null(peers_out(fixture->worker->peers, gone->handle));
	for (unsigned i = 0; i < 40; i++)
		put_rtp(fixture, &fixture->clients[1 + i % (CLIENTS - 1)], HEAD + 100);
	put_rtcp(fixture, gone); /* nobody's any more */
	worker_output(fixture->worker);
	expect_all(fixture);
	assert_int_equal(count(fixture, COUNT_TX_NO_PATH), 1);
	expect_bye(gone);
}

/* The next session's keys have nothing to do with what was put out for the one before. */
static void what_waits_for_a_session_is_not_the_next_ones(void **state)
{
	struct fixture *fixture = *state;
	struct client *client = &fixture->clients[2];
	struct control_peer wanted = wanted_of(client, &ours[2]);
	uint32_t handle = 0;

	wanted.fingerprint.digest[0] ^= 1; /* another browser's */
	for (unsigned i = 0; i < 40; i++)
		put_rtp(fixture, &fixture->clients[i % CLIENTS], HEAD + 100);
	assert_int_equal(
		worker_peer_set(fixture->worker, &wanted, rs_clock_monotonic(), &handle), 0);
	assert_int_not_equal(handle, client->handle);
	put_rtcp(fixture, client); /* by the handle of before */
	worker_output(fixture->worker);
	expect_all(fixture);
	assert_int_equal(count(fixture, COUNT_TX_NO_PATH), 1);
}

static void what_waits_when_all_is_closed_leaves_first(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned i = 0; i < 40; i++)
		put_rtp(fixture, &fixture->clients[i % CLIENTS], HEAD + 100);
	worker_close_peers(fixture->worker);
	expect_all(fixture);
	for (size_t i = 0; i < CLIENTS; i++)
		expect_bye(&fixture->clients[i]);
	assert_int_equal(count(fixture, COUNT_TX_NO_PATH), 0);
}

static void a_worker_is_freed_with_packets_that_wait(void **state)
{
	struct fixture *fixture = *state;

	put_rtp(fixture, &fixture->clients[0], HEAD + 1);
	assert_int_equal(fixture->worker->outbox.n, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(as_many_as_it_holds_wait_and_one_more_sends_them),
		CASE(its_octets_are_filled_to_the_last_and_not_beyond),
		CASE(reports_lie_between_and_what_is_too_long_is_not_taken),
		CASE(who_goes_away_gets_what_waits_before_the_good_bye),
		CASE(what_waits_for_a_session_is_not_the_next_ones),
		CASE(what_waits_when_all_is_closed_leaves_first),
		CASE(a_worker_is_freed_with_packets_that_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
