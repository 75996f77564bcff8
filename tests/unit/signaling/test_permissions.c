/* Every cell of the table of permissions, role by command by stage, against what the proceedings decide; and its page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "signaling/proceedings/permissions.h"
#include "signaling/wire/message/message.h"
#include "tests/support/examples.h"
#include "tools/permissions/permissions.h"

static const struct rules rules = {
	.name = "unga",
	.may_ask = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_CHAIR) | ROLE_BIT(ROLE_ROOM),
	.self_inscription = true,
	.in_advance = true,
	.swaps = true,
	.one_entry_per_delegation = true,
	.entries_max = 4,
	.holder_may_yield = true,
	.open_microphones_max = 4,
	.hold_lost_place = true,
	.time = { .statement_s = 900, .warn_s = 30 },
	.points = { .may_raise = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM), .appeals = true },
	.motions = { .may_move = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM),
		.kinds = { { .name = "adjourn-debate",
			.rank = 3,
			.in_favour = 2,
			.against = 2,
			.majority = "simple",
			.effect = MOTION_ADJOURNS_DEBATE } },
		.n = 1 },
	.explanations = { .may_explain = ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM),
		.before = true,
		.after = true },
	.replies = { .per_delegation = 1, .allotted_s = { 600 } },
	.majorities = { { .name = "simple", .numerator = 1, .denominator = 2, .more_than = true } },
	.n_majorities = 1,
	.voting = { .rounds = 1 },
	.first_item_on_opening = true,
};

/* Who gives the command as this role, and with which delegation. */
static const struct {
	const char *badge;
	const char *delegation;
} actors[ROLE_COUNT] = {
	[ROLE_SECRETARIAT] = { "secretariat", "" },
	[ROLE_CHAIR] = { "chair", "" },
	[ROLE_DELEGATE] = { "KEN", "KEN" },
	[ROLE_INTERPRETER] = { "fr-1", "" },
	[ROLE_TECHNICIAN] = { "technician", "" },
	[ROLE_VIEWER] = { "viewer", "" },
	[ROLE_ROOM] = { "room", "OBS" },
	[ROLE_CAPTIONER] = { "caption-1", "" },
	[ROLE_ADMIN] = { "admin", "" },
};

/* Of the interpreter's booth. */
#define PARTNER "fr-2"

static struct events events;

struct bench {
	struct proceedings *proceedings;
	enum role role;      /* of who gives the command */
	bool others;         /* it is about what is another's, where that makes a difference */
	struct command next; /* the command that is tried */
};

static void apply_all(struct bench *bench)
{
	proceedings_stamp(bench->proceedings, 1000, &events);
	for (size_t i = 0; i < events.n; i++)
		proceedings_apply(bench->proceedings, &events.list[i]);
}

/* A situation is prepared as far as the stage lets it be: what does not go is not there. */
static void act(struct bench *bench, enum role role, struct command command)
{
	command.role = role;
	if (command.by[0] == '\0')
		(void)rs_set_text(command.by, actors[role].badge);
	(void)proceedings_decide(bench->proceedings, &command, 1000, &events);
	apply_all(bench);
}

static void be_present(struct bench *bench, const char *badge, bool present)
{
	const struct meeting *meeting = bench->proceedings->meeting;
	const size_t i = (size_t)(meeting_find(meeting, badge) - meeting->participants);
	events.n = 0;
	const struct presence presence = { .present = present,
		.line = LINE_CONNECTED,
		.cause = present ? CAUSE_JOINED : CAUSE_LOST_LINE };
	proceedings_decide_presence(bench->proceedings, i, &presence, &events);
	apply_all(bench);
}

/* Whose entry or floor the command is about: one's own where that is all the role may, else Kenya's; never the actor's if `others`. */
static enum role subject(const struct bench *bench)
{
	const bool own = permission_of(bench->next.kind, bench->role) == PERMISSION_OWN;
	if (own && !bench->others)
		return bench->role;
	return bench->role == ROLE_DELEGATE ? ROLE_ROOM : ROLE_DELEGATE;
}

/* --- what a command needs --- */

static void nothing(struct bench *bench)
{
	(void)bench;
}

