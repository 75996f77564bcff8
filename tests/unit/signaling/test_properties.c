/* What holds for every meeting, whatever is done in it: all commands there are, as PROTOCOL.md describes them, in random order
 * and under every profile. A new command is tried as soon as it stands in the paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/hash.h"
#include "common/base/rand.h"
#include "signaling/proceedings/permissions.h"
#include "signaling/wire/beside/plan.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/faults.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/message/message.h"
#include "signaling/wire/view/view.h"
#include "tests/support/examples.h"
#include "tests/support/manual.h"
#include "tests/support/viewer.h"

#define PROFILES_MAX 16
#define MEETINGS 3
#define STEPS 400
#define BLOCKS_MAX 4096
/* Tries to make a command of words that are taken; commands that are refused before something happens. */
#define TRIES 12
#define REFUSALS 12

/* ---- a state, octet by octet ---- */

static struct {
	uint8_t *at[BLOCKS_MAX];
	size_t size[BLOCKS_MAX];
	uint8_t *copy[BLOCKS_MAX];
	size_t n;
} blocks;

static void block_watched(void *ctx, void *block, size_t size)
{
	(void)ctx;
	size_t i = 0;
	if (size > 0) {
		assert_true(blocks.n < BLOCKS_MAX);
		blocks.copy[blocks.n] = test_malloc(size);
		blocks.size[blocks.n] = size;
		blocks.at[blocks.n++] = block;
		return;
	}
	while (i < blocks.n && blocks.at[i] != block)
		i++;
	if (i == blocks.n)
		return; /* born before anybody looked */
	test_free(blocks.copy[i]);
	blocks.n--;
	blocks.at[i] = blocks.at[blocks.n];
	blocks.size[i] = blocks.size[blocks.n];
	blocks.copy[i] = blocks.copy[blocks.n];
}

static void remember_blocks(void)
{
	for (size_t i = 0; i < blocks.n; i++)
		memcpy(blocks.copy[i], blocks.at[i], blocks.size[i]);
}

static void assert_blocks_unchanged(const char *what)
{
	for (size_t i = 0; i < blocks.n; i++) {
		if (memcmp(blocks.copy[i], blocks.at[i], blocks.size[i]) != 0)
			fail_msg("%s changed the state while it was decided", what);
	}
}

/* ---- meetings ---- */

struct world {
	struct rs_rand rand;
	struct rules rules;
	struct manual *manual;
	struct proceedings *live;
	struct proceedings *replay;
	int64_t wall_ms;
	json_t *page;               /* what a page shows */
	json_t *changed;            /* what one shows that takes changes */
	struct view_before *before; /* of the event that is applied */
	bool done[COMMAND_COUNT];   /* a command that was accepted once */
	bool spoken[COMMAND_COUNT]; /* one that could be read */
	size_t seats;               /* commands that were accepted by the key of one */
};

static const struct rules *find_rules(const void *ctx, const char *name)
{
	(void)name;
	return ctx;
}

/* Booths that work into English, too, a delegation with a usual language, and one with an interpreter of its own; seats, named as who
 * sits there. */
static char *with_booths(const char *conference)
{
	json_t *root = json_loads(conference, 0, NULL);
	size_t i;
	json_t *badge;
	json_array_foreach(
		json_object_get(json_array_get(json_object_get(root, "meetings"), 0), "badges"), i,
		badge)
	{
		const char *id = json_string_value(json_object_get(badge, "id"));
		if (strcmp(id, "fr-1") == 0 || strcmp(id, "es-1") == 0)
			json_array_append_new(
				json_object_get(badge, "languages"), json_string("en"));
		if (strcmp(id, "en-2") == 0)
			json_object_set_new(badge, "delegation", json_string("JPN"));
		if (strcmp(id, "KEN") == 0 || strcmp(id, "FRA") == 0 || strcmp(id, "chair") == 0)
			json_object_set_new(badge, "seat", json_string(id));
	}
	json_object_set_new(root, "rooms", json_pack("[{s:s, s:s}]", "id", "hall", "name", "Hall"));
	json_object_set_new(
		json_array_get(json_object_get(root, "meetings"), 0), "room", json_string("hall"));
	json_object_set_new(root, "booths",
		json_pack("[{s:s, s:[s]}, {s:s, s:[s]}, {s:s}]", "language", "fr", "into", "en",
			"language", "es", "into", "en", "language", "en"));
	json_object_set_new(json_array_get(json_object_get(root, "delegations"), 0), "language",
		json_string("fr"));
	char *text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return text;
}

