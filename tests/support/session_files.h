/* tests/support/session_files.h
 *
 * The files of a recorded session that a programme is made of, as a recorder would have left them: session.json, events.jsonl without
 * its chain, and segments without ledgers. Aborts where a disk fails: tests only.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SESSION_FILES_H
#define ROSTRUM_TESTS_SUPPORT_SESSION_FILES_H

#include "common/evidence/names.h"
#include "recorder/depay/depay.h"

#include <stdio.h>

struct session_files {
	const char *directory; /* borrowed */
	FILE *events;
};

struct session_frame {
	bool key;
	const uint8_t *data; /* until the next is asked for */
	size_t len;
};

struct session_segment {
	const char *name;
	enum archive_media media;
	enum depay_codec codec;
	uint32_t number;
	bool delivered;  /* late */
	int64_t from_ms; /* session time */
	int64_t to_ms;
	int64_t step_ms; /* from one frame to the next */
	uint16_t width;  /* of pictures */
	uint16_t height;
	/* The n-th frame, which is at `time_ms` of the session. */
	struct session_frame (*frame)(void *ctx, unsigned n, int64_t time_ms);
	void *ctx;
};

/* The directory, if it is not there, and its folders; with interpretation into these languages. */
void session_files_begin(struct session_files *files, const char *directory,
	const char *const *languages, size_t n_languages);
/* In order of their beginnings, as shows are. */
void session_files_segment(
	const struct session_files *files, const struct session_segment *segment);
void session_files_show(const struct session_files *files, const char *source, int64_t t_ms);
/* The recording was stopped. */
void session_files_end(struct session_files *files, int64_t end_ms);

#endif
