#include "sfu/srtp/srtp.h"

#include "common/base/hash.h"
#include "sfu/srtp/srtp_priv.h"
#include "tests/support/oom.h"

#include <openssl/evp.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The wrapper is judged by an oracle made of OpenSSL's ciphers, and the oracle by the RFCs. */

/* RFC 3711 appendix B.3 */
static const uint8_t master_key_salt[] = {
	0xE1,
	0xF9,
	0x7A,
	0x0D,
	0x3E,
	0x01,
	0x8B,
	0xE0, /* master key */
	0xD6,
	0x4F,
	0xA3,
	0x2C,
	0x06,
	0xDE,
	0x41,
	0x39,
	0x0E,
	0xC6,
	0x75,
	0xAD,
	0x49,
	0x8A,
	0xFE,
	0xEB, /* master salt */
	0xB6,
	0x96,
	0x0B,
	0x3A,
	0xAB,
	0xE6,
};
static const uint8_t cipher_key[] = { 0xC6, 0x1E, 0x7A, 0x93, 0x74, 0x4F, 0x39, 0xEE, 0x10, 0x73,
	0x4A, 0xFE, 0x3F, 0xF7, 0xA0, 0x87 };
static const uint8_t cipher_salt[] = { 0x30, 0xCB, 0xBC, 0x08, 0x86, 0x3D, 0x8C, 0x85, 0xD4, 0x9D,
	0xB3, 0x4A, 0x9A, 0xE1 };
static const uint8_t auth_key[] = { 0xCE, 0xBE, 0x32, 0x1F, 0x6F, 0xF7, 0x71, 0x6B, 0x6F, 0xD4,
	0xAB, 0x49, 0xAF, 0x25, 0x6A, 0x15, 0x6D, 0x38, 0xBA, 0xA4 };

/* RFC 7714 section 16.1: the packet, session key and salt, and section 16.1.1: its encryption. */
static const uint8_t gcm_header[] = { 0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01,
	0xa0, 0xb2 };
