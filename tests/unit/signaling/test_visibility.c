/* Public, private, closed to all but members: who leaves, what reaches nobody else, and what the record is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

static int setup(void **state)
{
	size_t len;
	char *conference = examples_read("tests/unit/signaling/conferences/private.json", &len);
	*state = bench_new_of(NULL, conference);
	free(conference);
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

struct hall {
	struct bench_line *sfu, *recorder, *chair, *ken, *ngo, *viewer;
};

static struct hall in_session(struct bench *bench)
{
	struct hall hall = {
		.sfu = bench_sfu(bench, "i1", "null"),
		.recorder = bench_recorder(bench, "[]"),
		.chair = bench_join(bench, "demo", "chair", "chair"),
		.ken = bench_join(bench, "demo", "KEN", "delegate"),
		.ngo = bench_join(bench, "demo", "WWF", "delegate"),
		.viewer = bench_join(bench, "demo", "viewer", "viewer"),
	};
	(void)bench_command(bench, hall.chair, "open-meeting", "");
	return hall;
}

static void sit(struct bench *bench, struct bench_line *chair, const char *visibility)
{
	char members[64];
	(void)snprintf(members, sizeof(members), "\"visibility\": \"%s\"", visibility);
	assert_string_equal(bench_try(bench, chair, "set-visibility", members), "ok");
}

static const json_t *last(const struct bench_line *line)
{
	return json_array_get(line->heard, json_array_size(line->heard) - 1);
}

static void viewers_leave_a_private_meeting_told_why(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	sit(bench, hall.chair, "private");
	assert_int_equal(hall.viewer->closed, 4010);
	assert_string_equal(bench_text(last(hall.viewer), "type"), "error");
	assert_string_equal(bench_text(last(hall.viewer), "reason"), "private");
	assert_int_equal(hall.ken->closed, 0);
	assert_int_equal(hall.ngo->closed, 0);
	assert_string_equal(bench_text(hall.ken->view, "meeting.visibility"), "private");
	assert_true(json_is_false(bench_at(hall.ken->view, "participants.viewer.present")));
	sit(bench, hall.chair, "closed-members");
	assert_int_equal(hall.ngo->closed, 4010);
	assert_string_equal(bench_text(last(hall.ngo), "reason"), "closed-members");
	assert_int_equal(hall.ken->closed, 0);
}

static void nothing_of_the_private_part_reaches_who_left(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	sit(bench, hall.chair, "private");
	const size_t heard = json_array_size(hall.viewer->heard);
	/* The change itself is the last event they hear. */
	assert_string_equal(
		bench_text(bench_last(hall.viewer, "event"), "name"), "visibility-changed");
	(void)bench_command(bench, hall.ken, "ask-for-floor", "");
	(void)bench_command(bench, hall.chair, "give-floor", "\"entry\": 1");
	assert_int_equal(json_array_size(hall.viewer->heard), heard);
}

static void who_may_not_come_in_is_refused_with_the_reason(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	sit(bench, hall.chair, "closed-members");
	struct bench_line *viewer = bench_join(bench, "demo", "viewer", "viewer");
	assert_int_equal(viewer->closed, 4010);
	assert_int_equal(json_array_size(viewer->heard), 1);
	assert_string_equal(bench_text(last(viewer), "reason"), "closed-members");
	assert_int_equal(bench_join(bench, "demo", "WWF", "delegate")->closed, 4010);
	assert_int_equal(bench_join(bench, "demo", "FRA", "delegate")->closed, 0);
	assert_int_equal(bench_join(bench, "demo", "technician", "technician")->closed, 0);
}

static void after_it_is_public_again_they_come_back_without_what_they_missed(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	struct bench_line *viewer = hall.viewer;
	sit(bench, hall.chair, "private");
	(void)bench_command(bench, hall.ken, "ask-for-floor", "");
	sit(bench, hall.chair, "public");
	struct bench_line *back = bench_resume(bench, viewer, "demo", "viewer", "viewer");
	assert_int_equal(back->closed, 0);
	/* The whole view as it stands, not the events of the private part. */
	assert_true(json_is_false(bench_at(json_array_get(back->heard, 0), "resumed")));
	assert_null(bench_last_event(back, "entry-added"));
	assert_string_equal(bench_text(back->view, "meeting.visibility"), "public");
	/* Who was in the meeting all the time resumes as ever. */
	struct bench_line *ken = bench_resume(bench, hall.ken, "demo", "KEN", "delegate");
	assert_true(json_is_true(bench_at(json_array_get(ken->heard, 0), "resumed")));
}

