/* The answer to a request: what it is made of, and how it is written, a piece a call. */
#include "signaling/io/answer.h"

#include "signaling/io/io_priv.h"
#include "signaling/io/pins.h"
#include "signaling/io/reading.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/message.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Octets of an answer written at a time. */
#define CHUNK ((size_t)8192)
#define HEAD_MAX 4096
#define PROBLEM_TYPE "application/problem+json"

/* --- Answering --- */

void http_add_header(struct request *request, const char *name, const char *value)
{
	if (request->n_headers == HTTP_HEADERS_MAX)
		return;
	struct http_header *header = &request->headers[request->n_headers++];
	header->name = name;
	(void)rs_copy_text(
		header->value, sizeof(header->value), value, strlen(value)); /* ours are short */
}

void http_answer(struct request *request, unsigned status, const char *type)
{
	if (request->answered)
		return;
	request->answered = true;
	request->status = status;
	request->type = type;
	if (status >= HTTP_STATUS_BAD_REQUEST)
		request->io->counters.requests_refused++;
	(void)lws_callback_on_writable(request->wsi); /* fails for a dead socket only */
}

void http_answer_file(struct request *request, unsigned status, const char *type, int file,
	uint64_t first, uint64_t len)
{
	request->file = file;
	request->file_at = first;
	request->file_left = len;
	http_answer(request, status, type);
}

void http_refuse(struct request *request, unsigned status, const char *reason, const char *text)
{
	struct rs_buf *out = &request->out;
	rs_buf_consume(out, rs_buf_len(out));
	if (wire_problem_write(status, reason, text, out) < 0)
		rs_buf_consume(out, rs_buf_len(out)); /* the status alone will do */
	if (status == HTTP_STATUS_UNAUTHORIZED)
		http_add_header(request, "www-authenticate:", "Bearer realm=\"rostrum\"");
	http_answer(request, status, PROBLEM_TYPE);
}

void http_refuse_memory(struct request *request)
{
	http_refuse(request, HTTP_STATUS_INTERNAL_SERVER_ERROR, "out-of-memory",
		"The server is out of memory.");
}

