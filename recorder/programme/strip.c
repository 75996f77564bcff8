#include "recorder/programme/strip.h"

#include <errno.h>
#include <string.h>

/* So far from its time a packet of speech may stand: seen with the picture nobody notices. */
#define OFF_MAX (15 * STRIP_SAMPLES_A_MS)
/* And so far one in a pause. */
#define OFF_IN_PAUSE (5 * STRIP_SAMPLES_A_MS)
#define SILENCE_USUAL 960
/* Times in a file are whole milliseconds: a packet of 2.5 ms would put all that follow beside them. */
#define SILENCE_LEAST (5 * STRIP_SAMPLES_A_MS)
/* What a clock drifts is put right where packets have less than this part of the usual size. */
#define PAUSE_DIVISOR 3
#define MEAN_DIVISOR 16

/* How a packet waits: this, then its octets. */
struct waiting {
	int64_t at;
	uint32_t samples;
	uint32_t len;
};

void strip_init(struct strip *strip)
{
	*strip = (struct strip){ .mean_len = 0 };
	rs_buf_init(&strip->waiting, STRIP_WAITING_MAX);
}

void strip_done(struct strip *strip)
{
	rs_buf_done(&strip->waiting);
}

int strip_push(struct strip *strip, int64_t time_ms, const uint8_t *data, size_t len)
{
	struct waiting head = { .at = time_ms * STRIP_SAMPLES_A_MS, .len = (uint32_t)len };
	if (opus_duration(data, len, &head.samples) < 0)
		return -EBADMSG;
	if (rs_buf_len(&strip->waiting) + sizeof(head) + len > STRIP_WAITING_MAX)
		return -E2BIG;
	uint8_t *room = rs_buf_room(&strip->waiting, sizeof(head) + len);
	if (room == NULL)
		return -ENOMEM;
	memcpy(room, &head, sizeof(head));
	memcpy(room + sizeof(head), data, len);
	rs_buf_commit(&strip->waiting, sizeof(head) + len);
	return 0;
}

static bool first_waiting(const struct strip *strip, struct waiting *out)
{
	if (rs_buf_len(&strip->waiting) == 0)
		return false;
	memcpy(out, rs_buf_data(&strip->waiting), sizeof(*out));
	return true;
}

static bool in_pause(const struct strip *strip, const struct waiting *first)
{
	return (int64_t)first->len * 16 * PAUSE_DIVISOR < strip->mean_len;
}

/* How far after its place a packet is still taken as it is, rather than silence put before it. */
static int64_t early_max(const struct strip *strip, const struct waiting *first)
{
	if (strip->filling)
		return 0;
	return in_pause(strip, first) ? OFF_IN_PAUSE : OFF_MAX;
}

/* How far its time may lie behind what is written. One that is left out moves the next ones forward by as
 * much as it lasts, which must not put them too far ahead. */
static int64_t late_max(const struct strip *strip, const struct waiting *first)
{
	const int64_t most = (int64_t)first->samples * 3 / 4;
	const int64_t least = in_pause(strip, first) ? (int64_t)first->samples / 2 : OFF_MAX;
	return most > least ? most : least;
}

static int give_silence(struct strip *strip, int64_t room, struct strip_packet *out)
{
	if (room < SILENCE_LEAST)
		return 0;
	const uint32_t samples = opus_silence_write(room, strip->silence);
	*out = (struct strip_packet){ .data = strip->silence,
		.len = sizeof(strip->silence),
		.at = strip->position,
		.samples = samples };
	strip->position += samples;
	return 1;
}

static int give_first(struct strip *strip, const struct waiting *first, struct strip_packet *out)
{
	*out = (struct strip_packet){ .data = rs_buf_data(&strip->waiting) + sizeof(*first),
		.len = first->len,
		.at = strip->position,
		.samples = first->samples };
	strip->position += first->samples;
	strip->mean_len += first->len - strip->mean_len / MEAN_DIVISOR;
	strip->filling = false;
	strip->taken = sizeof(*first) + first->len;
	return 1;
}

static void drop_taken(struct strip *strip)
{
	rs_buf_consume(&strip->waiting, strip->taken);
	strip->taken = 0;
}

/* Up to `until`, silence of at least `least` samples. */
static int next(struct strip *strip, int64_t until, int64_t least, struct strip_packet *out)
{
	struct waiting first;
	drop_taken(strip);
	while (first_waiting(strip, &first) && first.at < until) {
		const int64_t gap = first.at - strip->position;
		if (gap < -late_max(strip, &first)) {
			strip->taken = sizeof(first) + first.len;
			drop_taken(strip);
			continue;
		}
		if (gap <= early_max(strip, &first))
			return give_first(strip, &first, out);
		strip->filling = true;
		return give_silence(strip, gap, out) == 1 ? 1 : give_first(strip, &first, out);
	}
	const int64_t room = until - strip->position;
	if (room < least)
		return 0;
	strip->filling = true;
	return give_silence(strip, room, out);
}

int strip_next(struct strip *strip, int64_t until_ms, struct strip_packet *out_packet)
{
	return next(strip, until_ms * STRIP_SAMPLES_A_MS, SILENCE_USUAL, out_packet);
}

int strip_finish(struct strip *strip, int64_t end_ms, struct strip_packet *out_packet)
{
	return next(strip, end_ms * STRIP_SAMPLES_A_MS, 0, out_packet);
}
