/* sfu/control/control.h
 *
 * The SFU's end of the control connection (common/control/PROTOCOL.md): takes signaling's desired
 * state, keeps it whole, and has a port make it so; says back what happened. Messages are whole and
 * idempotent: what has not changed does not reach the port. The state outlives the connection.
 *
 * Sans-I/O: messages come one by one, output is octets already framed. Not thread safe. Allocates
 * for messages, never for packets. Limits: those of PROTOCOL.md, `meetings` and `peers`, and
 * CONTROL_OUTPUT_MAX octets unsent. A unit over a limit is refused, and the rest goes on.
 */
#ifndef ROSTRUM_SFU_CONTROL_CONTROL_H
#define ROSTRUM_SFU_CONTROL_CONTROL_H

#include "common/base/buf.h"
#include "common/base/time.h"
#include "sfu/control/levels.h"
#include "sfu/control/stats.h"
#include "sfu/dtls/dtls.h"
#include "sfu/ice/ice.h"
#include "sfu/router/router.h"

#define CONTROL_OUTPUT_MAX ((size_t)16 << 20)
#define CONTROL_ERROR_LEN 256
#define CONTROL_VISIBLE_MAX 512

struct control;

/* A peer as signaling wants it. The texts in `router` are valid during the call of the port only. */
struct control_peer {
	struct router_peer router;
	uint32_t worker; /* index into control_config.workers */
	struct ice_credentials local;
	struct ice_credentials remote;
	struct dtls_fingerprint fingerprint;
};

/* Who makes it so. The setters and removers are called for a change only, meetings before the peers in them; none may
 * call back. The setters return 0 or a negative error: the unit then counts as never told. */
struct control_port {
	int (*meeting_set)(void *ctx, const struct router_meeting *meeting, rs_time now);
	void (*meeting_remove)(void *ctx, const char *id, rs_time now);
	int (*peer_set)(void *ctx, const struct control_peer *peer, rs_time now);
	void (*peer_remove)(void *ctx, const char *id, rs_time now);
	/* The rest may be NULL: then it is so. */
	bool (*ready)(void *ctx); /* there is room to be told one more message, whatever it says */
	bool (*done)(void *ctx);  /* all that was told is in force */
	/* A connection stands: of what was reported before, nothing may have arrived. */
	void (*opened)(void *ctx);
};

/* A worker's addresses as they go into candidates: "192.0.2.1:50000", "[2001:db8::1]:50000". */
struct control_worker {
	const char *const *addresses;
	size_t n;
	const char *const *tcp; /* of ICE-TCP, passive */
	size_t n_tcp;
};

struct control_config {
	const char *node;
	const char *instance;    /* made anew at each start of the process */
	const char *fingerprint; /* SHA-256 of the certificate, "12:34:…" */
	const char *tap;         /* path of the tap socket; "" = none */
	const struct control_worker *workers;
	size_t n_workers;
	size_t meetings; /* most meetings and peers ever held */
	size_t peers;
	const struct control_port *port; /* looked at, outlives the object */
	void *ctx;                       /* first argument of the port's functions */
};

/* Copies what is said at each hello. 0, -EINVAL (no worker, no port) or -ENOMEM. */
int control_new(const struct control_config *config, struct control **out_control) RS_MUST_USE;
/* NULL is fine; takes nothing down at the port. Returns NULL. */
struct control *control_free(struct control *control);

/* A connection stands: forget unsent output, say hello, then which peers have which state and which
 * sources flow. 0, -ENOMEM or -E2BIG. */
int control_open(struct control *control) RS_MUST_USE;
/* The connection is gone: reports are no longer queued. */
void control_shut(struct control *control);

/* One message of signaling. 0, -EBADMSG (malformed, or a member is missing or wrong: nothing of it
 * was applied and the connection must end) or -ENOMEM, with `error` for the log. A unit that is over
 * a limit or that the port refuses is no error here: it is logged and counted, and such a peer is
 * reported as failed. Nor is a desk that is heard elsewhere: its channel is set without it. */
int control_recv(struct control *control, const char *json, size_t len, rs_time now,
	char error[CONTROL_ERROR_LEN]) RS_MUST_USE;
/* Whether a message may be given now; what makes the port busy also ends. */
bool control_is_ready(const struct control *control);
/* While the port's setter runs: the document it is about, for control_read_*(); released by rs_release(). NULL when
 * out of memory. */
char *control_unit_text(const struct control *control);
/* A turn after messages: answers `applied` if a revision came and is in force. 0, -ENOMEM or -E2BIG. */
int control_applied(struct control *control) RS_MUST_USE;

/* Octets for the socket; the caller consumes what it sent. */
struct rs_buf *control_output(struct control *control);

/* ---- reports; lost without a connection, save that peers, sources and resting layers are said again at hello ----
 * A report that does not fit is counted; the caller should end a connection that does not read. */

enum control_peer_state {
	CONTROL_CONNECTING,
	CONTROL_CONNECTED,
	CONTROL_DISCONNECTED,
	CONTROL_FAILED,
};

/* A setter's refusal that was known only later: counted, logged, and the peer reported as failed. */
void control_peer_refused(struct control *control, const char *peer, int err);
/* Ignored for a peer that signaling has taken away. */
void control_report_peer(struct control *control, const char *peer, enum control_peer_state state,
	const char *reason);
/* Of a worker (below 64). A source flows while it does at any: its publishers may be at several. */
void control_report_source(
	struct control *control, unsigned worker, const struct router_event *event);
/* How many layers of a peer's section are wanted. Ignored for a peer that signaling has taken away. */
void control_report_layers(struct control *control, const struct router_event *event);
void control_report_speaking(
	struct control *control, const char *meeting, const char *source, bool speaking);
void control_report_gate(struct control *control, const char *meeting, uint64_t event,
	const char *source, int64_t opened_wall_us, int64_t first_wall_us);

/* Takes over one `stats` message. */
void control_report_stats(struct control *control, struct control_stats *takes_stats);
/* Takes over `levels` messages. */
void control_report_levels(struct control *control, struct control_levels *takes_levels);
/* Between control_open() and control_shut(): reports are heard. */
bool control_is_open(const struct control *control);

/* All only grow. */
struct control_counters {
	uint64_t messages;
	uint64_t unknown_messages; /* of a type not known here */
	uint64_t bad_messages;
	uint64_t refused;   /* units the port refused, and desks that are heard elsewhere already */
	uint64_t unchanged; /* units said again */
	uint64_t reports_dropped;
};
const struct control_counters *control_counters(const struct control *control);

#endif
