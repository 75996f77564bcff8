#include "signaling/ballot/ballot.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <errno.h>
#include <string.h>

#define SALT_LEN 48 /* as long as the digest: the variant with PSS, not PSSZERO */
#define EXPONENT 65537

struct ballot_key {
	EVP_PKEY *pkey;
	size_t len;
};

static int wrap(EVP_PKEY *pkey, struct ballot_key **out_key)
{
	const int len = pkey != NULL && EVP_PKEY_is_a(pkey, "RSA") ? EVP_PKEY_get_size(pkey) : 0;
	struct ballot_key *key = NULL;
	if (len > 0 && len <= BALLOT_RSA_MAX)
		key = rs_zalloc(sizeof(*key));
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return len > 0 && len <= BALLOT_RSA_MAX ? -ENOMEM : -EBADMSG;
	}
	key->pkey = pkey;
	key->len = (size_t)len;
	*out_key = key;
	return 0;
}

int ballot_key_read(const char *pem, size_t len, struct ballot_key **out_key)
{
	if (len > BALLOT_PEM_MAX)
		return -EBADMSG;
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	if (bio == NULL)
		return -ENOMEM;
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return wrap(pkey, out_key);
}

struct ballot_key *ballot_key_free(struct ballot_key *key)
{
	if (key != NULL)
		EVP_PKEY_free(key->pkey);
	return rs_release(key);
}

size_t ballot_key_len(const struct ballot_key *key)
{
	return key->len;
}

void ballot_key_modulus(const struct ballot_key *key, uint8_t *out)
{
	BIGNUM *n = NULL;
	memset(out, 0, key->len);
	if (EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1)
		(void)BN_bn2binpad(n, out, (int)key->len); /* it is that long */
	BN_free(n);
}

typedef int rsa_init_fn(EVP_PKEY_CTX *ctx);
typedef int rsa_fn(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *out_len, const unsigned char *in,
	size_t len);

/* The bare operation, without padding. */
static bool raw(const struct ballot_key *key, rsa_init_fn *init, rsa_fn *run, const uint8_t *in,
	uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);
	size_t len = key->len;
	const bool done = ctx != NULL && init(ctx) == 1 &&
			  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
			  run(ctx, out, &len, in, key->len) == 1 && len == key->len;
	EVP_PKEY_CTX_free(ctx);
	return done;
}

int ballot_sign(const struct ballot_key *key, const uint8_t *blinded, uint8_t *out)
{
	uint8_t check[BALLOT_RSA_MAX];
	if (!raw(key, EVP_PKEY_decrypt_init, EVP_PKEY_decrypt, blinded, out))
		return -EBADMSG;
	/* A fault in the computation would give the key away. */
	if (!raw(key, EVP_PKEY_encrypt_init, EVP_PKEY_encrypt, out, check) ||
		memcmp(check, blinded, key->len) != 0) {
		rs_wipe(out, key->len);
		return -EIO;
	}
	return 0;
}

static EVP_PKEY *public_key(const uint8_t *modulus, size_t len)
{
	EVP_PKEY *pkey = NULL;
	BIGNUM *n = BN_bin2bn(modulus, (int)len, NULL);
	BIGNUM *e = BN_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (n != NULL && e != NULL && build != NULL && ctx != NULL &&
		BN_set_word(e, EXPONENT) == 1 &&
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(e);
	BN_free(n);
	return pkey;
}

int ballot_verify(const uint8_t *modulus, size_t modulus_len, const void *message, size_t len,
	const uint8_t *signature)
{
	EVP_PKEY *pkey = public_key(modulus, modulus_len);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey_ctx = NULL; /* of ctx */
	int err = pkey == NULL || ctx == NULL ? -ENOMEM : -EACCES;
	if (err == -EACCES && EVP_DigestVerifyInit(ctx, &pkey_ctx, EVP_sha384(), NULL, pkey) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, SALT_LEN) == 1 &&
		EVP_DigestVerify(ctx, signature, modulus_len, message, len) == 1)
		err = 0;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return err;
}
