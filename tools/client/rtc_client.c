#include "tools/client/rtc_client.h"

#include "common/base/text.h"
#include "sfu/ice/stun.h"
#include "tools/client/rtc_client_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CHECK_FAST RS_MS(50)
#define CHECK_USUAL RS_SEC(1)
#define HOST_PRIORITY 0x6E0001FFU /* peer reflexive, RFC 8445 section 5.1.2.1 */

static struct rs_addr current(const struct rtc_client *client)
{
	return client->candidates[client->reachable ? client->selected : 0];
}

static void enqueue_to(
	struct rtc_client *client, const struct rs_addr *to, const uint8_t *data, size_t len)
{
	if (client->queue_count == RTC_CLIENT_QUEUE || len > RTC_CLIENT_MTU)
		return;
	const size_t at = (client->queue_head + client->queue_count++) % RTC_CLIENT_QUEUE;
	client->queue[at].to = *to;
	client->queue[at].len = len;
	memcpy(client->queue[at].data, data, len);
}

void rtc_client_enqueue(struct rtc_client *client, const uint8_t *data, size_t len)
{
	const struct rs_addr to = current(client);
	enqueue_to(client, &to, data, len);
}

int rtc_client_new(
	const struct rtc_client_config *config, rs_time now, struct rtc_client **out_client)
{
	struct rtc_client *client = rs_zalloc(sizeof(*client));
	if (client == NULL)
		return -ENOMEM;
	client->config = *config;
	if (client->config.check_interval == 0)
		client->config.check_interval = CHECK_USUAL;
	rs_rand_init_seed(&client->rand, config->seed);
	rs_rand_bytes(&client->rand, client->txid_key, sizeof(client->txid_key));
	client->check_due = RS_TIME_NEVER;
	client->unanswered_since = RS_TIME_NEVER;
	client->repeat_due = RS_TIME_NEVER;
	int err = rtc_client_dtls_init(client);
	if (err == 0 && config->server.ufrag[0] != '\0')
		err = rtc_client_connect(client, &config->server, config->server_fingerprint,
			&config->server_address, 1, now);
	if (err < 0) {
		rtc_client_free(client);
		return err;
	}
	*out_client = client;
	return 0;
}

int rtc_client_connect(struct rtc_client *client, const struct ice_credentials *server,
	const char *fingerprint, const struct rs_addr *candidates, size_t n_candidates, rs_time now)
{
	if (n_candidates == 0 || n_candidates > RTC_CLIENT_CANDIDATES_MAX)
		return -EINVAL;
	if (fingerprint != NULL && !rs_set_text(client->fingerprint, fingerprint))
		return -EINVAL;
	client->config.server = *server;
	client->n_candidates = n_candidates;
	memcpy(client->candidates, candidates, n_candidates * sizeof(*candidates));
	client->check_due = now;
	return 0;
}

struct rtc_client *rtc_client_free(struct rtc_client *client)
{
	if (client != NULL)
		rtc_client_dtls_done(client);
	return rs_release(client);
}

/* A transaction id says which candidate it went to, so that any answer, however late, is understood. */
static void txid_write(
	const struct rtc_client *client, size_t candidate, uint8_t txid[STUN_TXID_LEN])
{
	txid[0] = (uint8_t)candidate;
	memcpy(txid + 1, client->txid_key, sizeof(client->txid_key));
	txid[9] = (uint8_t)(client->txid_number >> 16);
	txid[10] = (uint8_t)(client->txid_number >> 8);
	txid[11] = (uint8_t)client->txid_number;
}

static void check_write(struct rtc_client *client, size_t candidate)
{
	char username[2 * ICE_UFRAG_MAX + 2];
	const int username_len = snprintf(username, sizeof(username), "%s:%s",
		client->config.server.ufrag, client->config.own.ufrag);
	struct stun_msg msg = {
		.class = STUN_REQUEST,
		.method = STUN_METHOD_BINDING,
		.username_view = username,
		.username_len = (size_t)username_len,
		.has_priority = true,
		.priority = HOST_PRIORITY,
		/* Of several the one that answers is nominated (RFC 8445 section 8.1.1). */
		.use_candidate = client->reachable || client->n_candidates == 1,
		.role = STUN_ROLE_CONTROLLING,
		.tie_breaker = client->config.seed,
	};
	client->txid_number++;
	txid_write(client, candidate, msg.txid);

	uint8_t data[RTC_CLIENT_MTU];
	const char *pwd = client->config.server.pwd;
	const int len = stun_write(&msg, pwd, strlen(pwd), data, sizeof(data));
	if (len > 0)
		enqueue_to(client, &client->candidates[candidate], data, (size_t)len);
}

static void check_send(struct rtc_client *client, rs_time now)
{
	if (client->unanswered_since == RS_TIME_NEVER)
		client->unanswered_since = now;
	if (client->reachable) {
		check_write(client, client->selected);
	} else {
		for (size_t i = 0; i < client->n_candidates; i++)
			check_write(client, i);
	}
	client->check_due = now + (client->reachable ? client->config.check_interval : CHECK_FAST);
}

/* Servers that are not as lite as they say check the way back, too (RFC 8445 section 7.3). They are answered at the
 * candidate that was found to work, from which alone they can come. */
