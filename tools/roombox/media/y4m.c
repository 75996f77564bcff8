#include "tools/roombox/media/y4m.h"

#include "common/base/text.h"

#include <errno.h>

#define MAGIC "YUV4MPEG2"
#define FRAME "FRAME"
#define RATE_MAX 240U
/* 60000/1001 and the like fit, and times of years can be multiplied by it. */
#define RATE_TERM_MAX 1000000U

static bool read_side(const char *text, size_t len, unsigned *out)
{
	uint32_t side;
	if (rs_parse_u32(text, len, Y4M_SIDE_MAX, &side) < 0 || side < 2 || side % 2 != 0)
		return false;
	*out = side;
	return true;
}

static bool read_rate(const char *text, size_t len, struct y4m *y4m)
{
	const char *mark = memchr(text, ':', len);
	if (mark == NULL)
		return false;
	const size_t num_len = (size_t)(mark - text);
	return rs_parse_u32(text, num_len, RATE_TERM_MAX, &y4m->rate_num) == 0 &&
	       rs_parse_u32(mark + 1, len - num_len - 1, RATE_TERM_MAX, &y4m->rate_den) == 0 &&
	       y4m->rate_den > 0 && y4m->rate_num >= y4m->rate_den &&
	       y4m->rate_num / y4m->rate_den < RATE_MAX;
}

/* "420", "420jpeg", "420mpeg2", "420paldv": where the colour samples lie differs by less than is seen. */
static bool is_420(const char *text, size_t len)
{
	static const char *const known[] = { "420", "420jpeg", "420mpeg2", "420paldv" };
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (strlen(known[i]) == len && memcmp(text, known[i], len) == 0)
			return true;
	}
	return false;
}

/* One tagged field; a fault in words, or NULL. Interlacing and pixel aspect are not looked at. */
static const char *read_field(char tag, const char *text, size_t len, struct y4m *y4m)
{
	switch (tag) {
	case 'W':
		return read_side(text, len, &y4m->width) ? NULL : "its width is odd or too large";
	case 'H':
		return read_side(text, len, &y4m->height) ? NULL : "its height is odd or too large";
	case 'F':
		return read_rate(text, len, y4m)
			       ? NULL
			       : "its rate is not from 1 to 240 pictures a second";
	case 'C':
		return is_420(text, len) ? NULL : "4:2:0 with 8 bits is expected";
	default:
		return NULL;
	}
}

static bool starts(const char *line, size_t len, const char *word)
{
	const size_t word_len = strlen(word);
	return len > word_len && memcmp(line, word, word_len) == 0 &&
	       (line[word_len] == ' ' || line[word_len] == '\n');
}

int y4m_head_parse(const char *line, size_t len, struct y4m *out_y4m, const char **out_why)
{
	struct y4m y4m = { .width = 0 };
	*out_why = "it is no YUV4MPEG2 file";
	if (len > Y4M_LINE_MAX || !starts(line, len, MAGIC) || line[len - 1] != '\n')
		return -EBADMSG;
	size_t at = strlen(MAGIC);
	while (line[at] == ' ') {
		const size_t from = ++at;
		while (line[at] != ' ' && line[at] != '\n')
			at++;
		const char *why =
			at > from ? read_field(line[from], line + from + 1, at - from - 1, &y4m)
				  : NULL;
		if (why != NULL) {
			*out_why = why;
			return -EOPNOTSUPP;
		}
	}
	*out_why = "its head does not say width, height and rate";
	if (at + 1 != len || y4m.width == 0 || y4m.height == 0 || y4m.rate_num == 0)
		return -EBADMSG;
	*out_y4m = y4m;
	return 0;
}

bool y4m_is_frame(const char *line, size_t len)
{
	return len <= Y4M_LINE_MAX && starts(line, len, FRAME) && line[len - 1] == '\n';
}

size_t y4m_frame_len(const struct y4m *y4m)
{
	return (size_t)y4m->width * y4m->height * 3 / 2;
}
