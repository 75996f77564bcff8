/* Documents of agenda items: what may be added, what is withdrawn, who is told; what files are what their names say, and under which
 * names they are saved. */
#include "signaling/io/attachment.h"
#include "signaling/meeting/documents.h"
#include "tests/support/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A meeting with the items 1 and 2, and its documents. */
struct desk {
	struct meeting *meeting;
	struct documents *documents;
	struct events events;
};

static int set_up(void **state)
{
	static struct desk desk;
	desk = (struct desk){ .meeting = NULL };
	assert_int_equal(meeting_new(2, 0, 0, &desk.meeting), 0);
	(void)rs_set_text(desk.meeting->items[0].id, "1");
	(void)rs_set_text(desk.meeting->items[1].id, "2");
	assert_int_equal(documents_new(&desk.documents), 0);
	*state = &desk;
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	documents_free(desk->documents);
	meeting_free(desk->meeting);
	return 0;
}

static struct document a_document(const char *symbol, const char *language)
{
	struct document document = { .type = DOCUMENT_PDF, .octets = 1000 };
	(void)rs_set_text(document.item, "1");
	(void)rs_set_text(document.symbol, symbol);
	(void)rs_set_text(document.language, language);
	return document;
}

static enum verdict add(struct desk *desk, const struct document *document)
{
	desk->events.n = 0;
	const enum verdict verdict = documents_decide_add(
		desk->documents, desk->meeting, document, "SEC", &desk->events);
	assert_int_equal(desk->events.n, verdict == VERDICT_OK ? 1 : 0);
	for (size_t i = 0; i < desk->events.n; i++)
		documents_apply(desk->documents, desk->meeting->visibility, &desk->events.list[i]);
	return verdict;
}

static enum verdict withdraw(struct desk *desk, uint32_t number)
{
	desk->events.n = 0;
	const enum verdict verdict =
		documents_decide_withdraw(desk->documents, number, "SEC", &desk->events);
	assert_int_equal(desk->events.n, verdict == VERDICT_OK ? 1 : 0);
	for (size_t i = 0; i < desk->events.n; i++)
		documents_apply(desk->documents, desk->meeting->visibility, &desk->events.list[i]);
	return verdict;
}

static void documents_are_numbered_and_withdrawn(void **state)
{
	struct desk *desk = *state;
	struct document document = a_document("A/C.2/81/L.7", "en");
	document.digest[0] = 7;
	assert_int_equal(add(desk, &document), VERDICT_OK);
	assert_int_equal(desk->events.list[0].document, 1);
	document = a_document("A/C.2/81/L.7", "fr");
	assert_int_equal(add(desk, &document), VERDICT_OK);
	assert_int_equal(desk->documents->octets, 2000);
	assert_string_equal(documents_find(desk->documents, 2)->language, "fr");
	const uint8_t digest[EVENT_HASH_LEN] = { 7 };
	assert_true(documents_have(desk->documents, digest));
	assert_int_equal(withdraw(desk, 1), VERDICT_OK);
	assert_memory_equal(desk->events.list[0].digest, digest, EVENT_HASH_LEN);
	assert_false(documents_have(desk->documents, digest));
	assert_null(documents_find(desk->documents, 1));
	assert_int_equal(withdraw(desk, 1), VERDICT_NO_SUCH_DOCUMENT);
	assert_int_equal(desk->documents->octets, 1000);
	/* A number is never used again. */
	document = a_document("A/C.2/81/L.8", "en");
	assert_int_equal(add(desk, &document), VERDICT_OK);
	assert_int_equal(desk->events.list[0].document, 3);
}

static void a_symbol_has_one_document_in_a_language(void **state)
{
	struct desk *desk = *state;
	struct document document = a_document("A/C.2/81/L.7", "en");
	assert_int_equal(add(desk, &document), VERDICT_OK);
	assert_int_equal(add(desk, &document), VERDICT_ALREADY_SO);
	(void)rs_set_text(document.language, "EN");
	assert_int_equal(add(desk, &document), VERDICT_ALREADY_SO);
	(void)rs_set_text(document.item, "2");
	assert_int_equal(add(desk, &document), VERDICT_OK);
	/* Without a symbol its title says nothing about that. */
	document = a_document("", "en");
	(void)rs_set_text(document.title, "Statement");
	assert_int_equal(add(desk, &document), VERDICT_OK);
	assert_int_equal(add(desk, &document), VERDICT_OK);
}

