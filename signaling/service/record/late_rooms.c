#include "signaling/service/record/late_rooms.h"

#include "signaling/service/late.h"
#include "signaling/service/record/late_priv.h"
#include "signaling/service/state/chamber.h"

#include <string.h>

struct late_desk *late_free(struct late_desk *desk)
{
	return rs_release(desk);
}

struct late_desk *late_desk_of(struct chamber *chamber)
{
	if (chamber->late == NULL)
		chamber->late = rs_zalloc(sizeof(*chamber->late));
	return chamber->late;
}

static bool is_open(const struct proceedings *proceedings, const char *source)
{
	struct gate gate;
	if (proceedings->meeting->mode == MEETING_DIRECT)
		return true;
	proceedings_gate(proceedings, &gate);
	for (size_t i = 0; i < gate.n_open; i++) {
		if (strcmp(gate.open[i], source) == 0)
			return true;
	}
	return false;
}

/* Of whoever has the floor. */
static bool is_lost(const struct proceedings *proceedings)
{
	const struct floor_statement *now = &proceedings->floor->now;
	const struct participant *who = meeting_find(proceedings->meeting, now->holder);
	return now->suspended || who == NULL || !who->present;
}

/* Without a line nobody can be asked by which microphone they speak: it is the one they had last. */
static void note_holder(const struct proceedings *proceedings, struct late_room *room)
{
	const char *holder = proceedings->floor->now.holder;
	const char *voice = proceedings_voice(proceedings, holder);
	const bool by_room = is_lost(proceedings)
				     ? strcmp(holder, room->holder) == 0
				     : voice != NULL && strcmp(voice, room->source) == 0;
	(void)rs_set_text(room->holder, by_room ? holder : ""); /* as long */
}

/* Who has the floor keeps it while their line is lost, and goes on speaking into a microphone that is lit: nobody hears it, which is what
 * late delivery is for. It ends when the floor is another's or nobody's, and with the sitting. */
static bool is_held(const struct proceedings *proceedings, const struct late_room *room)
{
	return room->holder[0] != '\0' && proceedings->meeting->phase == MEETING_IN_SESSION &&
	       is_lost(proceedings);
}

struct late_room *late_room_of(struct late_desk *desk, const char *source)
{
	for (size_t i = 0; i < desk->n_rooms; i++) {
		if (strcmp(desk->rooms[i].source, source) == 0)
			return &desk->rooms[i];
	}
	if (desk->n_rooms == LATE_ROOMS_MAX)
		return NULL;
	struct late_room *room = &desk->rooms[desk->n_rooms++];
	(void)rs_set_text(room->source, source); /* a name */
	return room;
}

static void room_turn(struct late_room *room, bool open, int64_t wall_us)
{
	if (open == room->open)
		return;
	room->open = open;
	if (!open) {
		room->spans[room->n - 1].to_us = wall_us;
		return;
	}
	if (room->n == LATE_SPANS_MAX)
		memmove(room->spans, room->spans + 1, --room->n * sizeof(room->spans[0]));
	room->spans[room->n++] = (struct late_span){ .from_us = wall_us };
}

void late_follow(struct chamber *chamber, int64_t wall_ms)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	for (size_t i = 0; i < meeting->n_participants; i++) {
		if (meeting->participants[i].role != ROLE_ROOM)
			continue;
		struct late_desk *desk = late_desk_of(chamber);
		struct late_room *room =
			desk != NULL ? late_room_of(desk, meeting->participants[i].id) : NULL;
		if (room == NULL)
			continue;
		note_holder(chamber->proceedings, room);
		const bool open = is_held(chamber->proceedings, room) ||
				  is_open(chamber->proceedings, room->source);
		room_turn(room, open, wall_ms * 1000);
	}
}
