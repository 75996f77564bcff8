#include "sfu/bwe/estimator.h"

#define RTT_UNKNOWN RS_MS(100)
/* Feedback comes at intervals of up to so long (browsers: 50 to 250 ms). */
#define FEEDBACK_EVERY RS_MS(250)
/* Overdue: nothing more is sent until it comes, but for a packet now and then to cause some. After so long, half. */
#define SILENT_AFTER RS_MS(300)
#define SILENT_FOR RS_SEC(1)
#define PING_EVERY RS_MS(500)
/* Who has given no feedback at all for so long gives none. */
#define NEVER_AFTER RS_SEC(3)
/* The last few before a pause may be lost, and nobody tells of them: feedback goes up to the highest that arrived. */
#define TAIL 4

/* A cut goes below what the line carried, so that the queue drains. In percent. */
#define CUT 85
/* No second cut before the first can have been felt, unless the line is narrower still by so much (percent). */
#define CUT_AGAIN RS_MS(150)
#define MUCH_LESS 60
#define HOLD_MOST RS_MS(800)
/* On a suspicion, video waits for the next feedback, so long at most, and is not suspected again for a while. A line that has
 * become narrow takes its time to let a packet through, and then there is a feedback. */
#define SUSPECT_HOLD RS_MS(250)
#define SUSPECT_AGAIN RS_MS(700)
/* Packets missing from a feedback, so much later than any was in the last one to two windows. */
#define OVERDUE RS_MS(15)
#define AGE_WINDOW RS_SEC(3)
#define OVERDUE_PACKETS 2
#define OVERDUE_PACKETS_LOSSY 5
#define LOSES_NOTHING 0.001
#define LOSES_LITTLE 0.03

/* Growth, percent a second, while what is sent is near the estimate; near the ceiling, bit/s a second. */
#define GROW 8
#define GROW_NEAR 40000
/* The ceiling is near from this percentage on, and is forgotten when the estimate went beyond it by as much. */
#define NEAR 90
#define BEYOND 120
/* Never more than this percentage of what arrives, and a little. */
#define TRIED 120
#define TRIED_PLUS 10000

/* So often something goes while a cut for loss is on trial: where the picture fell to it, nothing else would tell. */
#define TRIAL_EVERY RS_MS(12)
#define TRIAL_OCTETS 100

/* Cuts that leave the queue as it is: it is somebody else's. */
#define VAIN_CUTS 4

/* Without feedback: a round trip longer than the least by so much is a queue. */
#define RTT_QUEUE RS_MS(250)
#define REMB_HOLDS RS_SEC(10)

static uint32_t percent(uint32_t bps, unsigned of)
{
	return (uint32_t)((uint64_t)bps * of / 100);
}

static void set(struct estimator *estimator, uint64_t bps, enum estimator_cause cause)
{
	if (bps < ESTIMATOR_LEAST_BPS)
		bps = ESTIMATOR_LEAST_BPS;
	if (bps > ESTIMATOR_MOST_BPS)
		bps = ESTIMATOR_MOST_BPS;
	if (estimator->bps == bps)
		return;
	estimator->narrow = (estimator->narrow || bps < estimator->bps) &&
			    bps < estimator->wanted_bps && cause != ESTIMATOR_STARTED;
	estimator->bps = (uint32_t)bps;
	estimator->cause = cause;
}

static void know_nothing(struct estimator *estimator, rs_time now)
{
	delay_init(&estimator->delay);
	trial_init(&estimator->trial);
	prober_init(&estimator->prober);
	estimator->prober.next = now;
	rate_init(&estimator->acked);
	rate_init(&estimator->borne);
	estimator->updated = now;
	estimator->cut_at = now - RS_SEC(10);
	estimator->suspect_until = now - RS_SEC(10);
	estimator->ceiling_bps = 0;
	estimator->hold_until = now;
	estimator->heard_at = 0;
	estimator->age[0] = 0;
	estimator->age[1] = 0;
	estimator->age_turn = now;
	estimator->first_sent = RS_TIME_NEVER;
	estimator->silent = false;
	estimator->in_vain = 0;
	estimator->reported = false;
	estimator->sent_at = now;
	estimator->acquitted = false;
	estimator->least_rtt = RS_TIME_NEVER;
	estimator->remb_bps = 0;
	set(estimator, estimator->feedback ? ESTIMATOR_START_BPS : ESTIMATOR_START_REPORTS_BPS,
		ESTIMATOR_STARTED);
}

