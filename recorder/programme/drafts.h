/* recorder/programme/drafts.h
 *
 * The disk port for files that are written at once, by a tool or when a session is closed: each is new,
 * gathered in pieces of DRAFTS_BUFFER octets, and durable when it is closed. What closing meets is kept
 * for drafts_error(). Blocking file I/O; not thread safe.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_DRAFTS_H
#define ROSTRUM_RECORDER_PROGRAMME_DRAFTS_H

#include "recorder/archive/files/disk.h"

struct drafts;

#define DRAFTS_BUFFER ((size_t)1 << 18)

/* 0, -EINVAL (files_max 0) or -ENOMEM. */
int drafts_new(uint32_t files_max, struct drafts **out_drafts) RS_MUST_USE;
struct drafts *drafts_free(struct drafts *drafts);
/* The port, as long as the drafts. */
const struct disk *drafts_disk(const struct drafts *drafts);
/* The first error of closing a file, or 0. */
int drafts_error(const struct drafts *drafts);

#endif
