/* tools/roombox/room/figures.h
 *
 * What a box counts, as Prometheus reads it (text format 0.0.4). Pure.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_ROOM_FIGURES_H
#define ROSTRUM_TOOLS_ROOMBOX_ROOM_FIGURES_H

#include "common/base/buf.h"
#include "tools/roombox/room/room.h"
#include "tools/roombox/seats/seat_api.h"
#include "tools/roombox/send/ladder.h"

/* The text fits in so many octets. */
#define FIGURES_MAX 40960

struct figures {
	const struct room *room; /* whose microphones and devices are told; NULL = none */
	bool in_meeting;
	uint64_t joins;
	struct jitter_stats heard;
	uint64_t blocks;          /* of 10 ms, captured and played */
	uint64_t blocks_skipped;  /* left out because the machine stood still */
	uint64_t pictures_failed; /* that could not be encoded */
	uint64_t output_failed;   /* blocks that an output did not take */
	bool has_seats;           /* the seats' API listens */
	struct seat_figures seats;
	rs_time rtt;       /* of the media line; -1 = not known */
	bool has_kept;     /* outages are kept: */
	bool kept_failing; /* the disk does not take them now */
	bool kept_sound_alone;
	uint64_t kept_octets;          /* on disk */
	uint64_t kept_left_out_octets; /* for which there was no room */
	bool has_uplink;               /* the line is measured: there is a camera */
	uint32_t uplink_bps;           /* what it carries */
	uint32_t layers_bps
		[LADDER_LAYERS]; /* what each size of the picture takes, smallest first; 0 = left out */
};

/* Appends them. 0, or -E2BIG or -ENOMEM (the buffer's). */
int figures_write(const struct figures *figures, struct rs_buf *out) RS_MUST_USE;

#endif
