/* The control end: examples of the paper, what reaches the port, what is said back. */
#include "common/control/frame.h"
#include "sfu/control/control.h"
#include "sfu/control/tap.h"
#include "sfu/control/unit.h"
#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/oom.h"

#include <jansson.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FINGERPRINT                                                                         \
	"12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:" \
	"78:9A:BC:DE:F0"

/* The meeting and the peer that PROTOCOL.md shows in sections 3.1 and 3.2. */
static const char meeting_demo[] =
	"{\"id\": \"demo\", \"event\": 12, \"mode\": \"floor\", \"open\": [\"KEN\", \"chair\"],"
	" \"visible\": [\"KEN\", \"chair\"], \"speaker\": \"KEN\", \"chair\": \"chair\","
	" \"content\": \"KEN\", \"channels\": [{\"id\": \"fr\", \"desk\": \"fr-1\", \"next\": \"fr-2\"},"
	" {\"id\": \"es\", \"desk\": null}], \"record\": true}";

#define PEER_ICE(remote)                                                      \
	"\"ice\": {\"ufrag\": \"aB3d\", \"pwd\": \"0123456789abcdef012345\"," \
	" \"remote_ufrag\": \"" remote "\", \"remote_pwd\": \"abcdefghijklmnopqrstuvwx\"}"
#define PEER_DTLS "\"dtls\": {\"setup\": \"passive\", \"fingerprint\": \"sha-256 " FINGERPRINT "\"}"
#define PEER_SEND                                                                               \
	"{\"mid\": \"0\", \"kind\": \"audio\", \"source\": \"KEN\", \"media\": \"microphone\"," \
	" \"csrc\": 1001, \"codec\": \"opus\", \"pt\": 111, \"ssrcs\": [305419896],"            \
	" \"ext\": {\"mid\": 4, \"level\": 1, \"twcc\": 3, \"abs_capture\": 0}},"               \
	"{\"mid\": \"1\", \"kind\": \"video\", \"source\": \"KEN\", \"media\": \"camera\","     \
	" \"csrc\": 1001, \"codec\": \"vp8\", \"pt\": 96, \"rtx_pt\": 97, \"ssrcs\": [],"       \
	" \"rids\": [\"q\", \"h\", \"f\"], \"ext\": {\"mid\": 4, \"rid\": 10,"                  \
	" \"repaired_rid\": 11, \"twcc\": 3}}"
#define PEER_RECV                                                                      \
	"{\"mid\": \"3\", \"kind\": \"audio\", \"ssrc\": 2001, \"codec\": \"opus\","   \
	" \"pt\": 111, \"nack\": true, \"ext\": {\"mid\": 4, \"level\": 1},"           \
	" \"feed\": \"channel-fr\", \"rank\": 0, \"mix\": \"rank\"},"                  \
	"{\"mid\": \"6\", \"kind\": \"video\", \"ssrc\": 2002, \"rtx_ssrc\": 2003,"    \
	" \"codec\": \"vp8\", \"pt\": 96, \"rtx_pt\": 97,"                             \
	" \"also\": [{\"codec\": \"vp9\", \"pt\": 98, \"rtx_pt\": 99},"                \
	" {\"codec\": \"h264\", \"pt\": 102}], \"nack\": true, \"ext\": {\"mid\": 4}," \
	" \"feed\": \"speaker\", \"rank\": 0, \"max_height\": 720, \"priority\": 2}"

static const char peer_ken[] = "{\"id\": \"p7Gh2\", \"meeting\": \"demo\", \"worker\": 0," PEER_ICE(
	"xYz1") "," PEER_DTLS ", \"send\": [" PEER_SEND "], \"recv\": [" PEER_RECV "]}";

/* A port that writes down what it is asked. */
struct fixture {
	struct control *control;
	char calls[512];
	int answer; /* of the setters */
	struct router_send send[2];
	struct router_recv recv[2];
	struct control_peer peer;
	size_t n_open;
	char desk[ROUTER_NAME_MAX + 1];
	char next[ROUTER_NAME_MAX + 1];
	char error[CONTROL_ERROR_LEN];
	char *unit; /* the text of the last one set */
	bool busy;  /* not done with what it was told */
};

static void note(struct fixture *fixture, const char *what, const char *id)
{
	const size_t len = strlen(fixture->calls);
	(void)snprintf(fixture->calls + len, sizeof(fixture->calls) - len, "%s %s;", what, id);
}

