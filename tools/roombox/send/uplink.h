/* tools/roombox/send/uplink.h
 *
 * What the room's line to the meeting carries, and what of its pictures goes over it. The estimate is that of the media server
 * (sfu/bwe), from its transport-wide feedback. Sound has its share first and never waits. Of the rest the sizes of the picture have
 * theirs, smallest first: the largest that there is room for shrinks to half its rate before it is left out, and comes back only with room
 * to spare. What is encoded waits here, a queue for each size, and leaves at the rate of the estimate, so that a key frame does not stand in
 * the way of sound. Numbers are given to what leaves, so what is thrown away leaves no gap.
 *
 * No I/O; not thread safe. Allocates at birth only.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEND_UPLINK_H
#define ROSTRUM_TOOLS_ROOMBOX_SEND_UPLINK_H

#include "sfu/bwe/estimator.h"
#include "tools/client/sender.h"
#include "tools/roombox/send/ladder.h"

struct uplink;

struct uplink_config {
	uint32_t sound_bps;                   /* that the room's encoder makes */
	uint32_t bitrates_bps[LADDER_LAYERS]; /* most that is made of each size, smallest first */
};

/* 0 or -ENOMEM. */
int uplink_new(
	const struct uplink_config *config, rs_time now, struct uplink **out_uplink) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct uplink *uplink_free(struct uplink *uplink);
/* Another connection: nothing is known of its line, and nothing waits. */
void uplink_begin(struct uplink *uplink, rs_time now);
/* For rtc_peer_config; as long as the uplink lives. */
struct estimator *uplink_estimator(struct uplink *uplink);

/* Each turn while there is a line: shares it out anew where that is due. */
void uplink_tick(struct uplink *uplink, rs_time now);
/* Something went out, whatever it was: `octets` with all that lies below RTP. */
void uplink_spent(struct uplink *uplink, uint32_t octets, rs_time now);

/* What that size may take; 0 = it is left out. */
uint32_t uplink_layer_bps(const struct uplink *uplink, size_t layer);
/* Whether the next picture is to be encoded in that size now: false while too much waits before it. */
bool uplink_admits(const struct uplink *uplink, size_t layer, rs_time now);
/* A part of a picture of that size waits its turn; copied. Where there is no room, all that waits of the size is thrown away. */
void uplink_put(struct uplink *uplink, size_t layer, const struct rtc_payload *payload);
/* Takes the next part that may leave now, smallest size first: 1, with a view until the next call; or 0. */
int uplink_poll(
	struct uplink *uplink, rs_time now, size_t *out_layer, struct rtc_payload *out_payload);
/* Parts of that size were thrown away since the last call, so it goes on with a key frame. */
bool uplink_keyframe_wanted(struct uplink *uplink, size_t layer);
/* Octets of padding to send now, for a look at what else the line carries, up to 255; 0 = none. */
uint8_t uplink_padding(const struct uplink *uplink, rs_time now);

/* Frames of before that go along with each packet of sound, so that what is lost comes with the next: as many as are wanted, as far as
 * there is room for them beside sound itself. */
unsigned uplink_spares_frames(const struct uplink *uplink, unsigned wanted);
/* Nothing is heard of what was sent, longer than it should take: pictures do not leave until there is. The line may be lost. */
bool uplink_is_silent(const struct uplink *uplink);
/* The estimate. */
uint32_t uplink_bps(const struct uplink *uplink);

#endif
