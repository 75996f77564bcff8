#include "signaling/interpretation/schedule.h"

int64_t schedule_used_ms(const struct interpretation_desk *desk, int64_t wall_ms)
{
	const bool live = desk->channel != INTERPRETATION_NONE;
	return desk->used_ms + (live && wall_ms > desk->since_ms ? wall_ms - desk->since_ms : 0);
}

/* What the desks of this booth have left between them; -1 where none of them was at the microphone yet. */
static int64_t left_ms(const struct interpretation *interpretation, size_t booth, int64_t wall_ms)
{
	const int64_t most_ms = interpretation->rules.desk_max_s * INT64_C(1000);
	int64_t left = 0;
	bool worked = false;
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		const struct interpretation_desk *desk = &interpretation->desks[i];
		if (desk->booth != booth)
			continue;
		const int64_t used = schedule_used_ms(desk, wall_ms);
		worked = worked || used > 0;
		left += used < most_ms ? most_ms - used : 0;
	}
	return worked ? left : -1;
}

int64_t schedule_ends_ms(
	const struct interpretation *interpretation, int64_t wall_ms, size_t *out_booth)
{
	int64_t ends = INT64_MAX;
	*out_booth = interpretation->n_booths;
	for (size_t i = 0; i < interpretation->n_booths && interpretation->rules.desk_max_s > 0;
		i++) {
		const int64_t left = left_ms(interpretation, i, wall_ms);
		if (left < 0 || wall_ms + left >= ends)
			continue;
		ends = wall_ms + left;
		*out_booth = i;
	}
	return ends;
}
