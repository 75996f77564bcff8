/* recorder/programme/script.h
 *
 * What the programme of a session is made of, read from its session.json and events.jsonl: the segments
 * of channels and cameras and when each begins, who was shown when, and when the session ended. Blocking
 * file I/O. The files are foreign input: what is not as the recorder writes it is passed over.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_SCRIPT_H
#define ROSTRUM_RECORDER_PROGRAMME_SCRIPT_H

#include "recorder/archive/session/archive.h"

#define SCRIPT_SEGMENTS_MAX 65536
#define SCRIPT_SHOWS_MAX 65536

struct script_segment {
	char name[RS_NAME_MAX + 1];
	enum archive_media
		media; /* ARCHIVE_CHANNEL or ARCHIVE_CAMERA; ARCHIVE_MICROPHONE only of what was delivered */
	enum depay_codec codec;
	uint32_t number;
	int64_t t0_ms;  /* session time of its time 0 */
	bool delivered; /* after an outage: nobody saw or heard it then */
};

struct script_show {
	char source[RS_NAME_MAX + 1];
	int64_t t_ms;
};

struct script {
	char software[96];
	int64_t started_us;
	struct archive_channel channels[ARCHIVE_CHANNELS_MAX];
	size_t n_channels;
	struct script_segment *segments; /* by when they begin */
	size_t n_segments;
	bool delivered;            /* there is such sound among them */
	struct script_show *shows; /* by when */
	size_t n_shows;
	bool closed;    /* the last line says that the recording was stopped */
	bool repaired;  /* what was cut off was closed later, and has not gone on since */
	int64_t end_ms; /* session time of the end: of the last line, or what a repair says */
};

/* 0; -ENOENT or another error of the file system; -EBADMSG (no archive); -E2BIG; or -ENOMEM. script_done() is owed on success only. */
int script_read(const char *directory, struct script *out_script) RS_MUST_USE;
void script_done(struct script *script);

#endif
