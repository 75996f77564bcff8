/* recorder/archive/verify/late.h
 *
 * Whether anything is in an archive twice: what a room kept while its line was lost was delivered into segments of its own, and a
 * packet is in one of those or in one that was received live. Ledgers say from which number to which a cluster goes and how many
 * packets of those it holds, so that two lines which together hold more than there are numbers hold one of them twice.
 *
 * Sans-I/O; allocates with each line that was delivered, up to VERIFY_LATE_MAX.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_LATE_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_LATE_H

#include "common/evidence/ledger.h"
#include "common/evidence/names.h"

#define VERIFY_LATE_MAX ((size_t)1 << 20)

/* A line of a segment that was delivered. */
struct late_line {
	char file[NAMES_FILE_LEN];
	struct ledger_line line;
};

/* All of an archive. Zeroed = none. */
struct verify_late {
	struct late_line *list;
	size_t n;
};

void verify_late_done(struct verify_late *late);
/* A line of the ledger of `file` ("tracks/room.002.a"); one that was not delivered is passed over. 0, -E2BIG or -ENOMEM. */
int verify_late_add(
	struct verify_late *late, const char *file, const struct ledger_line *line) RS_MUST_USE;
/* Whether anything of this source and medium was delivered. */
bool verify_late_concerns(const struct verify_late *late, const char *file);
/* Whether packets of this line, delivered or not, are in another that was delivered. All were added before. */
bool verify_late_is_twice(
	const struct verify_late *late, const char *file, const struct ledger_line *line);

#endif
