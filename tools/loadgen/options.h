/* tools/loadgen/options.h
 *
 * The command line of rostrum-load.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_OPTIONS_H
#define ROSTRUM_TOOLS_LOADGEN_OPTIONS_H

#include "common/base/mem.h"
#include "common/base/time.h"

/* Publishers and players together. */
#define LOAD_MEMBERS_MAX 20000

struct load_options {
	const char *base;  /* "http://127.0.0.1:8080" */
	const char *token; /* a technician's; ROSTRUM_TOKEN in the environment unless given */
	const char *meeting;
	const char *source; /* publishers are SOURCE-1, SOURCE-2 … */
	const char *feed;   /* what players play; NULL = each publisher's source-SOURCE-N */
	uint32_t publishers;
	uint32_t players;   /* of each publisher */
	uint32_t audio_len; /* octets of an Opus packet, 50 a second; 0 = no sound */
	uint32_t video_bps; /* 0 = no picture */
	uint32_t fps;
	uint32_t layers;     /* 1 = no simulcast */
	uint32_t keyframe_s; /* seconds between key frames; 0 = when asked only */
	uint32_t ramp;       /* joins a second */
	uint32_t settle_s;   /* between the last join and the measurement */
	uint32_t duration_s; /* of the measurement */
	uint32_t open_every; /* players open one packet in so many */
	uint32_t tick_ms;    /* the loop's grid */
	uint32_t pid;        /* of the media server on this machine; 0 = none to watch */
	bool reports;        /* players send reports and transport-wide feedback */
	bool rejoin;         /* a member whose server died joins again */
	bool json;
};

/* argv without the program's name. 0, or -EINVAL with the reason said on stderr. */
int load_options_parse(int argc, char **argv, struct load_options *out_options) RS_MUST_USE;
void load_options_usage(void);

#endif
