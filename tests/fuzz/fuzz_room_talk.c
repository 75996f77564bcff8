/* What a room box is told by signaling, a text a line: whatever it is, seats have names and keys become whole texts. A line that begins with
 * "+" is a key that is pressed, with "-" one that is released. */
#include "tools/roombox/meeting/talk.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_all(struct talk *talk)
{
	static char out[TALK_SEND_MAX];
	struct meeting_news news;
	while (talk_poll(talk, out) > 0) {
		if (out[0] != '{')
			abort();
	}
	while (talk_news(talk, &news) == 1) {
		if (news.kind == MEETING_SEAT && news.seat.seat[0] == '\0')
			abort();
		if (news.kind == MEETING_REFUSED && news.reason[0] == '\0')
			abort();
	}
}

static void take_line(struct talk *talk, const char *line, size_t len, rs_time now)
{
	char seat[SEATS_NAME_MAX + 1];
	if (len > 0 && (line[0] == '+' || line[0] == '-')) {
		if (!rs_copy_text(seat, sizeof(seat), line + 1, len - 1))
			return;
		if (line[0] == '+')
			talk_press(talk, seat, now);
		else
			talk_release(talk, seat, now);
	} else if (talk_recv(talk, line, len, now) < 0) {
		talk_closed(talk, 0, now);
		if (talk_deadline(talk) <= now)
			abort();
		talk_opened(talk, now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct rs_rand rand;
	struct talk *talk = NULL;
	rs_time now = 0;
	rs_rand_init_seed(&rand, 1);
	if (talk_new("t", &rand, now, &talk) < 0)
		abort();
	talk_opened(talk, now);
	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		const size_t len = end != NULL ? (size_t)(end - text) : size;
		take_all(talk);
		take_line(talk, text, len, now);
		now += RS_MS(700);
		(void)talk_tick(talk, now); /* whoever drives it would close the line */
		text += len + (end != NULL);
		size -= len + (end != NULL);
	}
	take_all(talk);
	talk_free(talk);
	return 0;
}
