#include "tools/roombox/hear/jitter.h"

#include "common/rtp/seq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Packets whose way is remembered: ten seconds. */
#define TRANSITS 512U
#define JUDGE_EVERY 25U
/* All but one in so many came within the time that packets wait. */
#define STRAGGLERS 200U
/* What is waited beyond the jitter: packets are asked for in blocks of 10 ms, and the loop swings a little. */
#define MARGIN RS_MS(15)
/* Where packets are lost, the one behind must be here as well when a lost one's time comes. */
#define MEND_WAIT RS_MS(20)
/* Longer than that nothing is made up where nothing comes: it is a pause. */
#define EXPAND_MOST (3 * JITTER_FRAME)
/* So far from where it is to be, slow correction would take minutes. */
#define RESYNC_AT (JITTER_HZ / 4)
/* The loop that holds the delay: critically damped, settles within a quarter of a minute. */
#define GAIN 0.15
#define GAIN_SUM (GAIN * GAIN / 4)
#define SUM_MOST 0.001

struct entry {
	bool used;
	int64_t seq;
	int64_t ts;
	uint32_t duration;
	size_t len;
	uint8_t data[JITTER_PACKET_MAX];
};

struct jitter {
	struct jitter_config config;
	bool started;
	bool playing;
	int64_t last_seq; /* unwrapped, of the last packet that came */
	int64_t last_ts;
	int64_t next_seq; /* to be played; what is below is too late */
	int64_t next_ts;
	int64_t expanded;           /* samples made up since, while waiting for next_seq */
	int64_t transits[TRANSITS]; /* us from the packet's time to its arrival, on some scale */
	size_t n_transits;
	size_t lossy_until; /* n_transits at which the last loss is forgotten */
	int64_t base;       /* the quickest way of those */
	double sum;         /* of the loop: what the clocks differ by */
	struct jitter_stats stats;
	struct entry entries[JITTER_PACKETS];
};

static int64_t us_of(int64_t samples)
{
	return samples * 125 / 6;
}

static int64_t samples_of(int64_t us)
{
	return us * 6 / 125;
}

int jitter_new(const struct jitter_config *config, struct jitter **out_jitter)
{
	const rs_time holds = us_of(JITTER_FRAME) * JITTER_PACKETS;
	if (config->least <= 0 || config->most < config->least || config->most > holds * 3 / 4)
		return -EINVAL;
	struct jitter *jitter = rs_zalloc(sizeof(*jitter));
	if (jitter == NULL)
		return -ENOMEM;
	jitter->config = *config;
	jitter->stats.target = config->least;
	*out_jitter = jitter;
	return 0;
}

struct jitter *jitter_free(struct jitter *jitter)
{
	return rs_release(jitter);
}

const struct jitter_stats *jitter_stats(const struct jitter *jitter)
{
	return &jitter->stats;
}

/* --- In --- */

static int compare(const void *a, const void *b)
{
	const int64_t one = *(const int64_t *)a;
	const int64_t other = *(const int64_t *)b;
	return one < other ? -1 : one > other;
}

/* How long packets are to wait, by those of the last seconds. */
static void judge(struct jitter *jitter)
{
	int64_t sorted[TRANSITS];
	const size_t n = jitter->n_transits < TRANSITS ? jitter->n_transits : TRANSITS;
	memcpy(sorted, jitter->transits, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), compare);
	const int64_t spread = sorted[n - 1 - n / STRAGGLERS] - sorted[0];
	const bool lossy = jitter->n_transits < jitter->lossy_until;
	const rs_time wanted = spread + MARGIN + (lossy ? MEND_WAIT : 0);
	jitter->base = sorted[0];
	jitter->stats.target =
		rs_time_min(rs_time_max(wanted, jitter->config.least), jitter->config.most);
}

static void note_transit(struct jitter *jitter, int64_t ts, rs_time now)
{
	const int64_t transit = now - us_of(ts);
	jitter->transits[jitter->n_transits++ % TRANSITS] = transit;
	if (jitter->n_transits == 1 || transit < jitter->base)
		jitter->base = transit;
	if (jitter->n_transits % JUDGE_EVERY == 0)
		judge(jitter);
}

