/* A camera's machine: the input is a script of presets that are wanted, of time that passes, and of what the camera answers, to the message
 * under way or to anything. Whatever comes, it says little at a time, only what it knows to say, and never spins. */
#include "tools/roombox/seats/visca.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* At one moment: a reset, a message, and what is told. */
#define AT_ONCE 8U

static void check_sent(const struct visca_output *out)
{
	struct visca_packet packet;
	if (visca_parse(out->data, out->len, &packet) < 0)
		abort();
	uint8_t again[VISCA_PACKET_MAX];
	if (visca_write(&packet, again) != out->len)
		abort();
	if (packet.type == VISCA_CONTROL
			? packet.seq != 0
			: packet.seq == 0 || packet.payload[packet.len - 1] != 0xFF)
		abort();
}

static void drain(struct visca *visca, rs_time now)
{
	struct visca_output out;
	size_t n = 0;
	while (visca_poll(visca, now, &out) == 1) {
		if (++n > AT_ONCE)
			abort();
		if (out.kind == VISCA_SEND)
			check_sent(&out);
		if ((out.kind == VISCA_RECALLED || out.kind == VISCA_FAILED) &&
			(out.preset < 0 || out.preset > VISCA_PRESET_MAX))
			abort();
	}
	if (visca_deadline(visca) <= now)
		abort();
}

/* Of `len` octets that follow, the head made to fit when `fits`. */
static void answer(struct visca *visca, struct rs_reader *reader, bool fits, rs_time now)
{
	const size_t len = rs_read_u8(reader) % 32;
	const uint8_t *octets = rs_read_view(reader, len);
	if (octets == NULL)
		return;
	if (!fits || len == 0 || len > VISCA_PAYLOAD_MAX) {
		(void)visca_recv(visca, octets, len, now); /* whatever it says */
		return;
	}
	struct visca_packet packet = {
		.type = octets[0] == 0x90 ? VISCA_REPLY : VISCA_CONTROL_REPLY,
		.seq = visca->packet.seq,
		.len = len,
	};
	for (size_t i = 0; i < len; i++)
		packet.payload[i] = octets[i];
	uint8_t data[VISCA_PACKET_MAX];
	(void)visca_recv(visca, data, visca_write(&packet, data), now); /* whatever it says */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct visca visca;
	struct rs_reader reader;
	rs_time now = 0;
	visca_init(&visca, now);
	rs_reader_init(&reader, data, size);
	while (rs_reader_left(&reader) > 0) {
		const uint8_t op = rs_read_u8(&reader);
		if (op < 0x40)
			now += RS_MS(op) * 100;
		else if (op < 0x80)
			visca_recall(&visca, op & 0x3F, now);
		else
			answer(&visca, &reader, op < 0xE0, now);
		drain(&visca, now);
	}
	return 0;
}
