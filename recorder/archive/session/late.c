#include "recorder/archive/session/late.h"

#include "common/control/late.h"
#include "common/rtp/rtp.h"
#include "recorder/archive/session/archive_priv.h"
#include "recorder/archive/session/late_recall.h"

#include <errno.h>
#include <string.h>

static const struct {
	enum archive_media media;
	const char *codec;
	uint32_t hz;
} kinds[LATE_MEDIA_COUNT] = {
	[LATE_SOUND] = { ARCHIVE_MICROPHONE, "opus", 48000 },
	[LATE_PICTURE] = { ARCHIVE_CAMERA, "vp8", 90000 },
};

uint64_t archive_late_durable(const struct archive *archive)
{
	return archive->late != NULL ? archive->late->durable : 0;
}

/* ---- where a packet goes ---- */

static int add_track(struct archive *archive, const char *name, enum archive_media media,
	struct track *live, struct late_track **out)
{
	struct late *late = archive->late;
	if (late->n == LATE_TRACKS_MAX)
		return -E2BIG;
	struct late_track *mine = &late->list[late->n];
	*mine = (struct late_track){ .media = media };
	(void)rs_copy_text(mine->name, sizeof(mine->name), name, strlen(name)); /* a name */
	int err = archive_new_track(archive,
		&(struct archive_track){
			.name = name, .media = media, .sender = &mine->clock, .live = live },
		&mine->track);
	if (err == 0 && archive_resumed(archive))
		err = late_recall(&archive->session, name, media, track_streams(live),
			track_streams(mine->track));
	if (err < 0) {
		track_free(mine->track);
		return archive_fail(archive, err);
	}
	late->n++;
	*out = mine;
	return 0;
}

static int find_track(struct archive *archive, const char *name, enum late_media media,
	struct track **out_live, struct late_track **out)
{
	struct late *late = archive->late;
	size_t live;
	const int err = archive_find_track(archive, name, kinds[media].media, &live);
	if (err < 0)
		return err;
	*out_live = archive->tracks[live];
	for (size_t i = 0; i < late->n; i++) {
		*out = &late->list[i];
		if ((*out)->media == kinds[media].media && strcmp((*out)->name, name) == 0)
			return 0;
	}
	return add_track(archive, name, kinds[media].media, *out_live, out);
}

static bool is_open(const struct late_part *part, int64_t wall_us)
{
	for (size_t i = 0; i < part->n_open; i++) {
		if (wall_us >= part->open[i].from_us && wall_us <= part->open[i].to_us)
			return true;
	}
	return false;
}

static int begin_stream(
	struct late_track *mine, enum late_media media, uint32_t ssrc, struct archive_now when)
{
	if (mine->ssrc == ssrc && ssrc != 0)
		return 0;
	mine->ssrc = ssrc;
	return track_begin(mine->track, kinds[media].codec, kinds[media].hz, when.now);
}

static int end_file(struct late_track *mine, struct archive_now when)
{
	mine->ssrc = 0;
	return track_finish(mine->track, when.now);
}

static int keep(struct late_track *mine, const struct late_record *record, uint32_t ssrc,
	const struct stream_place *place, struct archive_now when)
{
	const struct track_late late = { .data = record->packet_view,
		.len = record->len,
		.ssrc = ssrc,
		.place = *place,
		.arrival_wall_us = when.wall_us,
		.now = when.now };
	/* A part that should have come before: time in a file does not go back, so it has one of its own. */
	int err = place->time_us < mine->time_us ? end_file(mine, when) : 0;
	if (err == 0)
		err = begin_stream(mine, record->media, ssrc, when);
	mine->time_us = place->time_us;
	if (err == 0 && mine->was_shut)
		err = track_gate(mine->track, when.now);
	mine->was_shut = false;
	return err < 0 ? err : track_recv_late(mine->track, &late);
}

