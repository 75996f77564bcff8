#include "signaling/wire/message/reply.h"

#include "signaling/proceedings/permissions.h"
#include "signaling/wire/json/doc.h"
#include "signaling/wire/message/message.h"

const char *wire_verdict_text(enum verdict verdict)
{
	static const char *const texts[VERDICT_COUNT] = {
		[VERDICT_OK] = "",
		[VERDICT_NOT_PERMITTED] = "Your badge does not allow this.",
		[VERDICT_NOT_PUBLIC] =
			"The meeting does not sit in public: nothing of it is webcast.",
		[VERDICT_NOT_IN_SESSION] = "The meeting is not in session.",
		[VERDICT_NOT_ADMITTED] =
			"The meeting sits without you now; you may come back when it is public again.",
		[VERDICT_NO_QUORUM] = "There is no quorum.",
		[VERDICT_IN_THE_PAST] = "That time is past; give a later one.",
		[VERDICT_ALREADY_ON_LIST] = "Your delegation is already on the list of speakers.",
		[VERDICT_NOT_ON_LIST] = "You are not on the list of speakers.",
		[VERDICT_LIST_NOT_EXHAUSTED] =
			"The list of speakers is not closed, or somebody still waits on it.",
		[VERDICT_NO_SWAP] = "This entry offers no change of places any more.",
		[VERDICT_NO_LOTS] = "No drawing of lots was announced for this list.",
		[VERDICT_NO_TIME_LEFT] = "The time of this category of speakers is used up.",
		[VERDICT_LIST_CLOSED] = "The list of speakers is closed.",
		[VERDICT_NO_SUCH_ENTRY] = "This entry is no longer on the list of speakers.",
		[VERDICT_NO_SUCH_PARTICIPANT] = "There is no such participant in this meeting.",
		[VERDICT_NO_SUCH_ITEM] = "There is no such item on the agenda.",
		[VERDICT_NO_SUCH_CHANNEL] = "There is no such language channel.",
		[VERDICT_NO_SUCH_BOOTH] =
			"There is no such booth, or it has said nothing of the kind.",
		[VERDICT_NO_SUCH_CALL] = "That call was answered already.",
		[VERDICT_NO_SUCH_LINE] = "There is no such line, or it is too old to be corrected.",
		[VERDICT_NO_SUCH_SEAT] = "Nobody of this meeting sits there.",
		[VERDICT_AWAY_FROM_SEAT] =
			"Whoever sits there takes part from elsewhere: their page says so.",
		[VERDICT_NOT_CONNECTED] = "This participant is not connected now.",
		[VERDICT_NOBODY_HAS_THE_FLOOR] = "Nobody has the floor.",
		[VERDICT_OTHER_DELEGATION] =
			"Only a badge of the same delegation goes on with a statement.",
		[VERDICT_NO_MORE_REPLIES] =
			"Your delegation has used its rights of reply in this item.",
		[VERDICT_POINT_PENDING] = "A point of order comes first.",
		[VERDICT_NO_RULING] = "There is no ruling to appeal against or to settle.",
		[VERDICT_DECIDED_BY_VOTE] = "The meeting decides this by a vote.",
		[VERDICT_NO_SUCH_MOTION] = "The rules of this meeting know no such motion.",
		[VERDICT_MOTION_RAISED] = "A motion of your delegation waits already.",
		[VERDICT_MOTION_PENDING] = "A motion that takes precedence comes first.",
		[VERDICT_NO_MORE_SPEAKERS] = "Nobody else may speak on this motion.",
		[VERDICT_SPEAKERS_WAITING] =
			"Those who asked to speak on the motion are heard first.",
		[VERDICT_DEBATE_ADJOURNED] =
			"Debate on this item is adjourned until it is taken up again.",
		[VERDICT_DEBATE_CLOSED] = "Debate on this item is closed.",
		[VERDICT_SPONSOR] = "Sponsors do not explain their vote on their own proposal.",
		[VERDICT_EXPLAINED] = "Your delegation has explained its vote already.",
		[VERDICT_VOTING_IN_PROGRESS] = "Voting has begun; it is not interrupted.",
		[VERDICT_VOTING_NOT_OPEN] = "The voting is not open.",
		[VERDICT_NO_SUCH_DECISION] = "This proposal is no longer before the meeting.",
		[VERDICT_DECISION_PENDING] = "Another proposal is before the meeting.",
		[VERDICT_NO_SUCH_MAJORITY] = "The rules of this meeting know no such majority.",
		[VERDICT_NOT_ENTITLED] =
			"Your delegation is not entitled to vote on this proposal.",
		[VERDICT_OBJECTED] = "There is an objection: no consensus.",
		[VERDICT_NO_TOTALS] = "The totals have not been entered yet.",
		[VERDICT_MORE_THAN_ENTITLED] =
			"These are more votes than delegations entitled to vote.",
		[VERDICT_NOT_YOUR_TURN] = "Your delegation has not been called yet.",
		[VERDICT_NOT_ALL_CALLED] =
			"The roll call is not finished: not every delegation was called.",
		[VERDICT_ALL_CALLED] = "Every delegation has been called.",
		[VERDICT_LOCK_NOT_ANNOUNCED] =
			"The rules of this meeting want the lock announced before.",
		[VERDICT_LOCK_NOT_DUE] = "The time that was announced before the lock is not over.",
		[VERDICT_RESULT_STANDS] =
			"The result was proclaimed and stands; a statement of intent can be attached.",
		[VERDICT_NOT_PROCLAIMED] = "The result has not been proclaimed yet.",
		[VERDICT_NOT_LOCKED] = "Votes are corrected once the voting is locked.",
		[VERDICT_LOT_LOST] =
			"The lot that was committed to is lost. Please propose the vote again.",
		[VERDICT_NO_BALLOTS] =
			"There is no key for this secret ballot here; the secretariat must look into it.",
		[VERDICT_CHANNEL_NOT_YOURS] = "This channel is not one of your booth.",
		[VERDICT_CHANNEL_BUSY] = "Another booth is live in this channel.",
		[VERDICT_PARTNER_LIVE] =
			"Your partner is live in this channel; ask for a handover.",
		[VERDICT_RELAY_CYCLE] =
			"This channel comes from your own: you would interpret yourself.",
		[VERDICT_NOT_LIVE] = "Nobody is live there.",
		[VERDICT_LIVE_ELSEWHERE] = "This desk is live in another channel.",
		[VERDICT_NO_SOUND] =
			"No sound comes from the microphone of the desk that is to take over.",
		[VERDICT_NO_HANDOVER] = "No handover waits for you.",
		[VERDICT_HANDOVER_PENDING] = "A handover is under way already.",
		[VERDICT_CHAT_CLOSED] = "The secretariat has closed the chat.",
		[VERDICT_NO_SUCH_REQUEST] = "This request of the technician is over.",
		[VERDICT_MEETING_SITS] =
			"The meeting sits: a test signal could be heard on the floor.",
		[VERDICT_MICROPHONE_OPEN] = "The microphone is open: the meeting hears it.",
		[VERDICT_NO_SUCH_DOCUMENT] = "There is no such document, or it was withdrawn.",
		[VERDICT_DOCUMENTS_FULL] =
			"The meeting's documents take up all the room they may. Withdraw one first.",
		[VERDICT_NO_SUCH_MESSAGE] = "This message is no longer in the chat.",
		[VERDICT_ALREADY_SO] = "It is so already.",
		[VERDICT_BAD_OFFER] = "The media offer could not be used.",
		[VERDICT_NO_MEDIA_SERVER] =
			"The media server is not there; it will be told when it is back.",
		[VERDICT_STORE_UNAVAILABLE] =
			"Not done: it could not be written down. Please try again.",
		[VERDICT_TOO_MANY] = "A limit was met. Please wait a moment.",
		[VERDICT_MALFORMED] = "The command could not be read.",
	};
	return texts[verdict];
}

