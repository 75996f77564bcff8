/* The service and its nodes: media servers that come, go and are replaced, peers taken back, recorders fed, what pages are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

static void open_meeting(struct bench *bench, struct bench_line *chair)
{
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
}

/* The last `meeting` message about the demo. */
static const json_t *told_meeting(const struct bench_line *node)
{
	for (size_t i = json_array_size(node->heard); i > 0; i--) {
		const json_t *message = json_array_get(node->heard, i - 1);
		if (strcmp(bench_text(message, "type"), "meeting") == 0 &&
			strcmp(bench_text(message, "meeting.id"), "demo") == 0)
			return json_object_get(message, "meeting");
	}
	return NULL;
}

static void a_media_server_is_told_everything_and_pages_its_instance(void **state)
{
	struct bench *bench = *state;
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	assert_string_equal(bench_text(json_array_get(sfu->heard, 0), "type"), "state");
	assert_int_equal(bench_int(json_array_get(sfu->heard, 0), "revision"), 6);
	assert_string_equal(bench_text(ken->view, "media.instance"), "i1");
	const json_t *meeting = told_meeting(sfu);
	assert_string_equal(bench_text(meeting, "mode"), "floor");
	assert_int_equal(json_array_size(bench_at(meeting, "open")), 0);
	assert_int_equal(json_array_size(bench_at(meeting, "channels")), 3);
}

static void the_gate_follows_the_floor(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *fr = bench_join(bench, "demo", "fr-1", "interpreter");
	(void)bench_join(bench, "demo", "KEN", "delegate");
	open_meeting(bench, chair);
	assert_string_equal(bench_text(told_meeting(sfu), "visible.0"), "chair");
	const json_t *reply = bench_command(bench, chair, "give-floor", "\"participant\":\"KEN\"");
	const json_t *meeting = told_meeting(sfu);
	assert_string_equal(bench_text(meeting, "open.0"), "KEN");
	assert_string_equal(bench_text(meeting, "speaker"), "KEN");
	assert_string_equal(bench_text(meeting, "visible.1"), "chair");
	assert_int_equal(bench_int(meeting, "event"), bench_int(reply, "event"));
	assert_string_equal(bench_try(bench, chair, "open-microphone", ""), "ok");
	assert_string_equal(bench_text(told_meeting(sfu), "open.1"), "chair");
	assert_string_equal(bench_try(bench, fr, "go-live", "\"channel\":\"fr\""), "ok");
	assert_string_equal(bench_text(told_meeting(sfu), "channels.1.desk"), "fr-1");
	assert_string_equal(bench_try(bench, chair, "take-floor", ""), "ok");
	assert_string_equal(bench_text(told_meeting(sfu), "speaker"), "chair");
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	assert_int_equal(json_array_size(bench_at(told_meeting(sfu), "open")), 0);
	assert_int_equal(json_array_size(bench_at(told_meeting(sfu), "visible")), 0);
}

static void a_page_gets_its_slots_and_a_line(void **state)
{
	static const struct {
		const char *kind, *feed;
		int rank;
	} slots[] = { { "audio", "floor", 0 }, { "audio", "floor", 1 }, { "audio", "floor", 2 },
		{ "audio", "", 0 }, { "audio", "", 0 }, { "video", "speaker", 0 },
		{ "video", "chair", 0 }, { "video", "content", 0 }, { "video", "", 0 } };
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	const json_t *reply =
		bench_command(bench, ken, "offer", "\"instance\":\"i1\",\"sdp\":\"v=0\"");
	assert_string_equal(bench_text(reply, "instance"), "i1");
	assert_int_equal(json_array_size(bench_at(reply, "slots")), RS_ARRAY_LEN(slots));
	for (size_t i = 0; i < RS_ARRAY_LEN(slots); i++) {
		const json_t *slot = json_array_get(bench_at(reply, "slots"), i);
		assert_string_equal(bench_text(slot, "kind"), slots[i].kind);
		assert_string_equal(bench_text(slot, "feed"), slots[i].feed);
		assert_int_equal(bench_int(slot, "rank"), slots[i].rank);
	}
	const json_t *peer = bench_at(bench_last(sfu, "peer"), "peer");
	assert_string_equal(bench_text(peer, "id"), bench_text(reply, "peer"));
	assert_string_equal(bench_text(peer, "send.0.source"), "KEN");
	assert_string_equal(bench_text(peer, "send.2.media"), "content");
	assert_int_equal(
		bench_int(peer, "send.0.csrc"), bench_int(ken->view, "participants.KEN.csrc"));
	bench_peer(bench, sfu, bench_text(reply, "peer"), "connected");
	assert_string_equal(bench_text(ken->view, "participants.KEN.line"), "connected");
	bench_peer(bench, sfu, bench_text(reply, "peer"), "disconnected");
	assert_string_equal(bench_text(ken->view, "participants.KEN.line"), "joined");
}

