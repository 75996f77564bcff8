#include "tests/support/phrase.h"

#include <stdlib.h>
#include <string.h>

static bool bind(
	struct phrase_match *match, const char *name, size_t name_len, const char *text, size_t len)
{
	struct phrase_bound *bound = &match->bound[match->n];
	if (match->n == PHRASE_BOUND || name_len >= sizeof(bound->name) || len == 0 ||
		len >= sizeof(bound->text))
		return false;
	memcpy(bound->name, name, name_len);
	bound->name[name_len] = '\0';
	memcpy(bound->text, text, len);
	bound->text[len] = '\0';
	match->n++;
	return true;
}

/* Where the words between two names (or to the end) stand in the sentence, or NULL. */
static const char *find_words(const char *sentence, const char *words, size_t len)
{
	if (len == 0)
		return sentence + strlen(sentence);
	for (; *sentence != '\0'; sentence++) {
		if (strncmp(sentence, words, len) == 0)
			return sentence;
	}
	return NULL;
}

/* A name takes what stands before the first occurrence of the words that follow it. */
bool phrase_match(const char *pattern, const char *sentence, phrase_sense_fn *sense,
	const void *ctx, struct phrase_match *out_match)
{
	struct phrase_match match = { .n = 0 };
	size_t len = strcspn(pattern, "{");
	if (strncmp(pattern, sentence, len) != 0)
		return false;
	pattern += len;
	sentence += len;
	while (*pattern == '{') {
		const size_t name_len = strcspn(pattern, "}") - 1;
		const char *words = pattern + name_len + 2;
		len = strcspn(words, "{");
		const char *next = find_words(sentence, words, len);
		if (next == NULL ||
			!bind(&match, pattern + 1, name_len, sentence, (size_t)(next - sentence)) ||
			!sense(ctx, match.bound[match.n - 1].name, match.bound[match.n - 1].text))
			return false;
		pattern = words + len;
		sentence = next + len;
	}
	*out_match = match;
	return *sentence == '\0';
}

const char *phrase_bound(const struct phrase_match *match, const char *name)
{
	for (size_t i = 0; i < match->n; i++) {
		if (strcmp(match->bound[i].name, name) == 0)
			return match->bound[i].text;
	}
	return NULL;
}

long phrase_seconds(const char *text)
{
	static const struct {
		const char *unit;
		long seconds;
	} units[] = { { " second", 1 }, { " seconds", 1 }, { " minute", 60 }, { " minutes", 60 },
		{ " hour", 3600 }, { " hours", 3600 } };
	char *end;
	if (strcmp(text, "no limit") == 0)
		return 0;
	if (text[0] < '0' || text[0] > '9')
		return -1;
	const long n = strtol(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].unit) == 0)
			return n * units[i].seconds;
	}
	return -1;
}
