/* signaling/io/io_priv.h
 *
 * What the files of this folder share: the loop, the pages, the nodes, the HTTP requests.
 */
#ifndef ROSTRUM_SIGNALING_IO_IO_PRIV_H
#define ROSTRUM_SIGNALING_IO_IO_PRIV_H

#include "common/base/addr.h"
#include "common/base/map.h"
#include "signaling/io/chore.h"
#include "signaling/io/io.h"
#include "signaling/io/outbox.h"
#include "signaling/io/rate.h"
#include "signaling/io/route.h"
#include "signaling/io/tally.h"

#include <libwebsockets.h>
#include <uv.h>

/* Statuses that libwebsockets has no name for. */
#define STATUS_CREATED 201
#define STATUS_NO_CONTENT 204
#define STATUS_PRECONDITION_REQUIRED 428
#define STATUS_TOO_MANY_REQUESTS 429

#define HTTP_TOKEN_MAX AUTH_TOKEN_LEN
#define HTTP_PATH_MAX 512
#define HTTP_QUERY_MAX 256
#define HTTP_VALUE_MAX 512
#define HTTP_HEADERS_MAX 16
#define HTTP_RANGE_MAX 64
/* A wrong PIN out of what io->by_guess holds: twenty at once from an address, then one in half a minute; a right one costs 1. */
#define HTTP_GUESS_COST 120
#define HTTP_GUESS_BURST (20 * HTTP_GUESS_COST)
#define HTTP_GUESS_RATE 4
/* An offer, a conference file. */
#define HTTP_SDP_MAX ((size_t)65536)
#define HTTP_IMPORT_MAX ((size_t)4 << 20)
#define HTTP_SMALL_MAX ((size_t)4096)
/* LATE_PART_MAX of common/control/late.h. */
#define HTTP_LATE_MAX ((size_t)128 << 10)

/* Requests for what is webcast, by how they were answered. */
struct webcast_counters {
	uint64_t whole;   /* 200 */
	uint64_t part;    /* 206 */
	uint64_t same;    /* 304 */
	uint64_t absent;  /* 404: not on the air, or no such file */
	uint64_t refused; /* all else */
	uint64_t
		playlists; /* of those that were there, for pictures: each player asks once a segment */
};

struct io_counters {
	uint64_t connections_refused;
	uint64_t pages_slow;
	uint64_t pages_oversized;
	uint64_t requests;
	uint64_t requests_refused; /* 4xx and 5xx */
	struct webcast_counters webcast;
	uint64_t requests_limited; /* over the rate of REST */
	uint64_t control_errors;
};

struct listener {
	int fd; /* -1 = none */
	uv_poll_t poll;
	struct io *io;
	struct rs_addr addr;
};

struct courier;
struct reading;
struct request;
struct shelf_keeper;
struct upload;
/* Documents coming in at a time. */
#define UPLOADS_MAX 8

struct io {
	struct io_config config;
	struct service *service;
	uv_loop_t loop;
	uv_async_t wake;
	uv_timer_t timer;
	uv_signal_t signals[2];
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct listener listeners[IO_LISTEN_MAX];
	size_t n_listeners;
	uv_pipe_t control;
	bool has_control;
	struct rs_map *pages;    /* session -> struct page */
	struct rs_map *streams;  /* stream -> struct request */
	struct rs_map *requests; /* number -> struct request */
	struct rs_map *nodes;    /* node -> struct node */
	struct courier *courier; /* of webhooks */
	struct tally *tally;
	struct rate *by_address; /* of REST */
	struct rate *by_bearer;
	struct rate *by_guess;               /* PINs */
	struct upload *uploads[UPLOADS_MAX]; /* NULL = free */
	struct shelf_keeper *keeper;         /* of the archive; NULL = there is none */
	struct chores chores;
	size_t readings; /* files of the archive being given out */
	size_t proofs;   /* of speeches, being made or given out */
	uint8_t ticket_key[RS_SHA256_LEN];
	size_t tries, issues; /* PINs being hashed: of people who join, and new ones */
	uint64_t last_request;
	size_t connections;
	bool pumping;
	bool stopping;
	struct io_counters counters;
};

/* What a buffer holds as text that may be empty: one that never held anything has no octets to point to. */
static inline const char *io_text(const struct rs_buf *buf)
{
	return rs_buf_len(buf) > 0 ? (const char *)rs_buf_data(buf) : "";
}

/* --- loop.c --- */

struct moment io_moment(void);
/* Deliver what the service has to say, and set the timer. After everything fed. */
void io_pump(struct io *io);

/* --- listen.c --- */

/* Binds all addresses of the configuration. 0, or -EIO with `error` set. */
int io_listen(struct io *io, char error[IO_ERROR_LEN]) RS_MUST_USE;
/* Begin to accept. */
void io_accept(struct io *io);
void io_unlisten(struct io *io);

/* --- ballot_keys.c --- */

/* Makes the key of a SERVICE_MAKE_BALLOT_KEY on a worker's thread, then tells the service. Takes `path`. */
void ballot_keys_make(struct io *io, uint64_t id, struct message *path);