static void begin_at(struct jitter *jitter, int64_t seq, int64_t ts)
{
	for (size_t i = 0; i < JITTER_PACKETS; i++)
		jitter->entries[i].used = false;
	jitter->started = true;
	jitter->playing = false;
	jitter->expanded = 0;
	jitter->next_seq = seq;
	jitter->next_ts = ts;
	jitter->n_transits = 0;
	jitter->lossy_until = 0;
}

static struct entry *entry_at(struct jitter *jitter, int64_t seq)
{
	return &jitter->entries[(uint64_t)seq % JITTER_PACKETS];
}

/* Numbering that jumps further than the buffer reaches is another stream. */
static bool jumps(const struct jitter *jitter, int64_t seq)
{
	return seq >= jitter->next_seq + 16 * (int64_t)JITTER_PACKETS ||
	       seq < jitter->next_seq - 16 * (int64_t)JITTER_PACKETS;
}

int jitter_put(struct jitter *jitter, const struct jitter_packet *packet, rs_time now)
{
	if (packet->len == 0 || packet->len > JITTER_PACKET_MAX || packet->duration == 0)
		return -EBADMSG;
	const int64_t seq =
		rtp_seq_unwrap(jitter->started ? jitter->last_seq : packet->seq, packet->seq);
	const int64_t ts =
		rtp_ts_unwrap(jitter->started ? jitter->last_ts : packet->rtp_ts, packet->rtp_ts);
	if (!jitter->started || jumps(jitter, seq))
		begin_at(jitter, seq, ts);
	struct entry *entry = entry_at(jitter, seq);
	if (seq < jitter->next_seq) {
		jitter->stats.late++;
		return -EALREADY;
	}
	if (entry->used && entry->seq >= seq) {
		jitter->stats.repeats++;
		return -EALREADY;
	}
	*entry = (struct entry){
		.used = true,
		.seq = seq,
		.ts = ts,
		.duration = packet->duration,
		.len = packet->len,
	};
	memcpy(entry->data, packet->data_view, packet->len);
	jitter->last_seq = seq;
	jitter->last_ts = ts;
	jitter->stats.packets++;
	note_transit(jitter, ts, now);
	return 0;
}

/* --- Out --- */

/* The packet of this number, if it is here. */
static struct entry *find(struct jitter *jitter, int64_t seq)
{
	struct entry *entry = entry_at(jitter, seq);
	return entry->used && entry->seq == seq ? entry : NULL;
}

/* The first that is here, or NULL. Numbers are few: the buffer is walked. */
static struct entry *find_first(struct jitter *jitter)
{
	struct entry *first = NULL;
	for (size_t i = 0; i < JITTER_PACKETS; i++) {
		struct entry *entry = &jitter->entries[i];
		if (entry->used && (first == NULL || entry->seq < first->seq))
			first = entry;
	}
	return first;
}

/* Where the sound should be: what is heard now was said so long ago. */
static int64_t ideal(const struct jitter *jitter, rs_time now)
{
	return samples_of(now - jitter->base - jitter->stats.target);
}

static enum jitter_take play(
	struct jitter *jitter, struct entry *entry, struct jitter_out *out_what)
{
	*out_what = (struct jitter_out){ entry->data, entry->len, entry->duration };
	entry->used = false;
	jitter->next_seq = entry->seq + 1;
	jitter->next_ts = entry->ts + entry->duration;
	jitter->stats.concealed += (uint64_t)(jitter->expanded / JITTER_FRAME);
	jitter->expanded = 0;
	return JITTER_PACKET;
}

static void note_lost(struct jitter *jitter, int64_t n)
{
	jitter->stats.lost += (uint64_t)n;
	if (n > 0)
		jitter->lossy_until = jitter->n_transits + TRANSITS;
}

