#include "common/control/object.h"

#include "common/base/text.h"
#include "common/control/object_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void fail_at(struct object_error *error, const char *where, const char *why)
{
	char text[OBJECT_ERROR_LEN];
	(void)snprintf(
		text, sizeof(text), "%s: %s", where, why); /* a cut text still names the place */
	if (!error->failed)
		memcpy(error->text, text, sizeof(text));
	error->failed = true;
	if (error->all != NULL)
		(void)json_array_append_new(error->all, json_string(text)); /* the first is kept */
	if (error->each != NULL)
		error->each(error->ctx, where, why);
}

void object_fail(const struct object *object, const char *key, const char *why)
{
	char where[160];
	const struct object_error *error = object->error;
	const bool first_only = error->all == NULL && error->each == NULL;
	if (error->failed && (first_only || object->json == NULL))
		return; /* what is missing as a whole was told once */
	/* The key may be the sender's: cut within a letter it could not be told as JSON. */
	(void)snprintf(
		where, sizeof(where), "%.95s.%.*s", object->path, (int)rs_utf8_cut(key, 60), key);
	fail_at(object->error, where, why);
}

/* `error` is set up but for the first failure. */
static struct object begin(
	const json_t *json, const char *name, struct object_error *error, json_t *schema)
{
	struct object object = { .json = json, .error = error, .asked = schema };
	(void)rs_copy_text(object.path, sizeof(object.path), name, strlen(name));
	if (json_is_object(json))
		return object;
	fail_at(error, object.path, "an object is expected");
	object.json = NULL;
	return object;
}

struct object object_root(const json_t *json, const char *name, struct object_error *error)
{
	*error = (struct object_error){ .failed = false };
	return begin(json, name, error, NULL);
}

struct object object_root_noted(const json_t *json, const char *name, struct object_error *error,
	json_t *errors, json_t *schema)
{
	*error = (struct object_error){ .failed = false, .all = errors };
	return begin(json, name, error, schema);
}

struct object object_root_each(const json_t *json, const char *name, object_fault_fn *each,
	void *ctx, struct object_error *error)
{
	*error = (struct object_error){ .each = each, .ctx = ctx };
	return begin(json, name, error, NULL);
}

void object_only(const struct object *object, const char *const *keys, size_t n)
{
	const char *key;
	json_t *value;
	/* Walking changes nothing; jansson has no walk over what is const. */
	json_object_foreach((json_t *)(uintptr_t)object->json, key, value)
	{
		size_t i = 0;
		while (i < n && strcmp(keys[i], key) != 0)
			i++;
		if (i == n)
			object_fail(object, key, "no such member");
		else if (json_is_null(value))
			object_fail(object, key,
				"a value is expected; leave out what there is none of");
	}
}

/* The member, or NULL; JSON null counts as absent. */
static const json_t *member(const struct object *object, const char *key)
{
	const json_t *value = object->json != NULL ? json_object_get(object->json, key) : NULL;
	return json_is_null(value) ? NULL : value;
}

static const char *text_of(const struct object *object, const char *key, const json_t *value)
{
	if (!json_is_string(value) ||
		strlen(json_string_value(value)) != json_string_length(value)) {
		object_fail(object, key, "text is expected");
		return "";
	}
	return json_string_value(value);
}

static int64_t int_of(
	const struct object *object, const char *key, const json_t *value, int64_t min, int64_t max)
{
	if (json_is_integer(value) && json_integer_value(value) >= min &&
		json_integer_value(value) <= max)
		return json_integer_value(value);

	char why[80];
	(void)snprintf(
		why, sizeof(why), "a number from %" PRId64 " to %" PRId64 " is expected", min, max);
	object_fail(object, key, why);
	return min;
}

const char *object_text(const struct object *object, const char *key)
{
	(void)object_note(object, key, "string");
	object_require(object, key);
	return text_of(object, key, member(object, key));
}

