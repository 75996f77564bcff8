#include "common/evidence/ledger.h"

#include "common/base/hash.h"
#include "common/base/text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

void ledger_init(struct ledger *ledger)
{
	*ledger = (struct ledger){ 0 };
	memset(ledger->head, '0', LEDGER_HASH_LEN - 1);
}

void ledger_follow(struct ledger *ledger, const void *line, size_t len)
{
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(line, len, digest);
	rs_hex_encode(digest, sizeof(digest), ledger->head);
	ledger->clusters++;
	ledger->size += len + 1;
}

static bool get_int(const json_t *json, const char *key, int64_t *out)
{
	const json_t *value = json_object_get(json, key);
	if (!json_is_integer(value))
		return false;
	*out = json_integer_value(value);
	return true;
}

static bool get_count(const json_t *json, const char *key, uint64_t *out)
{
	int64_t value;
	if (!get_int(json, key, &value) || value < 0)
		return false;
	*out = (uint64_t)value;
	return true;
}

static bool get_hash(const json_t *json, const char *key, char out[LEDGER_HASH_LEN])
{
	const char *text = json_string_value(json_object_get(json, key));
	return text != NULL && strlen(text) == LEDGER_HASH_LEN - 1 &&
	       rs_copy_text(out, LEDGER_HASH_LEN, text, LEDGER_HASH_LEN - 1);
}

/* From seq0 to seq1, which stand in a line only where packets came. */
static bool get_span(const json_t *json, struct ledger_line *line, uint64_t *out)
{
	line->seq1 = -1;
	*out = 0;
	if (json_object_get(json, "seq0") == NULL && json_object_get(json, "seq1") == NULL)
		return true;
	if (!get_int(json, "seq0", &line->seq0) || !get_int(json, "seq1", &line->seq1) ||
		line->seq0 < 0 || line->seq1 < line->seq0)
		return false;
	*out = (uint64_t)(line->seq1 - line->seq0) + 1;
	return true;
}

/* What a line may have, and one of an earlier version has not. */
static bool get_more(const json_t *json, struct ledger_line *line)
{
	const json_t *delivered = json_object_get(json, "delivered");
	uint64_t ssrc = 0;
	if (json_object_get(json, "ssrc") != NULL &&
		(!get_count(json, "ssrc", &ssrc) || ssrc > UINT32_MAX))
		return false;
	line->ssrc = (uint32_t)ssrc;
	line->delivered = json_is_true(delivered);
	(void)get_int(json, "rtp0", &line->rtp0); /* stands where packets came */
	(void)get_int(json, "arr0_us", &line->arrival_us);
	return delivered == NULL || json_is_true(delivered);
}

struct parsed {
	struct ledger_line line;
	char prev[LEDGER_HASH_LEN];
	uint64_t expected;
	uint64_t span; /* of the sequence numbers; 0 = no packet came */
};

static int parse_line(const struct line *line, struct parsed *out)
{
	json_error_t error;
	json_t *json = json_loadb(line->text, line->len, JSON_REJECT_DUPLICATES, &error);
	uint64_t cluster = 0;
	uint64_t blocks = 0;
	struct ledger_line *l = &out->line;
	const bool good =
		json != NULL && get_count(json, "cluster", &cluster) &&
		get_count(json, "off", &l->offset) && get_count(json, "len", &l->len) &&
		get_hash(json, "sha256", l->sha256) && get_int(json, "t0", &l->t0_ms) &&
		get_int(json, "t1", &l->t1_ms) && get_count(json, "blocks", &blocks) &&
		get_count(json, "expected", &out->expected) &&
		get_count(json, "received", &l->received) && get_count(json, "lost", &l->lost) &&
		get_count(json, "skipped", &l->skipped) &&
		get_count(json, "synthetic", &l->synthetic) &&
		get_count(json, "dropped", &l->dropped) && get_span(json, l, &out->span) &&
		get_more(json, l) && get_hash(json, "prev", out->prev) && cluster <= UINT32_MAX &&
		blocks <= UINT32_MAX;
	json_decref(json);
	if (!good)
		return -EBADMSG;
	l->cluster = (uint32_t)cluster;
	l->blocks = (uint32_t)blocks;
	return 0;
}

int ledger_read(struct ledger *ledger, const struct line *line, struct ledger_line *out_line,
	const char **why)
{
	struct parsed parsed = { .expected = 0 };
	if (!line->whole || parse_line(line, &parsed) < 0) {
		*why = "is no whole line of this kind";
		return -EBADMSG;
	}
	int err = -EPROTO;
	if (parsed.line.cluster != ledger->clusters)
		*why = "is out of sequence";
	else if (strcmp(parsed.prev, ledger->head) != 0)
		*why = "does not follow the line before it";
	else if (parsed.expected != parsed.line.received + parsed.line.lost + parsed.line.skipped ||
		 parsed.expected != parsed.span)
		*why = "does not account for every packet";
	else
		err = 0;
	ledger->clusters = parsed.line.cluster;
	ledger->size = line->offset;
	ledger_follow(ledger, line->text, line->len);
	*out_line = parsed.line;
	return err;
}