void estimator_init(struct estimator *estimator, bool feedback, rs_time now)
{
	estimator->feedback = feedback;
	estimator->bps = 0;
	estimator->wanted_bps = 0;
	estimator->rtt = RTT_UNKNOWN;
	estimator->last_arrival = 0;
	history_init(&estimator->history);
	rate_init(&estimator->sent);
	rate_init(&estimator->audio);
	know_nothing(estimator, now);
}

void estimator_moved(struct estimator *estimator, rs_time now)
{
	history_forget(&estimator->history);
	estimator->rtt = RTT_UNKNOWN;
	know_nothing(estimator, now);
}

void estimator_want(struct estimator *estimator, uint32_t bps)
{
	estimator->wanted_bps = bps;
}

void estimator_rtt(struct estimator *estimator, rs_time rtt)
{
	estimator->rtt = rtt;
	estimator->least_rtt = rs_time_min(estimator->least_rtt, rtt);
}

uint16_t estimator_next(const struct estimator *estimator)
{
	return (uint16_t)estimator->history.next;
}

uint16_t estimator_sent(struct estimator *estimator, uint32_t octets, rs_time now)
{
	const uint8_t cluster = prober_sent(&estimator->prober, octets, now);

	estimator->ping_at = now + PING_EVERY;
	estimator->sent_at = now;
	estimator->first_sent = rs_time_min(estimator->first_sent, now);
	rate_add(&estimator->sent, octets, now);
	return history_add(&estimator->history, octets, cluster, now);
}

void estimator_sent_unnumbered(struct estimator *estimator, uint32_t octets, rs_time now)
{
	rate_add(&estimator->sent, octets, now);
	rate_add(&estimator->audio, octets, now);
	history_unnumbered(&estimator->history, octets, now);
}

/* ---- delay ---- */

/* What the line carries now, in terms of what is sent: what it loses by itself counts as carried. */
static uint32_t carried_bps(struct estimator *estimator)
{
	const uint32_t acked = rate_bps(&estimator->acked, estimator->last_arrival);
	const uint32_t busy = delay_busy_bps(&estimator->delay);
	const double own = trial_own(&estimator->trial);
	const uint32_t arrives = busy > 0 ? busy : acked;

	return (uint32_t)((double)arrives / (1 - own));
}

/* How long to send nothing but audio until the line's queue is empty. What is under way beyond a round trip's worth is in
 * that queue too, though nothing was heard of it. */
static rs_time drain_time(struct estimator *estimator, uint32_t carried, rs_time now)
{
	const uint32_t audio = rate_bps(&estimator->audio, now);
	const uint32_t least = carried / 8 + 1;
	const uint32_t spare = carried > audio + least ? carried - audio : least;
	const rs_time under_way = (rs_time)((uint64_t)history_in_flight(&estimator->history) * 8 *
					    1000000 / (carried + 1));
	const rs_time queue =
		rs_time_max(delay_queue(&estimator->delay), under_way - estimator->rtt);

	return rs_time_min((rs_time)((double)queue * carried / spare), HOLD_MOST);
}

/* Another flow fills the queue, or the line has become longer: what no cut of ours changes is the base from now on. */
static bool is_vain(struct estimator *estimator)
{
	const rs_time queue = delay_queue(&estimator->delay);

	if (estimator->in_vain == 0 || queue < estimator->vain_queue * 8 / 10) {
		estimator->in_vain = 1;
		estimator->vain_queue = queue;
		return false;
	}
	return ++estimator->in_vain > VAIN_CUTS;
}

