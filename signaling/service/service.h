/* signaling/service/service.h
 *
 * The authority on the meetings, without a socket: sessions (pages), nodes (media servers and recorders) and
 * HTTP requests are fed in as text, outputs are pulled by service_poll(). A command goes auth -> permission ->
 * decide -> append -> apply -> tell; nothing is told before the store has it.
 *
 * One thread. The driver's order each turn: read the clocks once, feed, service_tick() when the store woke the
 * loop or service_deadline() passed, then service_poll() until 0. No call calls back into the driver except
 * the ports of the configuration, which must not call the service.
 * Limits are in struct service_limits; what meets one is refused and counted.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SERVICE_H
#define ROSTRUM_SIGNALING_SERVICE_SERVICE_H

#include "common/base/buf.h"
#include "common/base/hash.h"
#include "common/base/rand.h"
#include "common/base/time.h"
#include "signaling/auth/claims.h"
#include "signaling/broadcast/message.h"
#include "signaling/wire/beside/hook.h"
#include "signaling/wire/conference/rehearsal.h"
#include "signaling/wire/node/peer.h"

struct service;
struct store; /* signaling/store/store.h */

/* One reading of both clocks. */
struct moment {
	rs_time now;
	int64_t wall_ms;
};

/* Verifies a token (implemented by signaling/auth). 0 and *out_claims; -EACCES (no JWT of ours, wrong signature
 * or issuer); -ETIMEDOUT (expired; *out_claims is filled all the same); -EBADMSG (claims missing or malformed). */
typedef int service_verify_fn(
	void *ctx, const char *token, int64_t wall_ms, struct claims *out_claims);

/* Secret octets of this site that follow from `label` (implemented by signaling/auth): the same each time, after a restart too. */
typedef void service_derive_fn(void *ctx, const char *label, uint8_t out[RS_SHA256_LEN]);

struct service_limits {
	size_t sessions;           /* WebSockets at a time */
	size_t peers;              /* media peers, pages and WHIP and WHEP together */
	size_t nodes;              /* control connections */
	size_t meetings;           /* in the store */
	size_t queue;              /* commands waiting in one meeting */
	size_t kept_events;        /* per meeting, for resume */
	uint64_t documents_octets; /* of one meeting */
	size_t line_tests;         /* of lines at a time, at most 64 */
	uint32_t command_rate; /* commands a second and session, with a burst of twice as many */
};

/* What a site of ordinary size uses. */
extern const struct service_limits service_limits_default;

struct service_config {
	struct store *store; /* open; outlives the service */
	struct rs_rand *rand;
	struct service_limits limits;
	rs_time hello_timeout; /* a socket without hello is closed; 10 s */
	rs_time lost_grace;    /* without WebSocket until participant-left; 20 s */
	rs_time media_grace;   /* without media server until media-server null; 2 s */
	service_verify_fn *verify;
	void *verify_ctx;
	service_derive_fn *derive;
	void *derive_ctx;
	peer_answer_fn *answer;
	void *answer_ctx;
	uint8_t lot_secret
		[RS_SHA256_LEN]; /* seeds of lots are made of it: the same after a restart */
	const char *
		ballot_dir; /* where keys of secret ballots are kept from proposal to lock; NULL = there are none */
	const struct turn *turn; /* told to pages; outlives the service; NULL = none */
	bool archive;            /* recordings are shown: pages link to them */
};

#define SERVICE_ERROR_LEN 256

/* 0, -EINVAL (a limit or time is 0, a port is missing) or -ENOMEM. */
int service_new(const struct service_config *config, struct service **out_service) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct service *service_free(struct service *service);
/* A rules profile (conf/rules/NAME.json) before service_start(). 0, or -EBADMSG with `error` set, -EEXIST, -E2BIG, -ENOMEM. */
int service_add_rules(struct service *service, const char *name, const char *json, size_t len,
	char error[SERVICE_ERROR_LEN]) RS_MUST_USE;
