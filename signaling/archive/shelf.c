#include "signaling/archive/shelf.h"

#include "signaling/archive/captions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX_FILE "record/index.json"
#define DATA "data/"

/* --- Opening --- */

/* Takes `folder`. One step of a path; the last is a file. -1 with errno. */
static int step_into(int folder, const char *name, bool last)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	const int fd = name[0] != '.' && name[0] != '\0'
			       ? openat(folder, name, flags | (last ? 0 : O_DIRECTORY))
			       : -1;
	(void)close(folder); /* read only */
	return fd;
}

static int open_below(int root, const char *path)
{
	char name[CATALOGUE_DIRECTORY_MAX + 1];
	int at = root;
	while (at >= 0) {
		const size_t len = strcspn(path, "/");
		const bool last = path[len] == '\0';
		if (!rs_copy_text(name, sizeof(name), path, len)) {
			(void)close(at); /* read only */
			return -1;
		}
		at = step_into(at, name, last);
		if (last)
			break;
		path += len + 1;
	}
	return at;
}

static void make_tag(const struct stat *status, char out[SHELF_TAG_LEN])
{
	(void)snprintf(out, SHELF_TAG_LEN, "\"%llx-%llx-%llx\"", (unsigned long long)status->st_ino,
		(unsigned long long)status->st_size,
		(unsigned long long)status->st_mtim.tv_sec * 1000000000ULL +
			(unsigned long long)status->st_mtim.tv_nsec);
}

int shelf_open(
	const char *root, const char *directory, const char *file, struct shelf_file *out_file)
{
	char path[CATALOGUE_DIRECTORY_MAX + RECORDING_FILE_LEN + sizeof(DATA) + 2];
	if (rs_format(path, sizeof(path), "%s/" DATA "%s", directory, file) < 0)
		return -ENOENT;
	return shelf_open_path(root, path, out_file);
}

int shelf_open_path(const char *root, const char *path, struct shelf_file *out_file)
{
	struct stat status;
	const int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int fd = open_below(folder, path);
	if (fd < 0)
		return -ENOENT;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		(void)close(fd); /* read only */
		return -ENOENT;
	}
	*out_file = (struct shelf_file){ .fd = fd,
		.octets = (uint64_t)status.st_size,
		.modified_s = (int64_t)status.st_mtim.tv_sec };
	make_tag(&status, out_file->tag);
	return 0;
}

/* --- Reading --- */

/* All of a file of at most `max` octets. NULL: it cannot be had. */
static char *read_all(const struct shelf_file *file, size_t max)
{
	const size_t len = file->octets <= max ? (size_t)file->octets : 0;
	char *text = len > 0 ? rs_zalloc(len) : NULL;
	size_t got = 0;
	while (text != NULL && got < len) {
		const ssize_t n = read(file->fd, text + got, len - got);
		if (n <= 0) {
			rs_release(text);
			return NULL;
		}
		got += (size_t)n;
	}
	return text;
}

struct scan {
	const char *root;
	struct catalogue *catalogue;
	int64_t number;
	struct shelf_report *report;
};

static struct catalogue_text read_captions(
	const struct scan *scan, const char *directory, const char *path)
{
	struct shelf_file file;
	if (shelf_open(scan->root, directory, path, &file) < 0)
		return (struct catalogue_text){ .text = NULL };
	const struct catalogue_text text = { .text = read_all(&file, CAPTIONS_OCTETS_MAX),
		.len = (size_t)file.octets };
	(void)close(file.fd); /* read only */
	return text;
}

static int put(const struct scan *scan, const struct catalogue_place *place,
	const struct recording *recording)
{
	struct catalogue_text captions[RECORDING_LANGUAGES_MAX];
	for (size_t i = 0; i < recording->n_captions; i++)
		captions[i] = read_captions(scan, place->directory, recording->captions[i].file);
	const int err = catalogue_put(scan->catalogue, place, recording, captions);
	for (size_t i = 0; i < recording->n_captions; i++) {
		char *text;
		memcpy(&text, &captions[i].text, sizeof(text)); /* ours, const for the catalogue */
		rs_release(text);
	}
	return err;
}

static void note(struct scan *scan, const char *directory, const char *why)
{
	(void)snprintf(scan->report->error, CATALOGUE_ERROR_LEN, "%.100s: %.140s", directory, why);
}

/* Takes in what this index tells, or remembers that it tells nothing. */
static int take_in(
	struct scan *scan, const struct catalogue_place *place, const struct shelf_file *file)
{
	char why[RECORDING_ERROR_LEN] = "cannot be read, or is too long";
	RS_CLEANUP(recording_freep) struct recording *recording = NULL;
	RS_CLEANUP(rs_releasep) char *text = read_all(file, RECORDING_OCTETS_MAX);
	int err = text == NULL ? -EBADMSG
			       : recording_parse(text, (size_t)file->octets, &recording, why);
	if (err == 0)
		err = put(scan, place, recording);
	if (err == 0) {
		scan->report->taken++;
		return 0;
	}
	if (err == -EEXIST)
		(void)rs_set_text(why, "its session lies in another directory as well");
	else if (err != -EBADMSG)
		return err;
	scan->report->twice += err == -EEXIST;
	scan->report->refused += err == -EBADMSG;
	note(scan, place->directory, why);
	return catalogue_refuse(scan->catalogue, place);
}

/* A directory without an index is still being recorded, or is none of ours. */
static int look_at(struct scan *scan, const char *directory)
{
	struct shelf_file file;
	if (strlen(directory) > CATALOGUE_DIRECTORY_MAX || directory[0] == '.' ||
		shelf_open(scan->root, directory, INDEX_FILE, &file) < 0)
		return 0;
	const struct catalogue_place place = {
		.directory = directory, .stamp = file.tag, .scan = scan->number
	};
	int err = catalogue_knows(scan->catalogue, &place);
	if (err == 0)
		err = take_in(scan, &place, &file);
	(void)close(file.fd); /* read only */
	return err < 0 ? err : 0;
}

int shelf_scan(const char *root, struct catalogue *catalogue, const bool *stop,
	struct shelf_report *out_report)
{
	struct scan scan = { .root = root, .catalogue = catalogue, .report = out_report };
	*out_report = (struct shelf_report){ .taken = 0 };
	int err = catalogue_last_scan(catalogue, &scan.number);
	if (err < 0)
		return err;
	scan.number++;
	DIR *folder = opendir(root);
	if (folder == NULL)
		return -ENOENT;
	const struct dirent *entry;
	bool whole = false;
	errno = 0;
	for (size_t n = 0;
		err == 0 && n < SHELF_SESSIONS_MAX && !__atomic_load_n(stop, __ATOMIC_RELAXED);
		n++) {
		entry = readdir(folder);
		whole = entry == NULL && errno == 0;
		if (entry == NULL)
			break;
		err = look_at(&scan, entry->d_name);
		errno = 0;
	}
	(void)closedir(folder); /* read only */
	const int forgotten = err == 0 && whole ? catalogue_forget(catalogue, scan.number) : err;
	if (forgotten > 0)
		out_report->forgotten = (uint32_t)forgotten;
	return forgotten < 0 ? forgotten : 0;
}