static void keep_unit(struct fixture *fixture)
{
	rs_release(fixture->unit);
	fixture->unit = control_unit_text(fixture->control);
}

static bool is_idle(void *ctx)
{
	const struct fixture *fixture = ctx;
	return !fixture->busy;
}

static int on_meeting_set(void *ctx, const struct router_meeting *meeting, rs_time now)
{
	struct fixture *fixture = ctx;
	note(fixture, "meeting", meeting->id);
	fixture->n_open = meeting->n_open;
	if (meeting->n_channels == 2 && meeting->channels[1].desk == NULL &&
		meeting->channels[1].next == NULL) {
		(void)snprintf(
			fixture->desk, sizeof(fixture->desk), "%s", meeting->channels[0].desk);
		(void)snprintf(
			fixture->next, sizeof(fixture->next), "%s", meeting->channels[0].next);
	}
	keep_unit(fixture);
	return fixture->answer;
}

static void on_meeting_remove(void *ctx, const char *id, rs_time now)
{
	note(ctx, "no-meeting", id);
}

static int on_peer_set(void *ctx, const struct control_peer *peer, rs_time now)
{
	struct fixture *fixture = ctx;
	note(fixture, "peer", peer->router.id);
	fixture->peer = *peer;
	for (size_t i = 0; i < peer->router.n_sends && i < 2; i++)
		fixture->send[i] = peer->router.sends[i];
	for (size_t i = 0; i < peer->router.n_recvs && i < 2; i++)
		fixture->recv[i] = peer->router.recvs[i];
	keep_unit(fixture);
	return fixture->answer;
}

static void on_peer_remove(void *ctx, const char *id, rs_time now)
{
	note(ctx, "no-peer", id);
}

static const struct control_port port = {
	.meeting_set = on_meeting_set,
	.meeting_remove = on_meeting_remove,
	.peer_set = on_peer_set,
	.peer_remove = on_peer_remove,
	.ready = is_idle,
	.done = is_idle,
};

static int make(void *ctx, struct control **out_control)
{
	static const char *const addresses[] = { "127.0.0.1:50000", "[::1]:50000" };
	const struct control_worker worker = {
		.addresses = addresses, .n = 2, .tcp = addresses + 1, .n_tcp = 1
	};
	const struct control_config config = {
		.node = "sfu-1",
		.instance = "k3Jd92ms",
		.fingerprint = FINGERPRINT,
		.tap = "/run/rostrum/tap.sock",
		.workers = &worker,
		.n_workers = 1,
		.meetings = 2,
		.peers = 2,
		.port = &port,
		.ctx = ctx,
	};
	return control_new(&config, out_control);
}

static int setup(void **state)
{
	struct fixture *fixture = rs_zalloc(sizeof(*fixture));
	log_nothing();
	*state = fixture;
	return make(fixture, &fixture->control);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	control_free(fixture->control);
	rs_release(fixture->unit);
	rs_release(fixture);
	return rs_mem_alive() == 0 ? 0 : -1;
}

static int say(struct fixture *fixture, const char *format, ...) RS_PRINTF(2, 3);

static int say(struct fixture *fixture, const char *format, ...)
{
	char text[8192];
	va_list args;
	va_start(args, format);
	const int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert_in_range(n, 1, sizeof(text) - 1);
	return control_recv(fixture->control, text, (size_t)n, 0, fixture->error);
}

/* The next message said, or NULL. */
static json_t *heard(struct fixture *fixture)
{
	struct rs_buf *out = control_output(fixture->control);
	struct frame_reader reader;
	struct frame frame;
	frame_reader_init(&reader);
	assert_int_equal(frame_reader_feed(&reader, rs_buf_data(out), rs_buf_len(out)), 0);
	json_t *message = NULL;
	if (frame_reader_next(&reader, &frame) == 1) {
		message = json_loadb((const char *)frame.body, frame.len, 0, NULL);
		rs_buf_consume(out, FRAME_HEADER_LEN + frame.len);
	}
	frame_reader_done(&reader);
	return message;
}

static void expect_heard(struct fixture *fixture, const char *wanted)
{
	json_t *message = heard(fixture);
	json_t *expected = json_loads(wanted, 0, NULL);
	assert_non_null(expected);
	if (!json_equal(message, expected)) {
		char *text = json_dumps(message, 0);
		fail_msg("%s instead of %s", text, wanted);
	}
	json_decref(message);
	json_decref(expected);
}

