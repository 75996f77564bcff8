#include "sfu/bwe/loss.h"

#include <math.h>

/* A window is judged when it has this many packets over this long, or has lasted this long. */
#define PACKETS 24
#define LASTED RS_MS(300)
#define LASTED_MOST RS_SEC(3)
/* Less is no ground for anything. */
#define PACKETS_LEAST 8

/* What is above the line's own loss by more than chance (so many standard deviations) and this share. */
#define ABOVE 0.04
#define DEVIATIONS 2.5
/* So far above needs no second window. */
#define FAR_ABOVE 0.25
#define WINDOWS 2
/* The margin after trials in vain, and how it closes again. */
#define MARGIN_STEP 0.04
#define MARGIN_MOST 0.2
#define MARGIN_CLOSE 0.98
/* Speed at which the known loss follows. */
#define FOLLOW_UP 0.1
#define FOLLOW_DOWN 0.3

/* A little less than what came through. */
#define CUT 0.95
/* A cut below this share of the estimate proves no more than one to it. */
#define CUT_LEAST 0.3
/* More than this share of the loss above must stay for the line to be at fault. */
#define STAYS 0.6

void loss_init(struct loss *loss)
{
	*loss = (struct loss){ .first_sent = RS_TIME_NEVER };
}

void loss_forget(struct loss *loss)
{
	loss_init(loss);
}

void loss_add_many(struct loss *loss, rs_time first, rs_time last, uint32_t sent, uint32_t lost,
	uint64_t octets)
{
	if (loss->phase == LOSS_TRIAL && first < loss->trial_from)
		return;
	if (loss->first_sent == RS_TIME_NEVER) {
		loss->first_sent = first;
		loss->last_sent = last;
	}
	loss->last_sent = rs_time_max(loss->last_sent, last);
	loss->sent += sent;
	loss->lost += lost;
	loss->octets += octets;
}

void loss_add(struct loss *loss, rs_time sent, uint32_t octets, bool lost)
{
	loss_add_many(loss, sent, sent, 1, lost ? 1 : 0, octets);
}

void loss_found(struct loss *loss)
{
	if (loss->lost > 0)
		loss->lost--;
}

static void empty(struct loss *loss)
{
	loss->sent = 0;
	loss->lost = 0;
	loss->octets = 0;
	loss->first_sent = RS_TIME_NEVER;
}

static bool is_complete(const struct loss *loss)
{
	if (loss->first_sent == RS_TIME_NEVER || loss->sent < PACKETS_LEAST)
		return false;
	const rs_time lasted = loss->last_sent - loss->first_sent;
	return (loss->sent >= PACKETS && lasted >= LASTED) || lasted >= LASTED_MOST;
}

static void follow(struct loss *loss)
{
	const double off = loss->window - loss->own;

	loss->own += off * (off < 0 ? FOLLOW_DOWN : FOLLOW_UP);
	loss->margin *= MARGIN_CLOSE;
}

/* What the line would have carried: the rate sent, less what was lost beyond its own loss. */
static uint32_t came_through(const struct loss *loss, uint32_t bps)
{
	const double lasted = (double)(loss->last_sent - loss->first_sent);
	const double sent_bps = lasted > 0 ? (double)loss->octets * 8e6 / lasted : bps;
	const double through = sent_bps * (1 - loss->window) / (1 - loss->own) * CUT;
	const double least = bps * CUT_LEAST;

	return (uint32_t)(through < least ? least : through < bps ? through : bps);
}

static enum loss_verdict begin_trial(
	struct loss *loss, uint32_t bps, rs_time settle, rs_time now, uint32_t *out_bps)
{
	loss->phase = LOSS_TRIAL;
	loss->trial_from = now + settle;
	loss->trial_loss = loss->window;
	loss->before_bps = bps;
	loss->cut_bps = came_through(loss, bps);
	*out_bps = loss->cut_bps;
	return LOSS_CUT;
}

static enum loss_verdict judge_steady(struct loss *loss, uint32_t bps, bool queued, rs_time settle,
	rs_time now, uint32_t *out_bps)
{
	const double known = loss->own > 0.02 ? loss->own : 0.02;
	const double chance = DEVIATIONS * sqrt(known * (1 - known) / loss->sent);
	const double above = loss->window - loss->own - loss->margin;

	if (above <= ABOVE + chance || queued) { /* a queue is dealt with by delay */
		loss->n_above = 0;
		if (!queued)
			follow(loss);
		return LOSS_KEEP;
	}
	if (++loss->n_above < WINDOWS && above < FAR_ABOVE + chance)
		return LOSS_KEEP;
	loss->n_above = 0;
	return begin_trial(loss, bps, settle, now, out_bps);
}

static enum loss_verdict judge_trial(
	struct loss *loss, uint32_t bps, bool queued, uint32_t *out_bps)
{
	loss->phase = LOSS_STEADY;
	if (loss->window - loss->own <= (loss->trial_loss - loss->own) * STAYS || queued)
		return LOSS_KEEP; /* it went: it was ours */
	loss->own = (loss->window + loss->trial_loss) / 2;
	loss->margin = fmin(loss->margin + MARGIN_STEP, MARGIN_MOST);
	if (bps >= loss->before_bps)
		return LOSS_KEEP;
	*out_bps = loss->before_bps;
	return LOSS_RAISE;
}

enum loss_verdict loss_judge(struct loss *loss, uint32_t bps, bool queued, rs_time settle,
	rs_time now, uint32_t *out_bps)
{
	enum loss_verdict verdict;

	if (!is_complete(loss))
		return LOSS_KEEP;
	loss->window = (double)loss->lost / loss->sent;
	if (loss->phase == LOSS_TRIAL)
		verdict = judge_trial(loss, bps, queued, out_bps);
	else
		verdict = judge_steady(loss, bps, queued, settle, now, out_bps);
	empty(loss);
	return verdict;
}

double loss_own(const struct loss *loss)
{
	return loss->own;
}
