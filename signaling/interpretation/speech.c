#include "signaling/interpretation/speech.h"

#include <stdbool.h>

#define WINDOW_MS 30000
/* Less than this says nothing of a pace. */
#define LEAST_MS 8000
/* After so long without a line whoever speaks has paused, or nobody writes any more. */
#define STALE_MS 12000

void speech_init(struct speech *speech)
{
	*speech = (struct speech){ .n = 0 };
}

void speech_add(struct speech *speech, uint32_t words, int64_t from_ms, int64_t to_ms)
{
	speech->lines[speech->n++ % SPEECH_LINES] =
		(struct speech_line){ .from_ms = from_ms, .to_ms = to_ms, .words = words };
}

uint32_t speech_rate(const struct speech *speech, int64_t wall_ms)
{
	int64_t first = 0;
	int64_t last = 0;
	uint64_t words = 0;
	for (size_t i = 0; i < SPEECH_LINES; i++) {
		const struct speech_line *line = &speech->lines[i];
		if (line->to_ms == 0 || line->to_ms > wall_ms || wall_ms - line->to_ms > WINDOW_MS)
			continue;
		first = first == 0 || line->from_ms < first ? line->from_ms : first;
		last = line->to_ms > last ? line->to_ms : last;
		words += line->words;
	}
	if (last - first < LEAST_MS || wall_ms - last > STALE_MS)
		return 0;
	return (uint32_t)(words * 60000 / (uint64_t)(last - first));
}

/* U+3040 to U+9FFF are kana and ideographs; in UTF-8 three octets that begin with E3 81 up to E9 BF. */
static bool is_unspaced(const unsigned char *at)
{
	return (at[0] == 0xE3 && at[1] >= 0x81) || (at[0] > 0xE3 && at[0] <= 0xE9);
}

uint32_t speech_words(const char *text)
{
	uint32_t words = 0;
	uint32_t unspaced = 0;
	bool inside = false;
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		if ((*at & 0xC0) == 0x80)
			continue;
		const bool character = is_unspaced(at);
		unspaced += character;
		/* Marks alone, as a dash, are no word. */
		const bool letter =
			!character && *at != 0xE2 && *at != 0xE3 && *at != 0xEF &&
			(*at >= 0x80 || (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
				(*at >= 'a' && *at <= 'z'));
		if (letter && !inside)
			words++;
		inside = letter || (inside && *at != ' ' && !character);
	}
	return words + (unspaced * 2 + 1) / 3;
}