static const char gcm_plain[] = "Gallia est omnis divisa in partes tres";
static const uint8_t gcm_key[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const char gcm_salt[] = "Quid pro quo";
static const uint8_t gcm_sealed[] = {
	0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e, 0x4b,
	0xca, 0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4, 0x7a, 0x51, 0xc7,
	0xd1, 0x9b, 0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, /* text */
	0x89, 0x9d, 0x7f, 0x27, 0xbe, 0xb1, 0x6a, 0x91, 0x52, 0xcf, 0x76, 0x5e, 0xe4, 0x39, 0x0c,
	0xce, /* tag */
};

/* AES in counter mode over `len` octets, in place. */
static void oracle_ctr(
	const uint8_t *key, size_t key_len, const uint8_t iv[16], uint8_t *data, size_t len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int out_len = 0;
	const EVP_CIPHER *cipher = key_len == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
	assert_int_equal(EVP_EncryptInit_ex(ctx, cipher, NULL, key, iv), 1);
	assert_int_equal(EVP_EncryptUpdate(ctx, data, &out_len, data, (int)len), 1);
	EVP_CIPHER_CTX_free(ctx);
}

/* RFC 3711 section 4.3: the key of `label` from master key and salt. */
static void oracle_derive(const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len,
	uint8_t label, uint8_t *out, size_t len)
{
	uint8_t iv[16] = { 0 };
	memcpy(iv, salt, salt_len);
	iv[7] ^= label;
	memset(out, 0, len);
	oracle_ctr(key, key_len, iv, out, len);
}

static void oracle_gcm(const uint8_t *key, size_t key_len, const uint8_t iv[12],
	const uint8_t *header, size_t header_len, uint8_t *data, size_t len, uint8_t tag[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int out_len = 0;
	const EVP_CIPHER *cipher = key_len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
	assert_int_equal(EVP_EncryptInit_ex(ctx, cipher, NULL, key, iv), 1);
	assert_int_equal(EVP_EncryptUpdate(ctx, NULL, &out_len, header, (int)header_len), 1);
	assert_int_equal(EVP_EncryptUpdate(ctx, data, &out_len, data, (int)len), 1);
	assert_int_equal(EVP_EncryptFinal_ex(ctx, data + out_len, &out_len), 1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag), 1);
	EVP_CIPHER_CTX_free(ctx);
}

/* RFC 7714 section 8.1, roll-over counter 0. */
static void oracle_gcm_iv(const uint8_t *header, const uint8_t *salt, uint8_t iv[12])
{
	memset(iv, 0, 12);
	memcpy(iv + 2, header + 8, 4);
	memcpy(iv + 10, header + 2, 2);
	for (size_t i = 0; i < 12; i++)
		iv[i] ^= salt[i];
}

static void the_oracle_gives_the_keys_of_rfc_3711(void **state)
{
	uint8_t out[20];
	const uint8_t *salt = master_key_salt + 16;
	oracle_derive(master_key_salt, 16, salt, 14, 0, out, 16);
	assert_memory_equal(out, cipher_key, 16);
	oracle_derive(master_key_salt, 16, salt, 14, 2, out, 14);
	assert_memory_equal(out, cipher_salt, 14);
	oracle_derive(master_key_salt, 16, salt, 14, 1, out, 20);
	assert_memory_equal(out, auth_key, 20);
}

static void the_oracle_gives_the_packet_of_rfc_7714(void **state)
{
	uint8_t data[38];
	uint8_t tag[16];
	uint8_t iv[12];
	memcpy(data, gcm_plain, sizeof(data));
	oracle_gcm_iv(gcm_header, (const uint8_t *)gcm_salt, iv);
	oracle_gcm(gcm_key, 16, iv, gcm_header, sizeof(gcm_header), data, sizeof(data), tag);
	assert_memory_equal(data, gcm_sealed, sizeof(data));
	assert_memory_equal(tag, gcm_sealed + sizeof(data), sizeof(tag));
}

static struct crypt *crypt_make(enum crypt_profile profile, enum crypt_direction direction)
{
	static uint8_t key[44];
	memcpy(key, master_key_salt, sizeof(master_key_salt));
	const struct crypt_config config = {
		.profile = profile,
		.direction = direction,
		.key_view = key,
		.key_len = crypt_key_len(profile),
		.max_streams = 4,
	};
	struct crypt *crypt = NULL;
	assert_int_equal(crypt_new(&config, &crypt), 0);
	return crypt;
}

#define PACKET_LEN 50
#define SEQ_AT 2
#define SSRC_AT 8

struct packet {
	size_t len;
	_Alignas(8) uint8_t data[128];
};

static struct packet rtp_packet(uint16_t seq, uint32_t ssrc)
{
	struct packet packet = { .len = PACKET_LEN };
	packet.data[0] = 0x80;
	packet.data[1] = 111;
	packet.data[SEQ_AT] = (uint8_t)(seq >> 8);
	packet.data[SEQ_AT + 1] = (uint8_t)seq;
	packet.data[SSRC_AT + 3] = (uint8_t)ssrc;
	memcpy(packet.data + 12, gcm_plain, 38);
	return packet;
}

static struct packet rtcp_packet(uint32_t ssrc)
{
	struct packet packet = { .len = 8 };
	packet.data[0] = 0x80;
	packet.data[1] = 201;
	packet.data[3] = 1;
	packet.data[7] = (uint8_t)ssrc;
	return packet;
}

static void seal(struct crypt *crypt, struct packet *packet)
{
	assert_int_equal(crypt_seal_rtp(crypt, packet->data, packet->len, packet->data,
				 sizeof(packet->data), &packet->len),
		0);
}

static void counter_mode_and_sha1_are_those_of_rfc_3711(void **state)
{
	struct crypt *crypt = crypt_make(CRYPT_AES128_CM_SHA1_80, CRYPT_SEAL);
	struct packet packet = rtp_packet(0x1234, 7);
	struct packet expected = packet;
	seal(crypt, &packet);

	/* Section 4.1.1: IV = salt * 2^16 xor SSRC * 2^64 xor index * 2^16. */
	uint8_t iv[16] = { 0 };
	memcpy(iv, cipher_salt, 14);
	for (size_t i = 0; i < 4; i++)
		iv[4 + i] ^= expected.data[SSRC_AT + i];
	iv[12] ^= expected.data[SEQ_AT];
	iv[13] ^= expected.data[SEQ_AT + 1];
	oracle_ctr(cipher_key, 16, iv, expected.data + 12, PACKET_LEN - 12);
	uint8_t mac[RS_SHA1_LEN];
	rs_hmac_sha1(auth_key, sizeof(auth_key), expected.data, PACKET_LEN + 4, mac); /* + ROC 0 */

	assert_int_equal(packet.len, PACKET_LEN + 10);
	assert_memory_equal(packet.data, expected.data, PACKET_LEN);
	assert_memory_equal(packet.data + PACKET_LEN, mac, 10);
	crypt_free(crypt);
}

static void galois_mode_is_that_of_rfc_7714(void **state)
{
	static const struct {
		enum crypt_profile profile;
		size_t key_len;
	} cases[] = { { CRYPT_AEAD_AES_128_GCM, 16 }, { CRYPT_AEAD_AES_256_GCM, 32 } };
	for (size_t i = 0; i < RS_ARRAY_LEN(cases); i++) {
		const size_t key_len = cases[i].key_len;
		uint8_t master[44] = { 0 };
		memcpy(master, master_key_salt, sizeof(master_key_salt));
		struct crypt *crypt = crypt_make(cases[i].profile, CRYPT_SEAL);
		struct packet packet = rtp_packet(0x1234, 7);
		struct packet expected = packet;
		seal(crypt, &packet);

		uint8_t key[32];
		uint8_t salt[12];
		uint8_t iv[12];
		uint8_t tag[16];
		oracle_derive(master, key_len, master + key_len, 12, 0, key, key_len);
		oracle_derive(master, key_len, master + key_len, 12, 2, salt, 12);
		oracle_gcm_iv(expected.data, salt, iv);
		oracle_gcm(key, key_len, iv, expected.data, 12, expected.data + 12, PACKET_LEN - 12,
			tag);
		assert_int_equal(packet.len, PACKET_LEN + 16);
		assert_memory_equal(packet.data, expected.data, PACKET_LEN);
		assert_memory_equal(packet.data + PACKET_LEN, tag, 16);
		crypt_free(crypt);
	}
}

static void what_is_sealed_opens_again(void **state)
{
	for (unsigned profile = 0; profile <= CRYPT_AES128_CM_SHA1_80; profile++) {
		struct crypt *send = crypt_make((enum crypt_profile)profile, CRYPT_SEAL);
		struct crypt *recv = crypt_make((enum crypt_profile)profile, CRYPT_OPEN);
		const struct packet plain = rtp_packet(9, 7);
		struct packet packet = plain;
		seal(send, &packet);
		assert_int_equal(crypt_open_rtp(recv, packet.data, &packet.len), 0);
		assert_int_equal(packet.len, plain.len);
		assert_memory_equal(packet.data, plain.data, plain.len);

		struct packet report = rtcp_packet(7);
		const struct packet plain_report = report;
		assert_int_equal(crypt_seal_rtcp(send, report.data, &report.len, 28), 0);
		assert_true(report.len <= 28);
		assert_int_equal(crypt_open_rtcp(recv, report.data, &report.len), 0);
		assert_int_equal(report.len, plain_report.len);
		assert_memory_equal(report.data, plain_report.data, plain_report.len);
		crypt_free(send);
		crypt_free(recv);
	}
}

static void a_forged_packet_is_refused_and_makes_no_stream(void **state)
{
	for (unsigned profile = 0; profile <= CRYPT_AES128_CM_SHA1_80; profile++) {
		struct crypt *send = crypt_make((enum crypt_profile)profile, CRYPT_SEAL);
		struct crypt *recv = crypt_make((enum crypt_profile)profile, CRYPT_OPEN);
		for (uint32_t ssrc = 0; ssrc < 20; ssrc++) { /* five times the limit of streams */
			struct packet forged = rtp_packet(9, ssrc);
			forged.len += 16;
			assert_int_equal(crypt_open_rtp(recv, forged.data, &forged.len), -EACCES);
			struct packet report = rtcp_packet(ssrc);
			report.len += 20;
			assert_int_equal(crypt_open_rtcp(recv, report.data, &report.len), -EACCES);
		}
		struct packet packet = rtp_packet(9, 7);
		seal(send, &packet);
		assert_int_equal(crypt_open_rtp(recv, packet.data, &packet.len), 0);
		crypt_free(send);
		crypt_free(recv);
	}
}

static void a_packet_comes_once_and_not_too_late(void **state)
{
	struct crypt *send = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_SEAL);
	struct crypt *recv = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_OPEN);
	static struct packet sealed[CRYPT_REPLAY_WINDOW + 2];
	for (uint16_t i = 0; i < RS_ARRAY_LEN(sealed); i++) {
		sealed[i] = rtp_packet((uint16_t)(i + 1), 7);
		seal(send, &sealed[i]);
	}
	struct packet first = sealed[1];
	assert_int_equal(crypt_open_rtp(recv, first.data, &first.len), 0);
	struct packet again = sealed[1];
	assert_int_equal(crypt_open_rtp(recv, again.data, &again.len), -EALREADY);
	struct packet last = sealed[CRYPT_REPLAY_WINDOW + 1];
	assert_int_equal(crypt_open_rtp(recv, last.data, &last.len), 0);
	struct packet late = sealed[2]; /* just within the window */
	assert_int_equal(crypt_open_rtp(recv, late.data, &late.len), 0);
	struct packet too_late = sealed[0];
	assert_int_equal(crypt_open_rtp(recv, too_late.data, &too_late.len), -EALREADY);

	struct packet report = rtcp_packet(7);
	assert_int_equal(crypt_seal_rtcp(send, report.data, &report.len, 128), 0);
	struct packet copy = report;
	assert_int_equal(crypt_open_rtcp(recv, report.data, &report.len), 0);
	assert_int_equal(crypt_open_rtcp(recv, copy.data, &copy.len), -EALREADY);
	crypt_free(send);
	crypt_free(recv);
}

