#include "sfu/dtls/dtls_priv.h"

#include <errno.h>
#include <string.h>

/* OpenSSL's memory BIO is a stream and would merge a flight's datagrams; this one keeps their
 * boundaries: each read is one datagram received, each write one to be sent. */

static int bio_read(BIO *bio, char *out, int cap)
{
	struct dtls *dtls = BIO_get_data(bio);
	BIO_clear_retry_flags(bio);
	if (dtls->input == NULL || cap < 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	const size_t len = dtls->input_len < (size_t)cap ? dtls->input_len : (size_t)cap;
	memcpy(out, dtls->input, len);
	dtls->input = NULL;
	return (int)len;
}

static int bio_write(BIO *bio, const char *data, int len)
{
	struct dtls *dtls = BIO_get_data(bio);
	BIO_clear_retry_flags(bio);
	if (len <= 0 || len > DTLS_MTU)
		return -1;
	if (dtls->flight_begins) {
		dtls->flight_begins = false;
		dtls->flight_count = 0;
		dtls->flight_polled = 0;
	}
	/* What does not fit is lost, as on any network; our flight of one certificate always fits. */
	if (dtls->flight_count < dtls->flight_cap) {
		struct dtls_datagram *datagram = &dtls->flight[dtls->flight_count++];
		datagram->len = (size_t)len;
		memcpy(datagram->data, data, datagram->len);
	}
	return len;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return DTLS_MTU;
	default:
		return 0;
	}
}

int dtls_bio_method_new(BIO_METHOD **out_method)
{
	BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
	if (method == NULL)
		return -ENOMEM;
	if (BIO_meth_set_read(method, bio_read) != 1 ||
		BIO_meth_set_write(method, bio_write) != 1 ||
		BIO_meth_set_ctrl(method, bio_ctrl) != 1) {
		BIO_meth_free(method);
		return -ENOMEM;
	}
	*out_method = method;
	return 0;
}

BIO *dtls_bio_new(BIO_METHOD *method, struct dtls *dtls)
{
	BIO *bio = BIO_new(method);
	if (bio != NULL) {
		BIO_set_data(bio, dtls);
		BIO_set_init(bio, 1);
	}
	return bio;
}
