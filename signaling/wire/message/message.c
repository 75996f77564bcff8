#include "signaling/wire/message/message.h"

#include "common/control/object.h"
#include "signaling/proceedings/permissions.h"
#include "signaling/wire/json/doc.h"
#include "signaling/wire/message/booths.h"
#include "signaling/wire/message/box.h"
#include "signaling/wire/message/captions.h"
#include "signaling/wire/message/errands.h"
#include "signaling/wire/message/floor.h"
#include "signaling/wire/message/lists.h"
#include "signaling/wire/message/stations.h"
#include "signaling/wire/message/voting.h"

#include <errno.h>

#define EPOCH_MAX 64

typedef void parse_fn(const struct object *object, struct wire_message *message);

static void parse_nothing(const struct object *object, struct wire_message *message)
{
	(void)object; /* the command has no members */
	(void)message;
}

/* Without a quorum too, where the profile lets the presiding officer. */
static void parse_override(const struct object *object, struct wire_message *message)
{
	message->command.overrides = object_bool_or(object, "override", false);
}

static void parse_visibility(const struct object *object, struct wire_message *message)
{
	if (visibility_parse(object_text(object, "visibility"), &message->command.visibility) < 0)
		object_fail(object, "visibility", "public, private or closed-members is expected");
}

static void parse_participant(const struct object *object, struct wire_message *message)
{
	(void)rs_set_text(message->command.participant, object_name(object, "participant"));
}

static void parse_item(const struct object *object, struct wire_message *message)
{
	(void)rs_set_text(message->command.item, object_name(object, "item"));
}

/* null: not said, or as the profile has it. */
static void parse_until(const struct object *object, struct wire_message *message)
{
	message->command.until_ms = object_int_or(object, "until", 1, DOC_INT_MAX, 0);
}

static void parse_plan(const struct object *object, struct wire_message *message)
{
	struct plan_question *plan = &message->plan;
	plan->has_limit = object_has(object, "limit");
	plan->limit_s = (uint32_t)object_int_or(object, "limit", 0, RULES_TIME_MAX_S, 0);
	plan->closes = object_bool_or(object, "close", false);
	plan->until_ms = object_int_or(object, "until", 1, DOC_INT_MAX, 0);
	plan->pause_s = (uint32_t)object_int_or(object, "pause", 0, PLAN_PAUSE_MAX_S, 0);
}

/* Of a key, or a switch. */
static void parse_on(const struct object *object, struct wire_message *message)
{
	message->command.on = object_bool(object, "on");
}

static void parse_say(const struct object *object, struct wire_message *message)
{
	enum chat_audience audience = CHAT_ALL;
	if (chat_audience_parse(object_text(object, "to"), &audience) < 0)
		object_fail(
			object, "to", "all, delegation, secretariat or participant is expected");
	message->command.audience = audience;
	if (audience == CHAT_PARTICIPANT)
		(void)rs_set_text(message->command.participant, object_name(object, "participant"));
	message->text = object_text(object, "text");
	if (!chat_text_is_good(message->text, strlen(message->text)))
		object_fail(object, "text",
			"1 to 2000 octets of text are expected, without control characters");
}

static void parse_removal(const struct object *object, struct wire_message *message)
{
	message->command.message = (uint64_t)object_int(object, "message", 1, DOC_INT_MAX);
}

/* What a document is, its file says: PROTOCOL.md section 2.3. */
static void parse_upload(const struct object *object, struct wire_message *message)
{
	object_fail(object, "type", "documents are added by upload");
}

static void parse_document(const struct object *object, struct wire_message *message)
{
	message->command.document.number = (uint32_t)object_int(object, "document", 1, UINT32_MAX);
}

static void parse_look(const struct object *object, struct wire_look *look)
{
	doc_copy_text(object, "mid", false, look->mid, sizeof(look->mid));
	look->has_height = object_has(object, "height");
	if (look->has_height)
		look->height = (uint32_t)object_int(object, "height", 0, WIRE_HEIGHT_MAX);
	look->has_priority = object_has(object, "priority");
	if (look->has_priority)
		look->priority = (uint32_t)object_int(object, "priority", 0, UINT8_MAX);
	look->has_paused = object_has(object, "paused");
	look->paused = object_bool_or(object, "paused", false);
	look->has_feed = object_has(object, "feed");
	if (look->has_feed)
		doc_copy_text(object, "feed", false, look->feed, sizeof(look->feed));
}