static void another_item(struct bench *bench)
{
	(void)rs_set_text(bench->next.item, "2");
}

static void an_hour(struct bench *bench)
{
	bench->next.until_ms = 3600000;
}

static void an_entry(struct bench *bench)
{
	act(bench, subject(bench), (struct command){ .kind = COMMAND_ASK_FOR_FLOOR });
	bench->next.entry = bench->proceedings->floor->last_entry;
}

/* For an item that is not taken up: it goes at every stage. */
static uint32_t inscribed(struct bench *bench, enum role role)
{
	struct command ask = { .kind = COMMAND_ASK_FOR_FLOOR, .item = "2" };
	act(bench, role, ask);
	return bench->proceedings->floor->last_entry;
}

static void an_entry_in_advance(struct bench *bench)
{
	bench->next.entry = inscribed(bench, subject(bench));
}

static void two_entries(struct bench *bench)
{
	bench->next.entry = inscribed(bench, ROLE_DELEGATE);
	(void)inscribed(bench, ROLE_ROOM);
	bench->next.position = 2;
}

static void a_skipped_entry(struct bench *bench)
{
	an_entry(bench);
	act(bench, ROLE_CHAIR,
		(struct command){ .kind = COMMAND_SKIP_ENTRY, .entry = bench->next.entry });
}

static void somebody_to_swap_with(struct bench *bench)
{
	const enum role own = subject(bench);
	bench->next.entry = inscribed(bench, own);
	bench->next.wish.other = inscribed(bench, own == ROLE_DELEGATE ? ROLE_ROOM : ROLE_DELEGATE);
}

static void offered(struct bench *bench, enum role from, enum role to)
{
	struct command offer = { .kind = COMMAND_OFFER_SWAP };
	offer.entry = inscribed(bench, from);
	offer.wish.other = inscribed(bench, to);
	act(bench, from, offer);
	bench->next.entry = offer.entry;
}

static void an_offer_to_the_subject(struct bench *bench)
{
	const enum role own = subject(bench);
	offered(bench, own == ROLE_DELEGATE ? ROLE_ROOM : ROLE_DELEGATE, own);
}

static void an_offer_of_the_subject(struct bench *bench)
{
	const enum role own = subject(bench);
	offered(bench, own, own == ROLE_DELEGATE ? ROLE_ROOM : ROLE_DELEGATE);
}

static void announced_lots(struct bench *bench)
{
	act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_ANNOUNCE_LOTS });
}

static void a_time(struct bench *bench)
{
	bench->next.seconds = 60;
}

static void a_closed_list(struct bench *bench)
{
	act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_CLOSE_LIST, .item = "2" });
	another_item(bench);
}

static void somebody(struct bench *bench)
{
	(void)rs_set_text(bench->next.participant, "KEN");
}

static void a_sound_check(struct bench *bench)
{
	struct command begin = { .kind = COMMAND_BEGIN_SOUND_CHECK };
	(void)rs_set_text(begin.participant, "KEN");
	act(bench, ROLE_TECHNICIAN, begin);
}

static void privacy(struct bench *bench)
{
	bench->next.visibility = VISIBILITY_PRIVATE;
	(void)rs_set_text(bench->next.session, "demo-2");
}

static void a_speaker(struct bench *bench)
{
	struct command give = { .kind = COMMAND_GIVE_FLOOR };
	an_entry(bench);
	give.entry = bench->next.entry;
	bench->next.entry = 0;
	bench->next.seconds = 60;
	act(bench, ROLE_CHAIR, give);
}

static void a_stopped_clock(struct bench *bench)
{
	a_speaker(bench);
	act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_STOP_CLOCK });
}

static void a_lost_speaker(struct bench *bench)
{
	a_speaker(bench);
	be_present(bench, "KEN", false);
	be_present(bench, "KEN", true);
}

static void a_point(struct bench *bench)
{
	act(bench, subject(bench), (struct command){ .kind = COMMAND_RAISE_POINT });
	bench->next.entry = bench->proceedings->floor->last_entry;
}

static void a_point_heard(struct bench *bench)
{
	a_point(bench);
	act(bench, ROLE_CHAIR,
		(struct command){ .kind = COMMAND_HEAR_POINT, .entry = bench->next.entry });
}

