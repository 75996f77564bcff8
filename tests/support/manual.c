#include "tests/support/manual.h"

#include "tests/support/examples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMANDS_MAX 256

static void copy_name(char out[MANUAL_NAME], const char *text, size_t len)
{
	(void)snprintf(out, MANUAL_NAME, "%.*s", (int)len, text);
}

/* The members of a cell: `name` (`word`, `word`), ... */
static void read_members(const char *cell, const char *end, struct manual_command *command)
{
	int depth = 0;
	for (const char *at = cell; at < end; at++) {
		struct manual_member *last =
			command->n > 0 ? &command->members[command->n - 1] : NULL;
		depth += (*at == '(') - (*at == ')');
		if (*at != '`')
			continue;
		const char *name = at + 1;
		const size_t len = strcspn(name, "`");
		at = name + len;
		if (depth == 0 && command->n < MANUAL_MEMBERS)
			copy_name(command->members[command->n++].name, name, len);
		else if (depth > 0 && last != NULL && last->n_words < MANUAL_WORDS)
			copy_name(last->words[last->n_words++], name, len);
	}
}

/* "| `name`, `name` | members | ..." */
static void read_row(struct manual *manual, const char *row, const char *end)
{
	const char *cell = memchr(row + 1, '|', (size_t)(end - row - 1));
	const char *over = cell != NULL ? memchr(cell + 1, '|', (size_t)(end - cell - 1)) : NULL;
	for (const char *at = row; over != NULL && at < cell; at++) {
		if (*at != '`' || manual->n == COMMANDS_MAX)
			continue;
		const size_t len = strcspn(at + 1, "`");
		struct manual_command *command = &manual->list[manual->n++];
		copy_name(command->name, at + 1, len);
		read_members(cell, over, command);
		at += len + 1;
	}
}

struct manual *manual_new(void)
{
	size_t len;
	char *text = examples_read("signaling/wire/PROTOCOL.md", &len);
	const char *at = strstr(text, "\n| command |");
	struct manual *manual = calloc(1, sizeof(*manual));
	if (at == NULL || manual == NULL)
		abort();
	manual->list = calloc(COMMANDS_MAX, sizeof(*manual->list));
	if (manual->list == NULL)
		abort();
	at++;
	while (*at == '|') {
		const char *end = at + strcspn(at, "\n");
		read_row(manual, at, end);
		at = *end != '\0' ? end + 1 : end;
	}
	free(text);
	return manual;
}

void manual_free(struct manual *manual)
{
	free(manual->list);
	free(manual);
}

const struct manual_command *manual_find(const struct manual *manual, const char *name)
{
	for (size_t i = 0; i < manual->n; i++) {
		if (strcmp(manual->list[i].name, name) == 0)
			return &manual->list[i];
	}
	return NULL;
}

const struct manual_member *manual_words(
	const struct manual *manual, const struct manual_member *member)
{
	if (member->n_words > 0)
		return member;
	for (size_t i = 0; i < manual->n; i++) {
		for (size_t m = 0; m < manual->list[i].n; m++) {
			const struct manual_member *other = &manual->list[i].members[m];
			if (other->n_words > 1 && strcmp(other->name, member->name) == 0)
				return other;
		}
	}
	return NULL;
}
