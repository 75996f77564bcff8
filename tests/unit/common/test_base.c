#include "common/base/addr.h"
#include "common/base/buf.h"
#include "common/base/bytes.h"
#include "common/base/hash.h"
#include "common/base/map.h"
#include "common/base/rand.h"
#include "common/base/text.h"
#include "common/base/time.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_reader_past_its_end_stays_failed(void **state)
{
	const uint8_t bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05 };
	struct rs_reader reader;
	rs_reader_init(&reader, bytes, sizeof(bytes));
	assert_int_equal(rs_read_u16(&reader), 0x0102);
	assert_int_equal(rs_read_u24(&reader), 0x030405);
	assert_false(reader.failed);
	assert_int_equal(rs_read_u8(&reader), 0);
	assert_true(reader.failed);
	assert_int_equal(rs_reader_left(&reader), 0);
}

static void a_writer_that_is_full_writes_nothing_more(void **state)
{
	uint8_t bytes[4] = { 0 };
	struct rs_writer writer;
	rs_writer_init(&writer, bytes, sizeof(bytes));
	rs_write_u24(&writer, 0x010203);
	rs_write_u16(&writer, 0x0405);
	rs_write_u8(&writer, 6);
	assert_true(writer.failed);
	assert_int_equal(writer.len, 3);
	assert_int_equal(bytes[3], 0);
}

