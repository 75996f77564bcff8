/* tools/roombox/seats/lines.h
 *
 * Which of a technician's lines are still to be answered by the box, for nobody sits at a page there who would: that a display shows it, or that
 * there is none. A line that nothing could show is answered again once something does. A plain value; not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_LINES_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_LINES_H

#include "tools/roombox/seats/seats.h"

/* As many as the API keeps; of more, the oldest is forgotten. */
#define LINES_MAX 32U

struct line_answer {
	char seat[SEATS_NAME_MAX + 1]; /* empty: the room itself */
	uint64_t number;               /* of the line, as it was asked with */
	bool shown;
};

struct lines {
	size_t n;
	struct lines_line {
		struct line_answer answer;
		bool answered;
	} list[LINES_MAX];
};

/* The seat's line is that of this number now; 0 = somebody else answers it, or it is over. */
void lines_set(struct lines *lines, const char *seat, uint64_t number);
/* The next answer that is new, as there is a display now or none: 1, or 0 = none. */
int lines_poll(struct lines *lines, bool display, struct line_answer *out_answer);

#endif
