#include "signaling/interpretation/interpretation.h"

#include <errno.h>

int interpretation_new(
	const char *const *channels, size_t n_channels, struct interpretation **out_interpretation)
{
	struct interpretation *interpretation = rs_zalloc(sizeof(*interpretation));
	if (interpretation == NULL)
		return -ENOMEM;
	interpretation->channels = rs_calloc(n_channels, sizeof(*interpretation->channels));
	if (interpretation->channels == NULL) {
		interpretation_free(interpretation);
		return -ENOMEM;
	}
	interpretation->n_channels = n_channels;
	for (size_t i = 0; i < n_channels; i++)
		(void)rs_set_text(interpretation->channels[i].id, channels[i]);
	*out_interpretation = interpretation;
	return 0;
}

struct interpretation *interpretation_free(struct interpretation *interpretation)
{
	if (interpretation == NULL)
		return NULL;
	rs_release(interpretation->channels);
	return rs_release(interpretation);
}

static struct interpretation_channel *find_channel(
	const struct interpretation *interpretation, const char *id)
{
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if (strcmp(interpretation->channels[i].id, id) == 0)
			return &interpretation->channels[i];
	}
	return NULL;
}

const struct interpretation_channel *interpretation_find_desk(
	const struct interpretation *interpretation, const char *participant)
{
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if (strcmp(interpretation->channels[i].desk, participant) == 0)
			return &interpretation->channels[i];
	}
	return NULL;
}

static void add_desk(struct events *events, enum event_kind kind, const char *by,
	const char *channel, const char *participant, enum event_cause cause)
{
	struct event *event = events_add(events, kind, by);
	(void)rs_set_text(event->channel, channel);
	(void)rs_set_text(event->participant, participant);
	event->cause = cause;
}

static enum verdict decide_live(const struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *out_events)
{
	const struct interpretation_channel *channel =
		find_channel(interpretation, command->channel);
	if (channel == NULL)
		return VERDICT_NO_SUCH_CHANNEL;
	if (!command->accredited)
		return VERDICT_CHANNEL_NOT_YOURS;
	const struct interpretation_channel *before =
		interpretation_find_desk(interpretation, command->by);
	if (before == channel)
		return VERDICT_ALREADY_SO;

	if (before != NULL) {
		add_desk(out_events, EVENT_DESK_IDLE, command->by, before->id, command->by,
			CAUSE_SELF);
	}
	add_desk(out_events, EVENT_DESK_LIVE, command->by, channel->id, command->by,
		channel->desk[0] != '\0' ? CAUSE_PARTNER : CAUSE_SELF);
	return VERDICT_OK;
}

enum verdict interpretation_decide(const struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *out_events)
{
	if (command->kind == INTERPRETATION_GO_LIVE)
		return decide_live(interpretation, command, out_events);

	const struct interpretation_channel *channel =
		interpretation_find_desk(interpretation, command->by);
	if (channel == NULL)
		return VERDICT_ALREADY_SO;
	add_desk(out_events, EVENT_DESK_IDLE, command->by, channel->id, command->by, CAUSE_SELF);
	return VERDICT_OK;
}

void interpretation_decide_lost(const struct interpretation *interpretation,
	const char *participant, enum event_cause cause, struct events *out_events)
{
	const struct interpretation_channel *channel =
		interpretation_find_desk(interpretation, participant);
	if (channel != NULL)
		add_desk(out_events, EVENT_DESK_IDLE, "", channel->id, participant, cause);
}

static void apply_closed(struct interpretation *interpretation)
{
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		interpretation->channels[i].desk[0] = '\0';
		interpretation->channels[i].since_ms = 0;
	}
}

void interpretation_apply(struct interpretation *interpretation, const struct event *event)
{
	if (event->kind == EVENT_MEETING_ADJOURNED || event->kind == EVENT_MEETING_CLOSED)
		apply_closed(interpretation);
	if (event->kind != EVENT_DESK_LIVE && event->kind != EVENT_DESK_IDLE)
		return;
	struct interpretation_channel *channel = find_channel(interpretation, event->channel);
	if (channel == NULL)
		return;
	const bool live = event->kind == EVENT_DESK_LIVE;
	(void)rs_set_text(channel->desk, live ? event->participant : "");
	channel->since_ms = live ? event->wall_ms : 0;
}
