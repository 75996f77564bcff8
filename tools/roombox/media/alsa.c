#include "tools/roombox/media/alsa.h"
#include "tools/roombox/media/sound.h"

#include "common/base/text.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* 5 ms: what is waited for at most until the card tells that it went on. */
#define PERIODS_HZ 200U
/* What fits a card's buffer, 0.4 s, says nothing of how long sound waits: that is held by pace.h. It is how long the box may be kept from
 * its work until a microphone loses something. */
#define BUFFER_PERIODS 80U

struct alsa_format {
	snd_pcm_format_t id;
	unsigned octets;
	unsigned at; /* octet of the sample's upper 16 bits */
};

/* In the order in which they are liked. */
static const struct alsa_format formats[] = {
	{ SND_PCM_FORMAT_S16_LE, 2, 0 },
	{ SND_PCM_FORMAT_S32_LE, 4, 2 },
	{ SND_PCM_FORMAT_S24_3LE, 3, 1 },
	{ SND_PCM_FORMAT_S24_LE, 4, 1 },
};

static void ignore(const char *file, int line, const char *function, int err, const char *format,
	...) RS_PRINTF(5, 6);
static void ignore(
	const char *file, int line, const char *function, int err, const char *format, ...)
{
}

void alsa_quiet(void)
{
	(void)snd_lib_error_set_handler(ignore); /* it cannot fail */
}

/* --- Opening --- */

static int refuse(char why[SPEC_WHY_LEN], const struct alsa_want *want, int err, const char *what)
{
	(void)snprintf(why, SPEC_WHY_LEN, "alsa:%.255s: %s", want->name, what);
	return err;
}

/* The first part of a name is what ALSA's configuration knows: "hw" of "hw:1". */
static bool is_configured(const char *name)
{
	char key[SPEC_NAME_MAX + 8];
	snd_config_t *top = NULL;
	snd_config_t *found = NULL;
	const int len = (int)strcspn(name, ":");
	(void)snprintf(key, sizeof(key), "pcm.%.*s", len, name);
	if (snd_config_update_ref(&top) < 0)
		return false;
	const bool known = snd_config_search(top, key, &found) >= 0;
	snd_config_unref(top);
	return known;
}

static int choose_channels(
	const struct alsa_want *want, struct alsa *alsa, snd_pcm_hw_params_t *params)
{
	unsigned most = 0;
	alsa->channels = want->channels;
	if (want->channels < SOUND_CHANNELS_MAX) {
		if (snd_pcm_hw_params_set_channels_min(alsa->pcm, params, &alsa->channels) < 0)
			return -EINVAL;
		return snd_pcm_hw_params_set_channels_first(alsa->pcm, params, &alsa->channels);
	}
	/* What makes any number of channels of what there is has no number of its own. */
	if (snd_pcm_hw_params_get_channels_max(params, &most) < 0)
		return -EINVAL;
	alsa->channels = most <= SOUND_CHANNELS_MAX ? most : 2;
	return snd_pcm_hw_params_set_channels_near(alsa->pcm, params, &alsa->channels);
}

static int choose_format(struct alsa *alsa, snd_pcm_hw_params_t *params)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(formats); i++) {
		if (snd_pcm_hw_params_set_format(alsa->pcm, params, formats[i].id) < 0)
			continue;
		alsa->format = &formats[i];
		return 0;
	}
	return -EINVAL;
}

/* NULL, or what cannot be had. */
static const char *choose(
	const struct alsa_want *want, struct alsa *alsa, snd_pcm_hw_params_t *params)
{
	snd_pcm_t *pcm = alsa->pcm;
	if (snd_pcm_hw_params_any(pcm, params) < 0 ||
		snd_pcm_hw_params_set_access(pcm, params, SND_PCM_ACCESS_RW_INTERLEAVED) < 0)
		return "it has no interleaved samples; plughw: in place of hw: converts";
	if (choose_format(alsa, params) < 0)
		return "it has no samples of 16, 24 or 32 bits; plughw: in place of hw: converts";
	if (choose_channels(want, alsa, params) < 0)
		return "it has not so many channels as are used";
	alsa->hz = SOUND_HZ;
	if (snd_pcm_hw_params_set_rate_near(pcm, params, &alsa->hz, NULL) < 0 || alsa->hz < 8000 ||
		alsa->hz > 192000)
		return "it has no rate from 8 to 192 kHz";
	snd_pcm_uframes_t period = alsa->hz / PERIODS_HZ;
	snd_pcm_uframes_t buffer = period * BUFFER_PERIODS;
	if (snd_pcm_hw_params_set_period_size_near(pcm, params, &period, NULL) < 0 ||
		snd_pcm_hw_params_set_buffer_size_near(pcm, params, &buffer) < 0 ||
		snd_pcm_hw_params(pcm, params) < 0)
		return "it does not take what it offers";
	alsa->period = (unsigned)period;
	alsa->buffer = (unsigned)buffer;
	return NULL;
}

/* Nothing begins but when it is told to. */
static const char *set_start(struct alsa *alsa, snd_pcm_sw_params_t *params)
{
	snd_pcm_uframes_t never = 0;
	if (snd_pcm_sw_params_current(alsa->pcm, params) < 0 ||
		snd_pcm_sw_params_get_boundary(params, &never) < 0 ||
		snd_pcm_sw_params_set_start_threshold(alsa->pcm, params, never) < 0 ||
		snd_pcm_sw_params(alsa->pcm, params) < 0)
		return "it does not take how it is begun";
	return NULL;
}

