#include "signaling/io/outbox.h"
#include "signaling/io/route.h"
#include "signaling/io/tally.h"
#include "signaling/io/target.h"
#include "signaling/io/ticket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- Outbox --- */

static struct message *text(const char *words)
{
	struct message *message = message_new(words, strlen(words));
	assert_non_null(message);
	return message;
}

static void messages_leave_in_the_order_they_came(void **state)
{
	struct outbox outbox;
	assert_int_equal(outbox_init(&outbox, 3, 100), 0);
	for (int round = 0; round < 5; round++) {
		assert_int_equal(outbox_put(&outbox, text("a")), 0);
		assert_int_equal(outbox_put(&outbox, text("bb")), 0);
		assert_int_equal(outbox.octets, 3);
		struct message *first = outbox_take(&outbox);
		struct message *second = outbox_take(&outbox);
		assert_int_equal(first->len, 1);
		assert_int_equal(second->len, 2);
		message_unref(first);
		message_unref(second);
		assert_null(outbox_take(&outbox));
	}
	outbox_done(&outbox);
}

/* It grows while the oldest is anywhere in the ring. */
static void an_outbox_that_grows_keeps_the_order(void **state)
{
	struct outbox outbox;
	char name[8];
	unsigned put = 0;
	unsigned taken = 0;
	assert_int_equal(outbox_init(&outbox, 100, 1000), 0);
	for (unsigned round = 0; round < 60; round++) {
		for (unsigned i = 0; i < 2; i++) {
			(void)snprintf(name, sizeof(name), "%u", put++);
			assert_int_equal(outbox_put(&outbox, text(name)), 0);
		}
		struct message *message = outbox_take(&outbox);
		(void)snprintf(name, sizeof(name), "%u", taken++);
		assert_string_equal((const char *)message_text(message), name);
		message_unref(message);
	}
	assert_int_equal(outbox.count, 60);
	outbox_done(&outbox);
}

static void an_outbox_is_full_by_count(void **state)
{
	struct outbox outbox;
	struct message *third = text("c");
	assert_int_equal(outbox_init(&outbox, 2, 100), 0);
	assert_int_equal(outbox_put(&outbox, text("a")), 0);
	assert_int_equal(outbox_put(&outbox, text("b")), 0);
	assert_int_equal(outbox_put(&outbox, third), -E2BIG);
	message_unref(third);
	outbox_done(&outbox);
	assert_true(rs_mem_alive() == 0);
}

static void an_outbox_is_full_by_octets(void **state)
{
	struct outbox outbox;
	struct message *large = text("12345678");
	assert_int_equal(outbox_init(&outbox, 10, 10), 0);
	assert_int_equal(outbox_put(&outbox, text("abc")), 0);
	assert_int_equal(outbox_put(&outbox, large), -E2BIG);
	assert_int_equal(outbox_put(&outbox, text("1234567")), 0);
	assert_int_equal(outbox.octets, 10);
	message_unref(large);
	outbox_done(&outbox);
	assert_int_equal(outbox_init(&outbox, 0, 10), -EINVAL);
	assert_int_equal(outbox_init(&outbox, 10, 0), -EINVAL);
}

/* --- Where webhooks may go --- */

static bool is_public(const char *ip)
{
	struct rs_addr addr;
	assert_int_equal(rs_addr_parse_ip(ip, strlen(ip), 0, &addr), 0);
	return target_is_public(&addr);
}

static void only_public_addresses_are_targets(void **state)
{
	static const char *const inside[] = { "0.0.0.0", "10.1.2.3", "100.64.0.1",
		"100.127.255.255", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.168.1.1", "192.0.2.1", "198.18.0.1", "198.19.255.255",
		"203.0.113.5", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "fc00::1", "fd12::1", "fe80::1", "ff02::1",
		"2001:db8::1", "2001::1", "2002:7f00:1::1", "64:ff9b::7f00:1", "3fff::1" };
	static const char *const outside[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.0.1",
		"198.17.0.1", "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2606:4700::1111",
		"2a00:1450::1" };
	const struct rs_addr none = { .family = RS_ADDR_NONE };
	for (size_t i = 0; i < RS_ARRAY_LEN(inside); i++) {
		if (is_public(inside[i]))
			fail_msg("%s is taken for public", inside[i]);
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(outside); i++) {
		if (!is_public(outside[i]))
			fail_msg("%s is not taken for public", outside[i]);
	}
	assert_false(target_is_public(&none));
}

