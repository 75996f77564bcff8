/* tests/support/fuzz_lines.h
 *
 * An input that is a script of lines.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_FUZZ_LINES_H
#define ROSTRUM_TESTS_SUPPORT_FUZZ_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct fuzz_lines {
	const uint8_t *left_view;
	size_t left;
};

struct fuzz_line {
	const uint8_t *view; /* without its line feed */
	size_t len;
};

/* Take the next line; false when there is none. */
static inline bool fuzz_lines_next(struct fuzz_lines *lines, struct fuzz_line *out)
{
	if (lines->left == 0)
		return false;
	const uint8_t *end = memchr(lines->left_view, '\n', lines->left);
	out->view = lines->left_view;
	out->len = end != NULL ? (size_t)(end - lines->left_view) : lines->left;
	const size_t taken = out->len + (end != NULL ? 1 : 0);
	lines->left_view += taken;
	lines->left -= taken;
	return true;
}

#endif
