#include "common/evidence/heads.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 512
/* A run takes its name, two numbers and a digest. */
#define RUN_MAX (NAMES_FILE_LEN + 32 + 2 * RS_SHA256_LEN)
#define PAYLOAD_MAX(runs) ((runs)*RUN_MAX + 1024)

struct pending {
	char file[NAMES_FILE_LEN];
	uint32_t number;
	struct merkle_hash leaf;
};

struct heads {
	const struct rs_signer *signer;
	char session_sha256[CHAIN_HASH_LEN];
	rs_time interval;
	size_t pending_max;
	struct merkle_tree tree;
	struct chain chain;
	struct pending *pending;
	size_t n_pending;
	size_t cap;
	rs_time since; /* when the first of them came */
};

int heads_new(const struct heads_config *config, struct heads **out_heads)
{
	uint8_t digest[RS_SHA256_LEN];
	if (config->pending_max == 0 ||
		rs_hex_decode(config->session_sha256, strlen(config->session_sha256), digest,
			sizeof(digest)) < 0)
		return -EINVAL;
	struct heads *heads = rs_zalloc(sizeof(*heads));
	if (heads == NULL)
		return -ENOMEM;
	heads->signer = config->signer;
	rs_hex_encode(digest, sizeof(digest), heads->session_sha256);
	heads->interval = config->interval;
	heads->pending_max = config->pending_max;
	chain_init(&heads->chain);
	*out_heads = heads;
	return 0;
}

struct heads *heads_free(struct heads *heads)
{
	if (heads == NULL)
		return NULL;
	rs_release(heads->pending);
	return rs_release(heads);
}

void heads_freep(struct heads **heads)
{
	*heads = heads_free(*heads);
}

void heads_resume(struct heads *heads, const struct chain *chain, const struct merkle_tree *tree)
{
	heads->chain = *chain;
	heads->tree = *tree;
}

static int make_room(struct heads *heads)
{
	if (heads->n_pending < heads->cap)
		return 0;
	size_t cap = heads->cap == 0 ? 64 : 2 * heads->cap;
	if (cap > heads->pending_max)
		cap = heads->pending_max;
	struct pending *larger = rs_calloc(cap, sizeof(*larger));
	if (larger == NULL)
		return -ENOMEM;
	if (heads->n_pending > 0)
		memcpy(larger, heads->pending, heads->n_pending * sizeof(*larger));
	rs_release(heads->pending);
	heads->pending = larger;
	heads->cap = cap;
	return 0;
}

int heads_add(struct heads *heads, const struct merkle_cluster *cluster, rs_time now)
{
	struct pending one = { .number = cluster->number };
	if (heads->n_pending == heads->pending_max)
		return -E2BIG;
	int err = merkle_cluster_leaf(cluster, &one.leaf);
	if (err == 0)
		err = make_room(heads);
	if (err < 0)
		return err;
	(void)rs_set_text(one.file, cluster->file); /* its length was checked for the leaf */
	if (heads->n_pending == 0)
		heads->since = now;
	heads->pending[heads->n_pending++] = one;
	return 0;
}

rs_time heads_deadline(const struct heads *heads)
{
	if (heads->n_pending == 0)
		return RS_TIME_NEVER;
	return heads->n_pending == heads->pending_max ? heads->since
						      : heads->since + heads->interval;
}

static int compare(const void *left, const void *right)
{
	const struct pending *a = left;
	const struct pending *b = right;
	const int files = strcmp(a->file, b->file);
	if (files != 0)
		return files;
	return (a->number > b->number) - (a->number < b->number);
}

static bool follows(const struct pending *one, const struct pending *before)
{
	return strcmp(one->file, before->file) == 0 && one->number == before->number + 1;
}

static int write_run(const struct pending *run, size_t n, bool first, struct rs_buf *out)
{
	struct merkle_tree tree = { 0 };
	char hex[CHAIN_HASH_LEN];
	for (size_t i = 0; i < n; i++) {
		const int err = merkle_append(&tree, &run[i].leaf);
		if (err < 0)
			return err;
	}
	const struct merkle_hash root = merkle_root(&tree);
	rs_hex_encode(root.octets, sizeof(root.octets), hex);
	return rs_buf_printf(out, "%s[\"%s\",%" PRIu32 ",%zu,\"%s\"]", first ? "" : ",", run->file,
		run->number, n, hex);
}

static int write_runs(const struct heads *heads, struct rs_buf *out)
{
	int err = 0;
	size_t first = 0;
	for (size_t i = 1; i <= heads->n_pending && err == 0; i++) {
		if (i < heads->n_pending && follows(&heads->pending[i], &heads->pending[i - 1]))
			continue;
		err = write_run(&heads->pending[first], i - first, first == 0, out);
		first = i;
	}
	return err;
}

