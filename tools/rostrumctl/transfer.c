#include "tools/rostrumctl/transfer.h"

#include "common/base/text.h"
#include "common/evidence/files.h"
#include "recorder/archive/custody/removal.h"
#include "recorder/archive/verify/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 20)
/* Behind the last part of the name; such a name is no session's. */
#define UNFINISHED ".unfinished"

struct transfer {
	const char *from;
	const char *to; /* unfinished */
	uint8_t *chunk;
	struct transfer_summary summary;
	char *error; /* TRANSFER_ERROR_LEN */
};

static int say(char error[TRANSFER_ERROR_LEN], const char *path, const char *why, int err)
{
	(void)snprintf(error, TRANSFER_ERROR_LEN, "%.380s: %.100s", path, why); /* may be cut */
	return err;
}

static int fail(struct transfer *transfer, const char *path, int err)
{
	return say(transfer->error, path, strerror(-err), err);
}

/* --- judging --- */

struct judgement {
	char *error;
	bool told;
};

static void problem(void *ctx, const char *file, const char *text)
{
	struct judgement *judgement = ctx;
	if (!judgement->told)
		(void)say(judgement->error, file, text, 0); /* the first one */
	judgement->told = true;
}

static void note(void *ctx, const char *file, const char *text)
{
	/* Worth knowing, but not wrong. */
}

int transfer_judge(const char *directory, char error[TRANSFER_ERROR_LEN])
{
	struct judgement judgement = { .error = error };
	const struct archive_sink sink = { .problem = problem, .note = note, .ctx = &judgement };
	struct archive_report report;
	const int err = archive_verify(directory, NULL, &sink, &report);
	if (err < 0)
		return say(error, directory,
			err == -ENOENT ? "no archive is there" : strerror(-err), err);
	if (report.problems > 0)
		return -EBADMSG; /* and the first problem was told */
	if (!report.closed)
		return say(error, directory,
			"it is still being recorded, or was cut off and not closed since",
			-EBADMSG);
	return 0;
}

/* --- copying --- */

static int pump(struct transfer *transfer, int in, int out)
{
	for (;;) {
		const ssize_t n = read(in, transfer->chunk, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (ssize_t at = 0; at < n;) {
			const ssize_t written = write(out, transfer->chunk + at, (size_t)(n - at));
			if (written < 0 && errno != EINTR)
				return -errno;
			at += written > 0 ? written : 0;
		}
		transfer->summary.octets += (uint64_t)n;
	}
}

static int copy_file(struct transfer *transfer, const char *from, const char *to)
{
	if (++transfer->summary.files > TRANSFER_FILES_MAX)
		return fail(transfer, from, -E2BIG);
	const int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0)
		return fail(transfer, from, -errno);
	const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	int err = out < 0 ? -errno : pump(transfer, in, out);
	if (err == 0 && fsync(out) < 0)
		err = -errno;
	if (out >= 0 && close(out) < 0 && err == 0)
		err = -errno;
	(void)close(in); /* read only */
	return err < 0 ? fail(transfer, to, err) : 0;
}

static int take(struct transfer *transfer, const FTSENT *entry)
{
	char to[ARCHIVE_PATH_LEN];
	if (entry->fts_level > TRANSFER_DEPTH_MAX ||
		rs_format(to, sizeof(to), "%s%s", transfer->to,
			entry->fts_path + strlen(transfer->from)) < 0)
		return fail(transfer, entry->fts_path, -ENAMETOOLONG);
	switch (entry->fts_info) {
	case FTS_D:
		return mkdir(to, 0750) < 0 ? fail(transfer, to, -errno) : 0;
	case FTS_DP: {
		const int err = files_sync_directory(to);
		return err < 0 ? fail(transfer, to, err) : 0;
	}
	case FTS_F:
		return copy_file(transfer, entry->fts_path, to);
	case FTS_ERR:
	case FTS_DNR:
	case FTS_NS:
		return fail(transfer, entry->fts_path, -entry->fts_errno);
	default:
		return say(transfer->error, entry->fts_path, "is neither a file nor a folder",
			-EBADMSG);
	}
}

static int copy_tree(struct transfer *transfer)
{
	char *roots[] = { rs_strdup(transfer->from), NULL };
	transfer->chunk = rs_zalloc(CHUNK);
	FTS *tree = roots[0] != NULL && transfer->chunk != NULL
			    ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL)
			    : NULL;
	int err = tree == NULL ? fail(transfer, transfer->from, -ENOMEM) : 0;
	FTSENT *entry;
	while (err == 0 && (entry = fts_read(tree)) != NULL)
		err = take(transfer, entry);
	if (tree != NULL)
		(void)fts_close(tree); /* nothing was written through it */
	rs_release(roots[0]);
	transfer->chunk = rs_release(transfer->chunk);
	return err;
}

/* --- the whole --- */

static void without_slashes(const char *path, char out[ARCHIVE_PATH_LEN])
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	(void)rs_copy_text(out, ARCHIVE_PATH_LEN, path, len); /* what is cut is not found */
}

