#include "recorder/archive/verify/verify_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_LEN 256

static void tell_signer(struct verify *verify, const struct custody_signer *signer)
{
	const uint8_t *expected = verify->options->key;
	char key[2 * RS_SIGN_PUBLIC_LEN + 1];
	char text[TEXT_LEN];
	const char *whose = "";
	if (expected != NULL)
		whose = memcmp(expected, signer->key, RS_SIGN_PUBLIC_LEN) == 0
				? ", the one that was given"
				: ", which is not the one that was given";
	rs_hex_encode(signer->key, sizeof(signer->key), key);
	(void)snprintf(text, sizeof(text),
		"%" PRIu64 " of %" PRIu64 " lines are signed by key %s%s", signer->lines,
		custody_lines(verify->custody), key, whose); /* fits */
	verify_note(verify, verify->custody_name, text);
}

static void tell_signers(struct verify *verify)
{
	const struct custody *custody = verify->custody;
	const struct custody_signer *signer;
	char text[TEXT_LEN];
	for (size_t i = 0; (signer = custody_signer(custody, i)) != NULL; i++)
		tell_signer(verify, signer);
	if (custody_unsigned(custody) == 0)
		return;
	(void)snprintf(text, sizeof(text),
		"%" PRIu64 " of %" PRIu64
		" lines are not signed: whoever may write there may have added them",
		custody_unsigned(custody), custody_lines(custody)); /* fits */
	verify_note(verify, verify->custody_name, text);
}

/* Whoever may delete may write a line that says so; who has the key may not be deceived by that. */
static bool may_say(const struct verify *verify, const struct custody_fate *gone)
{
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	return verify->options->key == NULL ||
	       (strlen(gone->signer) == 2 * sizeof(key) &&
		       rs_hex_decode(gone->signer, strlen(gone->signer), key, sizeof(key)) == 0 &&
		       rs_equal_ct(key, verify->options->key, sizeof(key)));
}

void verify_gone(struct verify *verify, const char *file, const struct custody_fate *gone)
{
	if (may_say(verify, gone))
		verify_note(verify, file, gone->text);
	else
		verify_problem(verify, file,
			"is missing, and the key that was given signed nothing that says why (it %s)",
			gone->text);
}

static int open_custody(struct verify *verify, const char *path)
{
	char why[CUSTODY_WHY_LEN];
	const int err = custody_open(path, CUSTODY_READ, why, &verify->custody);
	if (err == 0)
		tell_signers(verify);
	if (err != -EBADMSG)
		return err;
	verify_problem(verify, verify->custody_name, "%s", why);
	return 0;
}

int verify_custody(struct verify *verify)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = names_path(verify->directory, NAMES_CUSTODY, path);
	verify->custody_name = names_place(NAMES_CUSTODY);
	return err == 0 ? open_custody(verify, path) : err;
}

int archive_verify_audit(const char *root, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report)
{
	static const struct archive_knowledge nothing;
	struct verify verify = { .directory = root,
		.custody_name = CUSTODY_AUDIT,
		.options = knowledge != NULL ? knowledge : &nothing,
		.sink = sink };
	char path[ARCHIVE_PATH_LEN];
	int err = rs_format(path, sizeof(path), "%s/" CUSTODY_AUDIT, root);
	if (err == 0)
		err = open_custody(&verify, path);
	verify.report.lines = verify.custody != NULL ? custody_lines(verify.custody) : 0;
	custody_free(verify.custody);
	if (err == 0)
		*out_report = verify.report;
	return err;
}
