/* signaling/wire/view/view.h
 *
 * The view that pages show (PROTOCOL.md section 3), whole, and as the merge patch an event makes to it. Both are made
 * of the same parts, so that patching an old view gives exactly the new one; what is nobody or nothing is absent.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_VIEW_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_VIEW_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"

/* Append the whole view. 0, -E2BIG or -ENOMEM. */
int view_write(const struct proceedings *proceedings, struct rs_buf *out) RS_MUST_USE;
/* What pages show of the parts that an event can change, before it did. */
struct view_before;
/* `event` is about to be applied to `proceedings`, which is only looked at. 0 or -ENOMEM. */
int view_before_new(const struct proceedings *proceedings, const struct event *event,
	struct view_before **out_before) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct view_before *view_before_free(struct view_before *before);
/* Append the patch that `event` made; `proceedings` is the state right after it. To `out_whole` a merge patch (RFC 7396) with arrays
 * whole, to `out_change` what is not as it was, lists by entry (PROTOCOL.md section 3.6). 0, -E2BIG or -ENOMEM. */
int view_write_patch(const struct view_before *before, const struct proceedings *proceedings,
	const struct event *event, struct rs_buf *out_whole, struct rs_buf *out_change) RS_MUST_USE;

/* Append {"badge", "name", "role", "delegation", "country", "rank", "state"}, for lists of credentials. 0, -E2BIG or -ENOMEM. */
int view_write_badge(
	const struct participant *participant, const char *state, struct rs_buf *out) RS_MUST_USE;

/* {"documents": ...}: that part alone. As view_write(). */
int view_documents_write(const struct proceedings *proceedings, struct rs_buf *out) RS_MUST_USE;

#endif
