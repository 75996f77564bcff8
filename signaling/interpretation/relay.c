/* Relay: what desks hear, the chain behind a channel, auto-relay, and why nobody hears themselves. */
#include "signaling/interpretation/interpretation_priv.h"

/* The language of a channel is spoken on the floor, whatever the region. */
static bool is_spoken(const struct interpretation *interpretation, const char *channel)
{
	return rs_language_in(channel, interpretation->language);
}

static void put(struct relay *relay, int channel, int desk, int64_t since_ms)
{
	const struct interpretation *interpretation = relay->interpretation;
	const struct interpretation_desk *at = &interpretation->desks[desk];
	struct relay_link *link = &relay->links[channel];
	link->desk = desk;
	link->source = at->source;
	link->booth = at->booth;
	link->since_ms = since_ms;
	link->carried = !is_spoken(interpretation, interpretation->channels[channel].id);
}

void relay_take(const struct interpretation *interpretation, struct relay *out_relay)
{
	out_relay->interpretation = interpretation;
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		const int desk = interpretation->channels[i].desk;
		out_relay->links[i] = (struct relay_link){ .desk = INTERPRETATION_NONE,
			.source = INTERPRETATION_NONE };
		if (desk != INTERPRETATION_NONE)
			put(out_relay, (int)i, desk, interpretation->desks[desk].since_ms);
	}
}

/* Not into its booth's home language: a retour, or a delegation's own interpreter; and from the floor itself. */
static bool is_pivot(const struct relay *relay, size_t channel)
{
	const struct relay_link *link = &relay->links[channel];
	return link->desk != INTERPRETATION_NONE && link->carried &&
	       link->source == INTERPRETATION_NONE &&
	       relay->interpretation->booths[link->booth].home != (int)channel;
}

/* The earliest. */
static int find_pivot(const struct relay *relay)
{
	int pivot = INTERPRETATION_NONE;
	for (size_t i = 0; i < relay->interpretation->n_channels; i++) {
		if (is_pivot(relay, i) &&
			(pivot == INTERPRETATION_NONE ||
				relay->links[i].since_ms < relay->links[pivot].since_ms))
			pivot = (int)i;
	}
	return pivot;
}

int relay_hears(const struct relay *relay, int source, size_t booth)
{
	if (source != INTERPRETATION_NONE || !relay->interpretation->rules.auto_relay)
		return source;
	const int pivot = find_pivot(relay);
	return pivot != INTERPRETATION_NONE && relay->links[pivot].booth != booth
		       ? pivot
		       : INTERPRETATION_NONE;
}

bool relay_leads_to(const struct relay *relay, int source, size_t booth, int target)
{
	int at = relay_hears(relay, source, booth);
	for (size_t i = 0; i < relay->interpretation->n_channels; i++) {
		if (at == INTERPRETATION_NONE || at == target)
			break;
		const struct relay_link *link = &relay->links[at];
		at = link->desk != INTERPRETATION_NONE
			     ? relay_hears(relay, link->source, link->booth)
			     : INTERPRETATION_NONE;
	}
	return at == target;
}

bool interpretation_carries(const struct interpretation *interpretation, size_t channel)
{
	const struct interpretation_channel *at = &interpretation->channels[channel];
	return at->desk != INTERPRETATION_NONE && !is_spoken(interpretation, at->id);
}

int interpretation_hears(
	const struct interpretation *interpretation, const struct interpretation_desk *desk)
{
	struct relay relay;
	relay_take(interpretation, &relay);
	return relay_hears(&relay, desk->source, desk->booth);
}

int interpretation_auto(
	const struct interpretation *interpretation, const struct interpretation_desk *desk)
{
	return desk->source == INTERPRETATION_NONE ? interpretation_hears(interpretation, desk)
						   : INTERPRETATION_NONE;
}

size_t interpretation_chain(const struct interpretation *interpretation, size_t channel,
	size_t out_channels[MEETING_CHANNELS_MAX])
{
	struct relay relay;
	size_t n = 0;
	relay_take(interpretation, &relay);
	for (int at = (int)channel; at != INTERPRETATION_NONE && relay.links[at].carried &&
				    n < interpretation->n_channels;) {
		out_channels[n++] = (size_t)at;
		at = relay_hears(&relay, relay.links[at].source, relay.links[at].booth);
	}
	for (size_t i = 0; i < n / 2; i++) {
		const size_t other = out_channels[i];
		out_channels[i] = out_channels[n - 1 - i];
		out_channels[n - 1 - i] = other;
	}
	return n;
}

/* --- decide --- */

static struct event *add_source(const struct interpretation *interpretation, int desk, int source,
	const char *by, enum event_cause cause, struct events *events)
{
	struct event *event = events_add(events, EVENT_DESK_SOURCE, by);
	(void)rs_set_text(event->names, interpretation->desks[desk].id);
	(void)rs_set_text(event->source, interpretation_source_name(interpretation, source));
	event->cause = cause;
	return event;
}

