/* Conference files: what they say of delegations, badges, rooms and booths, what is taken when they say nothing, and what is
 * said of files that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#include "signaling/wire/conference/conference.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"

static const struct rules any_rules = { .name = "r",
	.entries_max = 1,
	.open_microphones_max = 1,
	.order = { .levels = { "head-of-state", "minister" }, .n_levels = 2 } };

static const struct rules *find_rules(const void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "r") == 0 || strcmp(name, "unga") == 0 ? &any_rules : NULL;
}

static const struct conference_reader reader = { .rules = find_rules };

#define HEAD                                                                                           \
	"{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\","                                               \
	"\"languages\":[{\"id\":\"en\",\"name\":\"English\"},{\"id\":\"fr\",\"name\":\"Français\"}]," \
	"\"delegations\":[{\"id\":\"FRA\",\"country\":\"France\"},"                                    \
	"{\"id\":\"WWF\",\"country\":\"Fund for Nature\",\"category\":\"ngo\",\"order\":9},"           \
	"{\"id\":\"KEN\",\"country\":\"Kenya\",\"order\":1}],"                                         \
	"\"rooms\":[{\"id\":\"xx\",\"name\":\"Room XX\",\"seats\":[\"1\",\"2\"]}],"                    \
	"\"booths\":[{\"language\":\"fr\",\"desks\":3,\"into\":[\"fr\",\"en\"]},{\"language\":\"en\"}],"
#define MEETING(badges) \
	"\"meetings\":[{\"id\":\"m\",\"title\":\"M\",\"room\":\"xx\",\"badges\":[" badges "]}]}"
#define DELEGATE(id, delegation, more)                                                         \
	"{\"id\":\"" id "\",\"name\":\"N\",\"role\":\"delegate\",\"delegation\":\"" delegation \
	"\"" more "}"

static struct conference *parse(const char *text)
{
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	assert_int_equal(faults_new(&faults), 0);
	if (conference_parse(&reader, text, strlen(text), faults, &conference) < 0)
		fail_msg("%s: %s", faults->list[0].where, faults->list[0].why);
	faults_free(faults);
	return conference;
}

static void delegations_stand_in_protocol_order(void **state)
{
	struct conference *conference = parse(HEAD MEETING(""));
	const struct meeting *meeting = conference->meetings[0];
	(void)state;
	assert_int_equal(meeting->n_delegations, 3);
	/* Order 1 twice: France by its place in the file, Kenya by its word. */
	assert_string_equal(meeting->delegations[0].id, "FRA");
	assert_string_equal(meeting->delegations[1].id, "KEN");
	assert_string_equal(meeting->delegations[2].id, "WWF");
	assert_int_equal(meeting_find_delegation(meeting, "FRA")->category, CATEGORY_MEMBER);
	assert_int_equal(meeting_find_delegation(meeting, "WWF")->category, CATEGORY_NGO);
	assert_null(meeting_find_delegation(meeting, "ATL"));
	conference_free(conference);
}

static void the_first_delegate_heads_a_delegation_that_names_no_head(void **state)
{
	struct conference *conference = parse(HEAD MEETING(DELEGATE("k1", "KEN", "") "," DELEGATE(
		"k2", "KEN", "") "," DELEGATE("f1", "FRA", "") "," DELEGATE("f2", "FRA",
		",\"rank\":\"head\"") "," DELEGATE("f3", "FRA",
		",\"rank\":\"adviser\"") ",{\"id\":\"chair\",\"name\":\"C\",\"role\":\"chair\",\"delegation\":\"FRA\"}"));
	static const enum rank ranks[] = { RANK_HEAD, RANK_ALTERNATE, RANK_ALTERNATE, RANK_HEAD,
		RANK_ADVISER, RANK_NONE };
	const struct meeting *meeting = conference->meetings[0];
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(ranks); i++)
		assert_int_equal(meeting->participants[i].rank, ranks[i]);
	conference_free(conference);
}

static void a_meeting_knows_its_room_seats_and_booths(void **state)
{
	struct conference *conference =
		parse(HEAD MEETING(DELEGATE("w", "WWF", ",\"seat\":\"2\"")));
	const struct meeting *meeting = conference->meetings[0];
	(void)state;
	assert_string_equal(meeting->room.name, "Room XX");
	assert_string_equal(meeting->participants[0].seat, "2");
	assert_int_equal(meeting->participants[0].category, CATEGORY_NGO);
	assert_int_equal(meeting->n_booths, 2);
	assert_int_equal(meeting->booths[0].desks, 3);
	assert_int_equal(meeting->booths[0].n_into, 2);
	assert_int_equal(meeting->booths[1].desks, BOOTH_DESKS_DEFAULT);
	assert_string_equal(meeting->booths[1].into[0], "en");
	conference_free(conference);
}

