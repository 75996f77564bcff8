/* The wire: every example of both papers, messages of pages and nodes, conference files and profiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "signaling/wire/conference/conference.h"
#include "signaling/wire/message/message.h"
#include "signaling/wire/message/reply.h"
#include "signaling/wire/node/node.h"
#include "tests/support/examples.h"

static const char *type_of(const json_t *json)
{
	const char *type = json_string_value(json_object_get(json, "type"));
	return type != NULL ? type : "";
}

static void assert_page_message(const char *text)
{
	struct wire_message message;
	char error[WIRE_ERROR_LEN] = "";
	if (wire_message_parse(text, strlen(text), &message, error) != WIRE_OK)
		fail_msg("%s: %s", text, error);
	wire_message_done(&message);
}

/* An event as the paper shows it is one that a replay would take, and is written as it was read. */
static void assert_event(const json_t *json, const char *text)
{
	struct event event;
	char error[WIRE_ERROR_LEN] = "";
	struct rs_buf out;
	if (wire_event_parse(text, strlen(text), &event, error) < 0)
		fail_msg("%s: %s", text, error);
	rs_buf_init(&out, 16384);
	assert_int_equal(wire_event_write(&event, &out), 0);
	json_t *written = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	const char *key;
	json_t *value;
	json_object_foreach(written, key, value)
		assert_true(json_equal(value, json_object_get(json, key)));
	json_decref(written);
	rs_buf_done(&out);
}

static void each_page_example(void *ctx, const char *kind, size_t line, const char *text)
{
	static const char *const said[] = { "welcome", "error", "reply", "event", "measured",
		"chat", "sync", "listening", "caption-live", "survey", "levels", "technician",
		"layers" };
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	size_t i = 0;
	(void)ctx;
	if (json == NULL)
		fail_msg("line %zu is no JSON", line);
	if (strcmp(kind, "client") == 0)
		assert_page_message(text);
	if (strcmp(kind, "server") == 0) {
		while (i < RS_ARRAY_LEN(said) && strcmp(type_of(json), said[i]) != 0)
			i++;
		assert_true(i < RS_ARRAY_LEN(said));
	}
	if (strcmp(type_of(json), "event") == 0)
		assert_event(json, text);
	json_decref(json);
}

static void the_examples_of_the_paper_are_true(void **state)
{
	assert_true(examples_each("signaling/wire/PROTOCOL.md", each_page_example, NULL) >= 12);
}

/* A peer as the paper shows it is taken back from a hello and told as it was. */
static void assert_peer(const json_t *message)
{
	struct node_message hello;
	struct peer_spec *spec = calloc(1, sizeof(*spec));
	char error[WIRE_ERROR_LEN] = "";
	struct rs_buf out;
	json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:[{s:[s]}],s:{s:[O]}}", "type",
		"hello", "protocol", "rostrum.control.1", "kind", "sfu", "node", "n", "instance",
		"i", "revision", 1, "fingerprint", "sha-256 00", "workers", "addresses",
		"127.0.0.1:1", "state", "peers", json_object_get(message, "peer"));
	char *text = json_dumps(json, 0);
	assert_int_equal(node_message_parse(text, strlen(text), &hello, error), 0);
	if (node_hello_peer(&hello, 0, spec, error) < 0)
		fail_msg("%s", error);
	rs_buf_init(&out, 65536);
	assert_int_equal(node_write_peer(43, spec, &out), 0);
	json_t *written = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	/* Defaults that the paper leaves out are said. */
	size_t i;
	json_t *slot;
	json_array_foreach(json_object_get(json_object_get(message, "peer"), "recv"), i, slot)
	{
		if (json_object_get(slot, "mix") == NULL)
			json_object_set_new(slot, "mix", json_string("rank"));
	}
	json_array_foreach(json_object_get(json_object_get(message, "peer"), "send"), i, slot)
	{
		if (json_object_get(slot, "rids") == NULL)
			json_object_set_new(slot, "rids", json_array());
		json_object_del(json_object_get(slot, "ext"), "abs_capture");
	}
	assert_true(json_equal(written, message));
	json_decref(written);
	json_decref(json);
	rs_buf_done(&out);
	node_message_done(&hello);
	free(text);
	free(spec);
}

