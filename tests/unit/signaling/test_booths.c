/* Booths over the service: what a desk's page is sent when others change what it hears, the media server told who is next, handovers
 * that happen by themselves, and desks from which nothing comes any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "common/log/log.h"
#include "signaling/interpretation/interpretation.h"
#include "signaling/service/media/peers.h"
#include "tests/support/service_bench.h"

static struct bench_line *sfu;

/* An interpreter's page with its media. */
struct console {
	struct bench_line *page;
	char peer[65];
};

static int setup(void **state)
{
	struct bench *bench = bench_new(NULL);
	*state = bench;
	sfu = bench_sfu(bench, "i1", "null");
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

static struct console open_console(struct bench *bench, const char *badge)
{
	struct console console = { .page = bench_join(bench, "demo", badge, "interpreter") };
	(void)rs_set_text(console.peer, bench_offer(bench, console.page));
	bench_peer(bench, sfu, console.peer, "connected");
	return console;
}

static const char *act(struct bench *bench, const struct console *console, const char *command,
	const char *members)
{
	return bench_try(bench, console->page, command, members);
}

/* Last. */
static const json_t *told_meeting(void)
{
	for (size_t i = json_array_size(sfu->heard); i > 0; i--) {
		const json_t *message = json_array_get(sfu->heard, i - 1);
		if (strcmp(bench_text(message, "type"), "meeting") == 0 &&
			strcmp(bench_text(message, "meeting.id"), "demo") == 0)
			return json_object_get(message, "meeting");
	}
	return NULL;
}

static const json_t *told_channel(const char *channel)
{
	size_t i;
	json_t *one;
	json_array_foreach(bench_at(told_meeting(), "channels"), i, one)
	{
		if (strcmp(bench_text(one, "id"), channel) == 0)
			return one;
	}
	return NULL;
}

/* What the media server was told last to put into an audio place of this peer. */
static const char *feed(const struct console *console, size_t place)
{
	char path[32];
	(void)snprintf(path, sizeof(path), "peer.recv.%zu.feed", place);
	for (size_t i = json_array_size(sfu->heard); i > 0; i--) {
		const json_t *message = json_array_get(sfu->heard, i - 1);
		if (strcmp(bench_text(message, "type"), "peer") == 0 &&
			strcmp(bench_text(message, "peer.id"), console->peer) == 0)
			return bench_text(message, path);
	}
	return "";
}

static void report_idle(
	struct bench *bench, const struct console *console, int packets, int idle_ms)
{
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"stats\",\"peers\":[{\"peer\":\"%s\",\"rx_packets\":%d,\"rx_lost\":0,"
			"\"tx_packets\":1,\"rtt_ms\":40,\"idle_ms\":%d}],\"sources\":[]}",
			console->peer, packets, idle_ms),
		0);
}

static void report(struct bench *bench, const struct console *console, int packets)
{
	report_idle(bench, console, packets, 10);
}

/* As many as before. */
static void report_none(struct bench *bench, const struct console *console, int packets)
{
	report_idle(bench, console, packets, 1010);
}

