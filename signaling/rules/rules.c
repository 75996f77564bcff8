#include "signaling/rules/rules.h"

#include "signaling/rules/verdict.h"

#include <errno.h>
#include <string.h>

static const char *const role_names[ROLE_COUNT] = {
	[ROLE_SECRETARIAT] = "secretariat",
	[ROLE_CHAIR] = "chair",
	[ROLE_DELEGATE] = "delegate",
	[ROLE_INTERPRETER] = "interpreter",
	[ROLE_TECHNICIAN] = "technician",
	[ROLE_VIEWER] = "viewer",
	[ROLE_ROOM] = "room",
	[ROLE_CAPTIONER] = "captioner",
	[ROLE_ADMIN] = "admin",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

int role_parse(const char *name, enum role *out_role)
{
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(name, role_names[i]) == 0) {
			*out_role = (enum role)i;
			return 0;
		}
	}
	return -ENOENT;
}

static const char *const visibility_names[VISIBILITY_COUNT] = {
	[VISIBILITY_PUBLIC] = "public",
	[VISIBILITY_PRIVATE] = "private",
	[VISIBILITY_CLOSED_MEMBERS] = "closed-members",
};

const char *visibility_name(enum visibility visibility)
{
	return visibility_names[visibility];
}

int visibility_parse(const char *name, enum visibility *out_visibility)
{
	for (size_t i = 0; i < VISIBILITY_COUNT; i++) {
		if (strcmp(name, visibility_names[i]) == 0) {
			*out_visibility = (enum visibility)i;
			return 0;
		}
	}
	return -ENOENT;
}

uint32_t rules_level(const struct rules_order *order, const char *name)
{
	uint32_t i = 0;
	while (i < order->n_levels && strcmp(order->levels[i], name) != 0)
		i++;
	return i;
}

static const char *const body_names[RULES_BODY_COUNT] = {
	[RULES_INFORMAL] = "informal",
	[RULES_PLENARY] = "plenary",
	[RULES_COMMITTEE] = "committee",
};

const char *rules_body_name(enum rules_body body)
{
	return body_names[body];
}

