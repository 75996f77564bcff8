/* From which room a speech was made: whoever sits in one speaks by its microphones, which are the room's source and not their own. The
 * recorder's lines about gates tell whose was open. */
#include "recorder/record/reader_priv.h"

#include <string.h>

/* A gate closes some moments after the floor went to somebody else. */
#define OPEN_LEAST_MS 200

static struct reader_gate *last_gate(const struct record_reader *reader, const char *source)
{
	for (size_t i = reader->n_gates; i > 0; i--)
		if (strcmp(reader->gates[i - 1].source, source) == 0)
			return &reader->gates[i - 1];
	return NULL;
}

void reader_take_gate(struct record_reader *reader, const json_t *payload)
{
	const char *source = reader_text(payload, "source");
	const bool open = json_is_true(json_object_get(payload, "open"));
	json_int_t t_ms = json_integer_value(json_object_get(payload, "t_ms"));
	if (!rs_name_valid(source, strlen(source)))
		return;
	t_ms = t_ms < 0 ? 0 : t_ms > READER_TIME_MAX ? READER_TIME_MAX : t_ms;
	struct reader_gate *last = last_gate(reader, source);
	const bool was_open = last != NULL && last->to_ms < 0;
	if (was_open && !open)
		last->to_ms = t_ms > last->from_ms ? t_ms : last->from_ms;
	if (was_open == open || !open)
		return;
	struct reader_gate *list = reader_grow(
		reader, reader->gates, reader->n_gates, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	reader->gates = list;
	struct reader_gate *gate = &list[reader->n_gates++];
	*gate = (struct reader_gate){ .from_ms = t_ms, .to_ms = -1 };
	reader_set_word(gate->source, source);
}

static int64_t overlap(const struct record_reader *reader, const struct reader_gate *gate,
	const struct record_part *part)
{
	const int64_t end_ms = gate->to_ms >= 0 ? gate->to_ms : reader->now_ms;
	const int64_t from_ms = gate->from_ms > part->from_ms ? gate->from_ms : part->from_ms;
	const int64_t to_ms = end_ms < part->to_ms ? end_ms : part->to_ms;
	return to_ms > from_ms ? to_ms - from_ms : 0;
}

static bool is_room(const struct record_reader *reader, const char *source)
{
	const struct record_person *person = rs_map_find(reader->people, source, strlen(source));
	return person != NULL && strcmp(person->role, "room") == 0;
}

/* How long the gate of it was open while the speech was made. */
static int64_t heard_ms(const struct record_reader *reader, const struct reader_gate *gate,
	const struct record_speech *speech)
{
	int64_t sum_ms = 0;
	for (size_t i = 0; i < speech->n_parts; i++)
		sum_ms += overlap(reader, gate, &speech->parts[i]);
	return sum_ms;
}

static void settle(struct record_reader *reader, struct record_speech *speech)
{
	int64_t most_ms = OPEN_LEAST_MS;
	for (size_t i = 0; i < reader->n_gates; i++) {
		const struct reader_gate *gate = &reader->gates[i];
		const bool own = strcmp(gate->source, speech->participant) == 0;
		if (!own && !is_room(reader, gate->source))
			continue;
		const int64_t ms = heard_ms(reader, gate, speech);
		if (ms < most_ms)
			continue;
		most_ms = ms;
		reader_set_word(speech->room, own ? "" : gate->source);
	}
}

void reader_settle_rooms(struct record_reader *reader)
{
	for (size_t i = 0; i < reader->record->n_speeches; i++)
		settle(reader, &reader->record->speeches[i]);
}
