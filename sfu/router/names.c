/* Names and feeds as texts of fixed room. */
#include "sfu/router/router_priv.h"

#include <errno.h>
#include <string.h>

#include "common/base/text.h"

int text_set(struct text *text, const char *from, size_t max)
{
	const size_t len = from != NULL ? strlen(from) : 0;

	if (len > max || len >= sizeof(text->s))
		return -EINVAL;
	*text = (struct text){ 0 };
	if (len > 0)
		memcpy(text->s, from, len);
	return 0;
}

int text_set_name(struct text *text, const char *from, bool optional)
{
	const size_t len = from != NULL ? strlen(from) : 0;

	if (len == 0 ? !optional : !rs_name_valid(from, len))
		return -EINVAL;
	return text_set(text, from, ROUTER_NAME_MAX);
}

bool text_equal(const struct text *a, const struct text *b)
{
	return strcmp(a->s, b->s) == 0;
}

int feed_parse(const char *from, struct feed *out_feed)
{
	static const struct {
		const char *text;
		bool named; /* a prefix, followed by a name */
		enum feed_kind kind;
	} forms[] = {
		{ "", false, FEED_NONE },
		{ "floor", false, FEED_FLOOR },
		{ "speaker", false, FEED_SPEAKER },
		{ "chair", false, FEED_CHAIR },
		{ "content", false, FEED_CONTENT },
		{ "own", false, FEED_OWN },
		{ "channel-", true, FEED_CHANNEL },
		{ "desk-", true, FEED_DESK },
		{ "original-", true, FEED_ORIGINAL },
		{ "source-", true, FEED_SOURCE },
	};
	const char *text = from != NULL ? from : "";

	for (size_t i = 0; i < RS_ARRAY_LEN(forms); i++) {
		const size_t len = strlen(forms[i].text);
		struct feed feed = { .kind = forms[i].kind };
		if (forms[i].named ? strncmp(text, forms[i].text, len) != 0
				   : strcmp(text, forms[i].text) != 0)
			continue;
		if (forms[i].named && text_set_name(&feed.name, text + len, false) < 0)
			return -EINVAL;
		*out_feed = feed;
		return 0;
	}
	return -EINVAL;
}

bool router_is_feed(const char *text)
{
	struct feed feed;

	return feed_parse(text, &feed) == 0 && feed.kind != FEED_NONE;
}
