/* A meeting room's box says how it is: what is taken of it, what is thought wrong with it, who is told and how often it is to say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "signaling/service/technician/boxes.h"
#include "signaling/wire/message/box.h"
#include "tests/support/service_bench.h"

#define START_MS ((int64_t)1795305600000)

static int setup(void **state)
{
	*state = bench_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

/* ---- what is weighed ---- */

static bool is_well(const struct troubles *troubles)
{
	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		if (troubles->states[i].is != SEVERITY_NONE)
			return false;
	}
	return true;
}

static const struct trouble_state *after(struct box *box, struct troubles *troubles,
	const struct box_figures *figures, unsigned seconds, int64_t *wall_ms)
{
	box_take(box, figures, *wall_ms);
	for (; seconds > 0; seconds--, *wall_ms += 1000)
		box_weigh(box, troubles, *wall_ms);
	return troubles->states;
}

static void each_fault_has_its_bound_and_dates_from_its_beginning(void **state)
{
	(void)state;
	static const struct {
		enum trouble trouble;
		struct box_figures good, bad;
		enum severity is;
	} rows[] = {
		{ TROUBLE_CAMERA, { .kept = 0 }, { .camera = SEVERITY_CRITICAL },
			SEVERITY_CRITICAL },
		{ TROUBLE_CARD, { .kept = 0 }, { .card = SEVERITY_CRITICAL }, SEVERITY_CRITICAL },
		{ TROUBLE_XRUNS, { .xruns = 1 }, { .xruns = 3 }, SEVERITY_WARNING },
		{ TROUBLE_CARD_CLOCK, { .clock_ppm = 199 }, { .clock_ppm = 200 },
			SEVERITY_WARNING },
		{ TROUBLE_KEPT_FULL, { .kept = 79 }, { .kept = 80 }, SEVERITY_WARNING },
		{ TROUBLE_SEAT_SILENT, { .silent_db = 69 }, { .silent_db = 70 }, SEVERITY_WARNING },
		{ TROUBLE_SEAT_CLIPPING, { .clipping_permille = 1 }, { .clipping_permille = 20 },
			SEVERITY_CRITICAL },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct box box;
		struct troubles troubles;
		int64_t now = START_MS;
		box_init(&box);
		troubles_init(&troubles);
		(void)after(&box, &troubles, &rows[i].good, 20, &now);
		assert_true(is_well(&troubles));
		const int64_t began = now;
		const struct trouble_state *states = after(&box, &troubles, &rows[i].bad, 20, &now);
		assert_int_equal(states[rows[i].trouble].is, rows[i].is);
		assert_int_equal(states[rows[i].trouble].since_ms, began);
		box_forget(&box);
		for (int s = 0; s < 10; s++, now += 1000)
			box_weigh(&box, &troubles, now);
		assert_true(is_well(&troubles));
	}
}

/* A counter alone says nothing: what came lately does; and one that begins anew is no flood. */
static void xruns_count_for_a_minute_or_two(void **state)
{
	(void)state;
	struct box box;
	int64_t now = START_MS;
	struct box_figures figures = { .xruns = 1000 };
	box_init(&box);
	box_take(&box, &figures, now);
	assert_int_equal(box_xruns(&box), 0);
	figures.xruns = 1005;
	box_take(&box, &figures, now += 5000);
	assert_int_equal(box_xruns(&box), 5);
	for (int i = 0; i < 24; i++)
		box_take(&box, &figures, now += 5000);
	assert_int_equal(box_xruns(&box), 0);
	figures.xruns = 2;
	box_take(&box, &figures, now += 5000);
	assert_int_equal(box_xruns(&box), 0);
	figures.xruns = 4;
	box_take(&box, &figures, now += 5000);
	assert_int_equal(box_xruns(&box), 2);
}

/* ---- what a box says ---- */

#define REPORT                                                                                   \
	"\"version\":\"0.1.0\",\"cpu\":31,\"skipped\":0,\"free\":1000,\"left\":340,\"kept\":12," \
	"\"delay\":60,\"concealed\":7,\"rtt\":41,\"available\":2400,"
#define MICROPHONES \
	"\"microphones\":[{\"seat\":\"A12\",\"open\":true,\"level\":-23,\"peak\":-9,\"clipping\":0}],"
#define CAMERAS "\"cameras\":[{\"name\":\"total\",\"here\":true,\"shown\":true,\"fps\":30}],"
#define OUTPUTS \
	"\"outputs\":[{\"name\":\"alsa:hw:1\",\"delay\":60,\"failed\":0,\"feeds\":[\"floor\",\"fr\"]}],"
#define DEVICES(here)                                                                            \
	"\"devices\":[{\"place\":\"microphones[0].input\",\"name\":\"alsa:hw:1\",\"here\":" here \
	",\"lost\":0,\"xruns\":0,\"slips\":0,\"ppm\":-12,\"since\":1795305600123}]"
