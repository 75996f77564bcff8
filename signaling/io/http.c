#include "signaling/io/pins.h"
#include "signaling/io/upload.h"

#include "common/log/log.h"
#include "signaling/wire/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Octets of an answer written at a time. */
#define CHUNK ((size_t)8192)
#define HEAD_MAX 4096
/* A body over its limit is read and thrown away up to here, so that the client gets to read the answer. */
#define DISCARD_MAX ((uint64_t)16 << 20)
/* Requests that a token costs which is none. */
#define GUESS_COST 5
/* Octets by which clients are told apart: one of IPv6 has a whole /64 to come from. */
#define V4_LEN 4
#define V6_NETWORK_LEN 8
#define PROBLEM_TYPE "application/problem+json"
#define ANSWER_MAX ((size_t)32 << 20)

static struct io *io_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

/* --- Reading the request --- */

static void copy_header(struct lws *wsi, enum lws_token_indexes token, char *out, int cap)
{
	if (lws_hdr_copy(wsi, out, cap, token) <= 0)
		out[0] = '\0'; /* absent, or longer than any value that means something here */
}

static enum http_method method_of(struct lws *wsi)
{
	static const struct {
		enum lws_token_indexes token;
		enum http_method method;
	} known[] = {
		{ WSI_TOKEN_GET_URI, HTTP_GET },
		{ WSI_TOKEN_HEAD_URI, HTTP_HEAD },
		{ WSI_TOKEN_POST_URI, HTTP_POST },
		{ WSI_TOKEN_PUT_URI, HTTP_PUT },
		{ WSI_TOKEN_PATCH_URI, HTTP_PATCH },
		{ WSI_TOKEN_DELETE_URI, HTTP_DELETE },
		{ WSI_TOKEN_OPTIONS_URI, HTTP_OPTIONS },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (lws_hdr_total_length(wsi, known[i].token) > 0)
			return known[i].method;
	}
	return HTTP_OTHER;
}

/* libwebsockets keeps the query in pieces, split where its ampersands were. */
static void read_query(struct request *request)
{
	size_t len = 0;
	for (int i = 0;; i++) {
		const size_t room = sizeof(request->query) - len;
		const int piece = lws_hdr_copy_fragment(
			request->wsi, request->query + len, (int)room, WSI_TOKEN_HTTP_URI_ARGS, i);
		if (piece < 0 || (size_t)piece + 1 >= room)
			break;
		len += (size_t)piece;
		request->query[len++] = '&';
	}
	request->query[len] = '\0';
}

static void read_headers(struct request *request)
{
	struct lws *wsi = request->wsi;
	char peer[RS_ADDR_TEXT_LEN] = "";
	copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, request->content_type, HTTP_VALUE_MAX);
	copy_header(wsi, WSI_TOKEN_HTTP_ACCEPT, request->accept, HTTP_VALUE_MAX);
	copy_header(wsi, WSI_TOKEN_HTTP_IF_MATCH, request->if_match, HTTP_VALUE_MAX);
	copy_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, request->if_none_match, HTTP_VALUE_MAX);
	(void)lws_hdr_custom_copy(wsi, request->last_event_id, sizeof(request->last_event_id),
		"last-event-id:", 14); /* absent is empty */
	copy_header(wsi, WSI_TOKEN_HTTP_RANGE, request->range, HTTP_RANGE_MAX);
	copy_header(wsi, WSI_TOKEN_HTTP_IF_RANGE, request->if_range, HTTP_VALUE_MAX);
	copy_header(wsi, WSI_TOKEN_HOST, request->host, HTTP_VALUE_MAX);
	(void)lws_get_peer_simple(wsi, peer, sizeof(peer)); /* empty when unknown */
	if (rs_addr_parse_ip(peer, strlen(peer), 0, &request->from) < 0)
		request->from = (struct rs_addr){ .family = RS_ADDR_NONE };
}

