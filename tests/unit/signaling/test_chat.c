/* The chat of a meeting: to whom a message goes, and that it goes nowhere else: not to another page, not into the log, not to the recorder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "signaling/wire/beside/chat.h"
#include "tests/support/examples.h"
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

static struct bench_line *secretariat, *chair, *ken, *ken2, *fra, *viewer, *recorder;

static struct bench_line *recorder_line(struct bench *bench)
{
	return bench_recorder(bench, "[]");
}

/* The demo, with a second badge for Kenya. */
static struct bench *demo(void)
{
	size_t len;
	char *text = examples_read("conf/examples/demo.json", &len);
	json_t *conference = json_loadb(text, len, 0, NULL);
	json_t *badges = json_object_get(
		json_array_get(json_object_get(conference, "meetings"), 0), "badges");
	assert_int_equal(json_array_append_new(badges,
				 json_pack("{s:s, s:s, s:s, s:s}", "id", "KEN-2", "role",
					 "delegate", "name", "Mr. Otieno", "delegation", "KEN")),
		0);
	char *changed = json_dumps(conference, 0);
	struct bench *bench = bench_new_of(NULL, changed);
	free(changed);
	free(text);
	json_decref(conference);
	return bench;
}

static int setup(void **state)
{
	struct bench *bench = demo();
	*state = bench;
	recorder = recorder_line(bench);
	secretariat = bench_join(bench, "demo", "secretariat", "secretariat");
	chair = bench_join(bench, "demo", "chair", "chair");
	ken = bench_join(bench, "demo", "KEN", "delegate");
	ken2 = bench_join(bench, "demo", "KEN-2", "delegate");
	fra = bench_join(bench, "demo", "FRA", "delegate");
	viewer = bench_join(bench, "demo", "viewer", "viewer");
	assert_string_equal(bench_try(bench, chair, "open-meeting", ""), "ok");
	return 0;
}

static int teardown(void **state)
{
	bench_free(*state);
	return 0;
}

/* Does anything this line ever heard contain the text? */
static bool knows(const struct bench_line *line, const char *text)
{
	char *all = json_dumps(line->heard, 0);
	const bool found = strstr(all, text) != NULL;
	free(all);
	return found;
}

/* Who of all that listen has heard it, as "secretariat KEN". */
static const char *who_knows(const char *text)
{
	static char out[128];
	const struct {
		const char *name;
		const struct bench_line *line;
	} lines[] = { { "secretariat", secretariat }, { "chair", chair }, { "KEN", ken },
		{ "KEN-2", ken2 }, { "FRA", fra }, { "viewer", viewer }, { "recorder", recorder } };
	out[0] = '\0';
	for (size_t i = 0; i < RS_ARRAY_LEN(lines); i++) {
		if (!knows(lines[i].line, text))
			continue;
		if (out[0] != '\0')
			(void)strcat(out, " ");
		(void)strcat(out, lines[i].name);
	}
	return out;
}

static bool is_in_the_log(const struct bench *bench, const char *text)
{
	for (uint64_t n = 1; n <= fake_store_count(bench->fake, "demo"); n++) {
		if (strstr(fake_store_payload(bench->fake, "demo", n), text) != NULL)
			return true;
	}
	return false;
}

static const char *say(
	struct bench *bench, struct bench_line *line, const char *to, const char *text)
{
	char members[CHAT_TEXT_MAX + 200];
	(void)snprintf(members, sizeof(members), "\"to\":\"%s\",\"text\":\"%s\"", to, text);
	return bench_try(bench, line, "say", members);
}

