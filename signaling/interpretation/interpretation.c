#include "signaling/interpretation/interpretation.h"

#include "signaling/interpretation/interpretation_priv.h"

#include <errno.h>

int interpretation_new(const struct meeting *meeting, struct interpretation **out_interpretation)
{
	struct interpretation *interpretation = rs_zalloc(sizeof(*interpretation));
	if (interpretation == NULL)
		return -ENOMEM;
	interpretation->rules = meeting->rules.interpretation;
	interpretation->channels =
		rs_calloc(meeting->n_channels, sizeof(*interpretation->channels));
	if (interpretation->channels == NULL) {
		interpretation_free(interpretation);
		return -ENOMEM;
	}
	interpretation->n_channels = meeting->n_channels;
	for (size_t i = 0; i < meeting->n_channels; i++) {
		(void)rs_set_text(interpretation->channels[i].id, meeting->channels[i].id);
		interpretation->channels[i].desk = INTERPRETATION_NONE;
	}
	const int err = interpretation_build(meeting, interpretation);
	if (err < 0) {
		interpretation_free(interpretation);
		return err;
	}
	*out_interpretation = interpretation;
	return 0;
}

struct interpretation *interpretation_free(struct interpretation *interpretation)
{
	if (interpretation == NULL)
		return NULL;
	rs_release(interpretation->channels);
	rs_release(interpretation->booths);
	rs_release(interpretation->desks);
	return rs_release(interpretation);
}

int interpretation_channel_at(const struct interpretation *interpretation, const char *id)
{
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if (strcmp(interpretation->channels[i].id, id) == 0)
			return (int)i;
	}
	return INTERPRETATION_NONE;
}

int interpretation_desk_at(const struct interpretation *interpretation, const char *badge)
{
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		if (strcmp(interpretation->desks[i].id, badge) == 0)
			return (int)i;
	}
	return INTERPRETATION_NONE;
}

const char *interpretation_source_name(const struct interpretation *interpretation, int source)
{
	return source == INTERPRETATION_NONE ? "floor" : interpretation->channels[source].id;
}

const struct interpretation_desk *interpretation_find(
	const struct interpretation *interpretation, const char *badge)
{
	const int desk = interpretation_desk_at(interpretation, badge);
	return desk != INTERPRETATION_NONE ? &interpretation->desks[desk] : NULL;
}

const struct interpretation_channel *interpretation_live_in(
	const struct interpretation *interpretation, const char *badge)
{
	const struct interpretation_desk *desk = interpretation_find(interpretation, badge);
	return desk != NULL && desk->channel != INTERPRETATION_NONE
		       ? &interpretation->channels[desk->channel]
		       : NULL;
}

void interpretation_decide_language(const struct interpretation *interpretation,
	const char *language, const char *by, struct events *out_events)
{
	if (strcmp(interpretation->language, language) == 0)
		return;
	struct event *event = events_add(out_events, EVENT_FLOOR_LANGUAGE_SET, by);
	(void)rs_set_text(event->language, language);
}

static enum verdict decide_language(const struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *out_events)
{
	interpretation_decide_language(interpretation, command->language, command->by, out_events);
	return out_events->n > 0 ? VERDICT_OK : VERDICT_ALREADY_SO;
}

enum verdict interpretation_decide(const struct interpretation *interpretation,
	const struct interpretation_command *command, struct events *out_events)
{
	if (command->kind == INTERPRETATION_SET_LANGUAGE)
		return decide_language(interpretation, command, out_events);
	const int desk = interpretation_desk_at(interpretation, command->by);
	if (desk == INTERPRETATION_NONE)
		return VERDICT_CHANNEL_NOT_YOURS;
	switch (command->kind) {
	case INTERPRETATION_GO_LIVE:
	case INTERPRETATION_GO_IDLE:
	case INTERPRETATION_COUGH:
	case INTERPRETATION_SELECT_OUTPUT:
		return desks_decide(interpretation, desk, command, out_events);
	case INTERPRETATION_SELECT_SOURCE:
		return relay_decide_source(interpretation, desk, command, out_events);
	case INTERPRETATION_REQUEST_HANDOVER:
	case INTERPRETATION_ACCEPT_HANDOVER:
	case INTERPRETATION_DECLINE_HANDOVER:
	case INTERPRETATION_CANCEL_HANDOVER:
		return handover_decide(interpretation, desk, command, out_events);
	case INTERPRETATION_SET_LANGUAGE:
		break;
	}
	return VERDICT_MALFORMED;
}

bool interpretation_concerns(enum event_kind kind)
{
	return (kind >= EVENT_DESK_LIVE && kind <= EVENT_HANDOVER_ENDED) ||
	       kind == EVENT_FLOOR_LANGUAGE_SET || kind == EVENT_MEETING_ADJOURNED ||
	       kind == EVENT_MEETING_CLOSED;
}

void interpretation_apply(struct interpretation *interpretation, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_FLOOR_LANGUAGE_SET:
		(void)rs_set_text(interpretation->language, event->language);
		return;
	case EVENT_DESK_SOURCE:
		relay_apply(interpretation, event);
		return;
	case EVENT_HANDOVER_REQUESTED:
	case EVENT_HANDOVER_ACCEPTED:
	case EVENT_HANDOVER_ENDED:
		handover_apply(interpretation, event);
		return;
	case EVENT_DESK_LIVE:
	case EVENT_DESK_IDLE:
	case EVENT_DESK_COUGH:
	case EVENT_DESK_OUTPUT:
	case EVENT_MEETING_ADJOURNED:
	case EVENT_MEETING_CLOSED:
		desks_apply(interpretation, event);
		return;
	default:
		return; /* others' */
	}
}