static void parse_watch(const struct object *object, struct wire_message *message)
{
	message->n_looks = object_array(object, "slots", WIRE_LOOKS_MAX);
	for (size_t i = 0; i < message->n_looks; i++) {
		const struct object at = object_at(object, "slots", i);
		parse_look(&at, &message->looks[i]);
	}
}

static void parse_hears(const struct object *object, struct wire_message *message)
{
	message->delay_ms = (int)object_int(object, "delay", 0, WIRE_DELAY_MAX_MS);
}

static void parse_sdp(const struct object *object, struct wire_message *message)
{
	message->sdp = object_text(object, "sdp");
}

static void parse_offer(const struct object *object, struct wire_message *message)
{
	message->sdp = object_text(object, "sdp");
	message->instance = object_name(object, "instance");
}

static const struct {
	const char *name;
	parse_fn *parse;
} commands[COMMAND_COUNT] = {
	[COMMAND_OPEN_DOORS] = { "open-doors", parse_nothing },
	[COMMAND_CLOSE_DOORS] = { "close-doors", parse_nothing },
	[COMMAND_BEGIN_SOUND_CHECK] = { "begin-sound-check", parse_participant },
	[COMMAND_END_SOUND_CHECK] = { "end-sound-check", parse_nothing },
	[COMMAND_OPEN_MEETING] = { "open-meeting", parse_override },
	[COMMAND_ADJOURN_MEETING] = { "adjourn-meeting", parse_until },
	[COMMAND_SET_VISIBILITY] = { "set-visibility", parse_visibility },
	[COMMAND_CLOSE_MEETING] = { "close-meeting", parse_nothing },
	[COMMAND_SUSPEND_MEETING] = { "suspend-meeting", parse_nothing },
	[COMMAND_RESUME_MEETING] = { "resume-meeting", parse_nothing },
	[COMMAND_SET_INTERPRETATION_END] = { "set-interpretation-end", parse_until },
	[COMMAND_TAKE_UP_ITEM] = { "take-up-item", parse_item },
	[COMMAND_ASK_FOR_FLOOR] = { "ask-for-floor", lists_parse_ask },
	[COMMAND_INSCRIBE] = { "inscribe", lists_parse_inscribe },
	[COMMAND_WITHDRAW] = { "withdraw", lists_parse_withdraw },
	[COMMAND_MOVE_ENTRY] = { "move-entry", floor_parse_move },
	[COMMAND_SKIP_ENTRY] = { "skip-entry", lists_parse_entry },
	[COMMAND_REQUEUE_ENTRY] = { "requeue-entry", lists_parse_requeue },
	[COMMAND_OFFER_SWAP] = { "offer-swap", lists_parse_offer_swap },
	[COMMAND_ACCEPT_SWAP] = { "accept-swap", lists_parse_entry },
	[COMMAND_DECLINE_SWAP] = { "decline-swap", lists_parse_entry },
	[COMMAND_WITHDRAW_SWAP] = { "withdraw-swap", lists_parse_entry },
	[COMMAND_ANNOUNCE_LOTS] = { "announce-lots", lists_parse_item },
	[COMMAND_DRAW_LOTS] = { "draw-lots", lists_parse_draw },
	[COMMAND_GIVE_FLOOR] = { "give-floor", floor_parse_give },
	[COMMAND_TAKE_FLOOR] = { "take-floor", parse_nothing },
	[COMMAND_STOP_CLOCK] = { "stop-clock", parse_nothing },
	[COMMAND_START_CLOCK] = { "start-clock", parse_nothing },
	[COMMAND_RESUME_FLOOR] = { "resume-floor", floor_parse_resume },
	[COMMAND_EXTEND_TIME] = { "extend-time", floor_parse_seconds },
	[COMMAND_SET_LIMIT] = { "set-limit", lists_parse_limit },
	[COMMAND_SET_BUDGET] = { "set-budget", lists_parse_budget },
	[COMMAND_CLOSE_LIST] = { "close-list", lists_parse_item },
	[COMMAND_OPEN_LIST] = { "open-list", lists_parse_item },
	[COMMAND_END_LIST] = { "end-list", lists_parse_item },
	[COMMAND_ASK_FOR_REPLY] = { "ask-for-reply", parse_nothing },
	[COMMAND_RAISE_POINT] = { "raise-point", parse_nothing },
	[COMMAND_WITHDRAW_POINT] = { "withdraw-point", floor_parse_withdraw },
	[COMMAND_HEAR_POINT] = { "hear-point", lists_parse_entry },
	[COMMAND_RULE] = { "rule", floor_parse_ruling },
	[COMMAND_APPEAL] = { "appeal", parse_nothing },
	[COMMAND_SETTLE_POINT] = { "settle-point", floor_parse_settle },
	[COMMAND_RAISE_MOTION] = { "raise-motion", floor_parse_raise },
	[COMMAND_WITHDRAW_MOTION] = { "withdraw-motion", lists_parse_entry },
	[COMMAND_TAKE_UP_MOTION] = { "take-up-motion", lists_parse_entry },
	[COMMAND_SPEAK_ON_MOTION] = { "speak-on-motion", floor_parse_side },
	[COMMAND_PUT_QUESTION] = { "put-question", floor_parse_put },
	[COMMAND_PROPOSE_DECISION] = { "propose-decision", voting_parse_proposal },
	[COMMAND_ADD_SPONSOR] = { "add-sponsor", voting_parse_sponsor },
	[COMMAND_EXPLAIN_VOTE] = { "explain-vote", voting_parse_explanation },
	[COMMAND_OBJECT] = { "object", voting_parse_decision },
	[COMMAND_WITHDRAW_OBJECTION] = { "withdraw-objection", voting_parse_decision },
	[COMMAND_WITHDRAW_DECISION] = { "withdraw-decision", voting_parse_decision },
	[COMMAND_OPEN_VOTING] = { "open-voting", voting_parse_open_voting },
	[COMMAND_ASK_FOR_BALLOT] = { "ask-for-ballot", voting_parse_blinded },
	[COMMAND_COLLECT_BALLOT] = { "collect-ballot", voting_parse_blinded },
	[COMMAND_CALL_NEXT] = { "call-next", voting_parse_decision },
	[COMMAND_CAST] = { "cast", voting_parse_cast },
	[COMMAND_ENTER_VOTE] = { "enter-vote", voting_parse_vote_of },
	[COMMAND_ENTER_TOTALS] = { "enter-totals", voting_parse_totals },
	[COMMAND_ANNOUNCE_LOCK] = { "announce-lock", voting_parse_lock_warning },
	[COMMAND_LOCK_VOTING] = { "lock-voting", voting_parse_decision },
	[COMMAND_CORRECT_VOTE] = { "correct-vote", voting_parse_correction },
	[COMMAND_ANNUL_VOTING] = { "annul-voting", voting_parse_reason },
	[COMMAND_PROCLAIM] = { "proclaim", voting_parse_decision },
	[COMMAND_STATE_INTENT] = { "state-intent", voting_parse_intent },
	[COMMAND_OPEN_MICROPHONE] = { "open-microphone", parse_nothing },
	[COMMAND_CLOSE_MICROPHONE] = { "close-microphone", parse_nothing },
	[COMMAND_GO_LIVE] = { "go-live", booths_parse_channel },
	[COMMAND_GO_IDLE] = { "go-idle", parse_nothing },
	[COMMAND_COUGH] = { "cough", parse_on },
	[COMMAND_SELECT_SOURCE] = { "select-source", booths_parse_source },
	[COMMAND_SELECT_OUTPUT] = { "select-output", booths_parse_channel },
	[COMMAND_REQUEST_HANDOVER] = { "request-handover", booths_parse_handover },
	[COMMAND_ACCEPT_HANDOVER] = { "accept-handover", parse_nothing },
	[COMMAND_DECLINE_HANDOVER] = { "decline-handover", parse_nothing },
	[COMMAND_CANCEL_HANDOVER] = { "cancel-handover", parse_nothing },
	[COMMAND_SET_FLOOR_LANGUAGE] = { "set-floor-language", booths_parse_language },
	[COMMAND_SPEAK_SLOWER] = { "speak-slower", parse_nothing },
	[COMMAND_CANNOT_INTERPRET] = { "cannot-interpret", booths_parse_impediment },
	[COMMAND_CLEAR_IMPEDIMENT] = { "clear-impediment", booths_parse_booth },
	[COMMAND_CALL] = { "call", booths_parse_call },
	[COMMAND_ANSWER_CALL] = { "answer-call", booths_parse_answer },
	[COMMAND_CAPTION] = { "caption", captions_parse_line },
	[COMMAND_WEBCAST] = { "webcast", parse_on },
	[COMMAND_TAKE_UP_RECORDING] = { "take-up-recording", parse_nothing },
	[COMMAND_STOP_RECORDING] = { "stop-recording", parse_nothing },
	[COMMAND_PLAN] = { "plan", parse_plan },
	[COMMAND_CLOSE_CHAT] = { "close-chat", parse_nothing },
	[COMMAND_OPEN_CHAT] = { "open-chat", parse_nothing },
	[COMMAND_REMOVE_MESSAGE] = { "remove-message", parse_removal },
	[COMMAND_ADD_DOCUMENT] = { "add-document", parse_upload },
	[COMMAND_WITHDRAW_DOCUMENT] = { "withdraw-document", parse_document },
	[COMMAND_SAY] = { "say", parse_say },
	[COMMAND_LISTEN] = { "listen", booths_parse_listen },
	[COMMAND_WATCH] = { "watch", parse_watch },
	[COMMAND_HEARS] = { "hears", parse_hears },
	[COMMAND_CAPTION_LIVE] = { "caption-live", captions_parse_live },
	[COMMAND_CAPTIONS] = { "captions", captions_parse_wish },
	[COMMAND_SURVEY] = { "survey", parse_on },
	[COMMAND_HISTORY] = { "history", stations_parse_history },
	[COMMAND_TELL_SEAT] = { "tell-seat", errands_parse_tell },
	[COMMAND_ASK_FOR_CABLE] = { "ask-for-cable", parse_participant },
	[COMMAND_LOOP_BACK] = { "loop-back", errands_parse_loop },
	[COMMAND_TEST_SIGNAL] = { "test-signal", errands_parse_signal },
	[COMMAND_RESTART_BOX] = { "restart-box", parse_participant },
	[COMMAND_TELL_LINE] = { "tell-line", stations_parse_line },
	[COMMAND_TELL_BOX] = { "tell-box", box_parse },
	[COMMAND_LOOK_AT_BOX] = { "look-at-box", box_parse_look },
	[COMMAND_ANSWER_TECHNICIAN] = { "answer-technician", errands_parse_answer },
	[COMMAND_OFFER] = { "offer", parse_offer },
	[COMMAND_RESTART_ICE] = { "restart-ice", parse_sdp },
	[COMMAND_HANG_UP] = { "hang-up", parse_nothing },
};

