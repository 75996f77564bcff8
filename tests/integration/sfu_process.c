/* rostrum-sfu as a process: peers by real sockets, signaling and a recorder played by the test.
 * usage: sfu_process PROGRAM WORKERS */
#include "tests/integration/sfu_world.h"
#include "tools/client/rtc_client.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 30000

static const char *program;
static unsigned workers;

static int setup(void **state)
{
	static struct sfu_world world;
	sfu_world_start(&world, program, workers);
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	sfu_world_end(*state);
	return 0;
}

/* KEN speaks and FRA listens, over IPv4 and IPv6; nobody has the floor. */
static void two_peers(struct sfu_world *world, struct sfu_peer **out_ken, struct sfu_peer **out_fra)
{
	sfu_world_floor(world, 1, "");
	*out_ken = sfu_world_peer(world, "KEN", 0);
	*out_fra = sfu_world_peer(world, "FRA", world->n_addresses - 1);
	(*out_ken)->speaking = true;
	(*out_fra)->speaking = true;
}

static int64_t counter(const json_t *counters, const char *name)
{
	const json_t *value = json_object_get(counters, name);
	if (value == NULL)
		fail_msg("%s is not counted", name);
	return json_integer_value(value);
}

/* A server that stood still reads at once what came meanwhile: what would run ahead of the clock behind a switch it leaves out, and counts. */
static int64_t left_out(struct sfu_world *world)
{
	json_t *counters = sfu_world_counters(world);
	const int64_t n = counter(counters, "router_tx_dropped_switch");
	json_decref(counters);
	return n;
}

static void expect_in_order(struct sfu_world *world, const struct sfu_peer *peer)
{
	if (peer->out_of_sequence > 0)
		assert_in_range(peer->out_of_sequence, 0, left_out(world));
}

/* From the opening of KEN's gate to the first packet through it, in us. */
static int64_t gate_latency(struct sfu_world *world, int event)
{
	sfu_world_floor(world, event, "\"KEN\"");
	json_t *gate = sfu_world_hear(world, "gate");
	assert_int_equal(json_integer_value(json_object_get(gate, "event")), event);
	assert_string_equal(json_string_value(json_object_get(gate, "source")), "KEN");
	const int64_t opened = json_integer_value(json_object_get(gate, "opened_us"));
	const int64_t first = json_integer_value(json_object_get(gate, "first_us"));
	assert_true(first >= opened);
	assert_true(llabs(rs_clock_wall_us() - first) < RS_SEC(60));
	json_decref(gate);
	return first - opened;
}

static void nobody_is_heard_until_given_the_floor(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_run(world, 400);
	assert_int_equal(ken->received, 0);
	assert_int_equal(fra->received, 0);

	/* The server is as fast as the fastest of five: a busy machine stalls it now and then. */
	int64_t latency = gate_latency(world, 2);
	for (int i = 2; i <= 5 && latency > rs_time_max(50000, 2 * ken->longest_gap); i++) {
		sfu_world_floor(world, 2 * i - 1, "");
		sfu_world_settle(world);
		latency = rs_time_min(latency, gate_latency(world, 2 * i));
	}
	assert_in_range(latency, 0, rs_time_max(50000, 2 * ken->longest_gap));
	sfu_world_speak(world, ken, 20);
	assert_true(fra->received + (uint64_t)left_out(world) >= 18);
	assert_int_equal(fra->last_csrc, 5000);
	assert_int_equal(fra->last_ssrc, 7001);
	expect_in_order(world, fra);
}

static void a_closed_source_goes_on_sending_and_is_not_heard(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_speak(world, ken, 10);
	assert_true(fra->received > 5);
	sfu_world_floor(world, 3, "\"FRA\"");
	sfu_world_settle(world);
	const uint64_t before = fra->received;
	sfu_world_speak(world, ken, 25);
	sfu_world_speak(world, fra, 10);
	assert_int_equal(fra->received, before);
	assert_true(ken->received > 5);
	assert_int_equal(ken->last_csrc, 5001);

	/* Back to KEN: one continuous stream to FRA over the pause. */
	sfu_world_floor(world, 4, "\"KEN\"");
	sfu_world_speak(world, ken, 10);
	assert_true(fra->received > before + 5);
	expect_in_order(world, fra);
}