static void a_ruling(struct bench *bench)
{
	a_point_heard(bench);
	act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_RULE });
}

static void a_kind_of_motion(struct bench *bench)
{
	(void)rs_set_text(bench->next.motion, "adjourn-debate");
}

static void a_motion(struct bench *bench)
{
	struct command raise = { .kind = COMMAND_RAISE_MOTION };
	(void)rs_set_text(raise.motion, "adjourn-debate");
	act(bench, subject(bench), raise);
	bench->next.entry = bench->proceedings->floor->last_entry;
}

static void a_motion_taken_up(struct bench *bench)
{
	a_motion(bench);
	act(bench, ROLE_CHAIR,
		(struct command){ .kind = COMMAND_TAKE_UP_MOTION, .entry = bench->next.entry });
}

static void propose(struct bench *bench, enum decision_mode mode)
{
	struct command command = { .kind = COMMAND_PROPOSE_DECISION, .mode = mode };
	(void)rs_set_text(command.title, "L.14");
	(void)rs_set_text(command.majority, "simple");
	act(bench, ROLE_CHAIR, command);
	bench->next.decision = bench->proceedings->voting->now.number;
}

static void a_title(struct bench *bench)
{
	bench->next.mode = DECISION_RECORDED;
	bench->next.vote = VOTE_YES;
	(void)rs_set_text(bench->next.title, "L.15");
	(void)rs_set_text(bench->next.majority, "simple");
}

static void a_proposal(struct bench *bench)
{
	a_title(bench);
	propose(bench, DECISION_RECORDED);
}

static void a_sponsor(struct bench *bench)
{
	a_proposal(bench);
	(void)rs_set_text(bench->next.delegation, "KEN");
}

static void an_explanation(struct bench *bench)
{
	a_proposal(bench);
	bench->next.list = LIST_EXPLANATIONS_AFTER;
}

static void consensus(struct bench *bench)
{
	propose(bench, DECISION_CONSENSUS);
}

static void an_objection(struct bench *bench)
{
	struct command object = { .kind = COMMAND_OBJECT };
	consensus(bench);
	object.decision = bench->next.decision;
	act(bench, ROLE_DELEGATE, object);
}

/* In a roll call Kenya is called; else there is a proposal. */
static void a_roll_call(struct bench *bench)
{
	a_proposal(bench);
	(void)rs_set_text(bench->next.delegation, "KEN");
	if (bench->next.kind == COMMAND_ENTER_VOTE)
		act(bench, ROLE_CHAIR,
			(struct command){
				.kind = COMMAND_CALL_NEXT, .decision = bench->next.decision });
}

static void a_blinded_token(struct bench *bench)
{
	a_proposal(bench);
	memset(bench->next.ballot_check, 'c', EVENT_SEED_MAX);
}

static void a_reason(struct bench *bench)
{
	a_proposal(bench);
	(void)rs_set_text(bench->next.reason, "The Chair rules so.");
}

static void a_locked_vote(struct bench *bench)
{
	a_reason(bench);
	(void)rs_set_text(bench->next.delegation, "KEN");
	act(bench, ROLE_CHAIR,
		(struct command){ .kind = COMMAND_LOCK_VOTING, .decision = bench->next.decision });
}

static void a_result(struct bench *bench)
{
	const enum command_kind steps[] = { COMMAND_OPEN_VOTING, COMMAND_LOCK_VOTING,
		COMMAND_PROCLAIM };
	a_proposal(bench);
	for (size_t i = 0; i < RS_ARRAY_LEN(steps); i++)
		act(bench, ROLE_CHAIR,
			(struct command){ .kind = steps[i], .decision = bench->next.decision });
	(void)rs_set_text(bench->next.delegation, bench->others ? "FRA" : "KEN");
}

static void an_open_microphone(struct bench *bench)
{
	act(bench, bench->role, (struct command){ .kind = COMMAND_OPEN_MICROPHONE });
}

static void a_channel(struct bench *bench)
{
	(void)rs_set_text(bench->next.channel, "fr");
}

static void a_live_desk(struct bench *bench)
{
	struct command live = { .kind = COMMAND_GO_LIVE };
	(void)rs_set_text(live.channel, "fr");
	act(bench, ROLE_INTERPRETER, live);
}

