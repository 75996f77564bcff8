/* How fast somebody speaks, by the captions of what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/mem.h"
#include "signaling/interpretation/speech.h"

#define NOW INT64_C(1795305600000)

static void words_are_what_blanks_part(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t words;
	} cases[] = {
		{ "", 0 },
		{ "Thank you, Madam Chair.", 4 },
		{ "  2 030 – Agenda — it’s   here  ", 5 },
		{ "...", 0 },
		{ "L'ordre du jour", 3 },
		{ "Спасибо, г-жа Председатель", 3 },
		{ "شكرا سيدتي الرئيسة", 3 },
		{ "谢谢主席。", 3 },
		{ "支持 SDG 目标", 4 },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(speech_words(cases[i].text), cases[i].words);
}

static void the_rate_is_that_of_the_last_half_minute(void **state)
{
	struct speech speech;
	(void)state;
	speech_init(&speech);
	assert_int_equal(speech_rate(&speech, NOW), 0);
	speech_add(&speech, 15, NOW, NOW + 5000);
	assert_int_equal(speech_rate(&speech, NOW + 5000), 0); /* too little */
	speech_add(&speech, 15, NOW + 5000, NOW + 10000);
	assert_int_equal(speech_rate(&speech, NOW + 10000), 180);
	for (int i = 2; i < 10; i++)
		speech_add(&speech, 8, NOW + i * 5000, NOW + (i + 1) * 5000);
	assert_in_range(speech_rate(&speech, NOW + 50000), 90, 100);
}

static void a_pause_or_nobody_who_writes_is_no_pace(void **state)
{
	struct speech speech;
	(void)state;
	speech_init(&speech);
	speech_add(&speech, 30, NOW, NOW + 10000);
	assert_int_equal(speech_rate(&speech, NOW + 22000), 180);
	assert_int_equal(speech_rate(&speech, NOW + 22001), 0);
	speech_init(&speech);
	assert_int_equal(speech_rate(&speech, NOW + 10000), 0);
}

static void a_ring_of_lines_goes_round(void **state)
{
	struct speech speech;
	(void)state;
	speech_init(&speech);
	for (int i = 0; i < 3 * SPEECH_LINES; i++)
		speech_add(&speech, 2, NOW + i * 1000, NOW + (i + 1) * 1000);
	assert_int_equal(speech_rate(&speech, NOW + INT64_C(3000) * SPEECH_LINES), 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_what_blanks_part),
		cmocka_unit_test(the_rate_is_that_of_the_last_half_minute),
		cmocka_unit_test(a_pause_or_nobody_who_writes_is_no_pace),
		cmocka_unit_test(a_ring_of_lines_goes_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
