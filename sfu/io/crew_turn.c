/* What a worker does in a turn, and how it sleeps and is woken. */
#include "common/log/log.h"
#include "sfu/io/crew_priv.h"

#include <stdio.h>
#include <string.h>

/* ---- sleeping and waking ---- */

/* Whether it sleeps is exchanged on both sides, so that either it sees what was put before it sleeps, or who put
 * it sees that it must be woken. */
static void wake_others(struct hand *hand)
{
	for (; hand->to_wake != 0; hand->to_wake &= hand->to_wake - 1) {
		struct hand *other = &hand->crew->hands[__builtin_ctzll(hand->to_wake)];
		if (atomic_exchange(&other->asleep, false))
			turns_wake(other->turns);
	}
}

static bool something_waits(const struct hand *hand)
{
	const struct crew *crew = hand->crew;
	for (unsigned i = 0; i < crew->n; i++) {
		const struct hand *other = &crew->hands[i];
		if (i != hand->index && !ring_is_empty(other->to[hand->index]))
			return true;
		if (i > 0 && hand->index == 0 && !ring_is_empty(other->reports))
			return true;
	}
	if (hand->index == 0)
		return orders_done(crew->orders) != hand->done;
	return orders_next(crew->orders, hand->index - 1) != NULL || atomic_load(&crew->stopping);
}

static void fall_asleep(struct hand *hand)
{
	(void)atomic_exchange(&hand->asleep, true);
	if (hand->crew->n > 1 && something_waits(hand) && atomic_exchange(&hand->asleep, false))
		turns_wake(hand->turns);
}

static void stay_awake(struct hand *hand)
{
	(void)atomic_exchange(&hand->asleep, false);
}

/* ---- reports ---- */

/* As much as one of a thread's own has to say; false = nothing. */
static bool next_report(struct hand *hand, rs_time now, struct crew_report *out)
{
	struct worker_peer_event peer;
	*out = (struct crew_report){ .kind = CREW_PEER, .worker = hand->index };
	if (worker_poll_peer(hand->worker, &peer) == 1) {
		(void)snprintf(out->peer, sizeof(out->peer), "%s", peer.peer);
		out->state = peer.state;
		out->reason = peer.reason;
		return true;
	}
	out->kind = CREW_EVENT;
	if (router_poll(worker_router(hand->worker), &out->event) == 1)
		return true;
	out->kind = CREW_LEVELS;
	if (worker_levels(hand->worker, now, &out->levels))
		return true;
	if (!hand->asked || control_stats_new(&out->stats) < 0)
		return false;
	hand->asked = false;
	out->kind = CREW_STATS;
	worker_stats(hand->worker, out->stats, now);
	return true;
}

static bool push_report(struct hand *hand, const struct crew_report *report)
{
	const struct ring_part part = { report, sizeof(*report) };
	hand->to_wake |= 1;
	return ring_push(hand->reports, &part, 1);
}

static void report_all(struct hand *hand, rs_time now)
{
	while (hand->holds || next_report(hand, now, &hand->held)) {
		hand->holds = !push_report(hand, &hand->held);
		if (hand->holds)
			return;
	}
}

static void refuse(struct hand *hand, const char *id, int err)
{
	struct crew_report report = { .kind = CREW_REFUSED, .worker = hand->index, .err = err };
	(void)snprintf(report.peer, sizeof(report.peer), "%s", id);
	if (!push_report(hand, &report))
		log_error(LOG_CONTROL, id, "peer refused and not reported worker=%u", hand->index);
}

/* ---- orders ---- */

typedef int obey_fn(struct hand *hand, const struct order *order, rs_time now);

static int obey_meeting_set(struct hand *hand, const struct order *order, rs_time now)
{
	const struct router_meeting *meeting = NULL;
	const int err = control_read_meeting(hand->reader, order->text, &meeting);
	return err < 0 ? err : router_meeting_set(worker_router(hand->worker), meeting, now);
}

static int obey_meeting_remove(struct hand *hand, const struct order *order, rs_time now)
{
	router_meeting_remove(worker_router(hand->worker), order->id, now);
	return 0;
}

static int obey_peer_set(struct hand *hand, const struct order *order, rs_time now)
{
	const struct control_peer *peer = NULL;
	uint32_t handle = 0;
	int err = control_read_peer(hand->reader, order->text, &peer);
	if (err < 0)
		return err;
	struct control_peer wanted = *peer;
	wanted.router.place = order->place;
	err = worker_peer_set(hand->worker, &wanted, now, &handle);
	if (err == 0 || peer->worker != hand->index)
		return err;
	refuse(hand, peer->router.id, err);
	return 0;
}

static int obey_peer_remove(struct hand *hand, const struct order *order, rs_time now)
{
	worker_peer_remove(hand->worker, order->id, now);
	return 0;
}

