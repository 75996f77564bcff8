/* tools/client/rtc_client_priv.h
 *
 * The client's insides, shared by its ICE and DTLS halves.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_RTC_CLIENT_PRIV_H
#define ROSTRUM_TOOLS_CLIENT_RTC_CLIENT_PRIV_H

#include "tools/client/rtc_client.h"

#include "common/base/rand.h"
#include "common/base/time.h"

#include <openssl/ssl.h>

#define RTC_CLIENT_MTU 1200
#define RTC_CLIENT_QUEUE 32

struct rtc_client_entry {
	struct rs_addr to;
	size_t len;
	uint8_t data[RTC_CLIENT_MTU];
};

struct rtc_client {
	struct rtc_client_config config;
	struct rs_rand rand;
	struct rtc_client_entry queue[RTC_CLIENT_QUEUE];
	size_t queue_head;
	size_t queue_count;

	/* ICE */
	struct rs_addr candidates[RTC_CLIENT_CANDIDATES_MAX];
	size_t n_candidates;
	size_t selected;      /* that answered first, once reachable */
	uint8_t txid_key[8];  /* in every transaction id of ours */
	uint32_t txid_number; /* of the last check, 24 bits count */
	rs_time check_due;
	rs_time unanswered_since; /* RS_TIME_NEVER = every check was answered */
	bool silent;
	bool reachable; /* an authentic answer came */
	bool dead;
	uint64_t answers;
	struct rs_addr mapped;

	/* DTLS */
	char fingerprint[RTC_CLIENT_FINGERPRINT_LEN]; /* the server's; empty = do not look */
	SSL_CTX *ctx;
	SSL *ssl;
	BIO_METHOD *bio_method;
	X509 *cert;
	const uint8_t *input;
	size_t input_len;
	struct rtc_client_entry flight[8];
	size_t flight_count;
	bool flight_begins;
	rs_time repeat_due;
	rs_time repeat_interval;
	bool started;
	bool connected;
	bool failed;
	struct crypt *open;
	struct crypt *seal;
};

void rtc_client_enqueue(struct rtc_client *client, const uint8_t *data, size_t len);
int rtc_client_dtls_init(struct rtc_client *client) RS_MUST_USE;
void rtc_client_dtls_done(struct rtc_client *client);
/* Begins, goes on with a datagram, or repeats. */
void rtc_client_dtls_start(struct rtc_client *client, rs_time now);
void rtc_client_dtls_recv(struct rtc_client *client, const uint8_t *data, size_t len, rs_time now);
void rtc_client_dtls_tick(struct rtc_client *client, rs_time now);

#endif