static void hello_says_who_and_that_there_is_no_state(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	expect_heard(fixture,
		"{\"type\": \"hello\", \"protocol\": \"rostrum.control.1\", \"kind\": \"sfu\","
		" \"node\": \"sfu-1\", \"instance\": \"k3Jd92ms\", \"revision\": 0, \"state\": null,"
		" \"fingerprint\": \"sha-256 " FINGERPRINT "\", \"workers\": [{\"addresses\":"
		" [\"127.0.0.1:50000\", \"[::1]:50000\"], \"tcp\": [\"[::1]:50000\"]}], \"tap\": \"/run/rostrum/tap.sock\"}");
	assert_null(heard(fixture));
}

static void the_papers_meeting_and_peer_reach_the_port(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(say(fixture, "{\"type\": \"meeting\", \"revision\": 42, \"meeting\": %s}",
				 meeting_demo),
		0);
	assert_int_equal(
		say(fixture, "{\"type\": \"peer\", \"revision\": 43, \"peer\": %s}", peer_ken), 0);
	assert_string_equal(fixture->calls, "meeting demo;peer p7Gh2;");
	assert_int_equal(fixture->n_open, 2);
	assert_string_equal(fixture->desk, "fr-1");
	assert_string_equal(fixture->next, "fr-2");
	assert_string_equal(fixture->peer.local.ufrag, "aB3d");
	assert_string_equal(fixture->peer.remote.pwd, "abcdefghijklmnopqrstuvwx");
	assert_int_equal(fixture->peer.fingerprint.hash, DTLS_SHA256);
	assert_int_equal(fixture->peer.fingerprint.digest[4], 0x9A);
	assert_int_equal(fixture->send[0].media, ROUTER_MICROPHONE);
	assert_int_equal(fixture->send[0].ssrc, 305419896);
	assert_int_equal(fixture->send[0].ext.level, 1);
	assert_int_equal(fixture->send[1].n_rids, 3);
	assert_int_equal(fixture->send[1].rtx_pt, 97);
	assert_int_equal(fixture->send[1].ext.repaired_rid, 11);
	assert_false(fixture->recv[0].video);
	assert_true(fixture->recv[0].nack);
	assert_int_equal(fixture->recv[1].rtx_ssrc, 2003);
	assert_int_equal(fixture->recv[1].max_height, 720);
	assert_int_equal(fixture->recv[1].priority, 2);
	assert_false(fixture->recv[1].paused);
	assert_int_equal(fixture->recv[1].n_also, 2);
	assert_int_equal(fixture->recv[1].also[0].codec, ROUTER_VP9);
	assert_int_equal(fixture->recv[1].also[0].rtx_pt, 99);
	assert_int_equal(fixture->recv[1].also[1].codec, ROUTER_H264);
	assert_int_equal(fixture->recv[1].also[1].pt, 102);
}

static void applied_is_said_once_for_several_messages(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	assert_int_equal(control_applied(fixture->control), 0);
	assert_null(heard(fixture));
	assert_int_equal(say(fixture, "{\"type\": \"meeting\", \"revision\": 1, \"meeting\": %s}",
				 meeting_demo),
		0);
	assert_int_equal(
		say(fixture, "{\"type\": \"peer\", \"revision\": 2, \"peer\": %s}", peer_ken), 0);
	assert_int_equal(control_applied(fixture->control), 0);
	expect_heard(fixture, "{\"type\": \"applied\", \"revision\": 2}");
	assert_null(heard(fixture));
}

static void what_is_said_again_does_not_reach_the_port(void **state)
{
	struct fixture *fixture = *state;
	for (int revision = 1; revision < 4; revision++)
		assert_int_equal(
			say(fixture,
				"{\"type\": \"state\", \"revision\": %d, \"meetings\": [%s],"
				" \"peers\": [%s]}",
				revision, meeting_demo, peer_ken),
			0);
	assert_string_equal(fixture->calls, "meeting demo;peer p7Gh2;");
	assert_int_equal(control_counters(fixture->control)->unchanged, 4);
}

static void state_takes_away_what_it_does_not_list(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(
		say(fixture,
			"{\"type\": \"state\", \"revision\": 1, \"meetings\": [%s], \"peers\": [%s]}",
			meeting_demo, peer_ken),
		0);
	assert_int_equal(
		say(fixture,
			"{\"type\": \"state\", \"revision\": 2, \"meetings\": [], \"peers\": []}"),
		0);
	assert_string_equal(
		fixture->calls, "meeting demo;peer p7Gh2;no-peer p7Gh2;no-meeting demo;");
	assert_int_equal(
		say(fixture, "{\"type\": \"peer-gone\", \"revision\": 3, \"peer\": \"p7Gh2\"}"), 0);
	assert_int_equal(
		say(fixture,
			"{\"type\": \"meeting-gone\", \"revision\": 4, \"meeting\": \"demo\"}"),
		0);
	assert_string_equal(
		fixture->calls, "meeting demo;peer p7Gh2;no-peer p7Gh2;no-meeting demo;");
}

