#include "recorder/archive/track/late_tracks.h"

struct late *late_tracks_free(struct late *late)
{
	if (late == NULL)
		return NULL;
	for (size_t i = 0; i < late->n; i++)
		track_free(late->list[i].track);
	return rs_release(late);
}

int late_tracks_tick(struct late *late, rs_time now)
{
	int err = 0;
	for (size_t i = 0; late != NULL && i < late->n && err == 0; i++)
		err = track_tick(late->list[i].track, now);
	return err;
}

int late_tracks_finish(struct late *late, rs_time now)
{
	int err = 0;
	for (size_t i = 0; late != NULL && i < late->n && err == 0; i++) {
		err = track_finish(late->list[i].track, now);
		late->list[i].ssrc = 0;
	}
	return err;
}

rs_time late_tracks_deadline(const struct late *late)
{
	rs_time deadline = RS_TIME_NEVER;
	for (size_t i = 0; late != NULL && i < late->n; i++)
		deadline = rs_time_min(deadline, track_deadline(late->list[i].track));
	return deadline;
}
