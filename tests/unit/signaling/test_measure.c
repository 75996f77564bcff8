/* What media servers measure: told to pages, and to a technician who looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "signaling/wire/node/watched.h"
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

static void say_packets(struct bench *bench, struct bench_line *sfu, const char *peer, int packets)
{
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"stats\",\"peers\":[{\"peer\":\"%s\",\"rx_packets\":%d,"
			"\"rx_lost\":0,\"tx_packets\":1,\"rtt_ms\":41}],\"sources\":[]}",
			peer, packets),
		0);
}

static void a_speaker_from_whom_nothing_comes_has_lost_the_line(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));
	bench_peer(bench, sfu, peer, "connected");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	say_packets(bench, sfu, peer, 50);
	say_packets(bench, sfu, peer, 100);
	assert_null(bench_last_event(chair, "clock-stopped"));
	say_packets(bench, sfu, peer, 100);
	assert_string_equal(
		bench_text(bench_last_event(chair, "clock-stopped"), "data.cause"), "lost-line");
	assert_true(json_is_true(bench_at(chair->view, "floor.suspended")));
}

static void a_speaker_who_is_heard_again_soon_goes_on_and_later_waits_for_the_chair(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));
	bench_peer(bench, sfu, peer, "connected");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	say_packets(bench, sfu, peer, 50);
	say_packets(bench, sfu, peer, 50);
	assert_true(json_is_true(bench_at(chair->view, "floor.suspended")));
	bench_pass(bench, RS_SEC(3));
	say_packets(bench, sfu, peer, 90);
	assert_false(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_string_equal(bench_text(chair->view, "open.0"), "KEN");
	assert_string_equal(
		bench_text(bench_last_event(chair, "clock-started"), "data.cause"), "lost-line");

	say_packets(bench, sfu, peer, 90);
	bench_pass(bench, RS_SEC(11));
	say_packets(bench, sfu, peer, 130);
	assert_true(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_string_equal(bench_try(bench, chair, "resume-floor", ""), "ok");
}

/* The floor may come back from a point of order to somebody who has gone meanwhile. */
static void an_interrupted_speaker_whose_line_was_lost_is_held_too(void **state)
{
	struct bench *bench = *state;
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	assert_string_equal(bench_try(bench, fra, "raise-point", ""), "ok");
	assert_string_equal(bench_try(bench, chair, "hear-point", "\"entry\":1"), "ok");
	bench_leave(bench, ken, 0);
	bench_pass(bench, RS_SEC(20));
	assert_string_equal(bench_try(bench, chair, "rule", "\"ruling\":\"rejected\""), "ok");
	assert_string_equal(bench_try(bench, chair, "settle-point", ""), "ok");
	assert_string_equal(bench_text(chair->view, "floor.holder"), "KEN");
	assert_true(json_is_true(bench_at(chair->view, "floor.suspended")));
	assert_null(bench_at(chair->view, "open.0"));
}

/* Those who preside, and technicians; nobody else. */
static void a_recording_that_is_whole_may_be_shown(void **state)
{
	static const char report[] =
		"{\"type\":\"archived\",\"meeting\":\"demo\",\"last_event\":3,\"sealed\":%s}";
	struct bench_line *recorder = bench_recorder(*state, "[]");
	for (size_t sealed = 0; sealed < 2; sealed++) {
		assert_int_equal(
			bench_report(*state, recorder, report, sealed ? "true" : "false"), 0);
		assert_int_equal(((struct bench *)*state)->n_archived, sealed);
	}
}

