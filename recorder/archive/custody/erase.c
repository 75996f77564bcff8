#include "common/evidence/files.h"
#include "common/evidence/lines.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/custody/removal.h"
#include "recorder/archive/custody/second.h"
#include "recorder/archive/vault/unseal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct erasing {
	const struct erase_wish *wish;
	const char *directory;
	const char *root; /* of the archives */
	const char *name; /* of the session */
	struct second second;
	struct custody *audit;
	struct custody *custody;
	struct erase_report report;
	char *why; /* UNSEAL_WHY_LEN */
};

/* What goes with a key. */
struct lost {
	const char *file; /* as custody_gone() is asked */
	const char *key;
	const char *path; /* of the key, below the session */
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

/* `at_copy`, where there is one: "copy" or "owed". */
static int note(struct custody *custody, const struct erasing *e, const char *type,
	const struct lost *lost, const char *at_copy)
{
	uint64_t number;
	json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:s}", "session", e->name, "file",
		lost->file, "key", lost->key, "path", lost->path, "by", e->wish->by);
	if (e->wish->copy != NULL && line != NULL &&
		json_object_set_new(line, at_copy, json_string(e->wish->copy)) < 0) {
		json_decref(line);
		line = NULL;
	}
	return custody_add(custody, type, line, e->wish->wall_ms, &number);
}

/* False: it is owed there. */
static bool erase_copy(struct erasing *e, const char *path)
{
	if (!second_is_there(&e->second) || second_take(&e->second, e->name, path) < 0) {
		e->report.owed++;
		(void)rs_copy_string(
			e->report.copy, sizeof(e->report.copy), e->second.why); /* fits */
		return false;
	}
	e->report.copies++;
	return true;
}

static int erase_key(struct erasing *e, const char *file, const char *name)
{
	char of[ARCHIVE_PATH_LEN];
	char path[ARCHIVE_PATH_LEN];
	const struct lost lost = { .file = of, .key = file, .path = path };
	int err = rs_format(path, sizeof(path), "%s/%s", names_place(NAMES_KEYS), name);
	if (err == 0)
		err = lost_with(e, file, of);
	if (err == 0)
		err = note(e->audit, e, "erasing", &lost, "copy");
	if (err == 0)
		err = note(e->custody, e, "erased", &lost, "copy");
	if (err == 0)
		err = removal_take(e->root, e->name, path);
	if (err < 0)
		return err;
	e->report.keys++;
	const bool owed = e->wish->copy != NULL && !erase_copy(e, path);
	return note(e->audit, e, "erased", &lost, owed ? "owed" : "copy");
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
	if (err < 0 && e->wish->what == NULL)
		(void)rs_set_text(key.file, "events"); /* of which file it was cannot be told */
	else if (err < 0)
		return fail(e, path, err, "is no key");
	if (!is_meant(e->wish->what, key.file))
		return 0;
	err = erase_key(e, key.file, name);
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
	return err;
}

static int open_custody(const struct erasing *e, const char *path, struct custody **out_custody)
{
	char why[CUSTODY_WHY_LEN];
	const int err = custody_open(path, CUSTODY_WRITE, why, out_custody);
	if (err < 0)
		return fail(e, path, err, why);
	custody_sign_with(*out_custody, e->wish->signer);
	return 0;
}

static int check_holds(const struct erasing *e)
{
	char reason[CUSTODY_REASON_MAX + 1];
	const struct custody_hold *hold = custody_hold(e->custody, 0);
	if (hold == NULL && !second_holds(&e->second, e->name, reason))
		return 0;
	return fail(e, e->directory, -EBUSY, hold != NULL ? hold->reason : reason);
}

static void tell_paid(void *ctx, const struct second_paid *paid)
{
	struct erasing *e = ctx;
	e->report.copies += paid->err == 0;
	e->report.owed += paid->err < 0;
	if (paid->err < 0)
		(void)rs_copy_string(
			e->report.copy, sizeof(e->report.copy), paid->why); /* may be cut */
}

static int destroy(struct erasing *e)
{
	char file[ARCHIVE_PATH_LEN];
	int err = check_holds(e);
	if (err == 0)
		err = erase_all(e);
	if (err == 0 && second_is_there(&e->second))
		err = second_settle(
			&e->second, e->audit, e->name, e->wish->by, e->wish->wall_ms, tell_paid, e);
	if (err < 0)
		return err;
	if (rs_format(file, sizeof(file), "%s/%s", e->name, names_place(NAMES_CUSTODY)) == 0)
		second_bring(&e->second, file);
	second_bring(&e->second, CUSTODY_AUDIT);
	if (e->report.keys + e->report.copies + e->report.owed == 0)
		return fail(e, e->directory, -ENOENT, "no such key is there");
	return 0;
}

static int erase_at(struct erasing *e)
{
	RS_CLEANUP(custody_freep) struct custody *audit = NULL;
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	char path[ARCHIVE_PATH_LEN];
	int err = vault_is_used(e->directory)
			  ? rs_format(path, sizeof(path), "%s/" CUSTODY_AUDIT, e->root)
			  : fail(e, e->directory, -ENOENT, "no encrypted session is there");
	if (err == 0)
		err = open_custody(e, path, &audit);
	if (err == 0)
		err = names_path(e->directory, NAMES_CUSTODY, path);
	if (err == 0)
		err = open_custody(e, path, &custody);
	if (err < 0)
		return err;
	second_find(e->root, e->wish->copy, false, &e->second);
	e->audit = audit;
	e->custody = custody;
	return destroy(e);
}

int archive_erase(
	const struct erase_wish *wish, struct erase_report *out_report, char why[UNSEAL_WHY_LEN])
{
	char root[ARCHIVE_PATH_LEN];
	char *real = realpath(wish->directory, NULL); /* the audit names it as it is called */
	struct erasing e = { .wish = wish, .directory = real, .root = root, .why = why };
	why[0] = '\0';
	if (real == NULL)
		return fail(&e, wish->directory, -errno, "");
	const char *slash = strrchr(real, '/');
	e.name = slash + 1;
	int err = rs_copy_text(root, sizeof(root), real, slash > real ? (size_t)(slash - real) : 1)
			  ? 0
			  : -ENAMETOOLONG;
	if (err == 0)
		err = erase_at(&e);
	if (err == 0)
		*out_report = e.report;
	free(real);
	return err;
}
