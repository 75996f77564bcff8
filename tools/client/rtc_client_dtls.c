#include "tools/client/rtc_client_priv.h"

#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/x509.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define REPEAT_FIRST RS_MS(50)
#define REPEAT_MOST RS_SEC(1)
#define NEVER_US (3600U * 1000 * 1000)
#define CHROMIUM_PROFILES "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM"

static int bio_read(BIO *bio, char *out, int cap)
{
	struct rtc_client *client = BIO_get_data(bio);
	BIO_clear_retry_flags(bio);
	if (client->input == NULL || (size_t)cap < client->input_len) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(out, client->input, client->input_len);
	client->input = NULL;
	return (int)client->input_len;
}

static int bio_write(BIO *bio, const char *data, int len)
{
	struct rtc_client *client = BIO_get_data(bio);
	BIO_clear_retry_flags(bio);
	if (client->flight_begins) {
		client->flight_begins = false;
		client->flight_count = 0;
	}
	if (client->flight_count < RS_ARRAY_LEN(client->flight) && len <= RTC_CLIENT_MTU) {
		struct rtc_client_entry *entry = &client->flight[client->flight_count++];
		entry->len = (size_t)len;
		memcpy(entry->data, data, entry->len);
	}
	rtc_client_enqueue(client, (const uint8_t *)data, (size_t)len);
	return len;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/* Each flight's timer is born expired, so that the first repetition, asked for by our own clock, is
 * OpenSSL's with fresh record numbers; later ones repeat octets. */
static unsigned timer(SSL *ssl, unsigned previous_us)
{
	return previous_us == 0 ? 1 : NEVER_US;
}

static int verify_server(X509_STORE_CTX *store, void *arg)
{
	const struct rtc_client *client = arg;
	if (client->fingerprint[0] == '\0')
		return 1;
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char text[RTC_CLIENT_FINGERPRINT_LEN] = "";
	if (X509_digest(X509_STORE_CTX_get0_cert(store), EVP_sha256(), digest, &len) != 1)
		return 0;
	for (unsigned i = 0; i < len; i++)
		(void)snprintf(
			text + (size_t)i * 3, 4, "%02X%s", digest[i], i + 1 < len ? ":" : "");
	return strcmp(text, client->fingerprint) == 0;
}

static bool cert_make(struct rtc_client *client, EVP_PKEY *key)
{
	time_t wall = 1795305600; /* any: nobody looks at the validity */
	X509 *cert = X509_new();
	client->cert = cert;
	return cert != NULL && X509_set_version(cert, 2) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), client->config.seed + 1) == 1 &&
	       X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &wall) != NULL &&
	       X509_time_adj_ex(X509_getm_notAfter(cert), 30, 0, &wall) != NULL &&
	       X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		       (const unsigned char *)"client", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, X509_get_subject_name(cert)) == 1 &&
	       X509_set_pubkey(cert, key) == 1 && X509_sign(cert, key, EVP_sha256()) != 0;
}

static void bio_method_fill(BIO_METHOD *method)
{
	/* These cannot fail. */
	(void)BIO_meth_set_read(method, bio_read);
	(void)BIO_meth_set_write(method, bio_write);
	(void)BIO_meth_set_ctrl(method, bio_ctrl);
}

/* A long list of protocol names makes the ClientHello as long as post-quantum key shares do. */
static bool hello_pad(struct rtc_client *client)
{
	uint8_t names[2048];
	size_t len = 0;
	while (len + 32 <= client->config.hello_padding && len + 32 <= sizeof(names)) {
		names[len] = 31;
		memset(names + len + 1, 'a' + (int)(len / 32 % 26), 31);
		len += 32;
	}
	return len == 0 || SSL_set_alpn_protos(client->ssl, names, (unsigned)len) == 0;
}

static bool ssl_make(struct rtc_client *client)
{
	client->ssl = SSL_new(client->ctx);
	BIO *bio = BIO_new(client->bio_method);
	if (client->ssl == NULL || bio == NULL)
		return false;
	BIO_set_data(bio, client);
	BIO_set_init(bio, 1);
	SSL_set_bio(client->ssl, bio, bio);
	SSL_set_mtu(client->ssl, RTC_CLIENT_MTU);
	DTLS_set_timer_cb(client->ssl, timer);
	SSL_set_connect_state(client->ssl);
	return hello_pad(client);
}

/* Who made the context checks the server's certificate against what it was told. */
static int init_like(struct rtc_client *client, const struct rtc_client *other)
{
	client->bio_method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "client");
	if (client->bio_method == NULL || SSL_CTX_up_ref(other->ctx) != 1)
		return -EIO;
	client->ctx = other->ctx;
	if (X509_up_ref(other->cert) != 1)
		return -EIO;
	client->cert = other->cert;
	bio_method_fill(client->bio_method);
	const bool good = ssl_make(client);
	ERR_clear_error();
	return good ? 0 : -EIO;
}

