/* The conformance suite of the store's port, run on each back end. A back end is a way to open one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "signaling/store/store.h"

/* One case's database folder and the pipe by which the store wakes us. */
struct bench {
	char folder[64];
	char path[96];
	int wake[2];
	struct store *store;
};

static void wake(void *ctx)
{
	const struct bench *bench = ctx;
	if (write(bench->wake[1], "", 1) != 1)
		abort();
}

static void open_store(struct bench *bench)
{
	char error[STORE_ERROR_LEN] = "";
	const int err = store_sqlite_open(bench->path, wake, bench, &bench->store, error);
	if (err < 0)
		fail_msg("%s", error);
}

static void reopen(struct bench *bench)
{
	bench->store = store_free(bench->store);
	open_store(bench);
}

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	(void)snprintf(bench->folder, sizeof(bench->folder), "/tmp/rostrum-store-XXXXXX");
	if (mkdtemp(bench->folder) == NULL || pipe(bench->wake) != 0)
		return -1;
	(void)snprintf(bench->path, sizeof(bench->path), "%s/meetings.db", bench->folder);
	open_store(bench);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	store_free(bench->store);
	for (size_t i = 0; i < RS_ARRAY_LEN(suffixes); i++) {
		char path[128];
		(void)snprintf(path, sizeof(path), "%s%s", bench->path, suffixes[i]);
		(void)unlink(path);
	}
	(void)rmdir(bench->folder);
	(void)close(bench->wake[0]);
	(void)close(bench->wake[1]);
	free(bench);
	return 0;
}

/* The next result; waits for the writer. */
static struct store_done await(struct bench *bench)
{
	struct store_done done;
	while (store_poll(bench->store, &done) == 0) {
		char byte;
		struct pollfd fd = { .fd = bench->wake[0], .events = POLLIN };
		assert_int_equal(poll(&fd, 1, 10000), 1);
		assert_int_equal(read(bench->wake[0], &byte, 1), 1);
	}
	return done;
}

static int append_one(struct bench *bench, const char *meeting, uint64_t epoch, uint64_t expect,
	const char *payload, const struct store_command *command)
{
	const struct store_event event = { .payload = payload, .len = strlen(payload) };
	const struct store_append append = {
		.ticket = expect + 1000,
		.meeting = meeting,
		.epoch = epoch,
		.expect = expect,
		.events = &event,
		.n_events = 1,
		.command = command,
	};
	return store_append(bench->store, &append);
}

static enum store_result append_and_await(struct bench *bench, uint64_t epoch, uint64_t expect,
	const char *payload, const struct store_command *command)
{
	assert_int_equal(append_one(bench, "demo", epoch, expect, payload, command), 0);
	return await(bench).result;
}

static uint64_t claim(struct bench *bench)
{
	uint64_t epoch = 0;
	assert_int_equal(store_claim(bench->store, "demo", &epoch), 0);
	return epoch;
}

/* What loading found, as one line. */
struct seen {
	char text[4096];
};

static void RS_PRINTF(2, 3) note(struct seen *seen, const char *format, ...)
{
	const size_t len = strlen(seen->text);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(seen->text + len, sizeof(seen->text) - len, format, args);
	va_end(args);
}

static int see_conference(void *ctx, const struct store_conference *conference)
{
	note(ctx, "conference %s %s %.*s;", conference->id, conference->epoch, (int)conference->len,
		conference->json);
	return 0;
}

static int see_message(void *ctx, const struct store_message *message)
{
	note(ctx, "%s message %d %.*s;", message->meeting, (int)message->number, (int)message->len,
		message->text);
	return 0;
}

static int see_event(void *ctx, const char *meeting, const struct store_event *event)
{
	note(ctx, "%s %d %.*s;", meeting, (int)event->number, (int)event->len, event->payload);
	return 0;
}

static int see_command(void *ctx, const char *meeting, const struct store_command *command)
{
	note(ctx, "%s %s %s=%.*s;", meeting, command->badge, command->id, (int)command->reply_len,
		command->reply);
	return 0;
}

static int see_note(void *ctx, const struct store_note *kept)
{
	note(ctx, "%s: %.*s;", kept->key, (int)kept->len, kept->text);
	return 0;
}

