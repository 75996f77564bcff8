/* RFC 2198 payloads: every block lies within the packet, and what is written is what was read. */
#include <stdlib.h>
#include <string.h>

#include "common/rtp/red.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_block(const struct red_block *block, const uint8_t *data, size_t size)
{
	if (block->data_view < data || block->data_view + block->len > data + size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[4096];
	struct rs_writer writer;
	struct red red;

	if (size > sizeof(out) || red_parse(data, size, &red) < 0)
		return 0;
	size_t blocks = red.primary.len + RED_PRIMARY_HEADER_LEN;
	for (size_t i = 0; i < red.n_redundant; i++) {
		check_block(&red.redundant[i], data, size);
		blocks += red.redundant[i].len + RED_HEADER_LEN;
	}
	check_block(&red.primary, data, size);
	if (blocks != size)
		abort();
	rs_writer_init(&writer, out, sizeof(out));
	red_write(&writer, &red);
	if (writer.failed || writer.len != size || memcmp(out, data, size) != 0)
		abort();
	return 0;
}
