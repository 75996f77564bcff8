#include "signaling/wire/conference/conference.h"

#include "common/base/time.h"

#include "signaling/wire/conference/conference_priv.h"
#include "signaling/wire/conference/roster.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

/* More voices at a time nobody follows. */
#define LOUDEST_MAX 16

void conference_copy_text(
	const struct object *object, const char *key, const char *text, char *out, size_t cap)
{
	if (text[0] == '\0')
		object_fail(object, key, "text is expected");
	else if (!rs_copy_text(out, cap, text, strlen(text)))
		object_fail(object, key, "the text is too long");
}

static void read_channels(const struct source *source, struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_channels; i++) {
		const struct object language = object_at(source->root, "languages", i);
		(void)rs_set_text(meeting->channels[i].id, object_name(&language, "id"));
		if (strcmp(meeting->channels[i].id, "floor") == 0)
			object_fail(&language, "id", "is what the floor itself is called");
		READ_TEXT(&language, "name", meeting->channels[i].name);
		ONLY(source, &language, "id", "name");
	}
}

static void read_items(
	const struct source *source, const struct object *object, struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_items; i++) {
		const struct object item = object_at(object, "items", i);
		ONLY(source, &item, "id", "title");
		(void)rs_set_text(meeting->items[i].id, object_name(&item, "id"));
		READ_TEXT(&item, "title", meeting->items[i].title);
	}
}

static void read_mode(const struct object *object, struct meeting *meeting)
{
	const char *mode = object_text_or(object, "mode", "floor");
	if (strcmp(mode, "direct") == 0) {
		meeting->mode = MEETING_DIRECT;
	} else if (strcmp(mode, "floor") != 0) {
		object_fail(object, "mode", "floor or direct is expected");
	}
	meeting->loudest = (uint32_t)object_int_or(object, "loudest", 0, LOUDEST_MAX, 0);
	if (meeting->loudest > 0 && meeting->mode != MEETING_DIRECT)
		object_fail(object, "loudest", "only in mode direct do microphones compete");
	if (visibility_parse(object_text_or(object, "visibility", "public"), &meeting->visibility) <
		0)
		object_fail(object, "visibility", "public, private or closed-members is expected");
	meeting->webcast = object_bool_or(object, "webcast", false);
	if (meeting->webcast && meeting->visibility != VISIBILITY_PUBLIC)
		object_fail(object, "webcast", "only what sits in public is webcast");
	if (rules_body_parse(object_text_or(object, "body", "informal"), &meeting->body) < 0)
		object_fail(object, "body", "informal, committee or plenary is expected");
	meeting->rehearsal = object_bool_or(object, "rehearsal", false);
	meeting->record = object_bool_or(object, "record", false);
}

static void read_interpretation_end(const struct object *object, struct meeting *meeting)
{
	if (!object_has(object, "interpretation_end"))
		return;
	const char *text = object_text(object, "interpretation_end");
	if (rs_wall_parse(text, strlen(text), &meeting->interpretation_planned_ms) < 0)
		object_fail(object, "interpretation_end",
			"a time like 2026-11-22T18:00:00Z or 2026-11-22T18:00+01:00 is expected");
}

static void fail_double(const struct object *object, const char *list, size_t i)
{
	const struct object element = object_at(object, list, i);
	object_fail(&element, "id", "another has this id");
}

/* Of badges those that meeting_ready() put beside one another; ids that are none were told before. */
static void fail_doubles(
	const struct source *source, const struct object *object, const struct meeting *meeting)
{
	for (size_t i = 1; i < meeting->n_participants; i++) {
		const size_t first = meeting->by_id[i - 1];
		const size_t second = meeting->by_id[i];
		const char *id = meeting->participants[second].id;
		if (id[0] != '\0' && strcmp(meeting->participants[first].id, id) == 0)
			fail_double(object, "badges", first > second ? first : second);
	}
	for (size_t i = 0; i < meeting->n_items; i++) {
		for (size_t j = 0; j < i && meeting->items[i].id[0] != '\0'; j++) {
			if (strcmp(meeting->items[i].id, meeting->items[j].id) == 0)
				fail_double(object, "items", i);
		}
	}
	for (size_t i = 0; i < meeting->n_channels; i++) {
		for (size_t j = 0; j < i && meeting->channels[i].id[0] != '\0'; j++) {
			if (strcmp(meeting->channels[i].id, meeting->channels[j].id) == 0)
				fail_double(source->root, "languages", i);
		}
	}
}

static int read_meeting(
	const struct source *source, const struct object *object, struct meeting **out_meeting)
{
	RS_CLEANUP(meeting_freep) struct meeting *meeting = NULL;
	int err = meeting_new(object_array(object, "items", MEETING_ITEMS_MAX),
		object_array(source->root, "languages", MEETING_CHANNELS_MAX),
		object_array(object, "badges", MEETING_PARTICIPANTS_MAX), &meeting);
	if (err == 0)
		err = meeting_set_delegations(meeting, source->delegations, source->n_delegations);
	if (err == 0)
		err = meeting_set_booths(meeting, source->booths, source->n_booths);
	if (err < 0)
		return err;
	meeting->rules = *source->rules;
	(void)rs_set_text(meeting->id, object_name(object, "id"));
	READ_TEXT(object, "title", meeting->title);
	ONLY(source, object, "id", "title", "mode", "loudest", "rehearsal", "record", "room",
		"body", "visibility", "webcast", "interpretation_end", "items", "badges");
	read_mode(object, meeting);
	read_interpretation_end(object, meeting);
	read_channels(source, meeting);
	read_items(source, object, meeting);
	conference_read_room(source, object, meeting);
	conference_read_badges(source, object, meeting);
	if (meeting_ready(meeting) < 0)
		fail_doubles(source, object, meeting);
	*out_meeting = rs_steal(&meeting);
	return 0;
}

