/* A technician's page surveys a meeting: what it is told when, and who else is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "signaling/technician/station.h"
#include "tests/support/technician_stage.h"

static int setup(void **state)
{
	*state = technician_stage_new(bench_new(NULL));
	return 0;
}

static int teardown(void **state)
{
	technician_stage_free(*state);
	return 0;
}

static void second(struct technician_stage *stage, int lost)
{
	assert_int_equal(technician_stage_second(stage, lost), 0);
}

/* A text in the last patch, by path. */
static const char *word(const struct technician_stage *stage, const char *path)
{
	return bench_text(technician_stage_patch(stage, ""), path);
}

static void only_technicians_survey_and_only_when_they_ask(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *secretary = technician_stage_join(stage, "secretariat", "secretariat");
	technician_stage_connect(stage);
	second(stage, 0);
	assert_int_equal(bench_count(stage->technician, "survey"), 0);
	assert_string_equal(
		bench_try(stage->bench, stage->ken, "survey", "\"on\":true"), "not-permitted");
	assert_string_equal(
		bench_try(stage->bench, secretary, "survey", "\"on\":true"), "not-permitted");
	assert_string_equal(
		bench_try(stage->bench, stage->ken, "history", "\"participants\":[\"KEN\"]"),
		"not-permitted");
	assert_true(technician_stage_survey(stage, true));
	assert_int_equal(bench_count(stage->technician, "survey"), 1);
	second(stage, 0);
	assert_int_equal(bench_count(stage->technician, "survey"), 2);
	assert_int_equal(bench_count(stage->ken, "survey") + bench_count(secretary, "survey"), 0);
	assert_true(technician_stage_survey(stage, false));
	second(stage, 0);
	assert_int_equal(bench_count(stage->technician, "survey"), 2);
}

static void the_first_tells_all_and_the_next_what_changed(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	second(stage, 0);
	second(stage, 0);
	assert_true(technician_stage_survey(stage, true));
	assert_true(json_is_true(bench_at(bench_last(stage->technician, "survey"), "whole")));
	/* loss_up, loss_down, rtt, jitter, up, down, concealed, decoded, capacity, queue, khz, clock, available, heard_jitter, dropped */
	const json_t *figures = technician_stage_patch(stage, "people.KEN.figures");
	char *text = json_dumps(figures, JSON_COMPACT);
	assert_string_equal(text, "[0,0,40,4,80,0,null,null,2000,0,20,null,null,null,null]");
	free(text);
	assert_int_equal(json_array_size(technician_stage_patch(stage, "people.KEN.troubles")), 0);
	assert_non_null(technician_stage_patch(stage, "people.technician"));
	assert_null(technician_stage_patch(stage, "people.FRA"));
	assert_string_equal(word(stage, "nodes.0.node"), "sfu-1");
	assert_int_equal(bench_int(technician_stage_patch(stage, "nodes.0"), "cpu"), 5);
	assert_int_equal(json_array_size(technician_stage_patch(stage, "troubles")), 0);

	second(stage, 0);
	second(stage, 0);
	assert_false(json_is_true(bench_at(bench_last(stage->technician, "survey"), "whole")));
	assert_int_equal(json_object_size(technician_stage_patch(stage, "people")), 0);
	assert_null(technician_stage_patch(stage, "troubles"));
	stage->estimate = 400000;
	second(stage, 0);
	assert_non_null(technician_stage_patch(stage, "people.KEN.figures"));
	assert_null(technician_stage_patch(stage, "people.KEN.troubles"));
	assert_int_equal(json_object_size(technician_stage_patch(stage, "people")), 1);

	bench_leave(stage->bench, stage->ken, 1000);
	bench_pass(stage->bench, RS_SEC(90));
	second(stage, 0);
	assert_true(json_is_null(technician_stage_patch(stage, "people.KEN")));
}

static const char *two_levels(const struct bench_line *page, const char *path)
{
	static char text[64];
	char *json = json_dumps(bench_at(bench_last(page, "levels"), path), JSON_COMPACT);
	(void)snprintf(text, sizeof(text), "%s", json != NULL ? json : "");
	free(json);
	return text;
}

static int say_levels(struct bench *bench, struct bench_line *sfu, int ken, int fra)
{
	return bench_report(bench, sfu,
		"{\"type\":\"levels\",\"meeting\":\"demo\",\"sources\":[\"KEN\",\"nobody\",\"FRA\"],"
		"\"levels\":[%d,-60,%d],\"peaks\":[%d,-60,%d]}",
		ken, fra, ken + 5, fra + 5);
}

static bool is_metered(const struct bench_line *sfu)
{
	return json_is_true(bench_at(bench_last(sfu, "meeting"), "meeting.meters"));
}