/* The route of this path and method; NULL when there is none, with *out_other when the path has other methods. */
static const struct http_route *find_route(struct request *request, bool *out_other)
{
	*out_other = false;
	for (size_t i = 0; i < http_n_routes; i++) {
		if (!route_match(http_routes[i].pattern, request->path, &request->params))
			continue;
		/* RFC 9110 section 9.3.2: HEAD is GET without a body. */
		if (http_routes[i].method == request->method ||
			(http_routes[i].method == HTTP_GET && request->method == HTTP_HEAD))
			return &http_routes[i];
		*out_other = true;
	}
	return NULL;
}

/* RFC 9110 section 15.5.6: what the path does have. */
static void refuse_method(struct request *request)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
		"OPTIONS" };
	char allow[HTTP_VALUE_MAX] = "";
	for (size_t i = 0; i < http_n_routes; i++) {
		struct route_params params;
		const size_t len = strlen(allow);
		if (route_match(http_routes[i].pattern, request->path, &params))
			(void)snprintf(allow + len, sizeof(allow) - len, "%s%s",
				len > 0 ? ", " : "", names[http_routes[i].method]);
	}
	http_add_header(request, "allow:", allow);
	http_refuse(request, HTTP_STATUS_METHOD_NOT_ALLOWED, "method-not-allowed",
		"This address has other methods.");
}

/* Verified once, as the request comes in, and not kept. */
static void read_token(struct request *request)
{
	static const char scheme[] = "Bearer ";
	char text[HTTP_TOKEN_MAX + 16];
	copy_header(request->wsi, WSI_TOKEN_HTTP_AUTHORIZATION, text, sizeof(text));
	request->token_err = -ENOENT;
	if (strncasecmp(text, scheme, strlen(scheme)) == 0) {
		const char *token = text + strlen(scheme);
		token += strspn(token, " ");
		request->token_err = auth_verify(
			request->io->config.auth, token, io_moment().wall_ms, &request->token);
	}
	rs_wipe(text, sizeof(text));
}

/* Nothing is kept for strangers and for those who may not ask, whom nobody hears whatever they send: or a few thousand
 * connections could fill the memory. What everybody may ask of REST is short. */
static void prepare_body(struct request *request, const struct http_route *route)
{
	const bool is_open = route != NULL && route->roles == 0 && route->kind == ROUTE_API;
	request->body_unread = (!is_open && request->token_err != 0) ||
			       (route != NULL && route->roles != 0 &&
				       (route->roles & ROLE_BIT(request->token.role)) == 0);
	rs_buf_init(&request->body, route != NULL ? route->body_max : HTTP_SMALL_MAX);
	if (route != NULL && route->is_upload && !request->body_unread) {
		struct claims who = request->token;
		request->body_unread = true; /* by us; the upload reads it */
		upload_begin(request, &who);
	}
}

/* --- May it be answered? --- */

static bool is_rest(const struct http_route *route)
{
	return route->kind != ROUTE_SITE;
}

static bool is_in_meeting(const struct http_route *route)
{
	return route->kind == ROUTE_MEETING || route->kind == ROUTE_OLD_MEETING;
}

static bool refuse_rate(struct request *request, uint32_t seconds)
{
	char after[16];
	(void)snprintf(after, sizeof(after), "%u", seconds);
	http_add_header(request, "retry-after:", after);
	request->io->counters.requests_limited++;
	http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
		"More requests than are taken at a time. Please wait a moment.");
	return false;
}

const char *http_address_key(const struct rs_addr *from, size_t *out_len)
{
	*out_len = from->family == RS_ADDR_V6 ? V6_NETWORK_LEN : V4_LEN;
	return (const char *)from->ip;
}

/* Of the address: who it is, is not known yet. */
static bool within_address_rate(struct request *request, uint32_t cost)
{
	size_t len;
	const char *key = http_address_key(&request->from, &len);
	const uint32_t wait = rate_take(request->io->by_address, key, len, cost, io_moment().now);
	return wait == 0 || refuse_rate(request, wait);
}

