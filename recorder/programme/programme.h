/* recorder/programme/programme.h
 *
 * The programme of a meeting: for each language, and for the floor, one WebM with the sound of the
 * whole session and the speaker's picture, made while the meeting runs. What goes in are the frames of
 * the archive's tracks, live or read back from their files (remake.h): the way through here is the same.
 *
 * Sound and pictures of different tracks come in at different times. Everything is held back for
 * PROGRAMME_HOLD_MS, counted by the latest frame of any track rather than by a clock, so that a tap that
 * stands still tears no hole. Nothing is decoded or coded but pictures of a codec the files do not have (pictures.h).
 *
 * Sans-I/O but for the disk port; not thread safe. Memory is bounded: PROGRAMME_PICTURES_MAX of
 * pictures for all, STRIP_WAITING_MAX of sound and the open cluster for each language. After an error
 * the programme has failed and writes nothing more; nobody else is concerned.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_PROGRAMME_H
#define ROSTRUM_RECORDER_PROGRAMME_PROGRAMME_H

#include "recorder/archive/session/archive.h"
#include "recorder/programme/film.h"

struct programme;

#define PROGRAMME_HOLD_MS 3000
/* Where no frame comes at all, silence is written so long after its time. */
#define PROGRAMME_QUIET_MS 30000
/* What no picture has: zero, so it need not be said. */
#define PROGRAMME_ANY_CODEC DEPAY_OPUS
#define PROGRAMME_PICTURES_MAX ((size_t)16 << 20)

struct programme_config {
	const struct disk *disk; /* borrowed */
	uint32_t owner;
	const char *directory; /* of the session */
	const char *ending;    /* put behind the files' names: "", or that of drafts */
	uint32_t part;         /* names_programme_part(); 0 is as good as 1 */
	bool late;             /* of the floor alone, as names_programme_late() */
	int64_t begins_ms; /* session time; nothing of before is in it: 0, but for later parts */
	const char *app;
	const struct archive_channel *channels; /* looked at while being born */
	size_t n_channels;
	int64_t started_us; /* wall clock of session time 0 */
	uint32_t cluster_ms;
	size_t cluster_max;
	enum depay_codec codec; /* of its pictures; PROGRAMME_ANY_CODEC = by the first one shown */
	enum press_way way;     /* how pictures are coded again */
};

/* A frame of a track. */
struct programme_frame {
	const char *name; /* of the source, or the channel */
	enum archive_media media;
	enum depay_codec codec;
	const struct depay_frame *frame;
	int64_t time_ms; /* session time */
};

/* Makes a file for the floor and, unless it is `late`, for each channel. 0, -EINVAL, -ENOMEM or the disk's error. */
int programme_new(
	const struct programme_config *config, struct programme **out_programme) RS_MUST_USE;
/* Leaves unfinished what programme_close() did not finish. */
struct programme *programme_free(struct programme *programme);
void programme_freep(struct programme **programme);

/* What is no sound of a channel and no camera's picture is passed over. Errors are kept: programme_error(). */
void programme_frame(struct programme *programme, const struct programme_frame *frame);
/* From session time `from_ms` on the camera of `source` is seen; "" = nobody's. */
void programme_show(struct programme *programme, const char *source, int64_t from_ms);
/* The session has come so far. Early, late or twice is fine. */
void programme_tick(struct programme *programme, int64_t session_ms);
/* The session time at which a tick matters next, if nothing comes before. */
int64_t programme_deadline(const struct programme *programme);
/* Write all there is, up to the end of the session, and make the files whole. The disk tells the owner `token`
 * when it has all of them (0: it does not). 0 or the error it failed with. */
int programme_close(struct programme *programme, int64_t end_ms, uint64_t token) RS_MUST_USE;

/* The disk could not do what it was told, or must be spared: nothing more is written. */
void programme_fail(struct programme *programme, int err);
/* 0, or the error it failed with. */
int programme_error(const struct programme *programme);
/* Whether the camera of `source` is to be asked for a key frame. */
bool programme_wants_key(const struct programme *programme, const char *source);
/* A source whose pictures are left out, since their codec is not that of the file: as pictures_poll_foreign(). */
bool programme_poll_foreign(
	struct programme *programme, char out_source[RS_NAME_MAX + 1], enum depay_codec *out_codec);
const struct pictures_stats *programme_pictures(const struct programme *programme);

#endif
