/* signaling/wire/beside/hook.h
 *
 * Webhooks (PROTOCOL.md section 7) as REST sees them, as they are noted in the store, and what they are told. Plain data.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_BESIDE_HOOK_H
#define ROSTRUM_SIGNALING_WIRE_BESIDE_HOOK_H

#include "common/base/buf.h"
#include "common/base/text.h"

#define HOOK_URL_MAX 1024
#define HOOK_SECRET_MIN 16 /* octets; shorter ones can be guessed */
#define HOOK_SECRET_MAX 128
#define HOOK_WHY_LEN 128

/* Classes of events, a set. */
enum hook_class {
	HOOK_FLOOR = 1 << 0,   /* floor, lists, clocks, points of order */
	HOOK_VOTE = 1 << 1,    /* decisions and voting */
	HOOK_MEETING = 1 << 2, /* sittings, agenda, recording */
	HOOK_OTHER =
		1 << 3, /* presence, microphones, interpretation, media; told to nobody but "all" */
};
#define HOOK_ALL (HOOK_FLOOR | HOOK_VOTE | HOOK_MEETING | HOOK_OTHER)

struct hook_spec {
	char url[HOOK_URL_MAX + 1];
	char secret[HOOK_SECRET_MAX + 1];
	unsigned classes;
	bool private_too; /* told what happens while not everyone is admitted as well */
	bool has_after;
	uint64_t after; /* told are events after this number */
};

/* How far it is. */
struct hook_progress {
	uint64_t delivered;          /* the last event that was taken, or was of no class of its */
	bool hidden;                 /* after that one the meeting sat before some alone */
	uint32_t failures;           /* in a row */
	char disabled[HOOK_WHY_LEN]; /* why it is given up; empty = it is not */
	char failure[HOOK_WHY_LEN];  /* the last; empty = none */
};

/* {"url", "secret", "events": [...], "private", "after"}. 0 or -EBADMSG with `error` set. */
#define HOOK_ERROR_LEN 160
int hook_spec_parse(const char *json, size_t len, struct hook_spec *out_spec,
	char error[HOOK_ERROR_LEN]) RS_MUST_USE;
/* Without the secret: {"id", "url", "events", "private", "state", "delivered", "failures", "failure", "reason"}. 0, -E2BIG or -ENOMEM. */
int hook_write(const char *id, const struct hook_spec *spec, const struct hook_progress *progress,
	struct rs_buf *out) RS_MUST_USE;
/* With it, for the store, and back. */
int hook_note_write(const struct hook_spec *spec, const struct hook_progress *progress,
	struct rs_buf *out) RS_MUST_USE;
int hook_note_parse(const char *json, size_t len, struct hook_spec *out_spec,
	struct hook_progress *out_progress, char error[HOOK_ERROR_LEN]) RS_MUST_USE;
/* The class of an event by its name. */
enum hook_class hook_class_of(const char *name);
/* What a hook asks of a stored event before it is told it. */
struct hook_event {
	enum hook_class class;
	bool changes; /* before whom the meeting sits */
	bool hides;   /* of one that changes it: it is not public from here on */
};
struct hook_event hook_event_read(const char *json, size_t len);
/* Whether a hook that is so far is told the event; what happens before some alone is told to those alone who may hear of it (section 7). */
bool hook_is_told(const struct hook_spec *spec, const struct hook_progress *progress,
	const struct hook_event *event);
/* What a hook is told: the stored event with "meeting" and "class" in front. 0, -E2BIG or -ENOMEM. */
int hook_body_write(const char *meeting, enum hook_class class, const char *event, size_t len,
	struct rs_buf *out) RS_MUST_USE;

#endif
