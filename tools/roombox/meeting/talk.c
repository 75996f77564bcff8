#include "tools/roombox/meeting/talk.h"

#include "tools/roombox/meeting/talk_priv.h"

#include <errno.h>

#define CLOSE_ELSEWHERE 4009

int talk_new(const char *token, struct rs_rand *rand, rs_time now, struct talk **out_talk)
{
	/* With the words around it. */
	if (strlen(token) + 256 > TALK_SEND_MAX)
		return -EINVAL;
	struct talk *talk = rs_zalloc(sizeof(*talk));
	if (talk == NULL)
		return -ENOMEM;
	talk->token = token;
	talk->rand = rand;
	talk->due = now;
	talk->wait = TALK_WAIT_LEAST;
	orders_init(&talk->orders, rand);
	const int err = seating_new(&talk->seating);
	if (err < 0) {
		talk_free(talk);
		return err;
	}
	*out_talk = talk;
	return 0;
}

struct talk *talk_free(struct talk *talk)
{
	if (talk != NULL)
		seating_free(talk->seating);
	return rs_release(talk);
}

/* --- News --- */

int talk_news(struct talk *talk, struct meeting_news *out_news)
{
	if (news_take(&talk->news, out_news))
		return 1;
	if (talk->layers_new) {
		*out_news = talk->layers;
		talk->layers_new = false;
		return 1;
	}
	*out_news = (struct meeting_news){ .kind = MEETING_SEAT };
	return seating_changed(talk->seating, &out_news->seat);
}

/* --- The line --- */

bool talk_wants_line(const struct talk *talk, rs_time now)
{
	return talk->stage == TALK_CLOSED && talk->due <= now;
}

void talk_opened(struct talk *talk, rs_time now)
{
	talk->stage = TALK_HELLO;
	talk->due = now + TALK_WELCOME;
}

void talk_closed(struct talk *talk, uint16_t code, rs_time now)
{
	if (talk->stage == TALK_WELCOMED) {
		news_add(&talk->news, MEETING_LINE)->connected = false;
		talk->wait = TALK_WAIT_LEAST;
	}
	talk->layers_new = false;
	asked_clock_left(&talk->clock);
	orders_unsend(&talk->orders);
	talk->reports = false;
	/* What the meeting hears is not known any more; a signal that stands is told again when the line is back. */
	if (talk->signals)
		talk_end_signal(talk);
	/* A box that nobody minds takes its place back, but not in a dispute without end. */
	if (code == CLOSE_ELSEWHERE)
		talk->epoch[0] = '\0';
	talk->stage = TALK_CLOSED;
	const rs_time half = talk->wait / 2;
	talk->due = now + (code == CLOSE_ELSEWHERE ? TALK_WAIT_ELSEWHERE
						   : half + (rs_time)rs_rand_below(
								    talk->rand, (uint32_t)half));
	talk->wait = rs_time_min(2 * talk->wait, TALK_WAIT_MOST);
}

/* --- What comes --- */

uint64_t talk_number(const json_t *object, const char *key)
{
	const json_int_t number = json_integer_value(json_object_get(object, key));
	return number > 0 ? (uint64_t)number : 0;
}

static int take_welcome(struct talk *talk, const json_t *message, rs_time now)
{
	const char *epoch = json_string_value(json_object_get(message, "epoch"));
	const bool resumed = json_is_true(json_object_get(message, "resumed"));
	const json_t *view = json_object_get(message, "view");
	if (talk->stage != TALK_GREETED || epoch == NULL || (!resumed && !json_is_object(view)) ||
		(resumed && talk->epoch[0] == '\0'))
		return -EBADMSG;
	if (!resumed) {
		int err = rs_set_text(talk->epoch, epoch) ? 0 : -EBADMSG;
		talk->event = talk_number(message, "event");
		if (err == 0)
			err = seating_view(talk->seating, view);
		if (err < 0) {
			talk->epoch[0] = '\0';
			return err;
		}
	}
	talk->place = (int64_t)talk_number(message, "place");
	const char *badge =
		json_string_value(json_object_get(json_object_get(message, "you"), "id"));
	(void)rs_set_text(talk->badge, badge != NULL ? badge : ""); /* it fits, or is nobody's */
	talk->stage = TALK_WELCOMED;
	talk->wait = TALK_WAIT_LEAST;
	asked_clock_joined(&talk->clock, now);
	news_add(&talk->news, MEETING_LINE)->connected = true;
	return 0;
}

