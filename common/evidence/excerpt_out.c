/* Where an excerpt goes: a folder, or one file. */
#include "common/base/text.h"
#include "common/evidence/excerpt.h"
#include "common/evidence/files.h"
#include "common/evidence/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- a folder --- */

struct folder {
	const char *to;
	int fd; /* of the file being written; -1 = none */
	uint64_t at;
};

static int folder_begin(void *ctx, const char *name)
{
	struct folder *folder = ctx;
	char path[ARCHIVE_PATH_LEN];
	const int err = rs_format(path, sizeof(path), "%s/%s", folder->to, name);
	if (err < 0)
		return err;
	folder->at = 0;
	folder->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return folder->fd < 0 ? -errno : 0;
}

static int folder_write(void *ctx, const void *data, size_t len)
{
	struct folder *folder = ctx;
	const int err = files_write_at(folder->fd, data, len, folder->at);
	folder->at += len;
	return err;
}

static int folder_end(void *ctx)
{
	struct folder *folder = ctx;
	int err = fsync(folder->fd) < 0 ? -errno : 0;
	if (close(folder->fd) < 0 && err == 0)
		err = -errno;
	folder->fd = -1;
	return err;
}

int excerpt_to_folder(const char *directory, const struct excerpt_wish *wish, const char *to,
	struct excerpt_summary *out_summary, char why[EXCERPT_WHY_LEN])
{
	struct folder folder = { .to = to, .fd = -1 };
	const struct excerpt_out out = {
		.begin = folder_begin, .write = folder_write, .end = folder_end, .ctx = &folder
	};
	if (mkdir(to, 0755) < 0) {
		const int err = -errno;
		(void)snprintf(
			why, EXCERPT_WHY_LEN, "%.180s: %.60s", to, strerror(-err)); /* may be cut */
		return err;
	}
	int err = excerpt_make(directory, wish, &out, out_summary, why);
	if (folder.fd >= 0)
		(void)close(folder.fd); /* of no use any more */
	return err < 0 ? err : files_sync_directory(to);
}

/* --- one file --- */

static int put_begin(void *ctx, const char *name)
{
	return zip_begin(ctx, name);
}

static int put_write(void *ctx, const void *data, size_t len)
{
	return zip_write(ctx, data, len);
}

static int put_end(void *ctx)
{
	return zip_end(ctx);
}

int excerpt_to_zip(const char *directory, const struct excerpt_wish *wish,
	const struct excerpt_zip *to, struct excerpt_summary *out_summary,
	char why[EXCERPT_WHY_LEN])
{
	struct zip *zip = NULL;
	int err = zip_new(to->fd, to->folder, to->wall_ms, &zip);
	if (err == 0) {
		const struct excerpt_out out = {
			.begin = put_begin, .write = put_write, .end = put_end, .ctx = zip
		};
		err = excerpt_make(directory, wish, &out, out_summary, why);
		if (err == 0 && (err = zip_finish(zip)) < 0)
			(void)snprintf(
				why, EXCERPT_WHY_LEN, "%.200s", strerror(-err)); /* may be cut */
	} else {
		(void)snprintf(why, EXCERPT_WHY_LEN, "%.200s", strerror(-err)); /* may be cut */
	}
	zip_free(zip);
	return err;
}