/* --- nodes.c: the control socket --- */

int nodes_listen(struct io *io, char error[IO_ERROR_LEN]) RS_MUST_USE;
int nodes_accept(struct io *io) RS_MUST_USE;
/* Takes `message`. */
void nodes_send(struct io *io, uint64_t node, struct message *message);
/* `frame` is a whole frame. Takes it. */
void nodes_send_frame(struct io *io, uint64_t node, struct message *frame);
void nodes_close(struct io *io, uint64_t node);
void nodes_stop(struct io *io);

/* --- pages.c: WebSockets --- */

/* One page; libwebsockets allocates it, zeroed, with the connection. */
struct page {
	uint64_t session; /* 0 = the service does not know it (any more) */
	struct lws *wsi;
	struct outbox outbox;
	struct rs_buf in; /* a message whose fragments come in */
	bool is_open;
	bool closing; /* once the outbox is empty, with this code */
	bool close_sent;
	uint16_t code;
	uint16_t peer_code; /* what the page gave when it left */
};

int pages_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* Takes `message`. */
void pages_send(struct io *io, uint64_t session, struct message *message);
void pages_close(struct io *io, uint64_t session, uint16_t code);
void pages_stop(struct io *io);

/* --- streams.c: server-sent events --- */

bool streams_asked(const struct request *request);
/* The answer of this request is a stream, or a refusal. */
void streams_open(struct request *request);
/* Its head is written. */
void streams_begin(struct request *request);
/* It is time for a sign of life. */
void streams_beat(struct request *request);
/* One message a call, as libwebsockets wants it. -1 closes. */
int streams_write(struct request *request);
/* Its connection is gone; also for a request that is no stream. */
void streams_closed(struct request *request);
/* Takes `message`. */
void streams_send(struct io *io, uint64_t stream, struct message *message);
void streams_end(struct io *io, uint64_t stream);

/* --- courier.c: webhooks --- */

/* 0 or -ENOMEM. */
int courier_new(struct io *io) RS_MUST_USE;
/* Ends what is under way; to be called while the loop still runs. */
void courier_stop(struct io *io);
/* Once the loop is closed. */
void courier_free(struct io *io);
/* Sends a SERVICE_HOOK. Takes `message`. */
void courier_send(struct io *io, uint64_t key, struct message *message);
/* An address that webhooks may have? */
bool courier_takes(const char *url);

/* --- http.c --- */

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_OTHER,
};

struct http_header {
	const char *name; /* "location:" */
	char value[HTTP_VALUE_MAX];
};

/* One HTTP request from its headers to the last octet of its answer. */
struct request {
	struct io *io;
	struct lws *wsi;
	uint64_t number;
	enum http_method method;
	char path[HTTP_PATH_MAX];
	char query[HTTP_QUERY_MAX]; /* without its question mark; what is beyond is left out */
	struct route_params params;
	const struct http_route *route; /* NULL = a page's file, or nothing */
	/* headers that are looked at; empty = absent */
	char content_type[HTTP_VALUE_MAX];
	char accept[HTTP_VALUE_MAX];
	char if_match[HTTP_VALUE_MAX];
	char if_none_match[HTTP_VALUE_MAX];
	char last_event_id[2 * RS_NAME_MAX];
	char range[HTTP_RANGE_MAX];
	char if_range[HTTP_VALUE_MAX];
	char host[HTTP_VALUE_MAX];
	struct rs_addr from;
	struct rs_buf body;
	bool body_too_large;
	bool body_unread;      /* of a stranger: thrown away */
	struct upload *upload; /* its body goes there; NULL = it is none, or cannot be taken */
	int token_err;       /* of the bearer's token, as auth_verify(); -ENOENT = there is none */
	struct claims token; /* when it is 0 */
	struct claims who;   /* once authorised */
	bool importing;      /* its answer gets join tokens */
	struct pins *issued; /* its answer gets these; NULL = nothing was issued */
	/* the answer */
	bool answered;
	bool head_written;
	bool close_after;
	unsigned status;
	const char *type;
	struct http_header headers[HTTP_HEADERS_MAX];
	size_t n_headers;
	struct rs_buf out;
	/* an answer out of a file */
	int file; /* -1 = it is none */
	uint64_t file_at, file_left;
	struct reading *reading; /* NULL = not out of the archive */
	uint64_t reading_len;
	bool proof; /* counted in io->proofs */
	/* an answer that goes on: server-sent events */
	uint64_t stream;  /* 0 = it is none (any more) */
	bool stream_ends; /* after what is in the outbox */
	struct outbox outbox;
};

typedef void http_handler(struct request *request);

enum route_kind {
	ROUTE_SITE,    /* no REST: not described, not counted against anybody's rate */
	ROUTE_API,     /* part of /api/v1 */
	ROUTE_MEETING, /* the same; the first name in the path is a meeting that the token must list */
	ROUTE_OLD,     /* an older name of a part of it */
	ROUTE_OLD_MEETING, /* the same about a meeting */
};