/* --- Routes --- */

static void a_name_in_braces_is_a_name(void **state)
{
	struct route_params params;
	assert_true(route_match("/api/v1/meetings/{meeting}/media/{badge}",
		"/api/v1/meetings/demo/media/KEN", &params));
	assert_string_equal(params.name[0], "demo");
	assert_string_equal(params.name[1], "KEN");
	assert_false(route_match("/a/{b}", "/a/", &params));
	assert_false(route_match("/a/{b}", "/a/{b}", &params));
	assert_false(route_match("/a/{b}", "/a/b/c", &params));
}

static void a_query_gives_values_by_name(void **state)
{
	char value[4];
	assert_true(route_query("after=3&limit=5", "limit", value, sizeof(value)));
	assert_string_equal(value, "5");
	assert_true(route_query("after=3&limit=5", "after", value, sizeof(value)));
	assert_string_equal(value, "3");
	assert_true(route_query("after=3&limit=5", "afte", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_true(route_query("", "after", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_true(route_query("&&x&after&after=7", "after", value, sizeof(value)));
	assert_string_equal(value, "7");
	assert_false(route_query("after=1234", "after", value, sizeof(value)));
}

static void a_pattern_takes_names_and_nothing_else(void **state)
{
	static const char *const others[] = { "/whip/demo", "/whip/demo/", "/whip/demo/KEN/",
		"/whip//KEN", "/whip/de mo/KEN", "/whip/demo/K%45N", "/whip/../KEN",
		"/whep/demo/KEN", "whip/demo/KEN", "" };
	struct route_params params;
	assert_true(route_match("/whip/*/*", "/whip/demo/KEN-1_x", &params));
	assert_string_equal(params.name[0], "demo");
	assert_string_equal(params.name[1], "KEN-1_x");
	for (size_t i = 0; i < RS_ARRAY_LEN(others); i++)
		assert_false(route_match("/whip/*/*", others[i], &params));
	assert_true(route_match("/api/meetings/*/open", "/api/meetings/m/open", &params));
	assert_false(route_match("/api/meetings/*/open", "/api/meetings/m/opens", &params));
}

static void a_name_fits_at_64_octets_and_not_beyond(void **state)
{
	char path[80] = "/api/meetings/";
	struct route_params params;
	memset(path + 14, 'a', 65);
	path[14 + 64] = '\0';
	assert_true(route_match("/api/meetings/*", path, &params));
	path[14 + 64] = 'a';
	path[14 + 65] = '\0';
	assert_false(route_match("/api/meetings/*", path, &params));
}

static void pages_are_files_of_the_folder(void **state)
{
	static const struct {
		const char *path, *file;
	} good[] = {
		{ "/", "index.html" },
		{ "/delegate", "delegate.html" },
		{ "/podium", "podium.html" },
		{ "/watch/", "watch.html" },
		{ "/assets/main-B3x_9.js", "assets/main-B3x_9.js" },
		{ "/favicon.ico", "favicon.ico" },
	};
	char file[ROUTE_FILE_MAX];
	for (size_t i = 0; i < RS_ARRAY_LEN(good); i++) {
		assert_int_equal(route_file(good[i].path, file), 0);
		assert_string_equal(file, good[i].file);
	}
}

static void no_path_leaves_the_folder(void **state)
{
	static const char *const bad[] = { "", "//", "/..", "/../token.key", "/assets/../../x",
		"/.git/config", "/assets/.hidden", "/a//b", "/a/b/", "/a.js/", "/../", "/a\\b",
		"/a b", "/a%2e%2e/b", "/\xC3\xA9", "assets/x.js" };
	char file[ROUTE_FILE_MAX];
	char long_path[2 * ROUTE_FILE_MAX];
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(route_file(bad[i], file), -ENOENT);
	memset(long_path, 'a', sizeof(long_path));
	long_path[0] = '/';
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(route_file(long_path, file), -ENOENT);
}

static void types_follow_the_name(void **state)
{
	assert_string_equal(route_content_type("delegate.html"), "text/html; charset=utf-8");
	assert_string_equal(route_content_type("assets/a.b.js"), "text/javascript; charset=utf-8");
	assert_string_equal(route_content_type("LICENSE"), "application/octet-stream");
	assert_string_equal(route_content_type("x.exe"), "application/octet-stream");
}

static void a_file_of_a_webcast_has_a_dot_and_lies_where_it_is_known_to(void **state)
{
	static const char *const none[][2] = { { "", "index.m3u8" }, { "", "000001.m4s" },
		{ "v", "master.m3u8" }, { "v", "live.json" }, { "v", "000001.vtt" },
		{ "v2", "000001.m4s" }, { "a", "000001.m4s" }, { "a-fr", "other.m3u8" },
		{ "s-fr", "000001.m4s" }, { "v", "index" }, { "x", "index.m3u8" } };
	static const char *const strange[] = { "/webcast/demo/v/.m4s", "/webcast/demo/v/1.",
		"/webcast/demo/v/1", "/webcast/demo/v/1.2.m4s", "/webcast/demo/../live.json",
		"/webcast/demo/v/..", "/webcast/demo/v/1.m%34s", "/webcast/demo/v/1.m4s/" };
	struct route_params params;
	assert_true(route_match("/webcast/*/*/{file}", "/webcast/demo/v/init-1.mp4", &params));
	assert_string_equal(params.name[2], "init-1.mp4");
	for (size_t i = 0; i < RS_ARRAY_LEN(strange); i++)
		assert_false(route_match("/webcast/*/*/{file}", strange[i], &params));
	assert_string_equal(route_webcast_type("", "master.m3u8"), "application/vnd.apple.mpegurl");
	assert_string_equal(route_webcast_type("", "live.json"), "application/json");
	assert_string_equal(
		route_webcast_type("a-fr", "index.m3u8"), "application/vnd.apple.mpegurl");
	assert_string_equal(route_webcast_type("v", "init-1.mp4"), "video/mp4");
	assert_string_equal(route_webcast_type("v", "000001.m4s"), "video/mp4");
	assert_string_equal(route_webcast_type("a-floor", "000001.m4s"), "audio/mp4");
	assert_string_equal(route_webcast_type("s-fr", "000001.vtt"), "text/vtt; charset=utf-8");
	for (size_t i = 0; i < RS_ARRAY_LEN(none); i++)
		assert_null(route_webcast_type(none[i][0], none[i][1]));
}

static void media_types_are_compared_without_parameters(void **state)
{
	assert_true(route_type_is("application/sdp", "application/sdp"));
	assert_true(route_type_is("Application/SDP; charset=utf-8", "application/sdp"));
	assert_false(route_type_is("application/sdpx", "application/sdp"));
	assert_false(route_type_is("", "application/sdp"));
	assert_true(route_accepts("", "application/sdp"));
	assert_true(route_accepts("*/*", "application/sdp"));
	assert_true(route_accepts("text/html, application/*;q=0.8", "application/sdp"));
	assert_true(route_accepts("text/html,application/sdp", "application/sdp"));
	assert_false(route_accepts("text/html, image/*", "application/sdp"));
	assert_false(route_accepts("application/json", "application/sdp"));
}

static void entity_tags_are_found_whole(void **state)
{
	assert_true(route_has_tag("\"a\"", "\"a\""));
	assert_true(route_has_tag("\"b\", \"a\"", "\"a\""));
	assert_true(route_has_tag("\"a\",\"b\"", "\"a\""));
	assert_false(route_has_tag("\"ab\"", "\"a\""));
	assert_false(route_has_tag("", "\"a\""));
}

/* --- Tally --- */

static bool all_alive(void *ctx, const char *id)
{
	return true;
}

static bool only_named(void *ctx, const char *id)
{
	return strcmp(id, ctx) == 0;
}

static const uint8_t host_a[4] = { 192, 0, 2, 1 };
static const uint8_t host_b[4] = { 192, 0, 2, 2 };

static void nobody_holds_more_than_allowed(void **state)
{
	const struct tally_limits limits = { .per_badge = 2, .per_address = 3, .total = 4 };
	const struct rs_addr a = rs_addr_v4(host_a, 1000);
	const struct rs_addr a2 = rs_addr_v4(host_a, 2000);
	const struct rs_addr b = rs_addr_v4(host_b, 1000);
	struct tally *tally = NULL;
	assert_int_equal(tally_new(&limits, &tally), 0);
	assert_int_equal(tally_check(tally, "KEN", &a, all_alive, NULL), 0);
	tally_add(tally, "p1", "KEN", &a);
	assert_int_equal(tally_check(tally, "KEN", &a, all_alive, NULL), 0);
	tally_add(tally, "p2", "KEN", &a);
	assert_int_equal(tally_check(tally, "KEN", &b, all_alive, NULL), -E2BIG);
	assert_int_equal(tally_check(tally, "FRA", &a2, all_alive, NULL), 0);
	tally_add(tally, "p3", "FRA", &a2);
	assert_int_equal(tally_check(tally, "FRA", &a, all_alive, NULL), -E2BIG);
	assert_int_equal(tally_check(tally, "FRA", &b, all_alive, NULL), 0);
	tally_add(tally, "p4", "FRA", &b);
	assert_int_equal(tally_check(tally, "BRA", &b, all_alive, NULL), -E2BIG);
	tally_remove(tally, "p1");
	tally_remove(tally, "unknown");
	assert_int_equal(tally_check(tally, "KEN", &b, all_alive, NULL), 0);
	tally_free(tally);
}

static void sessions_that_ended_are_forgotten(void **state)
{
	const struct tally_limits limits = { .per_badge = 1, .per_address = 1, .total = 2 };
	const struct rs_addr a = rs_addr_v4(host_a, 1);
	const struct rs_addr b = rs_addr_v4(host_b, 1);
	char alive[] = "p2";
	struct tally *tally = NULL;
	assert_int_equal(tally_new(&limits, &tally), 0);
	tally_add(tally, "p1", "KEN", &a);
	tally_add(tally, "p2", "FRA", &b);
	tally_add(tally, "p3", "BRA", &b); /* one too many: not counted */
	assert_int_equal(tally_check(tally, "KEN", &a, only_named, alive), 0);
	assert_int_equal(tally_check(tally, "FRA", &a, only_named, alive), -E2BIG);
	tally_free(tally);
	assert_int_equal(tally_new(&(struct tally_limits){ .per_badge = 1 }, &tally), -EINVAL);
}

static void a_session_is_called_longer_than_anything_else(void **state)
{
	char path[ROUTE_NAME_MAX + 8];
	struct route_params params;
	(void)snprintf(path, sizeof(path), "/a/%0*d", ROUTE_NAME_MAX, 0);
	assert_true(route_match("/a/{session}", path, &params));
	assert_int_equal(strlen(params.name[0]), ROUTE_NAME_MAX);
	assert_false(route_match("/a/{meeting}", path, &params));
	(void)snprintf(path, sizeof(path), "/a/%0*d", ROUTE_NAME_MAX + 1, 0);
	assert_false(route_match("/a/{session}", path, &params));
	assert_false(route_match("/a/{session}", "/a/", &params));
	assert_false(route_match("/a/{session}", "/a/s.1", &params));
}

/* --- Conditions --- */

static void conditions_are_judged_in_their_order(void **state)
{
	static const struct {
		const char *match, *none_match;
		enum route_condition outcome;
	} cases[] = {
		{ "", "", ROUTE_GO_ON },
		{ "", "\"a\"", ROUTE_NOT_MODIFIED },
		{ "", "\"b\", W/\"a\"", ROUTE_NOT_MODIFIED },
		{ "", "*", ROUTE_NOT_MODIFIED },
		{ "", "\"b\"", ROUTE_GO_ON },
		{ "\"a\"", "", ROUTE_GO_ON },
		{ "*", "", ROUTE_GO_ON },
		{ "\"b\", \"a\"", "", ROUTE_GO_ON },
		{ "\"b\"", "", ROUTE_FAILED },
		{ "W/\"a\"", "", ROUTE_FAILED },
		{ "W/\"a\", \"a\"", "", ROUTE_GO_ON },
		{ "\"b\"", "\"a\"", ROUTE_FAILED },
		{ "\"a\"", "\"a\"", ROUTE_NOT_MODIFIED },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(route_condition(cases[i].match, cases[i].none_match, "\"a\""),
			cases[i].outcome);
}

/* --- Tickets --- */

static const uint8_t ticket_key[RS_SHA256_LEN] = { 1, 2, 3 };
static const struct claims reader = {
	.badge = "KEN", .meeting = "demo", .role = ROLE_DELEGATE, .issued_s = 77
};

static void a_ticket_opens_its_recording_until_it_ends(void **state)
{
	char text[TICKET_LEN];
	struct claims claims;
	ticket_write(ticket_key, "s1", &reader, 1000, text);
	assert_int_equal(ticket_read(ticket_key, "s1", text, 999, &claims), 0);
	assert_string_equal(claims.badge, "KEN");
	assert_string_equal(claims.meeting, "demo");
	assert_int_equal(claims.role, ROLE_DELEGATE);
	assert_int_equal(claims.issued_s, 77);
	assert_int_equal(ticket_read(ticket_key, "s1", text, 1000, &claims), -ETIMEDOUT);
	assert_int_equal(ticket_read(ticket_key, "s2", text, 999, &claims), -EACCES);
	assert_int_equal(ticket_read((const uint8_t[RS_SHA256_LEN]){ 9 }, "s1", text, 999, &claims),
		-EACCES);
	/* An administrator is in no meeting. */
	ticket_write(ticket_key, "s1", &(struct claims){ .badge = "admin", .role = ROLE_ADMIN },
		1000, text);
	assert_int_equal(ticket_read(ticket_key, "s1", text, 999, &claims), 0);
	assert_string_equal(claims.meeting, "");
}

static void no_octet_of_a_ticket_can_be_another(void **state)
{
	char text[TICKET_LEN];
	struct claims claims;
	ticket_write(ticket_key, "s1", &reader, 1000, text);
	const size_t len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		char bent[TICKET_LEN];
		memcpy(bent, text, len + 1);
		bent[i] = bent[i] == '1' ? '2' : '1';
		assert_int_equal(ticket_read(ticket_key, "s1", bent, 999, &claims), -EACCES);
		bent[i] = '\0';
		assert_int_equal(ticket_read(ticket_key, "s1", bent, 999, &claims), -EACCES);
	}
}

static void the_longest_names_fit_a_ticket(void **state)
{
	char text[TICKET_LEN];
	char session[ROUTE_NAME_MAX + 1];
	struct claims claims = { .role = ROLE_INTERPRETER, .issued_s = INT64_MIN };
	struct claims read;
	memset(claims.badge, 'b', RS_NAME_MAX);
	memset(claims.meeting, 'm', RS_NAME_MAX);
	memset(session, 's', ROUTE_NAME_MAX);
	session[ROUTE_NAME_MAX] = '\0';
	ticket_write(ticket_key, session, &claims, INT64_MAX, text);
	assert_int_equal(ticket_read(ticket_key, session, text, 999, &read), 0);
	assert_string_equal(read.meeting, claims.meeting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_called_longer_than_anything_else),
		cmocka_unit_test(conditions_are_judged_in_their_order),
		cmocka_unit_test(a_ticket_opens_its_recording_until_it_ends),
		cmocka_unit_test(no_octet_of_a_ticket_can_be_another),
		cmocka_unit_test(the_longest_names_fit_a_ticket),
		cmocka_unit_test(messages_leave_in_the_order_they_came),
		cmocka_unit_test(an_outbox_that_grows_keeps_the_order),
		cmocka_unit_test(an_outbox_is_full_by_count),
		cmocka_unit_test(an_outbox_is_full_by_octets),
		cmocka_unit_test(only_public_addresses_are_targets),
		cmocka_unit_test(a_pattern_takes_names_and_nothing_else),
		cmocka_unit_test(a_name_in_braces_is_a_name),
		cmocka_unit_test(a_query_gives_values_by_name),
		cmocka_unit_test(a_name_fits_at_64_octets_and_not_beyond),
		cmocka_unit_test(pages_are_files_of_the_folder),
		cmocka_unit_test(no_path_leaves_the_folder),
		cmocka_unit_test(types_follow_the_name),
		cmocka_unit_test(a_file_of_a_webcast_has_a_dot_and_lies_where_it_is_known_to),
		cmocka_unit_test(media_types_are_compared_without_parameters),
		cmocka_unit_test(entity_tags_are_found_whole),
		cmocka_unit_test(nobody_holds_more_than_allowed),
		cmocka_unit_test(sessions_that_ended_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
