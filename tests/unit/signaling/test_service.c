/* The service as pages know it: joining, commands and replies, events and views, coming back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

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

static void a_page_joins_and_sees_the_meeting(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	const json_t *welcome = json_array_get(ken->heard, 0);
	assert_string_equal(bench_text(welcome, "type"), "welcome");
	assert_string_equal(bench_text(welcome, "you.id"), "KEN");
	assert_string_equal(bench_text(welcome, "you.may.0"), "ask-for-floor");
	assert_string_equal(bench_text(ken->view, "meeting.state"), "scheduled");
	assert_string_equal(bench_text(ken->view, "participants.KEN.country"), "Kenya");
	assert_true(json_is_true(bench_at(ken->view, "participants.KEN.present")));
	assert_string_equal(bench_text(ken->view, "participants.KEN.line"), "joined");
	assert_int_equal(json_array_size(bench_at(ken->view, "languages")), 3);
}

static void the_wrong_are_turned_away_with_a_reason(void **state)
{
	static const struct {
		const char *token;
		uint16_t code;
		const char *reason;
	} cases[] = {
		{ "nonsense", 4001, "token-invalid" },
		{ "expired/KEN/delegate", 4001, "token-expired" },
		{ "other/KEN/delegate", 4004, "no-such-meeting" },
		{ "demo/ATL/delegate", 4003, "not-a-badge" },
		{ "demo/KEN/chair", 4003, "not-a-badge" },
	};
	struct bench *bench = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct bench_line *page = bench_page(bench);
		bench_say(bench, page, "{\"type\":\"hello\",\"token\":\"%s\"}", cases[i].token);
		assert_int_equal(page->closed, cases[i].code);
		assert_string_equal(
			bench_text(bench_last(page, "error"), "reason"), cases[i].reason);
	}
}

static void bad_messages_end_the_connection(void **state)
{
	static const char *const messages[] = { "", "{", "[]", "{}", "{\"type\":1}",
		"{\"type\":\"dance\",\"id\":\"c1\"}", "{\"type\":\"ask-for-floor\"}",
		"{\"type\":\"ask-for-floor\",\"id\":\"with space\"}",
		"{\"type\":\"hello\",\"token\":\"demo/KEN/delegate\"}" };
	struct bench *bench = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(messages); i++) {
		struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
		bench_say(bench, ken, "%s", messages[i]);
		assert_int_equal(ken->closed, 4000);
	}
	struct bench_line *mute = bench_page(bench);
	bench_say(bench, mute, "{\"type\":\"ask-for-floor\",\"id\":\"c1\"}");
	assert_int_equal(mute->closed, 4000);
}

static void a_silent_page_is_closed(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *page = bench_page(bench);
	bench_pass(bench, RS_MS(9999));
	assert_int_equal(page->closed, 0);
	bench_pass(bench, RS_MS(1));
	assert_int_equal(page->closed, 4001);
}

static void the_floor_goes_from_hand_to_hand(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");

	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "not-in-session");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_text(ken->view, "agenda.current"), "1");
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, fra, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, fra, "ask-for-floor", ""), "already-on-list");
	assert_string_equal(bench_try(bench, ken, "give-floor", "\"entry\":1"), "not-permitted");
	assert_string_equal(bench_text(fra->view, "list.0.participant"), "KEN");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	assert_string_equal(bench_text(fra->view, "floor.holder"), "KEN");
	assert_string_equal(bench_text(fra->view, "open.0"), "KEN");
	assert_string_equal(
		bench_try(bench, chair, "give-floor", "\"participant\":\"BRA\""), "not-connected");
	assert_string_equal(bench_try(bench, ken, "take-floor", ""), "ok");
	assert_null(bench_at(fra->view, "floor.holder"));
	assert_string_equal(
		bench_text(bench_last_event(fra, "floor-taken"), "data.cause"), "yielded");
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	assert_int_equal(json_array_size(bench_at(fra->view, "list")), 0);
	assert_string_equal(bench_text(fra->view, "meeting.state"), "closed");
}

static void all_pages_see_the_same(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	assert_string_equal(bench_try(bench, chair, "open-microphone", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "take-floor", ""), "ok");
	const struct bench_line *late = bench_join(bench, "demo", "viewer", "viewer");
	assert_true(json_equal(late->view, ken->view));
	assert_true(json_equal(late->view, chair->view));
}

static void a_malformed_command_is_refused_and_the_page_stays(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_try(bench, chair, "give-floor", ""), "malformed");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":-1"), "malformed");
	assert_string_equal(bench_try(bench, chair, "take-up-item", "\"item\":7"), "malformed");
	assert_int_equal(chair->closed, 0);
}

static void a_command_sent_again_is_done_once(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");

	fake_store_hold(bench->fake, true); /* the second comes before the first is written down */
	bench_say(bench, ken, "{\"type\":\"ask-for-floor\",\"id\":\"once\"}");
	bench_say(bench, ken, "{\"type\":\"ask-for-floor\",\"id\":\"once\"}");
	assert_int_equal(bench_count(ken, "reply"), 0);
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	assert_int_equal(bench_count(ken, "reply"), 2);
	const json_t *second = bench_last(ken, "reply");
	assert_true(json_is_true(json_object_get(second, "ok")));
	assert_int_equal(json_array_size(bench_at(ken->view, "list")), 1);

	/* Also after a restart, and though the rules would refuse it now. */
	const int64_t event = bench_int(second, "event");
	bench_restart(bench);
	ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_say(bench, ken, "{\"type\":\"ask-for-floor\",\"id\":\"once\"}");
	assert_int_equal(bench_int(bench_last(ken, "reply"), "event"), event);
	assert_int_equal(json_array_size(bench_at(ken->view, "list")), 1);
}

