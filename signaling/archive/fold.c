#include "signaling/archive/fold.h"

#include <errno.h>
#include <string.h>

/* Code points of a word; a longer one is cut into several. */
#define WORD_MAX 64
/* What must be left of an Arabic word for its article to be one. */
#define STEM_MIN 2

/* --- UTF-8 --- */

/* The next code point, U+FFFD for octets that are none. */
static uint32_t next_code(const char **at)
{
	static const uint8_t leads[] = { 0x80, 0xe0, 0xf0, 0xf8 };
	const uint8_t lead = (uint8_t) * *at;
	size_t n = 0;
	(*at)++;
	if (lead < 0x80)
		return lead;
	for (size_t i = 1; i < sizeof(leads); i++) {
		if (lead >= (leads[i - 1] | 0x40) && lead < leads[i])
			n = i;
	}
	if (n == 0)
		return 0xfffd;
	uint32_t code = lead & (0x3fU >> n);
	for (size_t i = 0; i < n; i++) {
		if (((uint8_t) * *at & 0xc0U) != 0x80U)
			return 0xfffd;
		code = code << 6 | ((uint8_t) * *at & 0x3fU);
		(*at)++;
	}
	return code;
}

static int put_code(uint32_t code, struct rs_buf *out)
{
	const uint8_t tail = (uint8_t)(0x80U | (code & 0x3fU));
	const uint8_t middle = (uint8_t)(0x80U | (code >> 6 & 0x3fU));
	if (code < 0x80)
		return rs_buf_append(out, &(uint8_t){ (uint8_t)code }, 1);
	if (code < 0x800)
		return rs_buf_append(out, (uint8_t[]){ (uint8_t)(0xc0U | code >> 6), tail }, 2);
	if (code < 0x10000)
		return rs_buf_append(
			out, (uint8_t[]){ (uint8_t)(0xe0U | code >> 12), middle, tail }, 3);
	return rs_buf_append(out,
		(uint8_t[]){ (uint8_t)(0xf0U | code >> 18), (uint8_t)(0x80U | (code >> 12 & 0x3fU)),
			middle, tail },
		4);
}

/* --- Scripts --- */

struct span {
	uint32_t first, last;
};

static bool is_within(uint32_t code, const struct span *spans, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (code >= spans[i].first && code <= spans[i].last)
			return true;
	}
	return false;
}

/* Han with its extensions and compatibility forms (Unicode blocks), and kana, which is written without spaces as well. */
static bool is_han(uint32_t code)
{
	static const struct span han[] = { { 0x3005, 0x3007 }, { 0x3040, 0x30ff },
		{ 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xf900, 0xfaff }, { 0x20000, 0x323af } };
	return is_within(code, han, RS_ARRAY_LEN(han));
}

/* Vowel signs, Quranic marks and the tatweel: written or not, the word is the same. So are invisible marks of direction. */
static bool is_left_out(uint32_t code)
{
	static const struct span marks[] = { { 0x0300, 0x036f }, { 0x0610, 0x061a },
		{ 0x0640, 0x0640 }, { 0x064b, 0x065f }, { 0x0670, 0x0670 }, { 0x06d6, 0x06ed },
		{ 0x200c, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 } };
	return is_within(code, marks, RS_ARRAY_LEN(marks));
}

static bool is_arabic(uint32_t code)
{
	return code >= 0x0620 && code <= 0x06d5 && (code < 0x0660 || code > 0x066d);
}

/* What neither splits a word nor is part of one is of no interest: letters and digits are told from the rest as far as a question
 * needs it; beyond Latin, all but known punctuation counts as letters. */
static bool is_letter(uint32_t code)
{
	static const struct span others[] = { { 0x80, 0xa9 }, { 0xab, 0xb4 }, { 0xb6, 0xb9 },
		{ 0xbb, 0xbf }, { 0xd7, 0xd7 }, { 0xf7, 0xf7 }, { 0x0600, 0x060f },
		{ 0x061b, 0x061f }, { 0x066a, 0x066d }, { 0x06d4, 0x06d4 }, { 0x2000, 0x2bff },
		{ 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0xfe10, 0xfe6f }, { 0xff00, 0xff0f },
		{ 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 }, { 0xfff0, 0xffff } };
	if (code < 0x80)
		return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
		       (code >= 'a' && code <= 'z');
	return !is_within(code, others, RS_ARRAY_LEN(others));
}

