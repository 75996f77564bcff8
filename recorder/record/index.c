/* record/index.json: what the catalogue and the archive page are made of. */
#include "recorder/record/record.h"

#include "common/base/time.h"
#include "common/evidence/names.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Takes `value`. A lack of memory makes `*object` NULL, and that shows at the end. */
static void put(json_t **object, const char *key, json_t *value)
{
	if (*object == NULL) {
		json_decref(value);
	} else if (value == NULL || json_object_set_new(*object, key, value) < 0) {
		json_decref(*object);
		*object = NULL;
	}
}

static void put_text(json_t **object, const char *key, const char *text)
{
	if (text[0] != '\0')
		put(object, key, json_string(text));
}

static void put_number(json_t **object, const char *key, int64_t number)
{
	put(object, key, json_integer(number));
}

static void push(json_t **array, json_t *value)
{
	if (*array == NULL) {
		json_decref(value);
	} else if (value == NULL || json_array_append_new(*array, value) < 0) {
		json_decref(*array);
		*array = NULL;
	}
}

/* Nothing of the kind: no member. */
static void put_list(json_t **object, const char *key, json_t *list)
{
	if (list == NULL || json_array_size(list) > 0)
		put(object, key, list);
	else
		json_decref(list);
}

static json_t *language_json(const char *id, const char *language, const char *name)
{
	char file[NAMES_FILE_LEN];
	json_t *object = json_object();
	put_text(&object, "id", id);
	put_text(&object, "language", language);
	put_text(&object, "name", name);
	names_programme(id, file);
	put_text(&object, "file", file);
	return object;
}

static json_t *languages_json(const struct record *record)
{
	json_t *list = json_array();
	push(&list, language_json(NAMES_FLOOR, "", ""));
	for (size_t i = 0; i < record->n_channels; i++) {
		const struct archive_channel *channel = &record->channels[i];
		push(&list, language_json(channel->id, channel->language, channel->name));
	}
	return list;
}

/* By its place on the agenda, and by its id. */
static void put_item(json_t **object, const struct record *record, const char *id)
{
	const struct record_item *item = record_item(record, id);
	if (item == NULL)
		return;
	put_number(object, "item", item->number);
	put_text(object, "item_id", id);
}

static json_t *items_json(const struct record *record)
{
	json_t *list = json_array();
	for (size_t i = 0; i < record->n_discussions; i++) {
		const struct record_discussion *discussion = &record->discussions[i];
		const struct record_item *item = record_item(record, discussion->item);
		json_t *object = json_object();
		put_item(&object, record, discussion->item);
		put_text(&object, "title", item != NULL ? item->title : "");
		put_number(&object, "from_ms", discussion->from_ms);
		put_number(&object, "to_ms", discussion->to_ms);
		push(&list, object);
	}
	return list;
}

/* Who it is: participant, the delegation and its name, the person. */
static void put_who(json_t **object, const struct record *record, const char *participant)
{
	const struct record_person *person = record_person(record, participant);
	put_text(object, "participant", participant);
	if (person == NULL)
		return;
	const struct record_delegation *delegation = record_delegation(record, person->delegation);
	put_text(object, "name", delegation != NULL ? delegation->name : person->delegation);
	put_text(object, "delegation", person->delegation);
	json_t *who = json_object();
	put_text(&who, "name", person->name);
	put_text(&who, "role", person->role);
	put_text(&who, "rank", person->rank);
	put(object, "person", who);
}

static json_t *parts_json(const struct record_speech *speech)
{
	json_t *list = json_array();
	for (size_t i = 0; i < speech->n_parts && speech->n_parts > 1; i++) {
		json_t *object = json_object();
		put_number(&object, "from_ms", speech->parts[i].from_ms);
		put_number(&object, "to_ms", speech->parts[i].to_ms);
		push(&list, object);
	}
	return list;
}

static json_t *speech_json(const struct record *record, size_t i)
{
	const struct record_speech *speech = &record->speeches[i];
	json_t *object = json_object();
	put_number(&object, "n", (int64_t)i + 1);
	if (speech->entry != 0)
		put_number(&object, "entry", speech->entry);
	put_who(&object, record, speech->participant);
	put_text(&object, "group", speech->group);
	put_text(&object, "as", record_as_name(speech->as));
	put_item(&object, record, speech->item);
	put_text(&object, "language", speech->language);
	put_text(&object, "room", speech->room);
	put_number(&object, "from_ms", record_speech_from(speech));
	put_number(&object, "to_ms", record_speech_to(speech));
	put(&object, "interrupted", json_boolean(speech->interrupted));
	put_list(&object, "parts", parts_json(speech));
	return object;
}

static json_t *decision_json(const struct record *record, const struct record_decision *decision)
{
	json_t *object = json_object();
	put_number(&object, "decision", decision->decision);
	put_text(&object, "title", decision->title);
	put_item(&object, record, decision->item);
	put_text(&object, "kind", decision->kind);
	put_text(&object, "subject", decision->subject);
	put_number(&object, "at_ms", decision->at_ms);
	put_text(&object, "result", decision->result);
	if (decision->opened_ms >= 0) {
		json_t *totals = json_object();
		put_number(&totals, "yes", decision->yes);
		put_number(&totals, "no", decision->no);
		put_number(&totals, "abstain", decision->abstain);
		put(&object, "totals", totals);
	}
	return object;
}

