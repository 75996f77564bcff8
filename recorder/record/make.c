/* The files of a record, each whole or not at all. */
#include "recorder/record/record.h"

#include "common/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of one file; a day of captions is some megabytes. */
#define FILE_MAX ((size_t)256 << 20)

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		const ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int put_file(const char *path, const struct rs_buf *content)
{
	char draft[ARCHIVE_PATH_LEN];
	int err = rs_format(draft, sizeof(draft), "%s.new", path);
	if (err < 0)
		return err;
	const int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	err = write_all(fd, rs_buf_data(content), rs_buf_len(content));
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(draft, path) < 0)
		err = -errno;
	if (err < 0)
		(void)unlink(draft); /* best effort */
	return err;
}

static int make_folder(const char *to, enum names_place folder)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = names_path(to, folder, path);
	if (err < 0)
		return err;
	return mkdir(path, 0750) < 0 && errno != EEXIST ? -errno : 0;
}

static int put_captions(const struct record *record, const char *language, const char *to)
{
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	struct rs_buf content;
	rs_buf_init(&content, FILE_MAX);
	names_captions(language, file);
	int err = names_file_path(to, file, "", path);
	if (err == 0)
		err = record_write_captions(record, language, &content);
	if (err == 0)
		err = put_file(path, &content);
	rs_buf_done(&content);
	return err;
}

static int put_all_captions(const struct record *record, const char *to)
{
	const char *language;
	int err = 0;
	for (size_t i = 0; err == 0 && (language = record_caption_language(record, i)) != NULL; i++)
		err = put_captions(record, language, to);
	return err;
}

static const struct {
	enum names_place place;
	int (*write)(const struct record *record, struct rs_buf *out);
} files[] = {
	{ NAMES_INDEX, record_write_index },
	{ NAMES_DEBATE, record_write_debate },
	{ NAMES_SPEECHES, record_write_speeches },
	{ NAMES_CHAPTERS, record_write_chapters },
};

static int put(const struct record *record, size_t i, const char *to)
{
	char path[ARCHIVE_PATH_LEN];
	struct rs_buf content;
	rs_buf_init(&content, FILE_MAX);
	int err = names_path(to, files[i].place, path);
	if (err == 0)
		err = files[i].write(record, &content);
	if (err == 0)
		err = put_file(path, &content);
	rs_buf_done(&content);
	return err;
}

int record_make(const char *directory, const char *out)
{
	static const enum names_place folders[] = { NAMES_DATA, NAMES_RECORD, NAMES_TEXT };
	RS_CLEANUP(record_freep) struct record *record = NULL;
	const char *to = out != NULL ? out : directory;
	int err = record_load(directory, &record);
	for (size_t i = 0; i < RS_ARRAY_LEN(folders) && err == 0; i++)
		err = make_folder(to, folders[i]);
	for (size_t i = 0; i < RS_ARRAY_LEN(files) && err == 0; i++)
		err = put(record, i, to);
	return err == 0 ? put_all_captions(record, to) : err;
}
