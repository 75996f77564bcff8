#include "tools/rostrumctl/keeping.h"

#include "common/base/text.h"
#include "common/evidence/lines.h"
#include "recorder/keys/keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", what, why);
	return 1;
}

/* The key that cannot be so; NULL = all can. */
static const char *take(const struct config *config, struct keeping *keeping)
{
	const struct {
		const char *key;
		char *to;
	} texts[] = { { "archive.key", keeping->key }, { "archive.copy", keeping->copy },
		{ "archive.tsa.url", keeping->tsa_url }, { "archive.tsa.ca", keeping->tsa_ca } };
	for (size_t i = 0; i < RS_ARRAY_LEN(texts); i++)
		if (!rs_copy_string(
			    texts[i].to, KEEPING_TEXT_LEN, config_text(config, texts[i].key)))
			return texts[i].key;
	/* As the recorder does. */
	if (keeping->key[0] == '\0' && rs_format(keeping->key, sizeof(keeping->key), "%s.key",
					       config_text(config, "archive.directory")) < 0)
		return "archive.directory";
	return NULL;
}

static int read_file(struct config *config, const char *path, struct keeping *keeping)
{
	char error[CONFIG_ERROR_LEN];
	if (config_read(config, path, error) < 0)
		return complain("the recorder's configuration is expected", error);
	const char *wrong = take(config, keeping);
	return wrong != NULL ? complain(wrong, "longer than can be") : 0;
}

int keeping_read(const char *path, struct keeping *out_keeping)
{
	struct keeping keeping = { 0 };
	struct config *config = NULL;
	if (config_new(recorder_keys, recorder_keys_n, &config) < 0)
		return complain("the recorder's configuration", strerror(ENOMEM));
	const int status = path != NULL ? read_file(config, path, &keeping) : 0;
	keeping.tsa_timeout_ms = (uint32_t)config_int(config, "archive.tsa.timeout_s") * 1000;
	config_free(config);
	if (status == 0)
		*out_keeping = keeping;
	return status;
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
