/* signaling/service/peers.h
 *
 * Media peers, as the media server is told them: of a page, of a WHIP publisher, of a WHEP player. Each lives until it hangs up, is
 * reaped, or its media server is no longer the meeting's. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_PEERS_H
#define ROSTRUM_SIGNALING_SERVICE_PEERS_H

#include "signaling/service/chamber.h"
#include "signaling/wire/message/message.h"
#include "signaling/wire/node/watched.h"

/* A peer without consent for so long is given up. */
#define PEER_REAP RS_SEC(60)
#define PEER_ID_RANDOM 12
/* Nothing came for so long: pages send all the time, so their line is lost. Measures come every second; so it is known within 2 s. */
#define PEER_QUIET_MS 950
/* Commands of a page whose reply waits for the media server. */
#define PEER_WAITING_MAX 4

struct node;

enum peer_use {
	PEER_PAGE,
	PEER_PUBLISH,
	PEER_PLAY,
	PEER_ECHO, /* a test of one's line: hears and sees itself and nobody else, see echo.c */
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

struct peer *peer_find(const struct service *service, const char *id);
/* Forget it and tell the media server. */
void peer_remove(struct service *service, struct peer *peer);
void peer_tell(struct service *service, struct peer *peer);
/* The first that passes the test. The map may not change during a walk: after a removal, ask again. */
typedef bool peer_test(const struct peer *peer, const void *ctx);
struct peer *peer_first(const struct service *service, peer_test *test, const void *ctx);
/* What a peer is to be made of. */
struct peer_making {
	struct chamber *chamber;
	enum peer_use use;
	const char *owner;
	const char *offer;
	size_t len;
	const struct peer_plan *plan;
};
/* Judged, answered and known; not yet told. `why` is set for VERDICT_BAD_OFFER. */
enum verdict peer_make(struct service *service, const struct peer_making *making,
	struct peer **out_peer, struct rs_buf *out_sdp, char why[PEER_WHY_LEN]);
/* It is (also) this person's line. NULL: nobody's. */
void peer_adopt(struct peer *peer, struct person *person);
bool peer_may_send(enum role role);
void plan_add_slot(struct peer_plan *plan, enum peer_kind kind, const char *feed, uint32_t rank,
	uint32_t max_height);
void plan_add_sends(struct peer_plan *plan, const char *source, uint32_t csrc);
/* Bind the audio slots of a page to what its person listens to, and tell, if that is new. */
void peer_rebind(struct service *service, struct peer *peer);
/* One more command may wait. */
bool peer_can_await(const struct peer *peer);
/* True: the command is answered when the media server has followed what it was told of this peer. False: it has, or is away. */
bool peer_await(struct service *service, struct peer *peer, const char *id);
/* What waits is answered now: nothing more is sent to the peer, or its media server is away. */
void peer_answer(struct service *service, struct peer *peer);
/* A media server has followed, or went away. */
void peer_answer_followed(struct service *service);
/* The same after events, for the pages of all desks (somebody else's act may change what an interpreter hears), and, when another
 * language is spoken on the floor, of all who understand some. */
void peer_rebind_all(struct service *service, struct chamber *chamber);
/* All of a person's page peers. */
void peer_remove_pages(struct service *service, struct person *person);
/* Those whose media server is no longer the chamber's. */
void peer_remove_stale(struct service *service, struct chamber *chamber);
/* Take back what a media server still has, after our restart. */
void peer_take_back(struct service *service, struct node *node, const struct node_message *message);
void peer_report(struct service *service, const struct node_message *message, struct moment at);
void peer_reap(struct service *service, struct moment at);
void peer_free_all(struct service *service);
/* Commands on a page's media. They answer into `out`. */
void peer_watch(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_listen(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_offer(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_restart_ice(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
void peer_hang_up(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);

#endif
