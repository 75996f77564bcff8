#include "tools/roombox/meeting/news.h"

struct meeting_news *news_add(struct news *news, enum meeting_news_kind kind)
{
	if (news->n == NEWS_MAX) {
		news->first = (news->first + 1) % NEWS_MAX;
		news->n--;
	}
	struct meeting_news *one = &news->each[(news->first + news->n++) % NEWS_MAX];
	*one = (struct meeting_news){ .kind = kind };
	return one;
}

void news_refuse(struct news *news, const char *seat, const char *reason)
{
	struct meeting_news *one = news_add(news, MEETING_REFUSED);
	(void)rs_set_text(one->seat.seat, seat); /* it is no longer than a seat's name */
	if (reason[0] == '\0' || !rs_set_text(one->reason, reason))
		(void)rs_set_text(one->reason, "refused");
}

bool news_take(struct news *news, struct meeting_news *out_news)
{
	if (news->n == 0)
		return false;
	*out_news = news->each[news->first];
	news->first = (news->first + 1) % NEWS_MAX;
	news->n--;
	return true;
}