static void each_control_example(void *ctx, const char *kind, size_t line, const char *text)
{
	struct node_message message;
	char error[WIRE_ERROR_LEN] = "";
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	(void)ctx;
	if (json == NULL)
		fail_msg("line %zu is no JSON", line);
	if (strcmp(kind, "control") == 0) {
		if (strcmp(type_of(json), "peer") == 0) {
			assert_peer(json);
		} else {
			if (node_message_parse(text, strlen(text), &message, error) < 0)
				fail_msg("line %zu: %s", line, error);
			node_message_done(&message);
		}
	}
	json_decref(json);
}

static void the_examples_of_the_control_paper_are_true(void **state)
{
	assert_true(examples_each("common/control/PROTOCOL.md", each_control_example, NULL) >= 6);
}

static void every_prefix_of_a_message_is_refused(void **state)
{
	static const char text[] = "{\"type\":\"give-floor\",\"id\":\"c1\",\"entry\":7}";
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		struct wire_message message;
		char error[WIRE_ERROR_LEN] = "";
		char *exact = malloc(len + 1);
		memcpy(exact, text, len);
		assert_int_equal(wire_message_parse(exact, len, &message, error), WIRE_BAD_MESSAGE);
		assert_string_not_equal(error, "");
		wire_message_done(&message);
		free(exact);
	}
}

static void lengths_are_bounded(void **state)
{
	static char text[WIRE_OFFER_MAX + 64];
	struct wire_message message;
	char error[WIRE_ERROR_LEN] = "";
	const struct {
		const char *type;
		size_t len;
		enum wire_result result;
	} cases[] = {
		{ "offer\",\"instance\":\"i", WIRE_OFFER_MAX, WIRE_OK },
		{ "offer\",\"instance\":\"i", WIRE_OFFER_MAX + 1, WIRE_BAD_MESSAGE },
		{ "ask-for-floor", WIRE_MESSAGE_MAX, WIRE_OK },
		{ "ask-for-floor", WIRE_MESSAGE_MAX + 1, WIRE_BAD_MESSAGE },
		{ "hello\",\"token\":\"t", WIRE_MESSAGE_MAX, WIRE_OK },
		{ "hello\",\"token\":\"t", WIRE_MESSAGE_MAX + 1, WIRE_BAD_MESSAGE },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		const int head = snprintf(text, sizeof(text),
			"{\"type\":\"%s\",\"id\":\"c\",\"sdp\":\"", cases[i].type);
		memset(text + head, 'x', cases[i].len - (size_t)head - 2);
		memcpy(text + cases[i].len - 2, "\"}", 2);
		assert_int_equal(
			wire_message_parse(text, cases[i].len, &message, error), cases[i].result);
		wire_message_done(&message);
	}
}

static void every_command_has_a_name_of_its_own(void **state)
{
	for (int kind = 0; kind < COMMAND_COUNT; kind++) {
		enum command_kind back;
		const char *name = wire_command_name((enum command_kind)kind);
		assert_int_equal(wire_command_parse_name(name, &back), 0);
		assert_int_equal(back, kind);
	}
	enum command_kind kind;
	assert_int_equal(wire_command_parse_name("dance", &kind), -ENOENT);
}

/* The table of reasons in the paper and the verdicts are the same set. */
static void reasons_are_those_of_the_paper(void **state)
{
	size_t len;
	char *paper = examples_read("signaling/wire/PROTOCOL.md", &len);
	const char *reasons = strstr(paper, "\nReasons: ");
	assert_non_null(reasons);
	for (int verdict = VERDICT_OK + 1; verdict < VERDICT_COUNT; verdict++) {
		char quoted[64];
		(void)snprintf(
			quoted, sizeof(quoted), "`%s`", verdict_reason((enum verdict)verdict));
		assert_non_null(strstr(reasons, quoted));
		assert_string_not_equal(wire_verdict_text((enum verdict)verdict), "");
	}
	free(paper);
}