static void cut(struct estimator *estimator, rs_time now)
{
	const uint32_t carried = carried_bps(estimator);
	const bool lately = now - estimator->cut_at < estimator->rtt + CUT_AGAIN;

	if (lately && carried >= percent(estimator->bps, MUCH_LESS))
		return;
	if (!lately && is_vain(estimator)) {
		estimator->in_vain = 0;
		delay_rebase(&estimator->delay);
		return;
	}
	estimator->cut_at = now;
	estimator->ceiling_bps = carried;
	estimator->hold_until = now + drain_time(estimator, carried, now);
	if (percent(carried, CUT) < estimator->bps)
		set(estimator, percent(carried, CUT), ESTIMATOR_QUEUE);
	delay_settle(&estimator->delay);
	prober_backoff(&estimator->prober, estimator->hold_until);
}

/* How old the oldest packet is that a feedback does not tell of yet: at most the way there and back, with what either of the two
 * takes more at times. */
static void note_age(struct estimator *estimator, rs_time now)
{
	const rs_time oldest = history_oldest(&estimator->history);

	if (now >= estimator->age_turn) {
		estimator->age[1] = estimator->age[0];
		estimator->age[0] = 0;
		estimator->age_turn = now + AGE_WINDOW;
	}
	if (oldest != RS_TIME_NEVER)
		estimator->age[0] = rs_time_max(estimator->age[0], now - oldest);
}

/* What is older than anything not told of used to be is lost or in a queue; so many of them as the line hardly loses are in a
 * queue. */
static bool is_overdue(const struct estimator *estimator, rs_time now)
{
	const rs_time age = rs_time_max(estimator->age[0], estimator->age[1]);
	const double lost = estimator->trial.window;
	const size_t needed = lost < LOSES_NOTHING  ? 1
			      : lost < LOSES_LITTLE ? OVERDUE_PACKETS
						    : OVERDUE_PACKETS_LOSSY;

	return estimator->age[1] > 0 &&
	       history_untold_before(&estimator->history, now - age - OVERDUE) >= needed;
}

/* A line that suddenly carries much less fills its queue in the time one more feedback takes. So at the first sign video
 * waits for that, and then it is a cut or nothing. */
static void suspect(struct estimator *estimator, rs_time now)
{
	const bool seen = delay_is_suspect(&estimator->delay);
	const bool waits = now < estimator->suspect_until;
	const bool overdue = is_overdue(estimator, now);

	if (waits && seen) {
		cut(estimator, now);
	} else if (waits && !overdue) {
		estimator->suspect_until = now;
		estimator->hold_until = now;
	} else if (!waits && (seen || overdue) && now >= estimator->suspect_until + SUSPECT_AGAIN) {
		estimator->suspect_until = now + SUSPECT_HOLD;
		estimator->hold_until =
			rs_time_max(estimator->hold_until, estimator->suspect_until);
	}
}

/* ---- growth ---- */

static void grow(struct estimator *estimator, rs_time elapsed, uint32_t borne)
{
	const double tried = (double)percent(borne, TRIED) / (1 - trial_own(&estimator->trial));
	const uint64_t most = (uint64_t)tried + TRIED_PLUS;
	const bool near = estimator->ceiling_bps > 0 &&
			  estimator->bps > percent(estimator->ceiling_bps, NEAR);
	uint64_t step = (uint64_t)estimator->bps * GROW / 100;

	if (near && step > GROW_NEAR)
		step = GROW_NEAR;
	uint64_t bps = estimator->bps + step * (uint64_t)elapsed / 1000000;
	bps = bps < most ? bps : most;
	if (bps > estimator->bps)
		set(estimator, bps, ESTIMATOR_GREW);
	if (near && estimator->bps > percent(estimator->ceiling_bps, BEYOND))
		estimator->ceiling_bps = 0;
}

/* What has gone by since the last time, at most a second: a pause is no success. */
static rs_time elapsed_since(struct estimator *estimator, rs_time now)
{
	const rs_time elapsed = rs_time_min(now - estimator->updated, RS_SEC(1));

	estimator->updated = now;
	return elapsed;
}

static void update_by_delay(struct estimator *estimator, rs_time now)
{
	const rs_time elapsed = elapsed_since(estimator, now);

	switch (delay_signal(&estimator->delay)) {
	case DELAY_OVER:
		cut(estimator, now);
		return;
	case DELAY_UNDER:
		return;
	case DELAY_NORMAL:
		suspect(estimator, now);
		if (now >= estimator->hold_until && estimator->trial.phase == TRIAL_STEADY)
			grow(estimator, elapsed,
				rate_bps(&estimator->borne, estimator->last_arrival));
		return;
	}
}

