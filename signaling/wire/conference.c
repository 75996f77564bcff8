#include "signaling/wire/conference.h"

#include "signaling/wire/conference_priv.h"
#include "signaling/wire/doc.h"

#include <errno.h>

/* More voices at a time nobody follows. */
#define LOUDEST_MAX 16

void conference_copy_text(
	const struct object *object, const char *key, const char *text, char *out, size_t cap)
{
	if (text[0] == '\0')
		object_fail(object, key, "text is expected");
	if (!rs_copy_text(out, cap, text, strlen(text)))
		object_fail(object, key, "the text is too long");
}

static void read_channels(const struct source *source, struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_channels; i++) {
		const struct object language = object_at(source->root, "languages", i);
		(void)rs_set_text(meeting->channels[i].id, object_name(&language, "id"));
		READ_TEXT(&language, "name", meeting->channels[i].name);
	}
}

static void read_items(const struct object *object, struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_items; i++) {
		const struct object item = object_at(object, "items", i);
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
	meeting->rehearsal = object_bool_or(object, "rehearsal", false);
	meeting->record = object_bool_or(object, "record", false);
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
	read_mode(object, meeting);
	read_channels(source, meeting);
	read_items(object, meeting);
	conference_read_room(source, object, meeting);
	conference_read_badges(source, object, meeting);
	if (!object->error->failed && meeting_ready(meeting) < 0)
		object_fail(object, "id", "two items, languages or badges share an id");
	*out_meeting = rs_steal(&meeting);
	return 0;
}

static void check_ids(const struct object *root, const struct conference *conference)
{
	for (size_t i = 0; i < conference->n_meetings; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(conference->meetings[i]->id, conference->meetings[j]->id) == 0)
				object_fail(root, "meetings", "two meetings share an id");
		}
	}
}

static int read_meetings(const struct source *source, struct conference *conference)
{
	const size_t n = object_array(source->root, "meetings", CONFERENCE_MEETINGS_MAX);
	if (n == 0)
		object_fail(source->root, "meetings", "a conference has one meeting at least");
	for (size_t i = 0; i < n && !source->root->error->failed; i++) {
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

static int read_conference(const struct object *root, conference_rules_fn *rules, const void *ctx,
	struct conference *conference)
{
	(void)rs_set_text(conference->id, object_name(root, "id"));
	READ_TEXT(root, "title", conference->title);
	struct source source = {
		.root = root,
		.rules = rules(ctx, object_name(root, "rules")),
	};
	if (source.rules == NULL) {
		object_fail(root, "rules", "there is no profile of this name");
		return 0; /* the error says it */
	}
	int err = source_read(&source);
	if (err == 0 && !root->error->failed)
		err = read_meetings(&source, conference);
	source_done(&source);
	return err;
}

int conference_parse(const char *json, size_t len, conference_rules_fn *rules, const void *ctx,
	struct conference **out_conference, char error[WIRE_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *json_root = doc_read(json, len);
	struct object_error failure;
	const struct object root = object_root(json_root, "conference", &failure);
	RS_CLEANUP(conference_freep) struct conference *conference = rs_zalloc(sizeof(*conference));
	if (conference == NULL)
		return -ENOMEM;
	const int err = read_conference(&root, rules, ctx, conference);
	if (err < 0)
		return err;
	if (failure.failed) {
		(void)rs_copy_text(error, WIRE_ERROR_LEN, failure.text, strlen(failure.text));
		return -EBADMSG;
	}
	*out_conference = rs_steal(&conference);
	return 0;
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
