#include "tests/support/simcard.h"

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct direction {
	snd_pcm_ioplug_t io;
	double started_s;
	bool running;
	uint64_t before; /* frames of its clock when it was last stopped */
	uint64_t moved;  /* frames read or written in all */
};

static struct simcard card = { .plugged = true,
	.hz = 48000,
	.channels_min = 1,
	.channels_max = 2,
	.format = SND_PCM_FORMAT_S16_LE };

static char configuration[] = "/tmp/rostrum-alsa-XXXXXX";

struct simcard *simcard(void)
{
	return &card;
}

/* Frames that went by since it was started, told in whole milliseconds, as a USB card does. */
static uint64_t frames_of(const struct direction *direction)
{
	const double ms = floor((card.now_s - direction->started_s) * 1e3 * (1 + card.ppm * 1e-6));
	return (uint64_t)(ms * card.hz / 1e3);
}

static int start(snd_pcm_ioplug_t *io)
{
	struct direction *direction = io->private_data;
	direction->started_s = card.now_s;
	direction->running = true;
	return card.plugged ? 0 : -ENODEV;
}

static int stop(snd_pcm_ioplug_t *io)
{
	((struct direction *)io->private_data)->running = false;
	return 0;
}

static int prepare(snd_pcm_ioplug_t *io)
{
	struct direction *direction = io->private_data;
	direction->moved = 0;
	direction->running = false;
	return card.plugged ? 0 : -ENODEV;
}

static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io)
{
	const struct direction *direction = io->private_data;
	const uint64_t at = direction->running ? frames_of(direction) : 0;
	const bool over = io->stream == SND_PCM_STREAM_CAPTURE
				  ? at >= direction->moved + io->buffer_size
				  : direction->running && at >= direction->moved;
	if (!card.plugged || over)
		return -EPIPE;
	return (snd_pcm_sframes_t)(at % io->buffer_size);
}

/* 16 bits at the upper end of whatever the card's samples are. */
static void put(uint8_t *to, int octets, int16_t sample)
{
	const uint32_t bits = (uint32_t)(uint16_t)sample << (8 * (octets - 2));
	for (int i = 0; i < octets; i++)
		to[i] = (uint8_t)(bits >> (8 * i));
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
	snd_pcm_uframes_t offset, snd_pcm_uframes_t size)
{
	struct direction *direction = io->private_data;
	const int octets = snd_pcm_format_physical_width(card.format) / 8;
	if (!card.plugged)
		return -ENODEV;
	for (snd_pcm_uframes_t i = 0; i < size; i++, direction->moved++) {
		const double sine = SIMCARD_PEAK *
				    sin(2 * M_PI * SIMCARD_HZ * (double)direction->moved / card.hz);
		for (unsigned c = 0; c < io->channels; c++) {
			uint8_t *at = (uint8_t *)areas[c].addr +
				      (areas[c].first + (offset + i) * areas[c].step) / 8;
			if (io->stream == SND_PCM_STREAM_CAPTURE)
				put(at, octets, (int16_t)lrint(c % 2 == 0 ? sine : -sine));
			else if (c == 0 && card.play != NULL)
				card.play(card.play_ctx,
					(int16_t)(at[octets - 2] | at[octets - 1] << 8));
		}
	}
	return (snd_pcm_sframes_t)size;
}

static int end(snd_pcm_ioplug_t *io)
{
	card.open_now--;
	free(io->private_data);
	return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
	.start = start,
	.stop = stop,
	.pointer = pointer,
	.transfer = transfer,
	.close = end,
	.prepare = prepare,
};

static int limit(snd_pcm_ioplug_t *io)
{
	const unsigned access = SND_PCM_ACCESS_RW_INTERLEAVED;
	const unsigned format = (unsigned)card.format;
	int err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 1, &access);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, &format);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(
			io, SND_PCM_IOPLUG_HW_CHANNELS, card.channels_min, card.channels_max);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, card.hz, card.hz);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(
			io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 64, 1 << 16);
	if (err >= 0)
		err = snd_pcm_ioplug_set_param_minmax(
			io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 1024, 1 << 20);
	return err;
}

SND_PCM_PLUGIN_DEFINE_FUNC(simcard);
SND_PCM_PLUGIN_DEFINE_FUNC(simcard)
{
	if (!card.plugged)
		return -ENODEV;
	struct direction *direction = calloc(1, sizeof(*direction));
	if (direction == NULL)
		return -ENOMEM;
	direction->io.version = SND_PCM_IOPLUG_VERSION;
	direction->io.name = "a card that is not there";
	direction->io.callback = &callbacks;
	direction->io.private_data = direction;
	int err = snd_pcm_ioplug_create(&direction->io, name, stream, mode);
	if (err < 0) {
		free(direction);
		return err;
	}
	card.opened++;
	card.open_now++;
	err = limit(&direction->io);
	if (err < 0)
		(void)snd_pcm_ioplug_delete(&direction->io);
	*pcmp = direction->io.pcm;
	return err;
}
SND_PCM_PLUGIN_SYMBOL(simcard);

void simcard_configure(const char *library, const char *infile, const char *outfile)
{
	const int fd = mkstemp(configuration);
	if (fd < 0)
		abort();
	if (dprintf(fd,
		    "pcm_type.simcard { lib \"%s\" }\n"
		    "pcm.card { type simcard }\n"
		    "pcm.silent { type null }\n"
		    "pcm.file { type file slave.pcm silent file \"%s\" infile \"%s\" format raw }\n",
		    library, outfile, infile) < 0)
		abort();
	(void)close(fd); /* it was written */
	(void)setenv("ALSA_CONFIG_PATH", configuration, 1);
}

void simcard_forget(void)
{
	(void)snd_config_update_free_global();
	(void)unlink(configuration);
}
