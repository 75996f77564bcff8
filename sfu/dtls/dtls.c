#include "sfu/dtls/dtls.h"

#include "sfu/dtls/dtls_priv.h"

#include <openssl/err.h>
#include <openssl/srtp.h>

#include <errno.h>
#include <string.h>

#define HEADER_LEN 13 /* RFC 6347 section 4.1 */
/* RFC 5246 section 6.2.1 */
#define TYPE_CHANGE_CIPHER 20
#define TYPE_HANDSHAKE 22
#define NEVER_US (3600U * 1000 * 1000) /* OpenSSL's own timer: an hour, far past any handshake */
/* Datagrams of our last flight at most, when OpenSSL repeats it message by message. */
#define LAST_FLIGHT 3
#define EXPORTER_LABEL "EXTRACTOR-dtls_srtp" /* RFC 5764 section 4.2 */

static const struct {
	unsigned long id;
	enum dtls_srtp_profile profile;
	size_t key_len;
	size_t salt_len;
} profiles[] = {
	{ SRTP_AEAD_AES_128_GCM, DTLS_AEAD_AES_128_GCM, 16, 12 },
	{ SRTP_AEAD_AES_256_GCM, DTLS_AEAD_AES_256_GCM, 32, 12 },
	{ SRTP_AES128_CM_SHA1_80, DTLS_AES128_CM_SHA1_80, 16, 14 },
};

static unsigned timer_never(SSL *ssl, unsigned previous_us)
{
	return NEVER_US;
}

int dtls_new(const struct dtls_config *config, struct dtls **out_dtls)
{
	if (config->identity == NULL || config->retransmit_first <= 0 ||
		config->retransmit_most < config->retransmit_first ||
		config->handshake_timeout <= 0)
		return -EINVAL;
	struct dtls *dtls = rs_zalloc(sizeof(*dtls));
	if (dtls == NULL)
		return -ENOMEM;
	dtls->config = *config;
	dtls->interval = config->retransmit_first;
	dtls->repeat_due = RS_TIME_NEVER;
	dtls->give_up = RS_TIME_NEVER;

	dtls->flight = rs_calloc(DTLS_FLIGHT_MAX, sizeof(*dtls->flight));
	dtls->flight_cap = DTLS_FLIGHT_MAX;
	dtls->ssl = SSL_new(config->identity->ctx);
	BIO *bio = dtls_bio_new(config->identity->bio_method, dtls);
	if (dtls->flight == NULL || dtls->ssl == NULL || bio == NULL) {
		BIO_free(bio);
		dtls_free(dtls);
		return -ENOMEM;
	}
	SSL_set_bio(dtls->ssl, bio, bio); /* takes the BIO */
	SSL_set_app_data(dtls->ssl, dtls);
	SSL_set_mtu(dtls->ssl, DTLS_MTU);
	DTLS_set_timer_cb(dtls->ssl, timer_never);
	SSL_set_accept_state(dtls->ssl);
	*out_dtls = dtls;
	return 0;
}

struct dtls *dtls_free(struct dtls *dtls)
{
	if (dtls != NULL) {
		SSL_free(dtls->ssl);
		rs_release(dtls->flight);
	}
	return rs_release(dtls);
}

void dtls_start(struct dtls *dtls, rs_time now)
{
	if (dtls->state != DTLS_STATE_IDLE)
		return;
	dtls->state = DTLS_STATE_HANDSHAKE;
	dtls->give_up = now + dtls->config.handshake_timeout;
}

static void event_set(struct dtls *dtls, enum dtls_output_kind kind, int error)
{
	dtls->event = (struct dtls_output){ .kind = kind, .error = error };
	dtls->announce = true;
	dtls->repeat_due = RS_TIME_NEVER;
	dtls->give_up = RS_TIME_NEVER;
	dtls->state = kind == DTLS_CONNECTED ? DTLS_STATE_UP : DTLS_STATE_DOWN;
}

/* From now on there are alerts at most: OpenSSL's two record buffers, 33 KiB, are made again for one, and our
 * last flight, should it be asked for again, is LAST_FLIGHT datagrams at most. */
static void trim(struct dtls *dtls)
{
	const size_t n = dtls->flight_count > LAST_FLIGHT ? dtls->flight_count : LAST_FLIGHT;
	struct dtls_datagram *flight = rs_calloc(n, sizeof(*flight));
	(void)SSL_free_buffers(dtls->ssl); /* refuses while something waits in them */
	if (flight == NULL)
		return; /* what there is will do */
	memcpy(flight, dtls->flight, dtls->flight_count * sizeof(*flight));
	rs_release(dtls->flight);
	dtls->flight = flight;
	dtls->flight_cap = n;
}

/* The handshake as far as the datagram at hand carries it. */
static void handshake_advance(struct dtls *dtls, rs_time now)
{
	ERR_clear_error();
	dtls->flight_begins = true;
	const int result = SSL_do_handshake(dtls->ssl);
	if (result == 1) {
		const bool has_srtp = SSL_get_selected_srtp_profile(dtls->ssl) != NULL;
		event_set(
			dtls, has_srtp ? DTLS_CONNECTED : DTLS_FAILED, has_srtp ? 0 : -EOPNOTSUPP);
		trim(dtls);
		return;
	}
	const int why = SSL_get_error(dtls->ssl, result);
	ERR_clear_error();
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
		event_set(dtls, DTLS_FAILED, dtls->fault != 0 ? dtls->fault : -EPROTO);
		return;
	}
	if (!dtls->flight_begins) { /* it answered with a new flight */
		dtls->interval = dtls->config.retransmit_first;
		dtls->repeats = 0;
		dtls->repeat_due = now + dtls->interval;
	}
}

