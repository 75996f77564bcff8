#include "tools/client/rtc_client.h"

#include "sfu/ice/stun.h"
#include "tools/client/rtc_client_priv.h"

#include <errno.h>
#include <string.h>

#define CHECK_FAST RS_MS(50)
#define CHECK_USUAL RS_SEC(1)
#define HOST_PRIORITY 0x6E0001FFU /* peer reflexive, RFC 8445 section 5.1.2.1 */

void rtc_client_enqueue(struct rtc_client *client, const uint8_t *data, size_t len)
{
	if (client->queue_count == RTC_CLIENT_QUEUE || len > RTC_CLIENT_MTU)
		return;
	const size_t at = (client->queue_head + client->queue_count++) % RTC_CLIENT_QUEUE;
	client->queue[at].len = len;
	memcpy(client->queue[at].data, data, len);
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
	client->check_due = now;
	client->nominates = !config->nominate_late;
	client->repeat_due = RS_TIME_NEVER;
	const int err = rtc_client_dtls_init(client);
	if (err < 0) {
		rtc_client_free(client);
		return err;
	}
	*out_client = client;
	return 0;
}

struct rtc_client *rtc_client_free(struct rtc_client *client)
{
	if (client != NULL)
		rtc_client_dtls_done(client);
	return rs_release(client);
}

static void check_send(struct rtc_client *client, rs_time now)
{
	char username[2 * ICE_UFRAG_MAX + 2];
	struct rs_addr none = { 0 };
	rs_rand_bytes(&client->rand, client->txid, sizeof(client->txid));
	struct stun_msg msg = {
		.class = STUN_REQUEST,
		.method = STUN_METHOD_BINDING,
		.username_view = username,
		.has_priority = true,
		.priority = HOST_PRIORITY,
		.use_candidate = client->nominates,
		.role = STUN_ROLE_CONTROLLING,
		.tie_breaker = client->config.seed,
		.mapped = none,
	};
	memcpy(msg.txid, client->txid, sizeof(msg.txid));
	const size_t server_len = strlen(client->config.server.ufrag);
	const size_t own_len = strlen(client->config.own.ufrag);
	memcpy(username, client->config.server.ufrag, server_len);
	username[server_len] = ':';
	memcpy(username + server_len + 1, client->config.own.ufrag, own_len);
	msg.username_len = server_len + 1 + own_len;

	uint8_t data[RTC_CLIENT_MTU];
	const char *pwd = client->config.server.pwd;
	const int len = stun_write(&msg, pwd, strlen(pwd), data, sizeof(data));
	if (len > 0)
		rtc_client_enqueue(client, data, (size_t)len);
	client->check_due = now + (client->reachable ? client->config.check_interval : CHECK_FAST);
}

static void answer_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now)
{
	struct stun_msg msg;
	const char *pwd = client->config.server.pwd;
	if (stun_parse(data, len, &msg) < 0 || stun_verify(data, len, &msg, pwd, strlen(pwd)) < 0)
		return;
	if (msg.class == STUN_ERROR)
		client->last_error = msg.error_code;
	if (msg.class != STUN_SUCCESS)
		return;
	client->answers++;
	client->mapped = msg.mapped;
	client->reachable = true;
	client->check_due = now + client->config.check_interval;
	rtc_client_dtls_start(client, now);
}

void rtc_client_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now)
{
	if (len > 0 && data[0] <= 3) {
		answer_recv(client, data, len, now);
	} else if (len > 0 && data[0] >= 20 && data[0] <= 63) {
		rtc_client_dtls_recv(client, data, len, now);
	}
}

void rtc_client_tick(struct rtc_client *client, rs_time now)
{
	if (!client->silent && client->check_due <= now)
		check_send(client, now);
	if (client->repeat_due <= now)
		rtc_client_dtls_tick(client, now);
}

rs_time rtc_client_deadline(const struct rtc_client *client)
{
	return client->silent ? client->repeat_due
			      : rs_time_min(client->check_due, client->repeat_due);
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
		.to = client->config.server_address,
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
		    : crypt_seal_rtp(client->seal, data, len, cap);
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

bool rtc_client_has_failed(const struct rtc_client *client)
{
	return client->failed;
}

unsigned rtc_client_last_error(const struct rtc_client *client)
{
	return client->last_error;
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

void rtc_client_nominate(struct rtc_client *client, rs_time now)
{
	client->nominates = true;
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
