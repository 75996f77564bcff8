/* signaling/voting/voting.h
 *
 * The proposal before the meeting and how it is decided: by consensus, by show of hands, by a recorded vote in which each
 * delegation has one vote, whoever of it casts it, or by roll call, in which each is called in its turn. A machine of decide and
 * apply; who is entitled is kept in the event that opens the voting. One thread; allocates only in voting_new().
 */
#ifndef ROSTRUM_SIGNALING_VOTING_VOTING_H
#define ROSTRUM_SIGNALING_VOTING_VOTING_H

#include "signaling/meeting/meeting.h"
#include "signaling/rules/lot.h"

/* Corrections of one vote; proposals that wait for their second vote. More are refused, of the latter the oldest makes way. */
#define VOTING_CORRECTIONS_MAX 16
#define VOTING_TIES_MAX 16
/* Octets of the token a secret ballot is known by. */
#define VOTING_TOKEN_LEN 32

/* A secret ballot as it was cast: nobody's. */
struct voting_ballot {
	uint8_t token[VOTING_TOKEN_LEN];
	enum vote vote;
};

enum voting_stage {
	VOTING_NONE,
	VOTING_PROPOSED,
	VOTING_OPEN,       /* votes are cast, and may be changed; nobody interrupts (GA rule 88) */
	VOTING_LOCKED,     /* no vote changes any more */
	VOTING_PROCLAIMED, /* shown until the next proposal, item or sitting */
};

struct voting_delegation {
	char name[RS_NAME_MAX + 1];
	bool without_vote; /* it may not vote, whatever is put */
	bool entitled;     /* as the voting was opened */
	enum vote vote;
	bool called;                    /* in this roll call */
	char check[EVENT_SEED_MAX + 1]; /* of the secret ballot it was given; empty = none */
	bool objects;                   /* to consensus on this proposal */
	enum vote
		intent; /* how it wishes to have voted, stated after the result; VOTE_NONE = not stated */
};

/* Made by ruling between lock and proclamation. */
struct voting_correction {
	size_t delegation; /* index */
	enum vote was;
	enum vote vote;
	char reason[EVENT_REASON_MAX + 1];
};

/* Equally divided; the second vote is due. */
struct voting_tie {
	uint32_t number;
	int64_t due_ms; /* wall clock */
	char title[EVENT_TITLE_MAX + 1];
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
	uint32_t objections;            /* delegations that object to consensus */
	uint32_t again;      /* the decision of which this is the second vote; 0 = none */
	int64_t lock_due_ms; /* the lock was announced for then, wall clock; 0 = it was not */
	char commitment[EVENT_SEED_MAX + 1]; /* ROLL_CALL: to the seed of its lot */
	char seed[EVENT_SEED_MAX + 1];       /* once it was opened */
	char key[EVENT_KEY_MAX + 1];         /* SECRET: the modulus, once it was opened */
	bool totals;                         /* of a show of hands: they were entered */
	uint32_t entitled;
	uint32_t yes;
	uint32_t no;
	uint32_t abstain;
	enum outcome outcome; /* once proclaimed */
	/* ROLL_CALL */
	uint32_t round; /* from 1; 0 = nobody was called yet */
	size_t called;  /* place in the order of calling of the one who is called now */
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
	size_t *alphabet; /* indices of delegations in the alphabetical order of the meeting's first language */
	size_t *order; /* those entitled, in the order they are called, `now.entitled` of them */
	struct voting_correction corrections[VOTING_CORRECTIONS_MAX];
	size_t n_corrections;
	struct voting_tie ties[VOTING_TIES_MAX]; /* oldest first */
	size_t n_ties;
	struct voting_ballot *
		published; /* of a secret ballot that was locked, sorted by token; room for `n_delegations` */
	size_t n_published;
};

enum voting_command_kind {
	VOTING_PROPOSE,
	VOTING_OBJECT,
	VOTING_WITHDRAW_OBJECTION,
	VOTING_WITHDRAW,
	VOTING_BEGIN,
	VOTING_CALL_NEXT,
	VOTING_ISSUE_BALLOT,
	VOTING_CAST,
	VOTING_ENTER_VOTE,
	VOTING_ENTER_TOTALS,
	VOTING_ANNOUNCE_LOCK,
	VOTING_LOCK,
	VOTING_CORRECT,
	VOTING_ANNUL,
	VOTING_PROCLAIM,
	VOTING_STATE_INTENT,
};

struct voting_command {
	enum voting_command_kind kind;
	const char *by;
	uint32_t decision; /* the one that is meant; not of PROPOSE */
	const char *title; /* PROPOSE, and so on */
	enum decision_mode mode;
	const char *majority; /* "" by consensus */
	uint32_t again; /* PROPOSE: the decision of which this is to be the second vote; 0 = none */
	const uint8_t *
		seed; /* of LOT_SEED_LEN octets, for the decision that is proposed or opened: always the same for its number */
	enum vote vote;         /* CAST, ENTER_VOTE, CORRECT, STATE_INTENT */
	const char *delegation; /* ENTER_VOTE, CORRECT; STATE_INTENT: "" = the own one */
	const char *reason;     /* CORRECT, ANNUL: not empty */
	uint32_t seconds;       /* ANNOUNCE_LOCK */
	const char *key;        /* BEGIN of a secret ballot: its modulus; "" = there is none */
	const char *check;      /* ISSUE_BALLOT: by which the same blinded token is known again */
	const struct voting_ballot
		*ballots; /* LOCK of a secret ballot: what was cast, sorted by token */
	size_t n_ballots;
	int64_t wall_ms;
	uint32_t yes; /* ENTER_TOTALS */
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

/* What a proposal commits to, once its mode is set: of a roll call, the lot that `seed` draws when the voting is opened. */
void voting_commit(const uint8_t seed[LOT_SEED_LEN], struct event *event);
/* From the announcement that voting has begun to the result (GA rule 88). */
bool voting_in_progress(const struct voting *voting);
/* Yes votes that carry the proposal as things stand; 0 by consensus. */
uint32_t voting_required(const struct voting *voting);
/* The least number of votes of `base` that is this majority. */
uint32_t voting_majority(const struct rules_majority *majority, uint32_t base);
/* A secret ballot is open. */
bool voting_is_secret(const struct voting *voting);
/* Delegations that were given a ballot. */
uint32_t voting_issued(const struct voting *voting);
/* By delegation, with names: recorded or by roll call. */
bool voting_is_by_name(const struct voting *voting);
/* The delegation (index) that is called now; n_delegations: none is. */
size_t voting_called(const struct voting *voting);
/* Entitled delegations that have not voted; 0 when votes are not by name. */
uint32_t voting_missing(const struct voting *voting);
/* Members with a badge here that may not vote, as the conference file says. */
uint32_t voting_without_vote(const struct voting *voting);
/* Has not voted, and no badge of it is present. `i` below n_delegations. */
bool voting_is_offline(const struct voting *voting, size_t i);
/* "proposed" ...; "" for none. */
const char *voting_stage_name(enum voting_stage stage);

#endif
