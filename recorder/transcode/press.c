#include "recorder/transcode/press.h"

#include "recorder/transcode/screen.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Behind whatever writes the recording. */
#define NICE 10
#define NS_A_SECOND 1000000000L
#define NS_A_MS 1000000L

/* A picture that waits, with its octets behind it. */
struct node {
	struct node *next;
	struct recoder_picture picture;
	enum mux_codec into;
	uint64_t run;
	uint8_t data[];
};

struct queue {
	struct node *first;
	struct node *last;
	size_t n;
	size_t octets;
};

struct press {
	enum press_way way;
	struct node *given; /* the one press_take() gave out */

	/* Of the thread, once it runs. */
	struct recoder *recoder;
	uint64_t run;
	bool begun;
	bool waiting_key; /* the decoder needs one */
	int64_t key_ms;   /* the last one made */

	pthread_t thread;
	pthread_mutex_t mutex; /* of all below */
	pthread_cond_t changed;
	bool stop;
	bool busy;
	bool anew;
	bool wants_key;
	int64_t expected_ms;
	struct queue before;
	struct queue behind;
	struct press_stats stats;
};

/* --- queues --- */

static struct node *copy(const struct recoder_picture *picture, enum mux_codec into, uint64_t run)
{
	struct node *node = rs_zalloc(sizeof(*node) + picture->len);
	if (node == NULL)
		return NULL;
	node->picture = *picture;
	node->picture.data = node->data;
	node->into = into;
	node->run = run;
	if (picture->len > 0)
		memcpy(node->data, picture->data, picture->len);
	return node;
}

static void append(struct queue *queue, struct node *node)
{
	if (queue->last != NULL)
		queue->last->next = node;
	else
		queue->first = node;
	queue->last = node;
	queue->n++;
	queue->octets += node->picture.len;
}

static struct node *pop(struct queue *queue)
{
	struct node *node = queue->first;
	if (node == NULL)
		return NULL;
	queue->first = node->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->n--;
	queue->octets -= node->picture.len;
	return node;
}

static bool is_full(const struct queue *queue, size_t len)
{
	return queue->n == PRESS_PICTURES_MAX ||
	       (queue->n > 0 && queue->octets + len > PRESS_OCTETS_MAX);
}

/* --- the work --- */

static enum recoder_how how_to(
	const struct press *press, const struct node *node, bool anew, int64_t expected_ms)
{
	if (press->way == PRESS_BESIDE && expected_ms - node->picture.time_ms > PRESS_LATE_MS)
		return RECODER_LOOK;
	return anew || node->picture.time_ms - press->key_ms >= PRESS_KEY_MS ? RECODER_KEY
									     : RECODER_CODE;
}

static bool is_first_of_run(const struct press *press, const struct node *node)
{
	return !press->begun || node->run != press->run;
}

/* What one picture came to. */
struct outcome {
	int got; /* as recoder_turn() */
	struct node *made;
	bool looked;
};

static struct outcome turn(
	struct press *press, const struct node *node, bool anew, int64_t expected_ms)
{
	struct recoder_picture made;
	if (is_first_of_run(press, node)) {
		press->begun = true;
		press->run = node->run;
		press->waiting_key = true;
	}
	if (press->waiting_key && !node->picture.key)
		return (struct outcome){ .got = -EBADMSG };
	const enum recoder_how how = how_to(press, node, anew, expected_ms);
	struct outcome outcome = { .looked = how == RECODER_LOOK };
	outcome.got = recoder_turn(press->recoder, node->into, how, &node->picture, &made);
	press->waiting_key = outcome.got < 0;
	if (outcome.got == 1)
		outcome.made = copy(&made, made.codec, node->run);
	if (outcome.made != NULL && made.key)
		press->key_ms = made.time_ms;
	return outcome;
}

/* Under the lock. `anew` is what was asked of this turn. */
static void settle(struct press *press, const struct outcome *outcome, bool anew)
{
	const bool lost =
		outcome->got == 1 &&
		(outcome->made == NULL || is_full(&press->behind, outcome->made->picture.len));
	press->wants_key = press->waiting_key;
	press->stats.damaged += outcome->got < 0;
	press->stats.left_out += outcome->looked && outcome->got == 0;
	press->anew = press->anew || lost || (anew && outcome->got != 1);
	if (outcome->made == NULL)
		return;
	if (lost) {
		rs_release(outcome->made);
		press->stats.left_out++;
		return;
	}
	append(&press->behind, outcome->made);
	press->stats.made++;
}

/* Takes the first that waits; the lock is held before and after, not meanwhile. */
static void work_one(struct press *press)
{
	struct node *node = pop(&press->before);
	const bool anew = press->anew || is_first_of_run(press, node);
	const int64_t expected_ms = press->expected_ms;
	press->anew = false;
	press->busy = true;
	(void)pthread_mutex_unlock(&press->mutex); /* these fail only where they are misused */
	const struct outcome outcome = turn(press, node, anew, expected_ms);
	rs_release(node);
	(void)pthread_mutex_lock(&press->mutex);
	press->busy = false;
	settle(press, &outcome, anew);
	(void)pthread_cond_broadcast(&press->changed);
}