void http_answer_with(struct request *request, int err, const char *reason, const char *text)
{
	if (err == -ENOENT)
		http_refuse(request, HTTP_STATUS_NOT_FOUND, reason, text);
	else if (err < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

void http_refuse_service(struct request *request, const struct service_refusal *refusal)
{
	http_refuse(request, refusal->status, refusal->reason, refusal->text);
}

void http_deliver(struct io *io, uint64_t number, unsigned status, struct message *message)
{
	struct request *request = rs_map_find(io->requests, &number, sizeof(number));
	if (request != NULL && !request->answered) {
		const char *text = (const char *)message_text(message);
		const bool join = request->importing && status == STATUS_CREATED;
		const bool issued = request->issued != NULL && status == HTTP_STATUS_OK;
		if (issued)
			http_add_header(request, "cache-control:", "no-store");
		const int err = join     ? join_write(request, text, message->len)
				: issued ? pins_write(request)
					 : rs_buf_append(&request->out, text, message->len);
		if (err < 0)
			http_refuse_memory(request);
		http_answer(request, status,
			status < HTTP_STATUS_BAD_REQUEST ? "application/json" : PROBLEM_TYPE);
	}
	message_unref(message);
}

void http_base(const struct request *request, char out[HTTP_VALUE_MAX])
{
	const struct io_config *config = &request->io->config;
	if (config->web_base[0] != '\0')
		(void)rs_copy_text(out, HTTP_VALUE_MAX, config->web_base, strlen(config->web_base));
	else
		(void)snprintf(out, HTTP_VALUE_MAX, "%s://%.200s",
			config->certificate[0] != '\0' ? "https" : "http", request->host);
}

/* --- Writing the answer --- */

static int write_head(struct request *request)
{
	uint8_t room[LWS_PRE + HEAD_MAX];
	uint8_t *start = room + LWS_PRE;
	uint8_t *at = start;
	uint8_t *end = room + sizeof(room) - 1;
	struct lws *wsi = request->wsi;
	const uint64_t len = request->reading != NULL ? request->reading_len
			     : request->file >= 0     ? request->file_left
						      : rs_buf_len(&request->out);
	bool good = lws_add_http_header_status(wsi, request->status, &at, end) == 0;
	if (request->type != NULL && good)
		good = lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE,
			       (const uint8_t *)request->type, (int)strlen(request->type), &at,
			       end) == 0;
	for (size_t i = 0; i < request->n_headers && good; i++) {
		const struct http_header *header = &request->headers[i];
		good = lws_add_http_header_by_name(wsi, (const uint8_t *)header->name,
			       (const uint8_t *)header->value, (int)strlen(header->value), &at,
			       end) == 0;
	}
	if (request->stream == 0)
		good = good && lws_add_http_header_content_length(wsi, len, &at, end) == 0;
	else
		good = good && lws_add_http_header_by_name(wsi,
				       (const uint8_t *)"connection:", (const uint8_t *)"close", 5,
				       &at, end) == 0;
	return good && lws_finalize_write_http_header(wsi, start, &at, end) == 0 ? 0 : -1;
}

/* -1 closes the connection. */
static int finish(struct request **slot)
{
	struct request *request = rs_steal(slot);
	struct lws *wsi = request->wsi;
	const bool close_after = request->close_after;
	http_request_free(request);
	return lws_http_transaction_completed(wsi) != 0 || close_after ? -1 : 0;
}

/* A piece of the file a call: none of it is kept. */
static int write_file(struct request **slot)
{
	struct request *request = *slot;
	uint8_t room[LWS_PRE + CHUNK];
	const size_t want = request->file_left < CHUNK ? (size_t)request->file_left : CHUNK;
	const ssize_t n = pread(request->file, room + LWS_PRE, want, (off_t)request->file_at);
	if (n <= 0)
		return -1; /* the length was told: what is missing must be seen */
	const bool last = (uint64_t)n == request->file_left;
	if (lws_write(request->wsi, room + LWS_PRE, (size_t)n,
		    last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
		return -1;
	request->file_at += (uint64_t)n;
	request->file_left -= (uint64_t)n;
	if (last)
		return finish(slot);
	(void)lws_callback_on_writable(request->wsi); /* as in http_answer() */
	return 0;
}

int http_write(struct request **slot)
{
	struct request *request = *slot;
	if (request == NULL || !request->answered)
		return 0;
	if (!request->head_written) {
		request->head_written = true;
		if (write_head(request) < 0)
			return -1;
		if (request->stream != 0 && request->method != HTTP_HEAD) {
			streams_begin(request);
			return 0;
		}
		if (request->method == HTTP_HEAD ||
			(request->reading == NULL && request->file < 0 &&
				rs_buf_len(&request->out) == 0))
			return finish(slot);
		if (request->reading != NULL) {
			if (request->reading_len == 0)
				return finish(slot);
			reading_begin(request);
			return 0;
		}
		(void)lws_callback_on_writable(request->wsi); /* as in http_answer() */
		return 0;
	}
	if (request->stream != 0)
		return streams_write(request);
	if (request->reading != NULL) {
		const int written = reading_write(request);
		return written == 1 ? finish(slot) : written;
	}
	if (request->file >= 0)
		return write_file(slot);
	uint8_t room[LWS_PRE + CHUNK];
	const size_t left = rs_buf_len(&request->out);
	const size_t len = left < CHUNK ? left : CHUNK;
	memcpy(room + LWS_PRE, rs_buf_data(&request->out), len);
	const bool last = len == left;
	if (lws_write(request->wsi, room + LWS_PRE, len,
		    last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)len)
		return -1;
	rs_buf_consume(&request->out, len);
	if (last)
		return finish(slot);
	(void)lws_callback_on_writable(request->wsi); /* as in http_answer() */
	return 0;
}
