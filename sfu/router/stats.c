#include <errno.h>

#include "sfu/router/router_priv.h"

const struct router_counters *router_counters(const struct router *router)
{
	return &router->counters;
}

int router_peer_stats(
	const struct router *router, uint32_t handle, struct router_peer_stats *out_stats)
{
	const struct peer *peer = peer_of(router, handle);

	if (peer == NULL)
		return -ENOENT;
	*out_stats = peer->stats;
	out_stats->rtt_ms = (uint32_t)((peer->rtt + 999) / 1000);
	return 0;
}

/* The cursor counts sections: peer index * ROUTER_SENDS_MAX + section. */
int router_source_next(
	const struct router *router, size_t *cursor, struct router_source_stats *out_stats)
{
	for (; *cursor < router->config.peers * ROUTER_SENDS_MAX; (*cursor)++) {
		const struct peer *peer = router->peers[*cursor / ROUTER_SENDS_MAX];
		const size_t index = *cursor % ROUTER_SENDS_MAX;
		if (peer == NULL || index >= peer->n_publishes || !peer->publishes[index]->winner)
			continue;
		const struct publish *publish = peer->publishes[index];
		*out_stats = (struct router_source_stats){
			.meeting = peer->meeting->id.s,
			.source = publish->source.s,
			.media = publish->spec.media,
			.packets = publish->packets,
			.gated = publish->gated,
			.level_dbov = publish->loudness / 16 - 127,
		};
		(*cursor)++;
		return 1;
	}
	return 0;
}
