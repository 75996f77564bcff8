#include "common/evidence/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define DRAFT_LEN (ARCHIVE_PATH_LEN + sizeof(FILES_DRAFT))

static int draft_of(const char *path, char out[DRAFT_LEN])
{
	return rs_format(out, DRAFT_LEN, "%s" FILES_DRAFT, path);
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		const ssize_t n = write(fd, data + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int files_write_draft(const char *path, const void *data, size_t len)
{
	char draft[DRAFT_LEN];
	int err = draft_of(path, draft);
	if (err < 0)
		return err;
	const int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	err = write_all(fd, data, len);
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err < 0)
		files_drop_draft(path);
	return err;
}

int files_publish(const char *path)
{
	char draft[DRAFT_LEN];
	const int err = draft_of(path, draft);
	if (err < 0)
		return err;
	return rename(draft, path) < 0 ? -errno : 0;
}

void files_drop_draft(const char *path)
{
	char draft[DRAFT_LEN];
	if (draft_of(path, draft) == 0)
		(void)unlink(draft); /* best effort: the next one is written over it */
}

int files_write(const char *path, const void *data, size_t len)
{
	int err = files_write_draft(path, data, len);
	if (err == 0)
		err = files_publish(path);
	return err;
}

int64_t files_read_at(int fd, void *out, size_t len, uint64_t offset)
{
	size_t done = 0;
	while (done < len) {
		const ssize_t n =
			pread(fd, (uint8_t *)out + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

int files_write_at(int fd, const void *data, size_t len, uint64_t offset)
{
	for (size_t done = 0; done < len;) {
		const ssize_t n = pwrite(
			fd, (const uint8_t *)data + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

int files_sync_directory(const char *path)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	const int err = fsync(fd) < 0 ? -errno : 0;
	(void)close(fd); /* a directory holds nothing back */
	return err;
}
