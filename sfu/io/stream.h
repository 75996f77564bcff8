/* sfu/io/stream.h
 *
 * A connected Unix stream socket on a loop, carrying frames (common/control/frame.h). The loop's
 * call-back only remembers that something can be done; reading and writing happen in the owner's
 * turn. One thread. Limits: a frame's largest size in, the owner's buffer out.
 */
#ifndef ROSTRUM_SFU_IO_STREAM_H
#define ROSTRUM_SFU_IO_STREAM_H

#include "common/base/buf.h"
#include "common/control/frame.h"

#include <uv.h>

struct stream;

/* Connects to a listening socket. 0, -EINVAL (path too long), -ENOMEM, or what the system said
 * (-ENOENT, -ECONNREFUSED, -EACCES, …). */
int stream_connect(uv_loop_t *loop, const char *path, struct stream **out_stream) RS_MUST_USE;
/* Takes over a connected, non-blocking descriptor, also on failure. 0 or -ENOMEM. */
int stream_take(uv_loop_t *loop, int fd, struct stream **out_stream) RS_MUST_USE;
/* Closes; memory is released when the loop has run the handle out. NULL is fine. Returns NULL. */
struct stream *stream_close(struct stream *stream);

/* Reads what is there, up to some hundred KiB a call. 0, -EPIPE (the far end closed), -ENOMEM,
 * -E2BIG (frames were not taken), or what the system said. */
int stream_read(struct stream *stream) RS_MUST_USE;
/* The next whole frame, as frame_reader_next(). */
int stream_next(struct stream *stream, struct frame *out_frame) RS_MUST_USE;
/* Writes as much of `out` as the socket takes and consumes it; the rest goes when the loop finds
 * the socket writable and the owner calls again. 0, or what the system said. */
int stream_write(struct stream *stream, struct rs_buf *out) RS_MUST_USE;

/* Binds and listens with mode 0600, replacing a socket file that nobody listens on any more. 0 and
 * *out_fd, -EADDRINUSE (somebody does listen, or it is another kind of file), -EINVAL (path too
 * long), or what the system said. */
int stream_listen(const char *path, int *out_fd) RS_MUST_USE;

#endif
