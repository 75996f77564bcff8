/* The texts of scenarios: sentences with their meanings, and files of scenarios. */
#include "tests/support/examples.h"
#include "tests/support/scenario_priv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHRASES_MAX 512
#define SCENARIOS_MAX 256

static void *must_calloc(size_t n, size_t size)
{
	void *room = calloc(n, size);
	if (room == NULL)
		abort();
	return room;
}

/* Ends the line at `*at` and moves on; NULL at the end of the text. */
static char *take_line(char **at)
{
	char *line = *at;
	if (*line == '\0')
		return NULL;
	char *end = line + strcspn(line, "\n");
	*at = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return line;
}

struct scenario_book *scenario_book_new(void)
{
	size_t len;
	struct scenario_book *book = must_calloc(1, sizeof(*book));
	book->text = examples_read("tests/scenarios/phrases.txt", &len);
	book->list = must_calloc(PHRASES_MAX, sizeof(*book->list));
	char *at = book->text;
	char *line;
	while ((line = take_line(&at)) != NULL) {
		if (line[0] == '\0' || line[0] == '#')
			continue;
		const bool meaning = line[0] == '\t';
		struct scenario_phrase *last = book->n > 0 ? &book->list[book->n - 1] : NULL;
		if (book->n == PHRASES_MAX || meaning != (last != NULL && last->meaning == NULL)) {
			(void)fprintf(stderr, "phrases.txt: out of place: %s\n", line);
			abort();
		}
		if (meaning)
			last->meaning = line + 1;
		else
			book->list[book->n++].pattern = line;
	}
	return book;
}

void scenario_book_free(struct scenario_book *book)
{
	free(book->text);
	free(book->list);
	free(book);
}

struct scenario_file *scenario_file_new(const char *name)
{
	char path[128];
	static const char head[] = "Scenario: ";
	size_t len;
	size_t number = 0;
	struct scenario_file *file = must_calloc(1, sizeof(*file));
	(void)snprintf(path, sizeof(path), "tests/scenarios/%.64s", name);
	file->text = examples_read(path, &len);
	file->list = must_calloc(SCENARIOS_MAX, sizeof(*file->list));
	char *at = file->text;
	char *line;
	while ((line = take_line(&at)) != NULL) {
		number++;
		if (strncmp(line, head, strlen(head)) == 0 && file->n < SCENARIOS_MAX) {
			file->list[file->n++] = (struct scenario){
				.file = name,
				.title = line + strlen(head),
				.lines = at,
				.first = number + 1,
			};
		} else if (file->n > 0 && at > line + strlen(line)) {
			at[-1] = '\n'; /* a line of the scenario: stays whole */
		}
		/* What comes before a scenario ends where its head begins. */
		if (file->n > 1 && file->list[file->n - 1].lines == at)
			line[-1] = '\0';
	}
	if (file->n == 0) {
		(void)fprintf(stderr, "%s: no scenario\n", name);
		abort();
	}
	return file;
}

void scenario_file_free(struct scenario_file *file)
{
	free(file->text);
	free(file->list);
	free(file);
}
