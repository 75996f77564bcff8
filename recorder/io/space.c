#include "recorder/io/space.h"

#include <errno.h>
#include <sys/statvfs.h>

int64_t space_read(const char *path, uint64_t *out_total)
{
	struct statvfs st;
	if (statvfs(path, &st) < 0)
		return -errno;
	if (out_total != NULL)
		*out_total = (uint64_t)st.f_blocks * st.f_frsize;
	return (int64_t)(st.f_bavail * st.f_frsize);
}

void space_init(struct space *space, uv_loop_t *loop, const char *path)
{
	*space = (struct space){ .loop = loop, .path = path };
}

static void ask(uv_work_t *work)
{
	struct space *space = work->data;
	const int64_t octets = space_read(space->path, &space->answer[1]);
	space->answer[0] = octets < 0 ? 0 : (uint64_t)octets;
	if (octets < 0)
		space->answer[1] = 0;
}

static void answered(uv_work_t *work, int status)
{
	struct space *space = work->data;
	space->busy = false;
	space->free = space->answer[0];
	space->total = space->answer[1];
}

void space_look(struct space *space)
{
	if (space->busy)
		return;
	space->work.data = space;
	space->busy = uv_queue_work(space->loop, &space->work, ask, answered) == 0;
}
