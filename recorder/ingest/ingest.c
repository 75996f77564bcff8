#include "recorder/ingest/ingest.h"

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"

#include <errno.h>
#include <string.h>

#define NO_CELL UINT16_MAX
/* A sequence number this far behind is not late but of a new sequence (RFC 3550 appendix A.1). */
#define MISORDER_MAX 100
/* Packets arrive in order of their arrival times but for the width of a few threads' clocks. */
#define ARRIVAL_BACK_US 100000

/* A held packet. Cells are taken from a stack, so that few of them are ever touched. */
struct cell {
	int64_t seq;
	int64_t raw_ts;
	int64_t arrival_us; /* session time */
	int64_t arrival_wall_us;
	rs_time since;
	bool marker;
	uint16_t len;
	uint8_t payload[INGEST_PAYLOAD_MAX];
};

struct ingest {
	struct ingest_config config;
	struct clock_map clock;
	struct ingest_stats stats;

	bool begun;
	bool draining;   /* give out what is held without waiting */
	bool gap_next;   /* the gate moved: the next hole is no loss */
	bool gap_held;   /* nothing had come for long before what is held: the hole is no loss */
	int64_t next;    /* sequence number whose turn it is */
	int64_t highest; /* greatest one held or handed out */
	int64_t probation; /* a far-off number was seen: if this one follows, the sequence is new; -1 = none */

	bool ts_begun;
	int64_t last_ts;         /* unwrapped; for unwrapping */
	int64_t shift;           /* ticks by which steps moved the timeline */
	int64_t last_arrival_us; /* session time */
	int64_t arrival_fix_us; /* keeps arrivals from running backwards when the wall clock is set */

	uint16_t held;
	uint16_t *ring; /* cell of sequence number n at n % window, or NO_CELL */
	int64_t *given; /* sequence number last handed out at n % window */
	struct cell *cells;
	uint16_t *stack; /* free cells */
	uint16_t free_cells;
	uint16_t parked; /* a packet that comes after an interruption, until what is held is out */
	bool parked_gap;
	uint16_t out; /* cell handed out last */
};

static bool config_valid(const struct ingest_config *config)
{
	return config->hz != 0 && config->window >= 16 && config->window <= 4096 &&
	       (config->window & (config->window - 1)) == 0 && config->reorder_wait >= 0 &&
	       config->quiet > 0 && config->sender != NULL;
}

int ingest_new(const struct ingest_config *config, struct ingest **out_ingest)
{
	if (!config_valid(config))
		return -EINVAL;
	RS_CLEANUP(ingest_freep) struct ingest *ingest = rs_zalloc(sizeof(*ingest));
	if (ingest == NULL)
		return -ENOMEM;

	/* One cell more for the parked packet and one for that handed out. */
	const uint16_t cells = (uint16_t)(config->window + 2);
	ingest->config = *config;
	ingest->ring = rs_calloc(config->window, sizeof(*ingest->ring));
	ingest->given = rs_calloc(config->window, sizeof(*ingest->given));
	ingest->cells = rs_calloc(cells, sizeof(*ingest->cells));
	ingest->stack = rs_calloc(cells, sizeof(*ingest->stack));
	if (ingest->ring == NULL || ingest->given == NULL || ingest->cells == NULL ||
		ingest->stack == NULL)
		return -ENOMEM;
	for (uint16_t i = 0; i < config->window; i++) {
		ingest->ring[i] = NO_CELL;
		ingest->given[i] = -1;
	}
	for (uint16_t i = 0; i < cells; i++)
		ingest->stack[i] = (uint16_t)(cells - 1 - i);
	ingest->free_cells = cells;
	ingest->parked = NO_CELL;
	ingest->out = NO_CELL;
	ingest->probation = -1;
	clock_init(&ingest->clock, config->hz, config->sender);
	*out_ingest = rs_steal(&ingest);
	return 0;
}

struct ingest *ingest_free(struct ingest *ingest)
{
	if (ingest == NULL)
		return NULL;
	rs_release(ingest->ring);
	rs_release(ingest->given);
	rs_release(ingest->cells);
	rs_release(ingest->stack);
	return rs_release(ingest);
}

void ingest_freep(struct ingest **ingest)
{
	*ingest = ingest_free(*ingest);
}

void ingest_expect(struct ingest *ingest, int64_t seq)
{
	ingest->begun = true;
	ingest->next = seq;
	ingest->highest = seq - 1;
}

static size_t place(const struct ingest *ingest, int64_t seq)
{
	return (size_t)seq & (ingest->config.window - 1U);
}

static void release_out(struct ingest *ingest)
{
	if (ingest->out == NO_CELL)
		return;
	ingest->stack[ingest->free_cells++] = ingest->out;
	ingest->out = NO_CELL;
}

