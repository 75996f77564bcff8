#include "signaling/service/record/account.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <inttypes.h>
#include <stdio.h>

static struct message *measured(const struct archive *archive)
{
	char patch[96] = "{\"recorded\":null}";
	struct message *message = NULL;
	struct rs_buf text;
	if (archive->account.known)
		(void)snprintf(patch, sizeof(patch),
			"{\"recorded\":{\"missing\":%" PRId64 ",\"breaks\":%" PRId64 "}}",
			archive->account.missing, archive->account.breaks);
	rs_buf_init(&text, 4096);
	if (wire_measured_write(patch, &text) == 0)
		message = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	return message;
}

void account_take(
	struct service *service, struct chamber *chamber, const struct node_account *account)
{
	struct node_account *has = &chamber->archive.account;
	if (has->known == account->known && has->missing == account->missing &&
		has->breaks == account->breaks)
		return;
	*has = *account;
	struct message *message = measured(&chamber->archive);
	for (const struct session *session = chamber->sessions; message != NULL && session != NULL;
		session = session->next)
		if (session_minds_recording(session))
			out_push(service, SERVICE_SEND, session->id, 0, message_ref(message));
	message_unref(message);
}

void account_gone(struct service *service)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL; chamber = chamber->next)
		account_take(service, chamber, &(struct node_account){ .known = false });
}

void account_joined(struct service *service, const struct session *session)
{
	const struct archive *archive = &session->chamber->archive;
	struct message *message = archive->account.known && session_minds_recording(session)
					  ? measured(archive)
					  : NULL;
	if (message != NULL)
		out_push(service, SERVICE_SEND, session->id, 0, message);
}
