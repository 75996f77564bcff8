/* recorder/archive/session/archive.h
 *
 * The archive of one session of a meeting: its directory, the tracks in it and the chain of what
 * happened.
 *
 *   SESSION/data/session.json                 what is recorded, by what, when session time began
 *   SESSION/data/events.jsonl                 hash-chained (chain.h)
 *   SESSION/data/tracks/KEN.001.a.webm        microphone (.a), camera (.v), content (.c) of a source, as sent
 *   SESSION/data/tracks/KEN.001.a.idx.jsonl   its ledger (ledger.h)
 *   SESSION/data/channels/fr.001.a.webm       an interpretation channel, as listeners heard it
 *
 * Opening reads and makes directories (blocking); everything after that goes through the disk port.
 * Not thread safe. After an error the archive has failed: it writes nothing more, and what was
 * written stays as it is.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_ARCHIVE_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_ARCHIVE_H

#include "common/base/envelope.h"
#include "common/base/rand.h"
#include "common/base/sign.h"
#include "recorder/archive/track/track.h"

struct archive;

#define ARCHIVE_CHANNELS_MAX 64
/* Reason of a recording that ends with its recorder, which goes on with it if it comes back. */
#define ARCHIVE_RECORDER_STOPS "recorder stops"

struct archive_channel {
	char id[RS_NAME_MAX + 1];
	char language[16]; /* BCP 47 */
	char name[64];
};

struct archive_config {
	const char *root; /* directory of all archives; copied, as all texts here */
	const char *meeting;
	const char *session; /* names the directory: names_session_valid() */
	const char *title;
	const char *class
		; /* before whom the meeting sat: "private", "closed-members"; "" or NULL = in public */
	/* JSON object whose members go into session.json of a new session; NULL = nothing. */
	const char *about;
	const char *software;
	const struct archive_channel *channels;
	size_t n_channels;        /* at most ARCHIVE_CHANNELS_MAX */
	size_t tracks_max;        /* at least 1 */
	struct track_rules rules; /* its `app` must outlive the archive */
	/* Media and events are encrypted to this key (vault/vault.h); NULL = they are in the clear. */
	const struct rs_recipient *recipient;
	uint32_t owner; /* for the disk */
	/* Of the heads (proof.h), and how often one is signed; borrowed; NULL = nothing is signed. */
	const struct rs_signer *signer;
	rs_time head_interval;
	struct rs_rand *rand; /* borrowed */
	/* The session does not go on: it is only to be closed, and ended at this session time. */
	bool repaired;
	int64_t repaired_until_ms;
};

/* Both clocks, read at the same moment. */
struct archive_now {
	rs_time now;
	int64_t wall_us;
};

/* A meeting's event as the control socket brings it. */
struct archive_event {
	int64_t number;
	const char *hash;
	const char *payload; /* one JSON object; its octets are kept */
	size_t len;
};

/* Make the session's directory, or go on in it: a torn last line is cut off, segments that were
 * never finished are measured, and both are noted. 0; -EINVAL (session name, limits); -EBADMSG (a
 * directory that is no archive of this session); -ENOMEM; or an error of the file system or disk. */
int archive_open(const struct archive_config *config, const struct disk *disk,
	struct archive_now when, struct archive **out_archive) RS_MUST_USE;
/* Leaves unfinished what archive_close() did not finish. */
struct archive *archive_free(struct archive *archive);
void archive_freep(struct archive **archive);
/* Finish all files; `reason` goes into the last line. 0 or an error. Afterwards it takes nothing more
 * (-EPROTO); it may be freed at once, or when all is on the disk. */
int archive_close(struct archive *archive, const char *reason, struct archive_now when) RS_MUST_USE;
/* It was closed, and all of it is on the disk. */
bool archive_finished(const struct archive *archive);

/* What it records is encrypted: nothing can be derived from it here. */
bool archive_is_sealed(const struct archive *archive);
const char *archive_directory(const struct archive *archive);
const char *archive_session(const struct archive *archive);
/* It was there already when it was opened: a recorder had stopped. */
bool archive_resumed(const struct archive *archive);
/* The how manieth time it is recorded: 1 for a session that begins. */
uint32_t archive_part(const struct archive *archive);
/* When the session began, wall clock. */
int64_t archive_started_us(const struct archive *archive);
/* 0, or the error it failed with. */
int archive_error(const struct archive *archive);
/* The disk could not do what it was told: the archive fails with that error. */
void archive_disk_failed(struct archive *archive, int err);
/* A sync with this token is done. */
void archive_disk_synced(struct archive *archive, uint64_t token);
/* Meeting events up to this number were taken / are durable. */
int64_t archive_last_event(const struct archive *archive);
int64_t archive_durable_event(const struct archive *archive);

/* A stream of that name and medium begins; *out_track names it in the calls below. 0; -EBADMSG (name or medium);
 * -EOPNOTSUPP, -EINVAL (codec or clock: noted); -E2BIG (too many tracks: noted); or the archive failed. */
int archive_begin(struct archive *archive, const char *name, const char *media, const char *codec,
	uint32_t hz, struct archive_now when, size_t *out_track) RS_MUST_USE;
/* Errors of the following have made the archive fail, so they may be left to archive_error();
 * -EPROTO: it had failed before. */
int archive_recv(struct archive *archive, size_t track, const uint8_t *rtp, size_t len,
	int64_t arrival_wall_us, struct archive_now when);
void archive_report(struct archive *archive, size_t track, uint64_t ntp, uint32_t rtp_ts);
/* The gate of a source moved at `mark_wall_us` because of a meeting event. */
int archive_mark(struct archive *archive, const char *source, bool open, int64_t event,
	int64_t mark_wall_us, struct archive_now when);
/* From `from_wall_us` on the picture of the floor is the camera of `source`; "" = nobody's. */
int archive_show(
	struct archive *archive, const char *source, int64_t from_wall_us, struct archive_now when);
/* Something else worth keeping; takes `payload` (NULL = out of memory). */
int archive_note(
	struct archive *archive, const char *type, json_t *payload, struct archive_now when);
/* 0; -EALREADY (had it); -EBADMSG (hash or payload); or the archive failed. */
int archive_add_event(struct archive *archive, const struct archive_event *event,
	struct archive_now when) RS_MUST_USE;

int archive_tick(struct archive *archive, struct archive_now when);
rs_time archive_deadline(const struct archive *archive);
/* Ask for durability of the lines written since the last time; call once a turn of the loop. */
int archive_flush(struct archive *archive);
/* Whether this track waits for a key frame: after a loss, or to begin its next segment. */
bool archive_wants_key(const struct archive *archive, size_t track);

#endif