static int64_t unwrap_ts(struct ingest *ingest, uint32_t rtp_ts)
{
	ingest->last_ts = ingest->ts_begun ? rtp_ts_unwrap(ingest->last_ts, rtp_ts) : rtp_ts;
	ingest->ts_begun = true;
	return ingest->last_ts;
}

/* The first number leaves room below itself, so that extended numbers never become negative. */
static int64_t unwrap_seq(struct ingest *ingest, uint16_t seq)
{
	return ingest->begun ? rtp_seq_unwrap(ingest->next, seq) : 0x10000 + (int64_t)seq;
}

/* What comes with a packet beside itself. */
struct arrival {
	int64_t wall_us;
	int64_t session_us;
	rs_time now;
};

static struct arrival arrive(struct ingest *ingest, int64_t wall_us, rs_time now)
{
	int64_t session_us = wall_us - ingest->config.epoch_wall_us + ingest->arrival_fix_us;
	if (ingest->begun && session_us < ingest->last_arrival_us - ARRIVAL_BACK_US) {
		ingest->arrival_fix_us += ingest->last_arrival_us - session_us;
		session_us = ingest->last_arrival_us;
	}
	return (struct arrival){ .wall_us = wall_us, .session_us = session_us, .now = now };
}

static uint16_t fill_cell(struct ingest *ingest, const struct rtp_packet *packet, int64_t seq,
	const struct arrival *arrival)
{
	const uint16_t index = ingest->stack[--ingest->free_cells];
	struct cell *cell = &ingest->cells[index];
	cell->seq = seq;
	cell->raw_ts = unwrap_ts(ingest, packet->rtp_ts);
	cell->arrival_us = arrival->session_us;
	cell->arrival_wall_us = arrival->wall_us;
	cell->since = arrival->now;
	cell->marker = packet->marker;
	cell->len = (uint16_t)packet->payload_len;
	if (packet->payload_len > 0)
		memcpy(cell->payload, packet->payload_view, packet->payload_len);
	return index;
}

static void park(struct ingest *ingest, uint16_t cell, bool gap)
{
	ingest->parked = cell;
	ingest->parked_gap = gap;
	ingest->draining = true;
}

/* Late, doubled, or the first two of a new sequence. */
static int recv_behind(struct ingest *ingest, const struct rtp_packet *packet, int64_t seq,
	const struct arrival *arrival)
{
	if (seq + MISORDER_MAX >= ingest->next) {
		if (ingest->given[place(ingest, seq)] == seq)
			ingest->stats.duplicates++;
		else
			ingest->stats.late++;
		return -EALREADY;
	}
	if (seq != ingest->probation) {
		ingest->probation = seq + 1;
		ingest->stats.late++;
		return -EALREADY;
	}
	ingest->probation = -1;
	ingest->stats.resets++;
	/* Extended numbers go on upwards: one circle further. */
	const int64_t again = seq + 0x10000;
	park(ingest, fill_cell(ingest, packet, again, arrival), true);
	return 0;
}

/* The lowest number held, when the one whose turn it is is missing. */
static int64_t lowest_held(const struct ingest *ingest)
{
	int64_t seq = ingest->next;
	while (ingest->ring[place(ingest, seq)] == NO_CELL)
		seq++;
	return seq;
}

static rs_time held_since(const struct ingest *ingest)
{
	return ingest->cells[ingest->ring[place(ingest, lowest_held(ingest))]].since;
}

int ingest_recv(struct ingest *ingest, const struct rtp_packet *packet, int64_t arrival_wall_us,
	rs_time now)
{
	release_out(ingest);
	if (packet->payload_len > INGEST_PAYLOAD_MAX) {
		ingest->stats.oversized++;
		return -E2BIG;
	}
	const struct arrival arrival = arrive(ingest, arrival_wall_us, now);
	const bool cut = ingest->gap_next ||
			 arrival.session_us - ingest->last_arrival_us > ingest->config.quiet;
	int64_t seq = unwrap_seq(ingest, packet->seq);
	if (ingest->begun && cut && seq + MISORDER_MAX < ingest->next)
		seq += 0x10000; /* more than half a circle passed behind the gate */
	if (ingest->begun && seq < ingest->next)
		return recv_behind(ingest, packet, seq, &arrival);
	const bool beyond = seq >= ingest->next + ingest->config.window;
	if (!beyond && ingest->ring[place(ingest, seq)] != NO_CELL) {
		ingest->stats.duplicates++;
		return -EALREADY;
	}

	/* What fills a hole among packets that are held comes from before the interruption. */
	bool gap = !ingest->begun || (cut && seq > ingest->next && seq > ingest->highest);
	/* The sender may merely have paused, and the network changed the order: wait as ever. */
	if (gap && ingest->begun && !ingest->gap_next && !beyond && ingest->held == 0) {
		ingest->gap_held = true;
		gap = false;
	}
	const uint16_t cell = fill_cell(ingest, packet, seq, &arrival);
	ingest->last_arrival_us = arrival.session_us;
	ingest->gap_next = false;
	ingest->probation = -1;
	if (gap || beyond) {
		park(ingest, cell, gap);
		return 0;
	}
	/* The holes around it were there when what is behind them came. */
	if (ingest->held > 0 && seq < ingest->highest)
		ingest->cells[cell].since = held_since(ingest);
	ingest->ring[place(ingest, seq)] = cell;
	ingest->held++;
	if (seq > ingest->highest)
		ingest->highest = seq;
	return 0;
}

