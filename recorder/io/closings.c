#include "recorder/io/closings.h"

#include "common/log/log.h"
#include "recorder/archive/files/lock.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct job {
	struct job *next;
	struct closing *closing; /* NULL: hash what is finished */
	uint32_t generation;
	char directory[ARCHIVE_PATH_LEN];
	size_t failed;
	int err;
};

struct closings {
	struct closings_config config;
	uv_work_t work;
	struct job *now;   /* under way; NULL = none */
	struct job *first; /* waiting, in order */
	struct job preparing;
	bool prepare; /* `preparing` waits */
};

int closings_new(const struct closings_config *config, struct closings **out_closings)
{
	struct closings *closings = rs_zalloc(sizeof(*closings));
	if (closings == NULL)
		return -ENOMEM;
	closings->config = *config;
	*out_closings = closings;
	return 0;
}

static void job_free(struct job *job)
{
	closing_free(job->closing);
	rs_release(job);
}

void closings_forget(struct closings *closings)
{
	while (closings->first != NULL) {
		struct job *job = closings->first;
		closings->first = job->next;
		job_free(job);
	}
}

struct closings *closings_free(struct closings *closings)
{
	if (closings != NULL)
		closings_forget(closings);
	return rs_release(closings);
}

int closings_add(struct closings *closings, const char *directory, uint32_t generation)
{
	struct job *job = rs_zalloc(sizeof(*job));
	if (job == NULL)
		return -ENOMEM;
	struct closing_config config = closings->config.steps;
	config.directory = directory;
	job->generation = generation;
	int err = rs_set_text(job->directory, directory) ? 0 : -EINVAL;
	if (err == 0)
		err = closing_new(&config, &job->closing);
	if (err < 0) {
		job_free(job);
		return err;
	}
	/* What was left by an earlier run may ask an authority that does not answer: nobody waits for that. */
	struct job **last = &closings->first;
	while (*last != NULL && (generation == 0 || (*last)->generation != 0))
		last = &(*last)->next;
	job->next = *last;
	*last = job;
	return 0;
}

void closings_add_left(struct closings *closings)
{
	DIR *dir = opendir(closings->config.root);
	if (dir == NULL)
		return; /* nothing is left where nothing is */
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		char path[ARCHIVE_PATH_LEN];
		if (!names_session_valid(entry->d_name) ||
			rs_format(path, sizeof(path), "%s/%s", closings->config.root,
				entry->d_name) < 0 ||
			!(closing_is_due(path) ||
				(closings->config.steps.stamp != NULL && closing_owes_stamp(path))))
			continue;
		if (closings_add(closings, path, 0) < 0)
			log_warning(LOG_ARCHIVE, entry->d_name, "session cannot be closed yet");
	}
	(void)closedir(dir); /* read only */
}

static bool is_session(const char *directory, const char *session)
{
	const char *slash = strrchr(directory, '/');
	return slash != NULL && strcmp(slash + 1, session) == 0;
}

void closings_call_off(struct closings *closings, const char *session)
{
	const struct job *now = closings->now;
	if (now != NULL && now->closing != NULL && is_session(now->directory, session))
		closing_call_off(now->closing);
	for (struct job **at = &closings->first; *at != NULL;) {
		struct job *job = *at;
		if (!is_session(job->directory, session)) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		if (job->generation != 0)
			closings->config.closed(closings->config.ctx, job->generation, false);
		job_free(job);
	}
}

void closings_prepare(struct closings *closings, const char *directory)
{
	if (closings->prepare || closings->now == &closings->preparing)
		return; /* another time */
	closings->prepare = rs_set_text(closings->preparing.directory, directory);
}

/* --- in the pool's thread --- */

static void on_work(uv_work_t *work)
{
	struct job *job = ((struct closings *)work->data)->now;
	bool done;
	int lock;
	if (job->closing == NULL) {
		job->err = seal_prepare(job->directory, &done); /* the rest another time */
		return;
	}
	job->err = lock_take(job->directory, LOCK_SHARED, &lock);
	if (job->err < 0) {
		job->failed = 1;
		return;
	}
	job->failed = closing_run(job->closing);
	lock_done(lock);
}

/* --- back in the loop's --- */

static void report(const struct job *job)
{
	const struct closing_result *result;
	const char *name = strrchr(job->directory, '/');
	if (job->err < 0)
		log_warning(LOG_ARCHIVE, name + 1, "session not closed here why=\"%s\"",
			job->err == -EBUSY ? "it is being repaired" : strerror(-job->err));
	for (size_t i = 0; (result = closing_result(job->closing, i)) != NULL; i++) {
		if (result->err < 0 && result->err != -EAGAIN)
			log_error(LOG_ARCHIVE, name + 1, "closing failed step=%s why=\"%s\"",
				result->name, result->why);
		else if (result->why[0] != '\0')
			log_warning(LOG_ARCHIVE, name + 1, "closing step=%s why=\"%s\"",
				result->name, result->why);
	}
	if (job->failed == 0)
		log_info(LOG_ARCHIVE, name + 1, "session closed directory=%s", job->directory);
}

static void after_work(uv_work_t *work, int status)
{
	struct closings *closings = work->data;
	struct job *job = closings->now;
	closings->now = NULL;
	if (job == &closings->preparing) {
		if (job->err < 0)
			log_warning(LOG_ARCHIVE, NULL,
				"finished files cannot be hashed directory=%s why=\"%s\"",
				job->directory, strerror(-job->err));
	} else {
		report(job);
		if (job->generation != 0)
			closings->config.closed(
				closings->config.ctx, job->generation, job->failed == 0);
		job_free(job);
	}
	closings_go(closings);
}

void closings_go(struct closings *closings)
{
	struct job *job = closings->first;
	if (closings->now != NULL || (job == NULL && !closings->prepare))
		return;
	if (job != NULL) {
		closings->first = job->next;
	} else {
		closings->prepare = false;
		job = &closings->preparing;
	}
	closings->work.data = closings;
	closings->now = job;
	(void)uv_queue_work(
		closings->config.loop, &closings->work, on_work, after_work); /* has a call-back */
}
