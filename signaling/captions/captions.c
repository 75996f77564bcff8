#include "signaling/captions/captions.h"

#include "common/base/text.h"

#include <errno.h>

/* Of a line whose beginning nobody saw: as fast as subtitles are read. */
#define MS_A_CHARACTER 60
/* Nobody writes longer on one line. */
#define LONGEST_MS 60000

int captions_new(const struct meeting *meeting, struct captions **out_captions)
{
	struct captions *captions = rs_zalloc(sizeof(*captions));
	if (captions == NULL)
		return -ENOMEM;
	captions->meeting = meeting;
	captions->languages = rs_calloc(meeting->n_channels, sizeof(*captions->languages));
	if (captions->languages == NULL && meeting->n_channels > 0) {
		captions_free(captions);
		return -ENOMEM;
	}
	*out_captions = captions;
	return 0;
}

struct captions *captions_free(struct captions *captions)
{
	if (captions == NULL)
		return NULL;
	rs_release(captions->languages);
	return rs_release(captions);
}

/* The first octets of UTF-8's sequences: 10xxxxxx goes on with one. */
static size_t characters(const char *text)
{
	size_t n = 0;
	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

bool caption_text_is_good(const char *text, size_t len)
{
	bool blank = true;
	if (!rs_utf8_valid(text, len) || strlen(text) != len ||
		characters(text) > CAPTION_CHARACTERS_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
			return false;
		blank = blank && text[i] == ' ';
	}
	return !blank;
}

static struct captions_language *find(const struct captions *captions, const char *language)
{
	const struct meeting *meeting = captions->meeting;
	const struct meeting_channel *channel = meeting_find_channel(meeting, language);
	return channel != NULL ? &captions->languages[channel - meeting->channels] : NULL;
}

const struct captions_language *captions_find(const struct captions *captions, const char *language)
{
	return find(captions, language);
}

enum verdict captions_may(const struct captions *captions, const char *by, const char *language)
{
	const struct participant *participant = meeting_find(captions->meeting, by);
	if (find(captions, language) == NULL)
		return VERDICT_NO_SUCH_CHANNEL;
	return participant != NULL && participant_has_language(participant, language)
		       ? VERDICT_OK
		       : VERDICT_CHANNEL_NOT_YOURS;
}

static bool is_kept(const struct captions_language *language, uint32_t line)
{
	return line <= language->last && language->last - line < CAPTIONS_KEPT;
}

static bool is_too_fast(const struct captions_language *language, int64_t wall_ms)
{
	const int64_t oldest = language->events_ms[language->events % CAPTIONS_BURST];
	return oldest != 0 && wall_ms - oldest < CAPTIONS_BURST_MS;
}

/* Lines do not overlap: each begins after the one before has ended. */
static struct caption_time time_of(
	const struct captions_language *language, const struct captions_command *command)
{
	struct caption_time time = { .from_ms = command->from_ms, .to_ms = command->wall_ms };
	const int64_t length = (int64_t)characters(command->text) * MS_A_CHARACTER;
	const int64_t before = language->times[language->last % CAPTIONS_KEPT].to_ms;
	if (time.from_ms <= 0 || time.from_ms > time.to_ms ||
		time.to_ms - time.from_ms > LONGEST_MS)
		time.from_ms = time.to_ms - length;
	if (time.from_ms < before)
		time.from_ms = before < time.to_ms ? before : time.to_ms;
	return time;
}

enum verdict captions_decide(const struct captions *captions,
	const struct captions_command *command, struct events *out_events)
{
	const enum verdict verdict = captions_may(captions, command->by, command->language);
	if (verdict != VERDICT_OK)
		return verdict;
	const struct captions_language *language = find(captions, command->language);
	if (command->line != 0 && !is_kept(language, command->line))
		return VERDICT_NO_SUCH_LINE;
	if (is_too_fast(language, command->wall_ms))
		return VERDICT_TOO_MANY;
	const struct caption_time time = command->line != 0
						 ? language->times[command->line % CAPTIONS_KEPT]
						 : time_of(language, command);
	struct event *event = events_add(out_events, EVENT_CAPTION, command->by);
	(void)rs_set_text(event->language, command->language);
	event->caption_line = command->line != 0 ? command->line : language->last + 1;
	(void)rs_set_text(event->text, command->text);
	event->from_ms = time.from_ms;
	event->to_ms = time.to_ms;
	return VERDICT_OK;
}

void captions_apply(struct captions *captions, const struct event *event)
{
	struct captions_language *language =
		event->kind == EVENT_CAPTION ? find(captions, event->language) : NULL;
	if (language == NULL)
		return;
	const uint32_t line = event->caption_line;
	language->events_ms[language->events++ % CAPTIONS_BURST] = event->wall_ms;
	if (line > language->last)
		language->last = line;
	if (!is_kept(language, line))
		return;
	language->times[line % CAPTIONS_KEPT] =
		(struct caption_time){ .from_ms = event->from_ms, .to_ms = event->to_ms };
	if (language->last - line >= CAPTIONS_SHOWN)
		return;
	struct caption_line *shown = &language->shown[line % CAPTIONS_SHOWN];
	shown->line = line;
	(void)rs_set_text(shown->text, event->text);
}

const struct caption_line *captions_shown(const struct captions_language *language, size_t i)
{
	const uint32_t n = language->last < CAPTIONS_SHOWN ? language->last : CAPTIONS_SHOWN;
	if (i >= n)
		return NULL;
	return &language->shown[(language->last - n + 1 + i) % CAPTIONS_SHOWN];
}
