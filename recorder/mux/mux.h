/* recorder/mux/mux.h
 *
 * A WebM file (Matroska for H.264 and AV1) of one track, or of a sound with a picture that may come
 * later, written so that a kill at any moment loses nothing that was handed over: every block is one
 * append, a cluster is open with an unknown size until one 14-octet patch
 * gives it its size and CRC-32, and only finishing a file needs to look back further (Cues,
 * SeekHead, Duration, Segment size). A file that was never finished plays all the same.
 *
 * Sans-I/O: bytes go to a port. Times are milliseconds from the beginning of the file. One object
 * a file; not thread safe. Allocates at birth, when the cluster buffer or the cue table grows.
 * The cluster in progress is kept in memory (at most `cluster_max` and one block) for its digest.
 */
#ifndef ROSTRUM_RECORDER_MUX_MUX_H
#define ROSTRUM_RECORDER_MUX_MUX_H

#include "common/base/hash.h"
#include "common/base/mem.h"

struct mux;

enum mux_codec {
	MUX_OPUS, /* RFC 7845 head as CodecPrivate */
	MUX_VP8,
	MUX_VP9,
	MUX_H264, /* avcC as CodecPrivate, so blocks have lengths of four octets before each unit */
	MUX_AV1,  /* av1C as CodecPrivate; blocks are temporal units without delimiters */
};

/* Longest CodecPrivate. */
#define MUX_CONFIG_MAX 1024

/* Where the bytes go. An offset at the present end appends, a lower one patches. 0 or a negative
 * errno, which mux calls hand on; the mux is then broken and refuses everything. */
struct mux_port {
	int (*write)(void *ctx, uint64_t offset, const void *data, size_t len);
	void *ctx;
};

struct mux_config {
	enum mux_codec codec;
	uint64_t track_uid;   /* not 0 */
	const char *title;    /* what is recorded, for people; copied into the file */
	const char *language; /* ISO 639-2, "und" when it has none */
	const char *app;      /* who writes */
	int64_t wall_ms;      /* Unix time of media time 0 */
	uint8_t channels;     /* Opus: 1 or 2 */
	uint16_t width;       /* video: of the first key frame */
	uint16_t height;
	bool picture_later;    /* Opus: keep a place for mux_add_picture() */
	bool undigested;       /* nobody asks for the digests of clusters: they stay zero */
	const uint8_t *config; /* CodecPrivate of H.264 and AV1; copied */
	size_t config_len;
	uint32_t cluster_ms; /* a cluster is closed when it would span more; 100 to 30000 */
	size_t cluster_max;  /* octets after which a cluster is closed; no block may be larger */
};

/* Whether files of that codec are WebM, which H.264 is not allowed in and AV1 not everywhere. */
bool mux_is_webm(enum mux_codec codec);

struct mux_block {
	bool picture;         /* of the track that mux_add_picture() made */
	int64_t time_ms;      /* not before the last block's, else it is moved up to that */
	uint32_t duration_us; /* counts for the file's Duration when the block is the last */
	bool key;
	const uint8_t *data;
	size_t len;
};

/* A closed cluster as it stands in the file, the patch included. */
struct mux_cluster {
	uint32_t number; /* from 0 */
	uint64_t offset;
	uint64_t len;
	int64_t first_ms; /* first and last block */
	int64_t last_ms;
	uint32_t blocks;
	uint8_t sha256[RS_SHA256_LEN]; /* unless `undigested` */
};

/* A finished file: what is not in any cluster, for the ledger. */
struct mux_summary {
	uint64_t size;
	uint64_t head_len; /* octets before the first cluster, as patched */
	uint64_t tail_len; /* octets after the last cluster */
	uint8_t head_sha256[RS_SHA256_LEN];
	uint8_t tail_sha256[RS_SHA256_LEN];
	int64_t duration_ms;
};

/* Nothing is written before the first block. 0, -EINVAL (configuration) or -ENOMEM. */
int mux_new(const struct mux_config *config, const struct mux_port *port,
	struct mux **out_mux) RS_MUST_USE;
/* NULL is fine. Returns NULL. Writes nothing: an unfinished file stays as a kill would leave it. */
struct mux *mux_free(struct mux *mux);
void mux_freep(struct mux **mux);

/* The sound gets a picture beside it: of `picture`, codec, track_uid, title, language, width and height
 * count. The kept place is filled in at once. 0; -EINVAL (configuration; title too long for the place;
 * no place kept); -EEXIST (there is one); -EPROTO (finished or broken); or the port's error. */
int mux_add_picture(struct mux *mux, const struct mux_config *picture) RS_MUST_USE;

/* Append one block; may close a cluster first (every video key frame begins one). 0; -E2BIG: the
 * block is larger than cluster_max, nothing is written; -EPROTO: finished, or a picture would begin
 * without a key frame, or there is none; -ENOMEM; or the port's error. */
int mux_write_block(struct mux *mux, const struct mux_block *block) RS_MUST_USE;
/* Close the open cluster, if any. 0 or the port's error. */
int mux_close_cluster(struct mux *mux) RS_MUST_USE;
/* Take the closed cluster not yet taken: 1, or 0 when there is none. At most one waits: take it
 * after each call of the two above. */
int mux_poll_cluster(struct mux *mux, struct mux_cluster *out_cluster);
/* Close the cluster and write all that a player likes to have. The cluster closed here is to be
 * polled as always. 0; -EPROTO when called twice or on a broken mux; -ENOMEM; or the port's error. */
int mux_finish(struct mux *mux, struct mux_summary *out_summary) RS_MUST_USE;

/* Whether a cluster is open, and the time of its first block. */
bool mux_cluster_open(const struct mux *mux, int64_t *out_first_ms);

#endif
