/* recorder/mux/content.h
 *
 * A closed cluster as mux.c writes it, read back: for who checks an archive against its ledger. The
 * octets come from a disk that others may have written to. Pure, no allocation.
 */
#ifndef ROSTRUM_RECORDER_MUX_CONTENT_H
#define ROSTRUM_RECORDER_MUX_CONTENT_H

#include "common/base/mem.h"

struct mux_content {
	int64_t first_ms; /* of the file's time: first and last block */
	int64_t last_ms;
	uint32_t blocks;
};

/* The whole cluster, from its id on. 0; -EBADMSG: it is no cluster of ours, and *why says what is wrong
 * (its CRC-32 of RFC 8794 section 11.3.1 among it). *why lives for ever. */
int mux_content_read(const uint8_t *data, size_t len, struct mux_content *out_content,
	const char **why) RS_MUST_USE;

#endif
