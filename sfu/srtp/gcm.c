#include "sfu/srtp/gcm.h"

#include "common/base/bytes.h"
#include "common/base/fetch.h"

#include <openssl/evp.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#define IV_LEN 12
/* RFC 3711 section 9.2: packets under one key. */
#define INDEX_MAX (((int64_t)1 << 48) - 1)
#define RTCP_INDEX_MAX 0x7fffffffU
#define RTCP_HEADER_LEN 8
#define RTCP_ENCRYPTED 0x80000000U /* the E flag before the index, RFC 3711 section 3.4 */
#define HALF_SEQ 0x8000
/* Octets of OpenSSL's context object, about. */
#define CIPHER_FETCHED 192

/* Which packets came: bit `index` modulo the size. */
struct windows {
	uint64_t rtp[GCM_WINDOW / 64];
	uint64_t rtcp[GCM_RTCP_WINDOW / 64];
};

struct stream {
	uint32_t ssrc;
	uint32_t rtcp_highest;
	int64_t highest; /* roll-over counter and sequence number, RFC 3711 section 3.3.1 */
	/* The rest is for opening. */
	struct windows *windows;
	int64_t floor; /* everything up to here counts as received; -1 = nothing */
	int64_t rtcp_floor;
	uint64_t used; /* gcm.clock at the last packet */
};

/* A stream that gave its place to another: enough of it to refuse every packet it ever received. */
struct retired {
	uint32_t ssrc;
	uint32_t rtcp_highest;
	int64_t highest;
};

/* What a packet of a peer's first stream needs lies in 80 octets: with hundreds of peers in turn the processor
 * has none of it at hand. */
struct gcm {
	EVP_CIPHER_CTX *cipher;
	uint8_t keyed; /* enum gcm_kind whose key the cipher has: there is much of one, seldom of both */
	bool opens;
	uint16_t n_streams;
	uint16_t max_streams;
	uint16_t n_retired;
	uint8_t salts[GCM_KINDS][GCM_SALT_LEN];
	struct gcm_session *sessions; /* by kind; where keys are taken from */
	struct retired *retired;      /* GCM_RETIRED_MAX, made when the first gives way */
	uint64_t clock;               /* packets opened */
	/* In order of their first packets; one more than max_streams, for who may take another's place. */
	struct stream streams[];
};

/* ---- birth and death ---- */

/* RFC 3711 section 4.3.1 and RFC 7714 section 11: the keystream of AES in counter mode under the
 * master key, from the master salt with `label` in its eighth octet. */
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

static bool key_len_valid(size_t len)
{
	return len == 16 || len == 32;
}

int gcm_derive(const struct gcm_config *config, struct gcm_session out_sessions[GCM_KINDS])
{
	static const struct {
		uint8_t key;
		uint8_t salt;
	} labels[GCM_KINDS] = { [GCM_RTP] = { 0, 2 }, [GCM_RTCP] = { 3, 5 } };
	if (!key_len_valid(config->key_len))
		return -EINVAL;
	int err = 0;
	for (size_t i = 0; i < GCM_KINDS && err == 0; i++) {
		err = derive(config, labels[i].key, out_sessions[i].key, config->key_len);
		if (err == 0)
			err = derive(config, labels[i].salt, out_sessions[i].salt, GCM_SALT_LEN);
	}
	return err;
}

static int key_set(struct gcm *gcm, const EVP_CIPHER *cipher, enum gcm_kind kind)
{
	gcm->keyed = (uint8_t)kind;
	return EVP_CipherInit_ex(gcm->cipher, cipher, NULL, gcm->sessions[kind].key, NULL,
		       gcm->opens ? 0 : 1) == 1
		       ? 0
		       : -ENOMEM;
}