static void the_recorders_disk_is_told_to_those_who_can_do_something_about_it(void **state)
{
	struct bench *bench = *state;
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_int_equal(
		bench_report(bench, recorder,
			"{\"type\":\"disk\",\"level\":\"amber\",\"why\":\"\",\"free\":1000,"
			"\"rate\":10,\"left_s\":5400,\"copy\":{\"state\":\"running\",\"behind_s\":7}}"),
		0);
	const json_t *told = bench_at(bench_last(chair, "measured"), "patch.disk");
	assert_string_equal(bench_text(told, "level"), "amber");
	assert_int_equal(bench_int(told, "left_s"), 5400);
	assert_int_equal(bench_int(told, "copy.behind_s"), 7);
	assert_true(json_is_null(bench_at(told, "copy.since_ms")));
	assert_int_equal(bench_count(ken, "measured"), 0);

	/* Whoever comes later hears how it stands; what is not known any more is taken away. */
	assert_int_equal(bench_report(bench, recorder,
				 "{\"type\":\"disk\",\"level\":\"red\",\"why\":\"slow\"}"),
		0);
	const struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	told = bench_at(bench_last(technician, "measured"), "patch.disk");
	assert_string_equal(bench_text(told, "why"), "slow");
	assert_true(json_is_null(bench_at(told, "left_s")));
	assert_true(json_is_null(bench_at(told, "copy")));
	bench_node_gone(bench, recorder);
	assert_true(json_is_null(bench_at(bench_last(chair, "measured"), "patch.disk")));
	/* What the protocol does not know ends the connection. */
	recorder = bench_recorder(bench, "[]");
	assert_int_equal(bench_report(bench, recorder,
				 "{\"type\":\"disk\",\"level\":\"pink\",\"why\":\"\"}"),
		-EBADMSG);
}

static void whether_the_recording_is_complete_is_told_to_those_who_mind_it(void **state)
{
	struct bench *bench = *state;
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	static const char report[] = "{\"type\":\"recording\",\"meeting\":\"demo\",\"state\":"
				     "\"recording\",\"reason\":\"\",\"directory\":\"/d\"%s}";
	char text[256];
	(void)snprintf(text, sizeof(text), report, "");
	assert_int_equal(bench_report(bench, recorder, "%s", text), 0);
	const int before = (int)bench_count(chair, "measured"); /* nothing was compared yet */
	(void)snprintf(text, sizeof(text), report, ",\"account\":{\"missing\":0,\"breaks\":0}");
	for (int i = 0; i < 2; i++)
		assert_int_equal(bench_report(bench, recorder, "%s", text), 0);
	assert_int_equal(bench_count(chair, "measured"), before + 1);
	assert_int_equal(bench_int(bench_last(chair, "measured"), "patch.recorded.missing"), 0);
	(void)snprintf(text, sizeof(text), report, ",\"account\":{\"missing\":12,\"breaks\":1}");
	assert_int_equal(bench_report(bench, recorder, "%s", text), 0);
	const struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	const json_t *told = bench_at(bench_last(technician, "measured"), "patch.recorded");
	assert_int_equal(bench_int(told, "missing"), 12);
	assert_int_equal(bench_int(told, "breaks"), 1);
	const json_t *none = bench_last(ken, "measured");
	assert_true(none == NULL || bench_at(none, "patch.recorded") == NULL);
	bench_node_gone(bench, recorder);
	assert_true(json_is_null(bench_at(bench_last(technician, "measured"), "patch.recorded")));
	recorder = bench_recorder(bench, "[]");
	(void)snprintf(text, sizeof(text), report, ",\"account\":{\"missing\":-1,\"breaks\":1}");
	assert_int_equal(bench_report(bench, recorder, "%s", text), -EBADMSG);
}

static void what_is_measured_is_told_once_and_joins_the_view(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));
	bench_peer(bench, sfu, peer, "connected");
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			bench_report(bench, sfu,
				"{\"type\":\"stats\",\"peers\":[{\"peer\":\"%s\",\"rx_packets\":90,"
				"\"rx_lost\":10,\"tx_packets\":1,\"rtt_ms\":41}],\"sources\":["
				"{\"meeting\":\"demo\",\"source\":\"KEN\",\"media\":\"microphone\","
				"\"packets\":%d,\"gated\":0,\"level_dbov\":-23}],\"counters\":{\"x\":1}}",
				peer, 50 * (i + 1)),
			0);
	assert_int_equal(bench_count(ken, "measured"), 1);
	const json_t *measured = bench_last(ken, "measured");
	assert_int_equal(bench_int(measured, "patch.levels.KEN"), -23);
	assert_int_equal(bench_int(measured, "patch.lines.KEN.rtt_ms"), 40);
	const struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_int_equal(bench_int(fra->view, "measured.levels.KEN"), -23);
	/* No packet since: no level. */
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"stats\",\"peers\":[],\"sources\":[{\"meeting\":\"demo\","
			"\"source\":\"KEN\",\"media\":\"microphone\",\"packets\":100}]}"),
		0);
	assert_true(json_is_null(bench_at(bench_last(ken, "measured"), "patch.levels.KEN")));
}

