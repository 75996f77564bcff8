/* recorder/webcast/master.h
 *
 * What a viewer reads first: the master playlist (RFC 8216 section 4.3.4) and live.json. Sans-I/O; no state.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_MASTER_H
#define ROSTRUM_RECORDER_WEBCAST_MASTER_H

#include "common/base/buf.h"
#include "recorder/archive/session/archive.h"

#define MASTER_PLAYLIST "master.m3u8"
#define MASTER_LIVE "live.json"
#define MASTER_FORMAT "rostrum-webcast/1"
/* Folders of renditions: "v", "a-fr", "s-fr". */
#define MASTER_PICTURE "v"
#define MASTER_SOUND "a-"
#define MASTER_CAPTIONS "s-"
#define MASTER_MAX ((size_t)64 << 10)
#define MASTER_LANGUAGE_LEN 16

struct master {
	const char *meeting;
	const char *session;
	const char *title;
	const struct archive_channel *channels; /* beside the floor, which is always there */
	size_t n_channels;
	const char (*captions)[MASTER_LANGUAGE_LEN]; /* languages that have some */
	size_t n_captions;
	const char *picture_codec; /* as fmp4_codec_name() */
	uint32_t width;
	uint32_t height;
	uint32_t fps;
	uint32_t bitrate_bps; /* of the picture */
	bool live;
	int64_t started_ms; /* wall clock of session time 0 */
	int64_t delay_ms; /* how far behind the meeting the end of the newest segment was when it was there */
	int64_t updated_ms; /* wall clock of now */
	uint64_t left_out;  /* pictures, since the machine was too slow */
};

/* Append the master playlist. 0, -E2BIG or -ENOMEM. */
int master_write_playlist(const struct master *master, struct rs_buf *out) RS_MUST_USE;
/* Append live.json. Likewise. */
int master_write_live(const struct master *master, struct rs_buf *out) RS_MUST_USE;

#endif
