#include "signaling/wire/conference/faults.h"

#include "common/base/text.h"
#include "signaling/wire/json/doc.h"
#include "signaling/wire/json/problem.h"

#include <errno.h>
#include <stdio.h>

int faults_new(struct faults **out_faults)
{
	struct faults *faults = rs_zalloc(sizeof(*faults));
	if (faults == NULL)
		return -ENOMEM;
	*out_faults = faults;
	return 0;
}

struct faults *faults_free(struct faults *faults)
{
	return rs_release(faults);
}

void faults_freep(struct faults **faults)
{
	*faults = faults_free(*faults);
}

static void copy_cut(char *out, size_t cap, const char *text)
{
	size_t len = strnlen(text, cap - 1);
	while (len > 0 && !rs_utf8_valid(text, len))
		len--;
	(void)rs_copy_text(out, cap, text, len);
}

void faults_add(struct faults *faults, const char *file, const char *where, const char *why,
	uint32_t line, uint32_t column)
{
	struct fault fault = { .file = file, .line = line, .column = column };
	copy_cut(fault.where, sizeof(fault.where), where);
	copy_cut(fault.why, sizeof(fault.why), why);
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *known = &faults->list[i];
		if (known->line == line && strcmp(known->file, file) == 0 &&
			strcmp(known->where, fault.where) == 0)
			return;
	}
	if (faults->n == FAULTS_MAX) {
		faults->more = true;
		return;
	}
	faults->list[faults->n++] = fault;
}

static void write_place(const struct fault *fault, char *out, size_t cap)
{
	if (fault->column > 0)
		(void)snprintf(out, cap, "%s, line %u, column %u", fault->file, fault->line,
			fault->column);
	else if (fault->line > 0)
		(void)snprintf(out, cap, "%s, line %u", fault->file, fault->line);
	else
		(void)snprintf(out, cap, "%s", fault->file);
}

void faults_text(const struct faults *faults, char *out, size_t cap)
{
	const struct fault *first = &faults->list[0];
	char place[64];
	char rest[64] = "";
	write_place(first, place, sizeof(place));
	if (faults->more)
		(void)snprintf(rest, sizeof(rest), " (and more than %zu others)", faults->n - 1);
	else if (faults->n > 1)
		(void)snprintf(rest, sizeof(rest), " (and %zu more)", faults->n - 1);
	/* Cut, if at all, in the middle of words for people. */
	(void)snprintf(out, cap, "%s: %.*s%s%.*s%s", place, FAULT_WHERE_LEN, first->where,
		first->where[0] != '\0' ? ": " : "", FAULT_WHY_LEN, first->why, rest);
}

static json_t *fault_json(const struct fault *fault)
{
	json_t *json = json_object();
	doc_put(&json, "file", json_string(fault->file));
	if (fault->line > 0)
		doc_put(&json, "line", json_integer(fault->line));
	if (fault->column > 0)
		doc_put(&json, "column", json_integer(fault->column));
	doc_put_text(&json, "field", fault->where);
	doc_put(&json, "text", json_string(fault->why));
	return json;
}

int faults_write(const struct faults *faults, const char *reason, struct rs_buf *out)
{
	char text[FAULT_WHERE_LEN + FAULT_WHY_LEN + 128];
	json_t *errors = json_array();
	for (size_t i = 0; i < faults->n; i++)
		doc_push(&errors, fault_json(&faults->list[i]));
	faults_text(faults, text, sizeof(text));
	json_t *json = problem_json(400, reason, text);
	doc_put(&json, "errors", errors);
	return doc_append(json, out);
}
