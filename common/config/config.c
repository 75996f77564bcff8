#include "common/config/config.h"

#include "common/base/text.h"

#include <jansson.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config {
	const struct config_key *keys;
	size_t n;
	json_t *values; /* key -> string, integer, boolean, array of strings or of objects */
};

static const struct config_key *find_key(const struct config *config, const char *key)
{
	for (size_t i = 0; i < config->n; i++) {
		if (strcmp(config->keys[i].key, key) == 0)
			return &config->keys[i];
	}
	return NULL;
}

static json_t *list_from_text(const char *text)
{
	json_t *list = json_array();
	while (*text != '\0') {
		const size_t len = strcspn(text, ",");
		if (len > 0)
			(void)json_array_append_new(
				list, json_stringn(text, len)); /* checked by size below */
		text += len + (text[len] == ',' ? 1 : 0);
	}
	return list;
}

/* The value that `text` means for this key, or NULL when it means none. */
static json_t *value_from_text(const struct config_key *key, const char *text)
{
	int64_t number;
	switch (key->type) {
	case CONFIG_TEXT:
		return json_string(text);
	case CONFIG_INT:
		return rs_parse_i64(text, strlen(text), key->min, key->max, &number) == 0
			       ? json_integer(number)
			       : NULL;
	case CONFIG_BOOL:
		if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
			return json_boolean(text[0] == 't');
		return NULL;
	case CONFIG_LIST:
		return list_from_text(text);
	case CONFIG_TABLE:
		return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	}
	return NULL;
}

static bool is_list_of_text(const json_t *value)
{
	size_t i;
	const json_t *element;
	if (!json_is_array(value))
		return false;
	json_array_foreach(value, i, element)
	{
		if (!json_is_string(element))
			return false;
	}
	return true;
}

static bool is_table(const struct config_key *key, const json_t *value)
{
	size_t i;
	const json_t *row;
	if (!json_is_array(value) || (int64_t)json_array_size(value) > key->max)
		return false;
	json_array_foreach(value, i, row)
	{
		if (!json_is_object(row))
			return false;
	}
	return true;
}

static bool value_fits(const struct config_key *key, const json_t *value)
{
	switch (key->type) {
	case CONFIG_TEXT:
		return json_is_string(value);
	case CONFIG_INT:
		return json_is_integer(value) && json_integer_value(value) >= key->min &&
		       json_integer_value(value) <= key->max;
	case CONFIG_BOOL:
		return json_is_boolean(value);
	case CONFIG_LIST:
		return is_list_of_text(value);
	case CONFIG_TABLE:
		return is_table(key, value);
	}
	return false;
}

static void say_expected(
	const struct config_key *key, const char *where, char error[CONFIG_ERROR_LEN])
{
	static const char *const names[] = {
		[CONFIG_TEXT] = "text",
		[CONFIG_INT] = "a whole number",
		[CONFIG_BOOL] = "true or false",
		[CONFIG_LIST] = "a list of texts",
		[CONFIG_TABLE] = "a list of objects",
	};
	char range[64] = "";
	if (key->type == CONFIG_TABLE)
		(void)snprintf(range, sizeof(range), ", %" PRId64 " at most,", key->max);
	if (key->type == CONFIG_INT)
		(void)snprintf(
			range, sizeof(range), " from %" PRId64 " to %" PRId64, key->min, key->max);
	(void)snprintf(error, CONFIG_ERROR_LEN, "%.100s: key \"%.60s\": %s%s is expected", where,
		key->key, names[key->type], range);
}

int config_new(const struct config_key *keys, size_t n, struct config **out_config)
{
	struct config *config = rs_zalloc(sizeof(*config));
	if (config == NULL)
		return -ENOMEM;
	config->keys = keys;
	config->n = n;
	config->values = json_object();
	for (size_t i = 0; i < n && config->values != NULL; i++) {
		if (keys[i].preset == NULL)
			continue;
		if (json_object_set_new(config->values, keys[i].key,
			    value_from_text(&keys[i], keys[i].preset)) != 0) {
			config_free(config);
			return -ENOMEM;
		}
	}
	if (config->values == NULL) {
		config_free(config);
		return -ENOMEM;
	}
	*out_config = config;
	return 0;
}

struct config *config_free(struct config *config)
{
	if (config == NULL)
		return NULL;
	json_decref(config->values);
	return rs_release(config);
}

int config_check(const struct config *config, char error[CONFIG_ERROR_LEN])
{
	for (size_t i = 0; i < config->n; i++) {
		if (json_object_get(config->values, config->keys[i].key) != NULL)
			continue;
		(void)snprintf(error, CONFIG_ERROR_LEN, "key \"%.60s\" is required: %.120s",
			config->keys[i].key, config->keys[i].meaning);
		return -EINVAL;
	}
	return 0;
}

/* Takes `value`, whose rows are not looked at. */
static int store(struct config *config, const char *where, const char *name, json_t *value,
	char error[CONFIG_ERROR_LEN])
{
	const struct config_key *key = find_key(config, name);
	if (key == NULL) {
		(void)snprintf(
			error, CONFIG_ERROR_LEN, "%.100s: key \"%.60s\" is not known", where, name);
		json_decref(value);
		return -EINVAL;
	}
	if (value == NULL || !value_fits(key, value)) {
		say_expected(key, where, error);
		json_decref(value);
		return -EINVAL;
	}
	return json_object_set_new(config->values, name, value) == 0 ? 0 : -ENOMEM;
}

