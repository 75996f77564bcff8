/* tools/roombox/seats/seat_api.h
 *
 * The seats' local HTTP and WebSocket API, by libwebsockets, for the adapter of a conference system: SEATS.md says what it offers, seat_wire.h
 * how it looks. It has a thread of its own, so that neither a busy adapter nor a slow one ever keeps the thread that plays sound waiting:
 * between the two lies one table of rows and one ring of keys behind a lock that the sound's thread only tries for, and that the other holds
 * for copying alone.
 *
 *     if (seat_api_begin(api)) {
 *             seat_api_row(api, &row), seat_api_line(api, true), seat_api_refused(api, …), seat_api_key(api, &key) …
 *             seat_api_end(api);
 *     }
 *
 * Nothing is queued for adapters: each is sent the rows as they are when it can take them, so that a slow one misses what came and went
 * but never how it stands. Limits: SEAT_API_CONNECTIONS_MAX, SEATS_MAX rows, SEATS_KEYS_MAX keys, the last SEAT_API_REFUSALS refusals,
 * SEAT_WIRE_TAKEN_MAX octets of a message.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_API_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_API_H

#include "tools/roombox/seats/seat_wire.h"

#define SEAT_API_CONNECTIONS_MAX 64U
#define SEAT_API_REFUSALS 32U
#define SEAT_API_TOKEN_MAX 255

struct seat_api;

struct seat_api_config {
	const char *listen; /* "127.0.0.1:9481" or "[::1]:9481" */
	const char *token;  /* that every request must carry; "" = none, on loopback only. Copied */
	const char *meeting; /* as rows are told with. Copied */
};

/* Listens and starts the thread. 0; -EINVAL (no address; or not loopback, and no token; a text too long), -EIO (it cannot be listened at,
 * no thread), -ENOMEM. */
int seat_api_new(const struct seat_api_config *config, struct seat_api **out_api) RS_MUST_USE;
/* What it has seen; all but the first only grow. */
struct seat_figures {
	uint64_t connections;         /* now */
	uint64_t connections_refused; /* there were too many */
	uint64_t keys;                /* handed over */
	uint64_t keys_refused;        /* by the box: no such seat, nobody's, no line, too many */
	uint64_t keys_denied;         /* by the meeting, or it did not answer */
};
/* From any thread. */
void seat_api_figures(const struct seat_api *api, struct seat_figures *out_figures);
/* Whether an adapter follows, which is what shows lines. From any thread. */
bool seat_api_is_followed(const struct seat_api *api);
/* Ends the thread and every connection. NULL is fine. Returns NULL. */
struct seat_api *seat_api_free(struct seat_api *api);

/* False: the other thread is just copying; all that was to be done is done a turn later. Never waits. */
bool seat_api_begin(struct seat_api *api);
/* Between begin and end: how a seat is now, whether there is a line, why a key was refused (cut at SEAT_WIRE_REASON_MAX). */
void seat_api_row(struct seat_api *api, const struct seat_row *row);
void seat_api_line(struct seat_api *api, bool connected);
void seat_api_refused(struct seat_api *api, const char *seat, const char *reason);
/* Between begin and end: a technician's line for that seat ("" = the room), or that it is over ("" as text). */
void seat_api_text(struct seat_api *api, const char *seat, const char *text);
/* The next key that an adapter pressed: 1, or 0 = none. */
int seat_api_key(struct seat_api *api, struct seat_key *out_key);
/* Adapters are told what was new. */
void seat_api_end(struct seat_api *api);

#endif
