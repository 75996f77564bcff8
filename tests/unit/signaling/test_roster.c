/* Tables of delegations and badges: how spreadsheets write them, what becomes of them, what is said of what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/roster.h"
#include "signaling/wire/conference/sheet.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"

static const struct rules any_rules = { .name = "r",
	.entries_max = 1,
	.open_microphones_max = 1,
	.order = { .levels = { "minister" }, .n_levels = 1 } };

static const struct rules *find_rules(const void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return &any_rules;
}

/* --- Rows --- */

/* "1:a|b 2:c|d": lines and fields as they come. */
static void note_row(void *ctx, const struct sheet_row *row)
{
	char *out = ctx;
	size_t at = strlen(out);
	at += (size_t)snprintf(out + at, 256 - at, "%s%u:", at > 0 ? " " : "", row->line);
	for (size_t i = 0; i < row->n; i++)
		at += (size_t)snprintf(
			out + at, 256 - at, "%s%s", i > 0 ? "|" : "", row->fields[i]);
}

static void rows_come_as_spreadsheets_write_them(void **state)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
		{ "a,b\nc,d\n", "1:a|b 2:c|d" },
		{ "a,b\r\nc,d", "1:a|b 2:c|d" },
		{ "\xef\xbb\xbf"
		  "a;b\r\nc,1;d\r\n",
			"1:a|b 2:c,1|d" },
		{ "a\tb\nc\t\n", "1:a|b 2:c|" },
		{ "\"a;;\",b\n", "1:a;;|b" },
		{ "a,b\n\n\n\"c\nx\",d\ne,f\n", "1:a|b 4:c\nx|d 6:e|f" },
		{ "\"say \"\"yes\"\"\",\"\"\n", "1:say \"yes\"|" },
		{ " a , b \n", "1:a|b" },
		{ "a\rb\r", "1:a 1:b" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		char rows[256] = "";
		struct sheet_error error;
		assert_int_equal(
			sheet_read(cases[i].text, strlen(cases[i].text), note_row, rows, &error),
			0);
		assert_string_equal(rows, cases[i].rows);
	}
}

static void what_is_no_table_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *why;
	} cases[] = {
		{ "a,b\nc\"x,d\n", 2, "a quote stands where none may be" },
		{ "a,b\n\"c\"x,d\n", 2, "a quote stands where none may be" },
		{ "a,b\nc,\"d\n\n\n", 2, "a quoted field is not closed" },
		{ "a\nb\nG\xe9n\xe9ve\n", 3, "this is no UTF-8; save it as \"CSV UTF-8\"" },
		{ ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", 1, "a row has more than 32 fields" },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		char rows[256] = "";
		struct sheet_error error;
		assert_int_equal(
			sheet_read(cases[i].text, strlen(cases[i].text), note_row, rows, &error),
			-EBADMSG);
		assert_int_equal(error.line, cases[i].line);
		assert_string_equal(error.why, cases[i].why);
	}
}

/* --- What becomes of them --- */

#define FILE_TEXT                                                                                 \
	"{\"id\":\"c\",\"title\":\"T\",\"rules\":\"r\",\n\"languages\":[{\"id\":\"en\",\"name\":" \
	"\"English\"},{\"id\":\"fr\",\"name\":\"French\"}],\n"                                    \
	"\"delegations\":[{\"id\":\"KEN\",\"country\":\"Kenya\"}],\n"                             \
	"\"meetings\":[{\"id\":\"m\",\"title\":\"M\",\"badges\":[{\"id\":\"chair\",\"role\":"     \
	"\"chair\",\"name\":\"C\"}]},{\"id\":\"n\",\"title\":\"N\"}]}"

struct judged {
	int err;
	struct conference *conference;
	struct faults *faults;
	struct rs_buf whole;
};

static struct judged judge(const char *json, const char *csv)
{
	struct judged judged = { .err = 0 };
	const struct conference_reader reader = {
		.rules = find_rules,
		.csv = csv,
		.csv_len = strlen(csv),
		.out_whole = &judged.whole,
	};
	rs_buf_init(&judged.whole, (size_t)1 << 20);
	assert_int_equal(faults_new(&judged.faults), 0);
	judged.err =
		conference_parse(&reader, json, strlen(json), judged.faults, &judged.conference);
	return judged;
}

static void done(struct judged *judged)
{
	conference_free(judged->conference);
	faults_free(judged->faults);
	rs_buf_done(&judged->whole);
}

