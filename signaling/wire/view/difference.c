#include "signaling/wire/view/difference.h"

#include <inttypes.h>
#include <stdio.h>

#define NUMBER_LEN 24

/* Shared, not copied: it is written once and changed no more. */
static json_t *same(const json_t *value)
{
	return json_incref((json_t *)(uintptr_t)value);
}

static json_int_t number_of(const json_t *entry)
{
	return json_integer_value(json_object_get(entry, "entry"));
}

static const char *key_of(const json_t *entry, char key[NUMBER_LEN])
{
	(void)snprintf(key, NUMBER_LEN, "%" JSON_INTEGER_FORMAT, number_of(entry));
	return key;
}

/* Entries have numbers; a list has entries of one kind alone. */
static bool is_list(const json_t *value)
{
	return json_is_array(value) &&
	       json_is_integer(json_object_get(json_array_get(value, 0), "entry"));
}

static json_t *by_number(const json_t *list)
{
	json_t *index = json_object();
	char key[NUMBER_LEN];
	size_t i;
	json_t *entry;
	json_array_foreach(list, i, entry) doc_put(&index, key_of(entry, key), same(entry));
	return index;
}

/* Who stays keeps the order, and who is new stands last, by number: is it so that the list became what it is? */
static bool is_order_implied(const json_t *before, const json_t *after, const json_t *are)
{
	char key[NUMBER_LEN];
	size_t i;
	size_t at = 0;
	json_t *entry;
	json_array_foreach(before, i, entry)
	{
		if (json_object_get(are, key_of(entry, key)) == NULL)
			continue;
		if (number_of(json_array_get(after, at)) != number_of(entry))
			return false;
		at++;
	}
	for (at++; at < json_array_size(after); at++) {
		if (number_of(json_array_get(after, at - 1)) > number_of(json_array_get(after, at)))
			return false;
	}
	return true;
}

static json_t *order_of(const json_t *list)
{
	json_t *order = json_array();
	size_t i;
	json_t *entry;
	json_array_foreach(list, i, entry) doc_push(&order, json_integer(number_of(entry)));
	return order;
}

static void put_difference(
	json_t **out, const char *name, const json_t *before, const json_t *after);

/* Of the same entry; what it has no more is null. */
static json_t *entry_change(const json_t *before, const json_t *after)
{
	json_t *change = json_object();
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)after, name, value)
		put_difference(&change, name, json_object_get(before, name), value);
	json_object_foreach((json_t *)(uintptr_t)before, name, value)
	{
		if (json_object_get(after, name) == NULL)
			doc_put(&change, name, json_null());
	}
	return change;
}

static json_t *entries_change(const json_t *were, const json_t *are)
{
	json_t *entries = json_object();
	const char *number;
	json_t *entry;
	json_object_foreach((json_t *)(uintptr_t)are, number, entry)
	{
		const json_t *old = json_object_get(were, number);
		if (old == NULL)
			doc_put(&entries, number, same(entry));
		else if (!json_equal(old, entry))
			doc_put(&entries, number, entry_change(old, entry));
	}
	json_object_foreach((json_t *)(uintptr_t)were, number, entry)
	{
		if (json_object_get(are, number) == NULL)
			doc_put(&entries, number, json_null());
	}
	return entries;
}

static bool have_common(const json_t *were, const json_t *are)
{
	const char *number;
	json_t *entry;
	json_object_foreach((json_t *)(uintptr_t)were, number, entry)
	{
		if (json_object_get(are, number) != NULL)
			return true;
	}
	return false;
}

/* Another list altogether is told whole. */
static json_t *list_change(const json_t *before, const json_t *after)
{
	RS_CLEANUP(doc_freep) json_t *were = by_number(before);
	RS_CLEANUP(doc_freep) json_t *are = by_number(after);
	if (were == NULL || are == NULL)
		return NULL;
	if (!have_common(were, are))
		return same(after);
	json_t *change = json_object();
	json_t *entries = entries_change(were, are);
	if (entries == NULL || json_object_size(entries) > 0)
		doc_put(&change, "entries", entries);
	else
		json_decref(entries);
	if (!is_order_implied(before, after, are))
		doc_put(&change, "order", order_of(after));
	return change;
}

/* Where nothing is yet, there is nothing to take out either. */
static json_t *without_nulls(const json_t *object)
{
	json_t *part = json_object();
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		if (!json_is_null(value))
			doc_put(&part, name, same(value));
	}
	return part;
}

/* Recursion goes as deep as the view does: part, item, list, entry, its speakers. */
static void put_difference(
	json_t **out, const char *name, const json_t *before, const json_t *after)
{
	if (before != NULL && json_equal(before, after))
		return;
	if (json_is_object(before) && json_is_object(after))
		doc_put(out, name, difference_of(before, after));
	else if (json_is_null(before) && json_is_object(after))
		doc_put(out, name, without_nulls(after));
	else if (is_list(before) && is_list(after))
		doc_put(out, name, list_change(before, after));
	else
		doc_put(out, name, same(after));
}

json_t *difference_of(const json_t *before, const json_t *after)
{
	json_t *change = before != NULL && after != NULL ? json_object() : NULL;
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)after, name, value)
		put_difference(&change, name, json_object_get(before, name), value);
	return change;
}
