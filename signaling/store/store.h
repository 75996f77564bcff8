/* signaling/store/store.h
 *
 * The port behind which meetings are kept: conferences as imported, and for each meeting one log of events, hash-chained
 * and numbered from 1. A back end fills the vtable; one conformance suite (tests/unit/signaling/test_store.c) holds for all.
 *
 * Writes are asynchronous: store_append() hands over, store_poll() gives back, in between the back end calls the `wake` it got
 * at birth (from any thread). Loading happens once, blocking, before the first write. All calls from one thread.
 */
#ifndef ROSTRUM_SIGNALING_STORE_STORE_H
#define ROSTRUM_SIGNALING_STORE_STORE_H

#include "common/base/hash.h"
#include "common/base/text.h"

/* Most events of one append; most octets of one event's payload. */
#define STORE_BATCH_MAX 64
#define STORE_PAYLOAD_MAX 16384
#define STORE_ERROR_LEN 256

enum store_result {
	STORE_OK,     /* durable */
	STORE_FENCED, /* somebody else owns this meeting now; nothing was written */
	STORE_CONFLICT, /* `expect` is not the last number, or the command id was used; nothing was written */
	STORE_UNKNOWN, /* may or may not have happened: ask the same again */
	STORE_DOWN,    /* nothing was written (disk full, no connection): ask again later */
};

/* One event; in an append `number` and `hash` are not looked at. */
struct store_event {
	uint64_t number;
	uint8_t hash
		[RS_SHA256_LEN]; /* SHA-256(hash before || payload), the first on 32 zero octets */
	const char *payload;
	size_t len;
};

/* The command that caused an append, so that asking again repeats its reply. */
struct store_command {
	const char *badge;
	const char *id;
	const char *reply;
	size_t reply_len;
};

struct store_append {
	uint64_t ticket; /* the caller's; comes back */
	const char *meeting;
	uint64_t epoch;  /* of the caller's claim on the meeting */
	uint64_t expect; /* number of the last event the caller knows */
	const struct store_event *events;
	size_t n_events;                     /* 1 to STORE_BATCH_MAX */
	const struct store_command *command; /* or NULL */
};

enum store_done_kind {
	STORE_DONE_APPEND,
	STORE_DONE_CONFERENCE,
	STORE_DONE_CREDENTIALS,
	STORE_DONE_NOTE,
	STORE_DONE_READ,
	STORE_DONE_MESSAGE,
	STORE_DONE_REMOVAL,
};

/* A finished call. Pointers are valid until the next store_poll(). */
struct store_done {
	enum store_done_kind kind;
	uint64_t ticket;
	enum store_result result;
	const struct store_event
		*events; /* APPEND: as stored, with numbers and hashes; READ: what was found */
	size_t n_events;
	const char *reply; /* APPEND, CONFLICT by command id: the first reply; else NULL */
	size_t reply_len;
	const char *why; /* for people when not OK; else NULL */
};

struct store_conference {
	const char *id;
	const char *epoch; /* random text made at import; names the history its events belong to */
	const char *json;  /* the file as imported */
	size_t len;
};

/* Octets of what a PIN is kept as. */
#define STORE_SALT_LEN 16
#define STORE_HASH_LEN 32
#define STORE_LINK_LEN 16

enum store_credential_state {
	STORE_CREDENTIAL_GOOD = 1,
	STORE_CREDENTIAL_REVOKED = 2,
	STORE_CREDENTIAL_LOCKED = 3, /* too many wrong PINs */
};

