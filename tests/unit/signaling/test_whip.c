/* The service and its peers without a page: WHIP publishers, WHEP players, rooms that are both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "common/log/log.h"
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

static int create_receiving(struct bench *bench, const char *meeting, const char *badge,
	enum role role, enum service_peer_use use, const char *name, const char *receive,
	struct service_peer *peer)
{
	struct claims who = { .role = role };
	const struct service_peer_wish wish = { .who = &who,
		.meeting = meeting,
		.use = use,
		.name = name,
		.receive = receive,
		.offer = "v=0",
		.len = 3 };
	struct service_refusal refusal = { .status = 0 };
	struct rs_buf sdp;
	(void)rs_set_text(who.badge, badge);
	(void)rs_set_text(who.meeting, meeting);
	rs_buf_init(&sdp, 4096);
	const int err = service_peer_create(bench->service, &wish, bench->at, peer, &sdp, &refusal);
	assert_true(err == 0 ? rs_buf_len(&sdp) > 0 : refusal.text[0] != '\0');
	rs_buf_done(&sdp);
	bench_turn(bench);
	return err == 0 ? 201 : refusal.status;
}

static int create(struct bench *bench, const char *meeting, const char *badge, enum role role,
	enum service_peer_use use, const char *name, struct service_peer *peer)
{
	return create_receiving(bench, meeting, badge, role, use, name, "", peer);
}

static void publishing_and_playing_are_judged(void **state)
{
	static const struct {
		const char *meeting, *badge;
		enum role role;
		enum service_peer_use use;
		const char *name;
		int status;
	} cases[] = {
		{ "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", 201 },
		{ "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "FRA", 403 },
		{ "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PUBLISH, "viewer", 403 },
		{ "demo", "technician", ROLE_TECHNICIAN, SERVICE_PEER_PUBLISH, "load-1", 403 },
		{ "rehearsal", "technician", ROLE_TECHNICIAN, SERVICE_PEER_PUBLISH, "load-1", 201 },
		{ "nowhere", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", 404 },
		{ "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "floor", 201 },
		{ "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "channel-fr", 201 },
		{ "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "channel-xx", 404 },
		{ "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "source-KEN", 201 },
		{ "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "source-nobody", 404 },
		{ "rehearsal", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "source-load-1", 201 },
		{ "demo", "stranger", ROLE_VIEWER, SERVICE_PEER_PLAY, "floor", 403 },
	};
	struct bench *bench = *state;
	struct service_peer peer;
	assert_int_equal(
		create(bench, "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", &peer),
		503);
	(void)bench_sfu(bench, "i1", "null");
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(create(bench, cases[i].meeting, cases[i].badge, cases[i].role,
					 cases[i].use, cases[i].name, &peer),
			cases[i].status);
}

static void a_room_receives_what_it_asks_for_without_itself(void **state)
{
	static const struct {
		const char *badge;
		enum role role;
		enum service_peer_use use;
		const char *receive;
		int status;
	} cases[] = {
		{ "room", ROLE_ROOM, SERVICE_PEER_PUBLISH, "floor", 201 },
		{ "room", ROLE_ROOM, SERVICE_PEER_PUBLISH, "floor,", 404 },
		{ "room", ROLE_ROOM, SERVICE_PEER_PUBLISH, ",floor", 404 },
		{ "room", ROLE_ROOM, SERVICE_PEER_PUBLISH, "floor,tlh", 404 },
		{ "room", ROLE_ROOM, SERVICE_PEER_PUBLISH, "speaker", 404 },
		{ "room", ROLE_ROOM, SERVICE_PEER_PLAY, "floor", 403 },
		{ "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "floor", 403 },
	};
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct service_peer peer;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		const bool play = cases[i].use == SERVICE_PEER_PLAY;
		assert_int_equal(
			create_receiving(bench, "demo", cases[i].badge, cases[i].role, cases[i].use,
				play ? "floor" : cases[i].badge, cases[i].receive, &peer),
			cases[i].status);
	}
	assert_int_equal(create_receiving(bench, "demo", "room", ROLE_ROOM, SERVICE_PEER_PUBLISH,
				 "room", "floor,floor,fr,floor", &peer),
		201);
	const json_t *told = bench_last(sfu, "peer");
	assert_string_equal(bench_text(told, "peer.send.0.source"), "room");
	static const char *const feeds[] = { "floor", "floor", "channel-fr", "floor" };
	static const int64_t ranks[] = { 0, 1, 0, 2 };
	const json_t *recv = bench_at(told, "peer.recv");
	assert_int_equal(json_array_size(recv), RS_ARRAY_LEN(feeds));
	for (size_t i = 0; i < RS_ARRAY_LEN(feeds); i++) {
		const json_t *one = json_array_get(recv, i);
		assert_string_equal(bench_text(one, "feed"), feeds[i]);
		assert_string_equal(bench_text(one, "mix"), "others");
		assert_int_equal(json_integer_value(bench_at(one, "rank")), ranks[i]);
	}
}

static void as_many_sections_as_a_peer_may_have(void **state)
{
	struct bench *bench = *state;
	struct service_peer peer;
	char receive[PEER_RECV_MAX * 3 + 4] = "fr";
	(void)bench_sfu(bench, "i1", "null");
	for (size_t i = 1; i < PEER_RECV_MAX; i++)
		(void)strcat(receive, ",fr");
	assert_int_equal(create_receiving(bench, "demo", "room", ROLE_ROOM, SERVICE_PEER_PUBLISH,
				 "room", receive, &peer),
		201);
	(void)strcat(receive, ",fr");
	assert_int_equal(create_receiving(bench, "demo", "room", ROLE_ROOM, SERVICE_PEER_PUBLISH,
				 "room", receive, &peer),
		404);
}

static void a_publisher_without_a_page_is_present_while_connected(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct service_peer peer;
	open_meeting(bench, chair);
	assert_int_equal(
		create(bench, "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", &peer),
		201);
	bench_peer(bench, sfu, peer.id, "connected");
	assert_string_equal(bench_text(chair->view, "participants.KEN.line"), "connected");
	assert_string_equal(bench_try(bench, chair, "give-floor", "\"participant\":\"KEN\""), "ok");
	assert_int_equal(service_peer_remove(bench->service, peer.id, bench->at), 0);
	bench_turn(bench);
	assert_null(bench_at(chair->view, "floor.holder"));
	assert_string_equal(bench_text(bench_last(sfu, "peer-gone"), "peer"), peer.id);
	assert_int_equal(service_peer_find(bench->service, peer.id, &peer), -ENOENT);
}

static void a_second_publisher_of_a_source_replaces_the_first(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct service_peer first, second;
	assert_int_equal(
		create(bench, "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", &first),
		201);
	assert_int_equal(
		create(bench, "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", &second),
		201);
	assert_string_equal(bench_text(bench_last(sfu, "peer-gone"), "peer"), first.id);
	assert_int_equal(service_peer_find(bench->service, second.id, &second), 0);
}

static void an_ice_restart_gives_new_credentials(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct service_peer before, after;
	assert_int_equal(
		create(bench, "demo", "viewer", ROLE_VIEWER, SERVICE_PEER_PLAY, "floor", &before),
		201);
	assert_int_equal(service_peer_restart(
				 bench->service, before.id, "abc", "too short", bench->at, &after),
		-EBADMSG);
	assert_int_equal(service_peer_restart(bench->service, before.id, "abcd",
				 "0123456789012345678901", bench->at, &after),
		0);
	bench_turn(bench);
	assert_string_not_equal(before.ufrag, after.ufrag);
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.ice.remote_ufrag"), "abcd");
	assert_string_equal(bench_text(bench_last(sfu, "peer"), "peer.ice.ufrag"), after.ufrag);
}

static void a_dead_publisher_is_given_up(void **state)
{
	struct bench *bench = *state;
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct service_peer peer;
	assert_int_equal(
		create(bench, "demo", "KEN", ROLE_DELEGATE, SERVICE_PEER_PUBLISH, "KEN", &peer),
		201);
	bench_peer(bench, sfu, peer.id, "connected");
	bench_peer(bench, sfu, peer.id, "disconnected");
	bench_pass(bench, RS_SEC(59));
	assert_int_equal(service_peer_find(bench->service, peer.id, &peer), 0);
	bench_pass(bench, RS_SEC(2));
	assert_int_equal(service_peer_find(bench->service, peer.id, &peer), -ENOENT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void be_silent(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	(void)line;
}

int main(void)
{
	log_init(LOG_ERROR, be_silent, NULL);
	const struct CMUnitTest tests[] = {
		CASE(publishing_and_playing_are_judged),
		CASE(a_room_receives_what_it_asks_for_without_itself),
		CASE(as_many_sections_as_a_peer_may_have),
		CASE(a_publisher_without_a_page_is_present_while_connected),
		CASE(a_second_publisher_of_a_source_replaces_the_first),
		CASE(an_ice_restart_gives_new_credentials),
		CASE(a_dead_publisher_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