static void a_message_reaches_those_it_is_meant_for_and_nobody_else(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(say(bench, ken, "delegation", "between-us"), "ok");
	assert_string_equal(who_knows("between-us"), "KEN KEN-2");
	assert_string_equal(say(bench, fra, "secretariat", "please-help"), "ok");
	assert_string_equal(who_knows("please-help"), "secretariat FRA");
	assert_string_equal(
		bench_try(bench, secretariat, "say",
			"\"to\":\"participant\",\"participant\":\"FRA\",\"text\":\"we-come\""),
		"ok");
	assert_string_equal(who_knows("we-come"), "secretariat FRA");
	assert_string_equal(say(bench, chair, "all", "good-morning"), "ok");
	assert_string_equal(who_knows("good-morning"), "secretariat chair KEN KEN-2 FRA viewer");
	for (size_t i = 0; i < 4; i++) {
		static const char *const texts[] = { "between-us", "please-help", "we-come",
			"good-morning" };
		assert_false(is_in_the_log(bench, texts[i]));
		assert_false(knows(recorder, texts[i]));
	}
	assert_int_equal(fake_store_messages(bench->fake), 4);
}

static void a_page_that_comes_later_is_shown_its_own_share(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(say(bench, ken, "delegation", "between-us"), "ok");
	assert_string_equal(say(bench, chair, "all", "good-morning"), "ok");
	const struct bench_line *nor = bench_join(bench, "demo", "BRA", "delegate");
	assert_false(knows(nor, "between-us"));
	assert_true(knows(nor, "good-morning"));
	bench_restart(bench);
	const struct bench_line *again = bench_join(bench, "demo", "KEN-2", "delegate");
	const json_t *chat = bench_last(again, "chat");
	assert_int_equal(json_array_size(bench_at(chat, "messages")), 2);
	assert_string_equal(bench_text(chat, "messages.0.text"), "between-us");
	assert_string_equal(bench_text(chat, "messages.0.from"), "KEN");
	assert_string_equal(bench_text(chat, "messages.1.to"), "all");
	assert_true(bench_int(chat, "messages.0.message") < bench_int(chat, "messages.1.message"));
	assert_null(bench_at(chat, "messages.0.id"));
}

static void the_profile_says_who_may_write_to_whom(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(say(bench, ken, "all", "x"), "not-permitted");
	assert_string_equal(say(bench, viewer, "secretariat", "x"), "not-permitted");
	assert_string_equal(say(bench, chair, "delegation", "x"), "not-permitted");
	assert_string_equal(
		bench_try(bench, chair, "say",
			"\"to\":\"participant\",\"participant\":\"FRA\",\"text\":\"x\""),
		"not-permitted");
	assert_string_equal(
		bench_try(bench, secretariat, "say",
			"\"to\":\"participant\",\"participant\":\"XYZ\",\"text\":\"x\""),
		"no-such-participant");
	assert_string_equal(say(bench, secretariat, "everybody", "x"), "malformed");
	assert_int_equal(fake_store_messages(bench->fake), 0);
	assert_string_equal(bench_text(viewer->view, "rules.chat.all.0"), "secretariat");
}

static void a_message_is_said_once_however_often_it_is_sent(void **state)
{
	struct bench *bench = *state;
	static const char once[] =
		"{\"type\":\"say\",\"id\":\"one\",\"to\":\"all\",\"text\":\"said but once\"}";
	fake_store_hold(bench->fake, true);
	bench_say(bench, chair, once);
	bench_say(bench, chair, once);
	assert_false(knows(fra, "said but once")); /* not before it is written down */
	fake_store_hold(bench->fake, false);
	bench_turn(bench);
	bench_pass(bench, RS_MS(1));
	bench_say(bench, chair, once);
	assert_int_equal(bench_count(fra, "chat"), 1);
	assert_int_equal(fake_store_messages(bench->fake), 1);
	bench_restart(bench);
	struct bench_line *again = bench_join(bench, "demo", "chair", "chair");
	bench_say(bench, again, once);
	assert_true(json_is_true(json_object_get(bench_last(again, "reply"), "ok")));
	assert_int_equal(fake_store_messages(bench->fake), 1);
}

