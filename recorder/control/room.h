/* recorder/control/room.h
 *
 * The room for the archives, as it is judged (storage.h), acted on and told: pictures are left out by the keeper, signaling hears of
 * it before and while they are, and of the second copy. An embedded value; sans-I/O; not thread safe.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_ROOM_H
#define ROSTRUM_RECORDER_CONTROL_ROOM_H

#include "recorder/control/keeper.h"
#include "recorder/control/storage.h"

/* How the second copy of the archives stands. */
struct room_copy {
	enum {
		ROOM_COPY_NONE, /* none is wanted */
		ROOM_COPY_GOES,
		ROOM_COPY_AWAY, /* where it goes to cannot be reached, or not be written */
	} state;
	int64_t behind_s; /* what was written longer ago is in it; -1 = not known yet */
	int64_t since_ms; /* AWAY: since when, wall clock */
	uint64_t
		verified; /* files whose digest was found to be the same in both, since the start */
	uint64_t copied;  /* octets written to it since the start */
	char reason[KEEPER_REASON_LEN]; /* AWAY: why, for people */
};

struct room {
	struct storage storage;
	struct room_copy copy;
	bool again;     /* everything is to be told, as to somebody new */
	bool due;       /* figures are */
	rs_time due_at; /* the next ones */
	rs_time told_at;
	struct storage_state told;
	struct room_copy told_copy;
	rs_time now; /* of the last measure */
};

void room_init(struct room *room, const struct storage_rules *rules);
/* Judge what was measured, and have the keeper follow. */
void room_measure(struct room *room, struct keeper *keeper, const struct storage_sample *sample,
	struct archive_now when);
void room_set_copy(struct room *room, const struct room_copy *copy);
/* The next message to signaling, or NULL: `disk` when it is another one, every 10 s at most unless level or reason changed; `stats`
 * every 5 s. The caller owns it; without memory it is left out. */
json_t *room_take(struct room *room);
/* Tell it again: a new connection. */
void room_say_again(struct room *room);

#endif
