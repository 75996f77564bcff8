#include "tools/roombox/media/card.h"
#include "tools/roombox/media/sound.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is to wait beyond a block: two periods of a card at capture; at playback as long as the box may be kept from its work by a
 * picture's encoding. */
#define CAPTURE_MARGIN_MS 5U
#define PLAY_MARGIN_MS 15U
/* Each time that a loudspeaker had nothing to play, more waits; up to that. */
#define PLAY_MARGIN_STEP_MS 5U
#define PLAY_MARGIN_MOST_MS 60U
/* So much above what is to wait is no matter of clocks. */
#define EXCESS_MS 40U
/* Blocks after which it is none of catching up either. */
#define BEHIND_MOST 60U
/* A speed stays for so many blocks. */
#define SPEED_EVERY 10U

static unsigned frames_of(const struct card *card, unsigned ms)
{
	return card->alsa.hz * ms / 1000;
}

static unsigned block_of(const struct card *card)
{
	return card->alsa.hz / PACE_HZ;
}

/* --- Opening --- */

void card_close(void *handle)
{
	struct card *card = handle;
	alsa_close(&card->alsa);
	stretch_free(card->stretch);
	rs_release(card->buffer);
	rs_release(card);
}

static int prepare(struct card *card, unsigned channels)
{
	const struct alsa *alsa = &card->alsa;
	card->channels = alsa->capture ? alsa->channels : channels;
	card->target = alsa->capture
			       ? block_of(card) + alsa->period + frames_of(card, CAPTURE_MARGIN_MS)
			       : alsa->period + frames_of(card, PLAY_MARGIN_MS);
	card->room = alsa->capture ? ALSA_PART : block_of(card) + block_of(card) / 10;
	pace_init(&card->pace, alsa->hz, card->target);
	card->buffer = rs_calloc(card->room * card->channels, sizeof(int16_t));
	if (card->buffer == NULL)
		return -ENOMEM;
	return stretch_new(card->channels, alsa->capture ? alsa->hz : SOUND_HZ,
		alsa->capture ? SOUND_HZ : alsa->hz, &card->stretch);
}

int card_open(const struct alsa_want *want, void **out_handle, char why[SPEC_WHY_LEN])
{
	struct card *card = rs_zalloc(sizeof(*card));
	if (card == NULL)
		return -ENOMEM;
	int err = alsa_open(want, &card->alsa, why);
	if (err == 0) {
		err = prepare(card, want->channels);
		if (err < 0) {
			(void)snprintf(why, SPEC_WHY_LEN, "alsa:%.255s: out of memory", want->name);
			err = -ENOMEM;
		}
	}
	if (err < 0) {
		card_close(card);
		return err;
	}
	*out_handle = card;
	return 0;
}

/* --- Both ways --- */

/* It stopped, and goes on from the begin; or it is gone. */
static void trouble(struct device *device, struct card *card, int err)
{
	if (err == -EPIPE) {
		device_figures(device)->xruns++;
		card->begun = false;
		card->n = 0;
		err = alsa_restart(&card->alsa);
	}
	if (err < 0)
		device_lose(device, snd_strerror(err));
}

/* `by_itself`: what waits says that there is no clock behind it, a file for instance: it follows ours. */
static void follow(struct device *device, struct card *card, size_t waits, bool by_itself)
{
	const double speed = by_itself ? 1 : pace_follow(&card->pace, waits);
	device_figures(device)->ppm =
		by_itself ? 0 : card->pace.drift * 1e6 * (card->alsa.capture ? 1 : -1);
	if (!by_itself && card->blocks++ % SPEED_EVERY == 0)
		stretch_speed(card->stretch, speed);
}

/* --- Capture --- */

/* Lets `frames` go by unheard. */
static int skip(struct card *card, size_t frames)
{
	card->n = 0;
	while (frames > 0) {
		const int n = alsa_read(&card->alsa, card->buffer, frames);
		if (n <= 0)
			return n;
		frames -= (size_t)n;
	}
	return 0;
}