static void numbers_must_be_whole_and_in_range(void **state)
{
	uint64_t u = 7;
	int64_t i = 7;
	assert_int_equal(rs_parse_u64("18446744073709551615", 20, UINT64_MAX, &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(rs_parse_u64("18446744073709551616", 20, UINT64_MAX, &u), -EBADMSG);
	assert_int_equal(rs_parse_u64("12x", 3, UINT64_MAX, &u), -EBADMSG);
	assert_int_equal(rs_parse_u64("", 0, UINT64_MAX, &u), -EBADMSG);
	assert_int_equal(rs_parse_u64("256", 3, 255, &u), -EBADMSG);
	assert_int_equal(rs_parse_i64("-9223372036854775808", 20, INT64_MIN, INT64_MAX, &i), 0);
	assert_true(i == INT64_MIN);
	assert_int_equal(
		rs_parse_i64("9223372036854775808", 19, INT64_MIN, INT64_MAX, &i), -EBADMSG);
	assert_int_equal(rs_parse_i64("-", 1, INT64_MIN, INT64_MAX, &i), -EBADMSG);
}

static void a_language_has_its_regions(void **state)
{
	assert_true(rs_language_in("fr", "fr"));
	assert_true(rs_language_in("fr", "FR-ch"));
	assert_false(rs_language_in("fr-CH", "fr"));
	assert_false(rs_language_in("fr", "fry"));
	assert_false(rs_language_in("fr", ""));
}

static void utf8_is_cut_between_letters(void **state)
{
	(void)state;
	assert_int_equal(rs_utf8_cut("K\xC3\xA9nya", 1), 1);
	assert_int_equal(rs_utf8_cut("K\xC3\xA9nya", 2), 1);
	assert_int_equal(rs_utf8_cut("K\xC3\xA9nya", 3), 3);
	assert_int_equal(rs_utf8_cut("K\xC3\xA9nya", 60), 6);
	assert_int_equal(rs_utf8_cut("\xF0\x9F\x8E\x99", 3), 0);
	assert_int_equal(rs_utf8_cut("", 3), 0);
}

static void utf8_refuses_overlong_surrogates_and_nul(void **state)
{
	assert_true(rs_utf8_valid("Kénya \xF0\x9F\x8E\x99", 11));
	assert_false(rs_utf8_valid("\xC0\xAF", 2));
	assert_false(rs_utf8_valid("\xE0\x80\xAF", 3));
	assert_false(rs_utf8_valid("\xED\xA0\x80", 3));
	assert_false(rs_utf8_valid("\xF4\x90\x80\x80", 4));
	assert_false(rs_utf8_valid("a\0b", 3));
	assert_false(rs_utf8_valid("\xE2\x82", 2));
}

static void names_are_of_the_contract_s_alphabet(void **state)
{
	char long_name[RS_NAME_MAX + 1];
	memset(long_name, 'a', sizeof(long_name));
	assert_true(rs_name_valid("KEN_1-x", 7));
	assert_true(rs_name_valid(long_name, RS_NAME_MAX));
	assert_false(rs_name_valid(long_name, RS_NAME_MAX + 1));
	assert_false(rs_name_valid("a/b", 3));
	assert_false(rs_name_valid("", 0));
}

static void hex_and_base64_agree_with_rfc_4648(void **state)
{
	uint8_t bytes[3];
	char hex[7];
	char text[9];
	assert_int_equal(rs_hex_decode("00fFa5", 6, bytes, 3), 0);
	rs_hex_encode(bytes, 3, hex);
	assert_string_equal(hex, "00ffa5");
	assert_int_equal(rs_hex_decode("00fg", 4, bytes, 2), -EBADMSG);
	assert_int_equal(rs_base64_encode((const uint8_t *)"fooba", 5, text, sizeof(text)), 0);
	assert_string_equal(text, "Zm9vYmE=");
	assert_int_equal(rs_base64_encode((const uint8_t *)"fooba", 5, text, 8), -ENOSPC);
}

static void base64_is_read_back_and_judged(void **state)
{
	static const char *const texts[] = { "", "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	static const char *const bad[] = { "Z", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "====", "Zm-v",
		"Zg==Zg==", "Zm9v Zm9" };
	uint8_t octets[6] = { 0 };
	for (size_t i = 0; i < RS_ARRAY_LEN(texts); i++) {
		assert_int_equal(
			rs_base64_decode(texts[i], strlen(texts[i]), octets, sizeof(octets)), i);
		assert_memory_equal(octets, "foobar", i);
	}
	assert_int_equal(rs_base64_decode("Zm9vYmFy", 8, octets, 5), -ENOSPC);
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(
			rs_base64_decode(bad[i], strlen(bad[i]), octets, sizeof(octets)), -EBADMSG);
	assert_int_equal(rs_base64_decode("+/+/", 4, octets, sizeof(octets)), 3);
	assert_memory_equal(octets, "\xfb\xff\xbf", 3);
}

static void addresses_survive_the_round_trip(void **state)
{
	static const char *const good[] = { "192.0.2.1:80", "[2001:db8::1]:65535", "0.0.0.0:0" };
	char text[RS_ADDR_TEXT_LEN];
	struct rs_addr addr;
	for (size_t i = 0; i < RS_ARRAY_LEN(good); i++) {
		assert_int_equal(rs_addr_parse(good[i], strlen(good[i]), &addr), 0);
		rs_addr_format(&addr, text);
		assert_string_equal(text, good[i]);
	}
	assert_int_equal(rs_addr_parse("2001:db8::1:80", 14, &addr), -EBADMSG);
	assert_int_equal(rs_addr_parse("192.0.2.1", 9, &addr), -EBADMSG);
	assert_int_equal(rs_addr_parse("192.0.2.1:65536", 15, &addr), -EBADMSG);

	assert_int_equal(rs_addr_parse("[::ffff:192.0.2.1]:80", 21, &addr), 0);
	assert_int_equal(addr.family, RS_ADDR_V4);
}

static void a_map_keeps_its_limit_and_its_entries(void **state)
{
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 1);
	struct rs_map *map = NULL;
	assert_int_equal(rs_map_new(100, sizeof(int), &rand, &map), 0);
	static int values[101];
	for (int i = 0; i < 100; i++) {
		values[i] = i;
		assert_int_equal(rs_map_add(map, &values[i], sizeof(int), &values[i]), 0);
	}
	values[100] = 100;
	assert_int_equal(rs_map_add(map, &values[100], sizeof(int), &values[100]), -E2BIG);
	assert_int_equal(rs_map_add(map, &values[5], sizeof(int), &values[5]), -EEXIST);

	for (int i = 0; i < 100; i += 2)
		assert_ptr_equal(rs_map_remove(map, &values[i], sizeof(int)), &values[i]);
	for (int i = 0; i < 100; i++)
		assert_ptr_equal(
			rs_map_find(map, &values[i], sizeof(int)), i % 2 == 0 ? NULL : &values[i]);
	size_t cursor = 0;
	size_t walked = 0;
	while (rs_map_next(map, &cursor) != NULL)
		walked++;
	assert_int_equal(walked, 50);
	assert_int_equal(rs_map_count(map), 50);
	map = rs_map_free(map);
}

static void a_map_agrees_with_a_table_under_random_work(void **state)
{
	enum { KEYS = 64 };
	struct rs_rand rand;
	rs_rand_init_seed(&rand, 2);
	struct rs_map *map = NULL;
	assert_int_equal(rs_map_new(KEYS, 1, &rand, &map), 0);
	static uint8_t keys[KEYS];
	bool present[KEYS] = { false };
	for (int step = 0; step < 20000; step++) {
		const uint32_t k = rs_rand_below(&rand, KEYS);
		keys[k] = (uint8_t)k;
		if (present[k])
			assert_ptr_equal(rs_map_remove(map, &keys[k], 1), &keys[k]);
		else
			assert_int_equal(rs_map_add(map, &keys[k], 1, &keys[k]), 0);
		present[k] = !present[k];
		const uint32_t other = rs_rand_below(&rand, KEYS);
		keys[other] = (uint8_t)other;
		assert_int_equal(rs_map_find(map, &keys[other], 1) != NULL, present[other]);
	}
	map = rs_map_free(map);
}

static void a_buffer_holds_its_maximum_and_no_octet_more(void **state)
{
	struct rs_buf buf;
	rs_buf_init(&buf, 1000);
	assert_null(rs_buf_data(&buf));
	uint8_t block[600] = { 1 };
	assert_int_equal(rs_buf_append(&buf, block, 600), 0);
	assert_int_equal(rs_buf_append(&buf, block, 401), -E2BIG);
	assert_int_equal(rs_buf_append(&buf, block, 400), 0);
	rs_buf_consume(&buf, 999);
	assert_int_equal(rs_buf_len(&buf), 1);
	assert_int_equal(rs_buf_printf(&buf, "%s", "abc"), 0);
	assert_memory_equal(rs_buf_data(&buf) + 1, "abc", 3);
	assert_int_equal(rs_buf_append(&buf, block, 600), 0);
	rs_buf_done(&buf);
}

static void an_ending_is_one_of_something(void **state)
{
	assert_true(rs_ends_with("fr.webm", ".webm"));
	assert_false(rs_ends_with("fr.webm.sealed", ".webm"));
	assert_false(rs_ends_with(".webm", ".webm"));
	assert_false(rs_ends_with("ebm", ".webm"));
	assert_false(rs_ends_with("", ""));
}

static void digests_match_published_vectors(void **state)
{
	uint8_t digest[RS_SHA512_LEN];
	char hex[2 * RS_SHA512_LEN + 1];
	rs_sha256("abc", 3, digest);
	rs_hex_encode(digest, RS_SHA256_LEN, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	rs_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, digest); /* RFC 4231 case 2 */
	rs_hex_encode(digest, RS_SHA256_LEN, hex);
	assert_string_equal(
		hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	rs_hmac_sha1("Jefe", 4, "what do ya want for nothing?", 28, digest); /* RFC 2202 case 2 */
	rs_hex_encode(digest, RS_SHA1_LEN, hex);
	assert_string_equal(hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");

	rs_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, digest); /* RFC 4231 case 2 */
	rs_hex_encode(digest, RS_SHA256_LEN, hex);
	assert_string_equal(
		hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

	struct rs_hash *hash = NULL;
	assert_int_equal(rs_hash_new(RS_HASH_SHA512, &hash), 0);
	for (int round = 0; round < 2; round++) {
		rs_hash_add(hash, "ab", 2);
		rs_hash_add(hash, "c", 1);
		rs_hash_finish(hash, digest);
		rs_hex_encode(digest, 8, hex);
		assert_string_equal(hex, "ddaf35a193617aba");
	}
	hash = rs_hash_free(hash);
	rs_sha512("abc", 3, digest);
	rs_hex_encode(digest, 8, hex);
	assert_string_equal(hex, "ddaf35a193617aba");
}

static void wall_time_is_written_as_rfc_3339(void **state)
{
	char text[RS_TIME_TEXT_LEN];
	rs_wall_format(1795305600123, text);
	assert_string_equal(text, "2026-11-22T00:00:00.123Z");
	rs_wall_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void wall_time_is_read_as_rfc_3339(void **state)
{
	static const struct {
		const char *text;
		int64_t wall_ms;
	} good[] = {
		{ "2026-11-22T00:00:00Z", 1795305600000 },
		{ "2026-11-22T00:00Z", 1795305600000 },
		{ "2026-11-22T01:00+01:00", 1795305600000 },
		{ "2026-11-21T19:30:00-04:30", 1795305600000 },
		{ "2028-02-29T12:00Z", 1835438400000 },
		{ "1970-01-01T00:00Z", 0 },
		{ "9999-12-31T23:59:59Z", 253402300799000 },
	};
	static const char *const bad[] = { "", "Z", "2026-11-22", "2026-11-22T18:00",
		"2026-11-22 18:00Z", "2026-11-22T18:00z", "2026-11-22T18Z",
		"2026-11-22T18:00:00.5Z", "2026-02-29T12:00Z", "2026-13-01T12:00Z",
		"2026-00-01T12:00Z", "2026-11-31T12:00Z", "2026-11-22T24:00Z", "2026-11-22T18:60Z",
		"2026-11-22T18:00:60Z", "2026-11-22T18:00+24:00", "2026-11-22T18:00+01:60",
		"2026-11-22T18:00+0100", "2026-11-22T18:00:00ZZ", "1969-12-31T23:59Z",
		"1970-01-01T00:00+00:01", "+026-11-22T18:00Z", "2026-11-22T18:00:0Z" };
	int64_t wall_ms = 7;
	for (size_t i = 0; i < RS_ARRAY_LEN(good); i++) {
		assert_int_equal(rs_wall_parse(good[i].text, strlen(good[i].text), &wall_ms), 0);
		assert_true(wall_ms == good[i].wall_ms);
		/* no beginning of it is one */
		for (size_t len = 0; len < strlen(good[i].text); len++)
			assert_int_equal(rs_wall_parse(good[i].text, len, &wall_ms), -EBADMSG);
	}
	wall_ms = 7;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++)
		assert_int_equal(rs_wall_parse(bad[i], strlen(bad[i]), &wall_ms), -EBADMSG);
	assert_true(wall_ms == 7);
}

static void random_text_is_uniform_and_terminated(void **state)
{
	struct rs_rand rand;
	char text[33];
	rs_rand_init_seed(&rand, 3);
	rs_rand_text(&rand, text, 32);
	assert_int_equal(strlen(text), 32);
	assert_true(rs_name_valid(text, 32));
	unsigned seen[10] = { 0 };
	for (int i = 0; i < 10000; i++)
		seen[rs_rand_below(&rand, 10)]++;
	for (int i = 0; i < 10; i++)
		assert_in_range(seen[i], 850, 1150);
}

/* A list that counts from 0 up. */
static void add_one(uint32_t **list, size_t *n, size_t max)
{
	assert_int_equal(rs_grow(list, *n, max, sizeof(**list)), 0);
	(*list)[*n] = (uint32_t)*n;
	(*n)++;
}

static void a_list_grows_to_its_limit_and_keeps_what_it_holds(void **state)
{
	static const size_t limits[] = { 1, 15, 16, 17, 100, 128 };
	for (size_t at = 0; at < RS_ARRAY_LEN(limits); at++) {
		uint32_t *list = NULL;
		size_t n = 0;
		while (n < limits[at])
			add_one(&list, &n, limits[at]);
		assert_int_equal(rs_grow(&list, n, limits[at], sizeof(*list)), -E2BIG);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(list[i], i);
		rs_release(list);
	}
}

static void a_list_stays_as_it_is_without_memory(void **state)
{
	uint32_t *list = NULL;
	size_t n = 0;
	while (n < 32)
		add_one(&list, &n, SIZE_MAX);
	const uint32_t *before = list;
	rs_mem_fail_after(0);
	assert_int_equal(rs_grow(&list, n, SIZE_MAX, sizeof(*list)), -ENOMEM);
	assert_ptr_equal(list, before);
	assert_int_equal(list[31], 31);
	rs_release(list);
}

static void every_block_is_released(void **state)
{
	assert_int_equal(rs_mem_alive(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_past_its_end_stays_failed),
		cmocka_unit_test(a_writer_that_is_full_writes_nothing_more),
		cmocka_unit_test(numbers_must_be_whole_and_in_range),
		cmocka_unit_test(a_language_has_its_regions),
		cmocka_unit_test(utf8_is_cut_between_letters),
		cmocka_unit_test(utf8_refuses_overlong_surrogates_and_nul),
		cmocka_unit_test(names_are_of_the_contract_s_alphabet),
		cmocka_unit_test(hex_and_base64_agree_with_rfc_4648),
		cmocka_unit_test(base64_is_read_back_and_judged),
		cmocka_unit_test(addresses_survive_the_round_trip),
		cmocka_unit_test(a_map_keeps_its_limit_and_its_entries),
		cmocka_unit_test(a_map_agrees_with_a_table_under_random_work),
		cmocka_unit_test(a_buffer_holds_its_maximum_and_no_octet_more),
		cmocka_unit_test(an_ending_is_one_of_something),
		cmocka_unit_test(digests_match_published_vectors),
		cmocka_unit_test(wall_time_is_written_as_rfc_3339),
		cmocka_unit_test(wall_time_is_read_as_rfc_3339),
		cmocka_unit_test(random_text_is_uniform_and_terminated),
		cmocka_unit_test(a_list_grows_to_its_limit_and_keeps_what_it_holds),
		cmocka_unit_test(a_list_stays_as_it_is_without_memory),
		cmocka_unit_test(every_block_is_released),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
