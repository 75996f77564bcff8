#include "signaling/service/show/log.h"

#include "signaling/service/answer/problem.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>

#define ANSWER_MAX (2 * (size_t)STORE_BATCH_MAX * STORE_PAYLOAD_MAX)
/* So many times the store is asked for one answer while few events have the name that is looked for. */
#define BATCHES_MAX 16

static struct reading *find_free(struct service *service)
{
	for (size_t i = 0; i < READINGS_MAX; i++) {
		if (service->readings[i].request == 0)
			return &service->readings[i];
	}
	return NULL;
}

static void finish(struct reading *reading)
{
	rs_buf_done(&reading->out);
	reading->request = 0;
}

void log_done(struct service *service)
{
	for (size_t i = 0; i < READINGS_MAX; i++) {
		if (service->readings[i].request != 0)
			finish(&service->readings[i]);
	}
}

/* What is left to be found, of all events or of those of one name. 0 or negative: the store takes no more. */
static int read_on(struct service *service, struct reading *reading)
{
	const size_t most = reading->name != NULL || reading->limit > STORE_BATCH_MAX
				    ? STORE_BATCH_MAX
				    : reading->limit;
	const uint64_t ticket = service->last_ticket + 1;
	if (store_read(service->config.store, ticket, reading->meeting, reading->after, most) < 0)
		return -E2BIG;
	service->last_ticket = ticket;
	reading->ticket = ticket;
	return 0;
}

int service_events(struct service *service, uint64_t request, const struct service_page *page,
	struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, page->meeting);
	struct reading *reading = find_free(service);
	enum event_kind kind = EVENT_COUNT;
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	if (page->name[0] != '\0' && event_parse_name(page->name, &kind) < 0) {
		refuse_request(refusal, 400, "malformed", "No event has this name.");
		return -EBADMSG;
	}
	if (reading == NULL) {
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
		return -E2BIG;
	}
	const uint64_t hidden = admission_hidden_until(chamber, page->who);
	*reading = (struct reading){ .request = request,
		.after = page->after > hidden ? page->after : hidden,
		.last = chamber->proceedings->meeting->event,
		.limit = page->limit < STORE_BATCH_MAX ? page->limit : STORE_BATCH_MAX,
		.batches = BATCHES_MAX,
		.name = kind != EVENT_COUNT ? event_name(kind) : NULL };
	(void)rs_set_text(reading->meeting, page->meeting); /* it is a meeting's */
	rs_buf_init(&reading->out, ANSWER_MAX);
	if (rs_buf_printf(&reading->out, "{\"events\":[") < 0 || read_on(service, reading) < 0) {
		finish(reading);
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
		return -E2BIG;
	}
	return 0;
}

/* Payloads are ours: only numbers stand before the event's own name. */
static bool has_name(const struct store_event *event, const char *name)
{
	static const char key[] = "\"name\":\"";
	const char *at = memmem(event->payload, event->len, key, sizeof(key) - 1);
	if (at == NULL)
		return false;
	at += sizeof(key) - 1;
	const size_t left = event->len - (size_t)(at - (const char *)event->payload);
	const size_t len = strlen(name);
	return left > len && memcmp(at, name, len) == 0 && at[len] == '"';
}

static int take(struct reading *reading, const struct store_event *event)
{
	const bool first =
		((const char *)rs_buf_data(&reading->out))[rs_buf_len(&reading->out) - 1] == '[';
	const int err = first ? 0 : rs_buf_append(&reading->out, ",", 1);
	reading->limit--;
	return err < 0 ? err : rs_buf_append(&reading->out, event->payload, event->len);
}

/* What was written since it was asked for is left out: it may not be for whoever asked. */
static int take_batch(struct reading *reading, const struct store_done *done)
{
	int err = 0;
	for (size_t i = 0; i < done->n_events && reading->limit > 0 && err == 0; i++) {
		const struct store_event *event = &done->events[i];
		if (event->number > reading->last)
			break;
		if (reading->name == NULL || has_name(event, reading->name))
			err = take(reading, event);
		reading->after = event->number;
	}
	return err;
}

static void answer(struct service *service, struct reading *reading, int err, bool more)
{
	if (err == 0)
		err = rs_buf_printf(&reading->out, "],\"last\":%" PRIu64, reading->last);
	if (err == 0 && more)
		err = rs_buf_printf(&reading->out, ",\"next\":%" PRIu64, reading->after);
	if (err == 0)
		err = rs_buf_append(&reading->out, "}", 1);
	out_text(service, SERVICE_ANSWER, reading->request, 200, err, &reading->out);
	finish(reading);
}

static void answer_unread(struct service *service, struct reading *reading)
{
	struct rs_buf out;
	rs_buf_init(&out, 1024);
	const int err = wire_problem_write(
		503, "store-unavailable", wire_verdict_text(VERDICT_STORE_UNAVAILABLE), &out);
	out_text(service, SERVICE_ANSWER, reading->request, 503, err, &out);
	rs_buf_done(&out);
	finish(reading);
}

bool log_read_done(struct service *service, const struct store_done *done)
{
	struct reading *reading = service->readings;
	while (reading < service->readings + READINGS_MAX &&
		(reading->request == 0 || reading->ticket != done->ticket))
		reading++;
	if (reading == service->readings + READINGS_MAX)
		return false;
	if (done->result != STORE_OK) {
		answer_unread(service, reading);
		return true;
	}
	const int err = take_batch(reading, done);
	const bool more = reading->after < reading->last && done->n_events > 0;
	const bool looks_on = err == 0 && more && reading->limit > 0 && --reading->batches > 0;
	if (looks_on && read_on(service, reading) == 0)
		return true;
	answer(service, reading, err, more);
	return true;
}
