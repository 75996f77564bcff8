/* tests/support/service_bench.h
 *
 * A service on virtual time with a store in memory, tokens that say "meeting/badge/role", and an SDP answerer that answers
 * everything. Pages, media servers and recorders are played by the test; what they are sent is kept as parsed JSON.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SERVICE_BENCH_H
#define ROSTRUM_TESTS_SUPPORT_SERVICE_BENCH_H

#include "signaling/service/service.h"
#include "tests/support/fake_store.h"

#include <jansson.h>

/* One receiver: a page or a node. */
struct bench_line {
	uint64_t id;
	json_t *heard;   /* array of messages, oldest first */
	json_t *view;    /* a page's, patched by its events */
	uint64_t event;  /* a page's last event number */
	uint16_t closed; /* close code; 0 = open */
	bool changes;    /* said in its hello */
	bool brief;      /* a page that keeps what it is answered, and no view and no event */
	bool follows; /* a media server: says `applied` to all it is told, as soon as it is told */
	json_int_t told; /* the revision, and what of it was followed */
	json_int_t applied;
};

#define BENCH_LINES 320

struct bench {
	struct fake_store *fake;
	struct service *service;
	struct service_config config;
	struct rs_rand rand;
	struct moment at;
	struct bench_line lines[BENCH_LINES];
	size_t n_lines;
	char *part; /* of a message that comes in parts */
	size_t n_part;
	uint64_t request; /* the last answer to HTTP */
	uint16_t status;
	json_t *answer;
	uint64_t hook; /* the last webhook that was to be told something, and what */
	json_t *told;
	size_t n_told;
	uint64_t stream; /* the last display that was told something, and its text */
	char *streamed;
	size_t n_streamed;
	size_t n_frames; /* sent to nodes as they are, and the length of the last */
	size_t frame_len;
	size_t n_archived;     /* times the archive was said to have something new */
	uint64_t stream_ended; /* the last that was ended */
	bool brief; /* pages to come are; reading what all of them see is most of what a long play costs */
	bool slow_keys; /* keys of secret ballots are made by bench_make_key(), else as they are asked for */
	uint64_t key; /* the one to be made; 0 = none */
	char key_path[256];
	size_t n_keys; /* ever asked for */
};

/* With conf/examples/demo.json imported; `limits` NULL = the default. */
struct bench *bench_new(const struct service_limits *limits);
/* With this conference file instead, under any of conf/rules. */
struct bench *bench_new_of(const struct service_limits *limits, const char *conference);
void bench_free(struct bench *bench);
/* A service on the store as it is: what service_start() says. */
int bench_start(struct bench *bench, char error[SERVICE_ERROR_LEN]) RS_MUST_USE;
/* A new service on the same store; all lines are gone. */
void bench_restart(struct bench *bench);
/* Take outputs until there are no more. */
void bench_turn(struct bench *bench);
/* Time passes, in steps at which something is due. */
void bench_pass(struct bench *bench, rs_time time);

struct bench_line *bench_page(struct bench *bench);
void bench_say(struct bench *bench, struct bench_line *line, const char *format, ...)
	RS_PRINTF(3, 4);
/* A page that joined: "demo", "KEN", "delegate". */
struct bench_line *bench_join(
	struct bench *bench, const char *meeting, const char *badge, const char *role);
/* The same, of a page that takes changes. */
struct bench_line *bench_join_changes(
	struct bench *bench, const char *meeting, const char *badge, const char *role);
/* Come back with what `old` had, in its form. */
struct bench_line *bench_resume(struct bench *bench, const struct bench_line *old,
	const char *meeting, const char *badge, const char *role);
/* The driver is done with the key it was asked for: made, or not for this error. */
void bench_make_key(struct bench *bench, int err);
void bench_leave(struct bench *bench, struct bench_line *line, uint16_t code);
/* Give a command and return its reply (borrowed): "take-floor", or with members: "give-floor", "\"entry\": 1". */
const json_t *bench_command(
	struct bench *bench, struct bench_line *line, const char *name, const char *members);
/* The reason of a refusal, or "ok". */
const char *bench_try(
	struct bench *bench, struct bench_line *line, const char *name, const char *members);

struct bench_line *bench_node(struct bench *bench);
/* A media server said hello; `state` is its state member's text. */
struct bench_line *bench_sfu(struct bench *bench, const char *instance, const char *state);
struct bench_line *bench_named_sfu(
	struct bench *bench, const char *name, const char *instance, const char *state);
struct bench_line *bench_recorder(struct bench *bench, const char *recordings);
/* One message of a node; the error of taking it. */
int bench_report(struct bench *bench, struct bench_line *line, const char *format, ...)
	RS_PRINTF(3, 4);
/* The page offers; its peer's id (borrowed). */
const char *bench_offer(struct bench *bench, struct bench_line *page);
/* The media server says how a peer's transport is. */
void bench_peer(struct bench *bench, struct bench_line *sfu, const char *peer, const char *state);
void bench_node_gone(struct bench *bench, struct bench_line *line);

/* The last message of this type, or NULL. */
const json_t *bench_last(const struct bench_line *line, const char *type);
/* The last event of this name, or NULL. */
const json_t *bench_last_event(const struct bench_line *line, const char *name);
size_t bench_count(const struct bench_line *line, const char *type);
/* A member by path "floor.holder" as text; "" when absent. */
const char *bench_text(const json_t *json, const char *path);
int64_t bench_int(const json_t *json, const char *path);
const json_t *bench_at(const json_t *json, const char *path);

#endif
