/* recorder/fmp4/box.h
 *
 * Boxes of ISO/IEC 14496-12 written into an rs_writer: begun, filled, and given their size when they are closed.
 * Failure is sticky in the writer. For this folder.
 */
#ifndef ROSTRUM_RECORDER_FMP4_BOX_H
#define ROSTRUM_RECORDER_FMP4_BOX_H

#include "common/base/buf.h"
#include "common/base/bytes.h"

/* The one track of each file. */
#define BOX_TRACK_ID 1

/* Begin a box; the mark goes to box_close(). */
size_t box_open(struct rs_writer *writer, const char type[4]);
/* Likewise, with version and flags behind its head. */
size_t box_open_full(struct rs_writer *writer, const char type[4], uint8_t version, uint32_t flags);
void box_close(struct rs_writer *writer, size_t mark);
/* Characters, as brands and types are. */
void box_text(struct rs_writer *writer, const char *text);
/* A writer at the end of the buffer, for `len` octets at most; rs_buf_commit() is owed. 0, -E2BIG or -ENOMEM. */
int box_room(struct rs_buf *out, size_t len, struct rs_writer *out_writer) RS_MUST_USE;

#endif
