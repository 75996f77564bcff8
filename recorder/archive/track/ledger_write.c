#include "recorder/archive/track/ledger_write.h"

#include "common/base/hash.h"
#include "common/base/text.h"

#include <inttypes.h>

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
	if (err == 0 && state->ssrc != 0)
		err = rs_buf_printf(line, ",\"ssrc\":%" PRIu32, state->ssrc);
	if (err == 0 && state->delivered)
		err = rs_buf_printf(line, ",\"delivered\":true");
	return err;
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
	if (err == 0)
		ledger_follow(ledger, rs_buf_data(&line), rs_buf_len(&line) - 1);
	rs_buf_done(&line);
	return err;
}
