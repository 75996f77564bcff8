#include "sfu/plain/plain.h"

#include "sfu/demux/demux.h"

#include <errno.h>
#include <string.h>

/* A slot, and the SSRC that RTCP is sent from. */
#define SEALED_STREAMS 2

struct plain {
	struct rs_addr local[PLAIN_PORTS];
	struct rs_addr remote[PLAIN_PORTS];
	bool rtcp_mux;
	struct crypt *open; /* NULL: without protection */
	struct crypt *seal;
	struct plain_stats stats;
};

static int make_crypt(const struct plain_spec *spec, enum crypt_direction direction,
	size_t max_streams, struct crypt **out_crypt)
{
	const struct crypt_config config = {
		.profile = spec->profile,
		.direction = direction,
		.key_view = spec->key,
		.key_len = spec->key_len,
		.max_streams = max_streams,
	};
	return crypt_new(&config, out_crypt);
}

int plain_new(const struct plain_spec *spec, struct plain **out_plain)
{
	struct plain *plain = rs_zalloc(sizeof(*plain));
	if (plain == NULL)
		return -ENOMEM;
	for (unsigned port = 0; port < PLAIN_PORTS; port++) {
		plain->local[port] = spec->local;
		plain->remote[port] = spec->remote;
		plain->local[port].port = (uint16_t)(spec->local.port + port);
		plain->remote[port].port = (uint16_t)(spec->remote.port + port);
	}
	plain->rtcp_mux = spec->rtcp_mux;
	int err = 0;
	/* An encoder may begin anew with another SSRC many times. */
	if (spec->key_len > 0)
		err = make_crypt(spec, CRYPT_OPEN, CRYPT_STREAMS_MAX, &plain->open);
	if (err == 0 && spec->key_len > 0)
		err = make_crypt(spec, CRYPT_SEAL, SEALED_STREAMS, &plain->seal);
	if (err < 0) {
		plain_free(plain);
		return err;
	}
	*out_plain = plain;
	return 0;
}

struct plain *plain_free(struct plain *plain)
{
	if (plain != NULL) {
		crypt_free(plain->open);
		crypt_free(plain->seal);
	}
	return rs_release(plain);
}

bool plain_local(const struct plain *plain, enum plain_port port, struct rs_addr *out_local)
{
	if (port == PLAIN_RTCP && plain->rtcp_mux)
		return false;
	*out_local = plain->local[port];
	return true;
}

/* What a datagram is, at a port where it may be. */
static int kind_of(const struct plain *plain, enum plain_port port, const uint8_t *data, size_t len)
{
	const enum demux_kind kind = demux_classify(data, len);
	if (kind == DEMUX_RTP && port == PLAIN_RTP)
		return ROUTER_RTP;
	if (kind == DEMUX_RTCP && (port == PLAIN_RTCP || plain->rtcp_mux))
		return ROUTER_RTCP;
	return -EBADMSG;
}

int plain_open(struct plain *plain, enum plain_port port, const struct rs_addr *from, uint8_t *data,
	size_t *len)
{
	if (!rs_addr_equal(from, &plain->remote[port])) {
		plain->stats.rx_strangers++;
		return -ENOENT;
	}
	const int kind = kind_of(plain, port, data, *len);
	if (kind < 0) {
		plain->stats.rx_malformed++;
		return kind;
	}
	int err = 0;
	if (plain->open != NULL)
		err = kind == ROUTER_RTP ? crypt_open_rtp(plain->open, data, len)
					 : crypt_open_rtcp(plain->open, data, len);
	if (err < 0) {
		plain->stats.rx_unauthentic++;
		return -EACCES;
	}
	plain->stats.rx_packets++;
	return kind;
}

enum plain_port plain_way_out(
	const struct plain *plain, enum router_packet_kind kind, struct rs_addr *out_remote)
{
	const enum plain_port port =
		kind == ROUTER_RTCP && !plain->rtcp_mux ? PLAIN_RTCP : PLAIN_RTP;
	*out_remote = plain->remote[port];
	return port;
}

static int seal(struct plain *plain, enum router_packet_kind kind, const uint8_t *data, size_t len,
	uint8_t *room, size_t cap, size_t *out_len)
{
	if (len > cap)
		return -ENOSPC;
	if (plain->seal != NULL && kind == ROUTER_RTP)
		return crypt_seal_rtp(plain->seal, data, len, room, cap, out_len);
	memcpy(room, data, len);
	*out_len = len;
	return plain->seal != NULL ? crypt_seal_rtcp(plain->seal, room, out_len, cap) : 0;
}

int plain_seal(struct plain *plain, enum router_packet_kind kind, const uint8_t *data, size_t len,
	uint8_t *room, size_t cap, size_t *out_len)
{
	size_t sealed = 0;
	const int err = seal(plain, kind, data, len, room, cap, &sealed);
	if (err < 0) {
		plain->stats.tx_failed++;
		return err;
	}
	plain->stats.tx_packets++;
	*out_len = sealed;
	return 0;
}

const struct plain_stats *plain_stats(const struct plain *plain)
{
	return &plain->stats;
}
