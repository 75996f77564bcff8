#include "sfu/transport/transport.h"

#include "common/base/fetch.h"
#include "sfu/demux/demux.h"

#include <errno.h>

/* Usual values: consent RFC 7675 section 5.1; the rest is what browsers live well with. */
#define CONSENT_TIMEOUT RS_SEC(30)
#define DTLS_REPEAT_FIRST RS_MS(100)
#define DTLS_REPEAT_MOST RS_SEC(2)
#define DTLS_TIMEOUT RS_SEC(30)
#define RECV_STREAMS 32
#define SEND_STREAMS 64

struct transport {
	size_t max_recv_streams;
	size_t max_send_streams;
	struct ice_agent *ice;
	struct dtls *dtls;
	struct crypt *open; /* both NULL before the keys are agreed */
	struct crypt *seal;
	uint64_t sealed; /* of stats, beside what sealing needs */
	bool failed;
	struct transport_stats stats;
};

void transport_config_default(struct transport_config *out_config)
{
	*out_config = (struct transport_config){
		.ice = { .consent_timeout = CONSENT_TIMEOUT },
		.dtls = {
			.retransmit_first = DTLS_REPEAT_FIRST,
			.retransmit_most = DTLS_REPEAT_MOST,
			.handshake_timeout = DTLS_TIMEOUT,
		},
		.max_recv_streams = RECV_STREAMS,
		.max_send_streams = SEND_STREAMS,
	};
}

int transport_new(
	const struct transport_config *config, rs_time now, struct transport **out_transport)
{
	if (config->max_recv_streams < 1 || config->max_recv_streams > CRYPT_STREAMS_MAX ||
		config->max_send_streams < 1 || config->max_send_streams > CRYPT_STREAMS_MAX)
		return -EINVAL;
	struct transport *transport = rs_zalloc(sizeof(*transport));
	if (transport == NULL)
		return -ENOMEM;
	transport->max_recv_streams = config->max_recv_streams;
	transport->max_send_streams = config->max_send_streams;
	int err = ice_new(&config->ice, now, &transport->ice);
	if (err == 0)
		err = dtls_new(&config->dtls, &transport->dtls);
	if (err < 0) {
		transport_free(transport);
		return err;
	}
	*out_transport = transport;
	return 0;
}

struct transport *transport_free(struct transport *transport)
{
	if (transport != NULL) {
		ice_free(transport->ice);
		dtls_free(transport->dtls);
		crypt_free(transport->open);
		crypt_free(transport->seal);
	}
	return rs_release(transport);
}

/* The peer is expected to say hello as soon as there is a path. */
static int recv_stun(struct transport *transport, const uint8_t *data, size_t len,
	const struct ice_path *from, rs_time now)
{
	const int err = ice_recv(transport->ice, data, len, from, now);
	if (ice_selected(transport->ice) != NULL)
		dtls_start(transport->dtls, now);
	return err;
}

int transport_recv(struct transport *transport, const uint8_t *data, size_t len,
	const struct ice_path *from, rs_time now)
{
	switch (demux_classify(data, len)) {
	case DEMUX_STUN:
		return recv_stun(transport, data, len, from, now);
	case DEMUX_DTLS:
		if (!transport->failed && ice_path_known(transport->ice, from))
			return dtls_recv(transport->dtls, data, len, now);
		transport->stats.stray_dtls++;
		return -EACCES;
	case DEMUX_RTP:
	case DEMUX_RTCP:
	case DEMUX_UNKNOWN:
		break;
	}
	return -EBADMSG;
}

static void open_count(struct transport *transport, int err)
{
	switch (err) {
	case 0:
		transport->stats.opened++;
		break;
	case -EALREADY:
		transport->stats.open_replayed++;
		break;
	case -E2BIG:
		transport->stats.streams_refused++;
		break;
	default:
		transport->stats.open_failed++;
		break;
	}
}

int transport_open(struct transport *transport, uint8_t *data, size_t *len,
	const struct ice_path *from, rs_time now)
{
	const enum demux_kind kind = demux_classify(data, *len);
	if (kind != DEMUX_RTP && kind != DEMUX_RTCP)
		return -EBADMSG;
	if (transport->open == NULL || !ice_path_known(transport->ice, from)) {
		transport->stats.stray_media++;
		return transport->open == NULL ? -EPROTO : -EACCES;
	}
	const int err = kind == DEMUX_RTP ? crypt_open_rtp(transport->open, data, len)
					  : crypt_open_rtcp(transport->open, data, len);
	open_count(transport, err);
	if (err < 0)
		return err;
	ice_heard(transport->ice, from, now);
	return kind == DEMUX_RTP ? TRANSPORT_RTP : TRANSPORT_RTCP;
}

int transport_seal_rtp(struct transport *transport, const uint8_t *data, size_t len, uint8_t *out,
	size_t cap, size_t *out_len)
{
	if (transport->seal == NULL)
		return -EPROTO;
	const int err = crypt_seal_rtp(transport->seal, data, len, out, cap, out_len);
	transport->sealed += err == 0;
	return err;
}

int transport_seal_rtcp(struct transport *transport, uint8_t *data, size_t *len, size_t cap)
{
	if (transport->seal == NULL)
		return -EPROTO;
	const int err = crypt_seal_rtcp(transport->seal, data, len, cap);
	transport->sealed += err == 0;
	return err;
}

