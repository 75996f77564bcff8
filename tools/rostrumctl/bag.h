/* tools/rostrumctl/bag.h
 *
 * Copy the archive of a session into a BagIt 1.0 bag (RFC 8493) with SHA-512 manifests: what an
 * archivist's own tools check and keep.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_BAG_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_BAG_H

#include "common/base/mem.h"

#define BAG_ERROR_LEN 512

struct bag_summary {
	uint64_t files;
	uint64_t octets;
};

/* `to` must not exist; it is made. `description` goes into bag-info.txt, `date` is YYYY-MM-DD. 0, or a negative errno
 * with `error` naming the file. What was made until then stays. */
int bag_write(const char *from, const char *to, const char *description, const char *date,
	struct bag_summary *out_summary, char error[BAG_ERROR_LEN]) RS_MUST_USE;

#endif