/* Reads conferences and replays all meetings from the store; blocks. Once, before anything is fed. 0; -EBADMSG
 * (an event or a conference that this version does not know, or a broken hash chain: `error` names meeting and
 * number); -EIO (the store); -ENOMEM. */
int service_start(
	struct service *service, struct moment at, char error[SERVICE_ERROR_LEN]) RS_MUST_USE;
/* Store completions, timeouts. Safe early, late or twice. */
void service_tick(struct service *service, struct moment at);
/* When service_tick() next matters on its own; RS_TIME_NEVER if never. */
rs_time service_deadline(const struct service *service);

/* --- Outputs --- */

enum service_out_kind {
	SERVICE_SEND, /* `message` to session `to`, as one text message or a part of one */
	SERVICE_CLOSE, /* close session `to` with `code`, after what was sent; the service has forgotten it */
	SERVICE_SEND_NODE,  /* `message` to node `to`, as one control message */
	SERVICE_SEND_FRAME, /* `message`, a whole frame of common/control/frame.h, to node `to` */
	SERVICE_CLOSE_NODE, /* close node `to`; the service has forgotten it */
	SERVICE_HOOK, /* POST `message` as service_hook_request() says of `to`, then service_hook_done() */
	SERVICE_STREAM,     /* `message`, as it is, to the server-sent events of stream `to` */
	SERVICE_END_STREAM, /* end stream `to` after what was sent; the service has forgotten it */
	SERVICE_FORGET_DOCUMENT, /* no document has the file of this SHA-256 any more: `message`, 64 hexadecimal digits */
	SERVICE_ARCHIVED,        /* a recorder finished a session: its archive is whole */
	SERVICE_MAKE_BALLOT_KEY, /* ballot_key_make() at the path `message`, on another thread, then service_ballot_key_made() with `to` */
	SERVICE_ANSWER,          /* HTTP request `to` is done: status `code`, JSON body `message` */
};

struct service_out {
	enum service_out_kind kind;
	uint64_t to;
	uint16_t code;
	struct message
		*message; /* NULL for the closes; the taker gives it back by message_unref() */
};

/* Takes one output: 1, or 0 when there is none. Order is kept for each receiver. */
int service_poll(struct service *service, struct service_out *out);

/* --- Pages: one session a WebSocket --- */

/* Subprotocol and origin were checked. 0 and *out_session (never 0, never used twice), or -E2BIG, -ENOMEM. */
int service_session_open(
	struct service *service, struct moment at, uint64_t *out_session) RS_MUST_USE;
/* One whole text message. Bad ones are answered and the session closed by outputs. Unknown sessions are ignored. */
void service_session_recv(
	struct service *service, uint64_t id, const char *text, size_t len, struct moment at);
/* The socket is gone; `code` is what the client gave (1000 = it left on purpose), or 0. Also to be called
 * after the driver itself closed it (4008, outbox full), not after SERVICE_CLOSE; harmless if it is. */
void service_session_closed(struct service *service, uint64_t id, uint16_t code, struct moment at);

/* --- Nodes: one a control connection --- */

/* 0 and *out_node, or -E2BIG, -ENOMEM. */
int service_node_open(struct service *service, struct moment at, uint64_t *out_node) RS_MUST_USE;
/* One message frame's body. 0, or -EBADMSG / -EPROTO with `error` set: log it, close the connection and call service_node_closed(). */
int service_node_recv(struct service *service, uint64_t id, const char *text, size_t len,
	struct moment at, char error[SERVICE_ERROR_LEN]) RS_MUST_USE;
void service_node_closed(struct service *service, uint64_t id, struct moment at);

/* --- HTTP --- */

/* Why a call was refused, for the error body {"reason", "text"}. */
struct service_refusal {
	uint16_t status; /* HTTP */
	char reason[32];
	char text[PEER_WHY_LEN];
};

