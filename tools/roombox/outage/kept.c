#include "tools/roombox/outage/kept.h"

#include "common/evidence/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "head"
#define PART_ENDING ".part"
#define REFUSED "refused-"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define HEAD_MAX 256

static int path_of(
	const struct kept *kept, const char *outage, const char *file, char out[KEPT_PATH_MAX])
{
	return rs_format(out, KEPT_PATH_MAX, "%s/%s%s%s", kept->directory, outage,
		file[0] != '\0' ? "/" : "", file);
}

static int part_path(
	const struct kept *kept, const char *outage, uint32_t part, char out[KEPT_PATH_MAX])
{
	return rs_format(
		out, KEPT_PATH_MAX, "%s/%s/%06" PRIu32 PART_ENDING, kept->directory, outage, part);
}

/* 0 = it is no part. */
static uint32_t part_number(const char *name)
{
	const char *dot = strchr(name, '.');
	uint32_t number = 0;
	if (dot == NULL || strcmp(dot, PART_ENDING) != 0 ||
		rs_parse_u32(name, (size_t)(dot - name), UINT32_MAX, &number) < 0)
		return 0;
	return number;
}

/* ---- heads ---- */

static int write_head(const struct kept *kept)
{
	char path[KEPT_PATH_MAX];
	char text[HEAD_MAX];
	const struct kept_head *head = &kept->head;
	const int len =
		snprintf(text, sizeof(text), "%s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
			head->boot, head->clock_us, head->wall_us, head->from_us, head->to_us);
	if (path_of(kept, kept->writing, HEAD, path) < 0)
		return -EIO;
	return files_write(path, text, (size_t)len) < 0 ? -EIO : 0;
}

static bool read_number(char **at, int64_t *out)
{
	char *end;
	errno = 0;
	*out = strtoll(*at, &end, 10);
	const bool good = end != *at && errno == 0 && *out >= 0;
	*at = end;
	return good;
}

static bool read_head(const struct kept *kept, const char *outage, struct kept_head *out)
{
	char path[KEPT_PATH_MAX];
	char text[HEAD_MAX] = "";
	if (path_of(kept, outage, HEAD, path) < 0)
		return false;
	FILE *file = fopen(path, "re");
	const bool read = file != NULL && fgets(text, sizeof(text), file) != NULL;
	if (file != NULL)
		(void)fclose(file); /* it was only read */
	char *space = strchr(text, ' ');
	if (!read || space == NULL ||
		!rs_copy_text(out->boot, sizeof(out->boot), text, (size_t)(space - text)))
		return false;
	return read_number(&space, &out->clock_us) && read_number(&space, &out->wall_us) &&
	       read_number(&space, &out->from_us) && read_number(&space, &out->to_us);
}

/* ---- what is there ---- */

/* The least and the greatest number of a part, and what they come to. */
struct extent {
	uint32_t first, last;
	uint64_t octets;
};

static struct extent measure(const struct kept *kept, const char *outage)
{
	struct extent extent = { 0 };
	char path[KEPT_PATH_MAX];
	const struct dirent *entry;
	DIR *folder = path_of(kept, outage, "", path) == 0 ? opendir(path) : NULL;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct stat st;
		const uint32_t number = part_number(entry->d_name);
		if (number == 0 || part_path(kept, outage, number, path) < 0 || stat(path, &st) < 0)
			continue;
		extent.octets += (uint64_t)st.st_size;
		extent.first = extent.first == 0 || number < extent.first ? number : extent.first;
		extent.last = number > extent.last ? number : extent.last;
	}
	if (folder != NULL)
		(void)closedir(folder); /* read only */
	return extent;
}

/* What is whole of a part: how much, or -EIO. */
static int64_t read_part(
	const struct kept *kept, const char *outage, uint32_t number, uint8_t data[LATE_PART_MAX])
{
	char path[KEPT_PATH_MAX];
	if (part_path(kept, outage, number, path) < 0)
		return -EIO;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const int64_t n = fd >= 0 ? files_read_at(fd, data, LATE_PART_MAX, 0) : -EIO;
	if (fd >= 0)
		(void)close(fd); /* read only */
	return n < 0 ? -EIO : (int64_t)late_whole(data, (size_t)n);
}