static void check_ids(const struct object *root, const struct conference *conference)
{
	for (size_t i = 0; i < conference->n_meetings; i++) {
		const char *id = conference->meetings[i]->id;
		for (size_t j = 0; j < i && id[0] != '\0'; j++) {
			if (strcmp(id, conference->meetings[j]->id) == 0)
				fail_double(root, "meetings", i);
		}
	}
}

static int read_meetings(const struct source *source, struct conference *conference)
{
	const size_t n = object_array(source->root, "meetings", CONFERENCE_MEETINGS_MAX);
	if (n == 0)
		object_fail(source->root, "meetings", "a conference has one meeting at least");
	for (size_t i = 0; i < n; i++) {
		const struct object object = object_at(source->root, "meetings", i);
		const int err = read_meeting(
			source, &object, &conference->meetings[conference->n_meetings]);
		if (err < 0)
			return err;
		conference->n_meetings++;
	}
	check_ids(source->root, conference);
	return 0;
}

static void read_of(const struct object *root, struct conference *conference)
{
	(void)rs_set_text(conference->of, conference->id);
	if (!object_has(root, "rehearsal_of"))
		return;
	(void)rs_set_text(conference->of, object_name(root, "rehearsal_of"));
	for (size_t i = 0; i < conference->n_meetings; i++) {
		if (!conference->meetings[i]->rehearsal)
			object_fail(
				root, "rehearsal_of", "all meetings of such a file are rehearsals");
	}
}

static int read_conference(const struct conference_reader *reader, const struct object *root,
	struct conference *conference)
{
	/* Of a file that names no profile the rest is judged all the same. */
	static const struct rules none = { .name = "" };
	const char *profile = object_name(root, "rules");
	const struct rules *rules = reader->rules(reader->ctx, profile);
	if (rules == NULL)
		object_fail(root, "rules", "there is no profile of this name");
	struct source source = {
		.root = root, .stored = reader->stored, .rules = rules != NULL ? rules : &none
	};
	(void)rs_set_text(conference->id, object_name(root, "id"));
	READ_TEXT(root, "title", conference->title);
	ONLY(&source, root, "$schema", "id", "rehearsal_of", "title", "rules", "languages",
		"delegations", "rooms", "booths", "meetings");
	int err = source_read(&source);
	if (err == 0)
		err = read_meetings(&source, conference);
	source_done(&source);
	if (err == 0)
		read_of(root, conference);
	return err;
}

/* What a file is made of while it is judged. */
struct judging {
	struct faults *faults;
	struct roster *roster; /* NULL = there is no table */
};

/* Paths begin at the file's own members; what came from the table is told by its row. */
static void take_fault(void *ctx, const char *where, const char *why)
{
	const struct judging *judging = ctx;
	const size_t root = strlen(CONFERENCE_FILE ".");
	const char *path = strlen(where) > root ? where + root : "";
	const char *field;
	const uint32_t line =
		judging->roster != NULL ? roster_line(judging->roster, path, &field) : 0;
	if (line > 0)
		faults_add(judging->faults, ROSTER_FILE, field, why, line, 0);
	else
		faults_add(judging->faults, CONFERENCE_FILE, path, why, 0, 0);
}

static json_t *load(const char *json, size_t len, struct faults *faults)
{
	json_error_t error;
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		faults_add(faults, CONFERENCE_FILE, "", error.text,
			error.line > 0 ? (uint32_t)error.line : 0,
			error.column > 0 ? (uint32_t)error.column : 0);
	}
	return root;
}

/* 0 and what is right so far, or -ENOMEM. */
static int judge(const struct conference_reader *reader, json_t *json, struct judging *judging,
	struct conference *conference)
{
	struct object_error error;
	int err = 0;
	if (reader->csv != NULL && json_is_object(json))
		err = roster_add(
			json, reader->csv, reader->csv_len, judging->faults, &judging->roster);
	const struct object root =
		object_root_each(json, CONFERENCE_FILE, take_fault, judging, &error);
	if (err == 0 && !error.failed)
		err = read_conference(reader, &root, conference);
	return err;
}

int conference_parse(const struct conference_reader *reader, const char *json, size_t len,
	struct faults *faults, struct conference **out_conference)
{
	RS_CLEANUP(doc_freep) json_t *root = load(json, len, faults);
	if (root == NULL)
		return -EBADMSG;
	RS_CLEANUP(conference_freep) struct conference *conference = rs_zalloc(sizeof(*conference));
	if (conference == NULL)
		return -ENOMEM;
	struct judging judging = { .faults = faults };
	int err = judge(reader, root, &judging, conference);
	roster_free(judging.roster);
	if (err < 0)
		return err;
	if (faults->n > 0) {
		faults_place(faults, CONFERENCE_FILE, json, len);
		return -EBADMSG;
	}
	if (reader->csv != NULL)
		err = doc_append(rs_steal(&root), reader->out_whole);
	if (err == 0)
		*out_conference = rs_steal(&conference);
	return err;
}

struct conference *conference_free(struct conference *conference)
{
	if (conference == NULL)
		return NULL;
	for (size_t i = 0; i < CONFERENCE_MEETINGS_MAX; i++)
		meeting_free(conference->meetings[i]);
	return rs_release(conference);
}

void conference_freep(struct conference **conference)
{
	*conference = conference_free(*conference);
}
