/* tools/permissions/permissions.h
 *
 * signaling/wire/PERMISSIONS.md, written from the table of permissions: the paper a secretariat reads is the table the
 * program goes by. A test compares the two.
 */
#ifndef ROSTRUM_TOOLS_PERMISSIONS_PERMISSIONS_H
#define ROSTRUM_TOOLS_PERMISSIONS_PERMISSIONS_H

#include "common/base/buf.h"

/* Append the whole page, Markdown. 0, -E2BIG or -ENOMEM. */
int permissions_page(struct rs_buf *out) RS_MUST_USE;

#endif