static void remove_part(struct kept *kept, const char *outage, uint32_t number)
{
	char path[KEPT_PATH_MAX];
	struct stat st;
	if (part_path(kept, outage, number, path) == 0 && stat(path, &st) == 0 && unlink(path) == 0)
		kept->octets -= (uint64_t)st.st_size;
	/* else it is delivered again, which changes nothing */
}

static void remove_folder(const struct kept *kept, const char *outage)
{
	char path[KEPT_PATH_MAX];
	if (path_of(kept, outage, HEAD, path) == 0)
		(void)unlink(path); /* else it is found empty again */
	if (path_of(kept, outage, "", path) == 0)
		(void)rmdir(path); /* what is not of our making stays */
}

/* Calls back for each folder of an outage; names sort by their times. */
static void each(const struct kept *kept, void (*take)(void *ctx, const char *outage), void *ctx)
{
	struct dirent **list = NULL;
	const int n = scandir(kept->directory, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (rs_name_valid(name, strlen(name)))
			take(ctx, name);
		free(list[i]);
	}
	free(list);
}

static void look(void *ctx, const char *outage)
{
	struct kept *kept = ctx;
	struct kept_head head;
	const struct extent extent = measure(kept, outage);
	kept->octets += extent.octets;
	if (strncmp(outage, REFUSED, strlen(REFUSED)) == 0 || !read_head(kept, outage, &head) ||
		head.to_us != 0)
		return;
	/* One that lasted when the machine was started anew ended then; so did one behind which another began. */
	if (strcmp(head.boot, kept->boot) != 0)
		return;
	(void)rs_set_text(kept->writing, outage); /* a name */
	kept->head = head;
	kept->part = extent.last;
}

static void read_boot(struct kept *kept)
{
	FILE *file = fopen(BOOT_ID, "re");
	if (file == NULL || fgets(kept->boot, sizeof(kept->boot), file) == NULL)
		(void)rs_set_text(kept->boot, "unknown");
	if (file != NULL)
		(void)fclose(file); /* it was only read */
	kept->boot[strcspn(kept->boot, "\n")] = '\0';
}

int kept_open(struct kept *kept, const char *directory, uint64_t max)
{
	*kept = (struct kept){ .max = max, .fd = -1 };
	read_boot(kept);
	if (!rs_set_text(kept->directory, directory) ||
		(mkdir(directory, 0700) < 0 && errno != EEXIST) || access(directory, W_OK) < 0)
		return -EIO;
	each(kept, look, kept);
	return 0;
}

static void close_part(struct kept *kept)
{
	if (kept->fd < 0)
		return;
	kept_sync(kept);
	(void)close(kept->fd); /* it was synced */
	kept->fd = -1;
}

void kept_close(struct kept *kept)
{
	close_part(kept);
}

bool kept_lasts(const struct kept *kept)
{
	return kept->writing[0] != '\0';
}

/* ---- writing ---- */

int kept_begin(struct kept *kept, const char *name, rs_time from)
{
	char path[KEPT_PATH_MAX];
	if (kept_lasts(kept))
		return 0;
	kept->head = (struct kept_head){
		.clock_us = rs_clock_monotonic(), .wall_us = rs_clock_wall_us(), .from_us = from
	};
	(void)rs_set_text(kept->head.boot, kept->boot); /* as long */
	(void)rs_set_text(kept->writing, name);
	kept->part = 0;
	if (path_of(kept, name, "", path) == 0 && mkdir(path, 0700) == 0 && write_head(kept) == 0)
		return files_sync_directory(kept->directory) < 0 ? -EIO : 0;
	const int why = errno;
	remove_folder(kept, name);
	kept->writing[0] = '\0';
	errno = why;
	return -EIO;
}

static int next_part(struct kept *kept)
{
	char path[KEPT_PATH_MAX];
	close_part(kept);
	if (part_path(kept, kept->writing, kept->part + 1, path) < 0)
		return -EIO;
	kept->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (kept->fd < 0)
		return -EIO;
	kept->part++;
	kept->part_len = 0;
	return 0;
}