static int load(struct bench *bench, struct seen *seen, char error[STORE_ERROR_LEN])
{
	const struct store_loader loader = { .ctx = seen,
		.conference = see_conference,
		.message = see_message,
		.event = see_event,
		.command = see_command,
		.note = see_note };
	seen->text[0] = '\0';
	return store_load(bench->store, &loader, error);
}

static void assert_loads(struct bench *bench, const char *expected)
{
	struct seen seen;
	char error[STORE_ERROR_LEN] = "";
	assert_int_equal(load(bench, &seen, error), 0);
	assert_string_equal(seen.text, expected);
}

static void events_come_back_numbered_chained_and_in_order(void **state)
{
	struct bench *bench = *state;
	const uint64_t epoch = claim(bench);
	uint8_t chained[RS_SHA256_LEN + 1] = { 0 };
	uint8_t hash[RS_SHA256_LEN];
	struct store_done done;

	assert_int_equal(append_one(bench, "demo", epoch, 0, "a", NULL), 0);
	done = await(bench);
	assert_int_equal(done.kind, STORE_DONE_APPEND);
	assert_int_equal(done.ticket, 1000);
	assert_int_equal(done.result, STORE_OK);
	assert_int_equal(done.events[0].number, 1);
	chained[RS_SHA256_LEN] = 'a';
	rs_sha256(chained, sizeof(chained), hash);
	assert_memory_equal(done.events[0].hash, hash, sizeof(hash));
	assert_int_equal(append_and_await(bench, epoch, 1, "b", NULL), STORE_OK);
	reopen(bench);
	assert_loads(bench, "demo 1 a;demo 2 b;");
}

static void meetings_do_not_share_numbers(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(append_one(bench, "one", 0, 0, "a", NULL), 0);
	assert_int_equal(append_one(bench, "two", 0, 0, "b", NULL), 0);
	assert_int_equal(await(bench).result, STORE_OK);
	assert_int_equal(await(bench).result, STORE_OK);
	assert_loads(bench, "one 1 a;two 1 b;");
}

static void several_events_go_in_together_or_not_at_all(void **state)
{
	struct bench *bench = *state;
	const struct store_event events[] = { { .payload = "a", .len = 1 },
		{ .payload = "b", .len = 1 } };
	struct store_append append = {
		.meeting = "demo", .expect = 0, .events = events, .n_events = 2
	};
	assert_int_equal(store_append(bench->store, &append), 0);
	assert_int_equal(await(bench).events[1].number, 2);
	append.expect = 1;
	append.events = &(struct store_event){ .payload = "x", .len = 1 };
	append.n_events = 1;
	assert_int_equal(store_append(bench->store, &append), 0);
	assert_int_equal(await(bench).result, STORE_CONFLICT);
	assert_loads(bench, "demo 1 a;demo 2 b;");
}

static void an_owner_is_fenced_by_the_next_claim(void **state)
{
	struct bench *bench = *state;
	const uint64_t first = claim(bench);
	const uint64_t second = claim(bench);
	assert_true(second > first);
	assert_int_equal(append_and_await(bench, first, 0, "a", NULL), STORE_FENCED);
	assert_int_equal(append_and_await(bench, second, 0, "a", NULL), STORE_OK);
}

static void a_command_id_is_used_once_and_its_reply_kept(void **state)
{
	struct bench *bench = *state;
	const struct store_command command = { "KEN", "c1", "reply", 5 };
	const struct store_command other = { "FRA", "c1", "other", 5 };
	assert_int_equal(append_and_await(bench, 0, 0, "a", &command), STORE_OK);
	assert_int_equal(append_one(bench, "demo", 0, 1, "b", &command), 0);
	const struct store_done done = await(bench);
	assert_int_equal(done.result, STORE_CONFLICT);
	assert_int_equal(done.reply_len, 5);
	assert_memory_equal(done.reply, "reply", 5);
	assert_int_equal(append_and_await(bench, 0, 1, "b", &other), STORE_OK);
	reopen(bench);
	assert_loads(bench, "demo 1 a;demo 2 b;demo KEN c1=reply;demo FRA c1=other;");
}

