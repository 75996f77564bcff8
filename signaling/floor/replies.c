/* Rights of reply: asked for at any moment, called when the list of speakers is exhausted; so many in one item for a
 * delegation, each with its own time. */
#include "signaling/floor/floor_priv.h"

static uint32_t replied(const struct floor *floor, const char *delegation)
{
	const struct floor_item *item = &floor->items[floor->current];
	for (size_t i = 0; i < item->n_replied; i++) {
		if (strcmp(item->replied[i].delegation, delegation) == 0)
			return item->replied[i].n;
	}
	return 0;
}

uint32_t floor_reply_allotted(const struct floor *floor, const char *delegation)
{
	const struct rules_replies *rules = &floor->rules.replies;
	const uint32_t before = replied(floor, delegation);
	return before < rules->per_delegation ? rules->allotted_s[before] * 1000 : 0;
}

enum verdict floor_decide_reply(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const struct floor_list *list = floor_list(floor, LIST_REPLIES);
	/* A reply is a delegation's, not a person's. */
	if (floor->rules.replies.per_delegation == 0 || command->delegation[0] == '\0')
		return VERDICT_NOT_PERMITTED;
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->entries[i].delegation, command->delegation) == 0)
			return VERDICT_ALREADY_ON_LIST;
	}
	if (replied(floor, command->delegation) >= floor->rules.replies.per_delegation)
		return VERDICT_NO_MORE_REPLIES;
	if (!floor_list_has_room(floor, list))
		return VERDICT_TOO_MANY;

	struct event *event = events_add(out_events, EVENT_ENTRY_ADDED, command->by);
	event->list = LIST_REPLIES;
	event->entry = floor->last_entry + 1;
	event->position = (uint32_t)list->n + 1;
	event->cause = CAUSE_SELF;
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, command->delegation);
	return VERDICT_OK;
}

void floor_reply_given(struct floor *floor, size_t item, const char *delegation)
{
	struct floor_item *at = &floor->items[item];
	size_t i = 0;
	while (i < at->n_replied && strcmp(at->replied[i].delegation, delegation) != 0)
		i++;
	if (i == floor->rules.entries_max)
		return;
	at->n_replied += i == at->n_replied;
	(void)rs_set_text(at->replied[i].delegation, delegation);
	at->replied[i].n++;
}
