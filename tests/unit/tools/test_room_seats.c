#include "tests/support/oom.h"
#include "tools/roombox/seats/seats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE RS_MS(500)
#define HOLD RS_SEC(2)

/* Four seats: two before one camera, one before another that cannot be moved, one that has neither camera nor microphone. */
static const struct seats_place places[] = {
	{ "A1", true, "left", 1 },
	{ "A2", true, "left", 2 },
	{ "B1", true, "right", SEATS_NO_PRESET },
	{ "C1", false, "", SEATS_NO_PRESET },
};
static const struct seats_config config = {
	.places = places,
	.n_places = RS_ARRAY_LEN(places),
	.settle = SETTLE,
	.hold = HOLD,
};

static struct seats *make(const struct seats_config *of)
{
	struct rs_rand rand;
	struct seats *seats = NULL;
	rs_rand_init_seed(&rand, 1);
	assert_int_equal(seats_new(of, &rand, &seats), 0);
	return seats;
}

/* A room whose four seats are taken, with a line; nothing is left to be polled. */
static int set_up(void **state)
{
	struct seats *seats = make(&config);
	struct seats_action action;
	struct seat_row row;
	for (size_t i = 0; i < RS_ARRAY_LEN(places); i++)
		assert_int_equal(
			seats_told(seats, places[i].seat, "KEN", "Kenya", SEAT_IDLE, 0), 0);
	seats_line(seats, true);
	while (seats_changed(seats, &row) == 1)
		assert_string_equal(row.name, "Kenya");
	assert_int_equal(seats_poll(seats, 0, &action), 0);
	*state = seats;
	return 0;
}

static int tear_down(void **state)
{
	seats_free(*state);
	return 0;
}

static void tell(struct seats *seats, const char *seat, enum seat_state as, rs_time now)
{
	assert_int_equal(seats_told(seats, seat, "KEN", "Kenya", as, now), 0);
}

/* All that is to be done now, as text: "A1 open, left to 1, ". */
static const char *done(struct seats *seats, rs_time now)
{
	static char text[512];
	struct seats_action action;
	size_t len = 0;
	text[0] = '\0';
	while (seats_poll(seats, now, &action) == 1) {
		char *at = text + len;
		const size_t room = sizeof(text) - len;
		switch (action.kind) {
		case SEATS_MICROPHONE:
			len += (size_t)snprintf(at, room, "%s %s, ", action.seat_view,
				action.open ? "open" : "closed");
			break;
		case SEATS_PRESS:
			len += (size_t)snprintf(at, room, "%s asks, ", action.seat_view);
			break;
		case SEATS_RELEASE:
			len += (size_t)snprintf(at, room, "%s ends, ", action.seat_view);
			break;
		case SEATS_RECALL:
			len += (size_t)snprintf(
				at, room, "%s to %d, ", action.camera_view, action.preset);
			break;
		case SEATS_SHOW:
			len += (size_t)snprintf(at, room, "%s shown, ", action.camera_view);
			break;
		}
		assert_true(len < sizeof(text));
	}
	assert_true(seats_deadline(seats) > now);
	return text;
}

/* --- keys --- */

static void a_key_asks_withdraws_and_ends(void **state)
{
	struct seats *seats = *state;
	assert_int_equal(seats_press(seats, "C1", 0), SEATS_TAKEN);
	assert_string_equal(done(seats, 0), "C1 asks, ");
	tell(seats, "C1", SEAT_REQUESTED, RS_SEC(1));
	assert_int_equal(seats_press(seats, "C1", RS_SEC(2)), SEATS_TAKEN);
	assert_string_equal(done(seats, RS_SEC(2)), "C1 ends, ");
	tell(seats, "C1", SEAT_CALLED, RS_SEC(3));
	assert_int_equal(seats_press(seats, "C1", RS_SEC(3)), SEATS_TAKEN);
	assert_string_equal(done(seats, RS_SEC(3)), "C1 ends, ");
	tell(seats, "C1", SEAT_OPEN, RS_SEC(4));
	assert_int_equal(seats_press(seats, "C1", RS_SEC(4)), SEATS_TAKEN);
	assert_string_equal(done(seats, RS_SEC(4)), "C1 ends, ");
}