static void held_cough(struct bench *bench)
{
	a_live_desk(bench);
	bench->next.on = true;
}

static void another_channel(struct bench *bench)
{
	(void)rs_set_text(bench->next.channel, "en");
}

/* The partner is live, and asks to be relieved. */
static void a_request_of_the_partner(struct bench *bench)
{
	static const enum command_kind steps[] = { COMMAND_GO_LIVE, COMMAND_REQUEST_HANDOVER };
	for (size_t i = 0; i < RS_ARRAY_LEN(steps); i++) {
		struct command command = { .kind = steps[i], .by = PARTNER };
		(void)rs_set_text(command.channel, "fr");
		act(bench, ROLE_INTERPRETER, command);
	}
}

static void an_own_request(struct bench *bench)
{
	a_live_desk(bench);
	act(bench, ROLE_INTERPRETER, (struct command){ .kind = COMMAND_REQUEST_HANDOVER });
}

static void an_impediment(struct bench *bench)
{
	act(bench, ROLE_INTERPRETER, (struct command){ .kind = COMMAND_CANNOT_INTERPRET });
	(void)rs_set_text(bench->next.booth, "fr");
}

static void a_call(struct bench *bench)
{
	struct command call = { .kind = COMMAND_CALL };
	if (bench->others)
		(void)rs_set_text(call.by, PARTNER);
	act(bench, ROLE_INTERPRETER, call);
	bench->next.call = 1;
}

static void a_language(struct bench *bench)
{
	(void)rs_set_text(bench->next.language, "fr");
}

static void a_line(struct bench *bench)
{
	a_language(bench);
	(void)rs_set_text(bench->next.text, "Thank you.");
}

static void switched_on(struct bench *bench)
{
	bench->next.on = true;
}

static void no_recording(struct bench *bench)
{
	act(bench, ROLE_SECRETARIAT, (struct command){ .kind = COMMAND_STOP_RECORDING });
	(void)rs_set_text(bench->next.session, "demo-2");
}

static void a_closed_chat(struct bench *bench)
{
	act(bench, ROLE_SECRETARIAT, (struct command){ .kind = COMMAND_CLOSE_CHAT });
}

static void a_file(struct bench *bench)
{
	bench->next.document = (struct document){ .type = DOCUMENT_TXT, .octets = 1 };
	(void)rs_set_text(bench->next.document.item, "1");
	(void)rs_set_text(bench->next.document.symbol, "A/1");
	(void)rs_set_text(bench->next.document.language, "en");
}

static void a_document(struct bench *bench)
{
	a_file(bench);
	struct command add = { .kind = COMMAND_ADD_DOCUMENT, .document = bench->next.document };
	act(bench, ROLE_SECRETARIAT, add);
	bench->next.document.number = 1;
}

