#include "recorder/io/key.h"

#include "common/base/text.h"
#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_key(int fd, const char *path, uint8_t out_seed[RS_SIGN_SEED_LEN])
{
	char pem[RS_SIGN_SECRET_PEM_LEN + 1];
	struct stat st;
	if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0)
		log_warning(LOG_MAIN, NULL, "key that signs archives is readable by others path=%s",
			path);
	const ssize_t n = read(fd, pem, sizeof(pem));
	const int err = n < 0 ? -errno : rs_sign_parse_secret(pem, (size_t)n, out_seed);
	rs_wipe(pem, sizeof(pem));
	return err;
}

/* A torn key would be of no use to anybody: it is made beside and takes its name when it is whole. */
static int write_key(const char *path, const char *pem)
{
	char draft[1100];
	int err = rs_format(draft, sizeof(draft), "%s.new", path);
	if (err < 0)
		return err;
	const int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	const ssize_t len = (ssize_t)strlen(pem);
	const ssize_t n = write(fd, pem, (size_t)len);
	err = n < 0 ? -errno : (n < len ? -ENOSPC : 0);
	if (err == 0 && (fchmod(fd, 0600) < 0 || fsync(fd) < 0))
		err = -errno;
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && link(draft, path) < 0) /* never over another */
		err = -errno;
	(void)unlink(draft); /* best effort: it is written anew next time */
	return err;
}

static int make_key(const char *path, struct rs_rand *rand, uint8_t out_seed[RS_SIGN_SEED_LEN])
{
	char pem[RS_SIGN_SECRET_PEM_LEN];
	rs_rand_bytes(rand, out_seed, RS_SIGN_SEED_LEN);
	rs_sign_write_secret(out_seed, pem);
	const int err = write_key(path, pem);
	rs_wipe(pem, sizeof(pem));
	if (err == 0)
		log_info(LOG_MAIN, NULL, "key that signs archives made path=%s", path);
	return err;
}

int key_load(const char *path, struct rs_rand *rand, uint8_t out_seed[RS_SIGN_SEED_LEN])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? make_key(path, rand, out_seed) : -errno;
	const int err = read_key(fd, path, out_seed);
	(void)close(fd); /* read only */
	return err;
}
