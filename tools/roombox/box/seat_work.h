/* tools/roombox/box/seat_work.h
 *
 * The room's seats at work: joins their machine (seats.h) to what the meeting tells (meeting.h), the room's microphones and cameras (room.h),
 * the cameras' heads (heads.h) and the API of conference systems (seat_api.h). Driven by the thread that plays sound; nothing in it waits.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_BOX_SEAT_WORK_H
#define ROSTRUM_TOOLS_ROOMBOX_BOX_SEAT_WORK_H

#include "common/base/rand.h"
#include "tools/roombox/meeting/meeting.h"
#include "tools/roombox/room/room.h"
#include "tools/roombox/seats/seat_api.h"

#define SEAT_WORK_WHY_LEN SPEC_WHY_LEN

/* Keys of the rows "seats" and "visca". */
extern const struct config_key seat_work_seat_keys[3];
extern const struct config_key seat_work_visca_keys[2];
/* Most rows of each. */
#define SEAT_WORK_SEATS_MAX 512
#define SEAT_WORK_VISCA_MAX 8

/* What a key asks for: the floor, or (`release`) that the request is withdrawn, the speech ended. */
struct seat_work_key {
	const char *seat_view; /* good until the next seat_work_told() */
	bool release;
};

struct seat_work;

/* Reads "seats", "visca" and "seats.*" of the configuration against the room, whose microphones belong to seats as well; then opens sockets
 * and starts to listen. 0, or a negative error with `why` set, which begins with the key. Of what is borrowed, `room` must outlive it. */
int seat_work_new(const struct config *config, struct room *room, struct rs_rand *rand, rs_time now,
	struct seat_work **out_work, char why[SEAT_WORK_WHY_LEN]) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct seat_work *seat_work_free(struct seat_work *work);
/* What the line to the meeting has told, apart from what is not about seats. */
void seat_work_told(struct seat_work *work, const struct meeting_news *news, rs_time now);
/* Does all that is due: microphones, cameras, lamps; what keys ask of the meeting is handed out one by one: 1, or 0 = nothing more now. */
int seat_work_poll(struct seat_work *work, rs_time now, struct seat_work_key *out_key);
/* The next answer to a technician's line, which adapters were told: 1, or 0 = none now. */
int seat_work_answer(struct seat_work *work, struct line_answer *out_answer);
/* What the API has seen; false where nobody listens. */
bool seat_work_figures(const struct seat_work *work, struct seat_figures *out_figures);
/* The meeting was not asked, or refused: adapters are told why. */
void seat_work_refused(struct seat_work *work, const char *seat, const char *reason);

#endif
