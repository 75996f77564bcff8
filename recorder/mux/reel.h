/* recorder/mux/reel.h
 *
 * Reads back what mux.h writes: the blocks of a file in their order, of a finished one and of one that a
 * kill left behind, up to where it breaks off, and of one that is still written: what was not there is looked for again. Of other WebM files it reads those with SimpleBlocks and
 * sizes that are known but for Segment and Clusters.
 *
 * Sans-I/O: octets come from a port. Foreign input: nothing in it is believed but its own limits. One
 * object a file; not thread safe. Allocates at birth and for the largest block.
 */
#ifndef ROSTRUM_RECORDER_MUX_REEL_H
#define ROSTRUM_RECORDER_MUX_REEL_H

#include "recorder/mux/mux.h"

struct reel;

/* Where the octets come from: fills `data` and returns how many there were (fewer only at the end of the
 * file), or a negative errno, which reel calls hand on. */
struct reel_port {
	int64_t (*read)(void *ctx, uint64_t offset, void *data, size_t len);
	void *ctx;
};

/* What the head says. */
struct reel_head {
	bool finished;       /* the Segment has a size */
	uint64_t end;        /* octets of a finished file, if all of it is there */
	int64_t duration_ms; /* 0 = not said */
	uint16_t width;      /* of the last track that has pictures; 0 = there is none */
	uint16_t height;
	enum mux_codec picture; /* of that track; MUX_OPUS = none that is known */
};

struct reel_block {
	unsigned track; /* number in the file */
	int64_t time_ms;
	bool key;
	const uint8_t *data; /* until the next call */
	size_t len;
};

/* Reads the head. 0; -EBADMSG (no WebM); -ENOMEM; or the port's error. `block_max`: larger blocks are passed over. */
int reel_new(const struct reel_port *port, size_t block_max, struct reel **out_reel) RS_MUST_USE;
struct reel *reel_free(struct reel *reel);
void reel_freep(struct reel **reel);
const struct reel_head *reel_head(const struct reel *reel);
/* 1 and the next block; 0 at the end, also where the file breaks off: asked again it goes on if more has come; -EBADMSG: what follows is no WebM; -ENOMEM; or the
 * port's error. */
int reel_next(struct reel *reel, struct reel_block *out_block);
/* Pass over the clusters before the last one that begins at or before `time_ms` without reading them, as far as their sizes are
 * known. 0; -EPROTO: no cluster is next (before the first block that is read one always is, if there is any). */
int reel_skip(struct reel *reel, int64_t time_ms);

#endif
