/* The writer's thread: everything that waits goes into one transaction, and one fsync pays for all (group commit). */
#include "signaling/store/sqlite_priv.h"

#include <errno.h>
#include <stdio.h>

/* Jobs of one transaction. */
#define BATCH_MAX 512

/* Last number and hash of a meeting's log. */
struct head {
	uint64_t number;
	uint8_t hash[RS_SHA256_LEN];
};

static int read_head(sqlite3 *db, const char *meeting, struct head *out_head)
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"SELECT number, hash FROM events WHERE meeting = ?1 ORDER BY number DESC LIMIT 1",
		1, &meeting);
	*out_head = (struct head){ .number = 0 };
	if (statement == NULL)
		return -EIO;
	const int step = sqlite3_step(statement);
	if (step == SQLITE_DONE)
		return 0;
	if (step != SQLITE_ROW || sqlite3_column_bytes(statement, 1) != RS_SHA256_LEN)
		return -EIO;
	out_head->number = (uint64_t)sqlite3_column_int64(statement, 0);
	memcpy(out_head->hash, sqlite3_column_blob(statement, 1), RS_SHA256_LEN);
	return 0;
}

/* A meeting that was never claimed is anybody's. */
static int read_epoch(sqlite3 *db, const char *meeting, uint64_t *out_epoch)
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement =
		sqlite_prepare(db, "SELECT epoch FROM claims WHERE meeting = ?1", 1, &meeting);
	if (statement == NULL)
		return -EIO;
	const int step = sqlite3_step(statement);
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		return -EIO;
	*out_epoch = step == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
	return 0;
}

/* The first reply of this command id, if it was used: 1, 0 or -EIO. */
static int read_reply(sqlite3 *db, struct sqlite_job *job)
{
	const char *const key[] = { job->meeting, job->badge, job->command };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"SELECT reply FROM commands WHERE meeting = ?1 AND badge = ?2 AND id = ?3",
		RS_ARRAY_LEN(key), key);
	if (statement == NULL)
		return -EIO;
	const int step = sqlite3_step(statement);
	if (step == SQLITE_DONE)
		return 0;
	if (step != SQLITE_ROW)
		return -EIO;
	const void *reply = sqlite3_column_blob(statement, 0);
	job->first_reply_len = (size_t)sqlite3_column_bytes(statement, 0);
	job->first_reply = rs_memdup(reply, job->first_reply_len);
	return job->first_reply != NULL ? 1 : -EIO;
}

/* Are the events after `expect` exactly those of the job? Then it is asked again, and was done. 1, 0 or -EIO. */
static int was_done(sqlite3 *db, struct sqlite_job *job, const struct head *head)
{
	if (head->number < job->expect + job->n_events)
		return 0;
	const char *const key[] = { job->meeting };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"SELECT number, hash, payload FROM events WHERE meeting = ?1 AND number > ?2"
		" ORDER BY number",
		1, key);
	if (statement == NULL ||
		sqlite3_bind_int64(statement, 2, (sqlite3_int64)job->expect) != SQLITE_OK)
		return -EIO;
	for (size_t i = 0; i < job->n_events; i++) {
		struct store_event *event = &job->events[i];
		if (sqlite3_step(statement) != SQLITE_ROW ||
			sqlite3_column_bytes(statement, 1) != RS_SHA256_LEN)
			return -EIO;
		if ((size_t)sqlite3_column_bytes(statement, 2) != event->len ||
			memcmp(sqlite3_column_blob(statement, 2), event->payload, event->len) != 0)
			return 0;
		event->number = (uint64_t)sqlite3_column_int64(statement, 0);
		memcpy(event->hash, sqlite3_column_blob(statement, 1), RS_SHA256_LEN);
	}
	return 1;
}

static int insert_event(sqlite3 *db, const char *meeting, const struct store_event *event)
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"INSERT INTO events(meeting, number, hash, payload) VALUES(?1, ?2, ?3, ?4)", 1,
		&meeting);
	if (statement == NULL ||
		sqlite3_bind_int64(statement, 2, (sqlite3_int64)event->number) != SQLITE_OK ||
		sqlite3_bind_blob(statement, 3, event->hash, RS_SHA256_LEN, SQLITE_STATIC) !=
			SQLITE_OK ||
		sqlite3_bind_blob(statement, 4, event->payload, (int)event->len, SQLITE_STATIC) !=
			SQLITE_OK)
		return -EIO;
	return sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
}

static int insert_command(sqlite3 *db, const struct sqlite_job *job)
{
	const char *const key[] = { job->meeting, job->badge, job->command };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"INSERT INTO commands(meeting, badge, id, number, reply) VALUES(?1, ?2, ?3, ?4, ?5)",
		RS_ARRAY_LEN(key), key);
	if (statement == NULL ||
		sqlite3_bind_int64(statement, 4,
			(sqlite3_int64)job->events[job->n_events - 1].number) != SQLITE_OK ||
		sqlite3_bind_blob(statement, 5, job->reply, (int)job->reply_len, SQLITE_STATIC) !=
			SQLITE_OK)
		return -EIO;
	return sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
}

