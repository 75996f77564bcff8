/* WebM files that are read back: whatever is in them, blocks lie within the file and reading comes to an end. */
#include <stdlib.h>
#include <string.h>

#include "recorder/mux/reel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLOCK_MAX 4096

struct input {
	const uint8_t *data;
	size_t size;
};

static int64_t read_input(void *ctx, uint64_t offset, void *data, size_t len)
{
	const struct input *input = ctx;
	if (offset >= input->size)
		return 0;
	const size_t n = len < input->size - offset ? len : (size_t)(input->size - offset);
	memcpy(data, input->data + offset, n);
	return (int64_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { .data = data, .size = size };
	const struct reel_port port = { .read = read_input, .ctx = &input };
	struct reel *reel = NULL;
	struct reel_block block;
	size_t blocks = 0;
	if (reel_new(&port, BLOCK_MAX, &reel) < 0)
		return 0;
	/* Some begin in the middle. */
	if (size % 2 == 1 && reel_skip(reel, (int64_t)size) > 0)
		abort();
	while (reel_next(reel, &block) == 1) {
		static volatile uint8_t sum;
		if (block.len > BLOCK_MAX || ++blocks > size)
			abort();
		for (size_t i = 0; i < block.len; i++)
			sum = (uint8_t)(sum + block.data[i]);
	}
	reel_free(reel);
	return 0;
}
