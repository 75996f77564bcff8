#include "recorder/archive/session/archive_priv.h"
#include "recorder/archive/track/late_tracks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most octets of lines that are made in one call. */
#define LINES_BUF_MAX (2 * CHAIN_LINE_MAX)
#define EVENT_HASH_MAX 128
/* Comes back when all files of a closed archive are on the disk; no event has such a number. */
#define FINISHED_TOKEN UINT64_MAX

int archive_fail(struct archive *archive, int err)
{
	if (archive->error != 0)
		return archive->error;
	archive->error = err;
	archive->late = late_tracks_free(archive->late);
	for (size_t i = 0; i < archive->n_tracks; i++)
		archive->tracks[i] = track_free(archive->tracks[i]);
	archive->n_tracks = 0;
	archive->proof = proof_free(archive->proof);
	if (archive->events_open)
		archive->disk->close(archive->disk->ctx, archive->events);
	archive->events_open = false;
	return err;
}

int archive_append(struct archive *archive, const struct chain_entry *entry)
{
	struct rs_buf line;
	rs_buf_init(&line, LINES_BUF_MAX);
	const uint64_t at = archive->session.chain.size;
	int err = chain_write(&archive->session.chain, entry, &line);
	if (err == 0)
		err = archive->disk->write(archive->disk->ctx, archive->events, at,
			rs_buf_data(&line), rs_buf_len(&line));
	rs_buf_done(&line);
	archive->events_dirty = true;
	return err;
}

int archive_append_json(struct archive *archive, const char *type, json_t *payload)
{
	char *text = payload != NULL ? json_dumps(payload, JSON_COMPACT) : NULL;
	json_decref(payload);
	if (text == NULL)
		return -ENOMEM;
	const struct chain_entry entry = { .type = type,
		.wall_ms = archive->when.wall_us / 1000,
		.payload = text,
		.payload_len = strlen(text) };
	const int err = archive_append(archive, &entry);
	free(text);
	return err;
}

static int track_note(void *ctx, const char *type, json_t *payload)
{
	return archive_append_json(ctx, type, payload);
}

/* Its hash as well: of an event whose words are few it would tell which they are. */
int archive_append_sealed(struct archive *archive, struct chain_entry *entry)
{
	struct rs_buf payload;
	rs_buf_init(&payload, CHAIN_LINE_MAX);
	int err = vault_seal_event(archive->vault, archive->session.chain.seq + 1, entry->hash,
		entry->payload, entry->payload_len, &payload);
	entry->hash = "";
	entry->payload = (const char *)rs_buf_data(&payload);
	entry->payload_len = rs_buf_len(&payload);
	if (err == 0)
		err = archive_append(archive, entry);
	rs_buf_done(&payload);
	return err;
}

struct archive *archive_free(struct archive *archive)
{
	if (archive == NULL)
		return NULL;
	late_tracks_free(archive->late);
	for (size_t i = 0; i < archive->n_tracks; i++)
		track_free(archive->tracks[i]);
	rs_release(archive->tracks);
	rs_release(archive->senders);
	proof_free(archive->proof);
	if (archive->events_open)
		archive->disk->close(archive->disk->ctx, archive->events);
	vault_free(archive->vault);
	session_done(&archive->session);
	for (size_t i = 0; i < RS_ARRAY_LEN(archive->texts); i++)
		rs_release(archive->texts[i]);
	return rs_release(archive);
}

void archive_freep(struct archive **archive)
{
	*archive = archive_free(*archive);
}

int archive_close(struct archive *archive, const char *reason, struct archive_now when)
{
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	archive->when = when;
	int err = 0;
	for (size_t i = 0; i < archive->n_tracks && err == 0; i++)
		err = track_finish(archive->tracks[i], when.now);
	if (err == 0)
		err = late_tracks_finish(archive->late, when.now);
	if (err == 0)
		err = archive_append_json(
			archive, "recording-stopped", json_pack("{s:s}", "reason", reason));
	if (err == 0)
		err = archive_flush(archive);
	if (err == 0 && archive->proof != NULL)
		err = proof_close(archive->proof);
	if (err == 0)
		err = archive->disk->sync(archive->disk->ctx, archive->events, FINISHED_TOKEN);
	archive->closed = true;
	return err < 0 ? archive_fail(archive, err) : 0;
}

bool archive_finished(const struct archive *archive)
{
	return archive->finished;
}

bool archive_is_sealed(const struct archive *archive)
{
	return archive->vault != NULL;
}

const char *archive_directory(const struct archive *archive)
{
	return archive->session.directory;
}

int64_t archive_started_us(const struct archive *archive)
{
	return archive->session.started_us;
}

const char *archive_session(const struct archive *archive)
{
	return archive->config.session;
}

bool archive_resumed(const struct archive *archive)
{
	return !archive->session.fresh;
}

uint32_t archive_part(const struct archive *archive)
{
	return archive->session.fresh ? 1 : archive->session.resumed + 2;
}

int archive_error(const struct archive *archive)
{
	return archive->error;
}

void archive_disk_failed(struct archive *archive, int err)
{
	(void)archive_fail(archive, err); /* gives the error back for others */
}

