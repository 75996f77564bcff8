/* tools/client/patch.h
 *
 * A view as whoever follows a meeting keeps it: the patches of events (signaling/wire/PROTOCOL.md sections 3 and 3.6) are merged into it,
 * member by member, so that nobody keeps what they do not look at; lists are changed entry by entry. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_PATCH_H
#define ROSTRUM_TOOLS_CLIENT_PATCH_H

#include "common/base/mem.h"

#include <jansson.h>

/* A patch goes no deeper; a view has half of it. */
#define PATCH_DEPTH_MAX 16

/* Merges the patch's member into `object`, in place; arrays of the patch are shared with it. 0, -EBADMSG (too deep, or an entry whose name
 * is no number) or -ENOMEM: then it is neither as before nor as it is to be. */
int patch_member(json_t *object, const char *key, const json_t *value) RS_MUST_USE;

#endif
