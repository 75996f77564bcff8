/* recorder/archive/custody/retention.h
 *
 * How long what is kept: a schedule of the organisation, as data, and what follows from it for the archives
 * below a root. A schedule is a JSON file:
 *
 *   {"format": "rostrum-retention/1", "schedule": "GA-AV 2026",
 *    "public": {"pictures": 3650, "sound": null, "programme": 730, "captions": null, "record": null, "session": null},
 *    "private": {...}, "closed-members": {"session": 365}}
 *
 * The keys are the classes of sessions (before whom the meeting sat) and in each the kinds of material; the
 * values are whole days since the recording ended, null or absent for ever. Nothing else may stand there.
 *
 *   pictures   essence of cameras and content        programme   what is derived for playing
 *   sound      essence of microphones and channels   captions    text/captions.*
 *   record     record/ and the other texts           session     all of the session, its directory too
 *
 * Ledgers, events and proofs stay until the session goes: what was deleted from it can be told from what was
 * altered. Blocking file I/O, for tools.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_RETENTION_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_RETENTION_H

#include "common/base/hash.h"
#include "common/base/sign.h"
#include "common/evidence/names.h"

enum retention_class {
	RETENTION_PUBLIC,
	RETENTION_PRIVATE,
	RETENTION_CLOSED_MEMBERS,
	RETENTION_CLASSES,
};

enum retention_material {
	RETENTION_PICTURES,
	RETENTION_SOUND,
	RETENTION_PROGRAMME,
	RETENTION_CAPTIONS,
	RETENTION_RECORD,
	RETENTION_SESSION,
	RETENTION_MATERIALS,
	RETENTION_NEVER, /* of no kind: stays until the session goes */
};

#define RETENTION_FOR_EVER 0
#define RETENTION_DAYS_MAX 36525 /* a hundred years */
#define RETENTION_TITLE_LEN 128
#define RETENTION_ERROR_LEN 512
/* "closed-members/programme: 36525 days" */
#define RETENTION_RULE_LEN 64

struct retention_schedule {
	char title[RETENTION_TITLE_LEN];
	char sha256[2 * RS_SHA256_LEN + 1]; /* of the file */
	uint32_t days[RETENTION_CLASSES][RETENTION_MATERIALS];
};

/* 0 or -EBADMSG: `error` then names line or key and says what is expected; -ENOMEM. */
int retention_parse(const char *text, size_t len, struct retention_schedule *out_schedule,
	char error[RETENTION_ERROR_LEN]) RS_MUST_USE;
/* The same from a file, which `error` names as well; also a negative errno of the file system. */
int retention_read(const char *path, struct retention_schedule *out_schedule,
	char error[RETENTION_ERROR_LEN]) RS_MUST_USE;

/* As session.json says it; absent ("") is public. 0 or -EBADMSG. */
int retention_class_parse(const char *text, enum retention_class *out_class) RS_MUST_USE;
const char *retention_material(enum retention_material material);
/* The kind of a file below data/ ("tracks/KEN.001.v.webm"). */
enum retention_material retention_kind(const char *file);
/* The rule in words, as audit lines have it: "public/pictures: 3650 days". */
void retention_rule(const struct retention_schedule *schedule, enum retention_class class,
	enum retention_material material, char out[RETENTION_RULE_LEN]);
/* When what ended at `ended_ms` goes, in ms of wall clock; INT64_MAX = never. */
int64_t retention_due(const struct retention_schedule *schedule, enum retention_class class,
	enum retention_material material, int64_t ended_ms);

enum retention_verdict {
	RETENTION_DELETED,
	RETENTION_DUE, /* dry run: would be deleted */
	RETENTION_HELD,
	RETENTION_OWED, /* it went from the archives, and not from the second copy; without a session: the copy cannot be reached. `why` says what is wrong */
	RETENTION_PASSED_OVER, /* the session cannot be judged, or the deletion failed: `why` says what is wrong */
};

/* What was done, or would be; texts are valid during the call. */
struct retention_item {
	enum retention_verdict verdict;
	const char *session;
	const char *file; /* below the session's directory; "" = all of it */
	const char *rule;
	const char *due; /* UTC */
	uint64_t octets; /* that become free */
	const char *why; /* a sentence; of what is held, the reason */
};

struct retention_run {
	const char *root; /* of the archives */
	const char *copy; /* root of their second copy, to which the same is done; NULL = none */
	const struct retention_schedule *schedule;
	int64_t wall_ms;
	const char *by;                 /* who runs it, for the audit */
	const struct rs_signer *signer; /* signs what is put down; NULL = nobody */
	bool dry;                       /* change nothing */
	void (*item)(void *ctx, const struct retention_item *item);
	void *ctx;
};

/* Apply a schedule to all closed sessions, and then do at the copy what earlier runs owe it. A hold in either protects both. 0; -EAGAIN (another run is under way); -EBADMSG (audit.jsonl was
 * changed: `error`); -ENOENT (no such root); another errno, -ENOMEM. What was passed over is not an error here. */
int retention_apply(const struct retention_run *run, char error[RETENTION_ERROR_LEN]) RS_MUST_USE;

#endif
