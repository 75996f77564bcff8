#include "recorder/depay/depay.h"

#include "recorder/depay/depay_priv.h"

#include <errno.h>
#include <strings.h>

static const struct {
	const char *name;
	const struct picture_format *format; /* NULL: sound */
} codecs[DEPAY_CODEC_COUNT] = {
	[DEPAY_OPUS] = { "opus", NULL },
	[DEPAY_VP8] = { "vp8", &depay_vp8 },
	[DEPAY_VP9] = { "vp9", &depay_vp9 },
	[DEPAY_H264] = { "h264", &depay_h264 },
	[DEPAY_AV1] = { "av1", &depay_av1 },
};

int depay_codec_parse(const char *name, enum depay_codec *out_codec)
{
	for (unsigned i = 0; i < DEPAY_CODEC_COUNT; i++) {
		if (strcasecmp(name, codecs[i].name) != 0)
			continue;
		*out_codec = (enum depay_codec)i;
		return 0;
	}
	return -EOPNOTSUPP;
}

const char *depay_codec_name(enum depay_codec codec)
{
	return codecs[codec].name;
}

int depay_new(const struct depay_config *config, struct depay **out_depay)
{
	if (config->fill_max < 0 || config->frame_max == 0)
		return -EINVAL;
	struct depay *depay = rs_zalloc(sizeof(*depay));
	if (depay == NULL)
		return -ENOMEM;
	depay->config = *config;
	depay->picture.format = codecs[config->codec].format;
	depay->picture.waiting_key = true;
	rs_buf_init(&depay->picture.data, config->frame_max);
	*out_depay = depay;
	return 0;
}

struct depay *depay_free(struct depay *depay)
{
	if (depay == NULL)
		return NULL;
	rs_buf_done(&depay->picture.data);
	return rs_release(depay);
}

void depay_freep(struct depay **depay)
{
	*depay = depay_free(*depay);
}

int depay_recv(struct depay *depay, const struct depay_packet *packet)
{
	const int err = depay->config.codec == DEPAY_OPUS ? depay_sound_recv(depay, packet)
							  : depay_picture_recv(depay, packet);
	if (err == -EBADMSG)
		depay->stats.malformed++;
	return err;
}

int depay_poll(struct depay *depay, struct depay_frame *out_frame)
{
	const int got = depay->config.codec == DEPAY_OPUS ? depay_sound_poll(depay, out_frame)
							  : depay_picture_poll(depay, out_frame);
	if (got == 1 && out_frame->synthetic)
		depay->stats.synthetic++;
	else if (got == 1)
		depay->stats.frames++;
	return got;
}

bool depay_wants_key(const struct depay *depay)
{
	return depay->config.codec != DEPAY_OPUS && depay->picture.waiting_key;
}

const struct depay_stats *depay_stats(const struct depay *depay)
{
	return &depay->stats;
}
