/* signaling/wire/beside/listing.h
 *
 * What REST tells of meetings beside the whole view: one line for each, some members of the view, participants by the page
 * (PROTOCOL.md section 6). All append one JSON object: 0, -E2BIG or -ENOMEM.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_BESIDE_LISTING_H
#define ROSTRUM_SIGNALING_WIRE_BESIDE_LISTING_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"

/* Participants told at a time. */
#define LISTING_PAGE_MAX 500

/* {"id", "title", "conference", "state", "mode", "rehearsal", "sitting", "event"}. */
int listing_write_meeting(
	const struct meeting *meeting, const char *conference, struct rs_buf *out) RS_MUST_USE;
/* The members of the view that are named, up to a NULL; those that are nobody or nothing are absent, as there. */
int listing_write_part(const struct proceedings *proceedings, const char *const *members,
	struct rs_buf *out) RS_MUST_USE;
/* The view's `decision` as this machine has it, with "event" and "time" of its proclamation. */
int listing_write_decision(const struct voting *voting, uint64_t event, int64_t wall_ms,
	struct rs_buf *out) RS_MUST_USE;
/* {"participants": [...], "total"}, from the `offset`-th on in the order of the file, `limit` at most; with "next", the offset to go on
 * with, when there are more. */
int listing_write_participants(
	const struct meeting *meeting, size_t offset, size_t limit, struct rs_buf *out) RS_MUST_USE;

#endif
