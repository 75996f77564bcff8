/* recorder/archive/verify/balance.h
 *
 * Whether the accounts of an archive add up: every cluster holds what its line in the ledger says, by
 * count and time, its checksum is right, and the lines together are not more than the segment's end has.
 * What a line says of itself (expected = received + lost + skipped) is ledger_read()'s to judge.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_BALANCE_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_BALANCE_H

#include "common/evidence/ledger.h"
#include "recorder/archive/verify/verify_priv.h"

#define BALANCE_SUMS 5

/* Of one segment so far. Zeroed = nothing yet. */
struct balance {
	uint32_t clusters;
	int64_t origin_ms; /* session time of the file's time 0 */
	uint64_t sums[BALANCE_SUMS];
};

/* A cluster whose digest is right; `fd` is its media file. 0 (problems are told) or -ENOMEM. */
int verify_balance_cluster(struct verify *verify, struct balance *balance, const char *file, int fd,
	const struct ledger_line *line) RS_MUST_USE;
/* `end`: payload of the line that ended the segment. */
void verify_balance_end(
	struct verify *verify, const struct balance *balance, const char *file, const json_t *end);

#endif
