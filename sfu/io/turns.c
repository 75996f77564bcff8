#include "sfu/io/turns.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct turns {
	turns_fn *turn;
	void *ctx;
	uv_check_t check; /* after each sleep */
	uv_poll_t timer;
	uv_poll_t bell;
	int timer_fd;
	int bell_fd;
	rs_time armed; /* when the timer fires; RS_TIME_NEVER = it does not */
};

static void on_check(uv_check_t *check)
{
	const struct turns *turns = check->data;
	turns->turn(turns->ctx);
}

/* A read of either that finds nothing is fine: it was set anew or rung once meanwhile. */
static bool take(int fd)
{
	uint64_t count = 0;
	return read(fd, &count, sizeof(count)) > 0;
}

static void on_timer(uv_poll_t *poll, int status, int events)
{
	struct turns *turns = poll->data;
	if (take(turns->timer_fd))
		turns->armed = RS_TIME_NEVER;
}

static void on_bell(uv_poll_t *poll, int status, int events)
{
	const struct turns *turns = poll->data;
	(void)take(turns->bell_fd);
}

static int open_fds(struct turns *turns)
{
	turns->bell_fd = -1;
	turns->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (turns->timer_fd >= 0)
		turns->bell_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return turns->bell_fd >= 0 ? 0 : -errno;
}

int turns_new(uv_loop_t *loop, turns_fn *turn, void *ctx, struct turns **out_turns)
{
	struct turns *turns = rs_zalloc(sizeof(*turns));
	if (turns == NULL)
		return -ENOMEM;
	turns->turn = turn;
	turns->ctx = ctx;
	turns->armed = RS_TIME_NEVER;
	const int err = open_fds(turns);
	if (err < 0) {
		turns_free(turns);
		return err;
	}
	turns->check.data = turns->timer.data = turns->bell.data = turns;
	/* These fail on descriptors that cannot be watched, and on closing handles. */
	(void)uv_poll_init(loop, &turns->timer, turns->timer_fd);
	(void)uv_poll_init(loop, &turns->bell, turns->bell_fd);
	(void)uv_poll_start(&turns->timer, UV_READABLE, on_timer);
	(void)uv_poll_start(&turns->bell, UV_READABLE, on_bell);
	(void)uv_check_init(loop, &turns->check);
	(void)uv_check_start(&turns->check, on_check);
	turns_arm(turns, 0);
	*out_turns = turns;
	return 0;
}

void turns_close(struct turns *turns)
{
	uv_close((uv_handle_t *)&turns->check, NULL);
	uv_close((uv_handle_t *)&turns->timer, NULL);
	uv_close((uv_handle_t *)&turns->bell, NULL);
}

struct turns *turns_free(struct turns *turns)
{
	/* Neither has anything to lose. */
	if (turns != NULL && turns->timer_fd >= 0)
		(void)close(turns->timer_fd);
	if (turns != NULL && turns->bell_fd >= 0)
		(void)close(turns->bell_fd);
	return rs_release(turns);
}

void turns_arm(struct turns *turns, rs_time deadline)
{
	if (deadline == turns->armed)
		return;
	turns->armed = deadline;
	struct itimerspec when = { 0 }; /* zero disarms */
	if (deadline != RS_TIME_NEVER) {
		const rs_time at = rs_time_max(deadline, 1); /* the clock has run since boot */
		when.it_value.tv_sec = at / 1000000;
		when.it_value.tv_nsec = at % 1000000 * 1000;
	}
	(void)timerfd_settime(
		turns->timer_fd, TFD_TIMER_ABSTIME, &when, NULL); /* fails on bad arguments only */
}

void turns_wake(struct turns *turns)
{
	const uint64_t one = 1;
	/* Fails only when it was rung so often that it rings anyway. */
	if (write(turns->bell_fd, &one, sizeof(one)) < 0)
		return;
}