/* Forms of a letter that are written for one another. */
static uint32_t fold_letter(uint32_t code)
{
	switch (code) {
	case 0x0622: /* alef with madda, with hamza above and below, wasla */
	case 0x0623:
	case 0x0625:
	case 0x0671:
		return 0x0627;
	case 0x0649: /* alef maksura, Farsi yeh */
	case 0x06cc:
		return 0x064a;
	case 0x0629: /* teh marbuta */
		return 0x0647;
	case 0x0401: /* io and short i, which may be written without their marks, or with them apart */
	case 0x0451:
		return 0x0435;
	case 0x0419:
	case 0x0439:
		return 0x0438;
	case 0x06a9: /* keheh */
		return 0x0643;
	default:
		return code;
	}
}

/* --- Words --- */

struct word {
	uint32_t codes[WORD_MAX];
	size_t len;
};

/* Letters of the article (and of "and", "with", "as", "for", "so" before it) at the beginning of an Arabic word. */
static size_t article_len(const struct word *word)
{
	enum {
		ALEF = 0x0627,
		BEH = 0x0628,
		FEH = 0x0641,
		KAF = 0x0643,
		LAM = 0x0644,
		WAW = 0x0648
	};
	size_t at = 0;
	if (word->codes[at] == WAW || word->codes[at] == FEH)
		at++;
	if (at + 2 < word->len && word->codes[at] == LAM && word->codes[at + 1] == LAM)
		at += 2;
	else {
		if (at < word->len && (word->codes[at] == BEH || word->codes[at] == KAF))
			at++;
		if (at + 1 >= word->len || word->codes[at] != ALEF || word->codes[at + 1] != LAM)
			return 0;
		at += 2;
	}
	return word->len >= at + STEM_MIN ? at : 0;
}

/* Read the next word: letters of one kind, folded. A Chinese run is one word here. False at the end of the text. */
static bool next_word(const char **at, struct word *word, bool *out_han)
{
	word->len = 0;
	*out_han = false;
	while (**at != '\0' && word->len < WORD_MAX) {
		const char *before = *at;
		const uint32_t code = next_code(at);
		const bool han = is_han(code);
		if (is_left_out(code))
			continue;
		if (!is_letter(code) || (word->len > 0 && han != *out_han)) {
			if (word->len == 0)
				continue;
			*at = is_letter(code) ? before : *at;
			break;
		}
		*out_han = han;
		word->codes[word->len++] = fold_letter(code);
	}
	if (word->len == 0)
		return false;
	const size_t article = is_arabic(word->codes[0]) ? article_len(word) : 0;
	memmove(word->codes, word->codes + article, (word->len - article) * sizeof(word->codes[0]));
	word->len -= article;
	return true;
}

static int put_word(const struct word *word, bool han, struct rs_buf *out)
{
	int err = 0;
	for (size_t i = 0; i < word->len && err == 0; i++) {
		if (han && i > 0)
			err = rs_buf_append(out, " ", 1);
		if (err == 0)
			err = put_code(word->codes[i], out);
	}
	return err;
}

int fold_text(const char *text, struct rs_buf *out)
{
	struct word word;
	bool han;
	int err = 0;
	while (err == 0 && next_word(&text, &word, &han)) {
		err = put_word(&word, han, out);
		if (err == 0)
			err = rs_buf_append(out, " ", 1);
	}
	return err;
}

int fold_question(const char *text, struct rs_buf *out)
{
	struct word word;
	bool han;
	int err = 0;
	for (size_t n = 0; n < FOLD_WORDS_MAX && err == 0 && next_word(&text, &word, &han); n++) {
		err = rs_buf_printf(out, "%s\"", n > 0 ? " AND " : "");
		if (err == 0)
			err = put_word(&word, han, out);
		if (err == 0)
			err = rs_buf_printf(out, han ? "\"" : "\"*");
	}
	return err;
}