/* ---- loss ---- */

static void update_by_loss(struct estimator *estimator, rs_time now)
{
	const rs_time settle = estimator->rtt + FEEDBACK_EVERY;
	/* What was sent before the queue drained was lost for that. */
	const bool queued = estimator->trial.first_sent < estimator->hold_until;
	uint32_t bps;

	switch (trial_judge(&estimator->trial, estimator->bps, queued, settle, now, &bps)) {
	case TRIAL_KEEP:
		return;
	case TRIAL_CUT:
		set(estimator, bps, ESTIMATOR_LOSS);
		prober_backoff(&estimator->prober, now);
		return;
	case TRIAL_RAISE:
		set(estimator, bps, ESTIMATOR_GREW);
		estimator->prober.next = now;
		estimator->acquitted = true;
		return;
	}
}

/* ---- feedback ---- */

static void hear(struct estimator *estimator, const struct history_packet *packet)
{
	const uint32_t octets = packet->octets + packet->before;

	prober_heard(&estimator->prober, packet);
	if (packet->was_lost) { /* late: it says nothing of the queue */
		trial_found(&estimator->trial);
		return;
	}
	trial_add(&estimator->trial, packet->sent, octets, !packet->arrived);
	if (!packet->arrived)
		return;
	delay_add(&estimator->delay, packet->sent, packet->arrival, octets, estimator->bps);
	rate_add(&estimator->acked, octets, packet->arrival);
	if (packet->cluster == 0)
		rate_add(&estimator->borne, octets, packet->arrival);
	estimator->last_arrival = packet->arrival;
}

static void take_probe(struct estimator *estimator, rs_time now)
{
	uint32_t bps;

	if (prober_result(&estimator->prober, trial_own(&estimator->trial), now, &bps) == 1 &&
		bps > estimator->bps)
		set(estimator, bps, ESTIMATOR_PROBED);
}

void estimator_feedback(
	struct estimator *estimator, const struct twcc_feedback *feedback, rs_time now)
{
	struct history_walk walk;
	struct history_packet packet;
	bool any = false;

	history_walk_init(&estimator->history, feedback, &walk);
	while (history_next(&estimator->history, &walk, &packet) == 1) {
		hear(estimator, &packet);
		any = any || packet.arrived;
	}
	estimator->heard_at = now;
	estimator->silent = false;
	if (any) {
		update_by_delay(estimator, now);
		note_age(estimator, now);
	}
	update_by_loss(estimator, now);
	take_probe(estimator, now);
}

/* ---- reports ---- */

/* Carries on the count of a report block: what was expected and lost since the one before. */
static void add_report(struct estimator *estimator, uint32_t highest_seq, int32_t lost, rs_time now)
{
	const uint32_t expected = highest_seq - estimator->report_highest;
	const int64_t gone = (int64_t)lost - estimator->report_lost;
	const uint64_t octets = (uint64_t)rate_bps(&estimator->sent, now) *
				(uint64_t)(now - estimator->report_at) / 8000000;

	if (expected == 0 || expected > UINT16_MAX)
		return;
	trial_add_many(&estimator->trial, estimator->report_at, now, expected,
		gone < 0                   ? 0
		: gone > (int64_t)expected ? expected
					   : (uint32_t)gone,
		octets);
}

void estimator_report(struct estimator *estimator, uint32_t highest_seq, int32_t lost, rs_time now)
{
	const uint32_t sent = rate_bps(&estimator->sent, now);

	if (estimator->feedback)
		return;
	if (estimator->reported)
		add_report(estimator, highest_seq, lost, now);
	estimator->reported = true;
	estimator->report_highest = highest_seq;
	estimator->report_lost = lost;
	estimator->report_at = now;
	if (now - estimator->remb_at > REMB_HOLDS)
		estimator->remb_bps = 0;
	const rs_time elapsed = elapsed_since(estimator, now);
	update_by_loss(estimator, now);
	if (estimator->least_rtt != RS_TIME_NEVER &&
		estimator->rtt > estimator->least_rtt + RTT_QUEUE) {
		if (percent(sent, CUT) < estimator->bps)
			set(estimator, percent(sent, CUT), ESTIMATOR_QUEUE);
		estimator->cut_at = now;
	} else if (estimator->trial.phase == TRIAL_STEADY) {
		grow(estimator, elapsed, sent);
	}
}