void transport_fetch(const struct transport *transport, unsigned step)
{
	if (step == 0)
		rs_fetch(transport, sizeof(*transport));
	else if (transport->seal != NULL)
		crypt_fetch(transport->seal, step - 1);
}

void transport_path_gone(struct transport *transport, const struct ice_path *path)
{
	ice_path_gone(transport->ice, path);
}

int transport_restart(struct transport *transport, const struct ice_credentials *local,
	const struct ice_credentials *remote)
{
	return ice_restart(transport->ice, local, remote);
}

void transport_close(struct transport *transport)
{
	dtls_close(transport->dtls);
}

void transport_tick(struct transport *transport, rs_time now)
{
	ice_tick(transport->ice, now);
	dtls_tick(transport->dtls, now);
}

rs_time transport_deadline(const struct transport *transport)
{
	return rs_time_min(ice_deadline(transport->ice), dtls_deadline(transport->dtls));
}

static enum crypt_profile profile_of(enum dtls_srtp_profile profile)
{
	switch (profile) {
	case DTLS_AEAD_AES_128_GCM:
		return CRYPT_AEAD_AES_128_GCM;
	case DTLS_AEAD_AES_256_GCM:
		return CRYPT_AEAD_AES_256_GCM;
	case DTLS_AES128_CM_SHA1_80:
		return CRYPT_AES128_CM_SHA1_80;
	}
	return CRYPT_AES128_CM_SHA1_80;
}

/* Both contexts, or neither. */
static int keys_install(struct transport *transport)
{
	struct dtls_srtp_keys keys;
	int err = dtls_keys(transport->dtls, &keys);
	if (err < 0)
		return err;
	struct crypt_config config = {
		.profile = profile_of(keys.profile),
		.direction = CRYPT_OPEN,
		.key_view = keys.recv_key,
		.key_len = keys.key_len + keys.salt_len,
		.max_streams = transport->max_recv_streams,
	};
	err = crypt_new(&config, &transport->open);
	if (err == 0) {
		config.direction = CRYPT_SEAL;
		config.key_view = keys.send_key;
		config.max_streams = transport->max_send_streams;
		err = crypt_new(&config, &transport->seal);
	}
	if (err < 0)
		transport->open = crypt_free(transport->open);
	rs_wipe(&keys, sizeof(keys));
	return err;
}

static int poll_ice(struct transport *transport, struct transport_output *out_output)
{
	static const enum transport_output_kind kinds[] = {
		[ICE_DATAGRAM] = TRANSPORT_DATAGRAM,
		[ICE_PATH_ADDED] = TRANSPORT_PATH_ADDED,
		[ICE_PATH_REMOVED] = TRANSPORT_PATH_REMOVED,
		[ICE_SELECTED] = TRANSPORT_SELECTED,
		[ICE_RESTARTED] = TRANSPORT_RESTARTED,
		[ICE_DISCONNECTED] = TRANSPORT_DISCONNECTED,
	};
	struct ice_output output;
	if (ice_poll(transport->ice, &output) == 0)
		return 0;
	*out_output = (struct transport_output){
		.kind = kinds[output.kind],
		.path = output.path,
		.data_view = output.data_view,
		.len = output.len,
	};
	return 1;
}

static void fail(struct transport *transport, int error, struct transport_output *out_output)
{
	transport->failed = true;
	*out_output = (struct transport_output){ .kind = TRANSPORT_FAILED, .error = error };
}

/* Datagrams of the handshake go where media would; without a path they are lost and repeated. */
static int poll_dtls(struct transport *transport, struct transport_output *out_output)
{
	struct dtls_output output;
	while (dtls_poll(transport->dtls, &output) == 1) {
		const struct ice_path *path = ice_selected(transport->ice);
		int err = 0;
		switch (output.kind) {
		case DTLS_DATAGRAM:
			if (path == NULL)
				continue;
			*out_output = (struct transport_output){
				.kind = TRANSPORT_DATAGRAM,
				.path = *path,
				.data_view = output.data_view,
				.len = output.len,
			};
			return 1;
		case DTLS_CONNECTED:
			err = keys_install(transport);
			*out_output = (struct transport_output){ .kind = TRANSPORT_CONNECTED };
			if (err < 0)
				fail(transport, err, out_output);
			return 1;
		case DTLS_CLOSED:
			*out_output = (struct transport_output){ .kind = TRANSPORT_CLOSED };
			return 1;
		case DTLS_FAILED:
			fail(transport, output.error, out_output);
			return 1;
		}
	}
	return 0;
}

int transport_poll(struct transport *transport, struct transport_output *out_output)
{
	return poll_ice(transport, out_output) == 1 || poll_dtls(transport, out_output) == 1;
}

bool transport_is_open(const struct transport *transport)
{
	return transport->seal != NULL && !transport->failed &&
	       ice_selected(transport->ice) != NULL;
}

const struct ice_path *transport_selected(const struct transport *transport)
{
	return ice_selected(transport->ice);
}

const char *transport_ufrag(const struct transport *transport)
{
	return ice_local_ufrag(transport->ice);
}

const char *transport_old_ufrag(const struct transport *transport)
{
	return ice_old_local_ufrag(transport->ice);
}

void transport_stats(const struct transport *transport, struct transport_stats *out_stats)
{
	*out_stats = transport->stats;
	out_stats->sealed = transport->sealed;
	out_stats->ice = *ice_stats(transport->ice);
}
