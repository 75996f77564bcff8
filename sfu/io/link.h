/* sfu/io/link.h
 *
 * The control connection: connects to signaling, again for ever when it is lost, and carries
 * messages between the socket and the control machine. One thread.
 */
#ifndef ROSTRUM_SFU_IO_LINK_H
#define ROSTRUM_SFU_IO_LINK_H

#include "common/base/time.h"
#include "sfu/control/control.h"

#include <uv.h>

struct link;

/* Copies the path, looks at `control`, which outlives it. The first attempt is made in the first
 * link_input(). 0 or -ENOMEM. */
int link_new(uv_loop_t *loop, const char *path, struct control *control,
	struct link **out_link) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct link *link_free(struct link *link);
/* Connects when it is time; reads and obeys what came. */
void link_input(struct link *link, rs_time now);
/* Sends what the control machine has to say. */
void link_output(struct link *link, rs_time now);
/* When link_input() must be called without anything to read. */
rs_time link_deadline(const struct link *link);

#endif
