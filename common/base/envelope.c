#include "common/base/envelope.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#define X25519_LEN 32
#define X25519_WRAPPED_LEN (X25519_LEN + RS_AEAD_KEY_LEN + RS_AEAD_TAG_LEN)
#define RSA_BITS_MIN 3072
#define RSA_BITS_MAX 8192

struct rs_recipient {
	EVP_PKEY *key;
	bool private;
	bool x25519;
	uint8_t public[X25519_LEN];
	uint8_t id[RS_SHA256_LEN];
};

/* --- AES-256-GCM --- */

static bool seal(EVP_CIPHER_CTX *ctx, const uint8_t *key, const uint8_t *nonce, const void *aad,
	size_t aad_len, const void *data, size_t len, uint8_t *out)
{
	int n;
	int last;
	return EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	       EVP_EncryptUpdate(ctx, NULL, &n, aad, (int)aad_len) == 1 &&
	       EVP_EncryptUpdate(ctx, out, &n, data, (int)len) == 1 &&
	       EVP_EncryptFinal_ex(ctx, out + n, &last) == 1 &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, RS_AEAD_TAG_LEN, out + len) == 1;
}

int rs_aead_seal(const uint8_t key[RS_AEAD_KEY_LEN], const uint8_t nonce[RS_AEAD_NONCE_LEN],
	const void *aad, size_t aad_len, const void *data, size_t len, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const bool good = ctx != NULL && len <= INT_MAX && aad_len <= INT_MAX &&
			  seal(ctx, key, nonce, aad, aad_len, data, len, out);
	EVP_CIPHER_CTX_free(ctx);
	return good ? 0 : -ENOMEM;
}

static int unseal(EVP_CIPHER_CTX *ctx, const uint8_t *key, const uint8_t *nonce, const void *aad,
	size_t aad_len, const uint8_t *data, size_t len, uint8_t *out)
{
	uint8_t tag[RS_AEAD_TAG_LEN];
	int n;
	int last;
	memcpy(tag, data + len, sizeof(tag));
	if (EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
		EVP_DecryptUpdate(ctx, NULL, &n, aad, (int)aad_len) != 1 ||
		EVP_DecryptUpdate(ctx, out, &n, data, (int)len) != 1 ||
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag) != 1)
		return -ENOMEM;
	return EVP_DecryptFinal_ex(ctx, out + n, &last) == 1 ? 0 : -EACCES;
}

int rs_aead_open(const uint8_t key[RS_AEAD_KEY_LEN], const uint8_t nonce[RS_AEAD_NONCE_LEN],
	const void *aad, size_t aad_len, const uint8_t *data, size_t len, void *out)
{
	if (len < RS_AEAD_TAG_LEN || len > INT_MAX || aad_len > INT_MAX)
		return -EACCES;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const int err = ctx != NULL ? unseal(ctx, key, nonce, aad, aad_len, data,
					      len - RS_AEAD_TAG_LEN, out)
				    : -ENOMEM;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return err;
}

/* --- keys --- */

static int judge(struct rs_recipient *recipient)
{
	size_t len = sizeof(recipient->public);
	const int bits = EVP_PKEY_get_bits(recipient->key);
	if (EVP_PKEY_is_a(recipient->key, "X25519") == 1) {
		recipient->x25519 = true;
		if (EVP_PKEY_get_raw_public_key(recipient->key, recipient->public, &len) != 1)
			return -ENOMEM;
	} else if (EVP_PKEY_is_a(recipient->key, "RSA") != 1 || bits < RSA_BITS_MIN ||
		   bits > RSA_BITS_MAX) {
		return -EOPNOTSUPP;
	}
	uint8_t *der = NULL;
	const int der_len = i2d_PUBKEY(recipient->key, &der);
	if (der_len < 0)
		return -ENOMEM;
	rs_sha256(der, (size_t)der_len, recipient->id);
	OPENSSL_free(der);
	return 0;
}

