/* signaling/wire/message/message.h
 *
 * What a page may say (PROTOCOL.md sections 1 and 2). Parsing judges form only; who may do what is
 * decided later.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_MESSAGE_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_MESSAGE_H

#include "common/base/buf.h"
#include "common/base/text.h"
#include "signaling/auth/claims.h"
#include "signaling/proceedings/plan.h"
#include "signaling/proceedings/proceedings.h"
#include "signaling/technician/box.h"
#include "signaling/technician/errands.h"
#include "signaling/technician/station.h"
#include "signaling/wire/beside/chat.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/node/peer.h"

/* Octets of one message: an offer, and any other. */
#define WIRE_OFFER_MAX ((size_t)96 * 1024)
#define WIRE_MESSAGE_MAX ((size_t)4 * 1024)

/* How a page looks at one of its video slots; what is not said stays as it is. */
struct wire_look {
	char mid[PEER_MID_MAX + 1];
	bool has_height;
	uint32_t height; /* pixels of the screen; 0 = any */
	bool has_priority;
	uint32_t priority; /* 0 to 255 */
	bool has_paused;
	bool paused;
	bool has_feed;
	char feed[PEER_FEED_MAX + 1]; /* empty = nothing */
};
#define WIRE_LOOKS_MAX 16
#define WIRE_DELAY_MAX_MS 60000
#define WIRE_HEIGHT_MAX 8640

enum wire_message_kind {
	WIRE_HELLO,
	WIRE_COMMAND,
	WIRE_SYNC,
};

/* One message of a page. Texts point into it; free it by wire_message_done(). */
/* Languages one may say one understands. */
#define WIRE_LANGUAGES_MAX 8
/* People whose history is asked for at a time. */
#define WIRE_HISTORIES_MAX 16

struct wire_message {
	enum wire_message_kind kind;
	/* HELLO */
	const char *token;
	bool companion; /* of somebody in the meeting room: sends no media */
	bool changes;   /* patches say what is not as it was, lists by entry */
	bool resumes;
	const char *epoch; /* of the resume */
	uint64_t event;
	int64_t place; /* of the resume; 0 = not said */
	/* COMMAND; `by` and `role` of `command` are not set */
	char id[RS_NAME_MAX + 1];
	struct command command;
	const char *text; /* say; else NULL */
	bool has_at;      /* ask-for-floor, SYNC */
	int64_t at_ms;    /* the press or the answer, on the page's clock */
	uint32_t nonce; /* SYNC: of the question that is answered; 0 = the page wants to be asked */
	bool original;  /* listen: it is wanted underneath */
	/* listen: languages in which the floor itself is wanted */
	char understands[WIRE_LANGUAGES_MAX][EVENT_LANGUAGE_MAX + 1];
	size_t n_understands;
	const char *blinded;  /* ask-for-ballot, collect-ballot: hexadecimal; else NULL */
	const char *sdp;      /* offer, restart-ice; else NULL */
	const char *instance; /* offer; else NULL */
	struct wire_look looks[WIRE_LOOKS_MAX]; /* watch */
	size_t n_looks;
	char participants[WIRE_HISTORIES_MAX][RS_NAME_MAX + 1]; /* history */
	size_t n_participants;
	int delay_ms;                 /* hears */
	char seat[SEAT_MAX + 1];      /* tell-seat, answer-technician; empty = not said */
	enum test_signal signal;      /* test-signal */
	uint32_t number;              /* answer-technician */
	struct station_page page;     /* tell-line */
	bool done;                    /* answer-technician; else it could not be: */
	char why[ERRAND_WHY_MAX + 1]; /* a word for the reason; empty = not said */
	struct box_figures box;       /* tell-box: what is weighed */
	struct plan_question plan;    /* plan */
	void *report; /* tell-box: all of it, as box.h hands it on; NULL = without memory */
	void *json;   /* what the texts belong to */
};

enum wire_result {
	WIRE_OK,
	WIRE_BAD_MESSAGE, /* malformed or unknown: the connection ends */
	WIRE_BAD_COMMAND, /* a known command with an id, but members missing or wrong: refused as malformed */
};

/* `error` is for people, set unless WIRE_OK. On WIRE_BAD_COMMAND `id` and the command's kind are set. To be done with in every case. */
enum wire_result wire_message_parse(
	const char *text, size_t len, struct wire_message *out_message, char error[WIRE_ERROR_LEN]);
/* A command without a WebSocket: its members alone, as an object or no text at all; `id` is empty when there is none. To be
 * done with in every case. */
enum wire_result wire_order_parse(enum command_kind kind, const char *json, size_t len,
	struct wire_message *out_message, char error[WIRE_ERROR_LEN]);
void wire_message_done(struct wire_message *message);

/* "open-meeting" ... */
const char *wire_command_name(enum command_kind kind);
/* 0 or -ENOENT. */
int wire_command_parse_name(const char *name, enum command_kind *out_kind) RS_MUST_USE;

#endif
