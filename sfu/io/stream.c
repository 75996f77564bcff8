#include "sfu/io/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_LEN ((size_t)8 << 10)
#define READS_MAX 64
#define LISTEN_BACKLOG 16
/* A buffer that grew while the far end stalled is given back once it is empty. */
#define KEEP_CAP ((size_t)1 << 20)

struct stream {
	uv_poll_t poll;
	int fd;
	bool readable;
	bool wants_write; /* the poll waits for room */
	struct frame_reader in;
};

static int address(const char *path, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	const size_t len = strlen(path);
	if (len == 0 || len >= sizeof(out->sun_path))
		return -EINVAL;
	memcpy(out->sun_path, path, len);
	return 0;
}

static int unix_socket(int *out_fd)
{
	*out_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return *out_fd < 0 ? -errno : 0;
}

static void close_fd(int fd)
{
	(void)close(fd); /* a stream socket has nothing left to fail */
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	struct stream *stream = poll->data;
	/* An error shows itself to the next read. */
	if (status < 0 || (events & UV_READABLE) != 0)
		stream->readable = true;
}

static void watch(struct stream *stream, bool write)
{
	stream->wants_write = write;
	/* Fails on a closing handle only. */
	(void)uv_poll_start(
		&stream->poll, write ? UV_READABLE | UV_WRITABLE : UV_READABLE, on_event);
}

int stream_take(uv_loop_t *loop, int fd, struct stream **out_stream)
{
	struct stream *stream = rs_zalloc(sizeof(*stream));
	if (stream == NULL || uv_poll_init(loop, &stream->poll, fd) < 0) {
		close_fd(fd);
		rs_release(stream);
		return -ENOMEM;
	}
	stream->fd = fd;
	stream->poll.data = stream;
	frame_reader_init(&stream->in);
	watch(stream, false);
	*out_stream = stream;
	return 0;
}

int stream_connect(uv_loop_t *loop, const char *path, struct stream **out_stream)
{
	struct sockaddr_un addr;
	int fd = -1;
	int err = address(path, &addr);
	if (err == 0)
		err = unix_socket(&fd);
	if (err < 0)
		return err;
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		err = -errno;
		close_fd(fd);
		return err;
	}
	return stream_take(loop, fd, out_stream);
}

static void on_closed(uv_handle_t *handle)
{
	struct stream *stream = handle->data;
	close_fd(stream->fd);
	frame_reader_done(&stream->in);
	rs_release(stream);
}

struct stream *stream_close(struct stream *stream)
{
	if (stream != NULL)
		uv_close((uv_handle_t *)&stream->poll, on_closed);
	return NULL;
}

int stream_read(struct stream *stream)
{
	uint8_t chunk[READ_LEN];
	for (int i = 0; i < READS_MAX && stream->readable; i++) {
		const ssize_t n = recv(stream->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
		if (n == 0)
			return -EPIPE;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n < 0) {
			stream->readable = false;
			return 0;
		}
		const int err = frame_reader_feed(&stream->in, chunk, (size_t)n);
		if (err < 0)
			return err;
	}
	return 0;
}

int stream_next(struct stream *stream, struct frame *out_frame)
{
	return frame_reader_next(&stream->in, out_frame);
}

int stream_write(struct stream *stream, struct rs_buf *out)
{
	while (rs_buf_len(out) > 0) {
		const ssize_t n = send(
			stream->fd, rs_buf_data(out), rs_buf_len(out), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return -errno;
		if (n < 0)
			break;
		rs_buf_consume(out, (size_t)n);
	}
	const bool more = rs_buf_len(out) > 0;
	if (more != stream->wants_write)
		watch(stream, more);
	if (!more && out->cap > KEEP_CAP)
		rs_buf_done(out);
	return 0;
}

/* A socket file left behind by a process that is gone refuses connections. */
static bool is_stale(const struct sockaddr_un *addr)
{
	struct stat status;
	int fd = -1;
	if (lstat(addr->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode) || unix_socket(&fd) < 0)
		return false;
	const bool refused = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 &&
			     errno == ECONNREFUSED;
	close_fd(fd);
	return refused;
}

int stream_listen(const char *path, int *out_fd)
{
	struct sockaddr_un addr;
	int fd = -1;
	int err = address(path, &addr);
	if (err == 0)
		err = unix_socket(&fd);
	if (err < 0)
		return err;
	int bound = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	if (bound < 0 && errno == EADDRINUSE && is_stale(&addr)) {
		(void)unlink(path); /* should it fail, bind says so */
		bound = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	}
	/* Nobody can connect before listen(), so the mode is right from the start. */
	if (bound < 0 || chmod(path, S_IRUSR | S_IWUSR) < 0 || listen(fd, LISTEN_BACKLOG) < 0) {
		err = -errno;
		close_fd(fd);
		return err;
	}
	*out_fd = fd;
	return 0;
}