/* What waits, once enough does; 0 until then, or a negative error. */
static int ready(struct device *device, struct card *card)
{
	const int waits = alsa_waiting(&card->alsa);
	const bool full =
		waits >= (int)card->alsa.buffer; /* a card with a clock would stand still */
	const size_t all = waits > 0 ? (size_t)waits + card->n : 0;
	const size_t excess = !full && all > card->target ? all - card->target : 0;
	if (waits < 0 || (!card->begun && all < card->target))
		return waits < 0 ? waits : 0;
	card->behind = excess > frames_of(card, EXCESS_MS) ? card->behind + 1 : 0;
	if (!card->begun || card->behind > BEHIND_MOST) {
		const int err = skip(card, excess);
		if (err < 0)
			return err;
		device_figures(device)->slips += card->begun ? excess : 0;
		card->begun = true;
		card->behind = 0;
		pace_restart(&card->pace);
		follow(device, card, card->target, full);
	} else if (card->behind == 0) {
		follow(device, card, all, full);
	}
	return (int)all;
}

/* Frames made, of a block; or a negative error. */
static int pull(struct card *card, int16_t *out)
{
	size_t done = 0;
	while (done < CARD_BLOCK) {
		if (card->n == 0) {
			const int n = alsa_read(&card->alsa, card->buffer, ALSA_PART);
			if (n <= 0)
				return n < 0 ? n : (int)done;
			card->n = (size_t)n;
		}
		size_t used = card->n;
		size_t made = CARD_BLOCK - done;
		stretch_run(card->stretch, card->buffer, &used, out + done * card->channels, &made);
		card->n -= used;
		memmove(card->buffer, card->buffer + used * card->channels,
			card->n * card->channels * sizeof(int16_t));
		done += made;
	}
	return (int)done;
}

bool card_capture(struct device *device, int16_t *out)
{
	struct card *card = device_handle(device);
	if (card == NULL)
		return false;
	int n = ready(device, card);
	if (n > 0)
		n = pull(card, out);
	if (n < 0)
		trouble(device, card, n);
	if (n <= 0)
		return false;
	if ((size_t)n < CARD_BLOCK) { /* it is late: silence, until enough waits again */
		memset(out + (size_t)n * card->channels, 0,
			(CARD_BLOCK - (size_t)n) * card->channels * sizeof(*out));
		device_figures(device)->slips += CARD_BLOCK - (size_t)n;
		card->begun = false;
	}
	return true;
}

/* --- Playback --- */

/* Writes what is in the buffer; what finds no room is lost. */
static int write_out(struct device *device, struct card *card)
{
	size_t done = 0;
	while (done < card->n) {
		const int n = alsa_write(&card->alsa, card->buffer + done * card->channels,
			card->channels, card->n - done);
		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	device_figures(device)->slips += card->n - done;
	return 0;
}

/* Silence first, for as long as sound is to wait. */
static int begin_play(struct device *device, struct card *card)
{
	int err = 0;
	memset(card->buffer, 0, card->room * card->channels * sizeof(int16_t));
	for (size_t left = card->target; left > 0 && err == 0; left -= card->n) {
		card->n = left < card->room ? left : card->room;
		err = write_out(device, card);
	}
	if (err == 0)
		err = alsa_start(&card->alsa);
	card->begun = err == 0;
	pace_restart(&card->pace);
	return err;
}

/* The next time there is more to fall back on. */
static void wait_longer(struct card *card)
{
	const unsigned most = card->alsa.period + frames_of(card, PLAY_MARGIN_MOST_MS);
	card->target += frames_of(card, PLAY_MARGIN_STEP_MS);
	card->target = card->target < most ? card->target : most;
	pace_aim(&card->pace, card->target);
}

static int play(struct device *device, struct card *card, const int16_t *block)
{
	const bool begins = !card->begun;
	int waits = alsa_waiting(&card->alsa);
	if (waits >= 0 && begins) {
		const int err = begin_play(device, card);
		waits = err < 0 ? err : (int)card->target;
	}
	if (waits < 0)
		return waits;
	if ((size_t)waits > card->target + frames_of(card, EXCESS_MS)) {
		device_figures(device)->slips +=
			CARD_BLOCK; /* we caught up what it has not missed */
		return 0;
	}
	if (!begins) /* a card with a clock and nothing to play would stand still */
		follow(device, card, (size_t)waits, waits == 0);
	size_t used = CARD_BLOCK;
	card->n = card->room;
	stretch_run(card->stretch, block, &used, card->buffer, &card->n);
	return write_out(device, card);
}

int card_play(struct device *device, const int16_t *block)
{
	struct card *card = device_handle(device);
	if (card == NULL)
		return -EIO;
	const int err = play(device, card, block);
	if (err == -EPIPE)
		wait_longer(card);
	if (err < 0)
		trouble(device, card, err);
	return err < 0 ? -EIO : 0;
}
