/* signaling/service/echo.h
 *
 * Tests of lines, and what they found. Whoever tests has a meeting of their own at the media server for some seconds, of which one
 * peer is all there is: it is sent its own picture back, twice, and nobody else can hear or see it. So few test at a time that the
 * site's lines do not notice; the others are told when to come back. What was found is noted in the store, the newest of each badge.
 * Part of the service; the same thread and rules.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ECHO_H
#define ROSTRUM_SIGNALING_SERVICE_ECHO_H

#include "signaling/service/chamber.h"

struct node;
struct peer_plan;

/* Tests at a time, whatever the configuration says. */
#define ECHO_MAX 64
/* How long one has, every way to the media server counted. */
#define ECHO_TIME RS_SEC(45)

/* Results on their way to the store. */
#define PRECALL_PENDING_MAX 16

struct precall_pending {
	uint64_t ticket; /* 0 = free */
	uint64_t request;
	char conference[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	struct precall precall;
};

/* Somebody tests: a badge of a meeting. */
struct echo_grant {
	char meeting[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	rs_time until;
};

/* echo.c */
/* May this badge test now? It has its time from the first yes on. */
bool echo_admit(struct service *service, const struct chamber *chamber, const char *badge,
	struct moment at);
/* What a test sends and gets back. */
void echo_plan(const char *badge, uint32_t csrc, struct peer_plan *plan);
/* The peer was made and is not told yet: its meeting is, and what the badge had before is gone. */
void echo_begin(struct service *service, struct peer *peer, struct moment at);
/* The peer goes. `node` is its media server; nothing is done for peers of another kind. */
void echo_gone(struct service *service, struct node *node, const struct peer *peer);

/* The test is over: others may have its place. */
void echo_end(struct service *service, const struct chamber *chamber, const char *badge,
	struct moment at);

/* precall.c */
/* As noted before a restart. 0; -EBADMSG with `why`; -ENOMEM. Notes of others are passed over. */
int precall_load(struct service *service, const struct store_note *note,
	char why[HOOK_ERROR_LEN]) RS_MUST_USE;
/* A note was written: was it one of these? */
bool precall_note_done(struct service *service, const struct store_done *done);
/* ,"tests":{"KEN":{...}} of those that are news, or of all; nothing if there are none. 0, -E2BIG or -ENOMEM. */
int precall_write_news(const struct chamber *chamber, bool whole, struct rs_buf *out) RS_MUST_USE;
/* They were told. */
void precall_told(struct chamber *chamber);

#endif
