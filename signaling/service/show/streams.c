#include "signaling/service/show/streams.h"

#include "signaling/service/answer/problem.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/service.h"
#include "signaling/service/show/snapshot.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define STREAMS_MAX 256
/* How soon a display that lost its line asks again. */
#define RETRY_MS 2000

struct stream {
	struct stream *next; /* in the chamber */
	uint64_t id;
	char badge[RS_NAME_MAX + 1];
	enum role role;
};

/* "epoch.number", as the `id` lines have it; false for anything else and for another history. */
static bool read_place(const char *text, const struct chamber *chamber, uint64_t *out_event)
{
	const char *dot = strrchr(text, '.');
	const size_t len = strlen(chamber->epoch);
	return dot != NULL && (size_t)(dot - text) == len &&
	       memcmp(text, chamber->epoch, len) == 0 &&
	       rs_parse_u64(dot + 1, strlen(dot + 1), UINT64_MAX, out_event) == 0;
}

/* NULL without memory. The JSON has no line breaks. */
static struct message *make(const struct chamber *chamber, const char *kind, uint64_t event,
	const void *json, size_t len)
{
	struct rs_buf text;
	struct message *message = NULL;
	rs_buf_init(&text, len + 256);
	int err = rs_buf_printf(
		&text, "id: %s.%" PRIu64 "\nevent: %s\ndata: ", chamber->epoch, event, kind);
	if (err == 0)
		err = rs_buf_append(&text, json, len);
	if (err == 0)
		err = rs_buf_append(&text, "\n\n", 2);
	if (err == 0)
		message = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	return message;
}

static int send_missed(
	struct service *service, const struct chamber *chamber, uint64_t stream, uint64_t after)
{
	for (uint64_t n = after + 1; n <= chamber->proceedings->meeting->event; n++) {
		const struct message *frame = broadcast_find(chamber->broadcast, n)->frame;
		struct message *message =
			make(chamber, "event", n, frame->octets + MESSAGE_HEADROOM, frame->len);
		if (message == NULL)
			return -ENOMEM;
		out_push(service, SERVICE_STREAM, stream, 0, message);
	}
	return 0;
}

/* As it was a moment ago, and the events since. */
static int send_view(
	struct service *service, struct chamber *chamber, uint64_t stream, struct moment at)
{
	const struct snapshot *snapshot = &chamber->snapshot;
	struct message *message = NULL;
	struct rs_buf json;
	if (snapshot_take(chamber, at) < 0)
		return -ENOMEM;
	rs_buf_init(&json, VIEW_MAX);
	int err = rs_buf_printf(&json,
		"{\"epoch\":\"%s\",\"event\":%" PRIu64 ",\"time\":%" PRId64 ",\"view\":",
		chamber->epoch, snapshot->event, at.wall_ms);
	if (err == 0)
		err = snapshot_write(snapshot, &json);
	if (err == 0)
		err = rs_buf_append(&json, "}", 1);
	if (err == 0)
		message = make(
			chamber, "view", snapshot->event, rs_buf_data(&json), rs_buf_len(&json));
	rs_buf_done(&json);
	if (message == NULL)
		return -ENOMEM;
	out_push(service, SERVICE_STREAM, stream, 0, message);
	return send_missed(service, chamber, stream, snapshot->event);
}

/* NULL when it was refused. */
static struct stream *add(struct service *service, struct chamber *chamber,
	const struct service_watch *watch, struct service_refusal *refusal)
{
	static const char hello[] = "retry: %d\n\n";
	char first[32];
	if (service_admit(service, watch->who, watch->meeting, refusal) < 0)
		return NULL;
	struct stream *stream =
		service->n_streams < STREAMS_MAX ? rs_zalloc(sizeof(*stream)) : NULL;
	(void)snprintf(first, sizeof(first), hello, RETRY_MS);
	struct message *retry = stream != NULL ? message_new(first, strlen(first)) : NULL;
	if (retry == NULL) {
		rs_release(stream);
		refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
		return NULL;
	}
	stream->id = ++service->last_id;
	(void)rs_set_text(stream->badge, watch->who->badge);
	stream->role = watch->who->role;
	stream->next = chamber->streams;
	chamber->streams = stream;
	service->n_streams++;
	out_push(service, SERVICE_STREAM, stream->id, 0, retry);
	return stream;
}

