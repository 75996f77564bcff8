#include "tools/rostrumctl/repair.h"

#include "common/base/sign.h"
#include "recorder/archive/lines.h"
#include "recorder/closing/repair.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
	const char *directory;
	const char *key;
	bool force;
	bool json;
};

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", what, why);
	return 1;
}

/* Exit status. */
static int load_key(const char *path, struct rs_signer **out_signer)
{
	struct lines file;
	uint8_t seed[RS_SIGN_SEED_LEN];
	int err = lines_open(&file, path);
	if (err < 0)
		return complain(path, strerror(-err));
	err = rs_sign_parse_secret((const char *)file.data, file.len, seed);
	rs_wipe(file.data, file.len);
	lines_done(&file);
	if (err < 0)
		return complain(path, "an Ed25519 private key in PEM is expected");
	err = rs_signer_new(seed, out_signer);
	rs_wipe(seed, sizeof(seed));
	return err < 0 ? complain(path, strerror(-err)) : 0;
}

static const char *const outcomes[] = { [REPAIR_NOTHING] = "nothing-to-do",
	[REPAIR_SEALED] = "sealed",
	[REPAIR_CLOSED] = "closed-and-sealed" };

static int print_json(const struct options *options, const struct repair_result *result)
{
	json_t *json = json_pack("{s:s, s:s}", "directory", options->directory, "outcome",
		outcomes[result->outcome]);
	if (result->outcome != REPAIR_NOTHING)
		(void)json_object_set_new(json, "signed",
			json_boolean(options->key != NULL)); /* a lack shows below */
	if (result->outcome == REPAIR_CLOSED)
		(void)json_object_set_new(
			json, "until_ms", json_integer(result->until_ms)); /* as above */
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return complain("--json", "out of memory");
	(void)printf("%s\n", text);
	free(text);
	return 0;
}

static int print(const struct options *options, const struct repair_result *result)
{
	if (options->json)
		return print_json(options, result);
	if (result->outcome == REPAIR_NOTHING) {
		(void)printf("%s: is sealed; nothing to do\n", options->directory);
		return 0;
	}
	if (result->outcome == REPAIR_CLOSED)
		(void)printf("%s: was cut off %" PRId64
			     ".%03d s into the session; closed and sealed\n",
			options->directory, result->until_ms / 1000,
			(int)(result->until_ms % 1000));
	else
		(void)printf("%s: was closed; sealed\n", options->directory);
	if (options->key == NULL)
		(void)printf("  not signed: no --key-file was given\n");
	if (result->remark[0] != '\0')
		(void)printf("  %s\n", result->remark);
	return 0;
}

static int repair(const struct options *options)
{
	RS_CLEANUP(rs_signer_freep) struct rs_signer *signer = NULL;
	struct repair_result result;
	char why[REPAIR_WHY_LEN];
	if (options->key != NULL && load_key(options->key, &signer) != 0)
		return 1;
	const struct repair_wish wish = { .directory = options->directory,
		.software = "rostrumctl " ROSTRUM_VERSION,
		.signer = signer,
		.force = options->force };
	if (repair_session(&wish, &result, why) < 0)
		return complain(options->directory, why);
	return print(options, &result);
}

int repair_main(int argc, char **argv)
{
	struct options options = { 0 };
	if (argc < 2 || strcmp(argv[1], "repair") != 0)
		return -1;
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			options.json = true;
		else if (strcmp(argv[i], "--force") == 0)
			options.force = true;
		else if (strcmp(argv[i], "--key-file") == 0 && i + 1 < argc)
			options.key = argv[++i];
		else if (argv[i][0] == '-' || options.directory != NULL)
			return 2;
		else
			options.directory = argv[i];
	}
	return options.directory != NULL ? repair(&options) : 2;
}
