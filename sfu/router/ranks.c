/* Who of the floor is heard: by right first, and in an open discussion by speaking. A rank is a stream to every listener
 * that has a slot for it, so a source keeps its rank as long as it can. */
#include <string.h>

#include "sfu/router/router_priv.h"

/* One takes another's place when it is this much louder (in 1/16 dB) for this long; it must not flutter. */
#define LOUDER_BY (6 * 16)
#define LOUDER_FOR RS_MS(300)

static int loudness(const struct publish *publish, rs_time now)
{
	return loudness_at(&publish->audio.loudness, now);
}

/* The challenger has been louder for long enough. */
static bool wins(struct contest *contest, const struct publish *challenger,
	const struct publish *holder, rs_time now)
{
	if (challenger == NULL || challenger == holder ||
		loudness(challenger, now) < loudness(holder, now) + LOUDER_BY) {
		contest->challenger = NULL;
		return false;
	}
	if (contest->challenger != challenger)
		*contest = (struct contest){ .challenger = challenger, .since = now };
	if (now - contest->since < LOUDER_FOR)
		return false;
	contest->challenger = NULL;
	return true;
}

/* ---- ranks ---- */

static bool by_right(const struct meeting *meeting, const struct publish *publish)
{
	return meeting_lists(meeting->open, meeting->n_open, &publish->source) ||
	       text_equal(&meeting->speaker.source, &publish->source) ||
	       text_equal(&meeting->chair.source, &publish->source);
}

static bool has_rank(const struct meeting *meeting, const struct publish *publish)
{
	for (size_t i = 0; i < RANKS_MAX; i++)
		if (meeting->ranks[i] == publish)
			return true;
	return false;
}

/* What may go from its rank first: who is not there, then who has been silent longest, then the quietest. */
static bool is_weaker(const struct publish *a, const struct publish *b, rs_time now)
{
	const struct speech *one = &a->audio.speech;
	const struct speech *other = &b->audio.speech;

	if (a->flowing != b->flowing)
		return !a->flowing;
	if (one->speaking != other->speaking)
		return !one->speaking;
	if (!one->speaking && one->since != other->since)
		return one->since < other->since;
	return loudness(a, now) < loudness(b, now);
}

/* Of those that have a rank by speaking alone; RANKS_MAX when there is none. */
static size_t weakest(const struct meeting *meeting, rs_time now)
{
	size_t found = RANKS_MAX;

	for (size_t i = 0; i < RANKS_MAX; i++) {
		const struct publish *publish = meeting->ranks[i];
		if (publish == NULL || by_right(meeting, publish))
			continue;
		if (found == RANKS_MAX || is_weaker(publish, meeting->ranks[found], now))
			found = i;
	}
	return found;
}

static size_t free_rank(const struct meeting *meeting, size_t most)
{
	for (size_t i = 0; i < most; i++)
		if (meeting->ranks[i] == NULL)
			return i;
	return RANKS_MAX;
}

static size_t ranks_in_use(const struct meeting *meeting)
{
	size_t n = 0;

	for (size_t i = 0; i < RANKS_MAX; i++)
		n += meeting->ranks[i] != NULL;
	return n;
}

static void rank(struct meeting *meeting, struct publish *publish, rs_time now)
{
	if (publish == NULL || !on_floor(meeting, publish) || has_rank(meeting, publish))
		return;
	size_t at = free_rank(meeting, RANKS_MAX);
	const bool right = by_right(meeting, publish);
	const bool full = at == RANKS_MAX ||
			  (meeting->n_loudest > 0 && ranks_in_use(meeting) >= meeting->n_loudest);
	if (full && !right)
		return;
	if (full && weakest(meeting, now) < RANKS_MAX)
		at = weakest(meeting, now);
	if (at < RANKS_MAX)
		meeting->ranks[at] = publish;
}

typedef void each_fn(struct meeting *meeting, struct publish *publish, rs_time now);

static void each_on_floor(struct meeting *meeting, each_fn *fn, rs_time now)
{
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next)
		for (size_t i = 0; i < peer->n_publishes; i++)
			if (on_floor(meeting, peer->publishes[i]))
				fn(meeting, peer->publishes[i], now);
}

static void rank_by_right(struct meeting *meeting, struct publish *publish, rs_time now)
{
	if (by_right(meeting, publish))
		rank(meeting, publish, now);
}

/* Who has nothing to say yet leaves the place to who has. */
static void rank_flowing(struct meeting *meeting, struct publish *publish, rs_time now)
{
	if (publish->flowing)
		rank(meeting, publish, now);
}

