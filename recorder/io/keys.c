#include "recorder/io/keys.h"

#include "common/evidence/lines.h"
#include "common/log/log.h"
#include "recorder/io/key.h"

#include <errno.h>
#include <string.h>

static int load_signers(struct keys *keys, const struct io_config *config, struct rs_rand *rand)
{
	uint8_t seed[RS_SIGN_SEED_LEN];
	char path[ARCHIVE_PATH_LEN];
	const bool preset = config->key_path[0] == '\0';
	int err = rs_format(path, sizeof(path), "%s%s", preset ? config->root : config->key_path,
		preset ? ".key" : "");
	if (err == 0)
		err = key_load(path, rand, seed);
	if (err == 0)
		err = rs_signer_new(seed, &keys->signer);
	if (err == 0)
		err = rs_signer_new(seed, &keys->worker_signer);
	rs_wipe(seed, sizeof(seed));
	if (err < 0)
		log_error(LOG_MAIN, NULL, "archive.key cannot be used path=%s why=\"%s\"", path,
			err == -EBADMSG ? "it is no Ed25519 key in PEM" : strerror(-err));
	return err;
}

static int load_recipient(struct keys *keys, const char *path)
{
	struct lines file;
	if (path[0] == '\0')
		return 0;
	int err = lines_open(&file, path);
	if (err == 0) {
		err = rs_recipient_new_public((const char *)file.data, file.len, &keys->recipient);
		lines_done(&file);
	}
	if (err < 0)
		log_error(LOG_MAIN, NULL,
			"archive.secretariat_key cannot be used path=%s why=\"%s\"", path,
			err == -EBADMSG      ? "it is no public key in PEM"
			: err == -EOPNOTSUPP ? "X25519, or RSA of 3072 to 8192 bits, is expected"
					     : strerror(-err));
	return err;
}

int keys_load(struct keys *keys, const struct io_config *config, struct rs_rand *rand)
{
	*keys = (struct keys){ .signer = NULL };
	const int err = load_signers(keys, config, rand);
	return err < 0 ? err : load_recipient(keys, config->secretariat_key);
}

void keys_done(struct keys *keys)
{
	keys->recipient = rs_recipient_free(keys->recipient);
	keys->signer = rs_signer_free(keys->signer);
	keys->worker_signer = rs_signer_free(keys->worker_signer);
}
