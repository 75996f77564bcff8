/* What a page does with what it is told: patches merged into a view (PROTOCOL.md sections 3 and 3.6). */
#ifndef ROSTRUM_TESTS_SUPPORT_VIEWER_H
#define ROSTRUM_TESTS_SUPPORT_VIEWER_H

#include <jansson.h>

/* `target` with `patch` merged: RFC 7396 section 2, and lists changed by entry. Objects of the target are changed in place. A new
 * reference; NULL and JSON null are targets too. A change that does not fit the list aborts. */
json_t *viewer_merge(json_t *target, const json_t *patch);

#endif
