/* Configurations, a line of "key=value" each: what is taken is of its type and within its range, what is not says why. */
#include "common/config/config.h"
#include "tests/support/fuzz_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct config_key columns[] = {
	{ "name", CONFIG_TEXT, NULL, 0, 0, "", NULL, 0 },
	{ "count", CONFIG_INT, "3", -5, 9, "", NULL, 0 },
	{ "on", CONFIG_BOOL, "false", 0, 0, "", NULL, 0 },
	{ "tags", CONFIG_LIST, "", 0, 0, "", NULL, 0 },
};
#define ROWS_MAX 4

static const struct config_key keys[] = {
	{ "text", CONFIG_TEXT, "abc", 0, 0, "", NULL, 0 },
	{ "int", CONFIG_INT, "7", -100, 100, "", NULL, 0 },
	{ "bool", CONFIG_BOOL, "true", 0, 0, "", NULL, 0 },
	{ "list", CONFIG_LIST, "a,b", 0, 0, "", NULL, 0 },
	{ "table", CONFIG_TABLE, "[]", 0, ROWS_MAX, "", columns, RS_ARRAY_LEN(columns) },
};

static void read_list(const struct config *config, const char *key)
{
	for (size_t i = 0; i < config_list_len(config, key); i++) {
		if (config_list_at(config, key, i) == NULL)
			abort();
	}
}

static void read_row(const struct config *config, size_t i)
{
	struct config *row = NULL;
	if (config_row(config, "table", i, &row) < 0)
		abort();
	if (config_text(row, "name") == NULL || config_int(row, "count") < -5 ||
		config_int(row, "count") > 9)
		abort();
	(void)config_bool(row, "on"); /* either is right */
	read_list(row, "tags");
	config_free(row);
}

static void read_all(const struct config *config)
{
	if (config_text(config, "text") == NULL || config_int(config, "int") < -100 ||
		config_int(config, "int") > 100 || config_rows(config, "table") > ROWS_MAX)
		abort();
	(void)config_bool(config, "bool"); /* as above */
	read_list(config, "list");
	for (size_t i = 0; i < config_rows(config, "table"); i++)
		read_row(config, i);
}

static void set(struct config *config, const uint8_t *line, size_t len)
{
	char error[CONFIG_ERROR_LEN] = "";
	char *text = rs_zalloc(len + 1);
	if (text == NULL)
		abort();
	memcpy(text, line, len);
	const int err = config_set(config, text, error);
	if (err < 0 && (error[0] == '\0' || strlen(error) >= CONFIG_ERROR_LEN))
		abort();
	rs_release(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = NULL;
	char error[CONFIG_ERROR_LEN];
	if (config_new(keys, RS_ARRAY_LEN(keys), &config) < 0)
		abort();
	struct fuzz_lines script = { .left_view = data, .left = size };
	struct fuzz_line line;
	while (fuzz_lines_next(&script, &line))
		set(config, line.view, line.len);
	if (config_check(config, error) == 0)
		read_all(config);
	config_free(config);
	return 0;
}