static void a_viewer_sends_nothing(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *viewer = bench_join(bench, "demo", "viewer", "viewer");
	assert_string_not_equal(bench_offer(bench, viewer), "");
	assert_int_equal(json_array_size(bench_at(bench_last(sfu, "peer"), "peer.send")), 0);
}

static void offers_are_refused_for_a_reason(void **state)
{
	struct bench *bench = *state;
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, ken, "offer", "\"instance\":\"i1\",\"sdp\":\"v=0\""),
		"no-media-server");
	(void)bench_sfu(bench, "i1", "null");
	assert_string_equal(bench_try(bench, ken, "offer", "\"instance\":\"old\",\"sdp\":\"v=0\""),
		"no-media-server");
	assert_string_equal(
		bench_try(bench, ken, "offer", "\"instance\":\"i1\",\"sdp\":\"x\""), "bad-offer");
	assert_string_equal(
		bench_try(bench, ken, "restart-ice", "\"sdp\":\"v=0\""), "no-media-server");
	assert_string_equal(bench_try(bench, ken, "hang-up", ""), "already-so");
}

static void listening_binds_the_audio_slots(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	/* Also before there is any media. */
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"fr\""), "ok");
	assert_string_not_equal(bench_offer(bench, ken), "");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "channel-fr");
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"floor\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.2.feed"), "floor");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.5.feed"), "speaker");
	const size_t told = bench_count(sfu, "peer");
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"floor\""), "ok");
	assert_int_equal(bench_count(sfu, "peer"), told); /* nothing new */
	assert_string_equal(
		bench_try(bench, ken, "listen", "\"channel\":\"tlh\""), "no-such-channel");
}

static void the_original_lies_underneath_who_wants_it(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_not_equal(bench_offer(bench, ken), "");
	assert_string_equal(
		bench_try(bench, ken, "listen", "\"channel\":\"fr\",\"original\":true"), "ok");
	const json_t *peer = bench_last(sfu, "peer");
	assert_string_equal(bench_text(peer, "peer.recv.2.feed"), "channel-fr");
	assert_string_equal(bench_text(peer, "peer.recv.3.feed"), "original-fr");
	assert_string_equal(bench_text(peer, "peer.recv.3.mix"), "loudest");
	assert_string_equal(bench_text(peer, "peer.recv.4.feed"), "");
	/* The page is told, before the reply. */
	const json_t *told = bench_last(ken, "listening");
	assert_int_equal(json_array_size(bench_at(told, "slots")), 5);
	assert_string_equal(bench_text(told, "slots.3.feed"), "original-fr");
	assert_string_equal(bench_text(told, "slots.3.mid"), bench_text(peer, "peer.recv.3.mid"));
	/* Nothing lies under the floor itself, and nothing where it is not asked for. */
	assert_string_equal(
		bench_try(bench, ken, "listen", "\"channel\":\"floor\",\"original\":true"), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.3.feed"), "");
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"fr\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.3.feed"), "");
	const size_t n = bench_count(ken, "listening");
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"fr\""), "ok");
	assert_int_equal(bench_count(ken, "listening"), n);
}