static struct bench *two_technicians(void)
{
	return bench_new_of(NULL,
		"{\"id\":\"two\",\"title\":\"Two\",\"rules\":\"unga\",\"languages\":[{\"id\":\"en\",\"name\":\"English\"}],"
		"\"delegations\":[{\"id\":\"KEN\",\"country\":\"Kenya\"},{\"id\":\"FRA\",\"country\":\"France\"}],"
		"\"meetings\":[{\"id\":\"demo\",\"title\":\"Demo\",\"mode\":\"floor\",\"record\":false,"
		"\"items\":[{\"id\":\"1\",\"title\":\"Debate\"}],\"badges\":["
		"{\"id\":\"one\",\"role\":\"technician\",\"name\":\"One\"},{\"id\":\"two\",\"role\":\"technician\",\"name\":\"Two\"},"
		"{\"id\":\"KEN\",\"role\":\"delegate\",\"name\":\"KEN\",\"delegation\":\"KEN\"},"
		"{\"id\":\"FRA\",\"role\":\"delegate\",\"name\":\"FRA\",\"delegation\":\"FRA\"}]}]}");
}

/* Several times a second, and only while somebody looks is the media server asked for it. */
static void meters_are_told_to_pages_that_survey(void **state)
{
	struct bench *bench = two_technicians();
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *technician = bench_join(bench, "demo", "one", "technician");
	struct bench_line *second = bench_join(bench, "demo", "two", "technician");
	assert_false(is_metered(sfu));
	assert_int_equal(say_levels(bench, sfu, -23, -30), 0);
	assert_int_equal(bench_count(technician, "levels"), 0);
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":true"), "ok");
	assert_true(is_metered(sfu));
	for (int i = 0; i < 7; i++) {
		assert_int_equal(say_levels(bench, sfu, -20 - i, -30), 0);
		bench_pass(bench, RS_MS(150));
	}
	assert_int_equal(bench_count(technician, "levels"), 7);
	assert_string_equal(
		two_levels(technician, "levels"), "{\"KEN\":[-26,-21],\"FRA\":[-30,-25]}");
	assert_int_equal(bench_count(ken, "levels") + bench_count(second, "levels"), 0);
	/* Who comes later is told what is known, for the media server says only what changes. */
	assert_string_equal(bench_try(bench, second, "survey", "\"on\":true"), "ok");
	assert_string_equal(two_levels(second, "levels.KEN"), "[-26,-21]");
	assert_int_equal(bench_count(technician, "levels"), 7);
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":false"), "ok");
	assert_true(is_metered(sfu));
	bench_leave(bench, second, 1000);
	assert_false(is_metered(sfu));
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":true"), "ok");
	assert_true(is_metered(sfu));
	assert_int_equal(bench_count(technician, "levels"), 7);
	/* One that connects anew knows it from the whole state. */
	bench_node_gone(bench, sfu);
	struct bench_line *again = bench_sfu(bench, "i1", "null");
	assert_true(json_is_true(bench_at(bench_last(again, "state"), "meetings.0.meters")));
	assert_int_equal(bench_report(bench, again,
				 "{\"type\":\"levels\",\"meeting\":\"demo\",\"sources\":[\"KEN\"],"
				 "\"levels\":[],\"peaks\":[-1]}"),
		-EBADMSG);
	bench_free(bench);
}

static void of_who_went_no_level_is_told(void **state)
{
	struct bench *bench = two_technicians();
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *technician = bench_join(bench, "demo", "one", "technician");
	struct bench_line *second = bench_join(bench, "demo", "two", "technician");
	bench_peer(bench, sfu, bench_offer(bench, ken), "connected");
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":true"), "ok");
	assert_int_equal(say_levels(bench, sfu, -20, -30), 0);
	bench_leave(bench, ken, 1000);
	bench_pass(bench, RS_SEC(60));
	assert_string_equal(bench_try(bench, second, "survey", "\"on\":true"), "ok");
	assert_string_equal(two_levels(second, "levels"), "{\"FRA\":[-30,-25]}");
	bench_free(bench);
}

/* What was told to who looked earlier is nothing to whoever looks now. */
static void who_looks_again_is_told_what_changes_from_then_on(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	const int usual = stage->estimate;
	assert_true(technician_stage_survey(stage, true));
	second(stage, 0);
	second(stage, 0);
	assert_true(technician_stage_survey(stage, false));
	stage->estimate = 400000;
	second(stage, 0);
	assert_true(technician_stage_survey(stage, true));
	stage->estimate = usual;
	second(stage, 0);
	assert_non_null(technician_stage_patch(stage, "people.KEN.figures"));
}