/* What a permitted command needs to be done, and, by stage, why it is not done where that cannot be had. */
static const struct sample {
	void (*prepare)(struct bench *bench);
	enum verdict says[STAGE_COUNT]; /* VERDICT_OK: it is done */
	bool no_events;                 /* proceedings have no part in it: malformed there */
	enum decision_mode voting; /* how it is voted in STAGE_VOTING, if not by show of hands */
} samples[COMMAND_COUNT] = {
	[COMMAND_OPEN_DOORS] = { nothing },
	[COMMAND_CLOSE_DOORS] = { nothing },
	[COMMAND_BEGIN_SOUND_CHECK] = { somebody },
	[COMMAND_END_SOUND_CHECK] = { a_sound_check },
	[COMMAND_OPEN_MEETING] = { nothing },
	[COMMAND_ADJOURN_MEETING] = { nothing },
	[COMMAND_SET_VISIBILITY] = { privacy },
	[COMMAND_CLOSE_MEETING] = { nothing },
	[COMMAND_SUSPEND_MEETING] = { nothing },
	[COMMAND_SET_INTERPRETATION_END] = { an_hour },
	[COMMAND_RESUME_MEETING] = { nothing },
	[COMMAND_TAKE_UP_ITEM] = { another_item },
	[COMMAND_ASK_FOR_FLOOR] = { another_item },
	[COMMAND_INSCRIBE] = { somebody },
	[COMMAND_WITHDRAW] = { an_entry_in_advance },
	[COMMAND_MOVE_ENTRY] = { two_entries },
	[COMMAND_SKIP_ENTRY] = { an_entry },
	[COMMAND_REQUEUE_ENTRY] = { a_skipped_entry },
	[COMMAND_OFFER_SWAP] = { somebody_to_swap_with },
	[COMMAND_ACCEPT_SWAP] = { an_offer_to_the_subject },
	[COMMAND_DECLINE_SWAP] = { an_offer_to_the_subject },
	[COMMAND_WITHDRAW_SWAP] = { an_offer_of_the_subject },
	[COMMAND_ANNOUNCE_LOTS] = { nothing },
	[COMMAND_DRAW_LOTS] = { announced_lots },
	[COMMAND_END_LIST] = { a_closed_list },
	[COMMAND_SET_BUDGET] = { a_time },
	[COMMAND_GIVE_FLOOR] = { somebody },
	[COMMAND_TAKE_FLOOR] = { a_speaker, { [STAGE_VOTING] = VERDICT_NOBODY_HAS_THE_FLOOR } },
	[COMMAND_STOP_CLOCK] = { a_speaker, { [STAGE_VOTING] = VERDICT_NOBODY_HAS_THE_FLOOR } },
	[COMMAND_START_CLOCK] = { a_stopped_clock,
		{ [STAGE_VOTING] = VERDICT_NOBODY_HAS_THE_FLOOR } },
	[COMMAND_RESUME_FLOOR] = { a_lost_speaker,
		{ [STAGE_VOTING] = VERDICT_NOBODY_HAS_THE_FLOOR } },
	[COMMAND_EXTEND_TIME] = { a_speaker, { [STAGE_VOTING] = VERDICT_NOBODY_HAS_THE_FLOOR } },
	[COMMAND_SET_LIMIT] = { nothing },
	[COMMAND_CLOSE_LIST] = { nothing },
	[COMMAND_OPEN_LIST] = { a_closed_list },
	[COMMAND_ASK_FOR_REPLY] = { nothing },
	[COMMAND_RAISE_POINT] = { nothing },
	[COMMAND_WITHDRAW_POINT] = { a_point },
	[COMMAND_HEAR_POINT] = { a_point },
	[COMMAND_RULE] = { a_point_heard },
	[COMMAND_APPEAL] = { a_ruling },
	[COMMAND_SETTLE_POINT] = { a_ruling },
	[COMMAND_RAISE_MOTION] = { a_kind_of_motion },
	[COMMAND_WITHDRAW_MOTION] = { a_motion, { [STAGE_VOTING] = VERDICT_NO_SUCH_ENTRY } },
	[COMMAND_TAKE_UP_MOTION] = { a_motion },
	[COMMAND_SPEAK_ON_MOTION] = { a_motion_taken_up },
	[COMMAND_PUT_QUESTION] = { a_motion_taken_up, { [STAGE_VOTING] = VERDICT_NO_SUCH_ENTRY } },
	[COMMAND_PROPOSE_DECISION] = { a_title, { [STAGE_VOTING] = VERDICT_DECISION_PENDING } },
	[COMMAND_ADD_SPONSOR] = { a_sponsor },
	[COMMAND_EXPLAIN_VOTE] = { an_explanation },
	[COMMAND_OBJECT] = { consensus, { [STAGE_VOTING] = VERDICT_NO_SUCH_DECISION } },
	[COMMAND_WITHDRAW_OBJECTION] = { an_objection,
		{ [STAGE_VOTING] = VERDICT_NO_SUCH_DECISION } },
	[COMMAND_WITHDRAW_DECISION] = { a_proposal },
	[COMMAND_OPEN_VOTING] = { a_proposal },
	[COMMAND_ASK_FOR_BALLOT] = { a_blinded_token,
		{ [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN }, .voting = DECISION_SECRET },
	[COMMAND_CALL_NEXT] = { a_roll_call, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN },
		.voting = DECISION_ROLL_CALL },
	[COMMAND_ENTER_VOTE] = { a_roll_call, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN },
		.voting = DECISION_ROLL_CALL },
	[COMMAND_CAST] = { a_proposal, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN },
		.voting = DECISION_RECORDED },
	[COMMAND_ENTER_TOTALS] = { a_proposal, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN } },
	[COMMAND_ANNOUNCE_LOCK] = { a_proposal, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN },
		.voting = DECISION_RECORDED },
	[COMMAND_LOCK_VOTING] = { a_proposal, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN },
		.voting = DECISION_RECORDED },
	[COMMAND_CORRECT_VOTE] = { a_locked_vote, { [STAGE_IN_SESSION] = VERDICT_NOT_LOCKED },
		.voting = DECISION_RECORDED },
	[COMMAND_ANNUL_VOTING] = { a_reason, { [STAGE_IN_SESSION] = VERDICT_VOTING_NOT_OPEN },
		.voting = DECISION_RECORDED },
	[COMMAND_STATE_INTENT] = { a_result },
	[COMMAND_PROCLAIM] = { consensus, { [STAGE_VOTING] = VERDICT_VOTING_IN_PROGRESS } },
	[COMMAND_OPEN_MICROPHONE] = { nothing },
	[COMMAND_CLOSE_MICROPHONE] = { an_open_microphone },
	[COMMAND_GO_LIVE] = { a_channel },
	[COMMAND_GO_IDLE] = { a_live_desk,
		{ [STAGE_ADJOURNED] = VERDICT_ALREADY_SO, [STAGE_CLOSED] = VERDICT_ALREADY_SO } },
	[COMMAND_COUGH] = { held_cough, { [STAGE_ADJOURNED] = VERDICT_NOT_LIVE } },
	[COMMAND_SELECT_SOURCE] = { a_channel },
	[COMMAND_SELECT_OUTPUT] = { another_channel },
	[COMMAND_REQUEST_HANDOVER] = { a_live_desk, { [STAGE_ADJOURNED] = VERDICT_NOT_LIVE } },
	[COMMAND_ACCEPT_HANDOVER] = { a_request_of_the_partner,
		{ [STAGE_ADJOURNED] = VERDICT_NO_HANDOVER } },
	[COMMAND_DECLINE_HANDOVER] = { a_request_of_the_partner,
		{ [STAGE_ADJOURNED] = VERDICT_NO_HANDOVER } },
	[COMMAND_CANCEL_HANDOVER] = { an_own_request, { [STAGE_ADJOURNED] = VERDICT_NO_HANDOVER } },
	[COMMAND_SET_FLOOR_LANGUAGE] = { a_language },
	[COMMAND_SPEAK_SLOWER] = { nothing },
	[COMMAND_CANNOT_INTERPRET] = { nothing },
	[COMMAND_CLEAR_IMPEDIMENT] = { an_impediment,
		{ [STAGE_ADJOURNED] = VERDICT_NO_SUCH_BOOTH,
			[STAGE_CLOSED] = VERDICT_NO_SUCH_BOOTH } },
	[COMMAND_CALL] = { nothing },
	[COMMAND_ANSWER_CALL] = { a_call },
	[COMMAND_CAPTION] = { a_line },
	[COMMAND_WEBCAST] = { switched_on },
	[COMMAND_TAKE_UP_RECORDING] = { no_recording },
	[COMMAND_STOP_RECORDING] = { nothing, { [STAGE_SCHEDULED] = VERDICT_ALREADY_SO,
						      [STAGE_TEST] = VERDICT_ALREADY_SO,
						      [STAGE_ADJOURNED] = VERDICT_ALREADY_SO,
						      [STAGE_CLOSED] = VERDICT_ALREADY_SO } },
	[COMMAND_CLOSE_CHAT] = { nothing },
	[COMMAND_OPEN_CHAT] = { a_closed_chat },
	[COMMAND_REMOVE_MESSAGE] = { nothing },
	[COMMAND_ADD_DOCUMENT] = { a_file },
	[COMMAND_WITHDRAW_DOCUMENT] = { a_document },
	/* They make no events: the service does them, once the table lets them pass. */
	[COMMAND_PLAN... COMMAND_HANG_UP] = { .no_events = true },
};