/* ---- tables ---- */

/* "FILE: plain[0]" is what an error in a row begins with. */
static int fill_row(
	struct config *row, const char *where, json_t *values, char error[CONFIG_ERROR_LEN])
{
	const char *name;
	json_t *value;
	json_object_foreach(values, name, value)
	{
		const int err = store(row, where, name, json_incref(value), error);
		if (err < 0)
			return err;
	}
	char why[CONFIG_ERROR_LEN];
	if (config_check(row, why) == 0)
		return 0;
	(void)snprintf(error, CONFIG_ERROR_LEN, "%.100s: %.150s", where, why);
	return -EINVAL;
}

static int row_new(const struct config_key *key, const char *where, json_t *values,
	char error[CONFIG_ERROR_LEN], struct config **out_row)
{
	struct config *row = NULL;
	int err = config_new(key->columns, key->n_columns, &row);
	if (err < 0)
		return err;
	err = fill_row(row, where, values, error);
	if (err < 0) {
		config_free(row);
		return err;
	}
	*out_row = row;
	return 0;
}

static int judge_rows(const struct config_key *key, const char *where, const json_t *table,
	char error[CONFIG_ERROR_LEN])
{
	size_t i;
	json_t *values;
	json_array_foreach(table, i, values)
	{
		char at[CONFIG_ERROR_LEN];
		struct config *row = NULL;
		(void)snprintf(at, sizeof(at), "%.60s: %.20s[%zu]", where, key->key, i);
		const int err = row_new(key, at, values, error, &row);
		if (err < 0)
			return err;
		config_free(row);
	}
	return 0;
}

/* Takes `value`. */
static int set_value(struct config *config, const char *where, const char *name, json_t *value,
	char error[CONFIG_ERROR_LEN])
{
	const struct config_key *key = find_key(config, name);
	if (key != NULL && key->type == CONFIG_TABLE && is_table(key, value)) {
		const int err = judge_rows(key, where, value, error);
		if (err < 0) {
			json_decref(value);
			return err;
		}
	}
	return store(config, where, name, value, error);
}

int config_read(struct config *config, const char *path, char error[CONFIG_ERROR_LEN])
{
	json_error_t why;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (file == NULL) {
		(void)snprintf(error, CONFIG_ERROR_LEN, "%.100s: line %d: %.100s", path, why.line,
			why.text);
		return why.line < 0 ? -ENOENT : -EBADMSG;
	}
	if (!json_is_object(file)) {
		(void)snprintf(
			error, CONFIG_ERROR_LEN, "%.100s: an object of keys is expected", path);
		json_decref(file);
		return -EBADMSG;
	}

	int err = 0;
	const char *name;
	json_t *value;
	json_object_foreach(file, name, value)
	{
		err = set_value(config, path, name, json_incref(value), error);
		if (err < 0)
			break;
	}
	json_decref(file);
	return err;
}

int config_set(struct config *config, const char *assignment, char error[CONFIG_ERROR_LEN])
{
	char name[64];
	const char *equals = strchr(assignment, '=');
	if (equals == NULL ||
		!rs_copy_text(name, sizeof(name), assignment, (size_t)(equals - assignment))) {
		(void)snprintf(
			error, CONFIG_ERROR_LEN, "--set %.100s: key=value is expected", assignment);
		return -EINVAL;
	}
	const struct config_key *key = find_key(config, name);
	json_t *value = key != NULL ? value_from_text(key, equals + 1) : NULL;
	return set_value(config, "--set", name, value, error);
}

static const struct config_key *known_key(
	const struct config *config, const char *key, enum config_type type)
{
	const struct config_key *known = find_key(config, key);
	if (known == NULL || known->type != type)
		abort(); /* the program asks for what its own table does not have */
	return known;
}

static const json_t *get(const struct config *config, const char *key, enum config_type type)
{
	return json_object_get(config->values, known_key(config, key, type)->key);
}

const char *config_text(const struct config *config, const char *key)
{
	return json_string_value(get(config, key, CONFIG_TEXT));
}

int64_t config_int(const struct config *config, const char *key)
{
	return json_integer_value(get(config, key, CONFIG_INT));
}

bool config_bool(const struct config *config, const char *key)
{
	return json_is_true(get(config, key, CONFIG_BOOL));
}

size_t config_list_len(const struct config *config, const char *key)
{
	return json_array_size(get(config, key, CONFIG_LIST));
}

const char *config_list_at(const struct config *config, const char *key, size_t i)
{
	return json_string_value(json_array_get(get(config, key, CONFIG_LIST), i));
}

size_t config_rows(const struct config *config, const char *key)
{
	return json_array_size(get(config, key, CONFIG_TABLE));
}

int config_row(const struct config *config, const char *key, size_t i, struct config **out_row)
{
	char error[CONFIG_ERROR_LEN];
	const struct config_key *known = known_key(config, key, CONFIG_TABLE);
	json_t *values = json_array_get(json_object_get(config->values, key), i);
	/* It was judged when it was set: only memory can be lacking. */
	return row_new(known, key, values, error, out_row) < 0 ? -ENOMEM : 0;
}
