#include "tests/support/examples.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 20)

static const char marker[] = "<!-- example: ";
static const char fence[] = "```";

char *examples_read(const char *path, size_t *out_len)
{
	char full[4096];
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	(void)snprintf(full, sizeof(full), "%s/%s", root != NULL ? root : ".", path);
	FILE *file = fopen(full, "rb");
	char *text = malloc(FILE_MAX + 1);
	if (file == NULL || text == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", full);
		abort();
	}
	*out_len = fread(text, 1, FILE_MAX, file);
	text[*out_len] = '\0';
	(void)fclose(file); /* read only */
	return text;
}

/* Ends the line at `*at` and moves on to the next one; NULL at the end of the text. */
static char *take_line(char **at)
{
	char *line = *at;
	if (line == NULL || *line == '\0')
		return NULL;
	char *end = strchr(line, '\n');
	*at = end != NULL ? end + 1 : NULL;
	if (end != NULL)
		*end = '\0';
	return line;
}

/* The block behind an opening fence, its lines joined again in place; `*line_number` is moved on. */
static char *take_block(char **at, size_t *line_number)
{
	char *block = *at;
	char *line;
	while ((line = take_line(at)) != NULL) {
		(*line_number)++;
		if (strncmp(line, fence, strlen(fence)) == 0) {
			*line = '\0';
			return block;
		}
		if (*at != NULL)
			(*at)[-1] = '\n';
	}
	return NULL;
}

size_t examples_each(const char *path, example_fn *fn, void *ctx)
{
	size_t len;
	size_t number = 0;
	size_t found = 0;
	char kind[32] = "";
	char *text = examples_read(path, &len);
	char *at = text;
	char *line;
	while ((line = take_line(&at)) != NULL) {
		number++;
		if (strncmp(line, marker, strlen(marker)) == 0) {
			(void)snprintf(kind, sizeof(kind), "%.*s",
				(int)strcspn(line + strlen(marker), " "), line + strlen(marker));
		} else if (kind[0] != '\0' && strncmp(line, fence, strlen(fence)) == 0) {
			const size_t first = number + 1;
			const char *block = take_block(&at, &number);
			if (block == NULL)
				abort(); /* a fence that is never closed: the paper is broken */
			fn(ctx, kind, first, block);
			found++;
			kind[0] = '\0';
		}
	}
	free(text);
	return found;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

size_t examples_list(
	const char *path, const char *suffix, char out_names[][EXAMPLES_NAME_MAX], size_t max)
{
	char full[4096];
	const char *root = getenv("ROSTRUM_SOURCE_ROOT");
	(void)snprintf(full, sizeof(full), "%s/%s", root != NULL ? root : ".", path);
	DIR *dir = opendir(full);
	if (dir == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", full);
		abort();
	}
	size_t n = 0;
	const struct dirent *entry;
	while (n < max && (entry = readdir(dir)) != NULL) {
		const size_t len = strlen(entry->d_name);
		if (len > strlen(suffix) && len < EXAMPLES_NAME_MAX &&
			strcmp(entry->d_name + len - strlen(suffix), suffix) == 0)
			memcpy(out_names[n++], entry->d_name, len + 1);
	}
	(void)closedir(dir);
	qsort(out_names, n, EXAMPLES_NAME_MAX, compare_names);
	return n;
}
