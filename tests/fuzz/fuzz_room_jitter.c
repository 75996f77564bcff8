/* The room's jitter buffer: the input is a script of arrivals and of blocks played. Whatever comes, numbers are played in order, the rate
 * stays within its limits, and what is told adds up. */
#include "common/base/bytes.h"
#include "tools/roombox/hear/jitter.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLOCK 480

static void put(struct jitter *jitter, struct rs_reader *reader, rs_time now)
{
	uint8_t payload[4];
	const uint16_t seq = rs_read_u16(reader);
	const uint32_t ts = rs_read_u32(reader);
	const uint32_t duration = rs_read_u8(reader) * 120U;
	const size_t len = rs_read_u8(reader) % (sizeof(payload) + 1);
	memset(payload, seq & 0xFF, sizeof(payload));
	const struct jitter_packet packet = { seq, ts, duration, payload, len };
	(void)jitter_put(jitter, &packet, now);
}

static void pull(struct jitter *jitter, size_t *ahead, rs_time now)
{
	const double rate = jitter_rate(jitter, *ahead, BLOCK, now);
	if (!(rate >= 1 - 2 * JITTER_RATE_MOST && rate <= 1 + 2 * JITTER_RATE_MOST))
		abort();
	while (*ahead < BLOCK + 4) {
		struct jitter_out out = { .duration = 0 };
		switch (jitter_take(jitter, *ahead, now, &out)) {
		case JITTER_SILENCE:
			out.duration = BLOCK;
			break;
		case JITTER_CONCEAL:
			out.duration = JITTER_FRAME;
			break;
		case JITTER_PACKET:
		case JITTER_RECOVER:
			/* It is the last octet of its number that it holds. */
			for (size_t i = 1; i < out.len; i++) {
				if (out.data_view[i] != out.data_view[0])
					abort();
			}
			break;
		}
		if (out.duration == 0)
			abort();
		*ahead += out.duration;
	}
	*ahead -= BLOCK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct jitter_config config = { RS_MS(20), RS_MS(400) };
	struct jitter *jitter = NULL;
	struct rs_reader reader;
	rs_time now = 0;
	size_t ahead = 0;
	if (jitter_new(&config, &jitter) < 0)
		return 0;
	rs_reader_init(&reader, data, size);
	while (rs_reader_left(&reader) > 0) {
		const uint8_t op = rs_read_u8(&reader);
		now += RS_MS(op & 0x3F);
		if ((op & 0x40) != 0)
			put(jitter, &reader, now);
		if ((op & 0x80) != 0)
			pull(jitter, &ahead, now);
	}
	const struct jitter_stats *stats = jitter_stats(jitter);
	if (stats->recovered > stats->lost || stats->target < config.least ||
		stats->target > config.most)
		abort();
	jitter_free(jitter);
	return 0;
}
