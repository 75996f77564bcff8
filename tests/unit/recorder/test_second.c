#include "recorder/archive/custody/second.h"

#include "common/evidence/chain.h"
#include "common/evidence/files.h"
#include "recorder/archive/custody/removal.h"
#include "recorder/archive/custody/retention.h"
#include "recorder/archive/verify/verify.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY INT64_C(86400000)
#define ENDED INT64_C(1795305600123)

static const char schedule_text[] =
	"{\"format\": \"rostrum-retention/1\", \"schedule\": \"S\", \"public\": {\"pictures\": 5, \"session\": 100}}";

/* An archive and its second copy, below one directory. */
struct rig {
	char top[64];
	char root[80];
	char copy[80];
	struct retention_schedule schedule;
	struct rs_signer *signer;
	char told[2048];
};

static const char *at(const struct rig *rig, const char *file, char out[ARCHIVE_PATH_LEN])
{
	assert_int_equal(rs_format(out, ARCHIVE_PATH_LEN, "%s/%s", rig->top, file), 0);
	return out;
}

static void put(const struct rig *rig, const char *file, const char *text)
{
	char path[ARCHIVE_PATH_LEN];
	assert_int_equal(files_write(at(rig, file, path), text, strlen(text)), 0);
}

static bool there(const struct rig *rig, const char *file)
{
	char path[ARCHIVE_PATH_LEN];
	return access(at(rig, file, path), F_OK) == 0;
}

static void make_session(const struct rig *rig, const char *name)
{
	static const char *const folders[] = { "", "/data", "/data/tracks", "/data/channels",
		"/keys" };
	char file[256];
	char path[ARCHIVE_PATH_LEN];
	char text[256];
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", name, folders[i]);
		assert_int_equal(mkdir(at(rig, file, path), 0750), 0);
	}
	(void)snprintf(file, sizeof(file), "%s/data/tracks/KEN.001.v.webm", name);
	put(rig, file, "octets");
	(void)snprintf(file, sizeof(file), "%s/data/session.json", name);
	(void)snprintf(text, sizeof(text),
		"{\"format\": \"rostrum-archive/1\", \"meeting\": \"demo\", \"session\": \"%s\", \"title\": \"T\", \"started\": \"s\"}",
		strrchr(name, '/') + 1);
	put(rig, file, text);

	struct chain chain;
	struct rs_buf lines;
	chain_init(&chain);
	rs_buf_init(&lines, 4096);
	const struct chain_entry entry = {
		.type = "recording-stopped", .wall_ms = ENDED, .payload = "{}", .payload_len = 2
	};
	assert_int_equal(chain_write(&chain, &entry, &lines), 0);
	assert_int_equal(rs_buf_append(&lines, "", 1), 0);
	(void)snprintf(file, sizeof(file), "%s/data/events.jsonl", name);
	put(rig, file, (const char *)rs_buf_data(&lines));
	rs_buf_done(&lines);
}

