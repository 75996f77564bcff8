/* HTTP about documents of agenda items; how one comes in is told by upload.c. */
#include "signaling/service/documents.h"

#include "common/log/log.h"
#include "signaling/io/answer.h"
#include "signaling/io/attachment.h"
#include "signaling/io/io_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void documents_list(struct request *request)
{
	const int err =
		service_documents(request->io->service, request->params.name[0], &request->out);
	if (err == -ENOENT)
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-meeting",
			"There is no meeting of this name.");
	else if (err < 0)
		http_refuse_memory(request);
	http_add_header(request, "cache-control:", "private, no-cache");
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

/* 0 is no document's number. */
static uint32_t number_of(const struct request *request)
{
	const char *text = request->params.name[1];
	uint32_t number = 0;
	return rs_parse_u32(text, strlen(text), UINT32_MAX, &number) < 0 ? 0 : number;
}

void documents_withdraw(struct request *request)
{
	struct service_refusal refusal;
	char json[32];
	const int len =
		snprintf(json, sizeof(json), "{\"document\":%" PRIu32 "}", number_of(request));
	const struct service_order order = {
		.request = request->number,
		.who = &request->who,
		.meeting = request->params.name[0],
		.name = "withdraw-document",
		.json = json,
		.len = (size_t)len,
	};
	if (number_of(request) == 0)
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-document",
			"There is no such document, or it was withdrawn.");
	else if (service_order(request->io->service, &order, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

/* Its file, of the length that was written down. -1: it is not there. */
static int open_file(const struct io *io, const struct document *document, const char *hex)
{
	char path[4096];
	struct stat status;
	if (rs_format(path, sizeof(path), "%s/%s", io->config.documents, hex) < 0)
		return -1;
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		(uint64_t)status.st_size == document->octets)
		return fd;
	if (fd >= 0)
		(void)close(fd); /* read only */
	log_error(LOG_HTTP, NULL, "a document's file is missing or damaged sha256=%s", hex);
	return -1;
}

/* It is saved, never shown: whatever is in it runs nowhere, least of all as a page of this site. */
static void add_headers(struct request *request, const struct document *document)
{
	char disposition[ATTACHMENT_DISPOSITION_MAX];
	attachment_disposition(document, disposition);
	http_add_header(request, "cache-control:", "private, no-cache");
	http_add_header(request, "content-disposition:", disposition);
	http_add_header(request, "x-content-type-options:", "nosniff");
	http_add_header(request, "content-security-policy:", "sandbox; default-src 'none'");
	http_add_header(request, "cross-origin-resource-policy:", "same-origin");
}

void documents_get(struct request *request)
{
	struct service_refusal refusal;
	struct document document;
	char hex[2 * EVENT_HASH_LEN + 1];
	char tag[2 * EVENT_HASH_LEN + 3];
	if (service_document(request->io->service, &request->who, request->params.name[0],
		    number_of(request), &document, &refusal) < 0) {
		http_refuse_service(request, &refusal);
		return;
	}
	rs_hex_encode(document.digest, EVENT_HASH_LEN, hex);
	(void)snprintf(tag, sizeof(tag), "\"%s\"", hex);
	if (route_has_tag(request->if_none_match, tag)) {
		http_add_header(request, "etag:", tag);
		http_answer(request, HTTP_STATUS_NOT_MODIFIED, NULL);
		return;
	}
	const int file = open_file(request->io, &document, hex);
	if (file < 0) {
		http_refuse(request, HTTP_STATUS_INTERNAL_SERVER_ERROR, "unreadable",
			"The document cannot be read.");
		return;
	}
	add_headers(request, &document);
	http_answer_part(request, &(struct http_part){ .type = document_media_type(document.type),
					  .file = file,
					  .octets = document.octets,
					  .tag = tag,
					  .answer = http_answer_file });
}