int rules_body_parse(const char *name, enum rules_body *out_body)
{
	for (size_t i = 0; i < RULES_BODY_COUNT; i++) {
		if (strcmp(name, body_names[i]) == 0) {
			*out_body = (enum rules_body)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *verdict_reason(enum verdict verdict)
{
	static const char *const reasons[VERDICT_COUNT] = {
		[VERDICT_OK] = "ok",
		[VERDICT_NOT_PERMITTED] = "not-permitted",
		[VERDICT_NOT_ADMITTED] = "not-admitted",
		[VERDICT_NOT_PUBLIC] = "not-public",
		[VERDICT_NOT_IN_SESSION] = "not-in-session",
		[VERDICT_NO_QUORUM] = "no-quorum",
		[VERDICT_IN_THE_PAST] = "in-the-past",
		[VERDICT_ALREADY_ON_LIST] = "already-on-list",
		[VERDICT_NOT_ON_LIST] = "not-on-list",
		[VERDICT_LIST_CLOSED] = "list-closed",
		[VERDICT_LIST_NOT_EXHAUSTED] = "list-not-exhausted",
		[VERDICT_NO_SWAP] = "no-swap",
		[VERDICT_NO_LOTS] = "no-lots",
		[VERDICT_NO_TIME_LEFT] = "no-time-left",
		[VERDICT_NO_SUCH_ENTRY] = "no-such-entry",
		[VERDICT_NO_SUCH_PARTICIPANT] = "no-such-participant",
		[VERDICT_NO_SUCH_ITEM] = "no-such-item",
		[VERDICT_NO_SUCH_CHANNEL] = "no-such-channel",
		[VERDICT_NO_SUCH_BOOTH] = "no-such-booth",
		[VERDICT_NO_SUCH_CALL] = "no-such-call",
		[VERDICT_NO_SUCH_LINE] = "no-such-line",
		[VERDICT_NO_SUCH_SEAT] = "no-such-seat",
		[VERDICT_AWAY_FROM_SEAT] = "away-from-seat",
		[VERDICT_NOT_CONNECTED] = "not-connected",
		[VERDICT_NOBODY_HAS_THE_FLOOR] = "nobody-has-the-floor",
		[VERDICT_OTHER_DELEGATION] = "other-delegation",
		[VERDICT_NO_MORE_REPLIES] = "no-more-replies",
		[VERDICT_POINT_PENDING] = "point-pending",
		[VERDICT_NO_RULING] = "no-ruling",
		[VERDICT_DECIDED_BY_VOTE] = "decided-by-vote",
		[VERDICT_NO_SUCH_MOTION] = "no-such-motion",
		[VERDICT_MOTION_RAISED] = "motion-raised",
		[VERDICT_MOTION_PENDING] = "motion-pending",
		[VERDICT_NO_MORE_SPEAKERS] = "no-more-speakers",
		[VERDICT_SPEAKERS_WAITING] = "speakers-waiting",
		[VERDICT_DEBATE_ADJOURNED] = "debate-adjourned",
		[VERDICT_DEBATE_CLOSED] = "debate-closed",
		[VERDICT_SPONSOR] = "sponsor",
		[VERDICT_EXPLAINED] = "explained",
		[VERDICT_VOTING_IN_PROGRESS] = "voting-in-progress",
		[VERDICT_VOTING_NOT_OPEN] = "voting-not-open",
		[VERDICT_NO_SUCH_DECISION] = "no-such-decision",
		[VERDICT_DECISION_PENDING] = "decision-pending",
		[VERDICT_NO_SUCH_MAJORITY] = "no-such-majority",
		[VERDICT_NOT_ENTITLED] = "not-entitled",
		[VERDICT_OBJECTED] = "objected",
		[VERDICT_NO_TOTALS] = "no-totals",
		[VERDICT_MORE_THAN_ENTITLED] = "more-than-entitled",
		[VERDICT_NOT_YOUR_TURN] = "not-your-turn",
		[VERDICT_NOT_ALL_CALLED] = "not-all-called",
		[VERDICT_ALL_CALLED] = "all-called",
		[VERDICT_LOCK_NOT_ANNOUNCED] = "lock-not-announced",
		[VERDICT_LOCK_NOT_DUE] = "lock-not-due",
		[VERDICT_RESULT_STANDS] = "result-stands",
		[VERDICT_NOT_PROCLAIMED] = "not-proclaimed",
		[VERDICT_NOT_LOCKED] = "not-locked",
		[VERDICT_LOT_LOST] = "lot-lost",
		[VERDICT_NO_BALLOTS] = "no-ballots",
		[VERDICT_CHANNEL_NOT_YOURS] = "channel-not-yours",
		[VERDICT_CHANNEL_BUSY] = "channel-busy",
		[VERDICT_PARTNER_LIVE] = "partner-live",
		[VERDICT_RELAY_CYCLE] = "relay-cycle",
		[VERDICT_NOT_LIVE] = "not-live",
		[VERDICT_LIVE_ELSEWHERE] = "live-elsewhere",
		[VERDICT_NO_SOUND] = "no-sound",
		[VERDICT_NO_HANDOVER] = "no-handover",
		[VERDICT_HANDOVER_PENDING] = "handover-pending",
		[VERDICT_CHAT_CLOSED] = "chat-closed",
		[VERDICT_NO_SUCH_MESSAGE] = "no-such-message",
		[VERDICT_NO_SUCH_DOCUMENT] = "no-such-document",
		[VERDICT_NO_SUCH_REQUEST] = "no-such-request",
		[VERDICT_MEETING_SITS] = "meeting-sits",
		[VERDICT_MICROPHONE_OPEN] = "microphone-open",
		[VERDICT_DOCUMENTS_FULL] = "documents-full",
		[VERDICT_ALREADY_SO] = "already-so",
		[VERDICT_BAD_OFFER] = "bad-offer",
		[VERDICT_NO_MEDIA_SERVER] = "no-media-server",
		[VERDICT_STORE_UNAVAILABLE] = "store-unavailable",
		[VERDICT_TOO_MANY] = "too-many",
		[VERDICT_MALFORMED] = "malformed",
	};
	return reasons[verdict];
}

const char *rules_interlock_name(enum rules_interlock interlock)
{
	static const char *const names[] = {
		[RULES_INTERLOCK_OVERRIDE] = "override",
		[RULES_INTERLOCK_NONE] = "none",
		[RULES_INTERLOCK_BUSY] = "interlock",
	};
	return names[interlock];
}
