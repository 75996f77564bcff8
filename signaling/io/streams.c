/* Server-sent events as HTTP: an answer that does not end. */
#include "signaling/io/io_priv.h"

#include "common/log/log.h"

#include <errno.h>
#include <string.h>

/* A comment so often shows a display, and proxies, that the line is there. */
#define BEAT_US (10 * LWS_USEC_PER_SEC)
/* So long a display that reads slowly may take for why it ends. */
#define LAST_WORDS_S 5

bool streams_asked(const struct request *request)
{
	return strstr(request->accept, "text/event-stream") != NULL;
}

void streams_open(struct request *request)
{
	struct io *io = request->io;
	struct service_refusal refusal;
	if (outbox_init(&request->outbox, io->config.limits.outbox_messages,
		    io->config.limits.outbox_octets) < 0) {
		http_refuse_memory(request);
		return;
	}
	const struct service_watch watch = { .who = &request->who,
		.meeting = request->params.name[0],
		.place = request->last_event_id };
	if (service_stream_open(io->service, &watch, io_moment(), &request->stream, &refusal) < 0) {
		http_refuse_service(request, &refusal);
		return;
	}
	if (rs_map_add(io->streams, &request->stream, sizeof(request->stream), request) < 0) {
		service_stream_closed(io->service, request->stream);
		request->stream = 0;
		http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
			"A limit was met. Please wait a moment.");
		return;
	}
	http_add_header(request, "cache-control:", "no-store");
	http_add_header(request, "x-accel-buffering:", "no");
	request->close_after = true;
	http_answer(request, HTTP_STATUS_OK, "text/event-stream");
}

/* The service forgets it; the connection ends as soon as libwebsockets gets to it. */
static void end(struct request *request)
{
	streams_closed(request);
	lws_set_timeout(request->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static struct request *find(struct io *io, uint64_t stream)
{
	return rs_map_find(io->streams, &stream, sizeof(stream));
}

void streams_send(struct io *io, uint64_t stream, struct message *message)
{
	struct request *request = find(io, stream);
	if (request == NULL || request->stream_ends || outbox_put(&request->outbox, message) < 0) {
		message_unref(message);
		if (request == NULL || request->stream_ends)
			return;
		io->counters.pages_slow++;
		log_warning(LOG_HTTP, NULL, "display is too slow stream=%llu",
			(unsigned long long)stream);
		end(request);
		return;
	}
	(void)lws_callback_on_writable(request->wsi); /* fails for a dead socket only */
}

void streams_end(struct io *io, uint64_t stream)
{
	struct request *request = find(io, stream);
	if (request == NULL)
		return;
	request->stream_ends = true;
	lws_set_timeout(request->wsi, PENDING_TIMEOUT_USER_OK, LAST_WORDS_S);
	(void)lws_callback_on_writable(request->wsi); /* as in streams_send() */
}

void streams_closed(struct request *request)
{
	if (request->stream != 0) {
		(void)rs_map_remove(
			request->io->streams, &request->stream, sizeof(request->stream));
		if (request->io->service != NULL)
			service_stream_closed(request->io->service, request->stream);
		request->stream = 0;
	}
	if (request->outbox.max_messages > 0)
		outbox_done(&request->outbox);
}

void streams_begin(struct request *request)
{
	lws_set_timeout(request->wsi, NO_PENDING_TIMEOUT, 0); /* it goes on for days */
	lws_set_timer_usecs(request->wsi, BEAT_US);
	(void)lws_callback_on_writable(request->wsi); /* as in streams_send() */
}

void streams_beat(struct request *request)
{
	static const char comment[] = ":\n\n";
	struct message *message = message_new(comment, sizeof(comment) - 1);
	if (message != NULL)
		streams_send(request->io, request->stream, message);
	lws_set_timer_usecs(request->wsi, BEAT_US);
}

int streams_write(struct request *request)
{
	struct message *message = outbox_take(&request->outbox);
	if (message == NULL)
		return request->stream_ends ? -1 : 0;
	const int written =
		lws_write(request->wsi, message_text(message), message->len, LWS_WRITE_HTTP);
	const bool failed = written < (int)message->len;
	message_unref(message);
	if (failed)
		return -1;
	if (request->outbox.count > 0 || request->stream_ends)
		(void)lws_callback_on_writable(request->wsi); /* as in streams_send() */
	return 0;
}
