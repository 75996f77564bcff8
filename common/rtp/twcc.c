#include "common/rtp/twcc.h"

#include <errno.h>

/* Symbols of a packet status; section 3.1.1. */
enum symbol {
	SYMBOL_LOST,
	SYMBOL_SMALL, /* delta in one octet, 0 to 255 */
	SYMBOL_LARGE, /* delta in two octets, signed */
	SYMBOL_RESERVED,
};

/* A run pays from as many equal symbols as a vector of two-bit symbols holds. */
#define VECTOR_2BIT 7
#define VECTOR_1BIT 14
#define RUN_MAX 0x1fff

/* What the statuses of one feedback say, as they are read. */
struct statuses {
	struct twcc_feedback *out;
	size_t count; /* the packet claims to tell of so many */
	size_t n;     /* read */
};

static int symbol_add(struct statuses *statuses, enum symbol symbol)
{
	if (symbol == SYMBOL_RESERVED)
		return -EBADMSG;
	if (statuses->n < statuses->out->n_packets)
		/* The symbol waits in `delta` until the deltas are read. */
		statuses->out->arrivals[statuses->n] =
			(struct twcc_arrival){ .received = symbol != SYMBOL_LOST,
				.delta = (int32_t)symbol };
	statuses->n++;
	return 0;
}

/* Section 3.1.3: |0|S S| run length |; section 3.1.4: |1|S| 14 symbols of one bit or 7 of two |. */
static int chunk_parse(uint16_t chunk, struct statuses *statuses)
{
	if ((chunk & 0x8000) == 0) {
		const enum symbol symbol = (enum symbol)((chunk >> 13) & 3);
		const unsigned run = chunk & RUN_MAX;
		if (run == 0)
			return -EBADMSG;
		for (unsigned i = 0; i < run && statuses->n < statuses->count; i++) {
			const int err = symbol_add(statuses, symbol);
			if (err < 0)
				return err;
		}
		return 0;
	}
	const bool two_bits = (chunk & 0x4000) != 0;
	const unsigned width = two_bits ? 2 : 1;
	const unsigned most = two_bits ? VECTOR_2BIT : VECTOR_1BIT;
	for (unsigned i = 0; i < most && statuses->n < statuses->count; i++) {
		const unsigned shift = 14 - (i + 1) * width;
		const int err = symbol_add(
			statuses, (enum symbol)((unsigned)chunk >> shift & (two_bits ? 3U : 1U)));
		if (err < 0)
			return err;
	}
	return 0;
}

static int deltas_parse(struct rs_reader *reader, struct twcc_feedback *out)
{
	for (size_t i = 0; i < out->n_packets; i++) {
		struct twcc_arrival *arrival = &out->arrivals[i];
		if (arrival->delta == SYMBOL_SMALL)
			arrival->delta = rs_read_u8(reader);
		else if (arrival->delta == SYMBOL_LARGE)
			arrival->delta = (int16_t)rs_read_u16(reader);
	}
	return reader->failed ? -EBADMSG : 0;
}

/* Section 3.1, after the two SSRCs:
 *
 * |      base sequence number     |      packet status count      |
 * |                 reference time                | fb pkt. count |
 * |          packet chunks, 16 bits each ...                      |
 * |          receive deltas, 8 or 16 bits each ...                |
 */
int twcc_parse(const struct rtcp_feedback *feedback, struct twcc_feedback *out_feedback)
{
	struct rs_reader reader;
	struct twcc_feedback out = { .sender_ssrc = feedback->sender_ssrc,
		.media_ssrc = feedback->media_ssrc };
	struct statuses statuses = { .out = &out };

	rs_reader_init(&reader, feedback->fci_view, feedback->fci_len);
	out.base_seq = rs_read_u16(&reader);
	statuses.count = rs_read_u16(&reader);
	/* After an outage a receiver may tell of more: what it tells first is what the estimate needs. */
	out.n_packets = statuses.count < TWCC_PACKETS_MAX ? statuses.count : TWCC_PACKETS_MAX;
	out.reference = rs_read_u24(&reader);
	out.feedback_count = rs_read_u8(&reader);
	while (statuses.n < statuses.count) {
		const uint16_t chunk = rs_read_u16(&reader);
		if (reader.failed)
			return -EBADMSG;
		const int err = chunk_parse(chunk, &statuses);
		if (err < 0)
			return err;
	}
	const int err = deltas_parse(&reader, &out);
	if (err < 0)
		return err;
	*out_feedback = out;
	return 0;
}