/* A key that asks for a pass phrase is none: there is nobody to ask. */
static int no_phrase(char *buf, int size, int writing, void *ctx)
{
	return -1;
}

static int recipient_new(
	const char *pem, size_t len, bool private, struct rs_recipient **out_recipient)
{
	RS_CLEANUP(rs_recipient_freep)
	struct rs_recipient *recipient = rs_zalloc(sizeof(*recipient));
	if (recipient == NULL)
		return -ENOMEM;
	if (len > RS_KEY_PEM_MAX)
		return -EBADMSG;
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	if (bio == NULL)
		return -ENOMEM;
	recipient->private = private;
	recipient->key = private ? PEM_read_bio_PrivateKey(bio, NULL, no_phrase, NULL)
				 : PEM_read_bio_PUBKEY(bio, NULL, no_phrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	if (recipient->key == NULL)
		return -EBADMSG;
	const int err = judge(recipient);
	if (err == 0)
		*out_recipient = rs_steal(&recipient);
	return err;
}

int rs_recipient_new_public(const char *pem, size_t len, struct rs_recipient **out_recipient)
{
	return recipient_new(pem, len, false, out_recipient);
}

int rs_recipient_new_private(const char *pem, size_t len, struct rs_recipient **out_recipient)
{
	return recipient_new(pem, len, true, out_recipient);
}

struct rs_recipient *rs_recipient_free(struct rs_recipient *recipient)
{
	if (recipient == NULL)
		return NULL;
	EVP_PKEY_free(recipient->key);
	return rs_release(recipient);
}

void rs_recipient_freep(struct rs_recipient **recipient)
{
	*recipient = rs_recipient_free(*recipient);
}

const uint8_t *rs_recipient_id(const struct rs_recipient *recipient)
{
	return recipient->id;
}

const char *rs_recipient_method(const struct rs_recipient *recipient)
{
	return recipient->x25519 ? "x25519-hkdf-sha256-aes-256-gcm" : "rsa-oaep-sha256";
}

/* --- X25519 --- */

static bool derive(EVP_PKEY *mine, EVP_PKEY *theirs, uint8_t out[X25519_LEN])
{
	size_t len = X25519_LEN;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
	const bool good = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
			  EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
			  EVP_PKEY_derive(ctx, out, &len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

static bool expand(const uint8_t secret[X25519_LEN], const uint8_t salt[2 * X25519_LEN],
	const char *context, uint8_t out[RS_AEAD_KEY_LEN])
{
	size_t len = RS_AEAD_KEY_LEN;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	const bool good = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
			  EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) == 1 &&
			  EVP_PKEY_CTX_set1_hkdf_salt(ctx, salt, 2 * X25519_LEN) == 1 &&
			  EVP_PKEY_CTX_set1_hkdf_key(ctx, secret, X25519_LEN) == 1 &&
			  EVP_PKEY_CTX_add1_hkdf_info(
				  ctx, (const uint8_t *)context, (int)strlen(context)) == 1 &&
			  EVP_PKEY_derive(ctx, out, &len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

static const uint8_t no_nonce[RS_AEAD_NONCE_LEN];

static int wrap_x25519(
	const struct rs_recipient *recipient, const char *context, const uint8_t *key, uint8_t *out)
{
	uint8_t secret[X25519_LEN] = { 0 };
	uint8_t wrapping[RS_AEAD_KEY_LEN] = { 0 };
	uint8_t salt[2 * X25519_LEN];
	size_t len = X25519_LEN;
	EVP_PKEY *ephemeral = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	bool good = ephemeral != NULL && EVP_PKEY_get_raw_public_key(ephemeral, salt, &len) == 1 &&
		    derive(ephemeral, recipient->key, secret);
	memcpy(salt + X25519_LEN, recipient->public, X25519_LEN);
	good = good && expand(secret, salt, context, wrapping);
	memcpy(out, salt, X25519_LEN);
	good = good &&
	       rs_aead_seal(wrapping, no_nonce, "", 0, key, RS_AEAD_KEY_LEN, out + X25519_LEN) == 0;
	EVP_PKEY_free(ephemeral);
	rs_wipe(secret, sizeof(secret));
	rs_wipe(wrapping, sizeof(wrapping));
	return good ? X25519_WRAPPED_LEN : -ENOMEM;
}

static int unwrap_x25519(const struct rs_recipient *recipient, const char *context,
	const uint8_t *wrapped, uint8_t *out)
{
	uint8_t secret[X25519_LEN] = { 0 };
	uint8_t wrapping[RS_AEAD_KEY_LEN] = { 0 };
	uint8_t salt[2 * X25519_LEN];
	memcpy(salt, wrapped, X25519_LEN);
	memcpy(salt + X25519_LEN, recipient->public, X25519_LEN);
	EVP_PKEY *ephemeral =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, wrapped, X25519_LEN);
	int err = ephemeral != NULL ? 0 : -ENOMEM;
	if (err == 0 && !derive(recipient->key, ephemeral, secret))
		err = -EACCES; /* a point of small order */
	if (err == 0 && !expand(secret, salt, context, wrapping))
		err = -ENOMEM;
	if (err == 0)
		err = rs_aead_open(wrapping, no_nonce, "", 0, wrapped + X25519_LEN,
			RS_AEAD_KEY_LEN + RS_AEAD_TAG_LEN, out);
	EVP_PKEY_free(ephemeral);
	rs_wipe(secret, sizeof(secret));
	rs_wipe(wrapping, sizeof(wrapping));
	return err;
}

/* --- RSA-OAEP; the context is its label --- */

static bool set_oaep(EVP_PKEY_CTX *ctx, const char *context)
{
	const size_t len = strlen(context);
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) != 1 ||
		EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) != 1 ||
		EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) != 1)
		return false;
	char *label = OPENSSL_memdup(context, len);
	if (label != NULL && EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, (int)len) == 1)
		return true;
	OPENSSL_free(label);
	return false;
}