static int obey_stats(struct hand *hand, const struct order *order, rs_time now)
{
	hand->asked = true;
	return 0;
}

static int obey_levels(struct hand *hand, const struct order *order, rs_time now)
{
	router_levels_forget(worker_router(hand->worker));
	return 0;
}

static obey_fn *const obey[] = {
	[ORDER_MEETING_SET] = obey_meeting_set,
	[ORDER_MEETING_REMOVE] = obey_meeting_remove,
	[ORDER_PEER_SET] = obey_peer_set,
	[ORDER_PEER_REMOVE] = obey_peer_remove,
	[ORDER_STATS] = obey_stats,
	[ORDER_LEVELS] = obey_levels,
};

static void obey_all(struct hand *hand, rs_time now)
{
	struct orders *orders = hand->crew->orders;
	const unsigned reader = hand->index - 1;
	const struct order *order = NULL;
	while ((order = orders_next(orders, reader)) != NULL) {
		const int err = obey[order->kind](hand, order, now);
		/* Worker 0 took it: only memory can be lacking. */
		if (err < 0)
			log_error(LOG_CONTROL, order->id,
				"a worker could not follow worker=%u reason=\"%s\"", hand->index,
				strerror(-err));
		orders_pop(orders, reader);
		hand->to_wake |= 1;
	}
}

/* ---- a turn ---- */

bool crew_hand_over(
	void *ctx, unsigned to, const void *message, size_t len, const void *more, size_t more_len)
{
	struct hand *hand = ctx;
	const struct ring_part parts[] = { { message, len }, { more, more_len } };
	hand->to_wake |= (uint64_t)1 << to;
	return ring_push(hand->to[to], parts, RS_ARRAY_LEN(parts));
}

static void take_over(struct hand *hand, unsigned from, uint64_t mark, rs_time now)
{
	struct ring *ring = hand->crew->hands[from].to[hand->index];
	const void *message = NULL;
	size_t len = 0;
	while ((message = ring_next(ring, mark, &len)) != NULL) {
		router_recv_relay(worker_router(hand->worker), from, message, len, now);
		ring_pop(ring);
	}
}

/* What another worker did after an order is read after that order was obeyed here: the rings are marked first. */
static void input(struct hand *hand, rs_time now)
{
	const struct crew *crew = hand->crew;
	uint64_t marks[ROUTER_WORKERS_MAX] = { 0 };
	for (unsigned i = 0; i < crew->n; i++)
		marks[i] = i != hand->index ? ring_mark(crew->hands[i].to[hand->index]) : 0;
	if (hand->index > 0)
		obey_all(hand, now);
	for (unsigned i = 0; i < crew->n; i++)
		if (i != hand->index)
			take_over(hand, i, marks[i], now);
	worker_input(hand->worker, now);
	worker_tick(hand->worker, now);
	wake_others(hand);
}

void crew_hand_close(struct hand *hand)
{
	if (hand->worker != NULL) {
		worker_close_peers(hand->worker);
		hand->worker = worker_free(hand->worker);
	}
	if (hand->has_turns)
		turns_close(hand->turns);
	hand->has_turns = false;
}

/* Of every worker but the first. */
void crew_turn(void *ctx)
{
	struct hand *hand = ctx;
	if (atomic_load(&hand->crew->stopping)) {
		crew_hand_close(hand);
		return;
	}
	stay_awake(hand);
	const rs_time now = rs_clock_monotonic();
	input(hand, now);
	report_all(hand, now);
	wake_others(hand);
	worker_output(hand->worker);
	turns_arm(hand->turns, worker_deadline(hand->worker));
	fall_asleep(hand);
}

void crew_begin(struct crew *crew)
{
	stay_awake(&crew->hands[0]);
	if (crew->orders != NULL)
		crew->hands[0].done = orders_done(crew->orders);
}

void crew_input(struct crew *crew, rs_time now)
{
	input(&crew->hands[0], now);
}

void crew_output(struct crew *crew)
{
	worker_output(crew->hands[0].worker);
}

rs_time crew_deadline(const struct crew *crew)
{
	return worker_deadline(crew->hands[0].worker);
}

void crew_end(struct crew *crew)
{
	fall_asleep(&crew->hands[0]);
}

int crew_poll(struct crew *crew, rs_time now, struct crew_report *out_report)
{
	if (next_report(&crew->hands[0], now, out_report))
		return 1;
	for (unsigned i = 1; i < crew->n; i++) {
		struct ring *ring = crew->hands[i].reports;
		size_t len = 0;
		const void *report = ring_next(ring, ring_mark(ring), &len);
		if (report == NULL)
			continue;
		memcpy(out_report, report, sizeof(*out_report));
		ring_pop(ring);
		return 1;
	}
	return 0;
}
