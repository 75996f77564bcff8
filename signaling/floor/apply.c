#include "signaling/floor/explanations.h"
#include "signaling/floor/floor_priv.h"
#include "signaling/floor/motions.h"

size_t floor_presiding_find(const struct floor *floor, const char *participant)
{
	size_t i = 0;
	while (i < floor->n_presiding && strcmp(floor->presiding[i], participant) != 0)
		i++;
	return i;
}

/* Only those who asked while the item was under discussion waited for their turn. */
static void count_waiting(struct floor *floor, const struct floor_entry *entry, int64_t wall_ms)
{
	const int64_t since_ms = floor->items[floor->current].taken_up_ms;
	if (entry->list != LIST_SPEAKERS || since_ms == 0 || entry->asked_ms < since_ms)
		return;
	floor->waited[entry->in_room].n++;
	floor->waited[entry->in_room].sum_ms += wall_ms - entry->asked_ms;
}

/* Called: it waits no longer. */
static struct floor_entry apply_called(struct floor *floor, const struct event *event)
{
	struct floor_place place;
	if (event->entry == 0 || !floor_find_place(floor, event->entry, &place))
		return (struct floor_entry){ .id = 0 };
	const struct floor_entry entry = *floor_entry_at(floor, &place);
	if (entry.list == LIST_REPLIES)
		floor_reply_given(floor, place.item, entry.delegation);
	count_waiting(floor, &entry, event->wall_ms);
	floor_list_remove(floor, &floor->items[place.item].lists[place.list], place.at);
	floor_forget_offers(floor, event->entry);
	return entry;
}

static void apply_given(struct floor *floor, const struct event *event)
{
	/* A substitute goes on with the time that is left; so does who lost the line and was put back. */
	const bool substitute = event->cause == CAUSE_SUBSTITUTE;
	floor_charge(floor, &floor->now, event->wall_ms);
	const struct floor_entry called =
		substitute ? floor->now.called : apply_called(floor, event);
	/* Who goes on has spoken already. */
	const int64_t wait_ms = substitute || called.used_ms > 0
					? 0
					: floor->rules.time.voice_wait_s * INT64_C(1000);
	const int64_t used_ms = substitute ? floor_used_ms(floor, event->wall_ms) : called.used_ms;
	floor->now = (struct floor_statement){
		.entry = event->entry,
		.called = called,
		.awaits_ms = wait_ms > 0 ? event->wall_ms + wait_ms : 0,
		.clock = {
			.allotted_ms = event->allotted_ms,
			.used_ms = used_ms,
			.since_ms = wait_ms > 0 ? 0 : event->wall_ms,
		},
	};
	(void)rs_set_text(floor->now.holder, event->participant);
}

void floor_interrupt(
	struct floor *floor, const struct event *event, struct floor_statement *out_kept)
{
	*out_kept = floor->now;
	out_kept->ran = floor->now.clock.since_ms != 0 || floor->now.awaits_ms != 0;
	out_kept->awaits_ms = 0;
	out_kept->clock.used_ms = floor_used_ms(floor, event->wall_ms);
	out_kept->clock.since_ms = 0;
	floor->now = (struct floor_statement){
		.entry = event->entry,
		.clock = { .allotted_ms = event->allotted_ms, .since_ms = event->wall_ms },
	};
	(void)rs_set_text(floor->now.holder, event->participant);
}

void floor_return(struct floor *floor, int64_t wall_ms)
{
	if (floor->now.ran)
		floor->now.clock.since_ms = wall_ms;
	floor->now.ran = false;
}

static void end_statement(struct floor *floor, int64_t wall_ms)
{
	floor_charge(floor, &floor->now, wall_ms);
	floor->now = (struct floor_statement){ .entry = 0 };
}

/* Who was interrupted may go meanwhile. */
static void apply_taken(struct floor *floor, const struct event *event)
{
	const char *who = event->participant;
	const bool held = strcmp(floor->now.holder, who) == 0;
	if (held)
		end_statement(floor, event->wall_ms);
	if (held && event->cause != CAUSE_LEFT)
		return;
	if (strcmp(floor->interrupted.holder, who) == 0) {
		floor_charge(floor, &floor->interrupted, event->wall_ms);
		floor->interrupted = (struct floor_statement){ .entry = 0 };
	}
	motions_forget(floor, who);
}

static void apply_clock_stopped(struct floor *floor, const struct event *event)
{
	floor->now.clock.used_ms = floor_used_ms(floor, event->wall_ms);
	floor->now.clock.since_ms = 0;
	floor->now.awaits_ms = 0;
	if (event->cause == CAUSE_LOST_LINE) {
		floor->now.suspended = true;
		floor->now.lost_ms = event->wall_ms;
	}
}