int gcm_new(const struct gcm_config *config, const struct gcm_session sessions[GCM_KINDS],
	struct gcm **out_gcm)
{
	if (!key_len_valid(config->key_len) || config->max_streams == 0 ||
		config->max_streams > UINT16_MAX)
		return -EINVAL;
	struct gcm *gcm =
		rs_zalloc(sizeof(*gcm) + (config->max_streams + 1) * sizeof(gcm->streams[0]));
	if (gcm == NULL)
		return -ENOMEM;
	gcm->opens = config->opens;
	gcm->max_streams = (uint16_t)config->max_streams;
	for (size_t i = 0; i < GCM_KINDS; i++)
		memcpy(gcm->salts[i], sessions[i].salt, GCM_SALT_LEN);
	gcm->sessions = rs_memdup(sessions, GCM_KINDS * sizeof(*sessions));
	gcm->cipher = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *cipher = config->key_len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
	if (gcm->sessions == NULL || gcm->cipher == NULL || key_set(gcm, cipher, GCM_RTP) < 0) {
		gcm_free(gcm);
		return -ENOMEM;
	}
	*out_gcm = gcm;
	return 0;
}

struct gcm *gcm_free(struct gcm *gcm)
{
	if (gcm != NULL) {
		for (size_t i = 0; i < gcm->n_streams; i++)
			rs_release(gcm->streams[i].windows);
		rs_release(gcm->retired);
		EVP_CIPHER_CTX_free(gcm->cipher); /* wipes the key schedule */
		if (gcm->sessions != NULL)
			rs_wipe(gcm->sessions, GCM_KINDS * sizeof(*gcm->sessions));
		rs_release(gcm->sessions);
		rs_wipe(gcm->salts, sizeof(gcm->salts));
	}
	return rs_release(gcm);
}

/* ---- streams ---- */

static struct retired *retired_find(const struct gcm *gcm, uint32_t ssrc)
{
	for (size_t i = 0; i < gcm->n_retired; i++) {
		if (gcm->retired[i].ssrc == ssrc)
			return &gcm->retired[i];
	}
	return NULL;
}

/* The stream, or the place of a new one. NULL: one too many. */
static struct stream *stream_of(struct gcm *gcm, uint32_t ssrc)
{
	for (size_t i = 0; i < gcm->n_streams; i++) {
		if (gcm->streams[i].ssrc == ssrc)
			return &gcm->streams[i];
	}
	const struct retired *before = retired_find(gcm, ssrc);
	if (gcm->n_streams == gcm->max_streams &&
		(!gcm->opens || (before == NULL && gcm->n_retired == GCM_RETIRED_MAX)))
		return NULL;
	struct stream *stream = &gcm->streams[gcm->n_streams];
	*stream = (struct stream){ .ssrc = ssrc, .floor = -1, .rtcp_floor = -1 };
	if (before != NULL) {
		stream->highest = before->highest;
		stream->rtcp_highest = before->rtcp_highest;
		stream->floor = before->highest;
		stream->rtcp_floor = before->rtcp_highest;
	}
	return stream;
}

/* The stream not heard for the longest makes room for `*stream`, which takes over its windows. */
static int stream_displace(struct gcm *gcm, struct stream **stream)
{
	struct stream *oldest = &gcm->streams[0];
	for (size_t i = 1; i < gcm->n_streams; i++) {
		if (gcm->streams[i].used < oldest->used)
			oldest = &gcm->streams[i];
	}
	if (gcm->retired == NULL)
		gcm->retired = rs_calloc(GCM_RETIRED_MAX, sizeof(gcm->retired[0]));
	if (gcm->retired == NULL)
		return -ENOMEM;
	struct retired *place = retired_find(gcm, (*stream)->ssrc);
	if (place == NULL)
		place = &gcm->retired[gcm->n_retired++]; /* stream_of() saw that there is room */
	*place = (struct retired){
		.ssrc = oldest->ssrc,
		.highest = oldest->highest,
		.rtcp_highest = oldest->rtcp_highest,
	};
	(*stream)->windows = oldest->windows;
	*(*stream)->windows = (struct windows){ 0 };
	*oldest = **stream;
	*stream = oldest;
	return 0;
}

