#include "signaling/wire/view/booths.h"

#include "signaling/wire/json/doc.h"
#include "signaling/wire/view/signals.h"

static const char *channel_id(const struct interpretation *interpretation, int channel)
{
	return channel != INTERPRETATION_NONE ? interpretation->channels[channel].id : "";
}

static const char *desk_id(const struct interpretation *interpretation, int desk)
{
	return desk != INTERPRETATION_NONE ? interpretation->desks[desk].id : "";
}

static json_t *outputs_array(const struct interpretation *interpretation, uint32_t outputs)
{
	json_t *array = json_array();
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if ((outputs >> i & 1) != 0)
			doc_push(&array, json_string(interpretation->channels[i].id));
	}
	return array;
}

static json_t *booth_part(const struct proceedings *proceedings, size_t i)
{
	const struct interpretation *interpretation = proceedings->interpretation;
	const struct interpretation_booth *booth = &interpretation->booths[i];
	json_t *part = json_object();
	json_t *desks = json_array();
	for (size_t j = 0; j < interpretation->n_desks; j++) {
		if (interpretation->desks[j].booth == i)
			doc_push(&desks, json_string(interpretation->desks[j].id));
	}
	doc_put_text(&part, "home", channel_id(interpretation, booth->home));
	doc_put(&part, "outputs", outputs_array(interpretation, booth->outputs));
	doc_put(&part, "desks", desks);
	view_put_impediment(&part, &proceedings->signals, booth->id);
	return part;
}

json_t *view_booths(const struct proceedings *proceedings)
{
	const struct interpretation *interpretation = proceedings->interpretation;
	json_t *part = json_object();
	for (size_t i = 0; i < interpretation->n_booths; i++)
		doc_put(&part, interpretation->booths[i].id, booth_part(proceedings, i));
	return part;
}

static json_t *alarm_part(
	const struct interpretation *interpretation, const struct interpretation_alarm *alarm)
{
	json_t *part = json_object();
	doc_put(&part, "cause", json_string(cause_name(alarm->cause)));
	doc_put(&part, "channel", json_string(channel_id(interpretation, alarm->channel)));
	doc_put(&part, "since", json_integer(alarm->since_ms));
	return part;
}

static void put_auto(json_t **part, const struct interpretation *interpretation,
	const struct interpretation_desk *desk, bool patch)
{
	doc_patch_text(part, "auto",
		channel_id(interpretation, interpretation_auto(interpretation, desk)), patch);
}

static json_t *desk_part(const struct interpretation *interpretation,
	const struct interpretation_desk *desk, bool patch)
{
	json_t *part = json_object();
	if (!patch) {
		doc_put(&part, "booth", json_string(interpretation->booths[desk->booth].id));
		doc_put(&part, "outputs", outputs_array(interpretation, desk->outputs));
	}
	doc_put(&part, "source",
		json_string(interpretation_source_name(interpretation, desk->source)));
	put_auto(&part, interpretation, desk, patch);
	doc_put(&part, "output", json_string(channel_id(interpretation, desk->output)));
	doc_put(&part, "cough", json_boolean(desk->cough));
	doc_put(&part, "used_ms", json_integer(desk->used_ms));
	const struct interpretation_alarm *alarm = &desk->alarm;
	const bool alarmed = alarm->cause != CAUSE_NONE;
	doc_patch(&part, "alarm", alarmed ? alarm_part(interpretation, alarm) : json_null(),
		alarmed, patch);
	return part;
}

/* Those of a desk-source event, and all who may work into the channel of another. Of the rest it can change only what their
 * floor key means. */
static bool is_touched(const struct interpretation *interpretation,
	const struct interpretation_desk *desk, const struct event *event)
{
	const size_t len = strlen(desk->id);
	for (const char *at = event->names; *at != '\0';) {
		const size_t at_len = strcspn(at, " ");
		if (at_len == len && memcmp(at, desk->id, len) == 0)
			return true;
		at += at_len + strspn(at + at_len, " ");
	}
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if ((desk->outputs >> i & 1) != 0 &&
			strcmp(interpretation->channels[i].id, event->channel) == 0)
			return true;
	}
	return event->kind == EVENT_MEETING_ADJOURNED || event->kind == EVENT_MEETING_CLOSED;
}