static int wrap_rsa(
	const struct rs_recipient *recipient, const char *context, const uint8_t *key, uint8_t *out)
{
	size_t len = RS_WRAPPED_MAX;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(recipient->key, NULL);
	const bool good = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
			  set_oaep(ctx, context) &&
			  EVP_PKEY_encrypt(ctx, out, &len, key, RS_AEAD_KEY_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good ? (int)len : -ENOMEM;
}

static int unwrap_rsa(const struct rs_recipient *recipient, const char *context,
	const uint8_t *wrapped, size_t wrapped_len, uint8_t *out)
{
	uint8_t plain[RS_WRAPPED_MAX];
	size_t len = sizeof(plain);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(recipient->key, NULL);
	int err = ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 && set_oaep(ctx, context)
			  ? 0
			  : -ENOMEM;
	if (err == 0 && (EVP_PKEY_decrypt(ctx, plain, &len, wrapped, wrapped_len) != 1 ||
				len != RS_AEAD_KEY_LEN))
		err = -EACCES;
	if (err == 0)
		memcpy(out, plain, RS_AEAD_KEY_LEN);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	rs_wipe(plain, sizeof(plain));
	return err;
}

int rs_wrap(const struct rs_recipient *recipient, const char *context,
	const uint8_t key[RS_AEAD_KEY_LEN], uint8_t out[RS_WRAPPED_MAX])
{
	return recipient->x25519 ? wrap_x25519(recipient, context, key, out)
				 : wrap_rsa(recipient, context, key, out);
}

int rs_unwrap(const struct rs_recipient *recipient, const char *context, const uint8_t *wrapped,
	size_t len, uint8_t out_key[RS_AEAD_KEY_LEN])
{
	if (!recipient->private)
		return -EINVAL;
	if (!recipient->x25519)
		return unwrap_rsa(recipient, context, wrapped, len, out_key);
	return len == X25519_WRAPPED_LEN ? unwrap_x25519(recipient, context, wrapped, out_key)
					 : -EACCES;
}