static void asking_the_same_again_is_harmless(void **state)
{
	struct bench *bench = *state;
	const struct store_command command = { "KEN", "c1", "reply", 5 };
	assert_int_equal(append_and_await(bench, 0, 0, "a", &command), STORE_OK);
	assert_int_equal(append_and_await(bench, 0, 0, "a", &command), STORE_OK);
	assert_int_equal(append_and_await(bench, 0, 0, "b", NULL), STORE_CONFLICT);
	assert_loads(bench, "demo 1 a;demo KEN c1=reply;");
}

static void what_follows_a_number_can_be_read(void **state)
{
	struct bench *bench = *state;
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(append_and_await(bench, 0, i, "a", NULL), STORE_OK);
	assert_int_equal(store_read(bench->store, 7, "demo", 2, 2), 0);
	const struct store_done done = await(bench);
	assert_int_equal(done.kind, STORE_DONE_READ);
	assert_int_equal(done.ticket, 7);
	assert_int_equal(done.n_events, 2);
	assert_int_equal(done.events[0].number, 3);
	assert_memory_equal(done.events[1].payload, "a", 1);
	assert_int_equal(store_read(bench->store, 8, "demo", 5, 2), 0);
	assert_int_equal(await(bench).n_events, 0);
}

static void take_note(struct bench *bench, const char *key, const char *text)
{
	const struct store_note kept = { key, text, strlen(text) };
	assert_int_equal(store_put_note(bench->store, 7, &kept), 0);
	const struct store_done done = await(bench);
	assert_int_equal(done.kind, STORE_DONE_NOTE);
	assert_int_equal(done.ticket, 7);
	assert_int_equal(done.result, STORE_OK);
}

static void a_note_is_kept_replaced_and_forgotten(void **state)
{
	struct bench *bench = *state;
	char key[STORE_KEY_MAX + 2];
	take_note(bench, "a/1", "x");
	take_note(bench, "b/1", "y");
	take_note(bench, "a/1", "xx");
	reopen(bench);
	assert_loads(bench, "a/1: xx;b/1: y;");
	take_note(bench, "a/1", "");
	take_note(bench, "never", "");
	reopen(bench);
	assert_loads(bench, "b/1: y;");
	memset(key, 'k', sizeof(key));
	key[sizeof(key) - 1] = '\0';
	assert_int_equal(
		store_put_note(bench->store, 8, &(struct store_note){ key, "x", 1 }), -E2BIG);
	assert_int_equal(store_put_note(bench->store, 8,
				 &(struct store_note){ "k", "x", STORE_NOTE_MAX + 1 }),
		-E2BIG);
}

static void a_meeting_is_removed_with_all_that_is_kept_of_it(void **state)
{
	struct bench *bench = *state;
	const uint64_t epoch = claim(bench);
	const struct store_command command = { "chair", "c-1", "ok", 2 };
	const struct store_conference conferences[] = { { "one", "e", "{}", 2 },
		{ "two", "e", "{}", 2 } };
	const struct store_message message = { "demo", 1, "hello", 5, 0 };
	uint64_t other = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(conferences); i++) {
		assert_int_equal(store_put_conference(bench->store, 1, &conferences[i]), 0);
		assert_int_equal(await(bench).result, STORE_OK);
	}
	assert_int_equal(append_and_await(bench, epoch, 0, "a", &command), STORE_OK);
	assert_int_equal(store_put_message(bench->store, 2, &message), 0);
	assert_int_equal(await(bench).result, STORE_OK);
	assert_int_equal(store_claim(bench->store, "demo-2", &other), 0);
	assert_int_equal(append_one(bench, "demo-2", other, 0, "b", NULL), 0);
	assert_int_equal(await(bench).result, STORE_OK);
	take_note(bench, "a/1", "x");
	for (int times = 0; times < 2; times++) {
		assert_int_equal(store_remove_meeting(bench->store, 5, "one", "demo"), 0);
		const struct store_done done = await(bench);
		assert_int_equal(done.kind, STORE_DONE_REMOVAL);
		assert_int_equal(done.ticket, 5);
		assert_int_equal(done.result, STORE_OK);
	}
	reopen(bench);
	assert_loads(bench, "conference two e {};demo-2 1 b;a/1: x;");
	/* Its name may be taken again, with a log of its own; whoever had it before may not write there. */
	const uint64_t anew = claim(bench);
	assert_true(anew > epoch);
	assert_int_equal(append_and_await(bench, epoch, 0, "old", NULL), STORE_FENCED);
	assert_int_equal(append_and_await(bench, anew, 0, "new", &command), STORE_OK);
}

