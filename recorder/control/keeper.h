/* recorder/control/keeper.h
 *
 * The recordings there should be, and the archives that make them so. Told by the control
 * connection; fed by the taps. A recording that fails (a full disk) says so and is tried again when
 * there is room; the others go on.
 *
 * Sans-I/O but for the opening of archives. Not thread safe. Limits: `meetings_max` recordings.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_KEEPER_H
#define ROSTRUM_RECORDER_CONTROL_KEEPER_H

#include "recorder/archive/session/archive.h"
#include "recorder/archive/session/late.h"
#include "recorder/control/account.h"
#include "recorder/control/storage.h"

struct keeper;

#define KEEPER_PATH_LEN 108 /* of a Unix socket */
#define KEEPER_REASON_LEN 96
#define KEEPER_TITLE_LEN 256
#define KEEPER_CLASS_LEN 32

struct keeper_config {
	const char *root; /* directory of the archives; borrowed, as the other texts */
	const char *software;
	const struct rs_recipient
		*recipient;             /* of sessions that are not public; borrowed; NULL = none */
	bool closed_in_clear;           /* those may be recorded without one */
	const struct rs_signer *signer; /* of heads; borrowed; NULL = nothing is signed */
	rs_time head_interval;          /* between them */
	struct track_rules rules;
	size_t meetings_max;
	size_t tracks_max; /* in one archive */
	uint64_t free_min; /* octets the file system must have free for a recording to begin */
	rs_time retry;     /* between attempts at a recording that failed */
	const struct disk *disk; /* borrowed */
	/* Octets free at a path, or a negative errno. */
	int64_t (*free_space)(void *ctx, const char *path);
	/* A session's directory is about to be opened: when this returns, its closing gives no file a name
	 * any more. NULL = nothing is closed. */
	void (*resume)(void *ctx, const char *session);
	void *ctx;
	struct rs_rand *rand; /* borrowed */
};

/* A meeting as signaling wants it (common/control/PROTOCOL.md section 3.3). */
struct keeper_meeting {
	char id[RS_NAME_MAX + 1];
	char title[KEEPER_TITLE_LEN];
	char session[NAMES_SESSION_MAX + 1];
	char class[KEEPER_CLASS_LEN]; /* "" = public */
	/* JSON for session.json, as archive_config has it; NULL = nothing. Copied by keeper_set(). */
	const char *about;
	char tap[KEEPER_PATH_LEN];
	struct archive_channel channels[ARCHIVE_CHANNELS_MAX];
	size_t n_channels;
};

enum keeper_state {
	KEEPER_RECORDING,
	KEEPER_STOPPED,
	KEEPER_FAILED,
};

/* Something signaling should hear. Texts are valid until the next call. */
struct keeper_report {
	enum {
		KEEPER_REPORT_STATE,
		KEEPER_REPORT_ARCHIVED,
	} kind;
	const char *meeting;
	enum keeper_state state;
	const char *reason;     /* "" while recording */
	const char *directory;  /* "" if there is none */
	int64_t last_event;     /* KEEPER_REPORT_ARCHIVED */
	struct account account; /* KEEPER_REPORT_STATE: so far */
	bool sealed; /* KEEPER_REPORT_ARCHIVED: the session is closed, derived and sealed */
};

/* A session that is finished and on the disk, and is now to be closed (recorder/closing). */
struct keeper_closing {
	uint32_t generation;
	char directory[ARCHIVE_PATH_LEN];
};

/* 0, -EINVAL or -ENOMEM. */
int keeper_new(const struct keeper_config *config, struct keeper **out_keeper) RS_MUST_USE;
/* Leaves unfinished what keeper_close() did not finish. */
struct keeper *keeper_free(struct keeper *keeper);

/* This meeting is to be recorded. Saying it again changes nothing, another session begins another archive;
 * a tap may be another one at any time, or "" as long as there is none.
 * 0 (also when opening failed: that is reported), -E2BIG (too many) or -ENOMEM. */
int keeper_set(struct keeper *keeper, const struct keeper_meeting *meeting,
	struct archive_now when) RS_MUST_USE;
