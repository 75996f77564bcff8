#include "signaling/wire/conference/sheet.h"

#include "common/base/buf.h"
#include "common/base/text.h"

#include <csv.h>

#include <errno.h>
#include <stdio.h>

#define MARK "\xef\xbb\xbf"
/* Octets of one row. */
#define ROW_MAX ((size_t)64 * 1024)

struct reader {
	sheet_row_fn *take;
	void *ctx;
	struct rs_buf texts; /* the row's fields, each with its NUL */
	size_t offsets[SHEET_FIELDS_MAX];
	size_t n;
	uint32_t line;       /* being read */
	uint32_t begin;      /* of the row */
	bool between;        /* rows: the next one has not begun */
	const char *problem; /* the first; NULL = none */
	int err;
};

static void fail(struct reader *reader, const char *why)
{
	if (reader->problem == NULL)
		reader->problem = why;
}

static void on_field(void *data, size_t len, void *ctx)
{
	struct reader *reader = ctx;
	if (reader->n == SHEET_FIELDS_MAX) {
		fail(reader, "a row has more than 32 fields");
		return;
	}
	reader->offsets[reader->n++] = rs_buf_len(&reader->texts);
	int err = len > 0 ? rs_buf_append(&reader->texts, data, len) : 0;
	if (err == 0)
		err = rs_buf_append(&reader->texts, "", 1);
	if (err == -ENOMEM)
		reader->err = err;
	else if (err < 0)
		fail(reader, "a row is longer than 64 KiB");
}

static void on_row(int end, void *ctx)
{
	struct reader *reader = ctx;
	struct sheet_row row = { .n = reader->n, .line = reader->begin };
	(void)end; /* which octet ended it */
	for (size_t i = 0; i < reader->n; i++)
		row.fields[i] = (const char *)rs_buf_data(&reader->texts) + reader->offsets[i];
	if (reader->problem == NULL && reader->err == 0)
		reader->take(reader->ctx, &row);
	reader->n = 0;
	reader->between = true;
	rs_buf_consume(&reader->texts, rs_buf_len(&reader->texts));
}

/* The one the first line has most of, outside quotes. */
static unsigned char find_separator(const char *text, size_t len)
{
	static const char separators[] = ",;\t";
	size_t counts[sizeof(separators)] = { 0 };
	bool quoted = false;
	for (size_t i = 0; i < len && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
		const char *which = memchr(separators, text[i], sizeof(separators) - 1);
		if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && which != NULL)
			counts[which - separators]++;
	}
	size_t best = 0;
	for (size_t i = 1; i < sizeof(separators) - 1; i++) {
		if (counts[i] > counts[best])
			best = i;
	}
	return (unsigned char)separators[best];
}

static uint32_t count_lines(const char *text, size_t len)
{
	uint32_t n = 1;
	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* libcsv knows no lines: it is fed octet by octet, and they are counted here. */
static void feed(struct reader *reader, struct csv_parser *parser, const char *text, size_t len)
{
	for (size_t i = 0; i < len && reader->problem == NULL && reader->err == 0; i++) {
		if (reader->between && text[i] != '\n' && text[i] != '\r') {
			reader->begin = reader->line;
			reader->between = false;
		}
		if (csv_parse(parser, text + i, 1, on_field, on_row, reader) != 1) {
			if (csv_error(parser) == CSV_EPARSE)
				fail(reader, "a quote stands where none may be");
			else
				reader->err = -ENOMEM;
		}
		reader->line += text[i] == '\n';
	}
	if (reader->problem == NULL && reader->err == 0 &&
		csv_fini(parser, on_field, on_row, reader) != 0)
		fail(reader, "a quoted field is not closed");
}

static int report(const struct reader *reader, struct sheet_error *out_error)
{
	if (reader->err < 0)
		return reader->err;
	if (reader->problem == NULL)
		return 0;
	*out_error = (struct sheet_error){ .line = reader->begin };
	(void)rs_set_text(out_error->why, reader->problem);
	return -EBADMSG;
}

/* The valid part at the beginning. */
static size_t valid_len(const char *text, size_t len)
{
	size_t good = 0;
	while (good < len) {
		size_t n = 1;
		while (n <= 4 && good + n <= len && !rs_utf8_valid(text + good, n))
			n++;
		if (n > 4 || good + n > len)
			return good;
		good += n;
	}
	return good;
}

int sheet_read(
	const char *text, size_t len, sheet_row_fn *take, void *ctx, struct sheet_error *out_error)
{
	struct reader reader = { .take = take, .ctx = ctx, .line = 1, .begin = 1, .between = true };
	struct csv_parser parser;
	if (len >= strlen(MARK) && memcmp(text, MARK, strlen(MARK)) == 0) {
		text += strlen(MARK);
		len -= strlen(MARK);
	}
	if (!rs_utf8_valid(text, len)) {
		reader.begin = count_lines(text, valid_len(text, len));
		fail(&reader, "this is no UTF-8; save it as \"CSV UTF-8\"");
		return report(&reader, out_error);
	}
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return -ENOMEM;
	csv_set_delim(&parser, find_separator(text, len));
	rs_buf_init(&reader.texts, ROW_MAX);
	feed(&reader, &parser, text, len);
	csv_free(&parser);
	rs_buf_done(&reader.texts);
	return report(&reader, out_error);
}
