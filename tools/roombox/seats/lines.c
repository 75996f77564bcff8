#include "tools/roombox/seats/lines.h"

static void forget(struct lines *lines, size_t i)
{
	memmove(&lines->list[i], &lines->list[i + 1], (--lines->n - i) * sizeof(lines->list[0]));
}

void lines_set(struct lines *lines, const char *seat, uint64_t number)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (strcmp(lines->list[i].answer.seat, seat) == 0)
			forget(lines, i--);
	}
	if (number == 0)
		return;
	if (lines->n == LINES_MAX)
		forget(lines, 0);
	struct lines_line *line = &lines->list[lines->n++];
	*line = (struct lines_line){ .answer = { .number = number } };
	(void)rs_set_text(line->answer.seat, seat); /* of a seat's length */
}

int lines_poll(struct lines *lines, bool display, struct line_answer *out_answer)
{
	for (size_t i = 0; i < lines->n; i++) {
		struct lines_line *line = &lines->list[i];
		/* What was shown stays so: a display that went has been read, or is switched on again. */
		if (line->answered && (line->answer.shown || !display))
			continue;
		line->answered = true;
		line->answer.shown = display;
		*out_answer = line->answer;
		return 1;
	}
	return 0;
}
