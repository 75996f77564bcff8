/* The gate stands at the source: what is closed reaches no feed, no slot and no recorder. */
#include "sfu/router/router_priv.h"

bool meeting_lists(const struct text *names, size_t n, const struct text *name)
{
	for (size_t i = 0; i < n; i++)
		if (text_equal(&names[i], name))
			return true;
	return false;
}

bool is_desk(const struct meeting *meeting, const struct text *source)
{
	for (size_t i = 0; i < meeting->n_channels; i++)
		if (text_equal(&meeting->channels[i].desk.source, source))
			return true;
	return false;
}

bool is_next(const struct meeting *meeting, const struct text *source)
{
	for (size_t i = 0; i < meeting->n_channels; i++)
		if (text_equal(&meeting->channels[i].next.source, source))
			return true;
	return false;
}

static bool shall_be_open(const struct meeting *meeting, const struct publish *publish)
{
	const struct text *source = &publish->source;

	if (!meeting->known || !publish->winner)
		return false;
	switch (publish->spec.media) {
	case ROUTER_MICROPHONE:
		return meeting_lists(meeting->open, meeting->n_open, source) ||
		       is_desk(meeting, source) ||
		       (meeting->mode == ROUTER_DIRECT && !is_next(meeting, source));
	case ROUTER_CAMERA:
	case ROUTER_CONTENT:
		return meeting->mode == ROUTER_DIRECT ||
		       meeting_lists(meeting->visible, meeting->n_visible, source);
	}
	return false;
}

static void close_gate(struct router *router, struct publish *publish, rs_time now)
{
	publish->open = false;
	for (unsigned i = 0; i < publish->n_tracks; i++) {
		/* Not even as a retransmission. */
		store_clear(&publish->tracks[i].store, &router->pool);
		publish->tracks[i].keyframes.wanted = false;
	}
	for (struct slot *slot = publish->slots; slot != NULL; slot = slot->next)
		rewrite_break(&slot->rewrite);
	tap_gate(router, publish, false, now);
}

static void open_gate(struct router *router, struct publish *publish, rs_time now)
{
	publish->open = true;
	publish->open_event = publish->peer->meeting->event;
	publish->opened = now;
	publish->first_seen = false;
	/* What was said before the gate opened is not for the listeners, even if it comes late. */
	for (unsigned i = 0; i < publish->n_tracks; i++)
		publish->tracks[i].n_missing = 0;
	tap_gate(router, publish, true, now);
	for (struct slot *slot = publish->slots; slot != NULL; slot = slot->next)
		slot_keyframe(router, slot, now);
}

void winner_set(struct meeting *meeting, const struct publish *publish)
{
	struct publish *latest = NULL;

	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *one = peer->publishes[i];
			if (one == NULL || one->spec.media != publish->spec.media ||
				!text_equal(&one->source, &publish->source))
				continue;
			one->winner = false;
			if (latest == NULL || one->order > latest->order)
				latest = one;
		}
	}
	if (latest != NULL)
		latest->winner = true;
}

void gates_set(struct router *router, struct meeting *meeting, rs_time now)
{
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *publish = peer->publishes[i];
			const bool open = shall_be_open(meeting, publish);
			if (open && !publish->open)
				open_gate(router, publish, now);
			else if (!open && publish->open)
				close_gate(router, publish, now);
		}
	}
}

struct publish *meeting_source(
	const struct meeting *meeting, const struct text *source, enum router_media media)
{
	if (source->s[0] == '\0')
		return NULL;
	for (const struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *publish = peer->publishes[i];
			if (publish->winner && publish->spec.media == media &&
				text_equal(&publish->source, source))
				return publish;
		}
	}
	return NULL;
}
