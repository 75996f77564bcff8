#include "signaling/wire/event/voting.h"

#include "signaling/voting/voting.h"
#include "signaling/wire/json/doc.h"

/* Names of one event: each at least one octet, and a space. */
#define NAMES_MAX ((EVENT_NAMES_MAX + 1) / 2)

/* "TOKEN=vote TOKEN=vote" as an object. */
static json_t *ballots_object(const char *ballots)
{
	json_t *object = json_object();
	for (const char *at = ballots; *at != '\0';) {
		char token[2 * VOTING_TOKEN_LEN + 1];
		const size_t token_len = strcspn(at, "=");
		const size_t len = strcspn(at, " ");
		if (token_len < len && rs_copy_text(token, sizeof(token), at, token_len))
			doc_put(&object, token,
				json_stringn(at + token_len + 1, len - token_len - 1));
		at += len + strspn(at + len, " ");
	}
	return object;
}

static void write_proposal(json_t **data, const struct event *event)
{
	doc_put(data, "title", json_string(event->title));
	doc_put(data, "mode", json_string(decision_mode_name(event->mode)));
	doc_put(data, "subject", json_string(subject_name(event->subject)));
	if (event->subject != SUBJECT_PROPOSAL)
		doc_put(data, "entry", json_integer(event->entry));
	doc_put(data, "majority", doc_text_or_null(event->majority));
	if (event->again != 0)
		doc_put(data, "second_vote_on", json_integer(event->again));
	doc_put_text(data, "commitment", event->commitment);
}

static void write_outcome(json_t **data, const struct event *event)
{
	doc_put(data, "outcome", json_string(outcome_name(event->outcome)));
	doc_put(data, "required", json_integer(event->required));
	if (event->due_ms != 0)
		doc_put(data, "due", json_integer(event->due_ms));
}

/* What some kinds have beyond the members of the table in signaling/meeting. */
static void write_more(json_t **data, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_VOTING_OPENED:
		doc_put(data, "voters", doc_names(event->names));
		doc_put_text(data, "seed", event->seed);
		doc_put_text(data, "key", event->key);
		return;
	case EVENT_BALLOT_ISSUED:
		doc_put(data, "check", json_string(event->commitment));
		return;
	case EVENT_BALLOTS_PUBLISHED:
		doc_put(data, "ballots", ballots_object(event->names));
		return;
	case EVENT_DELEGATION_CALLED:
		doc_put(data, "round", json_integer(event->round));
		return;
	case EVENT_LOCK_ANNOUNCED:
		doc_put(data, "due", json_integer(event->due_ms));
		return;
	case EVENT_VOTE_CORRECTED:
		doc_put(data, "was", json_string(vote_name(event->was)));
		return;
	default:
		return;
	}
}

void event_write_decision(json_t **data, const struct event *event)
{
	const uint64_t members = event_members(event->kind);
	doc_put(data, "decision", json_integer(event->decision));
	if (members & MEMBER_PROPOSAL)
		write_proposal(data, event);
	if (members & MEMBER_VOTE)
		doc_put(data, "vote", json_string(vote_name(event->vote)));
	if (members & MEMBER_ENTITLED)
		doc_put(data, "entitled", json_integer(event->entitled));
	if (members & MEMBER_TOTALS) {
		doc_put(data, "yes", json_integer(event->yes));
		doc_put(data, "no", json_integer(event->no));
		doc_put(data, "abstain", json_integer(event->abstain));
	}
	if (members & MEMBER_OUTCOME)
		write_outcome(data, event);
	write_more(data, event);
}

/* A seed or a commitment to one. */
static void read_hex(const struct object *data, const char *key, char out[EVENT_SEED_MAX + 1])
{
	uint8_t octets[LOT_SEED_LEN];
	doc_copy_text(data, key, true, out, EVENT_SEED_MAX + 1);
	if (out[0] != '\0' && rs_hex_decode(out, strlen(out), octets, sizeof(octets)) < 0)
		object_fail(data, key, "64 hexadecimal digits are expected");
}

static void read_key(const struct object *data, char out[EVENT_KEY_MAX + 1])
{
	uint8_t octets[EVENT_KEY_MAX / 2];
	doc_copy_text(data, "key", true, out, EVENT_KEY_MAX + 1);
	if (out[0] != '\0' && rs_hex_decode(out, strlen(out), octets, sizeof(octets)) < 0)
		object_fail(data, "key", "a modulus of 2048 bits is expected");
}

