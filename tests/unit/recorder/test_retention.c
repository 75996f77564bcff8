#include "recorder/archive/custody/retention.h"

#include "common/base/time.h"
#include "common/evidence/chain.h"
#include "common/evidence/files.h"
#include "recorder/archive/custody/custody.h"

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
#define ENDED INT64_C(1795305600123) /* 2026-11-22T00:00:00.123Z */

static const char schedule_text[] =
	"{\"format\": \"rostrum-retention/1\", \"schedule\": \"GA-AV 2026\",\n"
	" \"public\": {\"pictures\": 30, \"sound\": null, \"programme\": 10, \"captions\": 20, \"record\": null},\n"
	" \"closed-members\": {\"session\": 5}}\n";

/* --- the schedule --- */

static struct retention_schedule parsed(void)
{
	struct retention_schedule schedule;
	char error[RETENTION_ERROR_LEN];
	assert_int_equal(
		retention_parse(schedule_text, strlen(schedule_text), &schedule, error), 0);
	return schedule;
}

static void a_schedule_says_how_long_each_kind_is_kept(void **state)
{
	const struct retention_schedule schedule = parsed();
	char rule[RETENTION_RULE_LEN];
	assert_string_equal(schedule.title, "GA-AV 2026");
	assert_int_equal(strlen(schedule.sha256), 64);
	assert_true(retention_due(&schedule, RETENTION_PUBLIC, RETENTION_PICTURES, ENDED) ==
		    ENDED + 30 * DAY);
	assert_true(retention_due(&schedule, RETENTION_CLOSED_MEMBERS, RETENTION_SESSION, ENDED) ==
		    ENDED + 5 * DAY);
	retention_rule(&schedule, RETENTION_CLOSED_MEMBERS, RETENTION_SESSION, rule);
	assert_string_equal(rule, "closed-members/session: 5 days");
}

static void what_no_rule_speaks_of_is_kept_for_ever(void **state)
{
	const struct retention_schedule schedule = parsed();
	assert_true(
		retention_due(&schedule, RETENTION_PUBLIC, RETENTION_SOUND, ENDED) == INT64_MAX);
	assert_true(
		retention_due(&schedule, RETENTION_PUBLIC, RETENTION_SESSION, ENDED) == INT64_MAX);
	assert_true(retention_due(&schedule, RETENTION_PRIVATE, RETENTION_PICTURES, ENDED) ==
		    INT64_MAX);
	assert_true(
		retention_due(&schedule, RETENTION_PUBLIC, RETENTION_NEVER, ENDED) == INT64_MAX);
}

static void a_wrong_schedule_is_refused_by_the_name_of_its_key(void **state)
{
	static const char front[] = "{\"format\": \"rostrum-retention/1\", \"schedule\": \"S\"";
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
		{ "{\"format\": \"rostrum-retention/1\"}", "schedule: is missing" },
		{ "{\"schedule\": \"S\"}", "format: is missing" },
		{ "{\"format\": \"x\", \"schedule\": \"S\"}",
			"format: \"rostrum-retention/1\" is" },
		{ "{\"format\": \"rostrum-retention/1\", \"schedule\": \"\"}",
			"schedule: a title" },
		{ "{\"format\": \"rostrum-retention/1\", \"schedule\": \"a\\nb\"}",
			"schedule: a title" },
		{ "+, \"secret\": {}}", "secret: format, schedule, public" },
		{ "+, \"public\": 3}", "public: an object" },
		{ "+, \"public\": {\"pixels\": 3}}", "public.pixels: unknown" },
		{ "+, \"private\": {\"sound\": 0}}", "private.sound: days from 1 to 36525" },
		{ "+, \"private\": {\"sound\": 36526}}", "private.sound: days" },
		{ "+, \"private\": {\"sound\": \"1\"}}", "private.sound: days" },
		{ "+, \"private\": {\"sound\": 1.5}}", "private.sound: days" },
		{ "+, \"public\": {}, \"public\": {}}", "line 1: duplicate" },
		{ "[]", "an object is expected" },
		{ "{\n\n,", "line 3: " },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		struct retention_schedule schedule;
		char text[256];
		char error[RETENTION_ERROR_LEN] = "";
		const bool short_form = cases[i].text[0] == '+';
		(void)snprintf(text, sizeof(text), "%s%s", short_form ? front : "",
			cases[i].text + (short_form ? 1 : 0));
		assert_int_equal(retention_parse(text, strlen(text), &schedule, error), -EBADMSG);
		if (strstr(error, cases[i].says) != error)
			fail_msg("%s: says \"%s\"", text, error);
	}
}