static void who_understands_the_floor_hears_it_itself(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	open_meeting(bench, chair);
	assert_string_not_equal(bench_offer(bench, ken), "");
	assert_string_equal(bench_try(bench, ken, "listen",
				    "\"channel\":\"fr\",\"understands\":[\"en\",\"es\"]"),
		"ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "channel-fr");
	assert_string_equal(
		bench_try(bench, chair, "set-floor-language", "\"language\":\"en\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "floor");
	assert_string_equal(bench_text(bench_last(ken, "listening"), "slots.0.feed"), "floor");
	const size_t told = bench_count(sfu, "peer");
	assert_string_equal(
		bench_try(bench, chair, "set-floor-language", "\"language\":\"es\""), "ok");
	assert_int_equal(bench_count(sfu, "peer"), told); /* as well understood */
	assert_string_equal(
		bench_try(bench, chair, "set-floor-language", "\"language\":\"fr\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "channel-fr");
	/* A wish is whole: said without it, it is gone. */
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"es\""), "ok");
	assert_string_equal(
		bench_try(bench, chair, "set-floor-language", "\"language\":\"en\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "channel-es");
	assert_string_equal(
		bench_try(bench, ken, "listen", "\"channel\":\"fr\",\"understands\":[\"a b\"]"),
		"malformed");
}

static void says_applied(struct bench *bench, struct bench_line *sfu)
{
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"applied\",\"revision\":%" JSON_INTEGER_FORMAT "}", sfu->told),
		0);
}

static void listening_is_acknowledged_when_the_media_server_has_followed(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_not_equal(bench_offer(bench, ken), "");
	sfu->follows = false;
	bench_say(bench, ken, "{\"type\":\"listen\",\"id\":\"l1\",\"channel\":\"fr\"}");
	assert_string_equal(bench_text(bench_last(ken, "listening"), "slots.0.feed"), "channel-fr");
	const size_t replies = bench_count(ken, "reply");
	/* What was told before is not what counts. */
	assert_int_equal(bench_report(bench, sfu,
				 "{\"type\":\"applied\",\"revision\":%" JSON_INTEGER_FORMAT "}",
				 sfu->told - 1),
		0);
	assert_int_equal(bench_count(ken, "reply"), replies);
	/* Said again before it is done, it waits as well, though nothing is new; and so do two more. */
	for (int i = 2; i <= 4; i++)
		bench_say(bench, ken, "{\"type\":\"listen\",\"id\":\"l%d\",\"channel\":\"fr\"}", i);
	assert_int_equal(bench_count(ken, "reply"), replies);
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"es\""), "too-many");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "channel-fr");
	says_applied(bench, sfu);
	assert_int_equal(bench_count(ken, "reply"), replies + 5);
	assert_string_equal(bench_text(bench_last(ken, "reply"), "id"), "l4");
	/* Sent again it is answered again, at once. */
	bench_say(bench, ken, "{\"type\":\"listen\",\"id\":\"l1\",\"channel\":\"fr\"}");
	assert_int_equal(bench_count(ken, "reply"), replies + 6);
}

static void nobody_waits_for_a_media_server_or_a_line_that_is_gone(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	struct bench_line *fra = bench_join(bench, "demo", "FRA", "delegate");
	assert_string_not_equal(bench_offer(bench, ken), "");
	assert_string_not_equal(bench_offer(bench, fra), "");
	sfu->follows = false;
	bench_say(bench, ken, "{\"type\":\"listen\",\"id\":\"l1\",\"channel\":\"fr\"}");
	bench_say(bench, fra, "{\"type\":\"listen\",\"id\":\"l1\",\"channel\":\"fr\"}");
	const size_t replies = bench_count(fra, "reply");
	/* Another connection carries what is wished from the beginning. */
	assert_string_not_equal(bench_offer(bench, fra), "");
	assert_int_equal(bench_count(fra, "reply"), replies + 2);
	assert_string_not_equal(bench_text(bench_last(ken, "reply"), "id"), "l1");
	bench_node_gone(bench, sfu);
	assert_string_equal(bench_text(bench_last(ken, "reply"), "id"), "l1");
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"es\""), "ok");
}

