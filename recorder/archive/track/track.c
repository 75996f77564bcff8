#include "recorder/archive/track/track.h"

#include "common/base/rand.h"
#include "common/rtp/ntp.h"

#include <errno.h>
#include <string.h>

#define TITLE_LEN 96
#define QUIET RS_SEC(1)
/* A full segment of sound to which nothing came for so long is finished without waiting for the next packet. */
#define IDLE RS_SEC(10)
/* What came late knows no interruption but that of the gate: what is missing is lost. */
#define NEVER_QUIET (INT64_MAX / 4)
/* RFC 7587 section 4.1, RFC 7741 section 4.1. */
#define SOUND_HZ 48000
#define PICTURE_HZ 90000

struct track {
	struct track_config config;
	char name[RS_NAME_MAX + 1];
	char title[TITLE_LEN];
	char language[4];
	enum depay_codec codec;
	uint32_t hz;
	struct ingest *ingest;
	struct depay *depay;
	struct segment *segment;
	uint32_t next_segment;
	int64_t origin_ms;                     /* of the segment */
	uint8_t config_data[DEPAY_CONFIG_MAX]; /* CodecPrivate of the segment */
	size_t config_len;
	bool full;                   /* the segment is over its time and waits for a key frame */
	bool held;                   /* pictures are left out, see track_rules */
	rs_time opened;              /* when the segment was */
	rs_time written;             /* when its last frame was */
	int64_t written_ms;          /* session time of that frame */
	struct ledger_count pending; /* packets since the last frame */
	struct ledger_state state;
	struct ledger_state settled; /* as it was when the last segment ended */
	uint64_t seen_dropped;       /* depay's counters at the last packet */
	uint64_t seen_freezes;
	struct streams streams;
	uint32_t ssrc;  /* of the stream that is received */
	bool expecting; /* what came late: the stream has begun, and nothing of it came yet */
	int64_t arrived_wall_us; /* what came late: when */
};

int track_new(const struct track_config *config, struct track **out_track)
{
	struct track *track = rs_zalloc(sizeof(*track));
	if (track == NULL)
		return -ENOMEM;
	track->config = *config;
	(void)rs_copy_text(track->name, sizeof(track->name), config->name, strlen(config->name));
	(void)rs_copy_text(
		track->title, sizeof(track->title), config->title, strlen(config->title));
	(void)rs_copy_text(track->language, sizeof(track->language), config->language, 3);
	track->next_segment = config->first_segment;
	*out_track = track;
	return 0;
}

struct track *track_free(struct track *track)
{
	if (track == NULL)
		return NULL;
	segment_free(track->segment);
	depay_free(track->depay);
	ingest_free(track->ingest);
	return rs_release(track);
}

bool track_is(const struct track *track, const char *name, enum archive_media media)
{
	return track->config.media == media && strcmp(track->name, name) == 0;
}

static bool is_sound(enum archive_media media)
{
	return media == ARCHIVE_MICROPHONE || media == ARCHIVE_CHANNEL;
}

static int note(struct track *track, const char *type, json_t *payload)
{
	if (payload == NULL)
		return -ENOMEM;
	return track->config.note(track->config.ctx, type, payload);
}

/* What came and is in no file's account: nothing was begun to which it could belong. */
static int tell_unwritten(struct track *track)
{
	const struct ledger_count rest = track->pending;
	track->pending = (struct ledger_count){ 0 };
	if (rest.received == 0)
		return 0;
	return note(track, "packets-unwritten",
		json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "track", track->name, "media",
			names_media(track->config.media), "received", (json_int_t)rest.received,
			"lost", (json_int_t)rest.lost, "skipped", (json_int_t)rest.skipped,
			"dropped", (json_int_t)rest.dropped));
}

/* `rest` as segment_finish() says. */
static int close_segment(struct track *track, const struct ledger_count *rest)
{
	struct segment_summary summary;
	int err = segment_finish(track->segment, rest, &track->state, &summary);
	if (err == 0)
		err = note(track, "segment-closed",
			segment_summary_json(segment_file(track->segment), &summary));
	track->segment = segment_free(track->segment);
	track->settled = track->state;
	track->full = false;
	return err;
}

enum mux_codec track_codec(enum depay_codec codec)
{
	static const enum mux_codec codecs[DEPAY_CODEC_COUNT] = { [DEPAY_OPUS] = MUX_OPUS,
		[DEPAY_VP8] = MUX_VP8,
		[DEPAY_VP9] = MUX_VP9,
		[DEPAY_H264] = MUX_H264,
		[DEPAY_AV1] = MUX_AV1 };
	return codecs[codec];
}

