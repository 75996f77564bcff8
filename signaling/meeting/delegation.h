/* signaling/meeting/delegation.h
 *
 * Who takes part in a conference, as its file says: delegations with their category and place in protocol order, the ranks of
 * their badges, booths and rooms. Plain data that does not change while a meeting runs.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_DELEGATION_H
#define ROSTRUM_SIGNALING_MEETING_DELEGATION_H

#include "signaling/meeting/event.h"

/* Of a conference. */
#define DELEGATIONS_MAX 512
/* Places of delegations in protocol order. */
#define DELEGATION_ORDER_MAX 65535
#define BOOTH_INTO_MAX 8
#define BOOTH_DESKS_MAX 8
#define BOOTH_DESKS_DEFAULT 2

/* In what quality a delegation participates. */
enum category {
	CATEGORY_MEMBER, /* what a conference file says nothing of */
	CATEGORY_OBSERVER,
	CATEGORY_IGO,
	CATEGORY_NGO,
	CATEGORY_GROUP, /* speaks for several delegations */
	CATEGORY_COUNT,
};

/* Of a delegate in the delegation. */
enum rank {
	RANK_NONE, /* no delegate; or, before meeting_ready(): not said */
	RANK_HEAD,
	RANK_ALTERNATE,
	RANK_ADVISER,
	RANK_COUNT,
};

struct delegation {
	char id[RS_NAME_MAX + 1];
	char country[EVENT_NAME_MAX + 1]; /* or the organisation's name */
	enum category category;
	char language[EVENT_LANGUAGE_MAX + 1]; /* usually spoken; empty = not said */
	bool without_vote;                     /* a member that may not vote */
	char reason[EVENT_REASON_MAX + 1];     /* why so */
	uint32_t order; /* place in protocol order, from 1; the file's order where two are equal */
};

/* An interpreters' booth. */
struct booth {
	char language[RS_NAME_MAX + 1];             /* home language: id of a channel */
	uint32_t desks;                             /* 1 to BOOTH_DESKS_MAX */
	char into[BOOTH_INTO_MAX][RS_NAME_MAX + 1]; /* channels it can work into */
	size_t n_into;
};

struct room {
	char id[RS_NAME_MAX + 1]; /* empty = the file names none */
	char name[EVENT_NAME_MAX + 1];
};

/* "member" ...; never NULL. */
const char *category_name(enum category category);
/* 0, or -ENOENT for a name that is no category. */
int category_parse(const char *name, enum category *out_category) RS_MUST_USE;
/* "head" ...; "" for RANK_NONE. */
const char *rank_name(enum rank rank);
/* 0, or -ENOENT for a name that is no rank. */
int rank_parse(const char *name, enum rank *out_rank) RS_MUST_USE;

#endif
