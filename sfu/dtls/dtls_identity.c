#include "sfu/dtls/dtls_priv.h"

#include "common/base/text.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <errno.h>
#include <string.h>
#include <strings.h>

#define CERT_DAYS_BEFORE (-1)
#define CERT_DAYS_AFTER 365
/* RFC 5764 section 4.1.2 by OpenSSL's names; ours is the order that counts. */
#define SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"
#define CIPHERS                                                        \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA"

static const struct {
	const char *name;
	enum dtls_hash hash;
	size_t len;
} hashes[] = {
	{ "sha-256", DTLS_SHA256, 32 },
	{ "sha-384", DTLS_SHA384, 48 },
	{ "sha-512", DTLS_SHA512, 64 },
};

static const EVP_MD *hash_md(enum dtls_hash hash)
{
	switch (hash) {
	case DTLS_SHA256:
		return EVP_sha256();
	case DTLS_SHA384:
		return EVP_sha384();
	case DTLS_SHA512:
		return EVP_sha512();
	}
	return NULL;
}

/* "AA:BB:CC" of exactly `len` octets. */
static int colon_hex_parse(const char *text, uint8_t *out, size_t len)
{
	if (strlen(text) != len * 3 - 1)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		const char *pair = text + i * 3;
		if ((i + 1 < len && pair[2] != ':') || rs_hex_decode(pair, 2, out + i, 1) < 0)
			return -EBADMSG;
	}
	return 0;
}

int dtls_fingerprint_parse(
	const char *hash, const char *text, struct dtls_fingerprint *out_fingerprint)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(hashes); i++) {
		if (strcasecmp(hashes[i].name, hash) != 0)
			continue;
		struct dtls_fingerprint fingerprint = { .hash = hashes[i].hash };
		const int err = colon_hex_parse(text, fingerprint.digest, hashes[i].len);
		if (err == 0)
			*out_fingerprint = fingerprint;
		return err;
	}
	return -EOPNOTSUPP;
}

int dtls_fingerprint_check(const struct dtls_fingerprint *fingerprint, X509 *cert)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (cert == NULL || X509_digest(cert, hash_md(fingerprint->hash), digest, &len) != 1)
		return -EACCES;
	return rs_equal_ct(digest, fingerprint->digest, len) ? 0 : -EACCES;
}

static int fingerprint_format(X509 *cert, char out[DTLS_FINGERPRINT_TEXT_LEN])
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (X509_digest(cert, EVP_sha256(), digest, &len) != 1)
		return -EIO;
	for (size_t i = 0; i < len; i++) {
		out[i * 3] = digits[digest[i] >> 4];
		out[i * 3 + 1] = digits[digest[i] & 15];
		out[i * 3 + 2] = i + 1 < len ? ':' : '\0';
	}
	return 0;
}

static bool cert_fill(X509 *cert, EVP_PKEY *key, int64_t wall_s)
{
	uint64_t serial = 0;
	time_t wall = (time_t)wall_s;
	X509_NAME *name = X509_get_subject_name(cert);
	return RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial) == 1 &&
	       X509_set_version(cert, 2) == 1 &&
	       X509_time_adj_ex(X509_getm_notBefore(cert), CERT_DAYS_BEFORE, 0, &wall) != NULL &&
	       X509_time_adj_ex(X509_getm_notAfter(cert), CERT_DAYS_AFTER, 0, &wall) != NULL &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		       (const unsigned char *)"rostrum", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, name) == 1 && X509_set_pubkey(cert, key) == 1 &&
	       X509_sign(cert, key, EVP_sha256()) != 0;
}

/* Any certificate will do for OpenSSL: the fingerprint from signaling decides, and a wrong one
 * ends the handshake with an alert. */
static int verify_peer(X509_STORE_CTX *store, void *unused)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct dtls *dtls = SSL_get_app_data(ssl);
	dtls->fault =
		dtls_fingerprint_check(&dtls->config.fingerprint, X509_STORE_CTX_get0_cert(store));
	if (dtls->fault == 0)
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static bool ctx_fill(SSL_CTX *ctx, X509 *cert, EVP_PKEY *key)
{
	char groups[] = "X25519:P-256:P-384"; /* not const, since OpenSSL's macro casts that away */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify_peer, NULL);
	return SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) == 1 &&
	       SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, CIPHERS) == 1 &&
	       SSL_CTX_set1_groups_list(ctx, groups) == 1 &&
	       SSL_CTX_set_tlsext_use_srtp(ctx, SRTP_PROFILES) == 0; /* 0 is success here */
}

static int identity_fill(struct dtls_identity *identity, int64_t wall_s)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	identity->ctx = SSL_CTX_new(DTLS_server_method());
	int err = dtls_bio_method_new(&identity->bio_method);
	if (err == 0 &&
		(key == NULL || cert == NULL || identity->ctx == NULL ||
			!cert_fill(cert, key, wall_s) || !ctx_fill(identity->ctx, cert, key)))
		err = -EIO;
	if (err == 0)
		err = fingerprint_format(cert, identity->fingerprint);
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return err;
}

int dtls_identity_new(int64_t wall_s, struct dtls_identity **out_identity)
{
	struct dtls_identity *identity = rs_zalloc(sizeof(*identity));
	if (identity == NULL)
		return -ENOMEM;
	const int err = identity_fill(identity, wall_s);
	if (err < 0) {
		dtls_identity_free(identity);
		return err;
	}
	*out_identity = identity;
	return 0;
}

struct dtls_identity *dtls_identity_free(struct dtls_identity *identity)
{
	if (identity != NULL) {
		SSL_CTX_free(identity->ctx);
		BIO_meth_free(identity->bio_method);
	}
	return rs_release(identity);
}

const char *dtls_identity_fingerprint(const struct dtls_identity *identity)
{
	return identity->fingerprint;
}
