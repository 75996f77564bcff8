#include "recorder/archive/ledger.h"

#include "common/base/hash.h"
#include "common/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

void ledger_init(struct ledger *ledger)
{
	*ledger = (struct ledger){ 0 };
	memset(ledger->head, '0', LEDGER_HASH_LEN - 1);
}

void ledger_count_packet(struct ledger_count *count, int64_t seq, uint32_t lost, uint32_t skipped,
	int64_t rtp_ts, int64_t arrival_wall_us)
{
	if (!count->begun) {
		count->begun = true;
		count->seq0 = seq - lost - skipped;
		count->rtp0 = rtp_ts;
		count->arrival_wall_us = arrival_wall_us;
	}
	count->seq1 = seq;
	count->received++;
	count->lost += lost;
	count->skipped += skipped;
}

void ledger_count_add(struct ledger_count *count, const struct ledger_count *later)
{
	if (!count->begun) {
		count->begun = later->begun;
		count->seq0 = later->seq0;
		count->rtp0 = later->rtp0;
		count->arrival_wall_us = later->arrival_wall_us;
	}
	if (later->begun)
		count->seq1 = later->seq1;
	count->received += later->received;
	count->lost += later->lost;
	count->skipped += later->skipped;
	count->synthetic += later->synthetic;
	count->dropped += later->dropped;
	count->freezes += later->freezes;
	count->frozen_ms += later->frozen_ms;
}

static int write_counts(const struct ledger_count *count, struct rs_buf *line)
{
	const int64_t expected = count->begun ? count->seq1 - count->seq0 + 1 : 0;
	int err = 0;
	if (count->begun)
		err = rs_buf_printf(
			line, ",\"seq0\":%" PRId64 ",\"seq1\":%" PRId64, count->seq0, count->seq1);
	if (err == 0)
		err = rs_buf_printf(line,
			",\"expected\":%" PRId64 ",\"received\":%" PRIu64 ",\"lost\":%" PRIu64
			",\"skipped\":%" PRIu64 ",\"synthetic\":%" PRIu64 ",\"dropped\":%" PRIu64,
			expected, count->received, count->lost, count->skipped, count->synthetic,
			count->dropped);
	if (err == 0 && count->freezes > 0)
		err = rs_buf_printf(line, ",\"freezes\":%" PRIu64 ",\"frozen_ms\":%" PRIu64,
			count->freezes, count->frozen_ms);
	if (err == 0 && count->begun)
		err = rs_buf_printf(line, ",\"rtp0\":%" PRId64 ",\"arr0_us\":%" PRId64, count->rtp0,
			count->arrival_wall_us);
	return err;
}

static int write_state(const struct ledger_state *state, struct rs_buf *line)
{
	int err = rs_buf_printf(
		line, ",\"dup\":%" PRIu64 ",\"late\":%" PRIu64, state->duplicates, state->late);
	/* 64 bits do not fit into the numbers of every JSON reader: a string, as on the control socket. */
	if (err == 0 && state->sr_ntp != 0)
		err = rs_buf_printf(line, ",\"sr\":[\"%" PRIu64 "\",%" PRIu32 "]", state->sr_ntp,
			state->sr_rtp);
	if (err == 0 && state->width != 0)
		err = rs_buf_printf(line, ",\"res\":\"%ux%u\"", (unsigned)state->width,
			(unsigned)state->height);
	return err;
}

static void hash_line(const void *data, size_t len, char out[LEDGER_HASH_LEN])
{
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(data, len, digest);
	rs_hex_encode(digest, sizeof(digest), out);
}

int ledger_write(struct ledger *ledger, const struct mux_cluster *cluster, int64_t origin_ms,
	const struct ledger_count *count, const struct ledger_state *state, struct rs_buf *out)
{
	char sha256[LEDGER_HASH_LEN];
	rs_hex_encode(cluster->sha256, sizeof(cluster->sha256), sha256);
	struct rs_buf line;
	rs_buf_init(&line, 4096);
	int err = rs_buf_printf(&line,
		"{\"cluster\":%" PRIu32 ",\"off\":%" PRIu64 ",\"len\":%" PRIu64
		",\"sha256\":\"%s\",\"t0\":%" PRId64 ",\"t1\":%" PRId64 ",\"blocks\":%" PRIu32,
		cluster->number, cluster->offset, cluster->len, sha256,
		origin_ms + cluster->first_ms, origin_ms + cluster->last_ms, cluster->blocks);
	if (err == 0)
		err = write_counts(count, &line);
	if (err == 0)
		err = write_state(state, &line);
	if (err == 0)
		err = rs_buf_printf(&line, ",\"prev\":\"%s\"}\n", ledger->head);
	if (err == 0)
		err = rs_buf_append(out, rs_buf_data(&line), rs_buf_len(&line));
	if (err == 0) {
		ledger->clusters++;
		ledger->size += rs_buf_len(&line);
		hash_line(rs_buf_data(&line), rs_buf_len(&line) - 1, ledger->head);
	}
	rs_buf_done(&line);
	return err;
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
static bool get_span(const json_t *json, uint64_t *out)
{
	int64_t seq0;
	int64_t seq1;
	*out = 0;
	if (json_object_get(json, "seq0") == NULL && json_object_get(json, "seq1") == NULL)
		return true;
	if (!get_int(json, "seq0", &seq0) || !get_int(json, "seq1", &seq1) || seq0 < 0 ||
		seq1 < seq0)
		return false;
	*out = (uint64_t)(seq1 - seq0) + 1;
	return true;
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
		get_count(json, "dropped", &l->dropped) && get_span(json, &out->span) &&
		get_hash(json, "prev", out->prev) && cluster <= UINT32_MAX && blocks <= UINT32_MAX;
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
	struct parsed parsed;
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
	ledger->clusters = parsed.line.cluster + 1;
	ledger->size = line->offset + line->len + 1;
	hash_line(line->text, line->len, ledger->head);
	*out_line = parsed.line;
	return err;
}
