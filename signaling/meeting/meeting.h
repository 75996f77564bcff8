/* signaling/meeting/meeting.h
 *
 * One meeting: what the conference file says of it (agenda, languages, badges), and its state: sittings, the current item,
 * who is present, the recording, the media server. A machine of decide and apply: decide changes nothing and gives a
 * verdict and events; apply cannot fail. One thread; allocates only while it is built.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_MEETING_H
#define ROSTRUM_SIGNALING_MEETING_MEETING_H

#include "signaling/meeting/delegation.h"
#include "signaling/rules/rules.h"
#include "signaling/rules/verdict.h"

#define MEETING_PARTICIPANTS_MAX 4096
#define MEETING_ITEMS_MAX 128
#define MEETING_CHANNELS_MAX 32
#define MEETING_LANGUAGES_MAX 8 /* of one participant */
/* A badge is shorter than other names, so that a peer's id can carry it. */
#define MEETING_BADGE_MAX 48
#define MEETING_TITLE_MAX 255
/* CSRC of the first participant; the others count on in the order of the file. */
#define MEETING_CSRC_FIRST 1001

enum meeting_mode {
	MEETING_FLOOR,  /* only who has the floor or presides is heard */
	MEETING_DIRECT, /* everyone is heard */
};

enum meeting_phase {
	MEETING_SCHEDULED,
	MEETING_TEST, /* doors are open, sound is checked; nothing of it is proceedings */
	MEETING_IN_SESSION,
	MEETING_SUSPENDED, /* for a while: the sitting, the lists and the record go on afterwards */
	MEETING_ADJOURNED, /* until the next sitting: lists and proposals stay */
	MEETING_CLOSED,
};

enum meeting_recording {
	MEETING_RECORDING_OFF,
	MEETING_RECORDING_WAITING, /* no recorder connected */
	MEETING_RECORDING_ON,
	MEETING_RECORDING_FAILED,
};

/* `reason` of recording-failed that means waiting, not failure. */
#define MEETING_NO_RECORDER "no-recorder"

struct meeting_item {
	char id[RS_NAME_MAX + 1];
	char title[MEETING_TITLE_MAX + 1];
};

struct meeting_channel {
	char id[RS_NAME_MAX + 1]; /* also the language tag */
	char name[RS_NAME_MAX + 1];
};

struct participant {
	char id[MEETING_BADGE_MAX + 1];
	char name[EVENT_NAME_MAX + 1];
	enum role role;
	char delegation[RS_NAME_MAX + 1]; /* empty = none */
	char country[EVENT_NAME_MAX + 1]; /* empty = none */
	enum category category;           /* of the delegation */
	enum rank rank;                   /* RANK_NONE: no delegate */
	char level[RS_NAME_MAX + 1]; /* diplomatic, by a name of the profile; empty = not said */
	char seat[SEAT_MAX + 1];     /* in the room; empty = none */
	char booth[RS_NAME_MAX + 1]; /* of an interpreter: its language; empty = not said */
	char languages[MEETING_LANGUAGES_MAX][RS_NAME_MAX + 1];
	size_t n_languages;
	uint32_t csrc;
	size_t first; /* index of the first delegate of the delegation; itself where there is none before */
	/* state */
	bool present;
	enum line line;
	enum place place; /* while present */
	bool seated; /* pressed the key of their seat since, and sits there as far as is known */
};

/* A place in a meeting's history; 0 = none. */
struct meeting_mark {
	uint64_t event;
	int64_t wall_ms;
};

struct meeting {
	/* from the conference file */
	char id[RS_NAME_MAX + 1];
	char title[MEETING_TITLE_MAX + 1];
	enum meeting_mode mode;
	uint32_t loudest; /* in a direct meeting: most microphones heard at a time; 0 = all */
	bool rehearsal;
	bool record;                       /* start recording as the meeting opens */
	int64_t interpretation_planned_ms; /* the interpreters leave then, wall clock; 0 = not said */
	struct rules rules;
	enum rules_body body; /* what kind of body meets: its quorum */
	struct room room;
	struct delegation *delegations; /* of the whole conference, in protocol order */
	size_t n_delegations;
	struct booth *booths;
	size_t n_booths;
	struct meeting_item *items;
	size_t n_items;
	struct meeting_channel *channels;
	size_t n_channels;
	struct participant *participants;
	size_t n_participants;
	size_t *by_id; /* indices of participants, sorted by id */
	/* state */
	uint64_t event; /* number of the last event applied */
	enum meeting_phase phase;
	enum visibility visibility;
	bool webcast; /* switched on: to be seen by everybody. From the conference file at first; never while it does not sit in public */
	struct meeting_mark hidden[VISIBILITY_COUNT]; /* last event that happened while it sat so */
	enum meeting_phase before_test;               /* where closing the doors leads back to */
	char checking[RS_NAME_MAX + 1]; /* whose microphone is tried; empty = nobody's */
	int64_t until_ms;               /* adjourned until then, wall clock; 0 = not said */
	uint32_t sitting;
	int64_t opened_ms;
	uint64_t opened_event;
	size_t item; /* index, or n_items: none taken up yet */
	enum meeting_recording recording;
	char session[EVENT_SESSION_MAX + 1]; /* empty = nothing is to be recorded */
	char reason[EVENT_REASON_MAX + 1];
	enum visibility class;  /* of that session: what may be shown of it later */
	uint64_t session_event; /* the archive begins with this event */
	char stopped_session[EVENT_SESSION_MAX +
			     1]; /* the last one that ended, and the event that did it */
	enum visibility stopped_class;
	uint64_t stopped_event;
	bool chat_closed;
	bool recorded; /* a recording was started in this sitting already */
	char instance[RS_NAME_MAX + 1];
	int64_t interpretation_ends_ms; /* wall clock, as said in this sitting; 0 = as planned */
};