const char *wire_command_name(enum command_kind kind)
{
	return commands[kind].name;
}

int wire_command_parse_name(const char *name, enum command_kind *out_kind)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(name, commands[i].name) == 0) {
			*out_kind = (enum command_kind)i;
			return 0;
		}
	}
	return -ENOENT;
}

static void parse_hello(const struct object *object, struct wire_message *message)
{
	message->kind = WIRE_HELLO;
	message->token = object_text(object, "token");
	message->companion = object_bool_or(object, "companion", false);
	message->changes = object_bool_or(object, "changes", false);
	if (!object_has(object, "resume"))
		return;
	const struct object resume = object_child(object, "resume");
	message->resumes = true;
	message->epoch = object_text(&resume, "epoch");
	message->event = (uint64_t)object_int(&resume, "event", 0, DOC_INT_MAX);
	message->place = object_int_or(&resume, "place", 1, DOC_INT_MAX, 0);
	if (strlen(message->epoch) > EPOCH_MAX)
		object_fail(&resume, "epoch", "the text is too long");
}

/* Of all that a room may do: by whose seat. To others, seats mean something of their own. */
static void parse_seat(const struct object *object, struct wire_message *message)
{
	const enum command_kind kind = message->command.kind;
	if (!object_has(object, "seat") ||
		(!permission_by_seat(kind) && permission_of(kind, ROLE_ROOM) == PERMISSION_NONE))
		return;
	doc_copy_text(object, "seat", false, message->command.seat, sizeof(message->command.seat));
	if (object_text(object, "seat")[0] == '\0')
		object_fail(object, "seat", "the name of a seat is expected");
}