static void the_sequence_may_wrap_with_loss_around_it(void **state)
{
	struct crypt *send = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_SEAL);
	struct crypt *recv = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_OPEN);
	for (uint32_t i = 0; i < 140; i++) {
		struct packet packet = rtp_packet((uint16_t)(65500 + i), 7);
		seal(send, &packet);
		if (i % 3 == 0)
			assert_int_equal(crypt_open_rtp(recv, packet.data, &packet.len), 0);
	}
	crypt_free(send);
	crypt_free(recv);
}

static void the_same_packet_may_be_sealed_again_for_a_retransmission(void **state)
{
	struct crypt *send = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_SEAL);
	struct packet first = rtp_packet(9, 7);
	struct packet second = first;
	seal(send, &first);
	seal(send, &second);
	assert_memory_equal(first.data, second.data, first.len);
	crypt_free(send);
}

static void streams_are_taken_up_to_the_limit(void **state)
{
	struct crypt *send = crypt_make(CRYPT_AES128_CM_SHA1_80, CRYPT_SEAL);
	struct crypt *wide = NULL;
	const struct crypt_config config = {
		.profile = CRYPT_AES128_CM_SHA1_80,
		.direction = CRYPT_OPEN,
		.key_view = master_key_salt,
		.key_len = 30,
		.max_streams = 3,
	};
	assert_int_equal(crypt_new(&config, &wide), 0);
	for (uint32_t ssrc = 1; ssrc <= 4; ssrc++) {
		struct packet packet = rtp_packet(9, ssrc);
		seal(send, &packet);
		assert_int_equal(
			crypt_open_rtp(wide, packet.data, &packet.len), ssrc <= 3 ? 0 : -E2BIG);
	}
	struct packet fifth = rtp_packet(9, 5);
	assert_int_equal(
		crypt_seal_rtp(send, fifth.data, fifth.len, fifth.data, 128, &fifth.len), -E2BIG);
	struct packet known = rtp_packet(10, 3);
	seal(send, &known);
	assert_int_equal(crypt_open_rtp(wide, known.data, &known.len), 0);
	crypt_free(send);
	crypt_free(wide);
}

