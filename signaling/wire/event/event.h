/* signaling/wire/event/event.h
 *
 * Events as JSON (PROTOCOL.md section 3): the payload, which is what the store chains and the recorder archives, and the frame
 * told to pages, which is the payload with the patch of the view.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_EVENT_EVENT_H
#define ROSTRUM_SIGNALING_WIRE_EVENT_EVENT_H

#include "common/base/buf.h"
#include "signaling/meeting/event.h"

#define WIRE_ERROR_LEN 192

/* Append {"event", "time", "name", "by", "data"}. 0, -E2BIG or -ENOMEM. */
int wire_event_write(const struct event *event, struct rs_buf *out) RS_MUST_USE;
/* 0, or -EBADMSG (no event that this version knows) with `error` set. */
int wire_event_parse(const char *json, size_t len, struct event *out_event,
	char error[WIRE_ERROR_LEN]) RS_MUST_USE;
/* Append the frame: {"type": "event", …payload…, "patch": patch}. Both texts are objects. 0, -E2BIG or -ENOMEM. */
int wire_event_frame(const char *payload, size_t payload_len, const char *patch, size_t patch_len,
	struct rs_buf *out) RS_MUST_USE;

#endif