static void a_desk_hears_what_its_source_comes_to(void **state)
{
	struct bench *bench = *state;
	const struct console fr = open_console(bench, "fr-1");
	const struct console es = open_console(bench, "es-1");
	assert_string_equal(feed(&es, 0), "floor");
	assert_string_equal(feed(&es, 4), "desk-es");
	assert_string_equal(act(bench, &fr, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(act(bench, &es, "listen", "\"channel\":\"fr\""), "ok");
	assert_string_equal(
		bench_text(bench_last_event(es.page, "desk-source"), "data.source"), "fr");
	assert_string_equal(bench_text(es.page->view, "desks.es-1.source"), "fr");
	assert_string_equal(feed(&es, 0), "channel-fr");
	/* Again, it is so already, and no event. */
	assert_string_equal(act(bench, &es, "listen", "\"channel\":\"fr\""), "ok");
	/* The pivot goes: its listeners are on the floor without a touch. */
	assert_string_equal(act(bench, &fr, "go-idle", ""), "ok");
	assert_string_equal(bench_text(es.page->view, "desks.es-1.source"), "floor");
	assert_string_equal(bench_text(es.page->view, "desks.es-1.alarm.cause"), "pivot");
	assert_string_equal(feed(&es, 0), "floor");
}

static void nobody_listens_to_themselves(void **state)
{
	struct bench *bench = *state;
	const struct console fr = open_console(bench, "fr-1");
	assert_string_equal(act(bench, &fr, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(act(bench, &fr, "listen", "\"channel\":\"fr\""), "relay-cycle");
	assert_string_equal(feed(&fr, 0), "floor");
}

static void the_media_server_is_told_who_is_next(void **state)
{
	struct bench *bench = *state;
	const struct console first = open_console(bench, "fr-1");
	const struct console second = open_console(bench, "fr-2");
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(act(bench, &first, "request-handover", ""), "ok");
	assert_null(bench_at(told_channel("fr"), "next"));
	assert_string_equal(act(bench, &second, "accept-handover", ""), "ok");
	assert_string_equal(bench_text(told_channel("fr"), "desk"), "fr-1");
	assert_string_equal(bench_text(told_channel("fr"), "next"), "fr-2");
	bench_pass(bench, RS_MS(INTERPRETATION_ARM_MS - 1));
	assert_string_equal(bench_text(told_channel("fr"), "desk"), "fr-1");
	bench_pass(bench, RS_MS(1));
	assert_string_equal(bench_text(told_channel("fr"), "desk"), "fr-2");
	assert_null(bench_at(told_channel("fr"), "next"));
	assert_true(json_is_null(bench_at(bench_last_event(first.page, "desk-live"), "by")));
}

static void a_desk_nothing_comes_from_is_known_by_the_second_measure(void **state)
{
	struct bench *bench = *state;
	const struct console first = open_console(bench, "fr-1");
	const struct console second = open_console(bench, "fr-2");
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	report(bench, &first, 50);
	report(bench, &first, 100);
	assert_string_equal(bench_text(second.page->view, "channels.fr.desk"), "fr-1");
	report_none(bench, &first, 100);
	assert_string_equal(bench_text(second.page->view, "channels.fr.desk"), "");
	assert_string_equal(
		bench_text(bench_last_event(second.page, "desk-idle"), "data.cause"), "lost-line");
	assert_string_equal(bench_text(second.page->view, "desks.fr-2.alarm.cause"), "lost-line");
	assert_true(json_is_null(bench_at(told_channel("fr"), "desk")));
}

static void a_desk_silent_for_most_of_a_measure_is_lost(void **state)
{
	struct bench *bench = *state;
	const struct console first = open_console(bench, "fr-1");
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	report_idle(bench, &first, 90, PEER_QUIET_MS - 1);
	assert_string_equal(bench_text(first.page->view, "channels.fr.desk"), "fr-1");
	report_idle(bench, &first, 100, PEER_QUIET_MS);
	assert_string_equal(bench_text(first.page->view, "channels.fr.desk"), "");
}

static void a_desk_that_is_heard_again_soon_goes_on_by_itself(void **state)
{
	struct bench *bench = *state;
	const struct console first = open_console(bench, "fr-1");
	const struct console second = open_console(bench, "fr-2");
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	report(bench, &first, 50);
	report_none(bench, &first, 50);
	assert_string_equal(bench_text(second.page->view, "channels.fr.desk"), "");
	bench_pass(bench, RS_SEC(2));
	report(bench, &first, 90);
	assert_string_equal(bench_text(second.page->view, "channels.fr.desk"), "fr-1");
	assert_string_equal(
		bench_text(bench_last_event(second.page, "desk-live"), "data.cause"), "lost-line");
	assert_null(bench_at(second.page->view, "desks.fr-2.alarm"));

	/* The partner was quicker, */
	report_none(bench, &first, 90);
	assert_string_equal(act(bench, &second, "go-live", "\"channel\":\"fr\""), "ok");
	report(bench, &first, 130);
	assert_string_equal(bench_text(second.page->view, "channels.fr.desk"), "fr-2");
	/* or it was too long. */
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	report(bench, &first, 170);
	report_none(bench, &first, 170);
	bench_pass(bench, RS_SEC(11));
	report(bench, &first, 210);
	assert_string_equal(bench_text(second.page->view, "channels.fr.desk"), "");
}

static void both_lost_at_once_leave_nobody_live(void **state)
{
	struct bench *bench = *state;
	const struct console first = open_console(bench, "fr-1");
	const struct console second = open_console(bench, "fr-2");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(
		act(bench, &first, "request-handover", "\"at\":9007199254740991"), "ok");
	assert_string_equal(act(bench, &second, "accept-handover", ""), "ok");
	bench_leave(bench, first.page, 1006);
	bench_leave(bench, second.page, 1006);
	bench_pass(bench, RS_SEC(30));
	assert_null(bench_at(chair->view, "channels.fr.desk"));
	assert_null(bench_at(chair->view, "channels.fr.handover"));
}

static void who_makes_no_sound_takes_nothing_over(void **state)
{
	struct bench *bench = *state;
	const struct console first = open_console(bench, "fr-1");
	const struct console second = open_console(bench, "fr-2");
	assert_string_equal(act(bench, &first, "go-live", "\"channel\":\"fr\""), "ok");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bench_report(bench, sfu,
					 "{\"type\":\"stats\",\"peers\":[],\"sources\":[{"
					 "\"meeting\":\"demo\",\"source\":\"fr-2\",\"media\":"
					 "\"microphone\",\"ssrc\":1,\"packets\":50,\"level_dbov\":"
					 "30}]}"),
			0);
	}
	assert_string_equal(act(bench, &first, "request-handover", ""), "no-sound");
	assert_string_equal(
		act(bench, &second, "request-handover", "\"channel\":\"fr\""), "no-sound");
}

static void a_desk_falls_idle_when_its_media_is_lost(void **state)
{
	struct bench *bench = *state;
	const struct console fr = open_console(bench, "fr-1");
	assert_string_equal(act(bench, &fr, "go-live", "\"channel\":\"fr\""), "ok");
	bench_peer(bench, sfu, fr.peer, "disconnected");
	assert_null(bench_at(fr.page->view, "channels.fr.desk"));
	assert_string_equal(
		bench_text(bench_last_event(fr.page, "desk-idle"), "data.cause"), "lost-line");
}

static void a_desk_stays_live_over_a_new_media_server(void **state)
{
	struct bench *bench = *state;
	const struct console fr = open_console(bench, "fr-1");
	assert_string_equal(act(bench, &fr, "go-live", "\"channel\":\"fr\""), "ok");
	bench_node_gone(bench, sfu);
	sfu = bench_sfu(bench, "i2", "null");
	assert_string_equal(bench_text(fr.page->view, "channels.fr.desk"), "fr-1");
	assert_string_equal(bench_text(told_channel("fr"), "desk"), "fr-1");
}

/* A media server takes no such contradiction. */
static void a_desk_whose_sound_is_tried_is_not_on_the_floor(void **state)
{
	struct bench *bench = *state;
	const struct console fr = open_console(bench, "fr-1");
	struct bench_line *secretary = bench_join(bench, "demo", "secretariat", "secretariat");
	assert_string_equal(bench_try(bench, secretary, "open-doors", ""), "ok");
	assert_string_equal(
		bench_try(bench, secretary, "begin-sound-check", "\"participant\":\"fr-1\""), "ok");
	assert_string_equal(bench_text(told_meeting(), "open.0"), "fr-1");
	assert_string_equal(act(bench, &fr, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(bench_text(told_channel("fr"), "desk"), "fr-1");
	assert_int_equal(json_array_size(bench_at(told_meeting(), "open")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_desk_hears_what_its_source_comes_to, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_listens_to_themselves, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_media_server_is_told_who_is_next, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_desk_nothing_comes_from_is_known_by_the_second_measure, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_desk_silent_for_most_of_a_measure_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_desk_that_is_heard_again_soon_goes_on_by_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(
			both_lost_at_once_leave_nobody_live, setup, teardown),
		cmocka_unit_test_setup_teardown(
			who_makes_no_sound_takes_nothing_over, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_desk_falls_idle_when_its_media_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_desk_stays_live_over_a_new_media_server, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_desk_whose_sound_is_tried_is_not_on_the_floor, setup, teardown),
	};

	log_init(LOG_ERROR, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
