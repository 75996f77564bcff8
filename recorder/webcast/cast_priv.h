/* recorder/webcast/cast_priv.h
 *
 * What cast.c, cast_sound.c, cast_pictures.c and cast_captions.c share. cast.c calls the other three, and all of them cast_files.c.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_CAST_PRIV_H
#define ROSTRUM_RECORDER_WEBCAST_CAST_PRIV_H

#include "recorder/transcode/workshop.h"
#include "recorder/webcast/captions.h"
#include "recorder/webcast/cast.h"
#include "recorder/webcast/master.h"
#include "recorder/webcast/parts.h"
#include "recorder/webcast/rendition.h"
#include "recorder/webcast/shelf_disk.h"
#include "recorder/webcast/sound.h"

#define CAST_LANGUAGES (ARCHIVE_CHANNELS_MAX + 1)
/* Octets of one segment of sound or captions. */
#define CAST_SEGMENT_MAX (SOUND_SEGMENT_MAX + ((size_t)1 << 20))

/* A language, or the floor. */
struct cast_language {
	const char *id;
	struct parts file;
	struct sound sound;
	struct rendition rendition;
	bool begun; /* it has its file */
	bool ended;
};

struct cast_pictures {
	struct parts file;
	struct workshop *workshop;
	struct rendition rendition;
	enum mux_codec codec;      /* of this part; MUX_OPUS = not known yet */
	uint32_t part;             /* of the programme, whose pictures were put last */
	int64_t run_ms;            /* the workshop was told to come so far */
	int64_t least;             /* segment before which it is not begun again */
	struct bulletin_show show; /* taken, and not yet put */
	bool has_show;
	bool begun;
	bool all_put; /* the end of it as well */
	bool ended;
	char name[FMP4_CODEC_LEN]; /* of the codec, for players */
};

struct cast {
	struct cast_config config;
	char session[ARCHIVE_PATH_LEN];
	struct bulletin *bulletin;
	struct shelf_disk disk;
	struct cast_language languages[CAST_LANGUAGES]; /* the floor first */
	size_t n_languages;
	struct cast_pictures pictures;
	struct captions captions;
	struct rendition texts[CAPTIONS_LANGUAGES]; /* of the captions' languages */
	size_t n_texts;
	struct rs_buf out; /* a segment that is being written */
	int64_t base;
	int64_t first;     /* segment that a fresh start begins with; -1 = not known yet */
	int64_t newest_ms; /* of the floor's sound */
	int64_t grew_ms;   /* wall clock when it last went on */
	int64_t wall_ms;   /* of this turn */
	int64_t cut_ms;    /* broken off here; BULLETIN_NEVER */
	bool changed;      /* live.json and the master playlist are to be written */
	enum cast_state state;
	struct cast_figures figures;
};

/* cast_files.c: a rendition, gone on with where the directory has some of it. */
void cast_rendition(const struct cast *cast, const char *prefix, const char *id, const char *ending,
	struct rendition *out_rendition);
/* Count an error of putting out, or nothing. */
void cast_note(struct cast *cast, int err);
/* When it ends, session time; BULLETIN_NEVER. */
int64_t cast_end(const struct cast *cast);
/* The programme of a language, from about that time on. As parts_open(). */
int cast_open(
	const struct cast *cast, const char *id, int64_t from_ms, struct parts *parts) RS_MUST_USE;
/* As parts_next(). */
int cast_read(const struct cast *cast, struct parts *parts, struct reel_block *out_block);
/* Whether nothing comes any more behind what there is of this language. */
bool cast_is_last(const struct cast *cast, const struct parts *parts);
/* The number a rendition goes on with. */
int64_t cast_next(const struct cast *cast, const struct rendition *rendition);

/* 0, -ENOMEM. */
int cast_sound_init(struct cast *cast) RS_MUST_USE;
void cast_sound_done(struct cast *cast);
void cast_sound_turn(struct cast *cast);

int cast_pictures_init(struct cast *cast) RS_MUST_USE;
void cast_pictures_done(struct cast *cast);
void cast_pictures_turn(struct cast *cast);

/* A segment of the floor is out: captions of the same time are written. */
void cast_captions_segment(struct cast *cast, int64_t number, int64_t duration_ms);
void cast_captions_turn(struct cast *cast);
void cast_captions_end(struct cast *cast);

#endif