static void media_goes_on_without_signaling(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_run(world, 100);
	const uint64_t before = fra->received;
	sfu_world_hang_up(world);
	json_t *hello = sfu_world_hear(world, "hello");
	json_t *held = json_object_get(hello, "state");
	assert_int_equal(json_integer_value(json_object_get(hello, "revision")), world->revision);
	assert_int_equal(json_array_size(json_object_get(held, "peers")), 2);
	assert_int_equal(json_array_size(json_object_get(held, "meetings")), 1);
	json_t *peer = sfu_world_hear(world, "peer");
	assert_string_equal(json_string_value(json_object_get(peer, "state")), "connected");
	json_decref(peer);
	sfu_world_speak(world, ken, 15);
	assert_true(fra->received > before + 10);

	/* The same state told whole changes nothing. */
	char *text = json_dumps(held, JSON_COMPACT);
	sfu_world_say(world, "%s", text);
	sfu_world_apply(world);
	free(text);
	json_decref(hello);
	sfu_world_speak(world, ken, 15);
	assert_true(fra->received > before + 20);
	expect_in_order(world, fra);
	assert_false(fra->alerted);
}

static void a_peer_restarts_ice_and_is_heard_throughout(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_run(world, 100);

	json_t *hello = NULL;
	sfu_world_hang_up(world);
	hello = sfu_world_hear(world, "hello");
	json_t *peer = json_array_get(json_object_get(json_object_get(hello, "state"), "peers"), 0);
	json_t *ice = json_object_get(peer, "ice");
	struct ice_credentials own = { .ufrag = "renewed0", .pwd = "renewed-password-of-client" };
	struct ice_credentials server = { .ufrag = "anew0", .pwd = "renewed-password-of-server" };
	(void)json_object_set_new(ice, "ufrag", json_string(server.ufrag));
	(void)json_object_set_new(ice, "pwd", json_string(server.pwd));
	(void)json_object_set_new(ice, "remote_ufrag", json_string(own.ufrag));
	(void)json_object_set_new(ice, "remote_pwd", json_string(own.pwd));
	char *text = json_dumps(peer, JSON_COMPACT);
	sfu_world_say(world, "{\"type\": \"peer\", \"peer\": %s}", text);
	free(text);
	json_decref(hello);
	sfu_world_apply(world);
	const uint64_t answers = rtc_client_answers(ken->client);
	const uint64_t before = fra->received;
	rtc_client_restart(ken->client, &own, &server, rs_clock_monotonic());
	sfu_world_speak(world, ken, 25);
	assert_true(rtc_client_answers(ken->client) > answers);
	assert_true(fra->received > before + 20);
	expect_in_order(world, fra);
}

static void another_certificate_is_refused_for_good(void **state)
{
	struct sfu_world *world = *state;
	sfu_world_floor(world, 1, "");
	world->forging = true;
	struct sfu_peer *forger = sfu_world_peer(world, "KEN", 0);
	const char *said = "";
	json_t *report = NULL;
	while (strcmp(said, "failed") != 0) {
		json_decref(report);
		report = sfu_world_hear(world, "peer");
		said = json_string_value(json_object_get(report, "state"));
		assert_string_not_equal(said, "connected");
	}
	assert_non_null(
		strstr(json_string_value(json_object_get(report, "reason")), "fingerprint"));
	json_decref(report);
	/* Its checks go on; a hello says what it last was. */
	sfu_world_run(world, 300);
	assert_false(rtc_client_is_connected(forger->client) && forger->received > 0);
	sfu_world_hang_up(world);
	report = sfu_world_hear(world, "peer");
	assert_string_equal(json_string_value(json_object_get(report, "state")), "failed");
	json_decref(report);
}

static void expect_counter(struct sfu_world *world, const char *name, int64_t wanted)
{
	json_t *counters = sfu_world_counters(world);
	const int64_t value = counter(counters, name);
	json_decref(counters);
	if (value != wanted)
		fail_msg("%s is %lld", name, (long long)value);
}

static void await_alert(struct sfu_world *world, const struct sfu_peer *peer)
{
	for (int waited = 0; waited < PATIENCE_MS && !peer->alerted; waited += 5)
		sfu_world_run(world, 5);
	assert_true(peer->alerted);
}

