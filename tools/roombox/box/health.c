#include "tools/roombox/box/health.h"

#include "common/base/addr.h"
#include "common/base/text.h"

#include <libwebsockets.h>

#include <errno.h>

#define HEADERS_MAX 512
#define TYPE_TEXT "text/plain; version=0.0.4"

struct health {
	struct lws_context *context;
	health_ask *ask;
	void *ctx;
};

/* Of one connection: what it is still to be sent. */
struct answer {
	size_t len;
	uint8_t room[LWS_PRE + FIGURES_MAX];
};

static unsigned make_answer(struct health *health, const char *path, struct rs_buf *body)
{
	struct figures figures = { .in_meeting = false };
	health->ask(health->ctx, &figures);
	if (strcmp(path, "/metrics") == 0)
		return figures_write(&figures, body) == 0 ? HTTP_STATUS_OK
							  : HTTP_STATUS_INTERNAL_SERVER_ERROR;
	if (strcmp(path, "/healthz") != 0)
		return HTTP_STATUS_NOT_FOUND;
	if (rs_buf_printf(body, "%s\n", figures.in_meeting ? "in the meeting" : "without a line") <
		0)
		return HTTP_STATUS_INTERNAL_SERVER_ERROR;
	return figures.in_meeting ? HTTP_STATUS_OK : HTTP_STATUS_SERVICE_UNAVAILABLE;
}

/* Headers now, the body when there is room for it. Nonzero ends the connection. */
static int begin(struct lws *wsi, struct answer *answer, const char *path)
{
	struct health *health = lws_context_user(lws_get_context(wsi));
	uint8_t headers[LWS_PRE + HEADERS_MAX];
	uint8_t *at = headers + LWS_PRE;
	struct rs_buf body;
	rs_buf_init(&body, FIGURES_MAX);
	const unsigned status = make_answer(health, path, &body);
	answer->len = rs_buf_len(&body);
	if (answer->len > 0)
		memcpy(answer->room + LWS_PRE, rs_buf_data(&body), answer->len);
	rs_buf_done(&body);
	if (lws_add_http_common_headers(
		    wsi, status, TYPE_TEXT, answer->len, &at, headers + sizeof(headers)) != 0 ||
		lws_finalize_write_http_header(
			wsi, headers + LWS_PRE, &at, headers + sizeof(headers)) != 0)
		return 1;
	if (answer->len == 0)
		return lws_http_transaction_completed(wsi);
	return lws_callback_on_writable(wsi) < 0;
}

static int on_http(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct answer *answer = user;
	/* What else libwebsockets tells is for others. */
	if (reason == LWS_CALLBACK_HTTP)
		return begin(wsi, answer, in);
	if (reason == LWS_CALLBACK_HTTP_WRITEABLE) {
		const int sent =
			lws_write(wsi, answer->room + LWS_PRE, answer->len, LWS_WRITE_HTTP_FINAL);
		return sent < (int)answer->len || lws_http_transaction_completed(wsi);
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "http", on_http, sizeof(struct answer), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};

int health_new(const char *listen, health_ask *ask, void *ctx, struct health **out_health)
{
	struct rs_addr addr;
	char ip[RS_ADDR_TEXT_LEN];
	if (rs_addr_parse(listen, strlen(listen), &addr) < 0)
		return -EINVAL;
	struct health *health = rs_zalloc(sizeof(*health));
	if (health == NULL)
		return -ENOMEM;
	health->ask = ask;
	health->ctx = ctx;
	rs_addr_format_ip(&addr, ip);
	const struct lws_context_creation_info info = {
		.port = addr.port,
		.iface = ip,
		.protocols = protocols,
		.user = health,
		.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
	};
	lws_set_log_level(LLL_ERR, NULL);
	health->context = lws_create_context(&info);
	if (health->context == NULL) {
		rs_release(health);
		return -EIO;
	}
	*out_health = health;
	return 0;
}

struct health *health_free(struct health *health)
{
	if (health != NULL)
		lws_context_destroy(health->context);
	return rs_release(health);
}

void health_turn(struct health *health)
{
	if (health != NULL)
		(void)lws_service(health->context, -1); /* below 0: it does not wait */
}
