/* What events cost: the octets that each of two thousand pages is told, while 250 of 300 delegations wait on the list. Prints
 * what is most of each kind of event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/faults.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/message/message.h"
#include "signaling/wire/message/reply.h"
#include "signaling/wire/view/view.h"
#include "tests/support/examples.h"
#include "tests/support/viewer.h"

#define DELEGATIONS 300
#define MEMBERS 193 /* who vote */
#define BADGES_EACH 6
#define LIST 250
#define DOCUMENTS 64
#define SPONSORS 150
/* An event and its patch, in octets: what most kinds may have, and those that tell something of everybody, or a whole list. */
#define MOST 8192
#define MOST_A_BADGE 32
#define MOST_AN_ENTRY 64
#define TOLD_LARGEST 12

struct size {
	size_t change;
	size_t whole;
};

struct world {
	struct rules rules;
	struct proceedings *live;
	int64_t wall_ms;
	json_t *page; /* that takes changes */
	struct size sizes[EVENT_COUNT];
};

static struct events events;

static const struct rules *find_rules(const void *ctx, const char *name)
{
	return ctx;
}

static void print(struct rs_buf *text, const char *format, ...) RS_PRINTF(2, 3);
static void print(struct rs_buf *text, const char *format, ...)
{
	char part[256];
	va_list args;
	va_start(args, format);
	const int len = vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	assert_int_equal(rs_buf_append(text, part, (size_t)len), 0);
}

static void write_conference(struct rs_buf *text)
{
	print(text, "{\"id\":\"c\",\"title\":\"Plenary\",\"rules\":\"unga\",\"languages\":["
		    "{\"id\":\"en\",\"name\":\"English\"}],\"delegations\":[");
	for (unsigned i = 0; i < DELEGATIONS; i++)
		print(text, "%s{\"id\":\"D%03u\",\"country\":\"Country %u\",\"category\":\"%s\"}",
			i > 0 ? "," : "", i, i, i < MEMBERS ? "member" : "observer");
	print(text,
		"],\"meetings\":[{\"id\":\"m\",\"title\":\"Plenary\",\"mode\":\"floor\",\"items\":["
		"{\"id\":\"1\",\"title\":\"Debate\"},{\"id\":\"2\",\"title\":\"Other\"}],\"badges\":["
		"{\"id\":\"chair\",\"role\":\"chair\",\"name\":\"Chair\"},"
		"{\"id\":\"sec\",\"role\":\"secretariat\",\"name\":\"Secretary\"}");
	for (unsigned i = 0; i < DELEGATIONS * BADGES_EACH; i++)
		print(text,
			",{\"id\":\"D%03u-%u\",\"role\":\"delegate\",\"name\":\"Delegate %u\","
			"\"delegation\":\"D%03u\"}",
			i % DELEGATIONS, i / DELEGATIONS, i, i % DELEGATIONS);
	print(text, "]}]}");
}

static void read_rules(struct rules *out_rules)
{
	char error[WIRE_ERROR_LEN] = "";
	size_t len;
	char *text = examples_read("conf/rules/unga.json", &len);
	if (rules_parse("unga", text, len, out_rules, error) < 0)
		fail_msg("%s", error);
	free(text);
}

static json_t *view_of(const struct proceedings *proceedings)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)4 << 20);
	assert_int_equal(view_write(proceedings, &out), 0);
	json_t *view = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	return view;
}

static size_t octets_of(const struct event *event)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(wire_event_write(event, &out), 0);
	const size_t len = rs_buf_len(&out);
	rs_buf_done(&out);
	return len;
}

static void apply(struct world *world, const struct event *event)
{
	struct view_before *before = NULL;
	struct rs_buf whole;
	struct rs_buf change;
	rs_buf_init(&whole, (size_t)4 << 20);
	rs_buf_init(&change, (size_t)4 << 20);
	assert_int_equal(view_before_new(world->live, event, &before), 0);
	proceedings_apply(world->live, event);
	assert_int_equal(view_write_patch(before, world->live, event, &whole, &change), 0);
	view_before_free(before);

	const size_t data = octets_of(event);
	struct size *size = &world->sizes[event->kind];
	if (data + rs_buf_len(&change) > size->change)
		*size = (struct size){ data + rs_buf_len(&change), data + rs_buf_len(&whole) };
	json_t *patch =
		json_loadb((const char *)rs_buf_data(&change), rs_buf_len(&change), 0, NULL);
	json_t *merged = viewer_merge(world->page, patch);
	json_decref(patch);
	json_decref(world->page);
	world->page = merged;
	rs_buf_done(&whole);
	rs_buf_done(&change);
}