/* What a signature is over. */
struct statement {
	const char *session_sha256;
	uint64_t seq;
	const char *utc;
	size_t utc_len;
	uint64_t size;
	const char *root;
	uint64_t events_seq;
	const char *events_sum;
	const char *prev;
};

static size_t write_statement(const struct statement *s, char out[TEXT_MAX])
{
	const int err = rs_format(out, TEXT_MAX,
		"rostrum tree head 1\n%s\n%" PRIu64 " %.*s\n%" PRIu64 " %s\n%" PRIu64
		" %s\n%.64s\n",
		s->session_sha256, s->seq, (int)s->utc_len, s->utc, s->size, s->root, s->events_seq,
		s->events_sum, s->prev);
	return err < 0 ? 0 : strlen(out);
}

static int sign(const struct heads *heads, const struct statement *statement,
	char out_hex[2 * RS_SIGNATURE_LEN + 1])
{
	char text[TEXT_MAX];
	uint8_t signature[RS_SIGNATURE_LEN];
	const size_t len = write_statement(statement, text);
	const int err = rs_sign(heads->signer, text, len, signature);
	if (err == 0)
		rs_hex_encode(signature, sizeof(signature), out_hex);
	return err;
}

static int write_payload(
	const struct heads *heads, const struct statement *statement, struct rs_buf *out)
{
	char signature[2 * RS_SIGNATURE_LEN + 1];
	char key[2 * RS_SIGN_PUBLIC_LEN + 1];
	rs_hex_encode(rs_signer_public(heads->signer), RS_SIGN_PUBLIC_LEN, key);
	int err = sign(heads, statement, signature);
	if (err == 0)
		err = rs_buf_printf(out, "{\"size\":%" PRIu64 ",\"root\":\"%s\",\"added\":[",
			statement->size, statement->root);
	if (err == 0)
		err = write_runs(heads, out);
	if (err == 0)
		err = rs_buf_printf(out,
			"],\"events\":[%" PRIu64 ",\"%s\"],\"key\":\"%s\",\"sig\":\"%s\"}",
			statement->events_seq, statement->events_sum, key, signature);
	return err;
}

int heads_write(
	struct heads *heads, const struct chain *events, int64_t wall_ms, struct rs_buf *out)
{
	if (heads->n_pending > 1)
		qsort(heads->pending, heads->n_pending, sizeof(*heads->pending), compare);
	struct merkle_tree tree = heads->tree;
	for (size_t i = 0; i < heads->n_pending; i++) {
		const int err = merkle_append(&tree, &heads->pending[i].leaf);
		if (err < 0)
			return err;
	}
	char utc[RS_TIME_TEXT_LEN];
	char root[CHAIN_HASH_LEN];
	const struct merkle_hash hash = merkle_root(&tree);
	rs_wall_format(wall_ms, utc);
	rs_hex_encode(hash.octets, sizeof(hash.octets), root);
	const struct statement statement = { .session_sha256 = heads->session_sha256,
		.seq = heads->chain.seq + 1,
		.utc = utc,
		.utc_len = strlen(utc),
		.size = tree.size,
		.root = root,
		.events_seq = events->seq,
		.events_sum = events->prev,
		.prev = heads->chain.prev };
	struct rs_buf payload;
	rs_buf_init(&payload, PAYLOAD_MAX(heads->n_pending));
	int err = write_payload(heads, &statement, &payload);
	const struct chain_entry entry = { .type = HEADS_TYPE,
		.wall_ms = wall_ms,
		.payload = (const char *)rs_buf_data(&payload),
		.payload_len = rs_buf_len(&payload) };
	if (err == 0)
		err = chain_write(&heads->chain, &entry, out);
	rs_buf_done(&payload);
	if (err < 0)
		return err;
	heads->tree = tree;
	heads->n_pending = 0;
	return 0;
}

/* --- reading --- */

static bool get_hex(const json_t *json, uint8_t *out, size_t len)
{
	const char *text = json_string_value(json);
	return text != NULL && rs_hex_decode(text, strlen(text), out, len) == 0;
}

static bool get_u64(const json_t *json, uint64_t *out)
{
	const json_int_t value = json_integer_value(json);
	if (!json_is_integer(json) || value < 0)
		return false;
	*out = (uint64_t)value;
	return true;
}

