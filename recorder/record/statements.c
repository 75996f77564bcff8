/* Who speaks: the floor as signaling's floor machine has it, seen from its events. */
#include "recorder/record/reader_priv.h"

#include "common/base/text.h"

#include <string.h>

#define NOBODY 0

static struct record_speech *speech_at(const struct record_reader *reader, size_t place)
{
	return place != NOBODY ? &reader->record->speeches[place - 1] : NULL;
}

/* ---- one speech ---- */

/* It runs from here. What has too many parts runs on through what interrupted it. */
static void run(struct record_reader *reader, size_t place, int64_t at_ms)
{
	struct record_speech *speech = speech_at(reader, place);
	if (speech == NULL || (speech->n_parts > 0 && speech->parts[speech->n_parts - 1].to_ms < 0))
		return;
	if (speech->n_parts == RECORD_PARTS_MAX) {
		reader->record->left_out++;
		speech->parts[speech->n_parts - 1].to_ms = -1;
		return;
	}
	speech->parts[speech->n_parts++] = (struct record_part){ .from_ms = at_ms, .to_ms = -1 };
}

/* It runs no more, for now or for good. */
static void stand(struct record_reader *reader, size_t place, int64_t at_ms)
{
	struct record_speech *speech = speech_at(reader, place);
	if (speech != NULL && speech->parts[speech->n_parts - 1].to_ms < 0)
		speech->parts[speech->n_parts - 1].to_ms = at_ms;
}

static void interrupt(struct record_reader *reader, size_t place, int64_t at_ms)
{
	stand(reader, place, at_ms);
	if (place != NOBODY)
		speech_at(reader, place)->interrupted = true;
}

static size_t begin(struct record_reader *reader, const char *participant, uint32_t entry,
	enum record_as as, int64_t at_ms)
{
	struct record *record = reader->record;
	if (!rs_name_valid(participant, strlen(participant)))
		return NOBODY;
	struct record_speech *list = reader_grow(
		reader, record->speeches, record->n_speeches, RECORD_SPEECHES_MAX, sizeof(*list));
	if (list == NULL)
		return NOBODY;
	record->speeches = list;
	struct record_speech *speech = &list[record->n_speeches++];
	*speech = (struct record_speech){ .entry = entry, .as = as };
	reader_set(speech->participant, participant);
	reader_name_person(reader, participant);
	reader_set(speech->item, reader->item);
	if (as != RECORD_PRESIDING)
		reader_set(speech->language, reader->language);
	run(reader, record->n_speeches, at_ms);
	return record->n_speeches;
}

/* ---- entries ---- */

