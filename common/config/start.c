#include "common/config/config.h"

#include <stdio.h>
#include <string.h>

static void print_key(const char *indent, const struct config_key *key)
{
	(void)printf("%s%-28s %s%s%s: %s\n", indent, key->key,
		key->preset != NULL ? "default \"" : "required",
		key->preset != NULL ? key->preset : "", key->preset != NULL ? "\"" : "",
		key->meaning);
}

static void print_keys(const struct config_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		print_key("", &keys[i]);
		for (size_t column = 0; column < keys[i].n_columns; column++)
			print_key("  ", &keys[i].columns[column]);
	}
}

static void print_help(const char *program)
{
	(void)printf(
		"usage: %s [--config FILE] [--set key=value]... [--check-config | --help-config | --version]\n",
		program);
}

/* One argument that takes a value was met: apply it. */
static int apply(
	struct config *config, const char *option, const char *value, char error[CONFIG_ERROR_LEN])
{
	if (value == NULL) {
		(void)snprintf(error, CONFIG_ERROR_LEN, "%s: a value is expected", option);
		return -1;
	}
	if (strcmp(option, "--config") == 0)
		return config_read(config, value, error);
	return config_set(config, value, error);
}

static enum config_start read_arguments(const char *program, struct config *config,
	const struct config_key *keys, size_t n, int argc, char **argv,
	char error[CONFIG_ERROR_LEN])
{
	bool check_only = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--version") == 0) {
			(void)printf("%s %s\n", program, ROSTRUM_VERSION);
			return CONFIG_EXIT_OK;
		}
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "--help-config") == 0) {
			if (argv[i][6] == '\0')
				print_help(program);
			else
				print_keys(keys, n);
			return CONFIG_EXIT_OK;
		}
		if (strcmp(argv[i], "--check-config") == 0) {
			check_only = true;
		} else if (strcmp(argv[i], "--config") == 0 || strcmp(argv[i], "--set") == 0) {
			if (apply(config, argv[i], argv[i + 1], error) < 0)
				return CONFIG_EXIT_FAIL;
			i++;
		} else {
			(void)snprintf(
				error, CONFIG_ERROR_LEN, "%.100s: not known; try --help", argv[i]);
			return CONFIG_EXIT_FAIL;
		}
	}
	if (config_check(config, error) < 0)
		return CONFIG_EXIT_FAIL;
	return check_only ? CONFIG_EXIT_OK : CONFIG_START;
}

enum config_start config_start(const char *program, const struct config_key *keys, size_t n,
	int argc, char **argv, struct config **out_config)
{
	struct config *config = NULL;
	char error[CONFIG_ERROR_LEN] = "out of memory";
	enum config_start start = CONFIG_EXIT_FAIL;
	if (config_new(keys, n, &config) == 0)
		start = read_arguments(program, config, keys, n, argc, argv, error);
	if (start == CONFIG_EXIT_FAIL)
		(void)fprintf(stderr, "%s: %s\n", program, error);
	if (start == CONFIG_START)
		*out_config = config;
	else
		config_free(config);
	return start;
}
