/* A request: read, judged by token and rate, and handed to its route. */
#include "signaling/io/archive.h"
#include "signaling/io/pins.h"
#include "signaling/io/reading.h"
#include "signaling/io/upload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A body over its limit is read and thrown away up to here, so that the client gets to read the answer. */
#define DISCARD_MAX ((uint64_t)16 << 20)
/* Requests that a token costs which is none. */
#define GUESS_COST 5
/* Octets by which clients are told apart: one of IPv6 has a whole /64 to come from. */
#define V4_LEN 4
#define V6_NETWORK_LEN 8
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

bool http_query(struct request *request, const char *name, char *out, size_t cap)
{
	char piece[HTTP_VALUE_MAX];
	const size_t name_len = strlen(name);
	out[0] = '\0';
	for (int i = 0;; i++) {
		const int len = lws_hdr_fragment_length(request->wsi, WSI_TOKEN_HTTP_URI_ARGS, i);
		if (len <= 0)
			return true;
		if (lws_hdr_copy_fragment(
			    request->wsi, piece, sizeof(piece), WSI_TOKEN_HTTP_URI_ARGS, i) < 0)
			return false;
		if (strncmp(piece, name, name_len) != 0 || piece[name_len] != '=')
			continue;
		return strlen(piece) == (size_t)len &&
		       rs_copy_string(out, cap, piece + name_len + 1);
	}
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
	if (is_rest(route) && !route->is_light && !within_address_rate(request, 1))
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

struct request *http_request_free(struct request *request)
{
	if (request == NULL)
		return NULL;
	(void)rs_map_remove(
		request->io->requests, &request->number, sizeof(request->number)); /* itself */
	streams_closed(request);
	reading_end(request);
	archive_proof_end(request);
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
	if (request->token_err == -ENOENT && request->route != NULL && request->route->takes_ticket)
		request->token_err =
			archive_ticket(request, request->params.name[0], &request->token);
	prepare_body(request, request->route);
	rs_buf_init(&request->out, ANSWER_MAX);
	io->counters.requests++;
	if (rs_map_add(io->requests, &request->number, sizeof(request->number), request) < 0)
		return http_request_free(request);
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
	http_request_free(rs_steal(slot)); /* of the request before on this connection */
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
		return http_write(slot);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (slot != NULL)
			http_request_free(rs_steal(slot));
		return 0;
	default:
		return 0;
	}
}
