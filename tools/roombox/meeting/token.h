/* tools/roombox/meeting/token.h
 *
 * What a token says of itself, looked at before it is used: signaling judges it. Pure.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_TOKEN_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_TOKEN_H

#include "common/base/text.h"

#define TOKEN_WHY_LEN 160

/* Whether a box may use it: a JSON Web Token whose role is `room`. Else false, and `why` says what it is instead, in words. */
bool token_is_room(const char *token, char why[TOKEN_WHY_LEN]);

#endif
