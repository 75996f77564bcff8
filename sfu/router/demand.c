#include "sfu/router/demand.h"

#include "sfu/router/router_priv.h"

#include <string.h>

static bool is_layered(const struct publish *publish)
{
	return publish->n_tracks > 1;
}

void demand_born(struct publish *publish, rs_time now)
{
	for (unsigned i = 0; i < ROUTER_LAYERS_MAX; i++)
		publish->demand.wanted_at[i] = now;
	publish->demand.told = (uint8_t)publish->n_tracks;
}

/* ---- what is wanted at this worker ---- */

static bool is_warm(const struct meeting *meeting, const struct publish *publish)
{
	return publish->spec.media == ROUTER_CAMERA &&
	       meeting_lists(meeting->warm, meeting->n_warm, &publish->source);
}

static unsigned by_slots(const struct publish *publish)
{
	unsigned most = 0;

	for (const struct slot *slot = publish->slots; slot != NULL && most < publish->n_tracks;
		slot = slot->next) {
		if (slot->peer != NULL && !peer_is_served(slot->peer))
			continue;
		const unsigned wish =
			layers_wished(publish, slot->spec.max_height, slot->spec.paused);
		most = wish > most ? wish : most;
	}
	return most;
}

static unsigned wanted_here(const struct router *router, const struct publish *publish)
{
	const struct meeting *meeting = publish->peer->meeting;

	if (!meeting->known)
		return publish->n_tracks;
	if (!publish->winner)
		return 0;
	if (is_warm(meeting, publish) || (publish->open && tap_wants(router, meeting)))
		return publish->n_tracks;
	return publish->open ? by_slots(publish) : 0;
}

/* ---- at home ---- */

static void tell(struct router *router, struct publish *publish, unsigned layers)
{
	struct router_event event = {
		.kind = ROUTER_EVENT_LAYERS,
		.media = publish->spec.media,
		.peer = publish->peer->handle,
		.layers = layers,
		.of = publish->n_tracks,
	};

	memcpy(event.meeting, publish->peer->meeting->id.s, sizeof(event.meeting));
	memcpy(event.source, publish->source.s, sizeof(event.source));
	memcpy(event.mid, publish->mid.s, sizeof(event.mid));
	memcpy(event.peer_id, publish->peer->id.s, sizeof(event.peer_id));
	if (!event_push(router, &event))
		return; /* the next look says it */
	publish->demand.told = (uint8_t)layers;
	for (unsigned i = layers; i < publish->n_tracks; i++)
		publish->tracks[i].keyframes.wanted = false;
}

static void note(struct publish *publish, unsigned here, rs_time now)
{
	for (unsigned i = 0; i < publish->n_tracks; i++)
		if (i < here || publish->relay.layers_to[i] != 0 || !publish->tracks[0].flowing)
			publish->demand.wanted_at[i] = now;
}

static unsigned wanted_of_late(const struct publish *publish, rs_time now)
{
	unsigned layers = 1;

	while (layers < publish->n_tracks && now - publish->demand.wanted_at[layers] < DEMAND_HOLD)
		layers++;
	return layers;
}

void demand_look(struct router *router, struct publish *publish, rs_time now)
{
	if (!is_layered(publish))
		return;
	const unsigned here = wanted_here(router, publish);
	if (publish->relay.remote) {
		relay_layers(router, publish, here);
		return;
	}
	note(publish, here, now);
	const unsigned layers = wanted_of_late(publish, now);
	if (layers != publish->demand.told)
		tell(router, publish, layers);
}

void demand_look_received(struct router *router, const struct peer *peer, rs_time now)
{
	for (size_t i = 0; i < peer->n_slots; i++)
		if (peer->slots[i]->publish != NULL)
			demand_look(router, peer->slots[i]->publish, now);
}

void demand_look_all(struct router *router, const struct meeting *meeting, rs_time now)
{
	for (const struct peer *peer = meeting->peers; peer != NULL; peer = peer->next)
		for (size_t i = 0; i < peer->n_publishes; i++)
			demand_look(router, peer->publishes[i], now);
}

void demand_end(struct router *router, struct publish *publish)
{
	if (is_layered(publish) && !publish->relay.remote &&
		publish->demand.told < publish->n_tracks)
		tell(router, publish, publish->n_tracks);
}

bool demand_rests(const struct publish *publish, unsigned layer)
{
	return is_layered(publish) && !publish->relay.remote && layer >= publish->demand.told;
}

void demand_resized(struct publish *publish)
{
	for (unsigned i = 0; i < publish->n_tracks; i++)
		if (demand_rests(publish, i) && !publish->tracks[i].flowing)
			publish->tracks[i].height = 0;
}
