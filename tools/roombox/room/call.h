/* tools/roombox/room/call.h
 *
 * A room's line to the meeting: one peer that publishes the room's microphone and camera by WHIP and, in the same connection, receives
 * the floor without the room's own sound and channels of interpretation. A machine driven by box.c, which brings HTTP answers,
 * datagrams and the time. When the line is lost, or was never to be had, it says when to ask again: at once, then after 200, 400, 800 …
 * ms, at most 5 s, for ever.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_ROOM_CALL_H
#define ROSTRUM_TOOLS_ROOMBOX_ROOM_CALL_H

#include "common/base/rand.h"
#include "tools/client/peer.h"
#include "tools/roombox/room/room.h"

enum call_stage {
	CALL_WAITING,    /* until `due`, then call_ask() */
	CALL_ASKING,     /* its offer is under way */
	CALL_CONNECTING, /* answered; checks and handshake */
	CALL_LIVE,
};

/* Embedded in its driver; all members are for reading. */
struct call {
	const struct room *room;
	struct jitter_config jitter;
	struct rs_rand *rand;
	enum call_stage stage;
	rs_time due; /* CALL_WAITING: ask; CALL_CONNECTING: give up */
	unsigned failures;
	uint64_t joins;
	struct rtc_peer *peer;
	struct estimator *estimator; /* of the line, the driver's; NULL = it is not measured */
	struct playout *slots[ROOM_SLOTS_MAX]; /* while there is a peer */
	struct jitter_stats before;            /* sums of the connections before this one */
};

void call_init(struct call *call, const struct room *room, const struct jitter_config *jitter,
	struct rs_rand *rand, rs_time now);
void call_done(struct call *call);
/* The query behind the address that is POSTed to, with its question mark; empty when nothing is received. 0 or -ENOSPC. */
int call_query(const struct room *room, char *out, size_t cap) RS_MUST_USE;
/* Makes a peer and appends its offer. 0, -ENOMEM, -EIO; then it waits again. */
int call_ask(struct call *call, rs_time now, struct rs_buf *offer) RS_MUST_USE;
void call_answered(
	struct call *call, long status, const char *body, size_t len, bool has_v6, rs_time now);
void call_recv(struct call *call, uint8_t *data, size_t len, rs_time now);
/* True: the line was lost or did not come to be. */
bool call_tick(struct call *call, rs_time now, int64_t wall_us);
/* Sections that are sent. */
#define CALL_MICROPHONE 0U
#define CALL_CAMERA 1U /* where the room has one */
/* Sums over all slots and connections; `delay` and `target` are the longest of now. */
struct jitter_stats call_heard(const struct call *call);
/* The round trip to the media server, us; -1 = there is no line, or it is not known yet. */
rs_time call_rtt(const struct call *call);

#endif