static void limits_hold(void **state)
{
	struct desk *desk = *state;
	struct document document = a_document("A/1", "en");
	(void)rs_set_text(document.item, "3");
	assert_int_equal(add(desk, &document), VERDICT_NO_SUCH_ITEM);
	desk->documents->octets_max = 1500;
	document = a_document("A/1", "en");
	assert_int_equal(add(desk, &document), VERDICT_OK);
	document = a_document("A/2", "en");
	assert_int_equal(add(desk, &document), VERDICT_DOCUMENTS_FULL);
	document.octets = 500;
	assert_int_equal(add(desk, &document), VERDICT_OK);
	desk->documents->octets_max = UINT64_MAX;
	for (unsigned i = 3; i <= DOCUMENTS_MAX; i++) {
		char symbol[16];
		(void)snprintf(symbol, sizeof(symbol), "A/%u", i);
		document = a_document(symbol, "en");
		assert_int_equal(add(desk, &document), VERDICT_OK);
	}
	document = a_document("A/last", "en");
	assert_int_equal(add(desk, &document), VERDICT_TOO_MANY);
	assert_int_equal(withdraw(desk, 1), VERDICT_OK);
	assert_int_equal(add(desk, &document), VERDICT_OK);
}

static void what_people_write_is_plain(void **state)
{
	static const char *const bad[] = { "", "a\nb", "a\x7f", "\xff", "a\xc2\x85", "\xd8\x9c",
		"gpj.\xe2\x80\xae", "\xe2\x80\x8f", "\xe2\x81\xa6x\xe2\x81\xa9", "\xef\xbb\xbf",
		"\xe2\x80\xa8" };
	static const char *const good[] = { "A/1", "../etc/passwd", "\xd9\x88/1", "\xe2\x80\x99",
		"\xc2\xa0" };
	static const char *const languages[] = { "", "e", "english", "en_GB", "en-", "12",
		"en-toolonged9" };
	struct document document;
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		document = a_document(bad[i], "en");
		assert_false(document_valid(&document));
		assert_int_equal(add(*state, &document), VERDICT_MALFORMED);
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(good); i++) {
		document = a_document(good[i], "zh-Hans");
		assert_true(document_valid(&document));
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(languages); i++) {
		document = a_document("A/1", languages[i]);
		assert_false(document_valid(&document));
	}
	document = a_document("A/1", "en");
	document.octets = 0;
	assert_false(document_valid(&document));
}

static void a_document_of_a_private_part_is_told_in_one(void **state)
{
	struct desk *desk = *state;
	struct document document = a_document("A/1", "en");
	desk->meeting->visibility = VISIBILITY_PRIVATE;
	assert_int_equal(add(desk, &document), VERDICT_OK);
	const struct document *added = documents_find(desk->documents, 1);
	assert_false(document_is_told(added, VISIBILITY_PUBLIC));
	assert_true(document_is_told(added, VISIBILITY_PRIVATE));
	assert_true(document_is_told(added, VISIBILITY_CLOSED_MEMBERS));
}

static int make_and_free(void *ctx)
{
	struct documents *documents;
	const int err = documents_new(&documents);
	if (err == 0)
		documents_free(documents);
	return err;
}

static void documents_are_made_whole_or_not_at_all(void **state)
{
	check_oom(make_and_free, NULL);
}

/* --- Files --- */