static void set_list_members(struct event *event, uint64_t members)
{
	if (members & MEMBER_LIST_ACT)
		(void)rs_set_text(event->item, "2");
	if (event->kind == EVENT_ENTRY_ADDED) {
		(void)rs_set_text(event->group, "EUR");
		event->category = CATEGORY_GROUP;
		event->block = 1;
		event->level = UINT32_MAX;
		event->fixed = true;
		(void)rs_set_text(event->language, "sw");
		event->in_room = true;
		event->requested = true;
		event->pressed_ms = 1795305600123;
		event->uncertainty_ms = 12;
	}
	if ((members & MEMBER_LIST_ACT) == 0 || event->kind == EVENT_ENTRY_ADDED)
		return;
	if (event->kind == EVENT_BUDGET_SET) {
		event->category = CATEGORY_NGO;
		return;
	}
	if (event->kind == EVENT_SWAP_OFFERED)
		event->other = 7;
	if (event->kind == EVENT_SWAP_DECLINED || event->kind == EVENT_SWAP_WITHDRAWN ||
		event->kind == EVENT_ENTRIES_SWAPPED)
		event->other = UINT32_MAX;
	if ((members & MEMBER_LIST) == 0)
		return;
	event->draw = 3;
	if (event->kind == EVENT_LOTS_PLACES) {
		(void)rs_set_text(event->names, "9 7:KEN:0:1");
		return;
	}
	memset(event->digest, 0xab, sizeof(event->digest));
	if (event->kind == EVENT_LOTS_ANNOUNCED) {
		event->window_ms = 500;
		return;
	}
	memset(event->lot_seed, 0x5e, sizeof(event->lot_seed));
	(void)rs_set_text(event->word, "42");
}

static void set_booth_members(struct event *event, uint64_t members)
{
	if (members & MEMBER_LANGUAGE)
		(void)rs_set_text(event->language, "sw");
	if (members & MEMBER_CAPTION) {
		(void)rs_set_text(event->language, "zh");
		event->caption_line = UINT32_MAX;
		(void)rs_set_text(event->text, "谢谢主席。 \"…\"");
		event->from_ms = 1795305896200;
		event->to_ms = 1795305900500;
	}
	if (members & MEMBER_SOURCE) {
		(void)rs_set_text(event->names, "es-1 en-2");
		(void)rs_set_text(event->source, "floor");
	}
	event->on = (members & MEMBER_ON) != 0;
	if (members & MEMBER_DUE)
		event->due_ms = 9007199254740992;
	if (members & MEMBER_BOOTH)
		(void)rs_set_text(event->booth, "delegation-KEN");
	event->impediment = members & MEMBER_IMPEDIMENT ? IMPEDIMENT_NO_VIDEO : IMPEDIMENT_SOUND;
	event->call = members & MEMBER_CALL ? UINT32_MAX : 0;
	event->call_to = members & MEMBER_CALL ? CALL_TO_TECHNICIAN : CALL_TO_CHAIR;
	if (members & MEMBER_AWAITED) {
		(void)rs_set_text(event->participant, "KEN");
		(void)rs_set_text(event->names, "fr es");
		event->decision = 4;
		event->entry = 7;
		event->overridden = true;
	}
}

static void set_document(struct event *event)
{
	(void)rs_set_text(event->symbol, "A/C.2/81/L.7");
	(void)rs_set_text(event->title, "Projet de résolution");
	(void)rs_set_text(event->language, "fr");
	event->document_type = DOCUMENT_XLSX;
	event->octets = DOCUMENT_OCTETS_MAX;
	memset(event->digest, 0xab, sizeof(event->digest));
}

