/* recorder/archive/session/late_recall.h
 *
 * What is there of a track, read back from its ledgers, where a recorder was restarted. Blocking file I/O.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_LATE_RECALL_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_LATE_RECALL_H

#include "recorder/archive/session/session.h"
#include "recorder/archive/track/streams.h"

/* Streams that came live go into `live`, what was delivered into `late`, and so does what lies in files behind their ledgers.
 * 0, -ENOMEM, or the file system's error. */
int late_recall(const struct session *session, const char *name, enum archive_media media,
	struct streams *live, struct streams *late) RS_MUST_USE;

#endif
