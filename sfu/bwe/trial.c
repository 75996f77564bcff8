#include "sfu/bwe/trial.h"

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

/* A packet so long after the last one finds the line idle. */
#define IDLE RS_MS(12)
/* What is known of the place of losses fades with each window; so many packets of each kind tell. */
#define FADES 0.85
#define ALONE_LEAST 8
/* Lost as often, or nearly. No line loses more than so much by itself. */
#define ALIKE 0.6
/* Spared beyond chance: so many standard deviations fewer than as often. Not to be told: so many windows more are waited for. */
#define SPARED 2.0
#define UNTOLD_MOST 2
#define CHANCE_MOST 0.5
#define FOLLOW_CHANCE 0.5
/* A line that loses everything is no line. */
#define OWN_MOST 0.8

/* A little less than what came through. */
#define CUT 0.95
/* A cut below this share of the estimate proves no more than one to it. */
#define CUT_LEAST 0.3
#define TRIAL_MOST RS_SEC(4)
/* More than this share of the loss above must stay for the line to be at fault. */
#define STAYS 0.6
/* It went when there is less by so many standard deviations; or when it still seems so after so many packets. */
#define WENT 1.5
#define WENT_PACKETS 96

void trial_init(struct trial *trial)
{
	*trial = (struct trial){ .first_sent = RS_TIME_NEVER };
}

void trial_add_many(struct trial *trial, rs_time first, rs_time last, uint32_t sent, uint32_t lost,
	uint64_t octets)
{
	if (trial->phase == TRIAL_RUNNING && first < trial->trial_from)
		return;
	if (trial->first_sent == RS_TIME_NEVER) {
		trial->first_sent = first;
		trial->last_sent = last;
	}
	trial->last_sent = rs_time_max(trial->last_sent, last);
	trial->sent += sent;
	trial->lost += lost;
	trial->octets += octets;
}

static void note_place(struct trial *trial, rs_time sent, bool lost)
{
	struct trial_share *share = sent - trial->last_add >= IDLE ? &trial->alone : &trial->behind;

	trial->last_add = sent;
	share->sent += 1;
	share->lost += lost ? 1 : 0;
}

void trial_add(struct trial *trial, rs_time sent, uint32_t octets, bool lost)
{
	note_place(trial, sent, lost);
	trial_add_many(trial, sent, sent, 1, lost ? 1 : 0, octets);
}

void trial_found(struct trial *trial)
{
	if (trial->lost > 0)
		trial->lost--;
}

static void empty(struct trial *trial)
{
	trial->sent = 0;
	trial->lost = 0;
	trial->octets = 0;
	trial->first_sent = RS_TIME_NEVER;
}

static bool is_complete(const struct trial *trial)
{
	if (trial->first_sent == RS_TIME_NEVER || trial->sent < PACKETS_LEAST)
		return false;
	const rs_time lasted = trial->last_sent - trial->first_sent;
	return (trial->sent >= PACKETS && lasted >= LASTED) || lasted >= LASTED_MOST;
}

static void follow(struct trial *trial)
{
	const double off = trial->window - trial->own;

	trial->own += off * (off < 0 ? FOLLOW_DOWN : FOLLOW_UP);
	trial->margin *= MARGIN_CLOSE;
}

/* What the line would have carried: the rate sent, less what was lost beyond its own loss. */
static uint32_t came_through(const struct trial *trial, uint32_t bps)
{
	const double lasted = (double)(trial->last_sent - trial->first_sent);
	const double sent_bps = lasted > 0 ? (double)trial->octets * 8e6 / lasted : bps;
	const double through = sent_bps * (1 - trial->window) / (1 - trial->own) * CUT;
	const double least = bps * CUT_LEAST;

	return (uint32_t)(through < least ? least : through < bps ? through : bps);
}

static enum trial_verdict begin_trial(
	struct trial *trial, uint32_t bps, rs_time settle, rs_time now, uint32_t *out_bps)
{
	trial->phase = TRIAL_RUNNING;
	trial->trial_from = now + settle;
	trial->trial_loss = trial->window;
	trial->before_bps = bps;
	trial->cut_bps = came_through(trial, bps);
	*out_bps = trial->cut_bps;
	return TRIAL_CUT;
}