void ingest_report(struct ingest *ingest, uint64_t ntp, uint32_t rtp_ts)
{
	const int64_t at = ingest->ts_begun ? rtp_ts_unwrap(ingest->last_ts, rtp_ts) : rtp_ts;
	if (!ingest->ts_begun) {
		ingest->last_ts = at;
		ingest->ts_begun = true;
	}
	clock_report(&ingest->clock, ntp_to_wall_us(ntp), at);
}

void ingest_gate(struct ingest *ingest)
{
	ingest->gap_next = true;
	ingest->draining = true;
}

void ingest_drain(struct ingest *ingest)
{
	ingest->draining = true;
}

/* Put the session's time on a packet and hand it out. */
static void give(struct ingest *ingest, uint16_t index, bool gap, struct ingest_packet *out)
{
	const struct cell *cell = &ingest->cells[index];
	int64_t step_us = 0;
	const int64_t time_us =
		clock_time(&ingest->clock, cell->raw_ts, cell->arrival_us, gap, &step_us);
	ingest->shift += rtp_ticks_from_us(step_us, ingest->config.hz);
	ingest->stats.steps += step_us != 0 ? 1 : 0;
	ingest->stats.received++;
	ingest->given[place(ingest, cell->seq)] = cell->seq;
	ingest->next = cell->seq + 1;
	if (cell->seq > ingest->highest)
		ingest->highest = cell->seq;
	ingest->out = index;
	*out = (struct ingest_packet){ .seq = cell->seq,
		.rtp_ts = cell->raw_ts + ingest->shift,
		.sent_ts = (uint32_t)cell->raw_ts,
		.time_us = time_us,
		.arrival_wall_us = cell->arrival_wall_us,
		.marker = cell->marker,
		.after_gap = gap,
		.step_us = step_us,
		.payload = cell->payload,
		.len = cell->len };
}

static void count_hole(struct ingest *ingest, uint32_t hole, bool gap, struct ingest_packet *out)
{
	*(gap ? &out->skipped : &out->lost) = hole;
	*(gap ? &ingest->stats.skipped : &ingest->stats.lost) += hole;
}

static void give_held(struct ingest *ingest, int64_t seq, struct ingest_packet *out)
{
	const uint32_t hole = (uint32_t)(seq - ingest->next);
	const bool gap = ingest->gap_held && hole > 0;
	const uint16_t index = ingest->ring[place(ingest, seq)];
	ingest->ring[place(ingest, seq)] = NO_CELL;
	ingest->held--;
	ingest->gap_held = false;
	give(ingest, index, gap, out);
	count_hole(ingest, hole, gap, out);
}

static void give_parked(struct ingest *ingest, struct ingest_packet *out)
{
	const uint16_t index = ingest->parked;
	const uint32_t hole =
		ingest->begun ? (uint32_t)(ingest->cells[index].seq - ingest->next) : 0;
	ingest->parked = NO_CELL;
	ingest->begun = true;
	give(ingest, index, ingest->parked_gap, out);
	count_hole(ingest, hole, ingest->parked_gap, out);
}

int ingest_poll(struct ingest *ingest, rs_time now, struct ingest_packet *out_packet)
{
	release_out(ingest);
	if (ingest->held > 0) {
		const int64_t seq = lowest_held(ingest);
		if (seq != ingest->next && !ingest->draining &&
			now < held_since(ingest) + ingest->config.reorder_wait)
			return 0;
		give_held(ingest, seq, out_packet);
		return 1;
	}
	ingest->draining = false;
	if (ingest->parked == NO_CELL)
		return 0;
	give_parked(ingest, out_packet);
	return 1;
}

rs_time ingest_deadline(const struct ingest *ingest)
{
	if (ingest->held == 0)
		return RS_TIME_NEVER;
	return held_since(ingest) + ingest->config.reorder_wait;
}

const struct ingest_stats *ingest_stats(const struct ingest *ingest)
{
	return &ingest->stats;
}
