/* tools/roombox/meeting/talk_priv.h
 *
 * The insides of what a box and signaling say to each other: talk.c (the line, what comes and goes) and talk_technician.c (what a technician
 * asks of the box).
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_TALK_PRIV_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_TALK_PRIV_H

#include "tools/client/asked_clock.h"
#include "tools/roombox/meeting/news.h"
#include "tools/roombox/meeting/orders.h"
#include "tools/roombox/meeting/seating.h"
#include "tools/roombox/meeting/talk.h"

#define TALK_EPOCH_MAX 64

enum talk_stage {
	TALK_CLOSED,
	TALK_HELLO,   /* to be said */
	TALK_GREETED, /* said */
	TALK_WELCOMED,
};

struct talk {
	const char *token;
	struct seating *seating;
	enum talk_stage stage;
	rs_time due;  /* when the line is wanted, or the welcome has come */
	rs_time wait; /* before the next try */
	struct rs_rand *rand;
	/* what the meeting is known by */
	char epoch[TALK_EPOCH_MAX + 1]; /* empty = nothing is known */
	uint64_t event;
	int64_t place;
	struct orders orders;
	struct report report;
	bool reports; /* it has not been said */
	bool signals; /* a test signal is on */
	char badge[RS_NAME_MAX + 1];
	struct news news; /* but of seats */
	/* the last that was said of layers, until it is taken; what was said before does not matter */
	struct meeting_news layers;
	bool layers_new;
	struct asked_clock clock;
	int64_t wall_ahead_us; /* of the clock of `now` */
};

/* A positive number of a message; 0 = there is none. */
uint64_t talk_number(const json_t *object, const char *key);
/* A message of the type `technician`. 0 or -EBADMSG. */
int talk_take_technician(struct talk *talk, const json_t *message, rs_time now);
/* The test signal is over, as far as this box has to do with it. */
void talk_end_signal(struct talk *talk);

#endif