void archive_disk_synced(struct archive *archive, uint64_t token)
{
	if (token == FINISHED_TOKEN)
		archive->finished = true;
	else if (token >= LATE_TOKEN && archive->late != NULL)
		archive->late->durable = token - LATE_TOKEN;
	else if ((int64_t)token > archive->durable_event)
		archive->durable_event = (int64_t)token;
}

int64_t archive_last_event(const struct archive *archive)
{
	return archive->last_event;
}

int64_t archive_durable_event(const struct archive *archive)
{
	return archive->durable_event;
}

/* The clock the tracks of a source share. A channel is a sender of its own. */
static struct clock_base *sender_clock(
	struct archive *archive, const char *name, enum archive_media media)
{
	struct sender *mine = &archive->senders[archive->n_tracks];
	for (size_t i = 0; i < archive->n_tracks && media != ARCHIVE_CHANNEL; i++)
		if (strcmp(archive->senders[i].name, name) == 0)
			return &archive->senders[i].clock;
	if (media != ARCHIVE_CHANNEL)
		(void)rs_copy_text(
			mine->name, sizeof(mine->name), name, strlen(name)); /* checked */
	return &mine->clock;
}

static void describe(const struct archive *archive, const char *name, enum archive_media media,
	char title[96], const char **out_language)
{
	*out_language = "und";
	(void)snprintf(title, 96, "%s %s", name, names_media(media)); /* fits */
	for (size_t i = 0; i < archive->config.n_channels && media == ARCHIVE_CHANNEL; i++) {
		const struct archive_channel *channel = &archive->channels[i];
		if (strcmp(channel->id, name) != 0)
			continue;
		*out_language = names_language(channel->language);
		(void)snprintf(title, 96, "%s", channel->name); /* fits */
	}
}

int archive_new_track(
	struct archive *archive, const struct archive_track *what, struct track **out_track)
{
	char title[96];
	const char *language;
	describe(archive, what->name, what->media, title, &language);
	const struct track_config config = { .rules = &archive->config.rules,
		.disk = archive->proof != NULL ? proof_disk(archive->proof) : archive->disk,
		.owner = archive->config.owner,
		.directory = archive->session.directory,
		.name = what->name,
		.title = title,
		.language = language,
		.media = what->media,
		.first_segment = what->first_segment,
		.epoch_wall_us = archive->session.started_us,
		.sender = what->sender,
		.rand = archive->config.rand,
		.live = what->live,
		.note = track_note,
		.ctx = archive };
	return track_new(&config, out_track);
}

static int add_track(
	struct archive *archive, const char *name, enum archive_media media, size_t *out_track)
{
	struct archive_track what = {
		.name = name, .media = media, .sender = sender_clock(archive, name, media)
	};
	if (archive->n_tracks == archive->config.tracks_max)
		return -E2BIG;
	int err = session_next_segment(&archive->session, name, media, &what.first_segment);
	if (err < 0)
		return archive_fail(archive, err);
	err = archive_new_track(archive, &what, &archive->tracks[archive->n_tracks]);
	if (err < 0)
		return archive_fail(archive, err);
	*out_track = archive->n_tracks++;
	return 0;
}

int archive_find_track(
	struct archive *archive, const char *name, enum archive_media media, size_t *out_track)
{
	for (size_t i = 0; i < archive->n_tracks; i++) {
		if (!track_is(archive->tracks[i], name, media))
			continue;
		*out_track = i;
		return 0;
	}
	return add_track(archive, name, media, out_track);
}

static int note_refused(
	struct archive *archive, const char *name, const char *media, const char *codec, int why)
{
	const int err = archive_append_json(archive, "track-refused",
		json_pack("{s:s, s:s, s:s, s:s}", "track", name, "media", media, "codec", codec,
			"reason",
			why == -E2BIG ? "too many tracks" : "codec or clock rate is not recorded"));
	return err < 0 ? archive_fail(archive, err) : why;
}

int archive_begin(struct archive *archive, const char *name, const char *media_name,
	const char *codec, uint32_t hz, struct archive_now when, size_t *out_track)
{
	enum archive_media media;
	size_t track = 0;
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	if (!rs_name_valid(name, strlen(name)) || names_media_parse(media_name, &media) < 0)
		return -EBADMSG;
	archive->when = when;
	int err = archive_find_track(archive, name, media, &track);
	if (err == 0)
		err = track_begin(archive->tracks[track], codec, hz, when.now);
	if (archive->error != 0)
		return err;
	if (err == -EOPNOTSUPP || err == -EINVAL || err == -E2BIG)
		return note_refused(archive, name, media_name, codec, err);
	if (err < 0)
		return archive_fail(archive, err);
	*out_track = track;
	return 0;
}

int archive_recv(struct archive *archive, size_t track, const uint8_t *rtp, size_t len,
	int64_t arrival_wall_us, struct archive_now when)
{
	if (archive->error != 0 || archive->closed || track >= archive->n_tracks)
		return -EPROTO;
	archive->when = when;
	const int err = track_recv_rtp(archive->tracks[track], rtp, len, arrival_wall_us, when.now);
	return err < 0 ? archive_fail(archive, err) : 0;
}

