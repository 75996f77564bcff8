#include "sfu/srtp/srtp.h"

#include "common/base/bytes.h"
#include "common/base/fetch.h"
#include "sfu/srtp/gcm.h"
#include "sfu/srtp/srtp_priv.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define RTP_SSRC_AT 8  /* RFC 3550 section 5.1 */
#define RTCP_SSRC_AT 4 /* RFC 3550 section 6.4 */
#define RTP_HEADER_LEN 12
#define RTCP_HEADER_LEN 8

struct crypt {
	struct gcm *gcm; /* in Galois mode; else NULL and libsrtp's session */
	srtp_t session;
	size_t max_streams;
	size_t stream_count;
	uint32_t ssrcs[]; /* of the session: seen authentic, RTP or RTCP */
};

static const struct {
	srtp_profile_t profile;
	size_t key_len; /* master key and salt */
	bool galois;
} profiles[] = {
	[CRYPT_AEAD_AES_128_GCM] = { srtp_profile_aead_aes_128_gcm, 28, true },
	[CRYPT_AEAD_AES_256_GCM] = { srtp_profile_aead_aes_256_gcm, 44, true },
	[CRYPT_AES128_CM_SHA1_80] = { srtp_profile_aes128_cm_sha1_80, 30, false },
};

/* libsrtp refuses to be started twice, and does not say whether it was. */
int crypt_start(void)
{
	static const uint8_t key[SRTP_MAX_KEY_LEN];
	const struct crypt_config config = {
		.profile = CRYPT_AES128_CM_SHA1_80,
		.direction = CRYPT_OPEN,
		.key_view = key,
		.key_len = profiles[CRYPT_AES128_CM_SHA1_80].key_len,
		.max_streams = 1,
	};
	struct crypt *trial = NULL;
	if (srtp_init() == srtp_err_status_ok)
		return 0;
	const int err = crypt_new(&config, &trial);
	crypt_free(trial);
	return err < 0 ? -EIO : 0;
}

size_t crypt_key_len(enum crypt_profile profile)
{
	return profiles[profile].key_len;
}

/* SRTCP is always sealed with the full tag of the same profile. */
static int policy_fill(srtp_policy_t *policy, enum crypt_profile profile)
{
	const srtp_profile_t name = profiles[profile].profile;
	srtp_err_status_t status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->rtp, name);
	if (status == srtp_err_status_ok)
		status = srtp_crypto_policy_set_from_profile_for_rtcp(&policy->rtcp, name);
	return status == srtp_err_status_ok ? 0 : -EOPNOTSUPP;
}

static int gcm_make(const struct crypt_config *config, struct gcm **out_gcm)
{
	const struct gcm_config gcm = {
		.master_view = config->key_view,
		.key_len = config->key_len - GCM_SALT_LEN,
		.max_streams = config->max_streams,
		.opens = config->direction == CRYPT_OPEN,
	};
	struct gcm_session sessions[GCM_KINDS];
	int err = gcm_derive(&gcm, sessions);
	if (err == 0)
		err = gcm_new(&gcm, sessions, out_gcm);
	rs_wipe(sessions, sizeof(sessions));
	return err;
}

static int session_make(const struct crypt_config *config, srtp_t *out_session)
{
	uint8_t key[SRTP_MAX_KEY_LEN];
	memcpy(key, config->key_view, config->key_len); /* libsrtp wants it writable */
	/* The SSRC is a template: a stream of its own is made from it when a first packet has
	 * passed (received) or goes out (sent). */
	srtp_policy_t policy = {
		.ssrc = { .type = config->direction == CRYPT_OPEN ? ssrc_any_inbound
								  : ssrc_any_outbound },
		.key = key,
		.window_size = CRYPT_REPLAY_WINDOW,
		.allow_repeat_tx = 1,
	};
	int err = policy_fill(&policy, config->profile);
	if (err == 0)
		err = crypt_error(srtp_create(out_session, &policy));
	rs_wipe(key, sizeof(key));
	return err;
}