int rtc_client_dtls_init(struct rtc_client *client)
{
	if (client->config.like != NULL)
		return init_like(client, client->config.like);
	const char *profiles = client->config.srtp_profiles != NULL ? client->config.srtp_profiles
								    : CHROMIUM_PROFILES;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	client->ctx = SSL_CTX_new(DTLS_client_method());
	client->bio_method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "client");
	bool good = key != NULL && client->ctx != NULL && client->bio_method != NULL &&
		    cert_make(client, key);
	if (good) {
		bio_method_fill(client->bio_method);
		SSL_CTX_set_options(client->ctx, SSL_OP_NO_QUERY_MTU);
		SSL_CTX_set_verify(client->ctx, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_cert_verify_callback(client->ctx, verify_server, client);
		good = SSL_CTX_use_certificate(client->ctx, client->cert) == 1 &&
		       SSL_CTX_use_PrivateKey(client->ctx, key) == 1 &&
		       SSL_CTX_set_tlsext_use_srtp(client->ctx, profiles) == 0 && ssl_make(client);
	}
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? 0 : -EIO;
}

void rtc_client_dtls_done(struct rtc_client *client)
{
	SSL_free(client->ssl);
	SSL_CTX_free(client->ctx);
	BIO_meth_free(client->bio_method);
	X509_free(client->cert);
	crypt_free(client->open);
	crypt_free(client->seal);
}

void rtc_client_fingerprint(
	const struct rtc_client *client, const char *hash, char out[RTC_CLIENT_FINGERPRINT_LEN])
{
	const EVP_MD *md = strcmp(hash, "sha-512") == 0   ? EVP_sha512()
			   : strcmp(hash, "sha-384") == 0 ? EVP_sha384()
							  : EVP_sha256();
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	out[0] = '\0';
	if (X509_digest(client->cert, md, digest, &len) != 1)
		return;
	for (unsigned i = 0; i < len; i++)
		(void)snprintf(out + (size_t)i * 3, 4, "%02X%s", digest[i], i + 1 < len ? ":" : "");
}

static void keys_install(struct rtc_client *client)
{
	static const struct {
		unsigned long id;
		enum crypt_profile profile;
		size_t key_len;
		size_t salt_len;
	} profiles[] = {
		{ SRTP_AEAD_AES_128_GCM, CRYPT_AEAD_AES_128_GCM, 16, 12 },
		{ SRTP_AEAD_AES_256_GCM, CRYPT_AEAD_AES_256_GCM, 32, 12 },
		{ SRTP_AES128_CM_SHA1_80, CRYPT_AES128_CM_SHA1_80, 16, 14 },
	};
	const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(client->ssl);
	for (size_t i = 0; chosen != NULL && i < RS_ARRAY_LEN(profiles); i++) {
		if (profiles[i].id != chosen->id)
			continue;
		const size_t key_len = profiles[i].key_len;
		const size_t salt_len = profiles[i].salt_len;
		uint8_t all[2 * (32 + 14)];
		uint8_t keys[2][32 + 14];
		static const char label[] = "EXTRACTOR-dtls_srtp";
		client->connected =
			SSL_export_keying_material(client->ssl, all, 2 * (key_len + salt_len),
				label, sizeof(label) - 1, NULL, 0, 0) == 1;
		for (size_t side = 0; side < 2; side++) {
			memcpy(keys[side], all + side * key_len, key_len);
			memcpy(keys[side] + key_len, all + 2 * key_len + side * salt_len, salt_len);
		}
		struct crypt_config config = {
			.profile = profiles[i].profile,
			.direction = CRYPT_SEAL,
			.key_view = keys[0],
			.key_len = key_len + salt_len,
			.max_streams = CRYPT_STREAMS_MAX,
		};
		if (crypt_new(&config, &client->seal) < 0)
			client->connected = false;
		config.direction = CRYPT_OPEN;
		config.key_view = keys[1];
		if (crypt_new(&config, &client->open) < 0)
			client->connected = false;
	}
	client->failed = !client->connected;
}

static void advance(struct rtc_client *client, rs_time now)
{
	ERR_clear_error();
	client->flight_begins = true;
	const int result = SSL_do_handshake(client->ssl);
	const int why = SSL_get_error(client->ssl, result);
	ERR_clear_error();
	if (result == 1) {
		client->repeat_due = RS_TIME_NEVER;
		keys_install(client);
	} else if (why != SSL_ERROR_WANT_READ) {
		client->repeat_due = RS_TIME_NEVER;
		client->failed = true;
	} else if (!client->flight_begins) {
		client->repeat_interval = REPEAT_FIRST;
		client->repeat_due = now + client->repeat_interval;
	}
}

void rtc_client_dtls_start(struct rtc_client *client, rs_time now)
{
	if (client->started)
		return;
	client->started = true;
	advance(client, now);
}

void rtc_client_dtls_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now)
{
	if (!client->started || client->failed)
		return;
	client->input = data;
	client->input_len = len;
	if (client->connected) {
		uint8_t sink[64];
		ERR_clear_error();
		if (SSL_read(client->ssl, sink, sizeof(sink)) <= 0 &&
			SSL_get_shutdown(client->ssl) != 0)
			client->failed = true;
		ERR_clear_error();
	} else {
		advance(client, now);
	}
	client->input = NULL;
}

void rtc_client_dtls_tick(struct rtc_client *client, rs_time now)
{
	client->flight_begins = true;
	if (DTLSv1_handle_timeout(client->ssl) <= 0) {
		for (size_t i = 0; i < client->flight_count; i++)
			rtc_client_enqueue(client, client->flight[i].data, client->flight[i].len);
	}
	ERR_clear_error();
	client->repeat_interval = rs_time_min(client->repeat_interval * 2, REPEAT_MOST);
	client->repeat_due = now + client->repeat_interval;
}
