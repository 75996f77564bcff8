#include "recorder/archive/files/disk_now.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int now_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct disk_now *now = ctx;
	uint32_t i = 0;
	while (i < DISK_NOW_FILES && now->files[i] >= 0)
		i++;
	if (i == DISK_NOW_FILES)
		return -EAGAIN;
	now->files[i] = open(path,
		O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (how == DISK_CREATE ? O_EXCL : 0),
		0640);
	if (now->files[i] < 0)
		return -errno;
	*out_file = i;
	return 0;
}

static int now_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	const struct disk_now *now = ctx;
	const uint8_t *at = data;
	while (len > 0) {
		const ssize_t n = pwrite(now->files[file], at, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int now_sync(void *ctx, uint32_t file, uint64_t token)
{
	const struct disk_now *now = ctx;
	return fdatasync(now->files[file]) < 0 ? -errno : 0;
}

static void now_close(void *ctx, uint32_t file)
{
	struct disk_now *now = ctx;
	(void)close(now->files[file]); /* what counts was synced */
	now->files[file] = -1;
}

void disk_now_init(struct disk_now *out_disk)
{
	*out_disk = (struct disk_now){ .disk = { .open = now_open,
					       .write = now_write,
					       .sync = now_sync,
					       .close = now_close,
					       .ctx = out_disk } };
	for (uint32_t i = 0; i < DISK_NOW_FILES; i++)
		out_disk->files[i] = -1;
}

void disk_now_done(struct disk_now *disk)
{
	for (uint32_t i = 0; i < DISK_NOW_FILES; i++)
		if (disk->files[i] >= 0)
			now_close(disk, i);
}
