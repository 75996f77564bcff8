#include "tests/support/viewer.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

static json_int_t number_of(const json_t *entry)
{
	return json_integer_value(json_object_get(entry, "entry"));
}

static size_t place_of(const json_t *list, json_int_t number)
{
	size_t i = 0;
	while (i < json_array_size(list) && number_of(json_array_get(list, i)) != number)
		i++;
	return i;
}

/* Before the first new one whose number is higher: they stand last, by number. */
static void add(json_t *list, size_t old, json_t *entry)
{
	size_t at = old;
	while (at < json_array_size(list) && number_of(json_array_get(list, at)) < number_of(entry))
		at++;
	json_array_insert_new(list, at, entry);
}

static json_t *ordered(json_t *list, const json_t *order)
{
	json_t *result = json_array();
	size_t i;
	json_t *number;
	assert(json_array_size(order) == json_array_size(list));
	json_array_foreach(order, i, number)
	{
		const size_t at = place_of(list, json_integer_value(number));
		assert(at < json_array_size(list));
		json_array_append(result, json_array_get(list, at));
	}
	json_decref(list);
	return result;
}

static json_t *merge_list(const json_t *target, const json_t *change)
{
	json_t *list = json_deep_copy(target);
	const char *key;
	json_t *value;
	size_t old = json_array_size(list);
	json_object_foreach(json_object_get(change, "entries"), key, value)
	{
		const size_t at = place_of(list, atoll(key));
		if (json_is_null(value)) {
			assert(at < old);
			json_array_remove(list, at);
			old--;
		} else if (at < json_array_size(list)) {
			json_array_set_new(list, at, viewer_merge(json_array_get(list, at), value));
		} else {
			assert(number_of(value) == atoll(key));
			add(list, old, json_deep_copy(value));
		}
	}
	const json_t *order = json_object_get(change, "order");
	return order != NULL ? ordered(list, order) : list;
}

json_t *viewer_merge(json_t *target, const json_t *patch)
{
	if (!json_is_object(patch))
		return json_deep_copy(patch);
	if (json_is_array(target))
		return merge_list(target, patch);
	json_t *merged = json_is_object(target) ? json_incref(target) : json_object();
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)patch, key, value)
	{
		if (json_is_null(value))
			(void)json_object_del(merged, key);
		else
			json_object_set_new(
				merged, key, viewer_merge(json_object_get(merged, key), value));
	}
	return merged;
}