#define WHOLE REPORT MICROPHONES CAMERAS OUTPUTS DEVICES("true")

static void second(struct bench *bench, struct bench_line *sfu)
{
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(bench_report(bench, sfu, "{\"type\":\"stats\"}"), 0);
}

static const json_t *box_in(const struct bench_line *technician)
{
	return bench_at(bench_last(technician, "survey"), "patch.people.room.box");
}

static void technicians_are_told_what_a_box_says_and_nobody_else(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":true"), "ok");
	assert_string_equal(bench_try(bench, chair, "tell-box", WHOLE), "not-permitted");
	assert_string_equal(bench_try(bench, technician, "tell-box", WHOLE), "not-permitted");
	assert_string_equal(bench_try(bench, room, "tell-box", "\"secret\":1," WHOLE), "ok");
	assert_string_equal(bench_try(bench, room, "tell-box", WHOLE), "too-many");
	second(bench, sfu);
	const json_t *box = box_in(technician);
	assert_int_equal(bench_int(box, "cpu"), 31);
	assert_int_equal(bench_int(box, "delay"), 60);
	assert_string_equal(bench_text(box, "microphones.0.seat"), "A12");
	assert_int_equal(bench_int(box, "microphones.0.level"), -23);
	assert_string_equal(bench_text(box, "outputs.0.feeds.1"), "fr");
	assert_int_equal(bench_int(box, "devices.0.ppm"), -12);
	assert_null(bench_at(box, "secret")); /* what is not known is not handed on */
	const json_t *figures =
		bench_at(bench_last(technician, "survey"), "patch.people.room.figures");
	assert_int_equal(json_integer_value(json_array_get(figures, 6)), 7);
	assert_int_equal(json_integer_value(json_array_get(figures, 2)), 40); /* in steps */
	assert_int_equal(json_integer_value(json_array_get(figures, 12)), 2400);
	assert_int_equal(bench_count(chair, "survey"), 0);
	/* once, and whole to who comes later */
	second(bench, sfu);
	assert_null(box_in(technician));
	struct bench_line *other = bench_join(bench, "demo", "technician", "technician");
	assert_string_equal(bench_try(bench, other, "survey", "\"on\":true"), "ok");
	assert_int_equal(bench_int(box_in(other), "cpu"), 31);
}

static void what_was_said_long_ago_is_said_no_more(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":true"), "ok");
	assert_string_equal(bench_try(bench, room, "tell-box",
				    REPORT MICROPHONES CAMERAS OUTPUTS DEVICES("false")),
		"ok");
	second(bench, sfu);
	const json_t *trouble =
		bench_at(bench_last(technician, "survey"), "patch.people.room.troubles.0");
	assert_string_equal(json_string_value(json_array_get(trouble, 0)), "card");
	assert_string_equal(json_string_value(json_array_get(trouble, 1)), "critical");
	for (int i = 0; i < BOX_FRESH_S; i++)
		second(bench, sfu);
	assert_true(json_is_null(box_in(technician)));
	assert_int_equal(json_array_size(bench_at(
				 bench_last(technician, "survey"), "patch.people.room.troubles")),
		0);
}

/* What was asked of it keeps it among the people. */
static void that_a_box_is_gone_is_told_once(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	assert_string_equal(bench_try(bench, technician, "survey", "\"on\":true"), "ok");
	assert_string_equal(bench_try(bench, room, "tell-box", WHOLE), "ok");
	second(bench, sfu);
	assert_non_null(box_in(technician));
	assert_string_equal(bench_try(bench, technician, "tell-seat",
				    "\"participant\":\"room\",\"text\":\"Mind the fan.\""),
		"ok");
	bench_leave(bench, room, 1006);
	size_t told = 0;
	for (int i = 0; i < 2 * BOX_FRESH_S; i++) {
		second(bench, sfu);
		told += json_is_null(box_in(technician));
	}
	assert_int_equal(told, 1);
}

static void a_fault_stands_in_the_list_of_problems(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	assert_string_equal(
		bench_try(bench, room, "tell-box",
			REPORT MICROPHONES
			"\"cameras\":[{\"name\":\"total\",\"here\":false,\"shown\":true,\"since\":1}]," OUTPUTS
				DEVICES("true")),
		"ok");
	second(bench, sfu);
	struct rs_buf out;
	rs_buf_init(&out, 1 << 20);
	assert_int_equal(service_problems(bench->service, "demo", &out), 0);
	json_t *list = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	assert_string_equal(bench_text(list, "problems.0.trouble"), "camera");
	assert_string_equal(bench_text(list, "problems.0.id"), "room");
	assert_string_equal(bench_text(list, "problems.0.severity"), "critical");
	assert_int_equal(bench_int(list, "problems.0.since"), bench->at.wall_ms);
	json_decref(list);
	rs_buf_done(&out);
}

/* ---- bad values ---- */