static void nothing_is_told_before_it_is_written_down(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	fake_store_hold(bench->fake, true);
	bench_say(bench, chair, "{\"type\":\"open-meeting\",\"id\":\"o\"}");
	assert_string_equal(bench_text(chair->view, "meeting.state"), "scheduled");
	assert_null(bench_last(chair, "reply"));
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	assert_string_equal(bench_text(chair->view, "meeting.state"), "in-session");
}

static void a_store_that_is_down_refuses_and_the_same_id_may_be_sent_again(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	fake_store_fail(bench->fake, STORE_DOWN);
	bench_say(bench, chair, "{\"type\":\"open-meeting\",\"id\":\"o\"}");
	assert_string_equal(bench_text(bench_last(chair, "reply"), "reason"), "store-unavailable");
	fake_store_fail(bench->fake, STORE_OK);
	bench_say(bench, chair, "{\"type\":\"open-meeting\",\"id\":\"o\"}");
	assert_true(json_is_true(json_object_get(bench_last(chair, "reply"), "ok")));
}

static void presence_is_caught_up_when_the_store_is_back(void **state)
{
	struct bench *bench = *state;
	fake_store_fail(bench->fake, STORE_DOWN);
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_false(json_is_true(bench_at(ken->view, "participants.KEN.present")));
	fake_store_fail(bench->fake, STORE_OK);
	bench_pass(bench, RS_SEC(1));
	assert_true(json_is_true(bench_at(ken->view, "participants.KEN.present")));
}

static void an_unknown_outcome_is_asked_again_and_done_once(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	const size_t before = fake_store_count(bench->fake, "demo");
	fake_store_fail(bench->fake, STORE_UNKNOWN);
	bench_say(bench, chair, "{\"type\":\"take-up-item\",\"id\":\"x\",\"item\":\"9\"}");
	assert_string_equal(bench_text(bench_last(chair, "reply"), "reason"), "not-in-session");
	bench_say(bench, chair, "{\"type\":\"open-meeting\",\"id\":\"o\"}");
	assert_string_equal(bench_text(bench_last(chair, "reply"), "id"), "x");
	fake_store_fail(bench->fake, STORE_OK);
	bench_pass(bench, RS_SEC(1));
	assert_true(json_is_true(json_object_get(bench_last(chair, "reply"), "ok")));
	/* opened, item, recording started, lots announced; then no recorder */
	assert_int_equal(fake_store_count(bench->fake, "demo"), before + 5);
}

static void assert_unbroken(const struct bench_line *line, uint64_t first)
{
	size_t i;
	json_t *message;
	json_array_foreach(line->heard, i, message)
	{
		if (strcmp(bench_text(message, "type"), "event") == 0)
			assert_int_equal(bench_int(message, "event"), first++);
	}
	assert_int_equal(first, line->event + 1);
}

static void a_page_that_comes_back_gets_exactly_what_it_missed(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_leave(bench, ken, 1006);
	const uint64_t seen = ken->event;
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	const struct bench_line *again = bench_resume(bench, ken, "demo", "KEN", "delegate");
	assert_true(json_is_true(bench_at(json_array_get(again->heard, 0), "resumed")));
	assert_unbroken(again, seen + 1);
	assert_true(json_equal(again->view, chair->view));
	/* It never left: nobody was told so. */
	assert_null(bench_last_event(chair, "participant-left"));
}

