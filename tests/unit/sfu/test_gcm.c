#include "sfu/srtp/gcm.h"

#include "common/base/bytes.h"
#include "common/base/rand.h"
#include "tests/support/oom.h"

#include <srtp2/srtp.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WINDOW 1024
#define STREAMS 5
#define PACKET_CAP 1400

/* RFC 7714 section 16.1: header, payload, session salt; the keys count up from 0. */
static const uint8_t header[] = { 0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01, 0xa0,
	0xb2 };
static const char payload[] = "Gallia est omnis divisa in partes tres";
static const char session_salt[] = "Quid pro quo";
#define PAYLOAD_LEN (sizeof(payload) - 1)

static const struct {
	size_t key_len;
	uint8_t sealed[PAYLOAD_LEN + GCM_TAG_LEN];
} vectors[] = {
	/* section 16.1.1 */
	{ 16, { 0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e,
		      0x4b, 0xca, 0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4,
		      0x7a, 0x51, 0xc7, 0xd1, 0x9b, 0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, 0x89, 0x9d,
		      0x7f, 0x27, 0xbe, 0xb1, 0x6a, 0x91, 0x52, 0xcf, 0x76, 0x5e, 0xe4, 0x39, 0x0c,
		      0xce } },
	/* section 16.2.1 */
	{ 32, { 0x32, 0xb1, 0xde, 0x78, 0xa8, 0x22, 0xfe, 0x12, 0xef, 0x9f, 0x78, 0xfa, 0x33, 0x2e,
		      0x33, 0xaa, 0xb1, 0x80, 0x12, 0x38, 0x9a, 0x58, 0xe2, 0xf3, 0xb5, 0x0b, 0x2a,
		      0x02, 0x76, 0xff, 0xae, 0x0f, 0x1b, 0xa6, 0x37, 0x99, 0xb8, 0x7b, 0x7a, 0xa3,
		      0xdb, 0x36, 0xdf, 0xff, 0xd6, 0xb0, 0xf9, 0xbb, 0x78, 0x78, 0xd7, 0xa7, 0x6c,
		      0x13 } },
};

static struct gcm *make(const uint8_t *master, size_t key_len, bool of_session)
{
	const struct gcm_config config = {
		.master_view = master,
		.key_len = key_len,
		.max_streams = STREAMS,
		.window = WINDOW,
	};
	struct gcm *gcm = NULL;
	assert_int_equal(of_session ? gcm_new_session(&config, &gcm) : gcm_new(&config, &gcm), 0);
	return gcm;
}

static void packets_are_those_of_rfc_7714(void **state)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(vectors); i++) {
		uint8_t key[32 + GCM_SALT_LEN];
		for (size_t j = 0; j < vectors[i].key_len; j++)
			key[j] = (uint8_t)j;
		memcpy(key + vectors[i].key_len, session_salt, GCM_SALT_LEN);
		struct gcm *gcm = make(key, vectors[i].key_len, true);
		uint8_t data[sizeof(header) + PAYLOAD_LEN + GCM_TAG_LEN];
		memcpy(data, header, sizeof(header));
		memcpy(data + sizeof(header), payload, PAYLOAD_LEN);
		assert_int_equal(gcm_seal(gcm, data, sizeof(header) + PAYLOAD_LEN, data), 0);
		assert_memory_equal(data, header, sizeof(header));
		assert_memory_equal(
			data + sizeof(header), vectors[i].sealed, sizeof(vectors[i].sealed));
		gcm_free(gcm);
	}
}

/* ---- libsrtp as the oracle ---- */

struct pair {
	struct gcm *gcm;
	srtp_t oracle;
	struct rs_rand rand;
};

static void pair_init(struct pair *pair, size_t key_len)
{
	uint8_t master[32 + GCM_SALT_LEN];
	rs_rand_init_seed(&pair->rand, 7714);
	for (size_t i = 0; i < sizeof(master); i++)
		master[i] = (uint8_t)rs_rand_below(&pair->rand, 256);
	srtp_policy_t policy = {
		.ssrc = { .type = ssrc_any_outbound },
		.key = master,
		.window_size = WINDOW,
		.allow_repeat_tx = 1,
	};
	if (key_len == 16)
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
	else
		srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
	policy.rtcp = policy.rtp;
	assert_int_equal(srtp_create(&pair->oracle, &policy), srtp_err_status_ok);
	pair->gcm = make(master, key_len, false);
}

