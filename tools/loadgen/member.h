/* tools/loadgen/member.h
 *
 * One publisher or player of the load: joins by WHIP or WHEP, sends or counts, joins again when its
 * server died and that is wanted, and leaves. A machine driven by load.c: HTTP and sockets are its
 * driver's, who passes answers and datagrams in.
 *
 * How one without an event stream notices a dead server: it sends an ICE check every MEMBER_CHECK; when
 * none was answered for MEMBER_DEAD the server is dead to it, and it POSTs again: at once, then after
 * 100, 200, 400 and 800 ms, then every second.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_MEMBER_H
#define ROSTRUM_TOOLS_LOADGEN_MEMBER_H

#include "tools/client/peer.h"
#include "tools/loadgen/histogram.h"
#include "tools/loadgen/media.h"

#define MEMBER_CHECK RS_MS(100)
#define MEMBER_DEAD RS_MS(400)
/* A browser's rhythm, for members that do not join again. */
#define MEMBER_CHECK_USUAL RS_MS(2500)
#define MEMBER_URL_MAX 1024

enum member_stage {
	MEMBER_WAITING,    /* until `due` */
	MEMBER_ASKING,     /* its offer is under way */
	MEMBER_CONNECTING, /* answered; checks and handshake */
	MEMBER_LIVE,
	MEMBER_OVER, /* gave up, or left */
};

/* What all members have in common. */
struct member_setup {
	struct media_config media;
	bool reports;
	bool rejoin;
	unsigned open_every;
	uint64_t seed;
	struct histogram *latency; /* of what players opened while `measuring` */
	struct histogram
		*join; /* POST to connected (publishers) or to the first packet (players) */
	bool measuring;
};

/* Sums over all connections of a member. */
struct member_counts {
	uint64_t packets;
	uint64_t octets;
	uint64_t expected;
	uint64_t late;
	uint64_t repeats;
	uint64_t rtx;
	uint64_t unauthentic;
	uint64_t unstamped; /* opened, and not of a publisher of ours */
};

struct member {
	struct member_setup *setup;
	bool publishes;
	char url[MEMBER_URL_MAX];     /* that it POSTs to */
	char session[MEMBER_URL_MAX]; /* to be deleted; "" = none */
	enum member_stage stage;
	rs_time due;
	rs_time asked_at;
	bool counted_in; /* its join was measured */
	unsigned joins;
	unsigned failures;       /* in a row */
	unsigned refused_status; /* HTTP status of the last refusal; 0 = none */
	struct rtc_peer *peer;
	size_t socket;
	struct media media;
	rs_time last_packet;         /* media; 0 = none yet */
	rs_time longest_gap;         /* us between two packets while `measuring` */
	struct member_counts before; /* of connections that are over */
	uint64_t unstamped;
};

/* Makes the peer and appends its offer. 0, -ENOMEM or -EIO. */
int member_ask(struct member *member, rs_time now, struct rs_buf *offer) RS_MUST_USE;
/* What HTTP said; `status` 0 = nothing. */
void member_answered(struct member *member, long status, const char *session, const char *body,
	size_t len, bool has_v6, rs_time now);
/* A datagram came. Returns when member_tick() matters because of it. */
rs_time member_recv(struct member *member, uint8_t *data, size_t len, rs_time now);
/* When member_ask() (while it waits) or member_tick() next matters. */
rs_time member_deadline(const struct member *member);
/* Time passed. */
void member_tick(struct member *member, rs_time now, int64_t wall_us);
/* One media packet that is due, sealed into `out`: its length, or 0 = none. */
size_t member_media(struct member *member, rs_time now, uint8_t *out, size_t cap);
/* The connection is over: its counts are kept. */
void member_drop(struct member *member);
struct member_counts member_counts(const struct member *member);

#endif
