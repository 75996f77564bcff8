#include "signaling/turn/turn.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void credentials_are_those_coturn_works_out(void **state)
{
	struct turn turn = { .lifetime_s = 3600 };
	struct turn_grant grant;
	assert_int_equal(turn_secret_read("north\nsecond line", 17, &turn), 0);
	assert_string_equal(turn.secret, "north");
	turn_grant(&turn, "KEN", 1795305600, &grant);
	assert_string_equal(grant.username, "1795309200:KEN");
	/* printf 1795309200:KEN | openssl dgst -sha1 -hmac north -binary | base64 */
	assert_string_equal(grant.password, "Vn1lnBw53TTuV1AfKclT/SwxE1M=");
	turn_grant(&turn, "FRA", 1795305600, &grant);
	assert_string_not_equal(grant.password, "Vn1lnBw53TTuV1AfKclT/SwxE1M=");
}

static void the_longest_name_fits(void **state)
{
	struct turn turn = { .lifetime_s = 1, .secret = "s" };
	struct turn_grant grant;
	char name[RS_NAME_MAX + 1];
	memset(name, 'n', RS_NAME_MAX);
	name[RS_NAME_MAX] = '\0';
	turn_grant(&turn, name, INT64_MAX - 1, &grant);
	assert_int_equal(strlen(grant.username), 19 + 1 + RS_NAME_MAX);
}

static void a_secret_is_one_line_of_bounded_length(void **state)
{
	struct turn turn = { 0 };
	char text[TURN_SECRET_MAX + 2];
	memset(text, 's', sizeof(text));
	assert_int_equal(turn_secret_read("", 0, &turn), -EBADMSG);
	assert_int_equal(turn_secret_read("\n", 1, &turn), -EBADMSG);
	assert_int_equal(turn_secret_read("a\0b", 3, &turn), -EBADMSG);
	assert_int_equal(turn_secret_read(text, TURN_SECRET_MAX, &turn), 0);
	assert_int_equal(strlen(turn.secret), TURN_SECRET_MAX);
	assert_int_equal(turn_secret_read(text, TURN_SECRET_MAX + 1, &turn), -EBADMSG);
}

static void urls_are_of_the_right_scheme_and_fit_a_header(void **state)
{
	assert_true(turn_url_valid("stun:stun.example.net:3478", false));
	assert_true(turn_url_valid("turn:[2001:db8::1]:3478?transport=udp", true));
	assert_true(turn_url_valid("turns:turn.example.net?transport=tcp", true));
	assert_false(turn_url_valid("turn:turn.example.net", false));
	assert_false(turn_url_valid("stun:turn.example.net", true));
	assert_false(turn_url_valid("http://turn.example.net", true));
	assert_false(turn_url_valid("turn:", true));
	assert_false(turn_url_valid("turn:a>; rel=\"x\"", true));
	assert_false(turn_url_valid("turn:a b", true));
	char url[TURN_URL_LEN_MAX + 2] = "turn:";
	memset(url + 5, 'h', TURN_URL_LEN_MAX - 5);
	assert_true(turn_url_valid(url, true));
	url[TURN_URL_LEN_MAX] = 'h';
	assert_false(turn_url_valid(url, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_those_coturn_works_out),
		cmocka_unit_test(the_longest_name_fits),
		cmocka_unit_test(a_secret_is_one_line_of_bounded_length),
		cmocka_unit_test(urls_are_of_the_right_scheme_and_fit_a_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
