#include "sfu/io/crew.h"

#include "common/log/log.h"
#include "sfu/control/unit.h"
#include "sfu/io/io.h"
#include "sfu/io/orders.h"
#include "sfu/io/ring.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Between two workers: 20 ms of 200 Mbit/s. */
#define RELAY_OCTETS ((size_t)512 << 10)
/* Room for one of every peer there may be. */
#define REPORT_OCTETS ((size_t)1 << 20)
/* Orders that may wait beyond those of one message. */
#define ORDERS_MORE 256

/* One worker and what belongs to its thread; only `asleep`, the rings and the bell of its turns are touched by
 * others. */
struct hand {
	struct crew *crew;
	unsigned index;
	struct worker *worker;
	struct turns *turns;
	uv_loop_t loop; /* not of worker 0 */
	bool has_loop;
	bool has_turns;
	bool has_thread;
	pthread_t thread;
	struct control_reader *reader;
	struct ring *to[ROUTER_WORKERS_MAX]; /* what it hands to each other worker */
	struct ring *reports;                /* to worker 0's thread */
	struct crew_report held;             /* that found no room */
	bool holds;
	bool asked;       /* its figures are wanted */
	uint64_t to_wake; /* bit by worker */
	uint64_t done;    /* worker 0: orders that were done when its turn began */
	atomic_bool asleep;
};

struct crew {
	unsigned n;
	struct hand *hands;
	struct orders *orders; /* NULL with one worker */
	atomic_bool stopping;
};

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

