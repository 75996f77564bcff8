/* sequence_header_obu(), AV1 specification section 5.5. */
#include "recorder/depay/bits.h"
#include "recorder/depay/depay_priv.h"

#include <errno.h>

#define CP_BT_709 1
#define TC_SRGB 13
#define MC_IDENTITY 0
#define UNSPECIFIED 2
#define OPERATING_POINTS_MAX 32

struct sequence {
	unsigned profile;
	unsigned level; /* of the first operating point */
	unsigned tier;
	bool high_depth;
	bool twelve_bit;
	bool mono;
	unsigned subsampling_x;
	unsigned subsampling_y;
	unsigned sample_position;
};

/* timing_info(), decoder_model_info(): whether there is a model, and how long its delays are. */
static unsigned read_timing(struct bits *bits, bool *out_model)
{
	*out_model = false;
	if (bits_one(bits) == 0)
		return 0;
	(void)bits_read(bits, 32);
	(void)bits_read(bits, 32);
	if (bits_one(bits) != 0)
		(void)bits_ue(bits);
	*out_model = bits_one(bits) != 0;
	if (!*out_model)
		return 0;
	const unsigned delay = bits_read(bits, 5) + 1;
	(void)bits_read(bits, 32);
	(void)bits_read(bits, 10);
	return delay;
}

static void read_points(struct bits *bits, struct sequence *sequence)
{
	bool model;
	const unsigned delay = read_timing(bits, &model);
	const bool displays = bits_one(bits) != 0;
	const unsigned points = bits_read(bits, 5) + 1;
	for (unsigned i = 0; i < points && i < OPERATING_POINTS_MAX; i++) {
		(void)bits_read(bits, 12);
		const unsigned level = bits_read(bits, 5);
		const unsigned tier = level > 7 ? bits_one(bits) : 0;
		if (i == 0) {
			sequence->level = level;
			sequence->tier = tier;
		}
		if (model && bits_one(bits) != 0)
			for (unsigned bit = 0; bit < 2 * delay + 1; bit++)
				(void)bits_one(bits);
		if (displays && bits_one(bits) != 0)
			(void)bits_read(bits, 4);
	}
}

/* Order hints and the tools that need them. */
static void skip_tools(struct bits *bits)
{
	(void)bits_read(bits, 4); /* compounds, warped motion, dual filter */
	const bool order = bits_one(bits) != 0;
	if (order)
		(void)bits_read(bits, 2);
	const bool screen_chosen = bits_one(bits) != 0;
	const bool screen = screen_chosen || bits_one(bits) != 0;
	if (screen && bits_one(bits) == 0)
		(void)bits_one(bits); /* integer motion vectors */
	if (order)
		(void)bits_read(bits, 3);
}

static void read_subsampling(struct bits *bits, struct sequence *sequence)
{
	(void)bits_one(bits); /* range */
	if (sequence->profile == 0) {
		sequence->subsampling_x = 1;
		sequence->subsampling_y = 1;
	} else if (sequence->profile == 2 && sequence->twelve_bit) {
		sequence->subsampling_x = bits_one(bits);
		sequence->subsampling_y = sequence->subsampling_x != 0 ? bits_one(bits) : 0;
	} else if (sequence->profile == 2) {
		sequence->subsampling_x = 1;
	}
	if (sequence->subsampling_x != 0 && sequence->subsampling_y != 0)
		sequence->sample_position = bits_read(bits, 2);
}

/* color_config(), section 5.5.2. */
static void read_colours(struct bits *bits, struct sequence *sequence)
{
	sequence->high_depth = bits_one(bits) != 0;
	sequence->twelve_bit =
		sequence->profile == 2 && sequence->high_depth && bits_one(bits) != 0;
	sequence->mono = sequence->profile != 1 && bits_one(bits) != 0;
	unsigned primaries = UNSPECIFIED;
	unsigned transfer = UNSPECIFIED;
	unsigned matrix = UNSPECIFIED;
	if (bits_one(bits) != 0) {
		primaries = bits_read(bits, 8);
		transfer = bits_read(bits, 8);
		matrix = bits_read(bits, 8);
	}
	if (sequence->mono) {
		(void)bits_one(bits);
		sequence->subsampling_x = 1;
		sequence->subsampling_y = 1;
		return;
	}
	if (primaries != CP_BT_709 || transfer != TC_SRGB || matrix != MC_IDENTITY)
		read_subsampling(bits, sequence);
	(void)bits_one(bits); /* chroma planes are quantised apart */
}

/* av1C, "AV1 Codec ISO Media File Format Binding" section 2.3.3. */
static void write_head(const struct sequence *s, uint8_t head[4])
{
	head[0] = 0x81;
	head[1] = (uint8_t)(s->profile << 5 | s->level);
	head[2] = (uint8_t)(s->tier << 7 | (s->high_depth ? 0x40 : 0) | (s->twelve_bit ? 0x20 : 0) |
			    (s->mono ? 0x10 : 0) | s->subsampling_x << 3 | s->subsampling_y << 2 |
			    s->sample_position);
	head[3] = 0;
}

int av1_sequence_parse(struct depay_av1 *av1, const uint8_t *data, size_t len)
{
	struct bits bits;
	bits_init(&bits, data, len);
	struct sequence sequence = { .profile = bits_read(&bits, 3) };
	(void)bits_one(&bits); /* still picture */
	const bool reduced = bits_one(&bits) != 0;
	if (reduced)
		sequence.level = bits_read(&bits, 5);
	else
		read_points(&bits, &sequence);
	const unsigned width_bits = bits_read(&bits, 4) + 1;
	const unsigned height_bits = bits_read(&bits, 4) + 1;
	const uint32_t width = bits_read(&bits, width_bits) + 1;
	const uint32_t height = bits_read(&bits, height_bits) + 1;
	if (!reduced && bits_one(&bits) != 0) /* frame ids */
		(void)bits_read(&bits, 7);
	(void)bits_read(&bits, 3); /* superblocks, filter intra, intra edges */
	if (!reduced)
		skip_tools(&bits);
	(void)bits_read(&bits, 3); /* super resolution, CDEF, restoration */
	read_colours(&bits, &sequence);
	(void)bits_one(&bits); /* film grain */
	if (bits.failed || sequence.profile > 2 || width > UINT16_MAX || height > UINT16_MAX)
		return -EBADMSG;
	write_head(&sequence, av1->head);
	av1->still = reduced;
	av1->width = (uint16_t)width;
	av1->height = (uint16_t)height;
	return 0;
}
