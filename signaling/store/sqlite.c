#include "signaling/store/sqlite_priv.h"

#include <errno.h>
#include <stdio.h>

void sqlite_queue_push(struct sqlite_queue *queue, struct sqlite_job *job)
{
	job->next = NULL;
	if (queue->last != NULL) {
		queue->last->next = job;
	} else {
		queue->first = job;
	}
	queue->last = job;
	queue->n++;
}

struct sqlite_job *sqlite_queue_pop(struct sqlite_queue *queue)
{
	struct sqlite_job *job = queue->first;
	if (job == NULL)
		return NULL;
	queue->first = job->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->n--;
	return job;
}

/* Payloads are ours; the const is the reader's view of them. */
static void release_text(const char *text)
{
	rs_release((void *)(uintptr_t)text);
}

struct sqlite_job *sqlite_job_free(struct sqlite_job *job)
{
	if (job == NULL)
		return NULL;
	for (size_t i = 0; i < job->n_events; i++)
		release_text(job->events[i].payload);
	rs_release(job->reply);
	rs_release(job->json);
	if (job->credentials != NULL)
		rs_wipe(job->credentials, job->n_credentials * sizeof(*job->credentials));
	rs_release(job->credentials);
	rs_release(job->first_reply);
	return rs_release(job);
}

static void submit(struct sqlite_store *sqlite, struct sqlite_job *job)
{
	sqlite->under_way++;
	pthread_mutex_lock(&sqlite->lock);
	sqlite_queue_push(&sqlite->todo, job);
	pthread_cond_signal(&sqlite->more);
	pthread_mutex_unlock(&sqlite->lock);
}

static int new_job(struct sqlite_store *sqlite, enum sqlite_job_kind kind, uint64_t ticket,
	struct sqlite_job **out_job)
{
	if (sqlite->under_way >= JOBS_MAX)
		return -E2BIG;
	struct sqlite_job *job = rs_zalloc(sizeof(*job));
	if (job == NULL)
		return -ENOMEM;
	job->kind = kind;
	job->ticket = ticket;
	*out_job = job;
	return 0;
}

static int copy_append(struct sqlite_job *job, const struct store_append *append)
{
	const struct store_command *command = append->command;
	if (!rs_set_text(job->meeting, append->meeting))
		return -EINVAL;
	job->epoch = append->epoch;
	job->expect = append->expect;
	for (size_t i = 0; i < append->n_events; i++) {
		job->events[i].payload =
			rs_memdup(append->events[i].payload, append->events[i].len);
		job->events[i].len = append->events[i].len;
		if (job->events[i].payload == NULL)
			return -ENOMEM;
		job->n_events++;
	}
	if (command == NULL)
		return 0;
	job->has_command = true;
	job->reply = rs_memdup(command->reply, command->reply_len);
	job->reply_len = command->reply_len;
	if (!rs_set_text(job->badge, command->badge) || !rs_set_text(job->command, command->id))
		return -EINVAL;
	return job->reply == NULL ? -ENOMEM : 0;
}

