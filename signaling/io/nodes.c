#include "signaling/io/io_priv.h"

#include "common/control/frame.h"
#include "common/log/log.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_MAX ((size_t)65536)
/* What may wait for a node that does not read; a desired state of the largest meeting fits many times. */
#define PENDING_MAX ((size_t)64 << 20)
#define BACKLOG 16

/* One control connection. Freed when its handle has closed. */
struct node {
	uv_pipe_t pipe;
	struct io *io;
	uint64_t id; /* 0 = the service does not know it any more */
	struct frame_reader reader;
	size_t pending; /* octets handed to libuv */
	uint8_t room[READ_MAX];
};

/* A frame on its way. */
struct sending {
	uv_write_t write;
	struct node *node;
	struct rs_buf frame;
};

static struct node *find(struct io *io, uint64_t id)
{
	return rs_map_find(io->nodes, &id, sizeof(id));
}

static void on_closed(uv_handle_t *handle)
{
	struct node *node = handle->data;
	frame_reader_done(&node->reader);
	rs_release(node);
}

/* Out of the service, out of the map, and closed. */
static void drop(struct node *node)
{
	struct io *io = node->io;
	const uint64_t id = node->id;
	if (id != 0) {
		node->id = 0;
		(void)rs_map_remove(io->nodes, &id, sizeof(id)); /* it is this one */
		service_node_closed(io->service, id, io_moment());
	}
	if (!uv_is_closing((uv_handle_t *)&node->pipe))
		uv_close((uv_handle_t *)&node->pipe, on_closed);
}

static void complain(struct node *node, const char *why)
{
	node->io->counters.control_errors++;
	log_warning(LOG_CONTROL, NULL, "connection closed reason=\"%s\"", why);
}

/* False when the connection is of no more use. */
static bool take_frames(struct node *node)
{
	struct frame frame;
	char error[SERVICE_ERROR_LEN];
	int more;
	while (node->id != 0 && (more = frame_reader_next(&node->reader, &frame)) != 0) {
		if (more < 0 || frame.kind != FRAME_MESSAGE) {
			complain(node, "no frame of a control stream");
			return false;
		}
		if (service_node_recv(node->io->service, node->id, (const char *)frame.body,
			    frame.len, io_moment(), error) < 0) {
			complain(node, error);
			return false;
		}
	}
	return true;
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct node *node = handle->data;
	*out = uv_buf_init((char *)node->room, sizeof(node->room));
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct node *node = stream->data;
	struct io *io = node->io;
	if (len == 0)
		return;
	if (len < 0) {
		drop(node);
	} else if (frame_reader_feed(&node->reader, buf->base, (size_t)len) < 0) {
		complain(node, "more than a frame may have");
		drop(node);
	} else if (!take_frames(node)) {
		drop(node);
	}
	io_pump(io);
}

static int admit(struct io *io, struct node *node)
{
	int err = service_node_open(io->service, io_moment(), &node->id);
	if (err < 0)
		return err;
	err = rs_map_add(io->nodes, &node->id, sizeof(node->id), node);
	if (err == 0)
		err = uv_read_start((uv_stream_t *)&node->pipe, on_room, on_read);
	return err;
}

static void on_connection(uv_stream_t *server, int status)
{
	struct io *io = server->data;
	struct node *node = status == 0 ? rs_zalloc(sizeof(*node)) : NULL;
	if (node == NULL)
		return;
	node->io = io;
	frame_reader_init(&node->reader);
	if (uv_pipe_init(&io->loop, &node->pipe, 0) < 0) {
		frame_reader_done(&node->reader);
		rs_release(node);
		return;
	}
	node->pipe.data = node;
	if (uv_accept(server, (uv_stream_t *)&node->pipe) < 0 || admit(io, node) < 0) {
		complain(node, "too many nodes");
		drop(node);
	}
	io_pump(io);
}

/* --- Sending --- */

static void on_sent(uv_write_t *write, int status)
{
	struct sending *sending = write->data;
	sending->node->pending -= rs_buf_len(&sending->frame);
	rs_buf_done(&sending->frame);
	rs_release(sending);
}