static void loss_is_listed_while_it_lasts(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	assert_true(technician_stage_survey(stage, true));
	second(stage, 0);
	for (int i = 0; i < 3; i++)
		second(stage, 2);
	const json_t *trouble = technician_stage_patch(stage, "people.KEN.troubles.0");
	assert_string_equal(bench_text(trouble, "0"), "loss-up");
	assert_string_equal(bench_text(trouble, "1"), "warning");
	assert_int_equal(bench_int(trouble, "2"), stage->bench->at.wall_ms - 2000);
	assert_int_equal(bench_int(trouble, "3"), 40);
	for (int i = 0; i < 10; i++)
		second(stage, 0);
	assert_int_equal(json_array_size(technician_stage_patch(stage, "people.KEN.troubles")), 0);
}

/* What a page says of its own line stands beside what is measured of it, for as long as it says so. */
static void a_page_tells_its_own_line(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	const char *told =
		"\"path\":\"relay-tcp\",\"limit\":\"cpu\",\"concealed\":34,\"decoded\":25";
	assert_true(technician_stage_survey(stage, true));
	assert_string_equal(bench_try(stage->bench, stage->ken, "tell-line", told), "ok");
	assert_string_equal(bench_try(stage->bench, stage->ken, "tell-line", told), "too-many");
	assert_string_equal(bench_try(stage->bench, stage->ken, "tell-line", "\"path\":\"pigeon\""),
		"malformed");
	assert_string_equal(bench_try(stage->bench, stage->ken, "tell-line", "\"concealed\":1001"),
		"malformed");
	second(stage, 0);
	assert_string_equal(word(stage, "people.KEN.page.0"), "relay-tcp");
	assert_string_equal(word(stage, "people.KEN.page.1"), "cpu");
	const json_t *figures = technician_stage_patch(stage, "people.KEN.figures");
	assert_int_equal(bench_int(figures, "6"), 34);
	assert_int_equal(bench_int(figures, "7"), 25);
	second(stage, 0);
	assert_null(technician_stage_patch(stage, "people.KEN.page"));
	for (int i = 0; i < STATION_PAGE_S - 1; i++)
		second(stage, 0);
	assert_true(json_is_string(technician_stage_patch(stage, "people.KEN.page.0")));
	assert_string_equal(word(stage, "people.KEN.page.0"), "");
	figures = technician_stage_patch(stage, "people.KEN.figures");
	assert_true(json_is_null(json_array_get(figures, 6)));
}

static json_t *problems_of(struct bench *bench)
{
	struct rs_buf out;
	rs_buf_init(&out, 1 << 20);
	assert_int_equal(service_problems(bench->service, "demo", &out), 0);
	json_t *list = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	assert_non_null(list);
	rs_buf_done(&out);
	return list;
}

static void the_list_of_problems_has_the_worst_first(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	second(stage, 0);
	json_t *list = problems_of(stage->bench);
	assert_int_equal(bench_int(list, "total"), 0);
	json_decref(list);
	for (int i = 0; i < 3; i++)
		second(stage, 2);
	bench_node_gone(stage->bench, stage->sfu);
	list = problems_of(stage->bench);
	assert_int_equal(bench_int(list, "total"), 2);
	assert_string_equal(bench_text(list, "problems.0.trouble"), "no-media-server");
	assert_string_equal(bench_text(list, "problems.0.kind"), "meeting");
	assert_string_equal(bench_text(list, "problems.0.severity"), "critical");
	assert_string_equal(bench_text(list, "problems.1.id"), "KEN");
	assert_string_equal(bench_text(list, "problems.1.trouble"), "loss-up");
	json_decref(list);
	struct rs_buf out;
	rs_buf_init(&out, 1024);
	assert_int_equal(service_problems(stage->bench->service, "nowhere", &out), -ENOENT);
	rs_buf_done(&out);
}

/* Nothing measures any more, and it is told all the same. */
static void that_the_media_server_is_gone_is_told_at_once(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	second(stage, 0);
	assert_true(technician_stage_survey(stage, true));
	bench_node_gone(stage->bench, stage->sfu);
	assert_string_equal(word(stage, "troubles.0.0"), "no-media-server");
	assert_int_equal(json_array_size(technician_stage_patch(stage, "nodes")), 0);
	(void)bench_sfu(stage->bench, "i2", "null");
	bench_turn(stage->bench);
	assert_int_equal(json_array_size(technician_stage_patch(stage, "troubles")), 0);
}