static int set_up(void **state)
{
	static const uint8_t seed[RS_SIGN_SEED_LEN] = { 7 };
	struct rig *rig = calloc(1, sizeof(*rig));
	char error[RETENTION_ERROR_LEN];
	char path[ARCHIVE_PATH_LEN];
	assert_non_null(rig);
	(void)rs_set_text(rig->top, "/tmp/rostrum-second-XXXXXX");
	assert_non_null(mkdtemp(rig->top));
	assert_int_equal(rs_format(rig->root, sizeof(rig->root), "%s/root", rig->top), 0);
	assert_int_equal(rs_format(rig->copy, sizeof(rig->copy), "%s/copy", rig->top), 0);
	assert_int_equal(mkdir(rig->root, 0750), 0);
	assert_int_equal(mkdir(rig->copy, 0750), 0);
	assert_int_equal(mkdir(at(rig, "copy/" SECOND_NOTES, path), 0750), 0);
	put(rig, "copy/" SECOND_MARK, "");
	put(rig, "copy/" SECOND_NOTES "/one", "digests");
	make_session(rig, "root/one");
	make_session(rig, "copy/one");
	assert_int_equal(
		retention_parse(schedule_text, strlen(schedule_text), &rig->schedule, error), 0);
	assert_int_equal(rs_signer_new(seed, &rig->signer), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -r %s", rig->top);
	assert_int_equal(system(command), 0);
	rs_signer_free(rig->signer);
	free(rig);
	return 0;
}

static void tell(void *ctx, const struct retention_item *item)
{
	struct rig *rig = ctx;
	static const char *const verdicts[] = { "gone", "due", "held", "owed", "passed over" };
	const size_t len = strlen(rig->told);
	(void)snprintf(rig->told + len, sizeof(rig->told) - len, "%s %s/%s\n",
		verdicts[item->verdict], item->session, item->file);
}

static void run(struct rig *rig, int64_t days, bool with_copy, bool dry)
{
	char error[RETENTION_ERROR_LEN] = "";
	const struct retention_run how = { .root = rig->root,
		.copy = with_copy ? rig->copy : NULL,
		.schedule = &rig->schedule,
		.wall_ms = ENDED + days * DAY,
		.by = "clerk",
		.signer = rig->signer,
		.dry = dry,
		.item = tell,
		.ctx = rig };
	rig->told[0] = '\0';
	assert_int_equal(retention_apply(&how, error), 0);
}

static void set_away(const struct rig *rig, bool away)
{
	char from[ARCHIVE_PATH_LEN];
	char to[ARCHIVE_PATH_LEN];
	(void)at(rig, away ? "copy" : "elsewhere", from);
	(void)at(rig, away ? "elsewhere" : "copy", to);
	assert_int_equal(rename(from, to), 0);
}

static void add(const struct rig *rig, const char *file, const char *type, json_t *payload)
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	uint64_t n;
	assert_int_equal(custody_open(at(rig, file, path), CUSTODY_WRITE, why, &custody), 0);
	assert_int_equal(custody_add(custody, type, payload, ENDED, &n), 0);
}

static void hold(const struct rig *rig, const char *file)
{
	add(rig, file, "held", json_pack("{s:s, s:s}", "reason", "case 7", "by", "clerk"));
}

/* The audit's lines: types, and what is said of the copy. */
static void assert_audit(const struct rig *rig, const char *expected)
{
	char path[ARCHIVE_PATH_LEN];
	char found[1024] = "";
	struct lines lines;
	struct line line;
	assert_int_equal(lines_open(&lines, at(rig, "root/audit.jsonl", path)), 0);
	while (lines_next(&lines, &line) == 1) {
		json_t *json = json_loadb(line.text, line.len, 0, NULL);
		const json_t *payload = json_object_get(json, "payload");
		const size_t len = strlen(found);
		(void)snprintf(found + len, sizeof(found) - len, "%s%s%s ",
			json_string_value(json_object_get(json, "type")),
			json_object_get(payload, "copy") != NULL ? "+copy" : "",
			json_object_get(payload, "owed") != NULL ? "+owed" : "");
		json_decref(json);
	}
	lines_done(&lines);
	assert_string_equal(found, expected);
}

#define PICTURE "one/data/tracks/KEN.001.v.webm"

static void what_goes_from_one_goes_from_the_other_and_the_audit_names_both(void **state)
{
	struct rig *rig = *state;
	run(rig, 5, true, true);
	assert_string_equal(rig->told, "due " PICTURE "\n");
	assert_true(there(rig, "root/" PICTURE) && there(rig, "copy/" PICTURE));
	assert_false(there(rig, "copy/audit.jsonl"));
	run(rig, 5, true, false);
	assert_string_equal(rig->told, "gone " PICTURE "\n");
	assert_false(there(rig, "root/" PICTURE) || there(rig, "copy/" PICTURE));
	assert_true(there(rig, "copy/one/custody.jsonl") && there(rig, "copy/audit.jsonl"));
	run(rig, 100, true, false);
	assert_string_equal(rig->told, "gone one/\n");
	assert_false(there(rig, "root/one") || there(rig, "copy/one"));
	assert_false(there(rig, "copy/" SECOND_NOTES "/one"));
	assert_audit(rig, "deleting+copy deleted+copy deleting+copy deleted+copy ");
}