/* Its packet passed. */
static int stream_keep(struct gcm *gcm, struct stream **stream)
{
	int err = 0;
	if (*stream == &gcm->streams[gcm->n_streams]) {
		if (gcm->n_streams == gcm->max_streams)
			err = stream_displace(gcm, stream);
		else if (gcm->opens &&
			 ((*stream)->windows = rs_zalloc(sizeof(struct windows))) == NULL)
			err = -ENOMEM;
		else
			gcm->n_streams++;
	}
	if (err == 0)
		(*stream)->used = ++gcm->clock;
	return err;
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

/* RFC 3711 section 3.3.2. `bits` is a ring of `size` bits that ends with the highest index. */
static bool window_has(const uint64_t *bits, int64_t size, int64_t highest, int64_t index)
{
	const uint64_t at = (uint64_t)index % (uint64_t)size;
	return index <= highest && (bits[at / 64] >> at % 64 & 1) != 0;
}

static void window_add(uint64_t *bits, int64_t size, int64_t highest, int64_t index)
{
	/* What lies between is not there; a leap over the whole ring clears it once. */
	for (int64_t i = highest + 1; i < index && i <= highest + size; i++) {
		const uint64_t at = (uint64_t)i % (uint64_t)size;
		bits[at / 64] &= ~((uint64_t)1 << at % 64);
	}
	const uint64_t at = (uint64_t)index % (uint64_t)size;
	bits[at / 64] |= (uint64_t)1 << at % 64;
}

/* ---- packets ---- */

/* The clear parts that a packet's protection covers, and what makes its nonce. */
struct packet {
	enum gcm_kind kind;
	uint32_t ssrc;
	int64_t index;
	const uint8_t *head;
	size_t head_len;
	const uint8_t *tail; /* RTCP: E flag and index */
	size_t tail_len;
};

/* RFC 7714 sections 8.1 and 9.1: two octets of zero, SSRC, and the index in six; with the salt. */
static void nonce_write(const struct gcm *gcm, const struct packet *packet, uint8_t iv[IV_LEN])
{
	const uint8_t *salt = gcm->salts[packet->kind];
	struct rs_writer writer;
	rs_writer_init(&writer, iv, IV_LEN);
	rs_write_u16(&writer, 0);
	rs_write_u32(&writer, packet->ssrc);
	rs_write_u32(&writer, (uint32_t)(packet->index >> 16));
	rs_write_u16(&writer, (uint16_t)packet->index);
	for (size_t i = 0; i < IV_LEN; i++)
		iv[i] ^= salt[i];
}

/* The context is about to take `len` octets. */
static int begin(struct gcm *gcm, const struct packet *packet)
{
	uint8_t iv[IV_LEN];
	int done = 0;
	if (gcm->keyed != (uint8_t)packet->kind && key_set(gcm, NULL, packet->kind) < 0)
		return -EIO;
	nonce_write(gcm, packet, iv);
	if (EVP_CipherInit_ex(gcm->cipher, NULL, NULL, NULL, iv, -1) != 1 ||
		EVP_CipherUpdate(gcm->cipher, NULL, &done, packet->head, (int)packet->head_len) !=
			1)
		return -EIO;
	if (packet->tail_len > 0 && EVP_CipherUpdate(gcm->cipher, NULL, &done, packet->tail,
					    (int)packet->tail_len) != 1)
		return -EIO;
	return 0;
}

/* `len` octets from `in` to `out`, and the tag behind them. */
static int encrypt(
	struct gcm *gcm, const struct packet *packet, const uint8_t *in, size_t len, uint8_t *out)
{
	int done = 0;
	const int err = begin(gcm, packet);
	if (err < 0)
		return err;
	if (EVP_CipherUpdate(gcm->cipher, out, &done, in, (int)len) != 1 ||
		EVP_CipherFinal_ex(gcm->cipher, out + len, &done) != 1 ||
		EVP_CIPHER_CTX_ctrl(gcm->cipher, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, out + len) !=
			1)
		return -EIO;
	return 0;
}

/* `len` octets in place, which the tag follows. */
static int decrypt(struct gcm *gcm, const struct packet *packet, uint8_t *data, size_t len)
{
	int done = 0;
	const int err = begin(gcm, packet);
	if (err < 0)
		return err;
	if (EVP_CipherUpdate(gcm->cipher, data, &done, data, (int)len) != 1 ||
		EVP_CIPHER_CTX_ctrl(gcm->cipher, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_LEN, data + len) !=
			1)
		return -EIO;
	return EVP_CipherFinal_ex(gcm->cipher, data + len, &done) == 1 ? 0 : -EACCES;
}

/* RFC 3550 section 5.1: with CSRCs and extension, all of which stay legible. The index is left out. */
static int rtp_parse_head(
	const uint8_t *data, size_t len, struct packet *out_packet, uint16_t *out_seq)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	const uint8_t first = rs_read_u8(&reader);
	rs_read_skip(&reader, 1);
	const uint16_t seq = rs_read_u16(&reader);
	rs_read_skip(&reader, 4);
	const uint32_t ssrc = rs_read_u32(&reader);
	rs_read_skip(&reader, 4U * (first & 0x0fU));
	if ((first & 0x10) != 0) {
		rs_read_skip(&reader, 2);
		rs_read_skip(&reader, 4U * rs_read_u16(&reader));
	}
	if (reader.failed || first >> 6 != 2 || len > INT_MAX)
		return -EBADMSG;
	*out_seq = seq;
	*out_packet = (struct packet){
		.kind = GCM_RTP,
		.ssrc = ssrc,
		.head = data,
		.head_len = reader.pos,
	};
	return 0;
}