/* What is imported: a conference file, and a table of delegations and badges to be added to it (csv NULL = none). */
struct service_files {
	const char *json;
	size_t len;
	const char *csv;
	size_t csv_len;
	/* Not the file, but a rehearsal made of one of its meetings (wire/conference/rehearsal.h); NULL = the file. */
	const struct rehearsal_wish *rehearsal;
};

/* Import a conference file (conf/examples/README.md). 0: the answer comes as SERVICE_ANSWER for `request` (the driver's
 * number) once it is durable: 201 {"conference", "meetings": [...]}; the driver then issues tokens, see service_badge().
 * 400 {"reason", "text", "errors": [{"file", "line", "column", "field", "text"}]} names every fault of the file. Refused at
 * once with `refusal` set: -EEXIST, 409 begun with other content, or another's meeting; -E2BIG, 409 no room for its meetings, 413; -EAGAIN,
 * 503 another is under way; -ENOMEM or what the store says, 503. */
int service_import(struct service *service, uint64_t request, const struct service_files *files,
	struct moment at, struct service_refusal *refusal) RS_MUST_USE;
/* Clear a rehearsal that stands in a file of its own: it is closed, and what is kept of it is removed (events, lists, votes, chat,
 * documents, webhooks); what was recorded of it stays in the archive. 0: SERVICE_ANSWER follows, 200 {"meeting", "conference", "events"},
 * or 503 (the store, or a recorder that has not got all of it). Refused at once with `refusal`: 404; 409 not-a-rehearsal, not-alone; 503. */
