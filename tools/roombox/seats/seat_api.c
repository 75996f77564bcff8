#include "tools/roombox/seats/seat_api.h"

#include "common/base/addr.h"
#include "tools/roombox/seats/seat_api_priv.h"

#include <errno.h>
#include <signal.h>

#define PING_AFTER_S 15
#define HANGUP_AFTER_S 30
#define TIMEOUT_S 10
/* Octets before an answer's own. */
#define OUT_MAX (SEAT_WIRE_HEAD_MAX + (size_t)SEATS_MAX * SEAT_WIRE_ROW_MAX)

/* --- The API's thread --- */

struct seat_api *seat_api_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

int seat_api_room(struct rs_buf *buf)
{
	static const uint8_t before[LWS_PRE] = { 0 };
	rs_buf_init(buf, OUT_MAX);
	return rs_buf_append(buf, before, sizeof(before));
}

struct seat_snapshot seat_api_snapshot(struct seat_api *api)
{
	pthread_mutex_lock(&api->lock);
	const struct seat_snapshot snapshot = { api->version, api->texts.version, api->connected,
		api->n };
	for (size_t i = 0; i < api->n; i++)
		api->copy[i] = api->rows[i].row;
	pthread_mutex_unlock(&api->lock);
	return snapshot;
}

static const struct seat_row *find(const struct seat_api *api, const char *seat)
{
	for (size_t i = 0; i < api->n; i++) {
		if (strcmp(api->rows[i].row.seat, seat) == 0)
			return &api->rows[i].row;
	}
	return NULL;
}

bool seat_api_find(struct seat_api *api, const char *seat, struct seat_row *out_row)
{
	pthread_mutex_lock(&api->lock);
	const struct seat_row *row = find(api, seat);
	if (row != NULL)
		*out_row = *row;
	pthread_mutex_unlock(&api->lock);
	return row != NULL;
}

static enum seat_problem judge(const struct seat_api *api, const struct seat_key *key)
{
	const struct seat_row *row = find(api, key->seat);
	if (row == NULL)
		return SEAT_PROBLEM_NO_SEAT;
	if (!api->connected)
		return SEAT_PROBLEM_NO_LINE;
	if (row->badge[0] == '\0')
		return SEAT_PROBLEM_NOBODYS;
	return api->n_keys == SEATS_KEYS_MAX ? SEAT_PROBLEM_TOO_MANY : SEAT_PROBLEMS;
}

enum seat_problem seat_api_take(struct seat_api *api, const struct seat_key *key)
{
	pthread_mutex_lock(&api->lock);
	const enum seat_problem problem = judge(api, key);
	if (problem == SEAT_PROBLEMS)
		api->keys[(api->first_key + api->n_keys++) % SEATS_KEYS_MAX] = *key;
	pthread_mutex_unlock(&api->lock);
	atomic_fetch_add(problem == SEAT_PROBLEMS ? &api->keys_taken : &api->keys_refused, 1);
	return problem;
}

/* The refusal's, the line's or the row's version, if it is new and older than what was found so far. */
static bool older(uint64_t version, uint64_t seen, const struct seat_news *found)
{
	return version > seen && (found->kind == SEAT_NEWS_NONE || version < found->version);
}

void seat_api_news(struct seat_api *api, uint64_t seen, struct seat_news *out_news)
{
	struct seat_news news = { .kind = SEAT_NEWS_NONE };
	pthread_mutex_lock(&api->lock);
	if (older(api->line_version, seen, &news))
		news = (struct seat_news){ .kind = SEAT_NEWS_LINE,
			.version = api->line_version,
			.connected = api->connected };
	for (size_t i = 0; i < api->n && api->version > seen; i++) {
		const struct shown_row *row = &api->rows[i];
		if (older(row->version, seen, &news))
			news = (struct seat_news){
				.kind = SEAT_NEWS_ROW, .version = row->version, .row = row->row
			};
	}
	for (size_t i = 0; i < SEAT_API_REFUSALS; i++) {
		const struct refusal *refusal = &api->refusals[i];
		if (older(refusal->version, seen, &news))
			news = (struct seat_news){ .kind = SEAT_NEWS_REFUSED,
				.version = refusal->version,
				.refusal = *refusal };
	}
	pthread_mutex_unlock(&api->lock);
	*out_news = news;
}

bool seat_api_next_text(
	struct seat_api *api, uint64_t seen, uint64_t since, struct seat_text *out_text)
{
	pthread_mutex_lock(&api->lock);
	const bool next = seat_texts_next(&api->texts, seen, since, out_text);
	pthread_mutex_unlock(&api->lock);
	return next;
}

enum seat_problem seat_api_admit(struct lws *wsi)
{
	static const char scheme[] = "Bearer ";
	const struct seat_api *api = seat_api_of(wsi);
	char given[sizeof(scheme) + SEAT_API_TOKEN_MAX] = "";
	const size_t len = strlen(api->token);
	if (len == 0)
		return lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) > 0 ? SEAT_PROBLEM_FROM_A_PAGE
								       : SEAT_PROBLEMS;
	const int got = lws_hdr_copy(wsi, given, (int)sizeof(given), WSI_TOKEN_HTTP_AUTHORIZATION);
	const size_t prefix = sizeof(scheme) - 1;
	const bool good = got == (int)(prefix + len) && memcmp(given, scheme, prefix) == 0 &&
			  rs_equal_ct(given + prefix, api->token, len);
	rs_wipe(given, sizeof(given));
	return good ? SEAT_PROBLEMS : SEAT_PROBLEM_NO_TOKEN;
}

