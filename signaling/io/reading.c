#include "signaling/io/reading.h"

#include "signaling/io/chore.h"

#include <unistd.h>

/* Octets of a piece. */
#define PIECE ((size_t)64 << 10)

struct reading {
	struct chore chore;
	struct request *request; /* NULL = it is gone */
	int fd;
	uint64_t at, left; /* not read yet */
	bool working;
	ssize_t len; /* of the piece that waits for the socket; 0 = none; -1 = it could not be read */
	uint8_t room[LWS_PRE + PIECE];
};

static void reading_free(struct reading *reading)
{
	reading->chore.io->readings--;
	(void)close(reading->fd); /* read only */
	rs_release(reading);
}

static void read_piece(struct chore *chore)
{
	struct reading *reading = (struct reading *)chore;
	const size_t want = reading->left < PIECE ? (size_t)reading->left : PIECE;
	const ssize_t len = pread(reading->fd, reading->room + LWS_PRE, want, (off_t)reading->at);
	reading->len = len > 0 ? len : -1; /* the length was told: what is missing must be seen */
}

static void on_piece(struct chore *chore)
{
	struct reading *reading = (struct reading *)chore;
	reading->working = false;
	if (reading->request == NULL || chore->io->service == NULL) {
		if (reading->request != NULL)
			reading->request->reading = NULL;
		reading_free(reading);
		return;
	}
	if (reading->len > 0) {
		reading->at += (uint64_t)reading->len;
		reading->left -= (uint64_t)reading->len;
	}
	(void)lws_callback_on_writable(reading->request->wsi); /* fails for a dead socket only */
}

static void read_next(struct reading *reading)
{
	reading->working = true;
	chore_begin(reading->chore.io, &reading->chore);
}

void reading_answer(struct request *request, unsigned status, const char *type, int file,
	uint64_t first, uint64_t len)
{
	struct io *io = request->io;
	struct reading *reading = io->readings < READINGS_MAX ? rs_zalloc(sizeof(*reading)) : NULL;
	if (reading == NULL) {
		(void)close(file); /* read only */
		http_add_header(request, "retry-after:", "2");
		http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
			"More files than are given out at a time. Please wait a moment.");
		return;
	}
	io->readings++;
	*reading = (struct reading){ .chore = { .io = io, .run = read_piece, .done = on_piece },
		.request = request,
		.fd = file,
		.at = first,
		.left = len };
	request->reading = reading;
	request->reading_len = len;
	http_answer(request, status, type);
}

void reading_begin(struct request *request)
{
	read_next(request->reading);
}

int reading_write(struct request *request)
{
	struct reading *reading = request->reading;
	if (reading->working || reading->len == 0)
		return 0; /* called for something else; while it works, all but `working` is the thread's */
	if (reading->len < 0)
		return -1;
	const size_t len = (size_t)reading->len;
	const bool last = reading->left == 0;
	/* libwebsockets copies what the socket does not take, and calls back when it is gone. */
	if (lws_write(request->wsi, reading->room + LWS_PRE, len,
		    last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)len)
		return -1;
	reading->len = 0;
	if (last)
		return 1;
	read_next(reading);
	return 0;
}

void reading_end(struct request *request)
{
	struct reading *reading = request->reading;
	if (reading == NULL)
		return;
	request->reading = NULL;
	reading->request = NULL;
	if (!reading->working)
		reading_free(reading);
}
