/* sfu/control/tap.h
 *
 * Messages of the tap (common/control/PROTOCOL.md section 4): what a recorder asks, and the frames
 * it is answered with. Stateless; allocates for messages, never for packets.
 */
#ifndef ROSTRUM_SFU_CONTROL_TAP_H
#define ROSTRUM_SFU_CONTROL_TAP_H

#include "common/base/buf.h"
#include "sfu/router/router.h"

#define TAP_ERROR_LEN 256

enum tap_request_kind {
	TAP_SUBSCRIBE,
	TAP_UNSUBSCRIBE,
	TAP_KEYFRAME,
	TAP_UNKNOWN, /* a type not known here: to be ignored */
};

struct tap_request {
	enum tap_request_kind kind;
	char meeting[ROUTER_NAME_MAX + 1]; /* of the first two */
	uint32_t track;                    /* TAP_KEYFRAME */
};

/* One message of a recorder. 0, -EBADMSG (with `error` for the log) or -ENOMEM. */
int tap_request_parse(const char *json, size_t len, struct tap_request *out_request,
	char error[TAP_ERROR_LEN]) RS_MUST_USE;

/* Append one frame; `wall_offset` turns the router's time into wall clock us. 0, -E2BIG (no room)
 * or -ENOMEM; all or nothing. */
int tap_write(struct rs_buf *out, const struct router_tap *tap, int64_t wall_offset) RS_MUST_USE;
int tap_write_gap(struct rs_buf *out, const char *meeting, uint64_t packets) RS_MUST_USE;

#endif
