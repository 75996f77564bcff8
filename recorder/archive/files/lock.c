#include "recorder/archive/files/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int lock_take(const char *directory, enum lock_mode mode, int *out_lock)
{
	const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*out_lock = fd;
	if (flock(fd, (mode == LOCK_ALONE ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
		return 0;
	const int err = errno == EWOULDBLOCK ? -EBUSY : 0;
	(void)close(fd); /* only looked at */
	*out_lock = -1;
	return err;
}

void lock_done(int lock)
{
	if (lock >= 0)
		(void)close(lock); /* only looked at */
}
