/* The language spoken on the floor goes with the floor. */
#include "signaling/floor/motions.h"
#include "signaling/proceedings/proceedings_priv.h"

static const char *usual(const struct proceedings *proceedings, const char *badge)
{
	const struct participant *participant = meeting_find(proceedings->meeting, badge);
	const struct delegation *delegation =
		participant != NULL
			? meeting_find_delegation(proceedings->meeting, participant->delegation)
			: NULL;
	return delegation != NULL ? delegation->language : "";
}

static const char *announced(
	const struct proceedings *proceedings, const struct floor_entry *entry, const char *badge)
{
	return entry != NULL && entry->language[0] != '\0' ? entry->language
							   : usual(proceedings, badge);
}

static const char *of_statement(
	const struct proceedings *proceedings, const struct floor_statement *statement)
{
	return announced(proceedings, &statement->called, statement->holder);
}

static const char *of_given(const struct proceedings *proceedings, const struct event *event)
{
	const struct floor *floor = proceedings->floor;
	return event->cause == CAUSE_SUBSTITUTE
		       ? announced(proceedings, &floor->now.called, event->participant)
		       : announced(proceedings, floor_find_entry(floor, event->entry),
				 event->participant);
}

/* Whoever the topmost motion interrupted goes on, unless a point of order is over both. */
static const char *after_motion(const struct proceedings *proceedings, const struct event *event)
{
	const struct floor *floor = proceedings->floor;
	const struct motions *motions = floor->motions;
	if (motions->n_pending == 0 || floor->point.stage != FLOOR_POINT_NONE)
		return NULL;
	const struct motion *top = &motions->pending[motions->n_pending - 1];
	return top->entry == event->entry ? of_statement(proceedings, &top->interrupted) : NULL;
}

/* Spoken after the event; NULL: it does not change who speaks. */
static const char *after(const struct proceedings *proceedings, const struct event *event)
{
	const struct floor *floor = proceedings->floor;
	switch ((int)event->kind) {
	case EVENT_FLOOR_GIVEN:
		return of_given(proceedings, event);
	case EVENT_POINT_HEARD:
	case EVENT_MOTION_TAKEN_UP:
		return usual(proceedings, event->participant);
	case EVENT_POINT_RULED:
		return "";
	case EVENT_POINT_SETTLED:
		return of_statement(proceedings, &floor->interrupted);
	case EVENT_MOTION_SETTLED:
	case EVENT_MOTION_WITHDRAWN:
		return after_motion(proceedings, event);
	case EVENT_FLOOR_TAKEN:
		return strcmp(event->participant, floor->now.holder) == 0 ? "" : NULL;
	case EVENT_ENTRY_REQUEUED:
		return floor->now.called.id == event->entry && event->entry != 0 ? "" : NULL;
	default:
		return NULL;
	}
}

void proceedings_decide_language(const struct proceedings *proceedings, struct events *events)
{
	const char *language = NULL;
	const char *by = "";
	for (size_t i = 0; i < events->n; i++) {
		const struct event *event = &events->list[i];
		const char *one = after(proceedings, event);
		if (one != NULL) {
			language = one;
			by = event->by;
		}
		/* There ends every statement, and nothing is spoken; or it was said already. */
		if (event->kind == EVENT_MEETING_ADJOURNED || event->kind == EVENT_MEETING_CLOSED ||
			event->kind == EVENT_FLOOR_LANGUAGE_SET)
			return;
	}
	if (language != NULL)
		interpretation_decide_language(proceedings->interpretation, language, by, events);
}
