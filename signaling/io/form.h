/* signaling/io/form.h
 *
 * Files that came as a form (multipart/form-data, RFC 7578): views into the body, found by name. Pure text, no allocation.
 */
#ifndef ROSTRUM_SIGNALING_IO_FORM_H
#define ROSTRUM_SIGNALING_IO_FORM_H

#include "common/base/mem.h"

#define FORM_PARTS_MAX 8
#define FORM_NAME_MAX 32
/* RFC 2046 section 5.1.1. */
#define FORM_BOUNDARY_MAX 70

struct form_part {
	char name[FORM_NAME_MAX + 1];
	const char *data_view;
	size_t len;
};

struct form {
	struct form_part parts[FORM_PARTS_MAX];
	size_t n;
};

/* `type` is the Content-Type header with its boundary. 0, or -EBADMSG: no form, one whose boundaries or headers do not fit together, or
 * more than FORM_PARTS_MAX parts. Transfer encodings are not undone: RFC 7578 section 4.7 knows none. */
int form_parse(const char *type, const char *body, size_t len, struct form *out_form) RS_MUST_USE;
/* The first of this name, or NULL. */
const struct form_part *form_find(const struct form *form, const char *name);

#endif
