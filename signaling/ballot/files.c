/* Keys as files: made, read, and those that nobody needs any more. */
#include "signaling/ballot/ballot.h"

#include "common/base/text.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_BEGIN "ballot-"
#define NAME_END ".pem"
#define PART_END ".part"

/* That a file stands under its name outlasts the loss of power only with its folder. */
static bool flush_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	if (rs_format(folder, sizeof(folder), "%.*s/", slash != NULL ? (int)(slash - path) : 1,
		    slash != NULL ? path : ".") < 0)
		return false;
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	const bool flushed = fsync(fd) == 0;
	(void)close(fd); /* read only */
	return flushed;
}

/* Whole and flushed under its name, or not at all: a ballot is opened only once its key is kept. */
static int keep(const char *path, EVP_PKEY *pkey)
{
	char part[PATH_MAX];
	if (rs_format(part, sizeof(part), "%s" PART_END, path) < 0)
		return -EIO;
	const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -EIO;
	FILE *file = fdopen(fd, "w");
	bool done = file != NULL &&
		    PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL) == 1 &&
		    fflush(file) == 0 && fsync(fd) == 0;
	if (file != NULL)
		done = fclose(file) == 0 && done;
	else
		(void)close(fd); /* nothing was written */
	done = done && rename(part, path) == 0 && flush_folder(path);
	if (!done)
		(void)unlink(part); /* it may hold a part of the key; the error is told anyway */
	return done ? 0 : -EIO;
}

int ballot_key_make(const char *path)
{
	EVP_PKEY *pkey = EVP_RSA_gen(BALLOT_RSA_LEN * CHAR_BIT);
	if (pkey == NULL)
		return -ENOMEM;
	const int err = keep(path, pkey);
	EVP_PKEY_free(pkey);
	return err;
}

int ballot_key_open(const char *path, struct ballot_key **out_key)
{
	char pem[BALLOT_PEM_MAX];
	FILE *file = fopen(path, "rbe");
	if (file == NULL)
		return errno == ENOENT ? -ENOENT : -EIO;
	const size_t len = fread(pem, 1, sizeof(pem), file);
	int err = ferror(file) != 0 ? -EIO : 0;
	(void)fclose(file); /* read only */
	if (err == 0)
		err = ballot_key_read(pem, len, out_key);
	rs_wipe(pem, sizeof(pem));
	return err == -EBADMSG ? -EIO : err;
}

static bool ends_with(const char *name, const char *end)
{
	const size_t len = strlen(name);
	const size_t end_len = strlen(end);
	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

static bool is_ours(const char *name)
{
	return strncmp(name, NAME_BEGIN, sizeof(NAME_BEGIN) - 1) == 0 &&
	       (ends_with(name, NAME_END) || ends_with(name, NAME_END PART_END));
}

int ballot_keys_sweep(const char *folder, ballot_keep_fn *keeps, void *ctx)
{
	char path[PATH_MAX];
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return -EIO;
	int removed = 0;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_ours(entry->d_name) ||
			rs_format(path, sizeof(path), "%s/%s", folder, entry->d_name) < 0 ||
			keeps(ctx, path))
			continue;
		if (unlink(path) == 0)
			removed++;
	}
	(void)closedir(dir); /* read only */
	return removed;
}