static void what_the_store_does_not_take_is_told_to_nobody(void **state)
{
	struct bench *bench = *state;
	fake_store_fail(bench->fake, STORE_DOWN);
	assert_string_equal(say(bench, chair, "all", "lost"), "store-unavailable");
	fake_store_fail(bench->fake, STORE_UNKNOWN);
	assert_string_equal(say(bench, chair, "all", "perhaps"), "store-unavailable");
	fake_store_fail(bench->fake, STORE_OK);
	bench_pass(bench, RS_SEC(1));
	assert_string_equal(who_knows("lost"), "");
	assert_string_equal(who_knows("perhaps"), "");
}

static void the_secretariat_closes_the_chat_but_goes_on_answering(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(bench_try(bench, chair, "close-chat", ""), "not-permitted");
	assert_string_equal(bench_try(bench, secretariat, "close-chat", ""), "ok");
	assert_string_equal(bench_try(bench, secretariat, "close-chat", ""), "already-so");
	assert_true(json_is_true(bench_at(fra->view, "chat.closed")));
	assert_string_equal(say(bench, chair, "all", "x"), "chat-closed");
	assert_string_equal(say(bench, ken, "delegation", "x"), "chat-closed");
	assert_string_equal(say(bench, ken, "secretariat", "still-there"), "ok");
	assert_string_equal(say(bench, secretariat, "all", "closed-because"), "ok");
	bench_restart(bench);
	secretariat = bench_join(bench, "demo", "secretariat", "secretariat");
	assert_true(json_is_true(bench_at(secretariat->view, "chat.closed")));
	assert_string_equal(bench_try(bench, secretariat, "open-chat", ""), "ok");
	assert_false(json_is_true(bench_at(secretariat->view, "chat.closed")));
}

static void a_removed_message_is_gone_from_everywhere(void **state)
{
	struct bench *bench = *state;
	char member[64];
	assert_string_equal(say(bench, chair, "all", "a-mistake"), "ok");
	const int64_t number = bench_int(bench_last(fra, "chat"), "messages.0.message");
	(void)snprintf(member, sizeof(member), "\"message\":%lld", (long long)number);
	assert_string_equal(bench_try(bench, chair, "remove-message", member), "not-permitted");
	assert_string_equal(bench_try(bench, secretariat, "remove-message", "\"message\":7"),
		"no-such-message");
	assert_string_equal(bench_try(bench, secretariat, "remove-message", member), "ok");
	assert_int_equal(
		bench_int(bench_last_event(fra, "message-removed"), "data.message"), number);
	assert_int_equal(fake_store_messages(bench->fake), 0);
	assert_string_equal(
		bench_try(bench, secretariat, "remove-message", member), "no-such-message");
	assert_false(knows(bench_join(bench, "demo", "BRA", "delegate"), "a-mistake"));
}

static void messages_are_forgotten_when_their_time_is_over(void **state)
{
	struct bench *bench = *state;
	assert_string_equal(say(bench, chair, "all", "in-the-morning"), "ok");
	bench_pass(bench, RS_SEC(3600));
	assert_string_equal(say(bench, chair, "all", "at-noon"), "ok");
	bench_pass(bench, RS_SEC(23 * 3600));
	bench_pass(bench, RS_SEC(1));
	assert_int_equal(fake_store_messages(bench->fake), 1);
	const struct bench_line *late = bench_join(bench, "demo", "BRA", "delegate");
	assert_false(knows(late, "in-the-morning"));
	assert_true(knows(late, "at-noon"));
}

static void a_participant_writes_so_many_messages_a_minute(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 10; i++)
		assert_string_equal(say(bench, ken, "delegation", "x"), "ok");
	assert_string_equal(say(bench, ken, "delegation", "x"), "too-many");
	assert_string_equal(say(bench, fra, "delegation", "x"), "ok");
	bench_pass(bench, RS_SEC(6));
	assert_string_equal(say(bench, ken, "delegation", "x"), "ok");
	assert_string_equal(say(bench, ken, "delegation", "x"), "too-many");
}

