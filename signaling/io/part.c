#include "signaling/io/answer.h"
#include "signaling/io/attachment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void answer_range(struct request *request, const struct http_part *part)
{
	char range[64];
	uint64_t first;
	uint64_t len;
	/* RFC 9110 section 13.1.5: a part of another file is of no use. A date is no entity tag, and so never the same. */
	const bool same = request->if_range[0] == '\0' || strcmp(request->if_range, part->tag) == 0;
	const enum attachment_part which =
		attachment_range(same ? request->range : "", part->octets, &first, &len);
	if (which == ATTACHMENT_NONE) {
		(void)close(part->file); /* read only */
		(void)snprintf(range, sizeof(range), "bytes */%" PRIu64, part->octets);
		http_add_header(request, "content-range:", range);
		http_refuse(request, HTTP_STATUS_REQ_RANGE_NOT_SATISFIABLE, "no-such-range",
			"The document has no such part.");
		return;
	}
	if (which == ATTACHMENT_RANGE) {
		(void)snprintf(range, sizeof(range), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
			first, first + len - 1, part->octets);
		http_add_header(request, "content-range:", range);
	}
	part->answer(request,
		which == ATTACHMENT_RANGE ? HTTP_STATUS_PARTIAL_CONTENT : HTTP_STATUS_OK,
		part->type, part->file, first, len);
}

void http_answer_part(struct request *request, const struct http_part *part)
{
	http_add_header(request, "etag:", part->tag);
	http_add_header(request, "accept-ranges:", "bytes");
	switch (route_condition(request->if_match, request->if_none_match, part->tag)) {
	case ROUTE_GO_ON:
		answer_range(request, part);
		return;
	case ROUTE_NOT_MODIFIED:
		(void)close(part->file); /* read only */
		http_answer(request, HTTP_STATUS_NOT_MODIFIED, NULL);
		return;
	case ROUTE_FAILED:
		(void)close(part->file); /* read only */
		http_refuse(request, HTTP_STATUS_PRECONDITION_FAILED, "other-etag",
			"The entity tag is another one.");
		return;
	}
}