int service_stream_open(struct service *service, const struct service_watch *watch,
	struct moment at, uint64_t *out_stream, struct service_refusal *refusal)
{
	struct chamber *chamber = chamber_find(service, watch->meeting);
	uint64_t event = 0;
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	const struct stream *stream = add(service, chamber, watch, refusal);
	if (stream == NULL)
		return -EACCES;
	*out_stream = stream->id;
	const bool resumes =
		read_place(watch->place, chamber, &event) &&
		event >= admission_hidden_until(chamber, watch->who) &&
		broadcast_covers(chamber->broadcast, event, chamber->proceedings->meeting->event);
	const int err = resumes ? send_missed(service, chamber, stream->id, event)
				: send_view(service, chamber, stream->id, at);
	if (err == 0)
		return 0;
	service_stream_closed(service, stream->id);
	refuse_request(refusal, 503, "out-of-memory", "The server is out of memory.");
	return err;
}

static bool remove_from(struct chamber *chamber, uint64_t id)
{
	for (struct stream **at = &chamber->streams; *at != NULL; at = &(*at)->next) {
		struct stream *stream = *at;
		if (stream->id != id)
			continue;
		*at = stream->next;
		rs_release(stream);
		return true;
	}
	return false;
}

void service_stream_closed(struct service *service, uint64_t id)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (remove_from(chamber, id)) {
			service->n_streams--;
			return;
		}
	}
}

/* With a reason, or without memory for one: it is told no more. */
static void end(struct service *service, struct chamber *chamber, uint64_t id, const char *reason,
	const char *text)
{
	struct rs_buf json;
	struct message *message = NULL;
	rs_buf_init(&json, 1024);
	/* Ours need no escaping. */
	if (reason != NULL &&
		rs_buf_printf(&json, "{\"reason\":\"%s\",\"text\":\"%s\"}", reason, text) == 0)
		message = make(chamber, "end", chamber->proceedings->meeting->event,
			rs_buf_data(&json), rs_buf_len(&json));
	rs_buf_done(&json);
	if (message != NULL)
		out_push(service, SERVICE_STREAM, id, 0, message);
	out_push(service, SERVICE_END_STREAM, id, 0, NULL);
	(void)remove_from(chamber, id); /* it is there */
	service->n_streams--;
}

void streams_tell(
	struct service *service, struct chamber *chamber, uint64_t event, struct message *frame)
{
	if (chamber->streams == NULL)
		return;
	struct message *message = make(chamber, "event", event, message_text(frame), frame->len);
	if (message == NULL) {
		streams_shut(service, chamber);
		return;
	}
	for (const struct stream *stream = chamber->streams; stream != NULL; stream = stream->next)
		out_push(service, SERVICE_STREAM, stream->id, 0, message_ref(message));
	message_unref(message);
}

void streams_changed(struct service *service, struct chamber *chamber)
{
	struct stream *stream = chamber->streams;
	while (stream != NULL) {
		struct stream *next = stream->next;
		struct claims who = { .role = stream->role };
		const struct participant *participant;
		(void)rs_set_text(who.badge, stream->badge);
		if (admission_judge(chamber, &who, &participant) != ADMISSION_GRANTED)
			end(service, chamber, stream->id,
				visibility_name(chamber->proceedings->meeting->visibility),
				wire_verdict_text(VERDICT_NOT_ADMITTED));
		stream = next;
	}
}

void streams_revoke(struct service *service, struct chamber *chamber, const char *badge)
{
	struct stream *stream = chamber->streams;
	while (stream != NULL) {
		struct stream *next = stream->next;
		if (stream->role != ROLE_ADMIN && strcmp(stream->badge, badge) == 0)
			end(service, chamber, stream->id, "token-revoked",
				"This token is no longer valid. Ask the secretariat for a new one.");
		stream = next;
	}
}

void streams_shut(struct service *service, struct chamber *chamber)
{
	while (chamber->streams != NULL)
		end(service, chamber, chamber->streams->id, NULL, NULL);
}

void streams_free(struct chamber *chamber)
{
	while (chamber->streams != NULL)
		(void)remove_from(chamber, chamber->streams->id); /* it is there */
}
