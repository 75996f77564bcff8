/* recorder/programme/remake.h
 *
 * The programme of a closed session from its archive alone: where the recorder was killed, or gave it up,
 * or for an archive that has none. The frames come back from the files of channels and cameras, in order
 * of time, and go the way they went live (programme.h). Drafts are written first and get their names at
 * the end, all or none. Blocking file I/O, for tools and for what is done when a session is closed.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_REMAKE_H
#define ROSTRUM_RECORDER_PROGRAMME_REMAKE_H

#include "recorder/programme/programme.h"

struct remake {
	/* Around the giving of names: 0, or an error that forbids it. NULL = nobody minds. */
	int (*hold)(void *ctx);
	void (*release)(void *ctx);
	/* True: leave off. Asked now and then. NULL = never. */
	bool (*called_off)(void *ctx);
	void *ctx;
};

struct remake_result {
	size_t files;
	int64_t duration_ms;
	uint64_t pictures;
	uint64_t recoded; /* those that were coded again for it */
	uint64_t
		unreadable; /* segments that are missing or no WebM, and a programme that broke off: left out */
};

/* Take away the parts that were written of it while the session went on (names_programme_part()). What cannot go stays. */
void programme_drop_parts(const char *directory);
/* Whether each language has a file that is whole and as long as the session. False also where that cannot be said. */
bool programme_is_current(const char *directory);
/* 0; -EAGAIN (called off); -ENOENT, -EBADMSG, -E2BIG as script_read(); -ENOMEM; or an error of the file system. Nothing has
 * changed then. Parts of before stay: programme_drop_parts(). */
int programme_remake(const char *directory, const struct remake *how,
	struct remake_result *out_result) RS_MUST_USE;
/* The floor's programme with what rooms delivered after an outage in its place, sound and pictures: names_programme_late(). Where
 * that programme is there and whole, pictures are taken over from it as they are but in that place. Nothing is made where nothing was
 * delivered; `out_result` stays as it is then. As programme_remake(). */
int programme_make_late(const char *directory, const struct remake *how,
	struct remake_result *out_result) RS_MUST_USE;
/* Whether that is there, whole and as long as the session, or not needed. False also where that cannot be said. */
bool programme_late_is_current(const char *directory);

#endif
