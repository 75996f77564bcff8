#include "signaling/service/state/out.h"

#include "common/log/log.h"
#include "signaling/service/service.h"
#include "signaling/service/state/state.h"

#define FIRST_CAP 64

static bool out_room(struct service *service)
{
	if (service->out_n < service->out_cap)
		return true;
	const size_t cap = service->out_cap > 0 ? service->out_cap * 2 : FIRST_CAP;
	struct service_out *out = rs_calloc(cap, sizeof(*out));
	if (out == NULL)
		return false;
	for (size_t i = 0; i < service->out_n && service->out_cap > 0; i++)
		out[i] = service->out[(service->out_first + i) % service->out_cap];
	rs_release(service->out);
	service->out = out;
	service->out_first = 0;
	service->out_cap = cap;
	return true;
}

void out_push(struct service *service, enum service_out_kind kind, uint64_t to, uint16_t code,
	struct message *message)
{
	if (!out_room(service)) {
		if (service->counters.outputs_lost++ == 0)
			log_error(LOG_MAIN, NULL, "out of memory, an output was lost");
		message_unref(message);
		return;
	}
	service->out[(service->out_first + service->out_n++) % service->out_cap] =
		(struct service_out){ .kind = kind, .to = to, .code = code, .message = message };
}

void out_text(struct service *service, enum service_out_kind kind, uint64_t to, uint16_t code,
	int err, struct rs_buf *text)
{
	struct message *message =
		err == 0 ? message_new(rs_buf_data(text), rs_buf_len(text)) : NULL;
	if (message != NULL) {
		out_push(service, kind, to, code, message);
	} else if (service->counters.outputs_lost++ == 0) {
		log_error(LOG_MAIN, NULL, "an output could not be made err=%d", err);
	}
	rs_buf_consume(text, rs_buf_len(text));
}

int service_poll(struct service *service, struct service_out *out)
{
	if (service->out_n == 0)
		return 0;
	*out = service->out[service->out_first];
	service->out_first = (service->out_first + 1) % service->out_cap;
	service->out_n--;
	return 1;
}

void out_done(struct service *service)
{
	struct service_out out;
	while (service_poll(service, &out))
		message_unref(out.message);
	rs_release(service->out);
}
