#include "tools/rostrumctl/custody.h"

#include "common/base/time.h"
#include "recorder/archive/custody/custody.h"
#include "recorder/archive/custody/retention.h"
#include "tools/rostrumctl/keeping.h"
#include "tools/rostrumctl/vault.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *directory;
	const char *reason;
	const char *by;
	const char *schedule;
	const char *hold;
	const char *key;
	const char *to;
	const char *track;
	const char *also;
	const char *config;
	bool dry;
	bool json;
	char user[CUSTODY_BY_MAX + 1];
	struct keeping keeping;
	struct rs_signer *signer; /* NULL = lines are not signed */
};

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", what, why);
	return 1;
}

static int complain_of(const char *path, int err, const char *why)
{
	return complain(path, why[0] != '\0' ? why : strerror(-err));
}

/* What goes into a line for ever is one line of readable text. */
static bool is_words(const char *text, size_t max)
{
	const size_t len = text != NULL ? strlen(text) : 0;
	if (len == 0 || len > max || !rs_utf8_valid(text, len))
		return false;
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	return true;
}

/* --- hold and release --- */

/* The audit of the site, which lies beside the archive. */
static int audit_path(const char *directory, char out[ARCHIVE_PATH_LEN])
{
	return rs_format(out, ARCHIVE_PATH_LEN, "%s/../" CUSTODY_AUDIT, directory);
}

/* The session is named as its directory is, however that was written. */
static int session_name(const char *directory, char out[NAMES_SESSION_MAX + 1])
{
	char *real = realpath(directory, NULL);
	if (real == NULL)
		return -errno;
	const char *slash = strrchr(real, '/');
	const bool fits =
		rs_copy_string(out, NAMES_SESSION_MAX + 1, slash != NULL ? slash + 1 : real);
	free(real);
	return fits ? 0 : -EINVAL;
}

/* A line into the session's file, then one into the site's. */
static int add_both(const struct options *options, struct custody *custody, const char *type,
	json_t *payload, uint64_t *out_number)
{
	RS_CLEANUP(custody_freep) struct custody *audit = NULL;
	char path[ARCHIVE_PATH_LEN];
	char name[NAMES_SESSION_MAX + 1];
	char why[CUSTODY_WHY_LEN] = "";
	uint64_t number;
	const int64_t wall_ms = rs_clock_wall_us() / 1000;
	json_t *copy = json_deep_copy(payload);
	custody_sign_with(custody, options->signer);
	int err = custody_add(custody, type, payload, wall_ms, out_number);
	if (err == 0)
		err = session_name(options->directory, name);
	if (err == 0)
		err = audit_path(options->directory, path);
	if (err == 0)
		err = custody_open(path, CUSTODY_WRITE, why, &audit);
	if (err == 0)
		custody_sign_with(audit, options->signer);
	if (err == 0 && (json_object_set_new(copy, "session", json_string(name)) < 0 ||
				json_object_set_new(
					copy, "number", json_integer((json_int_t)*out_number)) < 0))
		err = -ENOMEM;
	if (err == 0)
		err = custody_add(audit, type, json_incref(copy), wall_ms, &number);
	json_decref(copy);
	return err < 0 ? -complain_of(path, err, why) : 0;
}

static int open_session(const struct options *options, struct custody **out_custody)
{
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN] = "";
	int err = names_path(options->directory, NAMES_SESSION, path);
	if (err == 0 && access(path, F_OK) < 0)
		return -complain(options->directory, "no archive is there");
	if (err == 0)
		err = names_path(options->directory, NAMES_CUSTODY, path);
	if (err == 0)
		err = custody_open(path, CUSTODY_WRITE, why, out_custody);
	return err < 0 ? -complain_of(options->directory, err, why) : 0;
}

static int hold(const struct options *options)
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	uint64_t number;
	if (!is_words(options->reason, CUSTODY_REASON_MAX))
		return complain("--reason", "a reason of one line is expected, 500 octets at most");
	int err = open_session(options, &custody);
	if (err == 0)
		err = add_both(options, custody, "held",
			json_pack("{s:s, s:s}", "reason", options->reason, "by", options->by),
			&number);
	if (err < 0)
		return 1;
	(void)printf("%s: on hold, number %" PRIu64 "\n", options->directory, number);
	return 0;
}