static void messages_of_the_closed_part_are_not_shown_to_who_was_out(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	sit(bench, hall.chair, "closed-members");
	bench->at.wall_ms += 1000;
	assert_string_equal(
		bench_try(bench, hall.chair, "say", "\"to\": \"all\", \"text\": \"between us\""),
		"ok");
	bench->at.wall_ms += 1000;
	sit(bench, hall.chair, "public");
	struct bench_line *ngo = bench_join(bench, "demo", "WWF", "delegate");
	assert_int_equal(ngo->closed, 0);
	for (size_t i = 0; i < json_array_size(ngo->heard); i++) {
		char *text = json_dumps(json_array_get(ngo->heard, i), 0);
		assert_null(strstr(text, "between us"));
		free(text);
	}
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	bool shown = false;
	for (size_t i = 0; i < json_array_size(fra->heard); i++) {
		char *text = json_dumps(json_array_get(fra->heard, i), 0);
		shown = shown || strstr(text, "between us") != NULL;
		free(text);
	}
	assert_true(shown);
}

static uint64_t watch(struct bench *bench, const struct claims *who, const char *place,
	struct service_refusal *refusal)
{
	const struct service_watch watch = { .who = who, .meeting = "demo", .place = place };
	uint64_t stream = 0;
	const int err = service_stream_open(bench->service, &watch, bench->at, &stream, refusal);
	assert_int_equal(err < 0, stream == 0);
	bench_turn(bench);
	return stream;
}

static const struct claims viewer = { .badge = "viewer", .meeting = "demo", .role = ROLE_VIEWER };
static const struct claims ken = { .badge = "KEN", .meeting = "demo", .role = ROLE_DELEGATE };
static const struct claims ngo = { .badge = "WWF", .meeting = "demo", .role = ROLE_DELEGATE };
static const struct claims admin = { .role = ROLE_ADMIN };

static void streams_of_who_is_kept_out_end_with_the_reason_and_others_go_on(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	struct service_refusal refusal;
	const uint64_t out = watch(bench, &viewer, "", &refusal);
	sit(bench, hall.chair, "private");
	assert_int_equal(bench->stream, out);
	assert_non_null(strstr(bench->streamed, "\nevent: end\ndata: {\"reason\":\"private\""));
	assert_int_equal(bench->stream_ended, out);
	const size_t told = bench->n_streamed;
	(void)bench_command(bench, hall.ken, "ask-for-floor", "");
	assert_int_equal(bench->n_streamed, told);
	const uint64_t in = watch(bench, &ken, "", &refusal);
	(void)bench_command(bench, hall.chair, "give-floor", "\"entry\": 1");
	assert_int_equal(bench->stream, in);
	sit(bench, hall.chair, "closed-members");
	assert_int_equal(bench->stream_ended, out);
	assert_non_null(strstr(bench->streamed, "\nevent: event\n"));
}

static void a_stream_is_refused_to_who_is_kept_out_and_to_no_badge(void **state)
{
	static const struct claims stranger = {
		.badge = "stranger", .meeting = "demo", .role = ROLE_DELEGATE
	};
	static const struct claims raised = {
		.badge = "viewer", .meeting = "demo", .role = ROLE_SECRETARIAT
	};
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	struct service_refusal refusal;
	sit(bench, hall.chair, "closed-members");
	assert_int_equal(watch(bench, &viewer, "", &refusal), 0);
	assert_int_equal(refusal.status, 403);
	assert_string_equal(refusal.reason, "not-admitted");
	assert_int_equal(watch(bench, &ngo, "", &refusal), 0);
	assert_string_equal(refusal.reason, "not-admitted");
	assert_int_equal(watch(bench, &stranger, "", &refusal), 0);
	assert_string_equal(refusal.reason, "not-a-badge");
	assert_int_equal(service_admit(bench->service, &raised, "demo", &refusal), -EACCES);
	assert_string_equal(refusal.reason, "not-a-badge");
	assert_int_equal(service_admit(bench->service, &viewer, "demo", &refusal), -EACCES);
	assert_int_equal(service_admit(bench->service, &ken, "demo", &refusal), 0);
	assert_int_equal(service_admit(bench->service, &admin, "demo", &refusal), 0);
	assert_true(watch(bench, &admin, "", &refusal) != 0);
}