/* --- meetings in a stage --- */

static void set_participant(struct participant *participant, enum role role)
{
	participant->role = role;
	(void)rs_copy_text(participant->id, sizeof(participant->id), actors[role].badge,
		strlen(actors[role].badge));
	(void)rs_set_text(participant->delegation, actors[role].delegation);
}

static struct proceedings *a_meeting(const struct rules *profile)
{
	struct meeting *meeting = NULL;
	struct proceedings *proceedings = NULL;
	assert_int_equal(meeting_new(2, 2, ROLE_ADMIN + 1, &meeting), 0);
	meeting->rules = *profile;
	meeting->record = true;
	(void)rs_set_text(meeting->items[0].id, "1");
	(void)rs_set_text(meeting->items[1].id, "2");
	(void)rs_set_text(meeting->channels[0].id, "fr");
	(void)rs_set_text(meeting->channels[1].id, "en");
	for (size_t i = 0; i < ROLE_ADMIN; i++)
		set_participant(&meeting->participants[i], (enum role)i);
	struct participant *interpreter = &meeting->participants[ROLE_INTERPRETER];
	(void)rs_set_text(interpreter->languages[0], "fr");
	(void)rs_set_text(interpreter->languages[1], "en");
	interpreter->n_languages = 2;
	(void)rs_set_text(meeting->participants[ROLE_CAPTIONER].languages[0], "fr");
	meeting->participants[ROLE_CAPTIONER].n_languages = 1;
	meeting->participants[ROLE_ADMIN] = *interpreter;
	(void)rs_set_text(meeting->participants[ROLE_ADMIN].id, PARTNER);
	assert_int_equal(meeting_ready(meeting), 0);
	assert_int_equal(proceedings_new(meeting, &proceedings), 0);
	return proceedings;
}

