#include "signaling/wire/view/signals.h"

#include "signaling/wire/json/doc.h"

#include <stdio.h>

static json_t *impediment_part(const struct impediment *impediment)
{
	json_t *part = json_object();
	doc_put(&part, "reason", json_string(impediment_name(impediment->reason)));
	doc_put(&part, "by", json_string(impediment->by));
	doc_put(&part, "since", json_integer(impediment->since_ms));
	return part;
}

void view_put_impediment(json_t **part, const struct signals *signals, const char *booth)
{
	const struct impediment *impediment = signals_impediment(signals, booth);
	if (impediment != NULL)
		doc_put(part, "impediment", impediment_part(impediment));
}

static json_t *impediment_change(const struct signals *signals, const char *booth)
{
	json_t *part = json_object();
	const struct impediment *impediment = signals_impediment(signals, booth);
	doc_put(&part, "impediment",
		impediment != NULL ? impediment_part(impediment) : json_null());
	return part;
}

json_t *view_impediments_change(const struct proceedings *proceedings, const struct event *event)
{
	const struct interpretation *interpretation = proceedings->interpretation;
	json_t *part = json_object();
	for (size_t i = 0; i < interpretation->n_booths; i++) {
		const char *id = interpretation->booths[i].id;
		if (event->booth[0] == '\0' || strcmp(event->booth, id) == 0)
			doc_put(&part, id, impediment_change(&proceedings->signals, id));
	}
	return part;
}

static json_t *call_part(const struct booth_call *call)
{
	json_t *part = json_object();
	doc_put(&part, "by", json_string(call->by));
	doc_put(&part, "to", json_string(call_to_name(call->to)));
	doc_put(&part, "since", json_integer(call->since_ms));
	return part;
}

static void put_call(json_t **part, uint32_t number, json_t *call)
{
	char name[16];
	(void)snprintf(name, sizeof(name), "%u", number);
	doc_put(part, name, call);
}

json_t *view_calls(const struct signals *signals, const struct event *event)
{
	json_t *part = json_object();
	if (event != NULL && event->kind == EVENT_CALL_ANSWERED)
		put_call(&part, event->call, json_null());
	for (size_t i = 0; i < signals->n_calls; i++) {
		const struct booth_call *call = &signals->calls[i];
		if (event == NULL || event->call == call->number)
			put_call(&part, call->number, call_part(call));
	}
	return part;
}

static json_t *hold_part(const struct signals_hold *hold, bool patch)
{
	json_t *part = json_object();
	doc_put(&part, "until", json_integer(hold->until_ms));
	doc_patch_text(&part, "for", hold->participant, patch);
	doc_patch_int(&part, "entry", hold->entry, patch);
	doc_patch_int(&part, "decision", hold->decision, patch);
	doc_put(&part, "booths", doc_names(hold->booths));
	return part;
}

static json_t *slower_part(const struct signals *signals)
{
	json_t *part = json_object();
	doc_put(&part, "count", json_integer(signals->slower));
	doc_put(&part, "since", json_integer(signals->slower_ms));
	return part;
}

void view_put_signals(json_t **floor, const struct signals *signals, bool patch)
{
	const bool held = signals->hold.until_ms != 0;
	const bool slower = signals->slower > 0;
	doc_patch(
		floor, "held", held ? hold_part(&signals->hold, patch) : json_null(), held, patch);
	doc_patch(floor, "slower", slower ? slower_part(signals) : json_null(), slower, patch);
}
