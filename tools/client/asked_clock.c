#include "tools/client/asked_clock.h"

#include "common/base/text.h"

#include <inttypes.h>
#include <string.h>

void asked_clock_joined(struct asked_clock *clock, rs_time now)
{
	*clock = (struct asked_clock){ .due = now + ASKED_CLOCK_SOON };
}

void asked_clock_left(struct asked_clock *clock)
{
	*clock = (struct asked_clock){ .due = 0 };
}

void asked_clock_take(struct asked_clock *clock, uint64_t number, int64_t wall_ms)
{
	clock->asked = number;
	clock->at_ms = wall_ms;
}

void asked_clock_tick(struct asked_clock *clock, rs_time now)
{
	if (clock->due == 0 || now < clock->due)
		return;
	clock->asks = true;
	if (clock->said < ASKED_CLOCK_FIRST)
		clock->said++;
	clock->due = now + (clock->said < ASKED_CLOCK_FIRST ? ASKED_CLOCK_SOON : ASKED_CLOCK_EVERY);
}

rs_time asked_clock_deadline(const struct asked_clock *clock)
{
	return clock->due == 0 ? RS_TIME_NEVER : clock->due;
}

bool asked_clock_has_text(const struct asked_clock *clock)
{
	return clock->asked != 0 || clock->asks;
}

size_t asked_clock_poll(struct asked_clock *clock, char out[ASKED_CLOCK_TEXT_MAX])
{
	int err = -1;
	if (clock->asked != 0) {
		err = rs_format(out, ASKED_CLOCK_TEXT_MAX,
			"{\"type\":\"sync\",\"n\":%" PRIu64 ",\"at\":%" PRId64 "}", clock->asked,
			clock->at_ms);
		clock->asked = 0;
	} else if (clock->asks) {
		err = rs_format(out, ASKED_CLOCK_TEXT_MAX, "{\"type\":\"sync\"}");
		clock->asks = false;
	}
	return err < 0 ? 0 : strlen(out);
}