/* KEN's source, at a worker. */
static void flows(struct fixture *fixture, unsigned worker, enum router_media media, bool flowing)
{
	control_report_source(fixture->control, worker,
		&(struct router_event){
			.meeting = "demo", .source = "KEN", .media = media, .flowing = flowing });
}

#define WANTS(layers)                                                                     \
	"{\"type\": \"layers\", \"peer\": \"p7Gh2\", \"mid\": \"1\", \"wanted\": " layers \
	", \"of\": 3}"

/* So many layers of a peer's camera are wanted. */
static void wants(struct fixture *fixture, const char *peer, unsigned layers)
{
	struct router_event event = {
		.kind = ROUTER_EVENT_LAYERS, .mid = "1", .layers = layers, .of = 3
	};
	(void)snprintf(event.peer_id, sizeof(event.peer_id), "%s", peer);
	control_report_layers(fixture->control, &event);
}

static void what_rests_is_said_again_at_hello_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(
		say(fixture,
			"{\"type\": \"state\", \"revision\": 7, \"meetings\": [%s], \"peers\": [%s]}",
			meeting_demo, peer_ken),
		0);
	wants(fixture, "p7Gh2", 1);
	wants(fixture, "nobody", 1);
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture)); /* hello */
	expect_heard(fixture, WANTS("1"));
	assert_null(heard(fixture));
	wants(fixture, "p7Gh2", 3);
	expect_heard(fixture, WANTS("3"));
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	assert_null(heard(fixture));

	/* Of who has gone nothing is said. */
	wants(fixture, "p7Gh2", 1);
	json_decref(heard(fixture));
	assert_int_equal(
		say(fixture, "{\"type\": \"peer-gone\", \"revision\": 8, \"peer\": \"p7Gh2\"}"), 0);
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	assert_null(heard(fixture));
}

static void hello_gives_the_state_and_the_last_reports_back(void **state)
{
	struct fixture *fixture = *state;
	char wanted[8192];
	assert_int_equal(
		say(fixture,
			"{\"type\": \"state\", \"revision\": 7, \"meetings\": [%s], \"peers\": [%s]}",
			meeting_demo, peer_ken),
		0);
	control_report_peer(fixture->control, "p7Gh2", CONTROL_CONNECTED, "");
	control_report_peer(fixture->control, "nobody", CONTROL_CONNECTED, "");
	flows(fixture, 0, ROUTER_CAMERA, true);
	flows(fixture, 0, ROUTER_MICROPHONE, true);
	flows(fixture, 0, ROUTER_MICROPHONE, false);

	assert_int_equal(control_open(fixture->control), 0);
	json_t *hello = heard(fixture);
	(void)snprintf(wanted, sizeof(wanted),
		"{\"type\": \"state\", \"revision\": 7, \"meetings\": [%s], \"peers\": [%s]}",
		meeting_demo, peer_ken);
	json_t *expected = json_loads(wanted, 0, NULL);
	assert_true(json_equal(json_object_get(hello, "state"), expected));
	assert_int_equal(json_integer_value(json_object_get(hello, "revision")), 7);
	json_decref(expected);
	json_decref(hello);
	expect_heard(fixture,
		"{\"type\": \"peer\", \"peer\": \"p7Gh2\", \"state\": \"connected\", \"reason\": \"\"}");
	expect_heard(fixture,
		"{\"type\": \"source\", \"meeting\": \"demo\", \"source\": \"KEN\", \"media\": \"camera\","
		" \"flowing\": true}");
	assert_null(heard(fixture));
}

