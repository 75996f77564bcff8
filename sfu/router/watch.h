/* sfu/router/watch.h: a peer somebody looks at: its packets of late, one short record each. Most peers have none, which
 * costs them one comparison a packet.
 */
#ifndef ROSTRUM_SFU_ROUTER_WATCH_H
#define ROSTRUM_SFU_ROUTER_WATCH_H

#include "common/rtp/rtcp.h"
#include "common/rtp/rtp.h"
#include "sfu/router/router.h"

/* Records kept until they are taken: some two seconds of a full page. */
#define WATCH_RECORDS 2048

struct peer;
struct slot;
struct track;

/* What a stream had sent when its bit rate was last asked for. */
struct watch_rate {
	uint64_t octets;
	rs_time at;
};

struct watch {
	const rs_time *now; /* the router's: of the last packet or tick */
	struct router_record records[WATCH_RECORDS];
	size_t first;
	size_t n;
	uint64_t missed; /* overwritten before they were taken */
	struct watch_rate slots[ROUTER_RECVS_MAX];
};

/* As the peer's `watch` wants it. Out of memory, or with ROUTER_WATCHED_MAX watched already, it stays unwatched. */
void watch_set(struct router *router, struct peer *peer, bool on);

/* NULL is fine for all of these: nobody looks. */
void watch_rtp_in(struct watch *watch, const struct track *track, const struct rtp_packet *rtp);
void watch_rtp_out(struct watch *watch, const struct peer *peer, const uint8_t *data, size_t len);
/* A whole compound; reports of reception are left out. */
void watch_rtcp(struct watch *watch, const uint8_t *data, size_t len, bool out);
/* `n` packets from `seq` on will not come any more. */
void watch_lost(struct watch *watch, const struct track *track, int64_t seq, int64_t n);

#endif
