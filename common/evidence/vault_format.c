#include "common/evidence/vault_format.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#define KEY_FORMAT "rostrum-key/1"
/* No plain file is longer: what is above is no offset but damage. */
#define OFFSET_MAX (UINT64_C(1) << 48)
#define HEX_LEN (2 * RS_SHA256_LEN)

bool vault_is_used(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	return names_path(directory, NAMES_KEYS, path) == 0 && access(path, F_OK) == 0;
}

/* --- keys --- */

int vault_key_path(const char *directory, const char *file, char out[ARCHIVE_PATH_LEN])
{
	char flat[NAMES_FILE_LEN];
	if (!rs_set_text(flat, file))
		return -ENOSPC;
	for (char *at = flat; *at != '\0'; at++)
		if (*at == '/')
			*at = '.';
	return rs_format(
		out, ARCHIVE_PATH_LEN, "%s/%s/%s.key", directory, names_place(NAMES_KEYS), flat);
}

static int context_of(const char *file, char out[NAMES_FILE_LEN + sizeof(KEY_FORMAT)])
{
	return rs_format(out, NAMES_FILE_LEN + sizeof(KEY_FORMAT), KEY_FORMAT " %s", file);
}

int vault_key_write(const struct rs_recipient *recipient, const char *file,
	const uint8_t key[RS_AEAD_KEY_LEN], struct rs_buf *out)
{
	char context[NAMES_FILE_LEN + sizeof(KEY_FORMAT)];
	char id[HEX_LEN + 1];
	uint8_t wrapped[RS_WRAPPED_MAX];
	char hex[2 * RS_WRAPPED_MAX + 1];
	int err = context_of(file, context);
	if (err < 0)
		return -EINVAL;
	const int len = rs_wrap(recipient, context, key, wrapped);
	if (len < 0)
		return len;
	rs_hex_encode(rs_recipient_id(recipient), RS_SHA256_LEN, id);
	rs_hex_encode(wrapped, (size_t)len, hex);
	return rs_buf_printf(out,
		"{\"format\":\"" KEY_FORMAT
		"\",\"file\":\"%s\",\"recipient\":\"%s\",\"method\":\"%s\",\"wrapped\":\"%s\"}\n",
		file, id, rs_recipient_method(recipient), hex);
}

static bool is_file_name(const char *text)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./";
	return text != NULL && text[0] != '\0' && strlen(text) < NAMES_FILE_LEN &&
	       strspn(text, allowed) == strlen(text);
}

int vault_key_parse(const char *text, size_t len, struct vault_key *out_key)
{
	json_error_t error;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	const char *format = json_string_value(json_object_get(json, "format"));
	const char *file = json_string_value(json_object_get(json, "file"));
	const char *recipient = json_string_value(json_object_get(json, "recipient"));
	const char *wrapped = json_string_value(json_object_get(json, "wrapped"));
	struct vault_key key = { 0 };
	int err = -EBADMSG;
	if (format != NULL && strcmp(format, KEY_FORMAT) == 0 && is_file_name(file) &&
		recipient != NULL && strlen(recipient) == HEX_LEN && wrapped != NULL &&
		strlen(wrapped) <= 2 * RS_WRAPPED_MAX && strlen(wrapped) % 2 == 0) {
		(void)rs_set_text(key.file, file); /* these two fit */
		(void)rs_set_text(key.recipient, recipient);
		key.wrapped_len = strlen(wrapped) / 2;
		err = rs_hex_decode(wrapped, strlen(wrapped), key.wrapped, key.wrapped_len);
	}
	json_decref(json);
	if (err == 0)
		*out_key = key;
	return err;
}

int vault_key_open(const struct rs_recipient *recipient, const struct vault_key *key,
	uint8_t out[RS_AEAD_KEY_LEN])
{
	char context[NAMES_FILE_LEN + sizeof(KEY_FORMAT)];
	if (context_of(key->file, context) < 0)
		return -EINVAL;
	return rs_unwrap(recipient, context, key->wrapped, key->wrapped_len, out);
}

/* --- records --- */

/* Each key is used for one file only, whose records are numbered: no nonce comes twice. */
static void nonce_of(uint64_t n, uint8_t out[RS_AEAD_NONCE_LEN])
{
	struct rs_writer w;
	rs_writer_init(&w, out, RS_AEAD_NONCE_LEN);
	rs_write_u32(&w, 0);
	rs_write_u64(&w, n);
}