/* By what one badge of a conference joins. */
struct store_credential {
	char conference[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	char link[STORE_LINK_LEN + 1];
	uint8_t salt[STORE_SALT_LEN];
	uint8_t hash[STORE_HASH_LEN]; /* of the PIN */
	int64_t not_before_s; /* tokens issued before are no longer good; wall clock, 0 = all are */
	enum store_credential_state state;
};

/* A message of the meeting's chat: beside the log, in no hash chain, and gone when its time is over. */
struct store_message {
	const char *meeting;
	uint64_t number; /* unique in the meeting */
	const char *text;
	size_t len; /* at most STORE_PAYLOAD_MAX; 0 = the message of this number is removed */
	uint64_t keep_after; /* removes those with this number and lower, too */
};

/* Something small to be remembered beside the logs, under a key of its own. */
#define STORE_KEY_MAX 160
#define STORE_NOTE_MAX 4096

struct store_note {
	const char *key;
	const char *text;
	size_t len; /* 0: to be forgotten */
};

/* Call-backs of loading; a negative return stops it and is returned. */
struct store_loader {
	void *ctx;
	int (*conference)(void *ctx, const struct store_conference *conference);
	/* After the conferences; NULL = nobody wants them. */
	int (*credential)(void *ctx, const struct store_credential *credential);
	int (*message)(void *ctx, const struct store_message *message);
	int (*event)(void *ctx, const char *meeting, const struct store_event *event);
	/* Replies of commands, oldest first. */
	int (*command)(void *ctx, const char *meeting, const struct store_command *command);
	/* What was noted last under each key; NULL = nobody asks. */
	int (*note)(void *ctx, const struct store_note *note);
};

struct store;

struct store_ops {
	struct store *(*free)(struct store *store);
	int (*load)(struct store *store, const struct store_loader *loader,
		char error[STORE_ERROR_LEN]);
	int (*claim)(struct store *store, const char *meeting, uint64_t *out_epoch);
	int (*append)(struct store *store, const struct store_append *append);
	int (*put_conference)(
		struct store *store, uint64_t ticket, const struct store_conference *conference);
	int (*put_credentials)(struct store *store, uint64_t ticket,
		const struct store_credential *credentials, size_t n);
	int (*put_note)(struct store *store, uint64_t ticket, const struct store_note *note);
	int (*read)(struct store *store, uint64_t ticket, const char *meeting, uint64_t after,
		size_t max);
	int (*put_message)(
		struct store *store, uint64_t ticket, const struct store_message *message);
	int (*remove_meeting)(
		struct store *store, uint64_t ticket, const char *conference, const char *meeting);
	int (*poll)(struct store *store, struct store_done *out_done);
};

/* A back end's object begins with this. */
struct store {
	const struct store_ops *ops;
};

/* Called from any thread when store_poll() has something; may only wake a loop. */
typedef void store_wake_fn(void *ctx);

/* Waits for what was handed over, closes. NULL is fine. Returns NULL. */
struct store *store_free(struct store *store);
/* Conferences first, then credentials, messages by number, then each meeting's events in order, then commands, then notes. Checks the hash chains: 0; what a call-back returned;
 * -EBADMSG (broken chain or numbering; `error` names meeting and number); -EIO. */
int store_load(struct store *store, const struct store_loader *loader,
	char error[STORE_ERROR_LEN]) RS_MUST_USE;
/* Own the log of a meeting; each claim gets a higher epoch and fences the one before. Blocks. 0 or -EIO. */
int store_claim(struct store *store, const char *meeting, uint64_t *out_epoch) RS_MUST_USE;
/* Copies. 0 (exactly one store_poll() follows), -E2BIG (too many under way, or over a limit), -EINVAL, -ENOMEM. */
int store_append(struct store *store, const struct store_append *append) RS_MUST_USE;
/* Write or replace a conference. As store_append(). */
int store_put_conference(struct store *store, uint64_t ticket,
	const struct store_conference *conference) RS_MUST_USE;
/* Write or replace 1 to STORE_BATCH_MAX credentials, all or none. As store_append(). */
int store_put_credentials(struct store *store, uint64_t ticket,
	const struct store_credential *credentials, size_t n) RS_MUST_USE;
/* Note, note anew or forget. As store_append(). */
int store_put_note(struct store *store, uint64_t ticket, const struct store_note *note) RS_MUST_USE;
/* At most `max` (up to STORE_BATCH_MAX) events after number `after`. As store_append(). */
int store_read(struct store *store, uint64_t ticket, const char *meeting, uint64_t after,
	size_t max) RS_MUST_USE;
/* Write or remove a message. Asked again, nothing changes. As store_append(). */
int store_put_message(
	struct store *store, uint64_t ticket, const struct store_message *message) RS_MUST_USE;
/* Remove a conference and all that is kept of its one meeting: events, replies, messages; all or nothing. Credentials and notes stay, and so
 * does the claim: whoever had it before stays fenced. Asked again, nothing changes. As store_append(). */
int store_remove_meeting(struct store *store, uint64_t ticket, const char *conference,
	const char *meeting) RS_MUST_USE;
/* 1 and *out_done, or 0. Results come in the order of the calls. */
int store_poll(struct store *store, struct store_done *out_done);

/* Opens (or makes) a SQLite database: WAL, synchronous=FULL, one writer thread that commits whatever waits as one
 * transaction. 0; -EIO or -EBADMSG (no database of ours) with `error` naming the file; -ENOMEM. */
int store_sqlite_open(const char *path, store_wake_fn *wake, void *wake_ctx,
	struct store **out_store, char error[STORE_ERROR_LEN]) RS_MUST_USE;
/* Let the database grow no further than that many pages of 4096 octets (0 = as far as the disk lets it); what does not fit is
 * DOWN. From the next transaction on; any number of times. */
void store_sqlite_set_max_pages(struct store *store, uint32_t pages);

#endif
