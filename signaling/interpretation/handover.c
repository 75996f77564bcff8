/* Handover of a channel: asked for by either side, agreed by the other, and then one event is the switch. */
#include "signaling/interpretation/interpretation_priv.h"

int handover_of(const struct interpretation *interpretation, int desk)
{
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		const struct interpretation_channel *channel = &interpretation->channels[i];
		if (channel->handover.stage != HANDOVER_NONE &&
			(channel->desk == desk || channel->handover.to == desk))
			return (int)i;
	}
	return INTERPRETATION_NONE;
}

bool interpretation_needs(const struct interpretation *interpretation, const char *badge)
{
	const int desk = interpretation_desk_at(interpretation, badge);
	return desk != INTERPRETATION_NONE &&
	       (interpretation->desks[desk].channel != INTERPRETATION_NONE ||
		       handover_of(interpretation, desk) != INTERPRETATION_NONE);
}

static struct event *add_handover(const struct interpretation *interpretation, enum event_kind kind,
	int channel, int to, const char *by, struct events *events)
{
	struct event *event = events_add(events, kind, by);
	(void)rs_set_text(event->channel, interpretation->channels[channel].id);
	(void)rs_set_text(event->participant, interpretation->desks[to].id);
	return event;
}

void handover_add_ended(const struct interpretation *interpretation, int channel, const char *by,
	enum event_cause cause, struct events *out_events)
{
	add_handover(interpretation, EVENT_HANDOVER_ENDED, channel,
		interpretation->channels[channel].handover.to, by, out_events)
		->cause = cause;
}

/* --- decide --- */

static enum verdict judge_taker(const struct interpretation *interpretation, int channel, int desk,
	const struct interpretation_command *command)
{
	const struct interpretation_desk *at = &interpretation->desks[desk];
	const int pending = handover_of(interpretation, desk);
	if (!channels_have(at->outputs, channel))
		return VERDICT_CHANNEL_NOT_YOURS;
	if (at->channel != INTERPRETATION_NONE)
		return VERDICT_LIVE_ELSEWHERE;
	if (pending != INTERPRETATION_NONE && pending != channel)
		return VERDICT_HANDOVER_PENDING;
	if (command->sounds != NULL && !command->sounds(command->ctx, at->id))
		return VERDICT_NO_SOUND;
	return VERDICT_OK;
}

/* The next one of the booth in the order of the file who could; else why the last one could not. */
static enum verdict find_taker(const struct interpretation *interpretation, int channel, int desk,
	const struct interpretation_command *command, int *out_taker)
{
	enum verdict verdict = VERDICT_NO_SUCH_PARTICIPANT;
	for (size_t i = 1; i < interpretation->n_desks; i++) {
		const int at = (int)(((size_t)desk + i) % interpretation->n_desks);
		if (interpretation->desks[at].booth != interpretation->desks[desk].booth)
			continue;
		verdict = judge_taker(interpretation, channel, at, command);
		if (verdict == VERDICT_OK) {
			*out_taker = at;
			return VERDICT_OK;
		}
	}
	return verdict;
}

static enum verdict name_taker(const struct interpretation *interpretation, int channel, int desk,
	const struct interpretation_command *command, int *out_taker)
{
	*out_taker = desk;
	if (interpretation->channels[channel].desk != desk)
		return judge_taker(interpretation, channel, desk, command);
	if (command->participant == NULL || command->participant[0] == '\0')
		return find_taker(interpretation, channel, desk, command, out_taker);
	*out_taker = interpretation_desk_at(interpretation, command->participant);
	if (*out_taker == INTERPRETATION_NONE)
		return VERDICT_NO_SUCH_PARTICIPANT;
	return judge_taker(interpretation, channel, *out_taker, command);
}

static enum verdict decide_request(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const struct interpretation_desk *at = &interpretation->desks[desk];
	int channel = at->channel != INTERPRETATION_NONE ? at->channel : at->output;
	int taker;
	if (command->channel[0] != '\0')
		channel = interpretation_channel_at(interpretation, command->channel);
	if (channel == INTERPRETATION_NONE)
		return VERDICT_NO_SUCH_CHANNEL;
	if (interpretation->channels[channel].desk == INTERPRETATION_NONE)
		return VERDICT_NOT_LIVE;
	if (interpretation->channels[channel].handover.stage != HANDOVER_NONE)
		return VERDICT_HANDOVER_PENDING;
	const enum verdict verdict = name_taker(interpretation, channel, desk, command, &taker);
	if (verdict != VERDICT_OK)
		return verdict;
	struct event *event = add_handover(
		interpretation, EVENT_HANDOVER_REQUESTED, channel, taker, command->by, out_events);
	event->due_ms = command->at_ms > command->wall_ms ? command->at_ms : 0;
	return VERDICT_OK;
}

