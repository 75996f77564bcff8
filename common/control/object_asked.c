/* What a reader asked for, as JSON Schema, and what nobody asked for, as errors. */
#include "common/control/object_priv.h"

#include <stdio.h>
#include <string.h>

json_t *object_note(const struct object *object, const char *key, const char *type)
{
	json_t *members = json_object_get(object->asked, "properties");
	json_t *known = json_object_get(members, key);
	if (known == NULL && members != NULL) {
		(void)json_object_set_new(members, key, json_object());
		known = json_object_get(members, key);
	}
	if (known != NULL && type != NULL)
		(void)json_object_set_new(known, "type", json_string(type));
	return known;
}

void object_require(const struct object *object, const char *key)
{
	json_t *required = json_object_get(object->asked, "required");
	for (size_t i = 0; i < json_array_size(required); i++) {
		if (strcmp(json_string_value(json_array_get(required, i)), key) == 0)
			return;
	}
	(void)json_array_append_new(required, json_string(key));
}

void object_note_range(json_t *known, int64_t min, int64_t max)
{
	if (known == NULL)
		return;
	(void)json_object_set_new(known, "minimum", json_integer(min));
	(void)json_object_set_new(known, "maximum", json_integer(max));
}

json_t *object_schema_new(void)
{
	return json_pack("{s:s, s:b, s:{}, s:[]}", "type", "object", "additionalProperties", 0,
		"properties", "required");
}

json_t *object_note_object(json_t *known, const char *key)
{
	if (known == NULL)
		return NULL;
	if (key != NULL) {
		if (json_object_get(known, key) == NULL)
			(void)json_object_set_new(known, key, object_schema_new());
		return json_object_get(known, key);
	}
	if (json_object_get(known, "properties") == NULL) {
		json_t *schema = object_schema_new();
		(void)json_object_update(known, schema);
		json_decref(schema);
	}
	return known;
}

json_t *object_note_items(const struct object *object, const char *key, const char *type)
{
	json_t *known = object_note(object, key, "array");
	if (known != NULL && json_object_get(known, "items") == NULL)
		(void)json_object_set_new(known, "items", json_pack("{s:s}", "type", type));
	return json_object_get(known, "items");
}

/* ---- what nobody asked for ---- */

#define KEY_MAX 40

/* Insertions, deletions and exchanges that make one text of the other; long texts are as far apart as can be. */
static size_t distance(const char *a, const char *b)
{
	size_t row[KEY_MAX + 1];
	const size_t n = strlen(b);
	if (n > KEY_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 1; j <= n; j++) {
			const size_t change = diagonal + (a[i] == b[j - 1] ? 0 : 1);
			const size_t step = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
			diagonal = row[j];
			row[j] = change < step ? change : step;
		}
	}
	return row[n];
}

/* The key somebody may have meant, or NULL. */
static const char *nearest(json_t *members, const char *key)
{
	const char *best = NULL;
	size_t least = strlen(key) / 3 + 1;
	const char *known;
	json_t *schema;
	json_object_foreach(members, known, schema)
	{
		const size_t far = distance(key, known);
		if (far <= least) {
			best = known;
			least = far;
		}
	}
	return best;
}

static void refuse_members(const struct object *object)
{
	json_t *members = json_object_get(object->asked, "properties");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object->json, key, value)
	{
		char why[128] = "no such key";
		if (json_object_get(members, key) != NULL)
			continue;
		const char *meant = nearest(members, key);
		if (meant != NULL)
			(void)snprintf(why, sizeof(why), "no such key, %s is one", meant);
		object_fail(object, key, why);
	}
}

void object_refuse_unknown(const struct object *object)
{
	json_t *members = json_object_get(object->asked, "properties");
	const char *key;
	json_t *schema;
	refuse_members(object);
	json_object_foreach(members, key, schema)
	{
		const json_t *value = json_object_get(object->json, key);
		if (json_is_object(value) && json_object_get(schema, "properties") != NULL) {
			const struct object child = object_child(object, key);
			object_refuse_unknown(&child);
		}
		if (json_object_get(json_object_get(schema, "items"), "properties") == NULL)
			continue;
		for (size_t i = 0; i < json_array_size(value); i++) {
			const struct object child = object_at(object, key, i);
			if (child.json != NULL)
				object_refuse_unknown(&child);
		}
	}
}
