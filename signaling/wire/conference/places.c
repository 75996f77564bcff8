/* Where in a JSON text the members lie that faults name: one walk over the whole text, comparing each value's path with those
 * looked for. The parser keeps no places, so they are found afterwards, only when something is wrong. */
#include "signaling/wire/conference/faults.h"

#include "common/base/text.h"

#include <stdio.h>

/* Deeper than anything a conference file means. */
#define DEPTH_MAX 16

struct level {
	bool is_array;
	bool in_value; /* of an object: the key was read */
	uint32_t index;
	size_t path_len; /* of the container's own path */
};

struct walk {
	struct faults *faults;
	size_t found[FAULTS_MAX]; /* how much of its path is placed; SIZE_MAX = not looked for */
	const char *json;
	size_t len, at;
	uint32_t line;
	size_t line_begin;
	char path[FAULT_WHERE_LEN];
	size_t path_len;
	struct level levels[DEPTH_MAX];
	size_t depth;
};

static void skip_space(struct walk *walk)
{
	for (; walk->at < walk->len; walk->at++) {
		const char c = walk->json[walk->at];
		if (c == '\n') {
			walk->line++;
			walk->line_begin = walk->at + 1;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			return;
		}
	}
}

/* Behind the closing quote. `*out` is what stands between them, escapes as they are. */
static void skip_string(struct walk *walk, const char **out, size_t *out_len)
{
	const size_t begin = ++walk->at;
	while (walk->at < walk->len && walk->json[walk->at] != '"')
		walk->at += walk->json[walk->at] == '\\' ? 2 : 1;
	if (walk->at > walk->len)
		walk->at = walk->len;
	*out = walk->json + begin;
	*out_len = walk->at - begin;
	walk->at += walk->at < walk->len;
}

/* Is the path so far that of the fault, or of something around it? */
static bool leads_to(const struct walk *walk, const char *where)
{
	if (strncmp(where, walk->path, walk->path_len) != 0)
		return false;
	const char next = where[walk->path_len];
	return walk->path_len == 0 || next == '\0' || next == '.' || next == '[';
}

/* A value begins here, and this is its path. */
static void note(struct walk *walk)
{
	for (size_t i = 0; i < walk->faults->n; i++) {
		struct fault *fault = &walk->faults->list[i];
		if (walk->found[i] == SIZE_MAX || !leads_to(walk, fault->where) ||
			(fault->line > 0 && walk->path_len <= walk->found[i]))
			continue;
		walk->found[i] = walk->path_len;
		fault->line = walk->line;
		fault->column = (uint32_t)(walk->at - walk->line_begin + 1);
	}
}

/* Paths too long to be kept are those of no fault: cut, they fit none. */
static void append(struct walk *walk, const char *text, size_t len)
{
	const size_t room = sizeof(walk->path) - 1 - walk->path_len;
	const size_t n = len < room ? len : room;
	memcpy(walk->path + walk->path_len, text, n);
	walk->path_len += n;
	walk->path[walk->path_len] = '\0';
}

static void cut(struct walk *walk, size_t len)
{
	walk->path_len = len;
	walk->path[len] = '\0';
}

static void append_index(struct walk *walk, uint32_t index)
{
	char text[16];
	const int len = snprintf(text, sizeof(text), "[%u]", index);
	append(walk, text, (size_t)len);
}

static void append_key(struct walk *walk, const char *key, size_t len)
{
	if (walk->path_len > 0)
		append(walk, ".", 1);
	append(walk, key, len);
}

static bool enter(struct walk *walk, bool is_array)
{
	if (walk->depth == DEPTH_MAX)
		return false;
	walk->levels[walk->depth++] =
		(struct level){ .is_array = is_array, .path_len = walk->path_len };
	if (is_array)
		append_index(walk, 0);
	walk->at++;
	return true;
}

static void leave(struct walk *walk)
{
	if (walk->depth > 0)
		cut(walk, walk->levels[--walk->depth].path_len);
	walk->at++;
}

/* The next member or element. */
static void next(struct walk *walk, struct level *level)
{
	walk->at++;
	if (level == NULL)
		return;
	cut(walk, level->path_len);
	level->in_value = false;
	if (level->is_array)
		append_index(walk, ++level->index);
}

static void take_string(struct walk *walk, struct level *level)
{
	const bool is_key = level != NULL && !level->is_array && !level->in_value;
	const char *text;
	size_t len;
	if (!is_key)
		note(walk);
	skip_string(walk, &text, &len);
	if (is_key) {
		append_key(walk, text, len);
		level->in_value = true;
	}
}

/* A number, true, false or null. */
static void take_word(struct walk *walk)
{
	note(walk);
	do {
		walk->at++;
	} while (walk->at < walk->len && strchr(",]} \t\r\n", walk->json[walk->at]) == NULL);
}

/* One step. False at what is too deep. */
static bool step(struct walk *walk)
{
	struct level *level = walk->depth > 0 ? &walk->levels[walk->depth - 1] : NULL;
	const char c = walk->json[walk->at];
	if (c == '{' || c == '[') {
		note(walk);
		return enter(walk, c == '[');
	}
	if (c == '}' || c == ']')
		leave(walk);
	else if (c == ',')
		next(walk, level);
	else if (c == ':')
		walk->at++;
	else if (c == '"')
		take_string(walk, level);
	else
		take_word(walk);
	return true;
}

void faults_place(struct faults *faults, const char *file, const char *json, size_t len)
{
	struct walk walk = { .faults = faults, .json = json, .len = len, .line = 1 };
	for (size_t i = 0; i < faults->n; i++) {
		const bool looked_for =
			faults->list[i].line == 0 && strcmp(faults->list[i].file, file) == 0;
		walk.found[i] = looked_for ? 0 : SIZE_MAX;
	}
	skip_space(&walk);
	while (walk.at < walk.len && step(&walk))
		skip_space(&walk);
}
