/* recorder/io/stream.h
 *
 * A connection to a Unix socket that is made again for ever: after 100 ms, doubling to 2 s. Octets
 * go out of a buffer its owner fills. Belongs to one libuv loop.
 */
#ifndef ROSTRUM_RECORDER_IO_STREAM_H
#define ROSTRUM_RECORDER_IO_STREAM_H

#include "common/base/buf.h"

#include <uv.h>

struct stream;

/* May not free the stream. */
struct stream_events {
	void (*connected)(void *ctx);
	void (*data)(void *ctx, const uint8_t *data, size_t len);
	/* `why` is a negative errno; also told when a connection could not be made (was_up false). */
	void (*disconnected)(void *ctx, bool was_up, int why);
};

/* Begins to connect. `events` and `output` are borrowed. 0, -EINVAL (path too long) or -ENOMEM. */
int stream_new(uv_loop_t *loop, const char *path, const struct stream_events *events, void *ctx,
	struct rs_buf *output, struct stream **out_stream) RS_MUST_USE;
/* Ends without a further event; memory goes when the loop has closed its handles. */
void stream_end(struct stream *stream);
/* Send what is in the output. Called after each turn. */
void stream_push(struct stream *stream);
/* Drop the connection and make it again at once (`soon`) or after the usual time. */
void stream_reset(struct stream *stream, bool soon);
/* Stop or go on reading: what the far end sends then waits in the socket. */
void stream_pause(struct stream *stream, bool pause);

#endif