static void each_file_is_of_one_kind_and_ledgers_are_of_none(void **state)
{
	static const struct {
		const char *file;
		enum retention_material kind;
	} cases[] = {
		{ "tracks/KEN.001.v.webm", RETENTION_PICTURES },
		{ "tracks/KEN.002.v.mkv", RETENTION_PICTURES },
		{ "tracks/KEN.001.c.webm", RETENTION_PICTURES },
		{ "tracks/KEN.001.a.webm", RETENTION_SOUND },
		{ "channels/fr.001.a.webm", RETENTION_SOUND },
		{ "channels/fr.webm", RETENTION_PROGRAMME },
		{ "channels/floor.webm", RETENTION_PROGRAMME },
		{ "text/captions.fr.vtt", RETENTION_CAPTIONS },
		{ "text/speeches.vtt", RETENTION_RECORD },
		{ "record/debate.xml", RETENTION_RECORD },
		{ "tracks/KEN.001.a.idx.jsonl", RETENTION_NEVER },
		{ "channels/fr.001.a.idx.jsonl", RETENTION_NEVER },
		{ "events.jsonl", RETENTION_NEVER },
		{ "session.json", RETENTION_NEVER },
		{ "tracks/notes.txt", RETENTION_NEVER },
		{ "tracksuit/KEN.001.v.webm", RETENTION_NEVER },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++)
		assert_int_equal(retention_kind(cases[i].file), cases[i].kind);
}

/* --- applying it --- */

struct rig {
	char root[64];
	struct retention_schedule schedule;
	char told[4096]; /* a line an item */
};

static const char *at(const struct rig *rig, const char *file, char out[ARCHIVE_PATH_LEN])
{
	assert_int_equal(rs_format(out, ARCHIVE_PATH_LEN, "%s/%s", rig->root, file), 0);
	return out;
}

static bool there(const struct rig *rig, const char *file)
{
	char path[ARCHIVE_PATH_LEN];
	return access(at(rig, file, path), F_OK) == 0;
}

static void put(const struct rig *rig, const char *file, const char *text)
{
	char path[ARCHIVE_PATH_LEN];
	assert_int_equal(files_write(at(rig, file, path), text, strlen(text)), 0);
}

/* A session that is closed: as much of it as retention looks at. */
static void make_session(
	const struct rig *rig, const char *name, const char *class, const char *last)
{
	static const char *const folders[] = { "", "/data", "/data/tracks", "/data/channels",
		"/data/text" };
	static const char *const files[] = { "tracks/KEN.001.a.webm", "tracks/KEN.001.v.webm",
		"tracks/KEN.001.v.idx.jsonl", "channels/floor.webm", "text/captions.fr.vtt" };
	char file[256];
	char path[ARCHIVE_PATH_LEN];
	char text[512];
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", name, folders[i]);
		assert_int_equal(mkdir(at(rig, file, path), 0750), 0);
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(files); i++) {
		(void)snprintf(file, sizeof(file), "%s/data/%s", name, files[i]);
		put(rig, file, "octets");
	}
	(void)snprintf(file, sizeof(file), "%s/data/session.json", name);
	(void)snprintf(text, sizeof(text),
		"{\"format\": \"rostrum-archive/1\", \"meeting\": \"demo\", \"title\": \"T\", \"started\": \"s\"%s%s%s}",
		class[0] != '\0' ? ", \"class\": \"" : "", class, class[0] != '\0' ? "\"" : "");
	put(rig, file, text);

	struct chain chain;
	struct rs_buf lines;
	chain_init(&chain);
	rs_buf_init(&lines, 4096);
	const struct chain_entry entry = {
		.type = last, .wall_ms = ENDED, .payload = "{}", .payload_len = 2
	};
	assert_int_equal(chain_write(&chain, &entry, &lines), 0);
	assert_int_equal(rs_buf_append(&lines, "", 1), 0);
	(void)snprintf(file, sizeof(file), "%s/data/events.jsonl", name);
	put(rig, file, (const char *)rs_buf_data(&lines));
	rs_buf_done(&lines);
}