static void a_conference_is_kept_and_replaced(void **state)
{
	struct bench *bench = *state;
	struct store_conference conference = { "c", "e1", "{}", 2 };
	assert_int_equal(store_put_conference(bench->store, 1, &conference), 0);
	assert_int_equal(await(bench).kind, STORE_DONE_CONFERENCE);
	conference.epoch = "e2";
	conference.json = "{1}";
	conference.len = 3;
	assert_int_equal(store_put_conference(bench->store, 2, &conference), 0);
	assert_int_equal(await(bench).result, STORE_OK);
	reopen(bench);
	assert_loads(bench, "conference c e2 {1};");
}

static void put_message(struct bench *bench, const char *meeting, uint64_t number, const char *text,
	uint64_t keep_after)
{
	const struct store_message message = { .meeting = meeting,
		.number = number,
		.text = text,
		.len = strlen(text),
		.keep_after = keep_after };
	assert_int_equal(store_put_message(bench->store, number, &message), 0);
	const struct store_done done = await(bench);
	assert_int_equal(done.kind, STORE_DONE_MESSAGE);
	assert_int_equal(done.ticket, number);
	assert_int_equal(done.result, STORE_OK);
}

static void messages_are_kept_beside_the_log_removed_and_make_way(void **state)
{
	struct bench *bench = *state;
	put_message(bench, "demo", 5, "five", 0);
	put_message(bench, "demo", 7, "seven", 0);
	put_message(bench, "demo", 7, "seven", 0); /* asked again */
	put_message(bench, "demo", 9, "nine", 0);
	put_message(bench, "other", 6, "six", 0);
	reopen(bench);
	assert_loads(bench, "demo message 5 five;demo message 7 seven;demo message 9 nine;"
			    "other message 6 six;");
	put_message(bench, "demo", 7, "", 0);
	put_message(bench, "demo", 11, "eleven", 5);
	reopen(bench);
	assert_loads(bench, "demo message 9 nine;demo message 11 eleven;other message 6 six;");
}

static void a_message_that_is_too_long_is_refused(void **state)
{
	struct bench *bench = *state;
	static char text[STORE_PAYLOAD_MAX + 1];
	struct store_message message = { .meeting = "demo", .number = 1, .text = text };
	message.len = sizeof(text);
	assert_int_equal(store_put_message(bench->store, 1, &message), -E2BIG);
	message.len = STORE_PAYLOAD_MAX;
	assert_int_equal(store_put_message(bench->store, 1, &message), 0);
	assert_int_equal(await(bench).result, STORE_OK);
}

/* What an earlier version made has no table for messages. */
static void a_database_from_before_the_chat_is_opened(void **state)
{
	struct bench *bench = *state;
	sqlite3 *db = NULL;
	bench->store = store_free(bench->store);
	assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE messages", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	open_store(bench);
	put_message(bench, "demo", 1, "one", 0);
	assert_loads(bench, "demo message 1 one;");
}

static void many_appends_share_transactions_and_keep_their_order(void **state)
{
	struct bench *bench = *state;
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(append_one(bench, "demo", 0, i, "payload", NULL), 0);
	for (uint64_t i = 0; i < 1000; i++) {
		const struct store_done done = await(bench);
		assert_int_equal(done.result, STORE_OK);
		assert_int_equal(done.events[0].number, i + 1);
	}
}

static void limits_are_refused_at_once(void **state)
{
	struct bench *bench = *state;
	static char big[STORE_PAYLOAD_MAX + 1];
	struct store_event event = { .payload = big, .len = STORE_PAYLOAD_MAX };
	struct store_append append = { .meeting = "demo", .events = &event, .n_events = 1 };
	assert_int_equal(store_append(bench->store, &append), 0);
	assert_int_equal(await(bench).result, STORE_OK);
	event.len++;
	assert_int_equal(store_append(bench->store, &append), -E2BIG);
	append.n_events = STORE_BATCH_MAX + 1;
	assert_int_equal(store_append(bench->store, &append), -E2BIG);
	append.n_events = 0;
	assert_int_equal(store_append(bench->store, &append), -EINVAL);
}