int crypt_new(const struct crypt_config *config, struct crypt **out_crypt)
{
	if (config->key_len != crypt_key_len(config->profile) || config->max_streams < 1 ||
		config->max_streams > CRYPT_STREAMS_MAX)
		return -EINVAL;
	const bool galois = profiles[config->profile].galois;
	struct crypt *crypt = rs_zalloc(
		sizeof(*crypt) + (galois ? 0 : config->max_streams) * sizeof(crypt->ssrcs[0]));
	if (crypt == NULL)
		return -ENOMEM;
	crypt->max_streams = config->max_streams;
	const int err =
		galois ? gcm_make(config, &crypt->gcm) : session_make(config, &crypt->session);
	if (err < 0) {
		crypt_free(crypt);
		return err;
	}
	*out_crypt = crypt;
	return 0;
}

struct crypt *crypt_free(struct crypt *crypt)
{
	if (crypt != NULL) {
		gcm_free(crypt->gcm);
		if (crypt->session != NULL)
			(void)srtp_dealloc(crypt->session); /* fails on a broken object only */
	}
	return rs_release(crypt);
}

static bool ssrc_known(const struct crypt *crypt, uint32_t ssrc)
{
	for (size_t i = 0; i < crypt->stream_count; i++) {
		if (crypt->ssrcs[i] == ssrc)
			return true;
	}
	return false;
}

typedef srtp_err_status_t transform(srtp_t session, void *data, int *len);

/* One packet through libsrtp; a stream counts from its first success on. */
static int apply(struct crypt *crypt, uint8_t *data, size_t *len, size_t ssrc_at, transform *by)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, *len);
	rs_read_skip(&reader, ssrc_at);
	const uint32_t ssrc = rs_read_u32(&reader);
	const size_t header_len = ssrc_at == RTP_SSRC_AT ? RTP_HEADER_LEN : RTCP_HEADER_LEN;
	if (reader.failed || *len < header_len || *len > INT_MAX)
		return -EBADMSG;
	const bool known = ssrc_known(crypt, ssrc);
	if (!known && crypt->stream_count >= crypt->max_streams)
		return -E2BIG;

	int packet_len = (int)*len;
	const int err = crypt_error(by(crypt->session, data, &packet_len));
	if (err < 0)
		return err;
	if (!known)
		crypt->ssrcs[crypt->stream_count++] = ssrc;
	*len = (size_t)packet_len;
	return 0;
}

int crypt_open_rtp(struct crypt *crypt, uint8_t *data, size_t *len)
{
	return crypt->gcm != NULL ? gcm_open_rtp(crypt->gcm, data, len)
				  : apply(crypt, data, len, RTP_SSRC_AT, srtp_unprotect);
}

int crypt_open_rtcp(struct crypt *crypt, uint8_t *data, size_t *len)
{
	return crypt->gcm != NULL ? gcm_open_rtcp(crypt->gcm, data, len)
				  : apply(crypt, data, len, RTCP_SSRC_AT, srtp_unprotect_rtcp);
}

int crypt_seal_rtp(struct crypt *crypt, const uint8_t *data, size_t len, uint8_t *out, size_t cap,
	size_t *out_len)
{
	if (cap < len || cap - len < CRYPT_RTP_TRAILER)
		return -ENOSPC;
	size_t sealed_len = len;
	int err = 0;
	if (crypt->gcm != NULL) {
		err = gcm_seal_rtp(crypt->gcm, data, len, out);
		sealed_len += GCM_TAG_LEN;
	} else {
		if (out != data)
			memcpy(out, data, len);
		err = apply(crypt, out, &sealed_len, RTP_SSRC_AT, srtp_protect);
	}
	if (err == 0)
		*out_len = sealed_len;
	return err;
}

void crypt_fetch(const struct crypt *crypt, unsigned step)
{
	if (step == 0)
		rs_fetch(crypt, sizeof(*crypt));
	else if (crypt->gcm != NULL)
		gcm_fetch(crypt->gcm, step - 1);
}

int crypt_seal_rtcp(struct crypt *crypt, uint8_t *data, size_t *len, size_t cap)
{
	if (cap < *len || cap - *len < CRYPT_RTCP_TRAILER)
		return -ENOSPC;
	if (crypt->gcm == NULL)
		return apply(crypt, data, len, RTCP_SSRC_AT, srtp_protect_rtcp);
	const int err = gcm_seal_rtcp(crypt->gcm, data, *len);
	*len += err == 0 ? GCM_RTCP_TRAILER : 0;
	return err;
}