static void a_peer_taken_away_is_said_good_bye(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	ken->speaking = false;
	sfu_world_floor(world, 3, "\"KEN\""); /* the turn that obeys reads what was sent before */
	sfu_world_say(world, "{\"type\": \"peer-gone\", \"peer\": \"%s\"}", ken->id);
	sfu_world_apply(world);
	await_alert(world, ken);
	assert_false(fra->alerted);
	_Alignas(8) uint8_t packet[64] = { 0x80, 111 };
	size_t len = 32;
	assert_int_equal(rtc_client_seal(ken->client, false, packet, &len, sizeof(packet)), 0);
	assert_int_equal(send(ken->fd, packet, len, 0), (ssize_t)len);
	expect_counter(world, "media_stray", 1);
}

static void a_peer_that_goes_to_another_meeting_needs_another_session(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_hang_up(world);
	json_t *hello = sfu_world_hear(world, "hello");
	json_t *peer = json_array_get(json_object_get(json_object_get(hello, "state"), "peers"), 0);
	(void)json_object_set_new(peer, "meeting", json_string("other"));
	char *text = json_dumps(peer, JSON_COMPACT);
	sfu_world_say(world, "{\"type\": \"peer\", \"peer\": %s}", text);
	free(text);
	json_decref(hello);
	sfu_world_apply(world);
	await_alert(world, ken);
	assert_false(fra->alerted);
}

static void over_tcp(struct sfu_world *world, size_t speaker, size_t listener)
{
	sfu_world_floor(world, 1, "");
	struct sfu_peer *ken = sfu_world_peer(world, "KEN", speaker);
	struct sfu_peer *fra = sfu_world_peer(world, "FRA", listener);
	ken->speaking = true;
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_speak(world, ken, 30);
	assert_true(fra->received + (uint64_t)left_out(world) >= 28);
	expect_in_order(world, fra);
}

static void a_listener_behind_a_firewall_hears_by_tcp(void **state)
{
	over_tcp(*state, 0, SFU_WORLD_TCP);
}

static void a_speaker_behind_a_firewall_is_heard_by_tcp_over_ipv6(void **state)
{
	over_tcp(*state, SFU_WORLD_TCP + 1, SFU_WORLD_TCP);
}

static void a_listener_whose_nat_forgets_hears_at_its_new_port(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_speak(world, ken, 10);
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	assert_int_equal(getpeername(fra->fd, (struct sockaddr *)&addr, &len), 0);
	(void)close(fra->fd);
	fra->fd = socket(addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fra->fd, (struct sockaddr *)&addr, len), 0);
	const uint64_t before = fra->received;
	sfu_world_speak(world, ken, 60); /* a check a second */
	assert_true(fra->received > before + 5);
	assert_false(fra->alerted);
	expect_counter(world, "srtp_unauthentic", 0);
}

static void a_tcp_connection_that_ends_is_a_peer_disconnected_and_a_new_one_revives_it(void **state)
{
	struct sfu_world *world = *state;
	sfu_world_floor(world, 1, "");
	struct sfu_peer *ken = sfu_world_peer(world, "KEN", 0);
	struct sfu_peer *fra = sfu_world_peer(world, "FRA", SFU_WORLD_TCP);
	ken->speaking = true;
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_speak(world, ken, 5);
	rtc_client_silence(fra->client, true);
	const int old = fra->fd;
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	assert_int_equal(getpeername(old, (struct sockaddr *)&addr, &len), 0);
	assert_int_equal(shutdown(old, SHUT_RDWR), 0);
	json_t *report = NULL;
	do {
		json_decref(report);
		report = sfu_world_hear(world, "peer");
	} while (strcmp(json_string_value(json_object_get(report, "state")), "disconnected") != 0);
	assert_string_equal(json_string_value(json_object_get(report, "peer")), fra->id);
	json_decref(report);

	fra->fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fra->fd, (struct sockaddr *)&addr, len), 0);
	(void)close(old);
	const uint64_t before = fra->received;
	rtc_client_silence(fra->client, false);
	sfu_world_speak(world, ken, 60); /* a check a second */
	assert_true(fra->received > before + 5);
	assert_false(fra->alerted);
}