static void events_of_every_kind_survive_the_wire(void **state)
{
	for (int kind = 0; kind < EVENT_COUNT; kind++) {
		struct event event = { .number = 9007199254740992, .wall_ms = 5, .by = "chair" };
		struct event back;
		char error[WIRE_ERROR_LEN] = "";
		struct rs_buf out;
		const uint64_t members = event_members((enum event_kind)kind);
		event.kind = (enum event_kind)kind;
		event.sitting = members & MEMBER_SITTING ? 3 : 0;
		event.entry = members & MEMBER_ENTRY ? UINT32_MAX : 0;
		event.position = members & MEMBER_POSITION ? 1 : 0;
		event.cause = members & MEMBER_CAUSE ? CAUSE_LOST_LINE : CAUSE_NONE;
		event.line = members & MEMBER_LINE ? LINE_CONNECTED : LINE_AWAY;
		event.role = members & MEMBER_PERSON ? ROLE_VIEWER : ROLE_SECRETARIAT;
		if (members & MEMBER_PERSON)
			(void)rs_set_text(event.name, "Łukasz \"Ł\" 日本\n");
		if (members & MEMBER_ITEM)
			(void)rs_set_text(event.item, "1");
		if (members & MEMBER_PARTICIPANT)
			(void)rs_set_text(event.participant, "KEN");
		if (members & (MEMBER_PERSON | MEMBER_DELEGATION))
			(void)rs_set_text(event.delegation, "KEN");
		if (members & MEMBER_CHANNEL)
			(void)rs_set_text(event.channel, "fr");
		if (members & MEMBER_SESSION)
			(void)rs_set_text(event.session, "s");
		if (members & MEMBER_DECISION)
			event.decision = 4;
		if (members & MEMBER_PROPOSAL) {
			(void)rs_set_text(event.title, "Draft resolution");
			(void)rs_set_text(event.majority, "simple");
			event.mode = DECISION_RECORDED;
			event.subject = SUBJECT_MOTION;
			event.entry = 7;
		}
		if (members & MEMBER_MOTION)
			(void)rs_set_text(event.motion, "close-debate");
		event.side = members & MEMBER_SIDE ? SIDE_AGAINST : SIDE_IN_FAVOUR;
		event.message = members & MEMBER_MESSAGE ? 1795305600123 : 0;
		event.place = members & MEMBER_PLACE ? PLACE_IN_ROOM : PLACE_REMOTE;
		if (members & MEMBER_VOICE)
			(void)rs_set_text(event.voice, "room");
		if (members & MEMBER_PERSON)
			(void)rs_set_text(event.by_seat, "A12");
		event.vote = members & MEMBER_VOTE ? VOTE_ABSTAIN : VOTE_NONE;
		event.entitled = members & MEMBER_ENTITLED ? 193 : 0;
		event.yes = members & MEMBER_TOTALS ? 100 : 0;
		event.no = members & MEMBER_TOTALS ? 60 : 0;
		event.abstain = members & MEMBER_TOTALS ? 33 : 0;
		event.outcome = members & (MEMBER_OUTCOME | MEMBER_RESULT) ? OUTCOME_REJECTED
									   : OUTCOME_ADOPTED;
		event.required = members & MEMBER_OUTCOME ? 81 : 0;
		if (kind == EVENT_VISIBILITY_CHANGED || kind == EVENT_RECORDING_STARTED)
			event.visibility = VISIBILITY_PRIVATE;
		event.on = kind == EVENT_RECORDING_STARTED;
		event.present = members & MEMBER_QUORUM ? 30 : 0;
		event.quorum = members & MEMBER_QUORUM ? 65 : 0;
		event.overridden = (members & MEMBER_QUORUM) != 0;
		event.until_ms = members & MEMBER_UNTIL ? 9007199254740992 : 0;
		if (members & MEMBER_REASON)
			(void)rs_set_text(event.reason, "r");
		event.again = kind == EVENT_DECISION_PROPOSED ? 3 : 0;
		if (kind == EVENT_DECISION_PROPOSED)
			memset(event.commitment, 'c', EVENT_SEED_MAX);
		if (kind == EVENT_VOTING_OPENED) {
			(void)rs_set_text(event.names, "KEN FRA BRA");
			memset(event.seed, 'a', EVENT_SEED_MAX);
			memset(event.key, 'b', EVENT_KEY_MAX);
		}
		if (kind == EVENT_BALLOT_ISSUED)
			memset(event.commitment, 'c', EVENT_SEED_MAX);
		if (kind == EVENT_BALLOTS_PUBLISHED)
			(void)rs_set_text(event.names,
				"0000000000000000000000000000000000000000000000000000000000000001=yes "
				"0000000000000000000000000000000000000000000000000000000000000002=abstain");
		event.round = kind == EVENT_DELEGATION_CALLED ? 2 : 0;
		event.was = kind == EVENT_VOTE_CORRECTED ? VOTE_NO : VOTE_NONE;
		if (kind == EVENT_LOCK_ANNOUNCED || kind == EVENT_DECISION_PROCLAIMED)
			event.due_ms = 9007199254740992;
		if (kind == EVENT_DOCUMENT_ADDED || kind == EVENT_DOCUMENT_WITHDRAWN)
			event.document = UINT32_MAX;
		if (kind == EVENT_DOCUMENT_ADDED)
			set_document(&event);
		set_booth_members(&event, members);
		set_list_members(&event, members);
		rs_buf_init(&out, 16384);
		assert_int_equal(wire_event_write(&event, &out), 0);
		assert_int_equal(wire_event_parse((const char *)rs_buf_data(&out), rs_buf_len(&out),
					 &back, error),
			0);
		assert_memory_equal(&back, &event, sizeof(event));
		for (size_t len = 0; len < rs_buf_len(&out); len++)
			assert_int_equal(wire_event_parse((const char *)rs_buf_data(&out), len,
						 &back, error),
				-EBADMSG);
		rs_buf_done(&out);
	}
}

