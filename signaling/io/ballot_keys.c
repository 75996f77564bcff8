/* Keys of secret ballots on their way through libuv's worker threads: nobody waits for one but who opens its voting. */
#include "signaling/ballot/ballot.h"
#include "signaling/io/io_priv.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

struct making {
	uv_work_t work;
	struct io *io;
	uint64_t id; /* of the SERVICE_MAKE_BALLOT_KEY */
	int err;
	char path[PATH_MAX];
};

/* On a worker's thread, which has nothing else of the io. */
static void make(uv_work_t *work)
{
	struct making *making = work->data;
	making->err = ballot_key_make(making->path);
}

static void on_made(uv_work_t *work, int status)
{
	struct making *making = work->data;
	struct io *io = making->io;
	(void)status; /* nothing is ever cancelled */
	/* Else the io came to its end meanwhile: the file is there at the next start. */
	if (io->service != NULL) {
		service_ballot_key_made(io->service, making->id, making->err, io_moment());
		io_pump(io);
	}
	rs_release(making);
}

static int start(struct io *io, uint64_t id, struct message *path)
{
	struct making *making = rs_zalloc(sizeof(*making));
	if (making == NULL)
		return -ENOMEM;
	making->work.data = making;
	making->io = io;
	making->id = id;
	if (rs_copy_text(making->path, sizeof(making->path), (const char *)message_text(path),
		    path->len) &&
		uv_queue_work(&io->loop, &making->work, make, on_made) == 0)
		return 0;
	rs_release(making);
	return -ENOMEM;
}

void ballot_keys_make(struct io *io, uint64_t id, struct message *path)
{
	const int err = start(io, id, path);
	message_unref(path);
	if (err < 0)
		service_ballot_key_made(io->service, id, err, io_moment());
}