static void write_head(uint64_t offset, uint32_t len, uint8_t out[VAULT_HEAD_LEN])
{
	struct rs_writer w;
	rs_writer_init(&w, out, VAULT_HEAD_LEN);
	rs_write_u32(&w, len);
	rs_write_u64(&w, offset);
}

int vault_record_seal(const uint8_t key[RS_AEAD_KEY_LEN], uint64_t n, uint64_t offset,
	const void *data, size_t len, uint8_t *out)
{
	uint8_t nonce[RS_AEAD_NONCE_LEN];
	nonce_of(n, nonce);
	write_head(offset, (uint32_t)len, out);
	return rs_aead_seal(key, nonce, out, VAULT_HEAD_LEN, data, len, out + VAULT_HEAD_LEN);
}

int vault_walk_init(struct vault_walk *walk, const struct vault_source *source)
{
	char magic[VAULT_MAGIC_LEN];
	*walk = (struct vault_walk){ .source = source, .at = VAULT_MAGIC_LEN };
	const int64_t n = source->read(source->ctx, 0, magic, sizeof(magic));
	if (n < 0)
		return (int)n;
	if (memcmp(magic, VAULT_MAGIC, (size_t)n) != 0)
		return -EBADMSG;
	walk->torn = n < VAULT_MAGIC_LEN;
	return 0;
}

/* Whether the file reaches so far. 1, 0 or an error. */
static int reaches(const struct vault_source *source, uint64_t end)
{
	uint8_t octet;
	const int64_t n = source->read(source->ctx, end - 1, &octet, 1);
	return n < 0 ? (int)n : n == 1;
}

int vault_walk_next(struct vault_walk *walk, struct vault_record *out_record)
{
	uint8_t head[VAULT_HEAD_LEN];
	if (walk->torn)
		return 0;
	const int64_t n = walk->source->read(walk->source->ctx, walk->at, head, sizeof(head));
	if (n <= 0)
		return (int)n;
	if (n < VAULT_HEAD_LEN) {
		walk->torn = true;
		return 0;
	}
	struct rs_reader r;
	rs_reader_init(&r, head, sizeof(head));
	const uint32_t len = rs_read_u32(&r);
	const uint64_t offset = rs_read_u64(&r);
	/* A hole would be octets nobody wrote. */
	if (len == 0 || len > VAULT_RECORD_MAX || offset > walk->size || offset > OFFSET_MAX)
		return -EBADMSG;
	const uint64_t end = walk->at + VAULT_RECORD_OVERHEAD + len;
	const int whole = reaches(walk->source, end);
	if (whole < 0)
		return whole;
	walk->torn = whole == 0;
	if (walk->torn)
		return 0;
	*out_record = (struct vault_record){
		.n = walk->n, .at = walk->at + VAULT_HEAD_LEN, .offset = offset, .len = len
	};
	walk->n++;
	walk->at = end;
	if (offset + len > walk->size)
		walk->size = offset + len;
	return 1;
}

int vault_record_open(const struct vault_source *source, const struct vault_record *record,
	const uint8_t key[RS_AEAD_KEY_LEN], uint8_t *out)
{
	const size_t len = (size_t)record->len + RS_AEAD_TAG_LEN;
	uint8_t nonce[RS_AEAD_NONCE_LEN];
	uint8_t head[VAULT_HEAD_LEN];
	RS_CLEANUP(rs_releasep) uint8_t *sealed = rs_zalloc(len);
	if (sealed == NULL)
		return -ENOMEM;
	const int64_t n = source->read(source->ctx, record->at, sealed, len);
	if (n < 0)
		return (int)n;
	if ((size_t)n < len)
		return -EACCES;
	nonce_of(record->n, nonce);
	write_head(record->offset, record->len, head);
	return rs_aead_open(key, nonce, head, sizeof(head), sealed, len, out);
}

/* --- events --- */

int vault_event_digest(const uint8_t salt[VAULT_SALT_LEN], const char *hash, size_t hash_len,
	const char *payload, size_t len, char out[HEX_LEN + 1])
{
	struct rs_hash *sum = NULL;
	uint8_t digest[RS_SHA256_LEN];
	const int err = rs_hash_new(RS_HASH_SHA256, &sum);
	if (err < 0)
		return err;
	rs_hash_add(sum, salt, VAULT_SALT_LEN);
	rs_hash_add(sum, hash, hash_len);
	rs_hash_add(sum, "\n", 1);
	rs_hash_add(sum, payload, len);
	rs_hash_finish(sum, digest);
	rs_hash_free(sum);
	rs_hex_encode(digest, sizeof(digest), out);
	return 0;
}