static void apply_decided(struct world *world)
{
	for (size_t i = 0; i < events.n; i++)
		apply(world, &events.list[i]);
	events.n = 0;
}

/* What the server adds to a command. */
static void complete(const struct world *world, struct command *command)
{
	memset(command->seed, (int)proceedings_lot(world->live, command), sizeof(command->seed));
	(void)rs_set_text(command->session, "demo-session");
}

static enum verdict attempt(struct world *world, const char *badge, const char *text)
{
	struct wire_message message;
	char error[WIRE_ERROR_LEN] = "";
	if (wire_message_parse(text, strlen(text), &message, error) != WIRE_OK)
		fail_msg("%s: %s", text, error);
	struct command command = message.command;
	wire_message_done(&message);
	command.role = meeting_find(world->live->meeting, badge)->role;
	(void)rs_set_text(command.by, badge);
	complete(world, &command);
	world->wall_ms += 1000;
	const enum verdict verdict =
		proceedings_decide(world->live, &command, world->wall_ms, &events);
	apply_decided(world);
	return verdict;
}

/* A command of this badge: "take-floor", or with members: "give-floor", "\"entry\":%u". The rules allow it. */
static void say(struct world *world, const char *badge, const char *command, const char *format,
	...) RS_PRINTF(4, 5);
static void say(
	struct world *world, const char *badge, const char *command, const char *format, ...)
{
	char members[512];
	char text[640];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(members, sizeof(members), format, args);
	va_end(args);
	(void)snprintf(text, sizeof(text), "{\"type\":\"%s\",\"id\":\"c1\"%s%s}", command,
		members[0] != '\0' ? "," : "", members);
	const enum verdict verdict = attempt(world, badge, text);
	if (verdict != VERDICT_OK)
		fail_msg("%s: %s", text, wire_verdict_text(verdict));
}

static void everybody(struct world *world, bool present, enum line line)
{
	const struct presence presence = {
		.present = present, .line = line, .cause = present ? CAUSE_JOINED : CAUSE_LEFT
	};
	for (size_t i = 0; i < world->live->meeting->n_participants; i++) {
		proceedings_decide_presence(world->live, i, &presence, &events);
		proceedings_stamp(world->live, world->wall_ms, &events);
		apply_decided(world);
	}
}

static uint32_t entry_at(const struct world *world, size_t place)
{
	return floor_current_list(world->live->floor)->entries[place].id;
}

static void assert_shown(const struct world *world)
{
	json_t *fresh = view_of(world->live);
	assert_true(json_equal(fresh, world->page));
	json_decref(fresh);
}

/* ---- what a meeting of this size goes through ---- */

/* Those who are on it already are refused. */
static void fill_the_list(struct world *world)
{
	char text[128];
	for (unsigned i = 0; i < LIST; i++) {
		(void)snprintf(text, sizeof(text),
			"{\"type\":\"inscribe\",\"id\":\"c1\",\"participant\":\"D%03u-0\"}", i);
		(void)attempt(world, "sec", text);
	}
	assert_int_equal(floor_current_list(world->live->floor)->n, LIST);
}

/* The item is taken up, and all press within the window. */
static void press(struct world *world)
{
	char badge[16];
	say(world, "chair", "open-meeting", "\"override\":true");
	for (unsigned i = 0; i < LIST; i++) {
		(void)snprintf(badge, sizeof(badge), "D%03u-0", i * 7 % LIST);
		world->wall_ms -= 1000;
		say(world, badge, "ask-for-floor", "%s", "");
	}
	world->wall_ms += 5000;
	floor_decide_window(world->live->floor, world->wall_ms, &events);
	proceedings_stamp(world->live, world->wall_ms, &events);
	assert_true(events.n > 0);
	apply_decided(world);
	assert_int_equal(floor_current_list(world->live->floor)->n, LIST);
	assert_shown(world);
}

