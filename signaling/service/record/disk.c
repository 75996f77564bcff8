#include "signaling/service/record/disk.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/node/disk.h"

static void tell(struct service *service, const struct node_message *message)
{
	struct rs_buf text;
	rs_buf_init(&text, VIEW_MAX);
	struct message *told = disk_write(message, &text) == 0
				       ? message_new(rs_buf_data(&text), rs_buf_len(&text))
				       : NULL;
	rs_buf_done(&text);
	if (told == NULL)
		return; /* the next one says it */
	for (struct chamber *chamber = service->chambers; chamber != NULL; chamber = chamber->next)
		for (struct session *session = chamber->sessions; session != NULL;
			session = session->next)
			if (session_minds_recording(session))
				out_push(service, SERVICE_SEND, session->id, 0, message_ref(told));
	message_unref(service->disk);
	service->disk = told;
}

void disk_take(struct service *service, const struct node_message *message)
{
	tell(service, message);
}

void disk_gone(struct service *service)
{
	if (service->disk == NULL)
		return;
	tell(service, NULL);
	service->disk = message_unref(service->disk);
}

void disk_joined(struct service *service, const struct session *session)
{
	if (service->disk != NULL && session_minds_recording(session))
		out_push(service, SERVICE_SEND, session->id, 0, message_ref(service->disk));
}
