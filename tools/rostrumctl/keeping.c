#include "tools/rostrumctl/keeping.h"

#include "common/base/text.h"
#include "common/evidence/lines.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define TSA_TIMEOUT_S 20
#define TSA_TIMEOUT_MAX_S 600
#define DIRECTORY "/var/lib/rostrum/archive"

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", what, why);
	return 1;
}

static bool take_text(const json_t *json, const char *key, char out[512])
{
	const json_t *value = json_object_get(json, key);
	return value == NULL ||
	       (json_is_string(value) && rs_copy_string(out, 512, json_string_value(value)));
}

/* The key that cannot be so; NULL = all can. */
static const char *take(const json_t *json, struct keeping *keeping)
{
	char directory[512] = DIRECTORY;
	const json_t *timeout = json_object_get(json, "archive.tsa.timeout_s");
	const json_int_t seconds = timeout != NULL ? json_integer_value(timeout) : TSA_TIMEOUT_S;
	const struct {
		const char *key;
		char *to;
	} texts[] = { { "archive.directory", directory }, { "archive.key", keeping->key },
		{ "archive.copy", keeping->copy }, { "archive.tsa.url", keeping->tsa_url },
		{ "archive.tsa.ca", keeping->tsa_ca } };
	for (size_t i = 0; i < RS_ARRAY_LEN(texts); i++)
		if (!take_text(json, texts[i].key, texts[i].to))
			return texts[i].key;
	if (seconds < 1 || seconds > TSA_TIMEOUT_MAX_S)
		return "archive.tsa.timeout_s";
	keeping->tsa_timeout_ms = (uint32_t)seconds * 1000;
	/* As the recorder does. */
	if (keeping->key[0] == '\0' &&
		rs_format(keeping->key, sizeof(keeping->key), "%s.key", directory) < 0)
		return "archive.directory";
	return NULL;
}

int keeping_read(const char *config, struct keeping *out_keeping)
{
	struct keeping keeping = { .tsa_timeout_ms = TSA_TIMEOUT_S * 1000 };
	json_error_t error;
	if (config != NULL) {
		json_t *json = json_load_file(config, JSON_REJECT_DUPLICATES, &error);
		if (!json_is_object(json)) {
			json_decref(json);
			return complain(
				config, "the recorder's configuration is expected: recorder.json");
		}
		const char *wrong = take(json, &keeping);
		json_decref(json);
		if (wrong != NULL) {
			(void)fprintf(stderr, "rostrumctl: %s: %s cannot be so\n", config, wrong);
			return 1;
		}
	}
	*out_keeping = keeping;
	return 0;
}

int keeping_signer(const char *path, struct rs_signer **out_signer)
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
