#include "recorder/programme/original.h"

#include "recorder/programme/strands.h"
#include "recorder/programme/window.h"

#include <errno.h>

/* The first track of a programme is its sound. */
#define SOUND 1

struct original {
	struct window window;
	struct reel *reel;
	enum depay_codec codec;
	struct reel_block block; /* that is next, */
	bool waits;              /* if it is read yet */
};

static int open_reel(struct original *original, const char *path)
{
	int err = window_open(path, &original->window);
	if (err < 0)
		return err;
	const struct reel_port port = window_port(&original->window);
	err = reel_new(&port, STRANDS_BLOCK_MAX, &original->reel);
	if (err < 0)
		return err;
	switch (reel_head(original->reel)->picture) {
	case MUX_VP8:
		original->codec = DEPAY_VP8;
		return 0;
	case MUX_VP9:
		original->codec = DEPAY_VP9;
		return 0;
	case MUX_OPUS:
	case MUX_H264:
	case MUX_AV1:
		break;
	}
	return -ENOENT;
}

int original_new(const char *path, struct original **out_original)
{
	struct original *original = rs_zalloc(sizeof(*original));
	if (original == NULL)
		return -ENOMEM;
	original->window.fd = -1;
	const int err = open_reel(original, path);
	if (err < 0) {
		original_free(original);
		return err;
	}
	*out_original = original;
	return 0;
}

struct original *original_free(struct original *original)
{
	if (original == NULL)
		return NULL;
	reel_free(original->reel);
	window_shut(&original->window);
	return rs_release(original);
}

enum depay_codec original_codec(const struct original *original)
{
	return original->codec;
}

static int read_picture(struct original *original)
{
	int got = 1;
	while (!original->waits && got == 1) {
		got = reel_next(original->reel, &original->block);
		original->waits = got == 1 && original->block.track != SOUND;
	}
	return got;
}

int original_next(struct original *original, int64_t until_ms, struct picture *out_picture)
{
	const struct reel_head *head = reel_head(original->reel);
	const struct reel_block *block = &original->block;
	const int got = read_picture(original);
	if (got < 1 || block->time_ms > until_ms)
		return got < 0 ? got : 0;
	original->waits = false;
	*out_picture = (struct picture){ .codec = original->codec,
		.time_ms = block->time_ms,
		.key = block->key,
		.width = block->key ? head->width : 0,
		.height = block->key ? head->height : 0,
		.data = block->data,
		.len = block->len };
	return 1;
}
