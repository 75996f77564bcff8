/* Notes on the second copy: octets are lines. What is taken is found again under the session, as verified; nothing else is. */
#include "recorder/io/copy_book.h"

#include "common/evidence/names.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENTRIES_MAX 8

static void take(struct copy_book *book, char *line)
{
	struct copy_entry *entry = NULL;
	struct copy_entry *again = NULL;

	if (copy_book_take(book, "demo-1", line, &entry) < 0)
		return;
	if (!entry->verified || entry->mtime_ns < 0 || strncmp(entry->path, "demo-1/", 7) != 0 ||
		entry->path[7] == '\0' || strlen(entry->path) >= ARCHIVE_PATH_LEN)
		abort();
	if (copy_book_entry(book, entry->path, &again) < 0 || again != entry)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct copy_book *book = NULL;
	char line[4096];

	if (copy_book_new(ENTRIES_MAX, &book) < 0)
		return 0;
	for (size_t at = 0; at < size;) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		const size_t len = end != NULL ? (size_t)(end - data) - at + 1 : size - at;
		if (len < sizeof(line)) {
			memcpy(line, data + at, len);
			line[len] = '\0';
			take(book, line);
		}
		at += len;
	}
	copy_book_free(book);
	return 0;
}
