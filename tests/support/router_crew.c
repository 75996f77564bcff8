#include "tests/support/router_crew.h"

#include <stdlib.h>
#include <string.h>

struct router_crew crew;

static bool relay(
	unsigned from, unsigned to, const void *data, size_t len, const void *more, size_t more_len)
{
	if (crew.full)
		return false;
	if (crew.n == CREW_UNDER_WAY_MAX)
		abort();
	struct crew_message *message = &crew.under_way[crew.n++];
	message->from = from;
	message->to = to;
	message->len = len + more_len;
	memcpy(message->data, data, len);
	if (more_len > 0)
		memcpy(message->data + len, more, more_len);
	return true;
}

void crew_arrive(rs_time now)
{
	for (size_t i = 0; i < crew.n; i++) {
		const struct crew_message *message = &crew.under_way[i];
		router_recv_relay(crew.kits[message->to].router, message->from, message->data,
			message->len, now);
		crew.crossed++;
	}
	crew.n = 0;
}

int crew_setup(void **state)
{
	int err = 0;

	crew.n = 0;
	crew.full = false;
	for (unsigned i = 0; err == 0 && i < CREW_WORKERS; i++) {
		crew.kits[i].workers = CREW_WORKERS;
		crew.kits[i].worker = i;
		crew.kits[i].relay = relay;
		err = kit_init(&crew.kits[i]);
	}
	return err;
}

int crew_teardown(void **state)
{
	for (unsigned i = 0; i < CREW_WORKERS; i++)
		kit_done(&crew.kits[i]);
	return 0;
}

uint32_t crew_join(const struct kit_peer *peer)
{
	uint32_t handle = 0;

	for (unsigned i = 0; i < CREW_WORKERS; i++) {
		const uint32_t one = kit_must_join(&crew.kits[i], peer);
		handle = i == peer->home ? one : handle;
	}
	crew_arrive(0);
	return handle;
}

void crew_meet(const struct kit_meeting *meeting, rs_time now)
{
	for (unsigned i = 0; i < CREW_WORKERS; i++)
		kit_must_meeting(&crew.kits[i], meeting, now);
	crew_arrive(now);
}

void crew_leave(const char *id, rs_time now)
{
	for (unsigned i = 0; i < CREW_WORKERS; i++)
		router_peer_remove(crew.kits[i].router, id, now);
	crew_arrive(now);
}

void crew_tick(rs_time now)
{
	for (unsigned i = 0; i < CREW_WORKERS; i++)
		router_tick(crew.kits[i].router, now);
	crew_arrive(now);
}
