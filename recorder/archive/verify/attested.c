/* What attests a file as a whole: a signature, a time stamp; of an archive and of an excerpt. */
#include "common/base/sign.h"
#include "common/base/stamp.h"
#include "recorder/archive/verify/verify_priv.h"

#include <errno.h>

int verify_signature(struct verify *verify, const char *name, const struct lines *signature,
	const uint8_t key[RS_SIGN_PUBLIC_LEN], const struct lines *subject)
{
	const int err = signature->len == RS_SIGNATURE_LEN
				? rs_sign_check(key, subject->data, subject->len, signature->data)
				: -EACCES;
	if (err == -EACCES)
		verify_problem(verify, name, "is no signature of it by the key of this archive");
	if (err < 0)
		return err == -EACCES ? 0 : err;
	verify->report.signatures++;
	return 1;
}

int verify_stamp(struct verify *verify, const char *name, const struct lines *answer,
	const struct lines *subject, int64_t *out_wall_ms)
{
	uint8_t digest[RS_SHA512_LEN];
	char why[RS_STAMP_WHY_LEN];
	rs_sha512(subject->data, subject->len, digest);
	const int err = rs_stamp_check(answer->data, answer->len, digest, NULL,
		verify->options->ca_file, out_wall_ms, why);
	if (err == -ENOMEM)
		return err;
	if (err < 0) {
		verify_problem(verify, name, "%s", why);
		return 0;
	}
	verify->report.stamps++;
	return 1;
}