enum meeting_command_kind {
	MEETING_OPEN_DOORS,
	MEETING_CLOSE_DOORS,
	MEETING_BEGIN_SOUND_CHECK,
	MEETING_END_SOUND_CHECK,
	MEETING_OPEN,
	MEETING_ADJOURN,
	MEETING_SET_VISIBILITY,
	MEETING_CLOSE,
	MEETING_SUSPEND,
	MEETING_RESUME,
	MEETING_SET_INTERPRETATION_END,
	MEETING_TAKE_UP_ITEM,
	MEETING_WEBCAST,
	MEETING_RECORD,
	MEETING_STOP_RECORDING,
	MEETING_CLOSE_CHAT,
	MEETING_OPEN_CHAT,
	MEETING_REMOVE_MESSAGE,
};

struct meeting_command {
	enum meeting_command_kind kind;
	const char *by;
	const char *item;
	bool again;                 /* debate on the item is adjourned: it may be taken up again */
	const char *session;        /* a fresh name, for commands that may start a recording */
	const char *participant;    /* BEGIN_SOUND_CHECK */
	enum visibility visibility; /* SET_VISIBILITY */
	bool on;                    /* WEBCAST */
	bool overrides;             /* OPEN: without a quorum too */
	int64_t until_ms; /* ADJOURN: wall clock of the next sitting; SET_INTERPRETATION_END; 0 = not said */
	uint64_t message; /* of the chat; that there is one is known to who keeps it */
};

/* Room for that many of each; ids, titles and the rest are filled by the caller, then meeting_ready(). 0, -E2BIG or -ENOMEM. */
int meeting_new(size_t items, size_t channels, size_t participants,
	struct meeting **out_meeting) RS_MUST_USE;
struct meeting *meeting_free(struct meeting *meeting);
void meeting_freep(struct meeting **meeting);
/* Copies the delegations of the conference and puts them into protocol order. Once, before meeting_ready(). 0, -E2BIG or -ENOMEM. */
int meeting_set_delegations(
	struct meeting *meeting, const struct delegation *delegations, size_t n) RS_MUST_USE;
/* Copies the booths of the conference. Once. 0, -E2BIG (more than MEETING_CHANNELS_MAX) or -ENOMEM. */
int meeting_set_booths(struct meeting *meeting, const struct booth *booths, size_t n) RS_MUST_USE;
/* Numbers the sources, makes ids findable, and gives delegates without one a rank: the first of a delegation that names no
 * head is its head, the others are alternates. 0, or -EEXIST when two participants, items or channels share an id. */
int meeting_ready(struct meeting *meeting) RS_MUST_USE;

enum verdict meeting_decide(const struct meeting *meeting, const struct meeting_command *command,
	struct events *out_events);
/* What the outside world means for one participant. */
struct presence {
	bool present;
	enum line line;
	enum place place;       /* of who is present */
	enum event_cause cause; /* why so */
	bool by_seat;           /* they are there by the key of their seat, without a page */
};
/* Adds nothing when it is so already. `i` below n_participants. */
void meeting_decide_presence(const struct meeting *meeting, size_t i,
	const struct presence *presence, struct events *out_events);
/* Who leaves is not tried any more; added after participant-left. `i` below n_participants. */
void meeting_decide_unchecked(const struct meeting *meeting, size_t i, struct events *out_events);
/* The recorder reported: recording (reason NULL) or failed with a reason. Adds nothing when known or when nothing is to be recorded. */
void meeting_decide_recorder(
	const struct meeting *meeting, const char *reason, struct events *out_events);
/* The media server is `instance` now (empty = none). Adds nothing when known. */
void meeting_decide_media(
	const struct meeting *meeting, const char *instance, struct events *out_events);
/* Events of other machines only advance the number. */
void meeting_apply(struct meeting *meeting, const struct event *event);

/* Called to order and not ended: in session, or suspended for a while. */
bool meeting_is_sitting(const struct meeting *meeting);
/* It sits, or its doors are open. */
bool meeting_is_under_way(const struct meeting *meeting);
/* NULL when there is none. */
struct participant *meeting_find(const struct meeting *meeting, const char *id);
/* Whoever sits there; NULL when nobody does, or it is no seat. */
const struct participant *meeting_find_seat(const struct meeting *meeting, const char *seat);
const struct meeting_channel *meeting_find_channel(const struct meeting *meeting, const char *id);
/* NULL when there is none. */
const struct delegation *meeting_find_delegation(const struct meeting *meeting, const char *id);
/* When the interpreters leave, wall clock; 0 = that is not known. */
int64_t meeting_interpretation_ends(const struct meeting *meeting);
/* The presiding officer, or NULL. */
const struct participant *meeting_chair(const struct meeting *meeting);
/* Whose media carries what this participant says and shows: their own, or that of the meeting room for who is in it.
 * NULL when they are in a room that sends nothing. */
const struct participant *meeting_voice(
	const struct meeting *meeting, const struct participant *participant);
/* True when the languages of an interpreter name this channel. */
bool participant_has_language(const struct participant *participant, const char *language);

const char *meeting_phase_name(enum meeting_phase phase);
const char *meeting_recording_name(enum meeting_recording recording);

#endif