static bool within_bearer_rate(struct request *request)
{
	char key[2 * RS_NAME_MAX + 8];
	const int len = snprintf(key, sizeof(key), "%s/%s", request->who.meeting,
		request->who.role == ROLE_ADMIN ? "admin" : request->who.badge);
	const uint32_t wait =
		rate_take(request->io->by_bearer, key, (size_t)len, 1, io_moment().now);
	return wait == 0 || refuse_rate(request, wait);
}

/* A token is guessed more slowly than it is used. */
static bool authenticate(struct request *request)
{
	if (request->token_err == 0)
		return http_authenticate(request);
	if (within_address_rate(request, GUESS_COST))
		(void)http_authenticate(request); /* says why not */
	return false;
}

/* The token's role and meeting, as the route asks for. False: answered. */
static bool is_authorised(struct request *request, const struct http_route *route)
{
	if (route->roles == 0)
		return true;
	if (!authenticate(request) || !within_bearer_rate(request))
		return false;
	if (is_in_meeting(route) && !http_enter(request, request->params.name[0]))
		return false;
	struct service_refusal refusal;
	if (is_in_meeting(route) && service_admit(request->io->service, &request->who,
					    request->params.name[0], &refusal) < 0) {
		http_refuse_service(request, &refusal);
		return false;
	}
	if ((route->roles & ROLE_BIT(request->who.role)) != 0)
		return true;
	http_refuse(request, HTTP_STATUS_FORBIDDEN, "not-permitted",
		"This token's role may not do that.");
	return false;
}

static void answer_route(struct request *request, const struct http_route *route)
{
	if (is_rest(route) && !within_address_rate(request, 1))
		return;
	if (is_authorised(request, route))
		route->handle(request);
}

static void handle(struct request *request)
{
	bool other;
	const struct http_route *route = find_route(request, &other);
	if (request->body_too_large)
		http_refuse(request, HTTP_STATUS_REQ_ENTITY_TOO_LARGE, "too-large",
			"The body is longer than is taken here.");
	else if (route != NULL)
		answer_route(request, route);
	else if (other)
		refuse_method(request);
	else if (request->method == HTTP_GET || request->method == HTTP_HEAD)
		files_get(request);
	else
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "not-found",
			"There is nothing at this address.");
	io_pump(request->io);
}

static struct request *request_free(struct request *request)
{
	if (request == NULL)
		return NULL;
	(void)rs_map_remove(
		request->io->requests, &request->number, sizeof(request->number)); /* itself */
	streams_closed(request);
	upload_free(request->upload);
	if (request->file >= 0)
		(void)close(request->file); /* read only */
	rs_buf_done(&request->body);
	rs_buf_done(&request->out);
	pins_free(request->issued);
	return rs_release(request);
}

static struct request *request_new(struct io *io, struct lws *wsi, const char *path, size_t len)
{
	struct request *request = rs_zalloc(sizeof(*request));
	if (request == NULL)
		return NULL;
	bool other;
	request->io = io;
	request->wsi = wsi;
	request->file = -1;
	request->number = ++io->last_request;
	request->method = method_of(wsi);
	/* A path that is too long is cut, and then is nowhere. */
	(void)rs_copy_text(request->path, sizeof(request->path), path, len);
	read_headers(request);
	read_token(request);
	read_query(request);
	request->route = find_route(request, &other);
	prepare_body(request, request->route);
	rs_buf_init(&request->out, ANSWER_MAX);
	io->counters.requests++;
	if (rs_map_add(io->requests, &request->number, sizeof(request->number), request) < 0)
		return request_free(request);
	return request;
}