static enum wire_result fail(enum wire_result result, const char *text, char error[WIRE_ERROR_LEN])
{
	(void)rs_copy_text(error, WIRE_ERROR_LEN, text, strlen(text)); /* errors fit */
	return result;
}

static size_t longest(enum command_kind kind)
{
	if (kind == COMMAND_OFFER || kind == COMMAND_RESTART_ICE)
		return WIRE_OFFER_MAX;
	return kind == COMMAND_TELL_BOX ? WIRE_BOX_MAX : WIRE_MESSAGE_MAX;
}

static enum wire_result parse_command(const struct object *object, const char *type, size_t len,
	struct wire_message *message, char error[WIRE_ERROR_LEN])
{
	if (wire_command_parse_name(type, &message->command.kind) < 0)
		return fail(WIRE_BAD_MESSAGE, "There is no message of this type.", error);
	if (len > longest(message->command.kind))
		return fail(WIRE_BAD_MESSAGE, "The message is too long.", error);

	message->kind = WIRE_COMMAND;
	(void)rs_set_text(message->id, object_name(object, "id"));
	if (object->error->failed)
		return fail(WIRE_BAD_MESSAGE, object->error->text, error);
	commands[message->command.kind].parse(object, message);
	parse_seat(object, message);
	return object->error->failed ? fail(WIRE_BAD_COMMAND, object->error->text, error) : WIRE_OK;
}

