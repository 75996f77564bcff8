/* recorder/io/space.h
 *
 * The room on a file system, asked for on the loop's pool: on a slow disk the question itself takes long.
 */
#ifndef ROSTRUM_RECORDER_IO_SPACE_H
#define ROSTRUM_RECORDER_IO_SPACE_H

#include "common/base/mem.h"

#include <uv.h>

struct space {
	uint64_t free; /* octets; both 0 until the first answer, and after one that failed */
	uint64_t total;
	/* private */
	uv_loop_t *loop;
	uv_work_t work;
	const char *path;
	bool busy;
	uint64_t answer[2];
};

/* `path` is borrowed, and has to live as long as the loop runs, as `space` has. */
void space_init(struct space *space, uv_loop_t *loop, const char *path);
/* Ask, unless the last answer is still to come. */
void space_look(struct space *space);
/* At once: octets free, or a negative errno; `out_total` may be NULL. */
int64_t space_read(const char *path, uint64_t *out_total);

#endif
