/* tools/roombox/box/box.h
 *
 * The box at work: one thread that captures, encodes, sends, receives and plays, in blocks of 10 ms of the machine's own clock, and holds
 * its line to the meeting (call.h) whatever happens to it. Sound goes before pictures: a picture's sizes are encoded one at a time, between
 * blocks.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_BOX_BOX_H
#define ROSTRUM_TOOLS_ROOMBOX_BOX_BOX_H

#include "tools/roombox/box/seat_work.h"
#include "tools/roombox/room/room.h"
#include "tools/roombox/send/ladder.h"

struct box_config {
	const char *base; /* "http://host:port" of signaling */
	const char *meeting;
	const char *source; /* badge of the room, which is its source's name */
	const char *token;
	struct room *room;
	struct seat_work *seats; /* of that room */
	int32_t microphone_bps;
	struct ladder_config ladder;
	struct jitter_config jitter;
	const char *keep_directory; /* what is kept of outages; "" = nothing is */
	uint64_t keep_octets_max;
	uint32_t keep_bps;         /* of delivery */
	const char *health_listen; /* "127.0.0.1:9100", say; "" = nowhere */
	rs_time report_interval;   /* us between lines of counts in the log; 0 = none */
};

/* Runs until `*stop`. 0; -ENOMEM, -EIO (sockets, libcurl), -EINVAL (rates out of range, addresses too long): told in the log. */
int box_run(const struct box_config *config, const volatile bool *stop) RS_MUST_USE;

#endif