const char *object_text_or(const struct object *object, const char *key, const char *fallback)
{
	const json_t *value = member(object, key);
	(void)object_note(object, key, "string");
	return value != NULL ? text_of(object, key, value) : fallback;
}

const char *object_name(const struct object *object, const char *key)
{
	const char *name = object_text(object, key);
	if (json_is_string(member(object, key)) && !rs_name_valid(name, strlen(name)))
		object_fail(object, key, "a name of 1 to 64 of [A-Za-z0-9_-] is expected");
	return name;
}

int64_t object_int(const struct object *object, const char *key, int64_t min, int64_t max)
{
	object_note_range(object_note(object, key, "integer"), min, max);
	object_require(object, key);
	return int_of(object, key, member(object, key), min, max);
}

int64_t object_int_or(
	const struct object *object, const char *key, int64_t min, int64_t max, int64_t fallback)
{
	const json_t *value = member(object, key);
	object_note_range(object_note(object, key, "integer"), min, max);
	return value != NULL ? int_of(object, key, value, min, max) : fallback;
}

static bool bool_of(const struct object *object, const char *key, const json_t *value)
{
	if (!json_is_boolean(value))
		object_fail(object, key, "true or false is expected");
	return json_is_true(value);
}

bool object_bool(const struct object *object, const char *key)
{
	(void)object_note(object, key, "boolean");
	object_require(object, key);
	return bool_of(object, key, member(object, key));
}

bool object_bool_or(const struct object *object, const char *key, bool fallback)
{
	const json_t *value = member(object, key);
	(void)object_note(object, key, "boolean");
	return value != NULL ? bool_of(object, key, value) : fallback;
}

bool object_has(const struct object *object, const char *key)
{
	(void)object_note(object, key, NULL);
	return member(object, key) != NULL;
}

struct object object_child(const struct object *object, const char *key)
{
	struct object child = {
		.json = member(object, key),
		.error = object->error,
		.asked = object_note_object(object_note(object, key, "object"), NULL),
	};
	object_require(object, key);
	(void)snprintf(child.path, sizeof(child.path), "%.60s.%.30s", object->path, key);
	if (!json_is_object(child.json)) {
		object_fail(object, key, "an object is expected");
		child.json = NULL;
	}
	return child;
}

size_t object_array(const struct object *object, const char *key, size_t max)
{
	const json_t *value = member(object, key);
	json_t *known = object_note(object, key, "array");
	if (known != NULL)
		(void)json_object_set_new(known, "maxItems", json_integer((json_int_t)max));
	if (value == NULL)
		return 0;
	if (!json_is_array(value)) {
		object_fail(object, key, "an array is expected");
		return 0;
	}
	if (json_array_size(value) > max) {
		object_fail(object, key, "the array is longer than allowed");
		return 0;
	}
	return json_array_size(value);
}

/* "key[i]", as it stands in errors. */
static void index_name(char out[48], const char *key, size_t i)
{
	(void)snprintf(out, 48, "%.30s[%zu]", key, i);
}

struct object object_at(const struct object *object, const char *key, size_t i)
{
	char name[48];
	index_name(name, key, i);
	struct object child = {
		.json = json_array_get(member(object, key), i),
		.error = object->error,
		.asked = object_note_object(object_note(object, key, "array"), "items"),
	};
	(void)snprintf(child.path, sizeof(child.path), "%.50s.%.40s", object->path, name);
	if (!json_is_object(child.json)) {
		object_fail(object, name, "an object is expected");
		child.json = NULL;
	}
	return child;
}

const char *object_text_at(const struct object *object, const char *key, size_t i)
{
	char name[48];
	index_name(name, key, i);
	(void)object_note_items(object, key, "string");
	return text_of(object, name, json_array_get(member(object, key), i));
}

int64_t object_int_at(
	const struct object *object, const char *key, size_t i, int64_t min, int64_t max)
{
	char name[48];
	index_name(name, key, i);
	object_note_range(object_note_items(object, key, "integer"), min, max);
	return int_of(object, name, json_array_get(member(object, key), i), min, max);
}
