#include "tools/roombox/talk.h"

#include "tools/roombox/orders.h"
#include "tools/roombox/seating.h"

#include <errno.h>

#define EPOCH_MAX 64
#define NEWS_MAX 64U
#define CLOSE_ELSEWHERE 4009

enum stage {
	STAGE_CLOSED,
	STAGE_HELLO,   /* to be said */
	STAGE_GREETED, /* said */
	STAGE_WELCOME,
};

struct talk {
	const char *token;
	struct seating *seating;
	enum stage stage;
	rs_time due;  /* when the line is wanted, or the welcome has come */
	rs_time wait; /* before the next try */
	struct rs_rand *rand;
	/* what the meeting is known by */
	char epoch[EPOCH_MAX + 1]; /* empty = nothing is known */
	uint64_t event;
	int64_t place;
	struct orders orders;
	struct report report;
	bool reports; /* it has not been said */
	bool signals; /* a test signal is on */
	char badge[RS_NAME_MAX + 1];
	/* news but of seats, a ring */
	struct meeting_news news[NEWS_MAX];
	size_t first, n_news;
	/* the last that was said of layers, until it is taken; what was said before does not matter */
	struct meeting_news layers;
	bool layers_new;
};

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

static struct meeting_news *add_news(struct talk *talk, enum meeting_news_kind kind)
{
	if (talk->n_news == NEWS_MAX) {
		talk->first = (talk->first + 1) % NEWS_MAX;
		talk->n_news--;
	}
	struct meeting_news *news = &talk->news[(talk->first + talk->n_news++) % NEWS_MAX];
	*news = (struct meeting_news){ .kind = kind };
	return news;
}

static void refuse(struct talk *talk, const char *seat, const char *reason)
{
	struct meeting_news *news = add_news(talk, MEETING_REFUSED);
	(void)rs_set_text(news->seat.seat, seat); /* it is no longer than a seat's name */
	if (reason[0] == '\0' || !rs_set_text(news->reason, reason))
		(void)rs_set_text(news->reason, "refused");
}

int talk_news(struct talk *talk, struct meeting_news *out_news)
{
	if (talk->n_news > 0) {
		*out_news = talk->news[talk->first];
		talk->first = (talk->first + 1) % NEWS_MAX;
		talk->n_news--;
		return 1;
	}
	if (talk->layers_new) {
		*out_news = talk->layers;
		talk->layers_new = false;
		return 1;
	}
	*out_news = (struct meeting_news){ .kind = MEETING_SEAT };
	return seating_changed(talk->seating, &out_news->seat);
}

static void end_signal(struct talk *talk)
{
	(void)add_news(talk, MEETING_SIGNAL);
	talk->signals = false;
}

/* --- The line --- */

bool talk_wants_line(const struct talk *talk, rs_time now)
{
	return talk->stage == STAGE_CLOSED && talk->due <= now;
}

void talk_opened(struct talk *talk, rs_time now)
{
	talk->stage = STAGE_HELLO;
	talk->due = now + TALK_WELCOME;
}

void talk_closed(struct talk *talk, uint16_t code, rs_time now)
{
	if (talk->stage == STAGE_WELCOME) {
		add_news(talk, MEETING_LINE)->connected = false;
		talk->wait = TALK_WAIT_LEAST;
	}
	talk->layers_new = false;
	orders_unsend(&talk->orders);
	talk->reports = false;
	/* What the meeting hears is not known any more; a signal that stands is told again when the line is back. */
	if (talk->signals)
		end_signal(talk);
	/* A box that nobody minds takes its place back, but not in a dispute without end. */
	if (code == CLOSE_ELSEWHERE)
		talk->epoch[0] = '\0';
	talk->stage = STAGE_CLOSED;
	const rs_time half = talk->wait / 2;
	talk->due = now + (code == CLOSE_ELSEWHERE ? TALK_WAIT_ELSEWHERE
						   : half + (rs_time)rs_rand_below(
								    talk->rand, (uint32_t)half));
	talk->wait = rs_time_min(2 * talk->wait, TALK_WAIT_MOST);
}

/* --- What comes --- */

static uint64_t number_of(const json_t *object, const char *key)
{
	const json_int_t number = json_integer_value(json_object_get(object, key));
	return number > 0 ? (uint64_t)number : 0;
}

static int take_welcome(struct talk *talk, const json_t *message, rs_time now)
{
	(void)now; /* it does not matter when */
	const char *epoch = json_string_value(json_object_get(message, "epoch"));
	const bool resumed = json_is_true(json_object_get(message, "resumed"));
	const json_t *view = json_object_get(message, "view");
	if (talk->stage != STAGE_GREETED || epoch == NULL || (!resumed && !json_is_object(view)) ||
		(resumed && talk->epoch[0] == '\0'))
		return -EBADMSG;
	if (!resumed) {
		const int err = rs_set_text(talk->epoch, epoch) ? 0 : -EBADMSG;
		talk->event = number_of(message, "event");
		if (err < 0 || seating_view(talk->seating, view) < 0) {
			talk->epoch[0] = '\0';
			return err < 0 ? err : -ENOMEM;
		}
	}
	talk->place = (int64_t)number_of(message, "place");
	const char *badge =
		json_string_value(json_object_get(json_object_get(message, "you"), "id"));
	(void)rs_set_text(talk->badge, badge != NULL ? badge : ""); /* it fits, or is nobody's */
	talk->stage = STAGE_WELCOME;
	talk->wait = TALK_WAIT_LEAST;
	add_news(talk, MEETING_LINE)->connected = true;
	return 0;
}

