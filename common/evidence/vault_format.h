/* common/evidence/vault_format.h
 *
 * Encrypted files of an archive as they lie on the disk (VAULT.md): writing their parts, and reading them
 * back with the keys or, as far as that goes, without. Reads foreign input.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_VAULT_FORMAT_H
#define ROSTRUM_COMMON_EVIDENCE_VAULT_FORMAT_H

#include "common/base/buf.h"
#include "common/base/envelope.h"
#include "common/evidence/names.h"

#define VAULT_MAGIC "RSVAULT1"
#define VAULT_MAGIC_LEN 8
/* Length of what is sealed u32, its offset in the plain file u64. */
#define VAULT_HEAD_LEN 12
#define VAULT_RECORD_OVERHEAD (VAULT_HEAD_LEN + RS_AEAD_TAG_LEN)
#define VAULT_RECORD_MAX ((size_t)1 << 20)
#define VAULT_SALT_LEN 32
/* A file of a key: text of one JSON object. */
#define VAULT_KEY_FILE_MAX ((size_t)4096)

/* Whether a session is encrypted, or was. */
bool vault_is_used(const char *directory);

/* --- keys --- */

struct vault_key {
	char file[NAMES_FILE_LEN]; /* what it opens: "tracks/KEN.001.a", "events.001" */
	char recipient[2 * RS_SHA256_LEN + 1];
	uint8_t wrapped[RS_WRAPPED_MAX];
	size_t wrapped_len;
};

/* The path of the file of a key: keys/tracks.KEN.001.a.key. 0 or -ENOSPC. */
int vault_key_path(const char *directory, const char *file, char out[ARCHIVE_PATH_LEN]) RS_MUST_USE;
/* Wrap a key and append its file's text to `out`. 0, -E2BIG or -ENOMEM. */
int vault_key_write(const struct rs_recipient *recipient, const char *file,
	const uint8_t key[RS_AEAD_KEY_LEN], struct rs_buf *out) RS_MUST_USE;
/* 0 or -EBADMSG. */
int vault_key_parse(const char *text, size_t len, struct vault_key *out_key) RS_MUST_USE;
/* 0; -EACCES (not for this private key, or for another file); -EINVAL; -ENOMEM. */
int vault_key_open(const struct rs_recipient *recipient, const struct vault_key *key,
	uint8_t out[RS_AEAD_KEY_LEN]) RS_MUST_USE;

/* --- records --- */

/* The n-th record, n counted from 0; `out` has len + VAULT_RECORD_OVERHEAD octets. 0 or -ENOMEM. */
int vault_record_seal(const uint8_t key[RS_AEAD_KEY_LEN], uint64_t n, uint64_t offset,
	const void *data, size_t len, uint8_t *out) RS_MUST_USE;

/* Where octets come from: how many were read, fewer only at the end, or a negative errno. */
struct vault_source {
	int64_t (*read)(void *ctx, uint64_t offset, void *out, size_t len);
	void *ctx;
};

/* A record as it is found. */
struct vault_record {
	uint64_t n;
	uint64_t at;     /* of its sealed octets in the file */
	uint64_t offset; /* of the plain ones */
	uint32_t len;    /* likewise */
};

struct vault_walk {
	const struct vault_source *source;
	uint64_t n;
	uint64_t at;
	uint64_t size; /* of the plain file, by the records so far */
	bool torn;     /* there are octets of a record that is not whole */
};

/* 0, -EBADMSG (no such file) or the source's error. A file that ends within its first octets is torn. */
int vault_walk_init(struct vault_walk *walk, const struct vault_source *source) RS_MUST_USE;
/* 1 and the next record; 0 at the end; -EBADMSG (no record can be so) or the source's error. */
int vault_walk_next(struct vault_walk *walk, struct vault_record *out_record) RS_MUST_USE;
/* What is sealed in it, into out[len]. 0; -EACCES (changed, or another key); -ENOMEM; the source's error. */
int vault_record_open(const struct vault_source *source, const struct vault_record *record,
	const uint8_t key[RS_AEAD_KEY_LEN], uint8_t *out) RS_MUST_USE;

/* --- events --- */

/* The payload of line `seq`: {"key":1,"digest":"<64 hex>","sealed":"<base64>"}. `salt` is drawn for the
 * line. 0, -E2BIG or -ENOMEM. */
int vault_event_seal(const uint8_t key[RS_AEAD_KEY_LEN], uint32_t number, uint64_t seq,
	const uint8_t salt[VAULT_SALT_LEN], const char *hash, const char *payload, size_t len,
	struct rs_buf *out) RS_MUST_USE;

struct vault_event {
	uint32_t number;    /* of the key */
	const char *digest; /* views into the payload: 64 hex digits */
	const char *sealed; /* base64 */
	size_t sealed_len;
};

/* Whether a payload is one that was sealed, written exactly so. */
bool vault_event_parse(const char *payload, size_t len, struct vault_event *out_event);
/* Salt (VAULT_SALT_LEN), hash, a newline and payload, appended to `out`. 0; -EACCES; -EBADMSG; -E2BIG; -ENOMEM. */
int vault_event_open(const uint8_t key[RS_AEAD_KEY_LEN], uint64_t seq,
	const struct vault_event *event, struct rs_buf *out) RS_MUST_USE;
/* What `digest` says of an event. 0 or -ENOMEM. */
int vault_event_digest(const uint8_t salt[VAULT_SALT_LEN], const char *hash, size_t hash_len,
	const char *payload, size_t len, char out[2 * RS_SHA256_LEN + 1]) RS_MUST_USE;

#endif
