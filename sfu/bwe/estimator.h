/* sfu/bwe/estimator.h
 *
 * What a receiver's line carries, from its feedback: delay tells when the line's queue grows, loss (that is not
 * the line's own) when it overflows, probes how much more would go. The estimate never falls for lack of traffic
 * and never grows past what was tried. It counts everything sent to the receiver: audio, video, retransmissions,
 * padding, and the octets of UDP and IP below them.
 *
 * With transport-wide feedback: estimator_sent() for each numbered packet, estimator_feedback() for each feedback.
 * Without: estimator_report() for each report block, estimator_remb() where the receiver says a figure of its own.
 *
 * One thread; an embedded value; it allocates nothing and reads no clock.
 */
#ifndef ROSTRUM_SFU_BWE_ESTIMATOR_H
#define ROSTRUM_SFU_BWE_ESTIMATOR_H

#include "sfu/bwe/delay.h"
#include "sfu/bwe/history.h"
#include "sfu/bwe/prober.h"
#include "sfu/bwe/rate.h"
#include "sfu/bwe/trial.h"

/* Before anything is known; with reports only, there is no probing, so it begins higher. */
#define ESTIMATOR_START_BPS 300000
#define ESTIMATOR_START_REPORTS_BPS 3000000
#define ESTIMATOR_LEAST_BPS 20000
#define ESTIMATOR_MOST_BPS 100000000

enum estimator_cause {
	ESTIMATOR_STARTED,
	ESTIMATOR_GREW,
	ESTIMATOR_PROBED,
	ESTIMATOR_QUEUE,  /* cut: the line's queue grew */
	ESTIMATOR_LOSS,   /* cut: loss beyond the line's own */
	ESTIMATOR_SILENT, /* cut: no feedback came */
};

struct estimator {
	bool feedback; /* the receiver gives transport-wide feedback */
	uint32_t bps;
	enum estimator_cause cause; /* of the last change */
	uint32_t wanted_bps;
	rs_time rtt;
	struct history history;
	struct delay delay;
	struct trial trial;
	struct prober prober;
	struct rate sent;  /* on our clock */
	struct rate audio; /* thereof without number */
	struct rate acked; /* on the receiver's clock */
	/* Thereof what was no probe: a line's queue carries a short one at any rate. */
	struct rate borne;
	rs_time last_arrival;
	rs_time updated; /* growth was reckoned to here */
	bool narrow;     /* it was cut, and has not reached what is wanted since */
	rs_time cut_at;
	rs_time suspect_until;
	uint32_t ceiling_bps; /* what the line carried when it was last too much; 0 = not known */
	rs_time hold_until;   /* while the line's queue drains */
	/* feedback that stays away */
	rs_time heard_at;   /* last feedback; 0 = none ever */
	rs_time first_sent; /* of the packets nothing was ever heard of; RS_TIME_NEVER = none */
	rs_time age[2];     /* greatest of what a feedback did not tell of, this window and last */
	rs_time age_turn;
	bool silent;
	rs_time ping_at;
	rs_time sent_at; /* the last numbered packet */
	bool acquitted;  /* see estimator_acquitted() */
	rs_time halve_at;
	/* a queue that does not give way is not ours */
	unsigned in_vain;
	rs_time vain_queue;
	/* reports */
	bool reported;
	uint32_t report_highest;
	int32_t report_lost;
	rs_time report_at;
	rs_time least_rtt;
	uint32_t remb_bps; /* 0 = none */
	rs_time remb_at;
};

/* A line of which nothing is known. `feedback`: the receiver negotiated the transport-wide kind; else its reports and REMB count. */
void estimator_init(struct estimator *estimator, bool feedback, rs_time now);
/* The far end moved to another path: what is known holds no more. Numbers go on. */
void estimator_moved(struct estimator *estimator, rs_time now);
/* What all streams together could use; probing goes up to it. 0 = nothing more is wanted. */
void estimator_want(struct estimator *estimator, uint32_t bps);
/* Round trip as RTCP tells it. */
void estimator_rtt(struct estimator *estimator, rs_time rtt);

/* The number the next packet will get. */
uint16_t estimator_next(const struct estimator *estimator);
/* A packet of `octets` goes out now; `octets` with what lies below RTP. Returns its transport-wide number. */
uint16_t estimator_sent(struct estimator *estimator, uint32_t octets, rs_time now);
/* The same for one that carries no number. */
void estimator_sent_unnumbered(struct estimator *estimator, uint32_t octets, rs_time now);

/* What arrived and when. Each packet is heard of once; what tells nothing new changes nothing. */
void estimator_feedback(
	struct estimator *estimator, const struct twcc_feedback *feedback, rs_time now);
/* A report block on a stream of ours. Ignored where there is transport-wide feedback. */
void estimator_report(struct estimator *estimator, uint32_t highest_seq, int32_t lost, rs_time now);
/* Receiver Estimated Maximum Bitrate (draft-alvestrand-rmcat-remb-03). Ignored where there is transport-wide feedback. */
void estimator_remb(struct estimator *estimator, uint32_t bps, rs_time now);

/* Time passed: feedback may be overdue, a probe due. A receiver that negotiated feedback and never gives any is taken by
 * its reports from then on. */
void estimator_tick(struct estimator *estimator, rs_time now);

/* The estimate. */
uint32_t estimator_bps(const struct estimator *estimator);
/* The line was found to carry less than is wanted, rather than not tried yet. */
bool estimator_is_narrow(const struct estimator *estimator);
/* The rate to send at now: the estimate, or 0 while the line's queue drains or feedback is overdue. */
uint32_t estimator_pace_bps(const struct estimator *estimator, rs_time now);
/* Octets of padding or old packets due now, for a probe, on trial, or to cause feedback; 0 = none. */
uint32_t estimator_probe_due(const struct estimator *estimator, rs_time now);
/* Something may be due every few milliseconds. */
bool estimator_is_probing(const struct estimator *estimator, rs_time now);
/* Once after a cut was taken back that loss had been the reason for: the line loses as much whatever is sent. */
bool estimator_acquitted(struct estimator *estimator);
/* How long packets wait in the line's queue, us. */
rs_time estimator_queue(const struct estimator *estimator);
/* Share of packets the line loses by itself, 0 to 1. */
double estimator_own_loss(const struct estimator *estimator);
/* What is sent without numbers, bit/s over the last half second. */
uint32_t estimator_audio_bps(struct estimator *estimator, rs_time now);

#endif
