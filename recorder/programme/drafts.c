#include "recorder/programme/drafts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct draft {
	int fd;      /* -1 = free */
	uint64_t at; /* of the buffer in the file */
	size_t len;
	uint8_t *buffer;
};

struct drafts {
	struct disk disk;
	struct draft *files;
	uint32_t files_max;
	int error;
};

static int write_at(int fd, uint64_t offset, const uint8_t *data, size_t len)
{
	while (len > 0) {
		const ssize_t n = pwrite(fd, data, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		data += n;
		offset += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int flush(struct draft *draft)
{
	const int err = write_at(draft->fd, draft->at, draft->buffer, draft->len);
	draft->at += draft->len;
	draft->len = 0;
	return err;
}

static int drafts_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct drafts *drafts = ctx;
	uint32_t i = 0;
	while (i < drafts->files_max && drafts->files[i].fd >= 0)
		i++;
	if (i == drafts->files_max)
		return -EAGAIN;
	struct draft *draft = &drafts->files[i];
	*draft = (struct draft){ .fd = -1, .buffer = rs_zalloc(DRAFTS_BUFFER) };
	if (draft->buffer == NULL)
		return -ENOMEM;
	/* One that an attempt before this left is overwritten. */
	draft->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (draft->fd < 0) {
		draft->buffer = rs_release(draft->buffer);
		return -errno;
	}
	*out_file = i;
	return 0;
}

static int drafts_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct draft *draft = &((struct drafts *)ctx)->files[file];
	const bool inside = offset >= draft->at && offset + len <= draft->at + draft->len;
	if (inside) {
		memcpy(draft->buffer + (offset - draft->at), data, len);
		return 0;
	}
	if (offset != draft->at + draft->len || draft->len + len > DRAFTS_BUFFER) {
		const int err = flush(draft);
		if (err < 0)
			return err;
	}
	if (offset != draft->at + draft->len || len > DRAFTS_BUFFER) {
		if (offset + len > draft->at)
			draft->at = offset + len;
		return write_at(draft->fd, offset, data, len);
	}
	memcpy(draft->buffer + draft->len, data, len);
	draft->len += len;
	return 0;
}

static int drafts_sync(void *ctx, uint32_t file, uint64_t token)
{
	return 0; /* once, when it is closed */
}

static void drafts_close(void *ctx, uint32_t file)
{
	struct drafts *drafts = ctx;
	struct draft *draft = &drafts->files[file];
	int err = flush(draft);
	if (err == 0 && fsync(draft->fd) < 0)
		err = -errno;
	if (close(draft->fd) < 0 && err == 0)
		err = -errno;
	if (drafts->error == 0)
		drafts->error = err;
	draft->fd = -1;
	draft->buffer = rs_release(draft->buffer);
}

int drafts_new(uint32_t files_max, struct drafts **out_drafts)
{
	if (files_max == 0)
		return -EINVAL;
	struct drafts *drafts = rs_zalloc(sizeof(*drafts));
	if (drafts == NULL)
		return -ENOMEM;
	drafts->files = rs_calloc(files_max, sizeof(*drafts->files));
	if (drafts->files == NULL) {
		rs_release(drafts);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < files_max; i++)
		drafts->files[i].fd = -1;
	drafts->files_max = files_max;
	drafts->disk = (struct disk){ .open = drafts_open,
		.write = drafts_write,
		.sync = drafts_sync,
		.close = drafts_close,
		.ctx = drafts };
	*out_drafts = drafts;
	return 0;
}

struct drafts *drafts_free(struct drafts *drafts)
{
	if (drafts == NULL)
		return NULL;
	for (uint32_t i = 0; i < drafts->files_max; i++)
		if (drafts->files[i].fd >= 0)
			drafts_close(drafts, i);
	rs_release(drafts->files);
	return rs_release(drafts);
}

const struct disk *drafts_disk(const struct drafts *drafts)
{
	return &drafts->disk;
}

int drafts_error(const struct drafts *drafts)
{
	return drafts->error;
}
