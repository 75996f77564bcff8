/* Messages shared by count, and the ring of what was told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "signaling/broadcast/broadcast.h"
#include "tests/support/oom.h"

static void add(struct broadcast *broadcast, uint64_t number)
{
	struct message *message = message_new(&number, sizeof(number));
	broadcast_add(broadcast, &(struct broadcast_event){ .number = number,
					 .payload = message,
					 .frame = message,
					 .change = message });
	message_unref(message);
}

static void a_message_lives_until_its_last_holder(void **state)
{
	const int64_t alive = rs_mem_alive();
	struct message *message = message_new("text", 4);
	assert_int_equal(message->len, 4);
	assert_string_equal((const char *)message_text(message), "text");
	struct message *other = message_ref(message);
	assert_null(message_unref(message));
	assert_memory_equal(message_text(other), "text", 5);
	assert_null(message_unref(other));
	assert_null(message_unref(NULL));
	assert_int_equal(rs_mem_alive(), alive);
}

static void the_oldest_makes_way(void **state)
{
	struct broadcast *broadcast = NULL;
	assert_int_equal(broadcast_new(0, &broadcast), -EINVAL);
	assert_int_equal(broadcast_new(3, &broadcast), 0);
	assert_true(broadcast_covers(broadcast, 0, 0));
	assert_false(broadcast_covers(broadcast, 0, 1));
	for (uint64_t n = 1; n <= 5; n++)
		add(broadcast, n);
	assert_null(broadcast_find(broadcast, 2));
	assert_null(broadcast_find(broadcast, 6));
	assert_int_equal(broadcast_find(broadcast, 4)->number, 4);
	assert_true(broadcast_covers(broadcast, 5, 5));
	assert_true(broadcast_covers(broadcast, 2, 5));
	assert_false(broadcast_covers(broadcast, 1, 5));
	assert_false(broadcast_covers(broadcast, 6, 5)); /* of another history */
	broadcast_free(broadcast);
}

static void a_gap_is_not_covered(void **state)
{
	struct broadcast *broadcast = NULL;
	assert_int_equal(broadcast_new(8, &broadcast), 0);
	add(broadcast, 1);
	add(broadcast, 2);
	add(broadcast, 4);
	assert_false(broadcast_covers(broadcast, 1, 4));
	assert_true(broadcast_covers(broadcast, 3, 4));
	broadcast_free(broadcast);
}

static void add_large(struct broadcast *broadcast, uint64_t number, bool with_change)
{
	const size_t len = BROADCAST_OCTETS_MAX / 4;
	char *text = rs_zalloc(len);
	struct message *payload = message_new("x", 1);
	struct message *frame = message_new(text, len);
	struct message *change = with_change ? message_new(text, len) : message_ref(frame);
	broadcast_add(broadcast,
		&(struct broadcast_event){
			.number = number, .payload = payload, .frame = frame, .change = change });
	message_unref(payload);
	message_unref(frame);
	message_unref(change);
	rs_release(text);
}

static void large_events_make_way_sooner(void **state)
{
	struct broadcast *broadcast = NULL;
	assert_int_equal(broadcast_new(8, &broadcast), 0);
	for (uint64_t n = 1; n <= 5; n++)
		add_large(broadcast, n, false);
	assert_true(broadcast_covers(broadcast, 2, 5));
	assert_null(broadcast_find(broadcast, 2));
	/* A change of its own counts, one that is the frame does not. */
	add_large(broadcast, 6, true);
	assert_true(broadcast_covers(broadcast, 4, 6));
	assert_null(broadcast_find(broadcast, 4));
	add(broadcast, 7);
	assert_true(broadcast_covers(broadcast, 4, 7));
	broadcast_free(broadcast);
}

static int build(void *ctx)
{
	struct broadcast *broadcast = NULL;
	(void)ctx;
	const int err = broadcast_new(4, &broadcast);
	if (err < 0)
		return err;
	struct message *message = message_new("x", 1);
	broadcast_free(broadcast);
	message_unref(message);
	return message == NULL ? -ENOMEM : 0;
}

static void a_birth_without_memory_leaks_nothing(void **state)
{
	check_oom(build, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_lives_until_its_last_holder),
		cmocka_unit_test(the_oldest_makes_way),
		cmocka_unit_test(a_gap_is_not_covered),
		cmocka_unit_test(large_events_make_way_sooner),
		cmocka_unit_test(a_birth_without_memory_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