static void a_key_that_bounces_is_pressed_once(void **state)
{
	struct seats *seats = *state;
	assert_int_equal(seats_press(seats, "C1", RS_SEC(1)), SEATS_TAKEN);
	tell(seats, "C1", SEAT_REQUESTED, RS_SEC(1) + RS_MS(100));
	assert_int_equal(seats_press(seats, "C1", RS_SEC(1) + SEATS_BOUNCE - 1), SEATS_NOTHING);
	assert_string_equal(done(seats, RS_SEC(2)), "C1 asks, ");
	assert_int_equal(seats_press(seats, "C1", RS_SEC(1) + SEATS_BOUNCE), SEATS_TAKEN);
	assert_string_equal(done(seats, RS_SEC(2)), "C1 ends, ");
	/* Another seat's key has nothing to do with it. */
	assert_int_equal(seats_press(seats, "A1", RS_SEC(1) + SEATS_BOUNCE), SEATS_TAKEN);
}

static void a_release_never_asks(void **state)
{
	struct seats *seats = *state;
	assert_int_equal(seats_release(seats, "A1"), SEATS_NOTHING);
	tell(seats, "A1", SEAT_REQUESTED, 0);
	assert_int_equal(seats_release(seats, "A1"), SEATS_TAKEN);
	assert_string_equal(done(seats, 0), "A1 ends, ");
}

static void a_key_without_effect_says_why(void **state)
{
	struct seats *seats = *state;
	assert_int_equal(seats_press(seats, "Z9", 0), SEATS_UNKNOWN);
	assert_int_equal(seats_press(seats, "", 0), SEATS_UNKNOWN);
	assert_int_equal(
		seats_press(seats, "A name of a seat too long to be one", 0), SEATS_UNKNOWN);
	seats_line(seats, false);
	assert_int_equal(seats_press(seats, "A1", 0), SEATS_NO_LINE);
	assert_int_equal(seats_release(seats, "A1"), SEATS_NO_LINE);
	seats_line(seats, true);
	assert_int_equal(seats_told(seats, "A1", "", "", SEAT_IDLE, 0), 0);
	assert_int_equal(seats_press(seats, "A1", 0), SEATS_NOBODYS);
	assert_string_equal(done(seats, 0), "");
}

static void keys_that_nobody_polls_are_bounded(void **state)
{
	struct seats *seats = *state;
	rs_time now = 0;
	for (size_t i = 0; i < SEATS_KEYS_MAX; i++, now += SEATS_BOUNCE)
		assert_int_equal(seats_press(seats, "A1", now), SEATS_TAKEN);
	assert_int_equal(seats_press(seats, "A1", now), SEATS_TOO_MANY);
	struct seats_action action;
	assert_int_equal(seats_poll(seats, now, &action), 1);
	assert_int_equal(seats_press(seats, "A1", now), SEATS_TAKEN);
}

/* --- what the meeting tells --- */

static void lamps_follow_the_meeting_and_changes_are_told_once(void **state)
{
	static const enum seat_lamp lamps[] = { SEAT_LAMP_OFF, SEAT_LAMP_REQUEST, SEAT_LAMP_NEXT,
		SEAT_LAMP_OPEN };
	struct seats *seats = *state;
	struct seat_row row;
	for (size_t i = RS_ARRAY_LEN(lamps); i-- > 0;) {
		tell(seats, "C1", (enum seat_state)i, 0);
		assert_int_equal(seats_changed(seats, &row), 1);
		assert_string_equal(row.seat, "C1");
		assert_int_equal(row.index, 3);
		assert_int_equal(row.state, i);
		assert_int_equal(row.lamp, lamps[i]);
		assert_int_equal(seats_changed(seats, &row), 0);
	}
	tell(seats, "C1", SEAT_IDLE, 0); /* as before */
	assert_int_equal(seats_changed(seats, &row), 0);
	assert_int_equal(seats_told(seats, "C1", "FRA", "France", SEAT_IDLE, 0), 0);
	assert_int_equal(seats_told(seats, "C1", "FRA", "République", SEAT_IDLE, 0), 0);
	assert_int_equal(seats_changed(seats, &row), 1);
	assert_string_equal(row.badge, "FRA");
	assert_string_equal(row.name, "République");
	assert_int_equal(seats_changed(seats, &row), 0);
}

