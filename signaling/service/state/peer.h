/* signaling/service/state/peer.h
 *
 * A media peer, as its media server was told it.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_PEER_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_PEER_H

#include "common/base/time.h"
#include "signaling/wire/node/node.h"
#include "signaling/wire/node/watched.h"

struct chamber;
struct person;
struct watched;

/* Commands of a page whose reply waits for the media server. */
#define PEER_WAITING_MAX 4
enum peer_use {
	PEER_PAGE,
	PEER_PUBLISH,
	PEER_PLAY,
	PEER_ECHO, /* a test of one's line: hears and sees itself and nobody else, see media/echo.c */
};
/* A media line as measured last; TROUBLE_UNKNOWN = not measured. */
struct line_second {
	rs_time at; /* 0 = never */
	int64_t rx_octets, tx_octets;
	int loss_up, loss_down; /* permille */
	int rtt, queue;         /* ms */
	int up, down, capacity; /* kbit/s */
};
struct peer {
	struct peer_spec spec;
	enum peer_use use;
	enum node_peer_state state;
	struct chamber *chamber;
	char owner[MEETING_BADGE_MAX + 1];
	char instance[RS_NAME_MAX + 1]; /* of the media server that has it */
	struct person *person;          /* whose line it is; NULL for players and foreign sources */
	struct peer *next_of_person;
	uint64_t session; /* of a page; 0 = its page is away */
	rs_time reap_at;
	rs_time ends_at;             /* reaped then in any case */
	int64_t rx_packets, rx_lost; /* as last measured */
	struct line_second line;
	uint8_t rests[PEER_SEND_MAX]; /* by section: layers, from the largest, that nobody wants */
	struct watched *watched;      /* NULL: nobody looks at it */
	rs_time watched_until;
	bool watched_fresh; /* something was said of it since it was last asked for */
	bool quiet;         /* nothing came since the measure before, or for PEER_QUIET_MS */
	int64_t told;       /* revision with which its media server was told last */
	char waiting[PEER_WAITING_MAX]
		    [RS_NAME_MAX + 1]; /* ids of commands to be answered when it has followed */
	size_t n_waiting;
	struct peer *next_waiting; /* in service->waiting */
};

#endif
