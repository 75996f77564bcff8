/* The line that lossy calls are tested on does what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/simlink.h"

#define N 20000

static const struct rs_addr nobody;

static struct simlink *make(const struct simlink_config *config)
{
	struct simlink *link = NULL;
	assert_int_equal(simlink_new(config, &link), 0);
	return link;
}

/* Sends a numbered datagram of `len` octets. */
static void send(struct simlink *link, uint32_t number, size_t len, rs_time now)
{
	uint8_t data[SIMLINK_MTU] = { (uint8_t)(number >> 16), (uint8_t)(number >> 8),
		(uint8_t)number };
	simlink_send(link, &nobody, &nobody, data, len, now);
}

/* Sends N datagrams; counts what was lost and in how many runs. */
static void count_losses(struct simlink *link, unsigned *out_lost, unsigned *out_runs)
{
	static struct simlink_datagram datagram;
	bool before = false;
	*out_lost = 0;
	*out_runs = 0;
	for (uint32_t i = 0; i < N; i++) {
		send(link, i, 100, i);
		const bool lost = simlink_recv(link, i, &datagram) == 0;
		*out_lost += lost;
		*out_runs += lost && !before;
		before = lost;
	}
}

static void losses_are_as_many_as_asked(void **state)
{
	struct simlink *link = make(&(struct simlink_config){ .loss_permille = 100, .seed = 1 });
	unsigned lost = 0;
	unsigned runs = 0;
	count_losses(link, &lost, &runs);
	assert_in_range(lost, N / 10 - N / 100, N / 10 + N / 100);
	assert_in_range(lost * 100 / runs, 105, 117); /* 1 / (1 - 0.1) packets a run */
	assert_int_equal(simlink_stats(link)->lost, lost);
	simlink_free(link);
}

static void losses_in_runs_are_as_many_and_as_long_as_asked(void **state)
{
	struct simlink *link =
		make(&(struct simlink_config){ .loss_permille = 100, .loss_run = 4, .seed = 1 });
	unsigned lost = 0;
	unsigned runs = 0;
	count_losses(link, &lost, &runs);
	assert_in_range(lost, N / 10 - N / 50, N / 10 + N / 50);
	assert_in_range(lost * 10 / runs, 36, 44);
	simlink_free(link);
}

static void a_narrow_wire_makes_datagrams_wait(void **state)
{
	static struct simlink_datagram datagram;
	struct simlink *link =
		make(&(struct simlink_config){ .rate_bps = 80000, .delay = RS_MS(30) });
	send(link, 0, 100, 0); /* 10 ms on the wire */
	send(link, 1, 100, 0);
	assert_int_equal(simlink_recv(link, RS_MS(40) - 1, &datagram), 0);
	assert_int_equal(simlink_recv(link, RS_MS(40), &datagram), 1);
	assert_int_equal(simlink_deadline(link), RS_MS(50));
	assert_int_equal(simlink_stats(link)->waits[0], 1);
	assert_int_equal(simlink_stats(link)->waits[10], 1);
	simlink_free(link);
}

static void what_would_wait_too_long_is_dropped(void **state)
{
	struct simlink *link =
		make(&(struct simlink_config){ .rate_bps = 80000, .queue_delay = RS_MS(15) });
	for (uint32_t i = 0; i < 4; i++)
		send(link, i, 100, 0); /* these wait 0, 10, 20 ms */
	assert_int_equal(simlink_stats(link)->dropped, 2);
	simlink_free(link);
}

static void a_line_changes_in_the_middle_of_a_call(void **state)
{
	struct simlink *link = make(&(struct simlink_config){ .delay = RS_MS(30) });
	simlink_set(link, &(struct simlink_config){ .loss_permille = 1000 });
	send(link, 0, 100, 0);
	simlink_send_spared(link, &nobody, &nobody, (const uint8_t *)"x", 1, 0);
	assert_int_equal(simlink_stats(link)->lost, 1);
	assert_int_equal(simlink_deadline(link), 0);
	simlink_free(link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_are_as_many_as_asked),
		cmocka_unit_test(losses_in_runs_are_as_many_and_as_long_as_asked),
		cmocka_unit_test(a_narrow_wire_makes_datagrams_wait),
		cmocka_unit_test(what_would_wait_too_long_is_dropped),
		cmocka_unit_test(a_line_changes_in_the_middle_of_a_call),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
