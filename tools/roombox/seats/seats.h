/* tools/roombox/seats/seats.h
 *
 * The seats of a room: what each one's key means, what its lamp shows, whether its microphone is open, and which camera looks at whoever has
 * the floor. A machine without I/O: it is told how seats stand in the meeting (meeting.h) and which keys were pressed, and hands back what
 * to do. The meeting decides; a key only asks. When the line to the meeting is lost, all stays as it was and keys are refused, for a request
 * that is delivered minutes later helps nobody.
 *
 * A key that is pressed asks for the floor; the lamp is lit when the meeting has taken the request. Pressed again it withdraws the request,
 * and while its seat speaks it ends the speech. A second press within SEATS_BOUNCE is the first one still.
 *
 * The camera follows the seat that was given the floor last of those that have it. A seat must have kept the floor for `settle`, and the
 * camera have been at rest for `hold`, so that a short remark does not swing it to and fro. The preset is recalled first and the picture cut
 * to when the camera has come to rest, or after SEATS_RECALL_PATIENCE when it does not answer. When nobody speaks the camera stays.
 *
 * Seats of the configuration come first and stay; others are added when the meeting tells of them, SEATS_MAX in all. Allocates at birth
 * only. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_SEATS_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_SEATS_H

#include "common/base/rand.h"
#include "common/base/text.h"
#include "common/base/time.h"

/* As many as a room of a conference may have. */
#define SEATS_MAX 2048U
/* Octets of a seat's name (as in conference files), and of that of whoever sits there. */
#define SEATS_NAME_MAX 16
#define SEATS_PERSON_MAX 128
#define SEATS_BOUNCE RS_MS(400)
#define SEATS_RECALL_PATIENCE RS_SEC(4)

/* How a seat's person stands in the meeting. */
enum seat_state {
	SEAT_IDLE,      /* nobody sits there, or nothing is asked for */
	SEAT_REQUESTED, /* on the list of speakers, or asks for it */
	SEAT_CALLED,    /* next on the list that is being taken */
	SEAT_OPEN,      /* has the floor: the microphone is open */
};

/* What a lamp beside the key shows. It follows the meeting alone; in short: off, steady, blinking, red. */
enum seat_lamp { SEAT_LAMP_OFF, SEAT_LAMP_REQUEST, SEAT_LAMP_NEXT, SEAT_LAMP_OPEN };

/* A seat as others see it. */
struct seat_row {
	size_t index; /* its place, which it keeps: below SEATS_MAX */
	char seat[SEATS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];     /* whose seat it is in the meeting; empty = nobody's */
	char name[SEATS_PERSON_MAX + 1]; /* what stands on the nameplate; may be empty */
	enum seat_state state;
	enum seat_lamp lamp;
	bool microphone; /* one of this box belongs to it */
};

/* One seat of the configuration. Texts are copied. */
struct seats_place {
	const char *seat;
	bool microphone;
	const char *camera; /* that looks at it; "" = none */
	int preset;         /* to be recalled before; SEATS_NO_PRESET = it cannot be moved */
};
#define SEATS_NO_PRESET (-1)

struct seats_config {
	const struct seats_place *places; /* no two of the same name */
	size_t n_places;
	rs_time settle; /* us a seat must have had the floor before the camera turns to it */
	rs_time hold;   /* us from one turn of the camera or cut to the next, at least */
};

enum seats_verdict {
	SEATS_TAKEN,
	SEATS_NOTHING,  /* the key has no effect now: released while idle, or a bounce */
	SEATS_UNKNOWN,  /* there is no such seat */
	SEATS_NOBODYS,  /* nobody of the meeting sits there */
	SEATS_NO_LINE,  /* the meeting cannot be asked now */
	SEATS_TOO_MANY, /* keys that were not polled yet: SEATS_KEYS_MAX */
};
#define SEATS_KEYS_MAX 64U

enum seats_action_kind {
	SEATS_MICROPHONE, /* `seat`: open or close its microphone, as `open` says */
	SEATS_PRESS,      /* `seat`: ask the meeting for the floor */
	SEATS_RELEASE,    /* `seat`: withdraw its request, or end its speech */
	SEATS_RECALL,     /* turn `camera` to `preset`, then call seats_recalled() */
	SEATS_SHOW,       /* put `camera` on the air */
};

struct seats_action {
	enum seats_action_kind kind;
	const char *seat_view;   /* good until the next call that takes seats */
	bool open;               /* SEATS_MICROPHONE */
	const char *camera_view; /* SEATS_RECALL, SEATS_SHOW */
	int preset;              /* SEATS_RECALL */
};

struct seats;

/* Microphones of seats are closed at first. `rand` is used here only. 0; -EINVAL (a name empty, too long or twice; times below 0), -E2BIG (over SEATS_MAX), -ENOMEM. */
int seats_new(const struct seats_config *config, struct rs_rand *rand,
	struct seats **out_seats) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct seats *seats_free(struct seats *seats);

/* The meeting tells how a seat stands: at each change, and all anew after a line that was lost. An empty `badge` = nobody sits there any
 * more. A seat it did not tell of yet is added. 0, or -E2BIG: no room for another one; -EINVAL: a name empty or too long. */
int seats_told(struct seats *seats, const char *seat, const char *badge, const char *name,
	enum seat_state state, rs_time now) RS_MUST_USE;
/* Whether the meeting can be asked. */
void seats_line(struct seats *seats, bool connected);
/* A key was pressed, or its request or speech is to be ended whatever it was (a second key, on some desks). */
enum seats_verdict seats_press(struct seats *seats, const char *seat, rs_time now);
enum seats_verdict seats_release(struct seats *seats, const char *seat);
/* The camera has reached the preset, or it is known that it will not. Ignored when something else is wanted by now. */
void seats_recalled(struct seats *seats, const char *camera, int preset);

/* One thing to do; 1, or 0 = nothing. Call until it gives 0. */
int seats_poll(struct seats *seats, rs_time now, struct seats_action *out_action);
/* When seats_poll() next has something although nothing was told; RS_TIME_NEVER = never. */
rs_time seats_deadline(const struct seats *seats);
/* One row that has changed since it was last taken here, in the order of places; 1, or 0 = none. Changes between two calls are one. */
int seats_changed(struct seats *seats, struct seat_row *out_row);

#endif