/* A package whose directory alone matters: names, with a separator behind each. */
static size_t zip(uint8_t *out, const char *names)
{
	size_t at = 4;
	uint16_t n = 0;
	memcpy(out, "PK\3\4", 4);
	for (const char *name = names; *name != '\0'; n++) {
		const size_t len = strcspn(name, "|");
		memset(out + at, 0, 46);
		memcpy(out + at, "PK\1\2", 4);
		out[at + 28] = (uint8_t)len;
		memcpy(out + at + 46, name, len);
		at += 46 + len;
		name += len + 1;
	}
	memset(out + at, 0, 22);
	memcpy(out + at, "PK\5\6", 4);
	out[at + 10] = (uint8_t)n;
	out[at + 16] = 4;
	return at + 22;
}

static bool is_packed(enum document_type type, const char *names)
{
	uint8_t data[1024];
	const size_t len = zip(data, names);
	return attachment_is(type, data, len);
}

static bool is(enum document_type type, const char *text)
{
	return attachment_is(type, (const uint8_t *)text, strlen(text));
}

static void content_is_what_the_name_says(void **state)
{
	assert_true(is(DOCUMENT_PDF, "%PDF-1.7\n"));
	assert_false(is(DOCUMENT_PDF, "<html>"));
	assert_false(is(DOCUMENT_PDF, "%PDF"));
	assert_true(is(DOCUMENT_TXT, "caf\xc3\xa9\r\n\t"));
	assert_false(is(DOCUMENT_TXT, "caf\xe9"));
	assert_false(is(DOCUMENT_TXT, "\x1b[2J"));
	assert_false(attachment_is(DOCUMENT_TXT, (const uint8_t *)"a\0b", 3));
	assert_false(is(DOCUMENT_TXT, ""));
	assert_true(is(DOCUMENT_PNG, "\x89PNG\r\n\x1a\n"));
	assert_false(is(DOCUMENT_PNG, "\x89PNG"));
	assert_true(is(DOCUMENT_JPEG, "\xff\xd8\xff\xe0"));
	assert_false(is(DOCUMENT_JPEG, "GIF89a"));
	assert_true(is_packed(DOCUMENT_DOCX, "[Content_Types].xml|word/document.xml|"));
	assert_true(is_packed(DOCUMENT_XLSX, "xl/workbook.xml|[Content_Types].xml|"));
	assert_true(is_packed(DOCUMENT_PPTX, "[Content_Types].xml|ppt/presentation.xml|"));
	assert_false(is_packed(DOCUMENT_XLSX, "[Content_Types].xml|word/document.xml|"));
	assert_false(is_packed(DOCUMENT_DOCX, "word/document.xml|"));
	assert_false(is_packed(DOCUMENT_DOCX, "evil.exe|"));
	assert_false(is_packed(
		DOCUMENT_DOCX, "[Content_Types].xml|word/document.xml|word/vbaProject.bin|"));
	assert_false(is(DOCUMENT_DOCX, "PK\3\4 and then nothing"));
}

/* However a package is cut or changed in one octet, reading it ends within it. */
static void damaged_packages_are_none(void **state)
{
	uint8_t whole[1024];
	uint8_t data[1024];
	const size_t len = zip(whole, "[Content_Types].xml|word/document.xml|");
	for (size_t cut = 0; cut < len; cut++) {
		memcpy(data, whole, cut);
		assert_false(attachment_is(DOCUMENT_DOCX, data, cut));
	}
	for (size_t i = 0; i < len; i++) {
		memcpy(data, whole, len);
		data[i] = (uint8_t)~data[i];
		(void)attachment_is(DOCUMENT_DOCX, data, len); /* under the sanitizers */
	}
	memcpy(data, whole, len);
	data[len - 3] = 0xff; /* a directory far away */
	assert_false(attachment_is(DOCUMENT_DOCX, data, len));
}

static void types_go_by_the_last_extension(void **state)
{
	enum document_type type;
	assert_int_equal(attachment_type("L.7.PDF", &type), 0);
	assert_int_equal(type, DOCUMENT_PDF);
	assert_int_equal(attachment_type("a.jpg", &type), 0);
	assert_int_equal(type, DOCUMENT_JPEG);
	assert_int_equal(attachment_type("a.pdf.exe", &type), -ENOENT);
	assert_int_equal(attachment_type("a.html", &type), -ENOENT);
	assert_int_equal(attachment_type("pdf", &type), -ENOENT);
	assert_int_equal(attachment_type("a.", &type), -ENOENT);
}