/* A display that was in comes back for what it missed; one that was out begins with the view as it stands. */
static void a_stream_that_comes_back_is_not_told_the_private_part(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	struct service_refusal refusal;
	char place[128] = "";
	service_stream_closed(bench->service, watch(bench, &viewer, "", &refusal));
	(void)sscanf(bench->streamed, "id: %127s", place);
	sit(bench, hall.chair, "private");
	(void)bench_command(bench, hall.ken, "ask-for-floor", "");
	sit(bench, hall.chair, "public");
	(void)watch(bench, &viewer, place, &refusal);
	assert_non_null(strstr(bench->streamed, "\nevent: view\n"));
	(void)watch(bench, &ken, place, &refusal);
	assert_non_null(strstr(bench->streamed, "\nevent: event\n"));
}

static size_t events_of(struct bench *bench, const struct claims *who, const char *name)
{
	const struct service_page page = {
		.who = who, .meeting = "demo", .limit = 64, .name = name
	};
	struct service_refusal refusal;
	assert_int_equal(service_events(bench->service, 900, &page, &refusal), 0);
	bench_turn(bench);
	assert_int_equal(bench->request, 900);
	assert_int_equal(bench->status, 200);
	return json_array_size(bench_at(bench->answer, "events"));
}

static void events_of_the_private_part_are_for_who_was_in_it(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	sit(bench, hall.chair, "private");
	(void)bench_command(bench, hall.ken, "ask-for-floor", "");
	sit(bench, hall.chair, "public");
	assert_int_equal(events_of(bench, &viewer, "entry-added"), 0);
	assert_int_equal(events_of(bench, &ken, "entry-added"), 1);
	assert_string_equal(bench_text(bench->answer, "events.0.name"), "entry-added");
	assert_int_equal(events_of(bench, &admin, "visibility-changed"), 2);
}

static json_t *decisions_of(
	struct bench *bench, const struct claims *who, uint64_t after, size_t limit)
{
	const struct service_page page = {
		.who = who, .meeting = "demo", .after = after, .limit = limit, .name = ""
	};
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	assert_int_equal(service_decisions(bench->service, &page, &out), 0);
	json_t *json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	assert_non_null(json);
	return json;
}

static size_t n_decisions(struct bench *bench, const struct claims *who)
{
	json_t *json = decisions_of(bench, who, 0, 32);
	const size_t n = json_array_size(bench_at(json, "decisions"));
	json_decref(json);
	return n;
}

static void decide(struct bench *bench, struct hall *hall, const char *title, unsigned number)
{
	char members[128];
	(void)snprintf(members, sizeof(members),
		"\"title\": \"%s\", \"mode\": \"recorded\", \"majority\": \"simple\"", title);
	assert_string_equal(bench_try(bench, hall->chair, "propose-decision", members), "ok");
	(void)snprintf(members, sizeof(members), "\"decision\": %u", number);
	assert_string_equal(bench_try(bench, hall->chair, "open-voting", members), "ok");
	(void)snprintf(members, sizeof(members), "\"decision\": %u, \"vote\": \"yes\"", number);
	assert_string_equal(bench_try(bench, hall->ken, "cast", members), "ok");
	(void)snprintf(members, sizeof(members), "\"decision\": %u", number);
	(void)bench_try(bench, hall->chair, "announce-lock", members);
	bench_pass(bench, RS_SEC(120));
	assert_string_equal(bench_try(bench, hall->chair, "lock-voting", members), "ok");
	assert_string_equal(bench_try(bench, hall->chair, "proclaim", members), "ok");
}

