/* Rights of reply: asked for at any moment, called when the list of speakers is exhausted; so many in one item for a
 * delegation, each with its own time. */
#include "signaling/floor/floor_priv.h"

size_t floor_reply_find(const struct floor_list *list, uint32_t entry)
{
	size_t i = 0;
	while (i < list->n_replies && list->replies[i].id != entry)
		i++;
	return i;
}

static uint32_t replied(const struct floor_list *list, const char *delegation)
{
	for (size_t i = 0; i < list->n_replied; i++) {
		if (strcmp(list->replied[i].delegation, delegation) == 0)
			return list->replied[i].n;
	}
	return 0;
}

uint32_t floor_reply_allotted(const struct floor *floor, const char *delegation)
{
	const struct rules_replies *rules = &floor->rules.replies;
	const uint32_t before = replied(floor_current_list(floor), delegation);
	return before < rules->per_delegation ? rules->allotted_s[before] * 1000 : 0;
}

enum verdict floor_decide_reply(
	const struct floor *floor, const struct floor_command *command, struct events *out_events)
{
	const struct floor_list *list = floor_current_list(floor);
	/* A reply is a delegation's, not a person's. */
	if (floor->rules.replies.per_delegation == 0 || command->delegation[0] == '\0')
		return VERDICT_NOT_PERMITTED;
	for (size_t i = 0; i < list->n_replies; i++) {
		if (strcmp(list->replies[i].delegation, command->delegation) == 0)
			return VERDICT_ALREADY_ON_LIST;
	}
	if (replied(list, command->delegation) >= floor->rules.replies.per_delegation)
		return VERDICT_NO_MORE_REPLIES;
	if (list->n_replies >= floor->rules.entries_max)
		return VERDICT_TOO_MANY;

	struct event *event = events_add(out_events, EVENT_ENTRY_ADDED, command->by);
	event->list = LIST_REPLIES;
	event->entry = floor->last_entry + 1;
	event->position = (uint32_t)list->n_replies + 1;
	event->cause = CAUSE_SELF;
	(void)rs_set_text(event->participant, command->by);
	(void)rs_set_text(event->delegation, command->delegation);
	return VERDICT_OK;
}

void floor_reply_added(struct floor *floor, const struct event *event)
{
	struct floor_list *list = &floor->lists[floor->current];
	if (list->n_replies >= floor->rules.entries_max)
		return;
	struct floor_entry *entry = &list->replies[list->n_replies++];
	*entry = (struct floor_entry){ .id = event->entry, .asked_ms = event->wall_ms };
	(void)rs_set_text(entry->participant, event->participant);
	(void)rs_set_text(entry->delegation, event->delegation);
}

void floor_reply_removed(struct floor *floor, uint32_t entry)
{
	struct floor_list *list = &floor->lists[floor->current];
	const size_t i = floor_reply_find(list, entry);
	if (i == list->n_replies)
		return;
	list->n_replies--;
	memmove(&list->replies[i], &list->replies[i + 1],
		(list->n_replies - i) * sizeof(*list->replies));
}

void floor_reply_given(struct floor *floor, uint32_t entry)
{
	struct floor_list *list = &floor->lists[floor->current];
	const size_t at = floor_reply_find(list, entry);
	if (at == list->n_replies)
		return;
	const struct floor_entry *reply = &list->replies[at];
	size_t i = 0;
	while (i < list->n_replied && strcmp(list->replied[i].delegation, reply->delegation) != 0)
		i++;
	if (i < floor->rules.entries_max) {
		list->n_replied += i == list->n_replied;
		(void)rs_set_text(list->replied[i].delegation, reply->delegation);
		list->replied[i].n++;
	}
	floor_reply_removed(floor, entry);
}
