/* Webhooks on the wire: libcurl's multi interface on our loop. The service says what is to be sent and hears how it went; nothing here
 * waits. Where a request may go is judged by the address that is really connected to, after names were resolved. */
#include "signaling/io/io_priv.h"
#include "signaling/io/target.h"

#include "common/log/log.h"

#include <curl/curl.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_MS 5000L
#define TOTAL_MS 10000L
/* As many as there may be webhooks. */
#define CONNECTIONS_MAX 64L

struct courier {
	struct io *io;
	CURLM *multi;
	uv_timer_t timer;
	struct errand *errands;
};

/* One request under way. */
struct errand {
	struct errand *next;
	struct courier *courier;
	uint64_t key;
	CURL *easy;
	struct curl_slist *headers;
	struct message *body;
	bool trusted; /* its host was named by the operator */
	bool refused; /* its address is not public */
	char error[CURL_ERROR_SIZE];
};

/* A socket that libcurl wants watched; freed with its handle. */
struct watch {
	uv_poll_t poll;
	struct courier *courier;
	curl_socket_t fd;
};

/* --- Where it may go --- */

static bool is_named(const struct io *io, const char *host)
{
	for (size_t i = 0; i < io->config.n_hook_hosts; i++) {
		if (strcasecmp(host, io->config.hook_hosts[i]) == 0)
			return true;
	}
	return false;
}

/* The part of a URL as text to be freed by curl_free(), or NULL. */
static char *part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

/* Which host it is, is judged when it is connected to. */
bool courier_takes(const char *text)
{
	CURLU *url = curl_url();
	bool good = url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;
	char *scheme = good ? part_of(url, CURLUPART_SCHEME) : NULL;
	char *host = good ? part_of(url, CURLUPART_HOST) : NULL;
	char *user = good ? part_of(url, CURLUPART_USER) : NULL;
	good = scheme != NULL && host != NULL && user == NULL && host[0] != '\0' &&
	       (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(url);
	return good;
}

static bool is_trusted(const struct io *io, const char *text)
{
	CURLU *url = curl_url();
	char *host = url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK
			     ? part_of(url, CURLUPART_HOST)
			     : NULL;
	const bool trusted = host != NULL && is_named(io, host);
	curl_free(host);
	curl_url_cleanup(url);
	return trusted;
}

static struct rs_addr address_of(const struct curl_sockaddr *address)
{
	const void *any = &address->addr;
	uint8_t ip[16];
	if (address->family == AF_INET) {
		memcpy(ip, &((const struct sockaddr_in *)any)->sin_addr, 4);
		return rs_addr_v4(ip, 0);
	}
	if (address->family != AF_INET6)
		return (struct rs_addr){ .family = RS_ADDR_NONE };
	memcpy(ip, &((const struct sockaddr_in6 *)any)->sin6_addr, sizeof(ip));
	return rs_addr_v6(ip, 0);
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct errand *errand = ctx;
	const struct rs_addr addr = address_of(address);
	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!errand->trusted && !target_is_public(&addr)) {
		errand->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* --- One errand --- */

static void errand_free(struct errand *errand)
{
	struct errand **at = &errand->courier->errands;
	while (*at != errand)
		at = &(*at)->next;
	*at = errand->next;
	(void)curl_multi_remove_handle(errand->courier->multi, errand->easy); /* it is there */
	curl_easy_cleanup(errand->easy);
	curl_slist_free_all(errand->headers);
	message_unref(errand->body);
	rs_release(errand);
}

/* What a receiver says beside its status is of no interest. */
static size_t discard(char *data, size_t size, size_t n, void *ctx)
{
	(void)data;
	(void)ctx;
	return size * n;
}

static bool add_header(struct errand *errand, const char *line)
{
	struct curl_slist *list = curl_slist_append(errand->headers, line);
	if (list == NULL)
		return false;
	errand->headers = list;
	return true;
}

static bool set_headers(struct errand *errand, const struct service_hook *hook)
{
	bool good = add_header(errand, "Content-Type: application/json") &&
		    add_header(errand, "User-Agent: Rostrum") && add_header(errand, "Expect:");
	for (size_t i = 0; i < SERVICE_HOOK_HEADERS && good; i++)
		good = add_header(errand, hook->headers[i]);
	return good;
}

static bool set_options(struct errand *errand, const struct service_hook *hook)
{
	CURL *easy = errand->easy;
	return curl_easy_setopt(easy, CURLOPT_URL, hook->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TOTAL_MS) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, errand) == CURLE_OK &&
	       /* a connection that is kept was judged for another errand */
	       curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, errand->error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)errand->body->len) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		       (const char *)message_text(errand->body)) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, errand->headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PRIVATE, errand) == CURLE_OK;
}

