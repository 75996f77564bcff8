/* recorder/archive/verify/excerpt_verify.h
 *
 * Is an excerpt (common/evidence/excerpt.h) what was recorded? Reads it and nothing else.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_EXCERPT_VERIFY_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_EXCERPT_VERIFY_H

#include "common/evidence/excerpt.h"
#include "recorder/archive/verify/verify.h"

/* Whether a directory holds one. */
bool excerpt_is(const char *directory);
/* As archive_verify(), of one. The report counts segments, clusters, octets, heads, signatures and stamps. */
int excerpt_verify(const char *directory, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report) RS_MUST_USE;

#endif