static void a_packet_may_be_sealed_out_of_place(void **state)
{
	for (unsigned profile = 0; profile <= CRYPT_AES128_CM_SHA1_80; profile++) {
		struct crypt *send = crypt_make((enum crypt_profile)profile, CRYPT_SEAL);
		const struct packet plain = rtp_packet(9, 7);
		const struct packet before = plain;
		struct packet in_place = plain;
		struct packet out = { 0 };
		seal(send, &in_place);
		assert_int_equal(crypt_seal_rtp(send, plain.data, plain.len, out.data,
					 sizeof(out.data), &out.len),
			0);
		assert_int_equal(out.len, in_place.len);
		assert_memory_equal(out.data, in_place.data, in_place.len);
		assert_memory_equal(plain.data, before.data, sizeof(plain.data));
		crypt_free(send);
	}
}

static void starting_again_is_harmless(void **state)
{
	struct crypt *send = crypt_make(CRYPT_AES128_CM_SHA1_80, CRYPT_SEAL);
	assert_int_equal(crypt_start(), 0);
	struct packet packet = rtp_packet(9, 7);
	seal(send, &packet);
	crypt_free(send);
}

static void room_for_the_trailer_is_asked_for(void **state)
{
	struct crypt *send = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_SEAL);
	struct packet packet = rtp_packet(9, 7);
	assert_int_equal(crypt_seal_rtp(send, packet.data, packet.len, packet.data, PACKET_LEN + 15,
				 &packet.len),
		-ENOSPC);
	assert_int_equal(crypt_seal_rtp(send, packet.data, packet.len, packet.data, PACKET_LEN + 16,
				 &packet.len),
		0);
	struct packet report = rtcp_packet(7);
	assert_int_equal(crypt_seal_rtcp(send, report.data, &report.len, 8 + 19), -ENOSPC);
	assert_int_equal(crypt_seal_rtcp(send, report.data, &report.len, 8 + 20), 0);
	crypt_free(send);
}

