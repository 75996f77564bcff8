#include "tools/roombox/send/microphone.h"

#include <opus/opus.h>

#include <errno.h>
#include <math.h>

/* Speech in a room: hybrid fullband, as measured better than CELT alone below 64 kbit/s. FEC is spent where loss is expected. */
#define LOSS_EXPECTED 10 /* per cent */
#define LOSS_MOST 25.0   /* more takes the bits from the sound itself */
/* Of what is expected is left after a frame without such loss: half of it after seven seconds. */
#define LOSS_KEPT 0.998
#define COMPLEXITY 5
#define HZ 48000
#define FULL_SCALE 32768.0
#define LEVEL_SILENT 127

struct microphone {
	OpusEncoder *encoder;
	double loss; /* per cent */
};

static int configure(OpusEncoder *encoder, int32_t bitrate_bps)
{
	return opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate_bps)) == OPUS_OK &&
			       opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE)) ==
				       OPUS_OK &&
			       opus_encoder_ctl(
				       encoder, OPUS_SET_MAX_BANDWIDTH(OPUS_BANDWIDTH_FULLBAND)) ==
				       OPUS_OK &&
			       opus_encoder_ctl(encoder,
				       OPUS_SET_BANDWIDTH(OPUS_BANDWIDTH_FULLBAND)) == OPUS_OK &&
			       opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1)) == OPUS_OK &&
			       opus_encoder_ctl(encoder,
				       OPUS_SET_PACKET_LOSS_PERC(LOSS_EXPECTED)) == OPUS_OK &&
			       opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(COMPLEXITY)) == OPUS_OK
		       ? 0
		       : -EINVAL;
}

int microphone_new(int32_t bitrate_bps, struct microphone **out_microphone)
{
	int opus_err = 0;
	if (bitrate_bps < MICROPHONE_BPS_MIN || bitrate_bps > MICROPHONE_BPS_MAX)
		return -EINVAL;
	struct microphone *microphone = rs_zalloc(sizeof(*microphone));
	if (microphone == NULL)
		return -ENOMEM;
	microphone->encoder = opus_encoder_create(HZ, 1, OPUS_APPLICATION_VOIP, &opus_err);
	const int err =
		microphone->encoder == NULL ? -ENOMEM : configure(microphone->encoder, bitrate_bps);
	if (err < 0) {
		microphone_free(microphone);
		return err;
	}
	microphone->loss = LOSS_EXPECTED;
	*out_microphone = microphone;
	return 0;
}

struct microphone *microphone_free(struct microphone *microphone)
{
	if (microphone != NULL && microphone->encoder != NULL)
		opus_encoder_destroy(microphone->encoder);
	return rs_release(microphone);
}

void microphone_expect(struct microphone *microphone, uint8_t lost)
{
	const double reported = fmin(100.0 * lost / 256, LOSS_MOST);
	const long before = lrint(microphone->loss);
	microphone->loss = fmax(reported, microphone->loss * LOSS_KEPT);
	if (lrint(microphone->loss) != before)
		(void)opus_encoder_ctl(microphone->encoder,
			OPUS_SET_PACKET_LOSS_PERC(
				(opus_int32)lrint(microphone->loss))); /* in its range */
}

/* RFC 6465 appendix A: the root mean square against full scale. */
static uint8_t level_of(const int16_t samples[MICROPHONE_FRAME])
{
	double sum = 0;
	for (size_t i = 0; i < MICROPHONE_FRAME; i++)
		sum += (double)samples[i] * samples[i];
	if (sum <= 0)
		return LEVEL_SILENT;
	const double db = 20 * log10(sqrt(sum / MICROPHONE_FRAME) / FULL_SCALE);
	return db < -LEVEL_SILENT ? LEVEL_SILENT : (uint8_t)lrint(-db);
}

size_t microphone_encode(struct microphone *microphone, const int16_t samples[MICROPHONE_FRAME],
	uint8_t out[MICROPHONE_PACKET_MAX], uint8_t *out_level)
{
	const int len = opus_encode(
		microphone->encoder, samples, MICROPHONE_FRAME, out, MICROPHONE_PACKET_MAX);
	*out_level = level_of(samples);
	if (len > 0)
		return (size_t)len;
	out[0] =
		0x78; /* it fails on bad arguments only; a packet without a frame is silence (RFC 6716 section 3.2.1) */
	return 1;
}