static void order_the_list(struct world *world)
{
	say(world, "chair", "move-entry", "\"entry\":%u,\"position\":%d", entry_at(world, 0), LIST);
	say(world, "chair", "skip-entry", "\"entry\":%u", entry_at(world, 100));
	say(world, "sec", "requeue-entry", "\"entry\":%u,\"position\":2",
		world->live->floor->items[world->live->floor->current]
			.lists[FLOOR_ASIDE]
			.entries[0]
			.id);
	const struct floor_entry *first = &floor_current_list(world->live->floor)->entries[5];
	const uint32_t offers = first->id;
	char badge[RS_NAME_MAX + 1];
	(void)rs_set_text(badge, first->participant);
	say(world, badge, "offer-swap", "\"with\":%u", entry_at(world, 200));
	(void)rs_set_text(badge, floor_current_list(world->live->floor)->entries[200].participant);
	say(world, badge, "accept-swap", "\"entry\":%u", offers);
	say(world, "chair", "announce-lots", "%s", "");
	say(world, "chair", "draw-lots", "\"word\":\"42\"");
	say(world, "chair", "set-limit", "\"seconds\":300");
	say(world, "chair", "close-list", "%s", "");
	say(world, "chair", "open-list", "%s", "");
	say(world, "D299-0", "ask-for-floor", "%s", "");
	say(world, "D299-0", "withdraw", "%s", "");
	assert_shown(world);
}

static void speak(struct world *world)
{
	say(world, "chair", "give-floor", "\"entry\":%u", entry_at(world, 0));
	say(world, "chair", "stop-clock", "%s", "");
	say(world, "chair", "start-clock", "%s", "");
	say(world, "chair", "extend-time", "\"seconds\":60");
	say(world, "D298-0", "raise-point", "%s", "");
	say(world, "chair", "hear-point", "\"entry\":%u", world->live->floor->last_entry);
	say(world, "chair", "rule", "\"ruling\":\"rejected\"");
	say(world, "chair", "settle-point", "%s", "");
	say(world, "D297-0", "raise-motion", "\"motion\":\"adjourn-debate\"");
	const uint32_t motion = world->live->floor->last_entry;
	say(world, "chair", "take-up-motion", "\"entry\":%u", motion);
	say(world, "D296-0", "speak-on-motion", "\"entry\":%u,\"side\":\"against\"", motion);
	say(world, "D297-0", "withdraw-motion", "\"entry\":%u", motion);
	say(world, "chair", "take-floor", "%s", "");
	assert_shown(world);
}

/* Many sponsor it, all members vote. */
static void vote(struct world *world, const char *mode)
{
	const bool rolls = strcmp(mode, "roll-call") == 0;
	char badge[16];
	say(world, "chair", "propose-decision",
		"\"title\":\"Draft\",\"mode\":\"%s\",\"majority\":\"simple\"", mode);
	const uint32_t n = world->live->voting->now.number;
	for (unsigned i = 0; i < SPONSORS && !rolls; i++)
		say(world, "sec", "add-sponsor", "\"decision\":%u,\"delegation\":\"D%03u\"", n, i);
	say(world, "chair", "open-voting", "\"decision\":%u", n);
	for (unsigned i = 0; i < MEMBERS; i++) {
		if (rolls) {
			say(world, "chair", "call-next", "\"decision\":%u", n);
			continue;
		}
		(void)snprintf(badge, sizeof(badge), "D%03u-0", i);
		say(world, badge, "cast", "\"decision\":%u,\"vote\":\"yes\"", n);
	}
	if (rolls) {
		say(world, "chair", "annul-voting", "\"decision\":%u,\"reason\":\"Once more.\"", n);
		say(world, "chair", "withdraw-decision", "\"decision\":%u",
			world->live->voting->now.number);
		return;
	}
	say(world, "chair", "announce-lock", "\"decision\":%u,\"seconds\":30", n);
	world->wall_ms += 60000;
	say(world, "chair", "lock-voting", "\"decision\":%u", n);
	say(world, "chair", "correct-vote",
		"\"decision\":%u,\"delegation\":\"D001\",\"vote\":\"no\",\"reason\":\"Wrong key.\"",
		n);
	say(world, "chair", "proclaim", "\"decision\":%u", n);
	say(world, "D002-0", "state-intent", "\"decision\":%u,\"vote\":\"no\"", n);
	say(world, "D192-0", "explain-vote", "\"decision\":%u,\"when\":\"after\"", n);
	assert_shown(world);
}

