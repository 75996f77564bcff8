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

static struct gcm *make(const uint8_t *master, size_t key_len, bool opens)
{
	const struct gcm_config config = {
		.master_view = master,
		.key_len = key_len,
		.max_streams = STREAMS,
		.opens = opens,
	};
	struct gcm_session sessions[GCM_KINDS];
	struct gcm *gcm = NULL;
	assert_int_equal(gcm_derive(&config, sessions), 0);
	assert_int_equal(gcm_new(&config, sessions, &gcm), 0);
	return gcm;
}

/* The vectors give the session's keys. */
static struct gcm *make_session(size_t key_len)
{
	const struct gcm_config config = { .key_len = key_len, .max_streams = STREAMS };
	struct gcm_session sessions[GCM_KINDS];
	struct gcm *gcm = NULL;
	for (size_t i = 0; i < GCM_KINDS; i++) {
		for (size_t j = 0; j < key_len; j++)
			sessions[i].key[j] = (uint8_t)j;
		memcpy(sessions[i].salt, session_salt, GCM_SALT_LEN);
	}
	assert_int_equal(gcm_new(&config, sessions, &gcm), 0);
	return gcm;
}

static void packets_are_those_of_rfc_7714(void **state)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(vectors); i++) {
		struct gcm *gcm = make_session(vectors[i].key_len);
		uint8_t data[sizeof(header) + PAYLOAD_LEN + GCM_TAG_LEN];
		memcpy(data, header, sizeof(header));
		memcpy(data + sizeof(header), payload, PAYLOAD_LEN);
		assert_int_equal(gcm_seal_rtp(gcm, data, sizeof(header) + PAYLOAD_LEN, data), 0);
		assert_memory_equal(data, header, sizeof(header));
		assert_memory_equal(
			data + sizeof(header), vectors[i].sealed, sizeof(vectors[i].sealed));
		gcm_free(gcm);
	}
}

/* RFC 7714 section 17.1, whose packet has index 0x5d4. */
static void reports_are_those_of_rfc_7714(void **state)
{
	static const uint8_t plain[] = { 0x81, 0xc8, 0x00, 0x0d, 0x4d, 0x61, 0x72, 0x73, /* head */
		0x4e, 0x54, 0x50, 0x31, 0x4e, 0x54, 0x50, 0x32, 0x52, 0x54, 0x50, 0x20, 0x00, 0x00,
		0x04, 0x2a, 0x00, 0x00, 0xe9, 0x30, 0x4c, 0x75, 0x6e, 0x61, 0xde, 0xad, 0xbe, 0xef,
		0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad,
		0xbe, 0xef };
	static const uint8_t sealed[] = { 0x81, 0xc8, 0x00, 0x0d, 0x4d, 0x61, 0x72, 0x73, /* head */
		0x63, 0xe9, 0x48, 0x85, 0xdc, 0xda, 0xb6, 0x7c, 0xa7, 0x27, 0xd7, 0x66, 0x2f, 0x6b,
		0x7e, 0x99, 0x7f, 0xf5, 0xc0, 0xf7, 0x6c, 0x06, 0xf3, 0x2d, 0xc6, 0x76, 0xa5, 0xf1,
		0x73, 0x0d, 0x6f, 0xda, 0x4c, 0xe0, 0x9b, 0x46, 0x86, 0x30, 0x3d, 0xed, 0x0b, 0xb9,
		0x27, 0x5b, /* text */
		0xc8, 0x4a, 0xa4, 0x58, 0x96, 0xcf, 0x4d, 0x2f, 0xc5, 0xab, 0xf8, 0x72, 0x45, 0xd9,
		0xea, 0xde, /* tag */
		0x80, 0x00, 0x05, 0xd4 };
	uint8_t data[sizeof(sealed)];
	struct gcm *gcm = make_session(16);
	assert_int_equal(sizeof(sealed), sizeof(plain) + GCM_RTCP_TRAILER);
	for (unsigned index = 1; index <= 0x5d4; index++) {
		memcpy(data, plain, sizeof(plain));
		assert_int_equal(gcm_seal_rtcp(gcm, data, sizeof(plain)), 0);
	}
	assert_memory_equal(data, sealed, sizeof(sealed));
	gcm_free(gcm);
}

