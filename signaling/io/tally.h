/* signaling/io/tally.h
 *
 * Who holds how many media sessions made over HTTP, so that neither one badge nor one address can take them all.
 * One thread; memory is taken at birth.
 */
#ifndef ROSTRUM_SIGNALING_IO_TALLY_H
#define ROSTRUM_SIGNALING_IO_TALLY_H

#include "common/base/addr.h"
#include "common/base/text.h"

struct tally;

struct tally_limits {
	size_t per_badge;
	size_t per_address; /* ports do not count */
	size_t total;
};

/* Tells whether a session is still there. */
typedef bool tally_alive_fn(void *ctx, const char *id);

/* 0, -EINVAL (a limit is 0) or -ENOMEM. */
int tally_new(const struct tally_limits *limits, struct tally **out_tally) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct tally *tally_free(struct tally *tally);
/* May this badge have one more, from there? Sessions that `alive` denies are forgotten first. 0 or -E2BIG. */
int tally_check(struct tally *tally, const char *badge, const struct rs_addr *from,
	tally_alive_fn *alive, void *ctx) RS_MUST_USE;
/* Count a session; after tally_check() said 0. */
void tally_add(struct tally *tally, const char *id, const char *badge, const struct rs_addr *from);
/* Forget a session; one that is not counted is fine. */
void tally_remove(struct tally *tally, const char *id);

#endif