static void decisions_are_listed_for_who_was_admitted_to_them(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	assert_int_equal(n_decisions(bench, &ken), 0);
	decide(bench, &hall, "In public", 1);
	assert_string_equal(bench_try(bench, hall.ken, "state-intent",
				    "\"decision\": 1, \"vote\": \"abstain\""),
		"ok");
	sit(bench, hall.chair, "private");
	decide(bench, &hall, "In private", 2);
	sit(bench, hall.chair, "public");
	for (int round = 0; round < 2; round++) {
		assert_int_equal(n_decisions(bench, &viewer), 1);
		assert_int_equal(n_decisions(bench, &ken), 2);
		assert_int_equal(n_decisions(bench, &admin), 2);
		json_t *first = decisions_of(bench, &ken, 0, 1);
		assert_string_equal(bench_text(first, "decisions.0.title"), "In public");
		assert_string_equal(bench_text(first, "decisions.0.outcome"), "adopted");
		assert_string_equal(bench_text(first, "decisions.0.votes.KEN"), "yes");
		assert_int_equal(bench_int(first, "decisions.0.yes"), 1);
		assert_string_equal(bench_text(first, "decisions.0.intents.KEN"), "abstain");
		json_t *rest = decisions_of(bench, &ken, (uint64_t)bench_int(first, "next"), 1);
		assert_string_equal(bench_text(rest, "decisions.0.title"), "In private");
		assert_null(bench_at(rest, "next"));
		json_decref(first);
		json_decref(rest);
		bench_restart(bench);
	}
}

static void the_last_256_decisions_are_listed(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	char members[64];
	for (unsigned n = 1; n <= 257; n++) {
		bench_pass(bench, RS_SEC(1)); /* within the rate of commands */
		assert_string_equal(bench_try(bench, hall.chair, "propose-decision",
					    "\"title\": \"L\", \"mode\": \"consensus\""),
			"ok");
		(void)snprintf(members, sizeof(members), "\"decision\": %u", n);
		assert_string_equal(bench_try(bench, hall.chair, "proclaim", members), "ok");
	}
	uint64_t after = 0;
	size_t n = 0;
	unsigned first = 0;
	bool more = true;
	while (more) {
		json_t *page = decisions_of(bench, &ken, after, 32);
		if (first == 0)
			first = (unsigned)bench_int(page, "decisions.0.decision");
		n += json_array_size(bench_at(page, "decisions"));
		more = bench_at(page, "next") != NULL;
		after = (uint64_t)bench_int(page, "next");
		json_decref(page);
	}
	assert_int_equal(n, 256);
	assert_int_equal(first, 2);
}

/* Asked while the change is being written down, read when it stands: what happened since is not in the answer. */
static void events_asked_before_the_doors_close_end_there(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	const struct service_page page = {
		.who = &viewer, .meeting = "demo", .limit = 64, .name = ""
	};
	struct service_refusal refusal;
	const int64_t last = bench_int(bench_last(hall.ken, "event"), "event");
	fake_store_hold(bench->fake, true);
	(void)bench_command(bench, hall.chair, "set-visibility", "\"visibility\": \"private\"");
	assert_int_equal(service_events(bench->service, 901, &page, &refusal), 0);
	assert_true(fake_store_count(bench->fake, "demo") > (size_t)last);
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	assert_string_equal(bench_text(hall.ken->view, "meeting.visibility"), "private");
	assert_int_equal(bench->request, 901);
	const json_t *events = bench_at(bench->answer, "events");
	assert_int_equal(
		bench_int(json_array_get(events, json_array_size(events) - 1), "event"), last);
}

static void a_speaker_who_must_leave_has_the_floor_no_more(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	(void)bench_command(bench, hall.chair, "give-floor", "\"participant\": \"WWF\"");
	assert_string_equal(bench_text(hall.ken->view, "floor.holder"), "WWF");
	sit(bench, hall.chair, "closed-members");
	assert_string_equal(bench_text(hall.ken->view, "floor.holder"), "");
	assert_int_equal(json_array_size(bench_at(last(hall.sfu), "meeting.open")), 0);
}