static enum symbol symbol_of(const struct twcc_arrival *arrival)
{
	if (!arrival->received)
		return SYMBOL_LOST;
	return arrival->delta >= 0 && arrival->delta <= 255 ? SYMBOL_SMALL : SYMBOL_LARGE;
}

static size_t run_of(const struct twcc_feedback *feedback, size_t from)
{
	const enum symbol symbol = symbol_of(&feedback->arrivals[from]);
	size_t n = 1;

	while (from + n < feedback->n_packets && n < RUN_MAX &&
		symbol_of(&feedback->arrivals[from + n]) == symbol)
		n++;
	return n;
}

/* The chunk for the packets from `from`; *out_n = how many it covers. */
static uint16_t chunk_at(const struct twcc_feedback *feedback, size_t from, size_t *out_n)
{
	const size_t run = run_of(feedback, from);
	unsigned chunk = 0xc000;

	if (run >= VECTOR_2BIT || from + run == feedback->n_packets) {
		*out_n = run;
		return (uint16_t)((unsigned)symbol_of(&feedback->arrivals[from]) << 13 | run);
	}
	for (size_t i = 0; i < VECTOR_2BIT && from + i < feedback->n_packets; i++)
		chunk |= (unsigned)symbol_of(&feedback->arrivals[from + i]) << (12 - 2 * i);
	*out_n = VECTOR_2BIT;
	return (uint16_t)chunk;
}

static size_t body_len(const struct twcc_feedback *feedback)
{
	size_t len = 8 + 8; /* SSRCs; head of the FCI */

	for (size_t from = 0, n = 0; from < feedback->n_packets; from += n) {
		(void)chunk_at(feedback, from, &n); /* only counted here */
		len += 2;
	}
	for (size_t i = 0; i < feedback->n_packets; i++)
		len += symbol_of(&feedback->arrivals[i]);
	return len;
}

static void write_deltas(struct rs_writer *writer, const struct twcc_feedback *feedback)
{
	for (size_t i = 0; i < feedback->n_packets; i++) {
		const struct twcc_arrival *arrival = &feedback->arrivals[i];
		const enum symbol symbol = symbol_of(arrival);
		if (symbol == SYMBOL_SMALL)
			rs_write_u8(writer, (uint8_t)arrival->delta);
		else if (symbol == SYMBOL_LARGE)
			rs_write_u16(writer, (uint16_t)arrival->delta);
	}
}

void twcc_write(struct rs_writer *writer, const struct twcc_feedback *feedback)
{
	const size_t len = body_len(feedback);
	const size_t zeros = (4 - len % 4) % 4;

	/* Zero octets to the word, as browsers do, rather than RTCP padding: the status count says where deltas end. */
	rtcp_write_head(writer, RTCP_RTPFB, RTCP_FMT_TWCC, len + zeros);
	rs_write_u32(writer, feedback->sender_ssrc);
	rs_write_u32(writer, feedback->media_ssrc);
	rs_write_u16(writer, feedback->base_seq);
	rs_write_u16(writer, (uint16_t)feedback->n_packets);
	rs_write_u24(writer, feedback->reference & 0xffffff);
	rs_write_u8(writer, feedback->feedback_count);
	for (size_t from = 0, n = 0; from < feedback->n_packets; from += n)
		rs_write_u16(writer, chunk_at(feedback, from, &n));
	write_deltas(writer, feedback);
	rs_write_zero(writer, zeros);
}
