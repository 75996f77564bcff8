/* recorder/webcast/cast.h
 *
 * The webcast of one session, from when it is switched on until it has ended: follows the programmes of all languages as they are
 * written and puts out segments, playlists and live.json.
 *
 *   channels/floor.webm --- sound --- a-floor/        channels/floor.webm --- workshop --- v/
 *   channels/fr.webm ------ sound --- a-fr/           events.jsonl ---------- captions --- s-fr/
 *
 * The pictures have a reader of their own, so that sound does not wait for them. What an earlier run put out is gone on
 * with. Blocking file I/O; one thread besides the workshop's.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_CAST_H
#define ROSTRUM_RECORDER_WEBCAST_CAST_H

#include "recorder/webcast/bulletin.h"

struct cast;

/* A programme that has not grown for so long does not go on. */
#define CAST_STALLED_MS 60000

struct cast_config {
	const char *session;   /* directory of the session; copied */
	const char *directory; /* where the webcast goes; made if its parent exists */
	uint32_t segment_ms;
	uint32_t window; /* segments a playlist names */
	uint16_t width;
	uint16_t height;
	uint32_t fps;
	uint32_t bitrate_bps;
	/* From another thread: a turn is due. */
	void (*wake)(void *ctx);
	void *ctx;
};

enum cast_state {
	CAST_PREPARES, /* nothing can be seen yet */
	CAST_LIVE,     /* it can */
	CAST_OVER,     /* all of it is out, and the playlists are closed */
};

struct cast_figures {
	int64_t delay_ms; /* how far behind the meeting the end of the newest segment of pictures was */
	uint64_t segments; /* of pictures */
	uint64_t sounds;   /* segments of sound, in all languages */
	int64_t end_ms;    /* session time up to which pictures are out; 0 = none is */
	int64_t behind_ms; /* how far what codes pictures is behind the programme */
	uint64_t jumps;    /* times it was too far behind, and went on at the present */
	uint64_t lost;     /* segments of pictures that could not be made */
	uint64_t coded;    /* pictures, as the next two */
	uint64_t left_out; /* for the machine was too slow */
	uint64_t damaged;
	bool hurried;    /* it leaves them out now */
	unsigned errors; /* files that could not be written */
};

/* The session is on (bulletin_is_on()). `bulletin` is borrowed for good: its shows and captions are taken from here. 0; -EINVAL
 * (what no picture can be coded with); -EAGAIN (no thread); -ENOMEM; or an error of the file system. */
int cast_new(const struct cast_config *config, struct bulletin *bulletin, int64_t wall_ms,
	struct cast **out_cast) RS_MUST_USE;
/* Leaves what is out as it is: a later one goes on with it. */
struct cast *cast_free(struct cast *cast);
/* Do what can be done now. */
void cast_turn(struct cast *cast, int64_t wall_ms);
/* It ends now, whatever the bulletin says. */
void cast_break_off(struct cast *cast, int64_t wall_ms);
enum cast_state cast_state(const struct cast *cast);
const struct cast_figures *cast_figures(const struct cast *cast);

#endif
