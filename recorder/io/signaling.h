/* recorder/io/signaling.h
 *
 * The connection to signaling and what is said over it (recorder/control/control.h). Recording goes on without it. Belongs to
 * one libuv loop.
 */
#ifndef ROSTRUM_RECORDER_IO_SIGNALING_H
#define ROSTRUM_RECORDER_IO_SIGNALING_H

#include "recorder/control/control.h"
#include "recorder/io/io.h"
#include "recorder/io/stream.h"

struct signaling {
	/* private */
	const char *path;
	struct control *control;
	struct stream *stream;
	bool reported; /* that it cannot be reached */
};

/* Begins to connect. `instance` is copied, all else borrowed; `signaling` stays where it is. 0, -EINVAL (path too long) or -ENOMEM. */
int signaling_init(struct signaling *signaling, uv_loop_t *loop, const struct io_config *config,
	const char *instance, struct keeper *keeper, struct room *room) RS_MUST_USE;
/* Each turn: reports what is to be reported, and sends. */
void signaling_sync(struct signaling *signaling);
/* The connection ends, without a further event. */
void signaling_end(struct signaling *signaling);
/* When the loop has closed its handles. */
void signaling_done(struct signaling *signaling);

#endif
