#include "signaling/auth/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTROPY_LEN (AUTH_SECRET_LEN / 2)

static int fail(const char *path, const char *what, int err, char error[AUTH_ERROR_LEN])
{
	(void)snprintf(error, AUTH_ERROR_LEN, "%.180s: %s", path, what);
	return err;
}

/* Written whole and flushed before it is used, so that a crash never leaves half a secret behind. */
static int make(const char *path, struct rs_rand *rand)
{
	uint8_t secret[ENTROPY_LEN];
	char hex[AUTH_SECRET_LEN + 1];
	char part[4096];
	if (rs_format(part, sizeof(part), "%s.part", path) < 0)
		return -EIO;
	const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -EIO;

	rs_rand_bytes(rand, secret, sizeof(secret));
	rs_hex_encode(secret, sizeof(secret), hex);
	hex[AUTH_SECRET_LEN] = '\n';
	bool done = write(fd, hex, sizeof(hex)) == (ssize_t)sizeof(hex) && fsync(fd) == 0;
	rs_wipe(secret, sizeof(secret));
	rs_wipe(hex, sizeof(hex));
	done = close(fd) == 0 && done;
	/* link() and not rename(): of two that start at once, the first one's secret stays. */
	done = done && (link(part, path) == 0 || errno == EEXIST);
	(void)unlink(part); /* a left-over part is overwritten next time */
	return done ? 0 : -EIO;
}

int auth_secret_load(const char *path, struct rs_rand *rand, uint8_t out_secret[AUTH_SECRET_LEN],
	char error[AUTH_ERROR_LEN])
{
	if (access(path, F_OK) != 0 && make(path, rand) < 0)
		return fail(path, strerror(errno), -EIO, error);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(path, strerror(errno), -EIO, error);

	struct stat status;
	char hex[AUTH_SECRET_LEN + 2];
	uint8_t entropy[ENTROPY_LEN];
	const bool known = fstat(fd, &status) == 0;
	const ssize_t got = read(fd, hex, sizeof(hex));
	(void)close(fd); /* read only */
	int err = 0;
	if (!known || got < 0)
		err = fail(path, "cannot be read", -EIO, error);
	else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		err = fail(path, "must be readable by its owner only (mode 0600)", -EACCES, error);
	else if (got < (ssize_t)AUTH_SECRET_LEN ||
		 (got > (ssize_t)AUTH_SECRET_LEN && hex[AUTH_SECRET_LEN] != '\n') ||
		 rs_hex_decode(hex, AUTH_SECRET_LEN, entropy, sizeof(entropy)) < 0)
		err = fail(path, "is no secret of 64 hex digits", -EBADMSG, error);
	if (err == 0)
		memcpy(out_secret, hex, AUTH_SECRET_LEN);
	rs_wipe(entropy, sizeof(entropy));
	rs_wipe(hex, sizeof(hex));
	return err;
}
