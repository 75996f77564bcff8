/* recorder/archive/files/member.h
 *
 * Members of a JSON object from a file: it is taken as it comes, so they may be of any type, and the object none. Allocates nothing.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_FILES_MEMBER_H
#define ROSTRUM_RECORDER_ARCHIVE_FILES_MEMBER_H

#include <jansson.h>

/* The object's own, while it lives; "" where it is absent or no text. */
const char *member_text(const json_t *object, const char *key);

#endif
