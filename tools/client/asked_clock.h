/* tools/client/asked_clock.h
 *
 * The client's side of `sync` (signaling/wire/PROTOCOL.md section 3.4): it asks to be asked for its clock, several times as it joins and now
 * and then afterwards, and answers at once. So signaling knows how this machine's clock stands to its own, and how long its line takes. An
 * embedded value, zeroed while there is no line; no I/O, no allocation.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_ASKED_CLOCK_H
#define ROSTRUM_TOOLS_CLIENT_ASKED_CLOCK_H

#include "common/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many times, so soon after each other; then every half minute. */
#define ASKED_CLOCK_FIRST 8
#define ASKED_CLOCK_SOON RS_MS(250)
#define ASKED_CLOCK_EVERY RS_SEC(30)
/* A text of it is never longer. */
#define ASKED_CLOCK_TEXT_MAX 96

struct asked_clock {
	rs_time due;   /* the next time it asks; 0 = there is no line */
	unsigned said; /* times that it has asked, up to ASKED_CLOCK_FIRST */
	bool asks;     /* it is time */
	uint64_t asked;
	int64_t at_ms; /* the clock when it was asked; valid while `asked` is not 0 */
};

/* Welcomed; and the line is gone. */
void asked_clock_joined(struct asked_clock *clock, rs_time now);
void asked_clock_left(struct asked_clock *clock);
/* A question came, with its number; the wall clock says `wall_ms`. Of several that were not answered, the last counts. */
void asked_clock_take(struct asked_clock *clock, uint64_t number, int64_t wall_ms);
void asked_clock_tick(struct asked_clock *clock, rs_time now);
/* When asked_clock_tick() matters; RS_TIME_NEVER = there is no line. */
rs_time asked_clock_deadline(const struct asked_clock *clock);
/* Whether there is a text to send; and its length, 0 = none. */
bool asked_clock_has_text(const struct asked_clock *clock);
size_t asked_clock_poll(struct asked_clock *clock, char out[ASKED_CLOCK_TEXT_MAX]);

#endif