int vault_event_seal(const uint8_t key[RS_AEAD_KEY_LEN], uint32_t number, uint64_t seq,
	const uint8_t salt[VAULT_SALT_LEN], const char *hash, const char *payload, size_t len,
	struct rs_buf *out)
{
	const size_t hash_len = strlen(hash);
	const size_t plain_len = VAULT_SALT_LEN + hash_len + 1 + len;
	const size_t base64_cap = 4 * ((plain_len + RS_AEAD_TAG_LEN + 2) / 3) + 1;
	uint8_t nonce[RS_AEAD_NONCE_LEN];
	char digest[HEX_LEN + 1];
	RS_CLEANUP(rs_releasep) uint8_t *plain = rs_zalloc(plain_len);
	RS_CLEANUP(rs_releasep) uint8_t *sealed = rs_zalloc(plain_len + RS_AEAD_TAG_LEN);
	RS_CLEANUP(rs_releasep) char *base64 = rs_zalloc(base64_cap);
	if (plain == NULL || sealed == NULL || base64 == NULL)
		return -ENOMEM;
	memcpy(plain, salt, VAULT_SALT_LEN);
	memcpy(plain + VAULT_SALT_LEN, hash, hash_len);
	plain[VAULT_SALT_LEN + hash_len] = '\n';
	memcpy(plain + VAULT_SALT_LEN + hash_len + 1, payload, len);
	nonce_of(seq, nonce);
	int err = rs_aead_seal(key, nonce, "", 0, plain, plain_len, sealed);
	rs_wipe(plain, plain_len);
	if (err == 0)
		err = vault_event_digest(salt, hash, hash_len, payload, len, digest);
	if (err == 0)
		err = rs_base64_encode(sealed, plain_len + RS_AEAD_TAG_LEN, base64, base64_cap);
	return err < 0 ? err
		       : rs_buf_printf(out,
				 "{\"key\":%" PRIu32 ",\"digest\":\"%s\",\"sealed\":\"%s\"}",
				 number, digest, base64);
}

static bool skip(const char **at, const char *end, const char *text)
{
	const size_t len = strlen(text);
	if ((size_t)(end - *at) < len || memcmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

bool vault_event_parse(const char *payload, size_t len, struct vault_event *out_event)
{
	static const char base64[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	const char *at = payload;
	const char *end = payload + len;
	struct vault_event event;
	if (!skip(&at, end, "{\"key\":"))
		return false;
	const char *comma = memchr(at, ',', (size_t)(end - at));
	if (comma == NULL || rs_parse_u32(at, (size_t)(comma - at), UINT32_MAX, &event.number) < 0)
		return false;
	at = comma;
	if (!skip(&at, end, ",\"digest\":\"") || end - at < HEX_LEN)
		return false;
	event.digest = at;
	for (size_t i = 0; i < HEX_LEN; i++, at++)
		if (memchr("0123456789abcdef", *at, 16) == NULL)
			return false;
	if (!skip(&at, end, "\",\"sealed\":\"") || end - at < 2)
		return false;
	event.sealed = at;
	event.sealed_len = (size_t)(end - at) - 2;
	for (size_t i = 0; i < event.sealed_len; i++)
		if (memchr(base64, at[i], sizeof(base64) - 1) == NULL)
			return false;
	at += event.sealed_len;
	*out_event = event;
	return skip(&at, end, "\"}");
}

int vault_event_open(const uint8_t key[RS_AEAD_KEY_LEN], uint64_t seq,
	const struct vault_event *event, struct rs_buf *out)
{
	const size_t cap = event->sealed_len / 4 * 3 + 3;
	uint8_t nonce[RS_AEAD_NONCE_LEN];
	RS_CLEANUP(rs_releasep) uint8_t *sealed = rs_zalloc(cap);
	if (sealed == NULL)
		return -ENOMEM;
	const int n = rs_base64_decode(event->sealed, event->sealed_len, sealed, cap);
	if (n < RS_AEAD_TAG_LEN + VAULT_SALT_LEN + 1)
		return -EBADMSG;
	const size_t plain_len = (size_t)n - RS_AEAD_TAG_LEN;
	uint8_t *room = rs_buf_room(out, plain_len);
	if (room == NULL)
		return -ENOMEM;
	nonce_of(seq, nonce);
	const int err = rs_aead_open(key, nonce, "", 0, sealed, (size_t)n, room);
	if (err < 0)
		return err;
	if (memchr(room + VAULT_SALT_LEN, '\n', plain_len - VAULT_SALT_LEN) == NULL)
		return -EBADMSG;
	rs_buf_commit(out, plain_len);
	return 0;
}