static void coming_back_works_across_a_restart(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	struct bench_line old = { .heard = json_deep_copy(ken->heard),
		.view = json_deep_copy(ken->view),
		.event = ken->event };
	bench_restart(bench);
	const struct bench_line *again = bench_resume(bench, &old, "demo", "KEN", "delegate");
	assert_true(json_is_true(bench_at(json_array_get(again->heard, 0), "resumed")));
	const struct bench_line *fresh = bench_join(bench, "demo", "viewer", "viewer");
	assert_string_equal(bench_text(fresh->view, "list.0.participant"), "KEN");
	assert_true(json_equal(again->view, fresh->view));
	json_decref(old.heard);
	json_decref(old.view);
}

static void whoever_was_away_too_long_gets_the_whole_view(void **state)
{
	struct bench *bench = *state;
	struct service_limits limits = service_limits_default;
	bench_free(bench);
	limits.kept_events = 3;
	*state = bench = bench_new(&limits);
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_leave(bench, ken, 1006);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
		assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	}
	const struct bench_line *again = bench_resume(bench, ken, "demo", "KEN", "delegate");
	assert_true(json_is_false(bench_at(json_array_get(again->heard, 0), "resumed")));
	assert_true(json_equal(again->view, chair->view));
}

static void a_badge_has_one_place(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *first = bench_join(bench, "demo", "KEN", "delegate");
	const struct bench_line *second = bench_join(bench, "demo", "KEN", "delegate");
	assert_int_equal(first->closed, 4009);
	assert_string_equal(
		bench_text(bench_last_event(second, "participant-joined"), "data.cause"),
		"elsewhere");
	assert_true(json_is_true(bench_at(second->view, "participants.KEN.present")));
}

static void a_technician_rehearses_from_many_places(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *first = bench_join(bench, "rehearsal", "technician", "technician");
	const struct bench_line *second =
		bench_join(bench, "rehearsal", "technician", "technician");
	assert_int_equal(first->closed, 0);
	assert_string_equal(bench_text(second->view, "meeting.state"), "in-session");
	assert_string_equal(bench_text(second->view, "meeting.mode"), "direct");
}

static void a_suspension_keeps_speaker_list_and_sitting(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_equal(bench_try(bench, chair, "resume-meeting", ""), "not-in-session");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"entry\":1"), "ok");
	assert_string_equal(bench_try(bench, fra, "ask-for-floor", ""), "ok");
	assert_string_equal(bench_try(bench, ken, "suspend-meeting", ""), "not-permitted");
	assert_string_equal(bench_try(bench, chair, "suspend-meeting", ""), "ok");
	assert_string_equal(bench_text(ken->view, "meeting.state"), "suspended");
	assert_null(bench_at(ken->view, "open.0"));
	assert_null(bench_at(ken->view, "floor.since"));
	assert_string_equal(bench_try(bench, ken, "take-floor", ""), "not-in-session");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "already-so");

	assert_string_equal(bench_try(bench, chair, "resume-meeting", ""), "ok");
	assert_string_equal(bench_text(ken->view, "floor.holder"), "KEN");
	assert_string_equal(bench_text(ken->view, "open.0"), "KEN");
	assert_string_equal(bench_text(ken->view, "list.0.participant"), "FRA");
	assert_string_equal(bench_try(bench, chair, "suspend-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	assert_string_equal(bench_text(ken->view, "meeting.state"), "closed");
}

static void a_recorded_vote_goes_from_proposal_to_proclamation(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "propose-decision",
				    "\"title\":\"L.14\",\"mode\":\"recorded\""),
		"malformed"); /* by which majority? */
	assert_string_equal(
		bench_try(bench, chair, "propose-decision",
			"\"title\":\"L.14\",\"mode\":\"recorded\",\"majority\":\"simple\""),
		"ok");
	assert_string_equal(bench_try(bench, ken, "cast", "\"decision\":1,\"vote\":\"yes\""),
		"voting-not-open");
	assert_string_equal(bench_try(bench, chair, "open-voting", "\"decision\":1"), "ok");
	assert_string_equal(bench_text(ken->view, "decision.votes.KEN"), "none");
	assert_string_equal(bench_try(bench, ken, "cast", "\"decision\":1,\"vote\":\"yes\""), "ok");
	assert_string_equal(
		bench_try(bench, ken, "give-floor", "\"participant\":\"KEN\""), "not-permitted");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""),
		"voting-in-progress");
	/* France goes before it has voted: the chair sees it, and so it is seen after a restart. */
	assert_string_not_equal(bench_text(chair->view, "decision.offline.0"), "FRA");
	bench_leave(bench, fra, 1000);
	assert_string_equal(bench_text(chair->view, "decision.offline.0"), "FRA");
	assert_int_equal(
		bench_int(chair->view, "decision.missing"), 5); /* of six, whoever is there */
	bench_restart(bench);
	chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_text(chair->view, "decision.votes.KEN"), "yes");
	assert_string_equal(bench_text(chair->view, "decision.offline.0"), "FRA");
	assert_string_equal(bench_try(bench, chair, "lock-voting", "\"decision\":1"), "ok");
	assert_null(bench_at(chair->view, "decision.offline"));
	assert_string_equal(bench_try(bench, chair, "proclaim", "\"decision\":1"), "ok");
	assert_string_equal(bench_text(chair->view, "decision.outcome"), "adopted");
}

