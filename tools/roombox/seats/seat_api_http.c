#include "tools/roombox/seats/seat_api_priv.h"

#include <errno.h>
#include <stdio.h>

#define HEADERS_MAX 1024
#define TYPE_JSON "application/json"
#define TYPE_PROBLEM "application/problem+json"
#define TYPE_OPENAPI "application/openapi+json;version=3.1"

/* --- What is answered --- */

static int write_rows(struct seat_api *api, struct rs_buf *out)
{
	const struct seat_snapshot snapshot = seat_api_snapshot(api);
	return seat_rows_write(api->meeting, snapshot.connected, api->copy, snapshot.n, false, out);
}

/* Appends the answer. SEAT_PROBLEMS, or why there is none. */
static enum seat_problem handle(
	struct seat_api *api, const struct seat_request *request, struct rs_buf *out)
{
	struct seat_key key = { .release = request->kind == SEAT_ROUTE_RELEASE };
	struct seat_row row;
	int err = 0;
	switch (request->kind) {
	case SEAT_ROUTE_SEATS:
		err = write_rows(api, out);
		break;
	case SEAT_ROUTE_PRESS:
	case SEAT_ROUTE_RELEASE:
		(void)rs_set_text(key.seat, request->seat); /* of the same length */
		const enum seat_problem problem = seat_api_take(api, &key);
		if (problem != SEAT_PROBLEMS)
			return problem;
		__attribute__((fallthrough));
	case SEAT_ROUTE_SEAT:
		if (!seat_api_find(api, request->seat, &row))
			return SEAT_PROBLEM_NO_SEAT;
		err = seat_row_write(&row, out);
		break;
	case SEAT_ROUTE_EVENTS:
		return SEAT_PROBLEM_UPGRADE;
	case SEAT_ROUTE_PROBLEMS:
		err = seat_problems_write(out);
		break;
	case SEAT_ROUTE_DESCRIPTION:
		err = rs_buf_append(out, seat_api_description, seat_api_description_len);
		break;
	case SEAT_ROUTES:
		return SEAT_PROBLEM_NOT_FOUND;
	}
	return err < 0 ? SEAT_PROBLEM_NO_MEMORY : SEAT_PROBLEMS;
}

/* --- The way of a request --- */

static bool add_header(
	struct lws *wsi, const char *name, const char *value, uint8_t **at, uint8_t *end)
{
	return lws_add_http_header_by_name(wsi, (const uint8_t *)name, (const uint8_t *)value,
		       (int)strlen(value), at, end) == 0;
}

static bool write_head(
	struct lws *wsi, const struct seat_request *request, enum seat_problem problem, size_t len)
{
	uint8_t room[LWS_PRE + HEADERS_MAX];
	uint8_t *at = room + LWS_PRE;
	uint8_t *end = room + sizeof(room) - 1;
	const bool key = request->kind == SEAT_ROUTE_PRESS || request->kind == SEAT_ROUTE_RELEASE;
	const bool bad = problem != SEAT_PROBLEMS;
	const unsigned status = bad ? seat_problem_status(problem) : key ? 202 : 200;
	const char *type = bad                                       ? TYPE_PROBLEM
			   : request->kind == SEAT_ROUTE_DESCRIPTION ? TYPE_OPENAPI
								     : TYPE_JSON;
	bool good = lws_add_http_header_status(wsi, status, &at, end) == 0 &&
		    add_header(wsi, "content-type:", type, &at, end) &&
		    add_header(wsi, "cache-control:", "no-store", &at, end);
	if (problem == SEAT_PROBLEM_NO_TOKEN)
		good = good && add_header(wsi, "www-authenticate:", "Bearer", &at, end);
	if (problem == SEAT_PROBLEM_METHOD)
		good = good &&
		       add_header(wsi, "allow:", seat_routes[request->kind].method, &at, end);
	if (problem == SEAT_PROBLEM_UPGRADE)
		good = good && add_header(wsi, "upgrade:", "websocket", &at, end);
	return good && lws_add_http_header_content_length(wsi, len, &at, end) == 0 &&
	       lws_finalize_write_http_header(wsi, room + LWS_PRE, &at, end) == 0;
}

/* Nonzero ends the connection. */
static int finish(struct lws *wsi, struct seat_request *request)
{
	const bool close = request->close_after;
	rs_buf_done(&request->out);
	*request = (struct seat_request){ .refused = SEAT_PROBLEMS };
	return lws_http_transaction_completed(wsi) != 0 || close ? -1 : 0;
}