static int write_events(sqlite3 *db, struct sqlite_job *job, struct head *head)
{
	RS_CLEANUP(rs_hash_freep) struct rs_hash *sha = NULL;
	const int err = rs_hash_new(RS_HASH_SHA256, &sha);
	if (err < 0)
		return err;
	for (size_t i = 0; i < job->n_events; i++) {
		struct store_event *event = &job->events[i];
		rs_hash_add(sha, head->hash, RS_SHA256_LEN);
		rs_hash_add(sha, event->payload, event->len);
		rs_hash_finish(sha, head->hash);
		memcpy(event->hash, head->hash, RS_SHA256_LEN);
		event->number = ++head->number;
		if (insert_event(db, job->meeting, event) < 0)
			return -EIO;
	}
	return job->has_command ? insert_command(db, job) : 0;
}

static void refuse(struct sqlite_job *job, enum store_result result, const char *why)
{
	job->result = result;
	(void)rs_set_text(job->why, why);
}

static int do_append(sqlite3 *db, struct sqlite_job *job)
{
	struct head head;
	uint64_t epoch = 0;
	if (read_head(db, job->meeting, &head) < 0 || read_epoch(db, job->meeting, &epoch) < 0)
		return -EIO;
	if (epoch != job->epoch) {
		refuse(job, STORE_FENCED, "another process owns the meeting now");
		return 0;
	}
	const int done = head.number != job->expect ? was_done(db, job, &head) : 0;
	if (done != 0)
		return done < 0 ? done : 0;
	const int used = job->has_command ? read_reply(db, job) : 0;
	if (used < 0)
		return used;
	if (used > 0 || head.number != job->expect) {
		refuse(job, STORE_CONFLICT,
			used > 0 ? "the command was done before" : "the log went on meanwhile");
		return 0;
	}
	return write_events(db, job, &head);
}

static int do_conference(sqlite3 *db, const struct sqlite_job *job)
{
	const char *const key[] = { job->conference, job->conference_epoch };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"INSERT INTO conferences(id, epoch, json) VALUES(?1, ?2, ?3) ON CONFLICT(id)"
		" DO UPDATE SET epoch = excluded.epoch, json = excluded.json",
		RS_ARRAY_LEN(key), key);
	if (statement == NULL || sqlite3_bind_blob(statement, 3, job->json, (int)job->json_len,
					 SQLITE_STATIC) != SQLITE_OK)
		return -EIO;
	return sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
}

static int do_note(sqlite3 *db, const struct sqlite_job *job)
{
	const char *const key[] = { job->key };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		job->json_len > 0 ? "INSERT INTO notes(key, text) VALUES(?1, ?2) ON CONFLICT(key)"
				    " DO UPDATE SET text = excluded.text"
				  : "DELETE FROM notes WHERE key = ?1",
		1, key);
	if (statement == NULL ||
		(job->json_len > 0 && sqlite3_bind_blob(statement, 2, job->json, (int)job->json_len,
					      SQLITE_STATIC) != SQLITE_OK))
		return -EIO;
	return sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
}

static int do_read(sqlite3 *db, struct sqlite_job *job)
{
	const char *const key[] = { job->meeting };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"SELECT number, hash, payload FROM events WHERE meeting = ?1 AND number > ?2"
		" ORDER BY number LIMIT ?3",
		1, key);
	if (statement == NULL ||
		sqlite3_bind_int64(statement, 2, (sqlite3_int64)job->expect) != SQLITE_OK ||
		sqlite3_bind_int64(statement, 3, (sqlite3_int64)job->max) != SQLITE_OK)
		return -EIO;
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW && job->n_events < job->max) {
		struct store_event *event = &job->events[job->n_events];
		event->number = (uint64_t)sqlite3_column_int64(statement, 0);
		event->len = (size_t)sqlite3_column_bytes(statement, 2);
		event->payload = rs_memdup(sqlite3_column_blob(statement, 2), event->len);
		if (event->payload == NULL || sqlite3_column_bytes(statement, 1) != RS_SHA256_LEN)
			return -EIO;
		memcpy(event->hash, sqlite3_column_blob(statement, 1), RS_SHA256_LEN);
		job->n_events++;
	}
	return step == SQLITE_DONE || step == SQLITE_ROW ? 0 : -EIO;
}

static int change_message(
	sqlite3 *db, const struct sqlite_job *job, const char *sql, uint64_t number)
{
	const char *const key[] = { job->meeting };
	RS_CLEANUP(sqlite_finalizep) sqlite3_stmt *statement = sqlite_prepare(db, sql, 1, key);
	if (statement == NULL ||
		sqlite3_bind_int64(statement, 2, (sqlite3_int64)number) != SQLITE_OK)
		return -EIO;
	if (sqlite3_bind_parameter_count(statement) > 2 &&
		sqlite3_bind_blob(statement, 3, job->json, (int)job->json_len, SQLITE_STATIC) !=
			SQLITE_OK)
		return -EIO;
	return sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
}

