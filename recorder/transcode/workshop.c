#include "recorder/transcode/workshop.h"

#include "common/base/text.h"

#include <errno.h>
#include <pthread.h>

/* A job and its own copy of the octets. */
struct job {
	struct workshop_job job;
	uint8_t *octets;
};

struct workshop {
	struct workshop_config config;
	struct studio *studio; /* of the thread, once it runs */
	pthread_t thread;
	pthread_mutex_t mutex; /* of all below */
	pthread_cond_t changed;
	bool stop;
	bool busy;
	int error;
	struct job jobs[WORKSHOP_JOBS_MAX];
	size_t first_job;
	size_t n_jobs;
	size_t octets;
	struct workshop_segment segments[WORKSHOP_SEGMENTS_MAX];
	size_t first_segment;
	size_t n_segments;
	int64_t expected_ms;
	bool hurried;
	struct studio_stats stats;
	int64_t position_ms;
};

/* --- the thread --- */

static int copy_segment(const struct studio_segment *from, struct workshop_segment *out)
{
	*out = (struct workshop_segment){ .number = from->number,
		.duration_ms = from->duration_ms };
	(void)rs_set_text(out->codec, from->codec); /* fits */
	rs_buf_init(&out->init, from->init_len);
	rs_buf_init(&out->data, from->len);
	int err = rs_buf_append(&out->init, from->init, from->init_len);
	if (err == 0)
		err = rs_buf_append(&out->data, from->data, from->len);
	if (err < 0)
		workshop_segment_done(out);
	return err;
}

static int on_segment(void *ctx, const struct studio_segment *segment)
{
	struct workshop *workshop = ctx;
	struct workshop_segment copy;
	const int err = copy_segment(segment, &copy);
	if (err < 0)
		return err;
	(void)pthread_mutex_lock(&workshop->mutex); /* these fail only where they are misused */
	while (workshop->n_segments == WORKSHOP_SEGMENTS_MAX && !workshop->stop)
		(void)pthread_cond_wait(&workshop->changed, &workshop->mutex);
	const bool stop = workshop->stop;
	if (!stop) {
		const size_t at =
			(workshop->first_segment + workshop->n_segments) % WORKSHOP_SEGMENTS_MAX;
		workshop->segments[at] = copy;
		workshop->n_segments++;
	}
	(void)pthread_mutex_unlock(&workshop->mutex);
	if (stop)
		workshop_segment_done(&copy);
	else
		workshop->config.wake(workshop->config.ctx);
	return 0;
}

static int do_job(struct studio *studio, const struct workshop_job *job)
{
	switch (job->kind) {
	case WORKSHOP_BEGIN:
		studio_begin(studio, job->number);
		return 0;
	case WORKSHOP_SHOW:
		studio_show(studio, job->time_ms, job->somebody);
		return 0;
	case WORKSHOP_PICTURE:
		return studio_picture(studio, job->codec, job->time_ms, job->data, job->len);
	case WORKSHOP_RUN:
		return studio_run(studio, job->time_ms);
	case WORKSHOP_END:
		return studio_end(studio, job->time_ms);
	}
	return 0;
}

/* Under the lock. */
static struct job next_job(struct workshop *workshop)
{
	const struct job job = workshop->jobs[workshop->first_job];
	workshop->first_job = (workshop->first_job + 1) % WORKSHOP_JOBS_MAX;
	workshop->n_jobs--;
	workshop->octets -= job.job.len;
	return job;
}

/* Under the lock. */
static void judge_pace(struct workshop *workshop)
{
	const int64_t behind_ms = workshop->expected_ms - workshop->position_ms;
	if (behind_ms > workshop->config.late_ms)
		workshop->hurried = true;
	else if (behind_ms <= workshop->config.good_ms)
		workshop->hurried = false;
}

static void *work(void *ctx)
{
	struct workshop *workshop = ctx;
	(void)pthread_mutex_lock(&workshop->mutex);
	while (!workshop->stop && workshop->error == 0) {
		if (workshop->n_jobs == 0) {
			(void)pthread_cond_wait(&workshop->changed, &workshop->mutex);
			continue;
		}
		const struct job job = next_job(workshop);
		const bool hurried = workshop->hurried;
		workshop->busy = true;
		(void)pthread_mutex_unlock(&workshop->mutex);
		studio_hurry(workshop->studio, hurried);
		const int err = do_job(workshop->studio, &job.job);
		rs_release(job.octets);
		(void)pthread_mutex_lock(&workshop->mutex);
		workshop->busy = false;
		workshop->error = err;
		workshop->stats = *studio_stats(workshop->studio);
		workshop->position_ms = studio_position(workshop->studio);
		judge_pace(workshop);
	}
	(void)pthread_mutex_unlock(&workshop->mutex);
	workshop->config.wake(workshop->config.ctx);
	return NULL;
}

/* --- the loop's side --- */

static struct workshop *release(struct workshop *workshop)
{
	(void)pthread_cond_destroy(&workshop->changed);
	(void)pthread_mutex_destroy(&workshop->mutex);
	studio_free(workshop->studio);
	return rs_release(workshop);
}

