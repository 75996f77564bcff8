/* recorder/record/record.h
 *
 * The record of a session: who spoke, when, on what and as what; points of order, motions, decisions with their votes,
 * stops, captions, gaps, and what was delivered late. Read from session.json and events.jsonl of an archive, the truth; whatever is written from it can
 * be made again at any time. What it reads is foreign: it is bounded, and what it does not know it passes over.
 *
 * Times are milliseconds of session time, which is 0 when the recording began and also the time of programme files.
 * Texts are UTF-8 that XML can hold: control characters have become U+FFFD. Not thread safe; allocates.
 */
#ifndef ROSTRUM_RECORDER_RECORD_RECORD_H
#define ROSTRUM_RECORDER_RECORD_RECORD_H

#include "common/base/buf.h"
#include "common/evidence/chain.h"
#include "common/evidence/names.h"
#include "recorder/archive/session/archive.h"

/* Most of each that is kept; what comes after is counted in `left_out`. */
#define RECORD_PEOPLE_MAX 8192
#define RECORD_DELEGATIONS_MAX 1024
#define RECORD_ITEMS_MAX 256
#define RECORD_SPEECHES_MAX 20000
#define RECORD_HAPPENINGS_MAX 20000
#define RECORD_CAPTIONS_MAX 200000
/* In one decision, and in one speech. */
#define RECORD_VOTES_MAX 1024
#define RECORD_PARTS_MAX 64

/* Streams of one outage: a box that is restarted meanwhile begins another. */
#define RECORD_LATE_SOUNDS_MAX 8

#define RECORD_NAME_MAX 128 /* octets of a person's or delegation's name */
#define RECORD_TITLE_MAX 255
#define RECORD_WORD_MAX 35 /* language tags, classes, ranks */
#define RECORD_CAPTION_MAX 1024

struct record_delegation {
	char id[RS_NAME_MAX + 1];
	char name[RECORD_NAME_MAX + 1];
	char category[RECORD_WORD_MAX + 1]; /* "member", "observer", …; "" = not said */
};

struct record_person {
	char id[RS_NAME_MAX + 1]; /* of the badge */
	char name[RECORD_NAME_MAX + 1];
	char role[RECORD_WORD_MAX + 1];   /* "delegate", "chair", … */
	char delegation[RS_NAME_MAX + 1]; /* "" = none */
	char rank[RECORD_WORD_MAX + 1];   /* "head", "alternate", "adviser"; "" = none */
	bool occurs;                      /* spoke, raised or moved something */
};

/* Of the agenda. */
struct record_item {
	uint32_t number; /* its place on the agenda, from 1 */
	char id[RS_NAME_MAX + 1];
	char title[RECORD_TITLE_MAX + 1];
};

/* An item under discussion; it may be taken up more than once. */
struct record_discussion {
	char item[RS_NAME_MAX + 1];
	int64_t from_ms;
	int64_t to_ms;
};

enum record_as {
	RECORD_MAIN,
	RECORD_REPLY,       /* right of reply */
	RECORD_EXPLANATION, /* of vote */
	RECORD_MOTION,      /* moves it, or speaks on it */
	RECORD_POINT,       /* of order */
	RECORD_PRESIDING,   /* by a microphone beside the floor */
	RECORD_AS_COUNT,
};

struct record_part {
	int64_t from_ms;
	int64_t to_ms;
};

/* One giving of the floor, or of a presiding officer's microphone. */
struct record_speech {
	uint32_t entry; /* of the list; 0 = without it */
	char participant[RS_NAME_MAX + 1];
	char group[RS_NAME_MAX + 1];        /* delegation it is on behalf of; "" = their own */
	char item[RS_NAME_MAX + 1];         /* "" = none was taken up */
	char language[RECORD_WORD_MAX + 1]; /* spoken; "" = not known */
	char room[RS_NAME_MAX +
		  1]; /* by whose microphones, of somebody who sits in one; "" = their own */
	enum record_as as;
	bool interrupted; /* by a point of order, a motion or a suspension */
	/* When they had the floor, without what interrupted them. Never empty; the last one ends where the speech ends. */
	struct record_part parts[RECORD_PARTS_MAX];
	size_t n_parts;
};