/* The child appends until it is killed and says through the pipe what was acknowledged. */
static void append_for_ever(struct bench *bench, int out)
{
	for (uint64_t i = 0;; i++) {
		if (append_and_await(bench, 0, i, "payload", NULL) != STORE_OK)
			_exit(1);
		if (write(out, "", 1) != 1)
			_exit(1);
	}
}

static size_t count_events(const char *text)
{
	size_t n = 0;
	for (; (text = strchr(text, ';')) != NULL; text++)
		n++;
	return n;
}

static void a_kill_loses_no_acknowledged_event(void **state)
{
	struct bench *bench = *state;
	int told[2];
	char byte;
	size_t acknowledged = 0;
	struct seen seen;
	char error[STORE_ERROR_LEN] = "";

	bench->store = store_free(bench->store); /* no thread may be lost in fork() */
	assert_int_equal(pipe(told), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		open_store(bench);
		append_for_ever(bench, told[1]);
	}
	(void)close(told[1]);
	while (acknowledged < 50 && read(told[0], &byte, 1) == 1)
		acknowledged++;
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	while (read(told[0], &byte, 1) == 1)
		acknowledged++;
	(void)close(told[0]);
	open_store(bench);
	assert_int_equal(load(bench, &seen, error), 0);
	assert_true(count_events(seen.text) >= acknowledged);
}

static void a_full_disk_is_down_and_recovers(void **state)
{
	struct bench *bench = *state;
	static char payload[8192];
	memset(payload, 'x', sizeof(payload) - 1);
	enum store_result result = STORE_OK;
	uint64_t written = 0;

	store_sqlite_set_max_pages(bench->store, 32);
	while ((result = append_and_await(bench, 0, written, payload, NULL)) == STORE_OK)
		written++;
	assert_int_equal(result, STORE_DOWN);
	assert_true(written > 2);
	assert_int_equal(append_one(bench, "demo", 0, written, payload, NULL), 0);
	const struct store_done done = await(bench);
	assert_non_null(strstr(done.why, "the disk is full"));
	assert_non_null(strstr(done.why, bench->path));
	store_sqlite_set_max_pages(bench->store, 0);
	assert_int_equal(append_and_await(bench, 0, written, payload, NULL), STORE_OK);
	reopen(bench);
	struct seen seen;
	char error[STORE_ERROR_LEN];
	assert_int_equal(load(bench, &seen, error), 0);
}

static void tamper(struct bench *bench, const char *sql)
{
	sqlite3 *db = NULL;
	bench->store = store_free(bench->store);
	assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	open_store(bench);
}

static void an_altered_log_is_not_loaded(void **state)
{
	static const char *const attacks[] = {
		"UPDATE events SET payload = 'z' WHERE number = 2",
		"UPDATE events SET hash = zeroblob(32) WHERE number = 2",
		"DELETE FROM events WHERE number = 2",
		"UPDATE events SET number = number + 1 WHERE number = 3",
	};
	struct bench *bench = *state;
	for (size_t i = 0; i < RS_ARRAY_LEN(attacks); i++) {
		struct seen seen;
		char error[STORE_ERROR_LEN] = "";
		for (uint64_t n = 0; n < 3; n++)
			assert_int_equal(append_and_await(bench, 0, n, "a", NULL), STORE_OK);
		tamper(bench, attacks[i]);
		assert_int_equal(load(bench, &seen, error), -EBADMSG);
		assert_non_null(strstr(error, "meeting demo, event "));
		tamper(bench, "DELETE FROM events");
	}
}

static void another_programs_database_is_refused_by_name(void **state)
{
	struct bench *bench = *state;
	struct store *store = NULL;
	char error[STORE_ERROR_LEN] = "";
	sqlite3 *db = NULL;
	bench->store = store_free(bench->store);
	assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "PRAGMA application_id = 1", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(store_sqlite_open(bench->path, wake, bench, &store, error), -EBADMSG);
	assert_non_null(strstr(error, bench->path));
	assert_int_equal(
		store_sqlite_open("/nowhere/meetings.db", wake, bench, &store, error), -EIO);
	assert_non_null(strstr(error, "/nowhere/meetings.db"));
}

static int note_credential(void *ctx, const struct store_credential *credential)
{
	struct store_credential *seen = ctx;
	size_t i = 0;
	while (seen[i].badge[0] != '\0')
		i++;
	seen[i] = *credential;
	return 0;
}

