/* recorder/mux/ogg.h
 *
 * Opus packets as they are into an Ogg file (RFC 3533, RFC 7845): pages of one second, two of them for the head. For who exports
 * sound to programs that know no WebM. Sans-I/O: octets go to a port, each page once and in order. One object a file; not thread
 * safe. Allocates at birth.
 */
#ifndef ROSTRUM_RECORDER_MUX_OGG_H
#define ROSTRUM_RECORDER_MUX_OGG_H

#include "recorder/mux/mux.h"

struct ogg;

#define OGG_COMMENTS_MAX 8
#define OGG_COMMENT_LEN 512

struct ogg_config {
	uint32_t serial;
	uint8_t channels;  /* 1 or 2 */
	uint16_t pre_skip; /* samples at 48 kHz that a decoder throws away at the beginning */
	const char *vendor;
	/* "TITLE=First sitting"; RFC 7845 section 5.2. NULL ends them. Each below OGG_COMMENT_LEN octets, UTF-8. */
	const char *comments[OGG_COMMENTS_MAX + 1];
};

/* Writes the head. 0, -EINVAL (configuration), -ENOMEM, or the port's error. */
int ogg_new(const struct ogg_config *config, const struct mux_port *port,
	struct ogg **out_ogg) RS_MUST_USE;
/* NULL is fine. Returns NULL. What was not finished ends where the last whole page did. */
struct ogg *ogg_free(struct ogg *ogg);
/* The next packet. 0; -EBADMSG (no Opus packet); -E2BIG (longer than a page can hold); or the port's error. */
int ogg_write(struct ogg *ogg, const uint8_t *packet, size_t len) RS_MUST_USE;
/* The last page: the sound ends `cut` samples before the last packet does. 0, -EPROTO (nothing was written) or the port's error. */
int ogg_finish(struct ogg *ogg, uint32_t cut) RS_MUST_USE;
/* Samples at 48 kHz of all packets so far. */
uint64_t ogg_samples(const struct ogg *ogg);

#endif