/* --- conference files --- */

static const struct rules any_rules = { .name = "r", .entries_max = 1, .open_microphones_max = 1 };

static const struct rules *find_rules(const void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "r") == 0 ? &any_rules : NULL;
}

#define FILE_HEAD                                                                                       \
	"{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\",\"languages\":[{\"id\":\"fr\",\"name\":\"F\"}]," \
	"\"delegations\":[{\"id\":\"KEN\",\"country\":\"Kenya\"}],\"meetings\":["
#define MEETING(badges) "{\"id\":\"m\",\"title\":\"M\",\"items\":[],\"badges\":[" badges "]}"

static struct conference *parse_conference(const char *text)
{
	const struct conference_reader reader = { .rules = find_rules };
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	assert_int_equal(faults_new(&faults), 0);
	assert_int_equal(conference_parse(&reader, text, strlen(text), faults, &conference), 0);
	faults_free(faults);
	return conference;
}

static void a_conference_file_becomes_meetings(void **state)
{
	static const char text[] = FILE_HEAD MEETING(
		"{\"id\":\"k\",\"name\":\"K\",\"role\":\"delegate\",\"delegation\":\"KEN\"}") "]}";
	struct conference *conference = parse_conference(text);
	const struct meeting *meeting = conference->meetings[0];
	assert_string_equal(meeting->participants[0].country, "Kenya");
	assert_int_equal(meeting->participants[0].csrc, MEETING_CSRC_FIRST);
	assert_int_equal(meeting->mode, MEETING_FLOOR);
	assert_int_equal(meeting->n_channels, 1);
	conference_free(conference);
}

