/* sfu/bwe/trial.h
 *
 * Tells a line's own loss from loss that comes of sending too much. Radio and satellite lines lose at random,
 * whatever is sent: giving way to that gains nothing. So loss above what the line is known for is put to the
 * test. Chance hits a packet that finds the line idle as it hits one right behind others; a line that is full spares the
 * first. While too few packets tell, a little longer is watched; where they do not tell: send no more than what came
 * through, and look. If the loss goes, it was congestion, and the cut stays; if it stays, it is the line's own, and the
 * cut is taken back.
 *
 * An embedded value; it allocates nothing.
 */
#ifndef ROSTRUM_SFU_BWE_TRIAL_H
#define ROSTRUM_SFU_BWE_TRIAL_H

#include "common/base/mem.h"
#include "common/base/time.h"

enum trial_phase {
	TRIAL_STEADY,
	TRIAL_RUNNING, /* cut, and waiting what becomes of the loss */
};

struct trial {
	enum trial_phase phase;
	/* the window being gathered */
	uint32_t sent;
	uint32_t lost;
	uint64_t octets;
	rs_time first_sent; /* RS_TIME_NEVER when the window is empty */
	rs_time last_sent;
	/* lately: packets that found the line idle, and those right behind others */
	rs_time last_add;
	struct trial_share {
		double sent;
		double lost;
	} alone, behind;
	/* what is known */
	double own;    /* share lost by the line itself, 0 to 1 */
	double margin; /* how far beyond is chance: wider after a trial was in vain */
	unsigned n_above;
	double window; /* share lost in the last complete window */
	/* the trial */
	rs_time trial_from; /* packets sent before do not count */
	double trial_loss;
	uint32_t before_bps; /* estimate to go back to */
	uint32_t cut_bps;
};

enum trial_verdict {
	TRIAL_KEEP,  /* nothing to do */
	TRIAL_CUT,   /* send no more than *out_bps */
	TRIAL_RAISE, /* the cut was in vain: *out_bps is allowed again */
};

void trial_init(struct trial *trial);
/* What became of one packet of `octets` sent at `sent`. */
void trial_add(struct trial *trial, rs_time sent, uint32_t octets, bool lost);
/* A packet told as lost came after all. */
void trial_found(struct trial *trial);
/* As trial_add() of many, for receivers that only report counts: `octets` in all, sent from `first` to `last`. */
void trial_add_many(struct trial *trial, rs_time first, rs_time last, uint32_t sent, uint32_t lost,
	uint64_t octets);
/* After each feedback. `bps` is the estimate now, `queued` says that the line's queue explains the loss, `settle` is
 * how long it takes until a change of rate can be seen in feedback. */
enum trial_verdict trial_judge(struct trial *trial, uint32_t bps, bool queued, rs_time settle,
	rs_time now, uint32_t *out_bps);
/* Share of packets the line loses by itself, 0 to 1. */
double trial_own(const struct trial *trial);

#endif