/* ---- libsrtp as the oracle ---- */

struct pair {
	struct gcm *seal;
	struct gcm *open;
	srtp_t oracle;
	srtp_t open_oracle;
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
		.window_size = GCM_WINDOW,
		.allow_repeat_tx = 1,
	};
	if (key_len == 16)
		srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
	else
		srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
	policy.rtcp = policy.rtp;
	assert_int_equal(srtp_create(&pair->oracle, &policy), srtp_err_status_ok);
	policy.ssrc.type = ssrc_any_inbound;
	assert_int_equal(srtp_create(&pair->open_oracle, &policy), srtp_err_status_ok);
	pair->seal = make(master, key_len, false);
	pair->open = make(master, key_len, true);
}

static void pair_done(struct pair *pair)
{
	gcm_free(pair->seal);
	gcm_free(pair->open);
	srtp_dealloc(pair->oracle);
	srtp_dealloc(pair->open_oracle);
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
	const int err = gcm_seal_rtp(pair->seal, plain, len, sealed);
	if (status == srtp_err_status_replay_old) {
		assert_int_equal(err, -EALREADY);
		return;
	}
	assert_int_equal(status, srtp_err_status_ok);
	assert_int_equal(err, 0);
	assert_int_equal(expected_len, len + GCM_TAG_LEN);
	assert_memory_equal(sealed, expected, len + GCM_TAG_LEN);
	assert_int_equal(
		gcm_seal_rtp(pair->seal, plain, len, plain), 0); /* in place, and once more */
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
					(uint16_t)rs_rand_below(&pair.rand, GCM_WINDOW + 100);
				seals_as_libsrtp(&pair, ssrc, (uint16_t)(next[at] - back));
				continue;
			}
			seals_as_libsrtp(&pair, ssrc, next[at]);
			next[at] = (uint16_t)(next[at] + 1U + rs_rand_below(&pair.rand, 600));
		}
		pair_done(&pair);
	}
}

/* What the error of libsrtp is here; a packet that is not authentic has other names there. */
static int error_of(srtp_err_status_t status)
{
	switch ((int)status) {
	case srtp_err_status_ok:
		return 0;
	case srtp_err_status_replay_fail:
	case srtp_err_status_replay_old:
		return -EALREADY;
	default:
		return -EACCES;
	}
}

static void opens_as_libsrtp(struct pair *pair, const uint8_t *data, size_t len, bool rtcp)
{
	_Alignas(8) uint8_t ours[PACKET_CAP + SRTP_MAX_TRAILER_LEN];
	_Alignas(8) uint8_t expected[PACKET_CAP + SRTP_MAX_TRAILER_LEN];
	size_t ours_len = len;
	int expected_len = (int)len;
	memcpy(ours, data, len);
	memcpy(expected, data, len);
	const int want =
		error_of(rtcp ? srtp_unprotect_rtcp(pair->open_oracle, expected, &expected_len)
			      : srtp_unprotect(pair->open_oracle, expected, &expected_len));
	assert_int_equal(rtcp ? gcm_open_rtcp(pair->open, ours, &ours_len)
			      : gcm_open_rtp(pair->open, ours, &ours_len),
		want);
	if (want < 0)
		return;
	assert_int_equal(ours_len, expected_len);
	assert_memory_equal(ours, expected, ours_len);
}

