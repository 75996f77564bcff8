/* sfu/dtls/dtls_priv.h
 *
 * What the files of this folder share: the identity's insides and the BIO between OpenSSL and a
 * struct dtls.
 */
#ifndef ROSTRUM_SFU_DTLS_DTLS_PRIV_H
#define ROSTRUM_SFU_DTLS_DTLS_PRIV_H

#include "sfu/dtls/dtls.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

struct dtls_identity {
	SSL_CTX *ctx;
	BIO_METHOD *bio_method;
	char fingerprint[DTLS_FINGERPRINT_TEXT_LEN];
};

/* One datagram of a flight. */
struct dtls_datagram {
	size_t len;
	uint8_t data[DTLS_MTU];
};

enum dtls_state {
	DTLS_STATE_IDLE,      /* no path yet */
	DTLS_STATE_HANDSHAKE, /* dtls_start() was called */
	DTLS_STATE_UP,
	DTLS_STATE_DOWN, /* closed or failed */
};

struct dtls {
	struct dtls_config config;
	SSL *ssl;
	enum dtls_state state;
	int fault; /* why the peer's certificate was refused: negative errno, or 0 */

	const uint8_t *input; /* the datagram OpenSSL may read now, or NULL */
	size_t input_len;

	struct dtls_datagram *flight; /* written last */
	size_t flight_cap;            /* DTLS_FLIGHT_MAX, until the handshake is through */
	size_t flight_count;
	size_t flight_polled;
	bool flight_begins; /* the next datagram written starts a new flight */

	rs_time interval;   /* us from this transmission to the next */
	unsigned repeats;   /* of this flight */
	rs_time repeat_due; /* RS_TIME_NEVER: nothing to repeat */
	rs_time give_up;    /* end of the handshake */
	bool announce;      /* an event waits to be polled */
	struct dtls_output event;
};

/* The BIO's methods: reads give one datagram, writes take one. 0 or -ENOMEM. */
int dtls_bio_method_new(BIO_METHOD **out_method) RS_MUST_USE;
/* A BIO bound to `dtls`, or NULL. */
BIO *dtls_bio_new(BIO_METHOD *method, struct dtls *dtls);
/* Verdict on the peer's certificate: 0 or negative errno. */
int dtls_fingerprint_check(const struct dtls_fingerprint *fingerprint, X509 *cert) RS_MUST_USE;

#endif
