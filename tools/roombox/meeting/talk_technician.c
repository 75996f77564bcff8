/* What a technician asks of a box. */
#include "tools/roombox/meeting/talk_priv.h"

#include <errno.h>

void talk_end_signal(struct talk *talk)
{
	(void)news_add(&talk->news, MEETING_SIGNAL);
	talk->signals = false;
}

/* NULL where nobody waits for it, or too many are under way. */
static struct order *answer(
	struct talk *talk, uint64_t asked, const char *answer, const char *why, rs_time now)
{
	struct order *order =
		asked != 0 ? orders_add(&talk->orders, "answer-technician", now) : NULL;
	if (order == NULL)
		return NULL;
	order->answer = answer;
	order->why = why;
	order->asked = asked;
	return order;
}

/* While there is no line it is not said: what was not answered is asked again. */
void talk_answer(struct talk *talk, const struct line_answer *line, rs_time now)
{
	struct order *order = talk->stage != TALK_WELCOMED ? NULL
			      : line->shown
				      ? answer(talk, line->number, "done", NULL, now)
				      : answer(talk, line->number, "cannot", "no-display", now);
	if (order != NULL)
		(void)rs_set_text(order->seat, line->seat); /* of a seat's length */
}

static void restart(struct talk *talk, uint64_t asked, rs_time now)
{
	struct order *order = answer(talk, asked, "done", NULL, now);
	if (order != NULL)
		order->restarts = true;
}

/* A line of text for a seat, or for the room itself; null as `until` says that it is over. */
static void take_line(struct talk *talk, const json_t *message)
{
	const char *seat = json_string_value(json_object_get(message, "seat"));
	const char *text = json_string_value(json_object_get(message, "text"));
	if (seat != NULL && strlen(seat) > SEATS_NAME_MAX)
		return; /* no seat that we know */
	struct meeting_news *news = news_add(&talk->news, MEETING_TEXT);
	(void)rs_set_text(news->seat.seat, seat != NULL ? seat : ""); /* it fits */
	if (text == NULL || talk_number(message, "until") == 0)
		return;
	(void)rs_set_text(news->text, text); /* it is no longer, or is not shown */
	news->number = talk_number(message, "number");
}

static void take_signal(struct talk *talk, const json_t *message)
{
	const char *signal = json_string_value(json_object_get(message, "signal"));
	const bool on = signal != NULL && talk_number(message, "until") != 0;
	const bool both = on && strcmp(signal, "both") == 0;
	struct meeting_news *news = news_add(&talk->news, MEETING_SIGNAL);
	news->tone = both || (on && strcmp(signal, "tone") == 0);
	news->bars = both || (on && strcmp(signal, "bars") == 0);
	talk->signals = news->tone || news->bars;
	if (talk->signals && seating_is_heard(talk->seating, talk->badge))
		talk_end_signal(talk);
}

static void take_wish(struct talk *talk, const json_t *message)
{
	const rs_time every = RS_MS((rs_time)(talk_number(message, "every") % UINT32_MAX));
	struct meeting_news *news = news_add(&talk->news, MEETING_FIGURES);
	news->every = every < MEETING_EVERY_LEAST ? MEETING_EVERY_LEAST
						  : rs_time_min(every, MEETING_EVERY);
}

/* What this box cannot do it says at once, so that the technician does not wait for it: nobody is before it who could plug in a cable. */
int talk_take_technician(struct talk *talk, const json_t *message, rs_time now)
{
	const char *what = json_string_value(json_object_get(message, "do"));
	const uint64_t number = talk_number(message, "number");
	if (what == NULL)
		return -EBADMSG;
	if (strcmp(what, "tell") == 0)
		take_line(talk, message);
	else if (strcmp(what, "restart") == 0)
		restart(talk, number, now);
	else if (strcmp(what, "test-signal") == 0)
		take_signal(talk, message);
	else if (strcmp(what, "figures") == 0)
		take_wish(talk, message);
	else if (talk_number(message, "until") != 0)
		(void)answer(talk, number, "cannot", "no-person", now); /* or nobody waits for it */
	return 0;
}