/* A line that loses, reorders, repeats and forges. */
static void each_packet_is_opened_as_libsrtp_does(void **state)
{
	static uint8_t kept[64][PACKET_CAP + GCM_TAG_LEN];
	static size_t kept_len[64];
	for (size_t key_len = 16; key_len <= 32; key_len += 16) {
		struct pair pair;
		uint16_t next[STREAMS] = { 0, 1, 0x3fff, 0x7000, 0x8000 };
		pair_init(&pair, key_len);
		for (unsigned i = 0; i < 6000; i++) {
			const uint32_t at = (uint32_t)rs_rand_below(&pair.rand, STREAMS);
			uint8_t plain[PACKET_CAP];
			const size_t len = packet_write(plain, 0xdeadbe00U + at, next[at]);
			const uint32_t leap = rs_rand_below(&pair.rand, 50) == 0 ? 3000 : 40;
			next[at] = (uint16_t)(next[at] + 1U + rs_rand_below(&pair.rand, leap));
			const size_t place = rs_rand_below(&pair.rand, 64);
			if (kept_len[place] > 0) /* comes late, or for the second time */
				opens_as_libsrtp(&pair, kept[place], kept_len[place], false);
			assert_int_equal(gcm_seal_rtp(pair.seal, plain, len, kept[place]), 0);
			kept_len[place] = len + GCM_TAG_LEN;
			if (i < 100 || rs_rand_below(&pair.rand, 2) == 0)
				opens_as_libsrtp(&pair, kept[place], kept_len[place], false);
			uint8_t forged[sizeof(
				kept[0])]; /* one bit of number, time or tag is wrong */
			const size_t bad = rs_rand_below(&pair.rand, 6 + GCM_TAG_LEN);
			memcpy(forged, kept[place], kept_len[place]);
			forged[bad < 6 ? 2 + bad : len + bad - 6] ^= 4;
			opens_as_libsrtp(&pair, forged, kept_len[place], false);
		}
		memset(kept_len, 0, sizeof(kept_len));
		pair_done(&pair);
	}
}

