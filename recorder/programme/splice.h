/* recorder/programme/splice.h
 *
 * Who is shown when a programme is made from an archive. Where one is made of what arrived late, its pictures are those of the
 * programme that was made before, as they are, but where sound is heard that arrived late: nothing is coded again that was.
 * It goes over from one to the other at a key frame of what comes: to a camera's first one that was delivered (until then the programme's
 * go on, if they are of that camera), and back to the programme's first one after the stretch (until then the cameras go on).
 *
 * Blocking file I/O where there is such a programme; not thread safe; allocates nothing.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_SPLICE_H
#define ROSTRUM_RECORDER_PROGRAMME_SPLICE_H

#include "recorder/programme/arrivals.h"
#include "recorder/programme/original.h"
#include "recorder/programme/programme.h"

struct splice {
	const struct script *script; /* whose shows are told; borrowed, as all below */
	const struct arrivals *arrivals;
	struct original *original; /* NULL = there is none, or it broke off: cameras alone */
	struct programme *programme;
	size_t shown; /* shows that have come */
	bool taking;  /* its pictures are those of the original */
	bool broken;  /* it could not be read to its end */
};

/* Before all else, once the programme is there. */
void splice_begin(struct splice *splice);
/* What comes before this time, and at it, goes into the programme: shows and pictures of the original. Times do not go back.
 * 0 or -ENOMEM. */
int splice_until(struct splice *splice, int64_t time_ms) RS_MUST_USE;
/* Whether a picture of a source's camera goes there; `begins`: it is a key frame that was delivered late. After splice_until() of
 * its time. */
bool splice_takes(struct splice *splice, const char *source, int64_t time_ms, bool begins);

#endif