void estimator_remb(struct estimator *estimator, uint32_t bps, rs_time now)
{
	if (estimator->feedback)
		return;
	estimator->remb_bps = bps;
	estimator->remb_at = now;
}

/* ---- time ---- */

/* From when feedback is overdue; RS_TIME_NEVER when none is. A receiver that never gave any is not waited for. */
static rs_time overdue_at(const struct estimator *estimator)
{
	const rs_time oldest = history_oldest(&estimator->history);

	if (!estimator->feedback || estimator->heard_at == 0 || oldest == RS_TIME_NEVER)
		return RS_TIME_NEVER;
	return rs_time_max(oldest, estimator->heard_at) + estimator->rtt + SILENT_AFTER;
}

static void go_silent(struct estimator *estimator, rs_time now)
{
	if (history_untold(&estimator->history) <= TAIL) {
		history_abandon(&estimator->history);
		return;
	}
	estimator->silent = true;
	estimator->ping_at = now;
	estimator->halve_at = now + SILENT_FOR;
}

void estimator_tick(struct estimator *estimator, rs_time now)
{
	if (!estimator->feedback)
		return;
	if (estimator->heard_at == 0 && now - NEVER_AFTER > estimator->first_sent) {
		estimator->feedback = false;
		know_nothing(estimator, now);
		return;
	}
	if (!estimator->silent && now >= overdue_at(estimator))
		go_silent(estimator, now);
	if (estimator->silent && now >= estimator->halve_at) {
		estimator->halve_at = now + SILENT_FOR;
		set(estimator, percent(estimator->bps, 50), ESTIMATOR_SILENT);
		prober_backoff(&estimator->prober, now);
	}
	/* Of a probe whose last packets got lost no feedback tells, where nothing is sent after it. */
	take_probe(estimator, now);
	if (now >= estimator->hold_until && !estimator->silent)
		prober_begin(&estimator->prober, estimator->bps, estimator->wanted_bps,
			delay_swing(&estimator->delay), now);
}

uint32_t estimator_bps(const struct estimator *estimator)
{
	const uint32_t remb = estimator->remb_bps;

	return remb > 0 && remb < estimator->bps ? remb : estimator->bps;
}

bool estimator_is_narrow(const struct estimator *estimator)
{
	return estimator->narrow;
}

uint32_t estimator_pace_bps(const struct estimator *estimator, rs_time now)
{
	if (now < estimator->hold_until || estimator->silent)
		return 0;
	return estimator_bps(estimator);
}

static bool on_trial(const struct estimator *estimator, rs_time now)
{
	return estimator->feedback && estimator->trial.phase == TRIAL_RUNNING &&
	       now >= estimator->hold_until;
}

uint32_t estimator_probe_due(const struct estimator *estimator, rs_time now)
{
	if (estimator->silent)
		return now >= estimator->ping_at ? 1 : 0;
	if (on_trial(estimator, now) && now >= estimator->sent_at + TRIAL_EVERY)
		return TRIAL_OCTETS;
	return prober_due(&estimator->prober, now);
}

bool estimator_is_probing(const struct estimator *estimator, rs_time now)
{
	return estimator->prober.phase == PROBER_SENDING || on_trial(estimator, now);
}

bool estimator_acquitted(struct estimator *estimator)
{
	const bool acquitted = estimator->acquitted;

	estimator->acquitted = false;
	return acquitted;
}

rs_time estimator_queue(const struct estimator *estimator)
{
	return delay_queue(&estimator->delay);
}

double estimator_own_loss(const struct estimator *estimator)
{
	return trial_own(&estimator->trial);
}

uint32_t estimator_audio_bps(struct estimator *estimator, rs_time now)
{
	return rate_bps(&estimator->audio, now);
}
