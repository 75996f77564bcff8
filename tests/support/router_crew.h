/* tests/support/router_crew.h
 *
 * Three workers of one SFU, each a router_kit.h of its own, joined in memory: what one hands another lies
 * under way until crew_arrive().
 */
#ifndef ROSTRUM_TESTS_SUPPORT_ROUTER_CREW_H
#define ROSTRUM_TESTS_SUPPORT_ROUTER_CREW_H

#include "tests/support/router_kit.h"

#define CREW_WORKERS 3
#define CREW_UNDER_WAY_MAX 512

struct crew_message {
	unsigned from;
	unsigned to;
	size_t len;
	uint8_t data[ROUTER_RELAY_MAX];
};

struct router_crew {
	struct kit kits[CREW_WORKERS];
	struct crew_message under_way[CREW_UNDER_WAY_MAX];
	size_t n;       /* messages under way */
	bool full;      /* nothing finds room */
	size_t crossed; /* messages that have arrived */
};

/* The one there is. */
extern struct router_crew crew;

/* Of a cmocka case. */
int crew_setup(void **state);
int crew_teardown(void **state);

/* What is under way arrives, and what comes of it. */
void crew_arrive(rs_time now);
/* To all workers, and what comes of it arrives. */
void crew_meet(const struct kit_meeting *meeting, rs_time now);
void crew_leave(const char *id, rs_time now);
void crew_tick(rs_time now);
/* Returns the handle at its home, where it is ready. */
uint32_t crew_join(const struct kit_peer *peer);

#endif
