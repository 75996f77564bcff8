/* The workers' birth and death, and what they are told. */
#include "sfu/io/crew_priv.h"
#include "sfu/io/io.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Between two workers: 20 ms of 200 Mbit/s, or, where there are many pairs, what all may take together. */
#define RELAY_OCTETS ((size_t)512 << 10)
#define RELAY_OCTETS_LEAST ((size_t)64 << 10)
#define RELAYS_OCTETS ((size_t)256 << 20)
/* Room for one of every peer there may be. */
#define REPORT_OCTETS ((size_t)1 << 20)
/* Orders that may wait beyond those of one message. */
#define ORDERS_MORE 256

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

unsigned crew_ask_stats(struct crew *crew)
{
	if (!crew_has_room(crew, 1))
		return 0;
	const struct order order = order_of(ORDER_STATS, "");
	crew->hands[0].asked = true;
	tell(crew, &order);
	return crew->n;
}

bool crew_ask_levels(struct crew *crew)
{
	if (!crew_has_room(crew, 1))
		return false;
	const struct order order = order_of(ORDER_LEVELS, "");
	router_levels_forget(crew_router(crew));
	tell(crew, &order);
	return true;
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
	worker.relay = crew_hand_over;
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
	int err = turns_new(&hand->loop, crew_turn, hand, &hand->turns);
	hand->has_turns = err == 0;
	if (err == 0)
		err = control_reader_new(&hand->reader);
	if (err == 0)
		err = ring_new(REPORT_OCTETS, &hand->reports);
	return err;
}

static size_t relay_octets(size_t workers)
{
	size_t octets = RELAY_OCTETS;
	while (octets > RELAY_OCTETS_LEAST && workers * (workers - 1) * octets > RELAYS_OCTETS)
		octets /= 2;
	return octets;
}

static int make_hand(
	struct hand *hand, const struct crew_config *config, char error[WORKER_ERROR_LEN])
{
	int err = hand->index > 0 ? make_thread_parts(hand) : 0;
	for (unsigned i = 0; err == 0 && i < hand->crew->n; i++)
		if (i != hand->index)
			err = ring_new(relay_octets(hand->crew->n), &hand->to[i]);
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
	(void)uv_run(&hand->loop, UV_RUN_DEFAULT); /* until crew_hand_close() */
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
		crew_hand_close(hand);
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
		crew_hand_close(&crew->hands[0]);
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
		control_levels_free(report.levels);
		ring_pop(hand->reports);
	}
	if (!hand->holds)
		return;
	control_stats_free(hand->held.stats);
	control_levels_free(hand->held.levels);
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