static void apply_clock_started(struct floor *floor, const struct event *event)
{
	if (floor->now.clock.since_ms == 0)
		floor->now.clock.since_ms = event->wall_ms;
	floor->now.awaits_ms = 0;
	floor->now.suspended = false;
}

static void apply_microphone(struct floor *floor, const struct event *event)
{
	const size_t i = floor_presiding_find(floor, event->participant);
	if (event->kind == EVENT_MICROPHONE_OPENED) {
		if (i == floor->n_presiding && i < RULES_MICROPHONES_MAX) {
			(void)rs_set_text(floor->presiding[i], event->participant);
			floor->n_presiding++;
		}
		return;
	}
	if (i == floor->n_presiding)
		return;
	floor->n_presiding--;
	memmove(floor->presiding[i], floor->presiding[i + 1],
		(floor->n_presiding - i) * sizeof(floor->presiding[0]));
}

static void apply_item(struct floor *floor, const struct event *event)
{
	const size_t item = floor_find_item(floor, event->item);
	if (item == floor->n_items)
		return;
	floor_charge(floor, &floor->now, event->wall_ms);
	floor->current = item;
	if (floor->items[item].taken_up_ms == 0)
		floor->items[item].taken_up_ms = event->wall_ms;
}

/* Nobody speaks, and what was raised in the sitting is over with it; presses of the moment have no order any more. */
static void apply_adjourned(struct floor *floor, const struct event *event)
{
	floor->in_session = false;
	floor_settle_lists(floor, event->kind == EVENT_MEETING_CLOSED);
	end_statement(floor, event->wall_ms);
	floor->interrupted = (struct floor_statement){ .entry = 0 };
	floor->point = (struct floor_point){ .stage = FLOOR_POINT_NONE };
	floor->n_points = 0;
	floor->n_presiding = 0;
}

void floor_apply(struct floor *floor, const struct event *event)
{
	motions_apply(floor, event);
	explanations_apply(floor, event);
	switch ((int)event->kind) {
	case EVENT_MEETING_OPENED:
		floor->in_session = true;
		return;
	case EVENT_MEETING_SUSPENDED:
		floor->in_session = false;
		floor->now.clock.used_ms = floor_used_ms(floor, event->wall_ms);
		floor->now.clock.since_ms = 0;
		floor->now.awaits_ms = 0;
		return;
	case EVENT_MEETING_RESUMED:
		floor->in_session = true;
		if (floor->now.holder[0] != '\0' && !floor->now.suspended)
			floor->now.clock.since_ms = event->wall_ms;
		return;
	case EVENT_MEETING_ADJOURNED:
	case EVENT_MEETING_CLOSED:
		apply_adjourned(floor, event);
		return;
	case EVENT_ITEM_TAKEN_UP:
		apply_item(floor, event);
		return;
	case EVENT_ENTRY_ADDED:
	case EVENT_ENTRY_WITHDRAWN:
	case EVENT_ENTRY_MOVED:
	case EVENT_ENTRY_SKIPPED:
	case EVENT_ENTRY_REQUEUED:
		floor_apply_inscription(floor, event);
		return;
	case EVENT_SWAP_OFFERED:
	case EVENT_SWAP_DECLINED:
	case EVENT_SWAP_WITHDRAWN:
	case EVENT_ENTRIES_SWAPPED:
		floor_apply_swap(floor, event);
		return;
	case EVENT_LOTS_ANNOUNCED:
	case EVENT_LOTS_DRAWN:
	case EVENT_PRESSES_ORDERED:
		floor_apply_lots(floor, event);
		return;
	case EVENT_FLOOR_GIVEN:
		apply_given(floor, event);
		return;
	case EVENT_FLOOR_TAKEN:
		apply_taken(floor, event);
		return;
	case EVENT_CLOCK_STOPPED:
		apply_clock_stopped(floor, event);
		return;
	case EVENT_CLOCK_STARTED:
		apply_clock_started(floor, event);
		return;
	case EVENT_TIME_EXTENDED:
		floor->now.clock.allotted_ms = event->allotted_ms;
		return;
	case EVENT_LIMIT_SET:
	case EVENT_BUDGET_SET:
		floor_apply_limit(floor, event);
		return;
	case EVENT_LIST_CLOSED:
	case EVENT_LIST_OPENED:
	case EVENT_LIST_ENDED:
		floor_apply_closure(floor, event);
		return;
	case EVENT_POINT_RAISED:
	case EVENT_POINT_WITHDRAWN:
	case EVENT_POINT_HEARD:
	case EVENT_POINT_RULED:
	case EVENT_RULING_APPEALED:
	case EVENT_POINT_SETTLED:
		floor_apply_point(floor, event);
		return;
	case EVENT_MICROPHONE_OPENED:
	case EVENT_MICROPHONE_CLOSED:
		apply_microphone(floor, event);
		return;
	default: /* others' */
		return;
	}
}