static void only_microphones_of_seats_with_the_floor_are_open(void **state)
{
	struct seats *seats = *state;
	tell(seats, "A1", SEAT_OPEN, 0);
	tell(seats, "C1", SEAT_OPEN, 0); /* it has none here */
	tell(seats, "B1", SEAT_CALLED, 0);
	assert_string_equal(done(seats, 0), "A1 open, ");
	tell(seats, "A1", SEAT_IDLE, 0);
	tell(seats, "A2", SEAT_OPEN, 0);
	assert_string_equal(done(seats, 0), "A1 closed, A2 open, ");
	/* So short that nobody could have opened it. */
	tell(seats, "B1", SEAT_OPEN, 0);
	tell(seats, "B1", SEAT_IDLE, 0);
	assert_string_equal(done(seats, 0), "");
}

static void a_line_that_is_lost_changes_nothing(void **state)
{
	struct seats *seats = *state;
	struct seat_row row;
	tell(seats, "A1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, 0), "A1 open, ");
	assert_int_equal(seats_changed(seats, &row), 1);
	assert_int_equal(row.lamp, SEAT_LAMP_OPEN);
	assert_true(row.microphone);
	seats_line(seats, false);
	assert_string_equal(done(seats, RS_MS(1)), "");
	assert_int_equal(seats_changed(seats, &row), 0);
	seats_line(seats, true);
	assert_string_equal(done(seats, RS_MS(2)), "");
}

static void seats_the_meeting_tells_of_are_added_up_to_the_limit(void **state)
{
	struct seats *seats = *state;
	struct seat_row row;
	for (size_t i = RS_ARRAY_LEN(places); i < SEATS_MAX; i++) {
		char name[SEATS_NAME_MAX + 1];
		assert_int_equal(rs_format(name, sizeof(name), "seat %zu", i), 0);
		tell(seats, name, SEAT_IDLE, 0);
	}
	assert_int_equal(seats_told(seats, "one more", "X", "X", SEAT_IDLE, 0), -E2BIG);
	assert_int_equal(seats_press(seats, "seat 2047", 0), SEATS_TAKEN);
	size_t changed = 0;
	while (seats_changed(seats, &row) == 1)
		changed++;
	assert_int_equal(changed, SEATS_MAX - RS_ARRAY_LEN(places));
	assert_int_equal(seats_told(seats, "", "X", "X", SEAT_IDLE, 0), -EINVAL);
	assert_int_equal(seats_told(seats, "seventeen octets!", "X", "X", SEAT_IDLE, 0), -EINVAL);
}

/* --- the camera --- */

static void the_preset_is_recalled_before_the_camera_is_shown(void **state)
{
	struct seats *seats = *state;
	tell(seats, "A1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, 0), "A1 open, ");
	assert_int_equal(seats_deadline(seats), SETTLE);
	assert_string_equal(done(seats, SETTLE - 1), "");
	assert_string_equal(done(seats, SETTLE), "left to 1, ");
	assert_string_equal(done(seats, SETTLE + 1), "");
	seats_recalled(seats, "left", 7); /* of another wish */
	seats_recalled(seats, "right", 1);
	assert_string_equal(done(seats, SETTLE + 2), "");
	seats_recalled(seats, "left", 1);
	assert_string_equal(done(seats, SETTLE + 3), "left shown, ");
	seats_recalled(seats, "left", 1);
	assert_string_equal(done(seats, SETTLE + 4), "");
	assert_int_equal(seats_deadline(seats), RS_TIME_NEVER);
}

static void a_camera_that_says_nothing_is_shown_all_the_same(void **state)
{
	struct seats *seats = *state;
	tell(seats, "A1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, SETTLE), "A1 open, left to 1, ");
	const rs_time late = SETTLE + SEATS_RECALL_PATIENCE;
	assert_int_equal(seats_deadline(seats), late);
	assert_string_equal(done(seats, late - 1), "");
	assert_string_equal(done(seats, late), "left shown, ");
}

static void a_camera_that_cannot_move_is_cut_to(void **state)
{
	struct seats *seats = *state;
	tell(seats, "B1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, SETTLE), "B1 open, right shown, ");
}

static void a_short_remark_does_not_swing_the_camera(void **state)
{
	struct seats *seats = *state;
	tell(seats, "A1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, SETTLE), "A1 open, left to 1, ");
	seats_recalled(seats, "left", 1);
	assert_string_equal(done(seats, RS_SEC(1)), "left shown, ");
	/* The chair says a word while the speaker keeps the floor. */
	tell(seats, "B1", SEAT_OPEN, RS_SEC(10));
	tell(seats, "B1", SEAT_IDLE, RS_SEC(10) + SETTLE - 1);
	assert_string_equal(done(seats, RS_SEC(11)), "");
	/* And speaks longer: shown; and the speaker again when the chair has ended. */
	tell(seats, "B1", SEAT_OPEN, RS_SEC(20));
	assert_string_equal(done(seats, RS_SEC(20) + SETTLE), "B1 open, right shown, ");
	tell(seats, "B1", SEAT_IDLE, RS_SEC(21));
	assert_string_equal(done(seats, RS_SEC(21)), "B1 closed, ");
	const rs_time due = RS_SEC(20) + SETTLE + HOLD;
	assert_int_equal(seats_deadline(seats), due);
	assert_string_equal(done(seats, due), "left to 1, ");
}

static void the_camera_turns_no_oftener_than_it_may(void **state)
{
	struct seats *seats = *state;
	size_t turns = 0;
	const rs_time end = RS_SEC(30);
	/* Two that interrupt each other each 0.6 s, before the same camera. */
	for (rs_time now = 0; now < end; now += RS_MS(100)) {
		const bool first = now / RS_MS(600) % 2 == 0;
		tell(seats, "A1", first ? SEAT_OPEN : SEAT_IDLE, now);
		tell(seats, "A2", first ? SEAT_IDLE : SEAT_OPEN, now);
		struct seats_action action;
		while (seats_poll(seats, now, &action) == 1) {
			if (action.kind != SEATS_RECALL)
				continue;
			turns++;
			seats_recalled(seats, "left", action.preset);
		}
	}
	assert_true(turns > 2);
	assert_true(turns <= (size_t)(end / HOLD) + 1);
}

static void when_nobody_speaks_the_camera_stays(void **state)
{
	struct seats *seats = *state;
	tell(seats, "B1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, SETTLE), "B1 open, right shown, ");
	tell(seats, "B1", SEAT_IDLE, RS_SEC(5));
	assert_string_equal(done(seats, RS_SEC(60)), "B1 closed, ");
	assert_int_equal(seats_deadline(seats), RS_TIME_NEVER);
	/* A seat that no camera looks at, likewise. */
	tell(seats, "C1", SEAT_OPEN, RS_SEC(60));
	assert_string_equal(done(seats, RS_SEC(70)), "");
	/* And the same one again needs no cut. */
	tell(seats, "B1", SEAT_OPEN, RS_SEC(80));
	assert_string_equal(done(seats, RS_SEC(90)), "B1 open, ");
}

static void what_is_wanted_last_wins_while_the_camera_turns(void **state)
{
	struct seats *seats = *state;
	tell(seats, "A1", SEAT_OPEN, 0);
	assert_string_equal(done(seats, SETTLE), "A1 open, left to 1, ");
	tell(seats, "A1", SEAT_IDLE, RS_SEC(1));
	tell(seats, "A2", SEAT_OPEN, RS_SEC(1));
	assert_string_equal(done(seats, SETTLE + HOLD), "A1 closed, A2 open, left to 2, ");
	seats_recalled(seats, "left", 1); /* too late: it turns on */
	assert_string_equal(done(seats, RS_SEC(3)), "");
	seats_recalled(seats, "left", 2);
	assert_string_equal(done(seats, RS_SEC(3)), "left shown, ");
}

/* --- birth --- */

static void a_configuration_that_cannot_be_is_refused(void **state)
{
	struct rs_rand rand;
	struct seats *seats = NULL;
	rs_rand_init_seed(&rand, 1);
	static const struct seats_place bad[][2] = {
		{ { "A1", true, "", SEATS_NO_PRESET }, { "A1", true, "", SEATS_NO_PRESET } },
		{ { "A1", true, "", SEATS_NO_PRESET }, { "", true, "", SEATS_NO_PRESET } },
		{ { "A1", true, "", SEATS_NO_PRESET },
			{ "seventeen octets!", true, "", SEATS_NO_PRESET } },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		const struct seats_config of = { .places = bad[i], .n_places = 2 };
		assert_int_equal(seats_new(&of, &rand, &seats), -EINVAL);
	}
	const struct seats_config never = { .settle = -1 };
	assert_int_equal(seats_new(&never, &rand, &seats), -EINVAL);
	assert_null(seats);
	seats_free(NULL);
}

static int give_birth(void *ctx)
{
	struct rs_rand rand;
	struct seats *seats = NULL;
	rs_rand_init_seed(&rand, 1);
	const int err = seats_new(&config, &rand, &seats);
	seats_free(seats);
	return err;
}

static void without_memory_there_are_none(void **state)
{
	check_oom(give_birth, NULL);
}

/* --- whatever happens --- */

static void invariants_hold_whatever_happens(void **state)
{
	static const char *const names[] = { "A1", "A2", "B1", "C1", "D4" };
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 20261122);
	struct seats *seats = make(&config);
	bool open[RS_ARRAY_LEN(names)] = { false };
	enum seat_state as[RS_ARRAY_LEN(names)] = { SEAT_IDLE };
	rs_time now = 0;
	rs_time moved = -HOLD;
	for (size_t step = 0; step < 20000; step++) {
		const size_t i = rs_rand_below(&rand, RS_ARRAY_LEN(names));
		now += rs_rand_below(&rand, 300) * 1000;
		switch (rs_rand_below(&rand, 5)) {
		case 0:
			(void)seats_press(seats, names[i], now); /* whatever it says */
			break;
		case 1:
			(void)seats_release(seats, names[i]); /* whatever it says */
			break;
		case 2:
			seats_line(seats, rs_rand_below(&rand, 4) > 0);
			break;
		case 3:
			seats_recalled(seats, "left", (int)rs_rand_below(&rand, 3));
			break;
		default:
			as[i] = (enum seat_state)rs_rand_below(&rand, 4);
			tell(seats, names[i], as[i], now);
		}
		struct seats_action action;
		while (seats_poll(seats, now, &action) == 1) {
			for (size_t s = 0; action.kind == SEATS_MICROPHONE && s < 5; s++) {
				if (strcmp(names[s], action.seat_view) == 0)
					open[s] = action.open;
			}
			if (action.kind == SEATS_RECALL) {
				assert_true(now >= moved + HOLD);
				moved = now;
			}
		}
		for (size_t s = 0; s < 3; s++)
			assert_int_equal(open[s], as[s] == SEAT_OPEN);
		assert_false(open[3] || open[4]);
		assert_true(seats_deadline(seats) > now);
	}
	seats_free(seats);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(a_key_asks_withdraws_and_ends),
		CASE(a_key_that_bounces_is_pressed_once),
		CASE(a_release_never_asks),
		CASE(a_key_without_effect_says_why),
		CASE(keys_that_nobody_polls_are_bounded),
		CASE(lamps_follow_the_meeting_and_changes_are_told_once),
		CASE(only_microphones_of_seats_with_the_floor_are_open),
		CASE(a_line_that_is_lost_changes_nothing),
		CASE(seats_the_meeting_tells_of_are_added_up_to_the_limit),
		CASE(the_preset_is_recalled_before_the_camera_is_shown),
		CASE(a_camera_that_says_nothing_is_shown_all_the_same),
		CASE(a_camera_that_cannot_move_is_cut_to),
		CASE(a_short_remark_does_not_swing_the_camera),
		CASE(the_camera_turns_no_oftener_than_it_may),
		CASE(when_nobody_speaks_the_camera_stays),
		CASE(what_is_wanted_last_wins_while_the_camera_turns),
		cmocka_unit_test(a_configuration_that_cannot_be_is_refused),
		cmocka_unit_test(without_memory_there_are_none),
		cmocka_unit_test(invariants_hold_whatever_happens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
