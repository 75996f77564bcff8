#include "tests/support/scenario.h"

#include "tests/support/examples.h"
#include "tests/support/phrase.h"
#include "tests/support/scenario_priv.h"
#include "tests/support/service_bench.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEETING "meeting"
#define INSTANCE "k3Jd92ms" /* of the media server */
#define PEOPLE_MAX 32
#define VALUE_MAX 1024

struct person {
	char badge[RS_NAME_MAX + 1];
	char role[RS_NAME_MAX + 1];
	char country[64];
	struct bench_line *page; /* NULL = away */
	char peer[RS_NAME_MAX + 1];
};

#define WITHOUT_VOTE "Without a vote: "

struct world {
	const struct scenario_book *book;
	const char *profile;
	struct bench *bench;
	struct bench_line *sfu;
	struct person people[PEOPLE_MAX];
	size_t n_people;
	char *why; /* SCENARIO_ERROR octets; empty = all came true */
};

/* The first reason stays. */
static void fails(struct world *world, const char *format, ...) RS_PRINTF(2, 3);
static void fails(struct world *world, const char *format, ...)
{
	va_list args;
	if (world->why[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(world->why, SCENARIO_ERROR, format, args);
	va_end(args);
}

/* ---- people ---- */

static bool is_badge(const struct person *person, const char *name)
{
	return strcmp(person->badge, name) == 0;
}

/* The first badge of a country speaks for it. */
static struct person *find_person(const struct world *world, const char *name)
{
	const bool office = strncmp(name, "the ", 4) == 0;
	for (size_t i = 0; i < world->n_people; i++) {
		const struct person *person = &world->people[i];
		if (office ? strcmp(person->role, name + 4) == 0
			   : is_badge(person, name) || strcmp(person->country, name) == 0)
			return &((struct world *)(uintptr_t)world)->people[i];
	}
	return NULL;
}

static void read_people(struct world *world, const json_t *conference)
{
	size_t i;
	json_t *badge;
	json_array_foreach(bench_at(conference, "meetings.0.badges"), i, badge)
	{
		size_t d;
		json_t *delegation;
		struct person *person = &world->people[world->n_people++];
		assert(world->n_people <= PEOPLE_MAX);
		(void)rs_set_text(person->badge, bench_text(badge, "id"));
		(void)rs_set_text(person->role, bench_text(badge, "role"));
		json_array_foreach(json_object_get(conference, "delegations"), d, delegation)
		{
			if (strcmp(bench_text(delegation, "id"), bench_text(badge, "delegation")) ==
				0)
				(void)rs_set_text(
					person->country, bench_text(delegation, "country"));
		}
	}
}

/* What is seen and heard is what the chair sees and hears. */
static void join(struct world *world, struct person *person)
{
	world->bench->brief = strcmp(person->role, "chair") != 0;
	person->page = bench_join(world->bench, MEETING, person->badge, person->role);
}

/* Sound and picture. */
static void connect_media(struct world *world, struct person *person)
{
	const json_t *reply = bench_command(world->bench, person->page, "offer",
		"\"instance\":\"" INSTANCE "\",\"sdp\":\"v=0\"");
	(void)rs_set_text(person->peer, bench_text(reply, "peer"));
	bench_peer(world->bench, world->sfu, person->peer, "connected");
}

static const json_t *view_of(const struct world *world)
{
	const struct person *chair = find_person(world, "the chair");
	return chair->page != NULL ? chair->page->view : NULL;
}

/* Whoever has the floor begins to speak. */
static void say_first_word(struct world *world)
{
	const json_t *view = view_of(world);
	if (bench_at(view, "floor.awaits") == NULL)
		return;
	char holder[RS_NAME_MAX + 1]; /* the view changes with the first of the two */
	(void)rs_set_text(holder, bench_text(view, "floor.holder"));
	for (int i = 0; i < 2; i++) {
		(void)bench_report(world->bench, world->sfu,
			"{\"type\":\"speaking\",\"meeting\":\"%s\",\"source\":\"%s\",\"speaking\":%s}",
			MEETING, holder, i == 0 ? "true" : "false");
	}
}

/* ---- places of the view ---- */

static void add_value(char out[VALUE_MAX], const json_t *value)
{
	const size_t len = strlen(out);
	const char *comma = len > 0 ? ", " : "";
	char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
	(void)snprintf(out + len, VALUE_MAX - len, "%s%s", comma,
		text != NULL ? text : json_string_value(value));
	free(text);
}

/* "floor.holder", or of each element "list[].participant"; "absent" when there is nothing. */
static void value_at(const json_t *json, const char *path, char out[VALUE_MAX])
{
	char before[128];
	const char *each = strstr(path, "[]");
	out[0] = '\0';
	if (each != NULL) {
		size_t i;
		json_t *element;
		(void)rs_copy_text(before, sizeof(before), path, (size_t)(each - path));
		const char *rest = each[2] == '.' ? each + 3 : "";
		json_array_foreach(bench_at(json, before), i, element)
			add_value(out, bench_at(element, rest));
	} else if (bench_at(json, path) != NULL) {
		add_value(out, bench_at(json, path));
	}
	if (out[0] == '\0')
		(void)snprintf(out, VALUE_MAX, "absent");
}

/* The id of the entry by which this badge waits somewhere in the view; 0 = none. */
static json_int_t entry_of(const json_t *json, const char *badge)
{
	static const char *const lists[] = { "list", "replies", "points.waiting",
		"motions.pending.0.speakers", "explanations.before", "explanations.after" };
	const char *key;
	json_t *part;
	size_t i;
	json_t *entry;
	for (size_t l = 0; l < RS_ARRAY_LEN(lists); l++) {
		json_array_foreach(bench_at(json, lists[l]), i, entry)
		{
			if (strcmp(bench_text(entry, "participant"), badge) == 0)
				return bench_int(entry, "entry");
		}
	}
	/* Lists that came later: any member of the view that holds entries. */
	json_object_foreach((json_t *)(uintptr_t)json, key, part)
	{
		json_array_foreach(part, i, entry)
		{
			if (strcmp(bench_text(entry, "participant"), badge) == 0)
				return bench_int(entry, "entry");
		}
	}
	return 0;
}

/* ---- meanings ---- */

static bool makes_sense(const void *ctx, const char *name, const char *text)
{
	const struct world *world = ctx;
	if (strncmp(name, "who", 3) == 0)
		return find_person(world, text) != NULL;
	if (strncmp(name, "time", 4) == 0)
		return phrase_seconds(text) >= 0;
	if (strncmp(name, "word", 4) == 0)
		return strchr(text, ' ') == NULL;
	return true;
}

/* "Kenya, France" as badges; "nobody" as what an empty list is. */
static void put_people(const struct world *world, const char *text, char out[VALUE_MAX])
{
	char name[64];
	out[0] = '\0';
	if (strcmp(text, "nobody") == 0 || strcmp(text, "empty") == 0) {
		(void)snprintf(out, VALUE_MAX, "absent");
		return;
	}
	while (*text != '\0') {
		const size_t len = strcspn(text, ",");
		const size_t at = strlen(out);
		(void)rs_copy_text(name, sizeof(name), text, len);
		const struct person *person = find_person(world, name);
		(void)snprintf(out + at, VALUE_MAX - at, "%s%s", at > 0 ? ", " : "",
			person != NULL ? person->badge : name);
		text += len;
		text += strspn(text, ", ");
	}
}

static void put_time(const char *text, long factor, char out[VALUE_MAX])
{
	const long value = phrase_seconds(text) * factor;
	if (value == 0 && factor > 1)
		(void)snprintf(out, VALUE_MAX, "absent"); /* no limit, in the view */
	else
		(void)snprintf(out, VALUE_MAX, "%ld", value);
}

/* What stands for "{name}" of a meaning. */
static void put_name(const struct world *world, const struct phrase_match *match, const char *name,
	char out[VALUE_MAX])
{
	char bare[64];
	const char *colon = strchr(name, ':');
	if (strncmp(name, "view:", 5) == 0) {
		value_at(view_of(world), colon + 1, out);
		return;
	}
	const bool entry = strncmp(name, "entry:", 6) == 0;
	(void)snprintf(bare, sizeof(bare), "%s", entry ? colon + 1 : name);
	if (!entry && colon != NULL)
		bare[colon - name] = '\0';
	const char *text = phrase_bound(match, bare);
	assert(text != NULL); /* the book names only what it bound */
	if (entry)
		(void)snprintf(out, VALUE_MAX, "%lld",
			entry_of(view_of(world), find_person(world, text)->badge));
	else if (strncmp(bare, "who", 3) == 0)
		(void)snprintf(out, VALUE_MAX, "%s", find_person(world, text)->badge);
	else if (strncmp(bare, "people", 6) == 0)
		put_people(world, text, out);
	else if (strncmp(bare, "time", 4) == 0)
		put_time(text, strcmp(name + strlen(bare), ":ms") == 0 ? 1000 : 1, out);
	else
		(void)snprintf(out, VALUE_MAX, "%s", text);
}

/* The meaning with every name replaced. */
static void spell_out(const struct world *world, const struct phrase_match *match,
	const char *meaning, char out[VALUE_MAX])
{
	char value[VALUE_MAX];
	char name[64];
	size_t at = 0;
	while (*meaning != '\0' && at + 1 < VALUE_MAX) {
		if (*meaning != '{') {
			out[at++] = *meaning++;
			continue;
		}
		const size_t len = strcspn(meaning, "}");
		(void)rs_copy_text(name, sizeof(name), meaning + 1, len - 1);
		put_name(world, match, name, value);
		at += (size_t)snprintf(out + at, VALUE_MAX - at, "%s", value);
		meaning += len + 1;
	}
	assert(at < VALUE_MAX);
	out[at] = '\0';
}

/* Ends the first word of `text` and gives what follows it. */
static char *after_word(char *text)
{
	char *space = strchr(text, ' ');
	if (space == NULL)
		return text + strlen(text);
	*space = '\0';
	return space + 1;
}

/* "BADGE command MEMBERS"; `refusal` empty = it is done. */
static void say(struct world *world, char *text, const char *refusal)
{
	char *command = after_word(text);
	char *members = after_word(command);
	const struct person *person = find_person(world, text);
	if (person == NULL || person->page == NULL) {
		fails(world, "%s is not there to say %s", text, command);
		return;
	}
	const char *verdict = bench_try(world->bench, person->page, command, members);
	if (strcmp(verdict, refusal[0] != '\0' ? refusal : "ok") != 0)
		fails(world, refusal[0] != '\0' ? "answered %s, not %s" : "refused: %s%s", verdict,
			refusal);
	bench_pass(world->bench, RS_MS(1)); /* nobody is faster */
}

/* "about 60000": what people say and press takes some milliseconds. */
static bool is_value(const char *found, const char *wanted)
{
	if (strncmp(wanted, "about ", 6) != 0)
		return strcmp(found, wanted) == 0;
	const long over = strtol(found, NULL, 10) - strtol(wanted + 6, NULL, 10);
	return over >= 0 && over < 100;
}

/* "path is value; path is value" */
static void see(struct world *world, char *text, const json_t *json)
{
	char found[VALUE_MAX];
	while (*text != '\0') {
		char *end = strstr(text, "; ");
		char *next = end != NULL ? end + 2 : text + strlen(text);
		if (end != NULL)
			*end = '\0';
		char *is = strstr(text, " is ");
		assert(is != NULL);
		*is = '\0';
		value_at(json, text, found);
		if (!is_value(found, is + 4))
			fails(world, "%s is %.150s, not %.150s", text, found, is + 4);
		text = next;
	}
}

/* ---- what happens without a command ---- */

static void restart(struct world *world)
{
	json_t *before = json_deep_copy(view_of(world));
	bench_restart(world->bench);
	world->sfu = bench_sfu(world->bench, INSTANCE, "null");
	for (size_t i = 0; i < world->n_people; i++) {
		if (world->people[i].page == NULL)
			continue;
		join(world, &world->people[i]);
		if (world->people[i].peer[0] != '\0')
			connect_media(world, &world->people[i]);
	}
	if (!json_equal(before, view_of(world))) {
		char *was = json_dumps(before, JSON_COMPACT | JSON_SORT_KEYS);
		char *is = json_dumps(view_of(world), JSON_COMPACT | JSON_SORT_KEYS);
		size_t same = 0;
		while (was[same] != '\0' && was[same] == is[same])
			same++;
		const size_t back = same < 60 ? same : 60;
		fails(world, "started again it shows …%.160s…, not …%.160s…", is + same - back,
			was + same - back);
		free(was);
		free(is);
	}
	json_decref(before);
}

static void lose_page(struct world *world, struct person *person, uint16_t code)
{
	bench_leave(world->bench, person->page, code);
	person->page = NULL;
}

static const struct {
	const char *pattern;
	enum { JOINS, LEAVES, LINE_LOST, PAGE_LOST, PASSES, PASSES_SILENT, RESTARTS } what;
} happenings[] = {
	{ "{who} joins", JOINS },
	{ "{who} leaves", LEAVES },
	{ "the line of {who} is lost", LINE_LOST },
	{ "the page of {who} is lost", PAGE_LOST },
	{ "{time} pass without a word", PASSES_SILENT },
	{ "{time} pass", PASSES },
	{ "the server is started again", RESTARTS },
};

static bool happens(struct world *world, const char *sentence)
{
	struct phrase_match match;
	size_t i = 0;
	while (i < RS_ARRAY_LEN(happenings) &&
		!phrase_match(happenings[i].pattern, sentence, makes_sense, world, &match))
		i++;
	if (i == RS_ARRAY_LEN(happenings))
		return false;
	struct person *person = match.n > 0 ? find_person(world, match.bound[0].text) : NULL;
	switch (happenings[i].what) {
	case JOINS:
		join(world, person);
		connect_media(world, person);
		break;
	case LEAVES:
		lose_page(world, person, 1000);
		break;
	case PAGE_LOST:
		lose_page(world, person, 1006);
		break;
	case LINE_LOST:
		bench_peer(world->bench, world->sfu, person->peer, "disconnected");
		person->peer[0] = '\0';
		break;
	case PASSES:
		say_first_word(world);
		bench_pass(world->bench, RS_SEC(phrase_seconds(match.bound[0].text)));
		break;
	case PASSES_SILENT:
		bench_pass(world->bench, RS_SEC(phrase_seconds(match.bound[0].text)));
		break;
	case RESTARTS:
		restart(world);
		break;
	}
	return true;
}

/* ---- a scenario ---- */

static void do_meaning(struct world *world, const struct phrase_match *match, const char *meaning,
	const char *refusal)
{
	char text[VALUE_MAX];
	spell_out(world, match, meaning, text);
	char *rest = after_word(text);
	if (strcmp(text, "say") == 0) {
		say(world, rest, refusal);
	} else if (refusal[0] != '\0') {
		fails(world, "only what somebody does is refused");
	} else if (strcmp(text, "see") == 0) {
		see(world, rest, view_of(world));
	} else if (strcmp(text, "hear") == 0) {
		char *facts = after_word(rest);
		const json_t *event = bench_last_event(find_person(world, "the chair")->page, rest);
		if (event == NULL)
			fails(world, "%s was not heard", rest);
		else
			see(world, facts, event);
	} else {
		fails(world, "phrases.txt: neither say, see nor hear: %s", meaning);
	}
}

/* "unga, itu" names this profile? */
static bool names_profile(const char *list, size_t len, const char *profile)
{
	const size_t n = strlen(profile);
	for (size_t i = 0; i + n <= len; i++) {
		const bool begins = i == 0 || list[i - 1] == ' ';
		const bool ends = i + n == len || list[i + n] == ',';
		if (begins && ends && strncmp(list + i, profile, n) == 0)
			return true;
	}
	return false;
}

static void do_sentence(struct world *world, char *sentence)
{
	static const char refused[] = ", refused: ";
	struct phrase_match match;
	const char *refusal = "";
	if (strncmp(sentence, "under ", 6) == 0) {
		const size_t len = strcspn(sentence + 6, ":");
		if (!names_profile(sentence + 6, len, world->profile))
			return;
		sentence += 6 + len + 1;
		sentence += strspn(sentence, " ");
	}
	char *end = strstr(sentence, refused);
	if (end != NULL) {
		*end = '\0';
		refusal = end + strlen(refused);
	}
	if (happens(world, sentence))
		return;
	for (size_t i = 0; i < world->book->n; i++) {
		if (phrase_match(
			    world->book->list[i].pattern, sentence, makes_sense, world, &match)) {
			do_meaning(world, &match, world->book->list[i].meaning, refusal);
			return;
		}
	}
	fails(world, "phrases.txt has no such sentence");
}

static bool is_away(const char *line, const struct person *person)
{
	const char *name = person->country[0] != '\0' ? person->country : person->badge;
	return strstr(line, name) != NULL;
}

/* Booths and the meeting room are empty unless the scenario speaks of them: whoever comes in costs a patch to all the others. */
static bool is_idle(const char *lines, const struct person *person)
{
	if (strcmp(person->role, "room") == 0)
		return strstr(lines, "seat A") == NULL;
	return strcmp(person->role, "interpreter") == 0 && strstr(lines, person->badge) == NULL;
}

static void everybody_joins(struct world *world, const char *lines, const char *away)
{
	for (size_t i = 0; i < world->n_people; i++) {
		if (is_away(away, &world->people[i]) || is_idle(lines, &world->people[i]))
			continue;
		join(world, &world->people[i]);
		connect_media(world, &world->people[i]);
	}
}

/* What stands behind this on a line of its own before the first sentence; "" where no line begins so. */
static const char *said_first(const char *lines, const char *prefix)
{
	const char *at = strstr(lines, prefix);
	return at != NULL ? at + strlen(prefix) : "";
}

/* Members that are named so may not vote. */
static void take_votes(json_t *conference, const char *names)
{
	char line[512];
	size_t i;
	json_t *delegation;
	(void)rs_copy_text(line, sizeof(line), names, strcspn(names, "\n"));
	json_array_foreach(json_object_get(conference, "delegations"), i, delegation)
	{
		const char *country = json_string_value(json_object_get(delegation, "country"));
		if (strstr(line, country) == NULL)
			continue;
		(void)json_object_set_new(delegation, "may_vote", json_false());
		(void)json_object_set_new(delegation, "reason", json_string("Charter, Article 19"));
	}
}

static void world_new(struct world *world, const char *lines)
{
	size_t len;
	char *text = examples_read("tests/scenarios/conference.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	assert(conference != NULL);
	(void)json_object_set_new(conference, "rules", json_string(world->profile));
	read_people(world, conference);
	take_votes(conference, said_first(lines, WITHOUT_VOTE));
	char *chosen = json_dumps(conference, 0);
	world->bench = bench_new_of(NULL, chosen);
	world->sfu = bench_sfu(world->bench, INSTANCE, "null");
	free(chosen);
	json_decref(conference);
	free(text);
}

/* Plays the lines; gives the number of the one that failed, 0 = none. */
static size_t play_lines(struct world *world, const struct scenario *scenario)
{
	char line[512];
	char away[512] = "";
	bool begun = false;
	size_t number = scenario->first;
	const char *at = scenario->lines;
	for (; *at != '\0' && world->why[0] == '\0'; number++) {
		const size_t len = strcspn(at, "\n");
		const size_t indent = strspn(at, "\t ");
		(void)rs_copy_text(
			line, sizeof(line), at + indent, len < indent ? 0 : len - indent);
		at += len + (at[len] == '\n' ? 1 : 0);
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (strncmp(line, "Under: ", 7) == 0) {
			if (!names_profile(line + 7, strlen(line + 7), world->profile))
				return 0;
			continue;
		}
		if (strncmp(line, WITHOUT_VOTE, strlen(WITHOUT_VOTE)) == 0)
			continue; /* world_new() read it */
		if (strncmp(line, "Away: ", 6) == 0) {
			(void)rs_set_text(away, line);
			continue;
		}
		if (!begun)
			everybody_joins(world, scenario->lines, away);
		begun = true;
		do_sentence(world, line);
	}
	if (world->why[0] == '\0' && begun)
		restart(world);
	return world->why[0] == '\0' ? 0 : number - 1;
}

static void tell_events(const struct world *world, scenario_event_fn *told, void *ctx)
{
	const size_t n = fake_store_count(world->bench->fake, MEETING);
	for (size_t i = 0; i < n; i++)
		told(ctx, fake_store_payload(world->bench->fake, MEETING, i + 1));
}

int scenario_play_told(const struct scenario_book *book, const struct scenario *scenario,
	const char *profile, scenario_event_fn *told, void *ctx, char error[SCENARIO_ERROR])
{
	char why[SCENARIO_ERROR] = "";
	struct world world = { .book = book, .profile = profile, .why = why };
	world_new(&world, scenario->lines);
	const size_t line = play_lines(&world, scenario);
	if (told != NULL)
		tell_events(&world, told, ctx);
	bench_free(world.bench);
	if (line == 0 && why[0] == '\0')
		return 0;
	(void)snprintf(error, SCENARIO_ERROR, "%s:%zu under %s: %.400s", scenario->file, line,
		profile, why);
	return -1;
}

int scenario_play(const struct scenario_book *book, const struct scenario *scenario,
	const char *profile, char error[SCENARIO_ERROR])
{
	return scenario_play_told(book, scenario, profile, NULL, NULL, error);
}
