#include "recorder/archive/custody.h"
#include "recorder/archive/files.h"
#include "recorder/archive/lines.h"
#include "recorder/archive/unseal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct erasing {
	const char *directory;
	const char *name; /* of the session */
	const char *what;
	const char *by;
	int64_t wall_ms;
	struct custody *audit;
	struct custody *custody;
	struct erase_report report;
	char *why; /* UNSEAL_WHY_LEN */
};

static int fail(const struct erasing *e, const char *path, int err, const char *why)
{
	(void)snprintf(e->why, UNSEAL_WHY_LEN, "%.300s: %.150s", path,
		why[0] != '\0' ? why : strerror(-err)); /* fits */
	return err;
}

/* "KEN" means all its segments, "tracks/KEN.001.a" the one. */
static bool is_meant(const char *what, const char *file)
{
	if (what == NULL || strcmp(what, file) == 0)
		return true;
	const char *slash = strchr(file, '/');
	const size_t len = strlen(what);
	return slash != NULL && strncmp(slash + 1, what, len) == 0 && slash[1 + len] == '.';
}

/* What is lost with a key, as custody_gone() is asked: the encrypted file, or the events. */
static int lost_with(const struct erasing *e, const char *file, char out[ARCHIVE_PATH_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	if (strchr(file, '/') == NULL)
		return rs_format(out, ARCHIVE_PATH_LEN, "%s", names_place(NAMES_EVENTS));
	const int err = names_media_path(e->directory, file, path);
	return err < 0 ? err
		       : rs_format(out, ARCHIVE_PATH_LEN, "%s", path + strlen(e->directory) + 1);
}

static int note(struct custody *custody, const struct erasing *e, const char *type,
	const char *lost, const char *key)
{
	uint64_t number;
	return custody_add(custody, type,
		json_pack("{s:s, s:s, s:s, s:s}", "session", e->name, "file", lost, "key", key,
			"by", e->by),
		e->wall_ms, &number);
}

static int erase_key(struct erasing *e, const char *file, const char *path, const char *keys)
{
	char lost[ARCHIVE_PATH_LEN];
	int err = lost_with(e, file, lost);
	if (err == 0)
		err = note(e->audit, e, "erasing", lost, file);
	if (err == 0)
		err = note(e->custody, e, "erased", lost, file);
	if (err == 0 && unlink(path) < 0)
		err = -errno;
	if (err == 0)
		err = files_sync_directory(keys);
	if (err == 0)
		err = note(e->audit, e, "erased", lost, file);
	e->report.keys += err == 0;
	return err;
}

static int take_key(struct erasing *e, const char *keys, const char *name)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines text;
	struct vault_key key;
	int err = rs_format(path, sizeof(path), "%s/%s", keys, name);
	if (err == 0)
		err = lines_open(&text, path);
	if (err < 0)
		return fail(e, path, err, "");
	err = vault_key_parse((const char *)text.data, text.len, &key);
	lines_done(&text);
	/* A damaged key opens nothing, but goes with all. */
	if (err < 0 && e->what == NULL)
		(void)rs_set_text(key.file, "events"); /* of which file it was cannot be told */
	else if (err < 0)
		return fail(e, path, err, "is no key");
	if (!is_meant(e->what, key.file))
		return 0;
	err = erase_key(e, key.file, path, keys);
	return err < 0 ? fail(e, path, err, "") : 0;
}

static int erase_all(struct erasing *e)
{
	char keys[ARCHIVE_PATH_LEN];
	struct dirent **entries = NULL;
	int err = names_path(e->directory, NAMES_KEYS, keys);
	const int n = err == 0 ? scandir(keys, &entries, NULL, alphasort) : 0;
	if (n < 0)
		return fail(
			e, keys, -errno, errno == ENOENT ? "no encrypted session is there" : "");
	for (int i = 0; i < n; i++) {
		if (err == 0 && entries[i]->d_name[0] != '.')
			err = take_key(e, keys, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (err == 0 && e->report.keys == 0)
		err = fail(e, keys, -ENOENT, "no such key is there");
	return err;
}

static int open_custody(const struct erasing *e, const char *path, struct custody **out_custody)
{
	char why[CUSTODY_WHY_LEN];
	const int err = custody_open(path, CUSTODY_WRITE, why, out_custody);
	return err < 0 ? fail(e, path, err, why) : 0;
}

int archive_erase(const char *directory, const char *what, const char *by, int64_t wall_ms,
	struct erase_report *out_report, char why[UNSEAL_WHY_LEN])
{
	RS_CLEANUP(custody_freep) struct custody *audit = NULL;
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	char path[ARCHIVE_PATH_LEN];
	char *real = realpath(directory, NULL); /* the audit names it as it is called */
	struct erasing e = {
		.directory = real, .what = what, .by = by, .wall_ms = wall_ms, .why = why
	};
	why[0] = '\0';
	if (real == NULL)
		return fail(&e, directory, -errno, "");
	e.name = strrchr(real, '/') + 1;
	int err = vault_is_used(real) ? rs_format(path, sizeof(path), "%s/../" CUSTODY_AUDIT, real)
				      : fail(&e, real, -ENOENT, "no encrypted session is there");
	if (err == 0)
		err = open_custody(&e, path, &audit);
	if (err == 0)
		err = names_path(real, NAMES_CUSTODY, path);
	if (err == 0)
		err = open_custody(&e, path, &custody);
	const struct custody_hold *hold = err == 0 ? custody_hold(custody, 0) : NULL;
	if (hold != NULL)
		err = fail(&e, real, -EBUSY, hold->reason);
	e.audit = audit;
	e.custody = custody;
	if (err == 0)
		err = erase_all(&e);
	if (err == 0)
		*out_report = e.report;
	free(real);
	return err;
}
