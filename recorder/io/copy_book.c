#include "recorder/io/copy_book.h"

#include "common/base/text.h"
#include "recorder/archive/files/digests.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BUCKETS 4096
#define NOTE_MAX (DIGESTS_HEX_LEN + 64 + ARCHIVE_PATH_LEN)

struct copy_book {
	struct copy_entry *buckets[BUCKETS];
	size_t n;
	size_t max;
};

int copy_book_new(size_t max, struct copy_book **out_book)
{
	struct copy_book *book = rs_zalloc(sizeof(*book));
	if (book == NULL)
		return -ENOMEM;
	book->max = max;
	*out_book = book;
	return 0;
}

struct copy_book *copy_book_free(struct copy_book *book)
{
	for (size_t i = 0; book != NULL && i < BUCKETS; i++)
		for (struct copy_entry *entry = book->buckets[i]; entry != NULL;) {
			struct copy_entry *next = entry->next;
			rs_release(entry);
			entry = next;
		}
	return rs_release(book);
}

static struct copy_entry **bucket_of(struct copy_book *book, const char *path)
{
	uint32_t hash = 2166136261U; /* FNV-1a: the paths are ours */
	for (const char *at = path; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * 16777619U;
	return &book->buckets[hash % BUCKETS];
}

int copy_book_entry(struct copy_book *book, const char *path, struct copy_entry **out_entry)
{
	struct copy_entry **bucket = bucket_of(book, path);
	for (struct copy_entry *entry = *bucket; entry != NULL; entry = entry->next) {
		if (strcmp(entry->path, path) != 0)
			continue;
		*out_entry = entry;
		return 0;
	}
	if (book->n == book->max)
		return -E2BIG;
	const size_t len = strlen(path) + 1;
	struct copy_entry *entry = rs_zalloc(sizeof(*entry) + len);
	if (entry == NULL)
		return -ENOMEM;
	memcpy(entry->path, path, len);
	entry->next = *bucket;
	*bucket = entry;
	book->n++;
	*out_entry = entry;
	return 0;
}

/* The word up to the next space, ended there; the rest in *line. NULL: there is no space. */
static char *take_word(char **line)
{
	char *word = *line;
	char *end = strchr(word, ' ');
	if (end == NULL)
		return NULL;
	*end = '\0';
	*line = end + 1;
	return word;
}

int copy_book_take(
	struct copy_book *book, const char *session, char *line, struct copy_entry **out_entry)
{
	char path[ARCHIVE_PATH_LEN];
	uint64_t size;
	uint64_t mtime_ns;
	struct copy_entry *entry;
	char *end = strchr(line, '\n');
	if (end == NULL)
		return -EBADMSG;
	*end = '\0';
	const char *sha512 = take_word(&line);
	const char *sizes = sha512 != NULL ? take_word(&line) : NULL;
	const char *mtimes = sizes != NULL ? take_word(&line) : NULL;
	if (mtimes == NULL || strlen(sha512) != DIGESTS_HEX_LEN - 1 || line[0] == '\0' ||
		rs_parse_u64(sizes, strlen(sizes), UINT64_MAX, &size) < 0 ||
		rs_parse_u64(mtimes, strlen(mtimes), INT64_MAX, &mtime_ns) < 0 ||
		rs_format(path, sizeof(path), "%s/%s", session, line) < 0)
		return -EBADMSG;
	const int err = copy_book_entry(book, path, &entry);
	if (err < 0)
		return err;
	entry->verified = true;
	entry->size = size;
	entry->mtime_ns = (int64_t)mtime_ns;
	*out_entry = entry;
	return 0;
}

void copy_book_read(struct copy_book *book, const char *notes, const char *session)
{
	char path[ARCHIVE_PATH_LEN];
	char line[NOTE_MAX];
	if (rs_format(path, sizeof(path), "%s/%s", notes, session) < 0)
		return;
	FILE *file = fopen(path, "re");
	struct copy_entry *entry;
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		(void)copy_book_take(
			book, session, line, &entry); /* what is not known is verified again */
	if (file != NULL)
		(void)fclose(file); /* only read */
}

void copy_book_note(const struct copy_entry *entry, const char *notes, const char *sha512)
{
	char path[ARCHIVE_PATH_LEN];
	const char *rest = strchr(entry->path, '/');
	if (rest == NULL || rs_format(path, sizeof(path), "%s/%.*s", notes,
				    (int)(rest - entry->path), entry->path) < 0)
		return;
	FILE *file = fopen(path, "ae");
	if (file == NULL)
		return;
	(void)fprintf(file, "%s %" PRIu64 " %" PRId64 " %s\n", sha512, entry->size, entry->mtime_ns,
		rest + 1);
	(void)fclose(file);
}