static void begin_voting(struct bench *bench, enum decision_mode mode)
{
	propose(bench, mode != DECISION_CONSENSUS ? mode : DECISION_HANDS);
	struct command open = { .kind = COMMAND_OPEN_VOTING, .decision = bench->next.decision };
	memset(open.ballot_key, 'a', EVENT_KEY_MAX);
	act(bench, ROLE_CHAIR, open);
}

/* As far as what is prepared needs a meeting in session. */
static void enter(struct bench *bench, enum stage stage, enum decision_mode mode)
{
	for (size_t i = 0; i < ROLE_ADMIN; i++)
		be_present(bench, actors[i].badge, true);
	be_present(bench, PARTNER, true);
	if (stage == STAGE_TEST)
		act(bench, ROLE_TECHNICIAN, (struct command){ .kind = COMMAND_OPEN_DOORS });
	if (stage > STAGE_TEST) {
		struct command open = { .kind = COMMAND_OPEN_MEETING };
		(void)rs_set_text(open.session, "demo-1");
		act(bench, ROLE_CHAIR, open);
	}
	if (stage == STAGE_VOTING)
		begin_voting(bench, mode);
}

static void leave(struct bench *bench, enum stage stage)
{
	if (stage == STAGE_SUSPENDED)
		act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_SUSPEND_MEETING });
	if (stage == STAGE_ADJOURNED)
		act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_ADJOURN_MEETING });
	if (stage == STAGE_CLOSED)
		act(bench, ROLE_CHAIR, (struct command){ .kind = COMMAND_CLOSE_MEETING });
	assert_int_equal(stage_of(bench->proceedings), stage);
}

static enum verdict try_cell(enum command_kind kind, enum role role, enum stage stage, bool others,
	const struct rules *profile)
{
	struct bench bench = { .proceedings = a_meeting(profile),
		.role = role,
		.others = others,
		.next = { .kind = kind, .role = role } };
	const struct sample *sample = &samples[kind];
	if (sample->prepare == NULL && !sample->no_events)
		fail_msg("%s has no sample in this test", wire_command_name(kind));
	(void)rs_set_text(bench.next.by, actors[role].badge);
	enter(&bench, stage, sample->voting);
	if (sample->prepare != NULL && permission_stage(kind, stage) == VERDICT_OK)
		sample->prepare(&bench);
	leave(&bench, stage);
	const enum verdict verdict =
		proceedings_decide(bench.proceedings, &bench.next, 1000, &events);
	assert_true((verdict == VERDICT_OK) == (events.n > 0));
	proceedings_free(bench.proceedings);
	return verdict;
}