struct record_point {
	uint32_t entry;
	char participant[RS_NAME_MAX + 1];
	char item[RS_NAME_MAX + 1];
	char appellant[RS_NAME_MAX + 1];   /* "" = nobody appealed */
	char ruling[RECORD_WORD_MAX + 1];  /* the presiding officer's; "" = none */
	char settled[RECORD_WORD_MAX + 1]; /* the final one; "" = not settled */
	int64_t raised_ms;
	int64_t heard_ms; /* -1 = never */
	int64_t ruled_ms; /* -1 = never */
};

struct record_motion {
	uint32_t entry;
	char participant[RS_NAME_MAX + 1];
	char item[RS_NAME_MAX + 1];
	char motion[RS_NAME_MAX + 1];      /* its kind: "adjourn-debate" */
	char outcome[RECORD_WORD_MAX + 1]; /* "adopted", "rejected", "withdrawn"; "" = open */
	int64_t raised_ms;
	int64_t taken_up_ms; /* -1 = never */
};

struct record_vote {
	char delegation[RS_NAME_MAX + 1];
	char vote[RECORD_WORD_MAX + 1];   /* "yes", "no", "abstain", "absent" */
	char was[RECORD_WORD_MAX + 1];    /* before it was corrected; "" = it was not */
	char intent[RECORD_WORD_MAX + 1]; /* stated afterwards; changes nothing */
};

struct record_decision {
	uint32_t decision;
	uint32_t entry; /* of the motion or point it is about; 0 = a proposal */
	char title[RECORD_TITLE_MAX + 1];
	char item[RS_NAME_MAX + 1];
	char kind[RECORD_WORD_MAX +
		  1]; /* "consensus", "show-of-hands", "recorded", "roll-call", "secret" */
	char subject[RECORD_WORD_MAX + 1]; /* "proposal", "motion", "appeal" */
	char majority[RS_NAME_MAX + 1];    /* "" = none: by consensus */
	char result[RECORD_WORD_MAX +
		    1]; /* "adopted", "rejected", "second-vote", "withdrawn"; "" = open */
	int64_t proposed_ms;
	int64_t opened_ms; /* voting; -1 = there was none */
	int64_t at_ms;     /* of the result; proposed_ms while there is none */
	uint32_t yes, no, abstain;
	uint32_t entitled; /* to vote; 0 = there was no voting */
	uint32_t required; /* votes that carry it; 0 = consensus */
	/* How delegations voted where that is public: in a recorded vote and a roll call. */
	struct record_vote *votes;
	size_t n_votes;
};

enum record_stage {
	RECORD_OPENED,
	RECORD_SUSPENDED,
	RECORD_RESUMED,
	RECORD_ADJOURNED,
	RECORD_CLOSED,
	RECORD_STAGE_COUNT,
};

/* A turn of the meeting itself. */
struct record_turn {
	enum record_stage stage;
	int64_t at_ms;
	uint32_t present; /* delegations, where a quorum was asked for; quorum 0 = none was */
	uint32_t quorum;
};

struct record_caption {
	char language[RECORD_WORD_MAX + 1];
	uint32_t line;
	uint32_t order; /* of its coming */
	int64_t from_ms;
	int64_t to_ms;
	char *text;
};

/* Something is missing, or may be. */
struct record_gap {
	int64_t from_ms;
	int64_t to_ms;
	char participant[RS_NAME_MAX + 1]; /* whose line it was; "" = everybody's */
	const char *what;                  /* a constant sentence */
};

/* A file of what a room kept, and the session time of its beginning. */
struct record_late_sound {
	char file[NAMES_FILE_LEN]; /* below data/, "tracks/room.002.a.webm" */
	int64_t from_ms;
};

/* A room's line was lost, and what was said there meanwhile was delivered afterwards. */
struct record_late {
	char participant[RS_NAME_MAX + 1];
	int64_t from_ms; /* both edges, as the room's box noticed them */
	int64_t to_ms;
	struct record_late_sound sounds[RECORD_LATE_SOUNDS_MAX];
	size_t n_sounds;
};