static void interpreters_sit_in_a_booth_and_delegations_speak_a_language(void **state)
{
	size_t len;
	char *text = examples_read("tests/unit/signaling/conferences/base.json", &len);
	struct conference *conference = parse(text);
	const struct meeting *meeting = conference->meetings[0];
	(void)state;
	assert_string_equal(meeting_find_delegation(meeting, "FRA")->language, "fr");
	assert_string_equal(meeting_find_delegation(meeting, "KEN")->language, "");
	assert_string_equal(meeting_find(meeting, "fr-1")->booth, "fr");
	assert_string_equal(meeting_find(meeting, "fra-1")->booth, "");
	conference_free(conference);
	free(text);
}

static void a_file_of_before_means_what_it_meant(void **state)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	struct conference *conference = parse(text);
	const struct meeting *meeting = conference->meetings[0];
	(void)state;
	assert_int_equal(meeting->n_delegations, 6);
	assert_string_equal(meeting->delegations[0].id, "FRA");
	assert_string_equal(meeting->room.id, "");
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct participant *participant = &meeting->participants[i];
		assert_int_equal(participant->rank,
			participant->role == ROLE_DELEGATE ? RANK_HEAD : RANK_NONE);
		assert_int_equal(participant->category, CATEGORY_MEMBER);
	}
	conference_free(conference);
	free(text);
}

/* --- The table of files, good and bad --- */

static json_t *load(const char *path)
{
	size_t len;
	json_error_t error;
	char *text = examples_read(path, &len);
	json_t *json = json_loadb(text, len, 0, &error);
	if (json == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	free(text);
	return json;
}

/* One step of "meetings/0/badges". */
static json_t *go(json_t *json, const char *step)
{
	return json_is_array(json) ? json_array_get(json, strtoul(step, NULL, 10))
				   : json_object_get(json, step);
}

static void put(json_t *json, const char *last, json_t *value)
{
	const size_t i = strtoul(last, NULL, 10);
	if (json_is_object(json) && json_is_null(value))
		assert_int_equal(json_object_del(json, last), 0);
	else if (json_is_object(json))
		assert_int_equal(json_object_set(json, last, value), 0);
	else if (i == json_array_size(json))
		assert_int_equal(json_array_append(json, value), 0);
	else
		assert_int_equal(json_array_set(json, i, value), 0);
}

static void change(json_t *json, const char *place, json_t *value)
{
	char way[128];
	char *rest = way;
	char *slash;
	assert_true(rs_set_text(way, place));
	while ((slash = strchr(rest, '/')) != NULL) {
		*slash = '\0';
		json = go(json, rest);
		rest = slash + 1;
	}
	put(json, rest, value);
}

static char *changed_text(const json_t *base, const json_t *set)
{
	json_t *json = json_deep_copy(base);
	const char *place;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)set, place, value) change(json, place, value);
	char *text = json_dumps(json, JSON_INDENT(1));
	json_decref(json);
	return text;
}

static bool is_named(const struct faults *faults, const char *where)
{
	for (size_t i = 0; i < faults->n; i++) {
		if (strcmp(faults->list[i].where, where) == 0)
			return faults->list[i].line > 0 && faults->list[i].column > 0;
	}
	return false;
}

static void check_case(const json_t *row, const char *text)
{
	const char *name = json_string_value(json_object_get(row, "case"));
	const json_t *expected = json_object_get(row, "faults");
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	assert_int_equal(faults_new(&faults), 0);
	const int err = conference_parse(&reader, text, strlen(text), faults, &conference);
	if (err != (json_array_size(expected) == 0 ? 0 : -EBADMSG))
		fail_msg("%s: %d", name, err);
	for (size_t i = 0; i < json_array_size(expected); i++) {
		const char *where = json_string_value(json_array_get(expected, i));
		if (!is_named(faults, where))
			fail_msg("%s: %s is not named, or has no line", name, where);
	}
	if (json_object_get(row, "more") == NULL && faults->n != json_array_size(expected))
		fail_msg("%s: %zu faults, the last %s: %s", name, faults->n,
			faults->list[faults->n - 1].where, faults->list[faults->n - 1].why);
	conference_free(conference);
	faults_free(faults);
}

static void every_fault_of_a_file_is_named(void **state)
{
	json_t *base = load("tests/unit/signaling/conferences/base.json");
	json_t *cases = load("tests/unit/signaling/conferences/cases.json");
	size_t i;
	json_t *row;
	(void)state;
	json_array_foreach(cases, i, row)
	{
		char *text = changed_text(base, json_object_get(row, "set"));
		check_case(row, text);
		free(text);
	}
	json_decref(cases);
	json_decref(base);
}