static void every_cell_is_decided_as_the_table_says(void **state)
{
	for (size_t kind = 0; kind < COMMAND_COUNT; kind++)
		for (size_t role = 0; role < ROLE_COUNT; role++)
			for (size_t stage = 0; stage < STAGE_COUNT; stage++) {
				enum verdict expected = permission_judge((enum command_kind)kind,
					(enum role)role, (enum stage)stage, &rules);
				if (expected == VERDICT_OK)
					expected = samples[kind].no_events
							   ? VERDICT_MALFORMED
							   : samples[kind].says[stage];
				const enum verdict verdict = try_cell((enum command_kind)kind,
					(enum role)role, (enum stage)stage, false, &rules);
				if (verdict != expected)
					fail_msg("%s by %s in %s: %s, not %s",
						wire_command_name((enum command_kind)kind),
						role_name((enum role)role),
						stage_name((enum stage)stage),
						verdict_reason(verdict), verdict_reason(expected));
			}
}

static void each_command_is_done_by_somebody_in_some_stage(void **state)
{
	for (size_t kind = 0; kind < COMMAND_COUNT; kind++) {
		bool done = samples[kind].no_events;
		for (size_t role = 0; role < ROLE_COUNT && !done; role++)
			for (size_t stage = 0; stage < STAGE_COUNT && !done; stage++)
				done = try_cell((enum command_kind)kind, (enum role)role,
					       (enum stage)stage, false, &rules) == VERDICT_OK;
		if (!done)
			fail_msg("%s is never done", wire_command_name((enum command_kind)kind));
	}
}

static void what_is_others_is_refused_to_those_who_may_over_their_own(void **state)
{
	size_t tried = 0;
	for (size_t kind = 0; kind < COMMAND_COUNT; kind++)
		for (size_t role = 0; role < ROLE_COUNT; role++) {
			if (permission_of((enum command_kind)kind, (enum role)role) !=
				PERMISSION_OWN)
				continue;
			assert_int_equal(try_cell((enum command_kind)kind, (enum role)role,
						 STAGE_IN_SESSION, true, &rules),
				VERDICT_NOT_PERMITTED);
			tried++;
		}
	assert_true(tried > 0);
}

static void a_profile_narrows_who_may(void **state)
{
	struct rules narrow = rules;
	narrow.may_ask = narrow.points.may_raise = ROLE_BIT(ROLE_ROOM);
	narrow.motions.may_move = ROLE_BIT(ROLE_ROOM);
	narrow.explanations.may_explain = ROLE_BIT(ROLE_ROOM);
	for (size_t kind = 0; kind < COMMAND_COUNT; kind++) {
		if (permission_key((enum command_kind)kind) == NULL)
			continue;
		assert_int_equal(try_cell((enum command_kind)kind, ROLE_DELEGATE, STAGE_IN_SESSION,
					 false, &narrow),
			VERDICT_NOT_PERMITTED);
		assert_int_equal(try_cell((enum command_kind)kind, ROLE_ROOM, STAGE_IN_SESSION,
					 false, &rules),
			VERDICT_OK);
	}
}

static void the_page_says_what_the_table_says(void **state)
{
	struct rs_buf page;
	size_t len;
	char *paper = examples_read("signaling/wire/PERMISSIONS.md", &len);
	rs_buf_init(&page, (size_t)1 << 20);
	assert_int_equal(permissions_page(&page), 0);
	if (len != rs_buf_len(&page) || memcmp(paper, rs_buf_data(&page), len) != 0)
		fail_msg("stale: build/tools/permissions/permissions > "
			 "signaling/wire/PERMISSIONS.md");
	rs_buf_done(&page);
	free(paper);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_decided_as_the_table_says),
		cmocka_unit_test(each_command_is_done_by_somebody_in_some_stage),
		cmocka_unit_test(what_is_others_is_refused_to_those_who_may_over_their_own),
		cmocka_unit_test(a_profile_narrows_who_may),
		cmocka_unit_test(the_page_says_what_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