static void a_recorders_disk_is_a_trouble_of_its_node(void **state)
{
	struct technician_stage *stage = *state;
	struct bench_line *recorder = bench_recorder(stage->bench, "[]");
	technician_stage_connect(stage);
	assert_true(technician_stage_survey(stage, true));
	assert_int_equal(bench_report(stage->bench, recorder,
				 "{\"type\":\"stats\",\"peers\":[],\"sources\":[],\"gauges\":"
				 "{\"archive_alarm\":2,\"archive_free_octets\":1000,"
				 "\"archive_copy_unavailable\":1}}"),
		0);
	second(stage, 0);
	const json_t *nodes = technician_stage_patch(stage, "nodes");
	const json_t *found = NULL;
	for (size_t i = 0; i < json_array_size(nodes); i++)
		if (strcmp(bench_text(json_array_get(nodes, i), "kind"), "recorder") == 0)
			found = json_array_get(nodes, i);
	assert_non_null(found);
	assert_int_equal(bench_int(found, "free"), 1000);
	assert_string_equal(bench_text(found, "troubles.0.0"), "disk");
	assert_string_equal(bench_text(found, "troubles.1.0"), "copy");
}

static void ten_minutes_of_those_who_are_asked_for(void **state)
{
	struct technician_stage *stage = *state;
	technician_stage_connect(stage);
	for (int i = 0; i < 20; i++)
		second(stage, 1);
	const json_t *reply = bench_command(stage->bench, stage->technician, "history",
		"\"participants\":[\"KEN\",\"FRA\",\"nobody\"]");
	assert_true(json_is_true(bench_at(reply, "ok")));
	assert_int_equal(bench_int(reply, "step_ms"), 5000);
	assert_int_equal(bench_int(reply, "end") % 5000, 0);
	const json_t *loss = bench_at(reply, "history.KEN.loss_up");
	assert_int_equal(json_array_size(loss), 120);
	assert_int_equal(json_integer_value(json_array_get(loss, 119)), 20);
	assert_true(json_is_null(json_array_get(loss, 100)));
	assert_int_equal(
		json_integer_value(json_array_get(bench_at(reply, "history.KEN.level"), 119)), -23);
	assert_true(json_is_null(json_array_get(bench_at(reply, "history.FRA.rtt"), 119)));
	assert_null(bench_at(reply, "history.nobody"));
	assert_string_equal(
		bench_try(stage->bench, stage->technician, "history",
			"\"participants\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
			"\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",\"16\"]"),
		"ok");
	assert_string_equal(
		bench_try(stage->bench, stage->technician, "history",
			"\"participants\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
			"\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"17\"]"),
		"malformed");
}

/* KEN has the floor while the technician looks on, and their microphone says nothing. */
static void ken_has_the_floor_in_silence(struct technician_stage *stage)
{
	struct bench_line *chair = technician_stage_join(stage, "chair", "chair");
	technician_stage_connect(stage);
	second(stage, 0);
	assert_string_equal(bench_try(stage->bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(
		bench_try(stage->bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	assert_true(technician_stage_survey(stage, true));
	stage->is_mute = true;
}

static void an_open_microphone_without_a_packet_is_critical(void **state)
{
	struct technician_stage *stage = *state;
	ken_has_the_floor_in_silence(stage);
	for (int i = 0; i < 3; i++)
		second(stage, 0);
	assert_string_equal(word(stage, "people.KEN.troubles.0.0"), "no-sound");
	assert_string_equal(word(stage, "people.KEN.troubles.0.1"), "critical");
}

/* Then the floor is held for them, nobody is heard, and all wait for that line. */
static void a_speaker_from_whom_nothing_comes_has_a_lost_line(void **state)
{
	struct technician_stage *stage = *state;
	ken_has_the_floor_in_silence(stage);
	/* One until the floor is held, and two that say so. */
	for (int i = 0; i < 3; i++) {
		stage->packets -= 50; /* as before */
		second(stage, 0);
	}
	assert_string_equal(word(stage, "people.KEN.troubles.0.0"), "line-lost");
	assert_string_equal(word(stage, "people.KEN.troubles.0.1"), "critical");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_page_tells_its_own_line),
		CASE(only_technicians_survey_and_only_when_they_ask),
		CASE(the_first_tells_all_and_the_next_what_changed),
		cmocka_unit_test(meters_are_told_to_pages_that_survey),
		cmocka_unit_test(of_who_went_no_level_is_told),
		CASE(who_looks_again_is_told_what_changes_from_then_on),
		CASE(loss_is_listed_while_it_lasts),
		CASE(the_list_of_problems_has_the_worst_first),
		CASE(that_the_media_server_is_gone_is_told_at_once),
		CASE(a_recorders_disk_is_a_trouble_of_its_node),
		CASE(ten_minutes_of_those_who_are_asked_for),
		CASE(an_open_microphone_without_a_packet_is_critical),
		CASE(a_speaker_from_whom_nothing_comes_has_a_lost_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