static void report_speaking(
	struct bench *bench, struct bench_line *sfu, const char *source, bool speaking)
{
	assert_int_equal(bench_report(bench, sfu,
				 "{\"type\":\"speaking\",\"meeting\":\"demo\",\"source\":\"%s\","
				 "\"speaking\":%s}",
				 source, speaking ? "true" : "false"),
		0);
}

static void report_sound(struct bench *bench, struct bench_line *sfu, int khz, const char *fit)
{
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"stats\",\"peers\":[],\"sources\":[{\"meeting\":\"demo\",\"source\":\"FRA\","
			"\"media\":\"microphone\",\"packets\":1,\"audio_khz\":%d,\"speaking\":true,"
			"\"fit\":\"%s\"}]}",
			khz, fit),
		0);
}

static void who_speaks_is_told_at_once(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");

	report_speaking(bench, sfu, "FRA", true);
	assert_int_equal(bench_count(ken, "measured"), 1);
	assert_true(json_is_true(bench_at(bench_last(ken, "measured"), "patch.speaking.FRA")));
	assert_null(bench_at(bench_last(ken, "measured"), "patch.levels"));
	/* Said again, or of nobody known, it is no news. */
	report_speaking(bench, sfu, "FRA", true);
	report_speaking(bench, sfu, "nobody", true);
	assert_int_equal(bench_count(ken, "measured"), 1);
	const struct bench_line *bra = bench_join(bench, "demo", "BRA", "delegate");
	assert_true(json_is_true(bench_at(bra->view, "measured.speaking.FRA")));
	report_speaking(bench, sfu, "FRA", false);
	assert_true(json_is_null(bench_at(bench_last(ken, "measured"), "patch.speaking.FRA")));
}

static void a_microphone_is_told_fit_or_not(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");

	report_sound(bench, sfu, 8, "no");
	const json_t *measured = bench_last(ken, "measured");
	assert_int_equal(bench_int(measured, "patch.sounds.FRA.khz"), 8);
	assert_string_equal(bench_text(measured, "patch.sounds.FRA.fit"), "no");
	/* That somebody speaks is told of open microphones, by a message of its own. */
	assert_null(bench_at(measured, "patch.speaking"));
	report_sound(bench, sfu, 20, "yes");
	assert_string_equal(bench_text(bench_last(ken, "measured"), "patch.sounds.FRA.fit"), "yes");
	/* A word this version does not know is no verdict. */
	report_sound(bench, sfu, 20, "splendid");
	assert_true(json_is_null(bench_at(bench_last(ken, "measured"), "patch.sounds.FRA")));
}

static void a_voice_that_cannot_be_interpreted_is_told_with_its_faults(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	for (int second = 1; second <= 2; second++) {
		assert_int_equal(
			bench_report(bench, sfu,
				"{\"type\":\"stats\",\"peers\":[],\"sources\":[{\"meeting\":\"demo\","
				"\"source\":\"FRA\",\"media\":\"microphone\",\"packets\":%d,"
				"\"audio_khz\":12,\"speaking\":true,\"fit\":\"limited\","
				"\"level_dbov\":-20,\"loss_permille\":70,\"clipping_permille\":0,"
				"\"jitter_ms\":4}]}",
				50 * second),
			0);
		if (second == 1)
			assert_null(
				bench_at(bench_last(ken, "measured"), "patch.sounds.FRA.verdict"));
	}
	const json_t *measured = bench_last(ken, "measured");
	assert_string_equal(bench_text(measured, "patch.sounds.FRA.verdict"), "red");
	assert_string_equal(bench_text(measured, "patch.sounds.FRA.faults.0"), "band");
	assert_string_equal(bench_text(measured, "patch.sounds.FRA.faults.1"), "loss");
	assert_null(bench_at(measured, "patch.sounds.FRA.faults.2"));
}

