/* signaling/io/attachment.h
 *
 * Files that people hand over and take away: is the content what its name says, which part of it was asked for, and under which
 * name it is saved. Pure, no allocation.
 */
#ifndef ROSTRUM_SIGNALING_IO_ATTACHMENT_H
#define ROSTRUM_SIGNALING_IO_ATTACHMENT_H

#include "signaling/meeting/documents.h"

/* Room for a Content-Disposition header of ours. */
#define ATTACHMENT_DISPOSITION_MAX 512

/* By what stands behind the last dot of a file's name. 0 or -ENOENT. */
int attachment_type(const char *name, enum document_type *out_type) RS_MUST_USE;
/* Is the content of this type? PDF, PNG and JPEG by how they begin; text is UTF-8 without control characters but tabs and line ends;
 * the formats of Office are packages (ISO/IEC 29500-2) whose list of types and main part are there, without macros. */
bool attachment_is(enum document_type type, const uint8_t *data, size_t len);

enum attachment_part {
	ATTACHMENT_WHOLE,
	ATTACHMENT_RANGE,
	ATTACHMENT_NONE, /* no octet of it is there */
};
/* A Range header (empty = none) for a file of `octets`, RFC 9110 section 14.2: one range of octets; what is anything else, several
 * for instance, is as if it were not there. */
enum attachment_part attachment_range(
	const char *header, uint64_t octets, uint64_t *out_first, uint64_t *out_len);

/* Content-Disposition (RFC 6266): attachment, saved under symbol (or title), language and extension, in ASCII and as UTF-8 (RFC 8187). No
 * character of it means anything in a path. */
void attachment_disposition(const struct document *document, char out[ATTACHMENT_DISPOSITION_MAX]);

#endif