/* A second proposal follows the first, whose votes go. */
static void decide(struct world *world)
{
	vote(world, "recorded");
	vote(world, "roll-call");
	assert_shown(world);
}

static void add_documents(struct world *world)
{
	for (uint32_t i = 1; i <= DOCUMENTS; i++) {
		struct event event = { .kind = EVENT_DOCUMENT_ADDED,
			.number = world->live->meeting->event + 1,
			.wall_ms = world->wall_ms,
			.by = "sec",
			.item = "1",
			.document = i,
			.language = "en",
			.octets = 48213 };
		(void)snprintf(event.symbol, sizeof(event.symbol), "A/C.2/81/L.%u", i);
		apply(world, &event);
	}
	say(world, "chair", "set-visibility", "\"visibility\":\"private\"");
	say(world, "chair", "set-visibility", "\"visibility\":\"public\"");
	assert_shown(world);
}

static void lose_media(struct world *world)
{
	meeting_decide_media(world->live->meeting, "i1", &events);
	proceedings_stamp(world->live, world->wall_ms, &events);
	apply_decided(world);
	everybody(world, true, LINE_CONNECTED);
	meeting_decide_media(world->live->meeting, "", &events);
	proceedings_stamp(world->live, world->wall_ms, &events);
	apply_decided(world);
	assert_shown(world);
}

static void end(struct world *world)
{
	fill_the_list(world);
	say(world, "chair", "take-up-item", "\"item\":\"2\"");
	say(world, "sec", "inscribe", "\"participant\":\"D299-0\",\"item\":\"1\"");
	say(world, "chair", "take-up-item", "\"item\":\"1\"");
	say(world, "chair", "adjourn-meeting", "%s", "");
	say(world, "chair", "open-meeting", "\"override\":true");
	say(world, "chair", "close-meeting", "%s", "");
	assert_shown(world);
}

/* ---- what it costs ---- */

/* Everybody's line is lost at once; another list takes the place of the one that was shown. Both are rare. */
static size_t most_of(enum event_kind kind)
{
	if (kind == EVENT_MEDIA_SERVER)
		return (size_t)MOST_A_BADGE * DELEGATIONS * BADGES_EACH;
	return kind == EVENT_ITEM_TAKEN_UP ? (size_t)MOST_AN_ENTRY * LIST : MOST;
}

static void print_largest(const struct world *world)
{
	bool told[EVENT_COUNT] = { false };
	for (int i = 0; i < TOLD_LARGEST; i++) {
		size_t most = 0;
		for (size_t kind = 1; kind < EVENT_COUNT; kind++) {
			if (told[most] || (!told[kind] && world->sizes[kind].change >
								  world->sizes[most].change))
				most = kind;
		}
		told[most] = true;
		print_message("# %-24s %6zu octets; with lists whole %6zu\n",
			event_name((enum event_kind)most), world->sizes[most].change,
			world->sizes[most].whole);
	}
}

static void no_event_of_a_large_meeting_is_large(void **state)
{
	static struct world world = { .wall_ms = 1795305600000 };
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	struct rs_buf text;
	read_rules(&world.rules);
	const struct conference_reader reader = { .rules = find_rules, .ctx = &world.rules };
	rs_buf_init(&text, (size_t)4 << 20);
	write_conference(&text);
	assert_int_equal(faults_new(&faults), 0);
	assert_int_equal(conference_parse(&reader, (const char *)rs_buf_data(&text),
				 rs_buf_len(&text), faults, &conference),
		0);
	faults_free(faults);
	rs_buf_done(&text);
	assert_int_equal(proceedings_new(conference->meetings[0], &world.live), 0);
	conference->meetings[0] = NULL;
	conference_free(conference);
	world.page = view_of(world.live);

	everybody(&world, true, LINE_JOINED);
	press(&world);
	order_the_list(&world);
	speak(&world);
	decide(&world);
	add_documents(&world);
	lose_media(&world);
	end(&world);
	everybody(&world, false, LINE_AWAY);
	assert_shown(&world);

	print_largest(&world);
	for (size_t kind = 0; kind < EVENT_COUNT; kind++) {
		if (world.sizes[kind].change > most_of((enum event_kind)kind))
			fail_msg("%s is told in %zu octets", event_name((enum event_kind)kind),
				world.sizes[kind].change);
	}
	json_decref(world.page);
	proceedings_free(world.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_event_of_a_large_meeting_is_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
