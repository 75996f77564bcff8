/* Conference files: what they say of delegations, badges, rooms and booths, and what is taken when they say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "signaling/wire/conference.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"

static const struct rules any_rules = { .name = "r", .entries_max = 1, .open_microphones_max = 1 };

static const struct rules *find_rules(const void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return &any_rules;
}

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
	char error[WIRE_ERROR_LEN] = "";
	if (conference_parse(text, strlen(text), find_rules, NULL, &conference, error) < 0)
		fail_msg("%s", error);
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

static int parse_once(void *ctx)
{
	static const char text[] = HEAD MEETING(DELEGATE("w", "WWF", ",\"seat\":\"2\""));
	struct conference *conference = NULL;
	char error[WIRE_ERROR_LEN] = "";
	(void)ctx;
	const int err = conference_parse(text, strlen(text), find_rules, NULL, &conference, error);
	conference_free(conference);
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
		cmocka_unit_test(a_file_of_before_means_what_it_meant),
		cmocka_unit_test(memory_may_end_at_any_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
