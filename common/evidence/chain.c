#include "common/evidence/chain.h"

#include "common/base/hash.h"
#include "common/base/text.h"
#include "common/base/time.h"
#include "common/evidence/chain_unsealed.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define SUM_LEN (sizeof(",\"sum\":\"\"}") - 1 + CHAIN_HASH_LEN - 1)
#define PREV_LEN (sizeof(",\"prev\":\"\"") - 1 + CHAIN_HASH_LEN - 1)

void chain_init(struct chain *chain)
{
	*chain = (struct chain){ 0 };
	memset(chain->prev, '0', CHAIN_HASH_LEN - 1);
}

static void hash_hex(const void *data, size_t len, char out[CHAIN_HASH_LEN])
{
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(data, len, digest);
	rs_hex_encode(digest, sizeof(digest), out);
}

static int write_front(struct chain *chain, const struct chain_entry *entry, struct rs_buf *out)
{
	char utc[RS_TIME_TEXT_LEN];
	rs_wall_format(entry->wall_ms, utc);
	int err = rs_buf_printf(out, "{\"seq\":%" PRIu64 ",\"utc\":\"%s\",\"type\":\"%s\"",
		chain->seq + 1, utc, entry->type);
	if (err == 0 && entry->hash != NULL)
		err = rs_buf_printf(
			out, ",\"event\":%" PRId64 ",\"hash\":\"%s\"", entry->event, entry->hash);
	if (err == 0)
		err = rs_buf_printf(out, ",\"payload\":");
	if (err == 0)
		err = rs_buf_append(out, entry->payload, entry->payload_len);
	return err;
}

int chain_write(struct chain *chain, const struct chain_entry *entry, struct rs_buf *out)
{
	struct rs_buf line;
	rs_buf_init(&line, CHAIN_LINE_MAX);
	char sum[CHAIN_HASH_LEN];
	int err = write_front(chain, entry, &line);
	if (err == 0)
		err = rs_buf_printf(&line, ",\"prev\":\"%s\"", chain->prev);
	if (err == 0) {
		hash_hex(rs_buf_data(&line), rs_buf_len(&line), sum);
		err = rs_buf_printf(&line, ",\"sum\":\"%s\"}\n", sum);
	}
	if (err == 0)
		err = rs_buf_append(out, rs_buf_data(&line), rs_buf_len(&line));
	if (err == 0) {
		chain->seq++;
		chain->size += rs_buf_len(&line);
		hash_hex(rs_buf_data(&line), rs_buf_len(&line) - 1, chain->prev);
	}
	rs_buf_done(&line);
	return err;
}

/* The members that stand at fixed places at the end: their text, or NULL. */
static const char *tail_member(const struct line *line, size_t from_end, const char *head)
{
	if (line->len < from_end + 1)
		return NULL;
	const char *at = line->text + line->len - from_end;
	return strncmp(at, head, strlen(head)) == 0 ? at + strlen(head) : NULL;
}

static int parse_members(const struct line *line, struct chain_line *out)
{
	json_error_t error;
	json_t *json = json_loadb(line->text, line->len, JSON_REJECT_DUPLICATES, &error);
	const json_t *seq = json_object_get(json, "seq");
	const json_t *event = json_object_get(json, "event");
	const char *type = json_string_value(json_object_get(json, "type"));
	const char *hash = json_string_value(json_object_get(json, "hash"));
	int err = -EBADMSG;
	if (json_is_integer(seq) && type != NULL && strlen(type) < sizeof(out->type) &&
		json_object_get(json, "payload") != NULL) {
		out->seq = (uint64_t)json_integer_value(seq);
		out->event = json_integer_value(event);
		if (hash == NULL || !rs_copy_text(out->hash, sizeof(out->hash), hash, strlen(hash)))
			out->hash[0] = '\0';
		(void)rs_copy_text(out->type, sizeof(out->type), type, strlen(type)); /* fits */
		err = 0;
	}
	json_decref(json);
	return err;
}

/* The payload as it was given, octet for octet: between its key, the first of that name in a line
 * whose members before it are ours, and the members after it, which have fixed lengths. */
static void find_payload(const struct line *line, size_t len, struct chain_line *out)
{
	static const char key[] = ",\"payload\":";
	const char *at = memmem(line->text, line->len, key, sizeof(key) - 1);
	const char *end = line->text + len;
	out->payload = at != NULL && at + sizeof(key) - 1 <= end ? at + sizeof(key) - 1 : end;
	out->payload_len = (size_t)(end - out->payload);
}

bool chain_before(struct chain *chain, const struct line *line)
{
	json_error_t error;
	json_t *json = json_loadb(line->text, line->len, JSON_REJECT_DUPLICATES, &error);
	const char *prev = json_string_value(json_object_get(json, "prev"));
	const json_int_t seq = json_integer_value(json_object_get(json, "seq"));
	chain_init(chain);
	const bool says = prev != NULL && strlen(prev) == CHAIN_HASH_LEN - 1 && seq > 0;
	if (says) {
		memcpy(chain->prev, prev, CHAIN_HASH_LEN);
		chain->seq = (uint64_t)seq - 1;
	}
	json_decref(json);
	return says;
}

int chain_read(
	struct chain *chain, const struct line *line, struct chain_line *out_line, const char **why)
{
	const char *sum = tail_member(line, SUM_LEN, ",\"sum\":\"");
	const char *prev = tail_member(line, SUM_LEN + PREV_LEN, ",\"prev\":\"");
	if (!line->whole || sum == NULL || prev == NULL || parse_members(line, out_line) < 0) {
		*why = "is no whole line of this kind";
		return -EBADMSG;
	}
	/* Digests are those of the line as it was recorded. */
	char expected[CHAIN_HASH_LEN];
	char whole[CHAIN_HASH_LEN];
	struct rs_buf recorded;
	size_t payload_end = line->len - SUM_LEN - PREV_LEN;
	rs_buf_init(&recorded, CHAIN_LINE_MAX);
	const int unsealed =
		chain_unsealed_rebuild(line, SUM_LEN + PREV_LEN, &recorded, &payload_end);
	const char *text = unsealed == 1 ? (const char *)rs_buf_data(&recorded) : line->text;
	const size_t len = unsealed == 1 ? rs_buf_len(&recorded) : line->len;
	hash_hex(text, len - SUM_LEN, expected);
	hash_hex(text, len, whole);
	rs_buf_done(&recorded);
	find_payload(line, payload_end, out_line);

	int err = -EPROTO;
	if (strncmp(sum, expected, CHAIN_HASH_LEN - 1) != 0)
		*why = "does not have the digest it says";
	else if (out_line->seq != chain->seq + 1)
		*why = "is out of sequence";
	else if (strncmp(prev, chain->prev, CHAIN_HASH_LEN - 1) != 0)
		*why = "does not follow the line before it";
	else
		err = 0;
	chain->seq = out_line->seq;
	chain->size = line->offset + line->len + 1;
	memcpy(chain->prev, whole, sizeof(whole));
	return err;
}

bool chain_is_torn(const struct line *line)
{
	static const char key[] = ",\"sum\":\"";
	if (line->whole)
		return false;
	const char *sum = memmem(line->text, line->len, key, sizeof(key) - 1);
	return sum == NULL || (size_t)(line->text + line->len - sum) <= SUM_LEN;
}