/* KEN's document as the SFU has it, to be changed and said again; to be released. */
static json_t *document_of_ken(struct sfu_world *world)
{
	sfu_world_hang_up(world);
	json_t *hello = sfu_world_hear(world, "hello");
	json_t *peers = json_object_get(json_object_get(hello, "state"), "peers");
	json_t *peer = json_deep_copy(json_array_get(peers, 0));
	json_decref(hello);
	assert_string_equal(json_string_value(json_object_get(peer, "id")), "peer-0");
	return peer;
}

static void say_refused(struct sfu_world *world, const json_t *peer)
{
	char *text = json_dumps(peer, JSON_COMPACT);
	sfu_world_say(world, "{\"type\": \"peer\", \"peer\": %s}", text);
	free(text);
	json_t *report = sfu_world_hear(world, "peer");
	while (strcmp(json_string_value(json_object_get(report, "state")), "failed") != 0) {
		json_decref(report);
		report = sfu_world_hear(world, "peer");
	}
	assert_string_equal(json_string_value(json_object_get(report, "peer")),
		json_string_value(json_object_get(peer, "id")));
	json_decref(report);
}

/* Two slots of one SSRC are refused by the router, whatever else the document says. */
static void say_unacceptable(struct sfu_world *world, json_t *peer)
{
	json_t *recv = json_object_get(peer, "recv");
	(void)json_array_append_new(recv, json_deep_copy(json_array_get(recv, 0)));
	say_refused(world, peer);
}

static void a_name_of_the_configuration_is_nobody_elses(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	json_t *peer = document_of_ken(world);
	(void)json_object_set_new(peer, "id", json_string("plain-0"));
	(void)json_object_set_new(json_object_get(peer, "ice"), "ufrag", json_string("elsewhere"));
	say_refused(world, peer);
	json_decref(peer);
}

static void a_refused_document_changes_nothing_of_the_transport(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	json_t *peer = document_of_ken(world);
	json_t *ice = json_object_get(peer, "ice");
	const struct ice_credentials own = { .ufrag = "renewed0",
		.pwd = "renewed-password-of-client" };
	const struct ice_credentials server = { .ufrag = "anew0",
		.pwd = "renewed-password-of-server" };
	(void)json_object_set_new(ice, "ufrag", json_string(server.ufrag));
	(void)json_object_set_new(ice, "pwd", json_string(server.pwd));
	say_unacceptable(world, peer);
	json_decref(peer);
	rtc_client_restart(ken->client, &own, &server, rs_clock_monotonic());
	const uint64_t answers = rtc_client_answers(ken->client);
	const uint64_t before = fra->received;
	sfu_world_speak(world, ken, 15);
	assert_int_equal(rtc_client_answers(ken->client), answers);
	assert_true(fra->received > before + 10);
	expect_in_order(world, fra);
}

static void a_refused_document_leaves_the_session_it_would_have_ended(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	json_t *peer = document_of_ken(world);
	char other[RTC_CLIENT_FINGERPRINT_LEN];
	char text[RTC_CLIENT_FINGERPRINT_LEN + 8];
	rtc_client_fingerprint(fra->client, "sha-256", other);
	(void)snprintf(text, sizeof(text), "sha-256 %s", other);
	(void)json_object_set_new(json_object_get(peer, "dtls"), "fingerprint", json_string(text));
	say_unacceptable(world, peer);
	json_decref(peer);
	const uint64_t before = fra->received;
	sfu_world_speak(world, ken, 15);
	assert_false(ken->alerted);
	assert_true(fra->received > before + 10);
	expect_in_order(world, fra);
}

static void garbage_is_counted_by_kind_and_disturbs_nobody(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	static const uint8_t nothing[3] = { 0xff, 0xff, 0xff };
	static const uint8_t rtp[32] = { 0x80, 111 };
	static const uint8_t dtls[16] = { 22, 254, 253 };
	static const uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	static const uint8_t large[3000] = { 0x80, 111 };
	/* USERNAME "nobody:x" (RFC 8489 section 14.3). */
	static const uint8_t nobody[32] = { 0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 6, 0, 8, 'n', 'o', 'b', 'o', 'd', 'y', ':', 'x' };
	sfu_world_stray(world, nothing, sizeof(nothing));
	sfu_world_stray(world, rtp, sizeof(rtp));
	sfu_world_stray(world, dtls, sizeof(dtls));
	sfu_world_stray(world, stun, sizeof(stun));
	sfu_world_stray(world, large, sizeof(large));
	sfu_world_stray(world, nobody, sizeof(nobody));
	static const char *const counted[] = { "rx_unknown_kind", "media_stray", "dtls_stray",
		"stun_malformed", "rx_oversized", "stun_unknown_user", "srtp_unauthentic" };
	assert_int_equal(send(ken->fd, rtp, sizeof(rtp), 0), (ssize_t)sizeof(rtp));
	json_t *counters = sfu_world_counters(world);
	for (size_t i = 0; i < RS_ARRAY_LEN(counted); i++)
		assert_int_equal(json_integer_value(json_object_get(counters, counted[i])), 1);
	json_decref(counters);
	assert_true(fra->received > 20);
	expect_in_order(world, fra);
}