static bool is_asked(struct lws *wsi, enum lws_token_indexes method)
{
	return lws_hdr_total_length(wsi, method) > 0;
}

static bool is_head(struct lws *wsi)
{
	return is_asked(wsi, WSI_TOKEN_HEAD_URI);
}

/* Headers now, the body when there is room for it. Nonzero ends the connection. */
static int answer(struct lws *wsi, struct seat_request *request)
{
	struct seat_api *api = seat_api_of(wsi);
	enum seat_problem problem = request->refused;
	const bool head = is_head(wsi); /* writing the head forgets that of the request */
	request->answered = true;
	if (seat_api_room(&request->out) < 0)
		return -1;
	if (problem == SEAT_PROBLEMS)
		problem = handle(api, request, &request->out);
	if (problem != SEAT_PROBLEMS && seat_problem_write(problem, &request->out) < 0)
		return -1;
	if (!write_head(wsi, request, problem, rs_buf_len(&request->out) - LWS_PRE))
		return -1;
	if (head)
		return finish(wsi, request);
	return lws_callback_on_writable(wsi) < 0 ? -1 : 0;
}

static int write_body(struct lws *wsi, struct seat_request *request)
{
	if (!request->answered)
		return 0;
	const size_t len = rs_buf_len(&request->out) - LWS_PRE;
	const int sent =
		lws_write(wsi, rs_buf_data(&request->out) + LWS_PRE, len, LWS_WRITE_HTTP_FINAL);
	return finish(wsi, request) != 0 || sent < (int)len ? -1 : 0;
}

/* Another method than GET and POST has no route at all. */
static enum seat_problem route(struct lws *wsi, const char *path, struct seat_request *request)
{
	if (seat_route_find(path, &request->kind, request->seat) < 0)
		return SEAT_PROBLEM_NOT_FOUND;
	const char *method = seat_routes[request->kind].method;
	const bool good = method[0] == 'G' ? is_asked(wsi, WSI_TOKEN_GET_URI) || is_head(wsi)
					   : is_asked(wsi, WSI_TOKEN_POST_URI);
	if (!good)
		return SEAT_PROBLEM_METHOD;
	/* The description is for whoever would find out how to ask. */
	if (request->kind == SEAT_ROUTE_DESCRIPTION || request->kind == SEAT_ROUTE_PROBLEMS)
		return SEAT_PROBLEMS;
	return seat_api_admit(wsi);
}

/* Whether a body is announced that may be waited for. */
static bool has_body(struct lws *wsi, struct seat_request *request)
{
	char text[24] = "";
	uint64_t n = 0;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) == 0 &&
		lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
		return false;
	if (lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 &&
		rs_parse_u64(text, strlen(text), SEAT_WIRE_TAKEN_MAX, &n) == 0)
		return n > 0;
	request->refused = SEAT_PROBLEM_TOO_LARGE;
	request->close_after = true;
	return false;
}

static int begin(struct lws *wsi, struct seat_request *request, const char *path)
{
	rs_buf_done(&request->out); /* of the request before on this connection */
	*request = (struct seat_request){ .kind = SEAT_ROUTES };
	request->refused = route(wsi, path, request);
	return has_body(wsi, request) ? 0 : answer(wsi, request);
}

/* --- What libwebsockets says --- */

static bool has_room(struct seat_api *api)
{
	if (atomic_load(&api->connections) < SEAT_API_CONNECTIONS_MAX)
		return true;
	atomic_fetch_add(&api->connections_refused, 1);
	return false;
}

int seat_api_http(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct seat_api *api = seat_api_of(wsi);
	struct seat_request *request = user;
	/* Of some eighty reasons these concern a request, or a connection. */
	switch ((int)reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return has_room(api) ? 0 : -1;
	case LWS_CALLBACK_WSI_CREATE:
		atomic_fetch_add(&api->connections, 1);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		if (atomic_load(&api->connections) > 0) /* this thread alone changes it */
			atomic_fetch_sub(&api->connections, 1);
		return 0;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		(void)lws_callback_on_writable_all_protocol(api->context,
			lws_vhost_name_to_protocol(lws_get_vhost(wsi), SEAT_WIRE_SUBPROTOCOL));
		return 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return -1; /* a WebSocket without our subprotocol */
	case LWS_CALLBACK_HTTP:
		return begin(wsi, request, in);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return request->answered ? 0 : answer(wsi, request);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return write_body(wsi, request);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (request != NULL)
			rs_buf_done(&request->out);
		return 0;
	default:
		return 0;
	}
}
