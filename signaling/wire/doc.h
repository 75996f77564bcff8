/* signaling/wire/doc.h
 *
 * What the files of this folder share about JSON; jansson stays in here. Building is sticky: once something failed the
 * whole is NULL, later steps do nothing, and doc_append() tells.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_DOC_H
#define ROSTRUM_SIGNALING_WIRE_DOC_H

#include "common/base/buf.h"

#include <jansson.h>

void doc_freep(json_t **json);

/* Parse one object; duplicates are refused. NULL when it is none. */
json_t *doc_read(const char *text, size_t len);
/* Set a member, push an element; take `value`. */
void doc_put(json_t **object, const char *key, json_t *value);
void doc_push(json_t **array, json_t *value);
/* Set only when the text is not empty. */
void doc_put_text(json_t **object, const char *key, const char *text);
/* "text", or JSON null for an empty or missing one. */
json_t *doc_text_or_null(const char *text);
/* Append the text of `json`, compactly, and take it. 0, -E2BIG, or -ENOMEM (also when making `json` had failed). */
int doc_append(json_t *json, struct rs_buf *out) RS_MUST_USE;
/* The problem of wire_problem_write(), for one that has more members. */
json_t *problem_json(unsigned status, const char *reason, const char *text);

#endif
