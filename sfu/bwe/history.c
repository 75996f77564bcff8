#include "sfu/bwe/history.h"

#include "common/rtp/seq.h"

/* How far back audio counts as sent beside a packet. */
#define BEFORE_MOST RS_MS(100)
#define OCTETS_MAX 0xffff
#define REFERENCE_BITS 24

static size_t place_of(int64_t number)
{
	return (uint64_t)number & (HISTORY_SIZE - 1);
}

static struct history_entry *entry_of(struct history *history, int64_t number)
{
	return &history->ring[place_of(number)];
}

void history_init(struct history *history)
{
	history->next = 1;
	history->told = 0;
	history->in_flight = 0;
	history->before = 0;
	history->before_since = 0;
	history->has_reference = false;
	for (size_t i = 0; i < HISTORY_SIZE; i++)
		history->ring[i].state = HISTORY_NONE;
}

/* It is no longer under way, whatever became of it. */
static void landed(struct history *history, const struct history_entry *entry)
{
	if (entry->state == HISTORY_PENDING)
		history->in_flight -= (uint32_t)entry->octets + entry->before;
}

uint16_t history_add(struct history *history, uint32_t octets, uint8_t cluster, rs_time now)
{
	struct history_entry *entry = entry_of(history, history->next);

	if (now - history->before_since > BEFORE_MOST)
		history->before = 0;
	landed(history, entry);
	*entry = (struct history_entry){
		.sent = now,
		.octets = (uint16_t)(octets < OCTETS_MAX ? octets : OCTETS_MAX),
		.before = (uint16_t)(history->before < OCTETS_MAX ? history->before : OCTETS_MAX),
		.cluster = cluster,
		.state = HISTORY_PENDING,
	};
	history->before = 0;
	history->in_flight += (uint32_t)entry->octets + entry->before;
	return (uint16_t)history->next++;
}

void history_unnumbered(struct history *history, uint32_t octets, rs_time now)
{
	if (history->before == 0 || now - history->before_since > BEFORE_MOST) {
		history->before_since = now;
		history->before = 0;
	}
	if (history->before < OCTETS_MAX)
		history->before += octets;
}

void history_forget(struct history *history)
{
	for (size_t i = 0; i < HISTORY_SIZE; i++)
		history->ring[i].state = HISTORY_NONE;
	history->in_flight = 0;
	history->before = 0;
	history->told = history->next - 1;
}

uint32_t history_in_flight(const struct history *history)
{
	return history->in_flight;
}

rs_time history_oldest(const struct history *history)
{
	for (int64_t number = history->told + 1; number < history->next; number++) {
		const struct history_entry *entry = &history->ring[place_of(number)];
		if (entry->state == HISTORY_PENDING)
			return entry->sent;
	}
	return RS_TIME_NEVER;
}

size_t history_untold(const struct history *history)
{
	return (size_t)(history->next - 1 - history->told);
}

size_t history_untold_before(const struct history *history, rs_time then)
{
	size_t n = 0;

	for (int64_t number = history->told + 1; number < history->next; number++) {
		const struct history_entry *entry = &history->ring[place_of(number)];
		if (entry->state != HISTORY_PENDING || entry->sent >= then)
			break;
		n++;
	}
	return n;
}

void history_abandon(struct history *history)
{
	history->told = history->next - 1;
	history->in_flight = 0;
	for (size_t i = 0; i < HISTORY_SIZE; i++)
		if (history->ring[i].state == HISTORY_PENDING)
			history->ring[i].state = HISTORY_ABANDONED;
}

/* 24 bits of 64 ms wrap every twelve days. */
static int64_t unwrap_reference(struct history *history, uint32_t reference)
{
	const uint32_t half = 1U << (REFERENCE_BITS - 1);
	const uint32_t ahead = (reference - history->last_reference) & (2 * half - 1);

	if (!history->has_reference)
		history->reference = reference;
	else
		history->reference += ahead < half ? (int64_t)ahead : (int64_t)ahead - 2 * half;
	history->has_reference = true;
	history->last_reference = reference;
	return history->reference;
}

void history_walk_init(struct history *history, const struct twcc_feedback *feedback,
	struct history_walk *out_walk)
{
	*out_walk = (struct history_walk){
		.feedback = feedback,
		.first = rtp_seq_unwrap(history->next - 1, feedback->base_seq),
		.units = unwrap_reference(history, feedback->reference) *
			 (TWCC_REFERENCE_US / TWCC_DELTA_US),
	};
}

/* What lies before the newest packet told of, and was not told of itself, was in a feedback that got lost. */
static void tell(struct history *history, int64_t number)
{
	const int64_t least = history->next - HISTORY_SIZE;

	for (int64_t i = history->told + 1 > least ? history->told + 1 : least; i < number; i++) {
		struct history_entry *entry = entry_of(history, i);
		landed(history, entry);
		if (entry->state == HISTORY_PENDING)
			entry->state = HISTORY_NONE;
	}
	if (number > history->told)
		history->told = number;
}

static bool is_new(const struct history_entry *entry, bool received)
{
	return entry->state == HISTORY_PENDING || entry->state == HISTORY_ABANDONED ||
	       (entry->state == HISTORY_LOST && received);
}

int history_next(
	struct history *history, struct history_walk *walk, struct history_packet *out_packet)
{
	while (walk->at < walk->feedback->n_packets) {
		const struct twcc_arrival *arrival = &walk->feedback->arrivals[walk->at];
		const int64_t number = walk->first + (int64_t)walk->at++;
		if (arrival->received)
			walk->units += arrival->delta;
		if (number >= history->next || number < history->next - HISTORY_SIZE || number < 1)
			continue;
		struct history_entry *entry = entry_of(history, number);
		if (!is_new(entry, arrival->received))
			continue;
		tell(history, number);
		landed(history, entry);
		*out_packet = (struct history_packet){
			.number = number,
			.sent = entry->sent,
			.arrived = arrival->received,
			.was_lost = entry->state == HISTORY_LOST,
			.arrival = walk->units * TWCC_DELTA_US,
			.octets = entry->octets,
			.before = entry->before,
			.cluster = entry->cluster,
		};
		entry->state = (uint8_t)(arrival->received ? HISTORY_ARRIVED : HISTORY_LOST);
		return 1;
	}
	return 0;
}