static void tell(void *ctx, const struct retention_item *item)
{
	struct rig *rig = ctx;
	static const char verdicts[] = { 'x', 'd', 'h', 'o', '?' };
	const size_t len = strlen(rig->told);
	(void)snprintf(rig->told + len, sizeof(rig->told) - len, "%c %s/%s %s%s\n",
		verdicts[item->verdict], item->session, item->file,
		item->verdict == RETENTION_HELD || item->verdict == RETENTION_PASSED_OVER
			? item->why
			: "",
		item->verdict == RETENTION_DUE ? item->rule : "");
}

static int run(struct rig *rig, int64_t wall_ms, bool dry, char error[RETENTION_ERROR_LEN])
{
	const struct retention_run how = { .root = rig->root,
		.schedule = &rig->schedule,
		.wall_ms = wall_ms,
		.by = "clerk",
		.dry = dry,
		.item = tell,
		.ctx = rig };
	rig->told[0] = '\0';
	return retention_apply(&how, error);
}

static void apply(struct rig *rig, int64_t wall_ms, bool dry)
{
	char error[RETENTION_ERROR_LEN] = "";
	assert_int_equal(run(rig, wall_ms, dry, error), 0);
	assert_string_equal(error, "");
}

static void rig_init(struct rig *rig)
{
	*rig = (struct rig){ .root = "/tmp/rostrum-retention-XXXXXX", .schedule = parsed() };
	assert_non_null(mkdtemp(rig->root));
}

static void rig_done(struct rig *rig)
{
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -r %s", rig->root);
	assert_int_equal(system(command), 0);
}

static struct custody *custody_of(const struct rig *rig, const char *file, enum custody_mode mode)
{
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	struct custody *custody = NULL;
	assert_int_equal(custody_open(at(rig, file, path), mode, why, &custody), 0);
	return custody;
}

static size_t lines_in(const struct rig *rig, const char *file)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines lines;
	struct line line;
	size_t n = 0;
	assert_int_equal(lines_open(&lines, at(rig, file, path)), 0);
	while (lines_next(&lines, &line) == 1)
		n++;
	lines_done(&lines);
	return n;
}

static void what_is_due_goes_and_the_rest_stays(void **state)
{
	struct rig rig;
	rig_init(&rig);
	make_session(&rig, "one", "", "recording-stopped");
	apply(&rig, ENDED + 10 * DAY - 1, false);
	assert_string_equal(rig.told, "");
	apply(&rig, ENDED + 25 * DAY, false);
	assert_string_equal(rig.told, "x one/data/channels/floor.webm \n"
				      "x one/data/text/captions.fr.vtt \n");
	assert_false(there(&rig, "one/data/channels/floor.webm"));
	assert_true(there(&rig, "one/data/tracks/KEN.001.v.webm"));
	apply(&rig, ENDED + 30 * DAY, false);
	assert_string_equal(rig.told, "x one/data/tracks/KEN.001.v.webm \n");
	assert_true(there(&rig, "one/data/tracks/KEN.001.v.idx.jsonl"));
	assert_true(there(&rig, "one/data/tracks/KEN.001.a.webm"));
	/* Before and after each, and once in the session. */
	assert_int_equal(lines_in(&rig, "audit.jsonl"), 6);
	assert_int_equal(lines_in(&rig, "one/custody.jsonl"), 3);
	struct custody *custody = custody_of(&rig, "one/custody.jsonl", CUSTODY_READ);
	assert_string_equal(custody_gone_segment(custody, "tracks/KEN.001.v").text,
		"was deleted on 2026-12-22 by the rule \"public/pictures: 30 days\" of \"GA-AV 2026\" (nobody signed that)");
	assert_null(custody_gone_segment(custody, "tracks/KEN.001.a").text);
	custody_free(custody);
	rig_done(&rig);
}