/* A second of FRA's microphone: voice, or the pause behind it. */
static void report_voice(
	struct bench *bench, struct bench_line *sfu, bool speaking, int level_dbov, int packets)
{
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"stats\",\"peers\":[],\"sources\":[{\"meeting\":\"demo\","
			"\"source\":\"FRA\",\"media\":\"microphone\",\"packets\":%d,"
			"\"audio_khz\":20,\"speaking\":%s,\"fit\":\"yes\",\"level_dbov\":%d}]}",
			packets, speaking ? "true" : "false", level_dbov),
		0);
}

static void noise_is_a_hum_where_the_page_that_captures_it_says_so(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	int packets = 0;
	for (int second = 0; second < 4; second++)
		report_voice(bench, sfu, second > 1, second > 1 ? -22 : -30, packets += 50);
	const char *first = "patch.sounds.FRA.faults.0";
	assert_string_equal(bench_text(bench_last(ken, "measured"), first), "noise");
	assert_string_equal(bench_try(bench, fra, "tell-line", "\"hum\":1"), "malformed");
	assert_string_equal(bench_try(bench, fra, "tell-line", "\"hum\":-101"), "malformed");
	assert_string_equal(bench_try(bench, fra, "tell-line", "\"hum\":-31"), "ok");
	report_voice(bench, sfu, true, -22, packets += 50);
	assert_string_equal(bench_text(bench_last(ken, "measured"), first), "hum");
	assert_null(bench_at(bench_last(ken, "measured"), "patch.sounds.FRA.faults.1"));
	/* A page that hears no hum any more says the rest of its line alone. */
	bench_pass(bench, RS_SEC(5));
	assert_string_equal(bench_try(bench, fra, "tell-line", "\"rtt\":20"), "ok");
	report_voice(bench, sfu, true, -22, packets += 50);
	assert_string_equal(bench_text(bench_last(ken, "measured"), first), "noise");
}

static void how_old_what_an_interpreter_hears_is_is_told(void **state)
{
	struct bench *bench = *state;
	struct bench_line *fr = bench_join(bench, "demo", "fr-1", "interpreter");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	const char *stats = "{\"type\":\"stats\",\"peers\":[],\"sources\":[]}";
	assert_string_equal(bench_try(bench, fr, "hears", "\"delay\":187"), "ok");
	/* 300 interpreters say so each second; all are told at once. */
	assert_int_equal(bench_count(ken, "measured"), 0);
	assert_int_equal(bench_report(bench, sfu, "%s", stats), 0);
	assert_int_equal(bench_int(bench_last(ken, "measured"), "patch.ears.fr-1"), 180);
	assert_string_equal(bench_try(bench, fr, "hears", "\"delay\":181"), "ok");
	assert_int_equal(bench_report(bench, sfu, "%s", stats), 0);
	assert_int_equal(bench_count(ken, "measured"), 1);
	const struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_int_equal(bench_int(fra->view, "measured.ears.fr-1"), 180);
	assert_string_equal(bench_try(bench, ken, "hears", "\"delay\":180"), "not-permitted");
	assert_string_equal(bench_try(bench, fr, "hears", "\"delay\":60001"), "malformed");
}

#define TECHNICIAN                                                                \
	{                                                                         \
		.badge = "technician", .role = ROLE_TECHNICIAN, .meeting = "demo" \
	}

static int look(struct bench *bench, const struct claims *who, const char *badge,
	enum service_look what, struct service_refusal *refusal)
{
	static uint64_t request = 70;
	bench->status = 0;
	const int err = service_look(
		bench->service, ++request, who, "demo", badge, what, bench->at, refusal);
	bench_turn(bench);
	return err;
}

static void report_watched(
	struct bench *bench, struct bench_line *sfu, const char *peer, unsigned seq)
{
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"stats\",\"peers\":[],\"sources\":[],\"watched\":[{\"peer\":\"%s\","
			"\"missed\":3,\"slots\":[{\"mid\":\"6\",\"why\":\"line\"}],\"streams\":[],"
			"\"records\":[[1,\"in\",\"audio\",7,%u,90]]}]}",
			peer, seq),
		0);
}

