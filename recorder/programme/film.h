/* recorder/programme/film.h
 *
 * The programme of one language while it is written: its sound (strip.h) and the common pictures
 * (pictures.h) become one WebM whose time 0 is the session's. A sound packet is written before the
 * pictures of its time, so times in the file never run backwards. Sans-I/O but for the disk port; not
 * thread safe. Any error breaks the film; what was written stays.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_FILM_H
#define ROSTRUM_RECORDER_PROGRAMME_FILM_H

#include "common/evidence/names.h"
#include "recorder/archive/files/disk.h"
#include "recorder/mux/mux.h"
#include "recorder/programme/pictures.h"
#include "recorder/programme/strip.h"

struct film;

struct film_config {
	const struct disk *disk; /* borrowed */
	uint32_t owner;
	const char *path;     /* of the file, which must not exist; copied by the disk */
	const char *name;     /* of the channel, or NAMES_FLOOR; copied */
	const char *title;    /* copied into the file, as the next two */
	const char *language; /* ISO 639-2 */
	const char *app;
	int64_t wall_ms;   /* of session time 0 */
	int64_t begins_ms; /* session time; nothing of before is in it */
	uint64_t uid;      /* of the sound's track; the picture's is the next one. Not 0 */
	uint32_t cluster_ms;
	size_t cluster_max;
};

/* Creates the file; nothing is in it before film_run(). 0, -EINVAL, -ENOMEM or the disk's error. */
int film_new(const struct film_config *config, struct film **out_film) RS_MUST_USE;
/* Closes the file as it is. */
struct film *film_free(struct film *film);
const char *film_name(const struct film *film);

/* A packet of its sound. 0 (also when it is refused) or -ENOMEM. */
int film_sound(struct film *film, int64_t time_ms, const uint8_t *data, size_t len) RS_MUST_USE;
/* Write what belongs before `until_ms`; nothing that comes later may belong there. 0; -ENOMEM; or the disk's error. */
int film_run(struct film *film, const struct pictures *pictures, int64_t until_ms) RS_MUST_USE;
/* The session ends at `end_ms`: write all there is and what makes the file whole, durably; `token` as the disk
 * has it. As film_run(). */
int film_finish(struct film *film, const struct pictures *pictures, int64_t end_ms,
	uint64_t token) RS_MUST_USE;
/* The number of the first picture not written yet. */
uint64_t film_pictures(const struct film *film);

#endif
