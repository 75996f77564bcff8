#include "sfu/bwe/feedback.h"

#include <errno.h>

#include "common/rtp/seq.h"
#include "common/rtp/twcc.h"

static rs_time *arrival_of(struct feedback *feedback, int64_t number)
{
	return &feedback->arrivals[(uint64_t)number % FEEDBACK_WINDOW];
}

void feedback_init(struct feedback *feedback)
{
	*feedback = (struct feedback){ .due = RS_TIME_NEVER };
}

static void restart(struct feedback *feedback, int64_t number)
{
	for (size_t i = 0; i < FEEDBACK_WINDOW; i++)
		feedback->arrivals[i] = RS_TIME_NEVER;
	feedback->started = true;
	feedback->next = number;
	feedback->highest = number - 1;
	feedback->pending = 0;
}

void feedback_add(struct feedback *feedback, uint16_t seq, rs_time now)
{
	if (!feedback->started)
		restart(feedback, seq);

	const int64_t number = rtp_seq_unwrap(feedback->highest, seq);
	/* Half the window stays for packets that come late. */
	if (number > feedback->highest + FEEDBACK_WINDOW / 2)
		restart(feedback, number);
	else if (number <= feedback->highest - FEEDBACK_WINDOW / 2)
		return;
	while (feedback->highest < number)
		*arrival_of(feedback, ++feedback->highest) = RS_TIME_NEVER;
	if (*arrival_of(feedback, number) != RS_TIME_NEVER)
		return;
	*arrival_of(feedback, number) = now;
	if (number < feedback->next) /* reported as lost: say it again, right this time */
		feedback->next = number;
	if (feedback->highest - feedback->next >= FEEDBACK_WINDOW / 2)
		feedback->next = feedback->highest - FEEDBACK_WINDOW / 2 + 1;
	if (feedback->pending++ == 0)
		feedback->due = now + FEEDBACK_INTERVAL;
}

rs_time feedback_deadline(const struct feedback *feedback)
{
	if (feedback->pending == 0)
		return RS_TIME_NEVER;
	return feedback->pending >= FEEDBACK_PACKETS ? 0 : feedback->due;
}

/* Statuses from feedback->next on. Stops before a delta that 16 bits do not hold. */
static void collect(struct feedback *feedback, struct twcc_feedback *out)
{
	int64_t last = 0; /* in units of TWCC_DELTA_US */
	bool any = false;

	out->base_seq = (uint16_t)feedback->next;
	while (feedback->next <= feedback->highest && out->n_packets < FEEDBACK_WINDOW / 2) {
		const rs_time at = *arrival_of(feedback, feedback->next);
		if (at == RS_TIME_NEVER) {
			out->arrivals[out->n_packets++] =
				(struct twcc_arrival){ .received = false };
			feedback->next++;
			continue;
		}
		if (!any) {
			out->reference = (uint32_t)(at / TWCC_REFERENCE_US) & 0xffffff;
			last = at / TWCC_REFERENCE_US * (TWCC_REFERENCE_US / TWCC_DELTA_US);
			any = true;
		}
		const int64_t delta = at / TWCC_DELTA_US - last;
		if (delta < INT16_MIN || delta > INT16_MAX)
			break;
		out->arrivals[out->n_packets++] =
			(struct twcc_arrival){ .received = true, .delta = (int32_t)delta };
		last += delta;
		feedback->next++;
	}
}

int feedback_poll(struct feedback *feedback, uint32_t sender_ssrc, uint32_t media_ssrc, rs_time now,
	struct rs_writer *writer)
{
	struct twcc_feedback out;

	if (feedback_deadline(feedback) > now)
		return 0;
	out.sender_ssrc = sender_ssrc;
	out.media_ssrc = media_ssrc;
	out.n_packets = 0;
	out.reference = 0;
	out.feedback_count = feedback->count++;
	collect(feedback, &out);
	if (feedback->next > feedback->highest) {
		feedback->pending = 0;
		feedback->due = RS_TIME_NEVER;
	}
	if (out.n_packets == 0)
		return 0;
	twcc_write(writer, &out);
	return writer->failed ? -ENOSPC : 1;
}
