/* A meeting's events by number, read from the store for those who ask over HTTP. */
#include "signaling/service/service_priv.h"

#include <errno.h>
#include <inttypes.h>

#define ANSWER_MAX (2 * (size_t)STORE_BATCH_MAX * STORE_PAYLOAD_MAX)

static struct reading *find_free(struct service *service)
{
	for (size_t i = 0; i < READINGS_MAX; i++) {
		if (service->readings[i].request == 0)
			return &service->readings[i];
	}
	return NULL;
}

int service_events(struct service *service, uint64_t request, const char *meeting, uint64_t after,
	size_t limit, struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	struct reading *reading = find_free(service);
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	const size_t most = limit < STORE_BATCH_MAX ? limit : STORE_BATCH_MAX;
	const uint64_t ticket = service->last_ticket + 1;
	if (reading == NULL ||
		store_read(service->config.store, ticket, meeting, after, most) < 0) {
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
		return -E2BIG;
	}
	service->last_ticket = ticket;
	*reading = (struct reading){ .request = request,
		.ticket = ticket,
		.after = after,
		.last = chamber->proceedings->meeting->event };
	return 0;
}

static int write_page(
	const struct reading *reading, const struct store_done *done, struct rs_buf *out)
{
	uint64_t seen = reading->after;
	int err = rs_buf_printf(out, "{\"events\":[");
	for (size_t i = 0; i < done->n_events && err == 0; i++) {
		err = rs_buf_printf(out, "%s", i > 0 ? "," : "");
		if (err == 0)
			err = rs_buf_append(out, done->events[i].payload, done->events[i].len);
		seen = done->events[i].number;
	}
	if (err == 0)
		err = rs_buf_printf(out, "],\"last\":%" PRIu64, reading->last);
	if (err == 0 && seen < reading->last && done->n_events > 0)
		err = rs_buf_printf(out, ",\"next\":%" PRIu64, seen);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

bool log_read_done(struct service *service, const struct store_done *done)
{
	struct rs_buf out;
	struct reading *reading = service->readings;
	while (reading < service->readings + READINGS_MAX &&
		(reading->request == 0 || reading->ticket != done->ticket))
		reading++;
	if (reading == service->readings + READINGS_MAX)
		return false;
	rs_buf_init(&out, ANSWER_MAX);
	const bool read = done->result == STORE_OK;
	const int err = read ? write_page(reading, done, &out)
			     : wire_problem_write(503, "store-unavailable",
				       wire_verdict_text(VERDICT_STORE_UNAVAILABLE), &out);
	out_text(service, SERVICE_ANSWER, reading->request, read ? 200 : 503, err, &out);
	rs_buf_done(&out);
	reading->request = 0;
	return true;
}