static void an_error_names_the_member_and_applies_nothing(void **state)
{
	static const struct {
		const char *text;
		const char *named;
	} bad[] = {
		{ "{", "no JSON" },
		{ "[]", "message: an object" },
		{ "{\"revision\": 1}", "message.type" },
		{ "{\"type\": \"meeting\", \"meeting\": {}}", "message.revision" },
		{ "{\"type\": \"meeting\", \"revision\": 1}", "message.meeting" },
		{ "{\"type\": \"meeting\", \"revision\": 1, \"meeting\": {\"id\": \"a b\"}}",
			"message.meeting.id" },
		{ "{\"type\": \"meeting\", \"revision\": 1, \"meeting\": {\"id\": \"a\", \"event\": 1,"
		  " \"mode\": \"loud\"}}",
			"message.meeting.mode: floor or direct" },
		{ "{\"type\": \"peer\", \"revision\": 1, \"peer\": {\"id\": \"a\", \"meeting\": \"m\","
		  " \"ice\": {\"ufrag\": \"a\"}}}",
			"message.peer.ice.ufrag" },
		{ "{\"type\": \"peer\", \"revision\": 1, \"peer\": {\"id\": \"a\", \"meeting\": \"m\"," PEER_ICE(
			  "abcd") ", \"dtls\": {\"setup\": \"active\", \"fingerprint\": \"sha-256 1\"}}}",
			"message.peer.dtls.setup: passive" },
		{ "{\"type\": \"peer\", \"revision\": 1, \"peer\": {\"id\": \"a\", \"meeting\": \"m\"," PEER_ICE(
			  "abcd") "," PEER_DTLS ", \"send\": [" PEER_SEND
				  ", {\"mid\": \"2\", \"source\": \"a\", \"media\": \"content\","
				  " \"csrc\": 1, \"codec\": \"vp8\", \"pt\": 200}]}}",
			"message.peer.send[2].pt" },
		{ "{\"type\": \"state\", \"revision\": 1, \"meetings\": [{\"id\": \"a\", \"event\": 1,"
		  " \"mode\": \"floor\"}, {\"id\": \"a\", \"event\": 1, \"mode\": \"floor\"}], \"peers\": []}",
			"message.meetings[1].id" },
		{ "{\"type\": \"state\", \"revision\": 1, \"meetings\": [{\"id\": \"a\", \"event\": 1,"
		  " \"mode\": \"floor\"}], \"peers\": [{}]}",
			"message.peers[0].ice" },
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		assert_int_equal(say(fixture, "%s", bad[i].text), -EBADMSG);
		if (strstr(fixture->error, bad[i].named) == NULL)
			fail_msg("\"%s\" does not name %s", fixture->error, bad[i].named);
	}
	assert_string_equal(fixture->calls, "");
	assert_int_equal(control_counters(fixture->control)->bad_messages, RS_ARRAY_LEN(bad));
}

static void a_desk_that_is_heard_elsewhere_is_left_out_and_all_else_is_followed(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *open, *first, *second; /* desks of two channels */
	} bad[] = {
		{ "[]", "fr-1", "fr-1" },
		{ "[\"KEN\", \"en-1\"]", "fr-1", "en-1" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		fixture->desk[0] = '\0';
		assert_int_equal(
			say(fixture,
				"{\"type\": \"meeting\", \"revision\": %zu, \"meeting\":"
				" {\"id\": \"a\", \"event\": %zu, \"mode\": \"floor\", \"open\": %s,"
				" \"channels\": [{\"id\": \"fr\", \"desk\": \"%s\", \"next\": \"fr-2\"},"
				" {\"id\": \"en\", \"desk\": \"%s\"}]}}",
				i + 1, i + 1, bad[i].open, bad[i].first, bad[i].second),
			0);
		assert_string_equal(fixture->desk, "fr-1"); /* and the other has none */
		assert_int_equal(fixture->n_open, 2 * i);
		assert_int_equal(control_counters(fixture->control)->refused, i + 1);
	}
}

static void a_revision_that_does_not_grow_ends_the_connection(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	assert_int_equal(
		say(fixture, "{\"type\": \"peer-gone\", \"revision\": 5, \"peer\": \"a\"}"), 0);
	assert_int_equal(
		say(fixture, "{\"type\": \"peer-gone\", \"revision\": 5, \"peer\": \"a\"}"),
		-EBADMSG);
	assert_non_null(strstr(fixture->error, "message.revision"));
	/* Another connection may begin anywhere: signaling may have lost its count. */
	assert_int_equal(control_open(fixture->control), 0);
	assert_int_equal(
		say(fixture, "{\"type\": \"peer-gone\", \"revision\": 1, \"peer\": \"a\"}"), 0);
}

static void an_unknown_message_is_counted_and_ignored(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(say(fixture, "{\"type\": \"weather\"}"), 0);
	assert_int_equal(control_counters(fixture->control)->unknown_messages, 1);
}