static void a_table_fills_the_meetings(void **state)
{
	struct judged judged = judge(FILE_TEXT,
		"Delegation;Organisation;Category;Order;Badge;Name;Rank;Seat;Languages;Meeting;Level\r\n"
		"KEN;;;;k1;Amina;Head;12;en fr;;Minister\r\n"
		"WWF;Fund for Nature;NGO;3;w1;\"Grace; deputy\";;;;n\r\n"
		"WWF;Fund for Nature;;;;;;;;\r\n"
		";;;;;;;;;\r\n");
	(void)state;
	assert_int_equal(judged.err, 0);
	const struct meeting *m = judged.conference->meetings[0];
	const struct meeting *n = judged.conference->meetings[1];
	assert_int_equal(m->n_participants, 2);
	assert_int_equal(n->n_participants, 2);
	assert_string_equal(m->participants[1].id, "k1");
	assert_string_equal(m->participants[1].seat, "12");
	assert_int_equal(m->participants[1].rank, RANK_HEAD);
	assert_string_equal(m->participants[1].level, "minister");
	assert_int_equal(m->participants[1].n_languages, 2);
	assert_string_equal(n->participants[1].name, "Grace; deputy");
	assert_int_equal(n->participants[1].category, CATEGORY_NGO);
	assert_int_equal(n->n_delegations, 2);

	/* What is stored is the whole, and means the same by itself. */
	char *whole = calloc(1, rs_buf_len(&judged.whole) + 1);
	memcpy(whole, rs_buf_data(&judged.whole), rs_buf_len(&judged.whole));
	const struct conference_reader reader = { .rules = find_rules };
	struct conference *again = NULL;
	assert_int_equal(conference_parse(&reader, whole, strlen(whole), judged.faults, &again), 0);
	assert_int_equal(again->meetings[1]->n_participants, 2);
	conference_free(again);
	free(whole);
	done(&judged);
}

static void the_template_is_taken(void **state)
{
	size_t len;
	char *json = examples_read("conf/examples/demo.json", &len);
	char *csv = examples_read("conf/examples/delegations.csv", &len);
	struct judged judged = judge(json, csv);
	(void)state;
	if (judged.err != 0)
		fail_msg("line %u, %s: %s", judged.faults->list[0].line,
			judged.faults->list[0].where, judged.faults->list[0].why);
	assert_int_equal(judged.conference->meetings[0]->n_delegations, 8);
	done(&judged);
	free(csv);
	free(json);
}

/* --- What is wrong --- */

#define TITLES "delegation,country,category,order,badge,name,role,rank,seat,languages,meetings\n"

static void every_fault_is_told_with_its_line_and_column(void **state)
{
	static const struct {
		const char *csv;
		uint32_t line;
		const char *field;
	} cases[] = {
		{ "", 0, "" },
		{ "country\nKenya\n", 1, "delegation" },
		{ "delegation,flag\nKEN,x\n", 1, "flag" },
		{ "delegation,badge,badge\n", 1, "badge" },
		{ TITLES "ATL,,,,a1,A,,,,,\n", 2, "delegation" },
		{ TITLES "\n\nATL,,,,,,,,,,\n", 4, "country" },
		{ TITLES "KEN,Kenia,,,,,,,,,\n", 2, "country" },
		{ TITLES "FRA,France,king,,,,,,,,\n", 2, "category" },
		{ TITLES "FRA,France,,first,,,,,,,\n", 2, "order" },
		{ TITLES "FRA,France,,0,,,,,,,\n", 2, "order" },
		{ TITLES "A B,Nowhere,,,,,,,,,\n", 2, "delegation" },
		{ TITLES "KEN,,,,,Amina,,,,,\n", 2, "badge" },
		{ TITLES ",,,,,Amina,,,,,\n", 2, "badge" },
		{ TITLES "KEN,,,,k 1,Amina,,,,,\n", 2, "badge" },
		{ TITLES "KEN,,,,k1,,,,,,\n", 2, "name" },
		{ TITLES "KEN,,,,k1,Amina,king,,,,\n", 2, "role" },
		{ TITLES "KEN,,,,k1,Amina,,king,,,\n", 2, "rank" },
		{ TITLES "KEN,,,,k1,Amina,,,,xx,\n", 2, "languages" },
		{ TITLES "KEN,,,,k1,Amina,,,,,zz\n", 2, "meetings" },
		{ TITLES "KEN,,,,k1,A,,,7,,\nKEN,,,,k2,B,,,7,,\n", 3, "seat" },
		{ TITLES "KEN,,,,k1,A,,,,,\nKEN,,,,k1,B,,,,,\n", 3, "badge" },
		{ TITLES "KEN,,,,chair,A,,,,,m\n", 2, "badge" },
		{ TITLES "KEN,,,,k1,A,,,,,,more\n", 2, "" },
		{ TITLES "KEN,,,,k1,\"A\"x,,,,,\n", 2, "" },
	};
	(void)state;
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct judged judged = judge(FILE_TEXT, cases[i].csv);
		const struct fault *fault = &judged.faults->list[0];
		assert_int_equal(judged.err, -EBADMSG);
		if (judged.faults->n != 1 || fault->line != cases[i].line ||
			strcmp(fault->where, cases[i].field) != 0 ||
			strcmp(fault->file, "delegations") != 0)
			fail_msg("case %zu: %zu faults, %s line %u %s: %s", i, judged.faults->n,
				fault->file, fault->line, fault->where, fault->why);
		done(&judged);
	}
}

