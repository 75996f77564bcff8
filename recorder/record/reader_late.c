/* What a meeting room kept while its line was lost and delivered afterwards: segments that say so, then a line with both edges. */
#include "recorder/record/reader_priv.h"

#include "common/evidence/names.h"

#include <string.h>

/* The sources whose delivery has begun and not ended; what more there is begins with the line of its edges. */
static struct record_late *under_way(struct record_reader *reader, const char *source, bool add)
{
	for (size_t i = 0; i < reader->n_late; i++) {
		if (strcmp(reader->late[i].participant, source) == 0)
			return &reader->late[i];
	}
	if (!add || reader->n_late == READER_LATE_MAX)
		return NULL;
	struct record_late *late = &reader->late[reader->n_late++];
	*late = (struct record_late){ .from_ms = 0 };
	reader_set_word(late->participant, source);
	return late;
}

static int64_t session_time(const json_t *payload, const char *key)
{
	const json_int_t ms = json_integer_value(json_object_get(payload, key));
	return ms < 0 ? 0 : ms > READER_TIME_MAX ? READER_TIME_MAX : ms;
}

/* "tracks/room.002.a.webm" of "tracks/room.002.a". False: no file of an archive's is called so. */
static bool name_file(const char *segment, char out[NAMES_FILE_LEN])
{
	const char *folder = names_place(NAMES_TRACKS) + strlen(names_place(NAMES_DATA)) + 1;
	const size_t len = strlen(folder);
	size_t stem;
	return strncmp(segment, folder, len) == 0 && segment[len] == '/' &&
	       rs_format(out, NAMES_FILE_LEN, "%s.webm", segment) == 0 &&
	       names_segment_parse(out + len + 1, &stem);
}

void reader_late_segment(struct record_reader *reader, const json_t *payload)
{
	const char *track = reader_text(payload, "track");
	if (!json_is_true(json_object_get(payload, "delivered")) ||
		!rs_name_valid(track, strlen(track)))
		return;
	struct record_late *late = under_way(reader, track, true);
	if (late == NULL || late->n_sounds == RECORD_LATE_SOUNDS_MAX ||
		strcmp(reader_text(payload, "media"), names_media(ARCHIVE_MICROPHONE)) != 0)
		return;
	struct record_late_sound *sound = &late->sounds[late->n_sounds];
	sound->from_ms = session_time(payload, "t0_ms");
	late->n_sounds += name_file(reader_text(payload, "file"), sound->file);
}

void reader_late_edges(struct record_reader *reader, const json_t *payload)
{
	struct record *record = reader->record;
	struct record_late *late = under_way(reader, reader_text(payload, "source"), false);
	if (late == NULL)
		return; /* nothing was said then that may be in the record */
	struct record_late *list = reader_grow(
		reader, record->lates, record->n_lates, RECORD_HAPPENINGS_MAX, sizeof(*list));
	if (list != NULL) {
		record->lates = list;
		late->from_ms = session_time(payload, "from_ms");
		late->to_ms = session_time(payload, "to_ms");
		if (late->to_ms < late->from_ms)
			late->to_ms = late->from_ms;
		list[record->n_lates++] = *late;
	}
	const size_t i = (size_t)(late - reader->late);
	reader->n_late--;
	memmove(late, late + 1, (reader->n_late - i) * sizeof(*late));
}
