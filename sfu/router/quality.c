#include "sfu/router/quality.h"

#define SECOND RS_SEC(1)
/* Further back is no reordering. */
#define LEAP 100

static void begin(struct quality *quality, int64_t seq, rs_time now)
{
	*quality = (struct quality){ .until = now + SECOND, .before = seq - 1, .highest = seq - 1 };
}

static void turn(struct quality *quality, rs_time now)
{
	quality->last = now < quality->until + SECOND ? quality->present
						      : (struct quality_count){ .came = 0 };
	quality->present = (struct quality_count){ .came = 0 };
	quality->before = quality->highest;
	quality->until = now + SECOND;
}

void quality_add(struct quality *quality, int64_t seq, bool voice, int level, rs_time now)
{
	struct quality_count *count = &quality->present;

	if (quality->until == 0 || seq < quality->highest - LEAP || seq > quality->highest + LEAP)
		begin(quality, seq, now);
	if (now >= quality->until)
		turn(quality, now);
	if (seq > quality->highest)
		quality->highest = seq;
	count->came++;
	count->expected = (uint32_t)(quality->highest - quality->before);
	count->voice += voice;
	count->full += voice && level >= 0 && level <= QUALITY_FULL_LEVEL;
}

/* Of the present second and the last one, as far as they are not over for long. */
static struct quality_count recent(const struct quality *quality, rs_time now)
{
	const struct quality_count *present = &quality->present, *last = &quality->last;

	if (now >= quality->until + SECOND)
		return (struct quality_count){ .came = 0 };
	return (struct quality_count){
		.voice = present->voice + last->voice,
		.full = present->full + last->full,
		.came = present->came + last->came,
		.expected = present->expected + last->expected,
	};
}

uint32_t quality_clipping(const struct quality *quality, rs_time now)
{
	const struct quality_count count = recent(quality, now);

	return count.voice > 0 ? count.full * 1000 / count.voice : 0;
}

uint32_t quality_loss(const struct quality *quality, rs_time now)
{
	const struct quality_count count = recent(quality, now);

	/* What overtook the turn of a second counts there, so more may have come than is expected. */
	return count.expected > count.came ? (count.expected - count.came) * 1000 / count.expected
					   : 0;
}
