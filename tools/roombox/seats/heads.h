/* tools/roombox/seats/heads.h
 *
 * The heads of a room's cameras, which turn: each one's machine (visca.h) with a UDP socket of its own, that hears its camera alone. Nothing
 * here waits: whoever plays sound may drive it. What happens to a camera is told once in the log. Allocates at birth only.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_HEADS_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_HEADS_H

#include "common/base/addr.h"
#include "common/base/text.h"
#include "tools/roombox/seats/visca.h"

#define HEADS_MAX 8U

struct heads;

struct heads_camera {
	const char *camera; /* its name; copied */
	struct rs_addr address;
};

/* 0; -E2BIG (over HEADS_MAX), -EINVAL (a name too long), -EIO (no socket), -ENOMEM. */
int heads_new(const struct heads_camera *cameras, size_t n, rs_time now,
	struct heads **out_heads) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct heads *heads_free(struct heads *heads);
/* As visca_recall(). False: no head has a camera of this name. */
bool heads_recall(struct heads *heads, const char *camera, int preset, rs_time now);
/* Reads what came and sends what is due; what became of a preset is told one by one: 1, or 0 = nothing more now. */
int heads_poll(struct heads *heads, rs_time now, const char **out_camera_view, int *out_preset);

#endif