static int skip_conference(void *ctx, const struct store_conference *conference)
{
	(void)ctx;
	(void)conference;
	return 0;
}

static int skip_event(void *ctx, const char *meeting, const struct store_event *event)
{
	(void)ctx;
	(void)meeting;
	(void)event;
	return 0;
}

static int skip_command(void *ctx, const char *meeting, const struct store_command *command)
{
	(void)ctx;
	(void)meeting;
	(void)command;
	return 0;
}

static void credentials_are_kept_and_replaced(void **state)
{
	struct bench *bench = *state;
	struct store_credential put[2] = {
		{ .conference = "c",
			.badge = "a",
			.link = "aaaaaaaaaaaaaaaa",
			.salt = { 1, 0, 2 },
			.hash = { 3, 0, 4 },
			.state = STORE_CREDENTIAL_GOOD },
		{ .conference = "c",
			.badge = "b",
			.link = "bbbbbbbbbbbbbbbb",
			.not_before_s = 5,
			.state = STORE_CREDENTIAL_REVOKED },
	};
	struct store_credential seen[4] = { { .badge = "" } };
	const struct store_loader loader = { .ctx = seen,
		.conference = skip_conference,
		.credential = note_credential,
		.event = skip_event,
		.command = skip_command };
	char error[STORE_ERROR_LEN] = "";
	assert_int_equal(store_put_credentials(bench->store, 9, put, 2), 0);
	const struct store_done done = await(bench);
	assert_int_equal(done.kind, STORE_DONE_CREDENTIALS);
	assert_int_equal(done.ticket, 9);
	assert_int_equal(done.result, STORE_OK);
	put[1].state = STORE_CREDENTIAL_GOOD;
	put[1].not_before_s = 7;
	assert_int_equal(store_put_credentials(bench->store, 10, &put[1], 1), 0);
	assert_int_equal(await(bench).result, STORE_OK);
	assert_int_equal(store_put_credentials(bench->store, 11, put, 0), -EINVAL);
	assert_int_equal(store_put_credentials(bench->store, 11, put, STORE_BATCH_MAX + 1), -E2BIG);

	reopen(bench);
	assert_int_equal(store_load(bench->store, &loader, error), 0);
	assert_memory_equal(&seen[0], &put[0], sizeof(seen[0]));
	assert_memory_equal(&seen[1], &put[1], sizeof(seen[1]));
	assert_string_equal(seen[2].badge, "");
}

/* A database that a version without credentials made. */
static void an_older_database_gets_their_table(void **state)
{
	struct bench *bench = *state;
	const struct store_credential put = { .conference = "c",
		.badge = "a",
		.link = "aaaaaaaaaaaaaaaa",
		.state = STORE_CREDENTIAL_GOOD };
	tamper(bench, "DROP TABLE credentials");
	assert_int_equal(store_put_credentials(bench->store, 9, &put, 1), 0);
	assert_int_equal(await(bench).result, STORE_OK);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(events_come_back_numbered_chained_and_in_order),
		CASE(meetings_do_not_share_numbers),
		CASE(several_events_go_in_together_or_not_at_all),
		CASE(an_owner_is_fenced_by_the_next_claim),
		CASE(a_command_id_is_used_once_and_its_reply_kept),
		CASE(asking_the_same_again_is_harmless),
		CASE(what_follows_a_number_can_be_read),
		CASE(a_conference_is_kept_and_replaced),
		CASE(credentials_are_kept_and_replaced),
		CASE(an_older_database_gets_their_table),
		CASE(messages_are_kept_beside_the_log_removed_and_make_way),
		CASE(a_message_that_is_too_long_is_refused),
		CASE(a_database_from_before_the_chat_is_opened),
		CASE(a_note_is_kept_replaced_and_forgotten),
		CASE(a_meeting_is_removed_with_all_that_is_kept_of_it),
		CASE(many_appends_share_transactions_and_keep_their_order),
		CASE(limits_are_refused_at_once),
		CASE(a_kill_loses_no_acknowledged_event),
		CASE(a_full_disk_is_down_and_recovers),
		CASE(an_altered_log_is_not_loaded),
		CASE(another_programs_database_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