static void a_technician_sees_what_a_participants_media_does(void **state)
{
	static const struct claims who = TECHNICIAN;
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct service_refusal refusal;
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));

	assert_int_equal(look(bench, &who, "KEN", SERVICE_LOOK_MEDIA, &refusal), 0);
	assert_true(json_is_true(bench_at(bench_last(sfu, "peer"), "peer.watch")));
	assert_int_equal(bench->status, 0);
	report_watched(bench, sfu, peer, 1);
	assert_int_equal(bench->status, 200);
	assert_string_equal(bench_text(bench->answer, "participant"), "KEN");
	assert_string_equal(bench_text(bench->answer, "peers.0.peer"), peer);
	assert_string_equal(bench_text(bench->answer, "peers.0.slots.0.why"), "line");
	/* The packets of all messages since it is watched. */
	assert_int_equal(look(bench, &who, "KEN", SERVICE_LOOK_TIMELINE, &refusal), 0);
	assert_int_equal(bench->status, 0);
	report_watched(bench, sfu, peer, 2);
	assert_int_equal(bench->status, 200);
	assert_int_equal(bench_int(bench->answer, "peers.0.missed"), 3);
	assert_int_equal(bench_int(bench->answer, "peers.0.records.0.4"), 1);
	assert_int_equal(bench_int(bench->answer, "peers.0.records.1.4"), 2);
	for (unsigned seq = 3; seq < 40; seq++)
		report_watched(bench, sfu, peer, seq);
	assert_int_equal(look(bench, &who, "KEN", SERVICE_LOOK_TIMELINE, &refusal), 0);
	report_watched(bench, sfu, peer, 40);
	assert_int_equal(json_array_size(bench_at(bench->answer, "peers.0.records")), WATCHED_KEPT);
	assert_int_equal(bench_int(bench->answer, "peers.0.records.15.4"), 40);
	/* Nobody asks again: it is no longer watched. */
	bench_pass(bench, RS_SEC(31));
	assert_null(bench_at(bench_last(sfu, "peer"), "peer.watch"));
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.id"), peer);
}

static void a_look_is_refused_or_ends_without_an_answer(void **state)
{
	static const struct claims who = TECHNICIAN;
	static const struct claims delegate = {
		.badge = "FRA", .role = ROLE_DELEGATE, .meeting = "demo"
	};
	struct bench *bench = *state;
	(void)bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct service_refusal refusal;

	assert_true(look(bench, &who, "KEN", SERVICE_LOOK_MEDIA, &refusal) < 0);
	assert_int_equal(refusal.status, 409);
	(void)bench_offer(bench, ken);
	assert_true(look(bench, &delegate, "KEN", SERVICE_LOOK_MEDIA, &refusal) < 0);
	assert_int_equal(refusal.status, 403);
	assert_true(look(bench, &who, "nobody", SERVICE_LOOK_MEDIA, &refusal) < 0);
	assert_int_equal(refusal.status, 404);
	for (int i = 0; i < 16; i++)
		assert_int_equal(look(bench, &who, "KEN", SERVICE_LOOK_MEDIA, &refusal), 0);
	assert_true(look(bench, &who, "KEN", SERVICE_LOOK_MEDIA, &refusal) < 0);
	assert_int_equal(refusal.status, 429);
	bench_pass(bench, RS_SEC(3));
	assert_int_equal(bench->status, 503);
	assert_string_equal(bench_text(bench->answer, "reason"), "no-media-server");
	assert_int_equal(look(bench, &who, "KEN", SERVICE_LOOK_MEDIA, &refusal), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_speaker_from_whom_nothing_comes_has_lost_the_line),
		CASE(a_speaker_who_is_heard_again_soon_goes_on_and_later_waits_for_the_chair),
		CASE(an_interrupted_speaker_whose_line_was_lost_is_held_too),
		CASE(a_recording_that_is_whole_may_be_shown),
		CASE(the_recorders_disk_is_told_to_those_who_can_do_something_about_it),
		CASE(whether_the_recording_is_complete_is_told_to_those_who_mind_it),
		CASE(what_is_measured_is_told_once_and_joins_the_view),
		CASE(who_speaks_is_told_at_once),
		CASE(a_microphone_is_told_fit_or_not),
		CASE(a_voice_that_cannot_be_interpreted_is_told_with_its_faults),
		CASE(noise_is_a_hum_where_the_page_that_captures_it_says_so),
		CASE(how_old_what_an_interpreter_hears_is_is_told),
		CASE(a_technician_sees_what_a_participants_media_does),
		CASE(a_look_is_refused_or_ends_without_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
