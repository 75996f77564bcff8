#include "sfu/router/quality.h"

#define SECOND RS_SEC(1)

static void turn(struct quality *quality, rs_time now)
{
	quality->before_last = now < quality->until + SECOND ? quality->before : quality->count;
	quality->before = quality->count;
	quality->until = now + SECOND;
}

static void begin(struct quality *quality, const struct quality_packet *packet, rs_time now)
{
	*quality = (struct quality){ .stream = packet->stream, .until = now + SECOND };
	/* Of what came before this one nobody has told. */
	quality->count.came = packet->came - 1;
	quality->count.expected = packet->expected - 1;
	quality->before = quality->before_last = quality->count;
}

void quality_add(struct quality *quality, const struct quality_packet *packet, rs_time now)
{
	struct quality_count *count = &quality->count;

	if (quality->stream != packet->stream)
		begin(quality, packet, now);
	if (now >= quality->until)
		turn(quality, now);
	count->came = packet->came;
	count->expected = packet->expected;
	count->voice += packet->voice;
	count->full += packet->voice && packet->level >= 0 && packet->level <= QUALITY_FULL_LEVEL;
}

bool quality_is_recent(rs_time last, rs_time now)
{
	return now < last + 2 * SECOND;
}

/* Of the present second and the last one, as far as they are not over for long. */
static struct quality_count recent(const struct quality *quality, rs_time now)
{
	const struct quality_count *count = &quality->count, *before = &quality->before_last;

	if (now >= quality->until + SECOND)
		return (struct quality_count){ .came = 0 };
	return (struct quality_count){
		.voice = count->voice - before->voice,
		.full = count->full - before->full,
		.came = count->came - before->came,
		.expected = count->expected - before->expected,
	};
}

uint32_t quality_clipping(const struct quality *quality, rs_time now)
{
	const struct quality_count count = recent(quality, now);

	return count.voice > 0 ? (uint32_t)(count.full * 1000 / count.voice) : 0;
}

uint32_t quality_loss(const struct quality *quality, rs_time now)
{
	const struct quality_count count = recent(quality, now);

	/* What was missed in the second before may have come late in this one. */
	return count.expected > count.came
		       ? (uint32_t)((count.expected - count.came) * 1000 / count.expected)
		       : 0;
}
