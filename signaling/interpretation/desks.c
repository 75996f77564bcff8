/* Desks go live and idle, choose their output, cough; who may take a channel from whom. */
#include "signaling/interpretation/interpretation_priv.h"

static struct event *add_desk(const struct interpretation *interpretation, enum event_kind kind,
	int channel, int desk, const char *by, struct events *events)
{
	struct event *event = events_add(events, kind, by);
	(void)rs_set_text(event->channel, interpretation->channels[channel].id);
	(void)rs_set_text(event->participant, interpretation->desks[desk].id);
	return event;
}

static void add_live(struct relay *relay, int channel, int desk, const char *by,
	enum event_cause cause, struct events *events)
{
	relay_decide_circle(relay, channel, desk, events);
	add_desk(relay->interpretation, EVENT_DESK_LIVE, channel, desk, by, events)->cause = cause;
}

/* Away from where it is live: who was to take over does so, if both had agreed; else nobody is live there. */
static void add_leaving(struct relay *relay, int desk, const char *by, enum event_cause cause,
	struct events *events)
{
	const struct interpretation *interpretation = relay->interpretation;
	const int channel = interpretation->desks[desk].channel;
	const struct interpretation_handover *handover =
		&interpretation->channels[channel].handover;
	if (handover->stage == HANDOVER_ARMED) {
		add_live(relay, channel, handover->to, by, CAUSE_HANDOVER, events);
		return;
	}
	if (handover->stage == HANDOVER_REQUESTED) {
		handover_add_ended(interpretation, channel, by,
			cause == CAUSE_LOST_LINE ? CAUSE_LOST_LINE : CAUSE_IDLE, events);
	}
	add_desk(interpretation, EVENT_DESK_IDLE, channel, desk, by, events)->cause = cause;
	relay_decide_pivot(relay, channel, events);
}

/* Who was to take a channel over, and does not. */
static void add_given_up(const struct interpretation *interpretation, int desk, int but,
	const char *by, enum event_cause cause, struct events *events)
{
	const int channel = handover_of(interpretation, desk);
	if (channel != INTERPRETATION_NONE && channel != but &&
		interpretation->channels[channel].handover.to == desk)
		handover_add_ended(interpretation, channel, by, cause, events);
}

void desks_add_live(struct relay *relay, int channel, int desk, const char *by,
	enum event_cause cause, struct events *out_events)
{
	const struct interpretation *interpretation = relay->interpretation;
	if (interpretation->desks[desk].channel != INTERPRETATION_NONE)
		add_leaving(relay, desk, by, CAUSE_SELF, out_events);
	add_given_up(interpretation, desk, channel, by, CAUSE_CANCELLED, out_events);
	add_live(relay, channel, desk, by, cause, out_events);
}

/* --- decide --- */

/* The live desk asked this one to take over, or both agreed. */
static bool is_offered(const struct interpretation *interpretation, int channel, int desk)
{
	const struct interpretation_handover *handover =
		&interpretation->channels[channel].handover;
	return handover->to == desk &&
	       (handover->stage == HANDOVER_ARMED ||
		       (handover->stage == HANDOVER_REQUESTED && handover->by != desk));
}

/* Whether `desk` may take the channel from who is live in it, and what the record calls that. */
static enum verdict judge_taking(const struct interpretation *interpretation, int channel, int desk,
	const struct interpretation_command *command, enum event_cause *out_cause)
{
	const int owner = interpretation->channels[channel].desk;
	const struct rules_interpretation *rules = &interpretation->rules;
	*out_cause = CAUSE_SELF;
	if (owner == INTERPRETATION_NONE)
		return VERDICT_OK;
	*out_cause = CAUSE_HANDOVER;
	if (is_offered(interpretation, channel, desk))
		return VERDICT_OK;
	const bool partners =
		interpretation->desks[owner].booth == interpretation->desks[desk].booth;
	*out_cause = partners ? CAUSE_PARTNER : CAUSE_OVERRIDE;
	enum verdict verdict = VERDICT_OK;
	if (!partners && rules->interlock == RULES_INTERLOCK_BUSY)
		verdict = VERDICT_CHANNEL_BUSY;
	else if ((partners || rules->interlock == RULES_INTERLOCK_NONE) && rules->handover_asks)
		verdict = VERDICT_PARTNER_LIVE;
	if (verdict == VERDICT_OK || command->sounds == NULL ||
		command->sounds(command->ctx, interpretation->desks[owner].id))
		return verdict;
	*out_cause = CAUSE_FORCED;
	return VERDICT_OK;
}

