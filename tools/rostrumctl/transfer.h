/* tools/rostrumctl/transfer.h
 *
 * A session's archive goes to another place as it is, octet for octet: what proves it goes with it. What is copied is judged before
 * and after, nothing is ever written over, and a copy has its name only once it is whole, durable and good.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_TRANSFER_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_TRANSFER_H

#include "common/evidence/names.h"

#define TRANSFER_ERROR_LEN 512
/* Most files of one session, and folders in one another. */
#define TRANSFER_FILES_MAX 1000000
#define TRANSFER_DEPTH_MAX 8

struct transfer_summary {
	uint64_t files;
	uint64_t octets;
	char session[NAMES_SESSION_MAX + 1];
};

/* Is the archive closed, and what was recorded? 0; -EBADMSG; or an error of the file system. `error` has the first problem. */
int transfer_judge(const char *directory, char error[TRANSFER_ERROR_LEN]) RS_MUST_USE;
/* Copy the archive in `from` to `to`, which must not exist. 0; -EEXIST; -EBADMSG (is not what was recorded, is still recorded, or
 * holds what is neither file nor folder); or an error of the file system. `error` names the file or says why. */
int transfer_copy(const char *from, const char *to, struct transfer_summary *out_summary,
	char error[TRANSFER_ERROR_LEN]) RS_MUST_USE;
/* The same into another site: below `root`, by the name of its session. */
int transfer_import(const char *from, const char *root, struct transfer_summary *out_summary,
	char error[TRANSFER_ERROR_LEN]) RS_MUST_USE;

/* The programme of one language of that archive ("fr"; NAMES_FLOOR: as it was spoken) to the file `to`. As transfer_copy(); -ENOENT:
 * there is none in that language. */
int transfer_programme(const char *from, const char *language, const char *to,
	struct transfer_summary *out_summary, char error[TRANSFER_ERROR_LEN]) RS_MUST_USE;

#endif