static bool run_valid(const json_t *run)
{
	uint64_t first;
	uint64_t n;
	struct merkle_hash root;
	return json_array_size(run) == 4 &&
	       get_hex(json_array_get(run, 3), root.octets, sizeof(root.octets)) &&
	       json_string_length(json_array_get(run, 0)) > 0 &&
	       json_string_length(json_array_get(run, 0)) < NAMES_FILE_LEN &&
	       get_u64(json_array_get(run, 1), &first) && get_u64(json_array_get(run, 2), &n) &&
	       n > 0 && n <= UINT32_MAX && first <= UINT32_MAX - n;
}

static bool runs_valid(const json_t *added)
{
	size_t i;
	const json_t *run;
	if (!json_is_array(added))
		return false;
	json_array_foreach(added, i, run)
	{
		if (!run_valid(run))
			return false;
	}
	return true;
}

static bool parse_payload(const json_t *json, struct head *out, uint8_t signature[RS_SIGNATURE_LEN])
{
	const json_t *events = json_object_get(json, "events");
	uint8_t sum[RS_SHA256_LEN];
	json_t *added = json_object_get(json, "added");
	if (!get_u64(json_object_get(json, "size"), &out->size) ||
		!get_hex(json_object_get(json, "root"), out->root.octets, RS_SHA256_LEN) ||
		!get_u64(json_array_get(events, 0), &out->events_seq) ||
		!get_hex(json_array_get(events, 1), sum, sizeof(sum)) ||
		!get_hex(json_object_get(json, "key"), out->key, sizeof(out->key)) ||
		!get_hex(json_object_get(json, "sig"), signature, RS_SIGNATURE_LEN) ||
		!runs_valid(added))
		return false;
	rs_hex_encode(sum, sizeof(sum), out->events_sum);
	out->added = json_incref(added);
	return true;
}

/* `prev` is the digest of the line before: the chain stands behind this one already. */
static int check_signature(const struct head *head, const char *session_sha256,
	const struct chain_line *entry, const struct line *line, const char *prev,
	const uint8_t signature[RS_SIGNATURE_LEN])
{
	static const char key[] = ",\"utc\":\"";
	char text[TEXT_MAX];
	char root[CHAIN_HASH_LEN];
	const char *utc = memmem(line->text, line->len, key, sizeof(key) - 1);
	if (utc == NULL || (size_t)(line->text + line->len - utc) < sizeof(key) + RS_TIME_TEXT_LEN)
		return -EACCES;
	utc += sizeof(key) - 1;
	const char *end = memchr(utc, '"', RS_TIME_TEXT_LEN);
	if (end == NULL)
		return -EACCES;
	rs_hex_encode(head->root.octets, sizeof(head->root.octets), root);
	const struct statement statement = { .session_sha256 = session_sha256,
		.seq = entry->seq,
		.utc = utc,
		.utc_len = (size_t)(end - utc),
		.size = head->size,
		.root = root,
		.events_seq = head->events_seq,
		.events_sum = head->events_sum,
		.prev = prev };
	const size_t len = write_statement(&statement, text);
	return rs_sign_check(head->key, text, len, signature);
}

int head_read(struct chain *chain, const struct line *line, const char *session_sha256,
	struct head *out_head, const char **why)
{
	struct head head = { 0 };
	struct chain_line entry;
	uint8_t signature[RS_SIGNATURE_LEN];
	char prev[CHAIN_HASH_LEN];
	memcpy(prev, chain->prev, sizeof(prev));
	int err = chain_read(chain, line, &entry, why);
	if (err < 0)
		return err;
	json_error_t error;
	json_t *json = json_loadb(entry.payload, entry.payload_len, JSON_REJECT_DUPLICATES, &error);
	if (strcmp(entry.type, HEADS_TYPE) != 0 || !parse_payload(json, &head, signature)) {
		*why = "is no head of a tree";
		err = -EBADMSG;
	} else {
		err = check_signature(&head, session_sha256, &entry, line, prev, signature);
	}
	json_decref(json);
	if (err == -EACCES)
		*why = "is not signed by the key it names";
	if (err < 0)
		head_done(&head);
	else
		*out_head = head;
	return err;
}

void head_done(struct head *head)
{
	json_decref(head->added);
	head->added = NULL;
}

size_t head_runs(const struct head *head)
{
	return json_array_size(head->added);
}

struct head_run head_run(const struct head *head, size_t i)
{
	const json_t *run = json_array_get(head->added, i);
	struct head_run out = { .file = json_string_value(json_array_get(run, 0)),
		.first = (uint32_t)json_integer_value(json_array_get(run, 1)),
		.n = (uint32_t)json_integer_value(json_array_get(run, 2)) };
	(void)get_hex(
		json_array_get(run, 3), out.root.octets, sizeof(out.root.octets)); /* run_valid() */
	return out;
}
