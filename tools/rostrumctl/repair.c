#include "tools/rostrumctl/repair.h"

#include "recorder/closing/repair.h"
#include "recorder/io/authority.h"
#include "tools/rostrumctl/keeping.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
	const char *directory;
	const char *key;
	const char *config;
	const char *tsa;
	const char *tsa_ca;
	bool force;
	bool json;
};

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", what, why);
	return 1;
}

static const char *const outcomes[] = { [REPAIR_NOTHING] = "nothing-to-do",
	[REPAIR_COMPLETED] = "completed",
	[REPAIR_RESEALED] = "sealed-again",
	[REPAIR_SEALED] = "sealed",
	[REPAIR_CLOSED] = "closed-and-sealed" };

static int print_json(const struct options *options, const struct repair_result *result)
{
	json_t *json = json_pack("{s:s, s:s}", "directory", options->directory, "outcome",
		outcomes[result->outcome]);
	if (result->outcome != REPAIR_NOTHING) {
		(void)json_object_set_new(json, "signed",
			json_boolean(seal_is_signed(options->directory))); /* a lack shows below */
		(void)json_object_set_new(json, "stamped",
			json_boolean(
				seal_stamp(options->directory) == SEAL_STAMPED)); /* as above */
	}
	if (result->outcome == REPAIR_CLOSED)
		(void)json_object_set_new(
			json, "until_ms", json_integer(result->until_ms)); /* as above */
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return complain("--json", "out of memory");
	(void)printf("%s\n", text);
	free(text);
	return result->unstamped ? 1 : 0;
}

static int print(const struct options *options, const struct repair_result *result)
{
	if (options->json)
		return print_json(options, result);
	if (result->outcome == REPAIR_NOTHING) {
		(void)printf("%s: is sealed; nothing to do\n", options->directory);
		return 0;
	}
	if (result->outcome == REPAIR_COMPLETED)
		(void)printf("%s: was sealed, and lacked %s\n", options->directory,
			result->unstamped ? "a time stamp" : "what it has now");
	else if (result->outcome == REPAIR_RESEALED)
		(void)printf("%s: was sealed without what had failed; made, and sealed again\n",
			options->directory);
	else if (result->outcome == REPAIR_CLOSED)
		(void)printf("%s: was cut off %" PRId64
			     ".%03d s into the session; closed and sealed\n",
			options->directory, result->until_ms / 1000,
			(int)(result->until_ms % 1000));
	else
		(void)printf("%s: was closed; sealed\n", options->directory);
	if (!seal_is_signed(options->directory))
		(void)printf("  not signed: no --key-file was given\n");
	if (result->remark[0] != '\0')
		(void)printf("  %s\n", result->remark);
	return result->unstamped ? 1 : 0;
}

static int run(const struct options *options, struct rs_signer *signer, struct authority *authority)
{
	const bool stamp = authority->url[0] != '\0';
	const struct repair_wish wish = { .directory = options->directory,
		.software = "rostrumctl " ROSTRUM_VERSION,
		.signer = signer,
		.stamp = stamp ? authority_stamp : NULL,
		.ctx = authority,
		.force = options->force };
	struct repair_result result = { .outcome = REPAIR_NOTHING };
	char why[REPAIR_WHY_LEN];
	if (stamp && !authority_url_valid(authority->url))
		return complain("--tsa", "an http: or https: URL is expected");
	if (stamp && authority_init() < 0)
		return complain("--tsa", strerror(ENOMEM));
	if (repair_session(&wish, &result, why) < 0)
		return complain(options->directory, why);
	return print(options, &result);
}

static int repair(const struct options *options)
{
	RS_CLEANUP(rs_signer_freep) struct rs_signer *signer = NULL;
	struct keeping keeping;
	if (keeping_read(options->config, &keeping) != 0)
		return 1;
	const char *key = options->key != NULL ? options->key : keeping.key;
	if (key[0] != '\0' && keeping_signer(key, &signer) != 0)
		return 1;
	struct authority authority = { .url = options->tsa != NULL ? options->tsa : keeping.tsa_url,
		.ca_file = options->tsa_ca != NULL ? options->tsa_ca : keeping.tsa_ca,
		.timeout_ms = keeping.tsa_timeout_ms };
	return run(options, signer, &authority);
}

static bool take_value(struct options *out, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **to;
	} values[] = { { "--key-file", &out->key }, { "--config", &out->config },
		{ "--tsa", &out->tsa }, { "--tsa-ca", &out->tsa_ca } };
	for (size_t i = 0; i < RS_ARRAY_LEN(values); i++) {
		if (strcmp(name, values[i].name) != 0)
			continue;
		*values[i].to = value;
		return true;
	}
	return false;
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
		else if (i + 1 < argc && take_value(&options, argv[i], argv[i + 1]))
			i++;
		else if (argv[i][0] == '-' || options.directory != NULL)
			return 2;
		else
			options.directory = argv[i];
	}
	return options.directory != NULL ? repair(&options) : 2;
}