static void read_ballots(const struct object *data, char out[EVENT_NAMES_MAX + 1])
{
	const struct object ballots = object_child(data, "ballots");
	const char *token;
	json_t *value;
	size_t len = 0;
	json_object_foreach((json_t *)(uintptr_t)ballots.json, token, value)
	{
		uint8_t octets[VOTING_TOKEN_LEN];
		enum vote vote;
		const char *name = json_string_value(value);
		const size_t name_len = name != NULL ? strlen(name) : 0;
		if (name == NULL || vote_parse(name, &vote) < 0 ||
			rs_hex_decode(token, strlen(token), octets, sizeof(octets)) < 0 ||
			len + 1 + 2 * sizeof(octets) + 1 + name_len > EVENT_NAMES_MAX) {
			object_fail(data, "ballots", "votes by their tokens are expected");
			return;
		}
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, token, 2 * sizeof(octets));
		len += 2 * sizeof(octets);
		out[len++] = '=';
		memcpy(out + len, name, name_len + 1);
		len += name_len;
	}
}

static uint32_t read_count(const struct object *data, const char *key)
{
	return (uint32_t)object_int(data, key, 0, UINT32_MAX);
}

static enum vote read_vote(const struct object *data, const char *key)
{
	enum vote vote = VOTE_NONE;
	if (vote_parse(object_text(data, key), &vote) < 0)
		object_fail(data, key, "no such vote");
	return vote;
}

/* Without one it is about a proposal. */
static void read_subject(const struct object *data, struct event *event)
{
	const char *name = object_text_or(data, "subject", subject_name(SUBJECT_PROPOSAL));
	if (subject_parse(name, &event->subject) < 0)
		object_fail(data, "subject", "no such subject");
	else if (event->subject != SUBJECT_PROPOSAL)
		event->entry = (uint32_t)object_int(data, "entry", 1, UINT32_MAX);
}

static void read_proposal(const struct object *data, struct event *event)
{
	doc_copy_text(data, "title", true, event->title, sizeof(event->title));
	doc_copy_text(data, "majority", true, event->majority, sizeof(event->majority));
	if (decision_mode_parse(object_text(data, "mode"), &event->mode) < 0)
		object_fail(data, "mode", "no such mode");
	read_subject(data, event);
	event->again = (uint32_t)object_int_or(data, "second_vote_on", 1, UINT32_MAX, 0);
	read_hex(data, "commitment", event->commitment);
}

static void read_outcome(const struct object *data, struct event *event)
{
	event->required = read_count(data, "required");
	if (outcome_parse(object_text(data, "outcome"), &event->outcome) < 0)
		object_fail(data, "outcome", "no such outcome");
	event->due_ms = object_int_or(data, "due", 1, DOC_INT_MAX, 0);
}

static void read_more(const struct object *data, struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_VOTING_OPENED:
		doc_copy_names(data, "voters", NAMES_MAX, event->names, sizeof(event->names));
		read_hex(data, "seed", event->seed);
		read_key(data, event->key);
		return;
	case EVENT_BALLOT_ISSUED:
		read_hex(data, "check", event->commitment);
		return;
	case EVENT_BALLOTS_PUBLISHED:
		read_ballots(data, event->names);
		return;
	case EVENT_DELEGATION_CALLED:
		event->round = (uint32_t)object_int(data, "round", 1, RULES_ROUNDS_MAX);
		return;
	case EVENT_LOCK_ANNOUNCED:
		event->due_ms = object_int(data, "due", 1, DOC_INT_MAX);
		return;
	case EVENT_VOTE_CORRECTED:
		/* Who had not voted may be corrected too. */
		if (strcmp(object_text(data, "was"), vote_name(VOTE_NONE)) != 0)
			event->was = read_vote(data, "was");
		return;
	default:
		return;
	}
}

void event_read_decision(const struct object *data, struct event *event)
{
	const uint64_t members = event_members(event->kind);
	event->decision = (uint32_t)object_int(data, "decision", 1, UINT32_MAX);
	if (members & MEMBER_PROPOSAL)
		read_proposal(data, event);
	if (members & MEMBER_VOTE)
		event->vote = read_vote(data, "vote");
	if (members & MEMBER_ENTITLED)
		event->entitled = read_count(data, "entitled");
	if (members & MEMBER_TOTALS) {
		event->yes = read_count(data, "yes");
		event->no = read_count(data, "no");
		event->abstain = read_count(data, "abstain");
	}
	if (members & MEMBER_OUTCOME)
		read_outcome(data, event);
	read_more(data, event);
}