static int say_meeting(struct fixture *fixture, int revision, const char *id)
{
	return say(fixture,
		"{\"type\": \"meeting\", \"revision\": %d, \"meeting\": {\"id\": \"%s\", \"event\": 1,"
		" \"mode\": \"floor\"}}",
		revision, id);
}

static void one_meeting_over_the_limit_is_refused(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(say_meeting(fixture, 1, "a"), 0);
	assert_int_equal(say_meeting(fixture, 2, "b"), 0);
	assert_int_equal(say_meeting(fixture, 3, "c"), 0);
	assert_string_equal(fixture->calls, "meeting a;meeting b;");
	assert_int_equal(control_counters(fixture->control)->refused, 1);
}

static void a_refused_peer_is_reported_and_asked_for_again(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	fixture->answer = -EINVAL;
	assert_int_equal(
		say(fixture, "{\"type\": \"peer\", \"revision\": 1, \"peer\": %s}", peer_ken), 0);
	expect_heard(fixture, "{\"type\": \"peer\", \"peer\": \"p7Gh2\", \"state\": \"failed\","
			      " \"reason\": \"not acceptable\"}");
	fixture->answer = 0;
	assert_int_equal(
		say(fixture, "{\"type\": \"peer\", \"revision\": 2, \"peer\": %s}", peer_ken), 0);
	assert_string_equal(fixture->calls, "peer p7Gh2;peer p7Gh2;");
}

/* With one counter. */
static struct control_stats *stats_of(uint64_t oversized)
{
	struct control_stats *stats = NULL;
	assert_int_equal(control_stats_new(&stats), 0);
	control_stats_counter(stats, "rx_oversized", oversized);
	return stats;
}

static void a_source_flows_while_it_does_at_any_worker(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	flows(fixture, 0, ROUTER_CAMERA, true);
	expect_heard(fixture,
		"{\"type\": \"source\", \"meeting\": \"demo\", \"source\": \"KEN\", \"media\": \"camera\","
		" \"flowing\": true}");
	flows(fixture, 63, ROUTER_CAMERA, true); /* another publisher took it over */
	flows(fixture, 0, ROUTER_CAMERA, false);
	assert_null(heard(fixture));
	flows(fixture, 63, ROUTER_CAMERA, false);
	expect_heard(fixture,
		"{\"type\": \"source\", \"meeting\": \"demo\", \"source\": \"KEN\", \"media\": \"camera\","
		" \"flowing\": false}");
}

static void applied_waits_until_the_port_is_done(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	assert_true(control_is_ready(fixture->control));
	fixture->busy = true;
	assert_int_equal(say(fixture, "{\"type\": \"meeting\", \"revision\": 42, \"meeting\": %s}",
				 meeting_demo),
		0);
	assert_int_equal(control_applied(fixture->control), 0);
	assert_null(heard(fixture));
	assert_false(control_is_ready(fixture->control));
	fixture->busy = false;
	assert_int_equal(control_applied(fixture->control), 0);
	expect_heard(fixture, "{\"type\": \"applied\", \"revision\": 42}");
	assert_int_equal(control_applied(fixture->control), 0);
	assert_null(heard(fixture));
}

static void a_refusal_that_comes_later_is_reported(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	control_peer_refused(fixture->control, "p7Gh2", -E2BIG);
	expect_heard(fixture,
		"{\"type\": \"peer\", \"peer\": \"p7Gh2\", \"state\": \"failed\", \"reason\": \"limit reached\"}");
	assert_int_equal(control_counters(fixture->control)->refused, 1);
}

static void a_unit_reads_the_same_on_another_thread(void **state)
{
	struct fixture *fixture = *state;
	struct control_reader *reader = NULL;
	const struct control_peer *peer = NULL;
	const struct router_meeting *meeting = NULL;
	assert_int_equal(control_reader_new(&reader), 0);
	assert_int_equal(
		say(fixture, "{\"type\": \"peer\", \"revision\": 42, \"peer\": %s}", peer_ken), 0);
	assert_int_equal(control_read_peer(reader, fixture->unit, &peer), 0);
	assert_string_equal(peer->router.id, "p7Gh2");
	assert_int_equal(peer->router.n_recvs, 2);
	assert_string_equal(peer->router.recvs[0].feed, "channel-fr");
	assert_string_equal(peer->local.ufrag, "aB3d");
	assert_int_equal(say(fixture, "{\"type\": \"meeting\", \"revision\": 43, \"meeting\": %s}",
				 meeting_demo),
		0);
	assert_int_equal(control_read_meeting(reader, fixture->unit, &meeting), 0);
	assert_int_equal(meeting->n_open, 2);
	assert_int_equal(control_read_peer(reader, fixture->unit, &peer), -EBADMSG);
	assert_int_equal(control_read_peer(reader, "{", &peer), -EBADMSG);
	control_reader_free(reader);
}