static void a_bad_message_ends_the_connection_and_nothing_else(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	two_peers(world, &ken, &fra);
	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_say(world, "{\"type\": \"meeting\", \"meeting\": {\"id\": \"demo\"}}");
	json_t *hello = sfu_world_hear(world, "hello");
	assert_int_equal(
		json_integer_value(json_object_get(hello, "revision")), world->revision - 1);
	json_decref(hello);
	const uint64_t before = fra->received;
	sfu_world_speak(world, ken, 15);
	assert_true(fra->received > before + 10);
}

/* Only what moves is told, so who was away would go on showing what has long fallen silent. */
static void signaling_that_was_away_is_told_all_levels(void **state)
{
	struct sfu_world *world = *state;
	(void)sfu_world_peer(world, "KEN", 0); /* whose level never moves */
	sfu_world_say(world, "{\"type\": \"meeting\", \"meeting\": {\"id\": \"demo\","
			     " \"event\": 1, \"mode\": \"floor\", \"meters\": true}}");
	json_decref(sfu_world_hear(world, "levels"));
	sfu_world_hang_up(world);
	json_decref(sfu_world_hear(world, "hello"));
	json_t *levels = sfu_world_hear(world, "levels");
	const json_t *sources = json_object_get(levels, "sources");
	assert_string_equal(json_string_value(json_array_get(sources, 0)), "KEN");
	json_decref(levels);
}

/* ---- the tap ---- */

