#include "sfu/srtp/gcm.h"

#include "common/base/bytes.h"

#include <openssl/evp.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#define IV_LEN 12
#define KEY_MAX 32
/* RFC 3711 section 4.3.1 */
#define LABEL_KEY 0
#define LABEL_SALT 2
/* RFC 3711 section 9.2: packets under one key. */
#define INDEX_MAX (((int64_t)1 << 48) - 1)
#define HALF_SEQ 0x8000

struct stream {
	uint32_t ssrc;
	int64_t highest; /* roll-over counter and sequence number, RFC 3711 section 3.3.1 */
};

struct gcm {
	EVP_CIPHER_CTX *cipher;
	uint8_t salt[GCM_SALT_LEN];
	uint64_t window;
	size_t max_streams;
	size_t n_streams;
	struct stream streams[]; /* in order of their first packets */
};

/* ---- birth and death ---- */

/* RFC 3711 section 4.3.1 and RFC 7714 section 11: the keystream of AES in counter mode under the
 * master key, from the master salt with `label` in its seventh octet. */
static int derive(const struct gcm_config *config, uint8_t label, uint8_t *out, size_t len)
{
	uint8_t counter[16] = { 0 };
	memcpy(counter, config->master_view + config->key_len, GCM_SALT_LEN);
	counter[7] ^= label;
	memset(out, 0, len);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *ctr = config->key_len == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
	int out_len = 0;
	const bool ok = ctx != NULL &&
			EVP_EncryptInit_ex(ctx, ctr, NULL, config->master_view, counter) == 1 &&
			EVP_EncryptUpdate(ctx, out, &out_len, out, (int)len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	rs_wipe(counter, sizeof(counter));
	return ok ? 0 : -ENOMEM;
}

int gcm_new_session(const struct gcm_config *config, struct gcm **out_gcm)
{
	if ((config->key_len != 16 && config->key_len != KEY_MAX) || config->max_streams == 0)
		return -EINVAL;
	struct gcm *gcm = rs_zalloc(sizeof(*gcm) + config->max_streams * sizeof(gcm->streams[0]));
	if (gcm == NULL)
		return -ENOMEM;
	gcm->max_streams = config->max_streams;
	gcm->window = config->window;
	memcpy(gcm->salt, config->master_view + config->key_len, GCM_SALT_LEN);
	const EVP_CIPHER *cipher = config->key_len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
	gcm->cipher = EVP_CIPHER_CTX_new();
	if (gcm->cipher == NULL ||
		EVP_EncryptInit_ex(gcm->cipher, cipher, NULL, config->master_view, NULL) != 1) {
		gcm_free(gcm);
		return -ENOMEM;
	}
	*out_gcm = gcm;
	return 0;
}

int gcm_new(const struct gcm_config *config, struct gcm **out_gcm)
{
	if (config->key_len != 16 && config->key_len != KEY_MAX)
		return -EINVAL;
	uint8_t session[KEY_MAX + GCM_SALT_LEN];
	int err = derive(config, LABEL_KEY, session, config->key_len);
	if (err == 0)
		err = derive(config, LABEL_SALT, session + config->key_len, GCM_SALT_LEN);
	if (err == 0) {
		struct gcm_config of_session = *config;
		of_session.master_view = session;
		err = gcm_new_session(&of_session, out_gcm);
	}
	rs_wipe(session, sizeof(session));
	return err;
}

struct gcm *gcm_free(struct gcm *gcm)
{
	if (gcm != NULL) {
		EVP_CIPHER_CTX_free(gcm->cipher); /* wipes the key schedule */
		rs_wipe(gcm->salt, sizeof(gcm->salt));
	}
	return rs_release(gcm);
}

/* ---- a packet ---- */

/* Octets of the RTP header with CSRCs and extension (RFC 3550 section 5.1); all of it stays legible. */
static int header_len(const uint8_t *data, size_t len, size_t *out_len)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	const uint8_t first = rs_read_u8(&reader);
	rs_read_skip(&reader, 11U + 4U * (first & 0x0fU));
	if ((first & 0x10) != 0) {
		rs_read_skip(&reader, 2);
		rs_read_skip(&reader, 4U * rs_read_u16(&reader));
	}
	if (reader.failed || first >> 6 != 2 || len > INT_MAX)
		return -EBADMSG;
	*out_len = reader.pos;
	return 0;
}