enum wire_result wire_message_parse(
	const char *text, size_t len, struct wire_message *out_message, char error[WIRE_ERROR_LEN])
{
	*out_message = (struct wire_message){ .kind = WIRE_COMMAND };
	if (len > WIRE_OFFER_MAX)
		return fail(WIRE_BAD_MESSAGE, "The message is too long.", error);
	json_t *root = doc_read(text, len);
	if (root == NULL)
		return fail(WIRE_BAD_MESSAGE, "The message is no JSON object.", error);
	out_message->json = root;

	struct object_error failure;
	const struct object object = object_root(root, "message", &failure);
	const char *type = object_text(&object, "type");
	if (failure.failed)
		return fail(WIRE_BAD_MESSAGE, failure.text, error);
	if (strcmp(type, "sync") == 0) {
		lists_parse_sync(&object, out_message);
		return failure.failed ? fail(WIRE_BAD_MESSAGE, failure.text, error) : WIRE_OK;
	}
	const bool hello = strcmp(type, "hello") == 0;
	if (hello && len > WIRE_MESSAGE_MAX)
		return fail(WIRE_BAD_MESSAGE, "The message is too long.", error);
	if (!hello)
		return parse_command(&object, type, len, out_message, error);
	parse_hello(&object, out_message);
	return failure.failed ? fail(WIRE_BAD_MESSAGE, failure.text, error) : WIRE_OK;
}

enum wire_result wire_order_parse(enum command_kind kind, const char *json, size_t len,
	struct wire_message *out_message, char error[WIRE_ERROR_LEN])
{
	*out_message = (struct wire_message){ .kind = WIRE_COMMAND };
	out_message->command.kind = kind;
	if (len > WIRE_MESSAGE_MAX)
		return fail(WIRE_BAD_COMMAND, "The command is too long.", error);
	json_t *root = len > 0 ? doc_read(json, len) : json_object();
	if (root == NULL)
		return fail(WIRE_BAD_COMMAND, "The command is no JSON object.", error);
	out_message->json = root;

	struct object_error failure;
	const struct object object = object_root(root, "command", &failure);
	if (object_has(&object, "id"))
		(void)rs_set_text(out_message->id, object_name(&object, "id"));
	if (!failure.failed)
		commands[kind].parse(&object, out_message);
	if (!failure.failed)
		parse_seat(&object, out_message);
	return failure.failed ? fail(WIRE_BAD_COMMAND, failure.text, error) : WIRE_OK;
}

void wire_message_done(struct wire_message *message)
{
	json_decref(message->json);
	json_decref(message->report);
	*message = (struct wire_message){ .kind = WIRE_COMMAND };
}