struct record {
	char session[NAMES_SESSION_MAX + 1];
	char meeting[RS_NAME_MAX + 1];
	char title[RECORD_TITLE_MAX + 1];
	char symbol[RECORD_NAME_MAX + 1]; /* "" = none */
	char class[RECORD_WORD_MAX + 1];  /* "public", "private", "closed-members" */
	char software[RECORD_NAME_MAX + 1];
	int64_t started_ms; /* wall clock of session time 0 */
	int64_t duration_ms;
	bool closed; /* the recording was stopped; else it is running or was cut off */
	struct archive_channel channels[ARCHIVE_CHANNELS_MAX];
	size_t n_channels;
	struct record_delegation *delegations;
	size_t n_delegations;
	struct record_person *people; /* by id */
	size_t n_people;
	struct record_item *items;
	size_t n_items;
	struct record_discussion *discussions;
	size_t n_discussions;
	struct record_speech *speeches; /* in the order they began */
	size_t n_speeches;
	struct record_point *points;
	size_t n_points;
	struct record_motion *motions;
	size_t n_motions;
	struct record_decision *decisions;
	size_t n_decisions;
	struct record_turn *turns;
	size_t n_turns;
	struct record_caption *captions; /* the last text of each line; by language, then time */
	size_t n_captions;
	struct record_gap *gaps;
	size_t n_gaps;
	struct record_late *lates;
	size_t n_lates;
	uint64_t events;    /* of the meeting, read */
	uint64_t bad_lines; /* could not be read, and were passed over */
	uint64_t left_out;  /* over a limit */
};

/* --- reading --- */

/* The record of the archive in this directory. 0; -ENOENT (no archive there); -EBADMSG (session.json is none);
 * -ENOMEM, or an error of the file system. Blocking. */
int record_load(const char *directory, struct record **out_record) RS_MUST_USE;

struct record_reader;
/* The same line by line; `session` is the text of session.json. 0, -EBADMSG or -ENOMEM. */
int record_reader_new(
	const char *session, size_t len, struct record_reader **out_reader) RS_MUST_USE;
struct record_reader *record_reader_free(struct record_reader *reader);
/* The next line of events.jsonl, and when it was written. 0 or -ENOMEM; what cannot be understood is counted. */
int record_reader_take(
	struct record_reader *reader, const struct chain_line *line, int64_t wall_ms) RS_MUST_USE;
/* Nothing follows. The record is the caller's, the reader is gone. 0 or -ENOMEM. */
int record_reader_finish(struct record_reader *reader, struct record **out_record) RS_MUST_USE;

/* NULL is fine. Returns NULL. */
struct record *record_free(struct record *record);
void record_freep(struct record **record);

/* NULL when there is none. */
const struct record_person *record_person(const struct record *record, const char *id);
const struct record_delegation *record_delegation(const struct record *record, const char *id);
const struct record_item *record_item(const struct record *record, const char *id);
/* The place in `captions` of the first one in that language that begins at `from_ms` or later; behind the last where there is none. */
size_t record_caption_after(const struct record *record, const char *language, int64_t from_ms);
/* "main", "reply", …; never NULL. */
const char *record_as_name(enum record_as as);
int64_t record_speech_from(const struct record_speech *speech);
int64_t record_speech_to(const struct record_speech *speech);
/* Without what interrupted it. */
int64_t record_speech_spoken(const struct record_speech *speech);

/* --- what is written from it; all append: 0, -E2BIG or -ENOMEM --- */

/* record/index.json, see README.md. */
int record_write_index(const struct record *record, struct rs_buf *out) RS_MUST_USE;
/* record/debate.xml: Akoma Ntoso 3.0, a `debate`. */
int record_write_debate(const struct record *record, struct rs_buf *out) RS_MUST_USE;
/* text/speeches.vtt (cues are JSON), text/chapters.vtt, text/captions.XX.vtt. */
int record_write_speeches(const struct record *record, struct rs_buf *out) RS_MUST_USE;
int record_write_chapters(const struct record *record, struct rs_buf *out) RS_MUST_USE;
int record_write_captions(
	const struct record *record, const char *language, struct rs_buf *out) RS_MUST_USE;
/* The i-th language there are captions in; NULL behind the last. */
const char *record_caption_language(const struct record *record, size_t i);

struct record_making {
	/* Another directory, made if need be and laid out as an archive is; NULL = the archive itself. */
	const char *out;
	/* What is in the archive stays: nothing is written there, and -EEXIST says that it would be otherwise. */
	bool sealed;
	/* Around the giving of final names: 0 and release() is owed, or an error, and the record stays as it was. NULL = not asked. */
	int (*hold)(void *ctx);
	void (*release)(void *ctx);
	void *ctx;
};

/* Reads the archive in `directory` and writes all of the above to their places (names.h), all of them or none; the same archive
 * gives the same octets. `how` NULL = as all its members 0. As record_load(), what hold() gave, or an error of the file system.
 * Blocking. */
int record_make(const char *directory, const struct record_making *how) RS_MUST_USE;

#endif