/* The stream, or the place of a new one; it counts once a packet was sealed. NULL: one too many. */
static struct stream *stream_of(struct gcm *gcm, uint32_t ssrc)
{
	for (size_t i = 0; i < gcm->n_streams; i++) {
		if (gcm->streams[i].ssrc == ssrc)
			return &gcm->streams[i];
	}
	if (gcm->n_streams == gcm->max_streams)
		return NULL;
	struct stream *stream = &gcm->streams[gcm->n_streams];
	*stream = (struct stream){ .ssrc = ssrc };
	return stream;
}

/* RFC 3711 section 3.3.1: the index nearest to the highest. A stream begins with roll-over counter 0;
 * nothing lies before that. */
static int64_t index_of(const struct stream *stream, uint16_t seq)
{
	const int64_t index = (stream->highest & ~(int64_t)0xffff) | seq;
	if (stream->highest <= HALF_SEQ)
		return index;
	if (index - stream->highest > HALF_SEQ)
		return index - 0x10000;
	return stream->highest - index > HALF_SEQ ? index + 0x10000 : index;
}

/* RFC 7714 section 8.1: two octets of zero, SSRC, roll-over counter, sequence number; with the salt. */
static void nonce_write(const struct gcm *gcm, uint32_t ssrc, int64_t index, uint8_t iv[IV_LEN])
{
	struct rs_writer writer;
	rs_writer_init(&writer, iv, IV_LEN);
	rs_write_u16(&writer, 0);
	rs_write_u32(&writer, ssrc);
	rs_write_u32(&writer, (uint32_t)(index >> 16));
	rs_write_u16(&writer, (uint16_t)index);
	for (size_t i = 0; i < IV_LEN; i++)
		iv[i] ^= gcm->salt[i];
}

static int encrypt(struct gcm *gcm, const uint8_t iv[IV_LEN], const uint8_t *data, size_t head_len,
	size_t len, uint8_t *out)
{
	int done = 0;
	const int payload_len = (int)(len - head_len);
	if (EVP_EncryptInit_ex(gcm->cipher, NULL, NULL, NULL, iv) != 1 ||
		EVP_EncryptUpdate(gcm->cipher, NULL, &done, data, (int)head_len) != 1 ||
		EVP_EncryptUpdate(
			gcm->cipher, out + head_len, &done, data + head_len, payload_len) != 1 ||
		EVP_EncryptFinal_ex(gcm->cipher, out + len, &done) != 1 ||
		EVP_CIPHER_CTX_ctrl(gcm->cipher, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, out + len) !=
			1)
		return -EIO;
	return 0;
}

int gcm_seal(struct gcm *gcm, const uint8_t *data, size_t len, uint8_t *out)
{
	size_t head_len = 0;
	int err = header_len(data, len, &head_len);
	if (err < 0)
		return err;
	struct rs_reader reader;
	rs_reader_init(&reader, data + 2, 10);
	const uint16_t seq = rs_read_u16(&reader);
	(void)rs_read_u32(&reader); /* timestamp */
	const uint32_t ssrc = rs_read_u32(&reader);

	struct stream *stream = stream_of(gcm, ssrc);
	if (stream == NULL)
		return -E2BIG;
	const int64_t index = index_of(stream, seq);
	if (stream->highest - index >= (int64_t)gcm->window)
		return -EALREADY;
	if (index > INDEX_MAX)
		return -EPROTO;
	uint8_t iv[IV_LEN];
	nonce_write(gcm, ssrc, index, iv);
	err = encrypt(gcm, iv, data, head_len, len, out);
	if (err < 0)
		return err;
	if (out != data)
		memcpy(out, data, head_len);
	gcm->n_streams += stream == &gcm->streams[gcm->n_streams];
	if (index > stream->highest)
		stream->highest = index;
	return 0;
}