/* Numbers grow by one: where one is missing, all is asked for anew. */
static int take_event(struct talk *talk, const json_t *message, rs_time now)
{
	(void)now; /* it does not matter when */
	const uint64_t number = number_of(message, "event");
	if (talk->stage != STAGE_WELCOME || number != talk->event + 1) {
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
		end_signal(talk);
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
		(void)add_news(talk, MEETING_RESTART);
	else if (order->seat[0] != '\0' && !json_is_true(json_object_get(message, "ok")))
		refuse(talk, order->seat, reason != NULL ? reason : "refused");
	orders_end(order);
	return 0;
}

static void answer(struct talk *talk, uint64_t asked, const char *answer, const char *why,
	bool restarts, rs_time now)
{
	struct order *order =
		asked != 0 ? orders_add(&talk->orders, "answer-technician", now) : NULL;
	if (order == NULL)
		return;
	order->answer = answer;
	order->why = why;
	order->asked = asked;
	order->restarts = restarts;
}

/* A line of text for a seat, or for the room itself; null as `until` says that it is over. */
static void take_line(struct talk *talk, const json_t *message)
{
	const char *seat = json_string_value(json_object_get(message, "seat"));
	const char *text = json_string_value(json_object_get(message, "text"));
	struct meeting_news *news = add_news(talk, MEETING_TEXT);
	if (seat != NULL && !rs_set_text(news->seat.seat, seat))
		talk->n_news--; /* no seat that we know */
	else if (text != NULL && number_of(message, "until") != 0)
		(void)rs_set_text(news->text, text); /* it is no longer, or is not shown */
}

static void take_signal(struct talk *talk, const json_t *message)
{
	const char *signal = json_string_value(json_object_get(message, "signal"));
	const bool on = signal != NULL && number_of(message, "until") != 0;
	const bool both = on && strcmp(signal, "both") == 0;
	struct meeting_news *news = add_news(talk, MEETING_SIGNAL);
	news->tone = both || (on && strcmp(signal, "tone") == 0);
	news->bars = both || (on && strcmp(signal, "bars") == 0);
	talk->signals = news->tone || news->bars;
	if (talk->signals && seating_is_heard(talk->seating, talk->badge))
		end_signal(talk);
}

static void take_wish(struct talk *talk, const json_t *message)
{
	const rs_time every = RS_MS((rs_time)(number_of(message, "every") % UINT32_MAX));
	struct meeting_news *news = add_news(talk, MEETING_FIGURES);
	news->every = every < MEETING_EVERY_LEAST ? MEETING_EVERY_LEAST
						  : rs_time_min(every, MEETING_EVERY);
}

/* What this box cannot do it says at once, so that the technician does not wait for it: nobody is before it who could plug in a cable. */
static int take_technician(struct talk *talk, const json_t *message, rs_time now)
{
	const char *what = json_string_value(json_object_get(message, "do"));
	const uint64_t number = number_of(message, "number");
	if (what == NULL)
		return -EBADMSG;
	if (strcmp(what, "tell") == 0)
		take_line(talk, message);
	else if (strcmp(what, "restart") == 0)
		answer(talk, number, "done", NULL, true, now);
	else if (strcmp(what, "test-signal") == 0)
		take_signal(talk, message);
	else if (strcmp(what, "figures") == 0)
		take_wish(talk, message);
	else if (number_of(message, "until") != 0)
		answer(talk, number, "cannot", "no-person", false, now);
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
		.wanted = (size_t)number_of(message, "wanted") };
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
	{ "technician", take_technician },
	{ "layers", take_layers },
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

static void give(
	struct talk *talk, const char *seat, const char *command, uint32_t entry, rs_time now)
{
	const bool line = talk->stage == STAGE_WELCOME;
	struct order *order = line ? orders_add(&talk->orders, command, now) : NULL;
	if (order == NULL) {
		refuse(talk, seat, line ? "too-many" : "no-line");
		return;
	}
	order->entry = entry;
	(void)rs_set_text(order->seat, seat); /* a known one */
}

void talk_press(struct talk *talk, const char *seat, rs_time now)
{
	const char *command = seating_press(talk->seating, seat);
	if (command == NULL)
		refuse(talk, seat, "no-such-seat");
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
	json_t *message = json_pack("{s:s, s:s}", "type", "hello", "token", talk->token);
	if (message != NULL && talk->epoch[0] != '\0')
		(void)json_object_set_new(message, "resume", /* without it, all is told anew */
			json_pack("{s:s, s:I, s:I}", "epoch", talk->epoch, "event",
				(json_int_t)talk->event, "place", (json_int_t)talk->place));
	talk->stage = STAGE_GREETED;
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
	talk->reports = talk->stage == STAGE_WELCOME;
}

bool talk_has_text(const struct talk *talk)
{
	return talk->stage == STAGE_HELLO ||
	       (talk->stage == STAGE_WELCOME &&
		       (talk->reports || orders_are_unsent(&talk->orders)));
}

size_t talk_poll(struct talk *talk, char out[TALK_SEND_MAX])
{
	if (talk->stage == STAGE_HELLO)
		return say_hello(talk, out);
	if (talk->stage != STAGE_WELCOME)
		return 0;
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
	while ((order = orders_late(&talk->orders, now)) != NULL) {
		if (order->seat[0] != '\0')
			refuse(talk, order->seat, "not-answered");
		orders_end(order);
	}
	return (talk->stage == STAGE_HELLO || talk->stage == STAGE_GREETED) && talk->due <= now;
}

rs_time talk_deadline(const struct talk *talk)
{
	const rs_time line = talk->stage == STAGE_WELCOME ? RS_TIME_NEVER : talk->due;
	return rs_time_min(line, orders_deadline(&talk->orders));
}