/* RFC 3550 section 6.4: the first eight octets stay legible. */
static int rtcp_parse_head(const uint8_t *data, size_t len, struct packet *out_packet)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	const uint8_t first = rs_read_u8(&reader);
	rs_read_skip(&reader, 3);
	const uint32_t ssrc = rs_read_u32(&reader);
	if (reader.failed || first >> 6 != 2 || len > INT_MAX)
		return -EBADMSG;
	*out_packet = (struct packet){
		.kind = GCM_RTCP,
		.ssrc = ssrc,
		.head = data,
		.head_len = RTCP_HEADER_LEN,
		.tail_len = sizeof(uint32_t),
	};
	return 0;
}

void gcm_fetch(const struct gcm *gcm, unsigned step)
{
	if (step == 0)
		rs_fetch(gcm, sizeof(*gcm) + sizeof(gcm->streams[0]));
	else
		rs_fetch(gcm->cipher, CIPHER_FETCHED);
}

int gcm_seal_rtp(struct gcm *gcm, const uint8_t *data, size_t len, uint8_t *out)
{
	struct packet packet;
	uint16_t seq = 0;
	int err = rtp_parse_head(data, len, &packet, &seq);
	if (err < 0)
		return err;
	struct stream *stream = stream_of(gcm, packet.ssrc);
	if (stream == NULL)
		return -E2BIG;
	packet.index = index_of(stream, seq);
	if (stream->highest - packet.index >= GCM_WINDOW)
		return -EALREADY;
	if (packet.index > INDEX_MAX)
		return -EPROTO;
	const size_t head_len = packet.head_len;
	err = encrypt(gcm, &packet, data + head_len, len - head_len, out + head_len);
	if (err == 0)
		err = stream_keep(gcm, &stream);
	if (err < 0)
		return err;
	if (out != data)
		memcpy(out, data, head_len);
	if (packet.index > stream->highest)
		stream->highest = packet.index;
	return 0;
}

