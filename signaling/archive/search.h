/* signaling/archive/search.h
 *
 * Looking for recordings: by words, date, agenda item, speaker, delegation and language; what was found as JSON, newest first, and
 * of each recording the places that fit. Of a word that is everywhere the newest places alone are looked at, and what takes too
 * long is given up. For worker threads.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_SEARCH_H
#define ROSTRUM_SIGNALING_ARCHIVE_SEARCH_H

#include "signaling/archive/catalogue.h"

/* Octets of each text that is asked for, recordings of a page, places of a recording that are told. */
#define SEARCH_TEXT_MAX 200
#define SEARCH_PAGE_MAX 50
#define SEARCH_HITS_MAX 8
/* Newest places that have the words; those before are not looked at. */
#define SEARCH_LINES_MAX 50000

struct search {
	/* Empty or 0: does not matter. */
	char words[SEARCH_TEXT_MAX + 1];   /* in titles, items, decisions, names and captions */
	char item[SEARCH_TEXT_MAX + 1];    /* words of an agenda item's title, or its number */
	char speaker[SEARCH_TEXT_MAX + 1]; /* words of a name */
	char delegation[RS_NAME_MAX + 1];  /* its id */
	char language[RS_NAME_MAX + 1]; /* that can be heard; of what was said, and of captions */
	int64_t from_ms, until_ms;      /* wall clock: began at or after, and before */
	uint32_t offset, limit;         /* limit: 1 to SEARCH_PAGE_MAX */
};

/* Append {"meetings": [...], "total": n}. 0; -ETIMEDOUT: given up; -EIO; -ENOMEM; -E2BIG. */
int search_run(struct catalogue *catalogue, const struct search *search,
	const struct access_viewer *viewer, struct rs_buf *out) RS_MUST_USE;

#endif
