/* common/evidence/excerpt_priv.h
 *
 * An excerpt being made: excerpt.c finds and proves clusters, excerpt_papers.c and excerpt_ledgers.c write the rest, and all ask excerpt_plan.c, which knows what
 * is to be in it.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_EXCERPT_PRIV_H
#define ROSTRUM_COMMON_EVIDENCE_EXCERPT_PRIV_H

#include "common/evidence/excerpt.h"
#include "common/evidence/leaves.h"
#include "common/evidence/merkle_levels.h"

#include <jansson.h>

#define PLAN_TRACKS_MAX 4

struct plan_track {
	char stem[NAMES_FILE_LEN]; /* "tracks/KEN": its segments are "tracks/KEN.001.a" and so on */
	const char *media;         /* letters of those that are taken */
	bool needed;               /* there is no excerpt without it */
	bool found;
};

/* Say what is wrong with a file, or why there is no excerpt ("" = of none in particular); both return `err`. */
int excerpt_fail(char why[EXCERPT_WHY_LEN], const char *what, int err);
int excerpt_refuse(char why[EXCERPT_WHY_LEN], const char *what, const char *text, int err);

/* What is to be in it: which segments, from when to when, and what the record says of it. */
struct plan {
	struct plan_track tracks[PLAN_TRACKS_MAX];
	size_t n_tracks;
	int64_t from_ms;
	int64_t to_ms;
	struct lines record; /* of a speech: index.json */
	json_t *index;       /* the same, parsed; NULL = no speech */
	const json_t *speech;
};

/* 0, -EINVAL (a name that is none), -ENOENT (no record, or no such speech), -EBADMSG, an errno or -ENOMEM, and `why`.
 * plan_done() is owed in any case. */
int plan_make(const char *directory, const struct excerpt_wish *wish, struct plan *out_plan,
	char why[EXCERPT_WHY_LEN]) RS_MUST_USE;
void plan_done(struct plan *plan);
/* The track a segment ("tracks/KEN.001.a") is of, if it is one of them; else NULL. */
struct plan_track *plan_track(struct plan *plan, const char *segment);

struct excerpt {
	const char *directory;
	const struct excerpt_wish *wish;
	const struct excerpt_out *out;
	struct plan plan;
	struct leaves leaves;
	struct merkle_levels *levels;
	struct lines session;
	struct lines heads;
	struct line last; /* of them */
	json_t *files;
	struct excerpt_summary summary;
	char *why; /* EXCERPT_WHY_LEN */
};

/* A file, whole. 0 or an error, said. */
int excerpt_put(
	const struct excerpt *excerpt, const char *name, const void *data, size_t len) RS_MUST_USE;
/* All but the media and the ledgers. Likewise. */
int excerpt_put_papers(const struct excerpt *excerpt) RS_MUST_USE;
/* Of a speech: every ledger of its tracks. Likewise. */
int excerpt_put_ledgers(struct excerpt *excerpt) RS_MUST_USE;
/* The line of custody.jsonl that says that the media file of a segment was deleted, as a string. 0, -ENOENT (none does) or an error, not said. */
int excerpt_find_deletion(
	const char *directory, const char *segment, json_t **out_line) RS_MUST_USE;

#endif
