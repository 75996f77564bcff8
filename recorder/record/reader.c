#include "recorder/record/reader_priv.h"

#include "common/base/text.h"
#include "common/base/time.h"
#include "common/evidence/lines.h"
#include "recorder/archive/files/about.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- birth and death ---- */

struct record_reader *record_reader_free(struct record_reader *reader)
{
	if (reader == NULL)
		return NULL;
	record_free(reader->record);
	rs_map_free(reader->people);
	rs_release(reader->entries);
	rs_release(reader->gates);
	return rs_release(reader);
}

static void reader_freep(struct record_reader **reader)
{
	*reader = record_reader_free(*reader);
}

int record_reader_new(const char *session, size_t len, struct record_reader **out_reader)
{
	RS_CLEANUP(reader_freep) struct record_reader *reader = rs_zalloc(sizeof(*reader));
	if (reader == NULL)
		return -ENOMEM;
	reader->tap_lost_ms = -1;
	reader->line_lost_ms = -1;
	reader->record = rs_zalloc(sizeof(*reader->record));
	if (reader->record == NULL)
		return -ENOMEM;
	reader->record->people = rs_calloc(RECORD_PEOPLE_MAX, sizeof(*reader->record->people));
	if (reader->record->people == NULL)
		return -ENOMEM;
	struct rs_rand rand;
	rs_rand_init_system(&rand);
	int err = rs_map_new(RECORD_PEOPLE_MAX, RS_NAME_MAX, &rand, &reader->people);
	if (err < 0)
		return err;
	json_error_t error;
	json_t *json = json_loadb(session, len, JSON_REJECT_DUPLICATES, &error);
	err = reader_read_session(reader, json);
	json_decref(json);
	if (err < 0)
		return err;
	*out_reader = rs_steal(&reader);
	return 0;
}

/* ---- lines ---- */

static void person_joined(struct record_reader *reader, const struct reader_event *event)
{
	/* No room: was counted. */
	(void)reader_add_person(reader, reader_text(event->data, "participant"), event->data);
}

static const struct reader_handler others[] = {
	{ "participant-joined", person_joined },
	{ "participant-left", person_joined },
	{ "caption", reader_take_caption },
	{ NULL, NULL },
};

/* Kinds that are nobody's are none of the record's business. */
static void hand_to(const struct reader_handler *handlers, const char *name,
	struct record_reader *reader, const struct reader_event *event)
{
	while (handlers->name != NULL && strcmp(handlers->name, name) != 0)
		handlers++;
	if (handlers->name != NULL)
		handlers->take(reader, event);
}

/* Time does not run back, whatever clocks were set. */
static int64_t moment(struct record_reader *reader, int64_t wall_ms)
{
	const int64_t started = reader->record->started_ms;
	int64_t at = wall_ms > started ? wall_ms - started : 0;
	if (at > READER_TIME_MAX)
		at = READER_TIME_MAX;
	if (at > reader->now_ms)
		reader->now_ms = at;
	return reader->now_ms;
}

static void take_meeting(struct record_reader *reader, const json_t *payload)
{
	const struct reader_handler *const tables[] = { reader_statements, reader_questions,
		others };
	const json_t *time = json_object_get(payload, "time");
	if (!json_is_integer(time)) {
		reader->record->bad_lines++;
		return;
	}
	const struct reader_event event = { .data = json_object_get(payload, "data"),
		.at_ms = moment(reader, json_integer_value(time)) };
	const char *name = reader_text(payload, "name");
	reader->record->events++;
	/* A point of order that is heard is both a question and a speech. */
	for (size_t i = 0; i < RS_ARRAY_LEN(tables); i++)
		hand_to(tables[i], name, reader, &event);
}

/* ---- what the recorder says of itself ---- */

static void resumed(struct record_reader *reader, int64_t before_ms, int64_t at_ms)
{
	reader_add_gap(reader, before_ms, at_ms, "", "recorder restarted");
}

static void tap_lost(struct record_reader *reader, int64_t before_ms, int64_t at_ms)
{
	(void)before_ms;
	if (reader->tap_lost_ms < 0)
		reader->tap_lost_ms = at_ms;
}

static void tap_connected(struct record_reader *reader, int64_t before_ms, int64_t at_ms)
{
	(void)before_ms;
	if (reader->tap_lost_ms >= 0)
		reader_add_gap(reader, reader->tap_lost_ms, at_ms, "", "media server out of reach");
	reader->tap_lost_ms = -1;
}

static void tap_gap(struct record_reader *reader, int64_t before_ms, int64_t at_ms)
{
	(void)before_ms;
	reader_add_gap(reader, at_ms, at_ms, "", "packets were not handed over");
}

static void repaired(struct record_reader *reader, int64_t before_ms, int64_t at_ms)
{
	(void)before_ms;
	reader_add_gap(reader, at_ms, at_ms, "", "recorder cut off, closed by a repair");
}

/* A repair is later than what it closes, and says when that ended. */
static int64_t moment_of_line(
	struct record_reader *reader, const struct chain_line *line, int64_t wall_ms)
{
	json_error_t error;
	if (strcmp(line->type, "recording-resumed") == 0)
		reader->repaired = false;
	if (reader->repaired)
		return reader->now_ms;
	if (strcmp(line->type, "recording-repaired") != 0)
		return moment(reader, wall_ms);
	json_t *payload =
		json_loadb(line->payload, line->payload_len, JSON_REJECT_DUPLICATES, &error);
	const int64_t until_ms = json_integer_value(json_object_get(payload, "until_ms"));
	const int64_t started_ms = reader->record->started_ms;
	json_decref(payload);
	reader->repaired = until_ms >= 0 && until_ms <= wall_ms - started_ms;
	return moment(reader, reader->repaired ? started_ms + until_ms : wall_ms);
}

