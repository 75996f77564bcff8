/* The disk of the archives, as it fills up and as it gets slow. */
#include "recorder/control/storage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define QUEUE ((size_t)64 << 20)

struct disk_rig {
	struct storage storage;
	struct storage_sample sample;
	rs_time now;
};

static void rig_init(struct disk_rig *rig)
{
	const struct storage_rules rules = {
		.reserve = GIB, .amber = RS_SEC(2 * 3600), .red = RS_SEC(1800), .queue_max = QUEUE
	};
	*rig = (struct disk_rig){ .sample = { .free = 101 * GIB, .total = 200 * GIB },
		.now = RS_SEC(100) };
	storage_init(&rig->storage, &rules);
}

/* A second at a time, `rate` octets written in each; `others` take as much beside. */
static void run(struct disk_rig *rig, unsigned seconds, uint64_t rate, uint64_t others)
{
	for (unsigned i = 0; i < seconds; i++) {
		rig->now += RS_SEC(1);
		rig->sample.written += rate;
		rig->sample.free -=
			rate + others < rig->sample.free ? rate + others : rig->sample.free;
		(void)storage_add(&rig->storage, &rig->sample, rig->now);
	}
}

static const struct storage_state *state_of(const struct disk_rig *rig)
{
	return &rig->storage.state;
}

static void what_is_left_follows_from_what_is_written(void **state)
{
	struct disk_rig rig;
	rig_init(&rig);
	run(&rig, 9, 7 * MIB, 0);
	assert_int_equal(state_of(&rig)->left, RS_TIME_NEVER); /* too soon to tell */
	run(&rig, 60, 7 * MIB, 0);
	assert_int_equal(state_of(&rig)->rate, 7 * MIB);
	/* 100 GiB beyond the reserve, less what was written. */
	assert_in_range(state_of(&rig)->left / RS_SEC(60), 242, 243);
	assert_int_equal(state_of(&rig)->level, STORAGE_GREEN);
	/* Ten minutes later nothing is known any more of how it was. */
	run(&rig, 600, MIB, 0);
	assert_int_equal(state_of(&rig)->rate, MIB);
	/* What others write counts as well. */
	run(&rig, 600, MIB, 3 * MIB);
	assert_int_equal(state_of(&rig)->rate, 4 * MIB);
	/* Nothing is written: it lasts for ever. */
	run(&rig, 600, 0, 0);
	assert_int_equal(state_of(&rig)->rate, 0);
	assert_int_equal(state_of(&rig)->left, RS_TIME_NEVER);
}

static void the_alarm_comes_long_before_pictures_are_left_out(void **state)
{
	struct disk_rig rig;
	rs_time amber = 0, red = 0;
	rig_init(&rig);
	while (state_of(&rig)->why == STORAGE_FINE) {
		run(&rig, 1, 8 * MIB, 0);
		if (amber == 0 && state_of(&rig)->level == STORAGE_AMBER)
			amber = rig.now;
		if (red == 0 && state_of(&rig)->level == STORAGE_RED)
			red = rig.now;
	}
	assert_in_range(rig.now - amber, RS_SEC(2 * 3600 - 2), RS_SEC(2 * 3600 + 2));
	assert_in_range(rig.now - red, RS_SEC(1800 - 2), RS_SEC(1800 + 2));
	assert_int_equal(state_of(&rig)->why, STORAGE_NEARLY_FULL);
	/* Sound alone goes on, and its time is told. */
	run(&rig, 400, 64000, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_NEARLY_FULL);
	assert_int_equal(state_of(&rig)->level, STORAGE_RED);
	assert_in_range(state_of(&rig)->left / RS_SEC(3600), 4, 5);
	/* A little room is not enough to go on. */
	rig.sample.free = GIB + GIB / 5;
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_NEARLY_FULL);
	rig.sample.free = 50 * GIB;
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_FINE);
	assert_int_equal(state_of(&rig)->level, STORAGE_GREEN);
}

static void a_level_does_not_flutter_at_its_bound(void **state)
{
	struct disk_rig rig;
	unsigned changes = 0;
	rig_init(&rig);
	rig.sample.free = GIB + 2 * 3600 * 7 * MIB;
	enum storage_level was = STORAGE_GREEN;
	for (unsigned i = 0; i < 600; i++) {
		run(&rig, 1, i % 20 < 10 ? 8 * MIB : 6 * MIB, 0);
		changes += state_of(&rig)->level != was;
		was = state_of(&rig)->level;
	}
	assert_int_equal(was, STORAGE_AMBER);
	assert_int_equal(changes, 1);
}

static void a_slow_disk_is_told_before_pictures_are_left_out_and_after(void **state)
{
	static const struct {
		size_t backlog;
		enum storage_level level;
		enum storage_why why;
	} steps[] = {
		{ QUEUE / 9, STORAGE_GREEN, STORAGE_FINE },
		{ QUEUE / 7, STORAGE_AMBER, STORAGE_FINE },
		{ QUEUE / 3, STORAGE_RED, STORAGE_SLOW },
		{ QUEUE / 15, STORAGE_RED, STORAGE_SLOW },
		{ QUEUE / 17, STORAGE_GREEN, STORAGE_FINE },
		{ QUEUE / 5, STORAGE_AMBER, STORAGE_FINE },
	};
	struct disk_rig rig;
	rig_init(&rig);
	for (size_t i = 0; i < RS_ARRAY_LEN(steps); i++) {
		const enum storage_why was = state_of(&rig)->why;
		rig.sample.backlog = steps[i].backlog;
		assert_int_equal(
			storage_add(&rig.storage, &rig.sample, rig.now), was != steps[i].why);
		assert_int_equal(state_of(&rig)->level, steps[i].level);
		assert_int_equal(state_of(&rig)->why, steps[i].why);
	}
}

/* The reserve is no more than a twentieth of it. */
static void a_small_disk_is_used_all_the_same_and_a_full_one_is_said_so(void **state)
{
	struct disk_rig rig;
	rig_init(&rig);
	rig.sample = (struct storage_sample){ .free = 3 * MIB, .total = 4 * MIB };
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_FINE);
	rig.sample.free = MIB / 8;
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_NEARLY_FULL);
	rig.sample.full = true;
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_FULL);
	/* Something small went. */
	rig.sample.full = false;
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_FULL);
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_NEARLY_FULL);
	/* Where nothing is known of the room, only the queue is judged. */
	rig.sample = (struct storage_sample){ .backlog = 0 };
	run(&rig, 1, 0, 0);
	assert_int_equal(state_of(&rig)->why, STORAGE_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_follows_from_what_is_written),
		cmocka_unit_test(the_alarm_comes_long_before_pictures_are_left_out),
		cmocka_unit_test(a_level_does_not_flutter_at_its_bound),
		cmocka_unit_test(a_slow_disk_is_told_before_pictures_are_left_out_and_after),
		cmocka_unit_test(a_small_disk_is_used_all_the_same_and_a_full_one_is_said_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