static void *work(void *ctx)
{
	struct seat_api *api = ctx;
	while (!atomic_load(&api->stop))
		(void)lws_service(api->context, 0); /* fails while it is being ended only */
	return NULL;
}

/* --- Birth and death --- */

static const lws_retry_bo_t keep_alive = {
	.secs_since_valid_ping = PING_AFTER_S,
	.secs_since_valid_hangup = HANGUP_AFTER_S,
};

static const struct lws_protocols protocols[] = {
	{ "http", seat_api_http, sizeof(struct seat_request), SEAT_WIRE_TAKEN_MAX, 0, NULL, 0 },
	{ SEAT_WIRE_SUBPROTOCOL, seat_api_events, sizeof(struct seat_follower), SEAT_WIRE_TAKEN_MAX,
		0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};

static int listen_at(struct seat_api *api, const struct rs_addr *addr)
{
	char ip[RS_ADDR_TEXT_LEN];
	rs_addr_format_ip(addr, ip);
	const struct lws_context_creation_info info = {
		.port = addr->port,
		.iface = ip,
		.protocols = protocols,
		.user = api,
		.retry_and_idle_policy = &keep_alive,
		.timeout_secs = TIMEOUT_S,
		.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
	};
	lws_set_log_level(LLL_ERR, NULL);
	api->context = lws_create_context(&info);
	return api->context != NULL ? 0 : -EIO;
}

/* Signals are the main thread's: one that ends the box must end its sleep. */
static int start(struct seat_api *api)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	api->started = pthread_create(&api->thread, NULL, work, api) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return api->started ? 0 : -EIO;
}

int seat_api_new(const struct seat_api_config *config, struct seat_api **out_api)
{
	struct rs_addr addr;
	if (rs_addr_parse(config->listen, strlen(config->listen), &addr) < 0 ||
		(!rs_addr_is_loopback(&addr) && config->token[0] == '\0'))
		return -EINVAL;
	struct seat_api *api = rs_zalloc(sizeof(*api));
	if (api == NULL)
		return -ENOMEM;
	pthread_mutex_init(&api->lock, NULL);
	api->rows = rs_calloc(SEATS_MAX, sizeof(*api->rows));
	api->copy = rs_calloc(SEATS_MAX, sizeof(*api->copy));
	int err = api->rows == NULL || api->copy == NULL ? -ENOMEM : 0;
	if (err == 0 && !(rs_set_text(api->token, config->token) &&
				rs_set_text(api->meeting, config->meeting)))
		err = -EINVAL;
	if (err == 0)
		err = listen_at(api, &addr);
	if (err == 0)
		err = start(api);
	if (err < 0) {
		seat_api_free(api);
		return err;
	}
	*out_api = api;
	return 0;
}

void seat_api_figures(const struct seat_api *api, struct seat_figures *out_figures)
{
	*out_figures = (struct seat_figures){
		.connections = atomic_load(&api->connections),
		.connections_refused = atomic_load(&api->connections_refused),
		.keys = atomic_load(&api->keys_taken),
		.keys_refused = atomic_load(&api->keys_refused),
		.keys_denied = atomic_load(&api->keys_denied),
	};
}

bool seat_api_is_followed(const struct seat_api *api)
{
	return atomic_load(&api->followers) > 0;
}

struct seat_api *seat_api_free(struct seat_api *api)
{
	if (api == NULL)
		return NULL;
	atomic_store(&api->stop, true);
	if (api->started) {
		lws_cancel_service(api->context);
		pthread_join(api->thread, NULL);
	}
	if (api->context != NULL)
		lws_context_destroy(api->context);
	pthread_mutex_destroy(&api->lock);
	rs_release(api->rows);
	rs_release(api->copy);
	rs_wipe(api->token, sizeof(api->token));
	return rs_release(api);
}

/* --- The sound's thread --- */

bool seat_api_begin(struct seat_api *api)
{
	return pthread_mutex_trylock(&api->lock) == 0;
}

void seat_api_row(struct seat_api *api, const struct seat_row *row)
{
	struct shown_row *shown = &api->rows[row->index];
	*shown = (struct shown_row){ ++api->version, *row };
	if (row->index >= api->n)
		api->n = row->index + 1;
	api->news = true;
}

void seat_api_line(struct seat_api *api, bool connected)
{
	if (api->connected == connected)
		return;
	api->connected = connected;
	api->line_version = ++api->version;
	api->news = true;
}

void seat_api_refused(struct seat_api *api, const char *seat, const char *reason)
{
	struct refusal *refusal = &api->refusals[api->refused++ % SEAT_API_REFUSALS];
	refusal->version = ++api->version;
	atomic_fetch_add(&api->keys_denied, 1);
	(void)rs_set_text(refusal->seat, seat);
	(void)rs_set_text(refusal->reason, reason); /* as the header says */
	api->news = true;
}

void seat_api_text(struct seat_api *api, const char *seat, const char *text)
{
	seat_texts_set(&api->texts, seat, text);
	api->news = true;
}

int seat_api_key(struct seat_api *api, struct seat_key *out_key)
{
	if (api->n_keys == 0)
		return 0;
	*out_key = api->keys[api->first_key];
	api->first_key = (api->first_key + 1) % SEATS_KEYS_MAX;
	api->n_keys--;
	return 1;
}

void seat_api_end(struct seat_api *api)
{
	const bool news = api->news;
	api->news = false;
	pthread_mutex_unlock(&api->lock);
	if (news)
		lws_cancel_service(api->context); /* wakes the other thread; an octet into a pipe */
}
