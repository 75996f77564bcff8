#include "signaling/io/form.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

/* "\r\n--" and the boundary. */
#define DELIMITER_MAX (FORM_BOUNDARY_MAX + 4)

/* The value of a parameter (boundary="x", name=x) behind a semicolon of a header; false when it is missing or too long. */
static bool read_parameter(const char *header, size_t len, const char *name, char *out, size_t cap)
{
	const size_t name_len = strlen(name);
	for (size_t i = 0; i + name_len + 1 < len; i++) {
		const bool begins = header[i] == ';' || header[i] == ' ' || header[i] == '\t';
		const char *at = header + i + 1;
		if (!begins || strncasecmp(at, name, name_len) != 0 || at[name_len] != '=')
			continue;
		at += name_len + 1;
		const char *end = header + len;
		const bool quoted = at < end && *at == '"';
		at += quoted;
		const char *stop = at;
		while (stop < end && (quoted ? *stop != '"' : *stop != ';' && *stop != ' '))
			stop++;
		if (quoted && stop == end)
			return false;
		return stop > at && rs_copy_text(out, cap, at, (size_t)(stop - at));
	}
	return false;
}

static const char *find(const char *from, const char *end, const char *what, size_t what_len)
{
	return memmem(from, (size_t)(end - from), what, what_len);
}

/* Header fields of one part up to its empty line, of which only the name is looked at (RFC 7578 section 4.2). */
static int read_name(const char *head, size_t len, char out[FORM_NAME_MAX + 1])
{
	static const char field[] = "content-disposition:";
	const char *end = head + len;
	for (;;) {
		const char *line_end = find(head, end, "\r\n", 2);
		const size_t line_len = (size_t)((line_end != NULL ? line_end : end) - head);
		if (line_len > strlen(field) && strncasecmp(head, field, strlen(field)) == 0)
			return read_parameter(head, line_len, "name", out, FORM_NAME_MAX + 1)
				       ? 0
				       : -EBADMSG;
		if (line_end == NULL)
			return -EBADMSG;
		head = line_end + 2;
	}
}

static int add_part(struct form *form, const char *begin, const char *end)
{
	const char *blank = find(begin, end, "\r\n\r\n", 4);
	if (form->n == FORM_PARTS_MAX || blank == NULL)
		return -EBADMSG;
	struct form_part *part = &form->parts[form->n++];
	part->data_view = blank + 4;
	part->len = (size_t)(end - part->data_view);
	return read_name(begin, (size_t)(blank - begin), part->name);
}

/* What stands before the first delimiter and after the last one is nothing (RFC 2046 section 5.1.1). */
static int read_parts(struct form *form, const char *delimiter, const char *body, size_t len)
{
	const size_t delimiter_len = strlen(delimiter);
	const char *end = body + len;
	/* The first may stand at the very beginning, without its line break. */
	const bool at_once =
		len >= delimiter_len - 2 && memcmp(body, delimiter + 2, delimiter_len - 2) == 0;
	const char *at = at_once ? NULL : find(body, end, delimiter, delimiter_len);
	if (!at_once && at == NULL)
		return -EBADMSG;
	const char *begin = at_once ? body + delimiter_len - 2 : at + delimiter_len;
	while (end - begin >= 2 && memcmp(begin, "--", 2) != 0) {
		at = memcmp(begin, "\r\n", 2) == 0 ? find(begin + 2, end, delimiter, delimiter_len)
						   : NULL;
		if (at == NULL || add_part(form, begin + 2, at) < 0)
			return -EBADMSG;
		begin = at + delimiter_len;
	}
	return end - begin >= 2 ? 0 : -EBADMSG;
}

int form_parse(const char *type, const char *body, size_t len, struct form *out_form)
{
	char boundary[FORM_BOUNDARY_MAX + 1];
	char delimiter[DELIMITER_MAX + 1];
	struct form form = { .n = 0 };
	if (!read_parameter(type, strlen(type), "boundary", boundary, sizeof(boundary)))
		return -EBADMSG;
	(void)snprintf(delimiter, sizeof(delimiter), "\r\n--%s", boundary);
	const int err = read_parts(&form, delimiter, body, len);
	if (err < 0)
		return err;
	*out_form = form;
	return 0;
}

const struct form_part *form_find(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->n; i++) {
		if (strcmp(form->parts[i].name, name) == 0)
			return &form->parts[i];
	}
	return NULL;
}
