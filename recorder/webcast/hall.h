/* recorder/webcast/hall.h
 *
 * All sessions that are recorded at this moment, and the webcasts of those that are switched on. A session is a directory
 * below the archive's that is not sealed; its events are followed from the beginning, its media only while it is on.
 *
 * What is over can be seen for a while and is then taken away, as is what an earlier run has left. Blocking file I/O; one thread.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_HALL_H
#define ROSTRUM_RECORDER_WEBCAST_HALL_H

#include "recorder/webcast/cast.h"

struct hall;

/* Sessions followed at a time; those found later wait until there is room. */
#define HALL_SESSIONS_MAX 64

struct hall_config {
	const char *archive;     /* directory of all sessions; borrowed, as the next */
	const char *directory;   /* of all webcasts: one below it for each meeting */
	int64_t keep_ms;         /* how long what has ended can be seen */
	size_t casts_max;        /* webcasts at a time */
	struct cast_config cast; /* but for session and directory */
};

/* 0 or -ENOMEM. */
int hall_new(const struct hall_config *config, struct hall **out_hall) RS_MUST_USE;
/* Leaves what is out as it is, for who comes next. */
struct hall *hall_free(struct hall *hall);
/* Do what is due. */
void hall_turn(struct hall *hall, int64_t wall_ms);
/* How long the next turn may be waited for, in milliseconds. */
int64_t hall_patience(const struct hall *hall);

#endif
