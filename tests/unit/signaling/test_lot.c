/* Drawing lots: the paper's example, uniform, and the same for everyone who has the seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include <jansson.h>

#include "common/base/text.h"
#include "signaling/rules/lot.h"
#include "tests/support/examples.h"

static void each_example(void *ctx, const char *kind, size_t line, const char *text)
{
	if (strcmp(kind, "lot") != 0)
		return;
	size_t *seen = ctx;
	uint8_t seed[LOT_SEED_LEN];
	uint8_t commitment[RS_SHA256_LEN];
	char hex[LOT_HEX_LEN + 1];
	json_t *json = json_loads(text, 0, NULL);
	const char *seed_text = json_string_value(json_object_get(json, "seed"));
	assert_int_equal(rs_hex_decode(seed_text, strlen(seed_text), seed, sizeof(seed)), 0);
	lot_commit(seed, commitment);
	rs_hex_encode(commitment, sizeof(commitment), hex);
	assert_memory_equal(
		hex, json_string_value(json_object_get(json, "commitment")), LOT_HEX_LEN);
	const char *bound;
	json_t *drawn;
	json_object_foreach(json_object_get(json, "below"), bound, drawn)
	{
		struct lot lot;
		lot_init(&lot, seed);
		assert_int_equal(lot_below(&lot, (uint32_t)strtoul(bound, NULL, 10)),
			json_integer_value(drawn));
	}
	(*seen)++;
	json_decref(json);
}

static void the_example_of_the_paper_is_true(void **state)
{
	size_t seen = 0;
	(void)examples_each("signaling/wire/PROTOCOL.md", each_example, &seen);
	assert_int_equal(seen, 1);
}

static void seed_of(uint32_t n, uint8_t seed[LOT_SEED_LEN])
{
	memset(seed, 0, LOT_SEED_LEN);
	memcpy(seed, &n, sizeof(n));
}

/* Chi-square with 9 degrees of freedom stays below 27.9 in 999 of 1000 draws. */
static void all_are_drawn_equally_often(void **state)
{
	static const uint32_t draws = 10000;
	uint32_t one[10] = { 0 };
	for (uint32_t i = 0; i < draws; i++) {
		uint8_t seed[LOT_SEED_LEN];
		struct lot lot;
		seed_of(i, seed);
		lot_init(&lot, seed);
		one[lot_below(&lot, 10)]++;
	}
	double chi = 0;
	for (size_t i = 0; i < 10; i++) {
		const double expected = draws / 10.0;
		chi += (one[i] - expected) * (one[i] - expected) / expected;
	}
	assert_true(chi < 27.9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_paper_is_true),
		cmocka_unit_test(all_are_drawn_equally_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
