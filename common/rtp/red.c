#include "common/rtp/red.h"

#include <errno.h>

/* RFC 2198 section 3. A header for each block, the primary's last and short; then the blocks.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1|   block PT  |     timestamp offset      |   block length    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0|   block PT  |
 * +-+-+-+-+-+-+-+-+
 */
#define FOLLOWED 0x80U

static int headers_parse(struct rs_reader *reader, struct red *red)
{
	for (;;) {
		const uint8_t first = rs_read_u8(reader);
		if ((first & FOLLOWED) == 0) {
			red->primary.pt = first & 0x7f;
			return reader->failed ? -EBADMSG : 0;
		}
		const uint32_t rest = rs_read_u24(reader);
		if (red->n_redundant == RED_BLOCKS_MAX)
			return -E2BIG;
		red->redundant[red->n_redundant++] = (struct red_block){
			.pt = first & 0x7f,
			.offset = (uint16_t)(rest >> 10),
			.len = rest & RED_LEN_MAX,
		};
	}
}

int red_parse(const uint8_t *payload, size_t len, struct red *out_red)
{
	struct rs_reader reader;
	struct red red = { .n_redundant = 0 };

	rs_reader_init(&reader, payload, len);
	const int err = headers_parse(&reader, &red);
	if (err < 0)
		return err;
	for (size_t i = 0; i < red.n_redundant; i++)
		red.redundant[i].data_view = rs_read_view(&reader, red.redundant[i].len);
	if (reader.failed)
		return -EBADMSG;
	red.primary.len = rs_reader_left(&reader);
	red.primary.data_view = rs_read_view(&reader, red.primary.len);
	*out_red = red;
	return 0;
}

void red_write(struct rs_writer *writer, const struct red *red)
{
	for (size_t i = 0; i < red->n_redundant; i++) {
		const struct red_block *block = &red->redundant[i];
		if (block->offset > RED_OFFSET_MAX || block->len > RED_LEN_MAX)
			writer->failed = true;
		rs_write_u8(writer, (uint8_t)(FOLLOWED | (block->pt & 0x7fU)));
		rs_write_u24(writer, (uint32_t)(block->offset & RED_OFFSET_MAX) << 10 |
					     (block->len & RED_LEN_MAX));
	}
	rs_write_u8(writer, red->primary.pt & 0x7f);
	for (size_t i = 0; i < red->n_redundant; i++)
		rs_write_bytes(writer, red->redundant[i].data_view, red->redundant[i].len);
	rs_write_bytes(writer, red->primary.data_view, red->primary.len);
}