/* Media servers are told in one message that the webcast is off and who is heard; players and pages of who left are gone. */
static void the_media_of_who_left_is_closed(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	const char *peer = bench_offer(bench, hall.viewer);
	bench_peer(bench, hall.sfu, peer, "connected");
	const char *other = bench_offer(bench, hall.ken);
	bench_peer(bench, hall.sfu, other, "connected");
	assert_true(json_is_true(bench_at(bench_last(hall.sfu, "meeting"), "meeting.webcast")));
	sit(bench, hall.chair, "private");
	assert_true(json_is_false(bench_at(bench_last(hall.sfu, "meeting"), "meeting.webcast")));
	assert_int_equal(bench_count(hall.sfu, "peer-gone"), 1);
	assert_string_equal(bench_text(bench_last(hall.sfu, "peer-gone"), "peer"), peer);
	sit(bench, hall.chair, "public");
	assert_true(json_is_true(bench_at(bench_last(hall.sfu, "meeting"), "meeting.webcast")));
}

static void a_private_part_says_what_was_under_way_as_it_began(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	assert_string_equal(bench_try(bench, hall.chair, "open-microphone", ""), "ok");
	assert_string_equal(
		bench_try(bench, hall.chair, "give-floor", "\"participant\": \"KEN\""), "ok");
	sit(bench, hall.chair, "private");
	const json_t *started = bench_at(bench_last_event(hall.ken, "recording-started"), "data");
	assert_string_equal(bench_text(started, "item"), "1");
	assert_string_equal(bench_text(started, "floor.participant"), "KEN");
	assert_string_equal(bench_text(started, "floor.as"), "speakers");
	assert_string_equal(bench_text(started, "open.0"), "chair");
	/* Who must leave speaks no more. */
	assert_string_equal(
		bench_try(bench, hall.chair, "give-floor", "\"participant\": \"WWF\""), "ok");
	sit(bench, hall.chair, "closed-members");
	started = bench_at(bench_last_event(hall.ken, "recording-started"), "data");
	assert_null(bench_at(started, "floor"));
	assert_string_equal(bench_text(started, "item"), "1");
}

static void a_private_part_is_recorded_apart_with_its_class(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	char first[128];
	(void)snprintf(first, sizeof(first), "%s",
		bench_text(bench_last(hall.recorder, "meeting"), "meeting.session"));
	assert_string_equal(bench_text(bench_last(hall.recorder, "meeting"), "meeting.class"), "");
	sit(bench, hall.chair, "private");
	const json_t *now = bench_last(hall.recorder, "meeting");
	assert_string_not_equal(bench_text(now, "meeting.session"), first);
	assert_string_equal(bench_text(now, "meeting.class"), "private");
	assert_true(json_is_true(bench_at(now, "meeting.record")));
	/* The public archive was ended before the private one began, with the change as its last word but its own end. */
	const json_t *stopped = bench_last_event(hall.ken, "recording-stopped");
	const json_t *changed = bench_last_event(hall.ken, "visibility-changed");
	const json_t *started = bench_last_event(hall.ken, "recording-started");
	assert_string_equal(bench_text(stopped, "data.session"), first);
	assert_string_equal(bench_text(stopped, "data.reason"), "visibility");
	assert_string_equal(bench_text(started, "data.class"), "private");
	assert_int_equal(bench_int(stopped, "event"), bench_int(changed, "event") + 1);
	assert_int_equal(bench_int(started, "event"), bench_int(changed, "event") + 2);
	sit(bench, hall.chair, "public");
	assert_string_equal(bench_text(bench_last(hall.recorder, "meeting"), "meeting.class"), "");
}

static void it_stays_private_when_the_server_is_started_again(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	sit(bench, hall.chair, "private");
	(void)bench_command(bench, hall.ken, "ask-for-floor", "");
	bench_restart(bench);
	assert_int_equal(bench_join(bench, "demo", "viewer", "viewer")->closed, 4010);
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(bench_text(chair->view, "meeting.visibility"), "private");
	sit(bench, chair, "public");
	assert_int_equal(bench_join(bench, "demo", "viewer", "viewer")->closed, 0);
}

