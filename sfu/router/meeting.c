/* Meetings: found, set whole, and resolved: gates, ranks, and what each slot is bound to. */
#include <errno.h>
#include <string.h>

#include "sfu/router/router_priv.h"

struct meeting *meeting_find(const struct router *router, const char *id)
{
	for (struct meeting *meeting = router->meetings; meeting != NULL; meeting = meeting->next)
		if (strcmp(meeting->id.s, id) == 0)
			return meeting;
	return NULL;
}

int meeting_get(struct router *router, const char *id, struct meeting **out_meeting)
{
	struct meeting *meeting = meeting_find(router, id);

	if (meeting != NULL) {
		*out_meeting = meeting;
		return 0;
	}
	if (router->n_meetings >= router->config.meetings)
		return -E2BIG;
	meeting = rs_zalloc(sizeof(*meeting));
	if (meeting == NULL)
		return -ENOMEM;
	int err = text_set_name(&meeting->id, id, false);
	if (err == 0)
		err = text_set_name(&meeting->floor.id, "floor", false);
	if (err < 0) {
		(void)rs_release(meeting);
		return err;
	}
	meeting->next = router->meetings;
	router->meetings = meeting;
	router->n_meetings++;
	*out_meeting = meeting;
	return 0;
}

/* The lists of a meeting, which are replaced as one. */
struct lists {
	struct text *open;
	struct text *visible;
	struct text *warm;
	struct channel *channels;
	size_t n_channels;
	struct named speaker, chair, content;
};

static void channels_free(struct router *router, struct channel *channels, size_t n)
{
	for (size_t i = 0; channels != NULL && i < n; i++) {
		if (channels[i].tap != NULL)
			slot_bind(router, channels[i].tap, NULL, 0);
		channels[i].tap = slot_free(channels[i].tap);
	}
	(void)rs_release(channels);
}

static void forget_lists(struct router *router, struct meeting *meeting)
{
	channels_free(router, meeting->channels, meeting->n_channels);
	meeting->channels = NULL;
	meeting->n_channels = 0;
	meeting->open = rs_release(meeting->open);
	meeting->visible = rs_release(meeting->visible);
	meeting->warm = rs_release(meeting->warm);
	meeting->n_open = 0;
	meeting->n_visible = 0;
	meeting->n_warm = 0;
	meeting->speaker = meeting->chair = meeting->content = (struct named){ 0 };
	meeting->record = false;
	meeting->n_loudest = 0;
	meeting->mode = ROUTER_FLOOR;
}

void meeting_drop(struct router *router, struct meeting *meeting)
{
	if (meeting->known || meeting->tapped || meeting->peers != NULL)
		return;
	for (struct meeting **link = &router->meetings; *link != NULL; link = &(*link)->next) {
		if (*link != meeting)
			continue;
		*link = meeting->next;
		router->n_meetings--;
		tap_set(router, meeting, 0);
		forget_lists(router, meeting);
		(void)rs_release(meeting);
		return;
	}
}

void meeting_free_all(struct router *router)
{
	while (router->meetings != NULL) {
		struct meeting *meeting = router->meetings;
		meeting->known = false;
		meeting->tapped = false;
		meeting_drop(router, meeting);
	}
}

static int copy_names(const char *const *names, size_t n, struct text **out_texts)
{
	struct text *texts = rs_calloc(n > 0 ? n : 1, sizeof(*texts));

	if (texts == NULL)
		return -ENOMEM;
	*out_texts = texts;
	for (size_t i = 0; i < n; i++) {
		const int err = text_set_name(&texts[i], names[i], false);
		if (err < 0)
			return err;
	}
	return 0;
}

static int copy_channels(const struct router_meeting *spec, struct lists *lists)
{
	lists->n_channels = spec->n_channels;
	lists->channels =
		rs_calloc(spec->n_channels > 0 ? spec->n_channels : 1, sizeof(*lists->channels));
	if (lists->channels == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < spec->n_channels; i++) {
		struct channel *channel = &lists->channels[i];
		int err = text_set_name(&channel->id, spec->channels[i].id, false);
		if (err == 0)
			err = text_set_name(&channel->desk.source, spec->channels[i].desk, true);
		if (err == 0)
			err = text_set_name(&channel->next.source, spec->channels[i].next, true);
		if (err < 0)
			return err;
	}
	return 0;
}

static int copy_lists(const struct router_meeting *spec, struct lists *lists)
{
	int err = copy_names(spec->open, spec->n_open, &lists->open);

	if (err == 0)
		err = copy_names(spec->visible, spec->n_visible, &lists->visible);
	if (err == 0)
		err = copy_names(spec->warm, spec->n_warm, &lists->warm);
	if (err == 0)
		err = copy_channels(spec, lists);
	if (err == 0)
		err = text_set_name(&lists->speaker.source, spec->speaker, true);
	if (err == 0)
		err = text_set_name(&lists->chair.source, spec->chair, true);
	if (err == 0)
		err = text_set_name(&lists->content.source, spec->content, true);
	return err;
}

