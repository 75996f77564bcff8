/* A secret ballot comes without a name: no token is looked at, no address is told to the service, nothing is logged. */
#include "signaling/io/io_priv.h"

#include <string.h>

void api_ballot(struct request *request)
{
	struct service_refusal refusal;
	uint64_t decision;
	const char *number = request->params.name[1];
	if (rs_parse_u64(number, strlen(number), UINT32_MAX, &decision) < 0) {
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-decision",
			"There is no decision of this number.");
		return;
	}
	if (service_ballot(request->io->service, request->params.name[0], (uint32_t)decision,
		    io_text(&request->body), rs_buf_len(&request->body), &refusal) < 0) {
		http_refuse_service(request, &refusal);
		return;
	}
	if (rs_buf_printf(&request->out, "{\"received\":true}") < 0)
		http_refuse_memory(request);
	http_add_header(request, "cache-control:", "no-store");
	http_answer(request, HTTP_STATUS_OK, "application/json");
}
