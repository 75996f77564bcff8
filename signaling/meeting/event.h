/* signaling/meeting/event.h
 *
 * What happened in a meeting: the only truth there is. Machines decide events and apply them; the store keeps
 * them, pages hear them. Names and members are those of signaling/wire/PROTOCOL.md section 3. Plain data.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_EVENT_H
#define ROSTRUM_SIGNALING_MEETING_EVENT_H

#include "common/base/text.h"
#include "signaling/rules/role.h"

enum event_kind {
	EVENT_MEETING_OPENED,
	EVENT_MEETING_CLOSED,
	EVENT_MEETING_SUSPENDED,
	EVENT_MEETING_RESUMED,
	EVENT_ITEM_TAKEN_UP,
	EVENT_PARTICIPANT_JOINED,
	EVENT_PARTICIPANT_LEFT,
	EVENT_LINE_CHANGED,
	EVENT_ENTRY_ADDED,
	EVENT_ENTRY_WITHDRAWN,
	EVENT_ENTRY_MOVED,
	EVENT_FLOOR_GIVEN,
	EVENT_FLOOR_TAKEN,
	EVENT_CLOCK_STOPPED,
	EVENT_CLOCK_STARTED,
	EVENT_TIME_EXTENDED,
	EVENT_LIMIT_SET,
	EVENT_LIST_CLOSED,
	EVENT_LIST_OPENED,
	EVENT_POINT_RAISED,
	EVENT_POINT_WITHDRAWN,
	EVENT_POINT_HEARD,
	EVENT_POINT_RULED,
	EVENT_RULING_APPEALED,
	EVENT_POINT_SETTLED,
	EVENT_MICROPHONE_OPENED,
	EVENT_MICROPHONE_CLOSED,
	EVENT_DESK_LIVE,
	EVENT_DESK_IDLE,
	EVENT_RECORDING_STARTED,
	EVENT_RECORDING_STOPPED,
	EVENT_RECORDING_FAILED,
	EVENT_MEDIA_SERVER,
	EVENT_COUNT,
};

enum event_cause {
	CAUSE_NONE,
	CAUSE_JOINED,
	CAUSE_LEFT,
	CAUSE_LOST_LINE,
	CAUSE_ELSEWHERE,
	CAUSE_LIST,
	CAUSE_DIRECT,
	CAUSE_CHAIR,
	CAUSE_YIELDED,
	CAUSE_CLOSED,
	CAUSE_SELF,
	CAUSE_PARTNER,
	CAUSE_TIME,
	CAUSE_SUBSTITUTE,
	CAUSE_COUNT,
};

/* How a participant is reached. */
enum line {
	LINE_AWAY,
	LINE_JOINED,    /* page only */
	LINE_CONNECTED, /* media flows */
	LINE_COUNT,
};

/* The lists of one agenda item. */
enum list_kind {
	LIST_SPEAKERS,
	LIST_REPLIES,
	LIST_COUNT,
};

/* On a point of order. */
enum ruling {
	RULING_UPHELD,
	RULING_REJECTED,
	RULING_COUNT,
};

/* Members an event carries in its data, as a set. */
enum event_member {
	MEMBER_SITTING = 1 << 0,
	MEMBER_ITEM = 1 << 1,
	MEMBER_PARTICIPANT = 1 << 2,
	MEMBER_PERSON = 1 << 3, /* name, role, delegation */
	MEMBER_CAUSE = 1 << 4,
	MEMBER_LINE = 1 << 5,
	MEMBER_ENTRY = 1 << 6, /* 0 = null: the floor was given without the list */
	MEMBER_POSITION = 1 << 7,
	MEMBER_DELEGATION = 1 << 8, /* empty = null */
	MEMBER_CHANNEL = 1 << 9,
	MEMBER_SESSION = 1 << 10,
	MEMBER_REASON = 1 << 11,   /* empty = null */
	MEMBER_INSTANCE = 1 << 12, /* empty = null */
	MEMBER_ALLOTTED = 1 << 13, /* 0 = null: without limit */
	MEMBER_RULING = 1 << 14,
	MEMBER_LIST = 1 << 15,
};

#define EVENT_NAME_MAX 128   /* octets of a person's name */
#define EVENT_SESSION_MAX 96 /* octets of a recording session's name */
#define EVENT_REASON_MAX 128

struct event {
	uint64_t number; /* from 1, without gaps, in each meeting */
	int64_t wall_ms;
	enum event_kind kind;
	char by[RS_NAME_MAX + 1]; /* badge, or empty: the server itself */
	uint32_t sitting;
	char item[RS_NAME_MAX + 1];
	char participant[RS_NAME_MAX + 1];
	char name[EVENT_NAME_MAX + 1];
	enum role role;
	char delegation[RS_NAME_MAX + 1];
	enum event_cause cause;
	enum line line;
	uint32_t entry;
	uint32_t position;    /* 1 = first */
	uint32_t allotted_ms; /* speaking time */
	enum ruling ruling;
	enum list_kind list;
	char channel[RS_NAME_MAX + 1];
	char session[EVENT_SESSION_MAX + 1];
	char reason[EVENT_REASON_MAX + 1];
	char instance[RS_NAME_MAX + 1];
};

/* Most events one command may cause. */
#define EVENTS_MAX 16

/* Events being decided; the machines append to it. */
struct events {
	struct event list[EVENTS_MAX];
	size_t n;
};

/* One more event of this kind by `by`; asserts that there is room. */
struct event *events_add(struct events *events, enum event_kind kind, const char *by);

/* Names on the wire; the parse functions give -ENOENT for an unknown one. */
const char *event_name(enum event_kind kind);
int event_parse_name(const char *name, enum event_kind *out_kind) RS_MUST_USE;
unsigned event_members(enum event_kind kind);
const char *cause_name(enum event_cause cause);
int cause_parse(const char *name, enum event_cause *out_cause) RS_MUST_USE;
const char *list_name(enum list_kind list);
int list_parse(const char *name, enum list_kind *out_list) RS_MUST_USE;
const char *ruling_name(enum ruling ruling);
int ruling_parse(const char *name, enum ruling *out_ruling) RS_MUST_USE;
const char *line_name(enum line line);
int line_parse(const char *name, enum line *out_line) RS_MUST_USE;

#endif