/* A channel that stays keeps the tap's stream. */
static void take_over_taps(struct meeting *meeting, struct lists *lists)
{
	for (size_t i = 0; i < lists->n_channels; i++) {
		for (size_t j = 0; j < meeting->n_channels; j++) {
			struct channel *from = &meeting->channels[j];
			struct channel *to = &lists->channels[i];
			if (from->tap == NULL || !text_equal(&from->id, &to->id))
				continue;
			to->tap = from->tap;
			to->tap_track = from->tap_track;
			to->tap_count = from->tap_count;
			to->tap->channel = to;
			from->tap = NULL;
		}
	}
}

/* The public hears nothing from here on; when it is let in again, its streams go on as after a change of source. */
static void set_air(struct router *router, struct meeting *meeting, bool off_air, rs_time now)
{
	if (meeting->off_air == off_air)
		return;
	meeting->off_air = off_air;
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; peer->public && i < peer->n_slots; i++)
			slot_interrupt(router, peer->slots[i], off_air, now);
	}
}

int router_meeting_set(struct router *router, const struct router_meeting *spec, rs_time now)
{
	struct lists lists = { 0 };
	struct meeting *meeting = NULL;

	if (spec->n_open > ROUTER_OPEN_MAX || spec->n_visible > ROUTER_OPEN_MAX ||
		spec->n_warm > ROUTER_OPEN_MAX || spec->n_channels > ROUTER_CHANNELS_MAX)
		return -E2BIG;
	int err = copy_lists(spec, &lists);
	if (err == 0)
		err = meeting_get(router, spec->id, &meeting);
	if (err < 0) {
		(void)rs_release(lists.open);
		(void)rs_release(lists.visible);
		(void)rs_release(lists.warm);
		(void)rs_release(lists.channels);
		return err;
	}
	tap_account(router, meeting);
	take_over_taps(meeting, &lists);
	forget_lists(router, meeting);
	meeting->known = true;
	meeting->event = spec->event;
	meeting->mode = spec->mode;
	meeting->record = spec->record;
	meeting->n_loudest = spec->mode == ROUTER_DIRECT ? spec->loudest : 0;
	meeting->open = lists.open;
	meeting->n_open = spec->n_open;
	meeting->visible = lists.visible;
	meeting->n_visible = spec->n_visible;
	meeting->warm = lists.warm;
	meeting->n_warm = spec->n_warm;
	meeting->channels = lists.channels;
	meeting->n_channels = lists.n_channels;
	meeting->speaker = lists.speaker;
	meeting->chair = lists.chair;
	meeting->content = lists.content;
	set_air(router, meeting, spec->off_air, now);
	meters_set(router, meeting, spec->meters);
	meeting_resolve(router, meeting, now);
	return 0;
}

void router_meeting_remove(struct router *router, const char *id, rs_time now)
{
	struct meeting *meeting = meeting_find(router, id);

	if (meeting == NULL || !meeting->known)
		return;
	meters_set(router, meeting, false);
	tap_account(router, meeting);
	meeting->known = false;
	forget_lists(router, meeting);
	meeting_resolve(router, meeting, now);
	meeting_drop(router, meeting);
}

static void bind_peer(struct router *router, struct peer *peer, rs_time now)
{
	for (size_t i = 0; i < peer->n_slots; i++)
		slot_bind(router, peer->slots[i], feed_source(peer->meeting, peer->slots[i]), now);
}

void meeting_resolve_listener(struct router *router, struct peer *peer, rs_time now)
{
	bind_peer(router, peer, now);
	relay_wants(router, peer->meeting);
	demand_look_received(router, peer, now);
}

static void bind_slots(struct router *router, struct meeting *meeting, rs_time now)
{
	for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next)
		bind_peer(router, peer, now);
	for (size_t i = 0; i < TAP_SLOTS(meeting); i++)
		if (tap_slot(meeting, i) != NULL)
			slot_bind(router, tap_slot(meeting, i),
				feed_source(meeting, tap_slot(meeting, i)), now);
}

static void look_up(const struct meeting *meeting, struct named *named)
{
	named->microphone = meeting_source(meeting, &named->source, ROUTER_MICROPHONE);
	named->camera = meeting_source(meeting, &named->source, ROUTER_CAMERA);
	named->content = meeting_source(meeting, &named->source, ROUTER_CONTENT);
}

/* What stopped is told first: where another publisher took a source over, that it flows has the last word. */
static void say_flows(struct router *router, struct meeting *meeting)
{
	for (int pass = 0; pass < 2; pass++)
		for (struct peer *peer = meeting->peers; peer != NULL; peer = peer->next)
			for (size_t i = 0; i < peer->n_publishes; i++)
				if (peer->publishes[i]->said == (pass == 0))
					publish_say(router, peer->publishes[i], false);
}

void meeting_resolve(struct router *router, struct meeting *meeting, rs_time now)
{
	say_flows(router, meeting);
	look_up(meeting, &meeting->speaker);
	look_up(meeting, &meeting->chair);
	look_up(meeting, &meeting->content);
	for (size_t i = 0; i < meeting->n_channels; i++)
		look_up(meeting, &meeting->channels[i].desk);
	gates_set(router, meeting, now);
	ranks_set(meeting, now);
	tap_set(router, meeting, now);
	bind_slots(router, meeting, now);
	tap_show(router, meeting, now);
	relay_wants(router, meeting);
	demand_look_all(router, meeting, now);
}
