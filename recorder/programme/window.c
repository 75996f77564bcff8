#include "recorder/programme/window.h"

#include "common/evidence/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int64_t read_at(void *ctx, uint64_t offset, void *data, size_t len)
{
	struct window *window = ctx;
	const bool inside = offset >= window->at && offset + len <= window->at + window->len;
	if (!inside && len < WINDOW_LEN) {
		const int64_t n = files_read_at(window->fd, window->data, WINDOW_LEN, offset);
		if (n < 0)
			return n;
		window->at = offset;
		window->len = (size_t)n;
	}
	if (len >= WINDOW_LEN)
		return files_read_at(window->fd, data, len, offset);
	const uint64_t left = window->at + window->len - offset;
	const size_t n = len < left ? len : (size_t)left;
	memcpy(data, window->data + (offset - window->at), n);
	return (int64_t)n;
}

int window_open(const char *path, struct window *window)
{
	window->at = 0;
	window->len = 0;
	window->fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return window->fd < 0 ? -errno : 0;
}

void window_shut(struct window *window)
{
	if (window->fd >= 0)
		(void)close(window->fd); /* only read */
	window->fd = -1;
}

struct reel_port window_port(struct window *window)
{
	return (struct reel_port){ .read = read_at, .ctx = window };
}
