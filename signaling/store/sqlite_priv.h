/* signaling/store/sqlite_priv.h
 *
 * The SQLite back end inside: jobs that cross from the caller's thread to the writer and back, and the statements of the
 * writer's connection. A job belongs to one thread at a time: the mailboxes hand it over whole.
 */
#ifndef ROSTRUM_SIGNALING_STORE_SQLITE_PRIV_H
#define ROSTRUM_SIGNALING_STORE_SQLITE_PRIV_H

#include "signaling/store/store.h"

#include <sqlite3.h>

#include <pthread.h>
#include <stdatomic.h>

/* Jobs under way at a time. */
#define JOBS_MAX 4096

enum sqlite_job_kind {
	JOB_APPEND,
	JOB_CONFERENCE,
	JOB_CREDENTIALS,
	JOB_NOTE,
	JOB_READ,
	JOB_MESSAGE,
	JOB_REMOVAL,
};

/* All texts are copies owned by the job. */
struct sqlite_job {
	struct sqlite_job *next;
	enum sqlite_job_kind kind;
	uint64_t ticket;
	char meeting[RS_NAME_MAX + 1];
	uint64_t epoch;
	uint64_t expect; /* READ: after; MESSAGE: its number */
	struct store_event events[STORE_BATCH_MAX];
	size_t n_events;
	size_t max;          /* READ */
	uint64_t keep_after; /* MESSAGE */
	bool has_command;
	char badge[RS_NAME_MAX + 1];
	char command[RS_NAME_MAX + 1];
	char *reply;
	size_t reply_len;
	char conference[RS_NAME_MAX + 1];
	char conference_epoch[RS_NAME_MAX + 1];
	char key[STORE_KEY_MAX + 1]; /* NOTE; its text is in `json` */
	char *json;
	size_t json_len;
	struct store_credential *credentials;
	size_t n_credentials;
	/* outcome */
	enum store_result result;
	char *first_reply; /* CONFLICT by command id */
	size_t first_reply_len;
	char why[STORE_ERROR_LEN];
};

struct sqlite_queue {
	struct sqlite_job *first;
	struct sqlite_job *last;
	size_t n;
};

struct sqlite_store {
	struct store store; /* must be first */
	char *path;
	sqlite3 *reader; /* the caller's thread */
	sqlite3 *writer; /* the writer's thread, once it runs */
	store_wake_fn *wake;
	void *wake_ctx;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* todo, done, stop */
	pthread_cond_t more;
	struct sqlite_queue todo;
	struct sqlite_queue done;
	bool stop;
	size_t under_way;         /* the caller's thread */
	struct sqlite_job *taken; /* handed out by the last poll */
	atomic_uint max_pages;
};

static inline struct sqlite_store *sqlite_of(struct store *store)
{
	return (struct sqlite_store *)store;
}

void sqlite_queue_push(struct sqlite_queue *queue, struct sqlite_job *job);
struct sqlite_job *sqlite_queue_pop(struct sqlite_queue *queue);
struct sqlite_job *sqlite_job_free(struct sqlite_job *job);

/* The writer's thread: `ctx` is the sqlite_store. */
void *sqlite_writer(void *ctx);

/* Prepared, with `n` texts bound from position 1; NULL on any failure. Finalized by sqlite3_finalize(). */
sqlite3_stmt *sqlite_prepare(sqlite3 *db, const char *sql, size_t n, const char *const *texts);
void sqlite_finalizep(sqlite3_stmt **statement);
/* A database of ours, with its tables: 0, -EIO or -EBADMSG with `error` set. */
int sqlite_schema(sqlite3 *db, const char *path, char error[STORE_ERROR_LEN]);

/* sqlite_credentials.c */
/* The table of credentials, made where there is none. 0 or -EIO. */
int sqlite_credentials_schema(sqlite3 *db);
int sqlite_load_credentials(struct sqlite_store *sqlite, const struct store_loader *loader);
int sqlite_write_credentials(sqlite3 *db, const struct sqlite_job *job);

int sqlite_load(
	struct store *store, const struct store_loader *loader, char error[STORE_ERROR_LEN]);
int sqlite_claim(struct store *store, const char *meeting, uint64_t *out_epoch);

#endif
