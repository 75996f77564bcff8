/* sfu/plain/plain.h
 *
 * RTP or SRTP without ICE and DTLS (RFC 3550, RFC 3711), for encoders, gateways and players that speak nothing
 * else: each entry of the configuration is one stream, a source of a meeting that comes in or a feed that goes out,
 * between one address of ours and one address that is named. Nothing is taken from, and nothing sent to, anybody else.
 *
 * Sans-I/O. One thread an object; plain_read() and plain_describe() keep nothing. Allocates for the object and, in
 * SRTP, for a stream whose first packet has proved authentic (srtp.h), never for a packet.
 */
#ifndef ROSTRUM_SFU_PLAIN_PLAIN_H
#define ROSTRUM_SFU_PLAIN_PLAIN_H

#include "common/base/addr.h"
#include "common/config/config.h"
#include "sfu/router/router.h"
#include "sfu/srtp/srtp.h"

/* Most entries. */
#define PLAIN_MAX 32
#define PLAIN_KEY_MAX 44
#define PLAIN_ERROR_LEN 256

/* ---- configuration ---- */

enum plain_way {
	PLAIN_IN,  /* a source comes in */
	PLAIN_OUT, /* a feed goes out */
};

struct plain_spec {
	unsigned index; /* in the list of the configuration */
	enum plain_way way;
	char meeting[ROUTER_NAME_MAX + 1];
	char name[ROUTER_FEED_MAX + 1]; /* of the source, or the feed */
	enum router_media media;        /* in */
	enum router_codec codec;
	uint8_t pt;
	uint32_t ssrc;              /* out; 0 = chosen by plain_describe() */
	uint32_t csrc;              /* in; 1 to 4294967295 */
	struct rs_addr local;       /* of RTP; RTCP has the next port, unless rtcp_mux */
	struct rs_addr remote;      /* likewise */
	bool rtcp_mux;              /* RFC 5761 */
	size_t key_len;             /* 0 = RTP without protection */
	uint8_t key[PLAIN_KEY_MAX]; /* master key, then master salt */
	enum crypt_profile profile;
};

#define PLAIN_KEYS 13
/* What an entry may hold: the columns of a CONFIG_TABLE. */
extern const struct config_key plain_keys[PLAIN_KEYS];

/* The entries of table `key`, whose limit is PLAIN_MAX. 0, -EINVAL with one line in `error` that names entry and key, or
 * -ENOMEM. The caller wipes what holds keys. */
int plain_read(const struct config *config, const char *key, struct plain_spec out[PLAIN_MAX],
	size_t *out_n, char error[PLAIN_ERROR_LEN]) RS_MUST_USE;

/* ---- for the router ---- */

#define PLAIN_ID_PREFIX "plain-"
/* With a number of any size. */
#define PLAIN_ID_LEN 16

/* `router` points into the rest and into the spec, so this may not be copied. */
struct plain_peer {
	char id[PLAIN_ID_LEN + 1];
	struct router_send send;
	struct router_recv recv;
	struct router_peer router;
};

/* The spec as a peer named plain-INDEX whose home is worker 0 and whose handle has place INDEX. */
void plain_describe(
	const struct plain_spec *spec, struct rs_rand *rand, struct plain_peer *out_peer);

/* ---- an end ---- */

struct plain;

enum plain_port {
	PLAIN_RTP,
	PLAIN_RTCP, /* not there with rtcp_mux */
};
#define PLAIN_PORTS 2

/* All only grow. */
struct plain_stats {
	uint64_t rx_packets;
	uint64_t rx_strangers;   /* from any other address: dropped */
	uint64_t rx_malformed;   /* neither RTP nor RTCP, or at the other's port */
	uint64_t rx_unauthentic; /* SRTP: or replayed, or too many SSRCs */
	uint64_t tx_packets;
	uint64_t tx_failed; /* could not be sealed */
};

/* Copies the spec. 0, -ENOMEM, or of crypt_new(): -EINVAL, -EOPNOTSUPP. */
int plain_new(const struct plain_spec *spec, struct plain **out_plain) RS_MUST_USE;
/* NULL is fine; wipes the key. Returns NULL. */
struct plain *plain_free(struct plain *plain);

/* Whether there is such a port, and where it shall be bound. */
bool plain_local(const struct plain *plain, enum plain_port port, struct rs_addr *out_local);

/* A datagram that came to a port; SRTP is decrypted in place. enum router_packet_kind, or it is to be dropped and was
 * counted: -ENOENT (a stranger's), -EBADMSG (malformed) or -EACCES (not authentic). */
int plain_open(struct plain *plain, enum plain_port port, const struct rs_addr *from, uint8_t *data,
	size_t *len) RS_MUST_USE;

/* The port a packet leaves by, and where it goes. */
enum plain_port plain_way_out(
	const struct plain *plain, enum router_packet_kind kind, struct rs_addr *out_remote);
/* Writes a packet as it goes on the wire into `room`. 0, or -ENOSPC or an error of crypt_seal_*(): counted. */
int plain_seal(struct plain *plain, enum router_packet_kind kind, const uint8_t *data, size_t len,
	uint8_t *room, size_t cap, size_t *out_len) RS_MUST_USE;

const struct plain_stats *plain_stats(const struct plain *plain);

#endif
