/* recorder/archive/track/track.h
 *
 * What one source sends in one medium, from RTP to files: ingest, depay, segment. Its segments
 * follow one another: a new one when the recorder was restarted, and one each `segment_ms`, and
 * where a picture needs another CodecPrivate, without a packet lost or doubled between them. Streams may begin anew within one (a publisher that joined
 * again, another simulcast layer). Sans-I/O but for the disk port; not thread safe.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_TRACK_TRACK_H
#define ROSTRUM_RECORDER_ARCHIVE_TRACK_TRACK_H

#include "recorder/archive/track/segment.h"
#include "recorder/archive/track/streams.h"
#include "recorder/depay/depay.h"
#include "recorder/ingest/ingest.h"

#include <jansson.h>

struct track;

/* A frame as it was written. */
struct track_frame {
	const char *name;
	enum archive_media media;
	enum depay_codec codec;
	const struct depay_frame *frame; /* during the call */
	int64_t time_ms;                 /* session time */
};

/* Who is told what the tracks of an archive bring, to make something else of it. May not call back. */
struct track_listener {
	void (*frame)(void *ctx, const struct track_frame *frame);
	/* From session time `time_ms` on the camera of `source` is seen; "" = nobody's. */
	void (*show)(void *ctx, const char *source, int64_t time_ms);
	/* Whether a key frame is wanted beside those the file needs. */
	bool (*wants_key)(void *ctx, const char *name, enum archive_media media);
	void *ctx;
};

/* Limits and habits shared by the tracks of an archive. */
struct track_rules {
	uint32_t cluster_ms;
	size_t cluster_max; /* octets; also the largest frame */
	rs_time reorder_wait;
	uint16_t reorder_window;
	uint32_t fill_ms;    /* longest silence filled in sound */
	uint32_t segment_ms; /* session time after which a new file is begun; not 0 */
	/* While true pictures are left out and counted as dropped, up to the first key frame afterwards. Borrowed; NULL = never. */
	const bool *pictures_held;
	const struct track_listener *listener; /* borrowed; may be NULL */
	const char *app;
};

struct track_config {
	const struct track_rules *rules; /* borrowed */
	const struct disk *disk;         /* borrowed */
	uint32_t owner;
	const char *directory; /* borrowed */
	const char *name;      /* copied, as the following two */
	const char *title;
	const char *language; /* ISO 639-2 */
	enum archive_media media;
	uint32_t first_segment;    /* number of the next segment, as session_next_segment() says */
	int64_t epoch_wall_us;     /* session time 0 */
	struct clock_base *sender; /* borrowed */
	struct rs_rand *rand;      /* borrowed; for track uids */
	/* What this one holds came after an outage, as its ledgers say; its segments are numbered with those of the track of what
	 * came at its time (borrowed; it lives longer). NULL = it is that track itself. */
	struct track *live;
	/* Something to be put down in events.jsonl; takes `payload`. May not call back into the track. */
	int (*note)(void *ctx, const char *type, json_t *payload);
	void *ctx;
};

/* Writes nothing before the first frame. 0 or -ENOMEM. */
int track_new(const struct track_config *config, struct track **out_track) RS_MUST_USE;
/* Closes the files as they are, unfinished if track_finish() was not called. */
struct track *track_free(struct track *track);
bool track_is(const struct track *track, const char *name, enum archive_media media);
/* The codec of its files, of what comes in packets of `codec`. */
enum mux_codec track_codec(enum depay_codec codec);

/* A stream begins (anew): what the old one still held is written first. 0, -EOPNOTSUPP (not a codec
 * of this medium), -EINVAL (clock), or an error of writing. */
int track_begin(struct track *track, const char *codec, uint32_t hz, rs_time now) RS_MUST_USE;
/* One RTP packet. 0 (also when it is refused), or an error of writing. */
int track_recv_rtp(struct track *track, const uint8_t *data, size_t len, int64_t arrival_wall_us,
	rs_time now) RS_MUST_USE;
/* The same of a track with `live`: a packet in its `place` among what is there, which arrived only now. */
struct track_late {
	const uint8_t *data;
	size_t len;
	uint32_t ssrc;
	struct stream_place place;
	int64_t arrival_wall_us;
	rs_time now;
};
/* A stream is to be begun by track_begin() before its first packet. 0 (also when it is refused) or an error of writing. */
int track_recv_late(struct track *track, const struct track_late *late) RS_MUST_USE;
/* Give out what is held and make it durable: *out_asked = `token` comes back from the disk; false = there is nothing to wait
 * for. 0 or an error of writing. */
int track_sync(struct track *track, uint64_t token, rs_time now, bool *out_asked) RS_MUST_USE;
/* What it has of the streams it was sent. */
struct streams *track_streams(struct track *track);
void track_report(struct track *track, uint64_t ntp, uint32_t rtp_ts);
/* The gate of the source moved. 0 or an error of writing. */
int track_gate(struct track *track, rs_time now) RS_MUST_USE;
int track_tick(struct track *track, rs_time now) RS_MUST_USE;
rs_time track_deadline(const struct track *track);
/* Write what is held and finish the segment. 0 or an error of writing. */
int track_finish(struct track *track, rs_time now) RS_MUST_USE;
/* Video waits for a key frame: after a loss, because it was left out, or because its segment is full and the next one needs it,
 * or because the listener wants one. */
bool track_wants_key(const struct track *track);

#endif
