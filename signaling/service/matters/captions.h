/* signaling/service/matters/captions.h
 *
 * Captions beside the log: what is being typed, told at most every 400 ms to the pages that show that language; when a line was
 * begun; how fast the speaker is, by the captions of the language spoken. Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_CAPTIONS_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_CAPTIONS_H

#include "signaling/meeting/event.h"
#include "signaling/service/service.h"

struct chamber;
struct command;
struct person;
struct service;
struct session;
struct wire_message;

/* What is being typed in one language; the newest, when several type. */
struct live_caption {
	char text[EVENT_CAPTION_MAX + 1]; /* empty = nothing */
	size_t by;                        /* participant */
	int64_t since_ms;                 /* begun then, wall clock */
	rs_time typed_at;                 /* changed last */
	rs_time told_at;
	bool is_news;
	uint32_t counted; /* last line that was counted for the pace */
};

/* 0 or -ENOMEM. */
int captions_live_new(struct chamber *chamber) RS_MUST_USE;
/* caption-live: it is answered, and not remembered. */
void captions_type(struct service *service, struct session *session,
	const struct wire_message *message, struct moment at);
/* captions: what this page shows. */
void captions_wish(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
/* A new line is about to be judged: when it was begun. */
void captions_prepare(const struct chamber *chamber, struct command *command);
/* An event was applied. */
void captions_follow(struct chamber *chamber, const struct event *event);
void captions_tick(struct service *service, struct chamber *chamber, struct moment at);
/* Words a minute of this person at present; 0 = they do not have the floor, or it is not known. */
uint32_t captions_pace(const struct chamber *chamber, const struct person *person, int64_t wall_ms);

#endif