static enum verdict decide_live(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const int channel = interpretation_channel_at(interpretation, command->channel);
	enum event_cause cause;
	if (channel == INTERPRETATION_NONE)
		return VERDICT_NO_SUCH_CHANNEL;
	if (!channels_have(interpretation->desks[desk].outputs, channel))
		return VERDICT_CHANNEL_NOT_YOURS;
	if (interpretation->desks[desk].channel == channel)
		return VERDICT_ALREADY_SO;
	const enum verdict verdict = judge_taking(interpretation, channel, desk, command, &cause);
	if (verdict != VERDICT_OK)
		return verdict;
	struct relay relay;
	relay_take(interpretation, &relay);
	desks_add_live(&relay, channel, desk, command->by, cause, out_events);
	return VERDICT_OK;
}

static enum verdict decide_idle(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	struct relay relay;
	if (interpretation->desks[desk].channel == INTERPRETATION_NONE)
		return VERDICT_ALREADY_SO;
	relay_take(interpretation, &relay);
	add_leaving(&relay, desk, command->by, CAUSE_SELF, out_events);
	return VERDICT_OK;
}

static enum verdict decide_cough(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const struct interpretation_desk *at = &interpretation->desks[desk];
	if (at->channel == INTERPRETATION_NONE)
		return VERDICT_NOT_LIVE;
	if (at->cough == command->on)
		return VERDICT_ALREADY_SO;
	add_desk(interpretation, EVENT_DESK_COUGH, at->channel, desk, command->by, out_events)->on =
		command->on;
	return VERDICT_OK;
}

static enum verdict decide_output(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	const struct interpretation_desk *at = &interpretation->desks[desk];
	const int channel = interpretation_channel_at(interpretation, command->channel);
	if (channel == INTERPRETATION_NONE)
		return VERDICT_NO_SUCH_CHANNEL;
	if (!channels_have(at->outputs, channel))
		return VERDICT_CHANNEL_NOT_YOURS;
	if (at->output == channel)
		return VERDICT_ALREADY_SO;
	if (at->channel != INTERPRETATION_NONE)
		return VERDICT_LIVE_ELSEWHERE;
	add_desk(interpretation, EVENT_DESK_OUTPUT, channel, desk, command->by, out_events);
	return VERDICT_OK;
}

enum verdict desks_decide(const struct interpretation *interpretation, int desk,
	const struct interpretation_command *command, struct events *out_events)
{
	switch ((int)command->kind) {
	case INTERPRETATION_GO_LIVE:
		return decide_live(interpretation, desk, command, out_events);
	case INTERPRETATION_GO_IDLE:
		return decide_idle(interpretation, desk, command, out_events);
	case INTERPRETATION_COUGH:
		return decide_cough(interpretation, desk, command, out_events);
	default:
		return decide_output(interpretation, desk, command, out_events);
	}
}

void interpretation_decide_lost(const struct interpretation *interpretation,
	const char *participant, enum event_cause cause, struct events *out_events)
{
	const int desk = interpretation_desk_at(interpretation, participant);
	if (desk == INTERPRETATION_NONE)
		return;
	if (interpretation->desks[desk].channel != INTERPRETATION_NONE) {
		struct relay relay;
		relay_take(interpretation, &relay);
		add_leaving(&relay, desk, "", cause, out_events);
	}
	add_given_up(interpretation, desk, INTERPRETATION_NONE, "",
		cause == CAUSE_LOST_LINE ? CAUSE_LOST_LINE : CAUSE_CANCELLED, out_events);
}

bool interpretation_may_resume(const struct interpretation *interpretation, const char *badge,
	int64_t within_ms, int64_t wall_ms)
{
	const struct interpretation_desk *desk = interpretation_find(interpretation, badge);
	return desk != NULL && desk->lost != INTERPRETATION_NONE &&
	       wall_ms - desk->lost_ms < within_ms;
}

