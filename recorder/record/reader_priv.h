/* recorder/record/reader_priv.h
 *
 * What the parts of the reader share: the record as it grows, and where the proceedings stand.
 */
#ifndef ROSTRUM_RECORDER_RECORD_READER_PRIV_H
#define ROSTRUM_RECORDER_RECORD_READER_PRIV_H

#include "common/base/map.h"
#include "recorder/record/record.h"

#include <jansson.h>

/* Motions before the meeting at a time, microphones beside the floor. */
#define READER_PENDING_MAX 8
#define READER_MICROPHONES_MAX 16
/* Rooms that deliver at a time. */
#define READER_LATE_MAX 16
/* Session time stays below a year, whatever is claimed. */
#define READER_TIME_MAX ((int64_t)366 * 86400 * 1000)

/* What is known of an entry before it is called. */
struct reader_entry {
	uint32_t entry;
	enum record_as as;
	char group[RS_NAME_MAX + 1];
	char language[RECORD_WORD_MAX + 1];
};

/* From when to when a source was let through; -1 = it still is. */
struct reader_gate {
	char source[RS_NAME_MAX + 1];
	int64_t from_ms;
	int64_t to_ms;
};

/* Places in record.speeches, plus one; 0 = nobody. */
struct reader_pending {
	uint32_t entry; /* of the motion */
	size_t under;   /* whom it interrupted */
};

struct reader_microphone {
	char participant[RS_NAME_MAX + 1];
	size_t speech;
};

struct record_reader {
	struct record *record;
	struct rs_map *people; /* id -> struct record_person */
	int err;               /* -ENOMEM; sticks */
	int64_t now_ms;        /* of the last event or line */
	bool stopped;          /* the last line was recording-stopped */
	bool repaired;       /* closed later: lines say nothing of session time until it goes on */
	int64_t tap_lost_ms; /* -1 = it is there */
	uint32_t captions;   /* that came */
	struct record_late
		late[READER_LATE_MAX]; /* whose edges have not been told (reader_late.c) */
	size_t n_late;
	struct reader_gate *gates; /* by when they opened (reader_rooms.c) */
	size_t n_gates;

	/* who speaks (statements.c) */
	struct reader_entry *entries;
	size_t n_entries;
	char item[RS_NAME_MAX + 1];
	char language[RECORD_WORD_MAX + 1];
	size_t now;
	bool point;         /* one is before the meeting */
	size_t under_point; /* whom it interrupted */
	struct reader_pending pending[READER_PENDING_MAX];
	size_t n_pending;
	struct reader_microphone microphones[READER_MICROPHONES_MAX];
	size_t n_microphones;
	int64_t line_lost_ms; /* of whoever speaks; -1 = it is there */
};

/* One event of the meeting. */
struct reader_event {
	const json_t *data; /* an object, or NULL: all members are then missing */
	int64_t at_ms;
};

typedef void reader_event_fn(struct record_reader *reader, const struct reader_event *event);
struct reader_handler {
	const char *name;
	reader_event_fn *take;
};
/* Ends with a NULL name. */
extern const struct reader_handler reader_statements[];
extern const struct reader_handler reader_questions[];

/* reader_values.c, which calls none of the others. Members of whatever type they turn out to be: "" and 0 where they are not what was asked for. */
const char *reader_text(const json_t *object, const char *key);
uint32_t reader_u32(const json_t *object, const char *key);
/* Copies text, cut at a whole letter; what XML cannot hold becomes U+FFFD. */
void reader_copy(char *out, size_t cap, const char *text);
#define reader_set(array, text) reader_copy((array), sizeof(array), (text))
/* The same of a word of the protocol or an id: "" where it is none (rs_name_valid()). */
void reader_copy_word(char *out, size_t cap, const char *text);
#define reader_set_word(array, text) reader_copy_word((array), sizeof(array), (text))
/* `list` with room for one more than its `n` elements, which the caller then owns instead of it; NULL when there are `max`
 * (counted) or memory is out (noted), and `list` stays. */
void *reader_grow(struct record_reader *reader, void *list, size_t n, size_t max, size_t size);
void reader_add_gap(struct record_reader *reader, int64_t from_ms, int64_t to_ms,
	const char *participant, const char *what);

/* reader_session.c: who and what session.json names. 0, -EBADMSG or -ENOMEM. */
int reader_read_session(struct record_reader *reader, const json_t *json) RS_MUST_USE;
/* What is said of somebody fills in what was not known; NULL: no id, or no room (counted). */
struct record_person *reader_add_person(
	struct record_reader *reader, const char *id, const json_t *said);
/* Somebody, a delegation or an item is named: they are in the record, if by their id alone. Ids are checked. */
void reader_name_person(struct record_reader *reader, const char *id);
void reader_name_delegation(struct record_reader *reader, const char *id);
void reader_name_item(struct record_reader *reader, const char *id);
/* reader_late.c: a segment was begun, and one that was delivered is taken in; all of an outage is in. */
void reader_late_segment(struct record_reader *reader, const json_t *payload);
void reader_late_edges(struct record_reader *reader, const json_t *payload);
/* reader_rooms.c: a source was let through or no longer; in the end, from which room each speech was made. */
void reader_take_gate(struct record_reader *reader, const json_t *payload);
void reader_settle_rooms(struct record_reader *reader);
/* reader_captions.c: a line of captions, and in the end those that were said last, in order. */
void reader_take_caption(struct record_reader *reader, const struct reader_event *event);
void reader_settle_captions(struct record *record);
/* statements.c: everything that runs ends now. */
void reader_end_statements(struct record_reader *reader, int64_t at_ms);

#endif
