#include "tools/rostrumctl/archive.h"

#include "common/base/mem.h"
#include "common/base/text.h"
#include "recorder/archive/seal/seal.h"
#include "recorder/programme/remake.h"
#include "recorder/record/record.h"
#include "tools/rostrumctl/archive_priv.h"
#include "tools/rostrumctl/custody.h"
#include "tools/rostrumctl/repair.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: rostrumctl archive list ROOT [--json]\n"
	"       rostrumctl archive verify DIR [--key FILE] [--ca FILE] [--head FILE] [--json]   a session's archive, or all below a root;\n"
	"                          FILE: the only public key that may have signed, the authorities whose time stamps count,\n"
	"                          a line of the session's proof/heads.jsonl that was kept elsewhere\n"
	"       rostrumctl archive proof DIR --speech N [--language ID] --out BUNDLE [--json]   one speech of the record that can be verified alone;\n"
	"                          BUNDLE: a directory or, where it ends so, a .zip\n"
	"       rostrumctl archive proof DIR --track T --from MS --to MS --out BUNDLE [--json]   the same of one track\n"
	"       rostrumctl archive record DIR [--out DIR] [--json]      makes the record from the events again\n"
	"       rostrumctl archive programme DIR [--json]   makes it from the archive, where it is not whole\n"
	"       rostrumctl archive export DIR [--to BAG] [--json]   BagIt bag, as it was sealed; default: NAME.bag here\n"
	"       rostrumctl archive export DIR --language ID [--to FILE] [--json]  the programme of a language; default: NAME.ID.webm here\n"
	"       rostrumctl archive export DIR --language ID --to FILE.opus [--json]  its sound alone, as Ogg Opus\n"
	"       rostrumctl archive export DIR --speech N [--language ID] --to FILE.opus|FILE.webm [--json]  one speech of the record, as it was heard\n"
	"       rostrumctl archive export … --closed    also of a session that was not public\n"
	"       rostrumctl archive export ROOT --public --to DIR [--json]   the public sessions, each as it is, and why others are left out\n"
	"       rostrumctl archive import DIR --to ROOT [--json]    into another site, if it is what was recorded\n" REPAIR_USAGE
		CUSTODY_USAGE;

int archive_usage(void)
{
	(void)fputs(usage, stderr);
	return 2;
}

int archive_print(json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL) {
		(void)fprintf(stderr, "rostrumctl: out of memory\n");
		return 1;
	}
	(void)printf("%s\n", text);
	free(text);
	return 0;
}

int archive_complain(const char *directory, int err)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", directory,
		err == -ENOENT ? "no archive is there" : strerror(-err));
	return 1;
}

bool archive_speech(const struct options *options, uint32_t *out_number)
{
	*out_number = 0;
	return options->speech == NULL || (rs_parse_u32(options->speech, strlen(options->speech),
						   INT32_MAX, out_number) == 0 &&
						  *out_number > 0);
}

/* --- record --- */

static int record(const struct options *options)
{
	const struct record_making how = { .out = options->out,
		.sealed = seal_is_made(options->directory) };
	RS_CLEANUP(record_freep) struct record *made = NULL;
	int err = record_make(options->directory, &how);
	if (err == -EEXIST) {
		(void)fprintf(stderr,
			"rostrumctl: %s: is sealed with another record in it; make a new one elsewhere with --out\n",
			options->directory);
		return 1;
	}
	if (err == 0)
		err = record_load(options->directory, &made);
	if (err < 0)
		return archive_complain(options->directory, err);
	if (options->json)
		return archive_print(json_pack("{s:s, s:I, s:I, s:I, s:I}", "session",
			made->session, "speeches", (json_int_t)made->n_speeches, "decisions",
			(json_int_t)made->n_decisions, "unreadable", (json_int_t)made->bad_lines,
			"left_out", (json_int_t)made->left_out));
	(void)printf("%s: %zu speeches, %zu decisions, %zu points of order\n", made->session,
		made->n_speeches, made->n_decisions, made->n_points);
	if (made->bad_lines > 0 || made->left_out > 0)
		(void)printf("  %" PRIu64 " lines could not be read, %" PRIu64
			     " things were left out, since there were too many\n",
			made->bad_lines, made->left_out);
	return 0;
}