static void pair_done(struct pair *pair)
{
	gcm_free(pair->gcm);
	srtp_dealloc(pair->oracle);
}

/* A packet of any shape; its octets follow from SSRC and number, as those of a retransmission do. */
static size_t packet_write(uint8_t *data, uint32_t ssrc, uint16_t seq)
{
	struct rs_rand rand;
	struct rs_writer writer;
	rs_rand_init_seed(&rand, (uint64_t)ssrc << 16 | seq);
	const unsigned n_csrcs = (unsigned)rs_rand_below(&rand, 16);
	const bool has_ext = rs_rand_below(&rand, 2) != 0;
	rs_writer_init(&writer, data, PACKET_CAP);
	rs_write_u8(&writer, (uint8_t)(0x80U | (has_ext ? 0x10U : 0) | n_csrcs));
	rs_write_u8(&writer, 111);
	rs_write_u16(&writer, seq);
	rs_write_u32(&writer, rs_rand_u32(&rand));
	rs_write_u32(&writer, ssrc);
	for (unsigned i = 0; i < n_csrcs; i++)
		rs_write_u32(&writer, rs_rand_u32(&rand));
	if (has_ext) {
		const uint16_t words = (uint16_t)rs_rand_below(&rand, 8);
		rs_write_u16(&writer, 0xbede);
		rs_write_u16(&writer, words);
		for (unsigned i = 0; i < words; i++)
			rs_write_u32(&writer, rs_rand_u32(&rand));
	}
	for (size_t left = rs_rand_below(&rand, 1200); left > 0; left--)
		rs_write_u8(&writer, (uint8_t)rs_rand_below(&rand, 256));
	assert_false(writer.failed);
	return writer.len;
}

static void seals_as_libsrtp(struct pair *pair, uint32_t ssrc, uint16_t seq)
{
	uint8_t plain[PACKET_CAP];
	uint8_t sealed[PACKET_CAP + GCM_TAG_LEN];
	_Alignas(8) uint8_t expected[PACKET_CAP + SRTP_MAX_TRAILER_LEN];
	const size_t len = packet_write(plain, ssrc, seq);
	memcpy(expected, plain, len);
	int expected_len = (int)len;
	const srtp_err_status_t status = srtp_protect(pair->oracle, expected, &expected_len);
	const int err = gcm_seal(pair->gcm, plain, len, sealed);
	if (status == srtp_err_status_replay_old) {
		assert_int_equal(err, -EALREADY);
		return;
	}
	assert_int_equal(status, srtp_err_status_ok);
	assert_int_equal(err, 0);
	assert_int_equal(expected_len, len + GCM_TAG_LEN);
	assert_memory_equal(sealed, expected, len + GCM_TAG_LEN);
	assert_int_equal(gcm_seal(pair->gcm, plain, len, plain), 0); /* in place, and once more */
	assert_memory_equal(plain, expected, len);
}

/* Streams that begin anywhere, run on with holes over several wraps, and resend. */
static void each_packet_is_sealed_as_libsrtp_does(void **state)
{
	for (size_t key_len = 16; key_len <= 32; key_len += 16) {
		struct pair pair;
		uint16_t next[STREAMS] = { 0, 1, 0x3fff, 0x8000, 0xfff0 };
		pair_init(&pair, key_len);
		for (unsigned i = 0; i < 4000; i++) {
			const uint32_t at = (uint32_t)rs_rand_below(&pair.rand, STREAMS);
			const uint32_t ssrc = 0xdeadbe00U + at;
			if (i >= STREAMS * 8 && rs_rand_below(&pair.rand, 4) == 0) {
				const uint16_t back =
					(uint16_t)rs_rand_below(&pair.rand, WINDOW + 100);
				seals_as_libsrtp(&pair, ssrc, (uint16_t)(next[at] - back));
				continue;
			}
			seals_as_libsrtp(&pair, ssrc, next[at]);
			next[at] = (uint16_t)(next[at] + 1U + rs_rand_below(&pair.rand, 600));
		}
		pair_done(&pair);
	}
}

/* ---- limits ---- */

static uint8_t any_key[32 + GCM_SALT_LEN] = { 1 };