static int tap_connect(struct sfu_world *world)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/tap.sock", world->directory);
	struct stat status;
	assert_int_equal(stat(addr.sun_path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void tap_say(int fd, const char *json)
{
	struct rs_buf out;
	rs_buf_init(&out, 1024);
	assert_int_equal(frame_write_message(&out, json, strlen(json)), 0);
	assert_int_equal(
		send(fd, rs_buf_data(&out), rs_buf_len(&out), 0), (ssize_t)rs_buf_len(&out));
	rs_buf_done(&out);
}

/* What came on the tap so far. */
struct tapped {
	struct frame_reader in;
	size_t packets;
	size_t marks;
	const char *name;   /* of the source expected; NULL = KEN */
	int64_t track;      /* its last announced microphone */
	int64_t floor;      /* the floor's one sound; 0 = not announced */
	size_t of_floor;    /* packets of that */
	size_t unannounced; /* packets of another track */
};

static void tap_frame(struct tapped *tapped, const struct frame *frame)
{
	struct frame_packet packet;
	if (frame->kind == FRAME_PACKET) {
		assert_int_equal(frame_packet_parse(frame->body, frame->len, &packet), 0);
		assert_true(llabs(rs_clock_wall_us() - packet.arrival_wall_us) < RS_SEC(60));
		if (packet.track == tapped->floor) {
			tapped->of_floor++;
			return;
		}
		tapped->packets++;
		tapped->unannounced += packet.track != tapped->track;
		return;
	}
	json_t *message = json_loadb((const char *)frame->body, frame->len, 0, NULL);
	const char *type = json_string_value(json_object_get(message, "type"));
	if (strcmp(type, "track") == 0) {
		const char *name = json_string_value(json_object_get(message, "name"));
		const int64_t track = json_integer_value(json_object_get(message, "track"));
		if (strcmp(name, "floor") == 0) {
			tapped->floor = track;
		} else {
			assert_string_equal(name, tapped->name != NULL ? tapped->name : "KEN");
			tapped->track = track;
		}
	}
	tapped->marks += strcmp(type, "mark") == 0;
	json_decref(message);
}

static void tap_read(int fd, struct tapped *tapped)
{
	uint8_t chunk[8192];
	ssize_t n = 0;
	struct frame frame;
	while ((n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT)) > 0) {
		assert_int_equal(frame_reader_feed(&tapped->in, chunk, (size_t)n), 0);
		while (frame_reader_next(&tapped->in, &frame) == 1)
			tap_frame(tapped, &frame);
	}
}

/* Until so many packets have come, or for as long as anything is waited for. */
static void tap_await(struct sfu_world *world, int fd, struct tapped *tapped, size_t packets)
{
	for (int waited = 0; waited < PATIENCE_MS && tapped->packets < packets; waited += 5) {
		sfu_world_run(world, 5);
		tap_read(fd, tapped);
	}
}

static void the_tap_gives_what_passed_the_gate(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	struct tapped tapped = { .track = -1 };
	frame_reader_init(&tapped.in);
	two_peers(world, &ken, &fra);
	const int fd = tap_connect(world);
	tap_say(fd, "{\"type\": \"subscribe\", \"meeting\": \"demo\"}");
	sfu_world_run(world, 300);
	tap_read(fd, &tapped);
	assert_int_equal(tapped.packets, 0);

	sfu_world_floor(world, 2, "\"KEN\"");
	sfu_world_speak(world, ken, 25);
	sfu_world_floor(world, 3, "");
	sfu_world_settle(world);
	tap_await(world, fd, &tapped, 23);
	for (int waited = 0; waited < PATIENCE_MS && tapped.marks < 2; waited += 5) {
		sfu_world_run(world, 5);
		tap_read(fd, &tapped);
	}
	assert_true(tapped.packets >= 23);
	assert_int_equal(tapped.of_floor, tapped.packets);
	assert_int_equal(tapped.unannounced, 0);
	assert_int_equal(tapped.marks, 2);
	const size_t before = tapped.packets;
	sfu_world_run(world, 300);
	tap_read(fd, &tapped);
	assert_int_equal(tapped.packets, before);
	frame_reader_done(&tapped.in);
	(void)close(fd);
}

/* Wherever speaker, listener and recorder are: nothing is lost, doubled or handed over in vain. */
static void each_packet_is_counted_once_wherever_it_goes(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	struct tapped tapped = { .track = -1, .name = "FRA" };
	frame_reader_init(&tapped.in);
	two_peers(world, &ken, &fra);
	const int fd = tap_connect(world);
	tap_say(fd, "{\"type\": \"subscribe\", \"meeting\": \"demo\"}");
	ken->speaking = false;
	fra->speaking = false;
	sfu_world_floor(world, 2, "\"FRA\"");
	sfu_world_settle(world);
	const uint64_t before = fra->sent;
	fra->speaking = true;
	sfu_world_speak(world, fra, 50);
	fra->speaking = false;
	sfu_world_settle(world);
	const uint64_t sent = fra->sent - before;
	assert_int_equal(ken->received + (uint64_t)left_out(world), sent);
	expect_in_order(world, ken);
	tap_await(world, fd, &tapped, sent);
	assert_int_equal(tapped.packets, sent);
	assert_int_equal(tapped.of_floor, sent);
	assert_int_equal(tapped.unannounced, 0);
	/* FRA is at the last worker, KEN and the recorder are at the first. */
	json_t *counters = sfu_world_counters(world);
	const int64_t crossed = world->n_workers > 1 ? (int64_t)sent : 0;
	assert_int_equal(counter(counters, "router_relay_sent"), crossed);
	assert_int_equal(counter(counters, "router_relay_taken"), crossed);
	assert_int_equal(counter(counters, "router_relay_dropped"), 0);
	json_decref(counters);
	frame_reader_done(&tapped.in);
	(void)close(fd);
}

/* ---- start and end ---- */

static void sigterm_says_good_bye_and_ends_cleanly(void **state)
{
	struct sfu_world *world = *state;
	struct sfu_peer *ken = NULL;
	struct sfu_peer *fra = NULL;
	char tap[128];
	two_peers(world, &ken, &fra);
	(void)snprintf(tap, sizeof(tap), "%s/tap.sock", world->directory);
	assert_int_equal(access(tap, F_OK), 0);
	assert_int_equal(sfu_world_stop(world), 0);
	assert_true(ken->alerted);
	assert_true(fra->alerted);
	assert_int_equal(access(tap, F_OK), -1);
}

/* Runs the program with one more --set; returns its exit status, and what it said on stderr. */
static int run_with(const char *set, char *out, size_t cap)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execl(program, program, "--set", "tap.socket=", "--set", "log.level=error",
			"--set", "media.workers=2", "--set", set, (char *)NULL);
		_exit(127);
	}
	(void)close(ends[1]);
	size_t len = 0;
	ssize_t n = 0;
	while (len + 1 < cap && (n = read(ends[0], out + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	(void)close(ends[0]);
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_start_that_cannot_be_says_why_in_one_line(void **state)
{
	struct sfu_world *world = *state;
	char port[64];
	char taken[128];
	(void)snprintf(port, sizeof(port), "media.port=%u", world->addresses[0][0].port);
	(void)snprintf(taken, sizeof(taken), "tap.socket=%s/tap.sock", world->directory);
	const struct {
		const char *set;
		const char *named;
	} cases[] = {
		{ port, "127.0.0.1:" },
		{ taken, "tap.sock" },
		{ "media.addresses=192.0.2.1", "192.0.2.1" },
		{ "media.addresses=localhost", "media.addresses: \"localhost\"" },
		{ "media.addresses=0.0.0.0", "media.announce" },
		{ "media.announce=192.0.2.1:x", "media.announce: \"192.0.2.1:x\"" },
		{ "tap.socket=/nowhere/at/all/tap.sock", "/nowhere/at/all/tap.sock" },
		{ "log.level=loud", "log.level" },
		{ "limits.peers=0", "limits.peers" },
		{ "media.workers=65", "media.workers" },
		{ "media.tcp_port=65535", "media.tcp_port" },
		{ "plain=[{\"meeting\":\"m\",\"feed\":\"floor\",\"codec\":\"L24\",\"pt\":96,"
		  "\"local\":\"127.0.0.1:5004\",\"remote\":\"127.0.0.1:5006\"}]",
			"plain[0]: key \"codec\"" },
		{ "plain=[{\"meeting\":\"m\",\"feed\":\"floor\",\"codec\":\"opus\",\"pt\":96,"
		  "\"local\":\"192.0.2.1:5004\",\"remote\":\"127.0.0.1:5006\"}]",
			"plain[0]: key \"local\": 192.0.2.1:5004/udp" },
		{ "no.such.key=1", "no.such.key" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		char said[1024];
		assert_int_equal(run_with(cases[i].set, said, sizeof(said)), 1);
		const char *end = strchr(said, '\n');
		if (strstr(said, cases[i].named) == NULL || end == NULL || end[1] != '\0')
			fail_msg("\"%s\" for %s", said, cases[i].set);
	}
}

int main(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(nobody_is_heard_until_given_the_floor),
		CASE(a_closed_source_goes_on_sending_and_is_not_heard),
		CASE(media_goes_on_without_signaling),
		CASE(a_peer_restarts_ice_and_is_heard_throughout),
		CASE(another_certificate_is_refused_for_good),
		CASE(a_peer_taken_away_is_said_good_bye),
		CASE(a_peer_that_goes_to_another_meeting_needs_another_session),
		CASE(a_listener_behind_a_firewall_hears_by_tcp),
		CASE(a_speaker_behind_a_firewall_is_heard_by_tcp_over_ipv6),
		CASE(a_listener_whose_nat_forgets_hears_at_its_new_port),
		CASE(a_tcp_connection_that_ends_is_a_peer_disconnected_and_a_new_one_revives_it),
		CASE(a_name_of_the_configuration_is_nobody_elses),
		CASE(a_refused_document_changes_nothing_of_the_transport),
		CASE(a_refused_document_leaves_the_session_it_would_have_ended),
		CASE(garbage_is_counted_by_kind_and_disturbs_nobody),
		CASE(a_bad_message_ends_the_connection_and_nothing_else),
		CASE(signaling_that_was_away_is_told_all_levels),
		CASE(the_tap_gives_what_passed_the_gate),
		CASE(each_packet_is_counted_once_wherever_it_goes),
		CASE(sigterm_says_good_bye_and_ends_cleanly),
		CASE(a_start_that_cannot_be_says_why_in_one_line),
	};
	if (argc != 3 || crypt_start() < 0)
		return 2;
	program = argv[1];
	workers = (unsigned)atoi(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