static void a_dry_run_says_the_same_and_changes_nothing(void **state)
{
	struct rig rig;
	rig_init(&rig);
	make_session(&rig, "one", "", "recording-stopped");
	make_session(&rig, "two", "closed-members", "recording-stopped");
	apply(&rig, ENDED + 12 * DAY, true);
	assert_string_equal(rig.told, "d one/data/channels/floor.webm public/programme: 10 days\n"
				      "d two/ closed-members/session: 5 days\n");
	assert_true(there(&rig, "one/data/channels/floor.webm"));
	assert_true(there(&rig, "two/data/session.json"));
	assert_false(there(&rig, "audit.jsonl"));
	assert_false(there(&rig, "one/custody.jsonl"));
	rig_done(&rig);
}

static void a_whole_session_goes_and_the_audit_remembers_it(void **state)
{
	struct rig rig;
	rig_init(&rig);
	make_session(&rig, "two", "closed-members", "recording-stopped");
	apply(&rig, ENDED + 5 * DAY, false);
	assert_string_equal(rig.told, "x two/ \n");
	assert_false(there(&rig, "two"));
	assert_int_equal(lines_in(&rig, "audit.jsonl"), 2);
	/* What a run that was stopped had left, the next one removes. */
	char path[ARCHIVE_PATH_LEN];
	assert_int_equal(mkdir(at(&rig, ".deleting-three", path), 0750), 0);
	put(&rig, ".deleting-three/rest", "octets");
	apply(&rig, ENDED + 5 * DAY, false);
	assert_false(there(&rig, ".deleting-three"));
	rig_done(&rig);
}

static void nothing_on_hold_goes_until_the_last_hold_is_released(void **state)
{
	struct rig rig;
	uint64_t first;
	uint64_t second;
	uint64_t n;
	rig_init(&rig);
	make_session(&rig, "one", "", "recording-stopped");
	make_session(&rig, "two", "closed-members", "recording-stopped");
	struct custody *one = custody_of(&rig, "one/custody.jsonl", CUSTODY_WRITE);
	struct custody *two = custody_of(&rig, "two/custody.jsonl", CUSTODY_WRITE);
	assert_int_equal(
		custody_add(one, "held", json_pack("{s:s, s:s}", "reason", "case 7", "by", "clerk"),
			ENDED, &first),
		0);
	assert_int_equal(
		custody_add(one, "held", json_pack("{s:s, s:s}", "reason", "audit", "by", "clerk"),
			ENDED, &second),
		0);
	assert_int_equal(
		custody_add(two, "held", json_pack("{s:s, s:s}", "reason", "case 8", "by", "clerk"),
			ENDED, &n),
		0);
	custody_free(one);
	custody_free(two);
	static const char held[] = "h one/data/channels/floor.webm case 7\nh two/ case 8\n";
	apply(&rig, ENDED + 12 * DAY, true);
	assert_string_equal(rig.told, held);
	apply(&rig, ENDED + 12 * DAY, false);
	assert_string_equal(rig.told, held);

	one = custody_of(&rig, "one/custody.jsonl", CUSTODY_WRITE);
	assert_int_equal(custody_add(one, "released", json_pack("{s:I}", "hold", (json_int_t)first),
				 ENDED, &n),
		0);
	custody_free(one);
	apply(&rig, ENDED + 12 * DAY, false);
	assert_string_equal(rig.told, "h one/data/channels/floor.webm audit\nh two/ case 8\n");
	one = custody_of(&rig, "one/custody.jsonl", CUSTODY_WRITE);
	assert_int_equal(custody_add(one, "released",
				 json_pack("{s:I}", "hold", (json_int_t)second), ENDED, &n),
		0);
	assert_null(custody_hold(one, 0));
	custody_free(one);
	apply(&rig, ENDED + 12 * DAY, false);
	assert_string_equal(rig.told, "x one/data/channels/floor.webm \nh two/ case 8\n");
	rig_done(&rig);
}

