/* common/control/object_priv.h
 *
 * Noting what a reader asks for; without a schema all of these do nothing.
 */
#ifndef ROSTRUM_COMMON_CONTROL_OBJECT_PRIV_H
#define ROSTRUM_COMMON_CONTROL_OBJECT_PRIV_H

#include "common/control/object.h"

/* A member of this type (NULL = any) belongs here; gives its description, or NULL. */
json_t *object_note(const struct object *object, const char *key, const char *type);
void object_require(const struct object *object, const char *key);
void object_note_range(json_t *known, int64_t min, int64_t max);
/* An array of such elements. */
json_t *object_note_items(const struct object *object, const char *key, const char *type);
/* The schema of an object: `known` itself, or its member `key`, the same for all elements of an array. */
json_t *object_note_object(json_t *known, const char *key);

#endif