static void what_is_too_short_is_malformed(void **state)
{
	struct crypt *recv = crypt_make(CRYPT_AEAD_AES_128_GCM, CRYPT_OPEN);
	for (size_t len = 0; len < 12; len++) {
		struct packet packet = rtp_packet(9, 7);
		packet.len = len;
		assert_int_equal(crypt_open_rtp(recv, packet.data, &packet.len), -EBADMSG);
	}
	for (size_t len = 0; len < 8; len++) {
		struct packet packet = rtcp_packet(7);
		packet.len = len;
		assert_int_equal(crypt_open_rtcp(recv, packet.data, &packet.len), -EBADMSG);
	}
	crypt_free(recv);
}

static void each_code_of_libsrtp_has_a_translation(void **state)
{
	static const struct {
		srtp_err_status_t status;
		int error;
	} expected[] = {
		{ srtp_err_status_ok, 0 },
		{ srtp_err_status_fail, -EIO },
		{ srtp_err_status_bad_param, -EBADMSG },
		{ srtp_err_status_alloc_fail, -ENOMEM },
		{ srtp_err_status_dealloc_fail, -EIO },
		{ srtp_err_status_init_fail, -EIO },
		{ srtp_err_status_terminus, -EIO },
		{ srtp_err_status_auth_fail, -EACCES },
		{ srtp_err_status_cipher_fail, -EACCES },
		{ srtp_err_status_replay_fail, -EALREADY },
		{ srtp_err_status_replay_old, -EALREADY },
		{ srtp_err_status_algo_fail, -EIO },
		{ srtp_err_status_no_such_op, -EOPNOTSUPP },
		{ srtp_err_status_no_ctx, -ENOENT },
		{ srtp_err_status_cant_check, -EACCES },
		{ srtp_err_status_key_expired, -EPROTO },
		{ srtp_err_status_socket_err, -EIO },
		{ srtp_err_status_signal_err, -EIO },
		{ srtp_err_status_nonce_bad, -EPROTO },
		{ srtp_err_status_read_fail, -EIO },
		{ srtp_err_status_write_fail, -EIO },
		{ srtp_err_status_parse_err, -EBADMSG },
		{ srtp_err_status_encode_err, -EBADMSG },
		{ srtp_err_status_semaphore_err, -EIO },
		{ srtp_err_status_pfkey_err, -EIO },
		{ srtp_err_status_bad_mki, -EACCES },
		{ srtp_err_status_pkt_idx_old, -EALREADY },
		{ srtp_err_status_pkt_idx_adv, -EBADMSG },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(expected); i++)
		assert_int_equal(crypt_error(expected[i].status), expected[i].error);
	assert_int_equal(crypt_error((srtp_err_status_t)1000), -EIO);
}

