/* Levels of microphones as a meter shows them: several times a second, while somebody looks. */
#include "sfu/router/router_priv.h"

#include <stdlib.h>

#define LEVELS_EVERY RS_MS(150)
/* Less is not seen on a meter. */
#define LEVEL_STEP 2

static void forget_told(struct meeting *meeting)
{
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next)
		for (size_t i = 0; i < peer->n_publishes; i++)
			peer->publishes[i]->metered.known = false;
}

void meters_set(struct router *router, struct meeting *meeting, bool on)
{
	if (meeting->meters == on)
		return;
	/* Whoever looks now knows nothing of what was told before. */
	if (on)
		forget_told(meeting);
	meeting->meters = on;
	if (on)
		router->n_metered++;
	else
		router->n_metered--;
}

void router_levels_forget(struct router *router)
{
	for (struct meeting *meeting = router->meetings; meeting != NULL; meeting = meeting->next)
		forget_told(meeting);
}

bool router_levels_due(struct router *router, rs_time now)
{
	if (router->n_metered == 0 || now < router->next_levels)
		return false;
	router->next_levels = now + LEVELS_EVERY;
	return true;
}

static int8_t dbov(unsigned level)
{
	const int value = (int)level - 127;

	return (int8_t)(value < ROUTER_LEVEL_LEAST ? ROUTER_LEVEL_LEAST : value);
}

static bool is_news(const struct metered *told, const struct metered *now)
{
	return !told->known || abs(told->level - now->level) >= LEVEL_STEP ||
	       abs(told->peak - now->peak) >= LEVEL_STEP;
}

/* True: it is to be told. */
static bool measure(struct publish *publish, rs_time now)
{
	struct loudness *loudness = &publish->audio.loudness;
	const struct metered metered = {
		.known = true,
		.level = dbov((unsigned)loudness_at(loudness, now) / 16),
		.peak = dbov(loudness_peak(loudness)),
	};

	if (!is_news(&publish->metered, &metered))
		return false;
	publish->metered = metered;
	return true;
}

static bool has_meter(const struct publish *publish)
{
	return publish->winner && publish->spec.media == ROUTER_MICROPHONE &&
	       !publish->relay.remote; /* of those their home tells */
}

int router_level_next(
	struct router *router, size_t *cursor, rs_time now, struct router_level *out_level)
{
	while (*cursor < router->config.peers * ROUTER_SENDS_MAX) {
		const size_t index = *cursor % ROUTER_SENDS_MAX;
		const struct peer *peer = router->peers[*cursor / ROUTER_SENDS_MAX];
		if (peer == NULL || index >= peer->n_publishes || !peer->meeting->meters) {
			*cursor += ROUTER_SENDS_MAX - index;
			continue;
		}
		struct publish *publish = peer->publishes[index];
		(*cursor)++;
		if (!has_meter(publish) || !measure(publish, now))
			continue;
		*out_level = (struct router_level){
			.meeting = peer->meeting->id.s,
			.source = publish->source.s,
			.level_dbov = publish->metered.level,
			.peak_dbov = publish->metered.peak,
		};
		return 1;
	}
	return 0;
}
