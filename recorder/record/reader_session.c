#include "common/base/text.h"
#include "recorder/archive/session/session.h"
#include "recorder/record/reader_priv.h"

#include <errno.h>
#include <string.h>

/* Of the year 9999, so that every time can be written down. */
#define WALL_MAX_MS (INT64_C(253402300799000) - READER_TIME_MAX)

static void read_channels(struct record *record, const json_t *channels)
{
	size_t i;
	const json_t *one;
	json_array_foreach(channels, i, one)
	{
		const char *id = reader_text(one, "id");
		if (record->n_channels == ARCHIVE_CHANNELS_MAX || !rs_name_valid(id, strlen(id)))
			continue;
		struct archive_channel *channel = &record->channels[record->n_channels++];
		reader_set(channel->id, id);
		reader_set_word(channel->language, reader_text(one, "language"));
		reader_set(channel->name, reader_text(one, "name"));
	}
}

static void add_item(struct record_reader *reader, const char *id, const json_t *said)
{
	struct record *record = reader->record;
	if (!rs_name_valid(id, strlen(id)) || record_item(record, id) != NULL)
		return;
	struct record_item *list = reader_grow(
		reader, record->items, record->n_items, RECORD_ITEMS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	record->items = list;
	struct record_item *item = &list[record->n_items++];
	*item = (struct record_item){ .number = (uint32_t)record->n_items };
	reader_set(item->id, id);
	reader_set(item->title, reader_text(said, "title"));
}

void reader_name_item(struct record_reader *reader, const char *id)
{
	add_item(reader, id, NULL);
}

static void read_items(struct record_reader *reader, const json_t *items)
{
	size_t i;
	const json_t *one;
	json_array_foreach(items, i, one) add_item(reader, reader_text(one, "id"), one);
}

static void add_delegation(struct record_reader *reader, const char *id, const json_t *said)
{
	struct record *record = reader->record;
	if (!rs_name_valid(id, strlen(id)) || record_delegation(record, id) != NULL)
		return;
	struct record_delegation *list = reader_grow(reader, record->delegations,
		record->n_delegations, RECORD_DELEGATIONS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	record->delegations = list;
	struct record_delegation *delegation = &list[record->n_delegations++];
	*delegation = (struct record_delegation){ .id = "" };
	reader_set(delegation->id, id);
	reader_set(delegation->name, reader_text(said, "name"));
	reader_set_word(delegation->category, reader_text(said, "category"));
}

void reader_name_delegation(struct record_reader *reader, const char *id)
{
	add_delegation(reader, id, NULL);
}

static void read_delegations(struct record_reader *reader, const json_t *delegations)
{
	size_t i;
	const json_t *one;
	json_array_foreach(delegations, i, one) add_delegation(reader, reader_text(one, "id"), one);
}

/* What is said of somebody who is known already fills in what was not. */
struct record_person *reader_add_person(
	struct record_reader *reader, const char *id, const json_t *said)
{
	struct record *record = reader->record;
	if (!rs_name_valid(id, strlen(id)))
		return NULL;
	struct record_person *person = rs_map_find(reader->people, id, strlen(id));
	if (person == NULL) {
		if (record->n_people == RECORD_PEOPLE_MAX) {
			record->left_out++;
			return NULL;
		}
		person = &record->people[record->n_people];
		if (rs_map_add(reader->people, id, strlen(id), person) < 0)
			return NULL; /* cannot be: there is room for as many, and the key is a name */
		record->n_people++;
		reader_set(person->id, id);
	}
	if (person->name[0] == '\0')
		reader_set(person->name, reader_text(said, "name"));
	if (person->role[0] == '\0')
		reader_set_word(person->role, reader_text(said, "role"));
	if (person->delegation[0] == '\0')
		reader_set_word(person->delegation, reader_text(said, "delegation"));
	if (person->rank[0] == '\0')
		reader_set_word(person->rank, reader_text(said, "rank"));
	return person;
}

void reader_name_person(struct record_reader *reader, const char *id)
{
	struct record_person *person = reader_add_person(reader, id, NULL);
	if (person == NULL)
		return;
	person->occurs = true;
	reader_name_delegation(reader, person->delegation);
}

static void read_people(struct record_reader *reader, const json_t *people)
{
	size_t i;
	const json_t *one;
	json_array_foreach(people, i, one)
	{
		(void)reader_add_person(
			reader, reader_text(one, "id"), one); /* no room: was counted */
	}
}

int reader_read_session(struct record_reader *reader, const json_t *json)
{
	struct record *record = reader->record;
	const char *session = reader_text(json, "session");
	const char *meeting = reader_text(json, "meeting");
	const char *class = reader_text(json, "class");
	const int64_t started_us = json_integer_value(json_object_get(json, "started_us"));
	if (strcmp(reader_text(json, "format"), SESSION_FORMAT) != 0 ||
		!names_session_valid(session) || !rs_name_valid(meeting, strlen(meeting)) ||
		started_us < 0 || started_us / 1000 > WALL_MAX_MS)
		return -EBADMSG;
	reader_set(record->session, session);
	reader_set(record->meeting, meeting);
	reader_set(record->title, reader_text(json, "title"));
	reader_set(record->symbol, reader_text(json, "symbol"));
	reader_set_word(record->class, class[0] != '\0' ? class : "public");
	if (record->class[0] == '\0')
		reader_set(record->class, "closed-members"); /* whatever it is, it is not public */
	reader_set(record->software, reader_text(json, "software"));
	record->started_ms = started_us / 1000;
	read_channels(record, json_object_get(json, "channels"));
	read_items(reader, json_object_get(json, "agenda"));
	read_delegations(reader, json_object_get(json, "delegations"));
	read_people(reader, json_object_get(json, "participants"));
	return reader->err;
}
