#include "signaling/archive/captions.h"

#include "common/base/text.h"

#include <errno.h>

/* Hours of a time stamp. */
#define HOURS_MAX 999

struct line {
	const char *text;
	size_t len;
};

/* Lines end with LF, CR LF or CR (WebVTT section 4.1). */
static bool next_line(struct captions *captions, struct line *out)
{
	if (captions->at >= captions->end)
		return false;
	const char *at = captions->at;
	while (at < captions->end && *at != '\n' && *at != '\r')
		at++;
	*out = (struct line){ captions->at, (size_t)(at - captions->at) };
	if (at < captions->end)
		at += *at == '\r' && captions->end - at > 1 && at[1] == '\n' ? 2 : 1;
	captions->at = at;
	return true;
}

int captions_begin(struct captions *captions, const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";
	static const char magic[] = "WEBVTT";
	*captions = (struct captions){ .at = text, .end = text + len };
	if (len > CAPTIONS_OCTETS_MAX)
		return -EBADMSG;
	if (len >= 3 && memcmp(text, mark, 3) == 0)
		captions->at += 3;
	struct line line;
	if (!next_line(captions, &line) || line.len < 6 || memcmp(line.text, magic, 6) != 0 ||
		(line.len > 6 && line.text[6] != ' ' && line.text[6] != '\t'))
		return -EBADMSG;
	return 0;
}

/* --- Times --- */

static bool digits(const char **at, const char *end, uint32_t max, uint32_t *out)
{
	const char *from = *at;
	while (*at < end && **at >= '0' && **at <= '9')
		(*at)++;
	return rs_parse_u32(from, (size_t)(*at - from), max, out) == 0;
}

static bool take(const char **at, const char *end, char c)
{
	if (*at >= end || **at != c)
		return false;
	(*at)++;
	return true;
}

/* "01:02:03.004" or "02:03.004". */
static bool read_time(const char **at, const char *end, int64_t *out_ms)
{
	uint32_t part[3] = { 0 };
	uint32_t ms;
	size_t n = 0;
	do {
		if (n == 3 || !digits(at, end, HOURS_MAX, &part[n++]))
			return false;
	} while (take(at, end, ':'));
	const char *fraction = *at + 1;
	if (n < 2 || !take(at, end, '.') || !digits(at, end, 999, &ms) || *at - fraction != 3)
		return false;
	const uint32_t hours = n == 3 ? part[0] : 0;
	if (part[n - 2] > 59 || part[n - 1] > 59)
		return false;
	*out_ms = ((int64_t)hours * 3600 + (int64_t)part[n - 2] * 60 + part[n - 1]) * 1000 + ms;
	return true;
}

static void skip_blanks(const char **at, const char *end)
{
	while (*at < end && (**at == ' ' || **at == '\t'))
		(*at)++;
}

/* "from --> to settings" */
static bool read_times(const struct line *line, struct captions_cue *cue)
{
	const char *at = line->text;
	const char *end = at + line->len;
	skip_blanks(&at, end);
	if (!read_time(&at, end, &cue->from_ms))
		return false;
	skip_blanks(&at, end);
	if (end - at < 3 || memcmp(at, "-->", 3) != 0)
		return false;
	at += 3;
	skip_blanks(&at, end);
	return read_time(&at, end, &cue->to_ms) && cue->to_ms >= cue->from_ms;
}

/* --- Words --- */

/* The character an entity stands for, 0 when it is none that is known; *len is how much of the text it takes. */
static char entity(const char *at, const char *end, size_t *len)
{
	static const struct {
		const char *name;
		char c;
	} known[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&lrm;", ' ' },
		{ "&rlm;", ' ' }, { "&nbsp;", ' ' } };
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		*len = strlen(known[i].name);
		if ((size_t)(end - at) >= *len && memcmp(at, known[i].name, *len) == 0)
			return known[i].c;
	}
	return '\0';
}

static void add_char(struct captions_cue *cue, size_t *used, char c)
{
	const bool control = (unsigned char)c < 0x20 || c == 0x7f;
	if (*used < CAPTIONS_TEXT_MAX)
		cue->text[(*used)++] = control ? ' ' : c;
}

static void add_line(struct captions_cue *cue, size_t *used, const struct line *line)
{
	const char *end = line->text + line->len;
	if (*used > 0)
		add_char(cue, used, ' ');
	for (const char *at = line->text; at < end;) {
		size_t len = 1;
		const char c = *at == '&' ? entity(at, end, &len) : '\0';
		const char *close = *at == '<' ? memchr(at, '>', (size_t)(end - at)) : NULL;
		if (close != NULL) {
			at = close + 1;
		} else {
			add_char(cue, used, c != '\0' ? c : *at);
			at += c != '\0' ? len : 1;
		}
	}
}

static bool is_arrow(const struct line *line)
{
	return memmem(line->text, line->len, "-->", 3) != NULL;
}

/* False: these are no words. */
static bool finish_text(struct captions_cue *cue, size_t used)
{
	cue->text[used] = '\0';
	if (used == CAPTIONS_TEXT_MAX)
		cue->text[rs_utf8_cut(cue->text, CAPTIONS_TEXT_MAX - 3)] = '\0';
	return cue->text[strspn(cue->text, " ")] != '\0' &&
	       rs_utf8_valid(cue->text, strlen(cue->text));
}

bool captions_next(struct captions *captions, struct captions_cue *out_cue)
{
	struct line line;
	while (captions->n < CAPTIONS_CUES_MAX && next_line(captions, &line)) {
		size_t used = 0;
		if (!is_arrow(&line) || !read_times(&line, out_cue))
			continue;
		const char *before = captions->at;
		while (next_line(captions, &line) && line.len > 0 && !is_arrow(&line)) {
			add_line(out_cue, &used, &line);
			before = captions->at;
		}
		if (line.len > 0 && is_arrow(&line))
			captions->at = before; /* a cue without an empty line in front of it */
		if (!finish_text(out_cue, used))
			continue;
		captions->n++;
		return true;
	}
	return false;
}