/* A limit that was lowered. */
static void shed(struct meeting *meeting, rs_time now)
{
	while (meeting->n_loudest > 0 && ranks_in_use(meeting) > meeting->n_loudest) {
		const size_t at = weakest(meeting, now);
		if (at == RANKS_MAX)
			return;
		meeting->ranks[at] = NULL;
	}
}

/* ---- the loudest ---- */

/* Flowing before silent, then louder; by rank among equals. */
static bool is_louder(const struct publish *a, const struct publish *b, rs_time now)
{
	if (b == NULL || a->flowing != b->flowing)
		return b == NULL || a->flowing;
	return loudness(a, now) > loudness(b, now);
}

static void loudest_set(struct meeting *meeting, rs_time now)
{
	struct publish *best = NULL;
	struct publish *stays = NULL;

	for (size_t i = 0; i < RANKS_MAX; i++) {
		struct publish *publish = meeting->ranks[i];
		if (publish == NULL)
			continue;
		if (publish == meeting->loudest)
			stays = publish;
		if (is_louder(publish, best, now))
			best = publish;
	}
	if (stays == NULL || !stays->flowing || wins(&meeting->for_loudest, best, stays, now)) {
		meeting->loudest = best;
		meeting->for_loudest.challenger = NULL;
	}
}

/* ---- at a change, and as time goes on ---- */

void ranks_set(struct meeting *meeting, rs_time now)
{
	for (size_t i = 0; i < RANKS_MAX; i++)
		if (meeting->ranks[i] != NULL && !on_floor(meeting, meeting->ranks[i]))
			meeting->ranks[i] = NULL;
	shed(meeting, now);
	for (size_t i = 0; i < meeting->n_open; i++)
		rank(meeting, meeting_source(meeting, &meeting->open[i], ROUTER_MICROPHONE), now);
	if (meeting->mode == ROUTER_DIRECT) {
		each_on_floor(meeting, rank_by_right, now);
		each_on_floor(meeting, meeting->n_loudest > 0 ? rank_flowing : rank, now);
	}
	loudest_set(meeting, now);
}

/* The loudest of those who speak and are not heard. */
static struct publish *unheard(const struct meeting *meeting, rs_time now)
{
	struct publish *found = NULL;

	for (const struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *publish = peer->publishes[i];
			if (!publish->audio.speech.speaking || !on_floor(meeting, publish) ||
				has_rank(meeting, publish))
				continue;
			if (found == NULL || loudness(publish, now) > loudness(found, now))
				found = publish;
		}
	}
	return found;
}

/* One a tick: who does not speak gives way at once, who speaks only to somebody louder. */
static bool compete(struct meeting *meeting, rs_time now)
{
	struct publish *challenger = unheard(meeting, now);
	const size_t at = weakest(meeting, now);

	if (challenger == NULL || at == RANKS_MAX) {
		meeting->for_rank.challenger = NULL;
		return false;
	}
	if (meeting->ranks[at]->audio.speech.speaking &&
		!wins(&meeting->for_rank, challenger, meeting->ranks[at], now))
		return false;
	meeting->ranks[at] = challenger;
	return true;
}

bool ranks_tick(struct meeting *meeting, rs_time now)
{
	const struct publish *before = meeting->loudest;
	const bool changed = meeting->n_loudest > 0 && compete(meeting, now);

	loudest_set(meeting, now);
	return changed || meeting->loudest != before;
}

void ranks_forget(struct meeting *meeting, const struct publish *publish)
{
	for (size_t i = 0; i < RANKS_MAX; i++)
		if (meeting->ranks[i] == publish)
			meeting->ranks[i] = NULL;
	if (meeting->loudest == publish)
		meeting->loudest = NULL;
	if (meeting->for_loudest.challenger == publish)
		meeting->for_loudest.challenger = NULL;
	if (meeting->for_rank.challenger == publish)
		meeting->for_rank.challenger = NULL;
}

/* ---- who speaks ---- */

void publish_speaking(struct router *router, struct publish *publish, bool gone)
{
	const bool speaking = publish->audio.speech.speaking && publish->open && publish->winner &&
			      publish->flowing && !gone;
	struct router_event event = {
		.kind = ROUTER_EVENT_SPEAKING,
		.media = ROUTER_MICROPHONE,
		.speaking = speaking,
	};

	if (speaking == publish->speaking_said || publish->relay.remote) /* its home says so */
		return;
	memcpy(event.meeting, publish->peer->meeting->id.s, sizeof(event.meeting));
	memcpy(event.source, publish->source.s, sizeof(event.source));
	if (event_push(router, &event))
		publish->speaking_said = speaking;
}