static void an_offer_sent_again_gets_the_same_answer(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	for (int i = 0; i < 2; i++)
		bench_say(bench, ken,
			"{\"type\":\"offer\",\"id\":\"o1\",\"instance\":\"i1\",\"sdp\":\"v=0\"}");
	assert_int_equal(bench_count(ken, "reply"), 2);
	assert_int_equal(bench_count(sfu, "peer"), 1);
	const char *first = bench_text(bench_last(ken, "reply"), "peer");
	assert_string_not_equal(bench_offer(bench, ken), first); /* another id is another offer */
	assert_string_equal(bench_text(bench_last(sfu, "peer-gone"), "peer"), first);
}

/* By number of peers, and for life. */
static void peers_go_to_the_worker_with_the_fewest(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_node(bench);
	sfu->follows = true;
	assert_int_equal(
		bench_report(bench, sfu,
			"{\"type\":\"hello\",\"protocol\":\"rostrum.control.1\",\"kind\":\"sfu\",\"node\":\"sfu-1\","
			"\"instance\":\"i1\",\"revision\":5,\"state\":null,\"fingerprint\":\"sha-256 00\","
			"\"workers\":[{\"addresses\":[\"127.0.0.1:50000\"]},{\"addresses\":[\"127.0.0.1:50001\"]},"
			"{\"addresses\":[\"127.0.0.1:50002\"]}],\"tap\":\"/run/tap\"}"),
		0);
	static const char *const badges[] = { "KEN", "FRA", "chair" };
	struct bench_line *pages[RS_ARRAY_LEN(badges)];
	for (int i = 0; i < (int)RS_ARRAY_LEN(badges); i++) {
		pages[i] = bench_join(bench, "demo", badges[i], i < 2 ? "delegate" : "chair");
		(void)bench_offer(bench, pages[i]);
		assert_int_equal(bench_int(bench_last(sfu, "peer"), "peer.worker"), i);
	}
	assert_string_equal(bench_try(bench, pages[1], "hang-up", ""), "ok");
	assert_string_equal(bench_try(bench, pages[2], "listen", "\"channel\":\"fr\""), "ok");
	assert_int_equal(bench_int(bench_last(sfu, "peer"), "peer.worker"), 2);
	(void)bench_offer(bench, pages[1]);
	assert_int_equal(bench_int(bench_last(sfu, "peer"), "peer.worker"), 1);
}

static void hanging_up_and_ice_restarts_reach_the_media_server(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	char ufrag[64];
	assert_string_not_equal(bench_offer(bench, ken), "");
	(void)rs_set_text(ufrag, bench_text(bench_last(sfu, "peer"), "peer.ice.ufrag"));
	assert_string_equal(bench_try(bench, ken, "restart-ice", "\"sdp\":\"v=0\""), "ok");
	assert_string_not_equal(bench_text(bench_last(sfu, "peer"), "peer.ice.ufrag"), ufrag);
	assert_string_equal(bench_try(bench, ken, "hang-up", ""), "ok");
	assert_int_equal(bench_count(sfu, "peer-gone"), 1);
}

static void a_new_instance_forgets_the_peers_of_the_old(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_peer(bench, sfu, bench_offer(bench, ken), "connected");
	bench_node_gone(bench, sfu);
	assert_string_equal(bench_text(ken->view, "participants.KEN.line"), "connected");
	sfu = bench_sfu(bench, "i2", "null");
	assert_string_equal(bench_text(ken->view, "media.instance"), "i2");
	assert_string_equal(bench_text(ken->view, "participants.KEN.line"), "joined");
	assert_int_equal(json_array_size(bench_at(json_array_get(sfu->heard, 0), "peers")), 0);
	assert_string_not_equal(bench_offer(bench, ken), "");
	assert_int_equal(bench_count(sfu, "peer"), 1);
}

static void without_a_media_server_pages_are_told_after_a_grace(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	const struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	bench_node_gone(bench, sfu);
	bench_pass(bench, RS_MS(1999));
	assert_string_equal(bench_text(ken->view, "media.instance"), "i1");
	bench_pass(bench, RS_MS(1));
	assert_null(bench_at(ken->view, "media.instance"));
}