/* 0; -ENOENT when it is not to be sent any more; -ENOMEM. */
static int begin(struct courier *courier, uint64_t key, struct message *message)
{
	struct service_hook hook;
	int err = service_hook_request(courier->io->service, key, io_moment(), &hook);
	if (err < 0)
		return err;
	struct errand *errand = rs_zalloc(sizeof(*errand));
	if (errand == NULL)
		return -ENOMEM;
	errand->courier = courier;
	errand->key = key;
	errand->body = message_ref(message);
	errand->trusted = is_trusted(courier->io, hook.url);
	errand->easy = curl_easy_init();
	errand->next = courier->errands;
	courier->errands = errand;
	if (errand->easy != NULL && set_headers(errand, &hook) && set_options(errand, &hook) &&
		curl_multi_add_handle(courier->multi, errand->easy) == CURLM_OK)
		return 0;
	errand_free(errand);
	return -ENOMEM;
}

void courier_send(struct io *io, uint64_t key, struct message *message)
{
	if (begin(io->courier, key, message) == -ENOMEM)
		service_hook_done(io->service, key, 0, "out of memory", io_moment());
	message_unref(message);
}

static void finish(struct courier *courier, struct errand *errand, CURLcode code)
{
	char why[CURL_ERROR_SIZE] = "this address is not public, and its host is not one of "
				    "webhooks.hosts";
	long status = 0;
	const uint64_t key = errand->key;
	if (code == CURLE_OK)
		(void)curl_easy_getinfo(
			errand->easy, CURLINFO_RESPONSE_CODE, &status); /* 0 when it fails */
	else if (!errand->refused)
		(void)rs_copy_string(why, sizeof(why),
			errand->error[0] != '\0' ? errand->error : curl_easy_strerror(code));
	errand_free(errand);
	if (courier->io->service != NULL)
		service_hook_done(courier->io->service, key, (unsigned)status, why, io_moment());
}

static void take_finished(struct courier *courier)
{
	CURLMsg *said;
	int left;
	while ((said = curl_multi_info_read(courier->multi, &left)) != NULL) {
		char *errand = NULL;
		const CURLcode code = said->data.result;
		if (said->msg == CURLMSG_DONE &&
			curl_easy_getinfo(said->easy_handle, CURLINFO_PRIVATE, &errand) == CURLE_OK)
			finish(courier, (struct errand *)(void *)errand, code);
	}
	io_pump(courier->io);
}

/* --- libcurl on the loop --- */

static void act(struct courier *courier, curl_socket_t fd, int events)
{
	int running;
	(void)curl_multi_socket_action(
		courier->multi, fd, events, &running); /* what failed is told by its errand */
	take_finished(courier);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long ms, void *ctx)
{
	struct courier *courier = ctx;
	(void)multi;
	if (ms < 0)
		return uv_timer_stop(&courier->timer);
	return uv_timer_start(&courier->timer, on_timer, (uint64_t)ms, 0) == 0 ? 0 : -1;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
	const struct watch *watch = poll->data;
	int what = status < 0 ? CURL_CSELECT_ERR : 0;
	if (events & UV_READABLE)
		what |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		what |= CURL_CSELECT_OUT;
	act(watch->courier, watch->fd, what);
}

static void on_closed(uv_handle_t *handle)
{
	rs_release(handle->data);
}

static struct watch *watch_new(struct courier *courier, curl_socket_t fd)
{
	struct watch *watch = rs_zalloc(sizeof(*watch));
	if (watch == NULL)
		return NULL;
	watch->courier = courier;
	watch->fd = fd;
	watch->poll.data = watch;
	if (uv_poll_init_socket(&courier->io->loop, &watch->poll, fd) == 0)
		return watch;
	return rs_release(watch);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *of_socket)
{
	struct courier *courier = ctx;
	struct watch *watch = of_socket;
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL)
			uv_close((uv_handle_t *)&watch->poll, on_closed);
		return 0;
	}
	if (watch == NULL)
		watch = watch_new(courier, fd);
	if (watch == NULL || curl_multi_assign(courier->multi, fd, watch) != CURLM_OK)
		return -1;
	const int events =
		(what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
	return uv_poll_start(&watch->poll, events, on_socket) == 0 ? 0 : -1;
}

/* --- Life --- */

static bool set_multi(struct courier *courier)
{
	CURLM *multi = courier->multi;
	return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket) == CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, courier) == CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_TIMERDATA, courier) == CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MAX) ==
		       CURLM_OK;
}

int courier_new(struct io *io)
{
	struct courier *courier = rs_zalloc(sizeof(*courier));
	if (courier == NULL)
		return -ENOMEM;
	io->courier = courier;
	courier->io = io;
	courier->timer.data = courier;
	if (uv_timer_init(&io->loop, &courier->timer) != 0 ||
		curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	courier->multi = curl_multi_init();
	return courier->multi != NULL && set_multi(courier) ? 0 : -ENOMEM;
}

void courier_stop(struct io *io)
{
	struct courier *courier = io->courier;
	if (courier == NULL || courier->multi == NULL)
		return;
	while (courier->errands != NULL)
		errand_free(courier->errands);
	(void)curl_multi_cleanup(courier->multi); /* closes what is watched */
	courier->multi = NULL;
	(void)uv_timer_stop(&courier->timer); /* never fails */
}

void courier_free(struct io *io)
{
	io->courier = rs_release(io->courier);
}