static void a_resent_packet_is_the_same_to_the_last_octet(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	uint8_t data[PACKET_CAP];
	uint8_t first[PACKET_CAP + GCM_TAG_LEN];
	uint8_t again[PACKET_CAP + GCM_TAG_LEN];
	const size_t len = packet_write(data, 7, 0xfffe);
	assert_int_equal(gcm_seal(gcm, data, len, first), 0);
	uint8_t other[PACKET_CAP];
	const size_t other_len = packet_write(other, 7, 1); /* the counter rolls over */
	assert_int_equal(gcm_seal(gcm, other, other_len, again), 0);
	assert_int_equal(gcm_seal(gcm, data, len, again), 0);
	assert_memory_equal(first, again, len + GCM_TAG_LEN);
	gcm_free(gcm);
}

static void a_number_older_than_the_window_is_refused(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	uint8_t data[PACKET_CAP];
	uint8_t out[PACKET_CAP + GCM_TAG_LEN];
	size_t len = packet_write(data, 7, 5000);
	assert_int_equal(gcm_seal(gcm, data, len, out), 0);
	len = packet_write(data, 7, 5000 - WINDOW + 1);
	assert_int_equal(gcm_seal(gcm, data, len, out), 0);
	len = packet_write(data, 7, 5000 - WINDOW);
	assert_int_equal(gcm_seal(gcm, data, len, out), -EALREADY);
	gcm_free(gcm);
}

static void streams_are_taken_up_to_the_limit(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	uint8_t data[PACKET_CAP];
	uint8_t out[PACKET_CAP + GCM_TAG_LEN];
	for (uint32_t ssrc = 1; ssrc <= STREAMS; ssrc++) {
		const size_t len = packet_write(data, ssrc, 9);
		assert_int_equal(gcm_seal(gcm, data, len, out), 0);
	}
	size_t len = packet_write(data, STREAMS + 1, 9);
	assert_int_equal(gcm_seal(gcm, data, len, out), -E2BIG);
	len = packet_write(data, STREAMS, 10);
	assert_int_equal(gcm_seal(gcm, data, len, out), 0);
	gcm_free(gcm);
}

static void what_is_no_rtp_is_refused(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	/* Two CSRCs and an extension of two words: 12 + 8 + 4 + 8 octets. */
	uint8_t data[32 + GCM_TAG_LEN] = { 0x92, [21] = 0xde, [23] = 2 };
	uint8_t out[sizeof(data)];
	for (size_t len = 0; len < 32; len++)
		assert_int_equal(gcm_seal(gcm, data, len, out), -EBADMSG);
	assert_int_equal(gcm_seal(gcm, data, 32, out), 0);
	data[0] = 0x52; /* version 1 */
	assert_int_equal(gcm_seal(gcm, data, 32, out), -EBADMSG);
	gcm_free(gcm);
}

static int birth(void *ctx)
{
	const struct gcm_config config = {
		.master_view = any_key,
		.key_len = 16,
		.max_streams = 1,
		.window = WINDOW,
	};
	struct gcm *gcm = NULL;
	const int err = gcm_new(&config, &gcm);
	gcm_free(gcm);
	return err;
}

static void a_birth_needs_memory_and_a_key_of_the_right_length(void **state)
{
	check_oom(birth, NULL);
	struct gcm *gcm = NULL;
	struct gcm_config config = { .master_view = any_key, .key_len = 24, .max_streams = 1 };
	assert_int_equal(gcm_new(&config, &gcm), -EINVAL);
	assert_int_equal(gcm_new_session(&config, &gcm), -EINVAL);
	config = (struct gcm_config){ .master_view = any_key, .key_len = 16 };
	assert_int_equal(gcm_new(&config, &gcm), -EINVAL);
}

static int start(void **state)
{
	return srtp_init() == srtp_err_status_ok ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_those_of_rfc_7714),
		cmocka_unit_test(each_packet_is_sealed_as_libsrtp_does),
		cmocka_unit_test(a_resent_packet_is_the_same_to_the_last_octet),
		cmocka_unit_test(a_number_older_than_the_window_is_refused),
		cmocka_unit_test(streams_are_taken_up_to_the_limit),
		cmocka_unit_test(what_is_no_rtp_is_refused),
		cmocka_unit_test(a_birth_needs_memory_and_a_key_of_the_right_length),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