static void a_drained_media_server_hands_its_meetings_over(void **state)
{
	struct bench *bench = *state;
	struct bench_line *first = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));
	assert_int_equal(service_drain(bench->service, "sfu-9", true, bench->at), -ENOENT);
	assert_int_equal(service_drain(bench->service, "sfu-1", true, bench->at), 0);
	assert_int_equal(service_drain(bench->service, "sfu-1", true, bench->at), -EALREADY);
	bench_turn(bench);
	/* As long as there is no other, it goes on. */
	assert_string_equal(bench_text(ken->view, "media.instance"), "i1");

	const struct bench_line *second = bench_named_sfu(bench, "sfu-2", "i2", "null");
	assert_string_equal(bench_text(ken->view, "media.instance"), "i2");
	assert_non_null(bench_last(first, "meeting-gone"));
	assert_string_equal(bench_text(bench_last(first, "peer-gone"), "peer"), peer);
	assert_non_null(bench_last(second, "meeting"));
	assert_string_equal(bench_try(bench, ken, "hang-up", ""), "already-so");

	assert_int_equal(service_drain(bench->service, "sfu-1", false, bench->at), 0);
	bench_turn(bench);
	assert_string_equal(bench_text(ken->view, "media.instance"), "i2");
}

static void a_control_connection_that_breaks_changes_nothing(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));
	bench_peer(bench, sfu, peer, "connected");
	const uint64_t event = ken->event;
	bench_node_gone(bench, sfu);
	bench_pass(bench, RS_SEC(1));
	sfu = bench_sfu(bench, "i1", "{\"peers\":[]}"); /* its own table is not asked now */
	assert_int_equal(ken->event, event);
	assert_string_equal(bench_text(json_array_get(sfu->heard, 0), "peers.0.id"), peer);
}

/* The last peer the media server was told, as the state in its hello. */
static char *state_of(const struct bench_line *sfu)
{
	json_t *state = json_pack("{s:s, s:i, s:[], s:[O]}", "type", "state", "revision", 9,
		"meetings", "peers", bench_at(bench_last(sfu, "peer"), "peer"));
	char *text = json_dumps(state, JSON_COMPACT);
	json_decref(state);
	return text;
}

static void a_restart_takes_the_peers_back(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"fr\""), "ok");
	char peer[65];
	(void)rs_set_text(peer, bench_offer(bench, ken));
	bench_peer(bench, sfu, peer, "connected");
	char *told = state_of(sfu);
	struct bench_line old = { .heard = json_deep_copy(ken->heard),
		.view = json_deep_copy(ken->view),
		.event = ken->event };

	bench_restart(bench);
	ken = bench_resume(bench, &old, "demo", "KEN", "delegate"); /* before the media server */
	sfu = bench_sfu(bench, "i1", told);
	bench_peer(bench, sfu, peer, "connected");
	assert_string_equal(bench_text(json_array_get(sfu->heard, 0), "peers.0.id"), peer);
	assert_int_equal(ken->event, old.event); /* nothing happened */
	assert_string_equal(bench_try(bench, ken, "listen", "\"channel\":\"floor\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.id"), peer);
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "floor");
	free(told);
	json_decref(old.heard);
	json_decref(old.view);
}

static void a_new_page_makes_new_media_and_a_resumed_one_keeps_its_own(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	assert_string_not_equal(bench_offer(bench, ken), "");
	bench_leave(bench, ken, 1006);
	struct bench_line *again = bench_resume(bench, ken, "demo", "KEN", "delegate");
	assert_int_equal(bench_count(sfu, "peer-gone"), 0);
	assert_string_equal(bench_try(bench, again, "listen", "\"channel\":\"es\""), "ok");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.recv.0.feed"), "channel-es");
	(void)bench_join(bench, "demo", "KEN", "delegate");
	assert_int_equal(bench_count(sfu, "peer-gone"), 1);
}