static void a_discussion_says_how_many_are_heard(void **state)
{
	static const char text[] = FILE_HEAD
		"{\"id\":\"m\",\"title\":\"M\",\"mode\":\"direct\",\"loudest\":3,\"items\":[],\"badges\":[]}]}";
	struct conference *conference = parse_conference(text);
	assert_int_equal(conference->meetings[0]->loudest, 3);
	struct proceedings *proceedings = NULL;
	struct rs_buf out;
	rs_buf_init(&out, 65536);
	assert_int_equal(proceedings_new(rs_steal(&conference->meetings[0]), &proceedings), 0);
	assert_int_equal(node_write_sfu_meeting(1, proceedings, true, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_non_null(strstr((const char *)rs_buf_data(&out), "\"loudest\":3"));
	assert_non_null(strstr((const char *)rs_buf_data(&out), "\"meters\":true"));
	rs_buf_done(&out);
	proceedings_free(proceedings);
	conference_free(conference);
}

static void a_profile_is_read_and_its_errors_name_the_key(void **state)
{
	struct rules rules;
	char error[WIRE_ERROR_LEN] = "";
	size_t len;
	char *text = examples_read("conf/rules/unga.json", &len);
	assert_int_equal(rules_parse("unga", text, len, &rules, error), 0);
	assert_true(rules.one_entry_per_delegation);
	assert_int_equal(rules.may_ask,
		ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_CHAIR) | ROLE_BIT(ROLE_ROOM));
	assert_int_equal(rules.n_majorities, 3);
	assert_string_equal(rules.majorities[1].name, "two-thirds");
	assert_int_equal(rules.majorities[2].base, RULES_AUTHORISED);
	memcpy(strstr(text, "256"), "0  ", 3);
	assert_int_equal(rules_parse("unga", text, len, &rules, error), -EBADMSG);
	assert_non_null(strstr(error, "rules.list.entries_max"));
	free(text);

	text = examples_read("conf/rules/unga.json", &len);
	memcpy(strstr(text, "\"numerator\": 2"), "\"numerator\": 4", 14); /* of 3 */
	assert_int_equal(rules_parse("unga", text, len, &rules, error), -EBADMSG);
	assert_non_null(strstr(error, "rules.majorities[1].numerator"));
	free(text);
	text = examples_read("conf/rules/unga.json", &len);
	memcpy(strstr(text, "\"absolute\""), "\"simple\"  ", 10);
	assert_int_equal(rules_parse("unga", text, len, &rules, error), -EBADMSG);
	assert_non_null(strstr(error, "rules.majorities[2].name"));
	free(text);
}

/* The lines of what is wrong with unga.json after `from` became `to`. */
static void expect_report(const char *from, const char *to, const char *report)
{
	size_t len;
	char *text = examples_read("conf/rules/unga.json", &len);
	char *at = strstr(text, from);
	struct rs_buf whole;
	struct rs_buf out;
	assert_non_null(at);
	rs_buf_init(&whole, 65536);
	rs_buf_init(&out, 65536);
	assert_int_equal(
		rs_buf_printf(&whole, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)),
		0);
	assert_int_equal(
		rules_check("unga", (const char *)rs_buf_data(&whole), rs_buf_len(&whole), &out),
		report[0] != '\0' ? -EBADMSG : 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out), report);
	rs_buf_done(&whole);
	rs_buf_done(&out);
	free(text);
}

static void a_profile_names_the_levels_there_are(void **state)
{
	static struct rules rules;
	char error[WIRE_ERROR_LEN] = "";
	size_t len;
	char *text = examples_read("conf/rules/unga.json", &len);
	assert_int_equal(rules_parse("unga", text, len, &rules, error), 0);
	assert_false(rules.order.by_level);
	assert_int_equal(rules_level(&rules.order, "head-of-state"), 0);
	assert_true(
		rules_level(&rules.order, "minister") < rules_level(&rules.order, "vice-minister"));
	assert_int_equal(rules_level(&rules.order, ""), rules.order.n_levels);
	free(text);
	expect_report("\"by_level\": false",
		"\"by_level\": true, \"levels\": [\"king\", \"bishop\"]", "");
	expect_report("\"by_level\": false", "\"levels\": [\"king\", \"king\"]",
		"rules.list.order.levels: a level is there twice\n");
	expect_report("\"by_level\": false", "\"levels\": [\"the king\"]",
		"rules.list.order.levels: a name of 1 to 64 of [A-Za-z0-9_-] is expected\n");
}

static void a_profile_says_what_motions_and_explanations_there_are(void **state)
{
	static struct rules rules;
	char error[WIRE_ERROR_LEN] = "";
	size_t len;
	char *text = examples_read("conf/rules/unga.json", &len);
	assert_int_equal(rules_parse("unga", text, len, &rules, error), 0);
	assert_int_equal(rules.motions.n, 6);
	assert_string_equal(rules.motions.kinds[3].name, "close-debate");
	assert_int_equal(rules.motions.kinds[3].against, 2);
	assert_int_equal(rules.motions.kinds[3].effect, MOTION_CLOSES_DEBATE);
	assert_string_equal(rules.points.appeal_majority, "simple");
	assert_false(rules.points.chair_settles);
	assert_int_equal(rules.explanations.speak_s, 600);
	free(text);
	expect_report("\"carried\": \"close-debate\"", "\"carried\": \"clear-throats\"",
		"rules.motions.kinds[3].carried: none, or what follows, is expected\n");
	expect_report("\"name\": \"division\"", "\"name\": \"reconsider\"",
		"rules.motions.kinds[5].name: there is another motion of this name\n");
	expect_report("\"majority\": \"two-thirds\"", "\"majority\": \"third\"",
		"rules.motions.kinds[4].majority: the name of one of the majorities is expected\n");
	expect_report("\"appeal_decided_by\": \"vote\"", "\"appeal_decided_by\": \"dice\"",
		"rules.points.appeal_decided_by: vote or chair is expected\n");
	expect_report("\"speak_s\": 600", "\"speak_s\": 7201",
		"rules.explanations.speak_s: a number from 0 to 7200 is expected\n");
}

