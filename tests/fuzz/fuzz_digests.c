/* Lists of digests: what is accepted is written back as it was, and names no file outside of the session. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "recorder/archive/files/digests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hex digits may be capitals in a list of others; ours are not. */
static void check_same(const struct line *line, const struct digests_line *digest)
{
	struct rs_buf out;
	rs_buf_init(&out, 2 * ARCHIVE_PATH_LEN);
	if (digests_write(&out, digest->hex, digest->path) == 0 &&
		(rs_buf_len(&out) != line->len + 1 ||
			strncasecmp((const char *)rs_buf_data(&out), line->text, line->len) != 0))
		abort();
	rs_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = rs_memdup(data, size);
	if (copy == NULL)
		return 0;
	struct lines lines = { .data = copy, .len = size };
	struct line line;
	while (lines_next(&lines, &line) == 1) {
		struct digests_line digest;
		if (digests_read(&line, &digest) < 0)
			continue;
		if (digest.path[0] == '/' || strstr(digest.path, "..") == digest.path ||
			strstr(digest.path, "/..") != NULL)
			abort();
		check_same(&line, &digest);
	}
	rs_release(copy);
	return 0;
}