/* Numbers grow by one: where one is missing, all is asked for anew. */
static int take_event(struct talk *talk, const json_t *message, rs_time now)
{
	(void)now; /* it does not matter when */
	const uint64_t number = talk_number(message, "event");
	if (talk->stage != TALK_WELCOMED || number != talk->event + 1) {
		talk->epoch[0] = '\0';
		return -EBADMSG;
	}
	const int err = seating_patch(talk->seating, json_object_get(message, "patch"));
	if (err < 0)
		talk->epoch[0] = '\0';
	else
		talk->event = number;
	/* The server has ended it before; twice is better than once. */
	if (talk->signals && seating_is_heard(talk->seating, talk->badge))
		talk_end_signal(talk);
	return err;
}

static int take_reply(struct talk *talk, const json_t *message, rs_time now)
{
	(void)now; /* it does not matter when */
	const char *id = json_string_value(json_object_get(message, "id"));
	const char *reason = json_string_value(json_object_get(message, "reason"));
	struct order *order = id != NULL ? orders_find(&talk->orders, id) : NULL;
	if (order == NULL)
		return 0;
	if (order->restarts)
		(void)news_add(&talk->news, MEETING_RESTART);
	else if (order->answer == NULL && !json_is_true(json_object_get(message, "ok")))
		news_refuse(&talk->news, order->seat, reason != NULL ? reason : "refused");
	orders_end(order);
	return 0;
}

static int take_sync(struct talk *talk, const json_t *message, rs_time now)
{
	asked_clock_take(
		&talk->clock, talk_number(message, "n"), (now + talk->wall_ahead_us) / RS_MS(1));
	return 0;
}

static int take_layers(struct talk *talk, const json_t *message, rs_time now)
{
	const char *peer = json_string_value(json_object_get(message, "peer"));
	const char *media = json_string_value(json_object_get(message, "media"));
	struct meeting_news *layers = &talk->layers;
	(void)now; /* it does not matter when */
	if (peer == NULL || media == NULL)
		return -EBADMSG;
	if (strcmp(media, "camera") != 0)
		return 0;
	*layers = (struct meeting_news){ .kind = MEETING_LAYERS,
		.wanted = (size_t)talk_number(message, "wanted") };
	talk->layers_new = rs_set_text(layers->peer, peer);
	return 0;
}

static const struct {
	const char *type;
	int (*take)(struct talk *talk, const json_t *message, rs_time now);
} messages[] = {
	{ "welcome", take_welcome },
	{ "event", take_event },
	{ "reply", take_reply },
	{ "technician", talk_take_technician },
	{ "layers", take_layers },
	{ "sync", take_sync },
};

int talk_recv(struct talk *talk, const char *text, size_t len, rs_time now)
{
	int err = 0;
	json_t *message = len <= TALK_RECV_MAX ? json_loadb(text, len, 0, NULL) : NULL;
	const char *type = json_string_value(json_object_get(message, "type"));
	if (type == NULL)
		err = -EBADMSG;
	for (size_t i = 0; i < RS_ARRAY_LEN(messages) && err == 0; i++) {
		if (strcmp(messages[i].type, type) == 0)
			err = messages[i].take(talk, message, now);
	}
	json_decref(message);
	return err;
}

/* --- Keys --- */

void talk_wall(struct talk *talk, int64_t ahead_us)
{
	talk->wall_ahead_us = ahead_us;
}

static void give(
	struct talk *talk, const char *seat, const char *command, uint32_t entry, rs_time now)
{
	const bool line = talk->stage == TALK_WELCOMED;
	struct order *order = line ? orders_add(&talk->orders, command, now) : NULL;
	if (order == NULL) {
		news_refuse(&talk->news, seat, line ? "too-many" : "no-line");
		return;
	}
	order->entry = entry;
	order->at_ms = (now + talk->wall_ahead_us) / RS_MS(1);
	(void)rs_set_text(order->seat, seat); /* a known one */
}