/* The hold that is meant: the one named, or the only one. */
static int choose(
	const struct options *options, const struct custody *custody, uint64_t *out_number)
{
	const struct custody_hold *first = custody_hold(custody, 0);
	if (first == NULL)
		return complain(options->directory, "is not on hold");
	*out_number = first->number;
	if (options->hold == NULL && custody_hold(custody, 1) == NULL)
		return 0;
	if (options->hold != NULL &&
		rs_parse_u64(options->hold, strlen(options->hold), INT64_MAX, out_number) < 0)
		return complain("--hold", "the number of a hold is expected");
	const struct custody_hold *one;
	for (size_t i = 0; options->hold != NULL && (one = custody_hold(custody, i)) != NULL; i++)
		if (one->number == *out_number)
			return 0;
	(void)complain(options->directory, "say which hold with --hold:");
	for (size_t i = 0; (one = custody_hold(custody, i)) != NULL; i++)
		(void)fprintf(stderr, "  %" PRIu64 "  %.10s  %s: %s\n", one->number, one->utc,
			one->by, one->reason);
	return 1;
}

static int release(const struct options *options)
{
	RS_CLEANUP(custody_freep) struct custody *custody = NULL;
	uint64_t hold_number;
	uint64_t number;
	if (!is_words(options->reason, CUSTODY_REASON_MAX))
		return complain("--reason", "a reason of one line is expected, 500 octets at most");
	if (open_session(options, &custody) < 0 || choose(options, custody, &hold_number) != 0 ||
		add_both(options, custody, "released",
			json_pack("{s:I, s:s, s:s}", "hold", (json_int_t)hold_number, "reason",
				options->reason, "by", options->by),
			&number) < 0)
		return 1;
	const struct custody_hold *left = custody_hold(custody, 0);
	if (left == NULL)
		(void)printf("%s: not on hold any more\n", options->directory);
	else
		(void)printf("%s: still on hold: %s\n", options->directory, left->reason);
	return 0;
}

/* --- retention --- */

/* NULL = there is none. */
static const char *copy_of(const struct options *options)
{
	const char *copy = options->also != NULL ? options->also : options->keeping.copy;
	return copy[0] != '\0' ? copy : NULL;
}

struct tally {
	const struct options *options;
	json_t *items;
	uint64_t n[RETENTION_PASSED_OVER + 1];
	uint64_t octets;
};

static const char *const verdicts[] = { [RETENTION_DELETED] = "deleted",
	[RETENTION_DUE] = "due",
	[RETENTION_HELD] = "held",
	[RETENTION_OWED] = "owed",
	[RETENTION_PASSED_OVER] = "passed-over" };

static void tell_item(void *ctx, const struct retention_item *item)
{
	struct tally *tally = ctx;
	tally->n[item->verdict]++;
	if (item->verdict == RETENTION_DELETED || item->verdict == RETENTION_OWED ||
		item->verdict == RETENTION_DUE)
		tally->octets += item->octets;
	if (!tally->options->json) {
		(void)printf("%-11s %s/%s%s%s%s%.10s%s%s\n", verdicts[item->verdict], item->session,
			item->file, item->rule[0] != '\0' ? "  by " : "", item->rule,
			item->rule[0] != '\0' ? ", since " : "", item->due,
			item->why[0] != '\0' ? ": " : "", item->why);
		return;
	}
	(void)json_array_append_new(tally->items, /* a lack of memory shows when it is printed */
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "verdict", verdicts[item->verdict],
			"session", item->session, "file", item->file, "rule", item->rule, "due",
			item->due, "octets", (json_int_t)item->octets, "why", item->why));
}

static int print_tally(const struct tally *tally)
{
	if (!tally->options->json) {
		(void)printf("%s%" PRIu64 " to go, %" PRIu64 " gone, %" PRIu64 " on hold, %" PRIu64
			     " passed over, %" PRIu64 " owed by the second copy; %" PRIu64
			     " octets\n",
			tally->options->dry ? "dry run: " : "", tally->n[RETENTION_DUE],
			tally->n[RETENTION_DELETED], tally->n[RETENTION_HELD],
			tally->n[RETENTION_PASSED_OVER], tally->n[RETENTION_OWED], tally->octets);
		return 0;
	}
	json_t *json = json_pack("{s:b, s:I, s:O}", "dry", tally->options->dry, "octets",
		(json_int_t)tally->octets, "items", tally->items);
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return complain("--json", "out of memory");
	(void)printf("%s\n", text);
	free(text);
	return 0;
}

