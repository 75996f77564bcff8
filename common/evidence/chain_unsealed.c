#include "common/evidence/chain_unsealed.h"

#include "common/evidence/vault_format.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char hash_key[] = ",\"hash\":\"";
static const char payload_key[] = "\",\"payload\":";
static const char unsealed_key[] = ",\"unsealed\":{\"key\":";
static const char salt_key[] = ",\"salt\":\"";
static const char sealed_key[] = "\",\"sealed\":\"";

/* The parts of a line, by their offsets in it. */
struct parts {
	size_t hash;     /* behind the quote */
	size_t hash_end; /* at the quote */
	size_t payload;
	size_t payload_end;
};

static size_t find(const struct line *line, size_t from, size_t to, const char *text)
{
	const char *at = memmem(line->text + from, to - from, text, strlen(text));
	return at != NULL ? (size_t)(at - line->text) : to;
}

/* Our own members come first in a line, so the first of the name is ours. */
static bool find_parts(const struct line *line, size_t end, struct parts *out)
{
	const size_t hash = find(line, 0, end, hash_key);
	if (hash == end)
		return false;
	out->hash = hash + sizeof(hash_key) - 1;
	out->hash_end = find(line, out->hash, end, payload_key);
	if (out->hash_end == end ||
		memchr(line->text + out->hash, '"', out->hash_end - out->hash) != NULL)
		return false;
	out->payload = out->hash_end + sizeof(payload_key) - 1;
	out->payload_end = end;
	return true;
}

struct unsealed {
	uint32_t key;
	uint8_t salt[VAULT_SALT_LEN];
	const char *sealed;
	size_t sealed_len;
};

static bool skip(const char **at, const char *end, const char *text)
{
	const size_t len = strlen(text);
	if ((size_t)(end - *at) < len || memcmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

/* Its text up to `end`: N,"salt":"...","sealed":"..."} */
static bool parse(const char *at, const char *end, struct unsealed *out)
{
	const char *comma = memchr(at, ',', (size_t)(end - at));
	if (comma == NULL || rs_parse_u32(at, (size_t)(comma - at), UINT32_MAX, &out->key) < 0)
		return false;
	at = comma;
	if (!skip(&at, end, salt_key) || end - at < 2 * VAULT_SALT_LEN ||
		rs_hex_decode(at, (size_t)2 * VAULT_SALT_LEN, out->salt, VAULT_SALT_LEN) < 0)
		return false;
	at += 2 * VAULT_SALT_LEN;
	if (!skip(&at, end, sealed_key) || end - at < 2 || memcmp(end - 2, "\"}", 2) != 0)
		return false;
	out->sealed = at;
	out->sealed_len = (size_t)(end - at) - 2;
	return memchr(at, '"', out->sealed_len) == NULL;
}

int chain_unsealed_rebuild(
	const struct line *line, size_t tail, struct rs_buf *out, size_t *out_payload_end)
{
	struct parts parts;
	struct unsealed unsealed;
	char digest[2 * RS_SHA256_LEN + 1];
	if (line->len < tail)
		return 0;
	/* The last one: a payload may hold the same words. */
	const size_t end = line->len - tail;
	size_t last = end;
	for (size_t at = find(line, 0, end, unsealed_key); at != end;
		at = find(line, at + 1, end, unsealed_key))
		last = at;
	if (last == end || !find_parts(line, last, &parts) ||
		!parse(line->text + last + sizeof(unsealed_key) - 1, line->text + end, &unsealed))
		return 0;
	int err = vault_event_digest(unsealed.salt, line->text + parts.hash,
		parts.hash_end - parts.hash, line->text + parts.payload,
		parts.payload_end - parts.payload, digest);
	if (err == 0)
		err = rs_buf_append(out, line->text, parts.hash);
	if (err == 0)
		err = rs_buf_printf(out, "%s{\"key\":%" PRIu32 ",\"digest\":\"%s", payload_key,
			unsealed.key, digest);
	if (err == 0)
		err = rs_buf_append(out, sealed_key, sizeof(sealed_key) - 1);
	if (err == 0)
		err = rs_buf_append(out, unsealed.sealed, unsealed.sealed_len);
	if (err == 0)
		err = rs_buf_append(out, "\"}", 2);
	if (err == 0)
		err = rs_buf_append(out, line->text + end, tail);
	*out_payload_end = last;
	return err < 0 ? err : 1;
}

int chain_unsealed_write(
	const struct line *line, size_t tail, const struct rs_buf *plain, struct rs_buf *out)
{
	struct parts parts;
	struct vault_event event;
	char salt[2 * VAULT_SALT_LEN + 1];
	if (line->len < tail || !find_parts(line, line->len - tail, &parts) ||
		parts.hash != parts.hash_end ||
		!vault_event_parse(
			line->text + parts.payload, parts.payload_end - parts.payload, &event))
		return -EBADMSG;
	const uint8_t *opened = rs_buf_data(plain);
	const uint8_t *hash = opened + VAULT_SALT_LEN;
	const uint8_t *end = opened + rs_buf_len(plain);
	const uint8_t *line_end = memchr(hash, '\n', (size_t)(end - hash));
	if (line_end == NULL)
		return -EBADMSG;
	rs_hex_encode(opened, VAULT_SALT_LEN, salt);
	int err = rs_buf_append(out, line->text, parts.hash);
	if (err == 0)
		err = rs_buf_append(out, hash, (size_t)(line_end - hash));
	if (err == 0)
		err = rs_buf_append(out, payload_key, sizeof(payload_key) - 1);
	if (err == 0)
		err = rs_buf_append(out, line_end + 1, (size_t)(end - line_end) - 1);
	if (err == 0)
		err = rs_buf_printf(out, "%s%" PRIu32 "%s%s%s", unsealed_key, event.number,
			salt_key, salt, sealed_key);
	if (err == 0)
		err = rs_buf_append(out, event.sealed, event.sealed_len);
	if (err == 0)
		err = rs_buf_append(out, "\"}", 2);
	if (err == 0)
		err = rs_buf_append(out, line->text + line->len - tail, tail);
	return err == 0 ? rs_buf_append(out, "\n", 1) : err;
}