static json_t *decisions_json(const struct record *record)
{
	json_t *list = json_array();
	for (size_t i = 0; i < record->n_decisions; i++)
		push(&list, decision_json(record, &record->decisions[i]));
	return list;
}

static json_t *points_json(const struct record *record)
{
	json_t *list = json_array();
	for (size_t i = 0; i < record->n_points; i++) {
		const struct record_point *point = &record->points[i];
		json_t *object = json_object();
		put_who(&object, record, point->participant);
		put_item(&object, record, point->item);
		put_number(&object, "at_ms",
			point->heard_ms >= 0 ? point->heard_ms : point->raised_ms);
		put_text(&object, "ruling",
			point->settled[0] != '\0' ? point->settled : point->ruling);
		put_text(&object, "appellant", point->appellant);
		push(&list, object);
	}
	return list;
}

static json_t *motions_json(const struct record *record)
{
	json_t *list = json_array();
	for (size_t i = 0; i < record->n_motions; i++) {
		const struct record_motion *motion = &record->motions[i];
		json_t *object = json_object();
		put_who(&object, record, motion->participant);
		put_text(&object, "motion", motion->motion);
		put_item(&object, record, motion->item);
		put_number(&object, "at_ms",
			motion->taken_up_ms >= 0 ? motion->taken_up_ms : motion->raised_ms);
		put_text(&object, "result", motion->outcome);
		push(&list, object);
	}
	return list;
}

static json_t *captions_json(const struct record *record)
{
	json_t *list = json_array();
	const char *language;
	for (size_t i = 0; (language = record_caption_language(record, i)) != NULL; i++) {
		char file[NAMES_FILE_LEN];
		json_t *object = json_object();
		put_text(&object, "language", language);
		names_captions(language, file);
		put_text(&object, "file", file);
		push(&list, object);
	}
	return list;
}

static json_t *gaps_json(const struct record *record)
{
	json_t *list = json_array();
	for (size_t i = 0; i < record->n_gaps; i++) {
		const struct record_gap *gap = &record->gaps[i];
		json_t *object = json_object();
		put_number(&object, "from_ms", gap->from_ms);
		put_number(&object, "to_ms", gap->to_ms);
		put_text(&object, "participant", gap->participant);
		put_text(&object, "what", gap->what);
		push(&list, object);
	}
	return list;
}

static json_t *sounds_json(const struct record_late *late)
{
	json_t *list = json_array();
	for (size_t i = 0; i < late->n_sounds; i++) {
		json_t *object = json_object();
		put_text(&object, "file", late->sounds[i].file);
		put_number(&object, "from_ms", late->sounds[i].from_ms);
		push(&list, object);
	}
	return list;
}

static json_t *delivered_json(const struct record *record)
{
	json_t *list = json_array();
	for (size_t i = 0; i < record->n_lates; i++) {
		const struct record_late *late = &record->lates[i];
		json_t *object = json_object();
		put_number(&object, "from_ms", late->from_ms);
		put_number(&object, "to_ms", late->to_ms);
		put_who(&object, record, late->participant);
		put_list(&object, "sound", sounds_json(late));
		push(&list, object);
	}
	return list;
}

/* The programme in which that is heard. */
static void put_late(json_t **object, const struct record *record)
{
	char file[NAMES_FILE_LEN];
	size_t n = 0;
	for (size_t i = 0; i < record->n_lates; i++)
		n += record->lates[i].n_sounds;
	names_programme_late(file);
	put_text(object, "late", n > 0 ? file : "");
}

static json_t *index_json(const struct record *record)
{
	char started[RS_TIME_TEXT_LEN];
	rs_wall_format(record->started_ms, started);
	json_t *json = json_object();
	put_text(&json, "format", NAMES_INDEX_FORMAT);
	put_text(&json, "session", record->session);
	put_text(&json, "meeting", record->meeting);
	put_text(&json, "title", record->title);
	put_text(&json, "symbol", record->symbol);
	put_text(&json, "class", record->class);
	put_text(&json, "started", started);
	put_number(&json, "started_ms", record->started_ms);
	put_number(&json, "duration_ms", record->duration_ms);
	put(&json, "closed", json_boolean(record->closed));
	put_list(&json, "languages", languages_json(record));
	put_list(&json, "items", items_json(record));
	json_t *speeches = json_array();
	for (size_t i = 0; i < record->n_speeches; i++)
		push(&speeches, speech_json(record, i));
	put_list(&json, "speeches", speeches);
	put_list(&json, "decisions", decisions_json(record));
	put_list(&json, "points", points_json(record));
	put_list(&json, "motions", motions_json(record));
	put_list(&json, "captions", captions_json(record));
	put_list(&json, "gaps", gaps_json(record));
	put_list(&json, "delivered", delivered_json(record));
	put_late(&json, record);
	return json;
}

int record_write_index(const struct record *record, struct rs_buf *out)
{
	json_t *json = index_json(record);
	char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
	json_decref(json);
	if (text == NULL)
		return -ENOMEM;
	int err = rs_buf_append(out, text, strlen(text));
	if (err == 0)
		err = rs_buf_append(out, "\n", 1);
	free(text);
	return err;
}