static void a_copy_that_is_away_is_owed_it_until_it_is_back(void **state)
{
	struct rig *rig = *state;
	set_away(rig, true);
	run(rig, 5, true, true);
	assert_string_equal(rig->told, "due " PICTURE "\nowed /\n");
	run(rig, 5, true, false);
	assert_string_equal(rig->told, "owed " PICTURE "\nowed /\n");
	assert_false(there(rig, "root/" PICTURE));
	assert_true(there(rig, "elsewhere/" PICTURE));
	assert_false(there(rig, "copy"));
	set_away(rig, false);
	run(rig, 6, true, false);
	assert_string_equal(rig->told, "gone " PICTURE "\n");
	assert_false(there(rig, "copy/" PICTURE));
	assert_audit(rig, "deleting+copy deleted+owed deleted+copy settled+copy ");
	/* Nothing is looked for twice. */
	run(rig, 7, true, false);
	assert_string_equal(rig->told, "");
	assert_audit(rig, "deleting+copy deleted+owed deleted+copy settled+copy ");
}

static void what_went_before_there_was_a_copy_goes_there_too(void **state)
{
	struct rig *rig = *state;
	run(rig, 100, false, false);
	assert_true(there(rig, "copy/one"));
	run(rig, 100, true, true);
	assert_string_equal(rig->told, "");
	assert_true(there(rig, "copy/one"));
	run(rig, 100, true, false);
	assert_string_equal(rig->told, "gone one/\n");
	assert_false(there(rig, "copy/one"));
}

static void a_hold_in_either_protects_both_and_what_is_owed_as_well(void **state)
{
	struct rig *rig = *state;
	hold(rig, "copy/one/custody.jsonl");
	run(rig, 5, true, false);
	assert_string_equal(rig->told, "held " PICTURE "\n");
	assert_true(there(rig, "root/" PICTURE) && there(rig, "copy/" PICTURE));
	/* An older state of the same file is none of its own. */
	add(rig, "copy/one/custody.jsonl", "released", json_pack("{s:i}", "hold", 1));
	set_away(rig, true);
	run(rig, 5, true, false);
	assert_false(there(rig, "root/" PICTURE));
	set_away(rig, false);
	hold(rig, "root/one/custody.jsonl");
	run(rig, 6, true, false);
	assert_string_equal(rig->told, "held " PICTURE "\n");
	assert_true(there(rig, "copy/" PICTURE));
	add(rig, "root/one/custody.jsonl", "released", json_pack("{s:i}", "hold", 2));
	run(rig, 7, true, false);
	assert_string_equal(rig->told, "gone " PICTURE "\n");
	assert_false(there(rig, "copy/" PICTURE));
}

static void a_copy_that_is_only_behind_holds_nothing(void **state)
{
	struct rig *rig = *state;
	hold(rig, "root/one/custody.jsonl");
	struct second second;
	char reason[CUSTODY_REASON_MAX + 1];
	second_find(rig->root, rig->copy, false, &second);
	second_bring(&second, "one/custody.jsonl");
	add(rig, "root/one/custody.jsonl", "released", json_pack("{s:i}", "hold", 1));
	assert_false(second_holds(&second, "one", reason));
	run(rig, 5, true, false);
	assert_string_equal(rig->told, "gone " PICTURE "\n");
	put(rig, "copy/one/custody.jsonl", "nonsense\n");
	assert_true(second_holds(&second, "one", reason));
	assert_string_equal(reason, "line 1 is no whole line of this kind");
}

