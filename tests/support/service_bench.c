#include "tests/support/service_bench.h"
#include "tests/support/viewer.h"

#include "common/base/text.h"
#include "signaling/ballot/ballot.h"
#include "tests/support/examples.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Profiles of conf/rules, at most. */
#define PROFILES_MAX 16
#define PART_MAX ((size_t)1 << 20)

/* "meeting/badge/role"; "expired/..." has expired, anything without two slashes is no token. */
static void derive(void *ctx, const char *label, uint8_t out[RS_SHA256_LEN])
{
	(void)ctx; /* what it says of the label is enough */
	rs_sha256(label, strlen(label), out);
}

static int verify(void *ctx, const char *token, int64_t wall_ms, struct claims *out_claims)
{
	const char *first = strchr(token, '/');
	const char *second = first != NULL ? strchr(first + 1, '/') : NULL;
	(void)ctx;
	*out_claims = (struct claims){ .expires_s = wall_ms / 1000 };
	if (second == NULL || role_parse(second + 1, &out_claims->role) < 0)
		return -EACCES;
	(void)rs_copy_text(
		out_claims->meeting, sizeof(out_claims->meeting), token, (size_t)(first - token));
	(void)rs_copy_text(out_claims->badge, sizeof(out_claims->badge), first + 1,
		(size_t)(second - first - 1));
	return strcmp(out_claims->meeting, "expired") == 0 ? -ETIMEDOUT : 0;
}

static void answer_recv(struct peer_spec *peer, const struct peer_plan *plan)
{
	peer->n_recv = plan->n_recv;
	for (size_t i = 0; i < plan->n_recv; i++) {
		const struct peer_slot *slot = &plan->recv[i];
		struct peer_recv *recv = &peer->recv[i];
		*recv = (struct peer_recv){ .kind = slot->kind,
			.rank = slot->rank,
			.mix = slot->mix,
			.max_height = slot->max_height,
			.ssrc = 1000 + (uint32_t)i,
			.codec = "opus",
			.pt = 111 };
		(void)snprintf(recv->mid, sizeof(recv->mid), "%zu", plan->n_send + i);
		(void)rs_set_text(recv->feed, slot->feed);
	}
}

static int answer(void *ctx, const char *offer, size_t len, const struct peer_plan *plan,
	const struct peer_node *node, struct rs_rand *rand, struct peer_spec *peer,
	struct rs_buf *out_sdp, char why[PEER_WHY_LEN])
{
	(void)ctx;
	(void)node;
	if (len < 3 || memcmp(offer, "v=0", 3) != 0) {
		(void)snprintf(why, PEER_WHY_LEN, "no offer");
		return -EBADMSG;
	}
	rs_rand_text(rand, peer->ufrag, 8);
	(void)rs_set_text(peer->pwd, "0123456789abcdef012345");
	(void)rs_set_text(peer->remote_ufrag, "remote");
	(void)rs_set_text(peer->remote_pwd, "abcdefghijklmnopqrstuvwx");
	(void)rs_set_text(peer->fingerprint, "sha-256 00");
	peer->n_send = plan->n_send;
	for (size_t i = 0; i < plan->n_send; i++) {
		struct peer_send *send = &peer->send[i];
		*send = (struct peer_send){ .media = plan->send[i],
			.kind = plan->send[i] == PEER_MICROPHONE ? PEER_AUDIO : PEER_VIDEO,
			.csrc = plan->csrc,
			.codec = "opus",
			.pt = 111 };
		(void)snprintf(send->mid, sizeof(send->mid), "%zu", i);
		(void)rs_set_text(send->source, plan->source);
		for (; plan->send[i] == PEER_CAMERA && send->n_rids < 3; send->n_rids++)
			(void)snprintf(send->rids[send->n_rids], PEER_RID_MAX + 1, "%c",
				"qhf"[send->n_rids]);
	}
	answer_recv(peer, plan);
	return rs_buf_append(out_sdp, "v=0\r\n", 5);
}

static void add_rules(struct bench *bench, char *file, char error[SERVICE_ERROR_LEN])
{
	char path[EXAMPLES_NAME_MAX + 16];
	size_t len;
	(void)snprintf(path, sizeof(path), "conf/rules/%s", file);
	char *rules = examples_read(path, &len);
	*strrchr(file, '.') = '\0';
	const int err = service_add_rules(bench->service, file, rules, len, error);
	if (err < 0)
		(void)fprintf(stderr, "%s: %s\n", path, error);
	assert(err == 0);
	free(rules);
}