static void what_cannot_be_judged_is_passed_over_and_said(void **state)
{
	struct rig rig;
	rig_init(&rig);
	make_session(&rig, "open", "", "recording-started");
	make_session(&rig, "other", "cabinet", "recording-stopped");
	make_session(&rig, "tampered", "", "recording-stopped");
	put(&rig, "tampered/custody.jsonl", "{\"seq\":1}\n");
	apply(&rig, ENDED + 10 * DAY, false);
	assert_string_equal(rig.told,
		"? other/ session.json says of no known class before whom it sat\n"
		"? tampered/data/channels/floor.webm line 1 is no whole line of this kind\n");
	assert_true(there(&rig, "open/data/channels/floor.webm"));
	assert_true(there(&rig, "tampered/data/channels/floor.webm"));
	rig_done(&rig);
}

static void two_runs_do_not_meet_and_a_changed_audit_stops_them(void **state)
{
	struct rig rig;
	char error[RETENTION_ERROR_LEN];
	rig_init(&rig);
	make_session(&rig, "one", "", "recording-stopped");
	struct custody *audit = custody_of(&rig, "audit.jsonl", CUSTODY_WRITE);
	assert_int_equal(run(&rig, ENDED + 50 * DAY, false, error), -EAGAIN);
	assert_non_null(strstr(error, "another run is under way"));
	custody_free(audit);
	put(&rig, "audit.jsonl", "{\"seq\":1}\n");
	assert_int_equal(run(&rig, ENDED + 50 * DAY, false, error), -EBADMSG);
	assert_non_null(strstr(error, "audit.jsonl: line 1"));
	assert_true(there(&rig, "one/data/channels/floor.webm"));
	(void)snprintf(rig.root + strlen(rig.root), 8, "/none");
	assert_int_equal(run(&rig, ENDED, false, error), -ENOENT);
	*strrchr(rig.root, '/') = '\0';
	rig_done(&rig);
}

static void a_torn_line_is_cut_off_and_a_changed_one_is_named(void **state)
{
	struct rig rig;
	uint64_t n;
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	struct lines lines;
	rig_init(&rig);
	struct custody *custody = custody_of(&rig, "audit.jsonl", CUSTODY_WRITE);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(
			custody_add(custody, "held",
				json_pack("{s:s, s:s}", "reason", "r", "by", "b"), ENDED, &n),
			0);
	assert_int_equal(n, 2);
	custody_free(custody);
	(void)at(&rig, "audit.jsonl", path);
	assert_int_equal(lines_open(&lines, path), 0);
	assert_int_equal(truncate(path, (off_t)lines.len - 9), 0);
	custody = custody_of(&rig, "audit.jsonl", CUSTODY_READ);
	assert_int_equal(custody_add(custody, "held", json_object(), ENDED, &n), -EINVAL);
	assert_null(custody_hold(custody, 1));
	custody_free(custody);
	custody = custody_of(&rig, "audit.jsonl", CUSTODY_WRITE);
	assert_int_equal(custody_add(custody, "held",
				 json_pack("{s:s, s:s}", "reason", "r", "by", "b"), ENDED, &n),
		0);
	assert_int_equal(n, 2);
	custody_free(custody);
	char *reason = strstr((char *)lines.data, "\"reason\":\"r\"");
	assert_non_null(reason);
	reason[10] = 'x';
	assert_int_equal(files_write(path, lines.data, lines.len), 0);
	lines_done(&lines);
	assert_int_equal(custody_open(path, CUSTODY_READ, why, &custody), -EBADMSG);
	assert_string_equal(why, "line 1 does not have the digest it says");
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schedule_says_how_long_each_kind_is_kept),
		cmocka_unit_test(what_no_rule_speaks_of_is_kept_for_ever),
		cmocka_unit_test(a_wrong_schedule_is_refused_by_the_name_of_its_key),
		cmocka_unit_test(each_file_is_of_one_kind_and_ledgers_are_of_none),
		cmocka_unit_test(what_is_due_goes_and_the_rest_stays),
		cmocka_unit_test(a_dry_run_says_the_same_and_changes_nothing),
		cmocka_unit_test(a_whole_session_goes_and_the_audit_remembers_it),
		cmocka_unit_test(nothing_on_hold_goes_until_the_last_hold_is_released),
		cmocka_unit_test(what_cannot_be_judged_is_passed_over_and_said),
		cmocka_unit_test(two_runs_do_not_meet_and_a_changed_audit_stops_them),
		cmocka_unit_test(a_torn_line_is_cut_off_and_a_changed_one_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