static void faults_tell_line_and_column(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "{\n\t\"id\": \"c\",\n\t\"title\": 7, \"rules\": \"r\",\n\t\"meetings\": [{\"id\": \"m\", \"title\": \"\\\"[\"}]\n}",
			"conference, line 3, column 11: title: text is expected" },
		{ "{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\",\n\"meetings\":[{\"id\":\"m\",\"title\":\"M\"},\n  {\"id\":\"n\"}]}",
			"conference, line 3, column 3: meetings[1].title: text is expected" },
		{ "{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\"}",
			"conference, line 1, column 1: meetings: a conference has one meeting at least" },
		{ "{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\",\n\"meetings\":[{\"id\":\"m\",\"title\":\"M\",\n\"interpretation_end\":\"2026-02-29T18:00Z\"}]}",
			"conference, line 3, column 22: meetings[0].interpretation_end: a time like 2026-11-22T18:00:00Z or 2026-11-22T18:00+01:00 is expected" },
		{ "[]", "conference, line 1, column 1: an object is expected" },
		{ "{\n\"id\": x}", "conference, line 2, column 7: invalid token near 'x'" },
		{ "", "conference, line 1: '[' or '{' expected near end of file" },
		{ "{\"rules\":\"r\",\"title\":\"T\",\"meetings\":[{\"title\":\"M\",\"id\":\"m\"}]\n,\"id\":\"\", \"x\":null}",
			"conference, line 2, column 7: id: a name of 1 to 64 of [A-Za-z0-9_-] is expected (and 1 more)" },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct conference *conference = NULL;
		struct faults *faults = NULL;
		char said[256];
		assert_int_equal(faults_new(&faults), 0);
		assert_int_equal(conference_parse(&reader, cases[i].text, strlen(cases[i].text),
					 faults, &conference),
			-EBADMSG);
		faults_text(faults, said, sizeof(said));
		assert_string_equal(said, cases[i].said);
		faults_free(faults);
	}
}

static void faults_are_bounded(void **state)
{
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	json_t *json = load("tests/unit/signaling/conferences/base.json");
	(void)state;
	for (size_t i = 0; i <= FAULTS_MAX; i++)
		json_array_append_new(json_object_get(json, "delegations"), json_integer(1));
	char *text = json_dumps(json, 0);
	assert_int_equal(faults_new(&faults), 0);
	assert_int_equal(
		conference_parse(&reader, text, strlen(text), faults, &conference), -EBADMSG);
	assert_int_equal(faults->n, FAULTS_MAX);
	assert_true(faults->more);
	faults_free(faults);
	free(text);
	json_decref(json);
}

/* Yesterday's version took what it did not know. */
static void a_stored_file_may_hold_what_is_not_known(void **state)
{
	static const char text[] = "{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\",\"x\":1,"
				   "\"meetings\":[{\"id\":\"m\",\"title\":\"M\",\"room\":null}]}";
	const struct conference_reader stored = { .rules = find_rules, .stored = true };
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	(void)state;
	assert_int_equal(faults_new(&faults), 0);
	assert_int_equal(conference_parse(&stored, text, strlen(text), faults, &conference), 0);
	conference_free(conference);
	conference = NULL;
	assert_int_equal(
		conference_parse(&reader, text, strlen(text), faults, &conference), -EBADMSG);
	assert_int_equal(faults->n, 2);
	faults_free(faults);
}

static int parse_once(void *ctx)
{
	static const char text[] = HEAD MEETING(DELEGATE("w", "WWF", ",\"seat\":\"2\""));
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	(void)ctx;
	int err = faults_new(&faults);
	if (err == 0)
		err = conference_parse(&reader, text, strlen(text), faults, &conference);
	conference_free(conference);
	faults_free(faults);
	return err;
}

static void memory_may_end_at_any_point(void **state)
{
	(void)state;
	check_oom(parse_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delegations_stand_in_protocol_order),
		cmocka_unit_test(the_first_delegate_heads_a_delegation_that_names_no_head),
		cmocka_unit_test(a_meeting_knows_its_room_seats_and_booths),
		cmocka_unit_test(interpreters_sit_in_a_booth_and_delegations_speak_a_language),
		cmocka_unit_test(a_file_of_before_means_what_it_meant),
		cmocka_unit_test(every_fault_of_a_file_is_named),
		cmocka_unit_test(faults_tell_line_and_column),
		cmocka_unit_test(faults_are_bounded),
		cmocka_unit_test(a_stored_file_may_hold_what_is_not_known),
		cmocka_unit_test(memory_may_end_at_any_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