static int read_session(
	const char *directory, struct transfer_summary *summary, char error[TRANSFER_ERROR_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	json_error_t why;
	int err = names_path(directory, NAMES_SESSION, path);
	if (err < 0)
		return say(error, directory, strerror(-err), err);
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	const char *session = json_string_value(json_object_get(json, "session"));
	err = session != NULL && names_session_valid(session) &&
			      rs_set_text(summary->session, session)
		      ? 0
		      : say(error, path, "names no session", -EBADMSG);
	json_decref(json);
	return err;
}

/* The copy is named when it is what it was copied from. */
static int finish(struct transfer *transfer, const char *to)
{
	struct stat st;
	const int err = transfer_judge(transfer->to, transfer->error);
	if (err < 0)
		return err;
	if (lstat(to, &st) == 0)
		return fail(transfer, to, -EEXIST);
	/* Onto a folder with something in it this fails, too. */
	return rename(transfer->to, to) < 0 ? fail(transfer, to, -errno) : 0;
}

static int copy_judged(
	const char *from, const char *to, struct transfer_summary *summary, char *error)
{
	char unfinished[ARCHIVE_PATH_LEN];
	struct stat st;
	if (rs_format(unfinished, sizeof(unfinished), "%s" UNFINISHED, to) < 0)
		return say(error, to, strerror(ENAMETOOLONG), -ENAMETOOLONG);
	if (lstat(to, &st) == 0)
		return say(error, to, strerror(EEXIST), -EEXIST);
	if (lstat(unfinished, &st) == 0)
		return say(error, unfinished, "is left of a copy that was cut off; remove it first",
			-EEXIST);
	struct transfer transfer = {
		.from = from, .to = unfinished, .summary = *summary, .error = error
	};
	int err = copy_tree(&transfer);
	if (err == 0)
		err = finish(&transfer, to);
	if (err == 0)
		*summary = transfer.summary;
	else if (removal_tree(unfinished) < 0)
		return err; /* what stays of it is told to who tries again */
	return err;
}

int transfer_copy(const char *from, const char *to, struct transfer_summary *out_summary,
	char error[TRANSFER_ERROR_LEN])
{
	char source[ARCHIVE_PATH_LEN];
	char target[ARCHIVE_PATH_LEN];
	struct transfer_summary summary = { .files = 0 };
	without_slashes(from, source);
	without_slashes(to, target);
	int err = transfer_judge(source, error);
	if (err == 0)
		err = read_session(source, &summary, error);
	if (err == 0)
		err = copy_judged(source, target, &summary, error);
	if (err == 0)
		*out_summary = summary;
	return err;
}

int transfer_import(const char *from, const char *root, struct transfer_summary *out_summary,
	char error[TRANSFER_ERROR_LEN])
{
	char source[ARCHIVE_PATH_LEN];
	char target[ARCHIVE_PATH_LEN];
	struct transfer_summary summary = { .files = 0 };
	without_slashes(from, source);
	int err = transfer_judge(source, error);
	if (err == 0)
		err = read_session(source, &summary, error);
	if (err == 0 && rs_format(target, sizeof(target), "%s/%s", root, summary.session) < 0)
		err = say(error, root, strerror(ENAMETOOLONG), -ENAMETOOLONG);
	if (err == 0)
		err = copy_judged(source, target, &summary, error);
	if (err == 0)
		err = files_sync_directory(root);
	if (err == 0)
		*out_summary = summary;
	return err;
}

/* Under its own name only when it is whole; a link, unlike a renaming, takes no other's place. */
static int copy_programme(struct transfer *transfer, const char *file, const char *to)
{
	transfer->chunk = rs_zalloc(CHUNK);
	int err = transfer->chunk == NULL ? fail(transfer, to, -ENOMEM)
					  : copy_file(transfer, file, transfer->to);
	transfer->chunk = rs_release(transfer->chunk);
	if (err == -EEXIST)
		return err; /* it is not ours to remove */
	if (err == 0 && link(transfer->to, to) < 0)
		err = fail(transfer, to, -errno);
	(void)unlink(transfer->to); /* best effort */
	return err;
}

int transfer_programme(const char *from, const char *language, const char *to,
	struct transfer_summary *out_summary, char error[TRANSFER_ERROR_LEN])
{
	char name[NAMES_FILE_LEN];
	char file[ARCHIVE_PATH_LEN];
	char unfinished[ARCHIVE_PATH_LEN];
	struct transfer transfer = { .from = from, .to = unfinished, .error = error };
	if (!rs_name_valid(language, strlen(language)))
		return say(error, language, "is no language", -ENOENT);
	names_programme(language, name);
	if (names_file_path(from, name, "", file) < 0 ||
		rs_format(unfinished, sizeof(unfinished), "%s" UNFINISHED, to) < 0)
		return say(error, to, strerror(ENAMETOOLONG), -ENAMETOOLONG);
	int err = transfer_judge(from, error);
	if (err == 0)
		err = read_session(from, &transfer.summary, error);
	if (err == 0 && access(file, F_OK) < 0)
		err = say(error, file, "there is no programme in that language", -ENOENT);
	if (err == 0)
		err = copy_programme(&transfer, file, to);
	if (err == 0)
		*out_summary = transfer.summary;
	return err;
}
