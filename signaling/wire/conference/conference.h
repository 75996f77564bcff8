/* signaling/wire/conference/conference.h
 *
 * Conference files and rules profiles as JSON (conf/examples/README.md, conf/rules/README.md) turned into meetings and rules.
 * All that is wrong with a conference file is told, with line and field; the first fault of a profile is.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_CONFERENCE_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_CONFERENCE_H

#include "signaling/meeting/meeting.h"
#include "signaling/wire/conference/faults.h"
#include "signaling/wire/event/event.h"

#define CONFERENCE_MEETINGS_MAX 64
/* As faults name the file. */
#define CONFERENCE_FILE "conference"
#define CONFERENCE_ROOMS_MAX 32
/* Of one room. */
#define CONFERENCE_SEATS_MAX 2048

struct conference {
	char id[RS_NAME_MAX + 1];
	char of[RS_NAME_MAX +
		1]; /* the conference whose people, links and PINs these are: itself, unless all are rehearsals of another */
	char title[MEETING_TITLE_MAX + 1];
	struct meeting *meetings[CONFERENCE_MEETINGS_MAX]; /* may be taken out; the rest is freed */
	size_t n_meetings;
};

/* Finds a profile by name; NULL when there is none. */
typedef const struct rules *conference_rules_fn(const void *ctx, const char *name);

struct conference_reader {
	conference_rules_fn *rules;
	const void *ctx;
	bool stored; /* was taken by a version before: members that are not known are left aside */
	const char *
		csv; /* a table of delegations and badges to be added (wire/conference/roster.h); NULL = none */
	size_t csv_len;
	struct rs_buf
		*out_whole; /* with a table: gets the conference file with all that is in it */
};

/* 0; -E2BIG (`out_whole` is full); -EBADMSG with every fault added to `faults`; -ENOMEM. */
int conference_parse(const struct conference_reader *reader, const char *json, size_t len,
	struct faults *faults, struct conference **out_conference) RS_MUST_USE;
struct conference *conference_free(struct conference *conference);
void conference_freep(struct conference **conference);

/* All members are required, others are refused. 0; -EBADMSG with `error` set: the first one; -ENOMEM. */
int rules_parse(const char *name, const char *json, size_t len, struct rules *out_rules,
	char error[WIRE_ERROR_LEN]) RS_MUST_USE;

/* The same judgement, and all that is wrong appended to `out`, a line each: "rules.time.gracs_s: no such key, grace_s is one", or
 * the line of the text that is no JSON. 0, -EBADMSG, -E2BIG or -ENOMEM. */
int rules_check(const char *name, const char *json, size_t len, struct rs_buf *out) RS_MUST_USE;
/* JSON Schema of profiles, as the reader asks for them while it reads this one, which is to be right and to have an element in
 * each array. 0, -EBADMSG, -E2BIG or -ENOMEM. */
int rules_schema(const char *json, size_t len, struct rs_buf *out) RS_MUST_USE;

#endif
