/* sfu/router/egress.h: what leaves for one receiver.
 *
 * Sound goes out at once and is only counted. Pictures, retransmissions and padding go at the rate of the estimate
 * (sfu/bwe): directly while the line is wide, else by a queue of references to packets. The queue is bounded in time:
 * where it would be longer, whole frames are left out before they get numbers, and a key frame is asked for.
 * Numbered transport-wide where the receiver negotiated it.
 */
#ifndef ROSTRUM_SFU_ROUTER_EGRESS_H
#define ROSTRUM_SFU_ROUTER_EGRESS_H

#include "common/base/mem.h"
#include "common/rtp/rtcp.h"
#include "sfu/bwe/allocation.h"
#include "sfu/bwe/estimator.h"
#include "sfu/bwe/pacer.h"
#include "sfu/rewrite/rewrite.h"
#include "sfu/router/carried.h"
#include "sfu/router/router.h"

struct egress;
struct packet;
struct peer;
struct publish;
struct router;
struct router_peer;
struct slot;
struct track;

/* IPv4, UDP and the SRTP tag: what a packet takes of the line beside itself, octets. */
#define EGRESS_BELOW_RTP 44
/* Packets that wait, at most; a power of two. */
#define EGRESS_QUEUE 256

/* A packet that waits: a reference, and the numbers it got. */
struct egress_entry {
	struct packet *packet;
	struct slot *slot; /* NULL = it was forgotten */
	struct rewrite_out out;
};

struct egress {
	struct peer *peer;
	struct egress
		*next; /* in router->egresses: those with something to do before the next tick */
	bool listed;
	struct estimator estimator;
	struct pacer pacer;
	/* queue */
	struct egress_entry queue[EGRESS_QUEUE];
	size_t head;
	size_t n_queue;
	uint32_t queue_octets;
	struct carried carried[CARRIED_MAX]; /* by transport-wide number */
	/* sound, counted where it is sent, told to the estimator here */
	uint32_t audio_told;
	uint32_t audio_peak_bps; /* falls slowly: who is silent may speak */
	struct slot *pad_slot;   /* that padding goes out by: the last that sent a picture */
	/* allocation (allocate.c) */
	rs_time allocate_at;
	struct allocation_slot slots[ROUTER_RECVS_MAX]; /* by index of the peer's */
	bool no_spare;                                  /* sound takes nearly all there is */
	bool sole_audio; /* not even all sound fits: only the first of each feed is sent */
};

/* Frames of one slot that wait for admission. */
struct egress_gate {
	uint32_t rtp_ts;
	uint32_t stream; /* 0 = none seen */
	bool refused;    /* the frame of these is left out */
};

/* Where a peer receives pictures, it needs an egress; made before anything changes. 0 and *out_egress (NULL when it needs
 * none, or has one), or -ENOMEM. */
int egress_prepare(const struct peer *peer, const struct router_peer *spec,
	struct egress **out_egress) RS_MUST_USE;
/* The peer takes the egress over (NULL: keeps what it has); its sections have changed. */
void egress_set(struct router *router, struct peer *peer, struct egress *egress, rs_time now);
/* NULL is fine. Returns NULL. */
struct egress *egress_free(struct router *router, struct egress *egress);
/* The slot ends: nothing of it waits any more. */
void egress_forget(struct router *router, const struct slot *slot);
/* Everything waiting is dropped: the peer cannot be reached. */
void egress_clear(struct router *router, struct peer *peer);

/* Whether a packet of a picture may be forwarded at all now; decided for whole frames. */
bool egress_admits(
	struct router *router, struct slot *slot, const struct packet *packet, rs_time now);
/* Sends a packet of a picture now or later. */
void egress_send(struct router *router, struct slot *slot, const struct publish *publish,
	struct packet *packet, const struct rewrite_out *out, bool rtx, rs_time now);

/* Whether sound may be sent again: where the line is full it is lost for that, and more of it makes more loss. */
bool egress_repairs_sound(const struct peer *peer, rs_time now);
/* Whether there is room for a repair of a picture now. One is not queued here: who sends it tries again. */
bool egress_repairs_pictures(const struct egress *egress, rs_time now);

/* What the receiver says. `feedback` is an RTPFB of FMT 15, or a PSFB of FMT 15. */
void egress_feedback(struct router *router, struct peer *peer, const struct rtcp_feedback *feedback,
	rs_time now);
void egress_remb(struct peer *peer, const struct rtcp_feedback *feedback, rs_time now);
void egress_report(struct peer *peer, const struct rtcp_report *report, rs_time now);
/* Each tick of the router. */
void egress_tick(struct router *router, struct peer *peer, rs_time now);
/* Those whose time has come, between ticks. */
void egress_wake(struct router *router, rs_time now);

/* Choose layers for the peer's slots by what its line carries (allocate.c). */
void allocate(struct router *router, struct peer *peer, rs_time now);

#endif