static void nodes_that_break_the_protocol_are_ended(void **state)
{
	static const char *const messages[] = { "", "{}", "{\"type\":\"applied\",\"revision\":1}",
		"{\"type\":\"hello\",\"protocol\":\"other\"}",
		"{\"type\":\"hello\",\"protocol\":\"rostrum.control.1\",\"kind\":\"toaster\"}" };
	struct bench *bench = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(messages); i++) {
		struct bench_line *node = bench_node(bench);
		const int err = bench_report(bench, node, "%s", messages[i]);
		assert_true(err == -EBADMSG || err == -EPROTO);
		bench_node_gone(bench, node);
	}
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	assert_int_equal(bench_report(bench, sfu, "{\"type\":\"later-invention\"}"), 0);
	assert_int_equal(bench_report(bench, sfu, "{\"type\":\"peer\",\"peer\":\"p1\"}"), -EBADMSG);
}

/* --- recorders --- */

static void assert_archive_is_unbroken(
	const struct bench *bench, const struct bench_line *recorder, uint64_t first)
{
	size_t i;
	json_t *message;
	json_array_foreach(recorder->heard, i, message)
	{
		if (strcmp(bench_text(message, "type"), "event") != 0)
			continue;
		assert_int_equal(bench_int(message, "event"), first);
		assert_string_equal(bench_text(message, "payload"),
			fake_store_payload(bench->fake, "demo", first));
		first++;
	}
	assert_int_equal(first, fake_store_count(bench->fake, "demo") + 1);
}

static void a_meeting_is_recorded_from_its_opening_to_its_close(void **state)
{
	struct bench *bench = *state;
	(void)bench_sfu(bench, "i1", "null");
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	open_meeting(bench, chair);
	assert_string_equal(bench_text(chair->view, "recording.state"), "recording");
	const json_t *meeting = told_meeting(recorder);
	assert_true(json_is_true(bench_at(meeting, "record")));
	assert_string_equal(
		bench_text(meeting, "session"), bench_text(chair->view, "recording.session"));
	assert_string_equal(bench_text(meeting, "tap"), "/run/tap-i1");
	/* What the record says by name. */
	assert_string_equal(
		bench_text(meeting, "about.agenda.0.title"), "General exchange of views");
	assert_string_equal(bench_text(meeting, "about.delegations.0.id"), "FRA");
	assert_string_equal(bench_text(meeting, "about.delegations.0.name"), "France");
	assert_string_equal(bench_text(meeting, "about.participants.0.role"), "chair");
	const uint64_t opened =
		(uint64_t)bench_int(bench_last_event(chair, "meeting-opened"), "event");
	assert_archive_is_unbroken(bench, recorder, opened);
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	assert_archive_is_unbroken(bench, recorder, opened);
	assert_true(json_is_false(bench_at(told_meeting(recorder), "record")));
	assert_string_equal(bench_text(chair->view, "recording.state"), "off");
}

static void a_recorder_that_comes_back_gets_what_it_missed(void **state)
{
	struct bench *bench = *state;
	struct service_limits limits = service_limits_default;
	bench_free(bench);
	limits.kept_events = 4; /* the rest is read from the store */
	*state = bench = bench_new(&limits);
	(void)bench_sfu(bench, "i1", "null");
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join(bench, "demo", "KEN", "delegate");
	open_meeting(bench, chair);
	bench_node_gone(bench, recorder);
	assert_string_equal(bench_text(chair->view, "recording.state"), "waiting");
	const uint64_t had = chair->event - 1;
	for (int i = 0; i < 6; i++) {
		assert_string_equal(bench_try(bench, ken, "ask-for-floor", ""), "ok");
		assert_string_equal(bench_try(bench, ken, "withdraw", ""), "ok");
	}
	char recordings[80];
	(void)snprintf(recordings, sizeof(recordings), "[{\"meeting\":\"demo\",\"last_event\":%d}]",
		(int)had);
	recorder = bench_recorder(bench, recordings);
	assert_archive_is_unbroken(bench, recorder, had + 1);
	assert_int_equal(
		bench_report(bench, recorder,
			"{\"type\":\"recording\",\"meeting\":\"demo\",\"state\":\"recording\","
			"\"reason\":\"\",\"directory\":\"/d\"}"),
		0);
	assert_string_equal(bench_text(chair->view, "recording.state"), "recording");
	assert_archive_is_unbroken(bench, recorder, had + 1);
}