static int open_segment(
	struct track *track, const struct depay_frame *frame, int64_t time_ms, rs_time now)
{
	char file[NAMES_FILE_LEN];
	uint32_t *number = track->config.live != NULL ? &track->config.live->next_segment
						      : &track->next_segment;
	names_segment(track->name, track->config.media, *number, file);
	const int64_t wall_ms = track->config.epoch_wall_us / 1000 + time_ms;
	struct segment_config config = { .disk = track->config.disk,
		.owner = track->config.owner,
		.directory = track->config.directory,
		.file = file,
		.origin_ms = time_ms,
		.idle_ms = 2 * track->config.rules->cluster_ms,
		.since = track->settled,
		.mux = { .codec = track_codec(track->codec),
			.track_uid = (uint64_t)rs_rand_u32(track->config.rand) << 16 | 1,
			.title = track->title,
			.language = track->language,
			.app = track->config.rules->app,
			.wall_ms = wall_ms,
			.channels = frame->channels,
			.width = frame->width,
			.height = frame->height,
			.config = frame->config,
			.config_len = frame->config_len,
			.cluster_ms = track->config.rules->cluster_ms,
			.cluster_max = track->config.rules->cluster_max } };
	const int err = segment_new(&config, &track->segment);
	if (err < 0)
		return err;
	if (frame->config_len > 0)
		memcpy(track->config_data, frame->config, frame->config_len);
	track->config_len = frame->config_len;
	(*number)++;
	track->origin_ms = time_ms;
	track->opened = now;
	json_t *opened = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "file", file, "track",
		track->name, "media", names_media(track->config.media), "codec",
		depay_codec_name(track->codec), "title", track->title, "t0_ms", (json_int_t)time_ms,
		"wall_ms", (json_int_t)wall_ms);
	if (opened != NULL && track->config.live != NULL &&
		json_object_set_new(opened, "delivered", json_true()) < 0) {
		json_decref(opened);
		return -ENOMEM;
	}
	return note(track, "segment-opened", opened);
}

/* A key frame that needs another CodecPrivate than the one at the head of the file. */
static bool is_foreign(const struct track *track, const struct depay_frame *frame)
{
	return frame->config_len > 0 &&
	       (frame->config_len != track->config_len ||
		       memcmp(frame->config, track->config_data, frame->config_len) != 0);
}

/* The next segment begins with this frame if the present one is full and a file can begin so: with
 * sound that was sent, or with a key frame. The packets since the last frame go with this one, so
 * what was lost between two segments stands in the later one's first line. */
static int roll(struct track *track, const struct depay_frame *frame, int64_t time_ms)
{
	if (is_foreign(track, frame))
		return close_segment(track, &(struct ledger_count){ 0 });
	if (time_ms - track->origin_ms < track->config.rules->segment_ms)
		return 0;
	track->full = true;
	if (!frame->key || frame->synthetic)
		return 0;
	return close_segment(track, &(struct ledger_count){ 0 });
}

static void tell_listener(
	const struct track *track, const struct depay_frame *frame, int64_t time_ms)
{
	const struct track_listener *listener = track->config.rules->listener;
	if (listener != NULL && track->config.live == NULL)
		listener->frame(listener->ctx, &(struct track_frame){ .name = track->name,
						       .media = track->config.media,
						       .codec = track->codec,
						       .frame = frame,
						       .time_ms = time_ms });
}

static int write_frame(
	struct track *track, const struct depay_frame *frame, int64_t time_us, rs_time now)
{
	const int64_t time_ms = (time_us + 500) / 1000;
	track->state.duplicates = ingest_stats(track->ingest)->duplicates;
	track->state.late = ingest_stats(track->ingest)->late;
	track->state.ssrc = track->ssrc;
	track->state.delivered = track->config.live != NULL;
	int err = track->segment != NULL ? roll(track, frame, time_ms) : 0;
	if (err < 0)
		return err;
	if (track->segment == NULL) {
		if (frame->synthetic)
			return 0; /* no file begins with silence made here */
		err = open_segment(track, frame, time_ms, now);
		if (err < 0)
			return err;
	}
	if (frame->width != 0) {
		track->state.width = frame->width;
		track->state.height = frame->height;
	}

	struct segment_frame out = { .block = { .time_ms = time_ms,
					     .duration_us = (uint32_t)rtp_ticks_to_us(
						     frame->ticks, track->hz),
					     .key = frame->key,
					     .data = frame->data,
					     .len = frame->len } };
	if (frame->synthetic) {
		out.count.synthetic = 1;
	} else {
		if (track->pending.freezes > 0)
			track->pending.frozen_ms = (uint64_t)(time_ms - track->written_ms);
		out.count = track->pending;
		track->pending = (struct ledger_count){ 0 };
	}
	track->written = now;
	track->written_ms = time_ms;
	err = segment_write(track->segment, &out, &track->state, now);
	if (err == 0)
		tell_listener(track, frame, time_ms);
	return err == -E2BIG ? 0 : err;
}

