/* The thread that codes pictures: what waits before it and behind it, and what is begun anew. */
#include "recorder/transcode/workshop.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SEGMENT_MS 1000

struct scene {
	struct workshop *workshop;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	unsigned woken;
};

static void wake(void *ctx)
{
	struct scene *scene = ctx;
	(void)pthread_mutex_lock(&scene->mutex);
	scene->woken++;
	(void)pthread_cond_signal(&scene->changed);
	(void)pthread_mutex_unlock(&scene->mutex);
}

static int setup(void **state)
{
	static struct scene scene;
	const struct workshop_config config = { .studio = { .width = 160,
							.height = 90,
							.fps = 10,
							.bitrate_bps = 100000,
							.segment_ms = SEGMENT_MS,
							.base = 100 },
		.late_ms = 2000,
		.good_ms = 500,
		.wake = wake,
		.ctx = &scene };
	scene = (struct scene){ .woken = 0 };
	(void)pthread_mutex_init(&scene.mutex, NULL);
	(void)pthread_cond_init(&scene.changed, NULL);
	*state = &scene;
	return workshop_new(&config, &scene.workshop);
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	scene->workshop = workshop_free(scene->workshop);
	(void)pthread_cond_destroy(&scene->changed);
	(void)pthread_mutex_destroy(&scene->mutex);
	return 0;
}

static int put(struct scene *scene, enum workshop_kind kind, int64_t number_or_ms)
{
	const struct workshop_job job = {
		.kind = kind, .number = number_or_ms, .time_ms = number_or_ms
	};
	return workshop_put(scene->workshop, &job);
}

/* The next segment's number, when there is one. */
static int64_t take(struct scene *scene)
{
	struct workshop_segment segment;
	(void)pthread_mutex_lock(&scene->mutex);
	while (workshop_take(scene->workshop, &segment) == 0)
		(void)pthread_cond_wait(&scene->changed, &scene->mutex);
	(void)pthread_mutex_unlock(&scene->mutex);
	const int64_t number = segment.number;
	workshop_segment_done(&segment);
	return number;
}

static void segments_come_in_their_order(void **state)
{
	struct scene *scene = *state;
	assert_int_equal(put(scene, WORKSHOP_BEGIN, 7), 0);
	assert_int_equal(put(scene, WORKSHOP_RUN, 27 * SEGMENT_MS), 0);
	for (int64_t number = 7; number < 27; number++)
		assert_int_equal(take(scene), number);
	assert_int_equal(put(scene, WORKSHOP_END, 27 * SEGMENT_MS + 300), 0);
	assert_int_equal(take(scene), 27);
	struct workshop_state now;
	do
		workshop_state(scene->workshop, &now);
	while (!now.idle);
	assert_int_equal(now.error, 0);
	assert_int_equal(now.stats.coded, 21);
}

/* Nobody takes what is made, so that the thread stands and what waits before it grows: it can be begun anew all the same. */
static void who_is_too_far_behind_begins_anew_where_the_present_is(void **state)
{
	struct scene *scene = *state;
	int64_t ms = 20 * SEGMENT_MS;
	assert_int_equal(put(scene, WORKSHOP_BEGIN, 0), 0);
	assert_int_equal(put(scene, WORKSHOP_RUN, ms), 0);
	int err;
	do
		err = put(scene, WORKSHOP_RUN, ++ms);
	while (err == 0);
	assert_int_equal(err, -EAGAIN);
	assert_int_equal(put(scene, WORKSHOP_BEGIN, 500), 0);
	assert_int_equal(put(scene, WORKSHOP_RUN, 501 * SEGMENT_MS), 0);
	int64_t number = 0;
	for (unsigned i = 0; i < 40 && number < 500; i++)
		number = take(scene);
	assert_int_equal(number, 500);
}

static void what_waits_is_dropped_with_it(void **state)
{
	static const uint8_t rubbish[1000] = { 1 };
	struct scene *scene = *state;
	const struct workshop_job picture = {
		.kind = WORKSHOP_PICTURE, .codec = MUX_VP8, .data = rubbish, .len = sizeof(rubbish)
	};
	assert_int_equal(put(scene, WORKSHOP_BEGIN, 0), 0);
	assert_int_equal(put(scene, WORKSHOP_RUN, 20 * SEGMENT_MS), 0);
	assert_int_equal(take(scene), 0);
	while (workshop_put(scene->workshop, &picture) == 0)
		;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(segments_come_in_their_order),
		CASE(who_is_too_far_behind_begins_anew_where_the_present_is),
		CASE(what_waits_is_dropped_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
