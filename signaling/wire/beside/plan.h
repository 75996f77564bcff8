/* signaling/wire/beside/plan.h
 *
 * The plan of a meeting as JSON (PROTOCOL.md section 3.2). Times are wall clock in ms, rounded to what a forecast is worth.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_BESIDE_PLAN_H
#define ROSTRUM_SIGNALING_WIRE_BESIDE_PLAN_H

#include "common/base/buf.h"
#include "signaling/proceedings/plan.h"

/* Append the whole plan, one object. Two plans that differ by less than a person notices have the same text. 0, -E2BIG or -ENOMEM. */
int plan_write(const struct plan *plan, struct rs_buf *out) RS_MUST_USE;
/* One turn, for whoever's it is: {"entry", "start", "margin", "fits"}. The same. */
int plan_turn_write(const struct plan *plan, size_t i, struct rs_buf *out) RS_MUST_USE;
/* {"type": "reply", "id", "ok": true, "plan"}; `plan` is the text of one. 0, -E2BIG or -ENOMEM. */
int wire_reply_plan(const char *id, const struct plan *plan, struct rs_buf *out) RS_MUST_USE;

#endif