static bool may_go(const struct track *track)
{
	const bool *held = track->config.rules->pictures_held;
	return is_sound(track->config.media) || held == NULL || !*held;
}

/* Whether this frame is not written, so that sound and events are. What is left out begins as a freeze does, and ends as one. */
static bool leave_out(struct track *track, const struct depay_frame *frame)
{
	if (!may_go(track) && !track->held) {
		track->held = true;
		track->pending.freezes++;
	} else if (may_go(track) && frame->key) {
		track->held = false;
	}
	if (track->held)
		track->pending.dropped = track->pending.received; /* since the last one written */
	return track->held;
}

static int take_packet(struct track *track, const struct ingest_packet *packet, rs_time now)
{
	ledger_count_packet(&track->pending, packet->seq, packet->lost, packet->skipped,
		packet->rtp_ts,
		track->config.live != NULL ? track->arrived_wall_us : packet->arrival_wall_us);
	streams_note(&track->streams, track->ssrc, packet->seq, packet->sent_ts, packet->time_us);
	const struct depay_packet in = { .payload = packet->payload,
		.len = packet->len,
		.rtp_ts = packet->rtp_ts,
		.marker = packet->marker,
		.after_loss = packet->lost > 0,
		.after_gap = packet->after_gap };
	int err = depay_recv(track->depay, &in);
	const struct depay_stats *stats = depay_stats(track->depay);
	track->pending.dropped += stats->malformed + stats->dropped - track->seen_dropped;
	track->seen_dropped = stats->malformed + stats->dropped;
	track->pending.freezes += stats->freezes - track->seen_freezes;
	track->seen_freezes = stats->freezes;
	if (err == -EBADMSG)
		err = 0; /* counted above */
	if (err == 0 && packet->step_us != 0)
		err = note(track, "stall",
			json_pack("{s:s, s:s, s:I, s:I}", "track", track->name, "media",
				names_media(track->config.media), "t_ms",
				(json_int_t)(packet->time_us / 1000), "step_ms",
				(json_int_t)(packet->step_us / 1000)));

	struct depay_frame frame;
	while (err == 0 && depay_poll(track->depay, &frame) == 1) {
		if (leave_out(track, &frame))
			continue;
		const int64_t back_us = rtp_ticks_to_us(packet->rtp_ts - frame.rtp_ts, track->hz);
		err = write_frame(track, &frame, packet->time_us - back_us, now);
	}
	return err;
}

static int take_all(struct track *track, rs_time now)
{
	struct ingest_packet packet;
	while (track->ingest != NULL && ingest_poll(track->ingest, now, &packet) == 1) {
		const int err = take_packet(track, &packet, now);
		if (err < 0)
			return err;
	}
	return 0;
}

/* The stream is over: write what it held, keep what it counted. */
static int end_stream(struct track *track, rs_time now)
{
	if (track->ingest == NULL)
		return 0;
	ingest_drain(track->ingest);
	const int err = take_all(track, now);
	track->ingest = ingest_free(track->ingest);
	track->depay = depay_free(track->depay);
	streams_end(&track->streams);
	return err;
}

int track_begin(struct track *track, const char *codec_name, uint32_t hz, rs_time now)
{
	enum depay_codec codec;
	int err = depay_codec_parse(codec_name, &codec);
	if (err < 0 || is_sound(track->config.media) != (codec == DEPAY_OPUS))
		return -EOPNOTSUPP;
	if (hz != (codec == DEPAY_OPUS ? SOUND_HZ : PICTURE_HZ))
		return -EINVAL;
	err = end_stream(track, now);
	if (err < 0)
		return err;
	/* Sequence numbers begin anew: so does the account of them. */
	if (track->segment != NULL && codec != track->codec)
		err = close_segment(track, &track->pending);
	else if (track->segment != NULL)
		err = segment_cut(track->segment, &track->pending, &track->state);
	else
		err = tell_unwritten(track);
	track->pending = (struct ledger_count){ 0 };
	track->state =
		(struct ledger_state){ .width = track->state.width, .height = track->state.height };
	track->settled = (struct ledger_state){ 0 };
	track->seen_dropped = 0;
	track->seen_freezes = 0;
	track->codec = codec;
	track->hz = hz;
	track->expecting = true;
	/* Another sender may stand behind the name now: its clock is learnt afresh. */
	track->config.sender->valid = false;
	const struct track_rules *rules = track->config.rules;
	const struct ingest_config ingest = { .hz = hz,
		.window = rules->reorder_window,
		.reorder_wait = rules->reorder_wait,
		.quiet = track->config.live != NULL ? NEVER_QUIET : QUIET,
		.epoch_wall_us = track->config.epoch_wall_us,
		.sender = track->config.sender };
	const struct depay_config depay = { .codec = codec,
		.fill_max = (int64_t)rules->fill_ms * (SOUND_HZ / 1000),
		.frame_max = rules->cluster_max };
	if (err == 0)
		err = ingest_new(&ingest, &track->ingest);
	if (err == 0)
		err = depay_new(&depay, &track->depay);
	if (err < 0)
		track->ingest = ingest_free(track->ingest);
	return err;
}

