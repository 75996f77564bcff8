/* recorder/archive/session/session.h
 *
 * The directory of an archive: made anew, or read back where a recorder was stopped. Blocking file
 * I/O; only while an archive is opened or gets a track.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_SESSION_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_SESSION_H

#include "common/evidence/chain.h"
#include "recorder/archive/session/archive.h"

#define SESSION_FORMAT "rostrum-archive/1"

/* Where an archive stands. */
struct session {
	char directory[ARCHIVE_PATH_LEN];
	bool locked;                 /* `lock` is held */
	int lock;                    /* files/lock.h */
	bool fresh;                  /* made just now */
	int64_t started_us;          /* wall clock of session time 0 */
	char sha256[CHAIN_HASH_LEN]; /* of session.json */
	bool described; /* it says who and what, or a line of events.jsonl does: files/about.h */
	struct chain chain;
	int64_t last_event;
	uint32_t resumed; /* how often it went on before now */
	uint64_t torn;    /* octets cut off the end of events.jsonl */
	json_t *unfinished; /* object: files of segments without an end that were not measured yet; owned, as the next */
	json_t *cut; /* object: files of segments without an end, and their t0_ms */
};

/* As archive_open() says. */
int session_open(const struct archive_config *config, int64_t wall_us,
	struct session *out_session) RS_MUST_USE;
void session_done(struct session *session);
/* What a line of ABOUT_TYPE is to say of a session, for one that is not `described`. NULL = out of memory. */
json_t *session_about(const struct archive_config *config) RS_MUST_USE;
/* The number of a track's next segment: one more than that of any file it has. 0 or the file system's error. */
int session_next_segment(const struct session *session, const char *name, enum archive_media media,
	uint32_t *out_number) RS_MUST_USE;
/* What is there of a segment that was never finished, for "segment-recovered". NULL = out of memory. */
json_t *session_measure(const struct session *session, const char *file);

#endif
