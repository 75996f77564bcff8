#include "signaling/service/matters/ballots.h"

#include "signaling/ballot/ballot.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/matters/ballot_keys.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/beside/ballot.h"
#include "signaling/wire/message/reply.h"

#include <inttypes.h>
#include <stdio.h>

struct ballot_box {
	uint32_t decision;
	size_t n;
	struct voting_ballot list[DELEGATIONS_MAX]; /* sorted by token */
};

static const struct voting *voting_of(const struct chamber *chamber)
{
	return chamber->proceedings->voting;
}

/* The box of this decision; NULL without memory. */
static struct ballot_box *box_of(struct chamber *chamber, uint32_t decision)
{
	if (chamber->box != NULL && chamber->box->decision != decision)
		chamber->box = ballots_free(chamber->box);
	if (chamber->box == NULL)
		chamber->box = rs_zalloc(sizeof(*chamber->box));
	if (chamber->box != NULL)
		chamber->box->decision = decision;
	return chamber->box;
}

struct ballot_box *ballots_free(struct ballot_box *box)
{
	if (box == NULL)
		return NULL;
	rs_wipe(box, sizeof(*box));
	return rs_release(box);
}

void ballots_prepare(struct service *service, struct chamber *chamber, struct command *command)
{
	const struct voting_decision *now = &voting_of(chamber)->now;
	if (now->mode != DECISION_SECRET)
		return;
	if (ballots_opens(chamber, command)) {
		uint8_t modulus[BALLOT_RSA_LEN];
		const struct ballot_key *key = ballots_key(service, chamber, now->number);
		if (key != NULL && ballot_key_len(key) == sizeof(modulus)) {
			ballot_key_modulus(key, modulus);
			rs_hex_encode(modulus, sizeof(modulus), command->ballot_key);
		}
	}
	if (command->kind == COMMAND_LOCK_VOTING && chamber->box != NULL &&
		chamber->box->decision == now->number) {
		command->ballots = chamber->box->list;
		command->n_ballots = chamber->box->n;
	}
}

void ballots_check(const struct service *service, const struct chamber *chamber, uint32_t decision,
	const char *blinded, char out[EVENT_SEED_MAX + 1])
{
	char label[EVENT_KEY_MAX + 2 * RS_NAME_MAX + 32];
	uint8_t hash[RS_SHA256_LEN];
	(void)snprintf(label, sizeof(label), "ballot %s %s %" PRIu32 " %.*s", chamber->epoch,
		chamber->proceedings->meeting->id, decision, EVENT_KEY_MAX, blinded);
	service->config.derive(service->config.derive_ctx, label, hash);
	rs_hex_encode(hash, sizeof(hash), out);
}

/* The delegation's ballot, whoever of it asks, as often as it does: the same blinded token has the same signature. */
static enum verdict sign(struct service *service, const struct session *session,
	const struct wire_message *message, uint8_t out[WIRE_SIGNATURE_LEN])
{
	struct chamber *chamber = session->chamber;
	const struct voting *voting = voting_of(chamber);
	const char *delegation =
		chamber->proceedings->meeting->participants[session->participant].delegation;
	char check[EVENT_SEED_MAX + 1];
	uint8_t blinded[WIRE_SIGNATURE_LEN];
	if (!voting_is_secret(voting) || message->command.decision != voting->now.number)
		return VERDICT_VOTING_NOT_OPEN;
	ballots_check(service, chamber, voting->now.number, message->blinded, check);
	for (size_t i = 0; i < voting->n_delegations; i++) {
		if (strcmp(voting->delegations[i].name, delegation) != 0)
			continue;
		if (strcmp(voting->delegations[i].check, check) != 0)
			return VERDICT_NOT_ENTITLED;
		const struct ballot_key *key = ballots_key(service, chamber, voting->now.number);
		if (key == NULL || ballot_key_len(key) != sizeof(blinded))
			return VERDICT_NO_BALLOTS;
		if (rs_hex_decode(message->blinded, strlen(message->blinded), blinded,
			    sizeof(blinded)) < 0 ||
			ballot_sign(key, blinded, out) < 0)
			return VERDICT_MALFORMED;
		return VERDICT_OK;
	}
	return VERDICT_NOT_ENTITLED;
}

void ballots_collect(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	uint8_t signature[WIRE_SIGNATURE_LEN];
	const enum verdict verdict = sign(service, session, message, signature);
	*err = verdict == VERDICT_OK
		       ? wire_reply_signature(message->id, signature, out)
		       : wire_reply_refused(message->id, verdict, wire_verdict_text(verdict), out);
}

void ballots_follow(struct service *service, struct chamber *chamber, const struct event *event)
{
	const bool over = event->kind == EVENT_VOTING_LOCKED ||
			  event->kind == EVENT_VOTING_ANNULLED ||
			  event->kind == EVENT_DECISION_WITHDRAWN;
	if (event->kind == EVENT_DECISION_PROPOSED)
		ballots_key_want(service, chamber);
	if (over)
		ballots_key_drop(service, chamber, event->decision);
	if (over && chamber->box != NULL && chamber->box->decision == event->decision)
		chamber->box = ballots_free(chamber->box);
	if (voting_of(chamber)->now.mode == DECISION_SECRET &&
		(over || event->kind == EVENT_DECISION_PROPOSED ||
			event->kind == EVENT_VOTING_OPENED))
		ballots_tell(service, chamber);
}

