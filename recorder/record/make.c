/* The files of a record: drafts of all are written, then all get their names. */
#include "recorder/record/record.h"

#include "common/evidence/files.h"
#include "common/evidence/lines.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Of one file; a day of captions is some megabytes. */
#define FILE_MAX ((size_t)256 << 20)

static const struct {
	enum names_place place;
	int (*write)(const struct record *record, struct rs_buf *out);
} files[] = {
	{ NAMES_INDEX, record_write_index },
	{ NAMES_DEBATE, record_write_debate },
	{ NAMES_SPEECHES, record_write_speeches },
	{ NAMES_CHAPTERS, record_write_chapters },
};

/* The i-th file: those of the table, then captions of each language. 1, 0 behind the last, or -ENOSPC (path too long). */
static int path_of(
	const struct record *record, size_t i, const char *to, char out[ARCHIVE_PATH_LEN])
{
	char file[NAMES_FILE_LEN];
	int err;
	if (i < RS_ARRAY_LEN(files)) {
		err = names_path(to, files[i].place, out);
		return err == 0 ? 1 : err;
	}
	const char *language = record_caption_language(record, i - RS_ARRAY_LEN(files));
	if (language == NULL)
		return 0;
	names_captions(language, file);
	err = names_file_path(to, file, "", out);
	return err == 0 ? 1 : err;
}

static int write_content(const struct record *record, size_t i, struct rs_buf *out)
{
	if (i < RS_ARRAY_LEN(files))
		return files[i].write(record, out);
	return record_write_captions(
		record, record_caption_language(record, i - RS_ARRAY_LEN(files)), out);
}

static int put_draft(const char *path, const struct rs_buf *content)
{
	return files_write_draft(path, rs_buf_data(content), rs_buf_len(content));
}

/* 0, or -EEXIST: something else is there, or nothing. */
static int compare(const char *path, const struct rs_buf *content)
{
	struct lines file;
	const int err = lines_open(&file, path);
	if (err == -ENOENT)
		return -EEXIST;
	if (err < 0)
		return err;
	const bool same = file.len == rs_buf_len(content) &&
			  memcmp(file.data, rs_buf_data(content), file.len) == 0;
	lines_done(&file);
	return same ? 0 : -EEXIST;
}

static int each_file(const struct record *record, const char *to,
	int (*put)(const char *path, const struct rs_buf *content))
{
	char path[ARCHIVE_PATH_LEN];
	int err;
	for (size_t i = 0; (err = path_of(record, i, to, path)) == 1; i++) {
		struct rs_buf content;
		rs_buf_init(&content, FILE_MAX);
		err = write_content(record, i, &content);
		if (err == 0)
			err = put(path, &content);
		rs_buf_done(&content);
		if (err < 0)
			return err;
	}
	return err;
}

static int name_drafts(const struct record *record, const char *to)
{
	char path[ARCHIVE_PATH_LEN];
	int err;
	for (size_t i = 0; (err = path_of(record, i, to, path)) == 1; i++) {
		err = files_publish(path);
		if (err < 0)
			return err;
	}
	return err;
}

static void drop_drafts(const struct record *record, const char *to)
{
	char path[ARCHIVE_PATH_LEN];
	for (size_t i = 0; path_of(record, i, to, path) == 1; i++)
		files_drop_draft(path);
}

static int make_folder(const char *to, enum names_place folder)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = names_path(to, folder, path);
	if (err < 0)
		return err;
	return mkdir(path, 0750) < 0 && errno != EEXIST ? -errno : 0;
}

static int put_record(const struct record *record, const char *to, const struct record_making *how)
{
	static const enum names_place folders[] = { NAMES_DATA, NAMES_RECORD, NAMES_TEXT };
	int err = mkdir(to, 0750) < 0 && errno != EEXIST ? -errno : 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(folders) && err == 0; i++)
		err = make_folder(to, folders[i]);
	if (err == 0)
		err = each_file(record, to, put_draft);
	if (err == 0 && how->hold != NULL)
		err = how->hold(how->ctx);
	if (err == 0) {
		err = name_drafts(record, to);
		if (how->hold != NULL)
			how->release(how->ctx);
	}
	if (err < 0)
		drop_drafts(record, to);
	return err;
}

int record_make(const char *directory, const struct record_making *how)
{
	static const struct record_making plain = { .out = NULL };
	RS_CLEANUP(record_freep) struct record *record = NULL;
	if (how == NULL)
		how = &plain;
	const int err = record_load(directory, &record);
	if (err < 0)
		return err;
	if (how->sealed && how->out == NULL)
		return each_file(record, directory, compare);
	return put_record(record, how->out != NULL ? how->out : directory, how);
}
