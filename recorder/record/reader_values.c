/* What all parts of the reader take values from events by, and put them into the record with. */
#include "recorder/record/reader_priv.h"

#include <errno.h>
#include <string.h>

const char *reader_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

uint32_t reader_u32(const json_t *object, const char *key)
{
	const json_int_t value = json_integer_value(json_object_get(object, key));
	return value > 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
}

/* Octets at `text` that XML 1.0 (section 2.2) holds for no character, or that steer a terminal: C0, DEL, C1, U+FFFE, U+FFFF. 0 = none. */
static size_t unprintable(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	if (at[0] < 0x20 || at[0] == 0x7f)
		return 1;
	if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
		return 2;
	return at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe ? 3 : 0;
}

void reader_copy(char *out, size_t cap, const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t len = 0;
	while (*text != '\0') {
		const size_t bad = unprintable(text);
		const char *from = bad > 0 ? replacement : text;
		size_t n = bad > 0 ? sizeof(replacement) - 1 : 1;
		while (bad == 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n++;
		if (len + n + 1 > cap)
			break;
		memcpy(out + len, from, n);
		len += n;
		text += bad > 0 ? bad : n;
	}
	out[len] = '\0';
}

void reader_copy_word(char *out, size_t cap, const char *text)
{
	reader_copy(out, cap, rs_name_valid(text, strlen(text)) ? text : "");
}

void *reader_grow(struct record_reader *reader, void *list, size_t n, size_t max, size_t size)
{
	const int err = rs_grow(&list, n, max, size);
	if (err == -E2BIG)
		reader->record->left_out++;
	else if (err < 0)
		reader->err = err;
	return err == 0 ? list : NULL;
}

void reader_add_gap(struct record_reader *reader, int64_t from_ms, int64_t to_ms,
	const char *participant, const char *what)
{
	struct record *record = reader->record;
	struct record_gap *list = reader_grow(
		reader, record->gaps, record->n_gaps, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	record->gaps = list;
	struct record_gap *gap = &list[record->n_gaps++];
	*gap = (struct record_gap){ .from_ms = from_ms, .to_ms = to_ms, .what = what };
	reader_set(gap->participant, participant);
}
