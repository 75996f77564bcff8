#include "signaling/service/matters/documents.h"

#include "signaling/service/answer/order.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/documents.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>

static int refuse(struct service_refusal *refusal, enum verdict verdict)
{
	refuse_request(
		refusal, http_status(verdict), verdict_reason(verdict), wire_verdict_text(verdict));
	return -EACCES;
}

static int refuse_meeting(struct service_refusal *refusal)
{
	refuse_request(refusal, 404, "no-such-meeting", "There is no meeting of this name.");
	return -ENOENT;
}

int service_document_add(struct service *service, uint64_t request, const struct claims *who,
	const char *meeting, const struct document *document, struct moment at,
	struct service_refusal *refusal)
{
	struct chamber *chamber = chamber_find(service, meeting);
	struct job job = { .request = request };
	if (chamber == NULL)
		return refuse_meeting(refusal);
	job.command.kind = COMMAND_ADD_DOCUMENT;
	job.command.document = *document;
	return order_submit(service, chamber, who, &job, at, refusal);
}

int service_document(const struct service *service, const struct claims *who, const char *meeting,
	uint32_t number, struct document *out_document, struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return refuse_meeting(refusal);
	const struct document *document = documents_find(chamber->proceedings->documents, number);
	if (document == NULL)
		return refuse(refusal, VERDICT_NO_SUCH_DOCUMENT);
	if (!admission_may_have(chamber, who, document->visibility))
		return refuse(refusal, VERDICT_NOT_ADMITTED);
	*out_document = *document;
	return 0;
}

int service_documents(const struct service *service, const char *meeting, struct rs_buf *out)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL ? view_documents_write(chamber->proceedings, out) : -ENOENT;
}

uint64_t service_documents_room(const struct service *service, const char *meeting)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return 0;
	const struct documents *documents = chamber->proceedings->documents;
	if (documents->n == DOCUMENTS_MAX || documents->octets >= documents->octets_max)
		return 0;
	return documents->octets_max - documents->octets;
}

static bool adds(const struct job *job, const uint8_t digest[EVENT_HASH_LEN])
{
	return job->command.kind == COMMAND_ADD_DOCUMENT &&
	       memcmp(job->command.document.digest, digest, EVENT_HASH_LEN) == 0;
}

static bool is_kept(
	const struct service *service, const uint8_t digest[EVENT_HASH_LEN], const struct job *but)
{
	for (const struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (documents_have(chamber->proceedings->documents, digest))
			return true;
		if (chamber->job != NULL && chamber->job != but && adds(chamber->job, digest))
			return true;
		for (const struct job *job = chamber->first_job; job != NULL; job = job->next) {
			if (job != but && adds(job, digest))
				return true;
		}
	}
	return false;
}

bool service_document_kept(const struct service *service, const uint8_t digest[EVENT_HASH_LEN])
{
	return is_kept(service, digest, NULL);
}

void documents_forget(
	struct service *service, const uint8_t digest[EVENT_HASH_LEN], const struct job *but)
{
	char hex[2 * EVENT_HASH_LEN + 1];
	if (is_kept(service, digest, but))
		return;
	rs_hex_encode(digest, EVENT_HASH_LEN, hex);
	struct message *message = message_new(hex, 2 * (size_t)EVENT_HASH_LEN);
	/* Without memory it goes at the next start. */
	if (message != NULL)
		out_push(service, SERVICE_FORGET_DOCUMENT, 0, 0, message);
}

void documents_answer(struct service *service, const struct chamber *chamber, uint64_t request)
{
	const struct documents *documents = chamber->proceedings->documents;
	const struct document *document = documents_find(documents, documents->last);
	char hex[2 * EVENT_HASH_LEN + 1] = "";
	struct rs_buf text;
	if (document != NULL)
		rs_hex_encode(document->digest, EVENT_HASH_LEN, hex);
	rs_buf_init(&text, 4096);
	const int err = rs_buf_printf(&text,
		"{\"event\":%" PRIu64 ",\"document\":%" PRIu32 ",\"sha256\":\"%s\"}",
		chamber->proceedings->meeting->event, documents->last, hex);
	out_text(service, SERVICE_ANSWER, request, 201, err, &text);
	rs_buf_done(&text);
}
