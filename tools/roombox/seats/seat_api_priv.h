/* tools/roombox/seats/seat_api_priv.h
 *
 * The insides of the seats' API: what both threads share (seat_api.c), and the thread's own part of it, the call-backs of HTTP
 * (seat_api_http.c) and WebSockets (seat_api_events.c).
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_API_PRIV_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_API_PRIV_H

#include "tools/roombox/seats/seat_api.h"
#include "tools/roombox/seats/seat_description.h"
#include "tools/roombox/seats/seat_texts.h"

#include <libwebsockets.h>

#include <pthread.h>
#include <stdatomic.h>

struct refusal {
	uint64_t version;
	char seat[SEATS_NAME_MAX + 1];
	char reason[SEAT_WIRE_REASON_MAX + 1];
};

/* A row and when it became so. */
struct shown_row {
	uint64_t version;
	struct seat_row row;
};

struct seat_api {
	char token[SEAT_API_TOKEN_MAX + 1];
	char meeting[RS_NAME_MAX + 1];
	struct lws_context *context;
	pthread_t thread;
	bool started;
	atomic_bool stop;
	bool news; /* the sound's thread's own: something is to be told */
	/* Counted by either thread, read by any. */
	atomic_uint_fast64_t connections;
	atomic_uint_fast64_t followers; /* of those, WebSockets */
	atomic_uint_fast64_t connections_refused;
	atomic_uint_fast64_t keys_taken;
	atomic_uint_fast64_t keys_refused;
	atomic_uint_fast64_t keys_denied;

	pthread_mutex_t lock; /* of what follows */
	uint64_t version;     /* grows with everything that is told */
	uint64_t line_version;
	bool connected;
	size_t n;
	struct shown_row *rows; /* SEATS_MAX */
	size_t refused;         /* so far */
	struct refusal refusals[SEAT_API_REFUSALS];
	struct seat_texts texts;
	size_t first_key;
	size_t n_keys;
	struct seat_key keys[SEATS_KEYS_MAX];

	/* The API's thread's own. */
	struct seat_row *copy; /* SEATS_MAX */
};

/* What stands still while it is written. */
struct seat_snapshot {
	uint64_t version;
	uint64_t texts; /* version of those */
	bool connected;
	size_t n; /* rows in api->copy */
};

struct seat_api *seat_api_of(struct lws *wsi);
struct seat_snapshot seat_api_snapshot(struct seat_api *api);
/* False: there is no such seat. */
bool seat_api_find(struct seat_api *api, const char *seat, struct seat_row *out_row);
/* A key of an adapter is handed over. SEAT_PROBLEMS: no problem. */
enum seat_problem seat_api_take(struct seat_api *api, const struct seat_key *key);
/* Whether this request may be made, by its token or, without one, by its not coming from a browser's page, which any site could write.
 * SEAT_PROBLEMS: it may. */
enum seat_problem seat_api_admit(struct lws *wsi);

/* One thing that a follower who has seen everything up to a version has not. */
enum seat_news_kind { SEAT_NEWS_NONE, SEAT_NEWS_ROW, SEAT_NEWS_LINE, SEAT_NEWS_REFUSED };
struct seat_news {
	enum seat_news_kind kind;
	uint64_t version;
	struct seat_row row;
	bool connected;
	struct refusal refusal;
};
/* As seat_texts_next(). */
bool seat_api_next_text(
	struct seat_api *api, uint64_t seen, uint64_t since, struct seat_text *out_text);
/* The oldest of what is still so. */
void seat_api_news(struct seat_api *api, uint64_t seen, struct seat_news *out_news);

/* Begins an answer in a buffer of its own, with the room that libwebsockets wants before it. */
int seat_api_room(struct rs_buf *buf) RS_MUST_USE;

/* One HTTP connection: the answer under way. */
struct seat_request {
	enum seat_problem refused; /* SEAT_PROBLEMS = it is not */
	enum seat_route_kind kind;
	bool answered;
	bool close_after;
	size_t taken; /* octets of the body */
	char seat[SEATS_NAME_MAX + 1];
	struct rs_buf out;
};
/* One follower. */
struct seat_follower {
	uint64_t seen;
	uint64_t texts_seen;
	uint64_t
		texts_since; /* newest when it was greeted: of older ones those that stand are told */
	bool greeted;
	bool has_problem;
	enum seat_problem problem;
	char seat[SEATS_NAME_MAX + 1]; /* that the problem is about */
	size_t len;
	char text[SEAT_WIRE_TAKEN_MAX];
};
int seat_api_http(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
int seat_api_events(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

#endif
