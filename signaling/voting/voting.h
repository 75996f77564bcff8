/* signaling/voting/voting.h
 *
 * The proposal before the meeting and how it is decided: by consensus, by show of hands, or by a recorded vote in which each
 * delegation has one vote, whoever of it casts it. A machine of decide and apply; who is entitled follows from the events of
 * presence as the voting is opened. One thread; allocates only in voting_new().
 */
#ifndef ROSTRUM_SIGNALING_VOTING_VOTING_H
#define ROSTRUM_SIGNALING_VOTING_VOTING_H

#include "signaling/meeting/meeting.h"

enum voting_stage {
	VOTING_NONE,
	VOTING_PROPOSED,
	VOTING_OPEN,       /* votes are cast, and may be changed; nobody interrupts (GA rule 88) */
	VOTING_LOCKED,     /* no vote changes any more */
	VOTING_PROCLAIMED, /* shown until the next proposal, item or sitting */
};

struct voting_delegation {
	char name[RS_NAME_MAX + 1];
	bool entitled; /* a badge of it was present as the voting was opened */
	enum vote vote;
};

/* A delegate's badge. */
struct voting_badge {
	char id[MEETING_BADGE_MAX + 1];
	size_t delegation; /* index */
	bool present;
};

struct voting_decision {
	enum voting_stage stage;
	uint32_t number;
	enum decision_subject subject;
	uint32_t entry; /* of the motion, or the point of order, it is about; 0 = of a proposal */
	char title[EVENT_TITLE_MAX + 1];
	enum decision_mode mode;
	char majority[RS_NAME_MAX + 1]; /* empty: consensus */
	char objector[RS_NAME_MAX + 1]; /* delegation; empty = none */
	bool totals;                    /* of a show of hands: they were entered */
	uint32_t entitled;
	uint32_t yes;
	uint32_t no;
	uint32_t abstain;
	enum outcome outcome; /* once proclaimed */
};

struct voting {
	struct rules rules;
	bool in_session;
	struct voting_delegation *delegations;
	size_t n_delegations;
	struct voting_badge *badges;
	size_t n_badges;
	uint32_t last; /* decisions count up over all sittings */
	struct voting_decision now;
};

enum voting_command_kind {
	VOTING_PROPOSE,
	VOTING_OBJECT,
	VOTING_WITHDRAW,
	VOTING_BEGIN,
	VOTING_CAST,
	VOTING_ENTER_TOTALS,
	VOTING_LOCK,
	VOTING_PROCLAIM,
};

struct voting_command {
	enum voting_command_kind kind;
	const char *by;
	uint32_t decision; /* the one that is meant; not of PROPOSE */
	const char *title; /* PROPOSE, and so on */
	enum decision_mode mode;
	const char *majority; /* "" by consensus */
	enum vote vote;       /* CAST */
	uint32_t yes;         /* ENTER_TOTALS */
	uint32_t no;
	uint32_t abstain;
};

/* Copies what it needs: the rules, and the delegates' badges with their delegations. 0 or -ENOMEM. */
int voting_new(const struct meeting *meeting, struct voting **out_voting) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct voting *voting_free(struct voting *voting);

enum verdict voting_decide(const struct voting *voting, const struct voting_command *command,
	struct events *out_events);
/* What is not decided when the meeting closes is withdrawn; added before meeting-closed. */
void voting_decide_closing(const struct voting *voting, const char *by, struct events *out_events);
void voting_apply(struct voting *voting, const struct event *event);

/* From the announcement that voting has begun to the result (GA rule 88). */
bool voting_in_progress(const struct voting *voting);
/* Yes votes that carry the proposal as things stand; 0 by consensus. */
uint32_t voting_required(const struct voting *voting);
/* The least number of votes of `base` that is this majority. */
uint32_t voting_majority(const struct rules_majority *majority, uint32_t base);
/* Entitled delegations that have not voted; 0 but in a recorded vote. */
uint32_t voting_missing(const struct voting *voting);
/* Has not voted, and no badge of it is present. `i` below n_delegations. */
bool voting_is_offline(const struct voting *voting, size_t i);
/* "proposed" ...; "" for none. */
const char *voting_stage_name(enum voting_stage stage);

#endif