/* Nothing is played: the first packet that is here is, when its time comes. What is long over is left out. */
static enum jitter_take wait(
	struct jitter *jitter, size_t ahead, rs_time now, struct jitter_out *out_what)
{
	const int64_t at = ideal(jitter, now) + (int64_t)ahead;
	struct entry *first = find_first(jitter);
	while (first != NULL && first->ts + RESYNC_AT < at) {
		first->used = false;
		jitter->next_seq = first->seq + 1;
		note_lost(jitter, 1);
		first = find_first(jitter);
	}
	if (first == NULL || first->ts > at)
		return JITTER_SILENCE;
	jitter->playing = true;
	note_lost(jitter, first->seq - jitter->next_seq);
	return play(jitter, first, out_what);
}

static enum jitter_take pause(struct jitter *jitter)
{
	jitter->playing = false;
	jitter->expanded = 0; /* it was silence, as is known now */
	jitter->stats.pauses++;
	return JITTER_SILENCE;
}

/* Nothing later is here either. */
static enum jitter_take expand(struct jitter *jitter)
{
	if (jitter->expanded >= EXPAND_MOST)
		return pause(jitter);
	jitter->expanded += JITTER_FRAME;
	return JITTER_CONCEAL;
}

/* The next number is missing while later ones are here. */
static enum jitter_take mend(
	struct jitter *jitter, const struct entry *first, struct jitter_out *out_what)
{
	const int64_t gap = first->ts - jitter->next_ts;
	note_lost(jitter, 1);
	jitter->next_seq++;
	if (first->seq == jitter->next_seq && gap > 0 && gap <= 3 * JITTER_FRAME) {
		*out_what = (struct jitter_out){ first->data, first->len, (uint32_t)gap };
		jitter->next_ts = first->ts;
		jitter->stats.recovered++;
		return JITTER_RECOVER;
	}
	jitter->next_ts += JITTER_FRAME;
	jitter->stats.concealed++;
	return JITTER_CONCEAL;
}

/* What was made up while waiting stands for the first numbers that turn out to be lost. */
static void settle_expanded(struct jitter *jitter, const struct entry *first)
{
	while (jitter->expanded > 0 && jitter->next_seq < first->seq) {
		jitter->next_seq++;
		jitter->next_ts += JITTER_FRAME;
		jitter->expanded -= JITTER_FRAME;
		note_lost(jitter, 1);
		jitter->stats.concealed++;
	}
}

enum jitter_take jitter_take(
	struct jitter *jitter, size_t ahead, rs_time now, struct jitter_out *out_what)
{
	if (!jitter->playing)
		return wait(jitter, ahead, now, out_what);
	const struct entry *first = find_first(jitter);
	if (first == NULL)
		return expand(jitter);
	if (first->ts + RESYNC_AT < ideal(jitter, now)) {
		jitter->stats.resyncs++;
		jitter->playing = false;
		return wait(jitter, ahead, now, out_what);
	}
	settle_expanded(jitter, first);
	struct entry *next = find(jitter, jitter->next_seq);
	if (next == NULL)
		return mend(jitter, first, out_what);
	/* The number follows, the time does not: nothing was sent meanwhile. */
	if (next->ts >= jitter->next_ts + JITTER_FRAME) {
		(void)pause(jitter);
		return wait(jitter, ahead, now, out_what);
	}
	return play(jitter, next, out_what);
}

static double clamp(double value, double most)
{
	return value > most ? most : value < -most ? -most : value;
}

double jitter_rate(struct jitter *jitter, size_t ahead, size_t block, rs_time now)
{
	if (!jitter->playing)
		return 1 + jitter->sum;
	const int64_t heard = jitter->next_ts - (int64_t)ahead;
	const double error = (double)(ideal(jitter, now) - heard) / JITTER_HZ;
	jitter->stats.delay = now - jitter->base - us_of(heard);
	jitter->sum = clamp(jitter->sum + GAIN_SUM * error * (double)block / JITTER_HZ, SUM_MOST);
	return 1 + clamp(GAIN * error + jitter->sum, JITTER_RATE_MOST);
}
