/* tests/support/scenario.h
 *
 * Meetings told in words of procedure: tests/scenarios/README.md says how they are written. Each is played over the service
 * with real messages on virtual time, under each rules profile; afterwards the server is started again, and what it then
 * shows must be what it showed.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SCENARIO_H
#define ROSTRUM_TESTS_SUPPORT_SCENARIO_H

#include <stddef.h>

struct scenario_book; /* the sentences and what they mean */

/* Reads tests/scenarios/phrases.txt; aborts when it is no such book. */
struct scenario_book *scenario_book_new(void);
void scenario_book_free(struct scenario_book *book);

/* One scenario of a file, as it stands there; texts belong to the file. */
struct scenario {
	const char *file;
	const char *title;
	const char *lines; /* up to the next scenario */
	size_t first;      /* line number */
};

struct scenario_file {
	char *text;
	struct scenario *list;
	size_t n;
};

/* A file of tests/scenarios, whose `name` it borrows; aborts when it holds no scenario. */
struct scenario_file *scenario_file_new(const char *name);
void scenario_file_free(struct scenario_file *file);

#define SCENARIO_ERROR 512

/* 0, or -1 with the line that did not come true and why in `error`. */
int scenario_play(const struct scenario_book *book, const struct scenario *scenario,
	const char *profile, char error[SCENARIO_ERROR]);

/* The same; afterwards each event of the meeting is told, in order: the text the store has of it, valid during the call. */
typedef void scenario_event_fn(void *ctx, const char *payload);
int scenario_play_told(const struct scenario_book *book, const struct scenario *scenario,
	const char *profile, scenario_event_fn *told, void *ctx, char error[SCENARIO_ERROR]);

#endif
