/* tools/roombox/meeting/meeting.h
 *
 * The box's line to the meeting: it follows the meeting as a page does (signaling/wire/PROTOCOL.md), knows who sits at which seat and how
 * their wish to speak stands, and gives commands for the people who press the keys of the seats (seats.h). Names, TLS and long texts are seen
 * to by a thread of its own; nothing here ever waits for it, so that whoever plays sound may call all of this. What is learnt is taken by
 * meeting_poll(), what is pressed is handed over in a queue, both bounded. A lost line is asked for again for ever, ever more slowly,
 * at most every five seconds; all that happened meanwhile is told then, and until then everything stays as it was last told.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_MEETING_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_MEETING_H

#include "tools/roombox/meeting/report.h"
#include "tools/roombox/seats/lines.h"
#include "tools/roombox/seats/seats.h"

/* Octets of why a key press was refused. */
#define MEETING_REASON_MAX 32
/* Octets of a technician's line: 200 characters. */
#define MEETING_TEXT_MAX 800
/* Key presses that wait for the thread. */
#define MEETING_PRESSES_MAX 64

struct meeting;

/* Texts are borrowed until meeting_free(). */
struct meeting_config {
	const char *base;  /* "http://host:port" or "https://…" of signaling */
	const char *token; /* of a badge with the role `room` */
};

/* One seat of the room, and who sits there. */
struct meeting_seat {
	char seat[SEATS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];     /* empty: nobody's any more */
	char name[SEATS_PERSON_MAX + 1]; /* the delegation's, else the person's */
	enum seat_state state;
};

enum meeting_news_kind {
	MEETING_LINE,    /* `connected` */
	MEETING_SEAT,    /* `seat`: new, or otherwise than it was */
	MEETING_REFUSED, /* a press at `seat.seat` was refused: `reason` */
	MEETING_TEXT, /* a technician's line for `seat.seat`, or for the room where that is empty: `text`; empty = no more. Answered by `number`, unless that is 0 */
	MEETING_LAYERS, /* of what the media line `peer` sends, `wanted` sizes of the camera are wanted, from the smallest */
	MEETING_FIGURES, /* somebody looks at the box, or no longer: `every`, so often meeting_report() is wanted */
	MEETING_SIGNAL, /* a technician's test signal: `tone`, `bars`; neither: it is over, as it is when the line is lost */
	MEETING_RESTART, /* a technician wants the box started again, and was told that it will be */
};

struct meeting_news {
	enum meeting_news_kind kind;
	bool connected;
	struct meeting_seat seat;
	/* One of signaling/wire/PROTOCOL.md section 2; "no-line": not connected; "not-answered": the line broke, and the press is too
	 * old to be sent again. */
	char reason[MEETING_REASON_MAX + 1];
	char text[MEETING_TEXT_MAX + 1];
	uint64_t number;
	char peer[RS_NAME_MAX + 1];
	size_t wanted;
	rs_time every;
	bool tone, bars;
};

/* So often figures are wanted before anything is told, and at most. */
#define MEETING_EVERY RS_SEC(5)
#define MEETING_EVERY_LEAST RS_SEC(1)

/* Starts the thread and asks for the line. 0, -EINVAL (`base` is no such address), -ENOMEM, -EIO (no thread, no library). */
int meeting_new(const struct meeting_config *config, struct meeting **out_meeting) RS_MUST_USE;
/* Closes the line and waits for the thread, which takes no longer than looking up a name. NULL is fine. Returns NULL. */
struct meeting *meeting_free(struct meeting *meeting);
/* Takes what is new: 1, or 0: nothing, or the thread is just writing it down, which is told by a later call. A seat that changed twice is
 * told once, as it is. After a line came back, only what is otherwise than before. */
int meeting_poll(struct meeting *meeting, struct meeting_news *out_news);

/* How the box is; copied. What could not be said yet is replaced by what is newer. False: the thread is just taking the one before. */
bool meeting_report(struct meeting *meeting, const struct report *report);
/* Whoever sits at this seat asks for the floor; a presiding officer's microphone is opened. What is refused is told by MEETING_REFUSED. 0,
 * or -E2BIG: MEETING_PRESSES_MAX wait already. */
int meeting_press(struct meeting *meeting, const char *seat) RS_MUST_USE;
/* Whoever sits there and speaks ends; whoever waits for the floor asks no more; else nothing happens. As meeting_press(). */
int meeting_release(struct meeting *meeting, const char *seat) RS_MUST_USE;
/* A technician's line is shown, or cannot be. Forgotten while there is no line, and where MEETING_PRESSES_MAX wait already. */
void meeting_answer(struct meeting *meeting, const struct line_answer *line);

#endif