/* Is a body announced? libwebsockets calls back with it; what it cannot read is refused. */
static bool await_body(struct request *request)
{
	char length[24];
	uint64_t n = 0;
	const bool is_upload = request->route != NULL && request->route->is_upload;
	const uint64_t most = is_upload ? upload_octets_max(request->io) : DISCARD_MAX;
	if (lws_hdr_total_length(request->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
		request->close_after = true;
		http_refuse(request, HTTP_STATUS_LENGTH_REQUIRED, "length-required",
			"Content-Length is needed.");
		return true;
	}
	copy_header(request->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof(length));
	if (lws_hdr_total_length(request->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0)
		return false;
	if (rs_parse_u64(length, strlen(length), most, &n) < 0) {
		request->close_after = true;
		request->body_too_large = true;
		handle(request);
		return true;
	}
	return n > 0;
}

static int begin(struct lws *wsi, struct request **slot, const char *path, size_t len)
{
	struct io *io = io_of(wsi);
	request_free(rs_steal(slot)); /* of the request before on this connection */
	*slot = io->stopping ? NULL : request_new(io, wsi, path, len);
	if (*slot == NULL)
		return -1;
	if (!await_body(*slot))
		handle(*slot);
	return 0;
}

static void take_body(struct request *request, const void *data, size_t len)
{
	if (request != NULL && !request->answered && request->upload != NULL)
		upload_take(request->upload, data, len);
	if (request == NULL || request->answered || request->body_unread)
		return;
	if (!request->body_too_large && rs_buf_append(&request->body, data, len) < 0)
		request->body_too_large = true;
}

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

/* --- Who asks --- */

bool http_authenticate(struct request *request)
{
	const int err = request->token_err;
	if (err == 0)
		request->who = request->token;
	if (err == -ENOENT)
		http_refuse(request, HTTP_STATUS_UNAUTHORIZED, "no-token",
			"A token is needed: Authorization: Bearer.");
	else if (err == -ETIMEDOUT)
		http_refuse(request, HTTP_STATUS_UNAUTHORIZED, "token-expired",
			"This token has expired. Ask the secretariat for a new one.");
	else if (err < 0)
		http_refuse(request, HTTP_STATUS_UNAUTHORIZED, "bad-token",
			"This token was not issued here, or it is damaged.");
	else if (service_token_revoked(request->io->service, &request->who))
		http_refuse(request, HTTP_STATUS_UNAUTHORIZED, "token-revoked",
			"This token is no longer valid. Ask the secretariat for a new one.");
	return err == 0 && !request->answered;
}

bool http_enter(struct request *request, const char *meeting)
{
	if (!http_authenticate(request))
		return false;
	if (claims_enter(&request->who, meeting))
		return true;
	http_refuse(request, HTTP_STATUS_FORBIDDEN, "other-meeting",
		"This token is for another meeting.");
	return false;
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
	const uint64_t len = request->file >= 0 ? request->file_left : rs_buf_len(&request->out);
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
	request_free(request);
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

static int write_answer(struct request **slot)
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
		if ((request->file < 0 && rs_buf_len(&request->out) == 0) ||
			request->method == HTTP_HEAD)
			return finish(slot);
		(void)lws_callback_on_writable(request->wsi); /* as in http_answer() */
		return 0;
	}
	if (request->stream != 0)
		return streams_write(request);
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

/* --- What libwebsockets says --- */

int http_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct request **slot = user;
	/* Of some eighty reasons these concern a request, or a connection. */
	switch ((int)reason) {
	case LWS_CALLBACK_WSI_CREATE:
		io_of(wsi)->connections++;
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		if (io_of(wsi)->connections > 0)
			io_of(wsi)->connections--;
		return 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return -1; /* a WebSocket without our subprotocol */
	case LWS_CALLBACK_HTTP:
		return begin(wsi, slot, in, len);
	case LWS_CALLBACK_HTTP_BODY:
		take_body(*slot, in, len);
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (*slot != NULL && !(*slot)->answered)
			handle(*slot);
		return 0;
	case LWS_CALLBACK_TIMER:
		if (slot != NULL && *slot != NULL && (*slot)->stream != 0)
			streams_beat(*slot);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return write_answer(slot);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (slot != NULL)
			request_free(rs_steal(slot));
		return 0;
	default:
		return 0;
	}
}