/* A channel whose handover waits for this desk's answer. */
static int find_asked(const struct interpretation *interpretation, int desk)
{
	const int channel = handover_of(interpretation, desk);
	const bool asked = channel != INTERPRETATION_NONE &&
			   interpretation->channels[channel].handover.stage == HANDOVER_REQUESTED &&
			   interpretation->channels[channel].handover.by != desk;
	return asked ? channel : INTERPRETATION_NONE;
}

static enum verdict decide_accept(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const int channel = find_asked(interpretation, desk);
	if (channel == INTERPRETATION_NONE)
		return VERDICT_NO_HANDOVER;
	const struct interpretation_handover *handover =
		&interpretation->channels[channel].handover;
	const enum verdict verdict = judge_taker(interpretation, channel, handover->to, command);
	if (verdict != VERDICT_OK)
		return verdict;
	const int64_t soonest_ms = command->wall_ms + INTERPRETATION_ARM_MS;
	add_handover(interpretation, EVENT_HANDOVER_ACCEPTED, channel, handover->to, command->by,
		out_events)
		->due_ms = handover->due_ms > soonest_ms ? handover->due_ms : soonest_ms;
	return VERDICT_OK;
}

static enum verdict decide_decline(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const int channel = find_asked(interpretation, desk);
	if (channel == INTERPRETATION_NONE)
		return VERDICT_NO_HANDOVER;
	handover_add_ended(interpretation, channel, command->by, CAUSE_DECLINED, out_events);
	return VERDICT_OK;
}

/* What one asked for; or, once both agreed, by either. */
static enum verdict decide_cancel(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const int channel = handover_of(interpretation, desk);
	if (channel == INTERPRETATION_NONE || find_asked(interpretation, desk) == channel)
		return VERDICT_NO_HANDOVER;
	handover_add_ended(interpretation, channel, command->by, CAUSE_CANCELLED, out_events);
	return VERDICT_OK;
}

enum verdict handover_decide(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	switch ((int)command->kind) {
	case INTERPRETATION_REQUEST_HANDOVER:
		return decide_request(interpretation, desk, command, out_events);
	case INTERPRETATION_ACCEPT_HANDOVER:
		return decide_accept(interpretation, desk, command, out_events);
	case INTERPRETATION_DECLINE_HANDOVER:
		return decide_decline(interpretation, desk, command, out_events);
	default:
		return decide_cancel(interpretation, desk, command, out_events);
	}
}

/* When something is to happen without anybody's doing. */
static int64_t due_of(
	const struct interpretation *interpretation, const struct interpretation_handover *handover)
{
	if (handover->stage == HANDOVER_NONE)
		return INT64_MAX;
	return handover->stage == HANDOVER_ARMED
		       ? handover->due_ms
		       : handover->since_ms +
				 INT64_C(1000) * interpretation->rules.handover_timeout_s;
}

int64_t interpretation_due(const struct interpretation *interpretation)
{
	int64_t due_ms = INT64_MAX;
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		const int64_t one_ms =
			due_of(interpretation, &interpretation->channels[i].handover);
		due_ms = one_ms < due_ms ? one_ms : due_ms;
	}
	return due_ms;
}

void interpretation_decide_time(
	const struct interpretation *interpretation, int64_t wall_ms, struct events *out_events)
{
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		const struct interpretation_handover *handover =
			&interpretation->channels[i].handover;
		if (due_of(interpretation, handover) > wall_ms)
			continue;
		if (handover->stage == HANDOVER_ARMED) {
			struct relay relay;
			relay_take(interpretation, &relay);
			desks_add_live(
				&relay, (int)i, handover->to, "", CAUSE_HANDOVER, out_events);
		} else {
			handover_add_ended(interpretation, (int)i, "", CAUSE_TIMEOUT, out_events);
		}
		return;
	}
}

/* --- apply --- */

void handover_apply(struct interpretation *interpretation, const struct event *event)
{
	const int channel = interpretation_channel_at(interpretation, event->channel);
	const int to = interpretation_desk_at(interpretation, event->participant);
	if (channel == INTERPRETATION_NONE || to == INTERPRETATION_NONE)
		return;
	struct interpretation_handover *handover = &interpretation->channels[channel].handover;
	if (event->kind == EVENT_HANDOVER_REQUESTED) {
		*handover = (struct interpretation_handover){
			.stage = HANDOVER_REQUESTED,
			.to = to,
			.by = interpretation_desk_at(interpretation, event->by),
			.since_ms = event->wall_ms,
			.due_ms = event->due_ms,
		};
	} else if (event->kind == EVENT_HANDOVER_ACCEPTED) {
		handover->stage = HANDOVER_ARMED;
		handover->due_ms = event->due_ms;
	} else {
		*handover = (struct interpretation_handover){ .stage = HANDOVER_NONE };
	}
}
