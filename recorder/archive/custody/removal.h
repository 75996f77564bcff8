/* recorder/archive/custody/removal.h
 *
 * Taking things out of the archives below a root for good. A session disappears at once as a whole: it is renamed first, and what
 * an interrupted removal leaves is removed by the next removal_sweep(). Blocking; durable when it returns.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_REMOVAL_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_REMOVAL_H

#include "recorder/archive/session/archive.h"

/* A file of a session, by its path below that; with "" all of the session. 0, -ENOENT (it is not there) or another errno. */
int removal_take(const char *root, const char *session, const char *path) RS_MUST_USE;
/* Whether it is there. */
bool removal_is_left(const char *root, const char *session, const char *path);
/* A directory and all below it, wherever it lies, not at once: what was removed before an error is gone. 0 or a negative errno. */
int removal_tree(const char *path) RS_MUST_USE;
/* 0 or a negative errno. */
int removal_sweep(const char *root) RS_MUST_USE;

#endif