static int do_message(sqlite3 *db, const struct sqlite_job *job)
{
	const char *const sql =
		job->json_len > 0
			? "INSERT INTO messages(meeting, number, text) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING"
			: "DELETE FROM messages WHERE meeting = ?1 AND number = ?2";
	const int err = change_message(db, job, sql, job->expect);
	if (err < 0 || job->keep_after == 0)
		return err;
	return change_message(db, job, "DELETE FROM messages WHERE meeting = ?1 AND number <= ?2",
		job->keep_after);
}

static int do_removal(sqlite3 *db, const struct sqlite_job *job)
{
	const struct {
		const char *sql, *key;
	} steps[] = {
		{ "DELETE FROM commands WHERE meeting = ?1", job->meeting },
		{ "DELETE FROM messages WHERE meeting = ?1", job->meeting },
		{ "DELETE FROM events WHERE meeting = ?1", job->meeting },
		{ "DELETE FROM conferences WHERE id = ?1", job->conference },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(steps); i++) {
		RS_CLEANUP(sqlite_finalizep)
		sqlite3_stmt *statement = sqlite_prepare(db, steps[i].sql, 1, &steps[i].key);
		if (statement == NULL || sqlite3_step(statement) != SQLITE_DONE)
			return -EIO;
	}
	return 0;
}

static int do_job(sqlite3 *db, struct sqlite_job *job)
{
	switch (job->kind) {
	case JOB_APPEND:
		return do_append(db, job);
	case JOB_CONFERENCE:
		return do_conference(db, job);
	case JOB_CREDENTIALS:
		return sqlite_write_credentials(db, job);
	case JOB_NOTE:
		return do_note(db, job);
	case JOB_READ:
		return do_read(db, job);
	case JOB_MESSAGE:
		return do_message(db, job);
	case JOB_REMOVAL:
		return do_removal(db, job);
	}
	return -EINVAL;
}

/* What a broken transaction means for its jobs. An I/O error at the commit may have reached the disk all the same. */
static void fail_batch(struct sqlite_store *sqlite, struct sqlite_queue *batch, bool at_commit)
{
	const int code = sqlite3_errcode(sqlite->writer);
	char why[STORE_ERROR_LEN];
	(void)snprintf(why, sizeof(why), "%.150s: %.90s", sqlite->path,
		code == SQLITE_FULL ? "the disk is full" : sqlite3_errmsg(sqlite->writer));
	const enum store_result result =
		at_commit && (code & 0xff) == SQLITE_IOERR ? STORE_UNKNOWN : STORE_DOWN;
	/* Fails when SQLite has rolled back by itself already. */
	(void)sqlite3_exec(sqlite->writer, "ROLLBACK", NULL, NULL, NULL);
	for (struct sqlite_job *job = batch->first; job != NULL; job = job->next)
		refuse(job, result, why);
}

static void do_batch(struct sqlite_store *sqlite, struct sqlite_queue *batch)
{
	char pragma[64];
	const unsigned pages = atomic_load(&sqlite->max_pages);
	(void)snprintf(pragma, sizeof(pragma), "PRAGMA max_page_count = %u",
		pages > 0 ? pages : 1073741823U); /* SQLite's own default */
	if (sqlite3_exec(sqlite->writer, pragma, NULL, NULL, NULL) != SQLITE_OK ||
		sqlite3_exec(sqlite->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
		fail_batch(sqlite, batch, false);
		return;
	}
	for (struct sqlite_job *job = batch->first; job != NULL; job = job->next) {
		if (do_job(sqlite->writer, job) < 0) {
			fail_batch(sqlite, batch, false);
			return;
		}
	}
	if (sqlite3_exec(sqlite->writer, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		fail_batch(sqlite, batch, true);
}

/* Wait for work; false when it is over. */
static bool take_batch(struct sqlite_store *sqlite, struct sqlite_queue *batch)
{
	pthread_mutex_lock(&sqlite->lock);
	while (sqlite->todo.first == NULL && !sqlite->stop)
		pthread_cond_wait(&sqlite->more, &sqlite->lock);
	while (batch->n < BATCH_MAX && sqlite->todo.first != NULL)
		sqlite_queue_push(batch, sqlite_queue_pop(&sqlite->todo));
	pthread_mutex_unlock(&sqlite->lock);
	return batch->n > 0;
}

static void give_back(struct sqlite_store *sqlite, struct sqlite_queue *batch)
{
	pthread_mutex_lock(&sqlite->lock);
	struct sqlite_job *job;
	while ((job = sqlite_queue_pop(batch)) != NULL)
		sqlite_queue_push(&sqlite->done, job);
	pthread_mutex_unlock(&sqlite->lock);
	if (sqlite->wake != NULL)
		sqlite->wake(sqlite->wake_ctx);
}

void *sqlite_writer(void *ctx)
{
	struct sqlite_store *sqlite = ctx;
	struct sqlite_queue batch = { .n = 0 };
	while (take_batch(sqlite, &batch)) {
		do_batch(sqlite, &batch);
		give_back(sqlite, &batch);
	}
	return NULL;
}
