/* tools/rostrumctl/redact.h
 *
 * What must not leave the house is taken out of configurations and logs before they are given to somebody who helps. Pure.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_REDACT_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_REDACT_H

#include "common/base/buf.h"

#include <jansson.h>

/* In place, at any depth: texts under a key that ends in key, secret, password, token or pin, unless they name a file (from the root
 * or the present folder), and names and passwords in addresses. 0 or -ENOMEM, when it may not be given away. */
int redact_config(json_t *config) RS_MUST_USE;
/* The text without tokens (JWTs, RFC 7519), and with U+FFFD for each octet that is not ASCII. 0, -E2BIG or -ENOMEM. */
int redact_log(const char *text, size_t len, struct rs_buf *out) RS_MUST_USE;

#endif
