#include "signaling/interpretation/signals.h"

#include <errno.h>
#include <string.h>

static const char *const impediments[IMPEDIMENT_COUNT] = {
	[IMPEDIMENT_SOUND] = "sound",
	[IMPEDIMENT_SPEED] = "speed",
	[IMPEDIMENT_NO_VIDEO] = "no-video",
	[IMPEDIMENT_DOCUMENT] = "document",
};

static const char *const callees[CALL_TO_COUNT] = {
	[CALL_TO_CHAIR] = "chair",
	[CALL_TO_TECHNICIAN] = "technician",
};

static int find_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return (int)i;
	}
	return -ENOENT;
}

const char *impediment_name(enum impediment_reason reason)
{
	return impediments[reason];
}

int impediment_parse(const char *name, enum impediment_reason *out_reason)
{
	const int found = find_name(impediments, IMPEDIMENT_COUNT, name);
	*out_reason = found < 0 ? IMPEDIMENT_SOUND : (enum impediment_reason)found;
	return found < 0 ? found : 0;
}

const char *call_to_name(enum call_to to)
{
	return callees[to];
}

int call_to_parse(const char *name, enum call_to *out_to)
{
	const int found = find_name(callees, CALL_TO_COUNT, name);
	*out_to = found < 0 ? CALL_TO_CHAIR : (enum call_to)found;
	return found < 0 ? found : 0;
}

/* ---- what booths say ---- */

/* Its place; n_impediments where there is none. */
static size_t find_impediment(const struct signals *signals, const char *booth)
{
	size_t i = 0;
	while (i < signals->n_impediments && strcmp(signals->impediments[i].booth, booth) != 0)
		i++;
	return i;
}

const struct impediment *signals_impediment(const struct signals *signals, const char *booth)
{
	const size_t i = find_impediment(signals, booth);
	return i < signals->n_impediments ? &signals->impediments[i] : NULL;
}

static size_t find_call(const struct signals *signals, uint32_t number)
{
	size_t i = 0;
	while (i < signals->n_calls && signals->calls[i].number != number)
		i++;
	return i;
}

/* Nobody is to be known by asking: neither in the log nor on a page. */
static enum verdict decide_slower(const struct signals_command *command, struct events *out_events)
{
	if (command->asked)
		return VERDICT_ALREADY_SO;
	events_add(out_events, EVENT_SPEAK_SLOWER, "");
	return VERDICT_OK;
}

static enum verdict decide_cannot(const struct signals *signals,
	const struct signals_command *command, struct events *out_events)
{
	const struct impediment *before = signals_impediment(signals, command->booth);
	if (before != NULL && before->reason == command->reason)
		return VERDICT_ALREADY_SO;
	if (before == NULL && signals->n_impediments == SIGNALS_IMPEDIMENTS_MAX)
		return VERDICT_TOO_MANY;
	struct event *event = events_add(out_events, EVENT_INTERPRETATION_IMPEDED, command->by);
	(void)rs_set_text(event->booth, command->booth);
	event->impediment = command->reason;
	return VERDICT_OK;
}

static enum verdict decide_clear(const struct signals *signals,
	const struct signals_command *command, struct events *out_events)
{
	if (signals_impediment(signals, command->booth) == NULL)
		return VERDICT_NO_SUCH_BOOTH;
	struct event *event = events_add(out_events, EVENT_IMPEDIMENT_CLEARED, command->by);
	(void)rs_set_text(event->booth, command->booth);
	return VERDICT_OK;
}

static enum verdict decide_call(const struct signals *signals,
	const struct signals_command *command, struct events *out_events)
{
	for (size_t i = 0; i < signals->n_calls; i++) {
		if (signals->calls[i].to == command->to &&
			strcmp(signals->calls[i].by, command->by) == 0)
			return VERDICT_ALREADY_SO;
	}
	if (signals->n_calls == SIGNALS_CALLS_MAX)
		return VERDICT_TOO_MANY;
	struct event *event = events_add(out_events, EVENT_CALL_MADE, command->by);
	event->call = signals->last_call + 1;
	event->call_to = command->to;
	return VERDICT_OK;
}

/* Whoever serves the meeting, and the desk that called: it does not need it any more. */
static bool may_answer(const struct booth_call *call, const struct signals_command *command)
{
	return command->serves || strcmp(call->by, command->by) == 0;
}

static enum verdict decide_answer(const struct signals *signals,
	const struct signals_command *command, struct events *out_events)
{
	const size_t i = find_call(signals, command->call);
	if (i == signals->n_calls)
		return VERDICT_NO_SUCH_CALL;
	const struct booth_call *call = &signals->calls[i];
	if (!may_answer(call, command))
		return VERDICT_NOT_PERMITTED;
	struct event *event = events_add(out_events, EVENT_CALL_ANSWERED, command->by);
	event->call = call->number;
	event->call_to = call->to;
	return VERDICT_OK;
}

enum verdict signals_decide(const struct signals *signals, const struct signals_command *command,
	struct events *out_events)
{
	switch (command->kind) {
	case SIGNALS_SLOWER:
		return decide_slower(command, out_events);
	case SIGNALS_CANNOT:
		return decide_cannot(signals, command, out_events);
	case SIGNALS_CLEAR:
		return decide_clear(signals, command, out_events);
	case SIGNALS_CALL:
		return decide_call(signals, command, out_events);
	case SIGNALS_ANSWER:
		return decide_answer(signals, command, out_events);
	}
	return VERDICT_MALFORMED;
}

/* ---- waiting for the booths ---- */

bool signals_holds(const struct signals *signals, const struct signals_hold *wanted)
{
	const struct signals_hold *hold = &signals->hold;
	return hold->until_ms != 0 && hold->entry == wanted->entry &&
	       hold->decision == wanted->decision &&
	       strcmp(hold->participant, wanted->participant) == 0;
}

