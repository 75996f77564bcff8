/* recorder/archive/custody/list.h
 *
 * The archives below a root, told one after the other. Blocking file I/O, for tools.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_CUSTODY_LIST_H
#define ROSTRUM_RECORDER_ARCHIVE_CUSTODY_LIST_H

#include "common/base/mem.h"

/* One archive below a root; texts are valid during the call. */
struct archive_item {
	const char *session;
	const char *meeting;
	const char *class;   /* "" = in public */
	const char *title;   /* "" = it is sealed */
	const char *started; /* UTC */
	uint64_t segments;   /* WebM files, and their octets */
	uint64_t octets;
	bool closed;
	bool encrypted;
};
/* Tells the archives below `root` in order of their names. 0, -ENOENT or -ENOMEM. Directories that are none are passed over. */
int archive_list(const char *root, void (*item)(void *ctx, const struct archive_item *item),
	void *ctx) RS_MUST_USE;

#endif