int kept_write(struct kept *kept, const uint8_t *data, size_t len, size_t *out_written)
{
	struct late_record record;
	size_t at = 0;
	size_t end = 0;
	*out_written = 0;
	if (!kept_lasts(kept))
		return -EIO;
	while (end < len) {
		/* As many records as the part still takes. */
		const size_t room = kept->fd >= 0 ? LATE_PART_MAX - kept->part_len : 0;
		const size_t begin = end;
		while (late_read(data, len, &at, &record) == 1 && at - begin <= room)
			end = at;
		at = end;
		if (kept->octets + (end > begin ? end - begin : LATE_HEADER_LEN) > kept->max)
			return -ENOSPC;
		if (end == begin) {
			if (next_part(kept) < 0)
				return -EIO;
			continue;
		}
		/* What of it is there all the same is written over the next time. */
		if (files_write_at(kept->fd, data + begin, end - begin, kept->part_len) < 0)
			return -EIO;
		kept->part_len += end - begin;
		kept->octets += end - begin;
		kept->dirty = true;
		*out_written = end;
	}
	return 0;
}

void kept_sync(struct kept *kept)
{
	if (kept->dirty && kept->fd >= 0)
		(void)fdatasync(
			kept->fd); /* the next one tries again; there is nothing better to do */
	kept->dirty = false;
}

void kept_end(struct kept *kept, rs_time to)
{
	if (!kept_lasts(kept))
		return;
	close_part(kept);
	kept->head.to_us = rs_time_max(to, 1);
	(void)write_head(kept); /* else it is read back as one that lasts */
	kept->writing[0] = '\0';
}

/* ---- delivering ---- */

struct search {
	struct kept *kept;
	struct kept_part *part;
	bool found;
};

/* When the last record of what was read was said. */
static rs_time last_said(const struct kept_part *part, rs_time otherwise)
{
	struct late_record record = { .said_us = otherwise };
	size_t at = 0;
	while (late_read(part->data, part->len, &at, &record) == 1)
		continue;
	return record.said_us;
}

/* The last part that has a record; what is behind it was begun when the writer was killed, or the disk full. 0 = there is none. */
static uint32_t last_part(struct kept *kept, const char *outage, struct kept_part *part)
{
	uint32_t last;
	while ((last = measure(kept, outage).last) != 0) {
		const int64_t n = read_part(kept, outage, last, part->data);
		part->len = n > 0 ? (size_t)n : 0;
		if (n != 0)
			break;
		remove_part(kept, outage, last);
		if (measure(kept, outage).last == last)
			break; /* it cannot be removed */
	}
	return last;
}

static void find(void *ctx, const char *outage)
{
	struct search *search = ctx;
	struct kept_part *part = search->part;
	if (search->found || strncmp(outage, REFUSED, strlen(REFUSED)) == 0 ||
		strcmp(outage, search->kept->writing) == 0 ||
		!read_head(search->kept, outage, &part->head))
		return;
	part->parts = last_part(search->kept, outage, part);
	if (part->parts == 0) {
		remove_folder(search->kept, outage);
		return;
	}
	search->found = true;
	(void)rs_set_text(part->outage, outage); /* a name */
	if (part->head.to_us == 0)               /* nobody came to write down when it ended */
		part->head.to_us = last_said(part, part->head.from_us);
}

int kept_next(struct kept *kept, struct kept_part *out_part)
{
	struct search search = { .kept = kept, .part = out_part };
	each(kept, find, &search);
	if (!search.found)
		return 0;
	out_part->number = measure(kept, out_part->outage).first;
	const int64_t n = read_part(kept, out_part->outage, out_part->number, out_part->data);
	if (n < 0)
		return 0;
	out_part->len = (size_t)n;
	return 1;
}

void kept_done(struct kept *kept, const struct kept_part *part)
{
	remove_part(kept, part->outage, part->number);
	if (part->number == part->parts)
		remove_folder(kept, part->outage);
}

void kept_refused(struct kept *kept, const struct kept_part *part)
{
	char from[KEPT_PATH_MAX];
	char to[KEPT_PATH_MAX];
	if (path_of(kept, part->outage, "", from) == 0 &&
		rs_format(to, sizeof(to), "%s/" REFUSED "%s", kept->directory, part->outage) == 0)
		(void)rename(from, to); /* else it is offered again */
}