static void a_profile_that_is_silent_on_motions_has_the_assemblys(void **state)
{
	static struct rules rules;
	static struct rules silent;
	char error[WIRE_ERROR_LEN] = "";
	size_t len;
	char *text = examples_read("conf/rules/unga.json", &len);
	assert_int_equal(rules_parse("unga", text, len, &rules, error), 0);
	char *motions = strstr(text, "\"motions\"");
	char *after = strstr(text, "\"majorities\"");
	memset(motions, ' ', (size_t)(after - motions));
	assert_int_equal(rules_parse("unga", text, len, &silent, error), 0);
	assert_memory_equal(&silent.motions, &rules.motions, sizeof(rules.motions));
	assert_memory_equal(&silent.explanations, &rules.explanations, sizeof(rules.explanations));
	free(text);
}

static void a_profile_is_told_all_its_errors(void **state)
{
	expect_report("\"list\"", "\"list\"", "");
	expect_report("\"warn_s\": 30", "\"warn_s\": \"soon\"",
		"rules.time.warn_s: a number from 0 to 7200 is expected\n");
	expect_report("\"cut\"", "\"cutt\"",
		"rules.time.cut: true or false is expected\n"
		"rules.time.cutt: no such key, cut is one\n");
	expect_report("\"time\": {", "\"times\": {",
		"rules.time: an object is expected\n"
		"rules.times: no such key, time is one\n");
	expect_report("{", "[", "line 2: ']' expected near ':'\n");
	expect_report("{", "{\"list\": 1,", "line 2: duplicate object key near '\"list\"'\n");
	expect_report("{", "{\"$schema\": \"../profile.schema.json\",", "");
}

static void every_profile_there_is_has_every_key(void **state)
{
	char names[16][EXAMPLES_NAME_MAX];
	const size_t n = examples_list("conf/rules", ".json", names, RS_ARRAY_LEN(names));
	assert_true(n >= 4);
	for (size_t i = 0; i < n; i++) {
		struct rs_buf out;
		char path[EXAMPLES_NAME_MAX + 16];
		size_t len;
		rs_buf_init(&out, 65536);
		(void)snprintf(path, sizeof(path), "conf/rules/%.63s", names[i]);
		char *text = examples_read(path, &len);
		if (rules_check("any", text, len, &out) < 0)
			fail_msg("%s: %.*s", path, (int)rs_buf_len(&out),
				(const char *)rs_buf_data(&out));
		rs_buf_done(&out);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_is_told_all_its_errors),
		cmocka_unit_test(a_profile_names_the_levels_there_are),
		cmocka_unit_test(a_profile_says_what_motions_and_explanations_there_are),
		cmocka_unit_test(a_profile_that_is_silent_on_motions_has_the_assemblys),
		cmocka_unit_test(every_profile_there_is_has_every_key),
		cmocka_unit_test(the_examples_of_the_paper_are_true),
		cmocka_unit_test(the_examples_of_the_control_paper_are_true),
		cmocka_unit_test(every_prefix_of_a_message_is_refused),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(every_command_has_a_name_of_its_own),
		cmocka_unit_test(reasons_are_those_of_the_paper),
		cmocka_unit_test(events_of_every_kind_survive_the_wire),
		cmocka_unit_test(a_conference_file_becomes_meetings),
		cmocka_unit_test(a_discussion_says_how_many_are_heard),
		cmocka_unit_test(a_profile_is_read_and_its_errors_name_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
