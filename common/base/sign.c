#include "common/base/sign.h"

#include "common/base/text.h"

#include <openssl/evp.h>

#include <assert.h>
#include <errno.h>
#include <string.h>

struct rs_signer {
	EVP_PKEY *key;
	uint8_t public[RS_SIGN_PUBLIC_LEN];
};

int rs_signer_new(const uint8_t seed[RS_SIGN_SEED_LEN], struct rs_signer **out_signer)
{
	RS_CLEANUP(rs_signer_freep) struct rs_signer *signer = rs_zalloc(sizeof(*signer));
	if (signer == NULL)
		return -ENOMEM;
	size_t len = sizeof(signer->public);
	signer->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, RS_SIGN_SEED_LEN);
	/* Any 32 octets are a private key: only memory can be short. */
	if (signer->key == NULL ||
		EVP_PKEY_get_raw_public_key(signer->key, signer->public, &len) != 1)
		return -ENOMEM;
	*out_signer = rs_steal(&signer);
	return 0;
}

struct rs_signer *rs_signer_free(struct rs_signer *signer)
{
	if (signer == NULL)
		return NULL;
	EVP_PKEY_free(signer->key);
	return rs_release(signer);
}

void rs_signer_freep(struct rs_signer **signer)
{
	*signer = rs_signer_free(*signer);
}

const uint8_t *rs_signer_public(const struct rs_signer *signer)
{
	return signer->public;
}

int rs_sign(const struct rs_signer *signer, const void *data, size_t len,
	uint8_t out_signature[RS_SIGNATURE_LEN])
{
	uint8_t signature[RS_SIGNATURE_LEN];
	size_t n = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const bool good = ctx != NULL &&
			  EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer->key) == 1 &&
			  EVP_DigestSign(ctx, signature, &n, data, len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!good)
		return -ENOMEM;
	memcpy(out_signature, signature, sizeof(signature));
	return 0;
}

int rs_sign_check(const uint8_t key[RS_SIGN_PUBLIC_LEN], const void *data, size_t len,
	const uint8_t signature[RS_SIGNATURE_LEN])
{
	EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, RS_SIGN_PUBLIC_LEN);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int err = -ENOMEM;
	/* Whether 32 octets are a point of the curve shows when they are used. */
	if (pkey != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1)
		err = EVP_DigestVerify(ctx, signature, RS_SIGNATURE_LEN, data, len) == 1 ? 0
											 : -EACCES;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return err;
}

/* --- keys as text --- */

/* RFC 8410 section 7: OneAsymmetricKey of version 0, id-Ed25519, an octet string in an octet string. */
static const uint8_t secret_head[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b,
	0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };
/* Section 4: SubjectPublicKeyInfo, id-Ed25519, a bit string. */
static const uint8_t public_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03,
	0x21, 0x00 };

/* RFC 7468: octets of a fixed length between two lines; both fit one line of base64. */
struct pem {
	const char *begin;
	const char *end;
	const uint8_t *head;
	size_t head_len;
};

#define KEY_LEN 32
#define DER_MAX (sizeof(secret_head) + KEY_LEN)
#define BASE64_MAX (DER_MAX / 3 * 4 + 4)

static const struct pem secret_pem = { "-----BEGIN PRIVATE KEY-----\n",
	"\n-----END PRIVATE KEY-----\n", secret_head, sizeof(secret_head) };
static const struct pem public_pem = { "-----BEGIN PUBLIC KEY-----\n",
	"\n-----END PUBLIC KEY-----\n", public_head, sizeof(public_head) };

static void write_pem(const struct pem *pem, const uint8_t key[KEY_LEN], char *out, size_t cap)
{
	uint8_t der[DER_MAX];
	char base64[BASE64_MAX];
	memcpy(der, pem->head, pem->head_len);
	memcpy(der + pem->head_len, key, KEY_LEN);
	int err = rs_base64_encode(der, pem->head_len + KEY_LEN, base64, sizeof(base64));
	if (err == 0)
		err = rs_format(out, cap, "%s%s%s", pem->begin, base64, pem->end);
	assert(err == 0); /* all lengths are known */
	rs_wipe(der, sizeof(der));
	rs_wipe(base64, sizeof(base64));
}

static int parse_pem(const struct pem *pem, const char *text, size_t len, uint8_t out[KEY_LEN])
{
	const size_t begin_len = strlen(pem->begin);
	const size_t base64_len = (pem->head_len + KEY_LEN + 2) / 3 * 4;
	const size_t end_len = strlen(pem->end);
	const size_t whole = begin_len + base64_len + end_len;
	if ((len != whole && len != whole - 1) || memcmp(text, pem->begin, begin_len) != 0 ||
		memcmp(text + begin_len + base64_len, pem->end, len - begin_len - base64_len) != 0)
		return -EBADMSG;
	uint8_t der[DER_MAX];
	const int n = rs_base64_decode(text + begin_len, base64_len, der, sizeof(der));
	const bool good = n >= 0 && (size_t)n == pem->head_len + KEY_LEN &&
			  memcmp(der, pem->head, pem->head_len) == 0;
	if (good)
		memcpy(out, der + pem->head_len, KEY_LEN);
	rs_wipe(der, sizeof(der));
	return good ? 0 : -EBADMSG;
}

void rs_sign_write_secret(
	const uint8_t seed[RS_SIGN_SEED_LEN], char out_pem[RS_SIGN_SECRET_PEM_LEN])
{
	write_pem(&secret_pem, seed, out_pem, RS_SIGN_SECRET_PEM_LEN);
}

void rs_sign_write_public(
	const uint8_t key[RS_SIGN_PUBLIC_LEN], char out_pem[RS_SIGN_PUBLIC_PEM_LEN])
{
	write_pem(&public_pem, key, out_pem, RS_SIGN_PUBLIC_PEM_LEN);
}

int rs_sign_parse_secret(const char *pem, size_t len, uint8_t out_seed[RS_SIGN_SEED_LEN])
{
	return parse_pem(&secret_pem, pem, len, out_seed);
}

int rs_sign_parse_public(const char *pem, size_t len, uint8_t out_key[RS_SIGN_PUBLIC_LEN])
{
	return parse_pem(&public_pem, pem, len, out_key);
}
