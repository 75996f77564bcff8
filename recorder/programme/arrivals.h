/* recorder/programme/arrivals.h
 *
 * When sound that was delivered after an outage is heard in place of the floor, and whose camera is seen meanwhile. Of two rooms
 * whose sound is of the same time, the one that began first is heard to the end of its stretch.
 *
 * Sans-I/O; not thread safe. Allocates with each stretch, up to ARRIVALS_MAX.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_ARRIVALS_H
#define ROSTRUM_RECORDER_PROGRAMME_ARRIVALS_H

#include "recorder/programme/script.h"

#define ARRIVALS_MAX 65536
/* Sound that goes on after no longer a pause is one stretch: between two words nobody wants to hear the floor. */
#define ARRIVALS_PAUSE_MS 500
/* What is of no segment. */
#define ARRIVALS_FLOOR SIZE_MAX

struct arrival {
	size_t segment; /* of the script */
	int64_t from_ms;
	int64_t to_ms;
};

/* Zeroed = none. */
struct arrivals {
	struct arrival *list; /* once settled: by time, none within another */
	size_t n;
	size_t at; /* where arrivals_heard() is */
};

void arrivals_done(struct arrivals *arrivals);
/* A packet of a segment's sound, in order of its segment's times. 0, -E2BIG or -ENOMEM. */
int arrivals_add(struct arrivals *arrivals, size_t segment, int64_t time_ms,
	int64_t duration_ms) RS_MUST_USE;
/* All were added. */
void arrivals_settle(struct arrivals *arrivals);
/* Whether sound of this time is heard: of a segment, or of ARRIVALS_FLOOR. Times do not go back. */
bool arrivals_heard(struct arrivals *arrivals, size_t segment, int64_t time_ms);
/* The stretch, once they are settled, that this time lies in, from its first millisecond on and before its last; or NULL. */
const struct arrival *arrivals_find(const struct arrivals *arrivals, int64_t time_ms);
/* The shows of a script, with the camera of whose sound arrived late during each stretch. *out_shows is the caller's.
 * 0 or -ENOMEM. */
int arrivals_shows(const struct arrivals *arrivals, const struct script *script,
	struct script_show **out_shows, size_t *out_n) RS_MUST_USE;

#endif
