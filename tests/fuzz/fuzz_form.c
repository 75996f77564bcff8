/* Forms: the first line is the Content-Type, the rest the body; every part lies within it. */
#include "signaling/io/form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char type[256] = "";
	struct form form;
	const uint8_t *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
	const size_t type_len = line_end != NULL ? (size_t)(line_end - data) : 0;
	if (line_end == NULL || type_len >= sizeof(type))
		return 0;
	memcpy(type, data, type_len);
	const char *body = (const char *)line_end + 1;
	const size_t len = size - type_len - 1;
	if (form_parse(type, body, len, &form) < 0)
		return 0;
	for (size_t i = 0; i < form.n; i++) {
		const struct form_part *part = &form.parts[i];
		if (part->data_view < body || part->data_view + part->len > body + len ||
			form_find(&form, part->name) == NULL)
			abort();
	}
	return 0;
}