static struct proceedings *new_proceedings(const struct rules *rules)
{
	struct conference *conference = NULL;
	struct proceedings *proceedings = NULL;
	struct faults *faults = NULL;
	const struct conference_reader reader = { .rules = find_rules, .ctx = rules };
	size_t len;
	char *plain = examples_read("conf/examples/demo.json", &len);
	char *text = with_booths(plain);
	len = strlen(text);
	free(plain);
	assert_int_equal(faults_new(&faults), 0);
	assert_int_equal(conference_parse(&reader, text, len, faults, &conference), 0);
	faults_free(faults);
	assert_int_equal(proceedings_new(conference->meetings[0], &proceedings), 0);
	conference->meetings[0] = NULL;
	conference_free(conference);
	free(text);
	return proceedings;
}

static char *view_of(const struct proceedings *proceedings)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(view_write(proceedings, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	char *text = strdup((const char *)rs_buf_data(&out));
	rs_buf_done(&out);
	return text;
}

static char *plan_of(const struct proceedings *proceedings, int64_t wall_ms)
{
	static struct plan plan; /* too large for the stack */
	const struct plan_question as_it_is = { .pause_s = 0 };
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	proceedings_plan(proceedings, wall_ms, &as_it_is, &plan);
	assert_int_equal(plan_write(&plan, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	char *text = strdup((const char *)rs_buf_data(&out));
	rs_buf_done(&out);
	return text;
}

/* ---- commands ---- */

static json_t *number_below(struct world *world, uint32_t n)
{
	return json_integer(rs_rand_below(&world->rand, n));
}

static const struct participant *anybody(struct world *world)
{
	const struct meeting *meeting = world->live->meeting;
	return &meeting->participants[rs_rand_below(
		&world->rand, (uint32_t)meeting->n_participants)];
}

/* Some value of any kind: whatever a member may be that this test knows nothing of. */
static json_t *anything(struct world *world)
{
	const struct meeting *meeting = world->live->meeting;
	switch (rs_rand_below(&world->rand, 6)) {
	case 0:
		return number_below(world, 5);
	case 1:
		return json_true();
	case 2:
		return json_string(anybody(world)->id);
	case 3:
		return json_string(anybody(world)->delegation);
	case 4:
		return json_string(
			world->rules
				.majorities[rs_rand_below(&world->rand, world->rules.n_majorities)]
				.name);
	default:
		return json_string(meeting->channels[rs_rand_below(&world->rand,
							     (uint32_t)meeting->n_channels)]
					   .id);
	}
}

static json_t *a_channel(struct world *world)
{
	const struct meeting *meeting = world->live->meeting;
	return json_string(
		meeting->channels[rs_rand_below(&world->rand, (uint32_t)meeting->n_channels)].id);
}

/* Names that mean the same in every command. */
static json_t *by_name(struct world *world, const char *name)
{
	const struct proceedings *live = world->live;
	if (strcmp(name, "entry") == 0)
		return json_integer(1 + rs_rand_below(&world->rand, live->floor->last_entry + 1));
	if (strcmp(name, "decision") == 0)
		return json_integer(live->voting->now.number > 0 ? live->voting->now.number : 1);
	if (strcmp(name, "participant") == 0)
		return json_string(anybody(world)->id);
	if (strcmp(name, "delegation") == 0)
		return json_string(anybody(world)->delegation);
	if (strcmp(name, "item") == 0)
		return json_string(rs_rand_below(&world->rand, 2) == 0 ? "1" : "2");
	if (strcmp(name, "title") == 0 || strcmp(name, "text") == 0)
		return json_string("Draft resolution");
	if (strcmp(name, "majority") == 0)
		return json_string(world->rules.majorities[0].name);
	if (strcmp(name, "motion") == 0 && world->rules.motions.n > 0)
		return json_string(world->rules.motions
					   .kinds[rs_rand_below(
						   &world->rand, (uint32_t)world->rules.motions.n)]
					   .name);
	if (strcmp(name, "channel") == 0 || strcmp(name, "source") == 0 ||
		strcmp(name, "language") == 0)
		return a_channel(world);
	if (strcmp(name, "line") == 0)
		return number_below(world, 5);
	if (strcmp(name, "on") == 0)
		return json_boolean(rs_rand_below(&world->rand, 2) == 0);
	if (strcmp(name, "at") == 0)
		return json_integer(
			world->wall_ms + 1000 * (int64_t)rs_rand_below(&world->rand, 60));
	if (strcmp(name, "seconds") == 0)
		return json_integer(60 * rs_rand_below(&world->rand, 4));
	if (strcmp(name, "seat") == 0)
		return json_string(
			rs_rand_below(&world->rand, 2) == 0 ? "KEN" : anybody(world)->id);
	if (strcmp(name, "until") == 0)
		return json_integer(
			world->wall_ms + 60000 * (int64_t)rs_rand_below(&world->rand, 9));
	return NULL;
}

static json_t *value_of(struct world *world, const struct manual_member *member)
{
	json_t *known = rs_rand_below(&world->rand, 20) > 0 ? by_name(world, member->name) : NULL;
	if (known != NULL)
		return known;
	const struct manual_member *words = manual_words(world->manual, member);
	if (words != NULL && rs_rand_below(&world->rand, 10) > 0)
		return json_string(
			words->words[rs_rand_below(&world->rand, (uint32_t)words->n_words)]);
	return anything(world);
}

/* As a page would say it; NULL when no words were found that are taken. */
static bool make_command(struct world *world, enum command_kind kind, struct command *out_command)
{
	const char *name = wire_command_name(kind);
	const struct manual_command *described = manual_find(world->manual, name);
	if (described == NULL)
		fail_msg("PROTOCOL.md does not describe %s", name);
	for (int i = 0; i < TRIES; i++) {
		struct wire_message message;
		char error[WIRE_ERROR_LEN];
		json_t *json = json_pack("{s:s, s:s}", "type", name, "id", "c1");
		for (size_t m = 0; m < described->n; m++) {
			if (m == 0 || rs_rand_below(&world->rand, 4) > 0)
				json_object_set_new(json, described->members[m].name,
					value_of(world, &described->members[m]));
		}
		char *text = json_dumps(json, JSON_COMPACT);
		const enum wire_result result =
			wire_message_parse(text, strlen(text), &message, error);
		if (result == WIRE_OK)
			*out_command = message.command;
		wire_message_done(&message);
		free(text);
		json_decref(json);
		if (result == WIRE_OK)
			return true;
	}
	return false;
}

/* What the server adds to a command: a name, and chance that is the same when asked again. */
static void complete(struct world *world, struct command *command)
{
	char label[32];
	uint8_t hash[RS_SHA256_LEN];
	_Static_assert(sizeof(command->seed) <= RS_SHA256_LEN, "a seed is cut from a hash");
	(void)snprintf(label, sizeof(label), "lot %u", proceedings_lot(world->live, command));
	rs_sha256(label, strlen(label), hash);
	memcpy(command->seed, hash, sizeof(command->seed));
	(void)rs_set_text(command->session, "demo-session");
}

/* Who does most of what can be done does it more often. */
static const struct participant *somebody(struct world *world)
{
	const struct meeting *meeting = world->live->meeting;
	switch (rs_rand_below(&world->rand, 5)) {
	case 0:
		return rs_rand_below(&world->rand, 3) == 0 ? meeting_find(meeting, "room")
							   : meeting_chair(meeting);
	case 1:
		return meeting_find(meeting, "secretariat");
	case 2:
		return meeting_find(meeting, rs_rand_below(&world->rand, 2) == 0 ? "fr-1" : "fr-2");
	default:
		return anybody(world);
	}
}

/* Sittings go on for a while, or little would be seen of them. */
static bool ends_a_sitting(enum command_kind kind)
{
	return kind == COMMAND_CLOSE_MEETING || kind == COMMAND_ADJOURN_MEETING ||
	       kind == COMMAND_SUSPEND_MEETING;
}

static struct events events;

/* A room alone names seats; what is done by the key of one is done by whoever sits there, in the room, to nobody else. */
static void assert_by_seat(struct world *world, const struct command *command)
{
	const struct participant *who = meeting_find_seat(world->live->meeting, command->seat);
	assert_int_equal(command->role, ROLE_ROOM);
	assert_true(permission_by_seat(command->kind));
	assert_true(who != NULL && who->present && who->place == PLACE_IN_ROOM);
	assert_string_equal(events.list[0].by, who->id);
	assert_string_equal(events.list[0].by_seat, who->seat);
	assert_string_equal(events.list[0].participant, who->id);
	world->seats++;
}

static void give(struct world *world, enum command_kind kind, const struct participant *who)
{
	struct command command;
	if (!make_command(world, kind, &command))
		return;
	world->spoken[kind] = true;
	command.role = who->role;
	(void)rs_set_text(command.by, who->id);
	/* Only rooms name seats; others mostly do not. */
	if (who->role != ROLE_ROOM && rs_rand_below(&world->rand, 10) > 0)
		command.seat[0] = '\0';
	complete(world, &command);
	const enum verdict verdict =
		proceedings_decide(world->live, &command, world->wall_ms, &events);
	if (verdict != VERDICT_OK)
		assert_int_equal(events.n, 0);
	if (verdict == VERDICT_OK && command.seat[0] != '\0')
		assert_by_seat(world, &command);
	world->done[kind] = world->done[kind] || verdict == VERDICT_OK;
	assert_blocks_unchanged(wire_command_name(kind));
}

static void decide_command(struct world *world)
{
	for (int i = 0; i < REFUSALS && events.n == 0; i++) {
		const enum command_kind kind =
			(enum command_kind)rs_rand_below(&world->rand, COMMAND_COUNT);
		if (!ends_a_sitting(kind) || rs_rand_below(&world->rand, 40) == 0)
			give(world, kind, somebody(world));
	}
}

static void decide_outside(struct world *world, uint32_t dice)
{
	const struct proceedings *live = world->live;
	const size_t i = rs_rand_below(&world->rand, (uint32_t)live->meeting->n_participants);
	const bool present = rs_rand_below(&world->rand, 8) != 0;
	const struct presence presence = { .present = present,
		.line = rs_rand_below(&world->rand, 2) == 0 ? LINE_JOINED : LINE_CONNECTED,
		.place = rs_rand_below(&world->rand, 2) == 0 ? PLACE_IN_ROOM : PLACE_REMOTE,
		.cause = present                               ? CAUSE_JOINED
			 : rs_rand_below(&world->rand, 2) == 0 ? CAUSE_LEFT
							       : CAUSE_LOST_LINE };
	if (dice == 0)
		meeting_decide_media(
			live->meeting, rs_rand_below(&world->rand, 3) == 0 ? "" : "i1", &events);
	else if (dice == 1)
		meeting_decide_recorder(live->meeting,
			rs_rand_below(&world->rand, 2) == 0 ? NULL : "disk full", &events);
	else if (dice == 2)
		floor_decide_time(live->floor, world->wall_ms, &events);
	else if (dice == 3)
		interpretation_decide_time(live->interpretation, world->wall_ms, &events);
	else
		proceedings_decide_presence(live, i, &presence, &events);
	proceedings_stamp(live, world->wall_ms, &events);
	assert_blocks_unchanged("the outside world");
}

/* ---- what holds ---- */

/* D6: a channel has one owner, who is live there alone; who is live is heard, or the floor is; and nobody hears themselves. */
static void assert_booths(const struct interpretation *booths)
{
	for (size_t i = 0; i < booths->n_channels; i++) {
		const int desk = booths->channels[i].desk;
		size_t chain[MEETING_CHANNELS_MAX];
		const size_t depth = interpretation_chain(booths, i, chain);
		assert_int_equal(depth > 0, interpretation_carries(booths, i));
		assert_true(desk != INTERPRETATION_NONE || depth == 0);
		if (desk != INTERPRETATION_NONE)
			assert_int_equal(booths->desks[desk].channel, i);
		for (size_t j = 0; j < depth; j++)
			for (size_t k = 0; k < j; k++)
				assert_int_not_equal(chain[j], chain[k]);
	}
	for (size_t i = 0; i < booths->n_desks; i++) {
		const int channel = booths->desks[i].channel;
		if (channel != INTERPRETATION_NONE)
			assert_int_equal(booths->channels[channel].desk, i);
	}
}

/* D5 (a) to (e). */
static void assert_invariants(const struct proceedings *live)
{
	const struct floor *floor = live->floor;
	const struct meeting *meeting = live->meeting;
	struct gate gate;
	proceedings_gate(live, &gate);
	/* (a) One holder at most, first by right; (b) no more open than the cap. */
	assert_true(gate.n_open <= floor->rules.open_microphones_max);
	for (size_t i = 0; i < gate.n_open; i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(gate.open[i], gate.open[j]);
	}
	if (meeting->phase != MEETING_IN_SESSION && meeting->checking[0] == '\0')
		assert_int_equal(gate.n_open, 0);
	/* (c) Nobody is the holder who is no badge; (d) who waits, waits in one place of a list. */
	if (floor->now.holder[0] != '\0')
		assert_non_null(meeting_find(meeting, floor->now.holder));
	for (size_t kind = 0; kind < LIST_COUNT; kind++) {
		const struct floor_list *list = floor_list(floor, (enum list_kind)kind);
		for (size_t i = 0; i < list->n; i++) {
			assert_int_not_equal(list->entries[i].id, 0);
			assert_true(list->entries[i].id <= floor->last_entry);
			for (size_t j = 0; j < i; j++)
				assert_int_not_equal(list->entries[i].id, list->entries[j].id);
		}
	}
	assert_booths(live->interpretation);
	/* Nothing but what sits in public is webcast. */
	assert_true(!meeting->webcast || meeting->visibility == VISIBILITY_PUBLIC);
	/* Whoever comes sees the last lines of captions, none twice. */
	for (size_t i = 0; i < live->meeting->n_channels; i++) {
		const struct captions_language *language = &live->captions->languages[i];
		const struct caption_line *line;
		for (uint32_t j = 0; (line = captions_shown(language, j)) != NULL; j++)
			assert_true(line->line + CAPTIONS_SHOWN > language->last &&
				    line->line <= language->last && line->text[0] != '\0');
	}
	/* A vote has no more votes than are entitled to it. */
	const struct voting_decision *now = &live->voting->now;
	if (now->stage > VOTING_PROPOSED && now->mode == DECISION_RECORDED)
		assert_true(now->yes + now->no + now->abstain <= now->entitled);
}

static void merge(json_t **page, const struct rs_buf *text)
{
	json_t *patch = json_loadb((const char *)rs_buf_data(text), rs_buf_len(text), 0, NULL);
	json_t *merged = viewer_merge(*page, patch);
	json_decref(patch);
	json_decref(*page);
	*page = merged;
}

static void patch_pages(struct world *world, const struct event *event)
{
	struct rs_buf whole;
	struct rs_buf change;
	rs_buf_init(&whole, (size_t)1 << 20);
	rs_buf_init(&change, (size_t)1 << 20);
	assert_int_equal(view_write_patch(world->before, world->live, event, &whole, &change), 0);
	assert_true(rs_buf_len(&change) <= rs_buf_len(&whole));
	merge(&world->page, &whole);
	merge(&world->changed, &change);
	rs_buf_done(&whole);
	rs_buf_done(&change);
}

/* Through its payload and back, as a restart reads it: nothing of it is lost. */
static struct event replayed(const struct event *event)
{
	struct rs_buf out;
	struct event back;
	char error[WIRE_ERROR_LEN] = "";
	rs_buf_init(&out, 65536);
	assert_int_equal(wire_event_write(event, &out), 0);
	if (wire_event_parse((const char *)rs_buf_data(&out), rs_buf_len(&out), &back, error) < 0)
		fail_msg("%s", error);
	if (memcmp(&back, event, sizeof(back)) != 0)
		fail_msg("%s is another when it is read again", event_name(event->kind));
	rs_buf_done(&out);
	return back;
}

static void apply_decided(struct world *world)
{
	for (size_t i = 0; i < events.n; i++) {
		/* (e) Numbered without gaps, with who or what caused it. */
		assert_int_equal(events.list[i].number, world->live->meeting->event + 1);
		const struct event event = replayed(&events.list[i]);
		assert_int_equal(view_before_new(world->live, &event, &world->before), 0);
		proceedings_apply(world->live, &events.list[i]);
		proceedings_apply(world->replay, &event);
		patch_pages(world, &event);
		world->before = view_before_free(world->before);
	}
}

static void step(struct world *world)
{
	const uint32_t dice = rs_rand_below(&world->rand, 48);
	events.n = 0;
	world->wall_ms += rs_rand_below(&world->rand, 20000);
	remember_blocks();
	if (dice < 6)
		decide_outside(world, dice);
	else
		decide_command(world);
	apply_decided(world);
	assert_invariants(world->live);
}

static void assert_shows(const json_t *page, const json_t *fresh, const char *what)
{
	if (json_equal(fresh, page))
		return;
	const char *shows = json_dumps(page, JSON_SORT_KEYS);
	const char *should = json_dumps(fresh, JSON_SORT_KEYS);
	size_t same = 0;
	while (shows[same] != '\0' && shows[same] == should[same])
		same++;
	same = same > 60 ? same - 60 : 0;
	fail_msg("a page%s shows …%.160s…, not …%.160s…", what, shows + same, should + same);
}

/* The state is a replay of the log, and so is what a page shows, and the plan. */
static void assert_replayed(struct world *world)
{
	char *live = view_of(world->live);
	char *replay = view_of(world->replay);
	assert_string_equal(live, replay);
	json_t *fresh = json_loads(live, 0, NULL);
	assert_shows(world->page, fresh, "");
	assert_shows(world->changed, fresh, " that takes changes");
	json_decref(fresh);
	free(live);
	free(replay);
	live = plan_of(world->live, world->wall_ms);
	replay = plan_of(world->replay, world->wall_ms);
	assert_string_equal(live, replay);
	free(live);
	free(replay);
}

/* Everybody comes, and the chair calls to order. */
static void begin(struct world *world)
{
	const struct meeting *meeting = world->live->meeting;
	const struct presence here = {
		.present = true, .line = LINE_CONNECTED, .cause = CAUSE_JOINED
	};
	for (size_t i = 0; i < meeting->n_participants; i++) {
		events.n = 0;
		proceedings_decide_presence(world->live, i, &here, &events);
		proceedings_stamp(world->live, world->wall_ms, &events);
		apply_decided(world);
	}
	events.n = 0;
	remember_blocks();
	give(world, COMMAND_OPEN_MEETING, meeting_chair(meeting));
	apply_decided(world);
}

static void live_through(struct world *world, uint64_t seed)
{
	rs_rand_init_seed(&world->rand, seed);
	world->wall_ms = 1795305600000;
	rs_mem_watch(block_watched, NULL);
	world->live = new_proceedings(&world->rules);
	rs_mem_watch(NULL, NULL);
	world->replay = new_proceedings(&world->rules);
	char *view = view_of(world->live);
	world->page = json_loads(view, 0, NULL);
	world->changed = json_loads(view, 0, NULL);
	free(view);
	begin(world);
	for (int i = 0; i < STEPS; i++) {
		step(world);
		if (i % 50 == 49)
			assert_replayed(world);
	}
	json_decref(world->page);
	json_decref(world->changed);
	rs_mem_watch(block_watched, NULL);
	proceedings_free(world->live);
	rs_mem_watch(NULL, NULL);
	proceedings_free(world->replay);
	assert_int_equal(blocks.n, 0);
}

static void read_profile(const char *file, struct rules *out_rules)
{
	char path[EXAMPLES_NAME_MAX + 16];
	char name[EXAMPLES_NAME_MAX];
	char error[WIRE_ERROR_LEN] = "";
	size_t len;
	(void)snprintf(path, sizeof(path), "conf/rules/%.63s", file);
	(void)rs_copy_text(name, sizeof(name), file, strlen(file) - strlen(".json"));
	char *text = examples_read(path, &len);
	if (rules_parse(name, text, len, out_rules, error) < 0)
		fail_msg("%s", error);
	free(text);
}

static void whatever_is_done_under_any_profile_the_properties_hold(void **state)
{
	static struct world world;
	char profiles[PROFILES_MAX][EXAMPLES_NAME_MAX];
	const size_t n = examples_list("conf/rules", ".json", profiles, PROFILES_MAX);
	(void)state;
	world.manual = manual_new();
	for (size_t i = 0; i < n; i++) {
		read_profile(profiles[i], &world.rules);
		for (uint64_t seed = 1; seed <= MEETINGS; seed++)
			live_through(&world, 100 * i + seed);
	}
	size_t done = 0;
	for (size_t kind = 0; kind < COMMAND_COUNT; kind++) {
		done += world.done[kind];
		if (!world.done[kind])
			print_message("# never accepted: %s%s\n",
				wire_command_name((enum command_kind)kind),
				world.spoken[kind] ? "" : ", nor read");
	}
	/* Else the meetings are too dull to prove anything. Those from COMMAND_PLAN on make no events. */
	assert_true(done * 3 >= COMMAND_PLAN * 2);
	assert_true(world.seats > 0);
	manual_free(world.manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_is_done_under_any_profile_the_properties_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