void interpretation_decide_back(const struct interpretation *interpretation, const char *badge,
	int64_t within_ms, int64_t wall_ms, struct events *out_events)
{
	if (!interpretation_may_resume(interpretation, badge, within_ms, wall_ms))
		return;
	const int desk = interpretation_desk_at(interpretation, badge);
	const int channel = interpretation->desks[desk].lost;
	struct relay relay;
	relay_take(interpretation, &relay);
	desks_add_live(&relay, channel, desk, "", CAUSE_LOST_LINE, out_events);
	relay_decide_back(&relay, channel, out_events);
}

/* --- apply --- */

static void release(struct interpretation *interpretation, int channel, int64_t wall_ms)
{
	struct interpretation_channel *at = &interpretation->channels[channel];
	if (at->desk != INTERPRETATION_NONE) {
		struct interpretation_desk *desk = &interpretation->desks[at->desk];
		desk->used_ms += wall_ms - desk->since_ms;
		desk->since_ms = 0;
		desk->channel = INTERPRETATION_NONE;
		desk->cough = false;
	}
	at->desk = INTERPRETATION_NONE;
	at->handover = (struct interpretation_handover){ .stage = HANDOVER_NONE };
}

/* The channel of a booth whose desk is lost: those who may go live there are to know. */
static void alarm_partners(
	struct interpretation *interpretation, int channel, int lost, const struct event *event)
{
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		struct interpretation_desk *desk = &interpretation->desks[i];
		if ((int)i == lost || desk->booth != interpretation->desks[lost].booth ||
			!channels_have(desk->outputs, channel))
			continue;
		desk->alarm = (struct interpretation_alarm){
			.cause = CAUSE_LOST_LINE, .channel = channel, .since_ms = event->wall_ms
		};
	}
}

static void calm_partners(struct interpretation *interpretation, int channel)
{
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		if (interpretation->desks[i].lost == channel)
			interpretation->desks[i].lost = INTERPRETATION_NONE;
		struct interpretation_alarm *alarm = &interpretation->desks[i].alarm;
		if (alarm->cause == CAUSE_LOST_LINE && alarm->channel == channel)
			*alarm = (struct interpretation_alarm){ .cause = CAUSE_NONE };
	}
}

static void apply_live(
	struct interpretation *interpretation, int channel, int desk, const struct event *event)
{
	struct interpretation_desk *at = &interpretation->desks[desk];
	if (at->channel != INTERPRETATION_NONE)
		release(interpretation, at->channel, event->wall_ms);
	release(interpretation, channel, event->wall_ms);
	interpretation->channels[channel].desk = desk;
	at->channel = channel;
	at->output = channel;
	at->since_ms = event->wall_ms;
	at->lost = INTERPRETATION_NONE;
	calm_partners(interpretation, channel);
}

static void apply_closed(struct interpretation *interpretation, const struct event *event)
{
	for (size_t i = 0; i < interpretation->n_channels; i++)
		release(interpretation, (int)i, event->wall_ms);
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		struct interpretation_desk *desk = &interpretation->desks[i];
		desk->alarm = (struct interpretation_alarm){ .cause = CAUSE_NONE };
		desk->lost = INTERPRETATION_NONE;
	}
	interpretation->language[0] = '\0';
}

void desks_apply(struct interpretation *interpretation, const struct event *event)
{
	if (event->kind == EVENT_MEETING_ADJOURNED || event->kind == EVENT_MEETING_CLOSED) {
		apply_closed(interpretation, event);
		return;
	}
	const int channel = interpretation_channel_at(interpretation, event->channel);
	const int desk = interpretation_desk_at(interpretation, event->participant);
	if (channel == INTERPRETATION_NONE || desk == INTERPRETATION_NONE)
		return;
	struct interpretation_desk *at = &interpretation->desks[desk];
	if (event->kind == EVENT_DESK_LIVE)
		apply_live(interpretation, channel, desk, event);
	else if (event->kind == EVENT_DESK_OUTPUT)
		at->output = channel;
	else if (at->channel != channel)
		return;
	else if (event->kind == EVENT_DESK_COUGH)
		at->cough = event->on;
	else
		release(interpretation, channel, event->wall_ms);
	if (event->kind == EVENT_DESK_IDLE && event->cause != CAUSE_SELF)
		alarm_partners(interpretation, channel, desk, event);
	if (event->kind == EVENT_DESK_IDLE && event->cause == CAUSE_LOST_LINE) {
		at->lost = channel;
		at->lost_ms = event->wall_ms;
	}
}