json_t *view_desks(const struct interpretation *interpretation, const struct event *event)
{
	json_t *part = json_object();
	/* These change nothing of what anybody hears. */
	const bool own = event != NULL &&
			 (event->kind == EVENT_DESK_COUGH || event->kind == EVENT_DESK_OUTPUT);
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		const struct interpretation_desk *desk = &interpretation->desks[i];
		json_t *one;
		if (own && strcmp(desk->id, event->participant) != 0)
			continue;
		if (event == NULL || is_touched(interpretation, desk, event)) {
			one = desk_part(interpretation, desk, event != NULL);
		} else {
			one = json_object();
			put_auto(&one, interpretation, desk, true);
		}
		doc_put(&part, desk->id, one);
	}
	return part;
}

static json_t *handover_part(const struct interpretation *interpretation,
	const struct interpretation_channel *channel, bool patch)
{
	const struct interpretation_handover *handover = &channel->handover;
	json_t *part = json_object();
	doc_put(&part, "from", json_string(desk_id(interpretation, channel->desk)));
	doc_put(&part, "to", json_string(desk_id(interpretation, handover->to)));
	doc_put(&part, "by", json_string(desk_id(interpretation, handover->by)));
	doc_put(&part, "state",
		json_string(handover->stage == HANDOVER_ARMED ? "armed" : "requested"));
	doc_patch_int(&part, "due", handover->due_ms, patch);
	return part;
}

static json_t *chain_array(
	const struct interpretation *interpretation, const size_t *channels, size_t n)
{
	json_t *array = json_array();
	doc_push(&array, json_string("floor"));
	for (size_t i = 0; i < n; i++)
		doc_push(&array, json_string(interpretation->channels[channels[i]].id));
	return array;
}

static json_t *channel_part(const struct proceedings *proceedings, size_t i, bool patch)
{
	const struct interpretation *interpretation = proceedings->interpretation;
	const struct interpretation_channel *channel = &interpretation->channels[i];
	const bool handed = channel->handover.stage != HANDOVER_NONE;
	const int64_t since_ms = channel->desk != INTERPRETATION_NONE
					 ? interpretation->desks[channel->desk].since_ms
					 : 0;
	size_t chain[MEETING_CHANNELS_MAX];
	const size_t depth = interpretation_chain(interpretation, i, chain);
	json_t *part = json_object();
	if (!patch) {
		doc_put(&part, "language", json_string(channel->id));
		doc_put(&part, "name", json_string(proceedings->meeting->channels[i].name));
	}
	doc_patch_text(&part, "desk", desk_id(interpretation, channel->desk), patch);
	doc_patch_int(&part, "since", since_ms, patch);
	doc_put(&part, "carries",
		json_string(interpretation_carries(interpretation, i) ? "desk" : "floor"));
	doc_put(&part, "depth", json_integer((json_int_t)depth));
	doc_put(&part, "chain", chain_array(interpretation, chain, depth));
	doc_patch(&part, "handover",
		handed ? handover_part(interpretation, channel, patch) : json_null(), handed,
		patch);
	return part;
}

json_t *view_channels(const struct proceedings *proceedings, bool patch)
{
	json_t *part = json_object();
	for (size_t i = 0; i < proceedings->interpretation->n_channels; i++)
		doc_put(&part, proceedings->interpretation->channels[i].id,
			channel_part(proceedings, i, patch));
	return part;
}

json_t *view_rules_interpretation(const struct rules_interpretation *rules)
{
	json_t *part = json_object();
	doc_put(&part, "interlock", json_string(rules_interlock_name(rules->interlock)));
	doc_put(&part, "handover", json_string(rules->handover_asks ? "ask" : "take"));
	doc_put(&part, "timeout", json_integer(rules->handover_timeout_s * INT64_C(1000)));
	doc_put(&part, "turn", json_integer(rules->turn_s * INT64_C(1000)));
	doc_put(&part, "wait", json_integer(rules->wait_ms));
	doc_put(&part, "slower_hold", json_integer(rules->slower_hold_s * INT64_C(1000)));
	doc_put(&part, "slower_desks", json_integer(rules->slower_desks));
	return part;
}