static void request_recv(struct rtc_client *client, const uint8_t *data, size_t len)
{
	struct stun_msg request;
	const char *pwd = client->config.own.pwd;
	if (!client->reachable || stun_parse(data, len, &request) < 0 ||
		request.class != STUN_REQUEST || request.method != STUN_METHOD_BINDING ||
		stun_verify(data, len, &request, pwd, strlen(pwd)) < 0)
		return;
	struct stun_msg answer = {
		.class = STUN_SUCCESS,
		.method = STUN_METHOD_BINDING,
		.mapped = current(client),
	};
	memcpy(answer.txid, request.txid, sizeof(answer.txid));
	uint8_t out[RTC_CLIENT_MTU];
	const int out_len = stun_write(&answer, pwd, strlen(pwd), out, sizeof(out));
	if (out_len > 0)
		rtc_client_enqueue(client, out, (size_t)out_len);
}

static bool is_ours(const struct rtc_client *client, const struct stun_msg *msg)
{
	return msg->txid[0] < client->n_candidates &&
	       memcmp(msg->txid + 1, client->txid_key, sizeof(client->txid_key)) == 0;
}

static void answer_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now)
{
	struct stun_msg msg;
	const char *pwd = client->config.server.pwd;
	if (stun_parse(data, len, &msg) < 0 || stun_verify(data, len, &msg, pwd, strlen(pwd)) < 0)
		return;
	if (msg.class != STUN_SUCCESS || !is_ours(client, &msg))
		return;
	const bool first = !client->reachable;
	client->answers++;
	client->mapped = msg.mapped;
	client->unanswered_since = RS_TIME_NEVER;
	if (first)
		client->selected = msg.txid[0];
	client->reachable = true;
	client->check_due = now + client->config.check_interval;
	if (first && client->n_candidates > 1)
		check_write(client, client->selected);
	rtc_client_dtls_start(client, now);
}

void rtc_client_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now)
{
	if (len > 0 && data[0] == 0) {
		request_recv(client, data, len);
	} else if (len > 0 && data[0] <= 3) {
		answer_recv(client, data, len, now);
	} else if (len > 0 && data[0] >= 20 && data[0] <= 63) {
		rtc_client_dtls_recv(client, data, len, now);
	}
}

static rs_time dead_due(const struct rtc_client *client)
{
	const bool waits =
		client->config.dead_after > 0 && client->unanswered_since != RS_TIME_NEVER;
	return waits ? client->unanswered_since + client->config.dead_after : RS_TIME_NEVER;
}

void rtc_client_tick(struct rtc_client *client, rs_time now)
{
	if (client->dead || dead_due(client) <= now) {
		client->dead = true;
		return;
	}
	if (!client->silent && client->check_due <= now)
		check_send(client, now);
	if (client->repeat_due <= now)
		rtc_client_dtls_tick(client, now);
}

rs_time rtc_client_deadline(const struct rtc_client *client)
{
	if (client->dead)
		return RS_TIME_NEVER;
	const rs_time check_due = client->silent ? RS_TIME_NEVER : client->check_due;
	return rs_time_min(rs_time_min(check_due, client->repeat_due), dead_due(client));
}

int rtc_client_poll(struct rtc_client *client, struct rtc_client_datagram *out_datagram)
{
	if (client->queue_count == 0)
		return 0;
	const struct rtc_client_entry *entry = &client->queue[client->queue_head];
	client->queue_head = (client->queue_head + 1) % RTC_CLIENT_QUEUE;
	client->queue_count--;
	*out_datagram = (struct rtc_client_datagram){
		.from = client->config.address,
		.to = entry->to,
		.data_view = entry->data,
		.len = entry->len,
	};
	return 1;
}

int rtc_client_seal(struct rtc_client *client, bool rtcp, uint8_t *data, size_t *len, size_t cap)
{
	if (client->seal == NULL)
		return -EPROTO;
	return rtcp ? crypt_seal_rtcp(client->seal, data, len, cap)
		    : crypt_seal_rtp(client->seal, data, *len, data, cap, len);
}

int rtc_client_open(struct rtc_client *client, bool rtcp, uint8_t *data, size_t *len)
{
	if (client->open == NULL)
		return -EPROTO;
	return rtcp ? crypt_open_rtcp(client->open, data, len)
		    : crypt_open_rtp(client->open, data, len);
}

bool rtc_client_is_connected(const struct rtc_client *client)
{
	return client->connected;
}

bool rtc_client_is_dead(const struct rtc_client *client)
{
	return client->dead;
}

struct rs_addr rtc_client_remote(const struct rtc_client *client)
{
	return current(client);
}

bool rtc_client_has_failed(const struct rtc_client *client)
{
	return client->failed;
}

uint64_t rtc_client_answers(const struct rtc_client *client)
{
	return client->answers;
}

struct rs_addr rtc_client_mapped(const struct rtc_client *client)
{
	return client->mapped;
}

void rtc_client_move(struct rtc_client *client, const struct rs_addr *address)
{
	client->config.address = *address;
}

void rtc_client_restart(struct rtc_client *client, const struct ice_credentials *own,
	const struct ice_credentials *server, rs_time now)
{
	client->config.own = *own;
	client->config.server = *server;
	client->check_due = now;
}

void rtc_client_silence(struct rtc_client *client, bool silent)
{
	client->silent = silent;
}

void rtc_client_close(struct rtc_client *client)
{
	(void)SSL_shutdown(client->ssl); /* one way is enough */
}
