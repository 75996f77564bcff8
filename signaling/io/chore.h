/* signaling/io/chore.h
 *
 * Work for a disk that may be slow or gone, on libuv's worker threads, two at a time: the other threads stay for what people wait for
 * (PINs, keys, uploads), whatever becomes of the disk. What is more waits in order.
 */
#ifndef ROSTRUM_SIGNALING_IO_CHORE_H
#define ROSTRUM_SIGNALING_IO_CHORE_H

#include <uv.h>

struct io;
struct chore;

typedef void chore_fn(struct chore *chore);

/* First member of what is to be done. */
struct chore {
	uv_work_t work;
	struct io *io;
	struct chore *next;
	chore_fn *run; /* on a worker's thread, which has nothing else of the io */
	chore_fn *
		done; /* on the loop: takes the chore. io->service is NULL when the io came to its end; it may not have run then */
};

/* Of io. */
struct chores {
	struct chore *first, *last; /* waiting */
	unsigned under_way;
};

/* Takes the chore, whose `run` and `done` are set. Never fails: what cannot be begun now waits. */
void chore_begin(struct io *io, struct chore *chore);

#endif