/* --- programme --- */

static int programme(const struct options *options)
{
	struct remake_result result = { .files = 0 };
	struct remake_result late = { .files = 0 };
	const bool sealed = seal_is_made(options->directory);
	const bool current = programme_is_current(options->directory);
	if (!current && sealed) {
		(void)fprintf(stderr,
			"rostrumctl: %s: is sealed with another programme in it, or with none\n",
			options->directory);
		return 1;
	}
	int err =
		current ? 0 : programme_remake(options->directory, &(struct remake){ 0 }, &result);
	if (err == 0 && !sealed && !programme_late_is_current(options->directory))
		err = programme_make_late(options->directory, &(struct remake){ 0 }, &late);
	if (err < 0)
		return archive_complain(options->directory, err);
	if (options->json)
		return archive_print(json_pack("{s:b, s:I, s:I, s:I, s:I}", "made", !current,
			"files", (json_int_t)result.files, "duration_ms",
			(json_int_t)result.duration_ms, "unreadable", (json_int_t)result.unreadable,
			"recoded", (json_int_t)(result.recoded + late.recoded)));
	if (current)
		(void)printf("%s: the programme is whole\n", options->directory);
	else
		(void)printf("%s: %zu files of %" PRId64 " s made; %" PRIu64
			     " segments could not be read\n",
			options->directory, result.files, result.duration_ms / 1000,
			result.unreadable);
	return 0;
}

/* --- command line --- */

static const struct {
	const char *name;
	int (*run)(const struct options *options);
} verbs[] = {
	{ "list", archive_list_main },
	{ "verify", archive_verify_main },
	{ "proof", archive_proof_main },
	{ "record", record },
	{ "programme", programme },
	{ "export", archive_export_main },
	{ "import", archive_import_main },
};

/* Options that have a value, by where it goes. */
static const struct {
	const char *name;
	size_t at;
} valued[] = {
	{ "--track", offsetof(struct options, track) },
	{ "--speech", offsetof(struct options, speech) },
	{ "--from", offsetof(struct options, from) },
	{ "--key", offsetof(struct options, key) },
	{ "--ca", offsetof(struct options, ca) },
	{ "--head", offsetof(struct options, head) },
	{ "--to", offsetof(struct options, to) },
	{ "--language", offsetof(struct options, language) },
	{ "--out", offsetof(struct options, out) },
};

static bool take_value(struct options *out, const char *name, const char *value)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(valued); i++) {
		if (strcmp(name, valued[i].name) != 0)
			continue;
		memcpy((char *)out + valued[i].at, &value, sizeof(value));
		return true;
	}
	return false;
}

static bool parse_options(int argc, char **argv, struct options *out)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			out->json = true;
		else if (strcmp(argv[i], "--public") == 0)
			out->open = true;
		else if (strcmp(argv[i], "--closed") == 0)
			out->closed = true;
		else if (i + 1 < argc && take_value(out, argv[i], argv[i + 1]))
			i++;
		else if (argv[i][0] == '-' || out->directory != NULL)
			return false;
		else
			out->directory = argv[i];
	}
	return out->directory != NULL;
}

int archive_main(int argc, char **argv)
{
	struct options options = { 0 };
	int status = custody_main(argc, argv);
	if (status < 0)
		status = repair_main(argc, argv);
	if (status == 0 || status == 1)
		return status;
	if (status < 0 && argc >= 3 && parse_options(argc, argv, &options))
		for (size_t i = 0; i < RS_ARRAY_LEN(verbs); i++)
			if (strcmp(argv[1], verbs[i].name) == 0)
				return verbs[i].run(&options);
	return archive_usage();
}
