/* sfu/router/resend.h
 *
 * Packets a receiver says it misses, sent again from the source's store: video by RTX (RFC 4588), audio as the
 * very packet. Where much is lost, the answer is lost as well, and the receiver asks again only after a round
 * trip or 100 ms: so the answer is sent several times then, spread over the ticks. What is resent is bounded by
 * a share of what is sent.
 */
#ifndef ROSTRUM_SFU_ROUTER_RESEND_H
#define ROSTRUM_SFU_ROUTER_RESEND_H

#include "common/base/mem.h"
#include "common/base/time.h"

struct packet;
struct publish;
struct rewrite_out;
struct router;
struct slot;

/* Packets remembered by number, a power of two: audio as sent, video as asked for. */
#define SENT_MAX 128

struct sent {
	uint32_t at_ms; /* when it was resent last */
	uint16_t seq;
	uint8_t red; /* audio: the packets before that it carried, as in red.h */
	uint8_t used : 1;
	uint8_t asked : 1;   /* missed, as far as is known */
	uint8_t due : 3;     /* copies still to be sent */
	uint8_t resends : 3; /* copies sent */
};

struct resend {
	unsigned due; /* copies still to be sent of all packets */
	size_t room;  /* octets that may be resent */
	struct sent sent[SENT_MAX];
};

void resend_init(struct resend *resend);
/* `packet` is about to be sent for the first time: chooses its redundancy and keeps it in mind. */
void resend_note(struct slot *slot, const struct publish *publish, const struct packet *packet,
	const struct rewrite_out *out);
/* What goes along with `seq`, as it was chosen. */
uint8_t resend_red(const struct slot *slot, uint16_t seq);
/* The receiver misses `seq`: first all of one NACK are noted, then each is answered if that helps. */
void resend_missed(struct slot *slot, uint16_t seq);
void resend_asked(struct router *router, struct slot *slot, uint16_t seq, rs_time now);
/* Answers sent to `seq` so far. */
uint8_t resend_copies(const struct slot *slot, uint16_t seq);
/* Feedback says that an answer to `seq` arrived: it is missed no more. */
void resend_arrived(struct slot *slot, uint16_t seq);
/* Feedback says that `seq` was lost, sent for the first time (`copy` 0) or as that answer. As if it were asked for, unless
 * another answer arrived, is under way or due. */
void resend_lost(struct router *router, struct slot *slot, uint16_t seq, uint8_t copy, rs_time now);
/* Copies that are due. */
void resend_tick(struct router *router, struct slot *slot, rs_time now);

#endif