static void check_range(const char *header, enum attachment_part part, uint64_t first, uint64_t len)
{
	uint64_t at;
	uint64_t n;
	assert_int_equal(attachment_range(header, 1000, &at, &n), part);
	if (part == ATTACHMENT_NONE)
		return;
	assert_int_equal(at, first);
	assert_int_equal(n, len);
}

static void ranges_are_within_the_file(void **state)
{
	check_range("", ATTACHMENT_WHOLE, 0, 1000);
	check_range("bytes=0-0", ATTACHMENT_RANGE, 0, 1);
	check_range("bytes=500-", ATTACHMENT_RANGE, 500, 500);
	check_range("bytes=999-5000", ATTACHMENT_RANGE, 999, 1);
	check_range("bytes=-100", ATTACHMENT_RANGE, 900, 100);
	check_range("bytes=-5000", ATTACHMENT_RANGE, 0, 1000);
	check_range("bytes=0-99999999999999999999999", ATTACHMENT_RANGE, 0, 1000);
	check_range("bytes=1000-", ATTACHMENT_NONE, 0, 0);
	check_range("bytes=99999999999999999999999-", ATTACHMENT_NONE, 0, 0);
	check_range("bytes=-0", ATTACHMENT_NONE, 0, 0);
	check_range("bytes=5-4", ATTACHMENT_WHOLE, 0, 1000);
	check_range("bytes=0-1,5-6", ATTACHMENT_WHOLE, 0, 1000);
	check_range("bytes=-", ATTACHMENT_WHOLE, 0, 1000);
	check_range("bytes=", ATTACHMENT_WHOLE, 0, 1000);
	check_range("bytes", ATTACHMENT_WHOLE, 0, 1000);
	check_range("items=0-1", ATTACHMENT_WHOLE, 0, 1000);
	check_range("bytes=a-b", ATTACHMENT_WHOLE, 0, 1000);
}

static void check_name(const char *symbol, const char *expected)
{
	char out[ATTACHMENT_DISPOSITION_MAX];
	const struct document document = a_document(symbol, "en");
	attachment_disposition(&document, out);
	assert_string_equal(out, expected);
}

static void names_mean_nothing_in_a_path(void **state)
{
	check_name("A/C.2/81/L.7",
		"attachment; filename=\"A-C.2-81-L.7-en.pdf\"; filename*=UTF-8''A-C.2-81-L.7-en.pdf");
	check_name("../../etc/passwd",
		"attachment; filename=\"-.-..-etc-passwd-en.pdf\"; filename*=UTF-8''-.-..-etc-passwd-en.pdf");
	check_name("\xd9\x88\"; x=\"",
		"attachment; filename=\"__-__x_--en.pdf\"; filename*=UTF-8''%D9%88-%3B%20x%3D--en.pdf");
	/* The longest there is fits, and ends with a whole character. */
	struct document document = a_document("", "en");
	char out[ATTACHMENT_DISPOSITION_MAX];
	for (size_t i = 0; i + 3 < sizeof(document.title); i += 3)
		memcpy(document.title + i, "\xe2\x82\xac", 4);
	attachment_disposition(&document, out);
	assert_non_null(strstr(out, "%E2%82%AC-en.pdf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			documents_are_numbered_and_withdrawn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_symbol_has_one_document_in_a_language, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_hold, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_people_write_is_plain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_document_of_a_private_part_is_told_in_one, set_up, tear_down),
		cmocka_unit_test(documents_are_made_whole_or_not_at_all),
		cmocka_unit_test(content_is_what_the_name_says),
		cmocka_unit_test(damaged_packages_are_none),
		cmocka_unit_test(types_go_by_the_last_extension),
		cmocka_unit_test(ranges_are_within_the_file),
		cmocka_unit_test(names_mean_nothing_in_a_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
