#include "recorder/webcast/shelf_disk.h"

#include "common/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFT ".new"
/* Segments in one folder: what is kept, and what a kill left beside it. */
#define FOUND_MAX 4096

static int path_of(const struct shelf_disk *disk, const char *name, const char *ending,
	char out[SHELF_PATH_LEN])
{
	return rs_format(out, SHELF_PATH_LEN, "%s/%s%s", disk->directory, name, ending);
}

static int write_whole(const char *path, const void *data, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	size_t done = 0;
	int err = 0;
	while (done < len && err == 0) {
		const ssize_t n = write(fd, (const uint8_t *)data + done, len - done);
		if (n < 0 && errno != EINTR)
			err = -errno;
		else if (n > 0)
			done += (size_t)n;
	}
	if (close(fd) < 0 && err == 0)
		err = -errno;
	return err;
}

static int make_folder(const char *path)
{
	char folder[SHELF_PATH_LEN];
	const char *slash = strrchr(path, '/');
	(void)rs_copy_text(
		folder, sizeof(folder), path, (size_t)(slash - path)); /* it is shorter */
	return mkdir(folder, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int put(void *ctx, const char *name, const void *data, size_t len)
{
	const struct shelf_disk *disk = ctx;
	char draft[SHELF_PATH_LEN];
	char path[SHELF_PATH_LEN];
	int err = path_of(disk, name, DRAFT, draft);
	if (err == 0)
		err = path_of(disk, name, "", path);
	if (err < 0)
		return err;
	err = write_whole(draft, data, len);
	if (err == -ENOENT) {
		err = make_folder(draft);
		if (err == 0)
			err = write_whole(draft, data, len);
	}
	if (err == 0 && rename(draft, path) < 0)
		err = -errno;
	if (err < 0)
		(void)unlink(draft); /* may not be there */
	return err;
}

static void drop(void *ctx, const char *name)
{
	const struct shelf_disk *disk = ctx;
	char path[SHELF_PATH_LEN];
	if (path_of(disk, name, "", path) == 0)
		(void)unlink(path); /* may not be there */
}

int shelf_disk_init(struct shelf_disk *disk, const char *directory)
{
	if (!rs_set_text(disk->directory, directory))
		return -EINVAL;
	disk->shelf = (struct shelf){ .put = put, .drop = drop, .ctx = disk };
	return mkdir(directory, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int by_number(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a;
	const int64_t right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

static bool is_segment(const char *name, const char *ending, int64_t *out_number)
{
	const char *dot = strchr(name, '.');
	return dot != NULL && strcmp(dot + 1, ending) == 0 &&
	       rs_parse_i64(name, (size_t)(dot - name), 0, INT64_MAX / 2, out_number) == 0;
}

static void take_init(struct shelf_found *found, const char *name, unsigned *inits)
{
	const size_t len = strlen(name);
	if (len <= 4 || strncmp(name, "init-", 5) != 0 || strcmp(name + len - 4, ".mp4") != 0)
		return;
	if (++*inits > 1 || !rs_set_text(found->init, name))
		found->init[0] = '\0';
}

/* The last ones that follow one another. */
static void last_run(int64_t *numbers, size_t n, struct shelf_found *found)
{
	if (n == 0)
		return;
	qsort(numbers, n, sizeof(*numbers), by_number);
	size_t first = n - 1;
	while (first > 0 && numbers[first - 1] == numbers[first] - 1)
		first--;
	found->oldest = numbers[0];
	found->first = numbers[first];
	found->n = (uint32_t)(n - first);
}

int shelf_disk_look(const struct shelf_disk *disk, const char *folder, const char *ending,
	struct shelf_found *out_found)
{
	char path[SHELF_PATH_LEN];
	unsigned inits = 0;
	size_t n = 0;
	*out_found = (struct shelf_found){ .n = 0 };
	const int err = path_of(disk, folder, "", path);
	if (err < 0)
		return err;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT ? 0 : -errno;
	int64_t *numbers = rs_calloc(FOUND_MAX, sizeof(*numbers));
	const struct dirent *entry;
	while (numbers != NULL && (entry = readdir(dir)) != NULL) {
		take_init(out_found, entry->d_name, &inits);
		if (n < FOUND_MAX && is_segment(entry->d_name, ending, &numbers[n]))
			n++;
	}
	(void)closedir(dir); /* read only */
	if (numbers == NULL)
		return -ENOMEM;
	last_run(numbers, n, out_found);
	rs_release(numbers);
	return 0;
}

/* A file that this program puts into a folder, by its ending. */
static bool is_ours(const char *name)
{
	static const char *const endings[] = { ".m4s", ".mp4", ".vtt", ".m3u8", ".json", DRAFT };
	const size_t len = strlen(name);
	for (size_t i = 0; i < RS_ARRAY_LEN(endings); i++) {
		const size_t end = strlen(endings[i]);
		if (len > end && strcmp(name + len - end, endings[i]) == 0)
			return true;
	}
	return false;
}

static void clear_folder(const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL)
		return;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL)
		if (is_ours(entry->d_name))
			(void)unlinkat(
				dirfd(dir), entry->d_name, 0); /* it stays where it cannot go */
	(void)closedir(dir);
	(void)rmdir(path); /* what is not empty stays */
}

void shelf_disk_clear(const struct shelf_disk *disk)
{
	char path[SHELF_PATH_LEN];
	DIR *dir = opendir(disk->directory);
	if (dir == NULL)
		return;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
			path_of(disk, entry->d_name, "", path) == 0)
			clear_folder(path);
	(void)closedir(dir);
	clear_folder(disk->directory);
}