/* The home of a peer is the worker it was told. */
static void a_peer_is_at_home_at_its_worker(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(
		say(fixture,
			"{\"type\": \"peer\", \"revision\": 1, \"peer\": {\"id\": \"p\", \"meeting\": \"demo\","
			" \"worker\": 3, " PEER_ICE("xYz1") "," PEER_DTLS
							    ", \"send\": [], \"recv\": []}}"),
		0);
	assert_int_equal(fixture->peer.worker, 3);
	assert_int_equal(fixture->peer.router.home, 3);
}

static void gate_and_stats_are_said_as_the_paper_has_them(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	control_report_gate(
		fixture->control, "demo", 12, "KEN", 1795305600123456, 1795305600131002);
	expect_heard(fixture,
		"{\"type\": \"gate\", \"meeting\": \"demo\", \"event\": 12, \"source\": \"KEN\","
		" \"opened_us\": 1795305600123456, \"first_us\": 1795305600131002}");
	struct control_stats *stats = stats_of(9);
	control_stats_peer(stats, "p7Gh2",
		&(struct router_peer_stats){ .rx_packets = 3,
			.rx_lost = 1,
			.tx_packets = 4,
			.rx_octets = 300,
			.tx_octets = 400,
			.rx_at = RS_SEC(1),
			.rtt_ms = 20 },
		RS_MS(1750));
	control_stats_source(stats, &(struct router_source_stats){ .meeting = "demo",
					    .source = "KEN",
					    .media = ROUTER_MICROPHONE,
					    .packets = 3,
					    .gated = 2,
					    .level_dbov = -30,
					    .speaking = true,
					    .audio_khz = 20,
					    .channels = 1,
					    .fit = ROUTER_FIT,
					    .clipping_permille = 7,
					    .loss_permille = 21,
					    .jitter_ms = 4 });
	control_report_stats(fixture->control, stats);
	expect_heard(fixture,
		"{\"type\": \"stats\", \"peers\": [{\"peer\": \"p7Gh2\", \"rx_packets\": 3, \"rx_lost\": 1,"
		" \"rx_octets\": 300, \"tx_packets\": 4, \"tx_octets\": 400, \"rtt_ms\": 20, \"idle_ms\": 750}], \"sources\": [{\"meeting\": \"demo\", \"source\":"
		" \"KEN\", \"media\": \"microphone\", \"packets\": 3, \"gated\": 2, \"level_dbov\": -30, \"speaking\": true,"
		" \"audio_khz\": 20, \"channels\": 1, \"fit\": \"yes\", \"clipping_permille\": 7,"
		" \"loss_permille\": 21, \"jitter_ms\": 4}],"
		" \"counters\": {\"rx_oversized\": 9}, \"gauges\": {}, \"worst\": {}, \"histograms\": {}, \"watched\": []}");
}

static void levels_are_said(void **state)
{
	struct fixture *fixture = *state;
	struct control_levels *levels = NULL;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	assert_int_equal(control_levels_new(&levels), 0);
	control_levels_add(levels, &(struct router_level){ "demo", "KEN", -23, -9 });
	control_report_levels(fixture->control, levels);
	expect_heard(fixture,
		"{\"type\": \"levels\", \"meeting\": \"demo\", \"sources\": [\"KEN\"], \"levels\": [-23], \"peaks\": [-9]}");
}

static void parts_of_stats_are_joined_and_counters_added_up(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(control_open(fixture->control), 0);
	json_decref(heard(fixture));
	struct control_stats *stats = stats_of(9);
	struct control_stats *part = stats_of(4);
	static const uint32_t bounds[2] = { 100, 1000 };
	static const uint64_t counts[3] = { 5, 3, 1 };
	control_stats_counter(part, "dtls_stray", 1);
	control_stats_gauge(stats, "peers", 2);
	control_stats_gauge(part, "peers", 3);
	control_stats_worst(stats, "turn_us", 700);
	control_stats_worst(part, "turn_us", 600);
	control_stats_histogram(stats, "transit_us", bounds, counts, 2, 2500);
	control_stats_histogram(part, "transit_us", bounds, counts, 2, 2500);
	control_stats_peer(
		part, "p7Gh2", &(struct router_peer_stats){ .rx_packets = 3 }, RS_SEC(1));
	control_stats_join(stats, part);
	control_report_stats(fixture->control, stats);
	expect_heard(fixture,
		"{\"type\": \"stats\", \"peers\": [{\"peer\": \"p7Gh2\", \"rx_packets\": 3, \"rx_lost\": 0,"
		" \"rx_octets\": 0, \"tx_packets\": 0, \"tx_octets\": 0, \"rtt_ms\": 0}], \"sources\": [],"
		" \"counters\": {\"rx_oversized\": 13, \"dtls_stray\": 1}, \"gauges\": {\"peers\": 5},"
		" \"worst\": {\"turn_us\": 700}, \"histograms\": {\"transit_us\": {\"bounds\": [100, 1000],"
		" \"counts\": [10, 6, 2], \"sum\": 5000}}, \"watched\": []}");
}

