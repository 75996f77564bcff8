#include "recorder/control/storage.h"

/* Shorter than this no rate is told. */
#define SPAN_MIN RS_SEC(10)
/* Parts of the queue: at the first it is said, at the second pictures are left out, at the last they go on. */
#define SLOW_AMBER 8
#define SLOW_AT 4
#define SLOW_UNTIL 16
/* A full disk takes a small thing now and then: it has room again when nothing had to wait for so long. */
#define FULL_FOR RS_SEC(2)
/* What must be free beyond the reserve, and left beyond a bound of time, before it counts as passed again: one part in so many. */
#define BACK 4

void storage_init(struct storage *storage, const struct storage_rules *rules)
{
	*storage = (struct storage){ .rules = *rules, .state = { .left = RS_TIME_NEVER } };
}

const char *storage_level_name(enum storage_level level)
{
	static const char *const names[] = {
		[STORAGE_GREEN] = "green",
		[STORAGE_AMBER] = "amber",
		[STORAGE_RED] = "red",
	};
	return names[level];
}

const char *storage_why_name(enum storage_why why)
{
	static const char *const names[] = {
		[STORAGE_FINE] = "",
		[STORAGE_SLOW] = "slow",
		[STORAGE_NEARLY_FULL] = "nearly-full",
		[STORAGE_FULL] = "full",
	};
	return names[why];
}

static uint64_t reserve_of(const struct storage *storage, uint64_t total)
{
	const uint64_t most = total / STORAGE_RESERVE_PART;
	return storage->rules.reserve < most ? storage->rules.reserve : most;
}

static void note_point(struct storage *storage, const struct storage_sample *sample, rs_time now)
{
	if (storage->n > 0) {
		const size_t newest = (storage->first + storage->n - 1) % STORAGE_SAMPLES;
		if (now - storage->points[newest].at < STORAGE_EVERY)
			return;
	}
	if (storage->n == STORAGE_SAMPLES) {
		storage->first = (storage->first + 1) % STORAGE_SAMPLES;
		storage->n--;
	}
	storage->points[(storage->first + storage->n++) % STORAGE_SAMPLES] = (struct storage_point){
		.at = now, .free = sample->free, .written = sample->written
	};
}

/* By what is written here or by what others write as well, whichever is more. */
static uint64_t rate_of(
	const struct storage *storage, const struct storage_sample *sample, rs_time now)
{
	if (storage->n == 0)
		return 0;
	const struct storage_point *oldest = &storage->points[storage->first];
	const rs_time span = now - oldest->at;
	if (span < SPAN_MIN)
		return 0;
	const uint64_t written = sample->written - oldest->written;
	const uint64_t gone = oldest->free > sample->free ? oldest->free - sample->free : 0;
	return (written > gone ? written : gone) * 1000 / (uint64_t)(span / RS_MS(1));
}

static rs_time time_left(uint64_t octets, uint64_t rate)
{
	if (rate == 0)
		return RS_TIME_NEVER;
	const uint64_t seconds = octets / rate;
	return seconds < INT64_C(1000000000) ? RS_SEC((rs_time)seconds) : RS_TIME_NEVER;
}

static enum storage_why judge(const struct storage *storage, const struct storage_sample *sample,
	uint64_t reserve, rs_time now)
{
	const enum storage_why was = storage->state.why;
	const size_t queue = storage->rules.queue_max;
	const bool held = was != STORAGE_FINE;

	if (sample->full || (was == STORAGE_FULL && now - storage->full_at < FULL_FOR))
		return STORAGE_FULL;
	if (sample->total > 0 &&
		sample->free < reserve + (held && was != STORAGE_SLOW ? reserve / BACK : 0))
		return STORAGE_NEARLY_FULL;
	return sample->backlog > queue / (held ? SLOW_UNTIL : SLOW_AT) ? STORAGE_SLOW
								       : STORAGE_FINE;
}

static bool is_below(rs_time left, rs_time bound, bool was)
{
	return left < bound + (was ? bound / BACK : 0);
}

static enum storage_level level_of(const struct storage *storage)
{
	const struct storage_state *state = &storage->state;
	const struct storage_rules *rules = &storage->rules;

	if (state->why != STORAGE_FINE ||
		is_below(state->left, rules->red, state->level == STORAGE_RED))
		return STORAGE_RED;
	if (state->backlog > rules->queue_max / SLOW_AMBER ||
		is_below(state->left, rules->amber, state->level != STORAGE_GREEN))
		return STORAGE_AMBER;
	return STORAGE_GREEN;
}

bool storage_add(struct storage *storage, const struct storage_sample *sample, rs_time now)
{
	struct storage_state *state = &storage->state;
	const enum storage_why was = state->why;
	const uint64_t reserve = reserve_of(storage, sample->total);

	state->backlog = sample->backlog;
	if (sample->full)
		storage->full_at = now;
	state->why = judge(storage, sample, reserve, now);
	if (sample->total > 0) {
		note_point(storage, sample, now);
		const uint64_t beyond = sample->free > reserve ? reserve : 0;
		state->known = true;
		state->free = sample->free;
		state->rate = rate_of(storage, sample, now);
		state->left = time_left(sample->free - beyond, state->rate);
	}
	state->level = level_of(storage);
	return state->why != was;
}