/* Killed between the two: the line that announces it is there. */
static void what_was_announced_only_is_owed_once_it_went(void **state)
{
	struct rig *rig = *state;
	char path[ARCHIVE_PATH_LEN];
	add(rig, "root/audit.jsonl", "deleting",
		json_pack("{s:s, s:s, s:s}", "session", "one", "file", "data/tracks/KEN.001.v.webm",
			"copy", rig->copy));
	run(rig, 1, true, false);
	assert_true(there(rig, "copy/" PICTURE));
	assert_int_equal(unlink(at(rig, "root/" PICTURE, path)), 0);
	run(rig, 1, true, false);
	assert_string_equal(rig->told, "gone " PICTURE "\n");
	assert_false(there(rig, "copy/" PICTURE));
}

static void a_key_that_was_destroyed_is_owed_by_its_name(void **state)
{
	struct rig *rig = *state;
	put(rig, "copy/one/keys/tracks.KEN.001.v.key", "key");
	put(rig, "copy/one/keys/events.001.key", "key");
	/* As an earlier version wrote it, and as it is now. */
	add(rig, "root/audit.jsonl", "erased",
		json_pack("{s:s, s:s, s:s}", "session", "one", "file",
			"data/tracks/KEN.001.v.webm.sealed", "key", "tracks/KEN.001.v"));
	add(rig, "root/audit.jsonl", "erased",
		json_pack("{s:s, s:s, s:s, s:s}", "session", "one", "file", "data/events.jsonl",
			"key", "events.001", "path", "keys/events.001.key"));
	run(rig, 1, true, false);
	assert_false(there(rig, "copy/one/keys/tracks.KEN.001.v.key"));
	assert_false(there(rig, "copy/one/keys/events.001.key"));
	assert_audit(rig, "erased erased erased+copy erased+copy settled+copy ");
}

static void no_line_leads_out_of_the_copy(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *session;
		const char *file;
	} lines[] = { { "..", "data/precious" }, { "one", "data/../../../precious" },
		{ "one", "/etc/x" }, { "one", "proof/heads.jsonl" }, { ".verified", "" },
		{ "a/b", "" } };
	put(rig, "precious", "octets");
	for (size_t i = 0; i < RS_ARRAY_LEN(lines); i++)
		add(rig, "root/audit.jsonl", "deleted",
			json_pack(
				"{s:s, s:s}", "session", lines[i].session, "file", lines[i].file));
	run(rig, 1, true, false);
	assert_string_equal(rig->told, "");
	assert_true(there(rig, "precious") && there(rig, "copy/" SECOND_NOTES "/one"));
}

/* --- who says so --- */

struct found {
	char text[1024];
};

static void take(void *ctx, const char *file, const char *text)
{
	struct found *found = ctx;
	const size_t len = strlen(found->text);
	(void)snprintf(found->text + len, sizeof(found->text) - len, "%s: %s\n", file, text);
}

static uint64_t judge(const struct rig *rig, const uint8_t *key, struct found *found)
{
	const struct archive_knowledge knowledge = { .key = key };
	const struct archive_sink sink = { .problem = take, .note = take, .ctx = found };
	struct archive_report report;
	found->text[0] = '\0';
	assert_int_equal(archive_verify_audit(rig->root, &knowledge, &sink, &report), 0);
	return report.problems;
}

static void lines_are_signed_and_verification_says_by_whom(void **state)
{
	struct rig *rig = *state;
	struct found found;
	static const uint8_t other[RS_SIGN_PUBLIC_LEN] = { 1 };
	run(rig, 5, true, false);
	assert_int_equal(judge(rig, rs_signer_public(rig->signer), &found), 0);
	assert_non_null(strstr(found.text, "audit.jsonl: 2 of 2 lines are signed by key "));
	assert_non_null(strstr(found.text, ", the one that was given\n"));
	assert_int_equal(judge(rig, other, &found), 0);
	assert_non_null(strstr(found.text, "which is not the one that was given"));
	hold(rig, "root/audit.jsonl");
	assert_int_equal(judge(rig, NULL, &found), 0);
	assert_non_null(strstr(found.text, "2 of 3 lines are signed by key "));
	assert_non_null(strstr(found.text, "1 of 3 lines are not signed"));
}