static json_t *may_list(enum role role)
{
	json_t *may = json_array();
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (permission_of((enum command_kind)i, role) != PERMISSION_NONE)
			doc_push(&may, json_string(wire_command_name((enum command_kind)i)));
	}
	return may;
}

static json_t *you_part(const struct participant *participant)
{
	json_t *you = json_object();
	doc_put(&you, "id", json_string(participant->id));
	doc_put(&you, "role", json_string(role_name(participant->role)));
	doc_put(&you, "name", json_string(participant->name));
	doc_put_text(&you, "delegation", participant->delegation);
	json_t *languages = json_array();
	for (size_t i = 0; i < participant->n_languages; i++)
		doc_push(&languages, json_string(participant->languages[i]));
	doc_put(&you, "languages", languages);
	doc_put(&you, "may", may_list(participant->role));
	return you;
}

static json_t *urls_part(const char *const *urls, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		doc_push(&list, json_string(urls[i]));
	return list;
}

/* In the form of the browsers' RTCConfiguration.iceServers. */
static json_t *ice_servers(const struct turn *turn, const char *who, int64_t wall_ms)
{
	json_t *servers = json_array();
	if (turn->n_stun > 0) {
		json_t *stun = json_object();
		doc_put(&stun, "urls", urls_part(turn->stun, turn->n_stun));
		doc_push(&servers, stun);
	}
	if (turn->n_turn > 0) {
		struct turn_grant grant;
		json_t *relay = json_object();
		turn_grant(turn, who, wall_ms / 1000, &grant);
		doc_put(&relay, "urls", urls_part(turn->turn, turn->n_turn));
		doc_put(&relay, "username", json_string(grant.username));
		doc_put(&relay, "credential", json_string(grant.password));
		doc_push(&servers, relay);
	}
	return servers;
}