static void a_lost_line_holds_the_speakers_place(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	bench_leave(bench, ken, 0);
	assert_string_equal(bench_text(chair->view, "participants.KEN.line"), "away");
	bench_pass(bench, RS_SEC(19));
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	bench_pass(bench, RS_SEC(1));
	assert_string_equal(
		bench_text(bench_last_event(chair, "participant-left"), "data.cause"), "lost-line");
	assert_string_equal(
		bench_text(bench_last_event(chair, "clock-stopped"), "data.cause"), "lost-line");
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_true(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_null(bench_at(chair->view, "open.0"));

	assert_string_equal(bench_try(bench, chair, "resume-floor", ""), "not-connected");
	ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "resume-floor", ""), "ok");
	assert_false(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_string_equal(bench_text(ken->view, "floor.holder"), "KEN");
}

static void leaving_on_purpose_is_at_once(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_leave(bench, ken, 1000);
	assert_string_equal(
		bench_text(bench_last_event(chair, "participant-left"), "data.cause"), "left");
}

static void a_restart_gives_pages_the_grace_to_come_back(void **state)
{
	struct bench *bench = *state;
	(void)bench_join(bench, "demo", "chair", "chair");
	(void)bench_join(bench, "demo", "KEN", "delegate");
	bench_restart(bench);
	const struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	bench_pass(bench, RS_SEC(10));
	assert_true(json_is_true(bench_at(chair->view, "participants.KEN.present")));
	bench_pass(bench, RS_SEC(11));
	assert_false(json_is_true(bench_at(chair->view, "participants.KEN.present")));
}

