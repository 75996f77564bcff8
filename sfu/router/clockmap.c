/* A source's timestamps on our clock: arrival without jitter. */
#include "sfu/router/router_priv.h"

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"

/* The least delay of the last one to two windows counts: long enough to meet packets without queueing, also in DTX; short
 * enough that a sender that stood still is soon taken for what it is. */
#define WINDOW RS_SEC(1)
/* A timestamp this far from where the clock says it should be belongs to another stream. */
#define JUMP RS_SEC(5)

static void begin(struct clockmap *map, uint32_t rtp_ts, rs_time now)
{
	*map = (struct clockmap){
		.started = true, .hz = map->hz, .last_ts = rtp_ts, .first_ts = rtp_ts
	};
	map->offset[0] = map->offset[1] = now;
	map->window_end = now + WINDOW;
}

bool clockmap_add(struct clockmap *map, uint32_t rtp_ts, rs_time now)
{
	if (!map->started) {
		begin(map, rtp_ts, now);
		return true;
	}

	const int64_t ts = rtp_ts_unwrap(map->last_ts, rtp_ts);
	const rs_time offset = now - rtp_ticks_to_us(ts - map->first_ts, map->hz);
	const rs_time least = rs_time_min(map->offset[0], map->offset[1]);
	if (offset > least + JUMP || offset < least - JUMP) {
		begin(map, rtp_ts, now);
		return false;
	}
	if (ts > map->last_ts)
		map->last_ts = ts;
	if (now >= map->window_end) {
		map->offset[1] = now < map->window_end + WINDOW ? map->offset[0] : offset;
		map->offset[0] = offset;
		map->window_end = now + WINDOW;
	}
	map->offset[0] = rs_time_min(map->offset[0], offset);
	return true;
}

rs_time clockmap_time(const struct clockmap *map, uint32_t rtp_ts)
{
	const int64_t ts = rtp_ts_unwrap(map->last_ts, rtp_ts);

	return rs_time_min(map->offset[0], map->offset[1]) +
	       rtp_ticks_to_us(ts - map->first_ts, map->hz);
}
