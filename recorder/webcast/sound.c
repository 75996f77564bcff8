#include "recorder/webcast/sound.h"

#include "common/rtp/opus.h"

#include <errno.h>
#include <stdlib.h>

#define SAMPLES_A_MS (OPUS_CLOCK_HZ / 1000)
/* Durations of Opus are multiples of this, and so are the places of packets that follow one another. */
#define GRAIN 120

int sound_init(struct sound *sound, uint32_t segment_ms)
{
	*sound = (struct sound){ .segment_ms = segment_ms, .position = -1 };
	rs_buf_init(&sound->data, SOUND_SEGMENT_MAX);
	sound->samples = rs_calloc(SOUND_PACKETS_MAX, sizeof(*sound->samples));
	return sound->samples != NULL ? 0 : -ENOMEM;
}

void sound_done(struct sound *sound)
{
	sound->samples = rs_release(sound->samples);
	rs_buf_done(&sound->data);
}

/* A file has whole milliseconds, a packet of 2.5 ms may begin in the middle of one: as long as packets follow one
 * another they are counted, and what they add up to is believed while it agrees with the file. */
static int64_t place(const struct sound *sound, int64_t time_ms)
{
	const int64_t said = time_ms * SAMPLES_A_MS;
	if (sound->packets > 0 && llabs(sound->position - said) <= SAMPLES_A_MS)
		return sound->position;
	return (said + GRAIN - 1) / GRAIN * GRAIN;
}

static int64_t number_at(const struct sound *sound, int64_t samples)
{
	return samples / (SAMPLES_A_MS * (int64_t)sound->segment_ms);
}

static size_t octets(const struct sound *sound)
{
	size_t len = 0;
	for (size_t i = 0; i < sound->n; i++)
		len += sound->samples[i].len;
	return len;
}

static int flush(struct sound *sound, int64_t duration_ms, int64_t base, struct rs_buf *out,
	struct sound_segment *out_segment)
{
	const struct fmp4_fragment fragment = { .codec = FMP4_OPUS,
		.sequence = (uint32_t)(base + sound->number),
		.time = (uint64_t)sound->begins,
		.samples = sound->samples,
		.n = sound->n,
		.data = rs_buf_data(&sound->data),
		.len = octets(sound) };
	const int err = sound->n > 0 ? fmp4_write_fragment(&fragment, out) : 0;
	*out_segment =
		(struct sound_segment){ .number = sound->number, .duration_ms = duration_ms };
	const bool any = sound->n > 0;
	sound->n = 0;
	rs_buf_consume(&sound->data, rs_buf_len(&sound->data));
	return err < 0 ? err : any;
}

static int add(struct sound *sound, int64_t at, uint32_t samples, const uint8_t *data, size_t len)
{
	if (sound->n == SOUND_PACKETS_MAX)
		return -E2BIG;
	const int err = rs_buf_append(&sound->data, data, len);
	if (err < 0)
		return err;
	if (sound->n == 0)
		sound->begins = at;
	sound->samples[sound->n++] =
		(struct fmp4_sample){ .duration = samples, .len = (uint32_t)len, .key = true };
	sound->packets++;
	return 0;
}

void sound_begin(struct sound *sound, int64_t number)
{
	sound->number = number;
	sound->position = number * SAMPLES_A_MS * sound->segment_ms;
}

int64_t sound_hole(const struct sound *sound, int64_t until_ms)
{
	const int64_t until = until_ms * SAMPLES_A_MS;
	return sound->position >= 0 && until > sound->position ? until - sound->position : 0;
}

int sound_push(struct sound *sound, int64_t time_ms, const uint8_t *data, size_t len, int64_t base,
	struct rs_buf *out, struct sound_segment *out_segment)
{
	uint32_t samples;
	if (opus_duration(data, len, &samples) < 0) {
		sound->malformed++;
		return 0;
	}
	const int64_t at = place(sound, time_ms);
	/* A clock that was set back: what is out is out. */
	if (at < sound->position) {
		sound->late++;
		return 0;
	}
	int finished = 0;
	if (number_at(sound, at) != sound->number)
		finished = flush(sound, sound->segment_ms, base, out, out_segment);
	/* Times in a fragment are sums: where the file jumps, the packet before is made to last. */
	else if (sound->n > 0 && at > sound->position)
		sound->samples[sound->n - 1].duration += (uint32_t)(at - sound->position);
	sound->number = number_at(sound, at);
	sound->position = at + samples;
	const int err = add(sound, at, samples, data, len);
	return err < 0 && finished != 1 ? err : finished;
}

/* Leave out what begins at that time, or later. */
static void cut(struct sound *sound, int64_t end)
{
	int64_t at = sound->begins;
	size_t n = 0;
	for (; n < sound->n && at < end; n++)
		at += sound->samples[n].duration;
	sound->n = n;
}

int sound_end(struct sound *sound, int64_t end_ms, int64_t base, struct rs_buf *out,
	struct sound_segment *out_segment)
{
	const int64_t lasts_ms = end_ms - sound->number * (int64_t)sound->segment_ms;
	cut(sound, end_ms * SAMPLES_A_MS);
	return flush(sound, lasts_ms < sound->segment_ms ? lasts_ms : sound->segment_ms, base, out,
		out_segment);
}