void talk_press(struct talk *talk, const char *seat, rs_time now)
{
	const char *command = seating_press(talk->seating, seat);
	if (command == NULL)
		news_refuse(&talk->news, seat, "no-such-seat");
	else
		give(talk, seat, command, 0, now);
}

void talk_release(struct talk *talk, const char *seat, rs_time now)
{
	uint32_t entry;
	const char *command = seating_release(talk->seating, seat, &entry);
	if (command != NULL)
		give(talk, seat, command, entry, now);
}

/* --- What goes --- */

static size_t written(json_t *message, char out[TALK_SEND_MAX])
{
	const size_t len =
		message != NULL ? json_dumpb(message, out, TALK_SEND_MAX, JSON_COMPACT) : 0;
	json_decref(message);
	return len <= TALK_SEND_MAX ? len : 0;
}

static size_t say_hello(struct talk *talk, char out[TALK_SEND_MAX])
{
	json_t *message =
		json_pack("{s:s, s:s, s:b}", "type", "hello", "token", talk->token, "changes", 1);
	if (message != NULL && talk->epoch[0] != '\0')
		(void)json_object_set_new(message, "resume", /* without it, all is told anew */
			json_pack("{s:s, s:I, s:I}", "epoch", talk->epoch, "event",
				(json_int_t)talk->event, "place", (json_int_t)talk->place));
	talk->stage = TALK_GREETED;
	return written(message, out);
}

/* It is told again soon: what comes of it does not matter. */
static size_t say_report(struct talk *talk, char out[TALK_SEND_MAX])
{
	char id[ORDERS_ID_MAX];
	struct rs_buf text;
	size_t len = 0;
	if (!talk->reports)
		return 0;
	talk->reports = false;
	rs_buf_init(&text, TALK_SEND_MAX);
	if (orders_id(&talk->orders, id) == 0 && report_write(&talk->report, id, &text) == 0) {
		len = rs_buf_len(&text);
		memcpy(out, rs_buf_data(&text), len);
	}
	rs_buf_done(&text);
	return len;
}

void talk_report(struct talk *talk, const struct report *report)
{
	talk->report = *report;
	talk->reports = talk->stage == TALK_WELCOMED;
}

bool talk_has_text(const struct talk *talk)
{
	return talk->stage == TALK_HELLO ||
	       (talk->stage == TALK_WELCOMED &&
		       (talk->reports || asked_clock_has_text(&talk->clock) ||
			       orders_are_unsent(&talk->orders)));
}

size_t talk_poll(struct talk *talk, char out[TALK_SEND_MAX])
{
	if (talk->stage == TALK_HELLO)
		return say_hello(talk, out);
	if (talk->stage != TALK_WELCOMED)
		return 0;
	/* Its time is what matters of it. */
	if (asked_clock_has_text(&talk->clock))
		return asked_clock_poll(&talk->clock, out);
	struct order *order = orders_next(&talk->orders);
	if (order == NULL)
		return say_report(talk, out);
	order->sent = true;
	return written(orders_message(&talk->orders, order), out);
}

/* --- Time --- */

bool talk_tick(struct talk *talk, rs_time now)
{
	struct order *order;
	asked_clock_tick(&talk->clock, now);
	while ((order = orders_late(&talk->orders, now)) != NULL) {
		if (order->answer == NULL)
			news_refuse(&talk->news, order->seat, "not-answered");
		orders_end(order);
	}
	return (talk->stage == TALK_HELLO || talk->stage == TALK_GREETED) && talk->due <= now;
}

rs_time talk_deadline(const struct talk *talk)
{
	const rs_time line = talk->stage == TALK_WELCOMED ? RS_TIME_NEVER : talk->due;
	return rs_time_min(line,
		rs_time_min(orders_deadline(&talk->orders), asked_clock_deadline(&talk->clock)));
}
