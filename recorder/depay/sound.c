/* Opus, RFC 7587: one packet is one frame of the file. */
#include "common/rtp/opus.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

/* Silence that fits into `ticks`: the longest of 20, 10, 5 and 2.5 ms; 0 when not even that fits.
 * CELT fullband mono, configurations 31 down to 28 (RFC 6716 table 2): F8 FF FE and its shorter
 * sisters decode to nothing audible. */
static uint32_t silence_write(int64_t ticks, uint8_t out[OPUS_SILENCE_LEN])
{
	static const struct {
		uint32_t ticks;
		uint8_t toc;
	} sizes[] = { { 960, 0xF8 }, { 480, 0xF0 }, { 240, 0xE8 }, { 120, 0xE0 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(sizes); i++) {
		if (ticks < sizes[i].ticks)
			continue;
		out[0] = sizes[i].toc;
		out[1] = 0xFF;
		out[2] = 0xFE;
		return sizes[i].ticks;
	}
	return 0;
}

int depay_sound_recv(struct depay *depay, const struct depay_packet *packet)
{
	struct depay_sound *sound = &depay->sound;
	if (packet->after_gap)
		sound->begun = false;
	if (packet->len == 0)
		return 0; /* a probe of the sender's bandwidth estimation, nothing to hear */
	uint32_t ticks;
	const int err = opus_duration(packet->payload, packet->len, &ticks);
	if (err < 0)
		return err;

	const int64_t missing = sound->begun ? packet->rtp_ts - sound->next_rtp_ts : 0;
	sound->fill_until = packet->rtp_ts;
	if (missing < 0 || missing > depay->config.fill_max || !sound->begun)
		sound->next_rtp_ts = packet->rtp_ts;
	sound->frame = (struct depay_frame){ .data = packet->payload,
		.len = packet->len,
		.rtp_ts = packet->rtp_ts,
		.ticks = ticks,
		.key = true,
		.channels = (uint8_t)opus_channels(packet->payload, packet->len) };
	sound->frame_waits = true;
	sound->begun = true;
	return 0;
}

int depay_sound_poll(struct depay *depay, struct depay_frame *out_frame)
{
	struct depay_sound *sound = &depay->sound;
	if (!sound->frame_waits)
		return 0;
	const uint32_t ticks =
		silence_write(sound->fill_until - sound->next_rtp_ts, sound->silence);
	if (ticks == 0) {
		*out_frame = sound->frame;
		sound->next_rtp_ts = sound->frame.rtp_ts + sound->frame.ticks;
		sound->frame_waits = false;
		return 1;
	}
	*out_frame = (struct depay_frame){ .data = sound->silence,
		.len = OPUS_SILENCE_LEN,
		.rtp_ts = sound->next_rtp_ts,
		.ticks = ticks,
		.key = true,
		.synthetic = true,
		.channels = 1 };
	sound->next_rtp_ts += ticks;
	return 1;
}
