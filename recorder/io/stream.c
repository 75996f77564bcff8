#include "recorder/io/stream.h"

#include <errno.h>
#include <string.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 2000
#define PATH_LEN 108
#define READ_LEN ((size_t)64 << 10)
/* Octets handed to libuv and not sent yet, above which the output waits. */
#define UNSENT_MAX ((size_t)256 << 10)

struct stream {
	uv_loop_t *loop;
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_connect_t connect;
	const struct stream_events *events;
	void *ctx;
	struct rs_buf *output;
	char path[PATH_LEN];
	uint64_t backoff_ms;
	bool up;
	bool closing; /* the pipe */
	bool paused;
	bool ending;
	unsigned handles; /* open ones */
	uint8_t read[READ_LEN];
};

/* One piece of output on its way. */
struct sending {
	uv_write_t request;
	uint8_t data[];
};

static void start(struct stream *stream);

static void release_when_closed(struct stream *stream)
{
	if (stream->ending && stream->handles == 0)
		rs_release(stream);
}

static void on_timer(uv_timer_t *timer)
{
	start(timer->data);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct stream *stream = handle->data;
	stream->handles--;
	release_when_closed(stream);
}

static void on_pipe_closed(uv_handle_t *handle)
{
	struct stream *stream = handle->data;
	stream->handles--;
	stream->closing = false;
	if (stream->ending) {
		release_when_closed(stream);
		return;
	}
	(void)uv_timer_start(
		&stream->timer, on_timer, stream->backoff_ms, 0); /* its call-back is set */
	stream->backoff_ms =
		2 * stream->backoff_ms < BACKOFF_MOST_MS ? 2 * stream->backoff_ms : BACKOFF_MOST_MS;
}

static void drop(struct stream *stream, int why)
{
	if (stream->closing)
		return;
	const bool was_up = stream->up;
	stream->up = false;
	stream->closing = true;
	uv_close((uv_handle_t *)&stream->pipe, on_pipe_closed);
	if (!stream->ending)
		stream->events->disconnected(stream->ctx, was_up, why);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct stream *stream = handle->data;
	*out = uv_buf_init((char *)stream->read, READ_LEN);
}

static void on_read(uv_stream_t *pipe, ssize_t n, const uv_buf_t *buf)
{
	struct stream *stream = pipe->data;
	if (n < 0)
		drop(stream, n == UV_EOF ? -ECONNRESET : (int)n);
	else if (n > 0)
		stream->events->data(stream->ctx, stream->read, (size_t)n);
}

static void read_on(struct stream *stream)
{
	const int err = uv_read_start((uv_stream_t *)&stream->pipe, on_alloc, on_read);
	if (err < 0 && err != UV_EALREADY)
		drop(stream, err);
}

static void on_connect(uv_connect_t *request, int status)
{
	struct stream *stream = request->data;
	if (stream->closing || stream->ending)
		return;
	if (status < 0) {
		drop(stream, status);
		return;
	}
	stream->up = true;
	stream->backoff_ms = BACKOFF_FIRST_MS;
	stream->events->connected(stream->ctx);
	if (!stream->paused && stream->up)
		read_on(stream);
}

static void start(struct stream *stream)
{
	if (stream->ending)
		return;
	const int err = uv_pipe_init(stream->loop, &stream->pipe, 0);
	if (err < 0) { /* never seen; try later */
		(void)uv_timer_start(&stream->timer, on_timer, BACKOFF_MOST_MS, 0);
		return;
	}
	stream->handles++;
	stream->pipe.data = stream;
	stream->connect.data = stream;
	uv_pipe_connect(&stream->connect, &stream->pipe, stream->path, on_connect);
}

int stream_new(uv_loop_t *loop, const char *path, const struct stream_events *events, void *ctx,
	struct rs_buf *output, struct stream **out_stream)
{
	if (strlen(path) >= PATH_LEN)
		return -EINVAL;
	struct stream *stream = rs_zalloc(sizeof(*stream));
	if (stream == NULL)
		return -ENOMEM;
	stream->loop = loop;
	stream->events = events;
	stream->ctx = ctx;
	stream->output = output;
	stream->backoff_ms = BACKOFF_FIRST_MS;
	memcpy(stream->path, path, strlen(path) + 1);
	(void)uv_timer_init(loop, &stream->timer); /* always 0 */
	stream->timer.data = stream;
	stream->handles = 1;
	*out_stream = stream;
	start(stream);
	return 0;
}

void stream_end(struct stream *stream)
{
	if (stream == NULL || stream->ending)
		return;
	stream->ending = true;
	uv_close((uv_handle_t *)&stream->timer, on_timer_closed);
	if (stream->handles > 1)
		drop(stream, 0);
}

static void on_sent(uv_write_t *request, int status)
{
	struct stream *stream = request->handle->data;
	rs_release(request->data);
	if (status < 0 && status != UV_ECANCELED)
		drop(stream, status);
}

void stream_push(struct stream *stream)
{
	const size_t len = rs_buf_len(stream->output);
	uv_stream_t *pipe = (uv_stream_t *)&stream->pipe;
	if (!stream->up || len == 0 || uv_stream_get_write_queue_size(pipe) > UNSENT_MAX)
		return;
	struct sending *sending = rs_zalloc(sizeof(*sending) + len);
	if (sending == NULL)
		return; /* the next turn tries again */
	memcpy(sending->data, rs_buf_data(stream->output), len);
	sending->request.data = sending;
	const uv_buf_t buf = uv_buf_init((char *)sending->data, (unsigned)len);
	const int err = uv_write(&sending->request, pipe, &buf, 1, on_sent);
	if (err < 0) {
		rs_release(sending);
		drop(stream, err);
		return;
	}
	rs_buf_consume(stream->output, len);
}

void stream_reset(struct stream *stream, bool soon)
{
	if (soon)
		stream->backoff_ms = 1;
	if (stream->up)
		drop(stream, -ECONNRESET);
}

void stream_pause(struct stream *stream, bool pause)
{
	if (stream->paused == pause)
		return;
	stream->paused = pause;
	if (!stream->up)
		return;
	if (pause)
		(void)uv_read_stop((uv_stream_t *)&stream->pipe); /* always 0 */
	else
		read_on(stream);
}