static obey_fn *const obey[] = {
	[ORDER_MEETING_SET] = obey_meeting_set,
	[ORDER_MEETING_REMOVE] = obey_meeting_remove,
	[ORDER_PEER_SET] = obey_peer_set,
	[ORDER_PEER_REMOVE] = obey_peer_remove,
	[ORDER_STATS] = obey_stats,
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

static bool hand_over(
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

static void hand_close(struct hand *hand)
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
static void turn(void *ctx)
{
	struct hand *hand = ctx;
	if (atomic_load(&hand->crew->stopping)) {
		hand_close(hand);
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

/* ---- desired state ---- */

/* Everybody but worker 0, which has done it. */
static void tell(struct crew *crew, const struct order *order)
{
	if (crew->orders == NULL) {
		rs_release(order->text);
		return;
	}
	const int err = orders_put(crew->orders, order);
	assert(err == 0); /* control asks for room first */
	crew->hands[0].to_wake |= UINT64_MAX >> (64 - crew->n) & ~(uint64_t)1;
}

static struct order order_of(enum order_kind kind, const char *id)
{
	struct order order = { .kind = kind };
	(void)snprintf(order.id, sizeof(order.id), "%s", id);
	return order;
}

int crew_meeting_set(
	struct crew *crew, const struct router_meeting *meeting, char *takes_text, rs_time now)
{
	RS_CLEANUP(rs_releasep) char *text = takes_text;
	if (crew->orders != NULL && text == NULL)
		return -ENOMEM;
	const int err = router_meeting_set(crew_router(crew), meeting, now);
	if (err < 0)
		return err;
	struct order order = order_of(ORDER_MEETING_SET, meeting->id);
	order.text = rs_steal(&text);
	tell(crew, &order);
	return 0;
}

void crew_meeting_remove(struct crew *crew, const char *id, rs_time now)
{
	const struct order order = order_of(ORDER_MEETING_REMOVE, id);
	router_meeting_remove(crew_router(crew), id, now);
	tell(crew, &order);
}

int crew_peer_set(struct crew *crew, const struct control_peer *peer, char *takes_text, rs_time now)
{
	RS_CLEANUP(rs_releasep) char *text = takes_text;
	uint32_t handle = 0;
	if (crew->orders != NULL && text == NULL)
		return -ENOMEM;
	const int err = worker_peer_set(crew->hands[0].worker, peer, now, &handle);
	if (err < 0)
		return err;
	struct order order = order_of(ORDER_PEER_SET, peer->router.id);
	order.text = rs_steal(&text);
	order.place = ROUTER_PEER_INDEX(handle) + 1;
	tell(crew, &order);
	return 0;
}

void crew_peer_remove(struct crew *crew, const char *id, rs_time now)
{
	const struct order order = order_of(ORDER_PEER_REMOVE, id);
	worker_peer_remove(crew->hands[0].worker, id, now);
	tell(crew, &order);
}

bool crew_has_room(struct crew *crew, size_t units)
{
	return crew->orders == NULL || orders_room(crew->orders) >= units;
}

bool crew_is_done(struct crew *crew)
{
	return crew->orders == NULL || orders_are_done(crew->orders);
}

/* ---- what happened ---- */

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

unsigned crew_ask_stats(struct crew *crew)
{
	if (!crew_has_room(crew, 1))
		return 0;
	const struct order order = order_of(ORDER_STATS, "");
	crew->hands[0].asked = true;
	tell(crew, &order);
	return crew->n;
}

/* ---- birth and death ---- */

static int make_worker(
	struct hand *hand, const struct crew_config *config, char error[WORKER_ERROR_LEN])
{
	struct rs_addr addresses[IO_ADDRESSES_MAX];
	struct worker_config worker = config->worker;
	/* One too many is for worker_new() to complain of. */
	for (size_t i = 0; i < worker.n_addresses && i < IO_ADDRESSES_MAX; i++) {
		addresses[i] = worker.addresses[i];
		if (addresses[i].port != 0)
			addresses[i].port = (uint16_t)(addresses[i].port + hand->index);
	}
	worker.addresses = addresses;
	if (worker.tcp_port != 0)
		worker.tcp_port = (uint16_t)(worker.tcp_port + hand->index);
	worker.index = hand->index;
	worker.count = hand->crew->n;
	worker.relay = hand_over;
	worker.relay_ctx = hand;
	if (hand->index > 0) {
		worker.loop = &hand->loop;
		worker.tap = NULL;
	}
	return worker_new(&worker, error, &hand->worker);
}

static int make_thread_parts(struct hand *hand)
{
	if (uv_loop_init(&hand->loop) < 0)
		return -ENOMEM;
	hand->has_loop = true;
	int err = turns_new(&hand->loop, turn, hand, &hand->turns);
	hand->has_turns = err == 0;
	if (err == 0)
		err = control_reader_new(&hand->reader);
	if (err == 0)
		err = ring_new(REPORT_OCTETS, &hand->reports);
	return err;
}

static int make_hand(
	struct hand *hand, const struct crew_config *config, char error[WORKER_ERROR_LEN])
{
	int err = hand->index > 0 ? make_thread_parts(hand) : 0;
	for (unsigned i = 0; err == 0 && i < hand->crew->n; i++)
		if (i != hand->index)
			err = ring_new(RELAY_OCTETS, &hand->to[i]);
	return err == 0 ? make_worker(hand, config, error) : err;
}

static struct hand *hand_of(struct crew *crew, unsigned i)
{
	struct hand *hand = &crew->hands[i];
	hand->crew = crew;
	hand->index = i;
	return hand;
}

int crew_new(const struct crew_config *config, char error[WORKER_ERROR_LEN], struct crew **out_crew)
{
	(void)snprintf(error, WORKER_ERROR_LEN, "out of memory");
	if (config->workers == 0 || config->workers > ROUTER_WORKERS_MAX)
		return -EINVAL;
	struct crew *crew = rs_zalloc(sizeof(*crew));
	if (crew == NULL)
		return -ENOMEM;
	const size_t units = config->worker.meetings + config->worker.peers;
	crew->n = config->workers;
	crew->hands = rs_calloc(crew->n, sizeof(*crew->hands));
	int err = crew->hands != NULL ? 0 : -ENOMEM;
	if (err == 0 && crew->n > 1)
		err = orders_new(2 * units + ORDERS_MORE, crew->n - 1, &crew->orders);
	if (err == 0)
		hand_of(crew, 0)->turns = config->turns;
	for (unsigned i = 0; err == 0 && i < crew->n; i++)
		err = make_hand(hand_of(crew, i), config, error);
	if (err < 0) {
		crew_free(crew);
		return err;
	}
	*out_crew = crew;
	return 0;
}

static void *run(void *arg)
{
	struct hand *hand = arg;
	(void)uv_run(&hand->loop, UV_RUN_DEFAULT); /* until hand_close() */
	return NULL;
}

int crew_start(struct crew *crew)
{
	for (unsigned i = 1; i < crew->n; i++) {
		struct hand *hand = &crew->hands[i];
		char name[24]; /* of which the system takes 15; a number below 64 fits */
		if (pthread_create(&hand->thread, NULL, run, hand) != 0)
			return -EAGAIN;
		hand->has_thread = true;
		(void)snprintf(name, sizeof(name), "worker-%u", i);
		(void)pthread_setname_np(hand->thread, name); /* for top and perf alone */
	}
	return 0;
}

/* Ends the thread, or does what it would have done. */
static void end_thread(struct hand *hand)
{
	if (hand->has_thread) {
		turns_wake(hand->turns);
		(void)pthread_join(hand->thread, NULL); /* fails for no thread only */
		hand->has_thread = false;
	} else if (hand->has_loop) {
		hand_close(hand);
		(void)uv_run(&hand->loop, UV_RUN_DEFAULT); /* runs the handles out */
	}
	if (hand->has_loop)
		(void)uv_loop_close(&hand->loop); /* every handle is closed */
	hand->has_loop = false;
}

void crew_close(struct crew *crew)
{
	if (crew == NULL)
		return;
	atomic_store(&crew->stopping, true);
	for (unsigned i = 1; crew->hands != NULL && i < crew->n; i++)
		end_thread(&crew->hands[i]);
	if (crew->hands != NULL)
		hand_close(&crew->hands[0]);
}

static void drop_reports(struct hand *hand)
{
	size_t len = 0;
	struct crew_report report;
	const void *record = NULL;
	while (hand->reports != NULL &&
		(record = ring_next(hand->reports, ring_mark(hand->reports), &len)) != NULL) {
		memcpy(&report, record, sizeof(report));
		control_stats_free(report.stats);
		ring_pop(hand->reports);
	}
	if (hand->holds)
		control_stats_free(hand->held.stats);
}

struct crew *crew_free(struct crew *crew)
{
	crew_close(crew);
	for (unsigned i = 0; crew != NULL && crew->hands != NULL && i < crew->n; i++) {
		struct hand *hand = &crew->hands[i];
		drop_reports(hand);
		ring_free(hand->reports);
		for (unsigned to = 0; to < crew->n; to++)
			ring_free(hand->to[to]);
		control_reader_free(hand->reader);
		if (i > 0)
			turns_free(hand->turns);
	}
	if (crew != NULL) {
		rs_release(crew->hands);
		orders_free(crew->orders);
	}
	return rs_release(crew);
}

unsigned crew_size(const struct crew *crew)
{
	return crew->n;
}

const struct worker *crew_worker(const struct crew *crew, unsigned i)
{
	return crew->hands[i].worker;
}

struct router *crew_router(struct crew *crew)
{
	return worker_router(crew->hands[0].worker);
}
