/* The record of a session from whatever events: session.json on the first line, then a line each: a meeting's event, or the type
 * of a line of the recorder's own. Every speech lies within the session, and what is written can be read. */
#include <errno.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "recorder/record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX ((size_t)8 << 20)

static void check_speech(const struct record *record, const struct record_speech *speech)
{
	int64_t at_ms = 0;
	if (speech->n_parts == 0 || speech->n_parts > RECORD_PARTS_MAX ||
		!rs_name_valid(speech->participant, strlen(speech->participant)))
		abort();
	for (size_t i = 0; i < speech->n_parts; i++) {
		if (speech->parts[i].from_ms < at_ms ||
			speech->parts[i].to_ms < speech->parts[i].from_ms)
			abort();
		at_ms = speech->parts[i].to_ms;
	}
	if (at_ms > record->duration_ms || record_person(record, speech->participant) == NULL)
		abort();
}

static void check_debate(const struct rs_buf *out)
{
	xmlDocPtr document =
		xmlReadMemory((const char *)rs_buf_data(out), (int)rs_buf_len(out), NULL, NULL,
			XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE);
	if (document == NULL)
		abort();
	xmlFreeDoc(document);
}

static void check_index(const struct rs_buf *out)
{
	json_t *json = json_loadb(
		(const char *)rs_buf_data(out), rs_buf_len(out), JSON_REJECT_DUPLICATES, NULL);
	if (json == NULL)
		abort();
	json_decref(json);
}

static size_t occurrences(const struct rs_buf *out, const char *what)
{
	const char *at = (const char *)rs_buf_data(out);
	const char *end = at + rs_buf_len(out);
	size_t n = 0;
	while ((at = memmem(at, (size_t)(end - at), what, strlen(what))) != NULL) {
		at += strlen(what);
		n++;
	}
	return n;
}

/* The head and each cue end with an empty line; a cue has one arrow, in its line of times. */
static void check_vtt(const struct rs_buf *out)
{
	if (rs_buf_len(out) < 8 || memcmp(rs_buf_data(out), "WEBVTT\n\n", 8) != 0 ||
		occurrences(out, "\n\n") != occurrences(out, "-->") + 1)
		abort();
}

static void check_written(const struct record *record)
{
	static const struct {
		int (*write)(const struct record *record, struct rs_buf *out);
		void (*check)(const struct rs_buf *out);
	} files[] = {
		{ record_write_debate, check_debate },
		{ record_write_index, check_index },
		{ record_write_speeches, check_vtt },
		{ record_write_chapters, check_vtt },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++) {
		struct rs_buf out;
		rs_buf_init(&out, OUT_MAX);
		const int err = files[i].write(record, &out);
		if (err == 0)
			files[i].check(&out);
		else if (err != -E2BIG)
			abort();
		rs_buf_done(&out);
	}
	const char *language;
	for (size_t i = 0; (language = record_caption_language(record, i)) != NULL; i++) {
		struct rs_buf out;
		rs_buf_init(&out, OUT_MAX);
		if (record_write_captions(record, language, &out) == 0)
			check_vtt(&out);
		rs_buf_done(&out);
	}
}

static void take(struct record_reader *reader, const struct line *line, int64_t wall_ms)
{
	struct chain_line entry = { .payload = line->text, .payload_len = line->len };
	const bool own = line->len > 0 && line->text[0] != '{';
	const char *type = own ? line->text : CHAIN_TYPE_MEETING;
	(void)rs_copy_text(entry.type, sizeof(entry.type), type,
		own ? line->len : strlen(type)); /* may be cut */
	if (record_reader_take(reader, &entry, wall_ms) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RS_CLEANUP(rs_releasep) uint8_t *copy = rs_memdup(data, size);
	struct lines lines = { .data = copy, .len = size };
	struct line line;
	struct record_reader *reader = NULL;
	if (copy == NULL || lines_next(&lines, &line) == 0 ||
		record_reader_new(line.text, line.len, &reader) < 0)
		return 0;
	for (int64_t wall_ms = 0; lines_next(&lines, &line) == 1; wall_ms += INT64_C(1) << 32)
		take(reader, &line, wall_ms);
	RS_CLEANUP(record_freep) struct record *record = NULL;
	if (record_reader_finish(reader, &record) < 0)
		abort();
	for (size_t i = 0; i < record->n_speeches; i++)
		check_speech(record, &record->speeches[i]);
	check_written(record);
	return 0;
}
