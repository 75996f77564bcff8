#include "tools/client/patch.h"

#include "common/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define NUMBER_LEN 24

static int merge_member(json_t *object, const char *key, const json_t *value, unsigned depth);

/* Jansson counts references in what is const to us. */
static json_t *shared(const json_t *value)
{
	return (json_t *)(uintptr_t)value;
}

static int merge_object(json_t *object, const json_t *patch, unsigned depth)
{
	const char *key;
	json_t *value;
	int err = depth < PATCH_DEPTH_MAX ? 0 : -EBADMSG;
	json_object_foreach(shared(patch), key, value)
	{
		if (err == 0)
			err = merge_member(object, key, value, depth);
	}
	return err;
}

/* --- Lists of entries --- */

static json_t *entry_of(const json_t *index, int64_t number)
{
	char key[NUMBER_LEN];
	const int err = rs_format(key, sizeof(key), "%" PRId64, number);
	return err < 0 ? NULL : json_object_get(index, key);
}

/* Entries by number, in the order of the list. */
static int index_list(const json_t *list, json_t *index)
{
	size_t i;
	json_t *entry;
	char key[NUMBER_LEN];
	int err = 0;
	json_array_foreach(list, i, entry)
	{
		const json_t *number = json_object_get(entry, "entry");
		if (err == 0 && json_is_integer(number))
			err = rs_format(
				key, sizeof(key), "%" PRId64, (int64_t)json_integer_value(number));
		if (err == 0 && json_is_integer(number) && json_object_set(index, key, entry) < 0)
			err = -ENOMEM;
	}
	return err;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a;
	const uint32_t y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* New entries stand last, the lower number first, whatever order they are named in. */
static int add_new(json_t *index, const json_t *entries)
{
	const char *key;
	json_t *value;
	size_t n = 0;
	int err = 0;
	uint32_t *numbers = rs_calloc(json_object_size(entries) + 1, sizeof(*numbers));
	if (numbers == NULL)
		return -ENOMEM;
	json_object_foreach(shared(entries), key, value)
	{
		if (err < 0 || json_is_null(value) || json_object_get(index, key) != NULL)
			continue;
		err = rs_parse_u32(key, strlen(key), UINT32_MAX, &numbers[n++]);
	}
	qsort(numbers, n, sizeof(*numbers), by_number);
	for (size_t i = 0; i < n && err == 0; i++) {
		char name[NUMBER_LEN];
		err = rs_format(name, sizeof(name), "%" PRIu32, numbers[i]);
		if (err == 0 && json_object_set_new(index, name, json_object()) < 0)
			err = -ENOMEM;
	}
	rs_release(numbers);
	return err < 0 ? err : 0;
}

static int append(json_t *list, json_t *entry)
{
	return entry != NULL && json_array_append(list, entry) < 0 ? -ENOMEM : 0;
}

static int put_in_order(json_t *list, const json_t *index, const json_t *order)
{
	const char *key;
	json_t *one;
	size_t i;
	int err = 0;
	json_array_foreach(order, i, one)
	{
		if (err == 0)
			err = append(list, entry_of(index, json_integer_value(one)));
	}
	if (order != NULL)
		return err;
	json_object_foreach(shared(index), key, one)
	{
		if (err == 0)
			err = append(list, one);
	}
	return err;
}

/* By number it is an object like any other. */
static int merge_list(
	json_t *object, const char *key, const json_t *list, const json_t *change, unsigned depth)
{
	const json_t *entries = json_object_get(change, "entries");
	json_t *index = json_object();
	json_t *changed = json_array();
	int err = index != NULL && changed != NULL ? index_list(list, index) : -ENOMEM;
	if (err == 0)
		err = add_new(index, entries);
	if (err == 0)
		err = merge_object(index, entries, depth + 1);
	if (err == 0)
		err = put_in_order(changed, index, json_object_get(change, "order"));
	if (err == 0 && json_object_set(object, key, changed) < 0)
		err = -ENOMEM;
	json_decref(changed);
	json_decref(index);
	return err;
}

static bool is_list_change(const json_t *patch)
{
	return json_is_object(json_object_get(patch, "entries")) ||
	       json_is_array(json_object_get(patch, "order"));
}

/* --- Members --- */

/* Recursion goes as deep as the patch does, which is bounded. */
static int merge_member(json_t *object, const char *key, const json_t *value, unsigned depth)
{
	json_t *old = json_object_get(object, key);
	if (json_is_null(value)) {
		(void)json_object_del(object, key); /* it need not be there */
		return 0;
	}
	if (!json_is_object(value))
		return json_object_set(object, key, shared(value)) < 0 ? -ENOMEM : 0;
	if (json_is_array(old) && is_list_change(value))
		return merge_list(object, key, old, value, depth);
	/* What is null in it is to be left out also where nothing was (RFC 7396 section 2). */
	if (!json_is_object(old)) {
		old = json_object();
		if (json_object_set_new(object, key, old) < 0)
			return -ENOMEM;
	}
	return merge_object(old, value, depth + 1);
}

int patch_member(json_t *object, const char *key, const json_t *value)
{
	return merge_member(object, key, value, 0);
}
