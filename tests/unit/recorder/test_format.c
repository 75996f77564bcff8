/* The examples of FORMAT.md, read by what reads archives. */
#include "common/evidence/heads.h"
#include "common/evidence/ledger.h"
#include "recorder/archive/custody/custody_line.h"

#include "tests/support/examples.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* As the paper says. */
#define SESSION "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"

static struct line line_of(const char *text)
{
	return (struct line){ .text = text, .len = strcspn(text, "\n"), .whole = true };
}

static void take_chain(const char *text)
{
	struct chain chain;
	struct chain_line entry;
	const char *why = "";
	const struct line line = line_of(text);
	chain_init(&chain);
	assert_int_equal(chain_read(&chain, &line, &entry, &why), 0);
	assert_string_equal(entry.type, "gate");
}

static void take_ledger(const char *text)
{
	struct ledger ledger;
	struct ledger_line entry;
	const char *why = "";
	const struct line line = line_of(text);
	ledger_init(&ledger);
	assert_int_equal(ledger_read(&ledger, &line, &entry, &why), 0);
	assert_int_equal(entry.received, 50);
}

static void take_head(const char *text)
{
	struct chain chain;
	struct head head;
	const char *why = "";
	const struct line line = line_of(text);
	chain_init(&chain);
	assert_int_equal(head_read(&chain, &line, SESSION, &head, &why), 0);
	assert_int_equal(head.size, 2);
	assert_int_equal(head_runs(&head), 2);
	head_done(&head);
}

static void take_custody(const char *text)
{
	struct chain chain;
	struct chain_line entry;
	const char *why = "";
	const struct line line = line_of(text);
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	chain_init(&chain);
	struct custody_line said = {
		.subject = SESSION, .seq = 1, .utc = "2026-11-22T10:00:00.123Z", .type = "held"
	};
	const struct chain before = chain;
	assert_int_equal(chain_read(&chain, &line, &entry, &why), 0);
	said.prev = before.prev;
	assert_int_equal(custody_line_check(&said, entry.payload, entry.payload_len, key), 1);
	said.seq = 2;
	assert_int_equal(custody_line_check(&said, entry.payload, entry.payload_len, key), -EACCES);
}

static const struct {
	const char *kind;
	void (*take)(const char *text);
} kinds[] = { { "chain", take_chain }, { "ledger", take_ledger }, { "head", take_head },
	{ "custody", take_custody } };

static void take(void *ctx, const char *kind, size_t line, const char *text)
{
	unsigned *seen = ctx;
	for (size_t i = 0; i < RS_ARRAY_LEN(kinds); i++) {
		if (strcmp(kind, kinds[i].kind) != 0)
			continue;
		kinds[i].take(text);
		*seen |= 1U << i;
		return;
	}
	fail_msg("line %zu: no such kind of example", line);
}

static void every_example_of_the_paper_is_read(void **state)
{
	unsigned seen = 0;
	assert_int_equal(
		examples_each("recorder/archive/FORMAT.md", take, &seen), RS_ARRAY_LEN(kinds));
	assert_int_equal(seen, (1U << RS_ARRAY_LEN(kinds)) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_of_the_paper_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
