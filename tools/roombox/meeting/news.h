/* tools/roombox/meeting/news.h
 *
 * What was learnt of the meeting and is not taken yet: a ring, the oldest makes way. A value; not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_NEWS_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_NEWS_H

#include "tools/roombox/meeting/meeting.h"

#define NEWS_MAX 64U

struct news {
	struct meeting_news each[NEWS_MAX];
	size_t first, n;
};

/* One more, with nothing but its kind; valid until the next is added. */
struct meeting_news *news_add(struct news *news, enum meeting_news_kind kind);
/* A press at this seat was refused; without a reason it is "refused". */
void news_refuse(struct news *news, const char *seat, const char *reason);
/* The oldest; false = there is none. */
bool news_take(struct news *news, struct meeting_news *out_news);

#endif