static void fade(struct trial_share *share)
{
	share->sent *= FADES;
	share->lost *= FADES;
}

enum hint {
	HINT_CHANCE, /* those that found the line idle are lost as the others are */
	HINT_SPARED, /* they are not */
	HINT_NONE,   /* too few to tell */
};

static enum hint place_of_losses(const struct trial *trial)
{
	const struct trial_share *alone = &trial->alone;
	const struct trial_share *behind = &trial->behind;

	if (trial->window > CHANCE_MOST || alone->sent < ALONE_LEAST)
		return HINT_SPARED;
	if (behind->sent < ALONE_LEAST)
		return HINT_CHANCE; /* so little is sent that it fills no line */
	const double alike = alone->sent * behind->lost / behind->sent;
	if (alone->lost >= ALIKE * alike)
		return HINT_CHANCE;
	return alike - alone->lost > SPARED * sqrt(alike) ? HINT_SPARED : HINT_NONE;
}

static enum trial_verdict judge_steady(struct trial *trial, uint32_t bps, bool queued,
	rs_time settle, rs_time now, uint32_t *out_bps)
{
	const double known = trial->own > 0.02 ? trial->own : 0.02;
	const double chance = DEVIATIONS * sqrt(known * (1 - known) / trial->sent);
	const double above = trial->window - trial->own - trial->margin;

	if (above <= ABOVE + chance || queued) { /* a queue is dealt with by delay */
		trial->n_above = 0;
		if (!queued)
			follow(trial);
		return TRIAL_KEEP;
	}
	if (++trial->n_above < WINDOWS && above < FAR_ABOVE + chance)
		return TRIAL_KEEP;
	const enum hint hint = place_of_losses(trial);
	if (hint == HINT_NONE && trial->n_above < WINDOWS + UNTOLD_MOST)
		return TRIAL_KEEP;
	trial->n_above = 0;
	if (hint == HINT_CHANCE) {
		trial->own += (trial->window - trial->own) * FOLLOW_CHANCE;
		return TRIAL_KEEP;
	}
	return begin_trial(trial, bps, settle, now, out_bps);
}

/* A few packets may all get through by chance: more are waited for then. */
static bool is_told(const struct trial *trial)
{
	const double before = (trial->trial_loss - trial->own) * trial->sent;
	const double now = (trial->window - trial->own) * trial->sent;

	return now > before * STAYS || trial->sent >= WENT_PACKETS ||
	       before - now > WENT * sqrt(trial->trial_loss * trial->sent);
}

static enum trial_verdict judge_trial(
	struct trial *trial, uint32_t bps, bool queued, uint32_t *out_bps)
{
	trial->phase = TRIAL_STEADY;
	if (trial->window - trial->own <= (trial->trial_loss - trial->own) * STAYS || queued)
		return TRIAL_KEEP; /* it went: it was ours */
	trial->own = (trial->window + trial->trial_loss) / 2;
	trial->margin = fmin(trial->margin + MARGIN_STEP, MARGIN_MOST);
	if (bps >= trial->before_bps)
		return TRIAL_KEEP;
	*out_bps = trial->before_bps;
	return TRIAL_RAISE;
}

enum trial_verdict trial_judge(struct trial *trial, uint32_t bps, bool queued, rs_time settle,
	rs_time now, uint32_t *out_bps)
{
	enum trial_verdict verdict;

	if (trial->phase == TRIAL_RUNNING && now > trial->trial_from + TRIAL_MOST) {
		trial->phase = TRIAL_STEADY; /* too little was sent to tell */
		empty(trial);
	}
	if (!is_complete(trial))
		return TRIAL_KEEP;
	trial->window = (double)trial->lost / trial->sent;
	if (trial->phase == TRIAL_RUNNING && !queued && !is_told(trial))
		return TRIAL_KEEP;
	if (trial->phase == TRIAL_RUNNING)
		verdict = judge_trial(trial, bps, queued, out_bps);
	else
		verdict = judge_steady(trial, bps, queued, settle, now, out_bps);
	trial->own = fmin(trial->own, OWN_MOST);
	fade(&trial->alone);
	fade(&trial->behind);
	empty(trial);
	return verdict;
}

double trial_own(const struct trial *trial)
{
	return trial->own;
}