int service_clear(struct service *service, uint64_t request, const char *meeting, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;
/* A command of someone without a WebSocket; the driver has seen to it that the token is of this meeting, or an admin's. */
struct service_order {
	uint64_t request;
	const struct claims *who;
	const char *meeting;
	const char *name; /* "open-meeting" ... */
	const char *
		json; /* its members, and optionally the "id" that makes a retry safe; may be empty */
	size_t len;
};
/* 0: SERVICE_ANSWER follows, 200 {"event": n} or a problem. Negative: refused at once (400, 403, 404, 429). */
int service_order(struct service *service, const struct service_order *order, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;
/* The i-th reason with which a meeting's rules refuse, from 0, with its status and text; false past the end. */
bool service_reason(size_t i, struct service_refusal *out_reason);
/* {"conferences": [...]}, and one of them: {"conference", "meetings"}. 0, -ENOENT, -E2BIG, -ENOMEM. */
int service_conferences(const struct service *service, struct rs_buf *out) RS_MUST_USE;
int service_conference(
	const struct service *service, const char *id, struct rs_buf *out) RS_MUST_USE;
/* {"meetings": [...]} that this token may enter (wire/beside/listing.h). 0, -E2BIG, -ENOMEM. */
int service_meetings(
	const struct service *service, const struct claims *who, struct rs_buf *out) RS_MUST_USE;
/* How far a meeting is; views of the same mark are the same text. 0 or -ENOENT. */
struct service_mark {
	char epoch[RS_NAME_MAX + 1];
	uint64_t event;
};
int service_mark(const struct service *service, const char *meeting,
	struct service_mark *out_mark) RS_MUST_USE;
/* What everybody may know of a webcast, and whether it is one now (wire/beside/webcast.h). 0, -ENOENT: there is no such meeting; -E2BIG, -ENOMEM. */
int service_webcast(
	const struct service *service, const char *meeting, struct rs_buf *out) RS_MUST_USE;
/* {"webcasts": [...]}: meetings that are webcast now. 0, -E2BIG, -ENOMEM. */
int service_webcasts(const struct service *service, struct rs_buf *out) RS_MUST_USE;
/* May everybody see this meeting now? */
bool service_is_webcast(const struct service *service, const char *meeting);
/* Parts of the view. 0, -ENOENT, -E2BIG, -ENOMEM. */
enum service_part {
	SERVICE_PART_SPEAKERS, /* who has the floor, the lists, points of order */
	SERVICE_PART_DECISION, /* what is before the meeting, its votes and result */
};
int service_part(const struct service *service, const char *meeting, enum service_part part,
	struct rs_buf *out) RS_MUST_USE;
/* The plan as the command `plan` has it, at once: 0 with the text of one appended, or negative with `refusal` as the command is refused
 * (403, 404, 409), or 503 without memory. */
struct plan_question; /* signaling/proceedings/plan.h */
int service_plan(struct service *service, const struct claims *who, const char *meeting,
	const struct plan_question *question, struct moment at, struct rs_buf *out,
	struct service_refusal *refusal) RS_MUST_USE;
/* What is wrong in the meeting now: {"total", "problems"}, the worst first. 0, -ENOENT, -E2BIG, -ENOMEM. */
int service_problems(
	const struct service *service, const char *meeting, struct rs_buf *out) RS_MUST_USE;
/* {"participants", "total", "next"} (wire/beside/listing.h). 0, -ENOENT, -E2BIG, -ENOMEM. */
int service_participants(const struct service *service, const char *meeting, size_t offset,
	size_t limit, struct rs_buf *out) RS_MUST_USE;
/* Events by number, from the store. What happened up to the end of a part that was private to `who` is not among them. */
struct service_page {
	const struct claims *who;
	const char *meeting;
	uint64_t after;   /* this number */
	size_t limit;     /* at most so many, and 64 */
	const char *name; /* these alone; empty = all */
};
/* 0: SERVICE_ANSWER follows, 200 {"events": [...], "last"} with "next" while there may be more, or 503. Negative: refused at once (400 no
 * event has this name, 404, 429). */
int service_events(struct service *service, uint64_t request, const struct service_page *page,
	struct service_refusal *refusal) RS_MUST_USE;
/* {"decisions": [...]} that were proclaimed, in that order: at most `limit` after the event `after`, with "next" while there are more. Of
 * each meeting the last 256. Those of a part that was private to `who` are not among them; `name` is not looked at. 0, -ENOENT,
 * -E2BIG, -ENOMEM. */
int service_decisions(const struct service *service, const struct service_page *page,
	struct rs_buf *out) RS_MUST_USE;
/* A secret ballot, cast without a name (PROTOCOL.md section 8): {"token", "signature", "vote"}. 0: it is in the box, now or before;
 * negative with `refusal` set (400, 403 not signed for this ballot, 404, 409 not open, 429). */
int service_ballot(struct service *service, const char *meeting, uint32_t decision,
	const char *json, size_t len, struct service_refusal *refusal) RS_MUST_USE;
/* The key of a SERVICE_MAKE_BALLOT_KEY is in its file, or `err` says why not. Exactly once for each. */
void service_ballot_key_made(struct service *service, uint64_t id, int err, struct moment at);
/* The i-th badge of a meeting, from 0, as claims to issue (expires_s 0). 0, or -ENOENT past the end or without such a meeting. */
int service_badge(const struct service *service, const char *meeting, size_t i,
	struct claims *out_claims) RS_MUST_USE;
/* May this bearer hear of the meeting as it sits now? Judged as for the WebSocket; an admin, who is in no meeting, may. 0, also without
 * such a meeting; -EACCES with `refusal`: 403 not-a-badge, or not-admitted (it is private, or closed to others than members). */
int service_admit(const struct service *service, const struct claims *who, const char *meeting,
	struct service_refusal *refusal) RS_MUST_USE;
/* A meeting for tests and sound checks ("rehearsal" in the conference file)? False without such a meeting. */
bool service_is_rehearsal(const struct service *service, const char *meeting);
/* Where the bearer of these claims is expected while their meeting is still to come: the rehearsal with a floor that is under way, among
 * the other meetings of the claims. NULL: the meeting itself is under way, or there is none. The name is the meeting's own. */
const char *service_rehearsal_of(const struct service *service, const struct claims *claims);
/* Does the floor decide who is heard there ("mode")? False without such a meeting. */
bool service_has_floor(const struct service *service, const char *meeting);
/* The view as JSON, without checking anybody. 0, -ENOENT, -ENOMEM. */
int service_view(struct service *service, const char *meeting, struct moment at,
	struct rs_buf *out) RS_MUST_USE;
enum service_look {
	SERVICE_LOOK_MEDIA,    /* slots and streams */
	SERVICE_LOOK_TIMELINE, /* packets of the last seconds */
};
/* What a participant's media does. 0: SERVICE_ANSWER follows within 3 s, 200 with JSON, or 503 (the media server said
 * nothing). Negative: refused at once (403, 404, 409 without media, 429). For half a minute its peers are watched. */
int service_look(struct service *service, uint64_t request, const struct claims *who,
	const char *meeting, const char *badge, enum service_look what, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;
/* A media server is to be emptied, so that it can be stopped (or is to serve again): its meetings move to another that is
 * connected, now or as soon as there is one, and pages make a new media connection there. 0, -ENOENT (no media server of
 * this name), -EALREADY. */
int service_drain(
	struct service *service, const char *node, bool drain, struct moment at) RS_MUST_USE;
/* GET /api/nodes as JSON. 0, -ENOMEM. */
int service_nodes(const struct service *service, struct rs_buf *out) RS_MUST_USE;
/* The service's share of /metrics. 0, -E2BIG, -ENOMEM. */
int service_metrics(const struct service *service, struct rs_buf *out) RS_MUST_USE;

/* --- Displays: server-sent events --- */

struct service_watch {
	const struct claims *who; /* let in by service_admit() */
	const char *meeting;
	const char *place; /* the display's Last-Event-ID, or empty */
};
/* A stream of a meeting's events: what it missed follows, or the whole view. Whoever loses admission or credential hears why and is ended.
 * 0 and *out_stream (never 0); negative: refused (403, 404, 429, 503). */
int service_stream_open(struct service *service, const struct service_watch *watch,
	struct moment at, uint64_t *out_stream, struct service_refusal *refusal) RS_MUST_USE;
/* Its connection is gone. Unknown ones are ignored. */
void service_stream_closed(struct service *service, uint64_t id);

/* --- Webhooks (wire/beside/hook.h) --- */

/* A webhook of `order->meeting`, named `order->name`, as `order->json` says; the driver has judged its address. 0: SERVICE_ANSWER follows
 * when it is written down, 200 with the hook, or 503. Negative: refused at once (400, 404, 429). */
int service_hook_put(struct service *service, const struct service_order *order, struct moment at,
	struct service_refusal *refusal) RS_MUST_USE;
/* The same for one to be forgotten: 200 with what it was. */
int service_hook_delete(struct service *service, uint64_t request, const char *meeting,
	const char *id, struct moment at, struct service_refusal *refusal) RS_MUST_USE;
/* {"webhooks": [...]}, and one of them. 0, -ENOENT, -E2BIG, -ENOMEM. */
int service_hooks(
	const struct service *service, const char *meeting, struct rs_buf *out) RS_MUST_USE;
int service_hook(const struct service *service, const char *meeting, const char *id,
	struct rs_buf *out) RS_MUST_USE;
/* How a SERVICE_HOOK is to be sent: where to, and with which headers beside Content-Type: application/json. The signature is of now. */
#define SERVICE_HOOK_HEADERS 3
#define SERVICE_HOOK_HEADER_LEN 160
struct service_hook {
	char url[HOOK_URL_MAX + 1];
	char headers[SERVICE_HOOK_HEADERS][SERVICE_HOOK_HEADER_LEN];
};
/* 0; -ENOENT (changed or deleted meanwhile: send nothing), -ENOMEM. */
int service_hook_request(const struct service *service, uint64_t key, struct moment at,
	struct service_hook *out) RS_MUST_USE;
/* It was sent: answered with an HTTP status, or 0 and why it was not. Exactly once for each SERVICE_HOOK whose request was asked for. */
void service_hook_done(
	struct service *service, uint64_t key, unsigned status, const char *why, struct moment at);

/* --- WHIP and WHEP: peers without a page --- */

enum service_peer_use {
	SERVICE_PEER_PUBLISH, /* WHIP: `name` is a source */
	SERVICE_PEER_PLAY,    /* WHEP: `name` is a feed */
	SERVICE_PEER_ECHO,    /* a test of the line: `name` is one's own badge */
};

/* A peer as HTTP sees it. */
struct service_peer {
	char id[RS_NAME_MAX + 1]; /* fits a URL path segment */
	char meeting[RS_NAME_MAX + 1];
	char owner[RS_NAME_MAX + 1]; /* badge of the token that made it */
	enum service_peer_use use;
	char ufrag[PEER_ICE_MAX + 1]; /* ours, changes with each ICE restart: good for an ETag */
	char pwd[PEER_ICE_MAX + 1];
	char remote_ufrag[PEER_ICE_MAX + 1];
	char mid[PEER_MID_MAX + 1]; /* of its first section */
	struct peer_node
		node; /* the media server's side of its answer, for that of an ICE restart */
};

/* What somebody wants to publish or play. */
struct service_peer_wish {
	const struct claims *who;
	const char *meeting;
	enum service_peer_use use;
	const char *name; /* source or feed */
	const char *
		receive; /* of a room that publishes: what its sections received carry, "floor" and ids of channels with
	                      * commas between; empty = it only publishes */
	const char *offer;
	size_t len;
};

/* Judge, answer and tell the media server; at once, since peers are no events. 0 with *out_peer and the answer appended to
 * `out_sdp`. With `refusal` set: -EACCES, 403; -ENOENT, 404 meeting or feed; -EPROTO, 400 offer, 429 limit, 503 no media server; of a
 * test of a line also -EAGAIN, 429: as many as may are tested now, see service_echo_wait(). */
int service_peer_create(struct service *service, const struct service_peer_wish *wish,
	struct moment at, struct service_peer *out_peer, struct rs_buf *out_sdp,
	struct service_refusal *refusal) RS_MUST_USE;
/* In how many seconds another line can be tested; 0 = now. */
unsigned service_echo_wait(struct service *service, struct moment at);
/* What a test of `order->who` found, as `order->json` says (PROTOCOL.md section 3.10); the newest stays. 0: SERVICE_ANSWER follows when
 * it is written down, 200 with its verdict, or 503. Negative: refused at once (400, 403, 503). */
int service_precall_put(struct service *service, const struct service_order *order,
	struct moment at, struct service_refusal *refusal) RS_MUST_USE;
/* {"tests": [...]}: of each badge that was tested, in the meeting's order. 0, -ENOENT, -E2BIG, -ENOMEM. */
int service_precalls(
	const struct service *service, const char *meeting, struct rs_buf *out) RS_MUST_USE;
/* 0 or -ENOENT (never was, deleted, or its media server is gone). */
int service_peer_find(
	const struct service *service, const char *id, struct service_peer *out_peer) RS_MUST_USE;
/* ICE restart (RFC 9725 section 4.3.3): new remote credentials; *out_peer has our new ones. 0, -ENOENT, -EBADMSG. */
int service_peer_restart(struct service *service, const char *id, const char *remote_ufrag,
	const char *remote_pwd, struct moment at, struct service_peer *out_peer) RS_MUST_USE;
/* 0 or -ENOENT. */
int service_peer_remove(struct service *service, const char *id, struct moment at) RS_MUST_USE;

#endif