int bench_start(struct bench *bench, char error[SERVICE_ERROR_LEN])
{
	char profiles[PROFILES_MAX][EXAMPLES_NAME_MAX];
	int err = service_new(&bench->config, &bench->service);
	assert(err == 0);
	const size_t n = examples_list("conf/rules", ".json", profiles, PROFILES_MAX);
	for (size_t i = 0; i < n; i++)
		add_rules(bench, profiles[i], error);
	err = service_start(bench->service, bench->at, error);
	if (err == 0)
		bench_turn(bench);
	return err;
}

static void start(struct bench *bench)
{
	char error[SERVICE_ERROR_LEN] = "";
	const int err = bench_start(bench, error);
	if (err < 0)
		(void)fprintf(stderr, "%s\n", error);
	assert(err == 0);
}

struct bench *bench_new(const struct service_limits *limits)
{
	size_t len;
	char *demo = examples_read("conf/examples/demo.json", &len);
	struct bench *bench = bench_new_of(limits, demo);
	free(demo);
	return bench;
}

struct bench *bench_new_of(const struct service_limits *limits, const char *conference)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	if (bench == NULL || (bench->part = malloc(PART_MAX)) == NULL)
		abort();
	bench->fake = fake_store_new();
	rs_rand_init_seed(&bench->rand, 1);
	bench->at = (struct moment){ .now = RS_SEC(1), .wall_ms = 1795305600000 };
	bench->config = (struct service_config){
		.store = fake_store_port(bench->fake),
		.rand = &bench->rand,
		.limits = limits != NULL ? *limits : service_limits_default,
		.hello_timeout = RS_SEC(10),
		.lost_grace = RS_SEC(20),
		.media_grace = RS_SEC(2),
		.verify = verify,
		.derive = derive,
		.answer = answer,
	};
	start(bench);
	struct service_refusal refusal = { .text = "" };
	const struct service_files files = { .json = conference, .len = strlen(conference) };
	const int err = service_import(bench->service, 1, &files, bench->at, &refusal);
	if (err < 0)
		(void)fprintf(stderr, "%s\n", refusal.text);
	assert(err == 0);
	bench_turn(bench);
	return bench;
}

static void forget_lines(struct bench *bench)
{
	for (size_t i = 0; i < bench->n_lines; i++) {
		json_decref(bench->lines[i].heard);
		json_decref(bench->lines[i].view);
	}
	memset(bench->lines, 0, sizeof(bench->lines));
	bench->n_lines = 0;
}

void bench_free(struct bench *bench)
{
	service_free(bench->service);
	fake_store_free(bench->fake);
	forget_lines(bench);
	free(bench->part);
	free(bench->streamed);
	json_decref(bench->told);
	json_decref(bench->answer);
	free(bench);
}

void bench_restart(struct bench *bench)
{
	service_free(bench->service);
	forget_lines(bench);
	start(bench);
}

static void hear_view(struct bench_line *line, const json_t *message)
{
	const char *type = bench_text(message, "type");
	if (strcmp(type, "welcome") == 0) {
		line->event = (uint64_t)bench_int(message, "event");
		const json_t *view = json_object_get(message, "view");
		if (view != NULL) {
			json_decref(line->view);
			line->view = json_deep_copy(view);
		}
	}
	if (strcmp(type, "event") != 0)
		return;
	line->event = (uint64_t)bench_int(message, "event");
	json_t *view = viewer_merge(line->view, json_object_get(message, "patch"));
	json_decref(line->view);
	line->view = view;
}

static struct bench_line *line_of(struct bench *bench, uint64_t id)
{
	for (size_t i = 0; i < bench->n_lines; i++)
		if (bench->lines[i].id == id)
			return &bench->lines[i];
	return NULL;
}