static int take_record(struct archive *archive, const struct late_part *part,
	const struct late_record *record, struct late_count *count)
{
	struct rtp_packet packet;
	struct late_track *mine = NULL;
	struct track *live = NULL;
	const int64_t wall_us = record->said_us + part->shift_us;
	if (rtp_parse(record->packet_view, record->len, &packet) < 0)
		return 0; /* judged before: there is none such */
	int err = find_track(archive, part->source, record->media, &live, &mine);
	if (err < 0)
		return err;
	const struct stream_packet sent = { .ssrc = packet.ssrc,
		.seq = packet.seq,
		.rtp_ts = packet.rtp_ts,
		.said_us = wall_us - archive->session.started_us };
	const struct stream_place place = streams_judge(track_streams(live),
		track_streams(mine->track), kinds[record->media].hz, &sent,
		archive->when.wall_us - archive->session.started_us);
	if (place.had) {
		count->had++;
	} else if (place.time_us < 0) {
		count->before++;
	} else if (!is_open(part, wall_us)) {
		count->shut++;
		mine->was_shut = true;
	} else {
		count->kept++;
		err = keep(mine, record, packet.ssrc, &place, archive->when);
	}
	return err;
}

/* ---- a part ---- */

/* Looked through before any of it is taken; also whether any of it is of this session. */
static int judge(const struct archive *archive, const struct late_part *part)
{
	struct late_record record;
	struct rtp_packet packet;
	size_t at = 0;
	bool ours = false;
	int more;
	while ((more = late_read(part->data, part->len, &at, &record)) == 1) {
		if (rtp_parse(record.packet_view, record.len, &packet) < 0)
			return -EBADMSG;
		ours = ours || record.said_us + part->shift_us >= archive->session.started_us;
	}
	if (more < 0)
		return -EBADMSG;
	return ours ? 0 : -ENOENT;
}

/* Both edges, once all parts are in. */
static int note_end(struct archive *archive, const struct late_part *part)
{
	const int64_t started_us = archive->session.started_us;
	int err = late_tracks_finish(archive->late, archive->when.now);
	if (err == 0)
		err = archive_append_json(archive, "outage",
			json_pack("{s:s, s:s, s:I, s:I, s:b}", "source", part->source, "outage",
				part->outage, "from_ms",
				(json_int_t)((part->from_us - started_us) / 1000), "to_ms",
				(json_int_t)((part->to_us - started_us) / 1000), "delivered", 1));
	return err;
}

/* All that the disk was given has to be there before anybody is told. */
static int settle(struct archive *archive, uint64_t *out_token)
{
	struct late *late = archive->late;
	const uint64_t token = LATE_TOKEN + ++late->asked;
	int err = 0;
	for (size_t i = 0; i < late->n && err == 0; i++) {
		bool asked;
		err = track_sync(late->list[i].track, 0, archive->when.now, &asked);
	}
	if (err == 0)
		err = archive->disk->sync(archive->disk->ctx, archive->events, token);
	*out_token = late->asked;
	return err;
}

int archive_late(struct archive *archive, const struct late_part *part, struct archive_now when,
	struct late_count *out_count, uint64_t *out_token)
{
	struct late_count count = { 0 };
	struct late_record record;
	size_t at = 0;
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	archive->when = when;
	if (archive->late == NULL)
		archive->late = rs_zalloc(sizeof(*archive->late));
	if (archive->late == NULL)
		return -ENOMEM;
	int err = judge(archive, part);
	if (err < 0)
		return err;
	while (err == 0 && late_read(part->data, part->len, &at, &record) == 1)
		err = take_record(archive, part, &record, &count);
	if (archive->error == 0 && err == -E2BIG)
		return err;
	if (err == 0 && part->number == part->parts)
		err = note_end(archive, part);
	if (err == 0)
		err = settle(archive, out_token);
	if (err < 0)
		return archive_fail(archive, err);
	*out_count = count;
	return 0;
}