static void twenty_faults_of_both_files_are_told_at_once(void **state)
{
	char csv[2048] = TITLES;
	for (int i = 0; i < 18; i++) {
		const size_t at = strlen(csv);
		(void)snprintf(csv + at, sizeof(csv) - at, "KEN,,,,k%d,N,%s,,,,\n", i,
			i % 2 == 0 ? "king" : "queen");
	}
	struct judged judged = judge(
		"{\"id\":\"c\",\"title\":7,\"rules\":\"r\",\n\"delegations\":[{\"id\":\"KEN\",\"country\":"
		"\"Kenya\"}],\n\"meetings\":[{\"id\":\"m\",\"title\":\"\"}]}",
		csv);
	(void)state;
	assert_int_equal(judged.err, -EBADMSG);
	assert_int_equal(judged.faults->n, 20);
	for (size_t i = 0; i < 20; i++) {
		const struct fault *fault = &judged.faults->list[i];
		const bool table = strcmp(fault->file, "delegations") == 0;
		assert_true(fault->line > 0);
		assert_string_equal(fault->where, table              ? "role"
						  : fault->line == 1 ? "title"
								     : "meetings[0].title");
	}
	done(&judged);
}

/* A table of `n` rows, each a delegation, or a badge of Kenya in the first meeting. */
static char *rows(size_t n, bool badges)
{
	const size_t cap = sizeof(TITLES) + n * 40;
	char *csv = calloc(1, cap);
	assert_non_null(csv);
	size_t len = (size_t)snprintf(csv, cap, "%s", TITLES);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(csv + len, cap - len,
			badges ? "KEN,,,,b%zu,N,,,,,m\n" : "D%zu,Country,,,,,,,,,\n", i);
	return csv;
}

static void judge_rows(size_t n, bool badges, const char *field, const char *why)
{
	char *csv = rows(n, badges);
	struct judged judged = judge(FILE_TEXT, csv);
	assert_int_equal(judged.err, why != NULL ? -EBADMSG : 0);
	assert_int_equal(judged.faults->n, why != NULL ? 1 : 0);
	if (why != NULL) {
		assert_string_equal(judged.faults->list[0].where, field);
		assert_string_equal(judged.faults->list[0].why, why);
	}
	done(&judged);
	free(csv);
}

/* Together with the one that the file has. A table that is all delegations takes no time that grows with their square. */
static void as_many_are_taken_as_there_may_be_and_no_more(void **state)
{
	static const char delegations[] = "there are more than 512 delegations";
	static const char badges[] = "a meeting has more than 4096 badges";
	(void)state;
	judge_rows(511, false, NULL, NULL);
	judge_rows(512, false, "delegation", delegations);
	judge_rows(ROSTER_ROWS_MAX, false, "delegation", delegations);
	judge_rows(4095, true, NULL, NULL);
	judge_rows(4096, true, "badge", badges);
}

/* The time this takes grows with the rows, not with their pairs: it would be minutes. */
static void of_thousands_of_heads_and_of_one_seat_each_is_told_of_once(void **state)
{
	const size_t n = 4095;
	const size_t cap = sizeof(TITLES) + n * 48;
	char *csv = calloc(1, cap);
	assert_non_null(csv);
	size_t len = (size_t)snprintf(csv, cap, "%s", TITLES);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(
			csv + len, cap - len, "KEN,,,,b%zu,N,delegate,head,7,,m\n", i);
	struct judged judged = judge(FILE_TEXT, csv);
	(void)state;
	assert_int_equal(judged.err, -EBADMSG);
	assert_int_equal(judged.faults->n, FAULTS_MAX);
	assert_true(judged.faults->more);
	done(&judged);
	free(csv);
}

static int judge_once(void *ctx)
{
	struct faults *faults = NULL;
	struct conference *conference = NULL;
	struct rs_buf whole;
	static const char csv[] = TITLES "FRA,France,,,f1,F,,,,fr,\n";
	const struct conference_reader reader = {
		.rules = find_rules, .csv = csv, .csv_len = strlen(csv), .out_whole = &whole
	};
	(void)ctx;
	rs_buf_init(&whole, (size_t)1 << 20);
	int err = faults_new(&faults);
	if (err == 0)
		err = conference_parse(&reader, FILE_TEXT, strlen(FILE_TEXT), faults, &conference);
	conference_free(conference);
	faults_free(faults);
	rs_buf_done(&whole);
	return err;
}

static void memory_may_end_at_any_point(void **state)
{
	(void)state;
	check_oom(judge_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_as_spreadsheets_write_them),
		cmocka_unit_test(what_is_no_table_is_told_with_its_line),
		cmocka_unit_test(a_table_fills_the_meetings),
		cmocka_unit_test(the_template_is_taken),
		cmocka_unit_test(every_fault_is_told_with_its_line_and_column),
		cmocka_unit_test(twenty_faults_of_both_files_are_told_at_once),
		cmocka_unit_test(as_many_are_taken_as_there_may_be_and_no_more),
		cmocka_unit_test(of_thousands_of_heads_and_of_one_seat_each_is_told_of_once),
		cmocka_unit_test(memory_may_end_at_any_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