int workshop_new(const struct workshop_config *config, struct workshop **out_workshop)
{
	struct workshop *workshop = rs_zalloc(sizeof(*workshop));
	if (workshop == NULL)
		return -ENOMEM;
	workshop->config = *config;
	(void)pthread_mutex_init(&workshop->mutex, NULL); /* neither fails with its defaults */
	(void)pthread_cond_init(&workshop->changed, NULL);
	struct studio_config studio = config->studio;
	studio.emit = on_segment;
	studio.ctx = workshop;
	int err = studio_new(&studio, &workshop->studio);
	if (err == 0 && pthread_create(&workshop->thread, NULL, work, workshop) != 0)
		err = -EAGAIN;
	if (err < 0) {
		release(workshop);
		return err;
	}
	*out_workshop = workshop;
	return 0;
}

struct workshop *workshop_free(struct workshop *workshop)
{
	if (workshop == NULL)
		return NULL;
	(void)pthread_mutex_lock(&workshop->mutex);
	workshop->stop = true;
	(void)pthread_cond_broadcast(&workshop->changed);
	(void)pthread_mutex_unlock(&workshop->mutex);
	(void)pthread_join(workshop->thread, NULL); /* it was started, and nobody else joins it */
	while (workshop->n_jobs > 0)
		rs_release(next_job(workshop).octets);
	struct workshop_segment segment;
	while (workshop_take(workshop, &segment) == 1)
		workshop_segment_done(&segment);
	return release(workshop);
}

/* Under the lock. Who is shown holds on; pictures of before are not wanted any more. */
static void drop_pictures(struct workshop *workshop)
{
	for (size_t n = workshop->n_jobs; n > 0; n--) {
		const struct job job = next_job(workshop);
		if (job.job.kind != WORKSHOP_SHOW) {
			rs_release(job.octets);
			continue;
		}
		const size_t at = (workshop->first_job + workshop->n_jobs) % WORKSHOP_JOBS_MAX;
		workshop->jobs[at] = job;
		workshop->n_jobs++;
		workshop->octets += job.job.len;
	}
}

static int add_job(struct workshop *workshop, const struct workshop_job *job, uint8_t *octets)
{
	if (job->kind == WORKSHOP_BEGIN)
		drop_pictures(workshop);
	if (workshop->n_jobs == WORKSHOP_JOBS_MAX ||
		(workshop->n_jobs > 0 && workshop->octets + job->len > WORKSHOP_OCTETS_MAX))
		return -EAGAIN;
	const size_t at = (workshop->first_job + workshop->n_jobs) % WORKSHOP_JOBS_MAX;
	workshop->jobs[at] = (struct job){ .job = *job, .octets = octets };
	workshop->jobs[at].job.data = octets;
	workshop->n_jobs++;
	workshop->octets += job->len;
	return 0;
}

int workshop_put(struct workshop *workshop, const struct workshop_job *job)
{
	uint8_t *octets = NULL;
	if (job->len > 0) {
		octets = rs_zalloc(job->len);
		if (octets == NULL)
			return -ENOMEM;
		memcpy(octets, job->data, job->len);
	}
	(void)pthread_mutex_lock(&workshop->mutex);
	const int err = add_job(workshop, job, octets);
	(void)pthread_cond_broadcast(&workshop->changed);
	(void)pthread_mutex_unlock(&workshop->mutex);
	if (err < 0)
		rs_release(octets);
	return err;
}

void workshop_expect(struct workshop *workshop, int64_t time_ms)
{
	(void)pthread_mutex_lock(&workshop->mutex);
	workshop->expected_ms = time_ms;
	(void)pthread_mutex_unlock(&workshop->mutex);
}

int workshop_take(struct workshop *workshop, struct workshop_segment *out_segment)
{
	(void)pthread_mutex_lock(&workshop->mutex);
	const bool any = workshop->n_segments > 0;
	if (any) {
		*out_segment = workshop->segments[workshop->first_segment];
		workshop->first_segment = (workshop->first_segment + 1) % WORKSHOP_SEGMENTS_MAX;
		workshop->n_segments--;
	}
	(void)pthread_cond_broadcast(&workshop->changed);
	(void)pthread_mutex_unlock(&workshop->mutex);
	return any;
}

void workshop_segment_done(struct workshop_segment *segment)
{
	rs_buf_done(&segment->init);
	rs_buf_done(&segment->data);
}

void workshop_state(struct workshop *workshop, struct workshop_state *out_state)
{
	(void)pthread_mutex_lock(&workshop->mutex);
	*out_state = (struct workshop_state){ .stats = workshop->stats,
		.position_ms = workshop->position_ms,
		.waiting = workshop->n_jobs,
		.hurried = workshop->hurried,
		.idle = workshop->n_jobs == 0 && !workshop->busy,
		.error = workshop->error };
	(void)pthread_mutex_unlock(&workshop->mutex);
}
