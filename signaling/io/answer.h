/* signaling/io/answer.h
 *
 * Files as answers: what a client has already, the part it asks for (RFC 9110 sections 13 and 14).
 */
#ifndef ROSTRUM_SIGNALING_IO_ANSWER_H
#define ROSTRUM_SIGNALING_IO_ANSWER_H

#include "signaling/io/io_priv.h"

/* As http_answer_file(). */
typedef void http_file_fn(struct request *request, unsigned status, const char *type, int file,
	uint64_t first, uint64_t len);

struct http_part {
	const char *type;
	int file;
	uint64_t octets;
	const char *tag; /* strong, with its quotes */
	http_file_fn *answer;
};

/* Answer a GET or HEAD for a file, with 200, 206, 304, 412 or 416 as the request's conditions and range ask; adds ETag, Accept-Ranges and
 * Content-Range. Takes part->file. */
void http_answer_part(struct request *request, const struct http_part *part);

#endif
