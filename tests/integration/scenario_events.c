/* The meetings of tests/scenarios as their events: each is played, and {"scenario": …, "event": {…}} printed a line. */
#include "common/log/log.h"
#include "tests/support/examples.h"
#include "tests/support/scenario.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 32
#define PROFILE "unga"

static void print_event(void *ctx, const char *payload)
{
	char *title = json_dumps(ctx, JSON_ENCODE_ANY);
	(void)printf("{\"scenario\":%s,\"event\":%s}\n", title, payload);
	free(title);
}

static int play_file(const struct scenario_book *book, const char *name)
{
	struct scenario_file *file = scenario_file_new(name);
	int failed = 0;
	for (size_t i = 0; i < file->n; i++) {
		char error[SCENARIO_ERROR];
		json_t *title = json_string(file->list[i].title);
		if (scenario_play_told(book, &file->list[i], PROFILE, print_event, title, error) <
			0) {
			(void)fprintf(stderr, "%s\n", error);
			failed = 1;
		}
		json_decref(title);
	}
	scenario_file_free(file);
	return failed;
}

int main(void)
{
	static char names[FILES_MAX][EXAMPLES_NAME_MAX];
	const size_t n = examples_list("tests/scenarios", ".txt", names, FILES_MAX);
	struct scenario_book *book = scenario_book_new();
	int failed = 0;
	log_init(LOG_ERROR, NULL, NULL); /* a server that starts is no news here */
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], "phrases.txt") != 0)
			failed |= play_file(book, names[i]);
	scenario_book_free(book);
	return failed;
}