static const struct {
	const char *type;
	void (*take)(struct record_reader *reader, int64_t before_ms, int64_t at_ms);
} own_lines[] = {
	{ "recording-repaired", repaired },
	{ "recording-resumed", resumed },
	{ "tap-lost", tap_lost },
	{ "tap-connected", tap_connected },
	{ "tap-gap", tap_gap },
};

/* Lines of which more than their time is worth knowing. */
static void take_payload(struct record_reader *reader, const struct chain_line *line)
{
	static const struct {
		const char *type;
		void (*take)(struct record_reader *reader, const json_t *payload);
	} takers[] = {
		{ "segment-opened", reader_late_segment },
		{ "outage", reader_late_edges },
		{ "gate", reader_take_gate },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(takers); i++) {
		if (strcmp(line->type, takers[i].type) != 0)
			continue;
		json_error_t error;
		json_t *payload = json_loadb(
			line->payload, line->payload_len, JSON_REJECT_DUPLICATES, &error);
		takers[i].take(reader, payload);
		json_decref(payload);
	}
}

int record_reader_take(struct record_reader *reader, const struct chain_line *line, int64_t wall_ms)
{
	reader->stopped = strcmp(line->type, "recording-stopped") == 0;
	if (strcmp(line->type, CHAIN_TYPE_MEETING) == 0) {
		json_error_t error;
		json_t *payload = json_loadb(
			line->payload, line->payload_len, JSON_REJECT_DUPLICATES, &error);
		take_meeting(reader, payload);
		json_decref(payload);
		return reader->err;
	}
	take_payload(reader, line);
	const int64_t before_ms = reader->now_ms;
	const int64_t at_ms = moment_of_line(reader, line, wall_ms);
	for (size_t i = 0; i < RS_ARRAY_LEN(own_lines); i++)
		if (strcmp(line->type, own_lines[i].type) == 0)
			own_lines[i].take(reader, before_ms, at_ms);
	return reader->err;
}

/* ---- the end ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct record_person *)a)->id, ((const struct record_person *)b)->id);
}

int record_reader_finish(struct record_reader *reader, struct record **out_record)
{
	struct record *record = reader->record;
	reader_end_statements(reader, reader->now_ms);
	if (reader->tap_lost_ms >= 0)
		tap_connected(reader, 0, reader->now_ms);
	reader_settle_captions(record);
	reader_settle_rooms(reader);
	qsort(record->people, record->n_people, sizeof(*record->people), by_id);
	record->duration_ms = reader->now_ms;
	record->closed = reader->stopped;
	const int err = reader->err;
	if (err == 0) {
		*out_record = record;
		reader->record = NULL;
	}
	record_reader_free(reader);
	return err;
}

/* When a line was written: {"seq":7,"utc":"2026-11-22T10:00:00.123Z", its first two members. */
static int64_t line_wall_ms(const struct line *line)
{
	static const char key[] = "\"utc\":\"";
	const char *at = memmem(line->text, line->len < 64 ? line->len : 64, key, sizeof(key) - 1);
	char utc[RS_TIME_TEXT_LEN];
	int64_t wall_ms = 0;
	uint32_t ms = 0;
	if (at == NULL ||
		(size_t)(line->text + line->len - at) < sizeof(key) - 1 + RS_TIME_TEXT_LEN - 1)
		return 0;
	memcpy(utc, at + sizeof(key) - 1, sizeof(utc) - 1);
	if (rs_parse_u32(utc + 20, 3, 999, &ms) < 0)
		return 0;
	utc[19] = 'Z'; /* the moment without its fraction */
	return rs_wall_parse(utc, 20, &wall_ms) == 0 ? wall_ms + ms : 0;
}

static int read_events(struct record_reader *reader, const char *path)
{
	struct lines file;
	int err = lines_open(&file, path);
	if (err < 0)
		return err;
	struct chain chain;
	chain_init(&chain);
	struct line line;
	while (err == 0 && lines_next(&file, &line) == 1) {
		struct chain_line entry;
		const char *why;
		/* Whether the chain holds is for `archive verify` to say. */
		if (chain_read(&chain, &line, &entry, &why) == -EBADMSG)
			reader->record->bad_lines++;
		else
			err = record_reader_take(reader, &entry, line_wall_ms(&line));
	}
	lines_done(&file);
	return err;
}

int record_load(const char *directory, struct record **out_record)
{
	char path[ARCHIVE_PATH_LEN];
	RS_CLEANUP(reader_freep) struct record_reader *reader = NULL;
	int err;
	json_t *session = about_load(directory, &err);
	if (session == NULL)
		return err;
	char *text = json_dumps(session, JSON_COMPACT);
	json_decref(session);
	err = text != NULL ? record_reader_new(text, strlen(text), &reader) : -ENOMEM;
	free(text);
	if (err == 0)
		err = names_path(directory, NAMES_EVENTS, path);
	if (err == 0)
		err = read_events(reader, path);
	if (err < 0)
		return err;
	return record_reader_finish(rs_steal(&reader), out_record);
}