static void only_so_many_are_kept_and_shown(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 120; i++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "n%d.", i);
		assert_string_equal(say(bench, chair, "all", text), "ok");
		bench_pass(bench, RS_SEC(6));
	}
	const struct bench_line *late = bench_join(bench, "demo", "BRA", "delegate");
	const json_t *chat = bench_last(late, "chat");
	assert_int_equal(json_array_size(bench_at(chat, "messages")), 100);
	assert_string_equal(bench_text(chat, "messages.0.text"), "n20.");
	assert_string_equal(bench_text(chat, "messages.99.text"), "n119.");
}

static void texts_are_bounded_and_safe(void **state)
{
	static char text[CHAT_TEXT_MAX + 2];
	memset(text, 'a', sizeof(text) - 1);
	assert_false(chat_text_is_good(text, CHAT_TEXT_MAX + 1));
	assert_true(chat_text_is_good(text, CHAT_TEXT_MAX));
	static const struct {
		const char *text;
		bool good;
	} samples[] = {
		{ "", false },
		{ " \n ", false },
		{ "two\nlines", true },
		{ "a\tb", false },
		{ "bell\a", false },
		{ "\x7f", false },
		{ "\xc2\x85", false },        /* NEL, a C1 control */
		{ "\xc2\xa0x", true },        /* no-break space */
		{ "\xe2\x80\xaexeb", false }, /* RLO */
		{ "\xe2\x80\xaaxeb", false }, /* LRE */
		{ "\xe2\x80\x8fx", true },    /* RLM, a mark */
		{ "\xd8\xb4\xd9\x83\xd8\xb1\xd8\xa7", true },
		{ "\xe4\xb8\xad\xe6\x96\x87", true },
		{ "\xff", false },
		{ "\xe4\xb8", false },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(samples); i++)
		assert_int_equal(chat_text_is_good(samples[i].text, strlen(samples[i].text)),
			samples[i].good);
}

static void a_kept_message_comes_back_as_it_was(void **state)
{
	struct chat_message message = { .number = 1795305600123,
		.wall_ms = 1795305600000,
		.from = "secretariat",
		.id = "c1",
		.audience = CHAT_PARTICIPANT,
		.to = "FRA",
		.text = "شكرا \"中文\"\nmerci" };
	struct chat_message back;
	struct rs_buf out;
	memset(&back, 0, sizeof(back));
	rs_buf_init(&out, 16384);
	assert_int_equal(chat_message_write(&message, &out), 0);
	assert_int_equal(
		chat_message_parse((const char *)rs_buf_data(&out), rs_buf_len(&out), &back), 0);
	assert_int_equal(back.number, message.number);
	assert_int_equal(back.audience, message.audience);
	assert_string_equal(back.from, message.from);
	assert_string_equal(back.to, message.to);
	assert_string_equal(back.id, message.id);
	assert_string_equal(back.text, message.text);
	for (size_t len = 0; len < rs_buf_len(&out); len++)
		assert_int_not_equal(
			chat_message_parse((const char *)rs_buf_data(&out), len, &back), 0);
	rs_buf_done(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	log_nothing();
	const struct CMUnitTest tests[] = {
		CASE(a_message_reaches_those_it_is_meant_for_and_nobody_else),
		CASE(a_page_that_comes_later_is_shown_its_own_share),
		CASE(the_profile_says_who_may_write_to_whom),
		CASE(a_message_is_said_once_however_often_it_is_sent),
		CASE(what_the_store_does_not_take_is_told_to_nobody),
		CASE(the_secretariat_closes_the_chat_but_goes_on_answering),
		CASE(a_removed_message_is_gone_from_everywhere),
		CASE(messages_are_forgotten_when_their_time_is_over),
		CASE(a_participant_writes_so_many_messages_a_minute),
		CASE(only_so_many_are_kept_and_shown),
		cmocka_unit_test(texts_are_bounded_and_safe),
		cmocka_unit_test(a_kept_message_comes_back_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