/* A text gets its frame here; what is a frame goes as it is. */
static int send_frame(struct node *node, struct message *message, bool framed)
{
	const char *text = (const char *)message_text(message);
	struct sending *sending = rs_zalloc(sizeof(*sending));
	if (sending == NULL)
		return -ENOMEM;
	rs_buf_init(&sending->frame, FRAME_HEADER_LEN + FRAME_MESSAGE_MAX);
	int err = framed ? rs_buf_append(&sending->frame, text, message->len)
			 : frame_write_message(&sending->frame, text, message->len);
	if (err == 0) {
		const uv_buf_t buf = uv_buf_init((char *)rs_buf_data(&sending->frame),
			(unsigned)rs_buf_len(&sending->frame));
		sending->node = node;
		sending->write.data = sending;
		err = uv_write(&sending->write, (uv_stream_t *)&node->pipe, &buf, 1, on_sent);
	}
	if (err < 0) {
		rs_buf_done(&sending->frame);
		rs_release(sending);
		return err;
	}
	node->pending += rs_buf_len(&sending->frame);
	return 0;
}

static void hand_over(struct io *io, uint64_t id, struct message *message, bool framed)
{
	struct node *node = find(io, id);
	if (node != NULL &&
		(node->pending > PENDING_MAX || send_frame(node, message, framed) < 0)) {
		complain(node, "it does not read");
		drop(node);
	}
	message_unref(message);
}

void nodes_send(struct io *io, uint64_t id, struct message *message)
{
	hand_over(io, id, message, false);
}

void nodes_send_frame(struct io *io, uint64_t id, struct message *frame)
{
	hand_over(io, id, frame, true);
}

void nodes_close(struct io *io, uint64_t id)
{
	struct node *node = find(io, id);
	if (node == NULL)
		return;
	(void)rs_map_remove(io->nodes, &id, sizeof(id)); /* it is this one */
	node->id = 0;
	drop(node);
}

/* --- The socket --- */

/* A socket file that nobody answers on is a leftover of a killed process. */
static bool is_stale(const struct sockaddr_un *addr)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	const bool refused = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 &&
			     errno == ECONNREFUSED;
	(void)close(fd); /* nothing was written */
	return refused;
}

static int bind_socket(struct io *io, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	if (!rs_copy_text(addr.sun_path, sizeof(addr.sun_path), path, strlen(path)))
		return -ENAMETOOLONG;
	if (is_stale(&addr))
		(void)unlink(path); /* bind() tells if it is still there */
	/* libuv tells a missing folder as a lack of permission. */
	char folder[sizeof(addr.sun_path)];
	(void)strcpy(folder, addr.sun_path); /* same size */
	if (access(dirname(folder), W_OK) < 0)
		return -errno;
	const mode_t before = umask(0177);
	const int err = uv_pipe_bind(&io->control, path);
	(void)umask(before);
	return err;
}

int nodes_listen(struct io *io, char error[IO_ERROR_LEN])
{
	const char *path = io->config.control_socket;
	if (uv_pipe_init(&io->loop, &io->control, 0) < 0)
		return -ENOMEM;
	io->has_control = true;
	io->control.data = io;
	const int err = bind_socket(io, path);
	if (err == 0)
		return 0;
	(void)snprintf(
		error, IO_ERROR_LEN, "%.140s: %s (key \"control.socket\")", path, strerror(-err));
	return -EIO;
}

int nodes_accept(struct io *io)
{
	return uv_listen((uv_stream_t *)&io->control, BACKLOG, on_connection) < 0 ? -EIO : 0;
}

void nodes_stop(struct io *io)
{
	size_t cursor = 0;
	struct node *node;
	while (io->nodes != NULL && (node = rs_map_next(io->nodes, &cursor)) != NULL) {
		drop(node);
		cursor = 0;
	}
	if (io->has_control)
		uv_close((uv_handle_t *)&io->control, NULL); /* takes its file away, too */
	io->has_control = false;
}