static void without_a_connection_nothing_is_queued(void **state)
{
	struct fixture *fixture = *state;
	control_report_gate(fixture->control, "demo", 1, "KEN", 1, 2);
	assert_false(control_is_open(fixture->control));
	control_report_stats(fixture->control, stats_of(1));
	assert_int_equal(rs_buf_len(control_output(fixture->control)), 0);
}

/* What the paper shows signaling say to an SFU is taken; the rest is said by nodes or to recorders. */
static void take_example(void *ctx, const char *kind, size_t line, const char *text)
{
	struct fixture *fixture = ctx;
	char error[CONTROL_ERROR_LEN] = "";
	struct tap_request request;
	if (strcmp(kind, "tap") == 0)
		assert_int_equal(tap_request_parse(text, strlen(text), &request, error), 0);
	else if (strstr(text, "\"mode\"") != NULL || strstr(text, "\"remote_ufrag\"") != NULL)
		assert_int_equal(control_recv(fixture->control, text, strlen(text), 0, error), 0);
	assert_string_equal(error, "");
}

static void every_example_of_the_paper_is_taken(void **state)
{
	struct fixture *fixture = *state;
	assert_true(examples_each("common/control/PROTOCOL.md", take_example, fixture) > 8);
	assert_string_equal(fixture->calls, "meeting demo;peer p7Gh2;");
}

static int make_and_say_hello(void *ctx)
{
	struct control *control = NULL;
	int err = make(ctx, &control);
	if (err == 0)
		err = control_open(control);
	control_free(control);
	/* A buffer that cannot grow for lack of memory is as full as one at its limit. */
	return err == -E2BIG ? -ENOMEM : err;
}

static int make_and_read(void *ctx)
{
	struct control_reader *reader = NULL;
	const struct control_peer *peer = NULL;
	int err = control_reader_new(&reader);
	if (err == 0)
		err = control_read_peer(reader, peer_ken, &peer);
	control_reader_free(reader);
	return err;
}

static void it_survives_any_allocation_that_fails(void **state)
{
	check_oom(make_and_say_hello, *state);
	check_oom(make_and_read, NULL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(hello_says_who_and_that_there_is_no_state),
		CASE(the_papers_meeting_and_peer_reach_the_port),
		CASE(applied_is_said_once_for_several_messages),
		CASE(what_is_said_again_does_not_reach_the_port),
		CASE(state_takes_away_what_it_does_not_list),
		CASE(hello_gives_the_state_and_the_last_reports_back),
		CASE(what_rests_is_said_again_at_hello_and_nothing_else),
		CASE(an_error_names_the_member_and_applies_nothing),
		CASE(a_desk_that_is_heard_elsewhere_is_left_out_and_all_else_is_followed),
		CASE(a_revision_that_does_not_grow_ends_the_connection),
		CASE(an_unknown_message_is_counted_and_ignored),
		CASE(one_meeting_over_the_limit_is_refused),
		CASE(a_refused_peer_is_reported_and_asked_for_again),
		CASE(gate_and_stats_are_said_as_the_paper_has_them),
		CASE(a_source_flows_while_it_does_at_any_worker),
		CASE(applied_waits_until_the_port_is_done),
		CASE(a_refusal_that_comes_later_is_reported),
		CASE(a_unit_reads_the_same_on_another_thread),
		CASE(a_peer_is_at_home_at_its_worker),
		CASE(levels_are_said),
		CASE(parts_of_stats_are_joined_and_counters_added_up),
		CASE(without_a_connection_nothing_is_queued),
		CASE(every_example_of_the_paper_is_taken),
		CASE(it_survives_any_allocation_that_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