/* Is the view, or a change of it? */
static bool shows(const char *text, size_t len)
{
	static const char *const heads[] = { "{\"type\":\"welcome\"", "{\"type\":\"event\"" };
	for (size_t i = 0; i < RS_ARRAY_LEN(heads); i++)
		if (len > strlen(heads[i]) && memcmp(text, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

/* What a message says, or all its parts once the last is there: they come in a row. NULL before that, and of what a brief
 * page keeps nothing of. */
static json_t *read_json(struct bench *bench, struct message *message, bool brief)
{
	assert((bench->n_part > 0) ==
		(message->part == MESSAGE_NEXT || message->part == MESSAGE_LAST));
	assert(message->len <= PART_MAX - bench->n_part);
	memcpy(bench->part + bench->n_part, message_text(message), message->len);
	bench->n_part += message->len;
	if (message->part == MESSAGE_FIRST || message->part == MESSAGE_NEXT)
		return NULL;
	const size_t len = bench->n_part;
	bench->n_part = 0;
	if (brief && shows(bench->part, len))
		return NULL;
	json_t *json = json_loadb(bench->part, len, 0, NULL);
	assert(json != NULL);
	return json;
}

static void hear_stream(struct bench *bench, struct service_out *out)
{
	bench->stream = out->to;
	bench->n_streamed++;
	free(bench->streamed);
	bench->streamed = strdup((const char *)message_text(out->message));
	message_unref(out->message);
}

void bench_make_key(struct bench *bench, int err)
{
	const uint64_t key = bench->key;
	bench->key = 0;
	if (err == 0)
		err = ballot_key_make(bench->key_path);
	service_ballot_key_made(bench->service, key, err, bench->at);
	bench_turn(bench);
}

static void hear_key(struct bench *bench, struct service_out *out)
{
	const bool fits = rs_copy_text(bench->key_path, sizeof(bench->key_path),
		(const char *)message_text(out->message), out->message->len);
	assert(fits && bench->key == 0);
	message_unref(out->message);
	bench->key = out->to;
	bench->n_keys++;
	if (!bench->slow_keys)
		bench_make_key(bench, 0);
}

static void hear(struct bench *bench, struct service_out *out)
{
	if (out->kind == SERVICE_MAKE_BALLOT_KEY) {
		hear_key(bench, out);
		return;
	}
	if (out->kind == SERVICE_STREAM) {
		hear_stream(bench, out);
		return;
	}
	if (out->kind == SERVICE_ARCHIVED) {
		bench->n_archived++;
		return;
	}
	if (out->kind == SERVICE_END_STREAM) {
		bench->stream_ended = out->to;
		return;
	}
	if (out->kind == SERVICE_SEND_FRAME) {
		bench->n_frames++;
		bench->frame_len = out->message->len;
		message_unref(out->message);
		return;
	}
	json_t *json = NULL;
	struct bench_line *line = line_of(bench, out->to);
	if (out->message != NULL) {
		json = read_json(bench, out->message, line != NULL && line->brief);
		message_unref(out->message);
	}
	if (out->kind == SERVICE_ANSWER) {
		bench->request = out->to;
		bench->status = out->code;
		json_decref(bench->answer);
		bench->answer = json;
		return;
	}
	if (out->kind == SERVICE_HOOK) {
		bench->hook = out->to;
		bench->n_told++;
		json_decref(bench->told);
		bench->told = json;
		return;
	}
	assert(line != NULL);
	if (out->kind == SERVICE_CLOSE)
		line->closed = out->code;
	if (json == NULL)
		return;
	if (out->kind == SERVICE_SEND)
		hear_view(line, json);
	if (out->kind == SERVICE_SEND_NODE && json_object_get(json, "revision") != NULL)
		line->told = bench_int(json, "revision");
	json_array_append_new(line->heard, json);
}

/* True when a media server said something. */
static bool follow(struct bench *bench)
{
	bool said = false;
	for (size_t i = 0; i < bench->n_lines; i++) {
		struct bench_line *line = &bench->lines[i];
		char text[64];
		char error[SERVICE_ERROR_LEN] = "";
		if (!line->follows || line->applied == line->told)
			continue;
		line->applied = line->told;
		const int len = snprintf(text, sizeof(text),
			"{\"type\":\"applied\",\"revision\":%" JSON_INTEGER_FORMAT "}", line->told);
		const int err = service_node_recv(
			bench->service, line->id, text, (size_t)len, bench->at, error);
		assert(err == 0);
		said = true;
	}
	return said;
}

void bench_turn(struct bench *bench)
{
	struct service_out out;
	do {
		service_tick(bench->service, bench->at);
		while (service_poll(bench->service, &out) == 1)
			hear(bench, &out);
	} while (fake_store_pending(bench->fake) || follow(bench));
}

void bench_pass(struct bench *bench, rs_time time)
{
	const rs_time end = bench->at.now + time;
	while (bench->at.now < end) {
		const rs_time due = service_deadline(bench->service);
		rs_time next = due > bench->at.now ? rs_time_min(due, end) : end;
		bench->at.wall_ms += (next - bench->at.now) / 1000;
		bench->at.now = next;
		bench_turn(bench);
	}
}

static struct bench_line *add_line(struct bench *bench, uint64_t id)
{
	assert(bench->n_lines < BENCH_LINES);
	struct bench_line *line = &bench->lines[bench->n_lines++];
	line->id = id;
	line->brief = bench->brief;
	line->heard = json_array();
	line->view = json_object();
	return line;
}

struct bench_line *bench_page(struct bench *bench)
{
	uint64_t id = 0;
	const int err = service_session_open(bench->service, bench->at, &id);
	assert(err == 0);
	return add_line(bench, id);
}

void bench_say(struct bench *bench, struct bench_line *line, const char *format, ...)
{
	char text[8192];
	va_list args;
	va_start(args, format);
	const int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert(len >= 0 && (size_t)len < sizeof(text));
	service_session_recv(bench->service, line->id, text, (size_t)len, bench->at);
	bench_turn(bench);
}

struct bench_line *bench_join(
	struct bench *bench, const char *meeting, const char *badge, const char *role)
{
	struct bench_line *line = bench_page(bench);
	bench_say(bench, line, "{\"type\":\"hello\",\"token\":\"%s/%s/%s\"}", meeting, badge, role);
	return line;
}

struct bench_line *bench_join_changes(
	struct bench *bench, const char *meeting, const char *badge, const char *role)
{
	struct bench_line *line = bench_page(bench);
	line->changes = true;
	bench_say(bench, line, "{\"type\":\"hello\",\"token\":\"%s/%s/%s\",\"changes\":true}",
		meeting, badge, role);
	return line;
}

struct bench_line *bench_resume(struct bench *bench, const struct bench_line *old,
	const char *meeting, const char *badge, const char *role)
{
	struct bench_line *line = bench_page(bench);
	json_decref(line->view);
	line->view = json_deep_copy(old->view);
	line->changes = old->changes;
	bench_say(bench, line,
		"{\"type\":\"hello\",\"token\":\"%s/%s/%s\"%s,\"resume\":{\"epoch\":\"%s\",\"event\":%" PRIu64
		"}}",
		meeting, badge, role, line->changes ? ",\"changes\":true" : "",
		bench_text(json_array_get(old->heard, 0), "epoch"), old->event);
	return line;
}

void bench_leave(struct bench *bench, struct bench_line *line, uint16_t code)
{
	service_session_closed(bench->service, line->id, code, bench->at);
	bench_turn(bench);
}

const json_t *bench_command(
	struct bench *bench, struct bench_line *line, const char *name, const char *members)
{
	static unsigned last;
	char id[16];
	(void)snprintf(id, sizeof(id), "c%u", ++last);
	bench_say(bench, line, "{\"type\":\"%s\",\"id\":\"%s\"%s%s}", name, id,
		members[0] != '\0' ? "," : "", members);
	size_t i;
	json_t *message;
	const json_t *reply = NULL;
	json_array_foreach(line->heard, i, message)
	{
		if (strcmp(bench_text(message, "type"), "reply") == 0 &&
			strcmp(bench_text(message, "id"), id) == 0)
			reply = message;
	}
	return reply;
}

const char *bench_try(
	struct bench *bench, struct bench_line *line, const char *name, const char *members)
{
	const json_t *reply = bench_command(bench, line, name, members);
	if (reply == NULL)
		return "no reply";
	return json_is_true(json_object_get(reply, "ok")) ? "ok" : bench_text(reply, "reason");
}

struct bench_line *bench_node(struct bench *bench)
{
	uint64_t id = 0;
	const int err = service_node_open(bench->service, bench->at, &id);
	assert(err == 0);
	return add_line(bench, id);
}

int bench_report(struct bench *bench, struct bench_line *line, const char *format, ...)
{
	char text[12288];
	char error[SERVICE_ERROR_LEN] = "";
	va_list args;
	va_start(args, format);
	const int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert(len >= 0 && (size_t)len < sizeof(text));
	const int err =
		service_node_recv(bench->service, line->id, text, (size_t)len, bench->at, error);
	bench_turn(bench);
	return err;
}

struct bench_line *bench_sfu(struct bench *bench, const char *instance, const char *state)
{
	return bench_named_sfu(bench, "sfu-1", instance, state);
}

struct bench_line *bench_named_sfu(
	struct bench *bench, const char *name, const char *instance, const char *state)
{
	struct bench_line *line = bench_node(bench);
	line->follows = true;
	const int err = bench_report(bench, line,
		"{\"type\":\"hello\",\"protocol\":\"rostrum.control.1\",\"kind\":\"sfu\",\"node\":\"%s\","
		"\"instance\":\"%s\",\"revision\":5,\"state\":%s,\"fingerprint\":\"sha-256 00\","
		"\"workers\":[{\"addresses\":[\"127.0.0.1:50000\"]}],\"tap\":\"/run/tap-%s\"}",
		name, instance, state, instance);
	assert(err == 0);
	return line;
}

struct bench_line *bench_recorder(struct bench *bench, const char *recordings)
{
	struct bench_line *line = bench_node(bench);
	const int err = bench_report(bench, line,
		"{\"type\":\"hello\",\"protocol\":\"rostrum.control.1\",\"kind\":\"recorder\","
		"\"node\":\"recorder-1\",\"instance\":\"r1\",\"revision\":0,\"state\":null,\"recordings\":%s}",
		recordings);
	assert(err == 0);
	return line;
}

const char *bench_offer(struct bench *bench, struct bench_line *page)
{
	char members[256];
	(void)snprintf(members, sizeof(members), "\"instance\":\"%s\",\"sdp\":\"v=0\"",
		bench_text(page->view, "media.instance"));
	return bench_text(bench_command(bench, page, "offer", members), "peer");
}

void bench_peer(struct bench *bench, struct bench_line *sfu, const char *peer, const char *state)
{
	const int err = bench_report(bench, sfu,
		"{\"type\":\"peer\",\"peer\":\"%s\",\"state\":\"%s\",\"reason\":\"\"}", peer,
		state);
	assert(err == 0);
}

void bench_node_gone(struct bench *bench, struct bench_line *line)
{
	service_node_closed(bench->service, line->id, bench->at);
	bench_turn(bench);
}

const json_t *bench_last(const struct bench_line *line, const char *type)
{
	for (size_t i = json_array_size(line->heard); i > 0; i--) {
		const json_t *message = json_array_get(line->heard, i - 1);
		if (strcmp(bench_text(message, "type"), type) == 0)
			return message;
	}
	return NULL;
}

const json_t *bench_last_event(const struct bench_line *line, const char *name)
{
	for (size_t i = json_array_size(line->heard); i > 0; i--) {
		const json_t *message = json_array_get(line->heard, i - 1);
		if (strcmp(bench_text(message, "type"), "event") == 0 &&
			strcmp(bench_text(message, "name"), name) == 0)
			return message;
	}
	return NULL;
}

size_t bench_count(const struct bench_line *line, const char *type)
{
	size_t n = 0, i;
	json_t *message;
	json_array_foreach(line->heard, i, message) n +=
		strcmp(bench_text(message, "type"), type) == 0 ? 1 : 0;
	return n;
}

const json_t *bench_at(const json_t *json, const char *path)
{
	char key[128];
	while (json != NULL && *path != '\0') {
		const size_t len = strcspn(path, ".");
		(void)rs_copy_text(key, sizeof(key), path, len);
		json = json_is_array(json) ? json_array_get(json, (size_t)atoi(key))
					   : json_object_get(json, key);
		path += len + (path[len] == '.' ? 1 : 0);
	}
	return json;
}

const char *bench_text(const json_t *json, const char *path)
{
	const char *text = json_string_value(bench_at(json, path));
	return text != NULL ? text : "";
}

int64_t bench_int(const json_t *json, const char *path)
{
	return json_integer_value(bench_at(json, path));
}
