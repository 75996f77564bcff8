/* sfu/control/control_priv.h: shared by the files of this folder. */
#ifndef ROSTRUM_SFU_CONTROL_CONTROL_PRIV_H
#define ROSTRUM_SFU_CONTROL_CONTROL_PRIV_H

#include "common/control/object.h"
#include "sfu/control/control.h"

/* Where a message is taken apart: the lists that the router's structures point to. */
struct control_scratch {
	struct router_meeting meeting;
	const char *open[ROUTER_OPEN_MAX];
	const char *visible[CONTROL_VISIBLE_MAX];
	const char *warm[CONTROL_VISIBLE_MAX];
	struct router_channel channels[ROUTER_CHANNELS_MAX];
	size_t desks_refused; /* left out of channels, since they are heard elsewhere */
	struct control_peer peer;
	struct router_send sends[ROUTER_SENDS_MAX];
	struct router_recv recvs[ROUTER_RECVS_MAX];
};

/* Fill scratch->meeting or scratch->peer; failures stick in the object's error. Texts stay with the
 * JSON. */
void control_parse_meeting(const struct object *object, struct control_scratch *scratch);
void control_parse_peer(const struct object *object, struct control_scratch *scratch);

const char *control_media_name(enum router_media media);
const char *control_codec_name(enum router_codec codec);

struct control {
	const struct control_port *port;
	void *ctx;
	size_t max_meetings;
	size_t max_peers;
	json_t *about; /* what hello says that never changes */
	json_t *meetings; /* the desired state: id -> text of the document, a tenth of what it takes when read */
	json_t *peers;
	json_t *peers_told; /* id -> the last `peer` report, said again at hello */
	json_t *resting; /* "peer/mid" -> the `layers` report, while not all of them are wanted */
	json_t *flowing; /* "meeting/source/media" -> the `source` report, while it flows */
	json_t *flowing_at; /* the same -> workers at which, bit by worker */
	const json_t *unit; /* being given to the port */
	int64_t revision;
	bool revision_new; /* to be answered by `applied` */
	bool greeted;      /* a message with a revision came on this connection */
	bool open;
	struct rs_buf out;
	struct control_scratch *scratch;
	struct control_counters counters;
};

/* Puts a unit into the desired state, or takes it out of it; the port is told of what changes. A unit that
 * the port refuses is not kept. */
void desired_meeting_apply(struct control *control, const struct object *object, rs_time now);
void desired_meeting_drop(struct control *control, const char *id, rs_time now);
void desired_peer_apply(struct control *control, const struct object *object, rs_time now);
void desired_peer_drop(struct control *control, const char *id, rs_time now);

/* Append a message and take it over; NULL counts as out of memory. 0, -E2BIG or -ENOMEM. */
int control_write(struct rs_buf *out, json_t *takes_message) RS_MUST_USE;

/* A report, taken over; without a connection it is not wanted. */
void control_say(struct control *control, json_t *takes_message);
/* What is said of a peer. */
json_t *control_peer_json(const char *peer, const char *state, const char *reason);

/* The message; frees the rest. */
json_t *control_stats_take(struct control_stats *stats);
/* The same of levels.h: messages by meeting. */
json_t *control_levels_take(struct control_levels *levels);

#endif
