/* signaling/service/media/peers.h
 *
 * Media peers, as the media server is told them: of a page, of a WHIP publisher, of a WHEP player. Each lives until it hangs up, is
 * reaped, or its media server is no longer the meeting's. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MEDIA_PEERS_H
#define ROSTRUM_SIGNALING_SERVICE_MEDIA_PEERS_H

#include "signaling/service/service.h"
#include "signaling/service/state/peer.h"
#include "signaling/wire/message/message.h"
#include "signaling/wire/node/watched.h"

/* A peer without consent for so long is given up. */
#define PEER_REAP RS_SEC(60)
#define PEER_ID_RANDOM 12
/* Nothing came for so long: pages send all the time, so their line is lost. Measures come every second; so it is known within 2 s. */
#define PEER_QUIET_MS 950

struct chamber;
struct node;
struct person;
struct service;

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
/* All of a person's page peers. */
void peer_remove_pages(struct service *service, struct person *person);
/* Those whose media server is no longer the chamber's. */
void peer_remove_stale(struct service *service, struct chamber *chamber);
void peer_reap(struct service *service, struct moment at);
void peer_free_all(struct service *service);

void look_forget(struct peer *peer);

#endif