/* After the handshake: a repeated flight of the client, or an alert. OpenSSL answers the former with
 * our last flight, unless the client repeats octet for octet, as this file does: that it takes for a
 * replay, and the flight goes out again from here. */
static void records_read(struct dtls *dtls)
{
	const bool is_handshake =
		dtls->input[0] == TYPE_CHANGE_CIPHER || dtls->input[0] == TYPE_HANDSHAKE;
	uint8_t sink[64];
	ERR_clear_error();
	dtls->flight_begins = true;
	if (SSL_alloc_buffers(dtls->ssl) != 1)
		return; /* it comes again */
	int result = 0;
	do {
		result = SSL_read(dtls->ssl, sink, sizeof(sink));
	} while (result > 0); /* application data: none is expected, none is kept */
	const int why = SSL_get_error(dtls->ssl, result);
	ERR_clear_error();
	if (why == SSL_ERROR_ZERO_RETURN) {
		event_set(dtls, DTLS_CLOSED, 0);
	} else if (why == SSL_ERROR_SSL) {
		event_set(dtls, DTLS_FAILED, -EPROTO);
	} else if (is_handshake && dtls->flight_begins) {
		dtls->flight_polled = 0;
	}
	(void)SSL_free_buffers(dtls->ssl); /* as in trim() */
}

int dtls_recv(struct dtls *dtls, const uint8_t *data, size_t len, rs_time now)
{
	if (dtls->state == DTLS_STATE_DOWN)
		return -EPROTO;
	if (len < HEADER_LEN || data[0] < 20 || data[0] > 63)
		return -EBADMSG;
	dtls_start(dtls, now);
	dtls->input = data;
	dtls->input_len = len;
	if (dtls->state == DTLS_STATE_HANDSHAKE) {
		handshake_advance(dtls, now);
	} else {
		records_read(dtls);
	}
	dtls->input = NULL;
	return 0;
}

void dtls_tick(struct dtls *dtls, rs_time now)
{
	if (dtls->state != DTLS_STATE_HANDSHAKE)
		return;
	if (dtls->give_up <= now) {
		event_set(dtls, DTLS_FAILED, -ETIMEDOUT);
		return;
	}
	if (dtls->repeat_due > now)
		return;
	dtls->flight_polled = 0;
	dtls->repeats++;
	dtls->interval = rs_time_min(dtls->interval * 2, dtls->config.retransmit_most);
	dtls->repeat_due = dtls->repeats < DTLS_REPEATS_MAX ? now + dtls->interval : RS_TIME_NEVER;
}

rs_time dtls_deadline(const struct dtls *dtls)
{
	return rs_time_min(dtls->repeat_due, dtls->give_up);
}

int dtls_poll(struct dtls *dtls, struct dtls_output *out_output)
{
	if (dtls->flight_polled < dtls->flight_count) {
		const struct dtls_datagram *datagram = &dtls->flight[dtls->flight_polled++];
		*out_output = (struct dtls_output){
			.kind = DTLS_DATAGRAM,
			.data_view = datagram->data,
			.len = datagram->len,
		};
		return 1;
	}
	if (!dtls->announce)
		return 0;
	dtls->announce = false;
	*out_output = dtls->event;
	return 1;
}

void dtls_close(struct dtls *dtls)
{
	if (dtls->state != DTLS_STATE_UP)
		return;
	ERR_clear_error();
	dtls->flight_begins = true;
	if (SSL_alloc_buffers(dtls->ssl) == 1)
		(void)SSL_shutdown(dtls->ssl); /* good-bye is a courtesy; it may be lost anyway */
	ERR_clear_error();
	dtls->state = DTLS_STATE_DOWN;
}

int dtls_keys(const struct dtls *dtls, struct dtls_srtp_keys *out_keys)
{
	if (dtls->state != DTLS_STATE_UP)
		return -EAGAIN;
	const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(dtls->ssl);
	size_t at = 0;
	while (at < RS_ARRAY_LEN(profiles) && profiles[at].id != chosen->id)
		at++;
	if (at == RS_ARRAY_LEN(profiles))
		return -EOPNOTSUPP;

	/* RFC 5764 section 4.2: client key, server key, client salt, server salt. */
	const size_t key_len = profiles[at].key_len;
	const size_t salt_len = profiles[at].salt_len;
	uint8_t material[2 * (DTLS_KEY_MAX + DTLS_SALT_MAX)];
	if (SSL_export_keying_material(dtls->ssl, material, 2 * (key_len + salt_len),
		    EXPORTER_LABEL, strlen(EXPORTER_LABEL), NULL, 0, 0) != 1)
		return -EPROTO;
	struct dtls_srtp_keys keys = {
		.profile = profiles[at].profile,
		.key_len = key_len,
		.salt_len = salt_len,
	};
	memcpy(keys.recv_key, material, key_len);
	memcpy(keys.send_key, material + key_len, key_len);
	memcpy(keys.recv_key + key_len, material + 2 * key_len, salt_len);
	memcpy(keys.send_key + key_len, material + 2 * key_len + salt_len, salt_len);
	*out_keys = keys;
	rs_wipe(material, sizeof(material));
	rs_wipe(&keys, sizeof(keys));
	return 0;
}
