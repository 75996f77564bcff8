/* tools/client/rtc_client.h
 *
 * A small WebRTC peer for tools and tests: controlling ICE agent, DTLS 1.2 client by OpenSSL and
 * SRTP, as a machine without I/O. It is made apart from sfu/dtls and sfu/ice on purpose, sharing only the
 * STUN codec and libsrtp's wrapper, so that a mistake does not meet its own mirror image.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_RTC_CLIENT_H
#define ROSTRUM_TOOLS_CLIENT_RTC_CLIENT_H

#include "sfu/ice/ice.h"
#include "sfu/srtp/srtp.h"

#define RTC_CLIENT_CANDIDATES_MAX 16

struct rtc_client;

struct rtc_client_config {
	struct ice_credentials own;
	/* What signaling told of the server; with an empty ufrag rtc_client_connect() tells it later. */
	struct ice_credentials server;
	struct rs_addr address; /* where it sends from */
	struct rs_addr server_address;
	const char *server_fingerprint; /* sha-256, "AA:BB:…", copied; NULL = do not look */
	const char *srtp_profiles;      /* OpenSSL's names; NULL = as Chromium lists them */
	size_t hello_padding;   /* octets more in the ClientHello: a browser's is above 1200 */
	rs_time check_interval; /* us between checks once connected; 0 = 1 s */
	rs_time dead_after;     /* us without an answer to any check; 0 = never */
	uint64_t seed;
	/* Takes the certificate of another client, and the SRTP profiles and the server fingerprint it
	 * looks for, since making them is what costs most; that one outlives it. NULL = its own. */
	const struct rtc_client *like;
};

struct rtc_client_datagram {
	struct rs_addr from;
	struct rs_addr to;
	const uint8_t *data_view; /* until the next call */
	size_t len;
};

/* 0, -ENOMEM, or -EIO (OpenSSL). Checks begin at `now` if the server is known. */
int rtc_client_new(const struct rtc_client_config *config, rs_time now,
	struct rtc_client **out_client) RS_MUST_USE;
struct rtc_client *rtc_client_free(struct rtc_client *client);
/* The answer came: checks begin, to all candidates (1 to RTC_CLIENT_CANDIDATES_MAX). The first that
 * answers is nominated; a single one is nominated by the first check already. 0, or -EINVAL. */
int rtc_client_connect(struct rtc_client *client, const struct ice_credentials *server,
	const char *fingerprint, const struct rs_addr *candidates, size_t n_candidates,
	rs_time now) RS_MUST_USE;
/* Fingerprint of the client's certificate by "sha-256", "sha-384" or "sha-512". */
#define RTC_CLIENT_FINGERPRINT_LEN 192
void rtc_client_fingerprint(
	const struct rtc_client *client, const char *hash, char out[RTC_CLIENT_FINGERPRINT_LEN]);

/* STUN or DTLS from the server; what does not belong is ignored. */
void rtc_client_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now);
void rtc_client_tick(struct rtc_client *client, rs_time now);
rs_time rtc_client_deadline(const struct rtc_client *client);
int rtc_client_poll(struct rtc_client *client, struct rtc_client_datagram *out_datagram);

/* As in sfu/srtp/srtp.h; -EPROTO before the handshake is through. */
int rtc_client_seal(
	struct rtc_client *client, bool rtcp, uint8_t *data, size_t *len, size_t cap) RS_MUST_USE;
int rtc_client_open(struct rtc_client *client, bool rtcp, uint8_t *data, size_t *len) RS_MUST_USE;

bool rtc_client_is_connected(const struct rtc_client *client);
/* The candidate that answered, or the first while none has. */
struct rs_addr rtc_client_remote(const struct rtc_client *client);
/* Checks went without an answer for `dead_after`; nothing is sent any more. */
bool rtc_client_is_dead(const struct rtc_client *client);
/* The handshake was refused by either side. */
bool rtc_client_has_failed(const struct rtc_client *client);
/* Success responses that came. */
uint64_t rtc_client_answers(const struct rtc_client *client);
/* XOR-MAPPED-ADDRESS of the last answer. */
struct rs_addr rtc_client_mapped(const struct rtc_client *client);

/* From now on send from another address (NAT rebinding, change of network). */
void rtc_client_move(struct rtc_client *client, const struct rs_addr *address);
/* ICE restart with new credentials on both sides; a check goes out at once. */
void rtc_client_restart(struct rtc_client *client, const struct ice_credentials *own,
	const struct ice_credentials *server, rs_time now);
/* No more checks: as if the lid was closed. */
void rtc_client_silence(struct rtc_client *client, bool silent);
/* Queues close_notify. */
void rtc_client_close(struct rtc_client *client);

#endif
