/* recorder/control/stage.h
 *
 * Between a recording and the programme that is written beside it (recorder/programme): frames of the
 * archive's tracks go there, what it must tell goes into events.jsonl. The recording comes first: a
 * programme that fails, or stands in the way of a slow disk, is given up, and is made from the archive
 * when the session is closed. So is that of a session that goes on after a pause, for its files are
 * finished already, or were left by a kill: what comes then is written into a part of its own, for those who
 * follow it live, and goes when the whole is made.
 *
 * An embedded value that must not move; sans-I/O; not thread safe.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_STAGE_H
#define ROSTRUM_RECORDER_CONTROL_STAGE_H

#include "recorder/programme/programme.h"

struct stage {
	struct track_listener listener;
	struct programme *programme; /* NULL: none is written */
	const struct disk *disk;
	uint32_t owner; /* for the disk; 0 = never had one */
	int64_t started_us;
	struct archive_now ticked; /* last */
	bool draining;             /* closed; the disk is still at it */
};

struct stage_config {
	const struct disk *disk; /* borrowed */
	uint32_t owner;          /* nobody else's */
	const struct archive_channel *channels;
	size_t n_channels;
	const struct track_rules *rules;
};

/* Before the archive is opened: gives it whom its tracks are to tell. */
const struct track_listener *stage_init(struct stage *stage);
void stage_done(struct stage *stage);
/* The archive stands: a programme begins, or the next part of one. What fails is logged. */
void stage_open(struct stage *stage, const struct stage_config *config,
	const struct archive *archive, struct archive_now when);
void stage_tick(struct stage *stage, struct archive_now when);
rs_time stage_deadline(const struct stage *stage);
/* Notice failures, and put down what the programme has to tell. */
void stage_flush(struct stage *stage, struct archive *archive, struct archive_now when);
/* The session ends now, and all frames are in: finish the files. */
void stage_close(struct stage *stage, struct archive_now when);
/* Nothing more is written. `why` is for the log. */
void stage_give_up(struct stage *stage, const char *why);
/* From the disk, if `owner` is the stage's: true. */
bool stage_disk_failed(struct stage *stage, uint32_t owner, int err);
bool stage_disk_synced(struct stage *stage, uint32_t owner);
/* Whether the disk has all of it. */
bool stage_is_drained(const struct stage *stage);

#endif
