#include "common/evidence/merkle_levels.h"

#include "common/base/mem.h"

#include <errno.h>
#include <string.h>

struct merkle_levels {
	size_t n;
	uint64_t sizes[MERKLE_LEVELS + 1];
	struct merkle_hash *nodes[MERKLE_LEVELS + 1];
};

/* The level above the last. */
static int add_level(struct merkle_levels *levels)
{
	const struct merkle_hash *below = levels->nodes[levels->n - 1];
	const uint64_t n = levels->sizes[levels->n - 1];
	const uint64_t size = n / 2 + n % 2;
	struct merkle_hash *nodes = rs_calloc(size, sizeof(*nodes));
	if (nodes == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < n / 2; i++)
		nodes[i] = merkle_node(&below[2 * i], &below[2 * i + 1]);
	if (n % 2 != 0)
		nodes[size - 1] = below[n - 1];
	levels->nodes[levels->n] = nodes;
	levels->sizes[levels->n++] = size;
	return 0;
}

int merkle_levels_new(
	const struct merkle_hash *leaves, uint64_t size, struct merkle_levels **out_levels)
{
	if (size == 0 || size > MERKLE_SIZE_MAX)
		return -EINVAL;
	struct merkle_levels *levels = rs_zalloc(sizeof(*levels));
	if (levels == NULL)
		return -ENOMEM;
	levels->nodes[0] = rs_calloc(size, sizeof(*leaves));
	int err = levels->nodes[0] != NULL ? 0 : -ENOMEM;
	if (err == 0) {
		memcpy(levels->nodes[0], leaves, size * sizeof(*leaves));
		levels->sizes[0] = size;
		levels->n = 1;
	}
	while (err == 0 && levels->sizes[levels->n - 1] > 1)
		err = add_level(levels);
	if (err < 0) {
		merkle_levels_free(levels);
		return err;
	}
	*out_levels = levels;
	return 0;
}

struct merkle_levels *merkle_levels_free(struct merkle_levels *levels)
{
	if (levels == NULL)
		return NULL;
	for (size_t i = 0; i < RS_ARRAY_LEN(levels->nodes); i++)
		rs_release(levels->nodes[i]);
	return rs_release(levels);
}

int merkle_levels_prove(
	const struct merkle_levels *levels, uint64_t index, struct merkle_proof *out_proof)
{
	if (index >= levels->sizes[0])
		return -EINVAL;
	out_proof->n = 0;
	for (size_t i = 0; i + 1 < levels->n; i++) {
		const uint64_t beside = index ^ 1;
		if (beside < levels->sizes[i])
			out_proof->path[out_proof->n++] = levels->nodes[i][beside];
		index >>= 1;
	}
	return 0;
}