bool signals_must_hold(const struct signals *signals, const struct rules_interpretation *rules,
	const struct signals_hold *wanted, uint32_t quiet_ms)
{
	if (rules->wait_ms == 0 || quiet_ms >= rules->wait_ms)
		return false;
	return !signals_holds(signals, wanted);
}

void signals_decide_hold(const struct signals_hold *wanted, struct events *out_events)
{
	struct event *event = events_add(out_events, EVENT_BOOTHS_AWAITED, wanted->by);
	(void)rs_set_text(event->participant, wanted->participant);
	event->entry = wanted->entry;
	event->decision = wanted->decision;
	event->until_ms = wanted->until_ms;
	event->overridden = wanted->overrides;
	(void)rs_set_text(event->names, wanted->booths);
}

bool signals_released(const struct signals *signals, const struct rules_interpretation *rules,
	uint32_t quiet_ms, int64_t wall_ms)
{
	return signals->hold.until_ms != 0 &&
	       (quiet_ms >= rules->wait_ms || wall_ms >= signals->hold.until_ms);
}

/* ---- state ---- */

uint32_t signals_slower(
	const struct signals *signals, const struct rules_interpretation *rules, int64_t wall_ms)
{
	const int64_t hold_ms = (int64_t)rules->slower_hold_s * 1000;
	return wall_ms - signals->slower_ms < hold_ms ? signals->slower : 0;
}

static void apply_impeded(struct signals *signals, const struct event *event)
{
	const size_t i = find_impediment(signals, event->booth);
	if (i == SIGNALS_IMPEDIMENTS_MAX)
		return;
	struct impediment *impediment = &signals->impediments[i];
	signals->n_impediments += i == signals->n_impediments ? 1 : 0;
	*impediment =
		(struct impediment){ .reason = event->impediment, .since_ms = event->wall_ms };
	(void)rs_set_text(impediment->booth, event->booth);
	(void)rs_set_text(impediment->by, event->by);
}

static void apply_cleared(struct signals *signals, const struct event *event)
{
	const size_t i = find_impediment(signals, event->booth);
	if (i == signals->n_impediments)
		return;
	signals->n_impediments--;
	memmove(&signals->impediments[i], &signals->impediments[i + 1],
		(signals->n_impediments - i) * sizeof(signals->impediments[0]));
}

static void apply_call(struct signals *signals, const struct event *event)
{
	signals->last_call = event->call;
	if (signals->n_calls == SIGNALS_CALLS_MAX)
		return;
	struct booth_call *call = &signals->calls[signals->n_calls++];
	*call = (struct booth_call){
		.number = event->call, .to = event->call_to, .since_ms = event->wall_ms
	};
	(void)rs_set_text(call->by, event->by);
}

static void apply_answered(struct signals *signals, const struct event *event)
{
	const size_t i = find_call(signals, event->call);
	if (i == signals->n_calls)
		return;
	signals->n_calls--;
	memmove(&signals->calls[i], &signals->calls[i + 1],
		(signals->n_calls - i) * sizeof(signals->calls[0]));
}

static void apply_awaited(struct signals *signals, const struct event *event)
{
	signals->hold = (struct signals_hold){
		.until_ms = event->until_ms,
		.entry = event->entry,
		.decision = event->decision,
		.overrides = event->overridden,
	};
	(void)rs_set_text(signals->hold.by, event->by);
	(void)rs_set_text(signals->hold.participant, event->participant);
	(void)rs_set_text(signals->hold.booths, event->names);
}

/* With the sitting ends what was said in it; who calls waits on. */
static void apply_ended(struct signals *signals)
{
	signals->n_impediments = 0;
	signals->slower = 0;
	signals->hold = (struct signals_hold){ .until_ms = 0 };
}

/* What ends the wait: it happened, or something came in between. */
static bool ends_hold(enum event_kind kind)
{
	return kind == EVENT_FLOOR_GIVEN || kind == EVENT_FLOOR_TAKEN ||
	       kind == EVENT_ITEM_TAKEN_UP || kind == EVENT_VOTING_OPENED ||
	       kind == EVENT_DECISION_WITHDRAWN || kind == EVENT_MEETING_SUSPENDED ||
	       kind == EVENT_POINT_RAISED || kind == EVENT_BOOTHS_NOT_AWAITED;
}

void signals_apply(struct signals *signals, const struct rules_interpretation *rules,
	const struct event *event)
{
	if (ends_hold(event->kind))
		signals->hold = (struct signals_hold){ .until_ms = 0 };
	if (event->kind == EVENT_FLOOR_GIVEN || event->kind == EVENT_FLOOR_TAKEN) {
		signals->slower = 0; /* it was said to whoever spoke then */
		signals->slower_from_ms = event->wall_ms;
	} else if (event->kind == EVENT_SPEAK_SLOWER) {
		signals->slower = signals_slower(signals, rules, event->wall_ms) + 1;
		signals->slower_ms = event->wall_ms;
	} else if (event->kind == EVENT_INTERPRETATION_IMPEDED) {
		apply_impeded(signals, event);
	} else if (event->kind == EVENT_IMPEDIMENT_CLEARED) {
		apply_cleared(signals, event);
	} else if (event->kind == EVENT_CALL_MADE) {
		apply_call(signals, event);
	} else if (event->kind == EVENT_CALL_ANSWERED) {
		apply_answered(signals, event);
	} else if (event->kind == EVENT_BOOTHS_AWAITED) {
		apply_awaited(signals, event);
	} else if (event->kind == EVENT_MEETING_ADJOURNED || event->kind == EVENT_MEETING_CLOSED) {
		apply_ended(signals);
	}
}
