/* tests/fuzz/fuzz_depay.c
 *
 * Octets as a script of RTP payloads through ingest and depay: one octet for the codec, and for each
 * packet one octet of flags, one of the
 * sequence number's step, two of the timestamp's, one of length, then the payload. Whatever comes,
 * each frame is within its limits, sound never runs backwards further than its packets do, and every
 * packet is accounted for.
 */
#include "common/base/bytes.h"
#include "recorder/depay/depay.h"
#include "recorder/ingest/ingest.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_MAX 4096
#define WALL INT64_C(1795305600000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
	enum depay_codec codec;
	struct ingest *ingest;
	struct depay *depay;
	struct clock_base base;
	rs_time now;
	uint16_t seq;
	uint32_t rtp_ts;
	int64_t last_seq;
	int64_t last_time_us;
	uint64_t taken;
	uint64_t lost;
	uint64_t skipped;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Each unit of H.264 is where the length before it says (ISO/IEC 14496-15 section 5.3.4). */
static void check_units(const struct depay_frame *frame)
{
	struct rs_reader reader;
	rs_reader_init(&reader, frame->data, frame->len);
	while (rs_reader_left(&reader) > 0) {
		const uint32_t len = rs_read_u32(&reader);
		check(len > 0 && rs_read_view(&reader, len) != NULL);
	}
}

/* Each OBU has its size (AV1 specification section 5.2), and none is a temporal delimiter. */
static void check_obus(const struct depay_frame *frame)
{
	struct rs_reader reader;
	rs_reader_init(&reader, frame->data, frame->len);
	while (rs_reader_left(&reader) > 0) {
		const uint8_t head = rs_read_u8(&reader);
		check((head & 0x82) == 0x02 && (head >> 3 & 0x0f) != 2);
		rs_read_skip(&reader, (head & 0x04) != 0 ? 1 : 0);
		uint64_t size = 0;
		uint8_t octet = 0x80;
		for (unsigned shift = 0; (octet & 0x80) != 0; shift += 7) {
			octet = rs_read_u8(&reader);
			size |= (uint64_t)(octet & 0x7f) << shift;
		}
		rs_read_skip(&reader, size);
		check(!reader.failed);
	}
}

static void take_frames(struct script *script)
{
	struct depay_frame frame;
	unsigned n = 0;
	while (depay_poll(script->depay, &frame) == 1) {
		check(frame.len > 0 && frame.len <= FRAME_MAX && ++n < 1000);
		check(!frame.synthetic || frame.ticks > 0);
		check((frame.width == 0) == (frame.height == 0));
		check(frame.config_len <= DEPAY_CONFIG_MAX);
		const bool needs_config = script->codec == DEPAY_H264 || script->codec == DEPAY_AV1;
		check((frame.config_len > 0) == (needs_config && frame.key));
		if (script->codec == DEPAY_H264)
			check_units(&frame);
		if (script->codec == DEPAY_AV1)
			check_obus(&frame);
	}
}

static void take_packets(struct script *script)
{
	struct ingest_packet packet;
	while (ingest_poll(script->ingest, script->now, &packet) == 1) {
		check(packet.seq > script->last_seq);
		check(packet.time_us >= script->last_time_us);
		script->last_seq = packet.seq;
		script->last_time_us = packet.time_us;
		script->taken++;
		script->lost += packet.lost;
		script->skipped += packet.skipped;
		const struct depay_packet in = { .payload = packet.payload,
			.len = packet.len,
			.rtp_ts = packet.rtp_ts,
			.marker = packet.marker,
			.after_loss = packet.lost > 0,
			.after_gap = packet.after_gap };
		if (depay_recv(script->depay, &in) < 0)
			continue; /* malformed: counted */
		take_frames(script);
	}
	check(ingest_deadline(script->ingest) > script->now);
}

static void step(struct script *script, struct rs_reader *reader)
{
	const uint8_t flags = rs_read_u8(reader);
	script->seq = (uint16_t)(script->seq + (int8_t)rs_read_u8(reader));
	script->rtp_ts += (uint32_t)(int32_t)(int16_t)rs_read_u16(reader) *
			  ((flags & 0x10) != 0 ? 65536U : 1U);
	const size_t len = rs_read_u8(reader);
	const uint8_t *payload = rs_read_view(reader, len);
	if (payload == NULL)
		return;
	script->now += (flags & 0x0E) != 0 ? RS_MS(10) << (flags >> 1 & 7) : 0;
	if ((flags & 0x20) != 0)
		ingest_gate(script->ingest);
	if ((flags & 0x40) != 0)
		ingest_report(
			script->ingest, (uint64_t)flags << 56 | script->rtp_ts, script->rtp_ts);
	take_packets(script);
	const struct rtp_packet packet = { .marker = (flags & 1) != 0,
		.seq = script->seq,
		.rtp_ts = script->rtp_ts,
		.payload_view = payload,
		.payload_len = len };
	const int64_t wall = WALL + ((flags & 0x80) != 0 ? script->now / 2 : script->now);
	if (ingest_recv(script->ingest, &packet, wall, script->now) == 0)
		take_packets(script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = { .last_seq = -1, .last_time_us = INT64_MIN };
	struct rs_reader reader;
	rs_reader_init(&reader, data, size);
	static const enum depay_codec pictures[] = { DEPAY_VP8, DEPAY_VP9, DEPAY_H264, DEPAY_AV1 };
	const uint8_t kind = rs_read_u8(&reader);
	const bool sound = (kind & 1) != 0;
	script.codec = sound ? DEPAY_OPUS : pictures[kind >> 1 & 3];
	const struct ingest_config ingest = { .hz = sound ? 48000 : 90000,
		.window = 16,
		.reorder_wait = RS_MS(100),
		.quiet = RS_SEC(1),
		.epoch_wall_us = WALL,
		.sender = &script.base };
	const struct depay_config depay = {
		.codec = script.codec, .fill_max = 96000, .frame_max = FRAME_MAX
	};
	if (ingest_new(&ingest, &script.ingest) == 0 && depay_new(&depay, &script.depay) == 0) {
		while (rs_reader_left(&reader) > 0)
			step(&script, &reader);
		ingest_drain(script.ingest);
		take_packets(&script);
		const struct ingest_stats *stats = ingest_stats(script.ingest);
		check(stats->received == script.taken && stats->lost == script.lost &&
			stats->skipped == script.skipped);
	}
	depay_free(script.depay);
	ingest_free(script.ingest);
	return 0;
}