static int birth(void *ctx)
{
	const struct crypt_config config = {
		.profile = CRYPT_AEAD_AES_128_GCM,
		.direction = CRYPT_OPEN,
		.key_view = master_key_salt,
		.key_len = 28,
		.max_streams = 3,
	};
	struct crypt *crypt = NULL;
	const int err = crypt_new(&config, &crypt);
	crypt_free(crypt);
	return err;
}

static void a_birth_needs_memory_and_a_key_of_the_right_length(void **state)
{
	check_oom(birth, NULL);
	struct crypt *crypt = NULL;
	struct crypt_config config = {
		.profile = CRYPT_AEAD_AES_128_GCM,
		.direction = CRYPT_OPEN,
		.key_view = master_key_salt,
		.key_len = 27,
		.max_streams = 1,
	};
	assert_int_equal(crypt_new(&config, &crypt), -EINVAL);
	config.key_len = 28;
	config.max_streams = 0;
	assert_int_equal(crypt_new(&config, &crypt), -EINVAL);
	config.max_streams = CRYPT_STREAMS_MAX + 1;
	assert_int_equal(crypt_new(&config, &crypt), -EINVAL);
}

static int start(void **state)
{
	return crypt_start();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oracle_gives_the_keys_of_rfc_3711),
		cmocka_unit_test(the_oracle_gives_the_packet_of_rfc_7714),
		cmocka_unit_test(counter_mode_and_sha1_are_those_of_rfc_3711),
		cmocka_unit_test(galois_mode_is_that_of_rfc_7714),
		cmocka_unit_test(what_is_sealed_opens_again),
		cmocka_unit_test(a_forged_packet_is_refused_and_makes_no_stream),
		cmocka_unit_test(a_packet_comes_once_and_not_too_late),
		cmocka_unit_test(the_sequence_may_wrap_with_loss_around_it),
		cmocka_unit_test(the_same_packet_may_be_sealed_again_for_a_retransmission),
		cmocka_unit_test(streams_are_taken_up_to_the_limit),
		cmocka_unit_test(a_packet_may_be_sealed_out_of_place),
		cmocka_unit_test(starting_again_is_harmless),
		cmocka_unit_test(room_for_the_trailer_is_asked_for),
		cmocka_unit_test(what_is_too_short_is_malformed),
		cmocka_unit_test(each_code_of_libsrtp_has_a_translation),
		cmocka_unit_test(a_birth_needs_memory_and_a_key_of_the_right_length),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