static void desks_go_live_and_hand_over(void **state)
{
	struct bench *bench = *state;
	struct bench_line *one = bench_join(bench, "demo", "fr-1", "interpreter");
	struct bench_line *two = bench_join(bench, "demo", "fr-2", "interpreter");
	assert_string_equal(bench_try(bench, one, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(bench_text(two->view, "channels.fr.desk"), "fr-1");
	assert_string_equal(bench_try(bench, two, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(bench_text(one->view, "channels.fr.desk"), "fr-2");
	assert_string_equal(
		bench_try(bench, one, "go-live", "\"channel\":\"es\""), "channel-not-yours");
	assert_string_equal(
		bench_try(bench, one, "go-live", "\"channel\":\"xx\""), "no-such-channel");
	bench_leave(bench, two, 1000);
	assert_null(bench_at(one->view, "channels.fr.desk"));
	assert_string_equal(bench_text(bench_last_event(one, "desk-idle"), "data.cause"), "left");
}

static void a_flood_is_refused_then_closed(void **state)
{
	struct bench *bench = *state;
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	for (int i = 0; i < 40; i++)
		assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "not-in-session");
	assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "too-many");
	bench_pass(bench, RS_SEC(1)); /* twenty a second */
	for (int i = 0; i < 20; i++)
		assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "not-in-session");
	for (int i = 0; i < 300 && ken->closed == 0; i++)
		bench_say(bench, ken, "{\"type\":\"ask-for-floor\",\"id\":\"f%d\"}", i);
	assert_int_equal(ken->closed, 4008);
}

static void malformed_commands_count_as_commands(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	for (int i = 0; i < 40; i++)
		assert_string_equal(bench_try(bench, chair, "give-floor", ""), "malformed");
	assert_string_equal(bench_try(bench, chair, "give-floor", ""), "too-many");
	for (int i = 0; i < 300 && chair->closed == 0; i++)
		bench_say(bench, chair, "{\"type\":\"give-floor\",\"id\":\"f%d\"}", i);
	assert_int_equal(chair->closed, 4008);
}

static void a_full_queue_refuses(void **state)
{
	struct bench *bench = *state;
	struct service_limits limits = service_limits_default;
	bench_free(bench);
	limits.queue = 2;
	*state = bench = bench_new(&limits);
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	fake_store_hold(bench->fake, true);
	for (int i = 0; i < 4; i++)
		bench_say(bench, chair, "{\"type\":\"open-meeting\",\"id\":\"o%d\"}", i);
	assert_string_equal(bench_text(bench_last(chair, "reply"), "id"), "o3");
	assert_string_equal(bench_text(bench_last(chair, "reply"), "reason"), "too-many");
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	assert_int_equal(bench_count(chair, "reply"), 4);
}

static void sessions_have_a_limit(void **state)
{
	struct bench *bench = *state;
	struct service_limits limits = service_limits_default;
	uint64_t id;
	bench_free(bench);
	limits.sessions = 2;
	*state = bench = bench_new(&limits);
	assert_int_equal(service_session_open(bench->service, bench->at, &id), 0);
	assert_int_equal(service_session_open(bench->service, bench->at, &id), 0);
	assert_int_equal(service_session_open(bench->service, bench->at, &id), -E2BIG);
}

static void an_event_of_another_version_stops_the_start(void **state)
{
	struct bench *bench = *state;
	char error[SERVICE_ERROR_LEN] = "";
	char expected[64];
	const size_t n = fake_store_count(bench->fake, "demo");
	fake_store_plant(bench->fake, "demo",
		"{\"event\":1,\"time\":1,\"name\":\"vote-opened\",\"by\":null,\"data\":{}}");
	bench->service = service_free(bench->service);
	assert_int_equal(bench_start(bench, error), -EBADMSG);
	(void)snprintf(expected, sizeof(expected), "meeting demo, event %zu: ", n + 1);
	assert_int_equal(strncmp(error, expected, strlen(expected)), 0);
	assert_non_null(strstr(error, "knows no such event"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Failures are provoked here; what the log says of them is not asked. */
static void a_meeting_is_adjourned_to_no_time_that_is_past(void **state)
{
	char members[48];
	struct bench *bench = bench_new(NULL);
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	const int64_t now = bench->at.wall_ms;
	(void)snprintf(members, sizeof(members), "\"until\":%" PRId64, now);
	assert_string_equal(bench_try(bench, chair, "adjourn-meeting", members), "in-the-past");
	assert_string_equal(bench_text(chair->view, "meeting.state"), "in-session");
	(void)snprintf(members, sizeof(members), "\"until\":%" PRId64, now + 3600000);
	assert_string_equal(bench_try(bench, chair, "adjourn-meeting", members), "ok");
	assert_int_equal(bench_int(chair->view, "meeting.until"), now + 3600000);
	bench_free(bench);
}

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		CASE(a_page_joins_and_sees_the_meeting),
		CASE(the_wrong_are_turned_away_with_a_reason),
		CASE(bad_messages_end_the_connection),
		CASE(a_silent_page_is_closed),
		CASE(the_floor_goes_from_hand_to_hand),
		CASE(all_pages_see_the_same),
		CASE(a_malformed_command_is_refused_and_the_page_stays),
		CASE(a_command_sent_again_is_done_once),
		CASE(nothing_is_told_before_it_is_written_down),
		CASE(a_store_that_is_down_refuses_and_the_same_id_may_be_sent_again),
		CASE(presence_is_caught_up_when_the_store_is_back),
		CASE(an_unknown_outcome_is_asked_again_and_done_once),
		CASE(a_page_that_comes_back_gets_exactly_what_it_missed),
		CASE(coming_back_works_across_a_restart),
		CASE(whoever_was_away_too_long_gets_the_whole_view),
		CASE(a_badge_has_one_place),
		CASE(a_technician_rehearses_from_many_places),
		CASE(a_suspension_keeps_speaker_list_and_sitting),
		CASE(a_meeting_is_adjourned_to_no_time_that_is_past),
		CASE(a_recorded_vote_goes_from_proposal_to_proclamation),
		CASE(a_lost_line_holds_the_speakers_place),
		CASE(leaving_on_purpose_is_at_once),
		CASE(a_restart_gives_pages_the_grace_to_come_back),
		CASE(desks_go_live_and_hand_over),
		CASE(a_flood_is_refused_then_closed),
		CASE(malformed_commands_count_as_commands),
		CASE(a_full_queue_refuses),
		CASE(sessions_have_a_limit),
		CASE(an_event_of_another_version_stops_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