static void keep_entry(struct record_reader *reader, const json_t *data, enum record_as as)
{
	struct reader_entry *list = reader_grow(
		reader, reader->entries, reader->n_entries, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	reader->entries = list;
	struct reader_entry *entry = &list[reader->n_entries++];
	*entry = (struct reader_entry){ .entry = reader_u32(data, "entry"), .as = as };
	reader_set_word(entry->group, reader_text(data, "group"));
	reader_set_word(entry->language, reader_text(data, "language"));
}

static const struct reader_entry *find_entry(const struct record_reader *reader, uint32_t entry)
{
	for (size_t i = reader->n_entries; entry != 0 && i > 0; i--)
		if (reader->entries[i - 1].entry == entry)
			return &reader->entries[i - 1];
	return NULL;
}

static void entry_added(struct record_reader *reader, const struct reader_event *event)
{
	const char *list = reader_text(event->data, "list");
	enum record_as as = RECORD_MAIN;
	if (strcmp(list, "replies") == 0)
		as = RECORD_REPLY;
	else if (strncmp(list, "explanations-", 13) == 0)
		as = RECORD_EXPLANATION;
	keep_entry(reader, event->data, as);
}

static void motion_speaker_added(struct record_reader *reader, const struct reader_event *event)
{
	keep_entry(reader, event->data, RECORD_MOTION);
}

/* ---- the floor ---- */

static void line_back(struct record_reader *reader, int64_t at_ms)
{
	const struct record_speech *speech = speech_at(reader, reader->now);
	if (reader->line_lost_ms >= 0)
		reader_add_gap(reader, reader->line_lost_ms, at_ms,
			speech != NULL ? speech->participant : "", "the speaker's line was lost");
	reader->line_lost_ms = -1;
}

static void end_now(struct record_reader *reader, int64_t at_ms)
{
	line_back(reader, at_ms);
	stand(reader, reader->now, at_ms);
	reader->now = NOBODY;
}

/* Without the list: whoever presides speaks from the chair. */
static enum record_as as_of_person(const struct record_reader *reader, const char *participant)
{
	const struct record_person *person =
		rs_map_find(reader->people, participant, strlen(participant));
	return person != NULL && (strcmp(person->role, "chair") == 0 ||
					 strcmp(person->role, "secretariat") == 0)
		       ? RECORD_PRESIDING
		       : RECORD_MAIN;
}

static void floor_given(struct record_reader *reader, const struct reader_event *event)
{
	const char *participant = reader_text(event->data, "participant");
	const uint32_t number = reader_u32(event->data, "entry");
	const struct reader_entry *entry = find_entry(reader, number);
	const struct record_speech *before = speech_at(reader, reader->now);
	const bool substitute = strcmp(reader_text(event->data, "cause"), "substitute") == 0;
	enum record_as as = entry != NULL ? entry->as : as_of_person(reader, participant);
	/* Another badge of the delegation goes on with the same statement. */
	if (substitute && before != NULL)
		as = before->as;
	end_now(reader, event->at_ms);
	reader->now = begin(reader, participant, number, as, event->at_ms);
	struct record_speech *speech = speech_at(reader, reader->now);
	if (speech == NULL || entry == NULL)
		return;
	reader_set(speech->group, entry->group);
	reader_name_delegation(reader, entry->group);
	if (entry->language[0] != '\0')
		reader_set(speech->language, entry->language);
}

/* Who was interrupted may go meanwhile. */
static void forget(struct record_reader *reader, const char *participant)
{
	const struct record_speech *speech = speech_at(reader, reader->under_point);
	if (speech != NULL && strcmp(speech->participant, participant) == 0)
		reader->under_point = NOBODY;
	for (size_t i = 0; i < reader->n_pending; i++) {
		speech = speech_at(reader, reader->pending[i].under);
		if (speech != NULL && strcmp(speech->participant, participant) == 0)
			reader->pending[i].under = NOBODY;
	}
}

static void floor_taken(struct record_reader *reader, const struct reader_event *event)
{
	const char *participant = reader_text(event->data, "participant");
	const struct record_speech *speech = speech_at(reader, reader->now);
	const bool held = speech != NULL && strcmp(speech->participant, participant) == 0;
	if (held)
		end_now(reader, event->at_ms);
	if (!held || strcmp(reader_text(event->data, "cause"), "left") == 0)
		forget(reader, participant);
}

static void clock_stopped(struct record_reader *reader, const struct reader_event *event)
{
	if (reader->now != NOBODY && reader->line_lost_ms < 0 &&
		strcmp(reader_text(event->data, "cause"), "lost-line") == 0)
		reader->line_lost_ms = event->at_ms;
}

static void clock_started(struct record_reader *reader, const struct reader_event *event)
{
	line_back(reader, event->at_ms);
}

static void language_set(struct record_reader *reader, const struct reader_event *event)
{
	struct record_speech *speech = speech_at(reader, reader->now);
	reader_set_word(reader->language, reader_text(event->data, "language"));
	if (speech != NULL)
		reader_set(speech->language, reader->language);
}

/* ---- points of order and motions take the floor and give it back ---- */

static void point_heard(struct record_reader *reader, const struct reader_event *event)
{
	line_back(reader, event->at_ms);
	interrupt(reader, reader->now, event->at_ms);
	reader->under_point = reader->now;
	reader->point = true;
	reader->now = begin(reader, reader_text(event->data, "participant"),
		reader_u32(event->data, "entry"), RECORD_POINT, event->at_ms);
}

static void point_ruled(struct record_reader *reader, const struct reader_event *event)
{
	end_now(reader, event->at_ms);
}

static void point_settled(struct record_reader *reader, const struct reader_event *event)
{
	end_now(reader, event->at_ms);
	reader->now = reader->under_point;
	reader->under_point = NOBODY;
	reader->point = false;
	run(reader, reader->now, event->at_ms);
}

static void motion_taken_up(struct record_reader *reader, const struct reader_event *event)
{
	if (reader->n_pending == READER_PENDING_MAX) {
		reader->record->left_out++;
		return;
	}
	line_back(reader, event->at_ms);
	interrupt(reader, reader->now, event->at_ms);
	reader->pending[reader->n_pending++] =
		(struct reader_pending){ .entry = reader_u32(event->data, "entry"),
			.under = reader->now };
	reader->now = begin(reader, reader_text(event->data, "participant"),
		reader_u32(event->data, "entry"), RECORD_MOTION, event->at_ms);
}

/* Withdrawn or settled: whom it interrupted takes the place of whoever spoke on it. */
static void motion_over(struct record_reader *reader, const struct reader_event *event)
{
	const uint32_t entry = reader_u32(event->data, "entry");
	size_t i = 0;
	while (i < reader->n_pending && reader->pending[i].entry != entry)
		i++;
	if (i == reader->n_pending)
		return;
	const size_t under = reader->pending[i].under;
	if (i + 1 < reader->n_pending) {
		reader->pending[i + 1].under = under;
	} else if (reader->point) {
		reader->under_point = under;
	} else {
		end_now(reader, event->at_ms);
		reader->now = under;
		run(reader, under, event->at_ms);
	}
	reader->n_pending--;
	memmove(&reader->pending[i], &reader->pending[i + 1],
		(reader->n_pending - i) * sizeof(reader->pending[0]));
}

/* ---- microphones beside the floor ---- */

static void open_microphone(struct record_reader *reader, const char *participant, int64_t at_ms)
{
	for (size_t i = 0; i < reader->n_microphones; i++)
		if (strcmp(reader->microphones[i].participant, participant) == 0)
			return;
	if (reader->n_microphones == READER_MICROPHONES_MAX) {
		reader->record->left_out++;
		return;
	}
	const size_t speech = begin(reader, participant, 0, RECORD_PRESIDING, at_ms);
	if (speech == NOBODY)
		return;
	struct reader_microphone *microphone = &reader->microphones[reader->n_microphones++];
	reader_set(microphone->participant, participant);
	microphone->speech = speech;
}

static void microphone_opened(struct record_reader *reader, const struct reader_event *event)
{
	open_microphone(reader, reader_text(event->data, "participant"), event->at_ms);
}

static void microphone_closed(struct record_reader *reader, const struct reader_event *event)
{
	const char *participant = reader_text(event->data, "participant");
	size_t i = 0;
	while (i < reader->n_microphones &&
		strcmp(reader->microphones[i].participant, participant) != 0)
		i++;
	if (i == reader->n_microphones)
		return;
	stand(reader, reader->microphones[i].speech, event->at_ms);
	reader->microphones[i] = reader->microphones[--reader->n_microphones];
}

/* ---- the meeting ---- */

static void end_discussion(struct record_reader *reader, int64_t at_ms)
{
	struct record *record = reader->record;
	if (record->n_discussions > 0 && record->discussions[record->n_discussions - 1].to_ms < 0)
		record->discussions[record->n_discussions - 1].to_ms = at_ms;
}

static void begin_discussion(struct record_reader *reader, int64_t at_ms)
{
	struct record *record = reader->record;
	end_discussion(reader, at_ms);
	if (reader->item[0] == '\0')
		return;
	struct record_discussion *list = reader_grow(reader, record->discussions,
		record->n_discussions, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	record->discussions = list;
	struct record_discussion *discussion = &list[record->n_discussions++];
	*discussion = (struct record_discussion){ .from_ms = at_ms, .to_ms = -1 };
	reader_set(discussion->item, reader->item);
}

static void item_taken_up(struct record_reader *reader, const struct reader_event *event)
{
	const char *item = reader_text(event->data, "item");
	reader_set(reader->item, rs_name_valid(item, strlen(item)) ? item : "");
	reader_name_item(reader, reader->item);
	begin_discussion(reader, event->at_ms);
}

static void turn(
	struct record_reader *reader, const struct reader_event *event, enum record_stage stage)
{
	struct record *record = reader->record;
	struct record_turn *list = reader_grow(
		reader, record->turns, record->n_turns, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	record->turns = list;
	list[record->n_turns++] = (struct record_turn){ .stage = stage,
		.at_ms = event->at_ms,
		.present = reader_u32(event->data, "present"),
		.quorum = reader_u32(event->data, "quorum") };
}

void reader_end_statements(struct record_reader *reader, int64_t at_ms)
{
	end_now(reader, at_ms);
	for (size_t i = 0; i < reader->n_microphones; i++)
		stand(reader, reader->microphones[i].speech, at_ms);
	reader->n_microphones = 0;
	reader->under_point = NOBODY;
	reader->point = false;
	reader->n_pending = 0;
	end_discussion(reader, at_ms);
}

static void meeting_opened(struct record_reader *reader, const struct reader_event *event)
{
	turn(reader, event, RECORD_OPENED);
	begin_discussion(reader, event->at_ms); /* the item of the sitting before */
}

static void meeting_suspended(struct record_reader *reader, const struct reader_event *event)
{
	turn(reader, event, RECORD_SUSPENDED);
	line_back(reader, event->at_ms);
	interrupt(reader, reader->now, event->at_ms);
	for (size_t i = 0; i < reader->n_microphones; i++)
		interrupt(reader, reader->microphones[i].speech, event->at_ms);
}

static void meeting_resumed(struct record_reader *reader, const struct reader_event *event)
{
	turn(reader, event, RECORD_RESUMED);
	run(reader, reader->now, event->at_ms);
	for (size_t i = 0; i < reader->n_microphones; i++)
		run(reader, reader->microphones[i].speech, event->at_ms);
}

static void meeting_adjourned(struct record_reader *reader, const struct reader_event *event)
{
	turn(reader, event, RECORD_ADJOURNED);
	reader_end_statements(reader, event->at_ms);
}

static void meeting_closed(struct record_reader *reader, const struct reader_event *event)
{
	turn(reader, event, RECORD_CLOSED);
	reader_end_statements(reader, event->at_ms);
}

/* Where the proceedings stood before: what is under way goes on from here. Said again when a recorder comes back: nothing new. */
static void recording_started(struct record_reader *reader, const struct reader_event *event)
{
	static const struct {
		const char *name;
		enum record_as as;
	} ways[] = { { "replies", RECORD_REPLY }, { "explanations-before", RECORD_EXPLANATION },
		{ "explanations-after", RECORD_EXPLANATION }, { "motion", RECORD_MOTION },
		{ "point-of-order", RECORD_POINT } };
	const json_t *floor = json_object_get(event->data, "floor");
	const char *participant = reader_text(floor, "participant");
	enum record_as as = as_of_person(reader, participant);
	if (reader->item[0] == '\0' && reader_text(event->data, "item")[0] != '\0')
		item_taken_up(reader, event);
	for (size_t i = 0; i < RS_ARRAY_LEN(ways); i++)
		if (strcmp(reader_text(floor, "as"), ways[i].name) == 0)
			as = ways[i].as;
	if (floor != NULL && reader->now == NOBODY) {
		reader_set_word(reader->language, reader_text(floor, "language"));
		reader->now =
			begin(reader, participant, reader_u32(floor, "entry"), as, event->at_ms);
		reader->point = as == RECORD_POINT;
	}
	struct record_speech *speech = speech_at(reader, reader->now);
	if (speech != NULL && floor != NULL)
		reader_set_word(speech->group, reader_text(floor, "group"));
	size_t i;
	const json_t *open;
	json_array_foreach(json_object_get(event->data, "open"), i, open)
	{
		if (json_is_string(open))
			open_microphone(reader, json_string_value(open), event->at_ms);
	}
}

const struct reader_handler reader_statements[] = {
	{ "recording-started", recording_started },
	{ "meeting-opened", meeting_opened },
	{ "meeting-suspended", meeting_suspended },
	{ "meeting-resumed", meeting_resumed },
	{ "meeting-adjourned", meeting_adjourned },
	{ "meeting-closed", meeting_closed },
	{ "item-taken-up", item_taken_up },
	{ "entry-added", entry_added },
	{ "motion-speaker-added", motion_speaker_added },
	{ "floor-given", floor_given },
	{ "floor-taken", floor_taken },
	{ "clock-stopped", clock_stopped },
	{ "clock-started", clock_started },
	{ "floor-language-set", language_set },
	{ "point-heard", point_heard },
	{ "point-ruled", point_ruled },
	{ "point-settled", point_settled },
	{ "motion-taken-up", motion_taken_up },
	{ "motion-withdrawn", motion_over },
	{ "motion-settled", motion_over },
	{ "microphone-opened", microphone_opened },
	{ "microphone-closed", microphone_closed },
	{ NULL, NULL },
};
