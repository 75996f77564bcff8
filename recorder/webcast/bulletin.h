/* recorder/webcast/bulletin.h
 *
 * What a webcast has to know of a session: session.json, and the lines of events.jsonl as they come. Whether it is
 * switched on, since when or until when; who is shown; captions; when the recording ended.
 *
 * Lines are believed as they stand: who may write them may write media as well. What is not as the recorder writes it is passed
 * over. Sans-I/O; not thread safe. Bounded: BULLETIN_SHOWS and BULLETIN_CAPTIONS wait to be taken, and
 * the oldest goes where there are more.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_BULLETIN_H
#define ROSTRUM_RECORDER_WEBCAST_BULLETIN_H

#include "recorder/archive/session/archive.h"

#define BULLETIN_SHOWS 64
#define BULLETIN_CAPTIONS 64
/* As the captioner's line is bounded, in octets of UTF-8. */
#define BULLETIN_TEXT_MAX 800
#define BULLETIN_TITLE_MAX 512
#define BULLETIN_NEVER INT64_MAX

/* From `at_ms` on a camera is seen, or nobody is. */
struct bulletin_show {
	int64_t at_ms; /* session time, as all times here */
	bool somebody;
};

struct bulletin_caption {
	char language[16];
	uint32_t
		line; /* number of the line in its language; a later one of the same number corrects it */
	int64_t from_ms;
	int64_t to_ms;
	char text[BULLETIN_TEXT_MAX + 1];
};

struct bulletin {
	/* Of session.json. */
	char meeting[RS_NAME_MAX + 1];
	char session[NAMES_SESSION_MAX + 1];
	char title[BULLETIN_TITLE_MAX + 1];
	bool is_public;
	int64_t started_ms; /* wall clock of session time 0 */
	struct archive_channel channels[ARCHIVE_CHANNELS_MAX];
	size_t n_channels;

	unsigned switched; /* how often it was switched on */
	int64_t from_ms;   /* since when, the last time */
	int64_t until_ms;  /* when it was switched off after that; BULLETIN_NEVER = it is on */
	int64_t ended_ms;  /* when the recording ended; BULLETIN_NEVER = it goes on */
	uint32_t parts;    /* of the programme: 1, and one more each time the recording went on */

	/* Waiting to be taken, the oldest first. */
	struct bulletin_show shows[BULLETIN_SHOWS];
	size_t n_shows;
	struct bulletin_caption captions[BULLETIN_CAPTIONS];
	size_t n_captions;
};

/* From the text of session.json. 0; -EBADMSG: it is none. */
int bulletin_init(struct bulletin *bulletin, const char *session, size_t len) RS_MUST_USE;
/* A line of events.jsonl, without its newline. */
void bulletin_line(struct bulletin *bulletin, const char *text, size_t len);
/* The webcast is switched on and the session goes on. */
bool bulletin_is_on(const struct bulletin *bulletin);
/* When what is on ends: switched off, or with the recording; BULLETIN_NEVER. */
int64_t bulletin_end(const struct bulletin *bulletin);
/* 1 and the next one that happened up to `until_ms`, or 0. */
int bulletin_take_show(struct bulletin *bulletin, int64_t until_ms, struct bulletin_show *out_show);
/* 1 and the next one whose words were said wholly while it was on, the last time, or 0: others are passed over. */
int bulletin_take_caption(struct bulletin *bulletin, struct bulletin_caption *out_caption);

#endif
