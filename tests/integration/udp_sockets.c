/* sfu/io/udp on real sockets: what is queued arrives, joined to messages or not. */
#include "sfu/io/udp.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define RECEIVERS 3
#define DATAGRAMS 40

struct world {
	uv_loop_t loop;
	struct udp *udp;
	int fds[RECEIVERS];
	struct rs_addr addrs[RECEIVERS];
};

static const uint8_t loopback[] = { 127, 0, 0, 1 };

static int setup(void **state)
{
	static struct world world;
	const struct rs_addr local = rs_addr_v4(loopback, 0);
	assert_int_equal(uv_loop_init(&world.loop), 0);
	assert_int_equal(udp_new(&world.loop, &local, 1 << 20, &world.udp), 0);
	for (size_t i = 0; i < RECEIVERS; i++) {
		struct sockaddr_in addr = { .sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		socklen_t len = sizeof(addr);
		world.fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		assert_int_equal(
			bind(world.fds[i], (const struct sockaddr *)&addr, sizeof(addr)), 0);
		assert_int_equal(getsockname(world.fds[i], (struct sockaddr *)&addr, &len), 0);
		world.addrs[i] = rs_addr_v4(loopback, ntohs(addr.sin_port));
	}
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	for (size_t i = 0; i < RECEIVERS; i++)
		(void)close(world->fds[i]);
	(void)udp_close(world->udp);
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	return uv_loop_close(&world->loop);
}

static size_t length_of(size_t i)
{
	return i % 5 == 4 ? 300 : 1100; /* the last packet of a picture is shorter */
}

static void queue(struct world *world, size_t receiver, size_t i)
{
	uint8_t *room = udp_room(world->udp);
	memset(room, (int)(receiver * DATAGRAMS + i), length_of(i));
	udp_commit(world->udp, length_of(i), &world->addrs[receiver]);
}

/* In order, each with its own length and octets. */
static void expect(const struct world *world, size_t receiver, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		uint8_t data[UDP_ROOM];
		const ssize_t len = recv(world->fds[receiver], data, sizeof(data), MSG_DONTWAIT);
		assert_int_equal(len, length_of(i));
		for (ssize_t at = 0; at < len; at++)
			assert_int_equal(data[at], receiver * DATAGRAMS + i);
	}
}

static void pictures_to_several_arrive_whole_and_in_order(void **state)
{
	struct world *world = *state;
	for (size_t i = 0; i < DATAGRAMS; i++)
		for (size_t receiver = 0; receiver < RECEIVERS; receiver++)
			queue(world, receiver, i);
	udp_flush(world->udp);
	for (size_t receiver = 0; receiver < RECEIVERS; receiver++)
		expect(world, receiver, 0, DATAGRAMS);
	const struct udp_stats *stats = udp_stats(world->udp);
	assert_int_equal(stats->tx_datagrams, RECEIVERS * DATAGRAMS);
	assert_int_equal(stats->tx_full + stats->tx_errors, 0);
	/* A system without segmentation says so at birth, or once. */
	assert_true(stats->tx_joined == RECEIVERS * DATAGRAMS || stats->tx_joined == 0);
}

static void single_datagrams_stay_single(void **state)
{
	struct world *world = *state;
	for (size_t receiver = 0; receiver < RECEIVERS; receiver++)
		queue(world, receiver, 0);
	udp_flush(world->udp);
	for (size_t receiver = 0; receiver < RECEIVERS; receiver++)
		expect(world, receiver, 0, 1);
	assert_int_equal(udp_stats(world->udp)->tx_joined, 0);
	assert_int_equal(udp_stats(world->udp)->tx_datagrams, RECEIVERS);
}

/* More than the queue holds: it is sent when it is full. */
static void a_long_queue_loses_nothing(void **state)
{
	struct world *world = *state;
	for (size_t round = 0; round < 100; round++) {
		for (size_t i = 0; i < DATAGRAMS; i++)
			queue(world, 0, i);
		udp_flush(world->udp);
		expect(world, 0, 0, DATAGRAMS);
	}
	for (size_t i = 0; i < 3000; i++) { /* past the queue's end before the first flush */
		uint8_t *room = udp_room(world->udp);
		room[0] = 1;
		udp_commit(world->udp, 1, &world->addrs[1]);
		if (i % 100 == 0) {
			uint8_t data[8];
			while (recv(world->fds[1], data, sizeof(data), MSG_DONTWAIT) > 0)
				continue;
		}
	}
	udp_flush(world->udp);
	assert_int_equal(udp_stats(world->udp)->tx_datagrams, 100 * DATAGRAMS + 3000);
}

/* What the system refuses as one message goes out one by one, and costs only its own datagrams. */
static void a_refused_destination_costs_the_others_nothing(void **state)
{
	struct world *world = *state;
	const struct rs_addr nowhere = rs_addr_v4((const uint8_t[]){ 255, 255, 255, 255 }, 9);
	for (size_t i = 0; i < 4; i++) {
		queue(world, 0, i);
		uint8_t *room = udp_room(world->udp);
		memset(room, 0, 1100);
		udp_commit(world->udp, 1100, &nowhere); /* EACCES: broadcast is not allowed */
	}
	udp_flush(world->udp);
	expect(world, 0, 0, 4);
	assert_int_equal(udp_stats(world->udp)->tx_errors, 4);
	assert_int_equal(udp_stats(world->udp)->tx_datagrams, 4);
}

static void buffers_are_those_asked_for_or_told_to_be_smaller(void **state)
{
	const struct world *world = *state;
	int receive = 0;
	int send = 0;
	udp_buffers(world->udp, &receive, &send);
	assert_in_range(receive, 1, 1 << 20);
	assert_in_range(send, 1, 1 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			pictures_to_several_arrive_whole_and_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(single_datagrams_stay_single, setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_queue_loses_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_refused_destination_costs_the_others_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			buffers_are_those_asked_for_or_told_to_be_smaller, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
