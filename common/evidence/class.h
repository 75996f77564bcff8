/* common/evidence/class.h
 *
 * Before whom a session sat, as its session.json says. Blocking file I/O; allocates meanwhile.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_CLASS_H
#define ROSTRUM_COMMON_EVIDENCE_CLASS_H

#include "common/base/mem.h"

#define CLASS_LEN 32
#define CLASS_PUBLIC "public"

/* "public" also where nothing is said, as of sessions that were public. 0; -ENOENT (no archive there); -EBADMSG (session.json is
 * none, or says of none that could be one). */
int class_read(const char *directory, char out_class[CLASS_LEN]) RS_MUST_USE;

#endif
