/* Each line of a ledger against the cluster it is about, and all of them against the line that ended the segment. */
#include "recorder/archive/verify/balance.h"

#include "common/evidence/files.h"
#include "recorder/mux/content.h"

#include <errno.h>
#include <inttypes.h>

/* Twice the largest cluster that can be configured, as a bound for what a forged line may ask for. */
#define CLUSTER_MAX ((uint64_t)256 << 20)

static int read_cluster(int fd, const struct ledger_line *line, uint8_t **out_data)
{
	if (line->len > CLUSTER_MAX)
		return -E2BIG;
	RS_CLEANUP(rs_releasep) uint8_t *data = rs_zalloc((size_t)line->len + 1);
	if (data == NULL)
		return -ENOMEM;
	const int64_t n = files_read_at(fd, data, (size_t)line->len, line->offset);
	if (n < (int64_t)line->len)
		return n < 0 ? (int)n : -ENODATA;
	*out_data = rs_steal(&data);
	return 0;
}

/* What the line says of the cluster that is not so, or NULL. */
static const char *compare(
	struct balance *balance, const struct ledger_line *line, const struct mux_content *content)
{
	if (content->blocks != line->blocks)
		return "does not hold as many blocks as its ledger says";
	if (line->t1_ms - line->t0_ms != content->last_ms - content->first_ms)
		return "does not last as long as its ledger says";
	const int64_t origin_ms = line->t0_ms - content->first_ms;
	if (balance->clusters > 0 && origin_ms != balance->origin_ms)
		return "does not lie on the session's time as those before it do";
	balance->origin_ms = origin_ms;
	/* Each block is silence made by the recorder, or of one packet at least that was not left out. */
	const uint64_t sent =
		content->blocks -
		(line->synthetic < content->blocks ? line->synthetic : content->blocks);
	if (line->synthetic > content->blocks || sent + line->dropped > line->received)
		return "holds more than its ledger says was received";
	return NULL;
}

int verify_balance_cluster(struct verify *verify, struct balance *balance, const char *file, int fd,
	const struct ledger_line *line)
{
	uint8_t *data = NULL;
	struct mux_content content;
	const char *why = NULL;
	const int err = read_cluster(fd, line, &data);
	if (err == -ENOMEM)
		return err;
	if (err < 0)
		why = "cannot be read";
	else if (mux_content_read(data, (size_t)line->len, &content, &why) == 0)
		why = compare(balance, line, &content);
	rs_release(data);
	if (why != NULL)
		verify_problem(verify, file, "cluster %" PRIu32 " %s", line->cluster, why);
	balance->clusters++;
	balance->sums[0] += line->received;
	balance->sums[1] += line->lost;
	balance->sums[2] += line->skipped;
	balance->sums[3] += line->synthetic;
	balance->sums[4] += line->dropped;
	return 0;
}

void verify_balance_end(
	struct verify *verify, const struct balance *balance, const char *file, const json_t *end)
{
	static const char *const names[BALANCE_SUMS] = { "received", "lost", "skipped", "synthetic",
		"dropped" };
	for (size_t i = 0; i < BALANCE_SUMS; i++) {
		const json_t *total = json_object_get(end, names[i]);
		/* Packets behind the last cluster that brought no frame stand in the total alone. */
		if (json_is_integer(total) && json_integer_value(total) >= 0 &&
			balance->sums[i] > (uint64_t)json_integer_value(total))
			verify_problem(verify, file,
				"its ledger has more packets %s than the line that ended it",
				names[i]);
	}
}