static const char *configure(const struct alsa_want *want, struct alsa *alsa)
{
	const char *fault = "out of memory";
	snd_pcm_hw_params_t *hardware = NULL;
	snd_pcm_sw_params_t *software = NULL;
	if (snd_pcm_hw_params_malloc(&hardware) == 0 && snd_pcm_sw_params_malloc(&software) == 0)
		fault = choose(want, alsa, hardware);
	if (fault == NULL)
		fault = set_start(alsa, software);
	snd_pcm_hw_params_free(hardware);
	snd_pcm_sw_params_free(software);
	return fault;
}

static int make_ready(const struct alsa_want *want, struct alsa *alsa, char why[SPEC_WHY_LEN])
{
	const char *fault = configure(want, alsa);
	if (fault != NULL)
		return refuse(why, want, -EINVAL, fault);
	alsa->raw = rs_calloc(ALSA_PART * alsa->channels, alsa->format->octets);
	if (alsa->raw == NULL)
		return refuse(why, want, -ENOMEM, "out of memory");
	const int err = snd_pcm_prepare(alsa->pcm) < 0 || (alsa->capture && alsa_start(alsa) < 0);
	return err ? refuse(why, want, -ENODEV, "it does not begin") : 0;
}

int alsa_open(const struct alsa_want *want, struct alsa *alsa, char why[SPEC_WHY_LEN])
{
	*alsa = (struct alsa){ .capture = want->capture };
	if (!is_configured(want->name))
		return refuse(why, want, -EINVAL, "ALSA's configuration has no such name");
	const snd_pcm_stream_t stream =
		want->capture ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK;
	int err = snd_pcm_open(&alsa->pcm, want->name, stream, SND_PCM_NONBLOCK);
	if (err == -EBUSY)
		return refuse(why, want, -ENODEV, "another program has it");
	if (err < 0) {
		const int len = snprintf(
			why, SPEC_WHY_LEN, "alsa:%.200s: no such device; there are:", want->name);
		alsa_names(want->capture, why + len, SPEC_WHY_LEN - (size_t)len);
		return -ENODEV;
	}
	err = make_ready(want, alsa, why);
	if (err < 0)
		alsa_close(alsa);
	return err;
}

void alsa_close(struct alsa *alsa)
{
	if (alsa->pcm != NULL)
		(void)snd_pcm_close(alsa->pcm); /* it is over either way */
	rs_release(alsa->raw);
	*alsa = (struct alsa){ .pcm = NULL };
}

/* --- At work --- */

int alsa_waiting(struct alsa *alsa)
{
	const snd_pcm_sframes_t n = snd_pcm_avail(alsa->pcm);
	/* Asleep with the machine, which is the same. */
	if (n == -ESTRPIPE)
		return -EPIPE;
	if (n < 0)
		return (int)n;
	const unsigned avail = n < (snd_pcm_sframes_t)alsa->buffer ? (unsigned)n : alsa->buffer;
	return (int)(alsa->capture ? avail : alsa->buffer - avail);
}

int alsa_start(struct alsa *alsa)
{
	return snd_pcm_start(alsa->pcm);
}

int alsa_restart(struct alsa *alsa)
{
	const int err = snd_pcm_prepare(alsa->pcm);
	return err == 0 && alsa->capture ? alsa_start(alsa) : err;
}

static int16_t get(const struct alsa_format *format, const uint8_t *raw)
{
	return (int16_t)(uint16_t)(raw[format->at] | raw[format->at + 1] << 8);
}

static void put(const struct alsa_format *format, uint8_t *raw, int16_t sample)
{
	memset(raw, 0, format->octets);
	raw[format->at] = (uint8_t)sample;
	raw[format->at + 1] = (uint8_t)((uint16_t)sample >> 8);
	if (format->id == SND_PCM_FORMAT_S24_LE)
		raw[3] = sample < 0 ? 0xff : 0; /* the sign goes on above the 24 bits */
}

static int translate(snd_pcm_sframes_t n)
{
	return n == -EAGAIN ? 0 : n == -ESTRPIPE ? -EPIPE : (int)n;
}

int alsa_read(struct alsa *alsa, int16_t *out, size_t frames)
{
	const size_t most = frames < ALSA_PART ? frames : ALSA_PART;
	const int n = translate(snd_pcm_readi(alsa->pcm, alsa->raw, most));
	for (size_t i = 0; n > 0 && i < (size_t)n * alsa->channels; i++)
		out[i] = get(alsa->format, alsa->raw + i * alsa->format->octets);
	return n;
}

int alsa_write(struct alsa *alsa, const int16_t *frames, unsigned channels, size_t n)
{
	const size_t most = n < ALSA_PART ? n : ALSA_PART;
	uint8_t *raw = alsa->raw;
	for (size_t i = 0; i < most; i++) {
		for (unsigned c = 0; c < alsa->channels; c++, raw += alsa->format->octets)
			put(alsa->format, raw, c < channels ? frames[i * channels + c] : 0);
	}
	return translate(snd_pcm_writei(alsa->pcm, alsa->raw, most));
}
