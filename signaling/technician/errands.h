/* signaling/technician/errands.h
 *
 * What technicians asked of one place in the meeting (a delegate's page, a desk, a room box) beside the proceedings: to read a
 * line, to use the cable, to hear its own voice, to make a test signal, to restart; and what it answered. At most one of each kind;
 * a newer one takes the place of the one before. A machine fed with the time on the wall clock. One thread; allocates the line's
 * text only.
 */
#ifndef ROSTRUM_SIGNALING_TECHNICIAN_ERRANDS_H
#define ROSTRUM_SIGNALING_TECHNICIAN_ERRANDS_H

#include "common/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So long one hears oneself: enough to say a sentence and hear it. */
#define ERRAND_LOOP_MS INT64_C(15000)
/* So long a test signal goes on when nobody ends it. */
#define ERRAND_SIGNAL_MS INT64_C(60000)
/* So long a question stays, and what was answered to it. */
#define ERRAND_KEPT_MS INT64_C(600000)

/* Octets of the word for why something could not be done. */
#define ERRAND_WHY_MAX 32

enum errand {
	ERRAND_TELL,    /* a line to be read */
	ERRAND_CABLE,   /* to use the cable */
	ERRAND_LOOP,    /* hears its own voice */
	ERRAND_SIGNAL,  /* makes a test signal */
	ERRAND_RESTART, /* a room box begins anew */
	ERRAND_COUNT,
};

enum errand_state {
	ERRAND_NONE,
	ERRAND_ASKED,
	ERRAND_DONE,   /* so it was answered */
	ERRAND_CANNOT, /* likewise */
};

/* A set. */
enum test_signal {
	TEST_SIGNAL_OFF = 0,
	TEST_SIGNAL_TONE = 1, /* instead of the microphone's sound */
	TEST_SIGNAL_BARS = 2, /* instead of the camera's picture */
	TEST_SIGNAL_BOTH = 3,
};

struct errand_entry {
	uint32_t number; /* by which it is answered; of one station, from 1 */
	enum errand_state state;
	int64_t at_ms;    /* when it was asked, or answered; wall clock */
	int64_t until_ms; /* then it is over */
	enum test_signal signal;
	char why[ERRAND_WHY_MAX +
		 1]; /* ERRAND_CANNOT: a word for the reason; empty = none was given */
};

struct errands {
	struct errand_entry entries[ERRAND_COUNT];
	uint32_t last;
	char *text;   /* of ERRAND_TELL; NULL = none */
	bool is_news; /* something changed since the technicians were told; theirs to clear */
};

void errands_init(struct errands *errands);
void errands_done(struct errands *errands);

/* Asks now. `text` of ERRAND_TELL (copied), `signal` of ERRAND_SIGNAL (not TEST_SIGNAL_OFF). 0 or -ENOMEM: all is as it was. */
int errands_ask(struct errands *errands, enum errand errand, const char *text,
	enum test_signal signal, int64_t wall_ms);
/* It is over; true if it was there. */
bool errands_end(struct errands *errands, enum errand errand);
/* Number `number` was done, or could not be, `why` ("" = not said; cut to what fits); a later answer takes the place of an earlier one. 0, or -ENOENT: there is none of that
 * number that is answered at all (of what one hears and makes there is nothing to answer). */
int errands_answer(
	struct errands *errands, uint32_t number, bool done, const char *why, int64_t wall_ms);
bool errands_is_on(const struct errands *errands, enum errand errand);
bool errands_are_any(const struct errands *errands);
/* What is over by now ends: a set of 1 << enum errand. */
unsigned errands_tick(struct errands *errands, int64_t wall_ms);
/* When errands_tick() next matters, on the wall clock; INT64_MAX if never. */
int64_t errands_deadline(const struct errands *errands);

/* "tell", "use-cable", "loop-back", "test-signal", "restart"; never NULL. */
const char *errand_name(enum errand errand);
/* "waiting", "done", "cannot"; never NULL. */
const char *errand_state_name(enum errand_state state);
/* "off", "tone", "bars", "both"; never NULL. */
const char *test_signal_name(enum test_signal signal);
/* 0 or -EINVAL. */
int test_signal_parse(const char *name, enum test_signal *out_signal);

#endif
