/* No secret of a configuration or a log is in what is given away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/rostrumctl/redact.h"

static void secrets_are_taken_out_at_any_depth_and_files_are_named(void **state)
{
	static const char text[] =
		"{\"listen\":[\"127.0.0.1:8080\"],\"tls.key\":\"/etc/passwd\",\"ice.turn_secret\":\"/secret7+begins/as/a/path\",\"meeting.pin\":1234567,\"archive.key\":\"\","
		"\"plain\":[{\"meeting\":\"demo\",\"srtp.key\":\"c2VjcmV0MQ==\"},{\"srtp.key\":\"c2VjcmV0Mg==\"}],"
		"\"api.token\":\"secret3\",\"pins\":[\"plain\"],\"admin.PIN\":[\"secret4\"],\"password\":{\"password\":\"secret5\"},"
		"\"archive.tsa.url\":\"https://me:secret6@tsa.example.net/stamp\"}";
	(void)state;
	json_t *config = json_loads(text, 0, NULL);
	assert_non_null(config);
	assert_int_equal(redact_config(config), 0);
	char *given = json_dumps(config, JSON_COMPACT);
	assert_null(strstr(given, "secret1"));
	for (char n = '1'; n <= '7'; n++) {
		const char secret[] = { 's', 'e', 'c', 'r', 'e', 't', n, '\0' };
		assert_null(strstr(given, secret));
	}
	assert_null(strstr(given, "c2VjcmV0"));
	assert_null(strstr(given, "1234567"));
	assert_non_null(strstr(given, "/etc/passwd")); /* it exists: where a file is, is told */
	assert_non_null(strstr(given, "https://(removed)@tsa.example.net/stamp"));
	assert_non_null(strstr(given, "127.0.0.1:8080"));
	assert_non_null(strstr(given, "\"pins\":[\"plain\"]"));
	free(given);
	json_decref(config);
}

static void tokens_are_taken_out_of_logs_and_all_else_stays(void **state)
{
	static const char log[] =
		"info join #eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJLRU4ifQ.c2lnbmF0dXJl done\nkey eye eyJ short\xff\n";
	struct rs_buf out;
	(void)state;
	rs_buf_init(&out, 4096);
	assert_int_equal(redact_log(log, strlen(log), &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out),
		"info join #(removed) done\nkey eye eyJ short\xef\xbf\xbd\n");
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_taken_out_at_any_depth_and_files_are_named),
		cmocka_unit_test(tokens_are_taken_out_of_logs_and_all_else_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
