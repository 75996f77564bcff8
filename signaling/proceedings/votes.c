#include "signaling/proceedings/votes.h"

#include "signaling/meeting/quorum.h"
#include "signaling/proceedings/questions.h"

static const struct {
	bool votes; /* it is one of these */
	enum voting_command_kind kind;
} kinds[COMMAND_COUNT] = {
	[COMMAND_PROPOSE_DECISION] = { true, VOTING_PROPOSE },
	[COMMAND_OBJECT] = { true, VOTING_OBJECT },
	[COMMAND_WITHDRAW_OBJECTION] = { true, VOTING_WITHDRAW_OBJECTION },
	[COMMAND_WITHDRAW_DECISION] = { true, VOTING_WITHDRAW },
	[COMMAND_OPEN_VOTING] = { true, VOTING_BEGIN },
	[COMMAND_ASK_FOR_BALLOT] = { true, VOTING_ISSUE_BALLOT },
	[COMMAND_CALL_NEXT] = { true, VOTING_CALL_NEXT },
	[COMMAND_CAST] = { true, VOTING_CAST },
	[COMMAND_ENTER_VOTE] = { true, VOTING_ENTER_VOTE },
	[COMMAND_ENTER_TOTALS] = { true, VOTING_ENTER_TOTALS },
	[COMMAND_ANNOUNCE_LOCK] = { true, VOTING_ANNOUNCE_LOCK },
	[COMMAND_LOCK_VOTING] = { true, VOTING_LOCK },
	[COMMAND_CORRECT_VOTE] = { true, VOTING_CORRECT },
	[COMMAND_ANNUL_VOTING] = { true, VOTING_ANNUL },
	[COMMAND_PROCLAIM] = { true, VOTING_PROCLAIM },
	[COMMAND_STATE_INTENT] = { true, VOTING_STATE_INTENT },
};

/* A delegate states the own delegation's intent alone. */
static bool may_speak_for(const struct proceedings *proceedings, const struct command *command)
{
	const struct participant *by = meeting_find(proceedings->meeting, command->by);
	return command->role != ROLE_DELEGATE || command->delegation[0] == '\0' ||
	       (by != NULL && strcmp(by->delegation, command->delegation) == 0);
}

enum verdict votes_decide(const struct proceedings *proceedings, const struct command *command,
	int64_t wall_ms, struct events *out_events)
{
	if (!kinds[command->kind].votes)
		return VERDICT_MALFORMED;
	if (command->kind == COMMAND_STATE_INTENT && !may_speak_for(proceedings, command))
		return VERDICT_NOT_PERMITTED;
	const struct voting_command voting_command = {
		.kind = kinds[command->kind].kind,
		.by = command->by,
		.decision = command->decision,
		.title = command->title,
		.mode = command->mode,
		.majority = command->majority,
		.again = command->again,
		.seed = command->seed,
		.vote = command->vote,
		.delegation = command->delegation,
		.reason = command->reason,
		.seconds = command->seconds,
		.key = command->ballot_key,
		.check = command->ballot_check,
		.ballots = command->ballots,
		.n_ballots = command->n_ballots,
		.wall_ms = wall_ms,
		.yes = command->yes,
		.no = command->no,
		.abstain = command->abstain,
	};
	enum verdict verdict = questions_judge(proceedings, voting_command.kind);
	if (verdict != VERDICT_OK)
		return verdict;
	if (command->kind == COMMAND_OPEN_VOTING)
		floor_decide_vote(proceedings->floor, command->by, out_events);
	verdict = voting_decide(proceedings->voting, &voting_command, out_events);
	if (command->kind == COMMAND_OPEN_VOTING && verdict == VERDICT_OK)
		return meeting_judge_quorum(proceedings->meeting, QUORUM_TO_DECIDE,
			command->overrides, &out_events->list[out_events->n - 1]);
	if (command->kind != COMMAND_PROCLAIM || verdict != VERDICT_OK)
		return verdict;
	return questions_decide_proclaimed(proceedings, command, out_events);
}

uint32_t proceedings_lot(const struct proceedings *proceedings, const struct command *command)
{
	const struct voting *voting = proceedings->voting;
	return command->kind == COMMAND_OPEN_VOTING ? voting->now.number : voting->last + 1;
}