static void a_close_the_recorder_missed_is_told_when_it_is_back(void **state)
{
	struct bench *bench = *state;
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	open_meeting(bench, chair);
	const uint64_t had = chair->event;
	char session[128];
	(void)rs_set_text(session, bench_text(chair->view, "recording.session"));
	bench_node_gone(bench, recorder);
	assert_string_equal(bench_try(bench, chair, "close-meeting", ""), "ok");
	char recordings[80];
	(void)snprintf(recordings, sizeof(recordings), "[{\"meeting\":\"demo\",\"last_event\":%d}]",
		(int)had);
	recorder = bench_recorder(bench, recordings);
	assert_archive_is_unbroken(bench, recorder, had + 1);
	const json_t *meeting = told_meeting(recorder);
	assert_string_equal(bench_text(meeting, "session"), session);
	assert_true(json_is_false(bench_at(meeting, "record")));
}

static void a_failed_recording_alarms_and_recovers(void **state)
{
	struct bench *bench = *state;
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	open_meeting(bench, chair);
	static const char report[] =
		"{\"type\":\"recording\",\"meeting\":\"demo\",\"state\":\"%s\",\"reason\":\"%s\","
		"\"directory\":\"/d\"}";
	char text[256];
	(void)snprintf(text, sizeof(text), report, "failed", "no space left on device");
	for (int i = 0; i < 2; i++)
		assert_int_equal(bench_report(bench, recorder, "%s", text), 0);
	assert_string_equal(bench_text(chair->view, "recording.state"), "failed");
	assert_string_equal(bench_text(chair->view, "recording.reason"), "no space left on device");
	const uint64_t event = chair->event;
	assert_int_equal(bench_report(bench, recorder, "%s", text), 0);
	assert_int_equal(chair->event, event); /* known already */
	(void)snprintf(text, sizeof(text), report, "recording", "");
	assert_int_equal(bench_report(bench, recorder, "%s", text), 0);
	assert_string_equal(bench_text(chair->view, "recording.state"), "recording");
	assert_null(bench_at(chair->view, "recording.reason"));
}

static void a_new_media_server_is_a_new_tap(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *recorder = bench_recorder(bench, "[]");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	open_meeting(bench, chair);
	bench_node_gone(bench, sfu);
	(void)bench_sfu(bench, "i2", "null");
	assert_string_equal(bench_text(told_meeting(recorder), "tap"), "/run/tap-i2");
	assert_string_equal(bench_text(told_meeting(recorder), "session"),
		bench_text(chair->view, "recording.session"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		CASE(a_media_server_is_told_everything_and_pages_its_instance),
		CASE(the_gate_follows_the_floor),
		CASE(a_page_gets_its_slots_and_a_line),
		CASE(a_viewer_sends_nothing),
		CASE(offers_are_refused_for_a_reason),
		CASE(listening_binds_the_audio_slots),
		CASE(listening_is_acknowledged_when_the_media_server_has_followed),
		CASE(who_understands_the_floor_hears_it_itself),
		CASE(nobody_waits_for_a_media_server_or_a_line_that_is_gone),
		CASE(the_original_lies_underneath_who_wants_it),
		CASE(an_offer_sent_again_gets_the_same_answer),
		CASE(peers_go_to_the_worker_with_the_fewest),
		CASE(hanging_up_and_ice_restarts_reach_the_media_server),
		CASE(a_new_instance_forgets_the_peers_of_the_old),
		CASE(without_a_media_server_pages_are_told_after_a_grace),
		CASE(a_drained_media_server_hands_its_meetings_over),
		CASE(a_control_connection_that_breaks_changes_nothing),
		CASE(a_restart_takes_the_peers_back),
		CASE(a_new_page_makes_new_media_and_a_resumed_one_keeps_its_own),
		CASE(nodes_that_break_the_protocol_are_ended),
		CASE(a_meeting_is_recorded_from_its_opening_to_its_close),
		CASE(a_recorder_that_comes_back_gets_what_it_missed),
		CASE(a_close_the_recorder_missed_is_told_when_it_is_back),
		CASE(a_failed_recording_alarms_and_recovers),
		CASE(a_new_media_server_is_a_new_tap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