static void bad_values_are_refused_by_name(void **state)
{
	struct bench *bench = *state;
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	static const struct {
		const char *said, *where;
	} rows[] = {
		{ "\"version\":\"0.1.0\"", "message.skipped" },
		{ REPORT
			"\"microphones\":[{\"seat\":\"A12\",\"open\":true,\"level\":1,\"peak\":0,\"clipping\":0}]",
			"message.microphones[0].level" },
		{ REPORT
			"\"microphones\":[{\"seat\":\"ABCDEFGHIJKLMNOPQ\",\"open\":true,\"level\":0,\"peak\":0,\"clipping\":0}]",
			"message.microphones[0].seat" },
		{ REPORT "\"cameras\":[{\"name\":\"total\",\"here\":1,\"shown\":true}]",
			"message.cameras[0].here" },
		{ REPORT "\"outputs\":[{\"name\":\"x\",\"failed\":0,\"feeds\":[\"a b\"]}]",
			"message.outputs[0].feeds" },
		{ REPORT "\"outputs\":[{\"name\":\"two\\nlines\",\"failed\":0}]",
			"message.outputs[0].name" },
		{ REPORT
			"\"devices\":[{\"place\":\"p\",\"name\":\"n\",\"here\":true,\"lost\":-1,\"xruns\":0,\"slips\":0,\"ppm\":0}]",
			"message.devices[0].lost" },
		{ "\"version\":\"0.1.0\",\"skipped\":0,\"kept\":101", "message.kept" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const json_t *reply = bench_command(bench, room, "tell-box", rows[i].said);
		assert_string_equal(bench_text(reply, "reason"), "malformed");
		assert_non_null(strstr(bench_text(reply, "text"), rows[i].where));
	}
	assert_string_equal(bench_try(bench, room, "tell-box", WHOLE), "ok");
}

/* A box is a peer: seventeen microphones are one too many. */
static void no_more_is_taken_than_a_box_can_have(void **state)
{
	struct bench *bench = *state;
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	static const char one[] =
		"{\"seat\":\"\",\"open\":true,\"level\":-23,\"peak\":-9,\"clipping\":0}";
	for (unsigned n = BOX_MICROPHONES_MAX; n <= BOX_MICROPHONES_MAX + 1; n++) {
		char text[4096] = REPORT "\"microphones\":[";
		for (unsigned i = 0; i < n; i++) {
			(void)strcat(text, i > 0 ? "," : "");
			(void)strcat(text, one);
		}
		(void)strcat(text, "]");
		assert_string_equal(bench_try(bench, room, "tell-box", text),
			n > BOX_MICROPHONES_MAX ? "malformed" : "ok");
		bench_pass(bench, RS_SEC(1));
	}
}

/* ---- how often ---- */

static int64_t every(const struct bench_line *room)
{
	const json_t *told = bench_last(room, "technician");
	return told != NULL ? bench_int(told, "every") : 0;
}

static void who_looks_has_it_said_more_often(void **state)
{
	struct bench *bench = *state;
	struct bench_line *room = bench_join(bench, "demo", "room", "room");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	const char *look = "\"participant\":\"room\"";
	assert_int_equal(bench_count(room, "technician"), 0);
	assert_string_equal(bench_try(bench, chair, "look-at-box", look), "not-permitted");
	assert_string_equal(bench_try(bench, technician, "look-at-box", "\"participant\":\"KEN\""),
		"no-such-participant");
	assert_int_equal(bench_count(room, "technician"), 0);
	assert_string_equal(bench_try(bench, technician, "look-at-box", look), "ok");
	assert_int_equal(every(room), BOX_EVERY_LOOKED_MS);
	assert_string_equal(bench_try(bench, technician, "look-at-box", look), "ok");
	assert_int_equal(bench_count(room, "technician"), 1);
	assert_string_equal(bench_try(bench, technician, "look-at-box", ""), "ok");
	assert_int_equal(every(room), BOX_EVERY_MS);

	/* one that comes back is told again; who looked and went counts no more */
	assert_string_equal(bench_try(bench, technician, "look-at-box", look), "ok");
	bench_leave(bench, room, 1006);
	room = bench_join(bench, "demo", "room", "room");
	assert_int_equal(every(room), BOX_EVERY_LOOKED_MS);
	bench_leave(bench, technician, 1006);
	assert_string_equal(bench_try(bench, room, "tell-box", WHOLE), "ok");
	assert_int_equal(every(room), BOX_EVERY_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_bound_and_dates_from_its_beginning),
		cmocka_unit_test(xruns_count_for_a_minute_or_two),
		cmocka_unit_test_setup_teardown(
			technicians_are_told_what_a_box_says_and_nobody_else, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_said_long_ago_is_said_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(that_a_box_is_gone_is_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_fault_stands_in_the_list_of_problems, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_values_are_refused_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(
			no_more_is_taken_than_a_box_can_have, setup, teardown),
		cmocka_unit_test_setup_teardown(who_looks_has_it_said_more_often, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