/* Whoever has no key can make a chain of any lines, but not signed ones. */
static void forge(const struct rig *rig, const char *file, const char *from, const char *to)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines lines;
	struct line line;
	struct chain read;
	struct chain written;
	struct rs_buf out;
	chain_init(&read);
	chain_init(&written);
	rs_buf_init(&out, 1 << 16);
	assert_int_equal(lines_open(&lines, at(rig, file, path)), 0);
	while (lines_next(&lines, &line) == 1) {
		struct chain_line entry;
		const char *why;
		char payload[2048];
		assert_int_equal(chain_read(&read, &line, &entry, &why), 0);
		assert_true(
			rs_copy_text(payload, sizeof(payload), entry.payload, entry.payload_len));
		char *word = strstr(payload, from);
		if (word != NULL)
			memcpy(word, to, strlen(to));
		const struct chain_entry again = { .type = entry.type,
			.wall_ms = ENDED + 5 * DAY,
			.payload = payload,
			.payload_len = strlen(payload) };
		assert_int_equal(chain_write(&written, &again, &out), 0);
	}
	lines_done(&lines);
	assert_int_equal(files_write(path, rs_buf_data(&out), rs_buf_len(&out)), 0);
	rs_buf_done(&out);
}

static int open_custody(const struct rig *rig, const char *file, char why[CUSTODY_WHY_LEN])
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	char path[ARCHIVE_PATH_LEN];
	return custody_open(at(rig, file, path), CUSTODY_READ, why, &custody);
}

static void a_signed_line_is_of_its_place_and_its_session(void **state)
{
	struct rig *rig = *state;
	char why[CUSTODY_WHY_LEN];
	char from[ARCHIVE_PATH_LEN];
	char to[ARCHIVE_PATH_LEN];
	run(rig, 5, true, false);
	assert_int_equal(open_custody(rig, "root/one/custody.jsonl", why), 0);
	/* The same words again make the same line. */
	forge(rig, "root/one/custody.jsonl", "clerk", "clerk");
	assert_int_equal(open_custody(rig, "root/one/custody.jsonl", why), 0);
	forge(rig, "root/one/custody.jsonl", "clerk", "chair");
	assert_int_equal(open_custody(rig, "root/one/custody.jsonl", why), -EBADMSG);
	assert_string_equal(why, "line 1 is not signed by the key it names");
	/* The copy's is good, and is another session's there. */
	make_session(rig, "root/two");
	(void)at(rig, "copy/one/custody.jsonl", from);
	(void)at(rig, "root/two/custody.jsonl", to);
	assert_int_equal(open_custody(rig, "copy/one/custody.jsonl", why), 0);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(open_custody(rig, "root/two/custody.jsonl", why), -EBADMSG);
	assert_string_equal(why, "line 1 is not signed by the key it names");
}

static void a_signature_that_is_cut_is_no_unsigned_line(void **state)
{
	struct rig *rig = *state;
	char why[CUSTODY_WHY_LEN];
	run(rig, 5, true, false);
	forge(rig, "root/one/custody.jsonl", "\"signer\":", "\"sinner\":");
	assert_int_equal(open_custody(rig, "root/one/custody.jsonl", why), -EBADMSG);
	assert_string_equal(why, "line 1 is not signed by the key it names");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_goes_from_one_goes_from_the_other_and_the_audit_names_both, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_copy_that_is_away_is_owed_it_until_it_is_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_went_before_there_was_a_copy_goes_there_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_hold_in_either_protects_both_and_what_is_owed_as_well, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_copy_that_is_only_behind_holds_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_was_announced_only_is_owed_once_it_went, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_key_that_was_destroyed_is_owed_by_its_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_line_leads_out_of_the_copy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			lines_are_signed_and_verification_says_by_whom, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_signed_line_is_of_its_place_and_its_session, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_signature_that_is_cut_is_no_unsigned_line, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