int track_recv_rtp(
	struct track *track, const uint8_t *data, size_t len, int64_t arrival_wall_us, rs_time now)
{
	struct rtp_packet packet;
	if (track->ingest == NULL)
		return 0;
	if (rtp_parse(data, len, &packet) < 0)
		return 0;
	track->ssrc = packet.ssrc;
	if (ingest_recv(track->ingest, &packet, arrival_wall_us, now) < 0)
		return 0; /* late, twice or too large: in its statistics */
	return take_all(track, now);
}

/* To the timeline it is as if it had come the moment it was said. */
int track_recv_late(struct track *track, const struct track_late *late)
{
	if (track->ingest != NULL && track->expecting)
		ingest_expect(track->ingest, late->place.next);
	track->expecting = false;
	track->arrived_wall_us = late->arrival_wall_us;
	return track_recv_rtp(track, late->data, late->len,
		track->config.epoch_wall_us + late->place.time_us, late->now);
}

int track_sync(struct track *track, uint64_t token, rs_time now, bool *out_asked)
{
	if (track->ingest != NULL)
		ingest_drain(track->ingest);
	const int err = take_all(track, now);
	*out_asked = err == 0 && track->segment != NULL;
	return *out_asked ? segment_sync(track->segment, &track->state, token) : err;
}

struct streams *track_streams(struct track *track)
{
	return &track->streams;
}

void track_report(struct track *track, uint64_t ntp, uint32_t rtp_ts)
{
	if (track->ingest == NULL)
		return;
	track->state.sr_ntp = ntp;
	track->state.sr_rtp = rtp_ts;
	ingest_report(track->ingest, ntp, rtp_ts);
}

int track_gate(struct track *track, rs_time now)
{
	if (track->ingest == NULL)
		return 0;
	ingest_gate(track->ingest);
	return take_all(track, now);
}

/* When a segment that nothing comes to is finished: full by the clock, and quiet. Not so with
 * pictures: what comes next may go on from the last one, as content that stood still does. */
static rs_time idle_deadline(const struct track *track)
{
	if (!is_sound(track->config.media))
		return RS_TIME_NEVER;
	const rs_time full = track->opened + RS_MS(track->config.rules->segment_ms);
	const rs_time quiet = track->written + IDLE;
	return full > quiet ? full : quiet;
}

int track_tick(struct track *track, rs_time now)
{
	const int err = take_all(track, now);
	if (err < 0 || track->segment == NULL)
		return err;
	/* Packets that brought no frame stay pending: they go with the next one. */
	if (now >= idle_deadline(track))
		return close_segment(track, &(struct ledger_count){ 0 });
	return segment_tick(track->segment, &track->state, now);
}

rs_time track_deadline(const struct track *track)
{
	const rs_time ingest =
		track->ingest != NULL ? ingest_deadline(track->ingest) : RS_TIME_NEVER;
	if (track->segment == NULL)
		return ingest;
	return rs_time_min(
		ingest, rs_time_min(segment_deadline(track->segment), idle_deadline(track)));
}

int track_finish(struct track *track, rs_time now)
{
	int err = end_stream(track, now);
	if (err < 0)
		return err;
	if (track->segment == NULL)
		return tell_unwritten(track);
	err = close_segment(track, &track->pending);
	track->pending = (struct ledger_count){ 0 };
	return err;
}

static bool listener_wants_key(const struct track *track)
{
	const struct track_listener *listener = track->config.rules->listener;
	return listener != NULL &&
	       listener->wants_key(listener->ctx, track->name, track->config.media);
}

bool track_wants_key(const struct track *track)
{
	/* Nothing is asked for that would not be kept. */
	if (track->held || !may_go(track))
		return track->depay != NULL && may_go(track);
	return track->depay != NULL &&
	       (depay_wants_key(track->depay) || (track->full && track->codec != DEPAY_OPUS) ||
		       listener_wants_key(track));
}