struct http_route {
	enum http_method method;
	const char *pattern;
	http_handler *handle;
	size_t body_max;
	/* Roles whose tokens are let through to the handler, as ROLE_BIT()s, with request->who set; 0: anybody, without a look. */
	uint32_t roles;
	enum route_kind kind;
	bool takes_ticket; /* the first name in the path is a recording, and instead of a token its ticket is taken */
	/* It costs no more than a page's file, and a thousand may ask from one address: it counts against nobody's rate. */
	bool is_light;
	bool is_upload; /* the body is a document: it goes to disk, `body_max` aside */
};

int http_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* A value of the query, as libwebsockets decoded it. Absent is empty. False when it is too long or has a NUL. */
bool http_query(struct request *request, const char *name, char *out, size_t cap);
/* Copies the value. Too many are a bug of ours and left out. */
void http_add_header(struct request *request, const char *name, const char *value);
/* The next piece of the answer, when the socket takes it. 0; -1 closes the connection. *slot is NULL when all is written. */
int http_write(struct request **slot);
/* NULL is fine. Returns NULL. */
struct request *http_request_free(struct request *request);
/* Answer with what is in request->out; the first answer counts. */
void http_answer(struct request *request, unsigned status, const char *type);
/* What a service call gave is in request->out, or -ENOENT, told with this reason, or no memory. */
void http_answer_with(struct request *request, int err, const char *reason, const char *text);
/* A problem of wire/message/message.h. */
void http_refuse(struct request *request, unsigned status, const char *reason, const char *text);
void http_refuse_service(struct request *request, const struct service_refusal *refusal);
void http_refuse_memory(struct request *request);
/* By what clients are told apart: an address, or the /64 of IPv6, from which one client may have all. */
const char *http_address_key(const struct rs_addr *from, size_t *out_len);
/* The service answered request `number`. */
void http_deliver(struct io *io, uint64_t number, unsigned status, struct message *message);
/* Who asks? True with request->who filled; else answered with 401. */
bool http_authenticate(struct request *request);
/* As http_authenticate(), and the token lists this meeting; else answered with 403. */
bool http_enter(struct request *request, const char *meeting);
/* "http://host" or "https://host" as the client sees us. */
void http_base(const struct request *request, char out[HTTP_VALUE_MAX]);

/* Answer with `len` octets of this file from `first` on. Takes `file`. */
void http_answer_file(struct request *request, unsigned status, const char *type, int file,
	uint64_t first, uint64_t len);

/* --- routes.c; api.c, problems.c, site.c, media.c, files.c: handlers --- */

extern const struct http_route http_routes[];
extern const size_t http_n_routes;

void credentials_join(struct request *request);
void credentials_token(struct request *request);
void credentials_list(struct request *request);
void credentials_issue(struct request *request);
void credentials_revoke(struct request *request);
void api_schema(struct request *request);
void api_import(struct request *request);
void api_rehearse(struct request *request);
void api_clear(struct request *request);
void api_ballot(struct request *request);
void api_conferences(struct request *request);
void api_conference(struct request *request);
void api_command(struct request *request);
void api_open(struct request *request);
void api_close(struct request *request);
void api_meetings(struct request *request);
void api_meeting(struct request *request);
void api_speakers(struct request *request);
void api_plan(struct request *request);
void api_decision(struct request *request);
void api_decisions(struct request *request);
void api_participants(struct request *request);
void api_troubles(struct request *request);
void api_precall(struct request *request);
void api_precalls(struct request *request);
void api_events(struct request *request);
void api_media(struct request *request);
void api_timeline(struct request *request);
void late_time(struct request *request);
void late_put(struct request *request);
void documents_list(struct request *request);
void documents_add(struct request *request);
void documents_get(struct request *request);
void documents_withdraw(struct request *request);
void webcast_list(struct request *request);
void webcast_about(struct request *request);
void webcast_file(struct request *request);
void webcast_options(struct request *request);
/* Append what is counted of it. 0, -E2BIG or -ENOMEM. */
int webcast_metrics(const struct io *io, struct rs_buf *out) RS_MUST_USE;
void api_hooks(struct request *request);
void api_hook(struct request *request);
void api_hook_put(struct request *request);
void api_hook_delete(struct request *request);
void api_description(struct request *request);
void api_problems(struct request *request);
void api_problem(struct request *request);
void site_nodes(struct request *request);
void site_drain(struct request *request);
void site_serve(struct request *request);
void site_health(struct request *request);
void site_metrics(struct request *request);
void media_publish(struct request *request);
void media_play(struct request *request);
void media_echo(struct request *request);
void media_patch(struct request *request);
void media_delete(struct request *request);
void media_options(struct request *request);
/* A file below web_root, or 404. */
void files_get(struct request *request);
/* The page a role works with: "delegate". */
const char *join_page(enum role role);
/* Turns the service's answer to an import into the one with tokens and links: request->out. 0 or -ENOMEM. */
int join_write(struct request *request, const char *imported, size_t len) RS_MUST_USE;

#endif
