/* Opus, RFC 7587: one packet is one frame of the file. */
#include "common/rtp/opus.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

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
		opus_silence_write(sound->fill_until - sound->next_rtp_ts, sound->silence);
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
