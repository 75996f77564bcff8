#include "common/base/stamp.h"

#include "common/base/text.h"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* --- asking --- */

static bool set_imprint(TS_REQ *request, const uint8_t sha512[RS_SHA512_LEN])
{
	uint8_t digest[RS_SHA512_LEN];
	memcpy(digest, sha512, sizeof(digest)); /* the library wants to be able to write */
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	bool good = imprint != NULL && algorithm != NULL;
	if (good)
		X509_ALGOR_set_md(algorithm, EVP_sha512());
	good = good && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
	       TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof(digest)) == 1 &&
	       TS_REQ_set_msg_imprint(request, imprint) == 1;
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	return good;
}

static bool set_nonce(TS_REQ *request, const uint8_t nonce[RS_STAMP_NONCE_LEN])
{
	BIGNUM *number = BN_bin2bn(nonce, RS_STAMP_NONCE_LEN, NULL);
	ASN1_INTEGER *integer = number != NULL ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	const bool good = integer != NULL && TS_REQ_set_nonce(request, integer) == 1;
	ASN1_INTEGER_free(integer);
	BN_free(number);
	return good;
}

/* NULL = out of memory. */
static TS_REQ *make_request(const uint8_t sha512[RS_SHA512_LEN], const uint8_t *nonce)
{
	TS_REQ *request = TS_REQ_new();
	if (request != NULL && TS_REQ_set_version(request, 1) == 1 &&
		set_imprint(request, sha512) && TS_REQ_set_cert_req(request, 1) == 1 &&
		(nonce == NULL || set_nonce(request, nonce)))
		return request;
	TS_REQ_free(request);
	return NULL;
}

int rs_stamp_request(const uint8_t sha512[RS_SHA512_LEN], const uint8_t nonce[RS_STAMP_NONCE_LEN],
	struct rs_buf *out)
{
	TS_REQ *request = make_request(sha512, nonce);
	uint8_t *der = NULL;
	const int len = request != NULL ? i2d_TS_REQ(request, &der) : -1;
	const int err = len > 0 ? rs_buf_append(out, der, (size_t)len) : -ENOMEM;
	OPENSSL_free(der);
	TS_REQ_free(request);
	return err;
}

/* --- checking --- */

static int time_of(TS_RESP *response, time_t *out)
{
	struct tm tm;
	TS_TST_INFO *info = TS_RESP_get_tst_info(response);
	if (info == NULL || ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) != 1)
		return -EBADMSG;
	*out = timegm(&tm);
	return 0;
}

static int trust(TS_VERIFY_CTX *ctx, const char *ca_file, time_t when)
{
	X509_STORE *store = X509_STORE_new();
	if (store == NULL)
		return -ENOMEM;
	if (X509_STORE_load_file(store, ca_file) != 1) {
		X509_STORE_free(store);
		return -ENOENT;
	}
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), when);
	(void)TS_VERIFY_CTX_set_store(ctx, store); /* takes it */
	(void)TS_VERIFY_CTX_add_flags(ctx, TS_VFY_SIGNATURE);
	return 0;
}

/* By the holder of the certificate it encloses, whoever that is; trust() asks for the rest. */
static bool is_signed(TS_RESP *response)
{
	PKCS7 *token = TS_RESP_get_token(response);
	return token != NULL && PKCS7_verify(token, NULL, NULL, NULL, NULL, PKCS7_NOVERIFY) == 1;
}

static void explain(char why[RS_STAMP_WHY_LEN])
{
	const unsigned long last = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(last);
	(void)snprintf(why, RS_STAMP_WHY_LEN, "%.150s",
		reason != NULL ? reason : "not acceptable"); /* may be cut */
}

static int check(TS_RESP *response, TS_REQ *request, const char *ca_file, int64_t *out_wall_ms,
	char why[RS_STAMP_WHY_LEN])
{
	time_t when = 0;
	TS_VERIFY_CTX *ctx = TS_REQ_to_TS_VERIFY_CTX(request, NULL);
	if (ctx == NULL)
		return -ENOMEM;
	const bool granted = time_of(response, &when) == 0;
	int err = granted && ca_file != NULL ? trust(ctx, ca_file, when) : 0;
	if (err == -ENOENT)
		(void)snprintf(why, RS_STAMP_WHY_LEN, "no certificate can be read from %.100s",
			ca_file); /* may be cut */
	if (err == 0 && (TS_RESP_verify_response(ctx, response) != 1 || !is_signed(response))) {
		explain(why);
		err = -EACCES;
	}
	TS_VERIFY_CTX_free(ctx);
	if (err == 0)
		*out_wall_ms = (int64_t)when * 1000;
	return err;
}

int rs_stamp_check(const uint8_t *response, size_t len, const uint8_t sha512[RS_SHA512_LEN],
	const uint8_t *nonce, const char *ca_file, int64_t *out_wall_ms, char why[RS_STAMP_WHY_LEN])
{
	const uint8_t *at = response;
	(void)snprintf(why, RS_STAMP_WHY_LEN, "out of memory"); /* fits */
	TS_REQ *request = make_request(sha512, nonce);
	if (request == NULL)
		return -ENOMEM;
	ERR_clear_error();
	TS_RESP *parsed = len <= LONG_MAX ? d2i_TS_RESP(NULL, &at, (long)len) : NULL;
	int err = parsed != NULL && at == response + len ? 0 : -EBADMSG;
	if (err == 0)
		err = check(parsed, request, ca_file, out_wall_ms, why);
	else
		(void)snprintf(why, RS_STAMP_WHY_LEN, "is no answer of a time-stamping authority");
	TS_RESP_free(parsed);
	TS_REQ_free(request);
	ERR_clear_error();
	return err;
}