/* This meeting is not to be recorded: its archive is finished. Unknown ones are fine. */
void keeper_remove(
	struct keeper *keeper, const char *meeting, const char *reason, struct archive_now when);
/* Remove all that are not marked by keeper_set() since keeper_sweep_begin(). */
void keeper_sweep_begin(struct keeper *keeper);
void keeper_sweep_end(struct keeper *keeper, struct archive_now when);
/* Finish everything: the program ends. */
void keeper_close(struct keeper *keeper, struct archive_now when);

/* The open archive of a meeting and its generation (another one each time it is opened), or NULL. */
struct archive *keeper_archive(
	struct keeper *keeper, const char *meeting, uint32_t *out_generation);
/* The account of that archive, to be kept by who feeds it; NULL where keeper_archive() is. A change is reported. */
struct account *keeper_account(struct keeper *keeper, const char *meeting);
/* The i-th recording's meeting and tap; NULL behind the last one. */
const struct keeper_meeting *keeper_at(const struct keeper *keeper, size_t i);
/* Where the i-th recording is written: "" while it is not; NULL behind the last one. */
const char *keeper_directory_at(const struct keeper *keeper, size_t i);
/* A meeting event. 0; -EALREADY (had it); -ENOENT (not recorded); -EAGAIN: events before it are
 * missing, ask for them; -EBADMSG (malformed). Errors of the archive are reported. */
int keeper_event(struct keeper *keeper, const char *meeting, const struct archive_event *event,
	struct archive_now when) RS_MUST_USE;

/* What became of a part of what a room kept while its line was lost. */
struct keeper_late {
	uint64_t ticket;
	char meeting[RS_NAME_MAX + 1];
	enum {
		KEEPER_LATE_KEPT,
		KEEPER_LATE_REFUSED, /* for good */
		KEEPER_LATE_LATER,   /* the disk could not take it */
	} state;
	const char *reason; /* a word of the protocol; "" when kept */
	struct late_count count;
};
/* Parts that wait for the disk, at most. */
#define KEEPER_LATE_MAX 16

/* Such a part for the recording of `session`; keeper_late_poll() says what became of it once it is durable. */
void keeper_late(struct keeper *keeper, const char *meeting, const char *session, uint64_t ticket,
	const struct late_part *part, struct archive_now when);
/* The next answer: 1, or 0 when there is none. */
int keeper_late_poll(struct keeper *keeper, struct keeper_late *out_late);
/* Whoever waited for answers is gone. */
void keeper_late_forget(struct keeper *keeper);

/* The next session to be closed, each once: 1, or 0 when there is none. `all`: also those of which the disk
 * has not said that it has everything, since the program ends and the caller waits for the disk itself. */
int keeper_take_closing(struct keeper *keeper, bool all, struct keeper_closing *out_closing);
/* It was closed: all steps were done, or not. Reported, unless the keeper knows no such closing. */
void keeper_closed(struct keeper *keeper, uint32_t generation, bool sealed);

/* From now on pictures are left out, or are written again (STORAGE_FINE): what opens later as well. Put down in `events.jsonl`
 * as `pictures-dropped` and `pictures-resumed`. STORAGE_FULL: recordings are reported as failed for as long as it is so. */
void keeper_hold(struct keeper *keeper, enum storage_why why, struct archive_now when);

/* From the disk; `owner` is the generation. The caller has logged the failure. */
void keeper_disk_failed(struct keeper *keeper, uint32_t owner, int err);
void keeper_disk_synced(struct keeper *keeper, uint32_t owner, uint64_t token);

void keeper_tick(struct keeper *keeper, struct archive_now when);
rs_time keeper_deadline(const struct keeper *keeper);
/* After each turn: notice failures, ask for durability. */
void keeper_flush(struct keeper *keeper, struct archive_now when);
/* The next report: 1, or 0 when there is none. */
int keeper_poll(struct keeper *keeper, struct keeper_report *out_report);
/* Say everything again (a new connection). */
void keeper_say_again(struct keeper *keeper);
/* An archive was opened again and may miss events told meanwhile: once true, then false. */
bool keeper_take_resync(struct keeper *keeper);

#endif
