/* tests/support/examples.h
 *
 * The examples of a PROTOCOL.md as tests: every fenced block that follows a line
 * "<!-- example: KIND -->" is handed, whole, to a function. Paths are relative to the source tree,
 * found by the environment variable ROSTRUM_SOURCE_ROOT that the build sets for every test.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_EXAMPLES_H
#define ROSTRUM_TESTS_SUPPORT_EXAMPLES_H

#include <stddef.h>

/* `text` is NUL-terminated and valid during the call; `line` is the example's first line in the paper. */
typedef void example_fn(void *ctx, const char *kind, size_t line, const char *text);

/* Returns how many examples were handed over; aborts when the paper cannot be read. */
size_t examples_each(const char *path, example_fn *fn, void *ctx);
/* The whole of a file below the source tree, NUL-terminated; free() it. Aborts when it cannot be read. */
char *examples_read(const char *path, size_t *out_len);

/* Names in a folder below the source tree that end so ("conf/rules", ".json"), sorted; at most `max`. Aborts when it cannot be read. */
#define EXAMPLES_NAME_MAX 64
size_t examples_list(
	const char *path, const char *suffix, char out_names[][EXAMPLES_NAME_MAX], size_t max);

#endif