/* Where this token is, or belongs; true when it is there. */
static bool find(const struct ballot_box *box, const uint8_t *token, size_t *out_at)
{
	size_t low = 0;
	size_t high = box->n;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = memcmp(box->list[middle].token, token, VOTING_TOKEN_LEN);
		if (order == 0) {
			*out_at = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*out_at = low;
	return false;
}

static bool is_signed(
	const struct chamber *chamber, uint32_t decision, const struct wire_ballot *ballot)
{
	const char *key = voting_of(chamber)->now.key;
	uint8_t modulus[WIRE_SIGNATURE_LEN];
	uint8_t message[VOTING_TOKEN_LEN + RS_NAME_MAX + 32];
	if (rs_hex_decode(key, strlen(key), modulus, sizeof(modulus)) < 0)
		return false;
	memcpy(message, ballot->ballot.token, VOTING_TOKEN_LEN);
	const int len =
		snprintf((char *)message + VOTING_TOKEN_LEN, sizeof(message) - VOTING_TOKEN_LEN,
			"rostrum ballot %s %" PRIu32, chamber->proceedings->meeting->id, decision);
	return ballot_verify(modulus, sizeof(modulus), message, VOTING_TOKEN_LEN + (size_t)len,
		       ballot->signature) == 0;
}

/* The first that came with a token counts; the same again is a page that did not hear the answer. */
static enum verdict put(struct service *service, struct chamber *chamber, uint32_t decision,
	const struct wire_ballot *ballot)
{
	size_t at;
	const bool locking = chamber->in_flight && chamber->job != NULL &&
			     chamber->job->command.kind == COMMAND_LOCK_VOTING;
	if (!voting_is_secret(voting_of(chamber)) || voting_of(chamber)->now.number != decision ||
		locking)
		return VERDICT_VOTING_NOT_OPEN;
	if (!is_signed(chamber, decision, ballot))
		return VERDICT_NOT_ENTITLED;
	struct ballot_box *box = box_of(chamber, decision);
	if (box == NULL)
		return VERDICT_NO_BALLOTS;
	if (find(box, ballot->ballot.token, &at))
		return box->list[at].vote == ballot->ballot.vote ? VERDICT_OK : VERDICT_ALREADY_SO;
	if (box->n == voting_issued(voting_of(chamber)))
		return VERDICT_TOO_MANY;
	memmove(box->list + at + 1, box->list + at, (box->n - at) * sizeof(*box->list));
	box->list[at] = ballot->ballot;
	box->n++;
	return VERDICT_OK;
}

/* What those who preside are told of the secret ballot: its key until there is one, and how many ballots are in the box. */
static struct message *measured(const struct chamber *chamber)
{
	const struct voting *voting = voting_of(chamber);
	char patch[80];
	char n[24] = "null";
	struct message *message = NULL;
	struct rs_buf text;
	if (voting_is_secret(voting)) {
		const struct ballot_box *box = chamber->box;
		const bool current = box != NULL && box->decision == voting->now.number;
		(void)snprintf(n, sizeof(n), "%zu", current ? box->n : 0);
	}
	(void)snprintf(patch, sizeof(patch), "{\"ballots\":%s,\"ballot_key\":%s}", n,
		ballots_key_state(chamber));
	rs_buf_init(&text, 4096);
	if (wire_measured_write(patch, &text) == 0)
		message = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	return message;
}

void ballots_tell(struct service *service, const struct chamber *chamber)
{
	struct message *message = measured(chamber);
	for (const struct session *session = chamber->sessions; message != NULL && session != NULL;
		session = session->next) {
		if (session_presides(session))
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	}
	message_unref(message);
}

void ballots_tell_one(struct service *service, const struct session *session)
{
	if (!session_presides(session) || voting_of(session->chamber)->now.mode != DECISION_SECRET)
		return;
	struct message *message = measured(session->chamber);
	if (message != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, message);
}

int service_ballot(struct service *service, const char *meeting, uint32_t decision,
	const char *json, size_t len, struct service_refusal *refusal)
{
	struct wire_ballot ballot;
	char error[WIRE_ERROR_LEN] = "";
	struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -1;
	}
	if (wire_ballot_parse(json, len, &ballot, error) < 0) {
		refuse_request(refusal, 400, "malformed", error);
		return -1;
	}
	const enum verdict verdict = put(service, chamber, decision, &ballot);
	rs_wipe(&ballot, sizeof(ballot));
	if (verdict != VERDICT_OK) {
		refuse_request(refusal, http_status(verdict), verdict_reason(verdict),
			wire_verdict_text(verdict));
		return -1;
	}
	ballots_tell(service, chamber);
	return 0;
}