int gcm_open_rtp(struct gcm *gcm, uint8_t *data, size_t *len)
{
	struct packet packet;
	uint16_t seq = 0;
	int err = rtp_parse_head(data, *len, &packet, &seq);
	if (err < 0)
		return err;
	if (*len - packet.head_len < GCM_TAG_LEN)
		return -EBADMSG;
	struct stream *stream = stream_of(gcm, packet.ssrc);
	if (stream == NULL)
		return -E2BIG;
	packet.index = index_of(stream, seq);
	if (stream->highest - packet.index >= GCM_WINDOW || packet.index <= stream->floor ||
		(stream->windows != NULL && window_has(stream->windows->rtp, GCM_WINDOW,
						    stream->highest, packet.index)))
		return -EALREADY;
	const size_t plain_len = *len - GCM_TAG_LEN;
	err = decrypt(gcm, &packet, data + packet.head_len, plain_len - packet.head_len);
	if (err == 0)
		err = stream_keep(gcm, &stream);
	if (err < 0)
		return err;
	window_add(stream->windows->rtp, GCM_WINDOW, stream->highest, packet.index);
	if (packet.index > stream->highest)
		stream->highest = packet.index;
	*len = plain_len;
	return 0;
}

int gcm_seal_rtcp(struct gcm *gcm, uint8_t *data, size_t len)
{
	struct packet packet;
	int err = rtcp_parse_head(data, len, &packet);
	if (err < 0)
		return err;
	struct stream *stream = stream_of(gcm, packet.ssrc);
	if (stream == NULL)
		return -E2BIG;
	if (stream->rtcp_highest == RTCP_INDEX_MAX)
		return -EPROTO;
	packet.index = (int64_t)stream->rtcp_highest + 1;
	struct rs_writer tail;
	rs_writer_init(&tail, data + len + GCM_TAG_LEN, sizeof(uint32_t));
	rs_write_u32(&tail, RTCP_ENCRYPTED | (uint32_t)packet.index);
	packet.tail = tail.data;
	err = encrypt(gcm, &packet, data + RTCP_HEADER_LEN, len - RTCP_HEADER_LEN,
		data + RTCP_HEADER_LEN);
	if (err == 0)
		err = stream_keep(gcm, &stream);
	if (err == 0)
		stream->rtcp_highest = (uint32_t)packet.index;
	return err;
}

/* What says that it is not encrypted is refused, as it would be legible to all (RFC 3711 section 3.4). */
int gcm_open_rtcp(struct gcm *gcm, uint8_t *data, size_t *len)
{
	struct packet packet;
	int err = rtcp_parse_head(data, *len, &packet);
	if (err < 0)
		return err;
	if (*len < RTCP_HEADER_LEN + GCM_RTCP_TRAILER)
		return -EBADMSG;
	struct rs_reader tail;
	rs_reader_init(&tail, data + *len - sizeof(uint32_t), sizeof(uint32_t));
	packet.tail = tail.data;
	const uint32_t word = rs_read_u32(&tail);
	packet.index = word & ~RTCP_ENCRYPTED;
	if ((word & RTCP_ENCRYPTED) == 0)
		return -EACCES;
	struct stream *stream = stream_of(gcm, packet.ssrc);
	if (stream == NULL)
		return -E2BIG;
	const int64_t highest = stream->rtcp_highest;
	if (highest - packet.index >= GCM_RTCP_WINDOW || packet.index <= stream->rtcp_floor ||
		(stream->windows != NULL &&
			window_has(stream->windows->rtcp, GCM_RTCP_WINDOW, highest, packet.index)))
		return -EALREADY;
	const size_t plain_len = *len - GCM_RTCP_TRAILER;
	err = decrypt(gcm, &packet, data + RTCP_HEADER_LEN, plain_len - RTCP_HEADER_LEN);
	if (err == 0)
		err = stream_keep(gcm, &stream);
	if (err < 0)
		return err;
	window_add(stream->windows->rtcp, GCM_RTCP_WINDOW, highest, packet.index);
	if (packet.index > highest)
		stream->rtcp_highest = (uint32_t)packet.index;
	*len = plain_len;
	return 0;
}
