#include "tools/roombox/box/box_priv.h"

#include "common/rtp/rtp.h"

#include <errno.h>

/* A line that is lost is noticed later than it was: the media server's last answer may itself have been late. */
#define DOUBT RS_SEC(5)
/* Shorter rests are those of a line that is there: they are not worth a key frame. */
#define SILENT_MOST RS_MS(300)
#define SOUND_FRAME RS_MS(20)
#define SOUND_RESERVE_S 3600

/* An hour of sound, but no more than half of what may be kept. */
static uint64_t sound_reserve(const struct box_config *config)
{
	const uint64_t heads = RS_SEC(1) / SOUND_FRAME * late_size(RTP_HEADER_LEN);
	const uint64_t an_hour = ((uint64_t)config->microphone_bps / 8 + heads) * SOUND_RESERVE_S;
	return an_hour < config->keep_octets_max / 2 ? an_hour : config->keep_octets_max / 2;
}

int box_keep_open(struct box *box)
{
	const struct box_config *config = box->config;
	const struct outage_config outage = { .directory = config->keep_directory,
		.octets_max = config->keep_octets_max,
		.reserve = sound_reserve(config),
		.bps = config->keep_bps,
		.base = config->base,
		.meeting = config->meeting,
		.source = config->source,
		.token = config->token };
	if (config->keep_directory[0] == '\0')
		return 0;
	int err = keep_new(&box->rand, &box->keep);
	if (err == 0)
		err = outage_new(&outage, &box->outage);
	if (err == 0 && outage_lasts(box->outage))
		keep_resume(box->keep, rs_clock_monotonic());
	return err;
}

void box_keep_close(struct box *box)
{
	if (box->outage != NULL)
		box_keep_turn(box, rs_clock_monotonic());
	box->outage = outage_free(box->outage);
	box->keep = keep_free(box->keep);
}

void box_keep_line(struct box *box, bool there, rs_time now)
{
	if (box->keep == NULL)
		return;
	outage_line(box->outage, there);
	if (there)
		keep_back(box->keep, now);
	else
		keep_lost(box->keep, now - DOUBT, now);
	if (!there && box->ladder != NULL && !box->doubts) /* a file of its own begins with one */
		ladder_keyframe(box->ladder, LADDER_LAYERS - 1);
	box->doubts = false;
}

/* Pictures rest as soon as nothing is heard of them, long before the line counts as lost: what would have been shown in between is made all
 * the same, from a key frame on, which is of no use to a meeting that comes back without having lost the line. */
void box_keep_doubt(struct box *box, rs_time now)
{
	const bool silent = box->keep != NULL && box->uplink != NULL &&
			    box->call.stage == CALL_LIVE && uplink_is_silent(box->uplink);
	if (!silent)
		box->silent_since = 0;
	else if (box->silent_since == 0)
		box->silent_since = now;
	const bool doubts = silent && now - box->silent_since >= SILENT_MOST;
	if (doubts == box->doubts)
		return;
	box->doubts = doubts;
	ladder_keyframe(box->ladder, LADDER_LAYERS - 1);
	if (!doubts)
		keep_trusted(box->keep);
}

void box_keep_turn(struct box *box, rs_time now)
{
	if (box->keep == NULL)
		return;
	enum keep_event event;
	while ((event = keep_poll(box->keep, now)) != KEEP_NOTHING) {
		outage_take(box->outage, keep_out(box->keep));
		if (event == KEEP_BEGUN)
			outage_begin(box->outage, keep_edge(box->keep));
		else
			outage_end(box->outage, keep_edge(box->keep), keep_left_out(box->keep));
	}
	outage_take(box->outage, keep_out(box->keep));
}

void box_keep_figures(const struct box *box, struct figures *out_figures)
{
	out_figures->has_kept = box->outage != NULL;
	if (box->outage == NULL)
		return;
	const struct outage_room room = outage_room(box->outage);
	out_figures->kept_failing = room.failing;
	out_figures->kept_sound_alone = room.sound_alone;
	out_figures->kept_octets = room.used;
	out_figures->kept_left_out_octets = room.left_out;
}