void archive_report(struct archive *archive, size_t track, uint64_t ntp, uint32_t rtp_ts)
{
	if (archive->error == 0 && track < archive->n_tracks)
		track_report(archive->tracks[track], ntp, rtp_ts);
}

int archive_mark(struct archive *archive, const char *source, bool open, int64_t event,
	int64_t mark_wall_us, struct archive_now when)
{
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	archive->when = when;
	int err = archive_append_json(archive, "gate",
		json_pack("{s:s, s:b, s:I, s:I, s:I}", "source", source, "open", open, "event",
			(json_int_t)event, "wall_us", (json_int_t)mark_wall_us, "t_ms",
			(json_int_t)((mark_wall_us - archive->session.started_us) / 1000)));
	/* The picture is seldom let through without the sound: it gets the benefit of the doubt. */
	for (size_t i = 0; i < archive->n_tracks && err == 0; i++)
		if (track_is(archive->tracks[i], source, ARCHIVE_MICROPHONE) ||
			track_is(archive->tracks[i], source, ARCHIVE_CAMERA) ||
			track_is(archive->tracks[i], source, ARCHIVE_CONTENT))
			err = track_gate(archive->tracks[i], when.now);
	return err < 0 ? archive_fail(archive, err) : 0;
}

int archive_show(
	struct archive *archive, const char *source, int64_t from_wall_us, struct archive_now when)
{
	const struct track_listener *listener = archive->config.rules.listener;
	const int64_t time_ms = (from_wall_us - archive->session.started_us) / 1000;
	const int err = archive_note(archive, "show",
		json_pack("{s:s, s:I}", "source", source, "t_ms", (json_int_t)time_ms), when);
	if (err == 0 && listener != NULL)
		listener->show(listener->ctx, source, time_ms);
	return err;
}

int archive_note(
	struct archive *archive, const char *type, json_t *payload, struct archive_now when)
{
	if (archive->error != 0 || archive->closed) {
		json_decref(payload);
		return -EPROTO;
	}
	archive->when = when;
	const int err = archive_append_json(archive, type, payload);
	return err < 0 ? archive_fail(archive, err) : 0;
}

/* The payload goes into a line as it is: it has to be one object on one line. */
static bool event_valid(const struct archive_event *event)
{
	static const char allowed[] = "0123456789abcdefABCDEF";
	const size_t hash_len = strlen(event->hash);
	if (hash_len > EVENT_HASH_MAX || strspn(event->hash, allowed) != hash_len ||
		memchr(event->payload, '\n', event->len) != NULL)
		return false;
	json_error_t error;
	json_t *json = json_loadb(event->payload, event->len, 0, &error);
	const bool object = json_is_object(json);
	json_decref(json);
	return object;
}

int archive_add_event(
	struct archive *archive, const struct archive_event *event, struct archive_now when)
{
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	if (event->number <= archive->last_event)
		return -EALREADY;
	if (!event_valid(event))
		return -EBADMSG;
	struct chain_entry entry = { .type = CHAIN_TYPE_MEETING,
		.wall_ms = when.wall_us / 1000,
		.payload = event->payload,
		.payload_len = event->len,
		.event = event->number,
		.hash = event->hash };
	const int err = archive->vault != NULL ? archive_append_sealed(archive, &entry)
					       : archive_append(archive, &entry);
	if (err < 0)
		return archive_fail(archive, err);
	archive->last_event = event->number;
	return 0;
}

int archive_tick(struct archive *archive, struct archive_now when)
{
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	archive->when = when;
	for (size_t i = 0; i < archive->n_tracks; i++) {
		const int err = track_tick(archive->tracks[i], when.now);
		if (err < 0)
			return archive_fail(archive, err);
	}
	int err = late_tracks_tick(archive->late, when.now);
	if (err == 0 && archive->proof != NULL)
		err = proof_tick(archive->proof);
	return err < 0 ? archive_fail(archive, err) : 0;
}

rs_time archive_deadline(const struct archive *archive)
{
	rs_time deadline = RS_TIME_NEVER;
	if (archive->closed)
		return deadline;
	if (archive->proof != NULL)
		deadline = proof_deadline(archive->proof);
	for (size_t i = 0; i < archive->n_tracks; i++)
		deadline = rs_time_min(deadline, track_deadline(archive->tracks[i]));
	return rs_time_min(deadline, late_tracks_deadline(archive->late));
}

int archive_flush(struct archive *archive)
{
	if (archive->error != 0 || archive->closed)
		return -EPROTO;
	if (!archive->events_dirty)
		return 0;
	archive->events_dirty = false;
	const int err = archive->disk->sync(
		archive->disk->ctx, archive->events, (uint64_t)archive->last_event);
	return err < 0 ? archive_fail(archive, err) : 0;
}

bool archive_wants_key(const struct archive *archive, size_t track)
{
	return archive->error == 0 && track < archive->n_tracks &&
	       track_wants_key(archive->tracks[track]);
}