static int retention(const struct options *options)
{
	struct retention_schedule schedule;
	char error[RETENTION_ERROR_LEN];
	if (options->schedule == NULL)
		return 2;
	if (retention_read(options->schedule, &schedule, error) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
		return 1;
	}
	struct tally tally = { .options = options, .items = json_array() };
	const struct retention_run run = { .root = options->directory,
		.schedule = &schedule,
		.wall_ms = rs_clock_wall_us() / 1000,
		.copy = copy_of(options),
		.by = options->by,
		.signer = options->signer,
		.dry = options->dry,
		.item = tell_item,
		.ctx = &tally };
	int status = 1;
	if (retention_apply(&run, error) < 0)
		(void)fprintf(stderr, "rostrumctl: %s\n", error);
	else
		status = print_tally(&tally);
	json_decref(tally.items);
	const uint64_t undone = tally.n[RETENTION_PASSED_OVER] + tally.n[RETENTION_OWED];
	return status == 0 && undone > 0 ? 1 : status;
}

/* --- encrypted sessions --- */

static int unseal(const struct options *options)
{
	if (options->key == NULL || options->to == NULL)
		return 2;
	return vault_unseal(options->directory, options->key, options->to);
}

static int erase(const struct options *options)
{
	return vault_erase(&(struct erase_wish){ .directory = options->directory,
		.what = options->track,
		.copy = copy_of(options),
		.by = options->by,
		.signer = options->signer });
}

/* --- command line --- */

static const struct {
	const char *name;
	int (*run)(const struct options *options);
	bool signs; /* its --key is the signer's */
	bool dries; /* takes --dry-run */
} verbs[] = {
	{ "hold", hold, true, false },
	{ "release", release, true, false },
	{ "retention", retention, true, true },
	{ "unseal", unseal, false, false },
	{ "erase", erase, true, false },
};

static bool take_value(struct options *out, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **to;
	} values[] = { { "--reason", &out->reason }, { "--by", &out->by },
		{ "--schedule", &out->schedule }, { "--hold", &out->hold }, { "--key", &out->key },
		{ "--to", &out->to }, { "--track", &out->track }, { "--also", &out->also },
		{ "--config", &out->config } };
	for (size_t i = 0; i < RS_ARRAY_LEN(values); i++) {
		if (strcmp(name, values[i].name) != 0)
			continue;
		*values[i].to = value;
		return true;
	}
	return false;
}

static bool parse_options(int argc, char **argv, struct options *out)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			out->json = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			out->dry = true;
		else if (i + 1 < argc && take_value(out, argv[i], argv[i + 1]))
			i++;
		else if (argv[i][0] == '-' || out->directory != NULL)
			return false;
		else
			out->directory = argv[i];
	}
	return out->directory != NULL;
}

/* Who runs this, unless it is said. */
static void name_user(struct options *options)
{
	const struct passwd *user = getpwuid(getuid());
	if (options->by != NULL)
		return;
	(void)snprintf(options->user, sizeof(options->user), "%s",
		user != NULL ? user->pw_name : "unknown"); /* may be cut */
	options->by = options->user;
}

/* Exit status. */
static int load_keeping(struct options *options)
{
	const int status = keeping_read(options->config, &options->keeping);
	const char *key = options->key != NULL ? options->key : options->keeping.key;
	return status == 0 && key[0] != '\0' ? keeping_signer(key, &options->signer) : status;
}

static int run(size_t verb, struct options *options)
{
	if (options->dry && !verbs[verb].dries)
		return 2;
	int status = verbs[verb].signs && !options->dry
			     ? load_keeping(options)
			     : keeping_read(options->config, &options->keeping);
	if (status == 0)
		status = verbs[verb].run(options);
	options->signer = rs_signer_free(options->signer);
	return status;
}

int custody_main(int argc, char **argv)
{
	struct options options = { 0 };
	for (size_t i = 0; argc >= 2 && i < RS_ARRAY_LEN(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (!parse_options(argc, argv, &options))
			return 2;
		name_user(&options);
		if (!is_words(options.by, CUSTODY_BY_MAX))
			return complain(
				"--by", "a name of one line is expected, 128 octets at most");
		return run(i, &options);
	}
	return -1;
}
