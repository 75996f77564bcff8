#include "tests/support/bwe_line.h"

#include <stdlib.h>
#include <string.h>

#define OTHER_OCTETS 1200
/* How fast a listener's buffer gives back delay it no longer needs, per packet of 20 ms, and what it keeps. */
#define GIVES_BACK RS_MS(1)
#define KEEPS RS_MS(40)
#define AUDIO_PACKET RS_MS(20)

void bwe_line_init(struct bwe_line *line, uint64_t seed)
{
	memset(line, 0, sizeof(*line));
	line->rate_bps = 2000000;
	line->queue_max = RS_MS(300);
	line->delay = RS_MS(20);
	line->feedback_every = RS_MS(100);
	rs_rand_init_seed(&line->rand, seed);
	feedback_init(&line->feedback);
	line->playout = line->delay + KEEPS;
}

void bwe_line_send(struct bwe_line *line, const struct bwe_line_packet *packet, rs_time now)
{
	const uint64_t most = line->rate_bps * (uint64_t)line->queue_max / 8000000;

	line->audio_sent += packet->audio;
	if (line->n_queue == BWE_LINE_QUEUE || line->queued_octets + packet->octets > most + 1500) {
		line->audio_lost += packet->audio;
		return;
	}
	struct bwe_line_packet *place =
		&line->queue[(line->head + line->n_queue++) % BWE_LINE_QUEUE];
	*place = *packet;
	place->sent = now;
	line->queued_octets += packet->octets;
}

/* Out of the queue, onto the way. */
static void leave(struct bwe_line *line, struct bwe_line_packet *packet, rs_time now)
{
	if (packet->other)
		return;
	if (rs_rand_below(&line->rand, 1000) < line->loss_permille) {
		line->audio_lost += packet->audio;
		return;
	}
	if (line->n_queueing < BWE_LINE_SAMPLES)
		line->queueing[line->n_queueing++] = now - packet->sent;
	packet->due = now + line->delay;
	if (line->jitter > 0)
		packet->due += rs_rand_below(&line->rand, (uint32_t)line->jitter + 1);
	line->last_due = packet->due = rs_time_max(packet->due, line->last_due);
	if (line->n_way == BWE_LINE_WAY)
		abort();
	line->way[(line->way_head + line->n_way++) % BWE_LINE_WAY] = *packet;
}

static void drain(struct bwe_line *line, rs_time now)
{
	line->credit += (double)line->rate_bps / 1000;
	while (line->n_queue > 0) {
		struct bwe_line_packet *packet = &line->queue[line->head];
		if (line->credit < packet->octets * 8.0)
			return;
		line->credit -= packet->octets * 8.0;
		line->queued_octets -= packet->octets;
		line->head = (line->head + 1) % BWE_LINE_QUEUE;
		line->n_queue--;
		leave(line, packet, now);
	}
	line->credit = 0; /* an idle line saves nothing up */
}

static void cross_traffic(struct bwe_line *line, rs_time now)
{
	const struct bwe_line_packet packet = { .other = true, .octets = OTHER_OCTETS };

	line->other_credit += (double)line->other_bps / 1000;
	for (; line->other_credit >= OTHER_OCTETS * 8.0; line->other_credit -= OTHER_OCTETS * 8.0)
		bwe_line_send(line, &packet, now);
}

/* A packet later than what is being played stretches the sound before it; what is too much delay is given back. */
static void listen(struct bwe_line *line, const struct bwe_line_packet *packet, rs_time now)
{
	const rs_time delay = now - packet->sent;
	const size_t at = (size_t)(now / AUDIO_PACKET);

	if (delay > line->playout) {
		if (at < RS_ARRAY_LEN(line->concealed_in))
			line->concealed_in[at] += delay - line->playout;
		line->playout = delay;
	} else if (line->playout > delay + KEEPS) {
		line->playout -= GIVES_BACK;
	}
}

static void arrive(struct bwe_line *line, rs_time now)
{
	while (line->n_way > 0 && line->way[line->way_head].due <= now) {
		const struct bwe_line_packet *packet = &line->way[line->way_head];
		if (packet->audio)
			listen(line, packet, now);
		if (packet->numbered)
			feedback_add(&line->feedback, packet->number, now);
		line->way_head = (line->way_head + 1) % BWE_LINE_WAY;
		line->n_way--;
	}
}

static void report(struct bwe_line *line, rs_time now)
{
	if (now < line->feedback_at)
		return;
	line->feedback_at = now + line->feedback_every;
	if (line->feedback.pending > 0)
		line->feedback.due = now;
	for (;;) {
		struct rs_writer writer;
		const size_t at = (line->back_head + line->n_back) % 32;
		rs_writer_init(&writer, line->back[at], sizeof(line->back[at]));
		if (line->n_back == 32 || feedback_poll(&line->feedback, 1, 2, now, &writer) != 1)
			return;
		if (rs_rand_below(&line->rand, 1000) < line->feedback_loss_permille)
			continue;
		line->back_len[at] = writer.len;
		line->back_due[at] = now + line->delay;
		if (line->back_jitter > 0)
			line->back_due[at] +=
				rs_rand_below(&line->rand, (uint32_t)line->back_jitter + 1);
		line->n_back++;
	}
}

static unsigned tell(struct bwe_line *line, bwe_line_hear *hear, void *ctx, rs_time now)
{
	unsigned n = 0;

	for (; line->n_back > 0 && line->back_due[line->back_head] <= now; n++) {
		const size_t at = line->back_head;
		hear(ctx, line->back[at], line->back_len[at], now);
		line->back_head = (line->back_head + 1) % 32;
		line->n_back--;
	}
	return n;
}

unsigned bwe_line_step(struct bwe_line *line, bwe_line_hear *hear, void *ctx, rs_time now)
{
	cross_traffic(line, now);
	drain(line, now);
	arrive(line, now);
	report(line, now);
	return tell(line, hear, ctx, now);
}

static int by_size(const void *a, const void *b)
{
	const rs_time x = *(const rs_time *)a;
	const rs_time y = *(const rs_time *)b;

	return (x > y) - (x < y);
}

rs_time bwe_line_queueing(struct bwe_line *line, unsigned percent)
{
	if (line->n_queueing == 0)
		return 0;
	qsort(line->queueing, line->n_queueing, sizeof(line->queueing[0]), by_size);
	return line->queueing[(line->n_queueing - 1) * percent / 100];
}

unsigned bwe_line_concealed(const struct bwe_line *line, rs_time now)
{
	const size_t window = (size_t)(RS_SEC(5) / AUDIO_PACKET);
	rs_time most = 0;

	for (size_t from = 0; from + window <= (size_t)(now / AUDIO_PACKET); from++) {
		rs_time sum = 0;
		for (size_t i = from; i < from + window; i++)
			sum += line->concealed_in[i];
		most = rs_time_max(most, sum);
	}
	return (unsigned)(most * 1000 / RS_SEC(5));
}
