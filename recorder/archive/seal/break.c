#include "common/evidence/files.h"
#include "recorder/archive/seal/seal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Seals broken before, at most. */
#define BROKEN_MAX 9999

/* "proof/manifest.003.sig" */
static const struct kept {
	enum names_place place;
	const char *stem;
	const char *ending;
} kept[] = {
	{ NAMES_MANIFEST, "manifest", "txt" },
	{ NAMES_SIGNED, "manifest", "sig" },
	{ NAMES_STAMPED, "manifest", "tsr" },
	{ NAMES_HEAD, "tree-head", "json" },
	{ NAMES_HEAD_SIGNED, "tree-head", "sig" },
	{ NAMES_HEAD_STAMPED, "tree-head", "tsr" },
};

static int kept_path(const char *directory, unsigned number, const struct kept *which,
	char out[ARCHIVE_PATH_LEN])
{
	return rs_format(out, ARCHIVE_PATH_LEN, "%s/%s/%s.%03u.%s", directory,
		names_place(NAMES_PROOF), which->stem, number, which->ending);
}

static int next_number(const char *directory, unsigned *out_number)
{
	for (unsigned n = 1; n <= BROKEN_MAX; n++) {
		char path[ARCHIVE_PATH_LEN];
		const int err = kept_path(directory, n, &kept[0], path);
		if (err < 0)
			return err;
		if (access(path, F_OK) < 0) {
			*out_number = n;
			return 0;
		}
	}
	return -E2BIG;
}

static int take_away(const char *directory, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = names_path(directory, place, path);
	if (err < 0)
		return err;
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

int seal_break(const char *directory)
{
	static const enum names_place gone[] = { NAMES_TAG_MANIFEST, NAMES_BAGIT, NAMES_BAG_INFO };
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(directory, NAMES_MANIFEST, path);
	if (err < 0 || (!seal_is_made(directory) && access(path, F_OK) < 0))
		return err;
	unsigned number = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(gone) && err == 0; i++)
		err = take_away(directory, gone[i]);
	if (err == 0)
		err = next_number(directory, &number);
	/* The manifest last: without it, what is left of a seal is not looked for again. */
	for (size_t i = RS_ARRAY_LEN(kept); i-- > 0 && err == 0;) {
		char to[ARCHIVE_PATH_LEN];
		err = names_path(directory, kept[i].place, path);
		if (err == 0)
			err = kept_path(directory, number, &kept[i], to);
		if (err == 0 && rename(path, to) < 0 && errno != ENOENT)
			err = -errno;
	}
	return err == 0 ? files_sync_directory(directory) : err;
}