static void each_report_is_sealed_and_opened_as_libsrtp_does(void **state)
{
	for (size_t key_len = 16; key_len <= 32; key_len += 16) {
		struct pair pair;
		static uint8_t kept[300][64];
		pair_init(&pair, key_len);
		for (unsigned i = 0; i < 3000; i++) {
			const uint32_t words = rs_rand_below(&pair.rand, 8);
			const size_t len = 8 + 4 * (size_t)words;
			_Alignas(8) uint8_t ours[64] = { 0x81, 201, 0, (uint8_t)(words + 1) };
			_Alignas(8) uint8_t expected[64 + SRTP_MAX_TRAILER_LEN];
			ours[7] = (uint8_t)rs_rand_below(&pair.rand, STREAMS);
			rs_rand_bytes(&pair.rand, ours + 8, len - 8);
			memcpy(expected, ours, len);
			int expected_len = (int)len;
			assert_int_equal(
				srtp_protect_rtcp(pair.oracle, expected, &expected_len), 0);
			assert_int_equal(gcm_seal_rtcp(pair.seal, ours, len), 0);
			assert_int_equal(expected_len, len + GCM_RTCP_TRAILER);
			assert_memory_equal(ours, expected, len + GCM_RTCP_TRAILER);

			const size_t place = rs_rand_below(&pair.rand, 300);
			if (kept[place][0] != 0) /* late by any number, perhaps again */
				opens_as_libsrtp(&pair, kept[place],
					12 + 4 * (size_t)kept[place][3] - 8 + GCM_RTCP_TRAILER,
					true);
			memcpy(kept[place], ours, sizeof(kept[place]));
			if (rs_rand_below(&pair.rand, 2) == 0)
				opens_as_libsrtp(&pair, ours, len + GCM_RTCP_TRAILER, true);
			ours[rs_rand_below(&pair.rand, (uint32_t)len + GCM_RTCP_TRAILER)] ^= 0x40;
			if (ours[0] == 0x81 && ours[4] + ours[5] + ours[6] == 0 &&
				ours[7] < STREAMS)
				opens_as_libsrtp(&pair, ours, len + GCM_RTCP_TRAILER, true);
		}
		memset(kept, 0, sizeof(kept));
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
	assert_int_equal(gcm_seal_rtp(gcm, data, len, first), 0);
	uint8_t other[PACKET_CAP];
	const size_t other_len = packet_write(other, 7, 1); /* the counter rolls over */
	assert_int_equal(gcm_seal_rtp(gcm, other, other_len, again), 0);
	assert_int_equal(gcm_seal_rtp(gcm, data, len, again), 0);
	assert_memory_equal(first, again, len + GCM_TAG_LEN);
	gcm_free(gcm);
}

static void a_number_older_than_the_window_is_refused(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	uint8_t data[PACKET_CAP];
	uint8_t out[PACKET_CAP + GCM_TAG_LEN];
	size_t len = packet_write(data, 7, 5000);
	assert_int_equal(gcm_seal_rtp(gcm, data, len, out), 0);
	len = packet_write(data, 7, 5000 - GCM_WINDOW + 1);
	assert_int_equal(gcm_seal_rtp(gcm, data, len, out), 0);
	len = packet_write(data, 7, 5000 - GCM_WINDOW);
	assert_int_equal(gcm_seal_rtp(gcm, data, len, out), -EALREADY);
	gcm_free(gcm);
}

static void streams_are_taken_up_to_the_limit(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	uint8_t data[PACKET_CAP];
	uint8_t out[PACKET_CAP + GCM_TAG_LEN];
	for (uint32_t ssrc = 1; ssrc <= STREAMS; ssrc++) {
		const size_t len = packet_write(data, ssrc, 9);
		assert_int_equal(gcm_seal_rtp(gcm, data, len, out), 0);
	}
	size_t len = packet_write(data, STREAMS + 1, 9);
	assert_int_equal(gcm_seal_rtp(gcm, data, len, out), -E2BIG);
	len = packet_write(data, STREAMS, 10);
	assert_int_equal(gcm_seal_rtp(gcm, data, len, out), 0);
	gcm_free(gcm);
}

static void what_is_no_rtp_is_refused(void **state)
{
	struct gcm *gcm = make(any_key, 16, false);
	/* Two CSRCs and an extension of two words: 12 + 8 + 4 + 8 octets. */
	uint8_t data[32 + GCM_TAG_LEN] = { 0x92, [21] = 0xde, [23] = 2 };
	uint8_t out[sizeof(data)];
	for (size_t len = 0; len < 32; len++)
		assert_int_equal(gcm_seal_rtp(gcm, data, len, out), -EBADMSG);
	assert_int_equal(gcm_seal_rtp(gcm, data, 32, out), 0);
	data[0] = 0x52; /* version 1 */
	assert_int_equal(gcm_seal_rtp(gcm, data, 32, out), -EBADMSG);
	gcm_free(gcm);
}

static void what_claims_not_to_be_encrypted_is_refused(void **state)
{
	struct gcm *seal = make(any_key, 16, false);
	struct gcm *open = make(any_key, 16, true);
	uint8_t data[8 + GCM_RTCP_TRAILER] = { 0x80, 201, 0, 1, 0, 0, 0, 7 };
	assert_int_equal(gcm_seal_rtcp(seal, data, 8), 0);
	data[24] &= 0x7f;
	size_t len = sizeof(data);
	assert_int_equal(gcm_open_rtcp(open, data, &len), -EACCES);
	for (len = 0; len < sizeof(data); len++) {
		size_t cut = len;
		assert_int_equal(gcm_open_rtcp(open, data, &cut), -EBADMSG);
	}
	gcm_free(seal);
	gcm_free(open);
}

/* Packet `seq` of `ssrc`, sealed; its length is 64 + GCM_TAG_LEN. */
static void sealed_packet(struct gcm *seal, uint32_t ssrc, uint16_t seq, uint8_t data[128])
{
	const uint8_t head[] = { 0x80, 111, (uint8_t)(seq >> 8), (uint8_t)seq, 0, 0, 0, 0,
		(uint8_t)(ssrc >> 24), (uint8_t)(ssrc >> 16), (uint8_t)(ssrc >> 8), (uint8_t)ssrc };
	memset(data, 7, 128);
	memcpy(data, head, sizeof(head));
	assert_int_equal(gcm_seal_rtp(seal, data, 64, data), 0);
}

static int open_copy(struct gcm *open, const uint8_t packet[128])
{
	uint8_t data[128];
	size_t len = 64 + GCM_TAG_LEN;
	memcpy(data, packet, sizeof(data));
	return gcm_open_rtp(open, data, &len);
}

static struct gcm *make_wide(size_t max_streams, bool opens)
{
	const struct gcm_config config = {
		.master_view = any_key, .key_len = 16, .max_streams = max_streams, .opens = opens
	};
	struct gcm_session sessions[GCM_KINDS];
	struct gcm *gcm = NULL;
	assert_int_equal(gcm_derive(&config, sessions), 0);
	assert_int_equal(gcm_new(&config, sessions, &gcm), 0);
	return gcm;
}

static void a_new_ssrc_takes_the_place_of_the_one_silent_longest(void **state)
{
	struct gcm *seal = make_wide(8, false);
	struct gcm *open = make_wide(2, true);
	uint8_t first[128];
	uint8_t second[128];
	uint8_t third[128];
	uint8_t again[128];
	uint8_t report[8 + GCM_RTCP_TRAILER] = { 0x80, 201, 0, 1, 0, 0, 0, 1 };
	size_t report_len = sizeof(report);
	assert_int_equal(gcm_seal_rtcp(seal, report, 8), 0);
	uint8_t replayed[sizeof(report)];
	memcpy(replayed, report, sizeof(report));
	sealed_packet(seal, 1, 100, first);
	sealed_packet(seal, 2, 200, second);
	sealed_packet(seal, 3, 300, third);
	assert_int_equal(gcm_open_rtcp(open, report, &report_len), 0);
	assert_int_equal(open_copy(open, first), 0);
	assert_int_equal(open_copy(open, second), 0);

	/* What is not authentic displaces nobody. */
	third[20] ^= 1;
	assert_int_equal(open_copy(open, third), -EACCES);
	assert_int_equal(open_copy(open, first), -EALREADY);
	third[20] ^= 1;
	assert_int_equal(open_copy(open, third), 0);
	assert_int_equal(open_copy(open, third), -EALREADY);
	assert_int_equal(open_copy(open, second), -EALREADY);

	/* SSRC 1 gave way; nothing of it is taken twice, and it may go on. */
	assert_int_equal(open_copy(open, first), -EALREADY);
	report_len = sizeof(replayed);
	assert_int_equal(gcm_open_rtcp(open, replayed, &report_len), -EALREADY);
	sealed_packet(seal, 1, 101, again);
	assert_int_equal(open_copy(open, again), 0);
	assert_int_equal(open_copy(open, again), -EALREADY);
	assert_int_equal(open_copy(open, first), -EALREADY);
	assert_int_equal(open_copy(open, second), -EALREADY); /* it gave way to SSRC 1 */
	gcm_free(seal);
	gcm_free(open);
}

static void a_roll_over_counter_outlives_the_place_of_its_stream(void **state)
{
	struct gcm *seal = make_wide(8, false);
	struct gcm *open = make_wide(1, true);
	uint8_t packet[128];
	static const uint16_t seqs[] = { 30000, 60000, 20000, 50000 };
	for (size_t i = 0; i < RS_ARRAY_LEN(seqs); i++) {
		sealed_packet(seal, 1, seqs[i], packet);
		assert_int_equal(open_copy(open, packet), 0);
	}
	sealed_packet(seal, 2, 1, packet);
	assert_int_equal(open_copy(open, packet), 0);
	sealed_packet(seal, 1, 50001, packet); /* roll-over counter 1 */
	assert_int_equal(open_copy(open, packet), 0);
	gcm_free(seal);
	gcm_free(open);
}

static void so_many_ssrcs_may_come_and_go_and_no_more(void **state)
{
	struct gcm *seal = make_wide(2 + GCM_RETIRED_MAX + 1, false);
	struct gcm *open = make_wide(2, true);
	uint8_t packet[128];
	for (uint32_t ssrc = 1; ssrc <= 2 + GCM_RETIRED_MAX; ssrc++) {
		sealed_packet(seal, ssrc, 5, packet);
		assert_int_equal(open_copy(open, packet), 0);
	}
	sealed_packet(seal, 3 + GCM_RETIRED_MAX, 5, packet);
	assert_int_equal(open_copy(open, packet), -E2BIG);
	/* Those known go on, also one that had given way. */
	sealed_packet(seal, 2 + GCM_RETIRED_MAX, 6, packet);
	assert_int_equal(open_copy(open, packet), 0);
	sealed_packet(seal, 1, 6, packet);
	assert_int_equal(open_copy(open, packet), 0);
	assert_int_equal(open_copy(open, packet), -EALREADY);
	gcm_free(seal);
	gcm_free(open);
}

static int birth(void *ctx)
{
	static const struct gcm_session sessions[GCM_KINDS];
	const struct gcm_config config = { .key_len = 16, .max_streams = 1, .opens = true };
	struct gcm *gcm = NULL;
	const int err = gcm_new(&config, sessions, &gcm);
	gcm_free(gcm);
	return err;
}

/* A stream is kept when its first packet has passed. */
static int first_packet(void *ctx)
{
	struct gcm *seal = make(any_key, 16, false);
	uint8_t data[64 + GCM_TAG_LEN] = { 0x80 };
	size_t len = 64 + GCM_TAG_LEN;
	assert_int_equal(gcm_seal_rtp(seal, data, 64, data), 0);
	gcm_free(seal);
	return gcm_open_rtp(ctx, data, &len);
}

static void a_birth_needs_memory_and_a_key_of_the_right_length(void **state)
{
	struct gcm_session sessions[GCM_KINDS] = { 0 };
	struct gcm *gcm = NULL;
	check_oom(birth, NULL);
	struct gcm_config config = { .master_view = any_key, .key_len = 24, .max_streams = 1 };
	assert_int_equal(gcm_derive(&config, sessions), -EINVAL);
	assert_int_equal(gcm_new(&config, sessions, &gcm), -EINVAL);
	config = (struct gcm_config){ .key_len = 16 };
	assert_int_equal(gcm_new(&config, sessions, &gcm), -EINVAL);
}

static void lack_of_memory_refuses_a_new_stream(void **state)
{
	struct gcm *open = make(any_key, 16, true);
	rs_mem_fail_after(2); /* the first two are the sender's */
	assert_int_equal(first_packet(open), -ENOMEM);
	rs_mem_fail_after(-1);
	assert_int_equal(first_packet(open), 0);
	assert_int_equal(first_packet(open), -EALREADY);
	gcm_free(open);
}

static int start(void **state)
{
	return srtp_init() == srtp_err_status_ok ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_ssrc_takes_the_place_of_the_one_silent_longest),
		cmocka_unit_test(a_roll_over_counter_outlives_the_place_of_its_stream),
		cmocka_unit_test(so_many_ssrcs_may_come_and_go_and_no_more),
		cmocka_unit_test(packets_are_those_of_rfc_7714),
		cmocka_unit_test(reports_are_those_of_rfc_7714),
		cmocka_unit_test(each_packet_is_sealed_as_libsrtp_does),
		cmocka_unit_test(each_packet_is_opened_as_libsrtp_does),
		cmocka_unit_test(each_report_is_sealed_and_opened_as_libsrtp_does),
		cmocka_unit_test(a_resent_packet_is_the_same_to_the_last_octet),
		cmocka_unit_test(a_number_older_than_the_window_is_refused),
		cmocka_unit_test(streams_are_taken_up_to_the_limit),
		cmocka_unit_test(what_is_no_rtp_is_refused),
		cmocka_unit_test(what_claims_not_to_be_encrypted_is_refused),
		cmocka_unit_test(lack_of_memory_refuses_a_new_stream),
		cmocka_unit_test(a_birth_needs_memory_and_a_key_of_the_right_length),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
