#include "sfu/bwe/prober.h"

#define FACTOR 2
/* A cluster lasts this long, has at least so many octets (four small packets), and is never more than so much of what
 * the line is known to carry. */
#define LASTS RS_MS(20)
#define LASTS_MOST RS_MS(60)
#define OCTETS_LEAST 800
#define KNOWN RS_MS(100)
#define PACKETS_LEAST 4
#define ARRIVED_LEAST 3
/* Feedback that has not come by then got lost. */
#define PATIENCE RS_MS(700)
#define INTERVAL_FIRST RS_SEC(2)
#define INTERVAL_MOST RS_SEC(4)
#define AFTER_CUT RS_SEC(2)
#define AFTER_SUCCESS RS_MS(20)
/* Of the target, in percent: enough to go on at once. */
#define SUCCESS 75
/* Of what was measured, in percent, that is believed. */
#define BELIEVED 95
/* Clocks of receivers resolve no less. */
#define SPAN_LEAST RS_MS(1)

void prober_init(struct prober *prober)
{
	*prober = (struct prober){ .interval = INTERVAL_FIRST };
}

void prober_backoff(struct prober *prober, rs_time now)
{
	prober->phase = PROBER_IDLE;
	prober->interval = INTERVAL_FIRST;
	prober->next = now + AFTER_CUT;
}

static uint32_t octets_in(uint32_t bps, rs_time time)
{
	return (uint32_t)((uint64_t)bps * (uint64_t)time / 8000000);
}

void prober_begin(
	struct prober *prober, uint32_t bps, uint32_t wanted_bps, rs_time swing, rs_time now)
{
	const rs_time lasts = rs_time_min(rs_time_max(LASTS, swing), LASTS_MOST);

	if (prober->phase != PROBER_IDLE || now < prober->next || wanted_bps <= bps)
		return;
	const uint64_t target = (uint64_t)bps * FACTOR;
	const uint64_t most = (uint64_t)wanted_bps * 11 / 10;
	prober->target_bps = (uint32_t)(target < most ? target : most);
	const uint32_t known = octets_in(bps, KNOWN);
	uint32_t goal = octets_in(prober->target_bps, lasts);
	goal = goal > OCTETS_LEAST ? goal : OCTETS_LEAST;
	goal = goal < known ? goal : known;
	prober->goal = goal > OCTETS_LEAST / 2 ? goal : OCTETS_LEAST / 2;
	prober->phase = PROBER_SENDING;
	prober->cluster = (uint8_t)(prober->cluster == UINT8_MAX ? 1 : prober->cluster + 1);
	prober->octets = 0;
	prober->packets = 0;
	prober->heard = 0;
	prober->arrived = 0;
	prober->octets_arrived = 0;
	prober->began = now;
}

uint32_t prober_due(const struct prober *prober, rs_time now)
{
	if (prober->phase != PROBER_SENDING)
		return 0;
	/* The first packet goes at once. */
	const uint32_t due =
		octets_in(prober->target_bps, now - prober->began) + prober->goal / PACKETS_LEAST;
	return due > prober->octets ? due - prober->octets : 0;
}

uint8_t prober_sent(struct prober *prober, uint32_t octets, rs_time now)
{
	if (prober->phase != PROBER_SENDING)
		return 0;
	if (prober->packets == 0)
		prober->began = now;
	prober->packets++;
	prober->octets += octets;
	prober->last_sent = now;
	if (prober->octets >= prober->goal && prober->packets >= PACKETS_LEAST)
		prober->phase = PROBER_WAITING;
	return prober->cluster;
}

void prober_heard(struct prober *prober, const struct history_packet *packet)
{
	if (prober->phase == PROBER_IDLE || packet->cluster != prober->cluster || packet->was_lost)
		return;
	prober->heard++;
	if (!packet->arrived)
		return;
	if (prober->arrived == 0 || packet->arrival < prober->first_arrival) {
		prober->first_arrival = packet->arrival;
		prober->first_octets = packet->octets + packet->before;
	}
	if (prober->arrived == 0 || packet->arrival > prober->last_arrival)
		prober->last_arrival = packet->arrival;
	prober->arrived++;
	prober->octets_arrived += packet->octets + packet->before;
}

/* Octets behind the first packet by the time they took; never more than was tried. */
static uint32_t measure(const struct prober *prober, double own_loss)
{
	const rs_time span = rs_time_max(prober->last_arrival - prober->first_arrival, SPAN_LEAST);
	const double octets = prober->octets_arrived - prober->first_octets;
	const double bps = octets * 8e6 / (double)span / (1 - own_loss) * BELIEVED / 100;

	return bps < prober->target_bps ? (uint32_t)bps : prober->target_bps;
}

int prober_result(struct prober *prober, double own_loss, rs_time now, uint32_t *out_bps)
{
	if (prober->phase != PROBER_WAITING)
		return 0;
	const bool late = now - prober->last_sent > PATIENCE;
	if (prober->heard < prober->packets && !late)
		return 0;
	prober->phase = PROBER_IDLE;
	if (prober->arrived < ARRIVED_LEAST) {
		prober->next = now + prober->interval;
		return 0;
	}
	*out_bps = measure(prober, own_loss);
	const bool success = *out_bps >= (uint64_t)prober->target_bps * SUCCESS / 100;
	if (success) {
		prober->interval = INTERVAL_FIRST;
		prober->next = now + AFTER_SUCCESS;
	} else {
		prober->next = now + prober->interval;
		prober->interval = rs_time_min(prober->interval * 3 / 2, INTERVAL_MOST);
	}
	return 1;
}