/* Whether a desk is among those that go from one source to another with a pivot. */
typedef bool follows_fn(
	const struct relay *relay, const struct interpretation_desk *desk, int channel);

/* One event for as many as it has room for. */
static void add_sources(const struct relay *relay, follows_fn *follows, int channel, int source,
	enum event_cause cause, struct events *events)
{
	const struct interpretation *interpretation = relay->interpretation;
	struct event *event = NULL;
	size_t len = 0;
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		const char *id = interpretation->desks[i].id;
		const size_t id_len = strlen(id);
		if (!follows(relay, &interpretation->desks[i], channel))
			continue;
		if (event == NULL || len + 1 + id_len > EVENT_NAMES_MAX) {
			event = add_source(interpretation, (int)i, source, "", cause, events);
			len = id_len;
			continue;
		}
		event->names[len] = ' ';
		memcpy(event->names + len + 1, id, id_len + 1);
		len += 1 + id_len;
	}
}

static bool hears(const struct relay *relay, const struct interpretation_desk *desk, int channel)
{
	return desk->source == channel;
}

void relay_decide_pivot(struct relay *relay, int channel, struct events *out_events)
{
	relay->links[channel].desk = INTERPRETATION_NONE;
	relay->links[channel].carried = false;
	for (size_t i = 0; i < relay->interpretation->n_channels; i++) {
		if (relay->links[i].source == channel)
			relay->links[i].source = INTERPRETATION_NONE;
	}
	add_sources(relay, hears, channel, INTERPRETATION_NONE, CAUSE_PIVOT, out_events);
}

/* It fell to the floor with this pivot, nobody has chosen since, and it would not hear itself. */
static bool heard(const struct relay *relay, const struct interpretation_desk *desk, int channel)
{
	return desk->alarm.cause == CAUSE_PIVOT && desk->alarm.channel == channel &&
	       (desk->channel == INTERPRETATION_NONE ||
		       !relay_leads_to(relay, channel, desk->booth, desk->channel));
}

void relay_decide_back(const struct relay *relay, int channel, struct events *out_events)
{
	add_sources(relay, heard, channel, channel, CAUSE_LOST_LINE, out_events);
}

void relay_decide_circle(struct relay *relay, int channel, int desk, struct events *out_events)
{
	const struct interpretation *interpretation = relay->interpretation;
	const struct interpretation_desk *at = &interpretation->desks[desk];
	put(relay, channel, desk, INT64_MAX); /* the last to come */
	if (at->source == INTERPRETATION_NONE ||
		!relay_leads_to(relay, at->source, at->booth, channel))
		return;
	relay->links[channel].source = INTERPRETATION_NONE;
	(void)add_source(interpretation, desk, INTERPRETATION_NONE, "", CAUSE_CYCLE, out_events);
}

enum verdict relay_decide_source(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const struct interpretation_desk *at = &interpretation->desks[desk];
	const bool floor = strcmp(command->channel, "floor") == 0;
	const int source = floor ? INTERPRETATION_NONE
				 : interpretation_channel_at(interpretation, command->channel);
	if (!floor && source == INTERPRETATION_NONE)
		return VERDICT_NO_SUCH_CHANNEL;
	/* Chosen again it is seen to be so: there is no alarm any more. */
	if (source == at->source && at->alarm.cause == CAUSE_NONE)
		return VERDICT_ALREADY_SO;
	if (at->channel != INTERPRETATION_NONE && source != INTERPRETATION_NONE) {
		struct relay relay;
		relay_take(interpretation, &relay);
		relay.links[at->channel].source = source;
		if (relay_leads_to(&relay, source, at->booth, at->channel))
			return VERDICT_RELAY_CYCLE;
	}
	(void)add_source(interpretation, desk, source, command->by, CAUSE_SELF, out_events);
	return VERDICT_OK;
}

/* --- apply --- */

static void apply_source(struct interpretation_desk *desk, int source, const struct event *event)
{
	const int before = desk->source;
	desk->source = source;
	desk->alarm = (struct interpretation_alarm){ .cause = CAUSE_NONE };
	if (event->cause == CAUSE_PIVOT || event->cause == CAUSE_CYCLE) {
		desk->alarm = (struct interpretation_alarm){
			.cause = event->cause, .channel = before, .since_ms = event->wall_ms
		};
	}
}

void relay_apply(struct interpretation *interpretation, const struct event *event)
{
	const int source = interpretation_channel_at(interpretation, event->source);
	for (const char *at = event->names; *at != '\0';) {
		char badge[MEETING_BADGE_MAX + 1];
		const size_t len = strcspn(at, " ");
		const int desk = rs_copy_text(badge, sizeof(badge), at, len)
					 ? interpretation_desk_at(interpretation, badge)
					 : INTERPRETATION_NONE;
		if (desk != INTERPRETATION_NONE)
			apply_source(&interpretation->desks[desk], source, event);
		at += len + strspn(at + len, " ");
	}
}
