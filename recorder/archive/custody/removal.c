#include "recorder/archive/custody/removal.h"

#include "common/evidence/files.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a session that goes is called until all of it is gone: no session may be called so. */
#define GOING ".deleting-"

static int sync_folder_of(const char *path)
{
	char folder[ARCHIVE_PATH_LEN];
	(void)rs_set_text(folder, path); /* as long */
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	return files_sync_directory(folder);
}

int removal_tree(const char *path)
{
	char root[ARCHIVE_PATH_LEN];
	if (!rs_set_text(root, path))
		return -EINVAL;
	char *roots[] = { root, NULL }; /* fts wants to be able to write */
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (tree == NULL)
		return -errno;
	int err = 0;
	FTSENT *entry;
	while (err == 0 && (entry = fts_read(tree)) != NULL) {
		const bool folder = entry->fts_info == FTS_DP;
		if (entry->fts_info == FTS_D)
			continue;
		if ((folder ? rmdir(entry->fts_path) : unlink(entry->fts_path)) < 0)
			err = -errno;
	}
	(void)fts_close(tree); /* reads only */
	return err == 0 ? sync_folder_of(path) : err;
}

static int path_of(
	const char *root, const char *session, const char *path, char out[ARCHIVE_PATH_LEN])
{
	return rs_format(out, ARCHIVE_PATH_LEN, "%s/%s%s%s", root, session,
		path[0] != '\0' ? "/" : "", path);
}

int removal_take(const char *root, const char *session, const char *path)
{
	char full[ARCHIVE_PATH_LEN];
	char going[ARCHIVE_PATH_LEN];
	int err = path_of(root, session, path, full);
	if (err == 0 && path[0] != '\0')
		return unlink(full) < 0 ? -errno : sync_folder_of(full);
	if (err == 0)
		err = rs_format(going, sizeof(going), "%s/" GOING "%s", root, session);
	if (err == 0 && rename(full, going) < 0)
		err = -errno;
	return err == 0 ? removal_tree(going) : err;
}

bool removal_is_left(const char *root, const char *session, const char *path)
{
	char full[ARCHIVE_PATH_LEN];
	struct stat st;
	return path_of(root, session, path, full) == 0 && lstat(full, &st) == 0;
}

int removal_sweep(const char *root)
{
	DIR *dir = opendir(root);
	if (dir == NULL)
		return -errno;
	int err = 0;
	const struct dirent *entry;
	while (err == 0 && (entry = readdir(dir)) != NULL) {
		char path[ARCHIVE_PATH_LEN];
		if (strncmp(entry->d_name, GOING, sizeof(GOING) - 1) != 0)
			continue;
		err = rs_format(path, sizeof(path), "%s/%s", root, entry->d_name);
		if (err == 0)
			err = removal_tree(path);
	}
	(void)closedir(dir); /* read only */
	return err;
}
