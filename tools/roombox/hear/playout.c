#include "tools/roombox/hear/playout.h"

#include <opus/opus.h>
#include <speex/speex_resampler.h>

#include <errno.h>
#include <math.h>
#include <string.h>

/* The longest packet, RFC 6716 section 3.2.5: 120 ms. */
#define FRAME_MOST 5760
/* libopus decodes multiples of 2.5 ms. */
#define FRAME_STEP 120U
#define FIFO (2 * FRAME_MOST)
/* Rates are fractions of this: a prime, so that speexdsp never shortens one, which would lose the phase; its square fits 32 bits. */
#define RATE_DEN 59999U
#define QUALITY 5
/* A rate stays for so many blocks. */
#define RATE_EVERY 10U
/* Blocks of nothing after which the resampler holds nothing that was heard. */
#define QUIET_AFTER 4U

struct playout {
	struct jitter *jitter;
	OpusDecoder *decoder;
	SpeexResamplerState *resampler;
	uint32_t rate_num; /* samples of the stream for RATE_DEN played */
	double rate;
	unsigned blocks;
	unsigned quiet; /* blocks since something was said, up to QUIET_AFTER */
	size_t n_fifo;  /* samples decoded and not played */
	int16_t fifo[FIFO];
};

static int set_rate(struct playout *playout, uint32_t num)
{
	playout->rate_num = num;
	return speex_resampler_set_rate_frac(playout->resampler, num, RATE_DEN, JITTER_HZ,
		       JITTER_HZ) == RESAMPLER_ERR_SUCCESS
		       ? 0
		       : -ENOMEM;
}

int playout_new(const struct jitter_config *config, struct playout **out_playout)
{
	struct playout *playout = rs_zalloc(sizeof(*playout));
	if (playout == NULL)
		return -ENOMEM;
	int opus_err = 0;
	int err = jitter_new(config, &playout->jitter);
	if (err == 0) {
		playout->decoder = opus_decoder_create(JITTER_HZ, 1, &opus_err);
		playout->resampler = speex_resampler_init(1, JITTER_HZ, JITTER_HZ, QUALITY, NULL);
		if (playout->decoder == NULL || playout->resampler == NULL)
			err = -ENOMEM;
	}
	if (err == 0)
		err = set_rate(playout, RATE_DEN + 1);
	if (err < 0) {
		playout_free(playout);
		return err;
	}
	playout->rate = 1;
	playout->quiet = QUIET_AFTER;
	*out_playout = playout;
	return 0;
}

struct playout *playout_free(struct playout *playout)
{
	if (playout == NULL)
		return NULL;
	if (playout->decoder != NULL)
		opus_decoder_destroy(playout->decoder);
	if (playout->resampler != NULL)
		speex_resampler_destroy(playout->resampler);
	jitter_free(playout->jitter);
	return rs_release(playout);
}

const struct jitter_stats *playout_stats(const struct playout *playout)
{
	return jitter_stats(playout->jitter);
}

int playout_put(struct playout *playout, uint16_t seq, uint32_t rtp_ts, const uint8_t *payload,
	size_t len, rs_time now)
{
	if (len == 0 || len > JITTER_PACKET_MAX)
		return -EBADMSG;
	const int samples = opus_packet_get_nb_samples(payload, (opus_int32)len, JITTER_HZ);
	if (samples <= 0 || samples > FRAME_MOST)
		return -EBADMSG;
	const struct jitter_packet packet = { seq, rtp_ts, (uint32_t)samples, payload, len };
	return jitter_put(playout->jitter, &packet, now);
}

/* --- Out --- */

/* Decodes, or makes up, `samples` more; what cannot be is silence. */
static void decode(
	struct playout *playout, const uint8_t *data, size_t len, size_t samples, bool fec)
{
	int16_t *to = playout->fifo + playout->n_fifo;
	const int n =
		opus_decode(playout->decoder, data, (opus_int32)len, to, (int)samples, fec ? 1 : 0);
	if (n < (int)samples)
		memset(to + (n > 0 ? n : 0), 0, (samples - (size_t)(n > 0 ? n : 0)) * sizeof(*to));
	playout->n_fifo += samples;
}

/* One more frame into the FIFO, or a block of silence. */
static void fill(struct playout *playout, rs_time now)
{
	struct jitter_out out;
	switch (jitter_take(playout->jitter, playout->n_fifo, now, &out)) {
	case JITTER_SILENCE:
		memset(playout->fifo + playout->n_fifo, 0, PLAYOUT_BLOCK * sizeof(int16_t));
		playout->n_fifo += PLAYOUT_BLOCK;
		return;
	case JITTER_PACKET:
		decode(playout, out.data_view, out.len, out.duration, false);
		break;
	case JITTER_RECOVER:
		decode(playout, out.data_view, out.len,
			(out.duration + FRAME_STEP - 1) / FRAME_STEP * FRAME_STEP, true);
		break;
	case JITTER_CONCEAL:
		decode(playout, NULL, 0, JITTER_FRAME, false);
		break;
	}
	playout->quiet = 0;
}

static void follow_rate(struct playout *playout, rs_time now)
{
	const double rate = jitter_rate(playout->jitter, playout->n_fifo, PLAYOUT_BLOCK, now);
	playout->rate += (rate - playout->rate) / RATE_EVERY;
	if (++playout->blocks % RATE_EVERY != 0)
		return;
	uint32_t num = (uint32_t)lrint(playout->rate * RATE_DEN);
	if (num == RATE_DEN)
		num++; /* 1/1 would be shortened */
	if (num != playout->rate_num)
		(void)set_rate(
			playout, num); /* it fails for lack of memory: then the last one stays */
}

bool playout_pull(struct playout *playout, rs_time now, int16_t out[PLAYOUT_BLOCK])
{
	size_t done = 0;
	follow_rate(playout, now);
	/* All that is held is silence: most streams are silent most of the time, and cost nothing then. */
	if (playout->quiet == QUIET_AFTER) {
		playout->n_fifo = 0;
		fill(playout, now);
		if (playout->quiet == QUIET_AFTER)
			return false;
	}
	if (playout->quiet < QUIET_AFTER)
		playout->quiet++;
	while (done < PLAYOUT_BLOCK) {
		if (playout->n_fifo == 0)
			fill(playout, now);
		spx_uint32_t in = (spx_uint32_t)playout->n_fifo;
		spx_uint32_t made = (spx_uint32_t)(PLAYOUT_BLOCK - done);
		(void)speex_resampler_process_int(playout->resampler, 0, playout->fifo, &in,
			out + done, &made); /* its arguments are right */
		playout->n_fifo -= in;
		memmove(playout->fifo, playout->fifo + in, playout->n_fifo * sizeof(int16_t));
		done += made;
	}
	return playout->quiet < QUIET_AFTER;
}