static int sqlite_append(struct store *store, const struct store_append *append)
{
	struct sqlite_job *job = NULL;
	int err = new_job(sqlite_of(store), JOB_APPEND, append->ticket, &job);
	if (err < 0)
		return err;
	err = copy_append(job, append);
	if (err < 0) {
		sqlite_job_free(job);
		return err;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_put_conference(
	struct store *store, uint64_t ticket, const struct store_conference *conference)
{
	struct sqlite_job *job = NULL;
	const int err = new_job(sqlite_of(store), JOB_CONFERENCE, ticket, &job);
	if (err < 0)
		return err;
	job->json = rs_memdup(conference->json, conference->len);
	job->json_len = conference->len;
	const bool fits = rs_set_text(job->conference, conference->id) &&
			  rs_set_text(job->conference_epoch, conference->epoch);
	if (job->json == NULL || !fits) {
		sqlite_job_free(job);
		return fits ? -ENOMEM : -EINVAL;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_put_credentials(
	struct store *store, uint64_t ticket, const struct store_credential *credentials, size_t n)
{
	struct sqlite_job *job = NULL;
	const int err = new_job(sqlite_of(store), JOB_CREDENTIALS, ticket, &job);
	if (err < 0)
		return err;
	job->credentials = rs_memdup(credentials, n * sizeof(*credentials));
	job->n_credentials = n;
	if (job->credentials == NULL) {
		sqlite_job_free(job);
		return -ENOMEM;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_put_note(struct store *store, uint64_t ticket, const struct store_note *note)
{
	struct sqlite_job *job = NULL;
	const int err = new_job(sqlite_of(store), JOB_NOTE, ticket, &job);
	if (err < 0)
		return err;
	(void)rs_set_text(job->key, note->key); /* fits, see store_put_note() */
	job->json_len = note->len;
	job->json = note->len > 0 ? rs_memdup(note->text, note->len) : NULL;
	if (note->len > 0 && job->json == NULL) {
		sqlite_job_free(job);
		return -ENOMEM;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_read(
	struct store *store, uint64_t ticket, const char *meeting, uint64_t after, size_t max)
{
	struct sqlite_job *job = NULL;
	const int err = new_job(sqlite_of(store), JOB_READ, ticket, &job);
	if (err < 0)
		return err;
	job->expect = after;
	job->max = max;
	if (!rs_set_text(job->meeting, meeting)) {
		sqlite_job_free(job);
		return -EINVAL;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_put_message(
	struct store *store, uint64_t ticket, const struct store_message *message)
{
	struct sqlite_job *job = NULL;
	const int err = new_job(sqlite_of(store), JOB_MESSAGE, ticket, &job);
	if (err < 0)
		return err;
	job->expect = message->number;
	job->keep_after = message->keep_after;
	job->json = message->len > 0 ? rs_memdup(message->text, message->len) : NULL;
	job->json_len = message->len;
	const bool fits = rs_set_text(job->meeting, message->meeting);
	if (!fits || (message->len > 0 && job->json == NULL)) {
		sqlite_job_free(job);
		return fits ? -ENOMEM : -EINVAL;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_remove_meeting(
	struct store *store, uint64_t ticket, const char *conference, const char *meeting)
{
	struct sqlite_job *job = NULL;
	const int err = new_job(sqlite_of(store), JOB_REMOVAL, ticket, &job);
	if (err < 0)
		return err;
	if (!rs_set_text(job->conference, conference) || !rs_set_text(job->meeting, meeting)) {
		sqlite_job_free(job);
		return -EINVAL;
	}
	submit(sqlite_of(store), job);
	return 0;
}

static int sqlite_poll(struct store *store, struct store_done *out_done)
{
	static const enum store_done_kind kinds[] = {
		[JOB_APPEND] = STORE_DONE_APPEND,
		[JOB_CONFERENCE] = STORE_DONE_CONFERENCE,
		[JOB_CREDENTIALS] = STORE_DONE_CREDENTIALS,
		[JOB_NOTE] = STORE_DONE_NOTE,
		[JOB_READ] = STORE_DONE_READ,
		[JOB_MESSAGE] = STORE_DONE_MESSAGE,
		[JOB_REMOVAL] = STORE_DONE_REMOVAL,
	};
	struct sqlite_store *sqlite = sqlite_of(store);

	sqlite->taken = sqlite_job_free(sqlite->taken);
	pthread_mutex_lock(&sqlite->lock);
	struct sqlite_job *job = sqlite_queue_pop(&sqlite->done);
	pthread_mutex_unlock(&sqlite->lock);
	if (job == NULL)
		return 0;

	sqlite->under_way--;
	sqlite->taken = job;
	*out_done = (struct store_done){
		.kind = kinds[job->kind],
		.ticket = job->ticket,
		.result = job->result,
		.events = job->result == STORE_OK ? job->events : NULL,
		.n_events = job->result == STORE_OK ? job->n_events : 0,
		.reply = job->first_reply,
		.reply_len = job->first_reply_len,
		.why = job->result != STORE_OK ? job->why : NULL,
	};
	return 1;
}

static void free_queue(struct sqlite_queue *queue)
{
	struct sqlite_job *job;
	while ((job = sqlite_queue_pop(queue)) != NULL)
		sqlite_job_free(job);
}

static struct store *sqlite_free(struct store *store)
{
	struct sqlite_store *sqlite = sqlite_of(store);

	if (sqlite->running) {
		pthread_mutex_lock(&sqlite->lock);
		sqlite->stop = true;
		pthread_cond_signal(&sqlite->more);
		pthread_mutex_unlock(&sqlite->lock);
		pthread_join(sqlite->thread, NULL);
	}
	free_queue(&sqlite->todo);
	free_queue(&sqlite->done);
	sqlite_job_free(sqlite->taken);
	(void)sqlite3_close(sqlite->writer); /* nothing is prepared any more */
	(void)sqlite3_close(sqlite->reader);
	pthread_mutex_destroy(&sqlite->lock);
	pthread_cond_destroy(&sqlite->more);
	rs_release(sqlite->path);
	rs_release(sqlite);
	return NULL;
}

void store_sqlite_set_max_pages(struct store *store, uint32_t pages)
{
	atomic_store(&sqlite_of(store)->max_pages, pages);
}

static int open_database(const char *path, sqlite3 **out_db, char error[STORE_ERROR_LEN])
{
	/* One thread a connection. */
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(path, out_db, flags, NULL) != SQLITE_OK) {
		(void)snprintf(error, STORE_ERROR_LEN, "%.150s: %.80s", path,
			*out_db != NULL ? sqlite3_errmsg(*out_db) : "out of memory");
		return -EIO;
	}
	(void)sqlite3_busy_timeout(*out_db, 5000);
	return sqlite_schema(*out_db, path, error);
}

static const struct store_ops sqlite_ops = {
	.free = sqlite_free,
	.load = sqlite_load,
	.claim = sqlite_claim,
	.append = sqlite_append,
	.put_conference = sqlite_put_conference,
	.put_credentials = sqlite_put_credentials,
	.put_note = sqlite_put_note,
	.read = sqlite_read,
	.put_message = sqlite_put_message,
	.remove_meeting = sqlite_remove_meeting,
	.poll = sqlite_poll,
};

int store_sqlite_open(const char *path, store_wake_fn *wake, void *wake_ctx,
	struct store **out_store, char error[STORE_ERROR_LEN])
{
	struct sqlite_store *sqlite = rs_zalloc(sizeof(*sqlite));
	if (sqlite == NULL)
		return -ENOMEM;
	sqlite->store.ops = &sqlite_ops;
	sqlite->wake = wake;
	sqlite->wake_ctx = wake_ctx;
	pthread_mutex_init(&sqlite->lock, NULL);
	pthread_cond_init(&sqlite->more, NULL);
	sqlite->path = rs_strdup(path);
	int err = sqlite->path == NULL ? -ENOMEM : open_database(path, &sqlite->writer, error);
	if (err == 0)
		err = open_database(path, &sqlite->reader, error);
	if (err == 0) {
		sqlite->running = pthread_create(&sqlite->thread, NULL, sqlite_writer, sqlite) == 0;
		err = sqlite->running ? 0 : -ENOMEM;
	}
	if (err < 0) {
		sqlite_free(&sqlite->store);
		return err;
	}
	*out_store = &sqlite->store;
	return 0;
}
