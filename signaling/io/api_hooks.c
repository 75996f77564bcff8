/* HTTP about a meeting's webhooks. */
#include "signaling/io/io_priv.h"

#include "common/control/object.h"

void api_hooks(struct request *request)
{
	http_answer_with(request,
		service_hooks(request->io->service, request->params.name[0], &request->out),
		"no-such-meeting", "There is no meeting of this name.");
}

void api_hook(struct request *request)
{
	http_answer_with(request,
		service_hook(request->io->service, request->params.name[0], request->params.name[1],
			&request->out),
		"no-such-webhook", "There is no webhook of this name in this meeting.");
}

/* Its form is judged by the service; here only whether it is an address that a request can be sent to. */
static bool has_good_url(const struct request *request)
{
	json_t *json = json_loadb(io_text(&request->body), rs_buf_len(&request->body), 0, NULL);
	const char *url = json_string_value(json_object_get(json, "url"));
	const bool good = url == NULL || courier_takes(url);
	json_decref(json);
	return good;
}

void api_hook_put(struct request *request)
{
	struct service_refusal refusal;
	const struct service_order order = {
		.request = request->number,
		.who = &request->who,
		.meeting = request->params.name[0],
		.name = request->params.name[1],
		.json = io_text(&request->body),
		.len = rs_buf_len(&request->body),
	};
	if (!has_good_url(request))
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "bad-url",
			"Webhooks are sent to http and https addresses, without names and passwords.");
	else if (service_hook_put(request->io->service, &order, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

void api_hook_delete(struct request *request)
{
	struct service_refusal refusal;
	if (service_hook_delete(request->io->service, request->number, request->params.name[0],
		    request->params.name[1], io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}
