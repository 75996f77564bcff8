/* common/control/object.h
 *
 * Typed access to the members of a JSON object that came from outside, with an error that names
 * the member ("peer.send[1].pt: a number from 0 to 127 is missing"). The first error sticks: read
 * all members, then test `failed` once. Whoever wants to hear of every error asks for a list or gives a call-back. Borrows the JSON; views are valid as long as it lives.
 */
#ifndef ROSTRUM_COMMON_CONTROL_OBJECT_H
#define ROSTRUM_COMMON_CONTROL_OBJECT_H

#include "common/base/mem.h"

#include <jansson.h>

#define OBJECT_ERROR_LEN 192

/* `where` is the member's path; the same fault may be told again. Texts are valid during the call. */
typedef void object_fault_fn(void *ctx, const char *where, const char *why);

struct object_error {
	bool failed;
	char text[OBJECT_ERROR_LEN]; /* where and what, for people */
	json_t *all;                 /* every error, as texts; NULL = the first is enough */
	object_fault_fn *each;       /* told of every error; NULL = nobody */
	void *ctx;
};

/* A JSON object and the path by which it was reached. */
struct object {
	const json_t *json; /* NULL after a failure: all getters then give their empty value */
	char path[96];
	struct object_error *error;
	json_t *asked; /* JSON Schema of what was asked for here; NULL = nobody wants to know */
};

/* Start at a whole message, known as `name` in errors. Fails when `json` is no object. */
struct object object_root(const json_t *json, const char *name, struct object_error *error);
/* The same, and every error is appended to `errors` as text, and what is asked for is written into `schema` (from
 * object_schema_new()) as JSON Schema draft 2020-12: types, ranges, what is required. Both borrowed; NULL = not wanted. */
struct object object_root_noted(const json_t *json, const char *name, struct object_error *error,
	json_t *errors, json_t *schema);
/* As object_root(), and every error is told to `each`. */
struct object object_root_each(const json_t *json, const char *name, object_fault_fn *each,
	void *ctx, struct object_error *error);
/* Fails for each member whose name is not among the `n` keys, or whose value is null. */
void object_only(const struct object *object, const char *const *keys, size_t n);
/* NULL without memory. */
json_t *object_schema_new(void) RS_MUST_USE;
/* Once everything was asked for: fail for each member, at any depth, that nobody asked for, naming the one that may have been
 * meant. The root was made by object_root_noted(). As deep as the schema is. */
void object_refuse_unknown(const struct object *object);
/* Required members; a missing one or one of another type fails. Text may not hold NUL. */
const char *object_text(const struct object *object, const char *key);
int64_t object_int(const struct object *object, const char *key, int64_t min, int64_t max);
bool object_bool(const struct object *object, const char *key);
struct object object_child(const struct object *object, const char *key);
/* A name as rs_name_valid() has it. */
const char *object_name(const struct object *object, const char *key);
/* Optional members: absent or null gives the fallback, another type still fails. */
const char *object_text_or(const struct object *object, const char *key, const char *fallback);
int64_t object_int_or(
	const struct object *object, const char *key, int64_t min, int64_t max, int64_t fallback);
bool object_bool_or(const struct object *object, const char *key, bool fallback);
bool object_has(const struct object *object, const char *key);
/* Number of elements of an array member of at most `max`; absent gives 0, more fails. */
size_t object_array(const struct object *object, const char *key, size_t max);
/* The i-th element of an array member, as object, text or number; `i` below object_array(). */
struct object object_at(const struct object *object, const char *key, size_t i);
const char *object_text_at(const struct object *object, const char *key, size_t i);
int64_t object_int_at(
	const struct object *object, const char *key, size_t i, int64_t min, int64_t max);
/* Fail by the caller's own judgement: "path.key: why". The first error stays. */
void object_fail(const struct object *object, const char *key, const char *why);

#endif
