/* signaling/wire/json/doc.h
 *
 * What the files of this folder share about JSON; jansson stays in here. Building is sticky: once something failed the
 * whole is NULL, later steps do nothing, and doc_append() tells.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_JSON_DOC_H
#define ROSTRUM_SIGNALING_WIRE_JSON_DOC_H

#include "common/base/buf.h"
#include "common/control/object.h"

#include <jansson.h>

/* JSON numbers are exact up to here in every reader. */
#define DOC_INT_MAX ((int64_t)1 << 53)

void doc_freep(json_t **json);

/* Parse one object; duplicates are refused. NULL when it is none. */
json_t *doc_read(const char *text, size_t len);
/* Set a member, push an element; take `value`. */
void doc_put(json_t **object, const char *key, json_t *value);
void doc_push(json_t **array, json_t *value);
/* Set only when the text is not empty. */
void doc_put_text(json_t **object, const char *key, const char *text);
/* The same member of a view and of a patch to it: what is not `there` is left out of the view, and null in the patch, which must
 * say what is gone. doc_patch() takes `value`; empty texts and zeroes are not there. */
void doc_patch(json_t **object, const char *key, json_t *value, bool there, bool patch);
void doc_patch_text(json_t **object, const char *key, const char *text, bool patch);
void doc_patch_int(json_t **object, const char *key, int64_t value, bool patch);
/* "text", or JSON null for an empty or missing one. */
json_t *doc_text_or_null(const char *text);
/* An array of the words of a text with a space between two. */
json_t *doc_names(const char *names);
/* Copy a text member to `out` of `cap` octets; one that does not fit fails. Where it is `optional`, absent and null are empty. */
void doc_copy_text(
	const struct object *object, const char *key, bool optional, char *out, size_t cap);
/* What doc_names() wrote: an array of names, `max` at most, to `out` of `cap` octets; what is no name, or does not fit, fails. */
void doc_copy_names(
	const struct object *object, const char *key, size_t max, char *out, size_t cap);
/* Append the text of `json`, compactly, and take it. 0, -E2BIG, or -ENOMEM (also when making `json` had failed). */
int doc_append(json_t *json, struct rs_buf *out) RS_MUST_USE;

#endif
