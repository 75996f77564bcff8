/* recorder/control/control.h
 *
 * The recorder's end of the control connection (common/control/PROTOCOL.md): takes signaling's
 * desired state to the keeper, and the keeper's reports back. Sans-I/O: octets in, framed octets
 * out. Not thread safe. The state outlives the connection. Limits: CONTROL_OUTPUT_MAX unsent octets.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_CONTROL_H
#define ROSTRUM_RECORDER_CONTROL_CONTROL_H

#include "common/control/frame.h"
#include "recorder/control/keeper.h"
#include "recorder/control/room.h"

struct control;

#define CONTROL_OUTPUT_MAX ((size_t)4 << 20)
#define CONTROL_ERROR_LEN 256

struct control_stats {
	uint64_t messages;
	uint64_t unknown; /* of a type not known here */
	uint64_t refused; /* meetings over a limit, events that are malformed */
};

/* `node` and `instance` are copied; `keeper` and `room` are borrowed. 0 or -ENOMEM. */
int control_new(const char *node, const char *instance, struct keeper *keeper, struct room *room,
	struct control **out_control) RS_MUST_USE;
struct control *control_free(struct control *control);

/* A connection stands: says hello and what is recorded. 0, -E2BIG or -ENOMEM. */
int control_connected(struct control *control) RS_MUST_USE;
void control_disconnected(struct control *control);
/* Octets from the socket. 0; -EBADMSG with `error` set: the connection must be closed; -ENOMEM likewise;
 * -EAGAIN: events are missing, close and connect again to be told. */
int control_recv(struct control *control, const uint8_t *data, size_t len, struct archive_now when,
	char error[CONTROL_ERROR_LEN]) RS_MUST_USE;
/* Put the reports of keeper and room into the output; call after each turn. 0; -E2BIG (signaling does not read: close) or
 * -ENOMEM; -EAGAIN as above. */
int control_sync(struct control *control) RS_MUST_USE;
struct rs_buf *control_output(struct control *control);
const struct control_stats *control_stats(const struct control *control);

#endif