int wire_welcome_write(const struct wire_welcome *welcome, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("welcome"));
	doc_put(&json, "epoch", json_string(welcome->epoch));
	doc_put(&json, "event", json_integer((json_int_t)welcome->event));
	doc_put(&json, "resumed", json_boolean(welcome->resumed));
	doc_put(&json, "time", json_integer(welcome->wall_ms));
	if (welcome->place != 0)
		doc_put(&json, "place", json_integer(welcome->place));
	doc_put(&json, "you", you_part(welcome->you));
	if (welcome->turn != NULL && welcome->turn->n_stun + welcome->turn->n_turn > 0)
		doc_put(&json, "ice_servers",
			ice_servers(welcome->turn, welcome->you->id, welcome->wall_ms));
	if (welcome->archive)
		doc_put(&json, "archive", json_true());
	return doc_append(json, out);
}

int wire_welcome_head(const struct wire_welcome *welcome, struct rs_buf *out)
{
	const int err = wire_welcome_write(welcome, out);
	if (err < 0)
		return err;
	out->end--; /* the brace that closes */
	return rs_buf_printf(out, ",\"view\":");
}

int wire_welcome_tail(const char *measured, size_t len, struct rs_buf *out)
{
	const int err = rs_buf_printf(out, ",\"measured\":");
	if (err < 0)
		return err;
	return rs_buf_printf(out, "%.*s}}", (int)len, measured);
}

int wire_error_write(const char *reason, const char *text, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("error"));
	doc_put(&json, "reason", json_string(reason));
	doc_put(&json, "text", json_string(text));
	return doc_append(json, out);
}

static json_t *reply_object(const char *id, bool ok)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("reply"));
	doc_put(&json, "id", json_string(id));
	doc_put(&json, "ok", json_boolean(ok));
	return json;
}

int wire_reply_ok(const char *id, uint64_t event, struct rs_buf *out)
{
	json_t *json = reply_object(id, true);
	if (event != 0)
		doc_put(&json, "event", json_integer((json_int_t)event));
	return doc_append(json, out);
}

int wire_reply_refused(const char *id, enum verdict verdict, const char *text, struct rs_buf *out)
{
	json_t *json = reply_object(id, false);
	doc_put(&json, "reason", json_string(verdict_reason(verdict)));
	doc_put(&json, "text", json_string(text));
	return doc_append(json, out);
}

static json_t *slot_json(const struct peer_recv *recv)
{
	json_t *slot = json_object();
	doc_put(&slot, "mid", json_string(recv->mid));
	doc_put(&slot, "kind", json_string(recv->kind == PEER_AUDIO ? "audio" : "video"));
	doc_put(&slot, "feed", json_string(recv->feed));
	doc_put(&slot, "rank", json_integer(recv->rank));
	return slot;
}

int wire_listening_write(const struct peer_spec *peer, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("listening"));
	json_t *slots = json_array();
	for (size_t i = 0; i < peer->n_recv; i++) {
		if (peer->recv[i].kind == PEER_AUDIO)
			doc_push(&slots, slot_json(&peer->recv[i]));
	}
	doc_put(&json, "slots", slots);
	return doc_append(json, out);
}

int wire_layers_write(const struct wire_layers *layers, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("layers"));
	doc_put(&json, "peer", json_string(layers->peer));
	doc_put(&json, "media", json_string(layers->media));
	doc_put(&json, "wanted", json_integer((json_int_t)layers->wanted));
	doc_put(&json, "of", json_integer((json_int_t)layers->of));
	return doc_append(json, out);
}

int wire_reply_answer(const char *id, const char *instance, const struct peer_spec *peer,
	const char *sdp, size_t sdp_len, struct rs_buf *out)
{
	json_t *json = reply_object(id, true);
	doc_put(&json, "instance", json_string(instance));
	doc_put(&json, "peer", json_string(peer->id));
	doc_put(&json, "sdp", json_stringn(sdp, sdp_len));
	json_t *slots = json_array();
	for (size_t i = 0; i < peer->n_recv; i++)
		doc_push(&slots, slot_json(&peer->recv[i]));
	doc_put(&json, "slots", slots);
	return doc_append(json, out);
}

int wire_measured_write(const char *patch, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("measured"));
	doc_put(&json, "patch", doc_read(patch, strlen(patch)));
	return doc_append(json, out);
}

enum verdict wire_reply_read(const char *reply, size_t len, uint64_t *out_event)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(reply, len);
	struct object_error failure;
	const struct object object = object_root(root, "reply", &failure);
	const char *reason = object_text_or(&object, "reason", "");
	*out_event = (uint64_t)object_int_or(&object, "event", 0, INT64_MAX, 0);
	for (size_t i = 0; i < VERDICT_COUNT && reason[0] != '\0'; i++) {
		if (strcmp(reason, verdict_reason((enum verdict)i)) == 0)
			return (enum verdict)i;
	}
	return object_bool_or(&object, "ok", false) ? VERDICT_OK : VERDICT_MALFORMED;
}
