/* signaling/service/record/late_priv.h
 *
 * What the parts of late delivery share: late_rooms.c (when a room was open), late_outages.c (who is told of state/outages.h), late.c (parts, on
 * their way to the recorder).
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_PRIV_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_PRIV_H

#include "signaling/service/late.h"
#include "signaling/service/state/outages.h"

struct chamber;
struct late_flight;
struct service;

/* When a room's source was open: as the media server was told, and while whoever spoke by it keeps the floor though the line is lost. */
struct late_room {
	char source[RS_NAME_MAX + 1];
	char holder[RS_NAME_MAX + 1];           /* of the floor, who speaks by it; "" = nobody */
	struct late_span spans[LATE_SPANS_MAX]; /* the oldest first */
	size_t n;
	bool open; /* the last one goes on */
};

/* What is known of a meeting's rooms. */
struct late_desk {
	struct late_room rooms[LATE_ROOMS_MAX];
	size_t n_rooms;
	struct outages outages;
};

/* Made at need; NULL without memory. */
struct late_desk *late_desk_of(struct chamber *chamber);
/* Made at need; NULL = there are LATE_ROOMS_MAX others. */
struct late_room *late_room_of(struct late_desk *desk, const char *source);
/* What became of the part of a flight: people are told. `reason` is why it was refused, or "". */
void late_tell_part(struct service *service, struct chamber *chamber,
	const struct late_flight *flight, enum late_state state, const char *reason,
	int64_t wall_ms);
/* Time has passed. */
void late_outages_tick(struct service *service, struct chamber *chamber, struct moment at);

#endif