static void *work(void *ctx)
{
	struct press *press = ctx;
	(void)setpriority(
		PRIO_PROCESS, (id_t)gettid(), NICE); /* this thread's; else it is as others are */
	(void)pthread_mutex_lock(&press->mutex);
	while (!press->stop) {
		if (press->before.n == 0)
			(void)pthread_cond_wait(&press->changed, &press->mutex);
		else
			work_one(press);
	}
	(void)pthread_mutex_unlock(&press->mutex);
	return NULL;
}

/* --- the caller's side --- */

static struct press *release(struct press *press)
{
	struct node *node;
	(void)pthread_cond_destroy(&press->changed);
	(void)pthread_mutex_destroy(&press->mutex);
	while ((node = pop(&press->before)) != NULL)
		rs_release(node);
	while ((node = pop(&press->behind)) != NULL)
		rs_release(node);
	rs_release(press->given);
	recoder_free(press->recoder);
	return rs_release(press);
}

int press_new(enum press_way way, struct press **out_press)
{
	struct press *press = rs_zalloc(sizeof(*press));
	if (press == NULL)
		return -ENOMEM;
	press->way = way;
	(void)pthread_mutex_init(&press->mutex, NULL); /* neither fails with its defaults */
	(void)pthread_cond_init(&press->changed, NULL);
	int err = recoder_new(&press->recoder);
	if (err == 0 && way == PRESS_BESIDE &&
		pthread_create(&press->thread, NULL, work, press) != 0)
		err = -EAGAIN;
	if (err < 0) {
		release(press);
		return err;
	}
	*out_press = press;
	return 0;
}

struct press *press_free(struct press *press)
{
	if (press == NULL)
		return NULL;
	if (press->way == PRESS_BESIDE) {
		(void)pthread_mutex_lock(&press->mutex);
		press->stop = true;
		(void)pthread_cond_broadcast(&press->changed);
		(void)pthread_mutex_unlock(&press->mutex);
		(void)pthread_join(
			press->thread, NULL); /* it was started, and nobody else joins it */
	}
	return release(press);
}

int press_put(struct press *press, enum mux_codec into, uint64_t run,
	const struct recoder_picture *picture)
{
	if (!screen_knows(picture->codec))
		return -EOPNOTSUPP;
	struct node *node = copy(picture, into, run);
	if (node == NULL)
		return -ENOMEM;
	(void)pthread_mutex_lock(&press->mutex);
	const bool full = is_full(&press->before, picture->len);
	if (!full) {
		append(&press->before, node);
		(void)pthread_cond_broadcast(&press->changed);
		if (press->way == PRESS_AT_ONCE)
			work_one(press);
	}
	(void)pthread_mutex_unlock(&press->mutex);
	if (full)
		rs_release(node);
	return full ? -EAGAIN : 0;
}

void press_expect(struct press *press, int64_t time_ms)
{
	(void)pthread_mutex_lock(&press->mutex);
	press->expected_ms = time_ms;
	(void)pthread_mutex_unlock(&press->mutex);
}

int press_take(struct press *press, struct recoder_picture *out_picture, uint64_t *out_run)
{
	press->given = rs_release(press->given);
	(void)pthread_mutex_lock(&press->mutex);
	press->given = pop(&press->behind);
	(void)pthread_mutex_unlock(&press->mutex);
	if (press->given == NULL)
		return 0;
	*out_picture = press->given->picture;
	*out_run = press->given->run;
	return 1;
}

void press_begin_anew(struct press *press)
{
	(void)pthread_mutex_lock(&press->mutex);
	press->anew = true;
	(void)pthread_mutex_unlock(&press->mutex);
}

bool press_wants_key(struct press *press)
{
	(void)pthread_mutex_lock(&press->mutex);
	const bool wants = press->wants_key;
	(void)pthread_mutex_unlock(&press->mutex);
	return wants;
}

void press_settle(struct press *press, unsigned most_ms)
{
	struct timespec until;
	(void)clock_gettime(
		CLOCK_REALTIME, &until); /* as the condition counts; this clock is always there */
	until.tv_nsec += (long)(most_ms % 1000) * NS_A_MS;
	until.tv_sec += (time_t)(most_ms / 1000) + until.tv_nsec / NS_A_SECOND;
	until.tv_nsec %= NS_A_SECOND;
	(void)pthread_mutex_lock(&press->mutex);
	while (press->before.n > 0 || press->busy)
		if (pthread_cond_timedwait(&press->changed, &press->mutex, &until) != 0)
			break;
	(void)pthread_mutex_unlock(&press->mutex);
}

void press_stats(struct press *press, struct press_stats *out_stats)
{
	(void)pthread_mutex_lock(&press->mutex);
	*out_stats = press->stats;
	(void)pthread_mutex_unlock(&press->mutex);
}
