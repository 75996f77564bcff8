#include "recorder/webcast/tail.h"

#include "common/evidence/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10)

static int open_file(const char *path, int *out_fd)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*out_fd = fd;
	return 0;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* read only */
	*fd = -1;
}

/* --- lines --- */

int tail_open(struct tail *tail, const char *path)
{
	*tail = (struct tail){ .fd = -1 };
	rs_buf_init(&tail->line, TAIL_LINE_MAX + CHUNK);
	return open_file(path, &tail->fd);
}

void tail_close(struct tail *tail)
{
	close_file(&tail->fd);
	rs_buf_done(&tail->line);
}

/* 1: there is more in the buffer; 0; or a negative errno. */
static int fetch(struct tail *tail)
{
	/* What never ends is not kept: only its newline is looked for. */
	if (rs_buf_len(&tail->line) > TAIL_LINE_MAX) {
		tail->skips = true;
		rs_buf_consume(&tail->line, rs_buf_len(&tail->line));
	}
	uint8_t *room = rs_buf_room(&tail->line, CHUNK);
	if (room == NULL)
		return -ENOMEM;
	const int64_t n = files_read_at(tail->fd, room, CHUNK, tail->at);
	if (n <= 0) {
		/* The beginning of a line is read again, since a recorder that comes back cuts off one that was torn. */
		tail->at -= rs_buf_len(&tail->line);
		rs_buf_consume(&tail->line, rs_buf_len(&tail->line));
		return (int)n;
	}
	tail->at += (uint64_t)n;
	rs_buf_commit(&tail->line, (size_t)n);
	return 1;
}

int tail_next(struct tail *tail, const char **out_text, size_t *out_len)
{
	rs_buf_consume(&tail->line, tail->taken);
	tail->taken = 0;
	for (;;) {
		const size_t len = rs_buf_len(&tail->line);
		const char *text = (const char *)rs_buf_data(&tail->line);
		const char *end = len > 0 ? memchr(text, '\n', len) : NULL;
		if (end == NULL) {
			const int got = fetch(tail);
			if (got <= 0)
				return got;
			continue;
		}
		*out_text = text;
		*out_len = (size_t)(end - text);
		tail->taken = *out_len + 1;
		if (!tail->skips)
			return 1;
		tail->skips = false; /* that was the rest of it */
		rs_buf_consume(&tail->line, tail->taken);
		tail->taken = 0;
	}
}

/* --- blocks --- */

static int64_t read_reel(void *ctx, uint64_t offset, void *data, size_t len)
{
	return files_read_at(*(const int *)ctx, data, len, offset);
}

/* The reel keeps the place of the descriptor: `tail` stays where it is. */
static int open_reel(const struct tail_reel *tail, struct reel **out_reel)
{
	union {
		const int *in;
		void *ctx;
	} fd = { .in = &tail->fd };
	const struct reel_port port = { .read = read_reel, .ctx = fd.ctx };
	return reel_new(&port, TAIL_BLOCK_MAX, out_reel);
}

int tail_reel_open(struct tail_reel *tail, const char *path)
{
	*tail = (struct tail_reel){ .fd = -1 };
	int err = open_file(path, &tail->fd);
	if (err == 0)
		err = open_reel(tail, &tail->reel);
	if (err < 0)
		tail_reel_close(tail);
	return err;
}

void tail_reel_close(struct tail_reel *tail)
{
	tail->reel = reel_free(tail->reel);
	close_file(&tail->fd);
	tail->held = false;
}

int tail_reel_next(struct tail_reel *tail, struct reel_block *out_block)
{
	int got = 1;
	if (!tail->held)
		got = reel_next(tail->reel, &tail->block);
	tail->held = false;
	if (got == 1)
		*out_block = tail->block;
	return got;
}

void tail_reel_hold(struct tail_reel *tail)
{
	tail->held = true;
}

int tail_reel_head(const struct tail_reel *tail, struct reel_head *out_head)
{
	struct reel *again = NULL;
	const int err = open_reel(tail, &again);
	if (err < 0)
		return err;
	*out_head = *reel_head(again);
	reel_free(again);
	return 0;
}