static void the_same_again_is_refused_and_so_is_who_does_not_preside(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	assert_string_equal(
		bench_try(bench, hall.chair, "set-visibility", "\"visibility\": \"public\""),
		"already-so");
	assert_string_equal(
		bench_try(bench, hall.ken, "set-visibility", "\"visibility\": \"private\""),
		"not-permitted");
	assert_string_equal(
		bench_try(bench, hall.chair, "set-visibility", "\"visibility\": \"secret\""),
		"malformed");
}

/* What reads the archive of a session needs nothing from before it to know whether it is webcast. */
static void the_webcast_is_the_secretariats_and_ends_with_the_public(void **state)
{
	struct bench *bench = *state;
	struct hall hall = in_session(bench);
	struct bench_line *secretariat = bench_join(bench, "demo", "secretariat", "secretariat");
	assert_true(json_is_false(bench_at(hall.ken->view, "meeting.webcast")));
	assert_string_equal(
		bench_try(bench, hall.chair, "webcast", "\"on\": true"), "not-permitted");
	assert_string_equal(
		bench_try(bench, secretariat, "webcast", "\"on\": false"), "already-so");
	assert_string_equal(bench_try(bench, secretariat, "webcast", "\"on\": true"), "ok");
	assert_string_equal(bench_try(bench, secretariat, "webcast", "\"on\": true"), "already-so");
	assert_true(json_is_true(bench_at(hall.ken->view, "meeting.webcast")));
	(void)bench_command(bench, secretariat, "stop-recording", "");
	(void)bench_command(bench, secretariat, "take-up-recording", "");
	assert_true(json_is_true(
		bench_at(bench_last_event(hall.ken, "recording-started"), "data.webcast")));

	sit(bench, hall.chair, "private");
	assert_true(json_is_false(bench_at(
		bench_last_event(hall.ken, "visibility-changed"), "patch.meeting.webcast")));
	assert_null(bench_at(bench_last_event(hall.ken, "recording-started"), "data.webcast"));
	assert_string_equal(bench_try(bench, secretariat, "webcast", "\"on\": true"), "not-public");
	/* Whoever lets the public in again does not put them on the air. */
	sit(bench, hall.chair, "public");
	assert_true(json_is_false(bench_at(hall.ken->view, "meeting.webcast")));
	assert_null(bench_at(bench_last_event(hall.ken, "recording-started"), "data.webcast"));
	assert_string_equal(bench_try(bench, secretariat, "webcast", "\"on\": true"), "ok");
	bench_restart(bench);
	struct bench_line *back = bench_join(bench, "demo", "KEN", "delegate");
	assert_true(json_is_true(bench_at(back->view, "meeting.webcast")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(viewers_leave_a_private_meeting_told_why),
		CASE(nothing_of_the_private_part_reaches_who_left),
		CASE(who_may_not_come_in_is_refused_with_the_reason),
		CASE(after_it_is_public_again_they_come_back_without_what_they_missed),
		CASE(messages_of_the_closed_part_are_not_shown_to_who_was_out),
		CASE(streams_of_who_is_kept_out_end_with_the_reason_and_others_go_on),
		CASE(a_stream_is_refused_to_who_is_kept_out_and_to_no_badge),
		CASE(a_stream_that_comes_back_is_not_told_the_private_part),
		CASE(events_of_the_private_part_are_for_who_was_in_it),
		CASE(decisions_are_listed_for_who_was_admitted_to_them),
		CASE(the_last_256_decisions_are_listed),
		CASE(events_asked_before_the_doors_close_end_there),
		CASE(a_speaker_who_must_leave_has_the_floor_no_more),
		CASE(the_media_of_who_left_is_closed),
		CASE(a_private_part_is_recorded_apart_with_its_class),
		CASE(the_webcast_is_the_secretariats_and_ends_with_the_public),
		CASE(a_private_part_says_what_was_under_way_as_it_began),
		CASE(it_stays_private_when_the_server_is_started_again),
		CASE(the_same_again_is_refused_and_so_is_who_does_not_preside),
	};

	log_nothing();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
