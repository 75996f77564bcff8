#include "sfu/router/audio.h"

#define FRAME_SAMPLES 960
#define FRAME RS_MS(20)
/* No packet for so long is silence: the longest Opus packet, and as much jitter as a poor line makes. */
#define HOLD RS_MS(200)

/* ---- loudness ---- */

/* Each 20 ms takes an eighth of the difference. */
#define LOUDNESS_SHIFT 3
/* After so many frames of silence nothing is left. */
#define DECAYED 64

static unsigned frames_of(uint32_t samples)
{
	const unsigned frames = (samples + FRAME_SAMPLES / 2) / FRAME_SAMPLES;

	return frames > 0 ? frames : 1;
}

static int smooth(int x16, int target, unsigned frames)
{
	for (; frames > 0; frames--)
		x16 += (target - x16) >> LOUDNESS_SHIFT;
	return x16;
}

/* Frames of silence in the time without packets. */
static unsigned silent_frames(rs_time from, rs_time now, unsigned most)
{
	if (now - from < HOLD)
		return 0;
	return (unsigned)rs_time_min((now - from - HOLD) / FRAME + 1, most);
}

void loudness_add(struct loudness *loudness, unsigned level, uint32_t samples, rs_time now)
{
	loudness->x16 = smooth(loudness_at(loudness, now), (int)level * 16, frames_of(samples));
	loudness->at = now;
	if (level > loudness->peak)
		loudness->peak = (uint8_t)level;
}

int loudness_at(const struct loudness *loudness, rs_time now)
{
	return smooth(loudness->x16, 0, silent_frames(loudness->at, now, DECAYED));
}

unsigned loudness_peak(struct loudness *loudness)
{
	const unsigned peak = loudness->peak;

	loudness->peak = 0;
	return peak;
}

/* ---- speech ---- */

/* Quieter than -60 dBov is no voice, whatever the noise. */
#define VOICE_LEAST 67
/* Above the noise by this. */
#define VOICE_ABOVE (9 * 16)
/* Noise is never taken for louder than -42 dBov: who talks without a pause is still heard. Nor for quieter
 * than what keeps the least voice above it: a new source begins there. */
#define NOISE_MOST (85 * 16)
#define NOISE_LEAST (VOICE_LEAST * 16 - VOICE_ABOVE)
/* It falls at once and rises by 1/16 dB a frame, 3 dB a second: slower than words, faster than a fan that was switched on. */
#define NOISE_RISE 1

#define BEGIN_WINDOW ((1ULL << 12) - 1)
#define BEGIN_FRAMES 8
#define END_WINDOW ((1ULL << 50) - 1)
#define END_FRAMES 3

static void judge(struct speech *speech, rs_time now)
{
	const bool speaking =
		speech->speaking
			? __builtin_popcountll(speech->frames & END_WINDOW) >= END_FRAMES
			: __builtin_popcountll(speech->frames & BEGIN_WINDOW) >= BEGIN_FRAMES;

	if (speaking != speech->speaking)
		speech->since = now;
	speech->speaking = speaking;
}

static void push(struct speech *speech, bool voice, unsigned frames)
{
	for (; frames > 0; frames--)
		speech->frames = speech->frames << 1 | voice;
}

static int clamp(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

static bool is_voice(struct speech *speech, unsigned level, unsigned frames)
{
	const int x16 = (int)level * 16;
	const int risen = speech->noise_x16 + NOISE_RISE * (int)frames;

	speech->noise_x16 = clamp(x16 < risen ? x16 : risen, NOISE_LEAST, NOISE_MOST);
	return level >= VOICE_LEAST && x16 >= speech->noise_x16 + VOICE_ABOVE;
}

bool speech_add(struct speech *speech, unsigned level, uint32_t samples, rs_time now)
{
	const unsigned frames = frames_of(samples);

	speech_tick(speech, now);
	const bool voice = is_voice(speech, level, frames);
	push(speech, voice, frames);
	speech->at = now;
	speech->counted = now;
	judge(speech, now);
	return voice;
}

void speech_tick(struct speech *speech, rs_time now)
{
	const unsigned all = silent_frames(speech->at, now, 64);
	const unsigned before = silent_frames(speech->at, speech->counted, 64);

	if (all <= before)
		return;
	push(speech, false, all - before);
	speech->counted = now;
	judge(speech, now);
}

/* ---- band ---- */

#define VERDICT_SAMPLES (2 * OPUS_CLOCK_HZ)

static enum router_fit fit_of(enum opus_bandwidth bandwidth)
{
	switch (bandwidth) {
	case OPUS_FULLBAND:
		return ROUTER_FIT;
	case OPUS_SUPERWIDEBAND:
		return ROUTER_FIT_LIMITED;
	case OPUS_NARROWBAND:
	case OPUS_MEDIUMBAND:
	case OPUS_WIDEBAND:
		break;
	}
	return ROUTER_FIT_NOT;
}

void band_add(struct band *band, const struct opus_toc *toc)
{
	const enum router_fit says = fit_of(toc->bandwidth);

	band->known = true;
	band->bandwidth = toc->bandwidth;
	band->mode = toc->mode;
	band->channels = toc->channels;
	band->frame_samples = toc->frame_samples;
	if (says != band->next)
		band->samples = 0;
	band->next = says;
	if (band->samples < VERDICT_SAMPLES)
		band->samples += (uint32_t)toc->frames * toc->frame_samples;
	if (band->samples >= VERDICT_SAMPLES)
		band->fit = says;
}

/* ---- a microphone ---- */

/* A microphone whose browser tells no level counts as speech at this level unless it sends comfort noise:
 * a closed one sends frames of three octets. */
#define LEVEL_UNTOLD 87
#define COMFORT_NOISE_LEN 6

bool audio_add(struct audio *audio, const uint8_t *payload, size_t len, int level, rs_time now)
{
	struct opus_toc toc;
	const bool comfort = len <= COMFORT_NOISE_LEN;
	const unsigned loud = level >= 0 ? 127U - ((unsigned)level & 0x7f)
			      : comfort  ? 0
					 : LEVEL_UNTOLD;

	if (opus_toc_parse(payload, len, &toc) < 0)
		return false; /* for the receivers' decoders to judge */
	const uint32_t samples = (uint32_t)toc.frames * toc.frame_samples;
	loudness_add(&audio->loudness, loud, samples, now);
	const bool voice =
		speech_add(&audio->speech, loud, samples, now) && !toc.silent && !comfort;
	if (voice)
		band_add(&audio->band, &toc);
	return voice;
}
