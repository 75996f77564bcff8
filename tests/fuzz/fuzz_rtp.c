/* RTP header and extensions: what parses stays within its bytes, and its header writes and reads back. */
#include <stdlib.h>

#include "common/rtp/opus.h"
#include "common/rtp/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtp_packet packet, again;
	struct rtp_ext ext;
	struct rtp_header header = { 0 };
	size_t cursor = 0;
	uint32_t samples;
	uint8_t out[8192];
	struct rs_writer writer;

	if (rtp_parse(data, size, &packet) < 0)
		return 0;
	if (packet.header_len + packet.payload_len + packet.padding != size)
		abort();
	while (rtp_ext_next(&packet, &cursor, &ext) == 1) {
		if (ext.id == 0 || ext.data_view < data || ext.data_view + ext.len > data + size)
			abort();
		if (header.n_exts < RTP_EXTS_MAX)
			header.exts[header.n_exts++] = ext;
	}
	if (opus_duration(packet.payload_view, packet.payload_len, &samples) == 0 &&
		(samples < 120 || samples > 5760))
		abort();

	header.marker = packet.marker;
	header.pt = packet.pt;
	header.seq = packet.seq;
	header.rtp_ts = packet.rtp_ts;
	header.ssrc = packet.ssrc;
	header.n_csrcs = packet.n_csrcs;
	for (uint8_t i = 0; i < packet.n_csrcs; i++)
		header.csrcs[i] = packet.csrcs[i];
	rs_writer_init(&writer, out, sizeof(out));
	rtp_write_header(&writer, &header);
	if (writer.failed || rtp_parse(out, writer.len, &again) < 0 || again.seq != packet.seq ||
		again.rtp_ts != packet.rtp_ts || again.ssrc != packet.ssrc ||
		again.n_csrcs != packet.n_csrcs)
		abort();
	cursor = 0;
	for (uint8_t i = 0; i < header.n_exts; i++)
		if (rtp_ext_next(&again, &cursor, &ext) != 1 || ext.id != header.exts[i].id ||
			ext.len != header.exts[i].len)
			abort();
	return 0;
}
