#include "tools/roombox/send/redundant.h"

#include "common/rtp/red.h"
#include "tools/roombox/send/microphone.h"

#include <math.h>
#include <string.h>

#define KEPT 0.998
/* From so many of 256 on: one frame, two. In-band FEC mends single losses of few. */
#define LOSS_ONE 5.0
#define LOSS_TWO 20.0

unsigned redundant_expect(struct redundant *redundant, uint8_t lost)
{
	redundant->loss = fmax(lost, redundant->loss * KEPT);
	if (redundant->loss < LOSS_ONE)
		return 0;
	return redundant->loss < LOSS_TWO ? 1 : REDUNDANT_MOST;
}

size_t redundant_write(const struct redundant *redundant, unsigned n,
	const struct rtc_payload *frame, uint8_t pt, uint8_t out[REDUNDANT_PAYLOAD_MAX])
{
	struct red red = { .primary = {
				   .pt = pt, .data_view = frame->data_view, .len = frame->len } };
	size_t len = RED_PRIMARY_HEADER_LEN + frame->len;
	struct rs_writer writer;
	size_t taken = 0;
	while (taken < n && taken < redundant->n &&
		len + RED_HEADER_LEN + redundant->frames[taken].len <= REDUNDANT_PAYLOAD_MAX)
		len += RED_HEADER_LEN + redundant->frames[taken++].len;
	for (size_t i = taken; i > 0; i--) {
		const struct redundant_frame *before = &redundant->frames[i - 1];
		red.redundant[red.n_redundant++] = (struct red_block){ .pt = pt,
			.offset = (uint16_t)(frame->rtp_ts - before->rtp_ts),
			.data_view = before->data,
			.len = before->len };
	}
	if (taken == 0)
		return 0;
	rs_writer_init(&writer, out, REDUNDANT_PAYLOAD_MAX);
	red_write(&writer, &red);
	return writer.failed ? 0 : writer.len;
}

void redundant_keep(struct redundant *redundant, const struct rtc_payload *frame)
{
	const struct redundant_frame *last = &redundant->frames[0];
	if (frame->len > REDUNDANT_FRAME_MAX ||
		(redundant->n > 0 && frame->rtp_ts - last->rtp_ts != MICROPHONE_FRAME))
		redundant->n = 0;
	if (frame->len > REDUNDANT_FRAME_MAX)
		return;
	memmove(&redundant->frames[1], &redundant->frames[0],
		(REDUNDANT_MOST - 1) * sizeof(redundant->frames[0]));
	redundant->n += redundant->n < REDUNDANT_MOST;
	struct redundant_frame *newest = &redundant->frames[0];
	newest->rtp_ts = frame->rtp_ts;
	newest->len = frame->len;
	memcpy(newest->data, frame->data_view, frame->len);
}
