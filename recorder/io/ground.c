#include "recorder/io/ground.h"

#include "common/log/log.h"
#include "recorder/io/space.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int ground_check(const char *root, uint64_t free_min)
{
	const bool absent = mkdir(root, 0750) < 0 && errno != EEXIST;
	int err = absent ? -errno : 0;
	const int64_t space = err == 0 ? space_read(root, NULL) : 0;
	if (err == 0 && space < 0)
		err = (int)space;
	if (err == 0 && access(root, W_OK | X_OK) < 0)
		err = -errno;
	if (err == 0 && (uint64_t)space < free_min)
		err = -ENOSPC;
	if (err < 0)
		log_error(LOG_MAIN, NULL, "archive.directory cannot be used path=%s why=\"%s\"",
			root, strerror(-err));
	return err;
}

/* Two files a track: the usual 1024 are soon used up. */
void ground_raise_files(uint64_t files)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= files)
		return;
	limit.rlim_cur = files < limit.rlim_max ? files : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning(LOG_MAIN, NULL, "limit of open files cannot be raised why=\"%s\"",
			strerror(errno));
}
